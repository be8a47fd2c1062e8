"""./salon shell and ./salon psql: consoles on the databases of ./salon run."""

import signal
import subprocess

from . import project, server, setup
from .errors import SalonError


def shell(empty=False):
    with setup.workshop("run") as shop:
        command = shop.command(existing(shop, empty), "shell", "--no-http")
        return converse(command, shop.environment())


def psql(empty=False):
    with setup.workshop("run") as shop:
        name = existing(shop, empty)
        environment = shop.cluster.client_environment(name)
        return converse([shop.cluster.programs["psql"]], environment)


def existing(shop, empty):
    name = server.database_name(empty)
    if not shop.exists(name):
        option = " --empty" if empty else ""
        raise SalonError("There is no database yet.", f"Make it: ./salon run{option}")
    return name


def converse(command, environment):
    """Ctrl-C belongs to the console, not to us."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        command = [str(part) for part in command]
        return subprocess.call(
            command, env=environment, cwd=project.ROOT, preexec_fn=restore_interrupt
        )
    finally:
        signal.signal(signal.SIGINT, before)


def restore_interrupt():
    signal.signal(signal.SIGINT, signal.SIG_DFL)
