"""Layouts that salons bring along, each imported and compared with counts by hand.

The files lie beside the repository, or where SALON_IMPORT_LAYOUTS says, and are
never copied into it.
"""

import os
from pathlib import Path
from unittest import skipUnless

from odoo.tests import freeze_time, tagged

from odoo.addons.salon_reminders.tests.common_import import SalonImportCase

FOLDER = Path(
    os.environ.get("SALON_IMPORT_LAYOUTS")
    or Path(__file__).resolve().parents[3] / "shared" / "cases" / "files"
)
FIGURES = ("client_count", "visit_count", "walkin_count", "booked_count")
FIGURES += ("cancelled_count", "no_show_count", "amount", "failed_count")


@tagged("standard", "post_install", "-at_install")
@skipUnless(FOLDER.exists(), f"there are no layouts in {FOLDER.name}")
@freeze_time("2026-11-27 09:00:00")
class TestImportLayouts(SalonImportCase):
    maxDiff = None

    def _check_layout(self, name, country, kind, doubts=0, **figures):
        """Import a file as a salon of a country and compare what the check says."""
        self.company.country_id = self.env.ref(f"base.{country}")
        done = self._import({name: (FOLDER / name).read_bytes()})
        expected = dict.fromkeys(FIGURES, 0) | figures
        found = {figure: done[figure] for figure in FIGURES}
        self.assertEqual((done.file_ids.kind, found), (kind, expected))
        self.assertEqual(done.doubt_count, doubts, done.doubt_row_ids.mapped("doubt"))
        return done

    def _person(self, name):
        person = self.env["res.partner"].search([("name", "=", name)])
        self.assertEqual(len(person), 1, name)
        return person

    def test_list_of_appointments_with_prices(self):
        self._check_layout(
            "F5_square_appointments_history.csv",
            "us",
            "bookings",
            client_count=4,
            visit_count=4,
            booked_count=1,
            amount=1335,
        )
        maya = self._person("Maya Quill")
        self.assertEqual(maya.phone_sanitized, "+12125550143")
        self.assertEqual(maya.email, "maya@example.com")
        first, second = maya.salon_visit_ids.sorted("start")
        self.assertEqual((first.amount_total, second.amount_total), (1140, 85))
        self.assertEqual((second.stop - second.start).seconds, 45 * 60)
        self.assertEqual(second.note, "first visit")

    def test_moments_with_names_of_months(self):
        self._check_layout(
            "F7a_acuity_schedule.csv",
            "us",
            "bookings",
            client_count=2,
            visit_count=2,
            amount=225,
        )
        visit = self._person("Maya Quill").salon_visit_ids
        local = self.company._salon_local(visit.start).replace(tzinfo=None)
        self.assertEqual(str(local), "2026-11-03 14:30:00")

    def test_first_and_last_names(self):
        self._check_layout(
            "F7b_acuity_clients_list.csv", "us", "clients", client_count=3
        )
        self.assertEqual(self._person("Perrin Ash").email, "perrin@example.com")

    def test_moments_in_one_column(self):
        self._check_layout(
            "F7c_acuity_appointments.csv",
            "us",
            "bookings",
            client_count=2,
            visit_count=2,
            amount=225,
        )

    def test_finnish(self):
        self._check_layout("F10a_timma_asiakkaat.csv", "fi", "clients", client_count=2)
        self._check_layout(
            "F10b_timma_varaukset.csv",
            "fi",
            "bookings",
            visit_count=1,
            cancelled_count=1,
        )
        self.assertEqual(len(self._person("Aino Tyrni").salon_visit_ids), 1)

    def test_birthdays_without_a_year_and_a_card_of_walk_ins(self):
        done = self._check_layout(
            "F11_legacy_client_data_set.csv",
            "za",
            "clients",
            # Three birthdays, one of them beside a second phone.
            doubts=3,
            client_count=3,
        )
        self.assertEqual(done.walkin_ref, "103")
        vos = self._person("Lientjie Vos")
        self.assertEqual(vos.phone_sanitized, "+27825550101")
        self.assertEqual(vos.salon_note, "Birthdate: 28-Oct")
        self._person("Naidoo")

    def test_sales_with_a_return_and_a_total(self):
        done = self._check_layout(
            "F16_1c_prodazhi.xlsx",
            "ru",
            "receipts",
            client_count=1,
            visit_count=1,
            walkin_count=1,
            amount=4950.5,
            failed_count=1,
        )
        self.assertIn("Итого", done.failed_row_ids.error)
        lines = self._person("Лужина Вера").salon_visit_ids.line_ids
        self.assertEqual(sorted(lines.mapped("quantity")), [-1, 1, 2])

    def test_clients_with_two_numbers_in_a_cell(self):
        done = self._check_layout(
            "F17a_yclients_klienty.xlsx", "ru", "clients", client_count=3
        )
        self.assertEqual(done.further_count, 1)
        vera = self._person("Вера Лужина")
        self.assertEqual(vera.phone_sanitized, "+79165550143")
        nina = self._person("Нина Щукина (Оля дочь)")
        self.assertEqual(nina.phone_sanitized, "+79165550145")
        self.assertEqual(nina.salon_number_ids.number_key, "+74955550199")
        self.assertFalse(vera.salon_consent_ids)

    def test_statuses_of_visits(self):
        self._check_layout(
            "F17b_yclients_zapisi.csv",
            "ru",
            "bookings",
            client_count=3,
            visit_count=1,
            booked_count=1,
            cancelled_count=2,
            no_show_count=1,
            amount=3200,
        )

    def test_lists_of_clients_in_further_languages(self):
        for name, country, people in (
            ("F21_clientes.csv", "br", {"Iara Pitã": "+551135550143"}),
            ("F22_kunden.csv", "de", {"Käthe Öhlmann": "+49305550143"}),
            ("F23_klienci.csv", "pl", {"Zofia Łąkowa": "+48512345678"}),
        ):
            with self.subTest(name=name):
                self.company.country_id = self.env.ref(f"base.{country}")
                done = self._import({name: (FOLDER / name).read_bytes()})
                self.assertEqual((done.client_count, done.failed_count), (2, 0))
                for person, number in people.items():
                    self.assertEqual(self._person(person).phone_sanitized, number)
                    self.assertFalse(self._person(person).salon_consent_ids)

    def test_language_without_known_headers_is_mapped_by_hand(self):
        name = "F24_customers_jp.csv"
        file = self._upload({name: (FOLDER / name).read_bytes()}).file_ids
        self.assertEqual(file.encoding, "cp932")
        self.assertIn("電話番号", file.unused)
        self.assertFalse(any(file.column_ids.mapped("target")))
