"""The client's own link: a year at most, revoked when it must be, stored nowhere."""

from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, users
from odoo.tools import SQL, mute_logger
from odoo.tools.misc import hash_sign

from ...models.consent.res_partner import SCOPE
from ..common import SalonCase


@freeze_time("2026-03-10 09:00:00")
class TestOwnLink(SalonCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna = cls._create_client("Anna", consent=False)
        cls.bea = cls._create_client("Bea", "+36301234568", consent=False)

    def _show(self):
        """Return the link as the desk shows it."""
        action = self.anna.with_user(self.env.user).action_salon_consent_link()
        return self.env["salon.consent.link"].browse(action["res_id"])

    def _get_token(self, link):
        return link.url.rpartition("/")[2]

    def _find(self, token):
        return self.env["res.partner"]._find_by_salon_token(token)

    @users("t_recep")
    def test_it_is_stored_nowhere(self):
        link = self._show()
        self.assertEqual(self._find(self._get_token(link)), self.anna)
        self.env.flush_all()
        row = self.env.execute_query_dict(
            SQL("SELECT * FROM salon_consent_link WHERE id = %s", link.id)
        )
        self.assertNotIn("/salon/consent/", str(row))
        self.assertFalse(link._fields["url"].store)

    @users("t_recep")
    def test_a_year_at_most(self):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(CheckViolation),
            self.env.cr.savepoint(),
        ):
            self.company.salon_link_days = 366
            self.company.flush_recordset()
        self.company.salon_link_days = 365
        link = self._show()
        self.assertEqual(str(link.expiry_date), "2027-03-10")
        token = self._get_token(link)
        with freeze_time("2027-03-10 08:59:00"):
            self.assertTrue(self._find(token))
        with freeze_time("2027-03-10 09:01:00"):
            self.assertFalse(self._find(token))

    @users("t_recep")
    def test_revoked(self):
        first = self._get_token(self._show())
        bea = self.bea._get_salon_token()
        anna = self.anna.with_user(self.env.user)
        anna.action_salon_revoke_links()
        self.assertFalse(self._find(first))
        second = self._get_token(self._show())
        self.assertEqual(self._find(second), self.anna)
        self.assertFalse(self._find(first))
        anna.action_salon_revoke_links()
        self.assertFalse(self._find(second))
        self.assertTrue(self._find(bea))

    def test_of_another_salon_it_stays(self):
        other = self._create_company("Second salon")
        theirs = self.anna.with_company(other)._get_salon_token()
        self.anna.action_salon_revoke_links()
        self.assertTrue(self._find(theirs))
        self.assertEqual(self.anna.salon_pass_ids.company_id, self.company)

    def test_printed_before_there_was_revoking(self):
        """It works until its own end, also one of more than a year, unless revoked."""
        until = fields.Datetime.add(fields.Datetime.now(), days=700)
        values = [self.anna.id, self.company.id]
        token = hash_sign(self.env, SCOPE, values, expiration=until)
        with freeze_time("2027-12-01 09:00:00"):
            self.assertTrue(self._find(token))
        self.anna.action_salon_revoke_links()
        self.assertFalse(self._find(token))

    @users("t_recep")
    def test_the_card_tells_what_became_of_it(self):
        link = self._show()
        shown = self.anna.with_user(self.env.user).salon_pass_ids
        self.assertEqual(str(shown.shown_at), "2026-03-10 09:00:00")
        self.assertEqual(shown.expiry_date, link.expiry_date)
        self.assertFalse(shown.answered_at)
        with freeze_time("2026-03-11 10:00:00"):
            found = self._find(self._get_token(link))
            found._get_salon_link_values()
            self.assertFalse(shown.answered_at)
            found._record_salon_link_answers({"reminder_phone": "1"})
        self.assertEqual(str(shown.answered_at), "2026-03-11 10:00:00")
        self.assertFalse(shown.revoked_at)
        self.anna.with_user(self.env.user).action_salon_revoke_links()
        self.assertEqual(str(shown.revoked_at), "2026-03-10 09:00:00")
        self._show()
        self.assertEqual(len(self.anna.salon_pass_ids), 1)

    def test_who_may(self):
        self._create_visit(self.anna, "2026-03-10", state="booked")
        anna = self.anna.with_user(self.stylist_user)
        for act in (anna.action_salon_consent_link, anna.action_salon_revoke_links):
            with self.assertRaises(AccessError):
                act()
        self.anna.action_salon_consent_link()
        for user in (self.receptionist, self.manager):
            passes = self.anna.salon_pass_ids.with_user(user)
            for act in (lambda p=passes: p.write({"number": 0}), passes.unlink):
                with self.assertRaises(AccessError):
                    act()
