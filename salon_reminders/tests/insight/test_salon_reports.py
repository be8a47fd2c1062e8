import random
from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, users
from odoo.tools import SQL

from ..common import SalonCase
from ..common_report import ReportChecks, wilson

REPORTS = (
    "salon.visit.report",
    "salon.booking.report",
    "salon.reminder.report",
    "salon.call.report",
    "salon.retention.report",
    "salon.client.report",
    "salon.stylist.report",
    "salon.source.report",
)
# Just after a change of the clocks in Budapest, after 29 February of a leap year.
TODAY = "2028-03-28 09:00:00"


@freeze_time(TODAY)
class TestSalonReports(ReportChecks, SalonCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._create_company("Salon overseas")
        cls.other.resource_calendar_id.tz = "Pacific/Auckland"
        cls.cut = cls._create_cycle("Cut", (10, 25, 35), lapse_days=60)
        cls.slow = cls._create_cycle("Balayage", (60, 112, 150), lapse_days=224)
        # Of the other salon only: here nobody needs it again.
        cls.overseas = cls._create_cycle(
            "Massage", (5, 21, 35), lapse_days=400, company_id=cls.other.id
        )
        cls.services = [
            cls.roots_service,
            cls._create_service("Cut", cls.cut),
            cls._create_service("Balayage and cut", cls.slow | cls.cut),
            cls._create_service("Massage", cls.overseas),
        ]
        cls.retail = cls._create_product("Shampoo", "retail")
        cls.sources = cls.env["utm.source"].create(
            [{"name": "Test leaflet"}, {"name": "Test window"}]
        )

    def _create_world(self, seed, company, count=25):
        """Create clients with visits of every kind, entered at various times."""
        rng = random.Random(seed)
        stylists = [self._create_stylist(f"Stylist {n} of {seed}") for n in range(3)]
        self.env["resource.resource"].concat(*stylists).company_id = company
        clients = self.env["res.partner"].create(
            [{"name": f"Client {number} of {seed}"} for number in range(count)]
        )
        for number, client in enumerate(clients):
            client.salon_source_id = rng.choice([*self.sources, False])
            if number and rng.random() < 0.4:
                client.salon_recommended_by_id = rng.choice(clients[:number])
        vals_list = [
            vals
            for client in [*clients, self.env["res.partner"]]
            for vals in self._prepare_story(rng, client, company, stylists)
        ]
        visits = self.env["salon.visit"].create(vals_list)
        for visit in visits:
            before = rng.choice((0, 0, 1, 20, 60, -3))
            visit.env.cr.execute(
                "UPDATE salon_visit SET create_date = start - %s WHERE id = %s",
                [timedelta(days=before, hours=rng.randrange(20)), visit.id],
            )
        visits.invalidate_recordset(["create_date"])
        for visit in visits.filtered(lambda one: one.state == "done"):
            if rng.random() < 0.3:
                visit.rating = rng.choice("12345")
            for line in visit.line_ids:
                if line.quantity > 0 and rng.random() < 0.2:
                    self._refund(line)
        self.env["salon.client.standing"]._refresh(company)
        return visits

    def _refund(self, line):
        return self.env["salon.visit.line"].create(
            {
                "visit_id": line.visit_id.id,
                "product_id": line.product_id.id,
                "quantity": -line.quantity,
                "amount": -line.amount,
                "refunded_line_id": line.id,
            }
        )

    def _prepare_story(self, rng, client, company, stylists):
        now = datetime.fromisoformat(TODAY)
        moment = now - timedelta(days=rng.choice((20, 100, 400, 800)), hours=13)
        for _number in range(rng.choice((1, 1, 2, 3, 6, 9))):
            is_past = moment < now - timedelta(days=1)
            states = ["done"] * 8 + ["no_show", "cancelled"]
            yield {
                "partner_id": client.id,
                "company_id": company.id,
                "stylist_id": rng.choice([*stylists, stylists[0]]).id,
                "start": moment,
                "state": rng.choice(states) if is_past else "booked",
                # Made by chance, so two of them may fall on the same hour.
                "is_overlap": True,
                "line_ids": [
                    (0, 0, {"product_id": product.id, **self._prepare_line(rng)})
                    for product in rng.choice(
                        (self.services[:1], self.services[1:3], self.services[2:])
                        + ([self.retail], [self.services[1], self.retail], [])
                    )
                ],
            }
            moment += timedelta(
                days=rng.choice((0, 0, 3, 25, 30, 60, 61, 90, 200)),
                minutes=rng.randrange(1440),
            )
            moment = min(moment, now + timedelta(days=40))

    @staticmethod
    def _prepare_line(rng):
        sign = -1 if rng.random() < 0.05 else 1
        return {"quantity": sign, "amount": sign * rng.randrange(0, 200)}

    def test_figures_of_two_salons(self):
        """Each salon's figures are right, whatever the other one has."""
        for seed, company in enumerate((self.company, self.other)):
            self._create_world(seed, company)
        self.manager.company_ids |= self.other
        for company in (self.company, self.other):
            self._check_reports(company, self.manager)

    def test_refunded_service_and_cycle_of_another_salon_set_no_window(self):
        """Who is awaited, and until when, is decided as by the engine."""
        refunded, here = self._create_client("Refunded"), self._create_client("Here")
        both = self._create_visit(refunded, "2028-01-08", self.services[2])
        self._create_visit(here, "2027-12-18", self.services[3])
        self.env.flush_all()
        reports = self.env["salon.client.report"].with_user(self.manager)
        retention = self.env["salon.retention.report"].with_user(self.manager)

        def get_status(client):
            return reports.search([("partner_id", "=", client.id)]).status

        # Balayage and cut: 224 days. Massage: 90 days here, 400 overseas.
        self.assertEqual(get_status(refunded), "new")
        self.assertEqual(get_status(here), "lost")
        self._refund(both.line_ids)
        self._create_line(both, self.services[1])
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(get_status(refunded), "lost")
        row = retention.search([("partner_id", "=", refunded.id)])
        self.assertEqual(row.product_id, self.services[1])

    def _create_line(self, visit, product):
        return self.env["salon.visit.line"].create(
            {"visit_id": visit.id, "product_id": product.id}
        )

    def test_settings_of_a_question_end_with_it(self):
        names = ("jit", "work_mem", "random_page_cost")
        show = SQL("SELECT current_setting(unnest(%s))", list(names))
        self.env.cr.execute("SET LOCAL work_mem = '5MB'")
        before = self.env.execute_query(show)
        model = self.env["salon.visit.report"].with_user(self.manager)
        during = []
        where = type(model)._where

        def watched(report):
            during.append([value for (value,) in self.env.execute_query(show)])
            return where(report)

        with patch.object(type(model), "_where", watched):
            for ask in (
                lambda: model.search([("company_id", "=", self.company.id)]),
                lambda: model.search_count([]),
                lambda: model.web_search_read([], {"amount": {}}),
                lambda: model.formatted_read_group([], ["date:month"], ["amount:sum"]),
                lambda: model.formatted_read_grouping_sets([], [[], ["state"]], []),
            ):
                during.clear()
                ask()
                self.assertTrue(during)
                self.assertTrue(all(one == ["off", "64MB", "1.1"] for one in during))
                self.assertEqual(self.env.execute_query(show), before)
        broken = patch.object(type(model), "_where", side_effect=ValueError)
        with broken, self.assertRaises(ValueError):
            model.search_count([])
        self.assertEqual(self.env.execute_query(show), before)

    def test_both_salons_add_up(self):
        self._create_world(2, self.company)
        self._create_world(3, self.other)
        self.manager.company_ids |= self.other
        self.env.flush_all()
        for name in REPORTS:
            counts = []
            for companies in (self.company, self.other, self.company | self.other):
                context = {"allowed_company_ids": companies.ids}
                reports = self.env(user=self.manager, context=context)
                reports.invalidate_all()
                counts.append(len(reports[name].search([])))
            self.assertEqual(counts[0] + counts[1], counts[2], name)

    def test_manager_sees_nothing_of_another_salon(self):
        other = self.other
        self._create_world(4, other)
        self.env.flush_all()
        for name in REPORTS:
            model = self.env[name].with_user(self.manager)
            rows = model.search([])
            self.assertNotIn(other, rows.company_id, name)
            groups = model._read_group([("company_id", "=", other.id)], [], ["__count"])
            self.assertEqual(groups, [(0,)], name)
        cost = self.env["salon.source.cost"].create(
            {"source_id": self.sources[0].id, "company_id": other.id, "amount": 5}
        )
        with self.assertRaises(AccessError):
            cost.with_user(self.manager).check_access("read")

    @users("t_recep", "t_vera")
    def test_reports_are_for_managers(self):
        for name in (*REPORTS, "salon.source.cost"):
            with self.assertRaises(AccessError, msg=name):
                self.env[name].search([])

    # ------------------------------------------------------------
    # WHAT THE DEFINITIONS MEAN
    # ------------------------------------------------------------

    def _get_back(self, partner, name):
        self.env.flush_all()
        model = self.env["salon.retention.report"]
        domain = [("partner_id", "=", partner.id), ("kind", "=", "new")]
        specs = [f"{name}:count", f"{name}:sum"]
        [(known, back)] = model._read_group(domain, [], specs)
        return known, back or 0

    def test_window_is_over_only_after_its_last_day(self):
        edge = self._create_client("Edge")
        self._create_visit(edge, "2028-02-27")
        # 30 days from 27 February of a leap year is today, which is not over.
        self.assertEqual(self._get_back(edge, "back_30"), (0, 0))
        day = self._create_client("Day", "+36 30 123 4569")
        self._create_visit(day, "2028-02-26")
        self.assertEqual(self._get_back(day, "back_30"), (1, 0))

    def test_back_on_the_last_day_counts(self):
        client = self._create_client("Punctual")
        self._create_visit(client, "2028-01-01")
        self._create_visit(client, "2028-01-31")
        self.assertEqual(self._get_back(client, "back_30"), (1, 1))
        late = self._create_client("Late", "+36 30 123 4569")
        self._create_visit(late, "2028-01-01")
        self._create_visit(late, "2028-02-01")
        self.assertEqual(self._get_back(late, "back_30"), (1, 0))
        self.assertEqual(self._get_back(late, "back_60"), (1, 1))

    def test_quick_return_is_not_known_before_the_others(self):
        client = self._create_client("Quick")
        self._create_visit(client, "2028-03-10")
        self._create_visit(client, "2028-03-20")
        self.assertEqual(self._get_back(client, "back_30"), (0, 0))

    def test_missed_visit_and_purchase_are_no_return(self):
        client = self._create_client("Buyer")
        self._create_visit(client, "2028-01-01")
        self._create_visit(client, "2028-01-10", self.retail)
        self._create_visit(client, "2028-01-11", state="no_show")
        self._create_visit(client, "2028-01-12", state="cancelled")
        self.assertEqual(self._get_back(client, "back_30"), (1, 0))

    def test_midnight_belongs_to_the_salon(self):
        """Ten in the evening of UTC is the next day in Auckland."""
        client = self._create_client("Night")
        self._create_visit(
            client,
            "2028-01-01",
            company_id=self.other.id,
            stylist_id=False,
            start="2028-01-31 22:30:00",
        )
        self.env.flush_all()
        row = self.env["salon.visit.report"].search([("partner_id", "=", client.id)])
        self.assertEqual((str(row.date), row.hour), ("2028-02-01", "11:00"))
        self.assertEqual(row.weekday, "2")

    def test_three_clients_make_no_verdict(self):
        star, plain = self._create_stylist("Star"), self._create_stylist("Plain")
        for number in range(40):
            returns = number < 3 or number % 2
            self._create_first(number, star if number < 3 else plain, returns)
        self.env.flush_all()
        rows = self.env["salon.stylist.report"].search([])
        found = rows.filtered(lambda row: row.stylist_id == star)
        self.assertEqual((found.known_count, found.returned_rate), (3, 1.0))
        self.assertEqual(found.verdict, "open")

    def test_many_clients_make_a_verdict(self):
        star, plain = self._create_stylist("Star"), self._create_stylist("Plain")
        for number in range(120):
            mine = number % 2
            returns = number % 20 if mine else not number % 8
            self._create_first(number, star if mine else plain, returns)
        self.env.flush_all()
        rows = self.env["salon.stylist.report"].search([])
        verdicts = {row.stylist_id: row.verdict for row in rows}
        self.assertEqual(verdicts[star], "better")
        self.assertEqual(verdicts[plain], "worse")

    def _create_first(self, number, stylist, returns):
        client = self.env["res.partner"].create({"name": f"First {number}"})
        self._create_visit(client, "2027-06-01", stylist_id=stylist.id)
        if returns:
            self._create_visit(client, "2027-07-01", stylist_id=stylist.id)

    def test_slow_service_has_more_time(self):
        """Back after half a year: too late for a cut, in time for a balayage."""
        fast, slow = self._create_stylist("Fast"), self._create_stylist("Slow")
        for stylist, service in ((fast, self.services[1]), (slow, self.services[2])):
            client = self.env["res.partner"].create({"name": stylist.name})
            for day in ("2027-05-01", "2027-11-01"):
                self._create_visit(client, day, service, stylist_id=stylist.id)
        self.env.flush_all()
        rows = self.env["salon.stylist.report"].search([])
        rates = {row.stylist_id: row.returned_rate for row in rows}
        self.assertEqual((rates[fast], rates[slow]), (0, 1))

    def test_left_after_her_opens_the_clients(self):
        gone, booked = self._create_client("Gone"), self._create_client("Booked")
        for client in gone | booked:
            self._create_visit(client, "2027-11-01")
        self._create_visit(booked, "2028-04-10", state="booked")
        self.env.flush_all()
        rows = self.env["salon.stylist.report"].with_user(self.manager).search([])
        row = rows.filtered(lambda r: r.stylist_id == self.stylist)
        action = row.action_open_left()
        found = self.env["res.partner"].search(action["domain"])
        self.assertIn(gone, found)
        self.assertNotIn(booked, found)
        self.assertEqual(row.left_count, len(found))
        first = row.action_open_first()
        self.assertTrue(self.env[first["res_model"]].search(first["domain"]))

    def test_cost_of_a_source(self):
        source = self.sources[0]
        for number in range(4):
            client = self.env["res.partner"].create(
                {"name": f"New {number}", "salon_source_id": source.id}
            )
            self._create_visit(client, "2028-01-10")
        costs = [("2028-01-01", 100), ("2028-02-01", 60), ("2026-01-01", 999)]
        for day, amount in costs:
            self.env["salon.source.cost"].create(
                {"source_id": source.id, "date": day, "amount": amount}
            )
        self.env.flush_all()
        row = self.env["salon.source.report"].search([("source_id", "=", source.id)])
        self.assertEqual((row.client_count, row.cost, row.client_cost), (4, 160, 40))
        self.assertFalse(row.year_known_count)
        found = self.env["salon.client.report"].search(
            row.action_open_clients()["domain"]
        )
        self.assertEqual(len(found), 4)

    def test_calls_are_counted(self):
        client = self._create_client("Caller")
        self._create_visit(client, "2028-01-10")
        call = self.env["salon.call"].create({"partner_id": client.id})
        outcome = self.env["salon.call.outcome"]
        attempts = [("no_answer", "07:30"), ("no_answer", "16:10"), ("booked", "16:40")]
        for kind, hour in attempts:
            self.env["salon.call.attempt"].create(
                {
                    "call_id": call.id,
                    "outcome_id": outcome._get_default(kind).id,
                    "user_id": self.receptionist.id,
                    "date": f"2028-03-27 {hour}:00",
                }
            )
        call.visit_id = self._create_visit(client, "2028-03-28")
        self.env.flush_all()
        model = self.env["salon.call.report"].with_user(self.manager)
        domain = [("partner_id", "=", client.id)]
        [row] = model._read_group(
            domain,
            [],
            ["attempt_count:sum", "call_count:count_distinct", "reached_count:sum"]
            + ["attempts_per_contact:avg", "booked_rate:avg", "amount:sum"],
        )
        self.assertEqual(row, (3, 1, 1, 3.0, 1.0, 50.0))
        hours = model._read_group(domain, ["hour"], ["attempt_count:sum"])
        # Budapest is two hours ahead since the day before.
        self.assertEqual(dict(hours), {"09:00": 1, "18:00": 2})

    def test_reminders_are_counted(self):
        covered, late = self._create_client("Covered"), self._create_client("Late")
        for client in covered | late:
            self._create_visit(client, "2028-02-01")
        self._create_visit(covered, "2028-04-01", state="booked")
        self.env.flush_all()
        model = self.env["salon.reminder.report"].with_user(self.manager)
        domain = [("partner_id", "in", (covered | late).ids)]
        [row] = model._read_group(
            domain, [], ["due_count:sum", "booked_count:sum", "booked_rate:avg"]
        )
        self.assertEqual(row, (1, 1, 0.5))

    def test_one_query_whatever_the_size(self):
        """A report costs the same number of queries for few and many visits."""
        counts = []
        for seed in (5, 6):
            self._create_world(seed, self.company, count=5 if seed == 5 else 40)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            for name in REPORTS:
                self.env[name]._read_group([], ["company_id"], ["__count"])
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])

    def test_wilson_range(self):
        """The textbook's example: 8 of 10 lies between 49 and 94 %."""
        low, high = wilson(0.8, 10)
        self.assertEqual((round(low, 3), round(high, 3)), (0.49, 0.943))
