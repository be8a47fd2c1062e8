"""Is a port free, and if not, who has it?"""

import os
import socket
from pathlib import Path

from .errors import SalonError


def is_free(port, host="127.0.0.1"):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def check(port, host="127.0.0.1"):
    """Raise a one-line error that names the program and another port."""
    if not 0 < port < 65536:
        raise SalonError(f"{port} is not a port.", "Choose one from 1024 to 65535.")
    if is_free(port, host):
        return
    other = next((p for p in range(port + 1, 65536) if is_free(p, host)), None)
    raise SalonError(
        f"Port {port} is taken by {holder(port) or 'another program'}.",
        f"Stop it, or use another port: ./salon run --port {other}",
    )


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def holder(port):
    """'python3 (process 123)' of whoever listens; None where it is not visible."""
    inodes = set(listening_inodes(port))
    for folder in Path("/proc").glob("[0-9]*"):
        if inodes & set(socket_inodes(folder)):
            command = (folder / "comm").read_text().strip()
            return f"{command} (process {folder.name})"
    return None


def listening_inodes(port):
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            lines = Path(table).read_text().splitlines()[1:]
        except OSError:
            continue
        for fields in map(str.split, lines):
            if fields[3] == "0A" and int(fields[1].rsplit(":", 1)[1], 16) == port:
                yield fields[9]


def socket_inodes(folder):
    try:
        links = [os.readlink(fd) for fd in (folder / "fd").iterdir()]
    except OSError:
        return
    for link in links:
        if link.startswith("socket:["):
            yield link[8:-1]
