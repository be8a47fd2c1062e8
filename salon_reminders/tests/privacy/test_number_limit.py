"""Nobody below a manager copies the numbers of the client base, whatever the way."""

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import freeze_time, users

from ...models.privacy.salon_card_alert import tell_of_stop
from ..common import SalonCase

KIND = "salon_reminders.mail_activity_type_card_alert"


@freeze_time("2026-03-10 09:00:00")
class TestNumberLimit(SalonCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Four numbers a day.
        cls.company.salon_number_limit = 1
        cls.clients = cls.env["res.partner"].concat(
            *(cls._create_client(f"C{n}", f"+36 30 222 330{n}") for n in range(8))
        )

    def _ask(self, client):
        """Ask for a number as a program would; return it, or an empty text."""
        return call_kw(self.env["res.partner"], "read", [client.ids, ["phone"]], {})[0][
            "phone"
        ]

    def _is_shown(self, client):
        return self._ask(client) == client.sudo().phone

    def _show(self, client):
        return client.with_user(self.env.user).action_salon_show_number()

    def _write_to(self, client):
        """Open the screen for a text message, which shows the number; try to send."""
        composer = self.env["sms.composer"].create(
            {"res_model": "res.partner", "res_id": client.id, "body": "Hello"}
        )
        names = ["recipient_single_number", "recipient_single_number_itf"]
        shown = set(composer.read(names)[0].values()) & {client.sudo().phone_sanitized}
        if not shown:
            composer.action_send_sms()

    def _get_logged(self, kind="number"):
        logs = self.env["salon.card.log"].sudo()
        domain = [("user_id", "=", self.env.uid), ("kind", "=", kind)]
        return logs.search(domain).partner_id

    def _get_alert(self):
        alerts = self.env["salon.card.alert"].sudo()
        return alerts._find(self.env.user, self.company)

    def _stop(self):
        """Use up the day, and do what follows the transaction of the refusal."""
        for client in self.clients[:4]:
            self._ask(client)
        self.env["salon.card.alert"].sudo()._stop(self.env.user, self.company)
        return self._get_alert()

    def _create_call(self, client, **vals):
        return (
            self.env["salon.call"]
            .sudo(False)
            .with_user(self.manager)
            .create({"partner_id": client.id, **vals})
        )

    # ------------------------------------------------------------
    # ONE LIMIT OVER EVERY WAY
    # ------------------------------------------------------------

    @users("t_recep")
    def test_reading_stops_at_four_times(self):
        shown = [self._is_shown(client) for client in self.clients[:6]]
        self.assertEqual(shown, [True] * 4 + [False] * 2)
        self.assertEqual(self._get_logged(), self.clients[:4])
        # Its end is left, to tell one from another.
        self.assertEqual(self._ask(self.clients[5]), "••• 05")
        # What was shown already is shown again.
        self.assertTrue(self._is_shown(self.clients[0]))

    @users("t_recep")
    def test_calls_of_colleagues_and_other_days(self):
        """The own list of today is work; of the rest numbers are read one by one."""
        own, colleagues, later = (
            self._create_call(client, **vals)
            for client, vals in zip(
                self.clients,
                ({}, {"user_id": self.manager.id}, {"date": "2026-03-12"}),
                strict=False,
            )
        )
        numbers = self.clients.mapped("phone_sanitized")

        def read(calls):
            rows = call_kw(self.env["salon.call"], "read", [calls.ids, ["phone"]], {})
            return [row["phone"] for row in rows]

        self.assertEqual(
            read(own | colleagues | later), [numbers[0], "••• 01", "••• 02"]
        )
        self.assertFalse(self._get_logged())
        self.assertEqual(read(own), numbers[:1])
        self.assertEqual(read(colleagues), numbers[1:2])
        self.assertEqual(read(later), numbers[2:3])
        self.assertEqual(self._get_logged(), self.clients[1:3])
        for client in self.clients[3:5]:
            self._ask(client)
        colleagues.sudo().partner_id = self.clients[7]
        self.env.invalidate_all()
        self.assertEqual(read(colleagues), ["••• 07"])

    @users("t_recep")
    def test_one_limit_over_every_way(self):
        ways = (
            lambda client: self._ask(client),
            self._show,
            self._write_to,
            lambda client: self.env["salon.call"].create({"partner_id": client.id}),
        )
        for way, client in zip(ways, self.clients, strict=False):
            way(client)
        self.assertEqual(self._get_logged(), self.clients[:4])
        for way in ways[1:]:
            with self.subTest(way), self.assertRaisesRegex(UserError, "Ask a manager"):
                way(self.clients[5])
        self.assertFalse(self._is_shown(self.clients[5]))
        self.assertEqual(self._get_logged(), self.clients[:4])

    @users("t_recep")
    def test_a_program_that_asks_for_many_gets_none_or_is_counted(self):
        partners = self.env["res.partner"]
        domain = [("id", "in", self.clients.ids)]
        rows = call_kw(partners, "search_read", [domain, ["phone"]], {})
        self.assertEqual({row["phone"][:3] for row in rows}, {"•••"})
        one = [("id", "=", self.clients[0].id)]
        for _time in range(6):
            call_kw(partners, "search_read", [one, ["phone"]], {})
        self.assertEqual(self._get_logged(), self.clients[0])

    @users("t_recep")
    def test_another_day_another_count(self):
        for client in self.clients[:4]:
            self._ask(client)
        with freeze_time("2026-03-10 22:30:00"):
            self.assertTrue(self._is_shown(self.clients[0]))
            self.assertFalse(self._is_shown(self.clients[4]))
        with freeze_time("2026-03-10 23:30:00"):
            # Half past midnight at the salon.
            self.assertTrue(self._is_shown(self.clients[4]))

    @users("t_recep")
    def test_it_can_be_switched_off(self):
        self.company.salon_number_stop = False
        self.assertTrue(all(map(self._is_shown, self.clients)))

    @users("t_recep")
    def test_zero_is_no_limit(self):
        self.company.salon_number_limit = 0
        self.assertTrue(all(map(self._is_shown, self.clients)))

    @users("t_salon_boss")
    def test_managers_are_under_none(self):
        self.assertTrue(all(map(self._is_shown, self.clients)))
        self.clients.with_user(self.env.user).export_data(["phone"])

    @users("t_recep")
    def test_each_salon_counts_for_itself(self):
        other = self._create_company("Second salon")
        other.salon_number_limit = 1
        self.receptionist.company_ids += other
        for client in self.clients[:4]:
            self._ask(client)
        self.env = self.env(context={"allowed_company_ids": other.ids})
        self.assertTrue(self._is_shown(self.clients[4]))

    # ------------------------------------------------------------
    # WHAT IS NOT COUNTED
    # ------------------------------------------------------------

    def _assert_work(self, client):
        for number in range(4):
            self._ask(self.clients[number])
        self.assertTrue(self._is_shown(client))
        self.assertTrue(self._show(client))
        self.assertEqual(self._get_logged("work"), client)
        self.assertNotIn(client, self._get_logged())

    @users("t_recep")
    def test_a_call_on_the_own_list_is_work(self):
        self._create_call(self.clients[6], user_id=self.receptionist.id)
        self._assert_work(self.clients[6])

    @users("t_recep")
    def test_a_visit_of_today_is_work(self):
        self._create_visit(self.clients[6], "2026-03-10", state="booked")
        self._assert_work(self.clients[6])

    @users("t_recep")
    def test_a_visit_to_come_is_not(self):
        self._create_visit(self.clients[6], "2026-03-11", state="booked")
        self._show(self.clients[6])
        self.assertEqual(self._get_logged(), self.clients[6])

    @users("t_recep")
    def test_a_colleagues_call_is_not(self):
        self._create_call(self.clients[6], user_id=self.manager.id)
        self._show(self.clients[6])
        self.assertEqual(self._get_logged(), self.clients[6])

    def _date_back(self, record, moment):
        self.env.cr.execute(
            f"UPDATE {record._table} SET create_date = %s WHERE id = %s",
            (moment, record.id),
        )
        record.invalidate_recordset(["create_date"])

    @users("t_recep")
    def test_what_is_made_up_today_is_no_reason(self):
        """Else who wants all numbers would book all clients for today."""
        visit = self._create_visit(self.clients[6], "2026-03-10", state="booked")
        self.env.cr.execute(
            "UPDATE salon_visit SET create_uid = %s WHERE id = %s",
            (self.env.uid, visit.id),
        )
        visit.invalidate_recordset()
        self._date_back(visit, "2026-03-10 08:00:00")
        self._show(self.clients[6])
        self.assertEqual(self._get_logged(), self.clients[6])
        self._date_back(visit, "2026-03-09 08:00:00")
        self.env["salon.card.log"].sudo().search([]).unlink()
        self._show(self.clients[6])
        self.assertFalse(self._get_logged())

    @users("t_recep")
    def test_numbers_of_the_call_list_are_not_counted(self):
        calls = self.env["salon.call"]
        for client in self.clients:
            calls |= self._create_call(client)
        rows = calls.with_user(self.env.user).read(["phone"])
        self.assertTrue(all(row["phone"] for row in rows))
        self.assertFalse(self._get_logged())

    # ------------------------------------------------------------
    # THE MANAGER
    # ------------------------------------------------------------

    @users("t_recep")
    def test_managers_are_told_once(self):
        alert = self._stop()
        self.assertTrue(alert.is_stopped)
        own = alert.activity_ids.filtered(lambda a: a.user_id == self.manager)
        self.assertEqual(len(own), 1)
        self.assertEqual(own.activity_type_id, self.env.ref(KIND))
        self.assertIn("4 numbers and gets no more", own.summary)
        count = len(alert.activity_ids)
        self._stop()
        self.assertEqual(len(alert.activity_ids), count)

    @users("t_recep")
    def test_a_refusal_calls_them_however_the_request_ends(self):
        for client in self.clients[:4]:
            self._ask(client)
        hooks = (self.env.cr.postcommit, self.env.cr.postrollback)
        for hook in hooks:
            hook.clear()
            self.addCleanup(hook.clear)
        with self.assertRaises(UserError):
            self._show(self.clients[5])
        for hook in hooks:
            jobs = [getattr(job, "func", None) for job in hook._funcs]
            self.assertEqual(jobs.count(tell_of_stop), 1)

    @users("t_recep")
    def test_one_click_allows_more(self):
        alert = self._stop()
        seen = alert.with_user(self.manager)
        self.assertTrue(seen.can_allow)
        seen.action_allow_more()
        self.assertFalse(seen.can_allow)
        self.assertFalse(alert.activity_ids)
        said = alert.message_ids[:1]
        self.assertIn("4 more numbers", said.body)
        self.assertEqual(said.author_id, self.manager.partner_id)
        shown = [self._is_shown(client) for client in self.clients[4:]]
        self.assertEqual(shown, [True] * 4)
        # The next time they are told again.
        self.env["salon.card.alert"].sudo()._stop(self.env.user, self.company)
        self.assertTrue(alert.is_stopped)
        self.assertTrue(alert.activity_ids)

    @users("t_recep")
    def test_only_for_that_person_and_day(self):
        alert = self._stop()
        alert.with_user(self.manager).action_allow_more()
        second = self._create_user("recep2", "group_receptionist")
        self.env = self.env(user=second)
        self.assertEqual(sum(map(self._is_shown, self.clients)), 4)
        with freeze_time("2026-03-11 09:00:00"), self.assertRaises(UserError):
            alert.with_user(self.manager).action_allow_more()

    @users("t_recep")
    def test_nobody_allows_herself_more(self):
        alert = self._stop()
        with self.assertRaises(AccessError):
            alert.with_user(self.env.user).action_allow_more()
        with self.assertRaises(AccessError):
            alert.with_user(self.env.user).write({"extra_count": 100})

    def test_manager_of_another_salon_does_not(self):
        self.env = self.env(user=self.receptionist)
        alert = self._stop()
        other = self._create_company("Second salon")
        boss = self._create_user("boss2", "group_manager")
        boss.write({"company_ids": other.ids, "company_id": other.id})
        with self.assertRaises(AccessError):
            alert.with_user(boss).action_allow_more()
