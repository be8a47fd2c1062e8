"""./salon run: the demonstration salon, or an empty one, on this machine."""

import subprocess
import time
import urllib.error
import urllib.request
from contextlib import contextmanager

from . import ports, process, project, setup, state
from .console import say, step, table
from .errors import CommandFailed, SalonError
from .templates import LOGINS, progress_to


def run(empty=False, bridges=False, port=project.PORT, host="127.0.0.1", reset=False):
    """Have the database, serve it until Ctrl-C."""
    ports.check(port, host)
    with setup.workshop("run") as shop:
        name = database_name(empty, bridges)
        addons = project.addons() if bridges else project.addons()[:1]
        with state.locked(name, f"Another ./salon is preparing {name}, waiting"):
            ensure_database(shop, name, addons, demo=not empty, reset=reset)
        ports.check(port, host)
        return serve(shop, name, port, host, empty)


def database_name(empty, bridges=False):
    return f"salon_{'empty' if empty else 'demo'}{'_bridges' if bridges else ''}"


def ensure_database(shop, name, addons, demo, reset=False):
    """Make the database, or upgrade it when the files of the addons changed."""
    made_from = {"addon": state.addon_hash(addons), "odoo": shop.source.version}
    if reset or not shop.exists(name):
        create(shop, name, addons, demo)
    elif shop.note(name) != made_from:
        upgrade(shop, name, addons, made_from)
    shop.set_note(name, **made_from)


def create(shop, name, addons, demo):
    """Under a temporary name, renamed when complete: a kill leaves no half salon."""
    fresh = f"{name}_new"
    shop.drop(fresh)
    words = "with demo data" if demo else "without demo data"
    with step(f"Making the database {words} (about 2 minutes)") as line:
        modules = [folder.name for folder in addons]
        shop.install(fresh, modules, demo, name, progress_to(line))
        if demo:
            shop.fill(fresh, LOGINS, name)
        shop.rename(fresh, name)


def upgrade(shop, name, addons, made_from):
    """Another Odoo means all modules, otherwise only ours."""
    same_odoo = shop.note(name).get("odoo") == made_from["odoo"]
    modules = [folder.name for folder in addons] if same_odoo else ["base"]
    with step("The files changed: upgrading the database") as line:
        try:
            shop.upgrade(name, modules, name, progress_to(line))
        except CommandFailed as error:
            raise SalonError(
                f"The upgrade failed; the data is as before. {error.args[0]}",
                f"Log: {process.log_path(name)}. To start afresh: ./salon run --reset",
            ) from error


def serve(shop, name, port, host, empty):
    try:
        with running(shop, name, port, host) as server:
            announce(port, empty)
            return server.wait()
    except KeyboardInterrupt:
        say("\nStopped.")
        return 0


@contextmanager
def running(shop, database, port, host="127.0.0.1"):
    """An Odoo server that answers; it ends with the block."""
    log = process.log_path("server")
    options = ["--http-port", str(port), "--http-interface", host]
    with open(log, "w") as output:
        server = process.start(
            shop.command(database, *options),
            stdout=output,
            stderr=subprocess.STDOUT,
            env=shop.environment(),
            cwd=project.ROOT,
        )
    try:
        with step("Starting Odoo"):
            wait_until_ready(server, port, log)
        yield server
    finally:
        process.stop(server)


def wait_until_ready(server, port, log, patience=180):
    deadline = time.monotonic() + patience
    while not is_ready(port):
        if server.poll() is not None or time.monotonic() > deadline:
            lines = [line for line in log.read_text().splitlines() if line.strip()]
            last = lines[-1][:300] if lines else "no message"
            raise SalonError(f"Odoo did not start: {last}", f"Log: {log}")
        time.sleep(0.2)


def is_ready(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/web/health", timeout=5):
            return True
    except (urllib.error.URLError, OSError):
        return False


def announce(port, empty):
    logins = project.EMPTY_LOGINS if empty else project.DEMO_LOGINS
    say(f"\nSalon Reminders is ready: http://localhost:{port}\n")
    rows = [(login, login, who) for login, who in logins]
    table([("login", "password", ""), *rows])
    log = process.log_path("server").relative_to(project.ROOT)
    say(f"\nStop with Ctrl-C. Log: {log}")
