from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, users

from ..common_client import SalonClientCase


@freeze_time("2026-03-10 09:00:00")
class LostCase(SalonClientCase):
    """A salon with clients who left, and what they said."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reason = cls.env["salon.leaving.reason"].create({"name": "Moved"})

    def _rows(self, scope="all", partner=None, user=None):
        # As a new request asks: nothing is remembered.
        self.env.flush_all()
        self.env.invalidate_all()
        rows = self.env["salon.lost.client"].with_user(user or self.env.user)
        domain = [("scope", "=", scope), ("company_id", "=", self.company.id)]
        if partner:
            domain.append(("partner_id", "=", partner.id))
        return rows.search(domain)

    def _agree(self, partner, phone="+36 30 123 4567"):
        partner.write({"phone": phone, "country_id": self.env.ref("base.hu").id})
        self._answer(partner, "reminder", "feedback")
        return partner

    def _say_left(self, partner, date="2026-03-01 10:00:00", **vals):
        call = self.env["salon.call"].create(
            {"partner_id": partner.id, "company_id": self.company.id}
        )
        call._close("outcome")
        outcome = self.env["salon.call.outcome"]._get_default("left_us")
        return self.env["salon.call.attempt"].create(
            {
                "call_id": call.id,
                "outcome_id": outcome.id,
                "leaving_reason_id": self.reason.id,
                "date": date,
                **vals,
            }
        )


@freeze_time("2026-03-10 09:00:00")
class TestSalonLostClient(LostCase):
    def test_altogether(self):
        lost = self._come("Lost", 400, 370, 340, 300)
        once = self._come("Once", 200)
        regular = self._come("Regular", 90, 60, 30, 2)
        said = self._agree(self._come("Said", 90, 60, 30))
        self._say_left(said, note="Far away", bring_back="A lift")
        self._refresh()
        rows = {row.partner_id: row for row in self._rows()}
        self.assertEqual(set(rows), {lost, once, said})
        self.assertNotIn(regular, rows)
        row = rows[lost]
        self.assertEqual((row.segment, row.days_away), ("lost", 300))
        self.assertEqual(row.amount_year, 200.0)
        self.assertEqual(row.stylist_id, self.stylist)
        self.assertEqual((row.cycle_id, row.zone_id), (self.roots, self.zone))
        self.assertEqual((row.hold, row.may_call), ("consent", False))
        row = rows[said]
        self.assertEqual(
            (row.leaving_reason_id, row.comment, row.bring_back, row.may_call),
            (self.reason, "Far away", "A lift", True),
        )
        self.assertEqual(str(row.left_date), "2026-03-01")

    def test_returned(self):
        said = self._agree(self._come("Said", 90, 60, 30))
        self._say_left(said, "2026-02-12 10:00:00")
        self._visit(said, 5)
        self._refresh()
        row = self._rows(partner=said)
        self.assertTrue(row.is_returned)
        self.assertEqual(str(row.returned_date), "2026-03-05")

    def test_returned_from_the_segment(self):
        lost = self._come("Lost", 400, 370, 340, 300)
        self._refresh()
        self.assertFalse(self._rows(partner=lost).is_returned)
        self._visit(lost, 0)
        with freeze_time("2026-03-11 09:00:00"):
            self._refresh()
            row = self._rows(partner=lost)
        self.assertEqual(str(row.returned_date), "2026-03-10")

    def test_an_undone_answer_was_never_said(self):
        said = self._agree(self._come("Said", 90, 60, 30))
        attempt = self._say_left(said)
        self._refresh()
        self.assertTrue(self._rows(partner=said))
        attempt.undone_at = "2026-03-01 11:00:00"
        self.assertFalse(self._rows(partner=said))

    def test_per_cycle(self):
        nails = self._create_cycle("Nails", (10, 18, 28))
        manicure = self._create_service("Manicure", nails)
        both = self._come("Both", 60, 30, 2)
        self._visit(both, 200, product=manicure)
        self._refresh()
        row = self._rows("cycle", both)
        self.assertEqual((row.cycle_id, row.days_away), (nails, 200))
        self.assertFalse(self._rows("all", both))

    def test_nobody_archived(self):
        lost = self._come("Lost", 400, 370, 340, 300)
        self._refresh()
        lost.action_archive()
        self.assertFalse(self._rows(partner=lost))

    def test_calls(self):
        lost = self._agree(self._come("Lost", 400, 370, 340, 300))
        twin = self._agree(self._come("Twin", 401, 371, 341, 301))
        mute = self._come("Mute", 410, 380, 350, 310)
        self._refresh()
        rows = self._rows(user=self.receptionist)
        action = rows.action_plan_calls()
        call = self.env["salon.call"].search(
            [("partner_id", "in", (lost | twin | mute).ids), ("state", "=", "open")]
        )
        self.assertEqual((len(call), call.kind), (1, "lapsed"))
        self.assertEqual(call.user_id, self.receptionist)
        self.assertTrue(call.reminder_ids)
        message = action["params"]["message"]
        self.assertIn("call list: 1", message)
        self.assertIn("has not agreed", message)
        self.assertIn("on the list already", message)
        again = self._rows(partner=call.partner_id, user=self.receptionist)
        self.assertEqual(again.call_id, call)
        self.assertEqual(again.action_call()["context"]["call_id"], call.id)

    def test_the_message_is_read_at_a_glance(self):
        rows = self.env["salon.lost.client"]
        clients = [self._create_client(f"Client {n}", False) for n in range(5)]
        lines = rows._text_refused({one: f"Reason {one.id}" for one in clients})
        self.assertEqual(len(lines), 5)
        short = rows._shorten(lines)
        self.assertEqual(short[:3], lines[:3])
        self.assertEqual(short[3:], ["2 more reasons; each card tells its own."])
        self.assertEqual(rows._shorten(lines[:3]), lines[:3])

    def test_call_is_refused_with_the_reason(self):
        self._come("Mute", 410, 380, 350, 310)
        self._refresh()
        with self.assertRaisesRegex(UserError, "not agreed"):
            self._rows(user=self.receptionist).action_call()

    def test_who_left_may_be_called_by_hand_after_the_gap(self):
        self.company.salon_contact_gap_days = 14
        said = self._agree(self._come("Said", 90, 60, 30))
        self._say_left(said)
        self._refresh()
        row = self._rows(partner=said, user=self.receptionist)
        with self.assertRaisesRegex(UserError, "less than 14 days"):
            row.action_call()
        with freeze_time("2026-03-20 09:00:00"):
            self.assertTrue(row.action_call()["context"]["call_id"])

    @users("t_vera")
    def test_stylists_have_no_such_list(self):
        with self.assertRaises(AccessError):
            self.env["salon.lost.client"].search([])

    def test_two_salons_each_by_its_own_clock(self):
        lost = self._come("Lost", 400, 370, 340, 300)
        self._refresh()
        other = self._create_company("Far")
        other.resource_calendar_id.tz = "Pacific/Kiritimati"
        self._create_visit(lost, "2025-05-20", company_id=other.id, stylist_id=False)
        with freeze_time("2026-03-10 12:00:00"):
            self.env["salon.client.standing"]._refresh(other)
            self.env.flush_all()
            row = self.env["salon.lost.client"].search(
                [("partner_id", "=", lost.id), ("company_id", "=", other.id)]
                + [("scope", "=", "all")]
            )
            # It is the 11th there already.
            days = (date(2026, 3, 11) - row.last_date).days
        self.assertEqual(row.days_away, days)
        mine = self.env["salon.lost.client"].with_user(self.receptionist)
        self.assertNotIn(other, mine.search([]).company_id)

    def test_importing_asks_for_new_segments(self):
        self._refresh()
        self.assertTrue(self.company.salon_standing_date)
        job = self.env["salon.import"].create(
            {"name": "Old salon", "company_id": self.company.id}
        )
        for _done in job._iter_import():
            pass
        self.assertFalse(self.company.salon_standing_date)


@freeze_time("2026-03-10 09:00:00")
class TestSalonLeavingReport(LostCase):
    """What leaving costs, by reason, stylist, zone and month."""

    def _get_report(self, partner=None):
        self.env.flush_all()
        self.env.invalidate_all()
        domain = [("company_id", "=", self.company.id)]
        if partner:
            domain.append(("partner_id", "=", partner.id))
        return self.env["salon.leaving.report"].search(domain)

    def test_one_row_per_leaving(self):
        self.roots_service.salon_zone_id = self.zone
        anna = self._agree(self._come("Anna", 500, 90, 60, 30))
        self._say_left(anna, "2026-02-20 23:30:00", note="Far", bring_back="A lift")
        row = self._get_report(anna)
        # At half past midnight in Budapest.
        self.assertEqual(str(row.date), "2026-02-21")
        self.assertEqual((row.stylist_id, row.zone_id), (self.stylist, self.zone))
        self.assertEqual((row.amount_year, row.bring_back), (150.0, "A lift"))
        self.assertEqual((row.left_count, row.returned_count), (1, 0))
        self._say_left(anna, "2026-02-25 10:00:00")
        self.assertEqual(str(self._get_report(anna).date), "2026-02-25")
        self._visit(anna, 5)
        row = self._get_report(anna)
        self.assertEqual(str(row.returned_date), "2026-03-05")
        self._say_left(anna, "2026-03-08 10:00:00")
        self.assertEqual(
            sorted(self._get_report(anna).mapped("returned_count")), [0, 1]
        )

    def test_groups(self):
        for number in range(3):
            client = self._come(f"Client {number}", 60, 30)
            self._agree(client, f"+36 30 555 000{number}")
            self._say_left(client)
        groups = self.env["salon.leaving.report"]._read_group(
            [("company_id", "=", self.company.id)],
            ["reason_id", "date:month"],
            ["left_count:sum", "returned_rate:avg", "amount_year:sum"],
        )
        ((reason, _month, *figures),) = groups
        self.assertEqual((reason, figures), (self.reason, [3, 0.0, 300.0]))
