from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time

from ...models.call.salon_call_queue import PAGE
from ..common_call import CallCase

METHODS = {
    "open_desk": (),
    "get_queue": (),
    "get_more": (),
    "get_changes": (),
    "get_times": (1,),
    "take_call": (1,),
    "take_next": (),
    "release_call": (1,),
    "renew_call": (1,),
    "show_call": (1,),
    "log_outcome": (1, 1, "token"),
    "undo_outcome": (1,),
}


@freeze_time("2026-03-10 09:00:00")
class TestSalonCallDesk(CallCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.petra = cls._create_user("petra", "group_receptionist")
        # What other data the database has must not decide a test.
        cls.env["salon.call"].search([("id", "!=", cls.call.id)]).action_cancel()
        cls.bea = cls._create_due_call("Bea", "+36 30 123 4571", value=100)
        cls.cleo = cls._create_due_call("Cleo", "+36 30 123 4572", value=300)

    def _names(self, **kwargs):
        self.env.invalidate_all()
        return [row["name"] for row in self._desk(**kwargs).get_queue("all")["calls"]]

    def _send(self, kind, call=None, token="token", user=None, **values):
        call = call or self.call
        outcome = self._get_outcome(kind)
        return self._desk(user).log_outcome(call.id, outcome.id, token, values)

    # ---- the queue ----

    def test_best_first_promises_on_their_time(self):
        self.assertEqual(self._names(), ["Cleo", "Bea", "Anna"])
        self.call.write({"call_at": "2026-03-10 08:30:00", "priority": "1"})
        self.bea.write({"call_at": "2026-03-10 14:00:00", "priority": "1"})
        self.assertEqual(self._names(), ["Anna", "Cleo", "Bea"])
        rows = self._desk().get_queue("all")["calls"]
        self.assertEqual([row["waiting"] for row in rows], [False, False, True])
        self.assertEqual(rows[2]["hour"], "15:00")
        with freeze_time("2026-03-10 14:00:00"):
            self.assertEqual(self._names(), ["Anna", "Bea", "Cleo"])

    def test_tomorrow_is_not_today(self):
        self.bea.date = "2026-03-11"
        self.assertEqual(self._names(), ["Cleo", "Anna"])

    def test_mine_and_nobodys(self):
        self.bea.user_id = self.petra
        self.cleo.user_id = False
        queue = self._desk().get_queue("mine")
        self.assertEqual([row["name"] for row in queue["calls"]], ["Cleo", "Anna"])
        self.assertEqual(queue["counters"]["todo"], 2)

    def test_counters(self):
        self._send("declined")
        self._send("booked", self.bea, "b", day="2026-03-17", hour="10:00")
        self._send("no_answer", self.cleo, "c")
        counters = self._desk().get_queue("all")["counters"]
        self.assertEqual(
            counters,
            {
                **{"todo": 0, "later": 1, "done": 2, "booked": 1},
                **{"unreachable": 0, "share": 50},
            },
        )

    def test_number_is_on_the_card_only(self):
        row = self._desk().get_queue("all")["calls"][0]
        self.assertFalse([value for value in row.values() if "+36" in str(value)])
        card = self._desk().take_call(self.cleo.id)["card"]
        self.assertEqual(card["phone"], "+36301234572")

    # ---- the card ----

    def test_card_tells_all(self):
        self.anna.salon_note = "6.3 + 20 vol"
        nails = self.env["salon.zone"].create({"name": "Nails"})
        gel = self._create_cycle("Gel", (10, 18, 28))
        gel.zone_id = nails
        self._create_service("Gel manicure", gel)
        twin = self._create_client("Mother")
        self._send("no_answer", note="Busy tone")
        card = self._desk().take_call(self.call.id)["card"]
        self.assertIn("Anna", card["script"])
        self.assertIn("Roots: last visit", card["why"])
        self.assertEqual(card["formula"], "6.3 + 20 vol")
        self.assertIn("Nails", card["zones_ignored"])
        self.assertNotIn("Colour", card["zones_ignored"])
        # The client's card tells the same.
        zones = self.env["salon.client.card"]._get(self.anna)["zones"]
        ignored = [zone["name"] for zone in zones if zone["state"] == "ignored"]
        self.assertEqual(card["zones_ignored"], ignored)
        self.assertEqual(card["same_number"], [twin.name])
        self.assertEqual(card["history"][0]["note"], "Busy tone")
        self.assertEqual(card["visits"][0]["services"], "Root touch-up")
        self.assertEqual(card["services"][0]["id"], self.roots_service.id)
        self.assertEqual(len(card["visits"]), 1)

    def test_card_warns_of_what_must_be_known(self):
        self.assertEqual(self._desk().show_call(self.call.id)["card"]["warning"], "")
        self.anna.with_user(self.receptionist).action_salon_health_agree()
        self.anna.salon_contraindications = "Allergic to PPD"
        card = self._desk().show_call(self.call.id)["card"]
        self.assertEqual(card["warning"], "Allergic to PPD")

    def test_no_number_without_consent(self):
        self._desk().take_call(self.call.id)
        self.anna.action_salon_consent_withdraw()
        self.env.invalidate_all()
        card = self._desk().show_call(self.call.id)["card"]
        self.assertEqual(card["phone"], "")
        self.assertEqual(card["state"], "cancelled")

    # ---- taking and leaving ----

    def test_next_passes_over_what_colleagues_have(self):
        self._desk(self.petra).take_call(self.cleo.id)
        answer = self._desk().take_next("all")
        self.assertEqual(answer["card"]["name"], "Bea")
        answer = self._desk().take_next("all", skip_ids=self.bea.ids)
        self.assertEqual(answer["card"]["name"], "Anna")
        taken = self._desk().take_call(self.cleo.id)
        self.assertEqual(taken, {"taken_by": self.petra.name})
        self._desk(self.petra).release_call(self.cleo.id)
        self.assertIn("card", self._desk().take_call(self.cleo.id))

    def test_empty_list(self):
        (self.call | self.bea | self.cleo).action_cancel()
        self.assertFalse(self._desk().take_next("all")["card"])
        self.assertEqual(self._desk().get_queue("all")["counters"]["todo"], 0)

    def test_renewing(self):
        self._desk().take_call(self.call.id)
        with freeze_time("2026-03-10 09:09:00"):
            until = self._desk().renew_call(self.call.id)
        self.assertEqual(until, "2026-03-10T09:19:00Z")
        self._desk().release_call(self.call.id)
        self._desk(self.petra).take_call(self.call.id)
        self.assertFalse(self._desk().renew_call(self.call.id))

    # ---- logging ----

    def test_log_and_undo(self):
        answer = self._send("call_back", day="2026-03-16", hour="10:30", note=" Hm ")
        self.assertEqual(str(self.call.call_at), "2026-03-16 09:30:00")
        self.assertEqual(
            answer["text"], "Anna: Call back. Next call Mon 16 Mar 2026, 10:30."
        )
        self.assertEqual(self.call.attempt_ids.note, "Hm")
        done = self._desk().get_queue("all")["done"]
        self.assertEqual(done[0]["id"], answer["attempt_id"])
        self._desk().undo_outcome(answer["attempt_id"])
        self.assertFalse(self.call.call_at)
        self.assertTrue(self._desk().get_queue("all")["done"][0]["undone"])

    def test_question_logs_nothing(self):
        values = {"day": "2026-03-15", "hour": "10:30"}
        self.assertIn("closed", self._send("call_back", **values)["question"])
        self.assertFalse(self.call.attempt_ids)
        self._send("call_back", confirmed=True, **values)
        self.assertEqual(self.call.attempt_count, 1)

    def test_a_promise_too_far_ahead_is_refused_without_a_question(self):
        limits = self._desk().open_desk()["limits"]
        self.assertEqual(limits["promise"], "2026-09-10")
        for hour in ("03:00", "10:00"):
            with self.assertRaisesRegex(UserError, "6 months ahead"):
                self._send("call_back", day="2099-11-30", hour=hour, confirmed=True)
            with self.assertRaisesRegex(UserError, "6 months ahead"):
                self._send("call_back", day="2099-11-30", hour=hour)
        said = self._send("call_back", day="2026-03-17", hour="10:00")
        self.assertIn("Next call Tue 17 Mar 2026, 10:00", said["text"])

    def test_booking_with_the_chosen_services(self):
        self._send(
            "booked",
            **{"day": "2026-03-17", "hour": "10:00", "stylist_id": self.stylist.id},
            product_ids=self.roots_service.ids,
        )
        visit = self.call.visit_id
        self.assertEqual(str(visit.start), "2026-03-17 09:00:00")
        self.assertEqual(visit.stylist_id, self.stylist)
        self.assertEqual(visit.line_ids.product_id, self.roots_service)

    def test_declining_the_chosen_needs(self):
        card = self._desk().take_call(self.call.id)["card"]
        need = {"id": self.reminder.id, "name": "Roots"}
        self.assertEqual(card["reminders"], [need])
        for wrong in ([], [0], "all", [self.reminder.id + 1]):
            with self.assertRaises(UserError):
                self._send("declined", reminder_ids=wrong)
        self._send("declined", reminder_ids=self.reminder.ids)
        self.assertTrue(self.reminder.skip_until)

    def test_texts_are_kept_as_far_as_the_desk_lets_type(self):
        limit = self._desk().open_desk()["limits"]["text"]
        reason = self.env["salon.leaving.reason"].create({"name": "Moved away"})
        self._send("left_us", reason_id=reason.id, gift="x" * limit + "y")
        self.assertEqual(self.call.attempt_ids.gift, "x" * limit)

    def test_page_is_as_long_as_the_desk_is_told(self):
        desk = self._desk()
        self.assertEqual(desk.open_desk("all")["limits"]["page"], PAGE)
        rows = desk.get_queue("all", 2)["calls"]
        self.assertEqual([row["name"] for row in rows], ["Cleo", "Bea"])

    def test_same_token_logs_once(self):
        first = self._send("no_answer")
        self.assertEqual(self._send("no_answer"), first)
        self.assertEqual(self.call.attempt_count, 1)

    # ---- what comes from outside ----

    # ---- two windows of one person ----

    def _log_in_window(self, card, token, user=None):
        outcome = self._get_outcome("no_answer")
        return self._desk(user).log_outcome(
            self.call.id, outcome.id, token, {}, seen=card["attempt_id"]
        )

    def test_one_dial_is_logged_in_one_window(self):
        card = self._desk().take_call(self.call.id)["card"]
        self._log_in_window(card, "one")
        self.env.invalidate_all()
        with (
            self.assertRaisesRegex(UserError, '"No answer" for Anna in another window'),
            self.env.cr.savepoint(),
        ):
            self._log_in_window(card, "two")
        self.assertEqual(len(self.call.attempt_ids), 1)
        # Sent again after a lost connection, it was never refused.
        again = self._log_in_window(card, "one")
        self.assertEqual(again["attempt_id"], self.call.attempt_ids.id)

    def test_a_call_opened_again_is_another_dial(self):
        card = self._desk().take_call(self.call.id)["card"]
        self._log_in_window(card, "one")
        self.env.invalidate_all()
        card = self._desk().take_call(self.call.id)["card"]
        self._log_in_window(card, "two")
        self.assertEqual(len(self.call.attempt_ids), 2)

    def test_what_was_undone_or_a_colleague_logged_stands_in_nobodys_way(self):
        card = self._desk().take_call(self.call.id)["card"]
        logged = self._log_in_window(card, "one")
        self._desk().undo_outcome(logged["attempt_id"])
        self._log_in_window(card, "two", user=self.petra)
        self.env.invalidate_all()
        self._log_in_window(card, "three")
        self.assertEqual(len(self.call.attempt_ids), 3)

    def test_stylists_have_no_desk(self):
        for method, arguments in METHODS.items():
            with self.assertRaises(AccessError):
                getattr(self._desk(self.stylist_user), method)(*arguments)

    def test_every_method_is_known_to_this_test(self):
        desk = self.env["salon.call.desk"]
        public = {
            name
            for name, value in vars(type(desk).__bases__[0]).items()
            if callable(value) and not name.startswith("_")
        }
        self.assertEqual(public, set(METHODS))

    def test_wrong_ids_and_types(self):
        desk = self._desk()
        for wrong in (0, -1, 2**40, "1", None, True, [1], {}, 1.5, 2**31 - 1):
            with self.assertRaises(UserError):
                desk.take_call(wrong)
            with self.assertRaises(UserError):
                desk.log_outcome(self.call.id, wrong, "t", {})
            with self.assertRaises(UserError):
                desk.undo_outcome(wrong)
        self.assertTrue(desk.take_next("nonsense", skip_ids=["x", None])["card"])
        self.assertFalse(self.call.attempt_ids)

    def test_wrong_values(self):
        for values in (
            {"day": "2026-02-30", "hour": "10:00"},
            {"day": "soon", "hour": "10:00"},
            {"day": ["2026-03-17"], "hour": {}},
            {"day": "2026-03-17", "hour": "25:00"},
            {"day": "0001-01-01", "hour": "00:00"},
            {"day": "2026-03-17", "hour": "10:00", "product_ids": [2**30]},
        ):
            with self.subTest(values=values):
                if "product_ids" in values:
                    self._send("booked", token="p", **values)
                    self.assertFalse(self.call.visit_id.line_ids)
                    continue
                with self.assertRaises(UserError):
                    self._send("call_back", **values)
        self._desk().log_outcome(
            self.bea.id, self._get_outcome("no_answer").id, "n", "nonsense"
        )
        self.assertEqual(self.bea.attempt_count, 1)

    def test_other_salons_calls_are_out_of_reach(self):
        other = self._create_company("Other")
        consents = self.env["salon.consent"].with_company(other)
        consents.create(consents._prepare_vals(self.anna, "given", "desk"))
        foreign = self.env["salon.call"].create(
            {"partner_id": self.anna.id, "company_id": other.id}
        )
        for method in ("take_call", "show_call", "release_call", "renew_call"):
            with self.assertRaises(UserError):
                getattr(self._desk(), method)(foreign.id)

    # ---- cost ----

    def test_queries_do_not_grow(self):
        self._count_queries()
        few = self._count_queries()
        for number in range(20):
            self._create_due_call(f"Dora {number}", f"+36 30 123 4{600 + number}")
        # What making the calls threw out of the caches of the process is back.
        self._count_queries()
        self.assertEqual(self._count_queries(), few)

    def _count_queries(self):
        counts = []
        for method in ("open_desk", "take_next"):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            card = getattr(self._desk(), method)("all").get("card")
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        # Who is claimed must be free again, or the next count has more to let go.
        self._desk().release_call(card["id"])
        return counts

    # ---- telling the others ----

    def _listen(self):
        """Return the list of what is sent to open desks from now on."""
        self.env.cr.precommit.run()
        sent = []
        group = type(self.env["res.groups"])
        self.patch(
            group, "_bus_send", lambda self, kind, data, **kw: sent.append((kind, data))
        )
        return sent

    def test_others_are_told_once(self):
        sent = self._listen()
        self.call.with_context(salon_desk="abc").note = "Hm"
        self.call.priority = "1"
        self.bea.priority = "1"
        self.env.cr.precommit.run()
        self.assertEqual(len(sent), 1)
        self.assertEqual(sent[0][0], "salon.call/changed")
        self.assertEqual(sent[0][1]["call_ids"], sorted((self.call | self.bea).ids))
        self.assertEqual(sent[0][1]["desk"], "abc")

    def test_others_are_told_of_more_than_they_follow(self):
        limit = self._desk().open_desk()["limits"]["changes"]
        sent = self._listen()
        many = self.env["salon.call"].browse(range(1, limit + 10))
        self.env.cr.precommit.data["salon.call.changed"] = {
            self.call.company_id.id: set(many.ids)
        }
        self.env["salon.call"]._send_changes()
        self.assertEqual(len(sent[0][1]["call_ids"]), limit + 1)
