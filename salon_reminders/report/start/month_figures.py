from collections import defaultdict

from odoo.fields import Date, Domain

from ...models.visit.salon_visit import MADE_STATES

# The month itself, and the twelve before it.
MONTHS = 13


class MonthFigures:
    """Puts the figures of the reports side by side, month by month.

    Every figure is asked of its report, so that paper and screen never differ.
    """

    def __init__(self, env):
        self.env = env

    def get_months(self, month):
        """Return the first days of the months that a report shows, oldest first."""
        return [
            Date.subtract(month, months=number) for number in reversed(range(MONTHS))
        ]

    def get_series(self, company, month):
        """Return {first day of a month: {figure: value}} of the last months."""
        series = defaultdict(lambda: defaultdict(float))
        for model, domain, specs in self._get_questions(company):
            rows = self.env[model]._read_group(
                domain & self._get_span(month), ["date:month"], list(specs.values())
            )
            for day, *values in rows:
                found = zip(specs, values, strict=True)
                series[day].update({name: value or 0 for name, value in found})
        for day in self.get_months(month):
            figures = series[day]
            money = figures["amount"]
            figures["retail_share"] = figures["retail"] / money if money else 0
        return series

    def _get_span(self, month):
        return Domain("date", ">=", self.get_months(month)[0]) & Domain(
            "date", "<", Date.add(month, months=1)
        )

    def _get_questions(self, company):
        """Return (report, which rows, {figure: measure}) of all that is asked."""
        own = Domain("company_id", "=", company.id)
        done = own & Domain("state", "in", MADE_STATES)
        moves = self.env["salon.segment.move"]
        return [
            (
                "salon.visit.report",
                done,
                {
                    "visits": "visit_count:count_distinct",
                    "clients": "client_count:count_distinct",
                    "amount": "amount:sum",
                    "ticket": "average_ticket:avg",
                },
            ),
            (
                "salon.visit.report",
                done & Domain("salon_kind", "=", "retail"),
                {"retail": "amount:sum"},
            ),
            ("salon.client.report", own, {"new": "client_count:sum"}),
            (
                "salon.booking.report",
                own,
                {
                    "no_show": "no_show_rate:avg",
                    "cancelled": "cancellation_rate:avg",
                },
            ),
            (
                "salon.call.report",
                own,
                {
                    "calls": "call_count:count_distinct",
                    "reached": "reached_rate:avg",
                    "call_bookings": "booked_count:sum",
                },
            ),
            (moves._name, own & moves._get_lost_domain(), {"lost": "__count"}),
            (moves._name, own & moves._get_returned_domain(), {"returned": "__count"}),
            (
                "salon.retention.report",
                own & Domain("kind", "=", "new"),
                {"back": "back_90:sum", "back_known": "back_90:count"},
            ),
        ]

    # ------------------------------------------------------------
    # WITHOUT MONTHS
    # ------------------------------------------------------------

    def get_heat(self, company, month):
        """Return the heat map of a month, see ``salon.load``."""
        load = self.env["salon.load"].with_company(company)
        stylists = self.env["salon.slot.finder"]._get_stylists(company)
        midnight = company._salon_midnight
        start, stop = midnight(month), midnight(Date.add(month, months=1))
        return load._get_heat(stylists, start, stop)

    def get_segments(self, company):
        """Return {segment: clients} as of last night."""
        return dict(
            self.env["salon.client.standing"]._read_group(
                [("company_id", "=", company.id)], ["segment"], ["__count"]
            )
        )

    def get_sources(self, company, month):
        """Return (source, new clients of the month, of a year, first-year value)."""
        clients = self.env["salon.client.report"]
        own = Domain("company_id", "=", company.id)
        until = Domain("date", "<", Date.add(month, months=1))
        year = Domain("date", ">=", Date.subtract(month, months=11))
        now = dict(
            clients._read_group(
                own & until & Domain("date", ">=", month),
                ["source_id"],
                ["client_count:sum"],
            )
        )
        rows = clients._read_group(
            own & until & year, ["source_id"], ["client_count:sum"]
        )
        values = self.env["salon.source.report"].search_fetch(
            own, ["source_id", "first_year_amount"]
        )
        value = {row.source_id: row.first_year_amount for row in values}
        return sorted(
            (
                (source, now.get(source, 0), count, value.get(source, 0))
                for source, count in rows
            ),
            key=lambda row: (-row[1], -row[2], row[0].name or ""),
        )
