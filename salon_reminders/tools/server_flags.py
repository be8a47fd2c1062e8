"""Flags in the context that only the server sets.

A context comes from the caller: over RPC any key can have any value that JSON or XML
knows. No rule may hang on such a key, unless its value is one that cannot travel.
"""

import enum


class Server(enum.Enum):
    """The value of a flag that the server itself has set: no caller can send it."""

    SAYS = "server"


SERVER_SAYS = Server.SAYS


def is_flagged(env, name):
    """Tell whether the server itself has set a flag of the context.

    :param str name: the key of the context
    """
    return env.context.get(name) is SERVER_SAYS
