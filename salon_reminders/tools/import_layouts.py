"""Exports of systems that are known by their headers."""

from typing import NamedTuple

from .sold_words import normalise


class Layout(NamedTuple):
    """How a system writes one of its lists."""

    system: str
    kind: str
    headers: str  # all of these, and hardly in anybody else's list


LAYOUTS = (
    Layout("YCLIENTS", "bookings", "дата визита; услуги; сотрудник; статус визита"),
    Layout(
        "YCLIENTS",
        "clients",
        "имя; телефон; кол-во посещений; первое посещение; последнее посещение",
    ),
    Layout("1C", "receipts", "документ; контрагент; номенклатура; сумма"),
    Layout(
        "Square",
        "bookings",
        "customer name; phone number; service; duration; price; date; time; staff",
    ),
    Layout(
        "Acuity",
        "bookings",
        "start time; end time; first name; last name; type; calendar; appointment id",
    ),
    Layout(
        "Acuity",
        "bookings",
        "start date and time; end date and time; client name; appointment type; "
        "calendar",
    ),
    Layout("Fresha", "services", "service name; retail price; duration; service id"),
    Layout("Timma", "bookings", "alkaa; päättyy; asiakas; palvelu; työntekijä; tila"),
)


def find_layout(headers):
    """Return the ``Layout`` that these headers are known by, or None."""
    found = {normalise(header) for header in headers}
    for layout in LAYOUTS:
        if found.issuperset(map(normalise, layout.headers.split(";"))):
            return layout
    return None
