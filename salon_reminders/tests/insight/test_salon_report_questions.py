from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.sql_db import Cursor
from odoo.tests import freeze_time
from odoo.tools import SQL

from ..common import SalonCase

SUMMARIES = ("salon.stylist.report", "salon.source.report")


@freeze_time("2028-03-28 09:00:00")
class TestSalonReportQuestions(SalonCase):
    """What is asked of the database, and that shortcuts change no figure."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cut = cls._create_cycle("Cut", (10, 25, 35), lapse_days=60)
        cls.slow = cls._create_cycle("Balayage", (60, 112, 150), lapse_days=224)
        cls.manager = cls.manager.with_company(cls.company)

    def _ask(self, function):
        """Return the answer and the statements it took about visits."""
        asked, execute = [], Cursor.execute

        def spy(cursor, query, *args, **kwargs):
            asked.append(str(getattr(query, "code", query)))
            return execute(cursor, query, *args, **kwargs)

        self.env.invalidate_all()
        with patch.object(Cursor, "execute", spy):
            answer = function()
        return answer, [code for code in asked if "salon_visit" in code]

    def _make_rows(self):
        for number in range(3):
            client = self._create_client(f"Client {number}", f"+36 30 123 450{number}")
            client.salon_source_id = self.env["utm.source"].create(
                {"name": f"Source {number}"}
            )
            stylist = self._create_stylist(f"Stylist {number}")
            self._create_visit(client, "2028-01-10", stylist_id=stylist.id)
        self.env.flush_all()

    def test_summary_is_worked_out_once(self):
        """A page of the rows, and how many there are, cost one question."""
        self._make_rows()
        for name in SUMMARIES:
            model = self.env[name].with_user(self.manager)
            specification = {field: {} for field in model._fields if field != "id"}
            everything, asked = self._ask(
                lambda m=model, s=specification: m.web_search_read([], s)
            )
            self.assertEqual(len(asked), 1, name)
            for offset, limit in ((0, 2), (1, 1), (2, 80), (90, 80)):
                page, asked = self._ask(
                    lambda m=model, o=offset, n=limit: m.web_search_read(
                        [], {"display_name": {}}, offset=o, limit=n
                    )
                )
                self.assertEqual(len(asked), 1, name)
                self.assertEqual(page["length"], everything["length"])
                self.assertEqual(
                    [row["id"] for row in page["records"]],
                    [row["id"] for row in everything["records"][offset:][:limit]],
                )

    def test_pages_that_no_screen_asks_for(self):
        """Are refused in words; what Odoo takes for "no limit" is taken so here."""
        self._make_rows()
        for name in SUMMARIES:
            model = self.env[name].with_user(self.manager)
            count = model.web_search_read([], {})["length"]
            self.assertEqual(count, 3, name)
            for nothing in (0, None, False):
                page = model.web_search_read([], {}, offset=nothing, limit=nothing)
                self.assertEqual(len(page["records"]), count)
            for wrong in (-1, 1.5, "text", True, [1], {}, 10**20):
                for place in ("offset", "limit"):
                    with self.assertRaises(UserError, msg=(name, place, wrong)):
                        model.web_search_read([], {}, **{place: wrong})

    def test_only_what_is_shown_is_worked_out(self):
        """What no column needs PostgreSQL leaves out: money of lines, rebooking."""
        self._make_rows()
        model = self.env["salon.stylist.report"].with_user(self.manager)
        for field, is_read in (("adjusted_rate", False), ("amount", True)):
            query = model._search([]).select(field)
            plan = self.env.execute_query(SQL("EXPLAIN %s", query))
            plan = " ".join(line for (line,) in plan)
            # By its alias: the engine's rule of needs looks at products, too.
            self.assertEqual("product_template t " in plan, is_read, field)

    def test_away_to_the_day(self):
        """Lost the day after the lapse days are over, whichever way it is found out."""
        services = {
            60: self._create_service("Cut", self.cut),
            224: self._create_service("Balayage and cut", self.slow | self.cut),
            90: self._create_service("Massage", self.env["salon.cycle"]),
        }
        today = self.company._salon_today()
        clients = {}
        for days, service in services.items():
            for more in (-1, 0, 1, 400):
                day = self._subtract_days(today, days + more)
                client = self.env["res.partner"].create({"name": f"{days} {more}"})
                self._create_visit(client, day, service)
                clients[client] = "lost" if more > 0 else "new"
        self.env.flush_all()
        rows = self.env["salon.client.report"].with_user(self.manager).search([])
        found = {row.partner_id: row.status for row in rows}
        for client, status in clients.items():
            self.assertEqual(found[client], status, client.name)

    @staticmethod
    def _subtract_days(day, days):
        return str(day.fromordinal(day.toordinal() - days))
