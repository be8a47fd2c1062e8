from datetime import timedelta

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, freeze_time

from ...tools.server_flags import SERVER_SAYS
from ..common import SalonCase


@freeze_time("2026-03-10 09:00:00")
class TestSalonVisit(SalonCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna = cls._create_client("Anna")
        cls.shampoo = cls._create_product("Shampoo", "retail")

    def test_done_moves_the_reminder(self):
        visit = self._create_visit(self.anna, "2026-03-10", state="booked")
        self.assertFalse(self.anna.salon_reminder_ids)
        visit.action_done()
        self.assertEqual(str(self.anna.salon_reminder_ids.last_date), "2026-03-10")
        visit.action_book()
        self.assertEqual(self.anna.salon_reminder_ids.state, "idle")

    def test_done_needs_lines(self):
        visit = self._create_visit(self.anna, "2026-03-10", [], state="booked")
        with self.assertRaises(UserError):
            visit.action_done()

    def test_future_visit_is_not_done(self):
        with self.assertRaises(ValidationError):
            self._create_visit(self.anna, "2026-03-11")
        visit = self._create_visit(self.anna, "2026-03-11", state="booked")
        with self.assertRaises(ValidationError):
            visit.action_no_show()

    def test_walk_in_follows_nobody(self):
        visit = self._create_visit(self.env["res.partner"], "2026-03-09")
        self.assertIn("Walk-in", visit.display_name)
        self.assertFalse(
            self.env["salon.reminder"].search([("cycle_id", "=", self.roots.id)])
        )

    # ---- slips of the finger ----

    def _book(self, **line):
        line = {"product_id": self.roots_service.id, **line}
        vals = {
            "partner_id": self.anna.id,
            "start": "2026-03-12 09:00:00",
            "line_ids": [(0, 0, line)],
        }
        return self.env["salon.visit"].with_user(self.receptionist).create(vals)

    def test_so_many_of_one_service(self):
        visit = self._book(quantity=20, minutes=60)
        service = visit.line_ids
        # Bottles are sold by the box.
        visit.line_ids = [(0, 0, {"product_id": self.shampoo.id, "quantity": 48})]
        with self.assertRaisesRegex(ValidationError, "21 times Root touch-up"):
            service.quantity = 21
        with self.assertRaisesRegex(ValidationError, "Enter at most 20"):
            self._book(quantity=1000, minutes=60)

    def test_a_visit_takes_half_a_day_at_most(self):
        visit = self._book(minutes=12 * 60)
        with self.assertRaisesRegex(ValidationError, "would take 13 hours; at most 12"):
            visit.line_ids.minutes = 13 * 60
        with self.assertRaisesRegex(ValidationError, "visit of Anna on 2026-03-12"):
            self._book(minutes=20 * 24 * 60)
        with self.assertRaisesRegex(ValidationError, "at most 12 are possible"):
            visit.stop = "2026-03-12 21:01:00"

    def test_what_was_taken_over_is_history(self):
        visit = self._create_visit(self.anna, "2026-03-09")
        visit = visit.with_context(salon_taken_over=SERVER_SAYS)
        visit.line_ids.write({"quantity": 30, "minutes": 15 * 60})
        self.assertEqual(visit.stop - visit.start, timedelta(hours=15))

    def test_sums_keep_their_figures_in_another_currency(self):
        company = self._create_company("Other")
        names = dict.fromkeys(["currency_id"], {})
        usd, eur = self.env.ref("base.USD"), self.env.ref("base.EUR")
        before, after = (usd, eur) if company.currency_id == usd else (eur, usd)
        company.currency_id = before

        def warn():
            changed = company.onchange(
                {"currency_id": after.id}, ["currency_id"], names
            )
            return changed.get("warning")

        self.assertFalse(warn())
        self._create_visit(
            self.env["res.partner"],
            "2026-03-09",
            company_id=company.id,
            stylist_id=False,
        )
        self.assertIn(f"30 {before.name} will read 30 {after.name}", warn()["message"])
        after = before
        self.assertFalse(warn())

    def _open_form(self, **context):
        visits = self.env["salon.visit"].with_user(self.receptionist)
        return Form(visits.with_context(**context))

    def test_form_asks_who_comes(self):
        form = self._open_form()
        with self.assertRaisesRegex(AssertionError, "partner_id is a required field"):
            form.save()
        form.is_walk_in = True
        visit = form.save()
        self.assertFalse(visit.partner_id)
        self.assertTrue(visit.is_walk_in)

    def test_who_is_a_client_is_no_walk_in(self):
        form = self._open_form(default_is_walk_in=True)
        self.assertTrue(form.is_walk_in)
        form.partner_id = self.anna
        self.assertFalse(form.is_walk_in)
        self.assertEqual(form.save().partner_id, self.anna)

    def test_retail_only_is_a_purchase(self):
        purchase = self._create_visit(self.anna, "2026-03-09", self.shampoo)
        self.assertTrue(purchase.is_purchase)
        visit = self._create_visit(
            self.anna, "2026-03-08", self.shampoo + self.roots_service
        )
        self.assertFalse(visit.is_purchase)
        self.assertEqual(visit.amount_total, 100)
        self.assertEqual(self.anna.salon_visit_count, 1)
        self.assertEqual(self.anna.salon_spent, 150)
        self.assertEqual(str(self.anna.salon_last_date), "2026-03-08")

    def _take_back(self, line, quantity=1):
        """Refund a line on the day after; return the line that does it."""
        refund = {
            "product_id": line.product_id.id,
            "quantity": -quantity,
            "refunded_line_id": line.id,
        }
        visit = self._create_visit(
            self.anna, "2026-02-09", [], line_ids=[(0, 0, refund)]
        )
        return visit.line_ids

    def test_refund_takes_the_renewal_back(self):
        first = self._create_visit(self.anna, "2026-01-05")
        second = self._create_visit(self.anna, "2026-02-08")
        self._take_back(second.line_ids)
        self.assertEqual(second.line_ids.net_quantity, 0)
        reminder = self.anna.salon_reminder_ids
        self.assertEqual(reminder.last_date, first.date)

    def test_refund_of_a_refund_is_refused(self):
        visit = self._create_visit(self.anna, "2026-02-08")
        with self.assertRaises(ValidationError):
            visit.line_ids.copy({"refunded_line_id": visit.line_ids.id})

    def test_no_more_is_taken_back_than_was_sold(self):
        sold = self._create_visit(self.anna, "2026-02-08", self.shampoo).line_ids
        sold.quantity = 3
        first = self._take_back(sold, 2)
        for attempt in (
            lambda: self._take_back(sold, 2),
            lambda: first.write({"quantity": -4}),
            lambda: sold.write({"quantity": 1}),
        ):
            with self.assertRaises(ValidationError) as refused:
                attempt()
            self.assertIn("can't be taken back", str(refused.exception))
        self._take_back(sold)
        self.assertEqual(sold.net_quantity, 0)

    def test_correcting_lines_corrects_reminders(self):
        visit = self._create_visit(self.anna, "2026-02-08")
        visit.line_ids.product_id = self.shampoo
        self.assertEqual(self.anna.salon_reminder_ids.state, "idle")
        visit.line_ids.product_id = self.roots_service
        self.assertEqual(self.anna.salon_reminder_ids.state, "due")
        visit.line_ids.unlink()
        self.assertEqual(self.anna.salon_reminder_ids.state, "idle")

    def test_moving_to_another_client(self):
        bea = self._create_client("Bea", "+36 30 123 4568")
        visit = self._create_visit(self.anna, "2026-02-08")
        visit.partner_id = bea
        self.assertEqual(self.anna.salon_reminder_ids.state, "idle")
        self.assertEqual(bea.salon_reminder_ids.state, "due")

    def test_stop_follows_the_services(self):
        self.roots_service.salon_duration = 90
        visit = self._create_visit(
            self.anna, "2026-02-08", self.roots_service + self.shampoo
        )
        self.assertEqual((visit.stop - visit.start).seconds, 90 * 60)
        empty = self._create_visit(self.anna, "2026-02-08", [], state="booked")
        self.assertEqual((empty.stop - empty.start).seconds, 60 * 60)

    def test_history_is_kept(self):
        visit = self._create_visit(self.anna, "2026-02-08")
        with self.assertRaises(UserError):
            visit.unlink()
        booked = self._create_visit(self.anna, "2026-03-20", state="booked")
        booked.unlink()

    def test_closing_costs_a_constant_number_of_queries(self):
        """Closing one visit costs the same whatever the size of the history."""
        counts = []
        for months in (2, 12):
            client = self._create_client(f"Client {months}", "+36 30 123 4569")
            for month in range(months):
                self._create_visit(client, f"2025-{month + 1:02}-05")
            visit = self._create_visit(client, "2026-03-09", state="booked")
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.cr.sql_log_count
            visit.action_done()
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - start)
        self.assertEqual(counts[0], counts[1])
