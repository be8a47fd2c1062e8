"""./salon bench: list and run the benchmarks of dev/benches/."""

import ast
import json as jsonlib
import os
import sys

from . import process, project, setup
from .console import say, table
from .errors import SalonError
from .templates import Templates

FOLDER = project.ROOT / "dev" / "benches"


def run(name=None, json=False, scale=1.0):
    """Without a name: what there is. With one: measure and show."""
    if name is None:
        return show_list()
    if name not in names():
        raise SalonError(
            f"There is no benchmark {name!r}.", f"There are: {', '.join(names())}."
        )
    if json:
        # Progress to the error output: the last line is the object, alone.
        with redirected():
            figures = measure(name, scale)
    else:
        figures = measure(name, scale)
    show(name, scale, figures, json)
    return 0


def names():
    return sorted(p.stem for p in FOLDER.glob("*.py") if p.stem != "__init__")


def show_list():
    rows = []
    for name in names():
        text = (FOLDER / f"{name}.py").read_text("utf-8")
        rows.append((name, first_line(ast.get_docstring(ast.parse(text)))))
    table(rows)
    return 0


def first_line(text):
    return (text or "").strip().partition("\n")[0]


class redirected:
    """Everything printed inside goes to the error output."""

    def __enter__(self):
        self.before, sys.stdout = sys.stdout, sys.stderr

    def __exit__(self, *_exc):
        sys.stdout = self.before


def measure(name, scale):
    report = process.temp_folder() / f"bench-{os.getpid()}.json"
    with setup.workshop("test") as shop:
        Templates(shop).ensure("empty")
        command = [shop.python, "-m", "dev.bench_runner", name]
        command += ["--scale", scale, "--report", report]
        child = process.start(
            command, env=shop.environment(), cwd=project.ROOT, stdout=sys.stderr
        )
        try:
            code = child.wait()
        finally:
            process.stop(child)
    if code:
        raise SalonError(f"The benchmark {name} failed (see above).")
    figures = jsonlib.loads(report.read_text())
    report.unlink()
    return figures


def show(name, scale, figures, json):
    if json:
        say(jsonlib.dumps(figures))
        return
    say(f"{name}, scale {scale:g}")
    rows = [("figure", "value", "unit", "baseline", "ratio")]
    for title, one in figures.items():
        cells = (number(one.get(key)) for key in ("value", "baseline", "ratio"))
        value, baseline, ratio = cells
        rows.append((title, value, one.get("unit", ""), baseline, ratio))
    table(rows)


def number(value):
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:,.3g}" if abs(value) < 100 else f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
