import io
from datetime import datetime
from unittest.mock import patch

import xlwt

from odoo.exceptions import UserError
from odoo.tests import freeze_time

from ...models.importing.import_writer import Writer
from ...tools import read_files
from ..common_import import SalonImportCase

RECEIPTS = "receipt,date,client id,service,amount\n"


@freeze_time("2026-03-10 09:00:00")
class TestSalonImportFiles(SalonImportCase):
    """How files are read: headers, letters, dates, numbers; and what fails."""

    def _targets(self, salon_import):
        return {c.header: c.target for c in salon_import.file_ids.column_ids}

    def test_headers_in_english(self):
        salon_import = self._upload(
            {
                "sales.csv": "Invoice No.,Visit_Date,Customer ID,Staff member,SKU,"
                "Service name,Qty,Total,Colour of hair\n1,2026-02-01,7,Vera,C,Cut,1,5,x"
            }
        )
        self.assertEqual(salon_import.file_ids.kind, "receipts")
        self.assertEqual(
            self._targets(salon_import),
            {
                "Invoice No.": "receipt",
                "Visit_Date": "date",
                "Customer ID": "client",
                "Staff member": "stylist",
                "SKU": "code",
                "Service name": "item",
                "Qty": "quantity",
                "Total": "amount",
                "Colour of hair": False,
            },
        )

    def test_headers_in_russian_windows_1251(self):
        text = (
            "Номер чека;Дата;Клиент;Телефон;Мастер;Услуга;Кол-во;Сумма\n"
            "1;15.02.2026;Иванова Анна;+36 30 765 4321;Вера;Окрашивание корней;1;"
            "1 234,50\n"
        )
        done = self._import({"чеки.csv": text.encode("cp1251")})
        file = done.file_ids
        self.assertEqual((file.encoding, file.separator), ("windows-1251", ";"))
        self.assertEqual((file.kind, file.decimal), ("receipts", ","))
        anna = self.env["res.partner"].search([("name", "=", "Иванова Анна")])
        self.assertEqual(anna.phone_sanitized, "+36307654321")
        self.assertEqual(anna.salon_visit_ids.amount_total, 1234.5)
        self.assertEqual(str(anna.salon_visit_ids.date), "2026-02-15")
        self.assertEqual(anna.salon_visit_ids.stylist_id.name, "Вера")

    def test_headers_in_hungarian_with_byte_order_mark(self):
        text = (
            "Nyugtaszám;Dátum;Kezdés;Ügyfélkód;Dolgozó;Szolgáltatás;Összeg\n"
            "1;2026. 02. 15.;14:30;700;Őzike;Hajvágás;12 500,00 Ft\n"
        )
        done = self._import({"nyugták.csv": text.encode("utf-8-sig")})
        self.assertEqual(done.file_ids.encoding, "utf-8-sig")
        visit = self._visits("700")
        self.assertEqual(visit.amount_total, 12500)
        self.assertEqual(str(visit.start), "2026-02-15 13:30:00")
        self.assertEqual(visit.line_ids.product_id.name, "Hajvágás")

    def test_kinds_are_recognised(self):
        for name, header, kind in (
            ("export 1.csv", "Name,Phone,E-mail,Birthday", "clients"),
            ("export 2.csv", "Name,Category,Price,Duration", "services"),
            ("retail.csv", "Name,Price", "products"),
            ("a.csv", "Receipt,Date,Client ID,Service,Amount", "receipts"),
            ("b.csv", "Date,Time,Client ID,Service", "bookings"),
            ("c.csv", "Cancel date,Date,Client ID,Service", "cancellations"),
            ("no_shows.csv", "Date,Client ID,Service", "no_shows"),
            ("Неявки.csv", "Дата,Клиент,Услуга", "no_shows"),
            ("ügyfelek.csv", "Név,Telefonszám,Megjegyzés", "clients"),
        ):
            with self.subTest(name=name):
                salon_import = self._upload({name: f"{header}\n1,2,3,4,5\n"})
                self.assertEqual(salon_import.file_ids.kind, kind)

    def test_person_corrects_kind_and_columns(self):
        salon_import = self._upload(
            {"x.csv": "nr,when,who,what,paid on card\n1,2026-02-01,700,Cut,12\n"}
        )
        file = salon_import.file_ids
        file.kind = "receipts"
        with self.assertRaisesRegex(UserError, "choose the column that holds: Date"):
            salon_import.action_check()
        targets = ["receipt", "date", "client", "item", "amount"]
        for column, target in zip(file.column_ids, targets, strict=True):
            column.target = target
        salon_import.action_check()
        self._run_job()
        salon_import.action_import()
        self._run_job()
        self.assertEqual(self._visits("700").amount_total, 12)

    def test_two_columns_for_one_field_are_refused(self):
        salon_import = self._upload({"receipts.csv": RECEIPTS + "1,2026-02-01,7,Cut,1"})
        salon_import.file_ids.column_ids[0].target = "amount"
        with self.assertRaisesRegex(UserError, "receipt, amount"):
            salon_import.action_check()

    def test_preview_shows_what_is_in_the_file_and_nothing_else(self):
        salon_import = self._upload(
            {"receipts.csv": RECEIPTS + "1,2026-02-01,7,<script>Cut</script>,1"}
        )
        preview = salon_import.file_ids.preview
        self.assertIn("2026-02-01", preview)
        self.assertIn("&lt;script&gt;", preview)

    def test_wrong_encoding_corrected(self):
        text = "Дата,Клиент,Услуга,Сумма\n2026-02-01,Анна,Стрижка,1\n"
        salon_import = self._upload({"чеки.csv": text})
        salon_import.file_ids.encoding = "windows-1251"
        self.assertNotIn("Дата", self._targets(salon_import))
        salon_import.file_ids.encoding = "utf-8"
        self.assertIn("Дата", self._targets(salon_import))

    def test_titles_above_the_headers(self):
        done = self._import(
            {
                "receipts.xlsx": [
                    ["Salon Bella"],
                    [],
                    ["Receipt", "Date", "Client ID", "Service", "Amount"],
                    [1, "2026-02-01", 700, "Cut", 12.5],
                ]
            }
        )
        self.assertEqual(self._visits("700").amount_total, 12.5)
        self.assertEqual(done.row_ids.number, 4)

    def test_workbook_with_real_dates(self):
        import datetime as dt

        self._import(
            {
                "receipts.xlsx": [
                    ["Receipt", "Date", "Time", "Client ID", "Service", "Amount"],
                    [1, dt.datetime(2026, 2, 1), dt.time(9, 30), 700.0, "Cut", 12.5],
                    [2, dt.datetime(2026, 2, 2, 10, 15), None, 700, "Cut", "12.50"],
                ]
            }
        )
        self.assertEqual(
            [str(start) for start in self._visits("700").mapped("start")],
            ["2026-02-01 08:30:00", "2026-02-02 09:15:00"],
        )
        self.assertEqual(self._visits("700").mapped("amount_total"), [12.5, 12.5])

    def test_file_that_is_no_workbook(self):
        with self.assertRaisesRegex(UserError, "can't be opened"):
            self._upload({"receipts.xlsx": b"PK\x03\x04 broken"})
        with self.assertRaisesRegex(UserError, "is empty"):
            self._upload({"receipts.csv": "\n\n"})

    def test_ambiguous_dates_need_confirmation(self):
        files = {"receipts.csv": RECEIPTS + "1,03/02/2026,700,Cut,12\n"}
        salon_import = self._upload(files)
        file = salon_import.file_ids
        self.assertTrue(file.is_date_unsure)
        self.assertEqual(file.date_example, "03/02/2026 is 02 March 2026")
        with self.assertRaisesRegex(UserError, "02 March 2026"):
            salon_import.action_check()
        file.date_order = "dmy"
        self.assertEqual(file.date_example, "03/02/2026 is 03 February 2026")
        file.is_date_confirmed = True
        salon_import.action_check()
        self._run_job()
        salon_import.action_import()
        self._run_job()
        self.assertEqual(str(self._visits("700").date), "2026-02-03")

    def test_clear_dates_need_none(self):
        for date, order in (
            ("2026-02-03", "ymd"),
            ("02/13/2026", "mdy"),
            ("13/02/2026", "dmy"),
            ("03.02.2026", "dmy"),
        ):
            with self.subTest(date=date):
                file = self._upload(
                    {"receipts.csv": RECEIPTS + f"1,{date},7,Cut,1"}
                ).file_ids
                self.assertEqual((file.date_order, file.is_date_unsure), (order, False))

    def test_bad_rows_come_back_with_the_reason(self):
        done = self._import(
            {
                "receipts.csv": RECEIPTS + "1,2018-13-45,700,Cut,12\n"
                "2,2026-02-01,701,Cut,twelve\n"
                "3,2026-02-01,702,,12\n"
                "4,2026-05-01,703,Cut,12\n"
                "5,2026-02-01,704,=1+1,12\n"
                "5,,704,Cut,12\n"
                "6,2026-02-01,705,Cut,12\n"
            }
        )
        errors = done.failed_row_ids.mapped("error")
        self.assertEqual(len(errors), 5)
        self.assertEqual(
            errors[0],
            "Row 2: 2018-13-45 in the column date is not a date. "
            "Write it as 2018-03-15.",
        )
        self.assertEqual(errors[1], "Row 4: Service or product code is missing.")
        self.assertIn("still to come", errors[2])
        self.assertIn("because row 7 of the same receipt", errors[3])
        self.assertEqual(errors[4], "Row 7: Date is missing.")
        # Nothing is half imported.
        self.assertFalse(self._client("704"))
        self.assertEqual(len(self._visits("705")), 1)
        rows = self._failed_rows(done)
        self.assertEqual(
            rows[0][:2] + rows[0][-2:], ["receipt", "date", "Row", "Reason"]
        )
        self.assertEqual(rows[4][3], "=1+1")
        self.assertEqual(rows[1][-1], errors[0])

    def test_unreadable_amount_is_left_empty_and_said(self):
        done = self._import(
            {
                "receipts.csv": RECEIPTS + "1,2026-02-01,700,Cut,2 x 35\n"
                "2,2026-02-01,701,Cut,12\n"
            }
        )
        self.assertEqual((done.failed_count, done.doubt_count), (0, 1))
        self.assertIn(
            "Row 2: 2 x 35 in the column amount is not a number",
            done.doubt_row_ids.doubt,
        )
        visit = self._visits("700")
        self.assertEqual((visit.state, visit.amount_total), ("done", 0))
        self.assertEqual(visit.note, "amount: 2 x 35")
        self.assertFalse(self._visits("701").note)

    def test_unreadable_cell_of_a_client(self):
        done = self._import(
            {
                "clients.csv": "Client ID,Name,Phone,Birthday,Note\n"
                "700,Anna,06305550148 / 06205550149,28-Oct,8/1\n"
                "701,Eva,call mom,1990-05-01,\n"
            }
        )
        self.assertEqual((done.failed_count, done.doubt_count), (0, 2))
        anna, eva = self._client("700"), self._client("701")
        self.assertEqual(anna.phone_sanitized, "+36305550148")
        self.assertFalse(anna.salon_birthdate)
        self.assertEqual(anna.salon_note, "8/1\nBirthday: 28-Oct")
        self.assertEqual(anna.salon_number_ids.number_key, "+36205550149")
        self.assertEqual(str(eva.salon_birthdate), "1990-05-01")
        self.assertFalse(eva.phone_sanitized or eva.salon_note)

    def test_note_about_health_of_a_visit(self):
        self._import(
            {"receipts.csv": RECEIPTS + "1,2026-02-01,700,Cut,see allergy card\n"}
        )
        self.assertTrue(self._visits("700").note_is_health)

    def test_numbers_of_another_country(self):
        # The job runs in the main company; what a number means is the salon's to say.
        austria = self.env["res.company"].create(
            {"name": "Wien", "country_id": self.env.ref("base.at").id}
        )
        self.manager.write({"company_ids": austria.ids, "company_id": austria.id})
        self._import({"clients.csv": "Client ID,Name,Phone\n1,Testa,0664 1234567\n"})
        testa = self._client("1")
        self.assertEqual(testa.company_id, austria)
        self.assertEqual(testa.phone_sanitized, "+436641234567")

    def test_numbers_that_can_be_read_in_two_ways(self):
        text = "Dátum\tNyugta\tVendég neve\tMegnevezés\tÖsszeg\n"
        text += "2026.02.12.\t1\tX Y\tFestés\t12.500\n"
        text += "2026.02.13.\t2\tX Y\tFestés\t8.900\n"
        done = self._import({"nyugták.txt": text.encode("utf-16")})
        self.assertFalse(done.file_ids.is_decimal_unsure)
        self.assertEqual(done.amount, 21400)

    def test_numbers_that_need_confirmation(self):
        salon_import = self._upload(
            {"receipts.csv": RECEIPTS + '1,2026-02-01,700,Cut,"12,500"\n'}
        )
        file = salon_import.file_ids
        self.assertEqual(file.decimal_example, "12,500 is 12,500.00")
        self.assertEqual(file.question, "12,500 is 12,500.00")
        with self.assertRaisesRegex(UserError, "Choose the decimal sign"):
            salon_import.action_check()
        file.decimal = ","
        self.assertEqual(file.decimal_example, "12,500 is 12.50")
        file.is_decimal_confirmed = True
        salon_import.action_check()
        self._run_job()
        self.assertEqual(salon_import.amount, 12.5)

    def test_names_with_signs_are_found_again(self):
        names = ("Sinead O'Dair", "Anna-Maria Bell", "Dr. Tom Pike")
        header = "Date,Receipt,Client,Service,Amount\n"
        for day in (1, 2):
            text = header
            for number, name in enumerate(names):
                text += f"2026-02-0{day},{day}{number},{name},Cut,10\n"
            done = self._import({"receipts.csv": text})
        self.assertEqual(done.client_count, 0)
        for name in names:
            client = self.env["res.partner"].search([("name", "=", name)])
            self.assertEqual(len(client.salon_visit_ids), 2)

    def test_merged_and_archived_cards_are_found_again(self):
        text = RECEIPTS + "1,2026-02-01,12,Cut,10\n2,2026-02-02,57,Cut,10\n"
        text += "3,2026-02-03,60,Cut,10\n"
        self._import({"receipts.csv": text})
        kept, archived = self._client("12"), self._client("60")
        merging = self.env["base.partner.merge.automatic.wizard"].create({})
        merging._merge((kept | self._client("57")).ids, kept)
        archived.active = False
        text += "4,2026-02-04,57,Cut,10\n5,2026-02-05,60,Cut,10\n"
        done = self._import({"receipts.csv": text})
        self.assertEqual((done.client_count, done.visit_count), (0, 2))
        self.assertEqual(len(kept.salon_visit_ids), 3)
        self.assertEqual(len(archived.salon_visit_ids), 2)
        self.assertFalse(archived.active)

    def test_numbers_of_another_salon_are_other_clients(self):
        self._import({"receipts.csv": RECEIPTS + "1,2026-02-01,12,Cut,10\n"})
        anna = self._client("12")
        anna.company_id = False
        berlin = self.env["res.company"].create({"name": "Berlin"})
        self.manager.write({"company_ids": berlin.ids, "company_id": berlin.id})
        done = self._import({"receipts.csv": RECEIPTS + "9,2026-02-01,12,Cut,10\n"})
        self.assertEqual(done.client_count, 1)
        self.assertEqual(len(anna.salon_visit_ids), 1)
        # A number that somebody wrote on a card is nobody else's.
        card = self.env["res.partner"].create(
            {"name": "Eva", "salon_import_ref": "13", "company_id": berlin.id}
        )
        self._import({"receipts.csv": RECEIPTS + "10,2026-02-01,13,Cut,10\n"})
        self.assertEqual(len(card.salon_visit_ids), 1)

    def test_longer_export_says_what_has_changed(self):
        clients = "Client ID,Name,Phone\n700,Anna,06305550148\n701,Eva,\n"
        first = {
            "clients.csv": clients,
            "receipts.csv": RECEIPTS + "1,2026-02-01,700,Cut,300\n"
            "2,2026-02-02,701,Cut,40\n3,2026-02-03,701,Cut,50\n",
        }
        self._import(first)
        touched = self._visits("701")[0]
        touched.line_ids.amount = 45
        longer = {
            "clients.csv": clients.replace("Anna", "Anna Kis"),
            "receipts.csv": RECEIPTS + "1,2026-02-01,700,Cut,320.00\n"
            "2,2026-02-02,701,Cut,41\n3,2026-02-03,701,Cut,50.00\n",
        }
        salon_import = self._check(longer)
        self.assertEqual(
            sorted(salon_import.change_row_ids.mapped("change")),
            [
                "Row 2: 300 before, now 320.00.",
                "Row 2: Anna before, now Anna Kis.",
                "Row 3: 40 before, now 41. Here it was changed to 45, which stays.",
            ],
        )
        self.assertEqual((salon_import.change_count, salon_import.known_count), (3, 5))
        # Nothing is saved yet.
        self.assertEqual(self._visits("700").amount_total, 300)
        salon_import.action_import()
        self._run_job()
        self.assertEqual(self._client("700").name, "Anna Kis")
        self.assertEqual(self._visits("700").amount_total, 320)
        self.assertEqual(self._visits("701").mapped("amount_total"), [45, 50])
        # What was taken over is no change any more.
        again = self._check(longer)
        self.assertEqual(again.change_count, 1)

    def test_changes_can_be_left(self):
        self._import({"receipts.csv": RECEIPTS + "1,2026-02-01,700,Cut,300\n"})
        self._import(
            {"receipts.csv": RECEIPTS + "1,2026-02-01,700,Cut,320\n"}, changes="leave"
        )
        self.assertEqual(self._visits("700").amount_total, 300)

    def test_next_file_of_the_same_columns_is_read_alike(self):
        header = "nr,when,who,what,paid on card,remark\n"
        salon_import = self._upload(
            {"x.csv": header + '1,03/02/2026,700,Cut,"12,500",a\n'}
        )
        file = salon_import.file_ids
        file.kind = "receipts"
        targets = ["receipt", "date", "client", "item", "amount", False]
        for column, target in zip(file.column_ids, targets, strict=True):
            column.target = target
        file.date_order, file.decimal = "dmy", ","
        file.action_confirm()
        salon_import.action_check()
        self._run_job()
        # Only what was imported is an answer.
        text = header + '2,04/02/2026,701,Cut,"8,500",b\n'
        early = self._upload({"x.csv": text}).file_ids
        self.assertFalse(early.like_id)
        salon_import.action_import()
        self._run_job()
        again = self._upload({"x.csv": text})
        self.assertEqual(again.file_ids.like_id, file)
        self.assertEqual(
            again.file_ids.origin, f"As you read x.csv in {salon_import.name}"
        )
        self.assertEqual(again.file_ids.column_ids.mapped("target"), targets)
        again.action_check()
        self._run_job()
        again.action_import()
        self._run_job()
        visit = self._visits("701")
        self.assertEqual((str(visit.date), visit.amount_total), ("2026-02-04", 8.5))
        # Other columns are another list, and another salon reads as it likes.
        other = self._upload({"x.csv": text.replace("remark", "note")}).file_ids
        self.assertFalse(other.like_id)
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.manager.write({"company_ids": company.ids, "company_id": company.id})
        self.assertFalse(self._upload({"x.csv": text}).file_ids.like_id)

    def test_lists_of_known_systems(self):
        for header, origin in (
            (
                "ID,Дата визита,Время,Клиент,Услуги,Сотрудник,Стоимость,Статус визита",
                "This looks like YCLIENTS, bookings",
            ),
            (
                "Customer Name,Phone Number,Service,Duration,Price,Date,Time,Staff",
                "This looks like Square, bookings",
            ),
            (
                "Service Name,Retail Price,Duration,Service ID",
                "This looks like Fresha, services",
            ),
            ("Name,Price,Duration", False),
        ):
            with self.subTest(header=header):
                cells = "x" + header.count(",") * ","
                file = self._upload({"export.csv": f"{header}\n{cells}\n"}).file_ids
                self.assertEqual(file.origin, origin)
                self.assertFalse(file.is_kind_unsure)

    def test_kind_of_a_known_system_can_be_changed(self):
        header = "Service Name,Retail Price,Duration,Service ID\n"
        file = self._upload({"x.csv": header + "Peel,120,1h,11\n"}).file_ids
        self.assertEqual(file.kind, "services")
        file.kind = "products"
        file.column_ids[2].target = "category"
        self.assertEqual(file.kind, "products")

    def test_categories_are_remembered(self):
        text = "receipt,date,client id,category,item,amount\n"
        salon_import = self._check(
            {"receipts.csv": text + "1,2026-02-01,700,EXTRA,Shampoo,1\n"}
        )
        self.assertEqual(salon_import.category_ids.sold_as, "service")
        salon_import.category_ids.sold_as = "retail"
        salon_import.action_check()
        self._run_job()
        salon_import.action_import()
        self._run_job()
        again = self._check({"receipts.csv": text + "2,2026-02-02,700,EXTRA,Mask,1\n"})
        self.assertEqual(again.category_ids.sold_as, "retail")

    def test_tips_need_confirmation_where_no_price_proves_them(self):
        header = "Receipt,Date,Client ID,Service,Total,Tip\n"
        salon_import = self._upload(
            {"sales.csv": header + "1,2026-02-01,700,Cut,50,5\n"}
        )
        file = salon_import.file_ids
        self.assertEqual(
            file.question, "50.00 and a tip of 5.00 are 50.00 for the salon"
        )
        with self.assertRaisesRegex(UserError, "are 50.00 for the salon"):
            salon_import.action_check()
        file.tips = "within"
        self.assertIn("are 45.00", file.tips_example)
        file.is_tips_confirmed = True
        salon_import.action_check()
        self._run_job()
        self.assertEqual((salon_import.amount, salon_import.tip_amount), (45, 5))

    def test_tips_that_prices_prove(self):
        done = self._import(
            {
                "sales.csv": "Receipt,Date,Client ID,Service,Price,Discount,Tip,Paid,"
                "Payment method\n1,2026-02-01,700,Cut,50,10,5,45,Card\n"
            }
        )
        self.assertEqual(done.file_ids.tips, "within")
        self.assertFalse(done.file_ids.question)
        self.assertEqual((done.amount, done.tip_amount), (40, 5))

    def test_where_clients_heard_of_the_salon(self):
        known = self.env["utm.source"].create({"name": "Walked by"})
        self._import(
            {
                "clients.csv": "Client ID,Name,Client Source\n700,Anna,walked by\n"
                "701,Eva,Instagram\n702,Ida,Instagram\n703,Kata,\n"
            }
        )
        self.assertEqual(self._client("700").salon_source_id, known)
        self.assertEqual(self._client("701").salon_source_id.name, "Instagram")
        self.assertEqual(
            self._client("702").salon_source_id, self._client("701").salon_source_id
        )
        self.assertFalse(self._client("703").salon_source_id)

    def test_order_of_dates_is_guessed_when_a_column_becomes_a_date(self):
        salon_import = self._upload(
            {
                "x.csv": "ki;mikor volt;mit\nAnna;13.02.2026;Cut\nEva;03.02.2026;Cut\n"
                "Ida;3/5/26;Cut\n"
            }
        )
        file = salon_import.file_ids
        self.assertFalse(file.date_sample)
        file.kind = "receipts"
        for column, target in zip(
            file.column_ids, ("client_name", "date", "item"), strict=True
        ):
            column.target = target
        self.assertEqual((file.date_order, file.is_date_unsure), ("dmy", False))
        self.assertEqual(file.date_example, "13.02.2026 is 13 February 2026")

    def test_durations_of_services(self):
        self._import(
            {
                "services.csv": "Service Name,Retail Price,Duration,Service ID\n"
                "Peel,120.00,1h,11\nGel,70.00,1h 30m,12\n"
            }
        )
        products = self.env["product.product"].search(
            [("default_code", "in", ("11", "12"))], order="default_code"
        )
        self.assertEqual(products.mapped("salon_duration"), [60, 90])

    def test_durations_in_hours(self):
        salon_import = self._upload(
            {"services.csv": "Name,Price,Duration\nPeel,120,1\nGel,70,1.5\n"}
        )
        file = salon_import.file_ids
        self.assertEqual(file.duration_unit, "hour")
        file.column_ids.filtered(lambda c: c.target == "duration").target = False
        self.assertFalse(file.has_durations)

    def test_total_of_a_list_is_no_client(self):
        done = self._import(
            {"клиенты.csv": "Имя;Телефон\nАнна;06305550143\nИтого: 1;\n"}
        )
        self.assertEqual((done.client_count, done.failed_count), (1, 1))
        self.assertIn("looks like the total", done.failed_row_ids.error)

    def test_card_of_walk_ins_is_no_client(self):
        done = self._import(
            {
                "clients.csv": "Client ID,Name\n103,Walk In\n104,Anna\n",
                "receipts.csv": RECEIPTS + "1,2026-02-01,103,Cut,12\n",
            }
        )
        self.assertEqual((done.client_count, done.walkin_count), (1, 1))
        self.assertEqual(done.walkin_ref, "103")
        self.assertFalse(self._client("103"))

    def test_variants_of_services_stay_apart(self):
        files = {
            "services.csv": "Category Name,Service Name,Retail Price,Duration,"
            "Service ID\n"
            "Men,Haircut,30,30,1\nWomen,Haircut,60,1h,2\nKids,Haircut,20,20min,3\n"
            "Nails,Gel short,40,45,4\nNails,Gel long,50,1h 15m,4\n"
        }
        done = self._import(files)
        self.assertEqual((done.product_count, done.failed_count), (5, 0))
        products = self.env["product.product"].search(
            ["|", ("name", "like", "Haircut (%"), ("name", "like", "Gel %")]
        )
        self.assertEqual(
            {p.name: (p.list_price, p.salon_duration) for p in products},
            {
                "Haircut (Men)": (30, 30),
                "Haircut (Women)": (60, 60),
                "Haircut (Kids)": (20, 20),
                "Gel short": (40, 45),
                "Gel long": (50, 75),
            },
        )
        self.assertEqual(self._import(files).product_count, 0)

    def test_receipt_numbers_that_start_again_every_day(self):
        lines = "".join(
            f"{number},2026-02-{day:02},70{number},Cut,10\n"
            for day in range(1, 11)
            for number in (1, 2)
        )
        lines = lines.replace("1,2026-02-05,", "1,2026-02-31,")
        done = self._import({"receipts.csv": RECEIPTS + lines})
        self.assertEqual((done.failed_count, done.visit_count), (1, 19))

    def test_people_who_share_a_number_stay_apart(self):
        family = {
            "clients.csv": "Name,Phone\nMaya Quill,06305550143\n"
            "Dory Quill,06305550143\nM. Quill,06305550143\n"
        }
        done = self._import(family)
        self.assertEqual(done.client_count, 2)
        quills = self.env["res.partner"].search([("name", "=like", "%Quill")])
        self.assertEqual(set(quills.mapped("name")), {"Maya Quill", "Dory Quill"})
        self.assertEqual(set(quills.mapped("phone_sanitized")), {"+36305550143"})
        self.assertEqual(quills.mapped("salon_shares_phone"), [True, True])
        # They are known again, each by phone and name, and so is a third one.
        receipts = "receipt,date,client name,phone,service,amount\n"
        again = self._import(
            {
                "receipts.csv": receipts
                + "1,2026-02-01,Dory Quill,06305550143,Cut,10\n"
                + "2,2026-02-01,Ida Quill,06305550143,Cut,10\n"
            }
        )
        self.assertEqual(again.client_count, 1)
        dory = quills.filtered(lambda person: person.name == "Dory Quill")
        self.assertEqual(len(dory.salon_visit_ids), 1)

    def test_another_name_with_the_number_of_a_card(self):
        maya = self._create_client("Maya Quill", phone="+36305550143")
        done = self._import(
            {
                "clients.csv": "Name,Phone,Email\n"
                "Dory Quill,06305550143,d@example.com\n"
                "Ode Tarrant,06305550144,\n"
            }
        )
        self.assertEqual(done.client_count, 2)
        self.assertFalse(maya.email)

    def test_names_in_two_columns(self):
        done = self._import(
            {
                "list.csv": "Client ID,First Name,Last Name,Mobile,Email\n"
                "1,Maya,Quill,06305550143,\n2,Ode,Tarrant,,ode@example.com\n",
                "ügyfelek.csv": "Ügyfélkód;Vezetéknév;Keresztnév\n3;Kőváry;Éva\n",
                "base.csv": "Client No.;Surname;Name;Cell;Tel\n"
                "4;Vos;Lientjie;;06 30 555 0145\n",
            }
        )
        self.assertEqual(set(done.file_ids.mapped("kind")), {"clients"})
        names = [self._client(str(number)).name for number in range(1, 5)]
        self.assertEqual(
            names, ["Maya Quill", "Ode Tarrant", "Kőváry Éva", "Lientjie Vos"]
        )
        self.assertEqual(self._client("4").phone_sanitized, "+36305550145")

    def test_headers_of_further_languages(self):
        for header, targets in (
            (
                "Nimi;Sähköposti;Puhelin;Muistiinpanot",
                ["client_name", "email", "phone", "note"],
            ),
            (
                "Kundennummer;Vorname;Nachname;Telefon;Handy;Geburtstag",
                ["client", "first_name", "last_name", "phone", "second_phone"]
                + ["birthdate"],
            ),
            (
                "Imię;Nazwisko;Telefon komórkowy;Adres e-mail;Data urodzenia",
                ["first_name", "last_name", "phone", "email", "birthdate"],
            ),
            (
                "Nome;Telefone;Celular;Data de nascimento;Observações",
                ["client_name", "phone", "second_phone", "birthdate", "note"],
            ),
            (
                "Nombre;Apellidos;Teléfono;Correo electrónico;Fecha de nacimiento",
                ["first_name", "last_name", "phone", "email", "birthdate"],
            ),
            (
                "ПІБ;Номер телефону;Дата народження",
                ["client_name", "phone", "birthdate"],
            ),
        ):
            with self.subTest(header=header):
                file = self._upload({"a.csv": header + "\n1;2;3;4;5;6\n"}).file_ids
                self.assertEqual(file.column_ids.mapped("target"), targets)
                self.assertEqual(file.kind, "clients")

    def test_columns_that_are_not_used_are_named(self):
        file = self._upload(
            {
                "clients.csv": "Name,Phone (mobile),Werbung erlaubt,Empty\n"
                "Anna,06305550143,ja,\n"
            }
        ).file_ids
        self.assertEqual(file.column_ids[1].target, "phone")
        self.assertEqual(file.unused, "Werbung erlaubt")

    def test_kind_that_could_be_another_is_asked(self):
        salon_import = self._upload(
            {"x.csv": "Date,Client,Service\n2026-02-01,Anna,Cut\n"}
        )
        file = salon_import.file_ids
        self.assertTrue(file.is_kind_unsure)
        with self.assertRaisesRegex(UserError, "what does it contain"):
            salon_import.action_check()
        self.assertEqual(file.question, file.kind_effect)
        file.action_confirm()
        self.assertFalse(file.question)
        salon_import.action_check()
        self.assertEqual(salon_import.state, "checking")

    def test_client_and_date_are_no_list_of_clients(self):
        file = self._upload({"x.csv": "Client,Date\nAnna,2026-02-01\n"}).file_ids
        self.assertEqual(file.kind, "bookings")

    def test_guesses_are_made_again(self):
        salon_import = self._upload(
            {"x.csv": "Name,Phone,When\nAnna,06305550143,13.02.2026 10:00\n"}
        )
        file = salon_import.file_ids
        self.assertEqual((file.kind, file.date_sample), ("clients", False))
        file.column_ids[2].target = "date"
        self.assertEqual((file.kind, file.date_order), ("bookings", "dmy"))
        # What a person has chosen stays.
        file.kind = "no_shows"
        file.column_ids[1].target = False
        self.assertEqual(file.kind, "no_shows")
        self.assertFalse(file.is_kind_unsure)

    def test_columns_are_read_again_for_another_kind(self):
        file = self._upload({"x.csv": "Name,Price,Id\nCut,10,7\n"}).file_ids
        self.assertEqual(file.kind, "services")
        file.column_ids[1].target = False
        file.kind = "clients"
        self.assertEqual(
            file.column_ids.mapped("target"), ["client_name", False, "client"]
        )

    def test_returned_file_can_be_corrected_and_uploaded(self):
        done = self._import(
            {
                "receipts.csv": RECEIPTS + "1,2018-13-45,700,Cut,12\n"
                "1,2026-02-01,700,Toner,13\n"
            }
        )
        rows = self._failed_rows(done)
        rows[1][1] = "2026-02-01"
        self._import({"rows to correct.xlsx": rows})
        visit = self._visits("700")
        self.assertEqual(visit.amount_total, 25)

    def test_receipt_that_the_database_refuses(self):
        self.roots_service.default_code = "ROOT"
        salon_import = self._check(
            {
                "receipts.csv": RECEIPTS + "1,2026-02-01,700,ROOT,12\n"
                "1,2026-02-01,701,Cut,12\n2,2026-02-01,702,Cut,12\n"
            }
        )
        validate = type(self.env["salon.visit"])._validate_fields

        def refuse(visits, *args, **kwargs):
            if "1" in visits.mapped("receipt"):
                raise UserError(visits.env._("Not on Sundays."))
            return validate(visits, *args, **kwargs)

        self.patch(type(self.env["salon.visit"]), "_validate_fields", refuse)
        salon_import.action_import()
        self._run_job()
        self.assertEqual(salon_import.failed_count, 2)
        self.assertIn("Not on Sundays.", salon_import.failed_row_ids[0].error)
        self.assertFalse(self._client("700") | self._client("701"))
        self.assertEqual(len(self._visits("702")), 1)
        self.assertEqual(salon_import.visit_count, 1)

    def test_stopped_import_goes_on(self):
        lines = "".join(f"{n},2026-02-01,{n},Cut,10\n" for n in range(900, 910))
        salon_import = self._check({"receipts.csv": RECEIPTS + lines})
        write_batch, calls = Writer.write_batch, []

        def break_off(*args):
            calls.append(1)
            if len(calls) == 2:
                raise RuntimeError("power cut")
            return write_batch(*args)

        self.patch(Writer, "write_batch", break_off)
        self.patch(Writer, "_get_batch_rows", lambda self: 3)
        salon_import.action_import()
        with self.assertLogs("odoo.addons.salon_reminders", "ERROR"):
            self._run_job()
        self.assertEqual(salon_import.state, "checked")
        self.assertIn("power cut", salon_import.error)
        self.assertEqual(len(self._visits("900")), 1)
        salon_import.action_import()
        self._run_job()
        self.assertEqual(salon_import.state, "done")
        for number in range(900, 910):
            self.assertEqual(len(self._visits(str(number))), 1)

    def test_clients_file(self):
        known = self._create_client("Berta Nagy", phone="+36 30 111 2222")
        done = self._import(
            {
                "clients.csv": "Number,Name,Phone,Email,Date of birth,Notes\n"
                "700,Anna Kis,06 30 765 4321,a@example.com,1990-05-01,8/1\n"
                "701,Berta Nagy,06 30 111 2222,,,\n",
                "receipts.csv": "receipt,date,client,service,amount\n"
                "1,2026-02-01,Anna Kis,Cut,10\n",
            }
        )
        anna = self._client("700")
        self.assertEqual(anna.phone_sanitized, "+36307654321")
        self.assertEqual(anna.email, "a@example.com")
        self.assertEqual(str(anna.salon_birthdate), "1990-05-01")
        self.assertEqual(anna.salon_note, "8/1")
        self.assertEqual(len(anna.salon_visit_ids), 1)
        self.assertEqual(self._client("701"), known)
        self.assertEqual(done.client_count, 1)

    def test_names_come_later_than_numbers(self):
        self._import({"receipts.csv": RECEIPTS + "1,2026-02-01,700,Cut,12\n"})
        client = self._client("700")
        self.assertEqual(client.name, "Client 700")
        self._import({"clients.csv": "Client ID,Name,Phone\n700,Anna,06307654321\n"})
        self.assertEqual(client.name, "Anna")
        client.name = "Anna Maria"
        self._import({"clients.csv": "Client ID,Name,Email\n700,Anna,a@example.com\n"})
        self.assertEqual((client.name, client.email), ("Anna Maria", "a@example.com"))

    def test_clients_without_numbers_go_by_phone_then_name(self):
        anna = self._create_client("Anna Kis", phone="+36 30 765 4321")
        self._import(
            {
                "receipts.csv": "receipt,date,client name,phone,service,amount\n"
                "1,2026-02-01,Kis A.,06307654321,Cut,10\n"
                "2,2026-02-02,ANNA KIS,,Cut,10\n"
                "3,2026-02-03,Eva Nagy,,Cut,10\n"
            }
        )
        self.assertEqual(len(anna.salon_visit_ids), 2)
        self.assertEqual(anna.name, "Anna Kis")
        eva = self.env["res.partner"].search([("name", "=", "Eva Nagy")])
        self.assertEqual(len(eva.salon_visit_ids), 1)

    def test_services_and_products_files(self):
        self._import(
            {
                "services.csv": "Code,Desc,Cate,Price,Minutes\n"
                "CUT,Women's cut,STYLE,102,45\nCON,Consultation,MISC,0,15\n",
                "products.csv": "Name,Price\nShampoo,12.5\n",
            }
        )
        products = self.env["product.product"]
        cut = products.search([("default_code", "=", "CUT")])
        self.assertEqual((cut.salon_kind, cut.list_price), ("service", 102))
        self.assertEqual(cut.salon_duration, 45)
        con = products.search([("default_code", "=", "CON")])
        self.assertEqual(con.salon_kind, "fee")
        shampoo = products.search([("name", "=", "Shampoo")])
        self.assertEqual((shampoo.salon_kind, shampoo.list_price), ("retail", 12.5))

    def test_old_spreadsheets_are_read(self):
        book = xlwt.Workbook()
        sheet = book.add_sheet("Sales")
        plain, day = xlwt.XFStyle(), xlwt.easyxf(num_format_str="YYYY-MM-DD")
        for index, header in enumerate(("Receipt", "Date", "Client ID", "Service")):
            sheet.write(0, index, header)
        for index, value in enumerate((1, datetime(2026, 2, 1), 700, "Cut")):
            sheet.write(1, index, value, day if index == 1 else plain)
        stream = io.BytesIO()
        book.save(stream)
        done = self._import({"sales.xls": stream.getvalue()})
        self.assertEqual((done.file_ids.kind, done.visit_count), ("receipts", 1))
        self.assertEqual(str(self._visits("700").date), "2026-02-01")

    def test_formats_that_are_not_read_say_what_to_do(self):
        for name, data, words in (
            ("a.ics", b"BEGIN:VCALENDAR\r\n", "is a calendar"),
            ("a.pdf", b"%PDF-1.7", "format PDF"),
            (
                "a.ods",
                b"PK\x03\x04" + b"mimetypeapplication/vnd.oasis.opendocument",
                "ODS",
            ),
        ):
            with (
                self.subTest(name=name),
                self.assertRaisesRegex(UserError, words),
            ):
                self._upload({name: data})
        with (
            patch.object(read_files, "xlrd", None),
            self.assertRaisesRegex(UserError, "package xlrd"),
        ):
            self._upload({"a.xls": b"\xd0\xcf\x11\xe0"})

    def test_sheets_of_a_workbook_are_files(self):
        import io

        from openpyxl import Workbook

        book = Workbook()
        book.active.title = "Clients"
        book.active.append(["Client ID", "Name", "Phone"])
        book.active.append([700, "Anna", "06307654321"])
        sheet = book.create_sheet("Receipts")
        sheet.append(["Receipt", "Date", "Client ID", "Service", "Amount"])
        sheet.append([1, "2026-02-01", 700, "Cut", 10])
        book.create_sheet("Empty")
        stream = io.BytesIO()
        book.save(stream)
        done = self._import({"export.xlsx": stream.getvalue()})
        self.assertEqual(done.file_ids.mapped("kind"), ["receipts", "clients"])
        self.assertEqual(self._client("700").name, "Anna")
        self.assertEqual(len(self._visits("700")), 1)
