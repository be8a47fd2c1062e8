"""Make Odoo databases: install, check the log, copy, upgrade, remember.

What a database was made from is kept in its own comment, so the note and the
database can never get out of step.
"""

import json
import os
import re
import shutil
from contextlib import contextmanager
from dataclasses import dataclass

from . import process, project, state
from .errors import CommandFailed, SalonError
from .odoo_source import Source

LOG_LINE = re.compile(
    r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ \d+ (?P<level>[A-Z]+) (?P<rest>.*)"
)
BAD_LEVELS = {"WARNING", "ERROR", "CRITICAL"}


@dataclass
class Workshop:
    """All that is needed to work with Odoo databases: source, Python, server."""

    source: Source
    python: object
    cluster: object

    # ---- Odoo ----

    @property
    def data_dir(self):
        return project.STATE / "data" / self.cluster.kind

    def addons_path(self):
        return ",".join(map(str, [*self.source.addons_paths, project.ROOT]))

    def config(self, database=""):
        """Write the configuration file of Odoo for one database."""
        options = {
            "addons_path": self.addons_path(),
            "admin_passwd": "salon",
            "data_dir": self.data_dir,
            "db_host": self.cluster.sockets,
            "db_port": self.cluster.port,
            "db_user": "odoo",
            "db_name": database,
            "dbfilter": f"^{database}$",
            "http_interface": "127.0.0.1",
            "list_db": False,
            "max_cron_threads": 1,
            "without_demo": True,
        }
        lines = [f"{key} = {value}" for key, value in options.items()]
        path = project.STATE / "etc" / f"{self.cluster.kind}-{database or 'any'}.conf"
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join(["[options]", *lines, ""]), "utf-8")
        return path

    def environment(self, **changes):
        """Surroundings of Odoo: our tree, our home, our server."""
        paths = [str(self.source.root), str(project.ROOT)]
        client = self.cluster.client_environment()
        pg = {key: client[key] for key in ("PGHOST", "PGPORT", "PGUSER")}
        return process.environment(
            PYTHONPATH=os.pathsep.join(paths),
            **{**process.private_home(), **pg, **changes},
        )

    def command(self, database, *arguments):
        """Command line of Odoo; a sub-command such as `shell` comes first."""
        subcommand = []
        if arguments and not arguments[0].startswith("-"):
            subcommand, arguments = [arguments[0]], arguments[1:]
        base = [self.python, "-m", "odoo", *subcommand]
        return [*base, "-c", self.config(database), "-d", database, *arguments]

    def odoo(self, database, *arguments, title, log, on_line=None):
        """Run Odoo to the end; return the lines of its log."""
        lines = []

        def keep(line):
            lines.append(line)
            if on_line:
                on_line(line)

        code, _output = process.attempt(
            self.command(database, *arguments),
            log,
            keep,
            env=self.environment(),
            cwd=project.ROOT,
        )
        if code:
            raise CommandFailed(title, code, "\n".join(lines), process.log_path(log))
        return lines

    def install(self, database, modules, demo, log, on_line=None):
        options = ["--with-demo"] if demo else []
        options += ["-i", ",".join(modules), "--stop-after-init", "--no-http"]
        title = f"Installing {modules[0] if len(modules) == 1 else 'Odoo'}"
        return self.odoo(database, *options, title=title, log=log, on_line=on_line)

    def upgrade(self, database, modules, log, on_line=None):
        options = ["-u", ",".join(modules), "--stop-after-init", "--no-http"]
        return self.odoo(
            database, *options, title="Upgrading", log=log, on_line=on_line
        )

    def fill(self, database, module, log):
        """Run `main(config, database)` of a module of ours, which fills a database."""
        command = [self.python, "-m", module, self.config(database), database]
        title = f"Filling {database}"
        process.run(command, title, log, env=self.environment(), cwd=project.ROOT)

    # ---- databases ----

    def names(self):
        query = "SELECT datname FROM pg_database WHERE NOT datistemplate"
        return [row[0] for row in self.cluster.sql(query)]

    def exists(self, name):
        return name in self.names()

    def filestore(self, name):
        return self.data_dir / "filestore" / name

    def drop(self, name):
        self._disconnect(name)
        self.cluster.sql(f'DROP DATABASE IF EXISTS "{name}"')
        state.remove_tree(self.filestore(name))

    def copy(self, source, target):
        """Copy a database with its files; the files are shared by hard links."""
        self.drop(target)
        self._disconnect(source)
        copy_tree(self.filestore(source), self.filestore(target))
        self.cluster.sql(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')

    def rename(self, source, target):
        """Files first: a database without its files would be broken."""
        self.drop(target)
        self._disconnect(source)
        if self.filestore(source).exists():
            self.filestore(target).parent.mkdir(parents=True, exist_ok=True)
            copy_tree(self.filestore(source), self.filestore(target))
        self.cluster.sql(f'ALTER DATABASE "{source}" RENAME TO "{target}"')
        state.remove_tree(self.filestore(source))

    def _disconnect(self, name):
        """End our own sessions; PostgreSQL ends its housekeeping by itself."""
        self.cluster.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            f"WHERE datname = '{name}' AND pid <> pg_backend_pid() "
            "AND usename = current_user"
        )

    def note(self, name):
        """What the database was made from, or an empty dict."""
        rows = self.cluster.sql(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database "
            f"WHERE datname = '{name}'"
        )
        try:
            return json.loads("|".join(rows[0])) if rows else {}
        except ValueError:
            return {}

    def set_note(self, name, **note):
        text = json.dumps(note).replace("'", "''")
        self.cluster.sql(f"COMMENT ON DATABASE \"{name}\" IS '{text}'")

    @contextmanager
    def scratch(self, prefix):
        """A name for a database of this process only; gone afterwards."""
        name = f"{prefix}_{os.getpid()}"
        self.drop_leftovers(prefix)
        try:
            yield name
        finally:
            self.drop(name)

    def drop_leftovers(self, prefix):
        """Databases of processes that were killed."""
        for name in self.names():
            found = re.fullmatch(rf"{prefix}_(\d+)", name)
            if found and not is_alive(int(found.group(1))):
                self.drop(name)


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def copy_tree(source, target):
    """Odoo names stored files by content and never rewrites them: link, not copy."""
    state.remove_tree(target)
    if source.exists():
        shutil.copytree(source, target, copy_function=link_or_copy)


def link_or_copy(source, target):
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


# ---- the log -----------------------------------------------------------------


def log_entries(lines):
    """Log lines with the lines that follow them (tracebacks) as one text each."""
    entry = []
    for line in lines:
        if LOG_LINE.match(line) and entry:
            yield "\n".join(entry)
            entry = []
        entry.append(line)
    if entry:
        yield "\n".join(entry)


def complaints(lines):
    """Warnings and errors in a log. Those of Python libraries count only if
    they name a file of this project."""
    return [entry for entry in log_entries(lines) if is_complaint(entry)]


def is_complaint(entry):
    found = LOG_LINE.match(entry)
    if not found or found["level"] not in BAD_LEVELS:
        return False
    if " py.warnings: " in entry:
        return any(f"{folder}{os.sep}" in entry for folder in project.addons())
    return True


def check_log(lines, title):
    found = complaints(lines)
    if found:
        text = "\n".join(found)
        raise SalonError(f"{title} logged {len(found)} warning(s):\n{text}\n")
