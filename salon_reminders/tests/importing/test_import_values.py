from datetime import date, time, timedelta
from decimal import Decimal

import phonenumbers
import pytz

from odoo.tests import BaseCase, tagged

from ...models.importing.import_guess import vote_tips
from ...tools.locale_words import decimal_sign
from ...tools.read_dates import guess_order, read_date
from ...tools.read_durations import guess_in_hours, read_duration
from ...tools.read_files import guess_encoding, guess_separator
from ...tools.read_numbers import guess_decimal, read_flag, read_number, read_ref
from ...tools.read_phones import read_phones
from ...tools.read_problem import Problem
from ...tools.read_rows import RowReader, Writing
from ...tools.read_times import read_time, read_times
from ...tools.same_names import group_names, is_same_name

NUMBERS = (
    ("1234.50", ".", "1234.50"),
    ("1,234.50", ".", "1234.50"),
    ("1,234,567.89", ".", "1234567.89"),
    ("1 234,50", ",", "1234.50"),
    ("1.234,50", ",", "1234.50"),
    ("12.500", ",", "12500"),
    ("1\u00a0234,50 Ft", ",", "1234.50"),
    ("1'234.50", ".", "1234.50"),
    ("CHF 1’250.00", ".", "1250"),
    ("1,25,000.00", ".", "125000"),
    ("-50", ".", "-50"),
    ("\u221250,5", ",", "-50.5"),
    ("(50.00)", ".", "-50.00"),
    ("($5.00)", ".", "-5"),
    ("50-", ".", "-50"),
    ("-$5.20", ".", "-5.20"),
    ("$-5", ".", "-5"),
    ("$ 12", ".", "12"),
    ("US$ 12", ".", "12"),
    ("12 zł", ",", "12"),
    ("5 400р.", ",", "5400"),
    ("-1 200,00 ₽", ",", "-1200"),
    ("R$ 1.234,50", ",", "1234.5"),
    ("12,50 EUR", ",", "12.5"),
    ("12 руб.", ".", "12"),
    ("35,- €", ",", "35"),
    ("12.\u2013", ".", "12"),
    (".5", ".", "0.5"),
    ("1234", ",", "1234"),
    ("１２３", ".", "123"),
)
NO_NUMBERS = (
    *(("12,5", "."), ("1.2.3", "."), ("12..5", "."), ("12 50", ","), ("x", ".")),
    *(
        ("", "."),
        ("-", "."),
        ("3O", "."),
        ("2 x 35", "."),
        ("35/40", "."),
        ("5--", "."),
    ),
    *(
        ("free", "."),
        ("10%", "."),
        ("1e5", "."),
        ("$ 5 kr", "."),
        ("(5", "."),
        ("12.5.", ","),
    ),
    *(("12 pcs", "."), ("45 min", "."), ("1.2345", ",")),
)
DATES = (
    ("2018-03-15", "mdy", "2018-03-15", ""),
    ("2018/3/5", "dmy", "2018-03-05", ""),
    ("2018. 03. 15.", "dmy", "2018-03-15", ""),
    ("03/15/2018", "mdy", "2018-03-15", ""),
    ("15.3.18", "dmy", "2018-03-15", ""),
    ("2018-03-15T14:30:00", "ymd", "2018-03-15", "T14:30:00"),
    ("3/5/2018 2:30 PM", "mdy", "2018-03-05", "2:30 PM"),
    ("20.10.2026 9.00", "dmy", "2026-10-20", "9.00"),
    ("12.10.26, 14:30", "dmy", "2026-10-12", "14:30"),
    ("November 3, 2026 2:30 pm", "mdy", "2026-11-03", "2:30 pm"),
    ("Tuesday, November 3, 2026 2:30 PM", "dmy", "2026-11-03", "2:30 PM"),
    ("Nov 3rd, 2026", "dmy", "2026-11-03", ""),
    ("Mar 3, 2026", "dmy", "2026-03-03", ""),
    ("3-Nov-26", "mdy", "2026-11-03", ""),
    ("03/Nov/2026 14:30", "mdy", "2026-11-03", "14:30"),
    ("3rd November 2026 at 9:00", "mdy", "2026-11-03", "9:00"),
    ("2026-Nov-03", "dmy", "2026-11-03", ""),
    ("Di., 3. Nov. 2026", "mdy", "2026-11-03", ""),
    ("2026. március 15.", "dmy", "2026-03-15", ""),
    ("2026. márc. 15. 14:30", "dmy", "2026-03-15", "14:30"),
    ("15 марта 2026 г., 14:30", "mdy", "2026-03-15", "14:30"),
    ("вт, 15 марта 2026", "mdy", "2026-03-15", ""),
    ("15-мар-26", "mdy", "2026-03-15", ""),
    ("5 травня 2026 р.", "mdy", "2026-05-05", ""),
    ("3 de marzo de 2026", "mdy", "2026-03-03", ""),
    ("mar 3 mar 2026", "mdy", "2026-03-03", ""),
    ("5 de março de 2026", "mdy", "2026-03-05", ""),
    ("5 maja 2026", "mdy", "2026-05-05", ""),
    ("5. toukokuuta 2026", "mdy", "2026-05-05", ""),
    ("46329", "dmy", "2026-11-03", ""),
    ("46329.604", "dmy", "2026-11-03", "0.604"),
    ("20261103", "dmy", "2026-11-03", ""),
    ("20261103T143000Z", "dmy", "2026-11-03", "T143000Z"),
)
NO_DATES = (
    *("2018-13-45", "2018-02-29", "soon", "15", "0018-01-01", "1026-10-10", "March"),
    *("28-Oct", "Oct 28", "05-10", "29.02.", "--05-10", "March 2026", "2026", ""),
    *("40 March 2026", "20261345", "1234567", "2300-01-01"),
)
TIMES = {
    "3:50:00 PM": "15:50:00",
    "12:05 am": "00:05:00",
    "12:05 p.m.": "12:05:00",
    "2:30 p. m.": "14:30:00",
    "9 AM": "09:00:00",
    "9a": "09:00:00",
    "2:30pm": "14:30:00",
    "du. 2:30": "14:30:00",
    "9:30 ip.": "21:30:00",
    "9.30": "09:30:00",
    "9.30 Uhr": "09:30:00",
    "klo 9.30": "09:30:00",
    "9 óra": "09:00:00",
    "9 ч 30 мин": "09:30:00",
    "9h": "09:00:00",
    "9h30": "09:30:00",
    "14": "14:00:00",
    "0930": "09:30:00",
    "930": "09:30:00",
    "143000": "14:30:00",
    "T14:30:00": "14:30:00",
    "08:15:30": "08:15:30",
    "24:00": "00:00:00",
    "0.604166": "14:30:00",
}
NO_TIMES = (
    *("25:00", "13:00 PM", "24:30", "9:75", "9:3", "99", "12345", "noon", "abc 9"),
    *("9 x", "-5", ""),
)
DURATIONS = {
    "90": 90,
    "45.0": 45,
    "1:30": 90,
    "0:45": 45,
    "01:30:00": 90,
    "45:00": 45,
    "1h": 60,
    "1h 30m": 90,
    "2h 15m": 135,
    "1h30": 90,
    "90 min": 90,
    "90'": 90,
    "1 hour 30 minutes": 90,
    "2 hrs": 120,
    "1 hr 5 min": 65,
    "1½ h": 90,
    "1,5 óra": 90,
    "1 óra 30 perc": 90,
    "1 ч. 30 мин.": 90,
    "1 год 15 хв": 75,
    "1 Std. 30 Min.": 90,
    "1 godz. 30 min": 90,
    "1 tunti": 60,
    "2 horas": 120,
    "PT1H30M": 90,
    "0": 0,
}
NO_DURATIONS = (
    *("x", "", "45-60 min", "1 day", "-5", "1500", "30m 1h", "1h 1h", "1:75"),
    *("12 pcs", "1h 30 x"),
)


@tagged("post_install", "-at_install")
class TestImportValues(BaseCase):
    """One reader for each kind of value, and what people write into its cells."""

    def _check_refused(self, read, text, *args):
        with self.subTest(text=text), self.assertRaises(Problem):
            read(text, *args)

    def test_numbers(self):
        for text, decimal, number in NUMBERS:
            with self.subTest(text=text):
                self.assertEqual(read_number(text, decimal), Decimal(number))
        for text, decimal in NO_NUMBERS:
            self._check_refused(read_number, text, decimal)

    def test_decimal_sign_of_a_column(self):
        for texts, sign, sure in (
            (["1,50", "2"], ",", True),
            (["2", "1.50"], ".", True),
            (["$1,140.00", "$85.00"], ".", True),
            (["1.234,5"], ",", True),
            (["1.234.567"], ",", True),
            (["1,25,000"], ".", True),
            (["0,500"], ",", True),
            (["1 234,500"], ",", True),
            # Whatever the first ones could be, one number with one meaning decides.
            (["12.500", "8.900", "1,5"], ",", True),
            (["12.500", "8.9"], ".", True),
            (["1,50", "2.75"], ",", False),
            # Money has no third decimal place, but the country's sign is a doubt.
            (["1,234", "12 x"], ".", True),
            (["12.500", "8.900"], ",", False),
            (["12.500", "8,900"], ".", False),
            (["12", "3O"], None, True),
        ):
            with self.subTest(texts=texts):
                self.assertEqual(guess_decimal(texts)[:2], (sign, sure))

    def test_decimal_sign_by_country_and_currency(self):
        self.assertEqual(decimal_sign("HU"), ",")
        self.assertEqual(decimal_sign("US"), ".")
        self.assertIsNone(decimal_sign("XX"))
        self.assertIsNone(decimal_sign(False))
        forints = guess_decimal(["12.500", "8.900"], usual=",")
        self.assertEqual(forints, (",", True, "12.500"))
        # Dinars have three places, and a quantity is no money.
        for places in (3, None):
            guess = guess_decimal(["1,000"], usual=".", places=places)
            self.assertFalse(guess.is_sure)

    def test_dates(self):
        for text, order, day, rest in DATES:
            with self.subTest(text=text):
                found, after = read_date(text, order)
                self.assertEqual((str(found), after), (day, rest))
        for text in NO_DATES:
            self._check_refused(read_date, text, "ymd")

    def test_years_of_two_digits(self):
        for text, last, year in (
            ("15.3.45", None, 2045),
            ("15.3.52", None, 1952),
            ("15.3.26", 2026, 2026),
            ("15.3.27", 2026, 1927),
            ("15-мар-45", 2026, 1945),
        ):
            with self.subTest(text=text):
                self.assertEqual(read_date(text, "dmy", last)[0].year, year)

    def test_order_of_dates_of_a_column(self):
        for texts, order, sure in (
            (["11/03/2026", "10/14/2026"], "mdy", True),
            (["11/03/2026", "14/10/2026"], "dmy", True),
            (["03/02/2026"] * 2000 + ["25/02/2026"], "dmy", True),
            (["13/02/2018", "02/13/2018"], "dmy", False),
            (["01/02/2026"], "mdy", False),
            (["01-02-2026"], "mdy", False),
            (["01.02.2026"], "dmy", True),
            (["2026-01-02"], None, True),
            (["Nov 3, 2026"], None, True),
            ([], None, True),
        ):
            with self.subTest(texts=texts[-1:]):
                self.assertEqual(guess_order(texts)[:2], (order, sure))

    def test_example_of_a_date_can_be_read(self):
        self.assertEqual(guess_order(["28-Oct", "soon", "5/3/2026"]).sample, "5/3/2026")
        self.assertIsNone(guess_order(["28-Oct"]).sample)

    def test_times(self):
        for text, found in TIMES.items():
            with self.subTest(text=text):
                self.assertEqual(str(read_time(text)), found)
        for text in NO_TIMES:
            self._check_refused(read_time, text)

    def test_ranges_of_times(self):
        for text, start, stop in (
            ("10:00-11:30", time(10), time(11, 30)),
            ("10:00 – 11:30 Uhr", time(10), time(11, 30)),
            ("2:30 PM - 3:15 PM", time(14, 30), time(15, 15)),
            ("2 - 3:15 PM", time(14), time(15, 15)),
            ("11 - 1 PM", time(11), time(13)),
            ("9:00 AM to 10 AM", time(9), time(10)),
            ("9h30 - 10h30", time(9, 30), time(10, 30)),
            ("22:00-24:00", time(22), time(0)),
            ("14:30", time(14, 30), None),
        ):
            with self.subTest(text=text):
                self.assertEqual(read_times(text)[:2], (start, stop))
        self._check_refused(read_times, "from 10 till 11")

    def test_times_with_a_zone(self):
        for text, hours in (
            ("14:30:00.000Z", 0),
            ("T143000Z", 0),
            ("14:30 UTC", 0),
            ("14:30+02:00", 2),
            ("14:30:00 +0200", 2),
            ("14:30 GMT+2", 2),
            ("14:30:00-05:00", -5),
        ):
            with self.subTest(text=text):
                self.assertEqual(
                    read_times(text), (time(14, 30), None, timedelta(hours=hours))
                )

    def test_durations(self):
        for text, minutes in DURATIONS.items():
            with self.subTest(text=text):
                self.assertEqual(read_duration(text), minutes)
        for text in NO_DURATIONS:
            self._check_refused(read_duration, text)
        self.assertEqual(read_duration("1.5", in_hours=True), 90)
        self.assertEqual(read_duration("90 min", in_hours=True), 90)

    def test_durations_in_hours(self):
        for header, texts, hours in (
            ("Duration (h)", ["1"], True),
            ("Óra", ["2"], True),
            ("Duration", ["1", "0.5"], True),
            ("Duration", ["30", "0.5"], False),
            ("Duration", ["45", "1h 30m"], False),
            ("Minutes", ["1.5"], False),
            ("Duration", [], False),
        ):
            with self.subTest(header=header, texts=texts):
                self.assertIs(guess_in_hours(header, texts), hours)

    def test_phones(self):
        for country, text, phones in (
            ("HU", "06305550148", [("+36305550148", "")]),
            ("HU", "06-30/555-0148", [("+36305550148", "")]),
            ("HU", "+36 30 555 0149 (férj)", [("+36305550149", "férj")]),
            ("HU", "+36 (0)30 555 0153", [("+36305550153", "")]),
            ("HU", "36305550143", [("+36305550143", "")]),
            ("HU", "79165550143", [("+79165550143", "")]),
            ("US", "0049 171 5550144", [("+491715550144", "")]),
            ("US", "2125550147.0", [("+12125550147", "")]),
            ("US", "212-555-0121 x14", [("+12125550121", "x14")]),
            ("US", "mom (646) 555-0177", [("+16465550177", "mom")]),
            ("DE", "030/5550143", [("+49305550143", "")]),
            ("AT", "0664 1234567", [("+436641234567", "")]),
            (
                "HU",
                "06-1-555-0147 / 06-30-555-0148",
                [("+3615550147", ""), ("+36305550148", "")],
            ),
            (
                "HU",
                "06 30 555 0143 06 20 555 0144",
                [("+36305550143", ""), ("+36205550144", "")],
            ),
            (
                "HU",
                "0630-555-0148\n0620-555-0149, anya",
                [("+36305550148", ""), ("+36205550149", "anya")],
            ),
            (
                "US",
                "(212) 555-0143, mom 646.555.0177",
                [("+12125550143", ""), ("+16465550177", "mom")],
            ),
            ("US", "12345", [("", "")]),
            ("US", "none", [("", "")]),
        ):
            with self.subTest(text=text):
                found = read_phones(text, self._get_dialler(country))
                self.assertEqual([(p.number, p.words) for p in found], phones)

    def _get_dialler(self, country):
        def dial(text):
            try:
                number = phonenumbers.parse(text, country)
            except phonenumbers.NumberParseException:
                return ""
            form = phonenumbers.PhoneNumberFormat.E164
            valid = phonenumbers.is_valid_number(number)
            return phonenumbers.format_number(number, form) if valid else ""

        return dial

    def test_flags(self):
        for text in (
            "Yes",
            "1",
            "да",
            "igen",
            "JA",
            "Sí",
            "sim",
            "TAK",
            "kyllä",
            "так",
        ):
            self.assertIs(read_flag(text), True)
        for text in ("no", "0", "нет", "nem", "nein", "NIE", "não", "ei", "ні", "-"):
            self.assertIs(read_flag(text), False)
        self._check_refused(read_flag, "perhaps")

    def test_references(self):
        self.assertEqual(read_ref("635.0"), "635")
        self.assertEqual(read_ref(" 00635 "), "00635")
        self.assertEqual(read_ref("A-1.5"), "A-1.5")

    def test_names_of_one_person(self):
        for one, other, same in (
            ("Kis A.", "Anna Kis", True),
            ("ANNA KIS", "Kis Anna", True),
            ("Anna", "Anna Kis", True),
            ("Anna Maria Kis", "Anna Kis", True),
            ("A. Anna", "Anna Andrea", True),
            ("Dory Quill", "Maya Quill", False),
            ("D. Quill", "Maya Quill", False),
            ("Anna Kis", "Anna Nagy", False),
        ):
            with self.subTest(one=one, other=other):
                self.assertIs(is_same_name(one, other), same)
                self.assertIs(is_same_name(other, one), same)
        people = group_names(["m quill", "maya quill", "dory quill"])
        self.assertEqual(people["m quill"], "maya quill")
        self.assertEqual(len(set(people.values())), 2)

    def test_encodings(self):
        text = "Клиент;Услуга;Сумма\n" + "Иванова Анна;Стрижка женская;1500\n" * 20
        for encoding in ("utf-8", "utf-8-sig", "windows-1251", "koi8-r", "cp866"):
            with self.subTest(encoding=encoding):
                self.assertEqual(guess_encoding(text.encode(encoding)), encoding)
        self.assertEqual(guess_encoding(text.encode("utf-16")), "utf-16")
        text = "姓,名,電話番号\n山田,花子,09055550143\n" * 20
        self.assertEqual(guess_encoding(text.encode("cp932")), "cp932")

    def test_separators(self):
        for sign in ",;\t|":
            with self.subTest(sign=sign):
                data = sign.join(["a", '"b,c;d"', "e"]).encode()
                self.assertEqual(guess_separator(data + b"\n" + data, "utf-8"), sign)


@tagged("post_install", "-at_install")
class TestImportRows(BaseCase):
    """What the cells of a row say together."""

    def _parse(self, kind, **cells):
        reader = RowReader(
            kind,
            [(index, name, name.title()) for index, name in enumerate(cells)],
            Writing("dmy"),
            lambda number: number if number.startswith("+") else "",
            date(2026, 10, 20),
            pytz.timezone("America/New_York"),
        )
        return reader.parse(list(cells.values()))

    def test_one_amount_of_a_row(self):
        for kind, cells, amount in (
            # What was paid counts; a deposit on what is to come does not.
            ("receipts", {"amount": "100", "paid": "80"}, "80"),
            ("bookings", {"amount": "100", "paid": "80"}, "80"),
            ("bookings", {"date": "1.12.2026", "amount": "100", "paid": "20"}, "100"),
            ("bookings", {"status": "No-show", "amount": "100", "paid": "0"}, "100"),
            ("receipts", {"net": "100", "tax": "27"}, "127"),
            ("receipts", {"net": "100"}, "100"),
            ("receipts", {"amount": "130", "net": "100", "tax": "27"}, "130"),
            ("receipts", {"price": "3O"}, "0"),
            ("receipts", {"price": "3O", "net": "10"}, "10"),
            ("receipts", {"discount": "a tenth"}, "0"),
            ("receipts", {"price": "30", "tip": "5"}, None),
        ):
            with self.subTest(kind=kind, cells=cells):
                cells = {"date": "1.9.2026", "item": "Cut", **cells}
                vals = self._parse(kind, **cells)[1]
                self.assertEqual(vals.get("amount"), amount)

    def test_discounts(self):
        for text, header, discount in (
            ("10%", "Discount", "10%"),
            ("10", "Discount, %", "10%"),
            ("-5.00", "Discount", "5.00"),
        ):
            with self.subTest(text=text, header=header):
                reader = RowReader(
                    *("receipts", [(0, "discount", header)], Writing("dmy"), str),
                    *(date(2026, 10, 20), pytz.utc),
                )
                self.assertEqual(reader.parse([text])[1]["discount"], discount)

    def test_tips_are_no_sales(self):
        columns = [(0, "amount", "Total"), (1, "tip", "Tip")]
        for has_tips, amount in ((True, "100"), (False, "120")):
            reader = RowReader(
                *("receipts", columns, Writing("dmy", has_tips=has_tips), str),
                *(date(2026, 10, 20), pytz.utc),
            )
            vals = reader.parse(["120", "20"])[1]
            self.assertEqual((vals["amount"], vals["tip"]), (amount, "20"))

    def test_prices_tell_where_the_tips_are(self):
        for amount, numbers, vote in (
            (120, {"price": 100}, "within"),
            (100, {"price": 100}, "apart"),
            (110, {"price": 100, "tax": 10}, "apart"),
            (130, {"net": 100, "tax": 10}, "within"),
            (200, {"price": 100, "quantity": 2}, "apart"),
            (110, {"price": 100, "discount": 10}, "within"),
            (117, {"price": 100}, None),
            (117, {}, None),
        ):
            with self.subTest(amount=amount, numbers=numbers):
                self.assertEqual(vote_tips(amount, 20, numbers), vote)

    def test_moment_of_another_zone(self):
        _kind, vals, problem, _doubts = self._parse(
            "receipts", date="2026-10-13T01:30:00Z", item="Cut"
        )
        self.assertIsNone(problem)
        self.assertEqual((vals["date"], vals["time"]), ("2026-10-12", "21:30:00"))

    def test_zone_in_a_column_of_its_own(self):
        _kind, vals, _problem, _doubts = self._parse(
            "bookings", date="13.10.2026", time="01:30+02:00"
        )
        self.assertEqual((vals["date"], vals["time"]), ("2026-10-12", "19:30:00"))

    def test_length_of_a_booking(self):
        for cells, minutes in (
            ({"time": "10:00", "end": "12:30", "duration": "60"}, "150"),
            ({"time": "10:00-12:30"}, "150"),
            ({"time": "10:00", "end": "2026-12-10 12:30"}, "150"),
            ({"time": "10:00", "duration": "1h 30m"}, "90"),
            ({"time": "22:00", "end": "24:00"}, "120"),
            ({"time": "10:00", "end": "9:00", "duration": "45"}, "45"),
            ({"end": "9:00"}, None),
        ):
            with self.subTest(cells=cells):
                vals = self._parse("bookings", date="10.12.2026", **cells)[1]
                self.assertEqual(vals.get("duration"), minutes)

    def test_row_fails_without_its_day_only(self):
        _kind, _vals, problem, doubts = self._parse(
            "receipts", date="31.09.2026", item="Cut", amount="3O"
        )
        self.assertEqual((problem.code, problem.words["column"]), ("date", "Date"))
        self.assertEqual([doubt.code for doubt in doubts], ["number"])

    def test_unreadable_cells_are_kept_as_text(self):
        _kind, vals, problem, doubts = self._parse(
            "receipts", date="1.9.2026", item="Cut", amount="2 x 35", time="noon"
        )
        self.assertIsNone(problem)
        self.assertEqual([doubt.code for doubt in doubts], ["number", "time"])
        self.assertEqual(vals["note"], "Amount: 2 x 35\nTime: noon")
        # Nobody knows what was paid, so the price list must not say it.
        self.assertEqual(vals["amount"], "0")
        self.assertNotIn("time", vals)

    def test_numbers_and_addresses_never_go_into_a_note(self):
        for cells in (
            {"phone": "555"},
            {"phone": "+12125550143", "second_phone": "0177"},
            {"duration": "call 646 555 0177"},
            {"consent": "ask maya@example.com"},
        ):
            with self.subTest(cells=cells):
                vals, _problem, doubts = self._parse(
                    "clients", client_name="Maya", **cells
                )[1:]
                self.assertEqual(len(doubts), 1)
                self.assertNotIn("note", vals)

    def test_birthday_without_a_year(self):
        vals, problem, doubts = self._parse(
            "clients", client_name="Maya", birthdate="28-Oct", note="8/1"
        )[1:]
        self.assertIsNone(problem)
        self.assertEqual(len(doubts), 1)
        self.assertNotIn("birthdate", vals)
        self.assertEqual(vals["note"], "8/1\nBirthdate: 28-Oct")

    def test_first_number_that_can_be_dialled(self):
        vals, _problem, doubts = self._parse(
            "clients", phone="555 | +12125550143 | +16465550177"
        )[1:]
        self.assertEqual(vals["client_key"], "p:+12125550143")
        self.assertFalse(doubts)
        self.assertEqual(
            vals["further"], [["555", "", ""], ["+16465550177", "+16465550177", ""]]
        )

    def test_further_numbers(self):
        one, two = "+12125550143", "+16465550177"
        for phone, second, further in (
            (one, "", None),
            (one, one, None),
            (f"{one} (mom)", "", [[one, one, "mom"]]),
            (f"{one}, {two} (mom)", "", [[two, two, "mom"]]),
            (one, f"{two}, {one}", [[two, two, ""]]),
            ("none", two, None),
            ("0177", two, [["0177", "", ""]]),
            ("", two, None),
        ):
            with self.subTest(phone=phone, second=second):
                vals = self._parse("clients", phone=phone, second_phone=second)[1]
                self.assertEqual(
                    vals["phone_key"], two if phone in ("", "none", "0177") else one
                )
                self.assertEqual(vals.get("further"), further)
