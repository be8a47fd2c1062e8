from unittest.mock import patch

from odoo.tests import freeze_time, new_test_user
from odoo.tools import SQL, mute_logger

from ...tools.server_flags import SERVER_SAYS
from ..common import SalonCase

CALL_FACTS = (
    *("partner_id", "company_id", "kind", "date", "opened_date", "due_date"),
    *("value", "stylist_id", "user_id"),
)


@freeze_time("2026-03-10 09:00:00")
class TestSalonCallPlanner(SalonCase):
    def _create_due(self, name, phone="+36 30 123 4567", consent=True, **vals):
        client = self._create_client(name, phone, consent)
        self._create_visit(client, "2026-02-05", **vals)
        return client

    def test_due_client_gets_one_call(self):
        anna = self._create_due("Anna")
        call = self._plan_calls()
        self.assertEqual(call.partner_id, anna)
        self.assertEqual(call.reminder_ids, anna.salon_reminder_ids)
        self.assertEqual(len(call.activity_ids), 1)
        self.assertEqual(call.activity_ids.user_id, call.user_id)
        self.assertEqual(call.activity_ids.date_deadline, call.date)
        self.assertEqual(call.stylist_id, self.stylist)
        self.assertEqual(call.value, 50)

    def test_again_adds_nothing(self):
        self._create_due("Anna")
        first = self._plan_calls()
        self.assertEqual(self._plan_calls(), first)
        self.assertEqual(len(first.activity_ids), 1)

    def test_not_due_not_called(self):
        client = self._create_client("Anna")
        self._create_visit(client, "2026-02-11")
        self.assertFalse(self._plan_calls())
        with freeze_time("2026-03-11 09:00:00"):
            self.assertEqual(self._plan_calls().partner_id, client)

    def test_today_is_the_salons(self):
        client = self._create_client("Anna")
        self._create_visit(client, "2026-02-11")
        with freeze_time("2026-03-10 23:30:00"):
            # Already 11 March in Budapest.
            self.assertEqual(self._plan_calls().partner_id, client)

    def test_missed_days_lose_nobody(self):
        client = self._create_due("Anna")
        with freeze_time("2026-03-25 09:00:00"):
            self.assertEqual(self._plan_calls().partner_id, client)

    def test_lapsed_get_their_own_kind(self):
        client = self._create_client("Anna")
        self._create_visit(client, "2025-12-01")
        self.assertEqual(self._plan_calls().kind, "lapsed")

    def test_two_needs_one_call(self):
        cut = self._create_service("Cut", self._create_cycle("Cut", (21, 38, 49)))
        anna = self._create_client("Anna")
        self._create_visit(anna, "2026-02-10", self.roots_service + cut)
        # Roots come due on the 10th, the cut three days later: inside the window.
        call = self._plan_calls()
        self.assertEqual(call.reminder_ids, anna.salon_reminder_ids)
        self.assertEqual(len(call.cycle_ids), 2)

    def test_needs_outside_the_window_wait(self):
        keratin = self._create_cycle("Keratin", (60, 100, 150))
        service = self._create_service("Keratin", keratin)
        anna = self._create_client("Anna")
        self._create_visit(anna, "2026-02-05", self.roots_service + service)
        self.assertEqual(self._plan_calls().cycle_ids, self.roots)

    # ---- what is not offered any more ----

    def _get_warnings(self):
        activities = self.env["mail.activity"]
        return activities.search(
            [
                ("res_model", "=", "product.template"),
                ("res_id", "=", self.roots_service.product_tmpl_id.id),
                ("summary", "=", "Nobody is called about Roots"),
            ]
        )

    def test_nobody_is_called_about_what_is_given_up(self):
        anna = self._create_due("Anna")
        call = self._plan_calls()
        clerk = new_test_user(
            self.env, "t_clerk", "base.group_user,product.group_product_manager"
        )
        template = self.roots_service.product_tmpl_id
        # Whoever keeps the products need not know the salon.
        template.with_user(clerk).action_archive()
        self.assertEqual((call.state, call.close_reason), ("cancelled", "given_up"))
        self.assertEqual(anna.salon_reminder_ids.state, "idle")
        self.assertFalse(self._plan_calls())
        self.assertIn("archived: Root touch-up.", self._get_warnings().note)
        self._plan_calls()
        self.assertEqual(len(self._get_warnings()), 1)
        # Done, it does not come again with the next hour.
        self._get_warnings().action_feedback()
        self._plan_calls()
        self.assertFalse(self._get_warnings())
        template.with_user(clerk).action_unarchive()
        self.assertEqual(self._plan_calls().reminder_ids, anna.salon_reminder_ids)
        # Given up again, it is told again.
        template.action_archive()
        self._plan_calls()
        self.assertEqual(len(self._get_warnings()), 1)
        template.action_unarchive()
        self.assertFalse(self._get_warnings())

    def test_one_service_left_is_enough(self):
        self._create_due("Anna")
        self._create_service("Roots at home", self.roots)
        self.roots_service.product_tmpl_id.action_archive()
        call = self._plan_calls()
        self.assertEqual(call.cycle_ids, self.roots)
        self.assertFalse(self._get_warnings())
        # What is archived is not proposed to book.
        self.assertFalse(call._get_last_services())

    def test_a_cycle_without_services_is_no_fault(self):
        anna = self._create_due("Anna")
        self.roots_service.salon_cycle_ids = False
        self._plan_calls()
        self.assertFalse(self.roots.is_given_up)
        self.assertFalse(self._get_warnings())
        self.assertFalse(anna.salon_reminder_ids.due_date)

    def test_a_call_goes_on_without_what_is_given_up(self):
        brows = self._create_service("Brows", self._create_cycle("Brows", (14, 25, 42)))
        anna = self._create_due("Anna")
        self._create_visit(anna, "2026-02-10", products=brows)
        call = self._plan_calls()
        self.assertEqual(len(call.reminder_ids), 2)
        brows.product_tmpl_id.action_archive()
        self.assertEqual((call.state, call.cycle_ids), ("open", self.roots))
        self.assertIn("not offered any more", call.message_ids[0].body)

    def test_called_by_a_person_it_is_not_about_what_is_given_up(self):
        anna = self._create_due("Anna")
        self.roots_service.product_tmpl_id.action_archive()
        rows = self.env["salon.call.candidate"]._get_asked(anna)
        self.assertEqual([row["reminder_ids"] for row in rows], [None])

    def test_holds(self):
        holds = {
            self._create_due("No consent", consent=False): "consent",
            self._create_due("No number", phone=False): "phone",
            self._create_due("Wrong number", phone="12"): "phone",
        }
        blocked = self._create_due("Blacklisted", "+36 30 123 4570")
        self.env["phone.blacklist"].sudo()._add([blocked.phone_sanitized])
        holds[blocked] = "blacklist"
        self.assertFalse(self._plan_calls())
        for client, hold in holds.items():
            self.assertEqual(client.salon_reminder_ids.hold, hold, client.name)

    def test_hold_is_forgotten_when_it_ends(self):
        client = self._create_due("Anna", consent=False)
        self._plan_calls()
        client.action_salon_consent_give()
        self.assertEqual(self._plan_calls().partner_id, client)
        self.assertEqual(client.salon_reminder_ids.hold, "call")
        self._create_visit(client, "2026-03-10")
        self._plan_calls()
        self.assertFalse(client.salon_reminder_ids.hold)

    def test_booked_is_not_called(self):
        client = self._create_due("Anna")
        booking = self._create_visit(client, "2026-03-20", state="booked")
        self.assertFalse(self._plan_calls())
        booking.action_cancel()
        self.assertEqual(self._plan_calls().partner_id, client)

    def test_shared_number_is_called_once(self):
        self._create_due("Anna")
        bea = self._create_due("Bea")
        call = self._plan_calls()
        self.assertEqual(len(call), 1)
        self.assertEqual(bea.salon_reminder_ids.hold, "call")
        call.action_cancel()
        self.assertEqual(len(self._plan_calls()), 1)

    def test_contact_gap(self):
        anna = self._create_due("Anna")
        call = self._plan_calls()
        call.action_no_answer()
        call.action_cancel()
        self.assertFalse(self._plan_calls())
        self.assertEqual(anna.salon_reminder_ids.hold, "gap")
        with freeze_time("2026-03-23 09:00:00"):
            self.assertFalse(self._plan_calls())
        with freeze_time("2026-03-24 09:00:00"):
            self.assertEqual(self._plan_calls().partner_id, anna)

    def test_quota_and_order(self):
        self.company.salon_daily_quota = 2
        rich = self._create_due("Rich", "+36 30 123 4571")
        self._create_visit(rich, "2026-01-05")
        poor = self._create_due("Poor", "+36 30 123 4572")
        late = self._create_client("Late", "+36 30 123 4573")
        self._create_visit(late, "2026-01-20")
        for client in poor | late:
            # More than a year ago: a second visit, but no value.
            self._create_visit(client, "2025-03-01")
        calls = self._plan_calls()
        self.assertEqual(calls.partner_id, rich | late)
        self.assertEqual(len(calls), 2)
        self.assertEqual(poor.salon_reminder_ids.hold, "quota")
        calls[0]._close("person")
        self.assertEqual(len(self._plan_calls()), 1)
        with freeze_time("2026-03-11 09:00:00"):
            self.assertIn(poor, self._plan_calls().partner_id)

    def test_rows_are_as_create_makes_them(self):
        # The job inserts past the ORM; no column may differ from what it saves.
        self._create_due("Anna")
        call = self._plan_calls()
        row = self._read_row(call)
        vals = {name: call[name] for name in (*CALL_FACTS, "reminder_ids")}
        call.action_cancel()
        self.env.flush_all()
        created = call.create(call._convert_to_write(vals))
        self.assertEqual(self._read_row(created), row)
        self.assertEqual(created.activity_ids.summary, call.display_name)

    def _read_row(self, call):
        self.env.flush_all()
        query = SQL("SELECT * FROM salon_call WHERE id = %s", call.id)
        row = self.env.execute_query_dict(query)[0]
        own = {"id", "create_date", "write_date", "create_uid", "write_uid"}
        return {name: value for name, value in row.items() if name not in own}

    def test_what_waits_for_no_call_is_held_back_by_nothing(self):
        self.company.salon_daily_quota = 1
        self._create_due("Anna", "+36 30 123 4571")
        eva = self._create_due("Eva", "+36 30 123 4572")
        self._plan_calls()
        reminder = eva.salon_reminder_ids
        self.assertEqual(reminder.hold, "quota")
        visit = self._create_visit(eva, "2026-03-20", state="booked")
        self.assertEqual(reminder.state, "booked")
        self.assertFalse(reminder.hold)
        visit.action_cancel()
        self._plan_calls()
        self.assertEqual(reminder.hold, "quota")

    def test_archived_are_left_out(self):
        anna = self._create_due("Anna")
        anna.active = False
        self.assertFalse(self._plan_calls())
        anna.active = True
        self.roots.active = False
        self.assertFalse(self._plan_calls())

    def test_receptionists_take_turns(self):
        second = self._create_user("recep2", "group_receptionist")
        receptionists = self.receptionist | second
        for number in range(4):
            self._create_due(f"Client {number}", f"+36 30 123 458{number}")
        planner = self.env.registry["salon.call.planner"]
        with patch.object(planner, "_get_receptionists", lambda self: receptionists):
            calls = self._plan_calls()
        per_user = calls.grouped("user_id")
        self.assertEqual({len(c) for c in per_user.values()}, {2})

    def test_receptionists_of_the_company(self):
        other = self._create_company("Second salon")
        planner = self.env["salon.call.planner"]
        self.assertIn(self.receptionist, planner._get_receptionists())
        self.assertNotIn(
            self.receptionist, planner.with_company(other)._get_receptionists()
        )
        self.assertNotIn(self.manager, planner._get_receptionists())

    def test_one_failing_client_does_not_stop_the_others(self):
        bad = self._create_due("Bad", "+36 30 123 4571")
        good = self._create_due("Good", "+36 30 123 4572")
        call_class = self.env.registry["salon.call"]
        prepare = call_class._prepare_activity_vals

        def fail(call, activity_type):
            if call.partner_id == bad:
                raise ValueError("broken")
            return prepare(call, activity_type)

        with (
            patch.object(call_class, "_prepare_activity_vals", fail),
            mute_logger("odoo.addons.salon_reminders.models.call.salon_call_planner"),
        ):
            self.assertEqual(self._plan_calls().partner_id, good)
            self._plan_calls()
        self.assertEqual(bad.salon_reminder_ids.error, "broken")
        self.assertEqual(len(bad.activity_ids), 1)
        self.assertTrue(
            bad.activity_ids.user_id.has_group("salon_reminders.group_manager")
        )
        self.assertIn(bad, self._plan_calls().partner_id)
        self.assertFalse(bad.salon_reminder_ids.error)

    def test_one_failing_salon_does_not_stop_the_others(self):
        other = self._create_company("A salon that comes first")
        anna = self._create_due("Anna")
        planner = self.env.registry["salon.call.planner"]
        prepare = planner._prepare_day

        def fail(self):
            if self.env.company == other:
                raise ValueError("broken")
            return prepare(self)

        cron = self.env.ref("salon_reminders.ir_cron_plan_calls")
        with (
            patch.object(planner, "_prepare_day", fail),
            mute_logger(
                "odoo.addons.salon_reminders.tools.each",
                "odoo.addons.base.models.ir_cron",
            ),
            self.enter_registry_test_mode(),
        ):
            cron.method_direct_trigger()
        self.assertEqual(self._get_open_calls().partner_id, anna)

    def test_birthday(self):
        self.company.salon_birthday_days = 5
        anna = self._create_client("Anna")
        anna.salon_birthdate = "1990-03-15"
        self.assertFalse(self._plan_calls(), "never been a client here")
        self._create_visit(anna, "2026-03-01")
        call = self._plan_calls()
        self.assertEqual(call.kind, "birthday")
        self.assertIn("03/15/2026", call.explanation)
        self.assertIn("birthday", call.script)
        call.action_cancel()
        self.assertFalse(self._plan_calls(), "once a year")
        with freeze_time("2027-03-10 09:00:00"):
            anna.salon_reminder_ids.action_stop()
            self.assertEqual(str(self._plan_calls().birthday), "2027-03-15")

    def test_birthday_joins_the_reminder(self):
        self.company.salon_birthday_days = 5
        anna = self._create_due("Anna")
        anna.salon_birthdate = "1990-03-15"
        call = self._plan_calls()
        self.assertEqual(call.kind, "reminder")
        self.assertEqual(str(call.birthday), "2026-03-15")

    def test_birthday_over_the_year_and_in_leap_years(self):
        self.company.salon_birthday_days = 5
        anna = self._create_client("Anna")
        self._create_visit(anna, "2026-03-01")
        anna.salon_reminder_ids.action_stop()
        anna.salon_birthdate = "1990-01-02"
        with freeze_time("2026-12-30 09:00:00"):
            call = self._plan_calls()
            self.assertEqual(str(call.birthday), "2027-01-02")
            call.action_cancel()
        anna.salon_birthdate = "1992-02-29"
        with freeze_time("2027-02-25 09:00:00"):
            call = self._plan_calls()
            self.assertEqual(str(call.birthday), "2027-02-28")
            call.action_cancel()
        with freeze_time("2028-02-25 09:00:00"):
            self.assertEqual(str(self._plan_calls().birthday), "2028-02-29")

    def test_own_receptionist(self):
        self.company.salon_assignment = "own"
        second = self._create_user("recep2", "group_receptionist")
        clients = [
            self._create_due(f"C{number}", f"+36 30 123 458{number}")
            for number in range(3)
        ]
        for client in clients[:2]:
            client.user_id = second
        clients[2].user_id = self.stylist_user
        users = {c.partner_id: c.user_id for c in self._plan_calls()}
        self.assertEqual(users[clients[0]], second)
        self.assertEqual(users[clients[1]], second)
        self.assertNotEqual(users[clients[2]], self.stylist_user)

    def test_lost_activity_is_repaired(self):
        self._create_due("Anna")
        call = self._plan_calls()
        self.receptionist.company_ids = self.company
        call.activity_ids.with_context(salon_from_call=SERVER_SAYS).unlink()
        self._plan_calls()
        self.assertEqual(len(call.activity_ids), 1)

    def test_batch_smaller_than_the_data(self):
        clients = self.env["res.partner"]
        for number in range(5):
            clients |= self._create_due(f"C{number}", f"+36 30 123 459{number}")
        cron = self.env.ref("salon_reminders.ir_cron_plan_calls")
        cron.code = "model._cron_plan_calls(batch_size=2)"
        self.assertEqual(self._plan_calls().partner_id, clients)

    def test_queries_do_not_grow_with_the_batch(self):
        counts = []
        for size, first in ((10, 1000), (40, 2000)):
            rows = []
            for number in range(size):
                phone = f"+36 30 555 {first + number}"
                client = self._create_due(f"C{first + number}", phone)
                rows.append(self._prepare_row(client))
            self.env.flush_all()
            self.env.invalidate_all()
            planner = self.env["salon.call.planner"]
            start = self.cr.sql_log_count
            planner._create_calls(rows)
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - start)
        self.assertLessEqual(counts[1], counts[0])

    def _prepare_row(self, client):
        reminders = client.salon_reminder_ids
        return {
            "partner_id": client.id,
            "reminder_ids": reminders.ids,
            "due_date": reminders.due_date,
            "kind": "reminder",
            "birthday": None,
            "value": 10.0,
            "stylist_id": None,
            "user_id": None,
        }
