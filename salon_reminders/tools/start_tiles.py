"""The tiles of the start page: their words, and what they mean."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

# (part, {tile: (label, definition)}), in the order of the screen.
TILES = (
    (
        _lt("Today"),
        {
            "to_call": (
                _lt("To call"),
                _lt("Open calls of the call list planned for today or before."),
            ),
            "called": (_lt("Calls finished"), _lt("Calls that were closed today.")),
            "visits": (
                _lt("Visits"),
                _lt(
                    "Visits of today, made or still to be made; cancelled and missed "
                    "ones and purchases do not count."
                ),
            ),
            "booked": (
                _lt("New bookings"),
                _lt("Bookings entered today, for today or a later day."),
            ),
            "due": (_lt("Due"), _lt("Needs that are due and not booked.")),
            "late": (
                _lt("Late"),
                _lt("Needs that are late, not yet lapsed and not booked."),
            ),
        },
    ),
    (
        _lt("Clients"),
        {
            "regular": (
                _lt("Regular clients"),
                _lt("Clients in the segments Regular and Key, as of last night."),
            ),
            "new": (
                _lt("New this month"),
                _lt("Clients whose very first visit to the salon was this month."),
            ),
            "returned": (
                _lt("Returned this month"),
                _lt(
                    "Moves this month out of the segments Lost and One visit, as of "
                    "last night."
                ),
            ),
            "lost": (
                _lt("Lost this month"),
                _lt(
                    "Moves this month into the segments Lost and One visit (churn), as "
                    "of last night."
                ),
            ),
        },
    ),
    (
        _lt("Salon"),
        {
            "month_visits": (
                _lt("Visits this month"),
                _lt("Visits made this month; purchases do not count."),
            ),
            "money": (
                _lt("Money this month"),
                _lt("What was paid this month at visits and purchases, less refunds."),
            ),
            "share": (
                _lt("Booked share"),
                _lt(
                    "Hours booked or done divided by hours offered, in the next 7 days."
                ),
            ),
            "empty": (
                _lt("Empty hours"),
                _lt("Hours offered and neither booked nor done, in the next 7 days."),
            ),
        },
    ),
)
