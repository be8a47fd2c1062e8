from odoo.exceptions import UserError
from odoo.tests import freeze_time

from ..common_call import CallCase


@freeze_time("2026-03-10 09:00:00")
class TestSalonCallGone(CallCase):
    """The client goes, or becomes another one, while she is on the phone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["salon.call"].search([("id", "!=", cls.call.id)]).action_cancel()

    def setUp(self):
        super().setUp()
        self._desk().take_call(self.call.id)
        self.env.cr.precommit.run()

    def _send(self, kind="no_answer", **values):
        outcome = self._get_outcome(kind)
        self.env.invalidate_all()
        return self._desk().log_outcome(self.call.id, outcome.id, "token", values)

    def _merge(self, source, target):
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((source | target).ids, target)

    def _check_gone(self, how):
        """Nothing can be logged, and the desk says why and shows no number."""
        self.assertIn(self.call, self.call._get_changed())
        with self.assertRaisesRegex(UserError, how):
            self._send(note="She said yes")
        self.assertFalse(self.call.attempt_ids)
        card = self._desk().show_call(self.call.id)["card"]
        self.assertNotEqual(card["state"], "open")
        self.assertRegex(card["close_text"], how)
        self.assertFalse(card["phone"])
        self.assertFalse(self.env["salon.call.claim"].search([]))
        self.assertFalse(self._desk().take_next("all")["card"])

    def test_archived(self):
        self.anna.action_archive()
        self._check_gone("archived")

    def test_erased(self):
        self.env["salon.privacy"]._erase(self.anna)
        self._check_gone("by hand|By hand")
        self.assertNotIn("Anna", str(self._desk().show_call(self.call.id)))

    def test_merged_into_one_who_has_a_call(self):
        twin = self._create_due_call("Anna K.", "+36 30 123 4568")
        self._merge(self.anna, twin.partner_id)
        self.assertIn(self.call, self.call._get_changed())
        with self.assertRaisesRegex(UserError, "merged"):
            self._send(note="She said yes")
        card = self._desk().show_call(self.call.id)["card"]
        self.assertEqual(card["name"], "Anna K.")
        self.assertIn("merged", card["close_text"])
        self.assertEqual(self._desk().take_next("all")["card"]["id"], twin.id)

    def test_merged_into_one_without_a_call(self):
        twin = self._create_client("Anna K.", "+36 30 123 4568")
        self._merge(self.anna, twin)
        self.assertIn(self.call, self.call._get_changed())
        card = self._desk().show_call(self.call.id)["card"]
        self.assertEqual((card["name"], card["state"]), ("Anna K.", "open"))
        answer = self._send("declined", note="Later")
        attempt = self.env["salon.call.attempt"].browse(answer["attempt_id"])
        self.assertEqual(attempt.partner_id, twin)
        self.assertEqual(attempt.note, "Later")
        self.assertFalse(self.env["salon.call.claim"].search([]))

    def test_another_is_merged_into_her(self):
        twin = self._create_due_call("Anna K.", "+36 30 123 4568").partner_id
        self._merge(twin, self.anna)
        self._send("declined")
        self.assertEqual(self.call.outcome_kind, "declined")
        self.assertEqual(self.call.attempt_ids.user_id, self.receptionist)

    def test_deleted(self):
        """A call is never deleted by people; a desk that asks for it is told."""
        gone = self.env["salon.call"].browse(self.call.id + 1000)
        for method, args in (
            ("take_call", ()),
            ("get_times", ()),
            ("log_outcome", (self._get_outcome("no_answer").id, "token")),
        ):
            with self.assertRaisesRegex(UserError, "not there any more"):
                getattr(self._desk(), method)(gone.id, *args)
