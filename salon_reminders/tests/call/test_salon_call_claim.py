from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.tests import freeze_time
from odoo.tools import SQL, mute_logger

from ..common_call import CallCase


@freeze_time("2026-03-10 09:00:00")
class TestSalonCallClaim(CallCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.petra = cls._create_user("petra", "group_receptionist")
        cls.mine = cls.call.with_user(cls.receptionist)
        cls.hers = cls.call.with_user(cls.petra)

    def test_only_one_has_the_client(self):
        self.assertTrue(self.mine._claim())
        self.assertFalse(self.hers._claim())
        self.assertEqual(self.hers.claim_user_id, self.receptionist)
        self.mine._release()
        self.assertTrue(self.hers._claim())

    def test_only_one_has_the_number(self):
        daughter = self._create_due_call("Daughter", "+36 30 123 4567")
        self.assertTrue(self.mine._claim())
        self.assertFalse(daughter.with_user(self.petra)._claim())
        self.assertEqual(daughter.claim_user_id, self.receptionist)
        with self.assertRaisesRegex(UserError, "same number"):
            self._log("no_answer", call=daughter, user=self.petra)

    def test_desks_are_told_of_everybody_on_the_number(self):
        daughter = self._create_due_call("Daughter", "+36 30 123 4567")
        self._create_due_call("Bea", "+36 30 123 4568")
        for step in (self.mine._claim, self.mine._release, self.mine._claim):
            self.env.cr.precommit.run()
            step()
            self.assertEqual(self.mine._get_changed(), self.call | daughter)

    def test_other_salons_have_claims_of_their_own(self):
        claims = self.env["salon.call.claim"]
        self.assertTrue(self.mine._claim())
        other = self._create_company("Other")
        self.assertFalse(claims._get_running(other))

    def test_database_refuses_a_second_claim(self):
        self.mine._claim()
        claim = self.env["salon.call.claim"].search([("call_id", "=", self.call.id)])
        for changed in ("phone", "partner_id"):
            vals = claim.copy_data()[0] | {"user_id": self.petra.id}
            other = self._create_client("Other", "+36 30 765 4321")
            vals[changed] = "+36307654321" if changed == "phone" else other.id
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.cr.savepoint(),
            ):
                claim.create(vals)

    def test_expires_and_is_taken_over(self):
        self.company.salon_claim_minutes = 5
        self.mine._claim()
        with freeze_time("2026-03-10 09:04:59"):
            self.env.invalidate_all()
            self.assertFalse(self.hers._claim())
        with freeze_time("2026-03-10 09:05:01"):
            self.env.invalidate_all()
            self.assertFalse(self.hers.claim_user_id)
            self.assertTrue(self.hers._claim())
            self.assertFalse(self.mine._claim())

    def test_is_prolonged_without_starting_anew(self):
        self.mine._claim()
        with freeze_time("2026-03-10 09:08:00"):
            self.assertTrue(self.mine._claim())
            claim = self.env["salon.call.claim"].search([])
            self.assertEqual(str(claim.date), "2026-03-10 09:00:00")
            self.assertEqual(str(claim.until), "2026-03-10 09:18:00")
            attempt = self._log("no_answer")
        self.assertEqual(attempt.duration, 8)
        self.assertEqual(str(attempt.date), "2026-03-10 09:00:00")
        self.assertEqual(str(attempt.date_end), "2026-03-10 09:08:00")

    def test_the_next_call_frees_the_one_before(self):
        other = self._create_due_call("Bea", "+36 30 123 4568")
        self.mine._claim()
        other.with_user(self.receptionist)._claim()
        self.assertTrue(self.hers._claim())

    def test_logging_frees_it(self):
        self.mine._claim()
        self._log("no_answer")
        self.assertFalse(self.call.claim_user_id)
        self.mine._claim()
        self._log("declined")
        self.assertFalse(self.env["salon.call.claim"].search([]))

    def test_nobody_logs_over_a_colleague(self):
        self.mine._claim()
        with self.assertRaisesRegex(UserError, "is calling Anna"):
            self.hers.action_no_answer()
        with self.assertRaisesRegex(UserError, "is calling Anna"):
            self.hers.action_log()
        self.assertFalse(self.call.attempt_ids)

    def test_no_claim_without_consent(self):
        self.env.cr.execute(
            "UPDATE salon_consent SET decision = 'withdrawn' WHERE partner_id = %s",
            (self.anna.id,),
        )
        with self.assertRaisesRegex(UserError, "not agreed"):
            self.mine._claim()

    def test_closed_call_can_not_be_claimed(self):
        self.call.action_cancel()
        with self.assertRaisesRegex(UserError, "closed meanwhile"):
            self.mine._claim()

    def test_merged_client_has_no_claim_left(self):
        twin = self._create_due_call("Anna K.", "+36 30 123 4568")
        self.mine._claim()
        twin.with_user(self.petra)._claim()
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.anna | twin.partner_id).ids, twin.partner_id)
        self.assertEqual(self.env["salon.call.claim"].search([]).call_id, twin)
        with self.assertRaisesRegex(UserError, "merged"):
            self._log("no_answer")

    def test_old_claims_are_cleaned_up(self):
        self.mine._claim()
        with freeze_time("2026-03-12 09:00:00"):
            self.env["salon.call.claim"]._gc_expired()
        self.assertFalse(self.env["salon.call.claim"].search([]))

    def test_whether_a_claim_holds_is_told_once(self):
        """In SQL as in Python: by client or number, at this salon, until it ends."""
        mother = self._create_due_call("Mother", "+36 30 123 4567")
        bea = self._create_due_call("Bea", "+36 30 123 4568")
        claims = self.env["salon.call.claim"]
        self.company.salon_claim_minutes = 5
        self.assertTrue(self.mine._claim())
        claim = claims.search([("call_id", "=", self.call.id)])
        for moment in ("09:00:00", "09:04:59", "09:05:00"):
            with freeze_time(f"2026-03-10 {moment}"):
                for call in (self.call, mother, bea):
                    wanted = call != bea and moment < "09:05:00"
                    self.assertEqual(bool(claim._get_holding(call)), wanted, moment)
                    self.assertEqual(self._holds(claim, call), wanted, moment)
        other = self.call.copy_data()[0] | {"company_id": self._create_company("O").id}
        foreign = self.env["salon.call"].new(other)
        self.assertFalse(claim._get_holding(foreign))
        self.assertFalse(self._holds(claim, foreign))

    def _holds(self, claim, call):
        self.env.flush_all()
        partner = call.partner_id
        holds = claim._sql_holds(
            SQL("%s", call.company_id.id),
            SQL("%s", partner._origin.id),
            SQL("%s", partner.phone_sanitized),
        )
        return bool(
            self.env.execute_query(
                SQL(
                    "SELECT FROM salon_call_claim c WHERE c.id = %s AND %s",
                    claim.id,
                    holds,
                )
            )
        )
