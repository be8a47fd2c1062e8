from datetime import time
from decimal import Decimal

from odoo.tests import BaseCase, tagged

from ...models.importing import import_values as values
from ...models.importing.import_reader import guess_encoding, guess_separator


@tagged("post_install", "-at_install")
class TestImportValues(BaseCase):
    def test_numbers(self):
        for text, decimal, number in (
            ("1234.50", ".", "1234.50"),
            ("1,234.50", ".", "1234.50"),
            ("1 234,50", ",", "1234.50"),
            ("1.234,50", ",", "1234.50"),
            ("1\u00a0234,50 Ft", ",", "1234.50"),
            ("1'234.50", ".", "1234.50"),
            ("-50", ".", "-50"),
            ("\u221250,5", ",", "-50.5"),
            ("(50.00)", ".", "-50.00"),
            ("50-", ".", "-50"),
            ("$ 12", ".", "12"),
            (".5", ".", "0.5"),
            ("1234", ",", "1234"),
            ("12 руб.", ".", "12"),
        ):
            with self.subTest(text=text):
                self.assertEqual(values.read_number(text, decimal), Decimal(number))
        for text, decimal in (("12,5", "."), ("1.2.3", "."), ("x", "."), ("", ".")):
            with self.subTest(text=text), self.assertRaises(values.Problem):
                values.read_number(text, decimal)

    def test_decimal_sign(self):
        self.assertEqual(values.guess_decimal(["1,50", "2"]), ",")
        self.assertEqual(values.guess_decimal(["1.50", "2"]), ".")
        self.assertEqual(values.guess_decimal(["1,234.50"]), ".")
        self.assertEqual(values.guess_decimal(["1.234,5"]), ",")
        self.assertEqual(values.guess_decimal(["1,234"]), ".")
        self.assertEqual(values.guess_decimal(["12"], ";"), ",")

    def test_dates(self):
        for text, order, day, rest in (
            ("2018-03-15", "mdy", "2018-03-15", ""),
            ("2018/3/5", "dmy", "2018-03-05", ""),
            ("2018. 03. 15.", "dmy", "2018-03-15", ""),
            ("03/15/2018", "mdy", "2018-03-15", ""),
            ("15.3.18", "dmy", "2018-03-15", ""),
            ("2018-03-15T14:30:00", "ymd", "2018-03-15", "T14:30:00"),
            ("3/5/2018 2:30 PM", "mdy", "2018-03-05", "2:30 PM"),
        ):
            with self.subTest(text=text):
                found, after = values.read_date(text, order)
                self.assertEqual((str(found), after), (day, rest))
        for text in ("2018-13-45", "2018-02-29", "soon", "15", "0018-01-01"):
            with self.subTest(text=text), self.assertRaises(values.Problem):
                values.read_date(text, "ymd")

    def test_times(self):
        for text, found in (
            ("3:50:00 PM", time(15, 50)),
            ("12:05 am", time(0, 5)),
            ("12:05 p.m.", time(12, 5)),
            ("9.30", time(9, 30)),
            ("T14:30:00.000Z", time(14, 30)),
            ("08:15:30", time(8, 15, 30)),
        ):
            with self.subTest(text=text):
                self.assertEqual(values.read_time(text), found)
        for text in ("25:00", "13:00 PM", "noon", "1030"):
            with self.subTest(text=text), self.assertRaises(values.Problem):
                values.read_time(text)

    def test_contradicting_dates_are_not_certain(self):
        order, sure = values.guess_order(["13/02/2018", "02/13/2018"])
        self.assertFalse(sure)
        self.assertIn(order, ("dmy", "mdy"))

    def test_references(self):
        self.assertEqual(values.read_ref("635.0"), "635")
        self.assertEqual(values.read_ref(" 00635 "), "00635")
        self.assertEqual(values.read_ref("A-1.5"), "A-1.5")

    def test_encodings(self):
        text = "Клиент;Услуга;Сумма\n" + "Иванова Анна;Стрижка женская;1500\n" * 20
        for encoding in ("utf-8", "utf-8-sig", "windows-1251"):
            with self.subTest(encoding=encoding):
                self.assertEqual(guess_encoding(text.encode(encoding)), encoding)
        self.assertEqual(guess_encoding(text.encode("utf-16")), "utf-16")

    def test_separators(self):
        for sign in ",;\t|":
            with self.subTest(sign=sign):
                data = sign.join(["a", '"b,c;d"', "e"]).encode()
                self.assertEqual(guess_separator(data + b"\n" + data, "utf-8"), sign)
