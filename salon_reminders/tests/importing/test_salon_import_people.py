from odoo.tests import freeze_time

from ..common_import import SalonImportCase


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
