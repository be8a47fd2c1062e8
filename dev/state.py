"""State kept in .odoo/: stamps, hashes, locks. All of it survives a kill.

A step counts as done only when its stamp is there, and the stamp appears by
one rename after the work is on the disk.
"""

import fcntl
import hashlib
import json
import os
import shutil
from contextlib import contextmanager
from pathlib import Path

from . import project
from .console import say
from .errors import SalonError


def prepare_folder():
    """Make .odoo/ and say clearly why it cannot be used."""
    try:
        project.STATE.mkdir(mode=0o755, exist_ok=True)
        (project.STATE / ".write-test").write_text("")
        (project.STATE / ".write-test").unlink()
    except OSError as error:
        raise SalonError(
            f"Cannot write to {project.STATE} ({error.strerror}).",
            "Run as its owner, or remove that folder.",
        ) from error
    for name in ("tmp", "log", "cache"):
        (project.STATE / name).mkdir(exist_ok=True)
    check_disk()


def check_disk():
    """Better one line now than a half-written database later."""
    ready = stamp_path("odoo").exists() or os.environ.get("ODOO_PATH")
    needed = project.DISK_LOW if ready else project.DISK_NEEDED
    free = shutil.disk_usage(project.STATE).free
    if free < needed:
        raise SalonError(
            f"Only {free / 1024**3:.1f} GB free on the disk of {project.STATE}, "
            f"about {needed / 1024**3:.1f} GB are needed.",
            "Free some space or clone the project on another disk.",
        )


def stamp_path(name):
    return project.STATE / "stamps" / f"{name}.json"


def read_stamp(name):
    try:
        return json.loads(stamp_path(name).read_text("utf-8"))
    except (OSError, ValueError):
        return None


def write_stamp(name, value):
    """Declare a step done."""
    path = stamp_path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{os.getpid()}")
    with open(fresh, "w", encoding="utf-8") as file:
        json.dump(value, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def drop_stamp(name):
    stamp_path(name).unlink(missing_ok=True)


def boot_id():
    """Changes when the machine starts anew."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return "unknown"


def seal(name, tree):
    """Remember how large a finished folder is, for `is_intact`."""
    write_stamp(f"{name}-tree", {"boot": boot_id(), "bytes": size_of(tree)})


def is_intact(name, tree):
    """After a power cut files may be empty although their step was done.

    Looking costs a second, so it is done once after each start of the machine.
    """
    stamp = read_stamp(f"{name}-tree") or {}
    if stamp.get("boot") == boot_id():
        return tree.exists()
    intact = tree.exists() and stamp.get("bytes") == size_of(tree)
    if intact:
        seal(name, tree)
    return intact


def size_of(tree):
    """Bytes of all files, without what Python writes there by itself."""
    total = 0
    for folder, folders, names in os.walk(tree):
        if "__pycache__" in folders:
            folders.remove("__pycache__")
        total += sum(os.lstat(os.path.join(folder, name)).st_size for name in names)
    return total


def remove_tree(path):
    """Remove a folder; renamed first, so that half of it is never mistaken for all."""
    if path.exists():
        old = path.with_name(f"{path.name}.old.{os.getpid()}")
        path.rename(old)
        shutil.rmtree(old, ignore_errors=True)
    for leftover in path.parent.glob(f"{path.name}.old.*"):
        shutil.rmtree(leftover, ignore_errors=True)


def digest(*parts):
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:12]


def hash_files(paths):
    """One hash over names and contents, independent of order and of dates."""
    total = hashlib.sha256()
    for path in sorted(paths):
        total.update(str(path.relative_to(project.ROOT)).encode() + b"\0")
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()[:12]


def addon_files(folders=None, with_tests=True):
    """Files of our addons; the tests of an addon do not change its database."""
    for folder in folders or project.addons():
        for path in folder.rglob("*"):
            inside = path.relative_to(folder).parts
            is_noise = "__pycache__" in inside or path.suffix == ".pyc"
            is_test = inside[0] == "tests"
            if path.is_file() and not is_noise and (with_tests or not is_test):
                yield path


def addon_hash(folders):
    return hash_files(addon_files(folders, with_tests=False))


@contextmanager
def locked(name, waiting="Another ./salon is setting things up, waiting for it"):
    """Let only one ./salon at a time do the part called `name`."""
    with open(project.STATE / f"{name}.lock", "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"{waiting} ...")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
