"""The engine and the plain-Python model of its rules agree on random histories.

`SALON_EXAMPLES=500 ./salon test tests/test_engine_properties.py` looks further, at
other examples in each run.
"""

import os
from contextlib import contextmanager
from datetime import date

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from odoo.tests import TransactionCase, tagged

from ..reference import PURPOSES, STATES
from ..twins import (
    BIRTHDATES,
    CYCLES,
    PHONES,
    SALONS,
    SERVICES,
    STARTS,
    TIMES,
    Salons,
    Twins,
)

pytestmark = pytest.mark.room("reminder", "call")

EXPLORE = int(os.environ.get("SALON_EXAMPLES", 0))
# Making a failing example smaller takes minutes; ask for it with SALON_SHRINK=1.
PHASES = (Phase.explicit, Phase.generate)
if os.environ.get("SALON_SHRINK"):
    PHASES += (Phase.shrink,)


def examples(usual):
    """Settings: always the same examples, unless told to look further."""
    return settings(
        max_examples=EXPLORE or usual,
        derandomize=not EXPLORE,
        deadline=None,
        database=None,
        phases=PHASES,
        suppress_health_check=list(HealthCheck),
    )


number = st.integers(0, 7)
client = st.integers(0, 3)
salon = st.sampled_from(["east", "east", "west"])
hour = st.sampled_from([0, 4, 7, 8, 9, 12, 22, 23])
service = st.sampled_from(sorted(SERVICES))
purpose = st.sampled_from(PURPOSES)
services = st.lists(service, min_size=0, max_size=2)
gap = st.one_of(st.integers(20, 45), st.integers(0, 210), st.sampled_from([28, 35]))
gaps = st.lists(gap, max_size=7)
state = st.sampled_from(STATES)


def event(name, *arguments):
    return st.tuples(st.just(name), *arguments)


histories = event("history", client, salon, services, st.integers(0, 60), hour, gaps)
visits = st.one_of(
    histories,
    event("book", client, salon, services, st.integers(0, 30), hour),
    event("set_state", number, state),
    event("move", number, st.integers(-40, 20), hour),
    event("hand_over", number, client),
    event("refund", number),
    event("change_service", number, service),
    event("drop_line", number),
)
wishes = st.one_of(
    event(
        "consent", client, salon, st.booleans(), st.sampled_from([0, 0, 1, 20]), purpose
    ),
    event(
        "card_consent",
        client,
        salon,
        st.booleans(),
        st.sampled_from(["health", "photo"]),
    ),
    event("phone", client, st.integers(0, len(PHONES) - 1)),
    event("block", st.integers(0, len(PHONES) - 1), st.booleans()),
    event("pause", number, st.integers(1, 40)),
    event("stop", number),
    event("skip", number),
    event("resume", number),
)
calls = st.one_of(
    event("no_answer", number),
    event("decline", number, st.booleans()),
    event("cancel_call", number),
)
rules = st.one_of(
    event("set_cycle", st.sampled_from(sorted(CYCLES)), st.sampled_from(TIMES)),
    event(
        "set_service",
        st.sampled_from(["haircut", "touch-up", "smoothing"]),
        st.lists(st.sampled_from(["cut", "roots", "keratin"]), unique=True),
    ),
    event(
        "set_salon",
        salon,
        st.booleans(),
        st.sampled_from([0, 7, 20]),
        st.sampled_from([0, 0, 1, 2]),
        st.sampled_from([0, 5, 14]),
        st.sampled_from([0, 3]),
    ),
    event("close", salon, st.integers(-30, 60)),
    event("birthdate", client, st.sampled_from(BIRTHDATES)),
    event("guardian", client, st.one_of(client, client, st.none())),
    event("merge", client, client),
    event("rebuild"),
)
times = st.one_of(
    event("wait", st.integers(0, 40), st.integers(0, 23)),
    event("wait", st.just(1), st.just(0)),
    event("job"),
    event("job"),
)
events = st.lists(
    st.one_of(histories, visits, times, times, calls, wishes, rules),
    min_size=6,
    max_size=18,
)
# Everybody has been there before, and most agree to be called.
beginnings = st.tuples(
    *[
        event("consent", st.just(number), salon, st.just(True), st.just(0), asked)
        for asked in (st.just("reminder"), purpose)
        for number in range(3)
    ],
    histories,
    histories,
    histories,
)


# What chance finds too seldom.
EVERYTHING = [
    ("consent", number, "east", True, 0, purpose)
    for number in range(2)
    for purpose in PURPOSES
]
BIRTHDAY_REFUSED = [
    ("set_salon", "east", True, 7, 0, 0, 3),
    ("birthdate", 0, BIRTHDATES[0]),
    ("job",),
    ("consent", 0, "east", False, 0, "promotion"),
    ("job",),
    ("consent", 0, "east", True, 0, "promotion"),
    ("job",),
]
LAPSED_REFUSED = [
    ("history", 0, "east", ["haircut"], 200, 9, []),
    ("job",),
    ("consent", 0, "east", False, 0, "feedback"),
    ("job",),
    ("consent", 0, "east", False, 0, "reminder"),
    ("job",),
]
START = [("consent", 0, "east", True, 0), ("consent", 1, "east", True, 0)]
DUE = [
    ("history", 0, "east", ["touch-up"], 40, 9, [35, 35]),
    ("history", 1, "east", ["touch-up"], 38, 9, []),
]
CHILD = [
    ("birthdate", 0, date(2012, 3, 1)),
    ("job",),
    ("guardian", 0, 2),
    ("job",),
    ("consent", 0, "east", True, 0),
    ("job",),
    ("consent", 2, "east", False, 0),
    ("job",),
    ("consent", 0, "east", True, 0),
    ("block", 2, False),
    ("job",),
    ("wait", 3, 0),
    ("job",),
]
CHILD_OF_ONE_DUE = [
    ("birthdate", 0, date(2019, 5, 1)),
    ("guardian", 0, 1),
    ("card_consent", 0, "east", True, "health"),
    ("consent", 0, "east", True, 0),
    ("job",),
    ("no_answer", 0),
    ("block", 1, True),
    ("job",),
    ("merge", 0, 1),
    ("job",),
]
MERGED_UNWILLING = [
    ("job",),
    ("consent", 2, "east", False, 0),
    ("merge", 2, 0),
    ("job",),
]
MERGED_SKIPPED = [("skip", 1), ("merge", 1, 0), ("job",), ("wait", 40, 0), ("job",)]
CONSENT_EXPIRED = [
    ("consent", 0, "east", True, 1),
    ("job",),
    ("wait", 1, 0),
    ("job",),
    ("wait", 1, 0),
    ("job",),
]
USUAL_DAY_CLOSED = [
    ("history", 0, "east", ["touch-up"], 4, 9, [35, 35, 35]),
    *[("close", "east", days) for days in range(10, 50)],
    ("wait", 70, 0),
    ("rebuild",),
    ("job",),
]
CONFIRMED = [
    ("book", 0, "east", ["touch-up"], 2, 9),
    ("set_state", 4, "confirmed"),
    ("job",),
    ("set_state", 4, "cancelled"),
    ("job",),
]
MOVED_LATER = [
    ("book", 0, "east", ["haircut"], 2, 9),
    ("wait", 0, 1),
    ("move", 3, 9, 12),
    ("job",),
]
NEAR_VISITS = [
    ("book", 0, "east", ["advice"], 2, 9),
    ("job",),
    ("wait", 5, 0),
    ("job",),
    ("wait", 1, 0),
    ("job",),
    ("book", 0, "east", ["haircut"], 3, 23),
    ("job",),
    ("set_state", 6, "cancelled"),
    ("job",),
]
CANCELLED = [
    ("consent", 0, "east", True, 0),
    ("job",),
    ("cancel_call", 0),
    ("job",),
    ("wait", 20, 0),
    ("job",),
]


@tagged("standard", "post_install", "-at_install")
class PropertyCase(TransactionCase):
    """Examples start from the same two salons and leave nothing behind."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(
            context={**cls.env.context, "tracking_disable": True, "tz": "UTC"}
        )
        cls._rest_others()
        cls.salons = Salons(cls.env)

    @classmethod
    def _rest_others(cls):
        """What other data the database has must not decide a test, nor slow it."""
        cls.env["salon.reminder"].search([]).is_stopped = True
        cls.env["res.company"].search([]).salon_birthday_days = 0
        cls.env["salon.call"].search([("state", "=", "open")]).action_cancel()

    @contextmanager
    def _undone(self):
        """Whatever happens inside is taken back."""
        savepoint = self.env.cr.savepoint()
        try:
            yield
        finally:
            self.env.invalidate_all(flush=False)
            savepoint.close(rollback=True)
            self.env.invalidate_all(flush=False)


@tagged("standard", "post_install", "-at_install")
class TestEngineProperties(PropertyCase):
    @examples(30)
    @example(STARTS[0], START, [*DUE, *MERGED_UNWILLING])
    @example(STARTS[0], START, [*DUE, *MERGED_SKIPPED])
    @example(STARTS[0], START, [*DUE, *CHILD])
    @example(STARTS[0], START, [*DUE, *CHILD_OF_ONE_DUE])
    @example(STARTS[2], START, [*DUE, *CONSENT_EXPIRED])
    @example(STARTS[2], START, [*DUE, *CONFIRMED])
    @example(STARTS[0], EVERYTHING, [*DUE, *BIRTHDAY_REFUSED])
    @example(STARTS[0], EVERYTHING, [*DUE, *LAPSED_REFUSED])
    @example(STARTS[2], START, [*DUE, *LAPSED_REFUSED])
    @example(STARTS[3], START, [*DUE, *MOVED_LATER])
    @example(STARTS[3], START, USUAL_DAY_CLOSED)
    @example(STARTS[0], START, [*DUE, *CANCELLED])
    @example(STARTS[0], START, [*DUE, *NEAR_VISITS])
    @given(st.sampled_from(STARTS), beginnings, events)
    def test_reminders_and_calls(self, start, beginning, further):
        with self._undone():
            Twins(self, self.salons, start).play([*beginning, *further])

    def test_salons_differ(self):
        """The examples would prove little in one time zone."""
        moments = [start for start in STARTS]
        world = self.salons.world(moments[0])
        differ = {
            world.salons[name].day(moment).day - moment.day
            for name in SALONS
            for moment in moments
        }
        self.assertEqual(differ, {-1, 0, 1})
