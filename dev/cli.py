"""Command line of ./salon."""

import argparse
import os
import signal
import sys

from . import project
from .errors import SalonError

EPILOG = "ODOO_PATH=folder uses an Odoo 19 that is already there."


def parser():
    """Commands and their options; `test` takes the arguments of pytest."""
    top = argparse.ArgumentParser(
        prog="./salon", description="Salon Reminders on Odoo 19", epilog=EPILOG
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="command")
    add_run(commands)
    commands.add_parser(
        "test",
        help="check everything; test --changed [COMMIT]: the rooms touched since; "
        "test --long: with all that takes its time too; test --odoo: Odoo's own tests; "
        "test [--long] [pytest arguments]: only these",
    )
    lint = commands.add_parser("lint", help="check style and structure of the code")
    lint.add_argument("--fix", action="store_true", help="repair what can be repaired")
    lint.add_argument(
        "--quick", action="store_true", help="leave out checks that need a database"
    )
    for name, text in (("shell", "Python console of Odoo"), ("psql", "SQL console")):
        command = commands.add_parser(name, help=f"{text} on the demo database")
        command.add_argument("--empty", action="store_true", help="on the empty one")
    shots = commands.add_parser("screenshots", help="make docs/screenshots/ anew")
    shots.add_argument("names", nargs="*", help="only these")
    add_bench(commands)
    return top


def add_run(commands):
    run = commands.add_parser("run", help="serve the salon with demonstration data")
    run.add_argument("--empty", action="store_true", help="a salon without any data")
    run.add_argument(
        "--bridges", action="store_true", help="with the addons beside the main one"
    )
    run.add_argument("--port", type=int, default=project.PORT)
    run.add_argument("--host", default="127.0.0.1", help="0.0.0.0: other devices too")
    run.add_argument("--reset", action="store_true", help="make the database anew")


def add_bench(commands):
    bench = commands.add_parser("bench", help="measure; without a name: list")
    bench.add_argument("name", nargs="?")
    bench.add_argument("--json", action="store_true", help="last line is one object")
    bench.add_argument("--scale", type=float, default=1.0, help="size of the data")


def call(arguments):
    """Import late: a command loads only what it needs."""
    if arguments[:1] == ["test"] and not {"-h", "--help"} & set(arguments):
        from . import testing

        return testing.run(arguments[1:])
    options = vars(parser().parse_args(arguments))
    return COMMANDS[options.pop("command")](**options)


def run(**options):
    from . import server

    return server.run(**options)


def lint(**options):
    from . import linting

    return linting.run(**options)


def shell(**options):
    from . import consoles

    return consoles.shell(**options)


def psql(**options):
    from . import consoles

    return consoles.psql(**options)


def screenshots(**options):
    from . import screenshots as module

    return module.run(**options)


def bench(**options):
    from . import bench as module

    return module.run(**options)


COMMANDS = {
    "run": run,
    "lint": lint,
    "shell": shell,
    "psql": psql,
    "screenshots": screenshots,
    "bench": bench,
}


def main(arguments):
    """Errors the user can mend are one line; the rest is a bug and shows as one."""
    signal.signal(signal.SIGTERM, lambda *_args: sys.exit(143))
    os.chdir(project.ROOT)
    try:
        return call(arguments)
    except SalonError as error:
        print(f"salon: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nsalon: interrupted; the next start continues.", file=sys.stderr)
        return 130
