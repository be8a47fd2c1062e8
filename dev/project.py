"""What the project is: names, users, ports and folders, each in one place."""

import ast
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATE = ROOT / ".odoo"
LOGS = STATE / "log"
CACHE = STATE / "cache"

ADDON = "salon_reminders"
SERIES = "19.0"
PORT = 8069
DISK_NEEDED = 3 * 1024**3
DISK_LOW = 300 * 1024**2

# Who is let into the demonstration: login (the password is the same), who it is.
DEMO_LOGINS = (
    ("receptionist", "works the call list, books clients"),
    ("stylist", "own day and own clients"),
    ("manager", "reports, promotions, settings of the salon"),
    ("admin", "everything, Odoo settings too"),
)
EMPTY_LOGINS = (("admin", "everything"),)

# What a company that lives has installed: apps that know nothing of a salon. Odoo
# adds what goes between them by itself.
LIVE_MODULES = (
    "calendar",
    "contacts",
    "crm",
    "event",
    "hr",
    "hr_holidays",
    "loyalty",
    "mass_mailing",
    "point_of_sale",
    "project",
    "purchase",
    "sale_management",
    "stock",
    "survey",
    "website_sale",
)

# A folder of real exports that not everybody has. Tests that read it may skip.
OPTIONAL_EXPORTS = ROOT.parent / "shared" / "data" / "hair_salon"


def addons():
    """Folders of the addons of this repository, the main one first."""
    found = [path.parent for path in ROOT.glob("*/__manifest__.py")]
    return sorted(found, key=lambda path: (path.name != ADDON, path.name))


def manifest(folder):
    return ast.literal_eval((folder / "__manifest__.py").read_text("utf-8"))


def bridges():
    """Folders of the addons beside the main one, each for one dependency."""
    return addons()[1:]


def dependencies(folders):
    """Odoo modules these addons stand on, without addons of our own."""
    own = {path.name for path in addons()}
    named = {name for one in folders for name in manifest(one).get("depends", ["base"])}
    return sorted(named - own)


def is_root():
    return hasattr(os, "geteuid") and os.geteuid() == 0
