"""Segments and zones agree with their plain-Python model on random histories."""

from contextlib import contextmanager
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import TransactionCase, freeze_time, tagged

from odoo.addons.salon_reminders.tools.server_flags import SERVER_SAYS

from ..reference import OPEN
from ..reference_standing import (
    Came,
    Rules,
    affinities,
    booked,
    standings,
    zone_states,
)
from .test_engine_properties import examples

pytestmark = pytest.mark.room("insight")

# It is already the next day in Auckland.
TODAY = date(2026, 4, 2)
ZONES = ("hair", "nails", "face")
CLIENTS = 6

ago = st.one_of(
    st.integers(0, 120),
    st.integers(0, 800),
    st.sampled_from([89, 90, 91, 180, 181, 364, 365, 366]),
)
came = st.tuples(
    st.integers(0, CLIENTS - 1),
    ago,
    st.integers(0, 23),
    st.sampled_from([10, 25, 25, 40, 99.5]),
    st.sampled_from([*ZONES, "hair", None]),
    st.sampled_from([None, 0, 0, 1]),
)
rhythmic = st.tuples(
    st.integers(0, CLIENTS - 1),
    st.integers(0, 200),
    st.integers(7, 60),
    st.integers(2, 8),
)
# What is to come, or was to: (days from today, what became of it).
booking = st.tuples(
    st.integers(0, CLIENTS - 1),
    st.one_of(
        st.tuples(
            st.sampled_from([0, 3]),
            st.sampled_from(["booked", "confirmed", "cancelled"]),
        ),
        st.tuples(
            st.sampled_from([-1, 0]), st.sampled_from([*OPEN, "no_show", "cancelled"])
        ),
    ),
)
rules = st.builds(
    Rules,
    st.sampled_from([1, 60, 90]),
    st.sampled_from([1.0, 1.5, 2.0]),
    st.sampled_from([2.0, 3.0]),
    st.sampled_from([1, 90, 120]),
)


@tagged("standard", "post_install", "-at_install")
@freeze_time("2026-04-02 12:00:00")
class TestStandingProperties(TransactionCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.companies = {
            name: cls._make_company(name)
            for name in ("Pacific/Auckland", "America/New_York")
        }
        cls.partners = cls.env["res.partner"].create(
            [{"name": f"Client {number}"} for number in range(CLIENTS)]
        )
        cls.services = {zone: cls._make_service(zone) for zone in ZONES}
        cls.services[None] = cls.env["product.product"].create(
            {"name": "Shampoo", "salon_kind": "retail"}
        )

    @classmethod
    def _make_company(cls, zone):
        company = cls.env["res.company"].create({"name": zone})
        company.resource_calendar_id.tz = zone
        return company

    @classmethod
    def _make_service(cls, name):
        zone = cls.env["salon.zone"].create({"name": name})
        return cls.env["product.product"].create(
            {"name": name, "salon_kind": "service", "salon_zone_id": zone.id}
        )

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

    def _make_stylists(self, company):
        return self.env["resource.resource"].create(
            [
                {
                    "name": f"Stylist {number}",
                    "is_stylist": True,
                    "company_id": company.id,
                    "calendar_id": company.resource_calendar_id.id,
                }
                for number in range(2)
            ]
        )

    def _make_visits(self, company, events, bookings):
        self.env["salon.visit"].with_context(salon_visit_batch=SERVER_SAYS).create(
            [self._prepare_visit(company, event, "done") for event in events]
            + [
                self._prepare_visit(company, Came(client, day, 9, 0, "hair"), state)
                for client, state, day in bookings
            ]
        )

    def _prepare_visit(self, company, event, state):
        local = datetime.combine(event.day, time(event.hour, 30))
        line = {"product_id": self.services[event.zone].id, "amount": event.amount}
        return {
            "partner_id": self.partners[event.client].id,
            "company_id": company.id,
            "stylist_id": event.stylist,
            "start": company._salon_utc(local),
            "state": state,
            "line_ids": [(0, 0, line)],
        }

    @examples(40)
    @given(
        st.sampled_from(["Pacific/Auckland", "America/New_York"]),
        st.lists(came, min_size=1, max_size=12),
        st.lists(rhythmic, max_size=4),
        st.lists(booking, max_size=3),
        rules,
    )
    def test_standings_and_zones(self, name, single, series, drawn, rule):
        company = self.companies[name]
        today = TODAY if name == "America/New_York" else date(2026, 4, 3)
        with self._undone():
            stylists = self._make_stylists(company).ids
            events = self._make_events(today, single, series, stylists)
            company.write(
                {
                    "salon_new_days": rule.new_days,
                    "salon_risk_rhythms": rule.risk,
                    "salon_lost_rhythms": rule.lost,
                    "salon_lost_days": rule.lost_days,
                }
            )
            self.assertEqual(company._salon_today(), today)
            bookings = [
                (client, state, today + timedelta(days=days))
                for client, (days, state) in drawn
            ]
            self._make_visits(company, events, bookings)
            self.env["salon.client.standing"]._refresh(company)
            expected = standings(events, booked(bookings, today), today, rule)
            self._check_standings(company, expected)
            self._check_zones(company, zone_states(events, expected, ZONES, today))
            self._check_affinities(company, events, today)

    def _make_events(self, today, single, series, stylists):
        events = [
            Came(
                client,
                today - timedelta(days=days),
                0 if days == 0 else hour,
                amount,
                zone,
                None if stylist is None else stylists[stylist],
            )
            for client, days, hour, amount, zone, stylist in single
        ]
        for client, last, gap, count in series:
            events += [
                Came(client, today - timedelta(days=last + gap * n + 1), 10, 30, "hair")
                for n in range(count)
            ]
        return events

    def _check_standings(self, company, expected):
        found = self.env["salon.client.standing"].search(
            [("company_id", "=", company.id)]
        )
        ids = {partner.id: number for number, partner in enumerate(self.partners)}
        names = list(next(iter(expected.values()), ()))
        rows = {
            ids[standing.partner_id.id]: {
                name: getattr(standing[name], "id", standing[name]) for name in names
            }
            for standing in found
        }
        for row in rows.values():
            for name in ("amount_total", "amount_year"):
                row[name] = round(row[name], 2)
        self.assertEqual(rows, expected)

    def _check_zones(self, company, expected):
        spots = self.env["salon.client.zone"].search([("company_id", "=", company.id)])
        ids = {partner.id: number for number, partner in enumerate(self.partners)}
        found = {
            (ids[spot.partner_id.id], spot.zone_id.name): spot.state
            for spot in spots
            if spot.zone_id.name in ZONES
        }
        self.assertEqual(found, expected)

    def _check_affinities(self, company, events, today):
        had = {}
        for event in events:
            if event.zone and event.day > today - timedelta(days=730):
                had.setdefault(event.client, set()).add(event.zone)
        expected = affinities(had)
        pairs = self.env["salon.service.affinity"].search(
            [("company_id", "=", company.id)]
        )
        found = {
            (pair.product_tmpl_id.name, pair.other_tmpl_id.name): pair for pair in pairs
        }
        self.assertEqual(found.keys(), expected.keys())
        for key, (both, confidence, lift) in expected.items():
            self.assertEqual(found[key].both_count, both)
            self.assertAlmostEqual(found[key].confidence, confidence)
            self.assertAlmostEqual(found[key].lift, lift)
