"""The version of an addon means something: models or data changed, so it is raised.

`dev/versions.json` keeps for each addon the version of its manifest and a hash of
the files that decide what is in its database. Other files under the same version are
refused; `./salon lint --fix` raises the last number and notes them. Whoever writes a
migration script raises the number before it and names the script's folder after it.
"""

import json
import re

from . import project, state

RECORD = project.ROOT / "dev" / "versions.json"
# Folders of an addon that decide what a database holds; texts on pages do not.
FOLDERS = (
    "controllers",
    "data",
    "demo",
    "migrations",
    "models",
    "report",
    "security",
    "tools",
    "views",
    "wizards",
)
VERSION = re.compile(r'("version": "(?:\d+\.){4})(\d+)"')


def recorded():
    try:
        return json.loads(RECORD.read_text("utf-8"))
    except FileNotFoundError:
        return {}


def present(addon):
    """Version of the manifest, and the hash of what it stands for."""
    files = [path for path in addon.rglob("*") if is_meant(path.relative_to(addon))]
    return {
        "version": project.manifest(addon)["version"],
        "files": state.hash_files(path for path in files if path.is_file()),
    }


def is_meant(path):
    inside = path.parts[0] in FOLDERS and path.suffix in (
        ".py",
        ".xml",
        ".csv",
        ".json",
    )
    return inside or path.name == "hooks.py"


def complaints():
    """A sentence for each addon whose files do not belong to its version."""
    known = recorded()
    return [
        f"{addon.name} {now['version']}: models or data changed since this version. "
        "Raise it: ./salon lint --fix"
        for addon in project.addons()
        if (now := present(addon)) != known.get(addon.name)
    ]


def raise_versions():
    """Give changed files a new version, unless one was chosen by hand; note them."""
    known = recorded()
    for addon in project.addons():
        before, now = known.get(addon.name, {}), present(addon)
        if now["version"] == before.get("version") and now != before:
            raise_last_number(addon / "__manifest__.py")
    notes = {addon.name: present(addon) for addon in project.addons()}
    RECORD.write_text(json.dumps(notes, indent=4) + "\n", "utf-8")


def raise_last_number(path):
    text = path.read_text("utf-8")
    path.write_text(
        VERSION.sub(lambda old: f'{old[1]}{int(old[2]) + 1}"', text, count=1), "utf-8"
    )
