"""Find Odoo 19 Community on this machine, or download it into .odoo/odoo/.

In this order: the folder named by ODOO_PATH, an earlier download, the package
`odoo-19` of Debian's unstable suite, a shallow clone of the public repository.
"""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import process, project, state
from .console import step
from .errors import CommandFailed, SalonError

FOLDER = project.STATE / "odoo"
PACKAGES = (
    "odoo-19",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    "fonts-roboto-unhinted",
)
PACKAGE_ROOT = Path("usr/lib/python3/dist-packages")
REPOSITORY = "https://github.com/odoo/odoo.git"
KEYRINGS = Path("/usr/share/keyrings")
# Taken out of the Debian package; its absence breaks every page in a browser.
REMOVED_FILE = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"


@dataclass(frozen=True)
class Source:
    """An Odoo tree: `root` is what Python must have on its path."""

    root: Path
    version: str

    @property
    def addons_paths(self):
        """Where its addons are: a clone keeps most of them beside the package."""
        folders = (self.root / "odoo" / "addons", self.root / "addons")
        return [folder for folder in folders if folder.is_dir()]

    def addon(self, name):
        """Folder of one of its addons, or None."""
        found = (path / name for path in self.addons_paths)
        return next((path for path in found if path.is_dir()), None)


def get():
    """The Odoo to use; downloads it when there is none."""
    if os.environ.get("ODOO_PATH"):
        return given(os.environ["ODOO_PATH"])
    return downloaded() or download()


def given(text):
    """Odoo from ODOO_PATH: a source tree, or the folder of an installed package."""
    path = Path(text).expanduser().resolve()
    root = find_root(path)
    if not root:
        raise SalonError(
            f"ODOO_PATH={text} holds no Odoo (no odoo/release.py in it).",
            "Point it at a source tree of Odoo 19, or unset it to download one.",
        )
    return checked(root, "given")


def find_root(path):
    candidates = (path, path.parent, path / PACKAGE_ROOT)
    return next((c for c in candidates if (c / "odoo/release.py").is_file()), None)


def checked(root, origin):
    """Refuse another series early: its errors would be hard to understand."""
    text = (root / "odoo/release.py").read_text("utf-8")
    found = re.search(r"^version_info = \((\d+), (\d+)", text, re.MULTILINE)
    series = ".".join(found.groups()) if found else "unknown"
    if series != project.SERIES:
        raise SalonError(
            f"{root} is Odoo {series}, this project needs Odoo {project.SERIES}.",
            "Point ODOO_PATH at Odoo 19, or unset it to download one.",
        )
    return Source(root, f"{series} {origin} {fingerprint(root)}")


def fingerprint(root):
    """Tell two revisions apart without reading forty thousand files."""
    head = root / ".git"
    if head.is_dir() and shutil.which("git"):
        command = ["git", "-C", str(root), "rev-parse", "--short", "HEAD"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.stdout.strip()
    probes = ("odoo/release.py", "odoo/orm/models.py", "odoo/addons/base")
    stats = [(root / p).stat() for p in probes if (root / p).exists()]
    return state.digest(root, *((s.st_size, int(s.st_mtime)) for s in stats))


def downloaded():
    """An earlier download, if it is complete: same size as when it was stamped."""
    stamp = state.read_stamp("odoo")
    root = FOLDER / (stamp or {}).get("root", "")
    if not stamp or not (root / "odoo/release.py").is_file():
        return None
    if not state.is_intact("odoo", FOLDER):
        return None
    return checked(root, stamp["origin"])


def download():
    """Try each way in turn; a way that is not possible here is passed over."""
    state.drop_stamp("odoo")
    ways = ((can_use_apt, from_debian), (can_use_git, from_git))
    possible = [fetch for is_possible, fetch in ways if is_possible()]
    if not possible:
        raise SalonError(
            "Odoo 19 is not here, and neither apt-get (Debian) nor git to fetch it.",
            "Install git, or set ODOO_PATH to the folder of an Odoo 19.",
        )
    for fetch in possible:
        try:
            return fetch()
        except CommandFailed:
            if fetch is possible[-1]:
                raise
    return None


def finish(fresh, root, origin):
    """Put a complete download in its place and stamp it."""
    add_removed_file(fresh / root)
    state.remove_tree(FOLDER)
    fresh.rename(FOLDER)
    state.seal("odoo", FOLDER)
    state.write_stamp("odoo", {"root": str(root), "origin": origin})
    return checked(FOLDER / root, origin)


def fresh_folder():
    folder = FOLDER.with_name("odoo.new")
    state.remove_tree(folder)
    folder.mkdir()
    return folder


def add_removed_file(root):
    mail = Source(root, "").addon("mail")
    path = mail.parent / REMOVED_FILE if mail else None
    if path and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("// Left out of the Debian package; not used here.\n")


# ---- Debian ----------------------------------------------------------------


def can_use_apt():
    return bool(
        shutil.which("apt-get")
        and shutil.which("dpkg-deb")
        and debian_mirror()
        and keyring()
    )


def debian_mirror():
    """The mirror this machine already uses, whatever it is."""
    command = ["apt-get", "indextargets", "--format", "$(REPO_URI)"]
    command.append("Created-By: Packages")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    uris = done.stdout.split()
    return next((uri for uri in uris if re.search(r"/debian/?$", uri)), None)


def keyring():
    found = sorted(KEYRINGS.glob("debian-archive-keyring.*"))
    return found[0] if found else None


def apt_options(folder):
    """Make apt use folders of ours only: no root, no change to the system."""
    for name in ("lists/partial", "archives/partial"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    settings = {
        "Dir::Etc::SourceList": folder / "sources.list",
        "Dir::Etc::SourceParts": "/dev/null",
        "Dir::State::Lists": folder / "lists",
        "Dir::Cache": folder,
        "APT::Sandbox::User": "",
        "Acquire::Languages": "none",
        "Acquire::Retries": "3",
    }
    return [f"-o{key}={value}" for key, value in settings.items()]


def from_debian():
    """Unpack Debian's package and what it links to; apt checks every checksum."""
    folder = project.CACHE / "apt"
    folder.mkdir(parents=True, exist_ok=True)
    line = f"deb [signed-by={keyring()}] {debian_mirror()} sid main\n"
    (folder / "sources.list").write_text(line)
    options = apt_options(folder)
    with step("Downloading Odoo 19 (Debian package, 123 MB)"):
        title = "Downloading Odoo"
        process.run(["apt-get", *options, "update"], title, "odoo")
        command = ["apt-get", *options, "download", *PACKAGES]
        process.run(command, title, "odoo", cwd=folder)
    return unpack(folder)


def unpack(folder):
    fresh = fresh_folder()
    with step("Unpacking Odoo 19"):
        for package in sorted(folder.glob("*.deb")):
            command = ["dpkg-deb", "-x", package, fresh]
            unpack_one(command, package)
        source = finish(fresh, PACKAGE_ROOT, "debian")
    shutil.rmtree(folder)
    return source


def unpack_one(command, package):
    """A package that does not unpack is removed, so the next start fetches it."""
    try:
        process.run(command, "Unpacking Odoo", "odoo")
    except CommandFailed:
        package.unlink(missing_ok=True)
        raise


# ---- git -------------------------------------------------------------------


def can_use_git():
    return bool(shutil.which("git"))


def from_git():
    fresh = fresh_folder()
    command = ["git", "clone", "--depth=1", "--progress", "--branch", project.SERIES]
    with step("Downloading Odoo 19 (git, about 200 MB)") as progress:
        process.run(
            [*command, REPOSITORY, fresh],
            "Downloading Odoo",
            "odoo",
            on_line=progress.detail,
            env=process.environment(GIT_TERMINAL_PROMPT="0"),
        )
        return finish(fresh, Path("."), "git")
