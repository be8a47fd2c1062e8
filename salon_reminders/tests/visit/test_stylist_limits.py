from odoo.exceptions import AccessError, ValidationError
from odoo.service.model import call_kw
from odoo.tests import freeze_time, users

from ..common import SalonCase

PIXEL = (
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    b"YPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


@freeze_time("2026-03-10 09:00:00")
class TestStylistLimits(SalonCase):
    """A stylist opens no card by what she may change."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna = cls._create_client("Anna")
        cls.gone = cls._create_client("Gone", "+36 30 765 4321")
        cls.recent = cls._create_visit(cls.anna, "2026-03-10")
        cls.old = cls._create_visit(cls.gone, "2025-06-01")
        cls.booked = cls._create_visit(cls.gone, "2025-06-02", state="booked")

    def _call(self, records, name, *args):
        return call_kw(self.env[records._name], name, [records.ids, *args], {})

    def _take_photo(self, partner, **vals):
        return self.env["salon.client.photo"].create(
            {"partner_id": partner.id, "image_1920": PIXEL, **vals}
        )

    @users("t_vera")
    def test_an_old_visit_is_not_moved(self):
        for visit in (self.old, self.booked):
            for vals in (
                {"start": "2026-03-10 15:00:00"},
                {"start": "2026-03-10 15:00:00", "partner_id": False},
                {"note": "6.1"},
            ):
                with self.assertRaisesRegex(AccessError, "Ask the reception"):
                    self._call(visit, "write", vals)
        with self.assertRaises(AccessError):
            self._call(self.old, "copy", {"start": "2026-03-10 15:00:00"})
        self.assertFalse(self.gone.with_user(self.env.user).has_access("read"))
        self._call(self.recent, "write", {"note": "6.1"})

    @users("t_recep")
    def test_the_desk_moves_it(self):
        self._call(self.booked, "write", {"start": "2026-03-12 15:00:00"})
        self.assertEqual(str(self.booked.date), "2026-03-12")

    @users("t_vera")
    def test_a_foreign_call_stays_unknown(self):
        call = self.env["salon.call"].sudo().create({"partner_id": self.gone.id})
        with self.assertRaises(AccessError):
            self._call(self.recent, "write", {"call_id": call.id})
        vals = {"stylist_id": self.stylist.id, "call_id": call.id}
        with self.assertRaises(AccessError):
            call_kw(self.env["salon.visit"], "create", [vals], {})
        self.assertFalse(self.recent.call_id)

    @users("t_vera")
    def test_photos_are_seen_as_the_card_is(self):
        photos = self.env["salon.client.photo"]
        taken = photos.sudo().create(
            [
                {"partner_id": partner.id, "image_1920": PIXEL}
                for partner in (self.anna, self.gone)
            ]
        )
        found = photos.search([("id", "in", taken.ids)])
        self.assertEqual(found.partner_id, self.anna)
        with self.assertRaises(AccessError):
            self._call(taken[1], "read", ["image_1920"])

    @users("t_vera")
    def test_no_photo_on_a_foreign_card(self):
        photo = self._take_photo(self.anna)
        with self.assertRaises(AccessError):
            self._take_photo(self.gone)
        with self.assertRaises(AccessError):
            self._call(photo, "write", {"partner_id": self.gone.id})

    @users("t_recep")
    def test_photo_and_visit_are_of_one_client(self):
        with self.assertRaisesRegex(ValidationError, "somebody else"):
            self._take_photo(self.anna, visit_id=self.old.id)
        self.assertTrue(self._take_photo(self.anna, visit_id=self.recent.id))
