"""What the processes have in common that do the same thing at the same moment.

Such a process says "ready". Then it does, for every line it reads, its own part of the
race of that line, as a request of the web client would, and answers what came of it.
"""

import json
import sys

WON = "won"


def serve(answer, **actions):
    """Do one of the actions and tell what came of it, or answer line after line.

    :param answer: called with the registry and the words of the line
    :param actions: what the test may ask for by name, called with an environment
    """
    config_file, database, action = sys.argv[1:]
    registry = open_registry(config_file, database)
    if action in actions:
        done = do(registry, actions[action])
        say("ready")
        say(json.dumps(done))
        return
    say("ready")
    for line in sys.stdin:
        say(json.dumps(answer(registry, *line.split())))


def open_registry(config_file, database):
    from odoo.modules.registry import Registry
    from odoo.tools import config

    config.parse_config(
        ["-c", config_file, "-d", database, "--no-http", "--log-level=critical"]
    )
    return Registry(database)


def say(text):
    print(text, flush=True)


def do(registry, action):
    from odoo import SUPERUSER_ID, api

    with registry.cursor() as cr:
        return action(api.Environment(cr, SUPERUSER_ID, {}))


def contest(take_part):
    """Make an answer of what a request does.

    :param take_part: called with an environment and the words of the line; raises
        a ``UserError`` where the person gets a message
    """
    return lambda registry, *words: request(registry, take_part, *words)


def request(registry, take_part, *words):
    """All of a request, retries and commit included."""
    from odoo import SUPERUSER_ID, api
    from odoo.exceptions import UserError
    from odoo.service.model import retrying

    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {"lang": "en_US"})
        try:
            return retrying(lambda: take_part(env, *words), env) or WON
        except UserError as error:
            # As Odoo does with a request that fails.
            cr.rollback()
            return str(error)
