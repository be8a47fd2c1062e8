from markupsafe import Markup

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, users

from ..common import SalonCase

HOSTILE = "<script>alert(1)</script> {salon}"
REPORT = "salon_reminders.salon_call_list_report"


class PaperCase(SalonCase):
    """A list of three calls, worked on paper."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["salon.call"].search([("state", "=", "open")]).action_cancel()
        cls.anna = cls._create_client("Anna", "+36 30 555 0001")
        cls.bea = cls._create_client("Bea", "+36 30 555 0002")
        cls.cleo = cls._create_client("Cleo", "+36 30 555 0003")
        cls.calls = cls.env["salon.call"]
        for client in cls.anna | cls.bea | cls.cleo:
            cls._create_visit(client, "2026-02-05")
            cls.calls |= cls._create_call(client)
        cls.first, cls.second, cls.third = cls.calls

    @classmethod
    def _create_call(cls, partner, **vals):
        return cls.env["salon.call"].create(
            {
                "partner_id": partner.id,
                "reminder_ids": partner.salon_reminder_ids.ids,
                "due_date": partner.salon_reminder_ids[:1].due_date,
                "stylist_id": cls.stylist.id,
                "user_id": cls.receptionist.id,
                **vals,
            }
        )

    def _get_outcome(self, kind):
        return self.env["salon.call.outcome"]._get_default(kind)

    def _print(self, records, report=REPORT, user=None):
        reports = self.env["ir.actions.report"].with_user(user or self.receptionist)
        html, kind = reports._render_qweb_html(report, records.ids)
        self.assertEqual(kind, "html")
        return html.decode()


@freeze_time("2026-03-10 09:00:00")
class TestPrintedList(PaperCase):
    def test_everything_to_work_with(self):
        self.first.note = "Ask for Mum"
        self.anna.salon_note = "7.1 + 3 %"
        page = self._print(self.calls)
        for text in (
            *("Anna", "Bea", "Cleo", "+36305550001", "Roots", "Vera", "Ask for Mum"),
            *("7.1 + 3 %", "Roots: last visit", "Agreed to calls"),
            f"No. {self.first.id}",
            self.first.with_user(self.receptionist).script,
        ):
            self.assertIn(text, page)
        for outcome in self.env["salon.call.outcome"].search([]):
            self.assertEqual(page.count(outcome.name), 3, outcome.name)
        self.assertGreaterEqual(page.count("o_salon_box"), 3 * 7)

    def test_one_part_per_receptionist_with_own_name(self):
        second = self._create_user("recep2", "group_receptionist")
        self.second.user_id = second
        self.third.user_id = False
        page = self._print(self.calls, user=self.manager)
        self.assertIn(f"this is {second.name} from", page)
        self.assertIn(f"this is {self.receptionist.name} from", page)
        self.assertIn("Whoever is free", page)
        self.assertIn(f"this is {self.manager.name} from", page)

    def test_no_number_without_consent(self):
        self.anna.phone = "+36 30 555 0009"
        self.env["phone.blacklist"].add(self.anna.phone_sanitized)
        self.env.flush_all()
        page = self._print(self.calls)
        self.assertNotIn("+36305550009", page)
        self.assertIn("+36305550002", page)

    def test_closed_calls_are_left_out(self):
        self.second.action_cancel()
        page = self._print(self.calls)
        self.assertNotIn("Bea", page)
        self.calls.action_cancel()
        with self.assertRaises(UserError):
            self._print(self.calls)

    def test_hostile_text_is_text(self):
        self.anna.write({"name": HOSTILE, "salon_note": HOSTILE})
        self.first.note = HOSTILE
        self.roots.name = HOSTILE
        self.env["salon.handover"].create({"note": HOSTILE})
        page = self._print(self.calls)
        self.assertNotIn("<script>alert", page)
        self.assertGreaterEqual(page.count("&lt;script&gt;alert(1)"), 5)

    def test_promises_stand_on_top(self):
        self.second.write({"priority": "1", "call_at": "2026-03-10 13:30:00"})
        self.env["salon.handover"].create({"note": "The dryer is broken"})
        page = self._print(self.calls)
        self.assertIn("Tue 10 Mar 2026, 14:30", page)
        self.assertIn("The dryer is broken", page)
        self.assertLess(page.index("14:30"), page.index('class="o_salon_call"'))

    @users("t_recep")
    def test_today_only(self):
        self.third.date = "2026-03-11"
        calls = self.env["salon.call"]
        action = calls.action_print_today()
        self.assertEqual(
            action["context"]["active_ids"], (self.first | self.second).ids
        )
        self.calls.action_cancel()
        with self.assertRaisesRegex(UserError, "nobody to call"):
            calls.action_print_today()

    def test_other_salons_and_stylists_get_nothing(self):
        with self.assertRaises(AccessError):
            self._print(self.calls, user=self.stylist_user)
        other = self._create_company("Other salon")
        foreign_visit = self._create_visit(
            self.anna, "2026-02-05", company_id=other.id, stylist_id=False
        )
        consents = self.env["salon.consent"].with_company(other)
        consents.create(consents._prepare_vals(self.anna, "given", "desk"))
        foreign = self._create_call(
            self.anna, company_id=foreign_visit.company_id.id, reminder_ids=[]
        )
        with self.assertRaises(AccessError):
            self._print(foreign)

    def test_queries_do_not_grow(self):
        def count(calls):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self._print(calls)
            return self.cr.sql_log_count - before

        more = self.calls
        for number in range(10):
            client = self._create_client(f"More {number}", f"+36 30 555 010{number}")
            self._create_visit(client, "2026-02-05")
            more |= self._create_call(client)
        self.env.flush_all()
        count(more)
        self.assertLessEqual(count(more), count(self.calls) + 3)


@freeze_time("2026-03-10 09:00:00")
class TestHandover(PaperCase):
    @users("t_recep")
    def test_one_note_per_day(self):
        handovers = self.env["salon.handover"]
        action = handovers.action_open_today()
        handover = handovers.browse(action["res_id"])
        self.assertEqual(str(handover.date), "2026-03-10")
        self.assertEqual(handovers.action_open_today()["res_id"], handover.id)
        with Form(handover) as form:
            form.note = "Call Anna's mother"
        with self.assertRaises(AccessError):
            handover.unlink()

    def test_promises_of_today_and_tomorrow(self):
        self.first.write({"priority": "1", "call_at": "2026-03-11 17:00:00"})
        self.second.write({"priority": "1", "date": "2026-03-10"})
        self.third.write({"priority": "1", "date": "2026-03-12"})
        handover = self.env["salon.handover"].create({})
        self.assertEqual(handover.call_ids, self.first | self.second)
        self.assertEqual(handover.promise_count, 2)
        self.assertFalse(self.second.call_at)
        page = self._print(handover, "salon_reminders.salon_handover_report")
        for text in ("Wed 11 Mar 2026, 18:00", "03/10/2026", "Anna", "+36305550001"):
            self.assertIn(text, page)
        self.assertNotIn("Cleo", page)

    def test_note_reaches_the_next_shift(self):
        handovers = self.env["salon.handover"]
        handovers.create({"date": "2026-03-07", "note": "Before the weekend"})
        handovers.create({"date": "2026-03-09"})
        today = handovers.create({"date": "2026-03-10"})
        self.assertEqual(today.last_note, "Before the weekend")
        self.assertIn("Before the weekend", self._print(self.calls))

    def test_companies_are_apart(self):
        other = self._create_company("Other salon")
        foreign = self.env["salon.handover"].create(
            {"company_id": other.id, "note": "Foreign"}
        )
        with self.assertRaises(AccessError):
            foreign.with_user(self.receptionist).read(["note"])
        self.assertNotIn("Foreign", self._print(self.calls))
        with self.assertRaises(AccessError):
            foreign.with_user(self.stylist_user).read(["note"])


@freeze_time("2026-03-10 09:00:00")
class TestEnterFromPaper(PaperCase):
    def _open(self):
        calls = self.env["salon.call"].with_user(self.env.user)
        action = calls.action_enter_paper()
        return self.env[action["res_model"]].browse(action["res_id"])

    def _type(self, entry, rows):
        """Type rows {call: {field: value}} as the screen does."""
        with Form(entry) as form:
            for number, line in enumerate(entry.line_ids):
                with form.line_ids.edit(number) as row:
                    for name, value in rows.get(line.call_id, {}).items():
                        setattr(row, name, value)
        return entry.action_log()

    def _enter(self, rows):
        entry = self._open()
        self._type(entry, rows)
        self.env.invalidate_all()
        return entry

    @users("t_recep")
    def test_rows_are_those_of_the_printed_list(self):
        entry = self._open()
        self.assertEqual(entry.line_ids.call_id, self.calls)
        self.assertEqual(entry.line_ids.mapped("number"), self.calls.ids)
        self.assertEqual(entry.line_ids.stylist_id, self.stylist)

    @users("t_recep")
    def test_all_in_one_go(self):
        entry = self._enter(
            {
                self.first: {
                    "outcome_id": self._get_outcome("booked"),
                    "moment": "2026-03-17 09:00:00",
                    "note": "Glad",
                },
                self.second: {
                    "outcome_id": self._get_outcome("call_back"),
                    "moment": "2026-03-11 14:00:00",
                },
                self.third: {"outcome_id": self._get_outcome("no_answer")},
            }
        )
        self.assertEqual(self.first.visit_id.stylist_id, self.stylist)
        self.assertEqual(self.first.visit_id.line_ids.product_id, self.roots_service)
        self.assertEqual(self.first.attempt_ids.note, "Glad")
        self.assertEqual(self.first.attempt_ids.user_id, self.env.user)
        self.assertEqual(str(self.second.call_at), "2026-03-11 14:00:00")
        self.assertEqual(self.third.attempt_count, 1)
        self.assertFalse(entry.line_ids)
        self.assertEqual(entry.done_count, 3)

    @users("t_recep")
    def test_the_other_kinds(self):
        reason = self.env["salon.leaving.reason"].search(
            [("needs_comment", "=", False)], limit=1
        )
        self._enter(
            {
                self.first: {
                    "outcome_id": self._get_outcome("declined"),
                    "stop": True,
                },
                self.second: {"outcome_id": self._get_outcome("do_not_call")},
                self.third: {
                    "outcome_id": self._get_outcome("left_us"),
                    "leaving_reason_id": reason,
                },
            }
        )
        self.assertEqual(self.anna.salon_reminder_ids.state, "stopped")
        self.assertEqual(self.bea.salon_call_consent, "withdrawn")
        self.assertEqual(self.third.attempt_ids.leaving_reason_id, reason)

    @users("t_recep")
    def test_what_fails_stays_with_its_reason(self):
        self.third.action_cancel()
        entry = self._open()
        self.third = self._create_call(self.cleo)
        self._type(
            entry,
            {
                self.first: {
                    "outcome_id": self._get_outcome("booked"),
                    "note": "No time given",
                },
                self.second: {"outcome_id": self._get_outcome("no_answer")},
            },
        )
        self.env.invalidate_all()
        line = entry.line_ids
        self.assertEqual(line.call_id, self.first)
        self.assertIn("date and time", line.error)
        self.assertEqual(line.note, "No time given")
        self.assertEqual((entry.done_count, entry.failed_count), (1, 1))
        self.assertFalse(self.first.attempt_ids)
        self.assertEqual(self.second.attempt_count, 1)
        self._type(entry, {self.first: {"moment": "2026-03-17 09:00:00"}})
        self.assertEqual(self.first.outcome_kind, "booked")
        self.assertEqual(self.second.attempt_count, 1)
        self.assertFalse(entry.line_ids)

    @users("t_recep")
    def test_call_closed_meanwhile(self):
        entry = self._open()
        self.first.sudo().action_cancel()
        rows = {
            call: {"outcome_id": self._get_outcome("no_answer")} for call in self.calls
        }
        self._type(entry, rows)
        self.assertEqual(entry.line_ids.call_id, self.first)
        self.assertIn("closed meanwhile", entry.line_ids.error)
        self.assertEqual((self.second | self.third).mapped("attempt_count"), [1, 1])

    @users("t_recep")
    def test_row_without_an_outcome(self):
        entry = self._open()
        self._type(entry, {self.first: {"note": "Mother answered"}})
        self.env.invalidate_all()
        self.assertEqual(len(entry.line_ids), 3)
        failed = entry.line_ids.filtered("error")
        self.assertEqual(failed.call_id, self.first)
        self.assertEqual(failed.note, "Mother answered")

    @users("t_recep")
    def test_call_back_outside_hours_is_confirmed(self):
        entry = self._open()
        self._type(
            entry,
            {
                self.first: {
                    "outcome_id": self._get_outcome("call_back"),
                    "moment": "2026-03-15 20:00:00",
                }
            },
        )
        line = entry.line_ids.filtered("error")
        self.assertIn("closed", line.error)
        self.assertTrue(entry.ask_hours)
        self._type(entry, {self.first: {"outside_hours": True}})
        self.assertEqual(str(self.first.call_at), "2026-03-15 20:00:00")

    @users("t_recep")
    def test_sent_twice_logs_once(self):
        entry = self._open()
        line = entry.line_ids[0]
        line.outcome_id = self._get_outcome("no_answer")
        self.assertTrue(line._try_log())
        self.assertTrue(line._try_log())
        self.assertEqual(self.first.attempt_count, 1)

    @users("t_recep")
    def test_hostile_note_is_text(self):
        self._enter(
            {
                self.first: {
                    "outcome_id": self._get_outcome("no_answer"),
                    "note": HOSTILE,
                }
            }
        )
        self.assertEqual(self.first.attempt_ids.note, HOSTILE)
        bodies = self.first.message_ids.mapped("body")
        self.assertNotIn("<script>", Markup().join(bodies))

    def test_others_may_not(self):
        with self.assertRaises(AccessError):
            self.env["salon.call.entry"].with_user(self.stylist_user).create({})
        other = self._create_company("Other salon")
        consents = self.env["salon.consent"].with_company(other)
        consents.create(consents._prepare_vals(self.anna, "given", "desk"))
        foreign = self._create_call(self.anna, company_id=other.id, reminder_ids=[])
        self._enter_foreign(foreign)
        self.assertFalse(foreign.attempt_ids)

    def _enter_foreign(self, call):
        lines = self.env["salon.call.entry.line"].with_user(self.receptionist)
        entry = lines.entry_id.create({})
        outcome = self._get_outcome("no_answer")
        with self.assertRaises(AccessError), self.cr.savepoint():
            line = lines.create(
                {
                    "entry_id": entry.id,
                    "call_id": call.id,
                    "outcome_id": outcome.id,
                }
            )
            if not line._try_log():
                raise AccessError(line.error)
