"""Errors that are shown as one line with a remedy, never as a traceback."""

import re

NETWORK_SIGNS = re.compile(
    r"Temporary failure (in name resolution|resolving)|Could not resolve"
    r"|Name or service not known|Network is unreachable|No route to host"
    r"|Connection (timed out|refused|reset)|NewConnectionError|ConnectTimeout"
    r"|NameResolutionError|unable to access|EAI_AGAIN|ENOTFOUND|ECONNREFUSED"
    r"|Failed to fetch|Could not connect",
    re.IGNORECASE,
)
DISK_SIGNS = re.compile(r"No space left on device|ENOSPC|Disk quota exceeded")


class SalonError(Exception):
    """Something the user can mend: what happened, and what to do about it."""

    def __init__(self, message, remedy=""):
        super().__init__(message)
        self.remedy = remedy

    def __str__(self):
        return " ".join(part for part in (self.args[0], self.remedy) if part)


class CommandFailed(SalonError):
    """A program we called failed; keeps its last lines for whoever asks."""

    def __init__(self, title, code, output, log):
        self.output, self.code = output, code
        super().__init__(*explain(title, code, output, log))


def explain(title, code, output, log):
    """Message and remedy for a failed program, by what its output says."""
    if DISK_SIGNS.search(output):
        return f"{title}: the disk is full.", "Free about 3 GB, then run again."
    if NETWORK_SIGNS.search(output):
        return (
            f"{title}: no network connection to the download server.",
            "Check the network or proxy, then run again; finished steps are kept.",
        )
    last = next((line for line in reversed(output.splitlines()) if line.strip()), "")
    return f"{title} failed (exit {code}): {last.strip()[:300]}", f"Full log: {log}"
