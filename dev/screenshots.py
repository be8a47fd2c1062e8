"""./salon screenshots: pictures for the documentation, from the demonstration.

To add one, add a line to SHOTS. `wait` is a CSS selector that must be there
before anything else, `clicks` are selectors clicked one after the other, `then` is
what must be there at the end.
"""

import json
import os
import re
from dataclasses import asdict, dataclass

from . import ports, process, project, server, setup, testing
from .console import say, step
from .errors import SalonError
from .templates import Templates

FOLDER = project.ROOT / "docs" / "screenshots"
# A page in the Apps list has only what lies in the addon's own folder.
PAGES = [folder / "static" / "description" for folder in project.addons()]
DESKTOP = (1366, 768)
PHONE = (390, 844)


@dataclass(frozen=True)
class Shot:
    name: str
    login: str
    path: str
    size: tuple = DESKTOP
    wait: str = ".o_action_manager .o_view_controller"
    clicks: tuple = ()
    then: str = "body"
    # Kind of template whose salon is shown.
    salon: str = "demo"


CALLS = "/odoo/salon-calls"
CLIENTS = "/odoo/salon-clients"
TO_ASK = "/odoo/salon-consent-to-collect"
LIST = ".o_data_row, .o_kanban_record:not(.o_kanban_ghost), .o_nocontent_help"
CARD = ".o_form_view .o_form_sheet"
REPORT = ".o_graph_view canvas, .o_data_row, .o_salon_cohort_row, .o_kanban_record"
REPORTS = (
    "visits",
    "cancellations",
    "clients",
    "retention",
    "stylists",
    "sources",
    "promotions",
    "calls",
    "reminders",
)
TILE = ".o_salon_start_tile"
CHART = ".o-spreadsheet .o-chart-container"
ZONES = "/odoo/salon-zone-board"
BOARD = ".o_salon_zone_board .o_salon_zone_row"
DESK = "/odoo/salon-desk"
ROW = ".o_salon_row"
CALLED = ".o_salon_card"
COLUMN = ".o_salon_board_column"
BOOK = "/odoo/salon-appointments"

SHOTS = (
    Shot("call_list", "receptionist", CALLS, wait=LIST),
    Shot(
        "call",
        "receptionist",
        CALLS,
        wait=LIST,
        clicks=(".o_data_row td[name='partner_id']",),
        then=CARD,
    ),
    Shot("call_list_phone", "receptionist", CALLS, PHONE, wait=LIST),
    Shot("call_desk", "receptionist", DESK, wait=ROW, clicks=(ROW,), then=CALLED),
    Shot(
        "call_desk_phone", "receptionist", DESK, PHONE, ROW, clicks=(ROW,), then=CALLED
    ),
    Shot("day_board", "receptionist", "/odoo/salon-day", wait=COLUMN),
    Shot("day_board_phone", "receptionist", "/odoo/salon-day", PHONE, wait=COLUMN),
    Shot("fill_gaps", "receptionist", "/odoo/salon-gaps", wait=".o_salon_gap"),
    Shot("load", "manager", "/odoo/salon-load", wait=".o_salon_heat"),
    Shot("appointments", "receptionist", BOOK, wait=".fc-event"),
    Shot("appointments_phone", "receptionist", BOOK, PHONE, ".fc-event"),
    Shot(
        "client_card",
        "receptionist",
        CLIENTS,
        wait=LIST,
        clicks=(f"{LIST.split(', ')[0]} td.o_data_cell",),
        then=CARD,
    ),
    Shot(
        "client_card_phone",
        "receptionist",
        CLIENTS,
        PHONE,
        wait=LIST,
        clicks=(LIST.split(", ")[1],),
        then=CARD,
    ),
    Shot(
        "client_history",
        "receptionist",
        CLIENTS,
        wait=LIST,
        clicks=(
            f"{LIST.split(', ')[0]} td.o_data_cell",
            "button[name='action_open_salon_events']",
        ),
        then=".o_salon_timeline .o_kanban_record",
    ),
    Shot(
        "call_script",
        "manager",
        "/odoo/salon-call-scripts",
        wait=LIST,
        clicks=(".o_data_row td[name='body']",),
        then=CARD,
    ),
    Shot(
        "call_entry",
        "receptionist",
        CALLS,
        wait=LIST,
        clicks=("button[name='action_enter_paper']",),
        then=f"{CARD} .o_data_row",
    ),
    Shot(
        "handover",
        "receptionist",
        CALLS,
        wait=LIST,
        clicks=(
            "[data-menu-xmlid='salon_reminders.salon_menu_today']",
            "[data-menu-xmlid='salon_reminders.salon_handover_menu']",
        ),
        then=CARD,
    ),
    Shot("consent_to_collect", "receptionist", TO_ASK, wait=LIST),
    Shot("consent_to_collect_phone", "receptionist", TO_ASK, PHONE, wait=LIST),
    Shot("card_readings", "manager", "/odoo/salon-card-readings", wait=LIST),
    *(
        Shot(f"report_{name}", "manager", f"/odoo/salon-report-{name}", wait=REPORT)
        for name in REPORTS
    ),
    *(
        Shot(
            f"report_{name}_phone",
            "manager",
            f"/odoo/salon-report-{name}",
            PHONE,
            wait=REPORT,
        )
        for name in ("retention", "stylists", "sources")
    ),
    *(
        Shot(f"{name}{suffix}", "manager", path, size, LIST, clicks)
        for suffix, size, row in (
            ("", DESKTOP, ".o_data_row td[name='name']"),
            ("_phone", PHONE, ".o_kanban_record:not(.o_kanban_ghost)"),
        )
        for name, path, clicks in (
            ("promotions", "/odoo/salon-promotions", ()),
            ("promotion", "/odoo/salon-promotions", (row,)),
            ("participation", "/odoo/salon-participation", ()),
        )
    ),
    Shot("start_page", "manager", "/odoo/salon-start", wait=TILE),
    Shot("start_page_phone", "manager", "/odoo/salon-start", PHONE, TILE),
    Shot(
        "dashboard",
        "manager",
        "/odoo/salon-start",
        wait=TILE,
        clicks=(".o_salon_start .fa-tachometer",),
        then=CHART,
        salon="bridges",
    ),
    Shot(
        "monthly_report",
        "manager",
        "/odoo/salon-start",
        wait=TILE,
        clicks=(".o_salon_start .fa-print", ".modal [name='month']"),
    ),
    Shot("calling_effect", "manager", "/odoo/salon-calling-effect", wait=CARD),
    Shot("segments", "receptionist", "/odoo/salon-segments", wait=LIST),
    Shot("zone_board", "receptionist", ZONES, wait=BOARD),
    Shot("zone_board_phone", "receptionist", ZONES, PHONE, wait=BOARD),
)


def run(names=()):
    """Serve a copy of the demonstration; take these pictures, or all that are shown."""
    shots = chosen(names)
    with setup.workshop("test", "screenshots") as shop:
        testing.require_chromium()
        templates = Templates(shop).ensure(*{shot.salon for shot in shots})
        code = 0
        for salon, template in templates.items():
            with shop.scratch("shots") as database:
                shop.copy(template, database)
                own = [shot for shot in shots if shot.salon == salon]
                code = take(shop, database, own) or code
        return code


def chosen(names):
    unknown = set(names) - {shot.name for shot in SHOTS}
    if unknown:
        known = ", ".join(shot.name for shot in SHOTS)
        raise SalonError(f"No screenshot {unknown.pop()!r}.", f"There are: {known}.")
    shown = pictures_shown()
    return [
        shot
        for shot in SHOTS
        if shot.name in names or not names and f"{shot.name}.png" in shown
    ]


def pictures_shown():
    """Names of the files that the documentation and the page of the addon show."""
    pages = [project.ROOT / "README.md", *project.ROOT.glob("docs/*.md")]
    pages += [page / "index.html" for page in PAGES]
    found = re.findall(r"[\w/]+\.png", "".join(path.read_text() for path in pages))
    return {name.rpartition("/")[2] for name in found}


def target(shot):
    """Where the picture is kept: once, in an addon if its page shows it."""
    name = f"{shot.name}.png"
    own = (page for page in PAGES if f'"{name}"' in (page / "index.html").read_text())
    return next(own, FOLDER) / name


def take(shop, database, shots):
    port = ports.free_port()
    with server.running(shop, database, port):
        FOLDER.mkdir(parents=True, exist_ok=True)
        with step(f"Taking {len(shots)} screenshots"):
            done = photograph(shop, port, shots)
    for line in done:
        say(line)
    return 1 if any(line.startswith("FAILED") for line in done) else 0


def photograph(shop, port, shots):
    """The browser is driven by Python packages we must not import here."""
    order = {
        "address": f"http://127.0.0.1:{port}",
        "browser": testing.browser(),
        "shots": [{**asdict(shot), "file": str(target(shot))} for shot in shots],
    }
    path = process.temp_folder() / f"shots-{os.getpid()}.json"
    path.write_text(json.dumps(order))
    command = [shop.python, "-m", "dev.screenshot_driver", path]
    try:
        output = process.run(
            command,
            "Taking screenshots",
            "screenshots",
            env=shop.environment(),
            cwd=project.ROOT,
        )
    finally:
        path.unlink()
    return output.splitlines()
