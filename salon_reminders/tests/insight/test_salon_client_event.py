from odoo.exceptions import AccessError
from odoo.tests import freeze_time, users
from odoo.tools import SQL

from ...models.consent.salon_consent import CALL_PURPOSES
from ..common import SalonCase

HOSTILE = "<img src=x onerror=alert(1)>"


@freeze_time("2026-03-10 09:00:00")
class TestSalonClientEvent(SalonCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shampoo = cls._create_product("Shampoo", "retail")
        cls.anna = cls._create_client("Anna")
        cls.visit = cls._create_visit(cls.anna, "2026-02-05", note=HOSTILE)
        cls.call = cls._create_call(cls.anna)
        cls.events = cls.env["salon.client.event"]

    @classmethod
    def _create_call(cls, partner, **vals):
        return cls.env["salon.call"].create(
            {
                "partner_id": partner.id,
                "reminder_ids": partner.salon_reminder_ids.ids,
                "user_id": cls.receptionist.id,
                "opened_date": "2026-03-09",
                **vals,
            }
        )

    def _get_events(self, partner=None, user=None):
        partner = partner or self.anna
        events = self.events.with_user(user or self.receptionist)
        return events.search([("partner_id", "=", partner.id)])

    def _get_kinds(self, partner=None):
        return self._get_events(partner).mapped("kind")

    def _log(self, kind, **details):
        outcome = self.env["salon.call.outcome"]._get_default(kind)
        call = self.call.with_user(self.receptionist)
        return call._log_attempt(outcome, **details)

    def test_everything_is_told_newest_first(self):
        self._log("no_answer", note="Mailbox")
        self._create_visit(self.anna, "2026-01-05", self.shampoo)
        self._create_visit(self.anna, "2026-01-02", state="no_show")
        self._create_visit(self.anna, "2026-01-01", state="cancelled")
        self.anna.with_user(self.receptionist).action_salon_consent_withdraw()
        events = self._get_events()
        kinds = [
            *("attempt", "closed", "listed"),
            # For each purpose of calls.
            *(["consent_given", "consent_withdrawn"] * len(CALL_PURPOSES)),
            *("visit", "purchase", "no_show", "cancelled"),
        ]
        self.assertEqual(sorted(events.mapped("kind")), sorted(kinds))
        self.assertEqual(events.mapped("kind")[-4:], kinds[-4:])
        self.assertEqual(events.sorted("date", reverse=True).ids, events.ids)
        texts = "\n".join(events.mapped("summary"))
        for text in (
            *("Call: No answer", "Visit: Root touch-up", "Bought: Shampoo"),
            *("Did not come: Root", "Cancelled: Root", "Agreed: Service reminders"),
            *("Put on the call list: Roots", "Does not agree any more"),
            "Call closed: No consent any more",
        ):
            self.assertIn(text, texts)
        self.assertEqual(events.filtered(lambda e: e.kind == "attempt").note, "Mailbox")

    def test_booking_and_undoing(self):
        attempt = self._log(
            "booked",
            start=self.company._salon_utc(self._get_local("2026-03-17")),
            product_ids=self.roots_service.ids,
        )
        self.assertIn("booked", self._get_kinds())
        # An answer of the client closed the call: it is told once.
        self.assertNotIn("closed", self._get_kinds())
        attempt.call_id.action_undo()
        self.env.invalidate_all()
        self.assertIn("undone", self._get_kinds())
        self.assertNotIn("attempt", self._get_kinds())

    def _get_local(self, date):
        return self.env["salon.visit"]._fields["start"].to_datetime(f"{date} 10:00:00")

    def test_pending_changes_are_seen(self):
        self.visit.state = "no_show"
        self.assertIn("no_show", self._get_kinds())

    def test_walk_ins_have_no_history(self):
        walk_in = self._create_visit(self.env["res.partner"], "2026-02-05")
        self.assertFalse(
            self.events.search(
                [("res_model", "=", "salon.visit"), ("res_id", "=", walk_in.id)]
            )
        )

    def test_records_are_found_by_their_id(self):
        events = self._get_events()
        self.env.invalidate_all()
        for event in events:
            again = self.events.browse(event.id)
            self.assertEqual(again.partner_id, self.anna)
            self.assertEqual(again.summary, event.summary)
            self.assertTrue(again.action_open_record()["res_id"])
        self.assertEqual(self.events.search([("id", "in", events.ids)]), events)
        self.assertFalse(self.events.search([("id", "in", [0, 7, -3])]))
        self.assertFalse(self.events.browse(2**40).exists())

    def test_newest_ones_are_on_the_card(self):
        for month in range(1, 9):
            self._create_visit(self.anna, f"2025-0{month}-05")
        self._create_visit(self.anna, "2026-03-20", state="booked")
        bea = self._create_client("Bea", "+36 30 123 4568", consent=False)
        both = (self.anna | bea).with_user(self.receptionist)
        newest = both[0].salon_newest_event_ids
        self.assertEqual(len(newest), 5)
        past = self._get_events().filtered(lambda e: e.kind != "booked")
        self.assertEqual(newest, past[:5])
        self.assertFalse(both[1].salon_newest_event_ids)
        with self.assertRaises(AccessError):
            self.anna.with_user(self.stylist_user).read(["salon_newest_event_ids"])

    def test_new_client_has_no_history(self):
        self.assertFalse(self.env["res.partner"].new({}).salon_newest_event_ids)

    def test_opened_from_the_card(self):
        action = self.anna.with_user(self.receptionist).action_open_salon_events()
        found = self.events.search(action["domain"])
        self.assertEqual(found, self._get_events())

    def test_hostile_text_is_text(self):
        self.roots_service.name = HOSTILE
        event = self._get_events().filtered(lambda e: e.kind == "visit")
        self.assertEqual(event.note, HOSTILE)
        self.assertEqual(event.summary, f"Visit: {HOSTILE}")

    def test_translated(self):
        self.env["res.lang"]._activate_lang("hu_HU")
        self.roots_service.with_context(lang="hu_HU").name = "Hajtő"
        event = self._get_events().filtered(lambda e: e.kind == "visit")
        self.assertIn("Hajtő", event.with_context(lang="hu_HU").summary)
        self.assertIn("Root touch-up", event.with_context(lang="en_US").summary)

    # ------------------------------------------------------------
    # WHO AND WHERE
    # ------------------------------------------------------------

    def test_stylists_have_no_history_of_calls(self):
        with self.assertRaises(AccessError):
            self._get_events(user=self.stylist_user)

    @users("t_recep", "t_salon_boss")
    def test_nobody_writes_history(self):
        event = self._get_events(user=self.env.user)[:1]
        with self.assertRaises(AccessError):
            event.note = "Other"
        with self.assertRaises(AccessError):
            event.unlink()
        with self.assertRaises(AccessError):
            event.create({"partner_id": self.anna.id})

    def test_companies_are_apart(self):
        other = self._create_company("Other salon")
        visit = self._create_visit(
            self.anna, "2026-03-01", company_id=other.id, stylist_id=False
        )
        events = self._get_events()
        self.assertEqual(events.company_id, self.company)
        foreign = self.events.search(
            [("res_model", "=", "salon.visit"), ("res_id", "=", visit.id)]
        )
        with self.assertRaises(AccessError):
            foreign.with_user(self.receptionist).read(["note"])
        anna = self.anna.with_user(self.receptionist)
        self.assertNotIn(foreign, anna.salon_newest_event_ids)

    # ------------------------------------------------------------
    # COST
    # ------------------------------------------------------------

    def test_queries_do_not_grow(self):
        bea = self._create_client("Bea", "+36 30 123 4568")
        for month in range(1, 10):
            for day in (3, 9, 21):
                self._create_visit(bea, f"2025-0{month}-{day:02}")
        self.assertGreater(len(self._get_events(bea)), 27)

        def count(partner):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self._get_events(partner).web_read(
                {name: {} for name in ("date", "kind", "summary", "note", "amount")}
            )
            return self.cr.sql_log_count - before

        count(bea)
        self.assertLessEqual(count(bea), count(self.anna))

    def test_one_client_is_read_by_index(self):
        domains = (
            [("partner_id", "=", self.anna.id)],
            [("id", "in", self._get_events().ids)],
        )
        self.env.flush_all()
        # Tables of a test are too small for an index to pay.
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        for domain in domains:
            events = self.events.with_user(self.receptionist)
            query = events._search(domain, order="date DESC, id DESC", limit=80)
            rows = self.env.execute_query(SQL("EXPLAIN %s", query.select()))
            plan = "\n".join(row[0] for row in rows)
            self.assertNotIn("Seq Scan", plan)
            self.assertIn("salon_visit_", plan)

    def test_every_kind_of_event_is_told_in_words(self):
        events = self.env["salon.client.event"]
        kinds = dict(events._fields["kind"].selection)
        self.assertEqual(events._get_describers().keys(), kinds.keys())
