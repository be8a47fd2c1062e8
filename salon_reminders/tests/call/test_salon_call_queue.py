from odoo.tests import freeze_time
from odoo.tools import SQL

from ...models.call.salon_call import WORTH_FIRST
from ..common_call import CallCase


@freeze_time("2026-03-10 09:00:00")
class TestSalonCallQueue(CallCase):
    """The order of calls, page by page, and what a step changes in it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.petra = cls._create_user("petra", "group_receptionist")
        # What other data the database has must not decide a test.
        cls.env["salon.call"].search([("id", "!=", cls.call.id)]).action_cancel()
        cls.others = cls.env["salon.call"]
        for number in range(6):
            cls.others |= cls._create_due_call(
                f"Dora {number}", f"+36 30 123 46{number:02}", value=100 - number
            )

    def _queue(self):
        return self.env["salon.call.queue"].with_user(self.receptionist)

    def _ids(self, *args, **kwargs):
        self.env.invalidate_all()
        return [row["id"] for row in self._queue()._get_page("all", *args, **kwargs)]

    def test_pages_make_the_whole(self):
        self.others[0].write({"call_at": "2026-03-10 08:30:00", "priority": "1"})
        self.others[1].write({"call_at": "2026-03-10 14:00:00"})
        self.others[2].write({"priority": "1"})
        whole = self._ids()
        self.assertEqual(len(whole), 7)
        first, last = self.others[0] | self.others[2], self.others[1]
        self.assertEqual(whole[:2], first.ids)
        self.assertEqual(whole[-1], last.id)
        pages = [self._ids(limit=3, offset=offset) for offset in (0, 3, 6)]
        self.assertEqual(sum(pages, []), whole)

    def test_ranks_put_rows_in_order(self):
        self.others[3].write({"call_at": "2026-03-10 08:30:00", "priority": "1"})
        self.others[4].write({"call_at": "2026-03-10 14:00:00"})
        self.others[5].write({"priority": "1"})
        self.call.value = 0
        rows = self._queue()._get_page("all")
        self.assertEqual(sorted(rows, key=lambda row: row["rank"]), rows)

    def test_needs_are_told_in_the_users_language(self):
        row = self._queue()._get_rows(self.call, "all")[0]
        self.assertEqual(row["needs"], "Roots")
        self.assertEqual(row["days_over"], self.call.days_over)

    def test_same_order_as_the_best(self):
        self.others[4].write({"call_at": "2026-03-10 08:30:00", "priority": "1"})
        best = [call.id for call in self._queue()._get_best("all")]
        self.assertEqual(best, self._ids())
        skipped = best[:2]
        rest = [call.id for call in self._queue()._get_best("all", skipped)]
        self.assertEqual(rest, best[2:])

    def test_best_is_what_nobody_has(self):
        twin = self._create_client("Mother", self.others[1].partner_id.phone)
        twin_call = self._create_call(twin)
        desk = self._desk(self.petra)
        desk.take_call(self.others[1].id)
        best = [call.id for call in self._queue()._get_best("all")]
        self.assertNotIn(self.others[1].id, best)
        self.assertNotIn(twin_call.id, best)
        mine = self.env["salon.call.queue"].with_user(self.petra)._get_best("all")
        self.assertIn(self.others[1].id, [call.id for call in mine])
        row = self._queue()._get_rows(twin_call, "all")[0]
        self.assertEqual(row["claimed_by"], self.petra.name)
        self.assertFalse(row["claimed_by_me"])

    def test_step_says_what_it_changed(self):
        desk = self._desk()
        outcome = self._get_outcome("declined")
        self.env.cr.precommit.run()
        desk.take_call(self.others[0].id)
        answer = desk.log_outcome(self.others[0].id, outcome.id, "t", {}, scope="all")
        changes = answer["changes"]
        self.assertIn(self.others[0].id, changes["changed"])
        self.assertFalse(changes["calls"])
        self.assertEqual(changes["counters"]["done"], 1)
        self.assertEqual(changes["done"][0]["id"], answer["attempt_id"])
        self.assertTrue(changes["done"][0]["mine"])
        # Pressing Z takes back nothing of a colleague's.
        done = self._desk(self.petra).get_queue("all")["done"]
        self.assertEqual(
            [(one["id"], one["mine"]) for one in done], [(answer["attempt_id"], False)]
        )
        undone = desk.undo_outcome(answer["attempt_id"], scope="all")["changes"]
        self.assertEqual([row["id"] for row in undone["calls"]], self.others[0].ids)
        self.assertTrue(undone["done"][0]["undone"])

    def test_changes_of_colleagues(self):
        self.others[0].action_cancel()
        changes = self._desk().get_changes("all", self.others[:2].ids)
        self.assertEqual([row["id"] for row in changes["calls"]], self.others[1].ids)
        self.assertEqual(set(changes["changed"]), set(self.others[:2].ids))

    def test_only_what_may_be_seen(self):
        other = self._create_company("Other")
        consents = self.env["salon.consent"].with_company(other)
        consents.create(consents._prepare_vals(self.anna, "given", "desk"))
        foreign = self.env["salon.call"].create(
            {"partner_id": self.anna.id, "company_id": other.id}
        )
        self.assertNotIn(foreign.id, self._ids())
        changes = self._desk().get_changes("all", foreign.ids + [2**40, "x", -1])
        self.assertFalse(changes["calls"])

    def test_wrong_numbers(self):
        for wrong in (-1, "1", None, True, 2**40, [1]):
            self.assertEqual(len(self._desk().get_more("all", wrong)["calls"]), 7)
            self.assertEqual(len(self._desk().get_queue("all", wrong)["calls"]), 7)
        self.assertFalse(self._desk().get_more("all", 100)["calls"])

    def test_services_are_those_she_had_last(self):
        quick = self._create_service("Quick roots", self.roots)
        self._create_visit(self.anna, "2026-02-10", quick)
        self.assertEqual(self.call._get_last_services(), quick)

    # ---- the order ----

    def test_one_order_of_calls(self):
        """The list, the desk and the daily job order calls alike; indexes serve it."""
        cheap, dear, none, early = self.others[:4]
        (cheap | dear | early).value = 500
        none.value = False
        dear.value = 900
        early.due_date, cheap.due_date = "2026-02-01", "2026-03-01"
        calls = self.env["salon.call"].search(
            [("id", "in", (cheap | dear | none | early).ids)]
        )
        self.assertEqual(calls.ids, (dear | early | cheap | none).ids)
        listed = [id_ for id_ in self._ids() if id_ in calls.ids]
        self.assertEqual(listed, calls.ids)
        order = self.env["salon.call.candidate"]._sql_order()
        self.assertIn(WORTH_FIRST, order.code)
        view = self.env.ref("salon_reminders.salon_call_view_list")
        self.assertNotIn("default_order", view.arch_db)

    def test_an_index_serves_each_part(self):
        self.env.flush_all()
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        self.env.cr.execute("SET LOCAL enable_sort = off")
        queue = self._queue()
        names = ("promise", "value", "hour")
        parts = queue._get_parts(queue._get_domain("all"))
        for name, (domain, order) in zip(names, parts, strict=True):
            part = queue._search_part(domain, order, 10)
            plan = "\n".join(
                row[0] for row in self.env.execute_query(SQL("EXPLAIN %s", part))
            )
            self.assertIn(f"salon_call_{name}_idx", plan)
            self.assertNotIn("Sort", plan)

    # ---- free times ----

    def test_times_and_script(self):
        card = self._desk().take_call(self.call.id)["card"]
        self.assertFalse(card["proposals"])
        self.assertNotIn("I could offer", card["script"])
        times = self._desk().get_times(self.call.id)
        self.assertEqual(len(times["proposals"]), 3)
        first = times["proposals"][0]["hour"]
        self.assertIn("I could offer you", times["script"])
        self.assertIn(str(int(first[:2]) % 12 or 12), times["script"])
        self.assertEqual(len(self._get_holds()), 3)

    def _get_holds(self):
        return self.env["salon.slot.hold"].search([("call_id", "=", self.call.id)])

    def test_times_of_a_closed_call(self):
        self.call.action_cancel()
        times = self._desk().get_times(self.call.id)
        self.assertFalse(times["proposals"])
        self.assertNotIn("I could offer", times["script"])

    def test_times_elsewhere(self):
        """The form offers times too; a whole list does not, nor does paper."""
        script = self.call.with_user(self.receptionist).script
        self.assertIn("I could offer you", script)
        self.assertIn(" at ", script)
        self.env.invalidate_all()
        many = (self.call | self.others).with_user(self.receptionist)
        self.assertFalse([s for s in many.mapped("script") if "I could offer" in s])

    def test_other_stylist_is_named(self):
        self.call.stylist_id = False
        self.stylist.active = False
        self._create_stylist("Wanda")
        text = self.call._get_script_free_times()[self.call]
        self.assertIn("with Wanda", text)

    # ---- a gift for who leaves ----

    def test_gift_is_promised_and_undone(self):
        values = {"reason_id": self.reason.id, "gift": "  Hand mask ", "note": "Moved"}
        outcome = self._get_outcome("left_us")
        answer = self._desk().log_outcome(self.call.id, outcome.id, "t", values)
        attempt = self.call.attempt_ids
        self.assertEqual(attempt.gift, "Hand mask")
        self.assertIn("Promised: Hand mask", self.anna.salon_leaving_text)
        event = self.env["salon.client.event"].search(
            [("partner_id", "=", self.anna.id), ("kind", "=", "attempt")]
        )
        self.assertIn("promised: Hand mask", event.summary)
        promised = self.env["salon.call"].search(
            [("attempt_ids", "any", [("gift", "!=", False), ("undone_at", "=", False)])]
        )
        self.assertEqual(promised, self.call)
        self._desk().undo_outcome(answer["attempt_id"])
        self.anna.invalidate_recordset()
        self.assertFalse(self.anna.salon_leaving_text)

    def test_no_gift_for_others(self):
        values = {"gift": "Hand mask"}
        outcome = self._get_outcome("declined")
        self._desk().log_outcome(self.call.id, outcome.id, "t", values)
        self.assertFalse(self.call.attempt_ids.gift)

    def test_wrong_gifts(self):
        for number, wrong in enumerate((5, None, [], {}, " ", "x" * 500)):
            call = self.others[number]
            values = {"reason_id": self.reason.id, "gift": wrong}
            outcome = self._get_outcome("left_us")
            self._desk().log_outcome(call.id, outcome.id, f"t{number}", values)
            self.assertLessEqual(len(call.attempt_ids.gift or ""), 200)

    # ---- cost ----

    def test_queries_do_not_grow(self):
        """A page, the next call, her times and a step cost the same for long lists."""
        # Always the best of the list, so that each finds the same claims.
        self._count_queries(self.others[0])
        few = self._count_queries(self.others[1])
        for number in range(25):
            self._create_due_call(f"Eva {number}", f"+36 30 123 4{700 + number}")
        # What making the calls threw out of the caches of the process is back.
        self._count_queries(self.others[2])
        self.assertEqual(self._count_queries(self.others[3]), few)
        with self.assertQueryCount(13):
            self.env.invalidate_all()
            self._desk().open_desk("all")

    def _count_queries(self, call):
        desk, counts = self._desk(), []
        outcome = self._get_outcome("declined")
        token = f"token {call.id}"
        for step in (
            lambda: desk.open_desk("all"),
            lambda: desk.take_call(call.id),
            lambda: desk.take_next("all"),
            lambda: desk.log_outcome(call.id, outcome.id, token, {}, scope="all"),
            lambda: desk.get_changes("all", call.ids),
        ):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            step()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        return counts
