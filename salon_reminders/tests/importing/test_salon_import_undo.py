from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import freeze_time
from odoo.tools import SQL

from ..common_import import SalonImportCase

CLIENTS = "Client ID,Name,Phone\n12,Anna Lark,06307654321\n13,Bea Kis,06307654322\n"
RECEIPTS = "Receipt,Date,Client ID,Staff,Service,Amount\n"
LINES = (
    "1,2026-02-01,12,Vera,Cut,10\n"
    "2,2026-02-02,13,Lili,Perm,20\n"
    "3,2026-02-03,,Vera,Cut,30\n"
)
CONSENT = {
    "consent": "yes",
    "consent_source": "Signed cards",
    "consent_wording": "May we call you?",
}


@freeze_time("2026-03-10 09:00:00")
class TestSalonImportUndo(SalonImportCase):
    """What an import made, and nobody touched since, goes; the rest stays."""

    def setUp(self):
        super().setUp()
        self.files = {"clients.csv": CLIENTS, "receipts.csv": RECEIPTS + LINES}

    def _undo(self, salon_import):
        salon_import.with_user(self.manager).action_undo()
        self._run_job()
        self.assertEqual((salon_import.state, salon_import.error), ("undone", False))

    def _touch(self, records):
        """Let records be written after the import, by the clock of the database."""
        records.flush_recordset()
        self.env.execute_query(
            SQL(
                """UPDATE %s SET write_date = now() + interval '1 hour'
                    WHERE id = ANY(%s) RETURNING 1""",
                SQL.identifier(records._table),
                records.ids,
            )
        )
        records.invalidate_recordset()

    def _count(self):
        names = ("res.partner", "salon.visit", "salon.visit.line", "salon.consent")
        names += ("salon.reminder", "product.product", "resource.resource")
        models = [self.env[name].with_context(active_test=False) for name in names]
        return [model.search_count([]) for model in models]

    def test_nothing_is_left_of_what_nobody_touched(self):
        before = self._count()
        done = self._import(self.files, **CONSENT)
        self.assertNotEqual(self._count(), before)
        self._undo(done)
        self.assertEqual(self._count(), before)
        self.assertFalse(done.kept_row_ids)
        # The same files can be imported again.
        again = self._import(self.files, **CONSENT)
        self.assertEqual((again.client_count, again.visit_count), (2, 2))
        self.assertEqual(again.walkin_count, 1)

    def test_what_was_touched_stays_and_is_listed(self):
        done = self._import(self.files)
        anna, bea = self._client("12"), self._client("13")
        anna_visit = anna.salon_visit_ids
        self._touch(anna_visit)
        bea.message_post(body=self.env._("Likes tea"))
        self._undo(done)
        self.assertTrue(anna.exists() and anna_visit.exists())
        self.assertFalse(bea.salon_visit_ids)
        self.assertEqual(done.kept_row_ids.partner_id, anna | bea)
        self.assertEqual(done.kept_row_ids.visit_id, anna_visit)
        again = self._import(self.files)
        self.assertEqual((again.client_count, again.visit_count), (0, 1))

    def test_what_hangs_on_a_client_keeps_them(self):
        rows = [f"{number},Client {number},0630765432{number}" for number in range(6)]
        done = self._import({"c.csv": "\n".join(["Client ID,Name,Phone", *rows])})
        clients = [self._client(str(number)) for number in range(6)]
        self._create_visit(clients[0], "2026-03-20", state="booked")
        self._answer(clients[1], "promotion")
        clients[2].activity_schedule(summary="Ask", user_id=self.env.uid)
        self._touch(clients[3])
        child = self._create_client("Cili", "+3615550147")
        child.salon_guardian_id = clients[4]
        child.flush_recordset()
        self._undo(done)
        self.assertEqual([bool(one.exists()) for one in clients], [True] * 5 + [False])
        self.assertEqual(child.salon_guardian_id, clients[4])

    def test_who_was_here_before_stays_and_is_asked_again(self):
        anna = self._create_client("Anna Lark", "+36307654321", consent=False)
        done = self._import(self.files, **CONSENT)
        self.assertTrue(anna._filter_callable())
        call = self.env["salon.call"].create({"partner_id": anna.id})
        self._undo(done)
        self.assertTrue(anna.exists())
        self.assertFalse(anna.salon_visit_ids or anna.salon_consent_ids)
        self.assertNotEqual(call.state, "open")

    def test_an_answer_that_a_contact_relied_on_stays(self):
        done = self._import(self.files, **CONSENT)
        anna = self._client("12")
        self.env["salon.contact.proof"]._record(
            [
                {
                    "partner_id": anna.id,
                    "company_id": self.company.id,
                    "channel": "phone",
                    "purpose": "reminder",
                    "address": anna.phone_sanitized,
                    "date": fields.Datetime.now(),
                    "user_id": self.manager.id,
                }
            ]
        )
        self._undo(done)
        self.assertTrue(anna.salon_consent_ids)

    def test_a_visit_that_was_here_before_stays(self):
        booked = "Booking ID,Date,Time,Client ID,Service\n8,2026-03-01,10:00,12,Cut\n"
        self._import({"bookings.csv": booked}, past_bookings="done")
        visit = self._visits("12")
        done = self._import({"bookings.csv": booked.replace("10:00", "11:00")})
        self._undo(done)
        self.assertTrue(visit.exists())

    def test_a_week_later_it_is_too_late(self):
        done = self._import(self.files)
        self.assertTrue(done.can_undo)
        self.env.execute_query(
            SQL("UPDATE salon_import SET done_at = '2026-03-03 08:59:00' RETURNING 1")
        )
        done.invalidate_recordset()
        self.assertFalse(done.can_undo)
        with self.assertRaisesRegex(UserError, "for 7 days"):
            done.action_undo()

    def test_only_what_is_imported_is_taken_back(self):
        with self.assertRaisesRegex(UserError, "taken back"):
            self._check(self.files).action_undo()
