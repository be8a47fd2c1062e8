from odoo.exceptions import ValidationError
from odoo.tests import freeze_time

from ..common import SalonCase


@freeze_time("2026-03-10 23:30:00")
class TestResPartner(SalonCase):
    """What is entered on the card of a client."""

    def test_birthday_lies_in_a_life(self):
        anna = self._create_client("Anna").with_user(self.receptionist)
        # By the clock of the salon it is the 11th already.
        for day in ("1900-01-01", "2026-03-11", False):
            anna.salon_birthdate = day
        for day in ("1899-12-31", "2026-03-12", "1090-05-01"):
            with self.assertRaisesRegex(ValidationError, "Anna can't be born on"):
                anna.salon_birthdate = day
