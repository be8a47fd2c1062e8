"""Two receptionists in two browsers, on a real server, with lines that can break."""

import os
import unittest

import pytest

from ..people import Salon, at_once, wait_for

pytestmark = pytest.mark.room("call")

NAME = f"two_desks_{os.getpid()}"
CARD, CLIENT = ".o_salon_card", ".o_salon_name"
TODO = "[data-counter='todo'] b"


class TestTwoDesks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.salon = Salon(NAME)
        cls.addClassCleanup(cls.salon.close)
        # Browsers meet at any hour of any day.
        cls.salon.query(
            """UPDATE res_company
                  SET salon_call_start = 0.01, salon_call_stop = 24,
                      salon_call_days = 'all', salon_call_reason = 'Tests call nobody.'
            RETURNING id"""
        )
        # Nobody is named twice on the list, so that people are told apart.
        cls.line = cls.salon.get_line()
        cls.anna = cls.salon.enter("receptionist", cls.line)
        cls.boss = cls.salon.enter("manager")
        cls.people = [cls.anna, cls.boss]

    def setUp(self):
        super().setUp()
        # Nobody has anybody on the phone any more.
        self.line.mend()
        self.salon.query("DELETE FROM salon_call_claim")
        for person in self.people:
            person.open_desk()

    def _get_attempts(self, since):
        return self.salon.query(
            """SELECT u.login, o.kind, COALESCE(a.note, ''), a.call_id
                 FROM salon_call_attempt a
                 JOIN res_users u ON u.id = a.user_id
                 JOIN salon_call_outcome o ON o.id = a.outcome_id
                WHERE a.id > %s ORDER BY a.id""",
            since,
        )

    def _get_last_attempt(self):
        return self.salon.query("SELECT MAX(id) FROM salon_call_attempt")[0][0] or 0

    def _get_claims(self):
        return self.salon.query(
            """SELECT u.login, c.call_id FROM salon_call_claim c
                 JOIN res_users u ON u.id = c.user_id ORDER BY c.id"""
        )

    def _get_selected(self, person):
        return int(
            person.run("document.querySelector('.o_salon_selected').dataset.call")
        )

    def _get_row(self, call_id):
        return f".o_salon_row[data-call='{call_id}']"

    def _press_note(self, person, text):
        person.type(".o_salon_note", text)
        person.run("document.querySelector('.o_salon_note').blur()")

    # ---- one client, one telephone ----

    def test_one_client_one_telephone(self):
        call_id = self._get_selected(self.anna)
        self.assertEqual(self._get_selected(self.boss), call_id)
        before = self._get_last_attempt()
        at_once(*(lambda who=who: who.press("Enter", "Enter") for who in self.people))
        wait_for(self._is_decided, "who has the client")
        ((login, claimed),) = self._get_claims()
        self.assertEqual(claimed, call_id)
        winner, loser = sorted(self.people, key=lambda who: who.login != login)
        winner.see(CARD)
        # Whoever got nothing is told who has her, without reloading.
        self.assertEqual(loser.count(CARD), 0)
        loser.see(f"{self._get_row(call_id)}.o_salon_taken .fa-phone")

        todo, client = loser.text(TODO), winner.text(CLIENT)
        winner.press("n", "KeyN")
        wait_for(lambda: loser.text(TODO) != todo, "the counter at the other desk")
        wait_for(lambda: winner.text(CLIENT) not in (None, client), "the next client")
        attempts = self._get_attempts(before)
        self.assertEqual(attempts, [(login, "no_answer", "", call_id)])

    def _is_decided(self):
        cards = sum(person.count(CARD) for person in self.people)
        told = sum(person.count(".o_notification") for person in self.people)
        return cards and told

    def test_first_is_seen_at_once_and_next_passes_over_her(self):
        call_id = self._get_selected(self.anna)
        self.anna.press("Enter", "Enter")
        self.anna.see(CARD)
        self.boss.see(f"{self._get_row(call_id)}.o_salon_taken .fa-phone")
        self.boss.click(".o_salon_begin")
        self.boss.see(CARD)
        self.assertEqual(len({call for _login, call in self._get_claims()}), 2)
        # She is free again as soon as she is left.
        self.anna.press("Escape", "Escape")
        self.boss.see(f"{self._get_row(call_id)}:not(.o_salon_taken)")

    def test_one_number_of_two_clients(self):
        """Mother and daughter have one telephone."""
        rows = self.anna.run(
            "[...document.querySelectorAll('.o_salon_row')].map(r => r.dataset.call)"
        )
        first, second = (int(number) for number in rows[:2])
        ((partner_id, number),) = self.salon.query(
            """SELECT k.partner_id, p.phone_sanitized FROM salon_call k, res_partner p
                WHERE k.id = %s AND p.id = (
                    SELECT partner_id FROM salon_call WHERE id = %s)""",
            second,
            first,
        )
        ((own,),) = self.salon.query(
            "SELECT phone_sanitized FROM res_partner WHERE id = %s", partner_id
        )
        self._set_number(partner_id, number)
        self.addCleanup(self._set_number, partner_id, own)
        self.anna.click(self._get_row(first))
        self.anna.see(CARD)
        self.boss.see(f"{self._get_row(second)}.o_salon_taken")
        self.boss.click(self._get_row(second))
        self.boss.see(".o_notification")
        self.assertEqual(self.boss.count(CARD), 0)
        self.assertEqual(self._get_claims(), [("receptionist", first)])

    def _set_number(self, partner_id, number):
        self.salon.query(
            "UPDATE res_partner SET phone_sanitized = %s WHERE id = %s",
            number,
            partner_id,
        )

    # ---- the line breaks ----

    def test_cut_off_before_the_outcome_is_sent(self):
        call_id, before = self._get_selected(self.anna), self._get_last_attempt()
        self.anna.press("Enter", "Enter")
        self.anna.see(CARD)
        self._press_note(self.anna, "Asked for Friday")
        self.line.kill()
        self.anna.press("n", "KeyN")
        self.anna.see(".o_salon_offline")
        # She tries again, and something else: it is one call.
        self.anna.press("n", "KeyN")
        self.anna.press("w", "KeyW")
        self.assertEqual(self._get_attempts(before), [])
        self.line.mend()
        expected = [("receptionist", "no_answer", "Asked for Friday", call_id)]
        wait_for(lambda: self._get_attempts(before), "the outcome")
        wait_for(lambda: not self.anna.count(".o_salon_offline"), "the next client")
        self.assertEqual(self._get_attempts(before), expected)

    def test_cut_off_before_the_answer_comes(self):
        call_id, before = self._get_selected(self.anna), self._get_last_attempt()
        self.anna.press("Enter", "Enter")
        self.anna.see(CARD)
        self.line.deafen()
        self.anna.press("n", "KeyN")
        self.anna.see(".o_salon_offline")
        expected = [("receptionist", "no_answer", "", call_id)]
        wait_for(lambda: self._get_attempts(before), "the outcome")
        self.line.mend()
        wait_for(lambda: not self.anna.count(".o_salon_offline"), "the next client")
        wait_for(lambda: self._get_selected(self.anna) != call_id, "the next client")
        self.assertEqual(self._get_attempts(before), expected)

    def test_browser_closed_while_cut_off(self):
        call_id, before = self._get_selected(self.anna), self._get_last_attempt()
        self.anna.press("Enter", "Enter")
        self.anna.see(CARD)
        self._press_note(self.anna, "Rings at noon")
        self.line.kill()
        self.anna.press("n", "KeyN")
        self.anna.see(".o_salon_offline")
        self.anna.browser.navigate_to("about:blank")
        self.line.mend()
        self.assertEqual(self._get_attempts(before), [])
        self.anna.open_desk()
        wait_for(lambda: self._get_attempts(before), "the outcome")
        expected = [("receptionist", "no_answer", "Rings at noon", call_id)]
        self.assertEqual(self._get_attempts(before), expected)

    # ---- what colleagues do ----

    def test_colleagues_changes_appear(self):
        call_id = self._get_selected(self.boss)
        self.anna.click(self._get_row(call_id))
        self.anna.see(CARD)
        self.anna.press("d", "KeyD")
        self.anna.click(".o_salon_form .o_salon_save")
        wait_for(lambda: not self.boss.count(self._get_row(call_id)), "her to go")
        # At once, while the next client is still being fetched.
        self.anna.press("z", "KeyZ")
        self.boss.see(self._get_row(call_id))

    def test_closed_by_a_colleague_in_the_middle(self):
        """The card says what happened; what she typed is still there."""
        call_id = self._get_selected(self.anna)
        self.anna.press("Enter", "Enter")
        self.anna.see(CARD)
        self.anna.type(".o_salon_note", "Typed before")
        self.boss.run(
            f"""odoo.__WOWL_DEBUG__.root.env.services.orm.call(
                    'salon.call', 'action_cancel', [[{call_id}]])"""
        )
        self.anna.see(".o_salon_closed")
        self.assertEqual(self._get_note(), "Typed before")

    def _get_note(self):
        return self.anna.run("document.querySelector('.o_salon_note')?.value")

    # ---- the note for the next shift ----

    def test_hand_over_written_by_two(self):
        note = "div[name='note'] textarea"
        for person in self.people:
            person.go("/odoo/salon-handover", note)
        self.anna.type(note, "Keys are at the bakery. ")
        self.boss.type(note, "Order foils. ")
        for person in self.people:
            person.click(".o_form_button_save")
        # The form says that it is saved also before it has begun to save.
        wait_for(
            lambda: self._is_noted("Keys are at the bakery.", "Order foils."),
            "the sentences of both in one note",
        )

    def _is_noted(self, *sentences):
        ((note,),) = self.salon.query(
            "SELECT note FROM salon_handover ORDER BY date DESC LIMIT 1"
        )
        return all(sentence in (note or "") for sentence in sentences)
