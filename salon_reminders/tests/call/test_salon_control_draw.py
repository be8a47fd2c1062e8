from datetime import date
from unittest.mock import patch

from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time
from odoo.tools import mute_logger

from ...tools.samples import Sample, get_difference
from ..reminder.test_salon_course import CourseCase


@freeze_time("2026-03-10 09:00:00")
class TestSalonControlDraw(CourseCase):
    """A share of the due clients is left uncalled by chance."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.salon_control_share = 50
        cls.company.sudo().salon_control_seed = "fixed"
        cls.draws = cls.env["salon.control.draw"]

    @classmethod
    def _create_due(cls, count, first=0, **vals):
        clients = cls.env["res.partner"]
        for number in range(first, first + count):
            client = cls._create_client(f"Client {number}", f"+3630123{4000 + number}")
            cls._create_visit(client, "2026-02-05", **vals)
            clients |= client
        return clients

    def _toss_by(self, rule):
        return patch.object(
            type(self.draws), "_toss", lambda _draws, client, _day: rule(client)
        )

    def _get_groups(self):
        """Plan; return who is left uncalled and who is called, some of each."""
        with self._toss_by(lambda client: client % 2 == 0):
            self._plan_calls()
        drawn = self.draws.search([])
        control = drawn.filtered("is_control")
        return control.partner_id, (drawn - control).partner_id

    def test_who_is_drawn_is_not_called(self):
        clients = self._create_due(12)
        control, called = self._get_groups()
        self.assertEqual(control | called, clients)
        self.assertTrue(control and called)
        self.assertEqual(self._plan_calls().partner_id, called)
        reminder = control.salon_reminder_ids
        self.assertEqual(set(reminder.mapped("hold")), {"control"})
        self.assertIn("control group", control[0].salon_call_status)

    def test_a_draw_holds_two_weeks(self):
        self._create_due(12)
        control, called = self._get_groups()
        with freeze_time("2026-03-23 20:00:00"):
            self.assertEqual(self._plan_calls().partner_id, called)
            self.assertEqual(len(self.draws.search([])), 12)
        with (
            freeze_time("2026-03-24 09:00:00"),
            self._toss_by(lambda client: False),
        ):
            self.assertEqual(self._plan_calls().partner_id, called | control)

    def test_one_runs_places_are_the_days(self):
        self.company.salon_daily_quota = 6
        self._create_due(20)
        control, called = self._get_groups()
        self.assertEqual(len(control | called), 6)
        self.assertTrue(control and called)
        for _hour in range(3):
            self.assertEqual(self._get_groups(), (control, called))
        with freeze_time("2026-03-11 09:00:00"):
            self._get_groups()
            self.assertEqual(len(self.draws.search([])), 12)

    def test_who_shares_the_number_waits_for_the_next_day(self):
        first = self._create_due(1)
        second = self._create_client("Second", first.phone)
        self._create_visit(second, "2026-02-04")
        drawn = []
        with self._toss_by(lambda client: drawn.append(client) or len(drawn) == 1):
            for _run in range(2):
                self.assertFalse(self._plan_calls())
            self.assertEqual(len(drawn), 1)
            with freeze_time("2026-03-11 09:00:00"):
                called = self._plan_calls().partner_id
        self.assertEqual(called, (first | second).filtered(lambda c: c.id != drawn[0]))

    def test_places_of_a_group_that_was_switched_off_are_free(self):
        self.company.salon_daily_quota = 6
        self._create_due(20)
        self._get_groups()
        self.company.salon_control_share = 0
        self.assertEqual(len(self._plan_calls()), 6)

    def test_not_called_about_a_missed_visit(self):
        self._create_due(12)
        control, called = self._get_groups()
        self.company.salon_follow_up_days = 2
        for client in control:
            self._create_visit(client, "2026-03-10", state="booked").action_no_show()
        with freeze_time("2026-03-12 09:00:00"):
            self.assertEqual(self._plan_calls().partner_id, called)
            self.assertFalse(self.env["salon.call.planner"]._get_missed_clients())
        with freeze_time("2026-03-24 09:00:00"):
            calls = self._plan_calls().filtered(lambda c: c.partner_id in control)
            self.assertEqual(set(calls.mapped("kind")), {"missed"})
            self.assertEqual(calls.partner_id, control)

    def test_nobody_in_a_course(self):
        clients = self._create_due(6)
        for client in clients:
            self._create_course_of(client)
        self.assertEqual(self._plan_calls().partner_id, clients)
        self.assertFalse(self.draws.search([]))

    def _create_course_of(self, client):
        bundle = self._create_course(f"Course {client.id}", self.session)
        self._create_visit(client, "2026-02-06", bundle)
        self.assertEqual(client.salon_course_ids.state, "active")

    def test_birthdays_and_promises_are_not_drawn(self):
        self.company.salon_birthday_days = 5
        anna = self._create_client("Anna B", "+36301239999")
        self._create_visit(anna, "2026-03-01")
        anna.salon_birthdate = date(1990, 3, 12)
        self.assertEqual(self._plan_calls().kind, "birthday")
        self.assertFalse(self.draws.search([]))

    def test_a_birthday_will_not_wait(self):
        self._create_due(12)
        control, called = self._get_groups()
        self.company.salon_birthday_days = 5
        control.salon_birthdate = date(1990, 3, 14)
        calls = self._plan_calls().filtered(lambda call: call.partner_id in control)
        self.assertEqual(calls.partner_id, control)
        self.assertEqual(set(calls.mapped("kind")), {"birthday"})
        # Of nothing else they are told: that is left to chance.
        self.assertFalse(calls.reminder_ids)
        reminders = control.salon_reminder_ids
        self.assertEqual(set(reminders.mapped("hold")), {"control"})

    def test_a_birthday_without_consent_changes_nothing(self):
        self._create_due(12)
        control, called = self._get_groups()
        self._answer(control, "promotion", decision="withdrawn")
        self.company.salon_birthday_days = 5
        control.salon_birthdate = date(1990, 3, 14)
        self.assertEqual(self._plan_calls().partner_id, called)
        reminders = control.salon_reminder_ids
        self.assertEqual(set(reminders.mapped("hold")), {"control"})

    def test_nobody_with_a_near_birthday_is_drawn(self):
        clients = self._create_due(6)
        self.company.salon_birthday_days = 5
        clients.salon_birthdate = date(1990, 3, 14)
        calls = self._plan_calls()
        self.assertEqual(calls.partner_id, clients)
        self.assertEqual(set(calls.mapped("kind")), {"reminder"})
        self.assertFalse(self.draws.search([]))

    def test_chance_is_fair_and_fixed(self):
        today = date(2026, 3, 10)
        tossed = [self.draws._toss(number, today) for number in range(2000)]
        self.assertEqual(tossed, [self.draws._toss(n, today) for n in range(2000)])
        self.assertAlmostEqual(sum(tossed) / 2000, 0.5, delta=0.05)
        self.company.salon_control_share = 10
        tossed = [self.draws._toss(number, today) for number in range(2000)]
        self.assertAlmostEqual(sum(tossed) / 2000, 0.1, delta=0.03)

    def test_switched_off(self):
        clients = self._create_due(12)
        self._get_groups()
        self.company.salon_control_share = 0
        self.assertEqual(self._plan_calls().partner_id, clients)
        self.assertFalse(self.env["salon.control.report"].search([]))

    def test_other_salons_call_everybody(self):
        other = self.env["res.company"].create({"name": "Other salon"})
        client = self._create_client("Olga", "+36301238888")
        for company in (self.company, other):
            self._create_visit(
                client, "2026-02-05", company_id=company.id, stylist_id=False
            )
        self.assertFalse(self.draws.with_company(other)._get_watched([]))
        rows = [{"partner_id": client.id, "kind": "reminder", "reminder_ids": []}]
        self.assertEqual(self.draws.with_company(other)._draw(rows), rows)

    def test_share_is_at_most_half(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            self.company.salon_control_share = 51
            self.env.flush_all()

    def test_queries_do_not_grow(self):
        counts = []
        # The first one fills the caches.
        for size, first in ((5, 0), (5, 50), (25, 100)):
            rows = [
                {"partner_id": client.id, "kind": "reminder", "reminder_ids": []}
                for client in self._create_due(size, first)
            ]
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.draws._draw(rows)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    # ------------------------------------------------------------
    # WHAT CAME OF IT
    # ------------------------------------------------------------

    def _get_row(self, client):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["salon.control.report"].search([("partner_id", "=", client.id)])

    def test_counted_is_what_was_made_or_booked_meanwhile(self):
        clients = self._create_due(12)
        self._get_groups()
        came, booked, cancelled, after, before = clients[:5]
        with freeze_time("2026-03-15 09:00:00"):
            self._visit_entered(came, "2026-03-15")
            self._visit_entered(booked, "2026-04-20", state="booked")
            visit = self._visit_entered(cancelled, "2026-03-20", state="booked")
            visit.action_cancel()
        with freeze_time("2026-03-09 09:00:00"):
            self._visit_entered(before, "2026-03-12", state="booked")
        with freeze_time("2026-03-24 09:00:00"):
            self._visit_entered(after, "2026-03-24")
            found = {
                client: self._get_row(client).visit_count for client in clients[:5]
            }
            self.assertEqual(
                found, {came: 1, booked: 1, cancelled: 0, after: 0, before: 0}
            )
            self.assertEqual(self._get_row(came).amount, 50)

    def _visit_entered(self, client, day, **vals):
        """Create a visit as of now: records of a transaction share its clock."""
        visit = self._create_visit(client, day, **vals)
        self.env.cr.execute(
            "UPDATE salon_visit SET create_date = %s WHERE id = %s",
            (visit.env["salon.visit"]._fields["start"].now(), visit.id),
        )
        return visit

    def test_not_known_before_its_time(self):
        client = self._create_due(1)
        self._get_groups()
        with freeze_time("2026-03-23 09:00:00"):
            row = self._get_row(client)
            self.assertFalse(row.is_known)
        with freeze_time("2026-03-24 09:00:00"):
            self.assertTrue(self._get_row(client).is_known)

    # ------------------------------------------------------------
    # THE SENTENCE
    # ------------------------------------------------------------

    def _get_effect(self, user=None, **vals):
        effects = self.env["salon.calling.effect"].with_user(user or self.manager)
        return effects.create({"date_from": "2026-01-01", **vals})

    def test_range_of_a_difference(self):
        # By hand: 0.30 - 0.20, error sqrt(0.21/400 + 0.16/100).
        found = get_difference(Sample(400, 0.3, 0.21), Sample(100, 0.2, 0.16))
        for value, expected in zip(found, (0.1, 0.00966, 0.19034), strict=True):
            self.assertAlmostEqual(value, expected, places=4)
        with self.assertRaises(ValueError):
            get_difference(Sample(400, 0.3, 0.21), Sample(29, 0.2, 0.16))

    def _fill_draws(self, called, came_called, control, came_control):
        """Draw so many clients of each group, of whom so many came."""
        clients = self.env["res.partner"].create(
            [{"name": f"Drawn {number}"} for number in range(called + control)]
        )
        groups = (clients[:called], clients[called:])
        self.draws.create(
            [
                {
                    "partner_id": client.id,
                    "company_id": self.company.id,
                    "date": "2026-02-01",
                    "until": "2026-02-15",
                    "kind": "reminder",
                    "is_control": group is groups[1],
                }
                for group in groups
                for client in group
            ]
        )
        for client in groups[0][:came_called] | groups[1][:came_control]:
            self._create_visit(client, "2026-02-10")

    def test_the_plain_sentence(self):
        self._fill_draws(120, 60, 80, 12)
        effect = self._get_effect()
        self.assertEqual((effect.arm_called_count, effect.arm_control_count), (120, 80))
        self.assertAlmostEqual(effect.arm_called_visits, 50)
        self.assertAlmostEqual(effect.arm_control_visits, 15)
        # 35 +- 1.96 sqrt(0.2521/120 + 0.1291/80) x 100.
        self.assertIn("brought 23 to 47 more visits per 100 clients", effect.effect)
        self.assertIn("more per 100", effect.money_effect)

    def test_no_effect_is_claimed_without_proof(self):
        self._fill_draws(60, 20, 40, 12)
        self.assertIn("No effect on visits is proven", self._get_effect().effect)

    def test_too_few_are_not_known(self):
        self._fill_draws(60, 20, 29, 12)
        self.assertIn("Not known yet", self._get_effect().effect)

    def test_what_followed_the_calls(self):
        self.company.salon_control_share = 0
        clients = self._create_due(3)
        calls = self._plan_calls()
        outcome = self.env["salon.call.outcome"]._get_default("no_answer")
        for call in calls:
            call.with_user(self.receptionist)._log_attempt(outcome)
        with freeze_time("2026-03-20 09:00:00"):
            self._create_visit(clients[0], "2026-03-12")
            self._create_visit(clients[0], "2026-03-19")
            self._create_visit(clients[1], "2026-03-25", state="booked")
        with freeze_time("2026-03-24 09:00:00"):
            self.assertEqual(self._get_effect().called_count, 0)
        with freeze_time("2026-03-25 09:00:00"):
            effect = self._get_effect()
            self.assertEqual((effect.called_count, effect.came_count), (3, 1))
            self.assertEqual(effect.amount, 100)
            self.assertEqual(self._get_effect(days=2).amount, 50)

    def test_bad_period(self):
        with self.assertRaises(ValidationError):
            self._get_effect(date_to="2025-01-01")
        with self.assertRaises(ValidationError):
            self._get_effect(days=0)

    def test_only_managers_of_this_salon(self):
        with self.assertRaises(AccessError):
            self._get_effect(self.receptionist)
        other = self.env["res.company"].create({"name": "Other salon"})
        with self.assertRaises(UserError):
            self._get_effect(company_id=other.id).effect  # noqa: B018
