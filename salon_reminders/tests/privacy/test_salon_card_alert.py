from odoo.exceptions import AccessError
from odoo.tests import freeze_time, users

from ..common import SalonCase

KIND = "salon_reminders.mail_activity_type_card_alert"


@freeze_time("2026-03-10 09:00:00")
class TestSalonCardAlert(SalonCase):
    """Managers are told who looks at more clients than an ordinary day takes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"salon_card_limit": 2, "salon_number_limit": 1})
        cls.clients = cls.env["res.partner"].create(
            [
                {
                    "name": f"Client {number}",
                    "phone": f"+3630123460{number}",
                    "is_salon_client": True,
                }
                for number in range(5)
            ]
        )
        cls.alerts = cls.env["salon.card.alert"]
        # Managers of the database the tests run in are told as well.
        cls.boss = cls.manager
        cls.second = cls._create_user("second_boss", "group_manager")

    def _read(self, user, number, field="salon_note"):
        for client in self.clients[:number]:
            client.with_user(user).read([field])

    def _run_job(self):
        cron = self.env.ref("salon_reminders.ir_cron_card_alerts").with_user(1)
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertFalse(cron.failure_count)
        return self.alerts.search([("company_id", "=", self.company.id)])

    def _get_told(self, alert):
        activities = alert.activity_ids
        self.assertEqual(activities.activity_type_id, self.env.ref(KIND))
        return activities.user_id

    def test_ordinary_days_are_no_news(self):
        self._read(self.receptionist, 2)
        self.assertFalse(self._run_job())

    def test_managers_are_told_of_cards(self):
        self._read(self.receptionist, 3)
        # The same card again is no further one.
        self._read(self.receptionist, 3)
        alert = self._run_job()
        self.assertEqual(alert.user_id, self.receptionist)
        self.assertEqual((alert.card_count, alert.number_count), (3, 0))
        self.assertEqual(str(alert.date), "2026-03-10")
        told = self._get_told(alert)
        self.assertLessEqual(self.boss | self.second, told)
        self.assertNotIn(self.receptionist, told)
        summary = alert.activity_ids[0].summary
        self.assertIn("3 cards", summary)
        self.assertIn(self.receptionist.name, summary)

    def test_managers_are_told_of_numbers(self):
        self._read(self.receptionist, 2, "phone")
        alert = self._run_job()
        self.assertEqual(alert.number_count, 2)

    def test_once_a_day_and_person(self):
        self._read(self.receptionist, 3)
        alert = self._run_job()
        count = len(alert.activity_ids)
        self._read(self.receptionist, 5)
        self.assertEqual(self._run_job(), alert)
        self.assertEqual(len(alert.activity_ids), count)
        self.assertEqual(alert.card_count, 5)
        with freeze_time("2026-03-11 09:00:00"):
            self.assertEqual(self._run_job(), alert)
            self._read(self.receptionist, 3)
            self.assertEqual(len(self._run_job()), 2)

    def test_a_missed_job_tells_of_yesterday(self):
        self._read(self.receptionist, 3)
        with freeze_time("2026-03-11 22:30:00"):
            # Half past eleven at night, a day later.
            self.assertEqual(str(self._run_job().date), "2026-03-10")

    def test_the_day_is_the_salons(self):
        with freeze_time("2026-03-10 22:30:00"):
            self._read(self.receptionist, 2)
        with freeze_time("2026-03-10 23:30:00"):
            # Half past midnight there: another day.
            self.clients[4].with_user(self.receptionist).read(["salon_note"])
            self.assertFalse(self._run_job())

    def test_a_manager_is_reported_to_the_others(self):
        self._read(self.boss, 3)
        alert = self._run_job()
        self.assertEqual(alert.user_id, self.boss)
        told = self._get_told(alert)
        self.assertIn(self.second, told)
        self.assertNotIn(self.boss, told)

    def test_no_limit_no_alert(self):
        self.company.write({"salon_card_limit": 0, "salon_number_limit": 0})
        self._read(self.receptionist, 5)
        self._read(self.receptionist, 5, "phone")
        self.assertFalse(self._run_job())

    def test_companies_apart(self):
        other = self._create_company("Second salon")
        third = self._create_user("third_boss", "group_manager")
        third.write({"company_ids": other.ids, "company_id": other.id})
        self._read(self.receptionist, 3)
        alert = self._run_job()
        self.assertNotIn(third, self._get_told(alert))
        with self.assertRaises(AccessError):
            alert.with_user(third).read(["user_id"])

    def test_costs_the_same_for_many(self):
        def measure(people):
            for user in people:
                self._read(user, 3)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.alerts._cron_notice()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        staff = [self._create_user(f"staff{n}", "group_receptionist") for n in range(9)]
        measure(staff[:1])
        few = measure(staff[1:2])
        many = measure(staff[2:])
        self.assertLessEqual(many, few + 10)

    @users("t_salon_boss")
    def test_manager_looks_and_ticks_it_off(self):
        self._read(self.receptionist, 3)
        alert = self._run_job().with_user(self.env.user)
        action = alert.action_open_log()
        log = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(log.partner_id, self.clients[:3])
        own = alert.activity_ids.filtered(lambda a: a.user_id == self.env.user)
        own.action_feedback(feedback="She prepared the Easter mailing.")
        self.assertIn("Easter", str(alert.message_ids.mapped("body")))
        with self.assertRaises(AccessError):
            alert.write({"card_count": 0})

    @users("t_recep", "t_vera")
    def test_nobody_else_sees_it(self):
        with self.assertRaises(AccessError):
            self.alerts.with_user(self.env.user).search([])
