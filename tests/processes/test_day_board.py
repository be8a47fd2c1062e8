"""The day board under real hands: dragged by mouse and finger, booked by two people."""

import json
import os
import re
import time
import unittest
from datetime import datetime, timedelta

import pytest

from ..people import Salon, at_once, wait_for

pytestmark = pytest.mark.room("book")

SAVE = ".modal .o_form_button_save"
MOMENT = ".modal .o_field_widget[name='{}'] button"
WALK_IN = ".modal .o_field_widget[name='is_walk_in'] input"
ADD_LINE = ".modal .o_field_x2many_list_row_add a"
PRODUCT = ".modal .o_field_widget[name='product_id'] input"
PRICE = ".modal .o_field_widget[name='amount'] input"
SERVICE = "Blow-dry"
FOUND = ".o-autocomplete--dropdown-item:not(.o_m2o_dropdown_option) a"
SHOWN = "%m/%d/%Y %I:%M:%S %p"
ENTER = ".modal button[name='action_enter']"
CANCEL = ".modal .o_form_button_cancel"
TOLD = ".o_error_dialog .modal-body"
QUESTION = ".modal .modal-body"
GHOST = ".o_salon_board_ghost"
TITLE = ".o_salon_board_title"
# So that they are the first columns.
ADA, ADELE = "Ada", "Adele"
TABLET = {"width": 820, "height": 1180, "deviceScaleFactor": 1, "mobile": True}
# Longer than a finger must rest before it takes something along.
REST = 0.6
PIXELS = 1.15
PLACE = """
    (() => {
        const el = document.querySelector(%r);
        el.scrollIntoView({block: "center", inline: "nearest"});
        const {x, y, width, height} = el.getBoundingClientRect();
        return {x, y, width, height};
    })()"""
CALL = """
    fetch("/web/dataset/call_kw", {
        method: "POST",
        headers: {"Content-Type": "application/json"},
        body: JSON.stringify({params: %s}),
    }).then((answer) => answer.json()).then((answer) => answer.result)"""


class Hand:
    """What a person does with a mouse or a finger."""

    def __init__(self, person, finger=False):
        self.browser, self.finger = person.browser, finger
        self._ask("Emulation.setTouchEmulationEnabled", enabled=finger)

    def _ask(self, command, **params):
        self.browser._websocket_request(command, params=params)

    def _act(self, mouse, touch, x, y):
        if self.finger:
            points = [] if touch == "touchEnd" else [{"x": x, "y": y}]
            self._ask("Input.dispatchTouchEvent", type=touch, touchPoints=points)
        else:
            self._ask(
                "Input.dispatchMouseEvent",
                **{"type": mouse, "x": x, "y": y, "clickCount": 1},
                **{"button": "left", "buttons": 1},
            )

    def down(self, x, y):
        self._act("mousePressed", "touchStart", x, y)

    def move(self, x, y):
        self._act("mouseMoved", "touchMove", x, y)

    def up(self, x, y):
        self._act("mouseReleased", "touchEnd", x, y)

    def click(self, x, y):
        self.down(x, y)
        self.up(x, y)

    def drag(self, start, stop, rest=0.0):
        """Take something along; a finger must rest on it first."""
        self.down(*start)
        time.sleep(rest)
        for part in (0.1, 0.5, 0.9, 1):
            self.move(*(a + (b - a) * part for a, b in zip(start, stop, strict=True)))
            time.sleep(0.05)
        self.up(*stop)


def column(name):
    return f".o_salon_board_column[data-name='{name}']"


class TestDayBoard(unittest.TestCase):
    """Ada and Adele work every day from 8:30 to 20:00; each test has its own day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.salon = Salon(f"day_board_{os.getpid()}")
        cls.addClassCleanup(cls.salon.close)
        cls.people = [cls.salon.enter(login) for login in ("receptionist", "manager")]
        cls.person, cls.manager = cls.people
        cls.person.go("/odoo/salon-day", ".o_salon_board_column")
        cls.today = cls.person.run("document.querySelector('input[type=date]').value")
        hours = cls._call(
            "resource.calendar", "search", [["name", "=", "Opening hours"]]
        )
        cls.stylists = {
            name: cls._call(
                "resource.resource",
                "create",
                {"name": name, "is_stylist": True, "calendar_id": hours[0]},
            )
            for name in (ADA, ADELE)
        }

    @classmethod
    def _call(cls, model, method, *args):
        """Ask the server as the manager's browser does."""
        params = {"model": model, "method": method, "args": args, "kwargs": {}}
        return cls.manager.run(CALL % json.dumps(params))

    def _open(self, days, person=None, finger=False):
        """Open the board so many days ahead; return the hand that works on it."""
        person = person or self.person
        day = datetime.fromisoformat(self.today) + timedelta(days=days)
        self.day = day.date().isoformat()
        person.go("/odoo/salon-day", column(ADA))
        self._show_day(person)
        person.read(TITLE, f" {day.day} ")
        return Hand(person, finger)

    def _show_day(self, person):
        """Choose the day in the board's field, which also reads it anew."""
        person.run(
            f"""(() => {{
                const input = document.querySelector("input[type=date]");
                input.value = "{self.day}";
                input.dispatchEvent(new Event("change", {{bubbles: true}}));
            }})()"""
        )

    def _book(self, name, minute):
        """Book a visit of an hour for a walk-in; return it as soon as it is there."""
        start = self._call("salon.day.board", "get_start", self.day, minute)
        visit = self._call(
            "salon.visit", "create", {"stylist_id": self.stylists[name], "start": start}
        )
        self._show_day(self.person)
        self.person.see(f".o_salon_board_card[data-id='{visit}']")
        return visit

    def _place(self, selector, person=None):
        return (person or self.person).run(PLACE % selector)

    def _grip(self, visit):
        """Return the point at which the card of a visit is taken."""
        place = self._place(f".o_salon_board_card[data-id='{visit}']")
        return place["x"] + 40, place["y"] + 30

    def _find_free(self, person=None):
        """Return where Ada is free at 14:15, the middle of her day."""
        place = self._place(f"{column(ADA)} .o_salon_board_free", person)
        return place["x"] + 40, place["y"] + place["height"] / 2 + 3

    def _shift(self, start, name=None, minutes=0):
        """Return where the pointer must go to move by so much, into this column."""
        x, y = start
        if name:
            place = self.person.run(
                f'document.querySelector("{column(name)}").getBoundingClientRect().x'
            )
            x = place + 40
        return x, y + minutes * PIXELS

    def _read_moment(self, name):
        """Return a moment that the form proposes."""
        button = f"document.querySelector({MOMENT.format(name)!r})"
        return datetime.strptime(self.person.run(f"{button}.value"), SHOWN)

    def _fill(self, person):
        """Say who comes and for what; without it nothing is booked."""
        person.click(WALK_IN)
        person.see(f"{WALK_IN}:checked")
        person.click(ADD_LINE)
        person.type(PRODUCT, SERVICE)
        person.click(FOUND)
        # A price is there as soon as the server has answered.
        price = f"document.querySelector({PRICE!r})?.value || '0'"
        wait_for(lambda: any(map(int, re.findall(r"\d", person.run(price)))), "a price")

    def _read(self, visit):
        """Return whose a visit is, its minute of the day, and its mark."""
        ((name, outside, moved),) = self.salon.query(
            """SELECT r.name, COALESCE(v.outside_hours, FALSE), b.stylist_id = r.id
                 FROM salon_visit v JOIN resource_resource r ON r.id = v.stylist_id
                 JOIN salon_visit_busy b ON b.visit_id = v.id WHERE v.id = %s""",
            visit,
        )
        self.assertTrue(moved)
        return name, outside

    # ---- dragging ----

    def test_dragged_to_another_stylist_by_mouse(self):
        hand = self._open(1)
        visit = self._book(ADA, 14 * 60)
        grip = self._grip(visit)
        hand.drag(grip, self._shift(grip, ADELE))
        self.person.see(f"{column(ADELE)} .o_salon_board_card[data-id='{visit}']")
        self.assertEqual(self._read(visit), (ADELE, False))
        # One click more, and it is confirmed.
        self.person.click(f".o_salon_board_card[data-id='{visit}'] .o_salon_board_step")
        self.person.see(f".o_salon_state_confirmed[data-id='{visit}']")

    def test_dragged_to_another_stylist_by_finger_on_a_tablet(self):
        resize = self.person.browser._websocket_request
        resize("Emulation.setDeviceMetricsOverride", params=TABLET)
        try:
            hand = self._open(2, finger=True)
            visit = self._book(ADA, 14 * 60)
            grip = self._grip(visit)
            # A finger that does not rest scrolls.
            hand.drag(grip, self._shift(grip, ADELE))
            self.assertFalse(self.person.count(GHOST))
            self.assertEqual(self._read(visit), (ADA, False))
            grip = self._grip(visit)
            hand.drag(grip, self._shift(grip, ADELE), REST)
            self.person.see(f"{column(ADELE)} .o_salon_board_card[data-id='{visit}']")
            self.assertEqual(self._read(visit), (ADELE, False))
        finally:
            Hand(self.person)
            desktop = {**TABLET, "width": 1366, "height": 768, "mobile": False}
            resize("Emulation.setDeviceMetricsOverride", params=desktop)

    def test_dragged_out_of_her_hours_is_asked(self):
        hand = self._open(3)
        visit = self._book(ADA, 9 * 60)
        grip = self._grip(visit)
        hand.drag(grip, self._shift(grip, minutes=-60))
        self.person.read(QUESTION, "Ada works 8:30")
        self.person.click(".modal .modal-footer .btn-secondary")
        wait_for(lambda: not self.person.count(".modal"), "the question to go")
        self.assertEqual(self._read(visit), (ADA, False))
        grip = self._grip(visit)
        hand.drag(grip, self._shift(grip, minutes=-60))
        self.person.read(QUESTION, "Ada works 8:30")
        self.person.click(".modal .modal-footer .btn-primary")
        self.person.see(f".o_salon_board_card[data-id='{visit}'] .fa-moon-o")
        self.assertEqual(self._read(visit), (ADA, True))

    def test_dragged_in_the_calendar_is_asked(self):
        self._open(0)
        visit = self._book(ADA, 9 * 60)
        event = f".fc-event[data-event-id='{visit}']"
        self.person.go("/odoo/salon-appointments", event)
        place = self._place(event)
        grip = place["x"] + 8, place["y"] + 8
        # It takes an hour: to half past seven.
        Hand(self.person).drag(grip, (grip[0], grip[1] - 1.5 * place["height"]))
        self.person.read(QUESTION, "Ada works 8:30")
        self.person.click(".modal .modal-footer .btn-primary")
        wait_for(lambda: self._read(visit) == (ADA, True), "the visit to be moved")

    def test_drawn_over_free_time(self):
        hand = self._open(4)
        start = self._find_free()
        hand.drag(start, self._shift(start, minutes=80))
        self.person.see(SAVE)
        start, stop = map(self._read_moment, ("start", "stop"))
        self.assertEqual(stop - start, timedelta(minutes=90))
        self._fill(self.person)
        self.person.click(SAVE)
        self.person.see(f"{column(ADA)} .o_salon_board_card")
        visits = self.salon.query(
            "SELECT state FROM salon_visit WHERE stylist_id = %s AND date = %s",
            self.stylists[ADA],
            self.day,
        )
        self.assertEqual(visits, [("booked",)])

    # ---- days off and blocked times ----

    def test_time_is_blocked_by_drawing_and_given_back(self):
        hand = self._open(6)
        self.person.click(".o_salon_board_block")
        self.person.see(".o_salon_board .alert-info")
        start = self._find_free()
        hand.drag(start, self._shift(start, minutes=80))
        self.person.type(".modal .o_field_widget[name='name'] input", "Team talk")
        self.person.click(ENTER)
        blocked = f"{column(ADA)} .o_salon_board_off"
        self.person.read(blocked, "Team talk")
        ((start, stop),) = self.salon.query(
            "SELECT date_from, date_to FROM resource_calendar_leaves"
            " WHERE resource_id = %s AND salon_kind = 'blocked'",
            self.stylists[ADA],
        )
        self.assertEqual(stop - start, timedelta(minutes=90))
        # What is drawn next is a visit again.
        self.assertFalse(self.person.count(".o_salon_board_block.btn-primary"))
        self.person.click(blocked)
        self.person.click(".modal button[name='action_remove']")
        wait_for(lambda: not self.person.count(blocked), "the time to be free again")

    def test_bookings_of_a_day_off_are_listed_to_be_moved(self):
        self._open(7)
        visit = self._book(ADA, 14 * 60)
        self._open(7, self.manager)
        self.manager.click(".o_salon_board_away")
        self.manager.see(".modal .o_field_widget[name='visit_ids'] .o_data_row")
        self.manager.click(ENTER)
        self.manager.read(".o_breadcrumb", "Bookings to move")
        row = ".o_list_view .o_data_row"
        wait_for(lambda: self.manager.count(row) == 1, "the booking in the list")
        self._open(7)
        self.person.see(f"[data-id='{visit}'] .o_salon_board_moved")
        self.person.read(".o_salon_board_to_move", "1 to move")

    # ---- two windows ----

    def test_only_one_of_two_gets_the_time(self):
        for person in self.people:
            hand = self._open(5, person)
            hand.click(*self._find_free(person))
            self._fill(person)
        at_once(*(lambda one=one: one.click(SAVE) for one in self.people))
        wait_for(
            lambda: sum(one.count(TOLD) for one in self.people), "somebody to be told"
        )
        winner, loser = sorted(self.people, key=lambda one: one.count(TOLD))
        wait_for(lambda: not winner.count(".modal"), "the visit of the winner")
        told = loser.text(TOLD)
        self.assertIn("Ada is taken on", told)
        self.assertIn("Free next:", told)
        self.assertIn("3:00", told)
        visits = self.salon.query(
            "SELECT id FROM salon_visit WHERE stylist_id = %s AND date = %s",
            self.stylists[ADA],
            self.day,
        )
        self.assertEqual(len(visits), 1)
        # She gives up, and sees what took the time.
        loser.click(".o_error_dialog .modal-footer button")
        loser.click(CANCEL)
        loser.see(f"{column(ADA)} .o_salon_board_card")
