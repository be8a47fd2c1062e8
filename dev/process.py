"""Run other programs: quiet on the screen, complete in a log file."""

import atexit
import contextlib
import ctypes
import hashlib
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from . import project
from .errors import CommandFailed

KEPT_LINES = 400
LONGEST_TEMP = 60


def die_with_parent():
    """Linux: end the child when this command is killed, so nothing is left over."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def environment(**changes):
    """Surroundings of a child: temp files and caches inside .odoo/.

    HOME stays: package managers read their settings there (mirrors, proxies).
    Compiled files are kept, whatever the machine says: a hundred processes of Odoo
    would each compile it anew.
    """
    env = dict(os.environ)
    env.update(
        PIP_CACHE_DIR=str(project.CACHE / "pip"),
        PIP_DISABLE_PIP_VERSION_CHECK="1",
        PYTHONPYCACHEPREFIX=str(project.CACHE / "pyc"),
        PYTHONUNBUFFERED="1",
        RUFF_CACHE_DIR=str(project.CACHE / "ruff"),
        TMPDIR=str(temp_folder()),
        npm_config_cache=str(project.CACHE / "npm"),
    )
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    env.pop("PYTHONPATH", None)
    env.pop("PYTHONHOME", None)
    env.update({key: str(value) for key, value in changes.items()})
    return env


def private_home():
    """Folder for programs that like to write into HOME (Odoo, Chromium)."""
    home = project.STATE / "home"
    home.mkdir(parents=True, exist_ok=True)
    return {"HOME": str(home), "XDG_CONFIG_HOME": f"{home}/.config"}


def temp_folder():
    """Chromium puts sockets there and gives up on long paths: then a short one."""
    folder = project.STATE / "tmp"
    if len(str(folder)) > LONGEST_TEMP:
        key = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
        folder = Path(tempfile.gettempdir()) / f"salon-{os.getuid()}-{key}-tmp"
        atexit.register(remove_empty, folder)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def remove_empty(folder):
    with contextlib.suppress(OSError):
        folder.rmdir()


def start(command, **options):
    """Start a program that ends with us and never waits for the keyboard."""
    options.setdefault("stdin", subprocess.DEVNULL)
    options.setdefault("env", environment())
    command = [str(part) for part in command]
    return subprocess.Popen(command, preexec_fn=die_with_parent, **options)


def run(command, title, log="commands", on_line=None, **options):
    """Run to the end; return the output, or raise `CommandFailed`."""
    code, output = attempt(command, log, on_line, **options)
    if code:
        raise CommandFailed(title, code, output, log_path(log))
    return output


def attempt(command, log="commands", on_line=None, **options):
    """Run to the end; return exit code and the last lines of the output."""
    options.update(stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    child = start(command, text=True, errors="replace", **options)
    try:
        return _follow(child, log, on_line)
    except BaseException:
        stop(child)
        raise


def _follow(child, log, on_line):
    lines = []
    with open(log_path(log), "a", encoding="utf-8") as copy:
        for line in child.stdout:
            copy.write(line)
            lines = [*lines[-KEPT_LINES:], line]
            if on_line:
                on_line(line.rstrip())
    return child.wait(), "".join(lines)


def stop(child, patience=10):
    """Ask a program to end, then insist."""
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(patience)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def log_path(name):
    project.LOGS.mkdir(parents=True, exist_ok=True)
    return project.LOGS / f"{name}.log"
