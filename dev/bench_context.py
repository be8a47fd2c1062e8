"""What a benchmark is given; runs under the Python of .odoo/venv."""

import json
import os
import random
import resource
import sys
import time
from contextlib import contextmanager

from . import process, project, setup, state
from .templates import Templates


class Watch:
    seconds = 0.0


class Context:
    """Databases, environments and measurements for one benchmark."""

    def __init__(self, module, scale):
        self.module, self.scale = module, scale
        self.name = module.__name__.rsplit(".", 1)[1]
        self.random = random.Random(f"{self.name} {scale}")
        self.used = set()
        self.shop = setup.running_workshop("test")
        templates = Templates(self.shop)
        self.with_addon = templates.name("empty")
        self.without_addon = templates.base("empty")

    def say(self, text):
        print(text, file=sys.stderr, flush=True)

    @staticmethod
    def figure(value, unit, baseline=None):
        """One result; `ratio` says how often the baseline fits into it."""
        ratio = value / baseline if baseline else None
        return {"value": value, "unit": unit, "baseline": baseline, "ratio": ratio}

    # ---- databases ----

    def template(self, build, source=None, part=1.0):
        """Database with the data of `build(env, scale)`: made once, then kept.

        `part` of the usual size shows how cost grows; both sizes are kept.
        """
        scale = self.scale * part
        code = open(self.module.__file__, "rb").read()
        source = source or self.with_addon
        key = state.digest(self.name, scale, source, code, build.__name__)
        name = f"bench_{self.name}_{key}"
        if not self.shop.exists(name):
            self._drop_older()
            self._build(name, build, source, scale)
        self.used.add(name)
        return name

    def _drop_older(self):
        """Data made by another version of the benchmark, or at another scale."""
        for name in self.shop.names():
            if name.startswith(f"bench_{self.name}_") and name not in self.used:
                self.shop.drop(name)

    def _build(self, name, build, source, scale):
        self.say(f"Generating data for {self.name} (scale {scale:g}) ...")
        fresh = f"new_{name}"
        self.shop.copy(source, fresh)
        with self.environment(fresh) as env:
            build(env, scale)
        self.shop.rename(fresh, name)

    @contextmanager
    def copy(self, template):
        """A database of one's own, gone afterwards."""
        with self.shop.scratch(f"run_{self.name}") as name:
            self.shop.copy(template, name)
            yield name

    @contextmanager
    def environment(self, database):
        """Environment of the superuser; what was done is committed at the end."""
        from odoo import SUPERUSER_ID, api, sql_db
        from odoo.modules.registry import Registry

        self._configure(database)
        with Registry(database).cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})
        Registry.delete(database)
        sql_db.close_db(database)

    def _configure(self, database):
        from odoo.tools import config

        options = ["-c", str(self.shop.config(database)), "-d", database]
        config.parse_config([*options, "--no-http", "--log-level=error"])

    # ---- measuring ----

    @contextmanager
    def timed(self):
        watch, started = Watch(), time.perf_counter()
        yield watch
        watch.seconds = time.perf_counter() - started

    def measure(self, function, database, **arguments):
        """Call `function(env, **arguments)` of the benchmark in a new process.

        Returns what it returned (a dict) with `seconds`, `total_seconds` (with
        loading Odoo) and `peak_mb`, the most memory the process ever had.
        """
        request = {"function": function.__name__, "arguments": arguments}
        report = process.temp_folder() / f"measure-{os.getpid()}.json"
        command = [sys.executable, "-m", "dev.bench_runner", self.name]
        command += ["--scale", self.scale, "--database", database]
        command += ["--call", json.dumps(request), "--report", report]
        title = f"Benchmark {self.name}: {function.__name__}"
        environment = self.shop.environment()
        process.run(command, title, "bench", env=environment, cwd=project.ROOT)
        return json.loads(report.read_text())

    def call(self, database, request):
        """The other end of `measure`, in the new process."""
        with self.timed() as total, self.environment(database) as env:
            with self.timed() as watch:
                function = getattr(self.module, request["function"])
                answer = function(env, **request["arguments"]) or {}
                env.flush_all()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        figures = {"seconds": watch.seconds, "total_seconds": total.seconds}
        return {**answer, **figures, "peak_mb": peak}
