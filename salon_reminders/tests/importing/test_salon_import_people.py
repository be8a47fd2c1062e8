from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import freeze_time
from odoo.tools import SQL

from ..common_import import SalonImportCase

CLIENTS = "Client ID,Name,Phone,Email,Consent\n"
ANNA = "12,Anna Lark,06307654321,anna@example.com,yes\n"
RECEIPTS = "Receipt,Date,Client ID,Client name,Service,Amount,Note\n"
FIRST = "1,2026-02-01,12,Anna Lark,Cut,10,tea\n"
SECOND = "2,2026-02-20,12,Anna Lark,Cut,15,Anna likes tea\n"
CONSENT = {
    "consent": "yes",
    "consent_source": "Signed cards",
    "consent_wording": "May we call you?",
}


@freeze_time("2026-03-10 09:00:00")
class TestSalonImportPeople(SalonImportCase):
    """Who is who: numbers, families, people who were erased."""

    def test_further_numbers_are_kept_on_the_card(self):
        done = self._import(
            {
                "clients.csv": "Client ID;Name;Phone;Phone 2\n"
                "1;Anna;06-1-555-0147 / 06-30-555-0148;\n"
                "2;Bea;+36 30 555 0149 (férj);0177\n"
                "3;Cili;+36 (0)30 555 0153;06305550153\n"
            }
        )
        self.assertEqual(done.further_count, 3)
        self.assertEqual(
            [self._numbers(number) for number in "123"],
            [
                ("+3615550147", [("+36305550148", "")]),
                ("+36305550149", [("+36305550149", "férj"), ("0177", "")]),
                ("+36305550153", []),
            ],
        )
        self.assertFalse(any(self._client(number).salon_note for number in "123"))

    def _numbers(self, number):
        card = self._client(number)
        further = card.salon_number_ids.sorted("number_key")
        return card.phone_sanitized, [(f.number_key, f.words or "") for f in further]

    def test_further_numbers_come_once(self):
        for phones in ("06305550148, 06305550149", "06305550148; 06305550149, work"):
            self._import({"clients.csv": f'Client ID,Name,Phone\n1,Anna,"{phones}"\n'})
        self.assertEqual(self._numbers("1"), ("+36305550148", [("+36305550149", "")]))

    # ------------------------------------------------------------
    # PEOPLE WHO WERE ERASED
    # ------------------------------------------------------------

    def _find_people(self, name):
        people = self.env["res.partner"].with_context(active_test=False)
        return people.search([("name", "ilike", name)])

    def _erase(self, partner):
        self.env["salon.privacy"].with_user(self.manager)._erase(partner)

    def test_an_erased_client_does_not_come_back_by_name(self):
        files = {"clients.csv": CLIENTS + ANNA, "receipts.csv": RECEIPTS + FIRST}
        self._import(files, **CONSENT)
        anna = self._client("12")
        self.assertEqual(anna.salon_call_consent, "given")
        self._erase(anna)
        files["receipts.csv"] += SECOND
        done = self._import(files, **CONSENT)
        self.assertFalse(self._find_people("Anna Lark"))
        self.assertEqual((done.client_count, done.walkin_count), (0, 1))
        self.assertEqual((done.known_count, done.erased_count), (2, 3))
        self.assertEqual(done.amount, 15)
        self.assertEqual(self._walkins().mapped("amount_total"), [15])
        self.assertFalse(self._walkins().note)
        self.assertEqual(len(anna.salon_visit_ids), 1)
        self.assertEqual(len(anna.salon_consent_ids), 1)
        self.assertFalse(self._client("12") or anna._filter_callable())
        self.assertNotIn("Anna", str(done.row_ids.mapped("vals")))
        self.assertIn("was erased here", done.doubt_row_ids[0].doubt)

    def test_an_erased_client_is_known_by_each_sign(self):
        self._import({"clients.csv": CLIENTS + ANNA})
        anna = self._client("12")
        anna.phone = "+36 1 555 0147"
        self._erase(anna)
        self.assertEqual(len(anna.salon_erased_keys), 4)
        for sign, row in (
            ("number", "12,Anna,,,"),
            ("phone", ",Anna,06307654321,,"),
            ("newer phone", ",Anna,06-1-555-0147,,"),
            ("e-mail", ",Anna,,ANNA@example.com,"),
        ):
            with self.subTest(sign=sign):
                done = self._import({"clients.csv": f"{CLIENTS}{row}\n"})
                self.assertEqual(done.client_count, 0)
                self.assertFalse(self._find_people("Anna"))

    def test_an_erased_client_is_known_by_earlier_rows(self):
        header = "Date,Receipt,Client,Service,Amount\n"
        text = header + "2026-02-01,1,Anna Lark,Cut,10\n"
        self._import({"receipts.csv": text})
        self._erase(self._find_people("Anna Lark"))
        done = self._import({"receipts.csv": text + "2026-02-20,2,Anna Lark,Cut,9\n"})
        self.assertEqual((done.client_count, done.walkin_count), (0, 1))
        self.assertFalse(self._find_people("Anna Lark"))

    def test_who_shares_a_number_with_an_erased_client_stays(self):
        family = ANNA + "13,Dora Lark,06307654321,,\n"
        self._import({"clients.csv": CLIENTS + family})
        self._erase(self._client("12"))
        text = RECEIPTS + FIRST + "3,2026-02-20,13,Dora Lark,Cut,15,\n"
        self._import({"clients.csv": CLIENTS + family, "receipts.csv": text})
        self.assertEqual(len(self._client("13").salon_visit_ids), 1)
        self.assertFalse(self._find_people("Anna Lark"))
        self.assertEqual(self._walkins().mapped("amount_total"), [10])

    def test_who_came_again_after_erasure_has_a_card(self):
        self._import({"clients.csv": CLIENTS + ANNA})
        self._erase(self._client("12"))
        again = self._create_client("Anna Lark", "+36307654321", consent=False)
        self._import({"clients.csv": CLIENTS + ANNA, "receipts.csv": RECEIPTS + FIRST})
        self.assertEqual(len(again.salon_visit_ids), 1)
        self.assertEqual(self._find_people("Anna Lark"), again)

    def test_another_salon_does_not_know_who_was_erased_in_this_one(self):
        self._import({"clients.csv": CLIENTS + ANNA})
        self._erase(self._client("12"))
        other = self._create_company("Berlin")
        self.manager.write({"company_ids": other.ids, "company_id": other.id})
        done = self._import({"clients.csv": CLIENTS + ANNA})
        self.assertEqual((done.client_count, done.erased_count), (1, 0))

    # ------------------------------------------------------------
    # WHERE AN ERASED CLIENT IS STILL WRITTEN
    # ------------------------------------------------------------

    def _find_traces(self, text):
        """Return the columns of all tables in which a text still is."""
        self.env.flush_all()
        columns = self.env.execute_query(
            SQL(
                """SELECT table_name, column_name FROM information_schema.columns
                    WHERE table_schema = current_schema()
                      AND data_type IN ('character varying', 'text', 'jsonb')"""
            )
        )
        return [
            (table, column)
            for table, column in columns
            if self.env.execute_query(
                SQL(
                    "SELECT 1 FROM %s WHERE %s::text ILIKE %s LIMIT 1",
                    SQL.identifier(table),
                    SQL.identifier(column),
                    f"%{text}%",
                )
            )
        ]

    def test_erasing_reaches_files_previews_rows_and_errors(self):
        failed = "8,2026-09-31,12,Anna Lark,Cut,10,\n9,2026-02-31,13,Bea Kis,Cut,10,\n"
        files = {
            "clients.csv": CLIENTS + ANNA + "13,Bea Kis,06301112233,,\n",
            "receipts.csv": RECEIPTS + FIRST + failed,
        }
        done = self._import(files)
        self.assertEqual(len(self._failed_rows(done)), 3)
        anna = self._client("12")
        self._erase(anna)
        for text in ("Lark", "7654321", "anna@example"):
            self.assertFalse(self._find_traces(text))
        self.assertFalse(done.attachment_ids or done.file_ids.attachment_id)
        self.assertNotIn("Lark", done.file_ids[0].preview)
        self.assertEqual([row[3] for row in self._failed_rows(done)[1:]], ["Bea Kis"])
        self.assertEqual(len(anna.salon_visit_ids), 1)
        # The same files again bring nothing twice.
        again = self._import(files)
        self.assertEqual((again.visit_count, again.walkin_count), (0, 0))
        self.assertFalse(self._find_traces("Lark"))

    def test_erasing_reaches_what_is_not_imported_yet(self):
        anna = self._create_client("Anna Lark", "+36307654321")
        bea = "Client ID,Name,Phone\n13,Bea Kis,06301112233\n"
        held = [
            self._upload({"clients.csv": CLIENTS + ANNA}),
            self._upload({"a.csv": "Phone,Name\n(30) 765-4321,A. L.\n"}),
            self._upload({"a.xlsx": [["Name", "Phone"], ["Lark  Anna", "none"]]}),
            self._check({"clients.csv": CLIENTS + ANNA}),
        ]
        held[2].attachment_ids.raw = self._to_bytes([["Name"], ["ANNA LARK"]])
        others = [self._upload({"clients.csv": bea}), self._check({"c.csv": bea})]
        self._erase(anna)
        for salon_import in held:
            self.assertEqual(salon_import.state, "draft")
            self.assertFalse(salon_import.attachment_ids or salon_import.row_ids)
            self.assertIn("were deleted", salon_import.error)
        self.assertEqual([one.state for one in others], ["columns", "checked"])
        self.assertFalse(self._find_traces("Lark"))

    def test_an_import_that_met_an_erased_client_deletes_its_files(self):
        self._import({"clients.csv": CLIENTS + ANNA})
        self._erase(self._client("12"))
        done = self._import({"receipts.csv": RECEIPTS + FIRST})
        self.assertFalse(done.attachment_ids)
        self.assertFalse(self._find_traces("Lark"))

    def test_old_files_are_deleted(self):
        bad = "9,2026-02-31,13,Bea Kis,Cut,10,\n"
        files = {"receipts.csv": RECEIPTS + FIRST + bad}
        done, waiting = self._import(files), self._check(files)
        self._age(done | waiting, 29)
        self.env["salon.import"]._gc_files()
        self.assertTrue(done.attachment_ids and done.failed_file)
        self._age(done | waiting, 31)
        self.company.salon_import_file_days = 0
        self.env["salon.import"]._gc_files()
        self.assertTrue(done.attachment_ids)
        self.company.salon_import_file_days = 30
        self.env["salon.import"]._gc_files()
        self.assertFalse(done.attachment_ids or done.failed_file)
        self.assertEqual(set(map(str, done.row_ids.mapped("raw"))), {"[]"})
        self.assertEqual((done.state, waiting.state), ("done", "draft"))
        self.assertEqual(self._import(files).known_count, 1)

    def _age(self, imports, days):
        self.env.execute_query(
            SQL(
                """UPDATE salon_import SET create_date = %s
                    WHERE id = ANY(%s) RETURNING 1""",
                fields.Datetime.subtract(fields.Datetime.now(), days=days),
                imports.ids,
            )
        )
        imports.invalidate_recordset()

    # ------------------------------------------------------------
    # NUMBERS OF SOMEBODY ELSE
    # ------------------------------------------------------------

    def test_a_number_with_another_name_and_phone_is_asked(self):
        self._import({"clients.csv": CLIENTS + ANNA})
        anna = self._client("12")
        other = CLIENTS + "12,Vera Nagy,06307654322,,yes\n"
        files = {"clients.csv": other, "receipts.csv": RECEIPTS + SECOND}
        checked = self._check(files)
        self.assertIn("Anna Lark here; the file says Vera Nagy", checked.stranger_text)
        with self.assertRaisesRegex(UserError, "the same people"):
            checked.action_import()
        checked.strangers_are = "other"
        with self.assertRaisesRegex(UserError, "Press Check again"):
            checked.action_import()
        checked.action_check()
        self._run_job()
        self.assertEqual(checked.client_count, 1)
        checked.action_import()
        self._run_job()
        vera = self._find_people("Vera Nagy")
        self.assertEqual(vera.phone_sanitized, "+36307654322")
        self.assertEqual(len(vera.salon_visit_ids), 1)
        self.assertFalse(anna.salon_visit_ids)
        self.assertEqual(anna.salon_call_consent, "given")
        # From now on the number is hers.
        later = "3,2026-02-21,12,,Cut,15,\n"
        done = self._import({"clients.csv": other, "receipts.csv": RECEIPTS + later})
        self.assertEqual((done.client_count, done.stranger_text), (0, ""))
        self.assertEqual(len(vera.salon_visit_ids), 2)

    def test_the_same_person_with_a_new_name_and_phone(self):
        self._import({"clients.csv": CLIENTS + ANNA})
        married = CLIENTS + "12,Vera Nagy,06307654322,,\n"
        checked = self._check({"clients.csv": married}, strangers_are="same")
        checked.action_import()
        self._run_job()
        self.assertEqual((checked.state, checked.client_count), ("done", 0))

    def test_a_new_name_or_a_new_phone_alone_is_not_asked(self):
        self._import({"clients.csv": CLIENTS + ANNA})
        for row in ("12,Vera Nagy,06307654321,,\n", "12,Lark Anna,06307654322,,\n"):
            with self.subTest(row=row):
                self.assertFalse(self._check({"a.csv": CLIENTS + row}).stranger_text)

    # ------------------------------------------------------------
    # NUMBERS AND THE COUNTRY
    # ------------------------------------------------------------

    def test_numbers_are_read_once_the_salon_has_its_country(self):
        self.company.country_id = self.env.ref("base.us")
        self._import(
            {
                "clients.csv": "Client ID,Name,Phone\n1,Anna,06 30 555 0143\n"
                '2,Bea,"+12125550143, 06 30 555 0144"\n'
            }
        )
        anna, bea = self._client("1"), self._client("2")
        self.assertFalse(anna.phone_sanitized)
        self.company.country_id = self.env.ref("base.hu")
        self.assertEqual(anna.phone_sanitized, "+36305550143")
        self.assertEqual(bea.phone_sanitized, "+12125550143")
        self.assertEqual(bea.salon_number_ids.number_key, "+36305550144")
