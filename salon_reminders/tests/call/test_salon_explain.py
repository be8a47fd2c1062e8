from odoo.tests import freeze_time, users

from ..common import SalonCase


@freeze_time("2026-03-10 09:00:00")
class TestSalonExplain(SalonCase):
    """Every rule that keeps a client off the list can be told to people."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna = cls._create_client("Anna")

    def _assert_status(self, text, partner=None):
        partner = partner or self.anna
        partner.invalidate_recordset(["salon_call_status"])
        self.assertIn(text, partner.salon_call_status)

    def _create_due(self):
        self._create_visit(self.anna, "2026-02-05")

    def test_nothing_done_yet(self):
        self._assert_status("No reminder follows the client")
        visit = self._create_visit(self.anna, "2026-02-05")
        visit.action_cancel()
        self._assert_status("No reminder follows the client")

    def test_on_the_list(self):
        self._create_due()
        self._plan_calls()
        self._assert_status("On the call list since 03/10/2026")

    def test_not_due_yet(self):
        self._create_visit(self.anna, "2026-03-01")
        self._assert_status("Roots: not due yet, the call comes on 03/29/2026")

    def test_no_consent(self):
        self._create_due()
        self.anna.action_salon_consent_withdraw()
        self._assert_status("has not agreed")

    def test_no_number(self):
        self._create_due()
        self.anna.phone = "12"
        self._assert_status("no valid phone number")

    def test_blacklisted(self):
        self._create_due()
        self.env["phone.blacklist"].sudo()._add([self.anna.phone_sanitized])
        self._assert_status("do-not-call list")

    def test_shared_number(self):
        self._create_due()
        bea = self._create_client("Bea")
        self._create_visit(bea, "2026-02-05")
        called = self._plan_calls().partner_id
        self._assert_status("same number", (self.anna | bea) - called)

    def test_who_share_a_number_and_both_wait_are_told_of_the_quota(self):
        self.company.salon_daily_quota = 1
        self._create_due()
        bea = self._create_client("Bea")
        self._create_visit(bea, "2026-02-05")
        rich = self._create_client("Rich", "+36 30 765 4321")
        self._create_visit(rich, "2026-02-05")
        self._create_visit(rich, "2026-01-05")
        self.assertEqual(self._plan_calls().partner_id, rich)
        both = self.anna | bea
        self.assertEqual(set(both.salon_reminder_ids.mapped("hold")), {"quota"})
        # Asked about together, as by a list, or each alone.
        both.invalidate_recordset(["salon_call_status"])
        for text in both.mapped("salon_call_status"):
            self.assertIn("waits in the backlog", text)
        for partner in both:
            self._assert_status("waits in the backlog", partner)

    def test_contact_gap(self):
        self._create_due()
        call = self._plan_calls()
        call.action_no_answer()
        call.action_cancel()
        self._assert_status("less than 14 days ago")

    def test_quota(self):
        self._create_due()
        self._assert_status("waits in the backlog")

    def test_booked(self):
        self._create_due()
        self._create_visit(self.anna, "2026-03-20", state="booked")
        self._assert_status("booked for 03/20/2026")

    def test_paused(self):
        self._create_due()
        self.anna.salon_reminder_ids.write(
            {"pause_until": "2026-04-01", "pause_reason": "On holiday"}
        )
        self._assert_status("paused until 04/01/2026 (On holiday)")

    def test_stopped(self):
        self._create_due()
        self.anna.salon_reminder_ids.action_stop()
        self._assert_status("does not want")

    def test_skipped(self):
        self._create_due()
        self.anna.salon_reminder_ids.action_skip()
        self._assert_status("was answered; the next call comes from 04/14/2026")

    def test_archived_cycle(self):
        self._create_due()
        self.roots.active = False
        self._assert_status("the cycle is archived")

    def test_service_given_up(self):
        self._create_due()
        self.roots_service.action_archive()
        self._assert_status("Roots: no call, as all its services are archived")
        # What comes next is told, as long as there is anything.
        brows = self._create_service("Brows", self._create_cycle("Brows", (14, 25, 42)))
        self._create_visit(self.anna, "2026-03-09", products=brows)
        self._assert_status("Brows: not due yet")

    @users("t_recep")
    def test_receptionist_may_ask(self):
        self._create_visit(self.anna, "2026-03-01")
        anna = self.anna.with_user(self.env.user)
        self.assertIn("not due yet", anna.salon_call_status)

    def test_constant_queries(self):
        clients = self.anna
        for number in range(20):
            clients |= self._create_client(f"C{number}", f"+36 30 123 46{number:02}")
        for client in clients:
            self._create_visit(client, "2026-03-01")
        counts = []
        for some in (clients[:2], clients):
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.cr.sql_log_count
            some.mapped("salon_call_status")
            counts.append(self.cr.sql_log_count - start)
        self.assertLessEqual(counts[1], counts[0])
