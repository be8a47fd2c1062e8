from odoo import api, models
from odoo.fields import Date
from odoo.tools import LazyTranslate, format_date, format_datetime, formatLang

from ...tools.charts import get_bars, get_columns
from .month_figures import MonthFigures

_lt = LazyTranslate(__name__)

CHART_WIDTH = 880
CHART_HEIGHT = 120
BAR_WIDTH = 300
STYLIST_MONTHS = 12
STYLIST_FIGURES = [
    *("stylist_id", "first_count", "known_count", "adjusted_rate", "range_text"),
    *("verdict", "rating_text", "left_count"),
]
QUIET_COUNT = 3
# (figure, label, how it is written, report and field that define it)
KEY_FIGURES = (
    ("visits", _lt("Visits"), "count", ("salon.visit.report", "visit_count")),
    ("clients", _lt("Clients"), "count", ("salon.visit.report", "client_count")),
    ("amount", _lt("Money"), "money", ("salon.visit.report", "amount")),
    (
        *("ticket", _lt("Average ticket"), "money"),
        ("salon.visit.report", "average_ticket"),
    ),
    (
        *("retail_share", _lt("Retail share"), "share"),
        ("salon.stylist.report", "retail_rate"),
    ),
    ("new", _lt("New clients"), "count", None),
    ("returned", _lt("Returned clients"), "count", None),
    ("lost", _lt("Lost clients"), "count", None),
    ("no_show", _lt("No-show rate"), "share", ("salon.booking.report", "no_show_rate")),
    (
        *("cancelled", _lt("Cancellation rate"), "share"),
        ("salon.booking.report", "cancellation_rate"),
    ),
    ("calls", _lt("Calls"), "count", ("salon.call.report", "call_count")),
    ("reached", _lt("Reached rate"), "share", ("salon.call.report", "reached_rate")),
    (
        *("call_bookings", _lt("Booked on calls"), "count"),
        ("salon.call.report", "booked_count"),
    ),
    ("booked_share", _lt("Booked share"), "share", None),
    ("empty", _lt("Empty hours"), "count", None),
)
# Of what no report has as a column.
DEFINITIONS = {
    "new": _lt("Clients whose very first visit to the salon was in the month."),
    "returned": _lt("Moves out of the segments Lost and One visit in the month."),
    "lost": _lt("Moves into the segments Lost and One visit in the month (churn)."),
    "booked_share": _lt("Hours booked or done divided by hours offered."),
    "empty": _lt("Hours offered and neither booked nor done."),
}


class SalonMonthReport(models.AbstractModel):
    """The month for the owner who does not open Odoo: figures, charts, answers."""

    _name = "report.salon_reminders.month_report"
    _description = "Printed Monthly Report"

    @api.model
    def _get_report_values(self, docids, data=None):
        docs = self.env["salon.month.report"].browse(docids).exists()
        for doc in docs:
            doc._check_salon()
        return {
            "doc_ids": docs.ids,
            "doc_model": docs._name,
            "docs": docs,
            "reports": {doc: self._get_report(doc) for doc in docs},
        }

    def _get_report(self, doc):
        """Return all that one report shows, as texts and drawings."""
        company, month = doc.company_id, Date.to_date(doc.month)
        report = self.with_context(allowed_company_ids=company.ids)
        figures = MonthFigures(report.env)
        series = figures.get_series(company, month)
        heat = figures.get_heat(company, month)
        return {
            "month": doc._get_month_name(),
            "is_running": month == company._salon_today().replace(day=1),
            "figures": report._get_key_figures(company, month, series, heat),
            "money": report._draw_money(company, month, series),
            "segments": report._draw_segments(company),
            "retention": report._draw_retention(month, series),
            "stylists": report._get_stylists(company),
            "sources": report._draw_sources(company, month),
            "heat": heat,
            "quiet": report.env["salon.load"]._get_quiet(heat)[:QUIET_COUNT],
            "effect": report._get_effect(company, month),
            "definitions": report._get_definitions(),
            "printed": format_datetime(
                self.env,
                self.env.cr.now().replace(microsecond=0),
                tz=company._salon_timezone().zone,
                dt_format="short",
            ),
        }

    # ------------------------------------------------------------
    # KEY FIGURES
    # ------------------------------------------------------------

    def _get_key_figures(self, company, month, series, heat):
        """Return the table: figure, this month, and two to compare it with."""
        before = Date.subtract(month, months=1)
        year = Date.subtract(month, months=12)
        figures = MonthFigures(self.env)
        say = self.env["salon.report"]._say
        for day in (month, before, year):
            total = (heat if day == month else figures.get_heat(company, day))["total"]
            series[day]["booked_share"] = total["share"] / 100
            series[day]["empty"] = total["empty"]
        return [
            {
                "label": say(label),
                "now": self._put_in_words(series[month][name], kind, company),
                "before": self._put_in_words(series[before][name], kind, company),
                "before_change": self._compare(
                    series[month][name], series[before][name], kind
                ),
                "year": self._put_in_words(series[year][name], kind, company),
                "year_change": self._compare(
                    series[month][name], series[year][name], kind
                ),
            }
            for name, label, kind, _definition in KEY_FIGURES
        ]

    def _put_in_words(self, value, kind, company):
        if kind == "share":
            return f"{formatLang(self.env, 100 * value, digits=1)} %"
        if kind == "money":
            return company.currency_id.format(value)
        return formatLang(self.env, value, digits=0)

    def _compare(self, now, before, kind):
        """Return the change in per cent, of shares in points; nothing without both."""
        if kind == "share":
            points = round(100 * (now - before), 1)
            return self.env._("%(points)s points", points=f"{points:+.1f}")
        return f"{100 * (now - before) / before:+.0f} %" if before else "–"

    def _get_definitions(self):
        """Return (figure, what it means) in the words of the reports."""
        say = self.env["salon.report"]._say
        return [
            (
                say(label),
                self.env[where[0]].fields_get([where[1]])[where[1]]["help"]
                if where
                else say(DEFINITIONS[name]),
            )
            for name, label, _kind, where in KEY_FIGURES
        ]

    # ------------------------------------------------------------
    # DRAWINGS
    # ------------------------------------------------------------

    def _draw_money(self, company, month, series):
        points = [
            (
                self._get_short(day),
                series[day]["amount"],
                formatLang(self.env, series[day]["amount"], digits=0),
            )
            for day in MonthFigures(self.env).get_months(month)
        ]
        return self._get_columns(points)

    def _draw_retention(self, month, series):
        """Return who came back within 90 days of a first visit, where that is known."""
        points = []
        for day in MonthFigures(self.env).get_months(month):
            known, back = series[day]["back_known"], series[day]["back"]
            share = 100 * back / known if known else None
            text = f"{share:.0f} %" if known else "…"
            points.append((self._get_short(day), share, text))
        return self._get_columns(points)

    def _get_columns(self, points):
        return {
            "width": CHART_WIDTH,
            "height": CHART_HEIGHT,
            "columns": get_columns(points, CHART_WIDTH, CHART_HEIGHT),
        }

    def _get_short(self, day):
        return format_date(self.env, day, date_format="LLL yy")

    def _draw_segments(self, company):
        counts = MonthFigures(self.env).get_segments(company)
        standings = self.env["salon.client.standing"]
        names = standings._fields["segment"]._description_selection(self.env)
        points = [
            (name, counts.get(segment, 0), str(counts.get(segment, 0)))
            for segment, name in names
        ]
        return {
            "bars": get_bars(points, BAR_WIDTH),
            "regular": counts.get("regular", 0) + counts.get("key", 0),
            "all": sum(counts.values()),
        }

    def _draw_sources(self, company, month):
        rows = MonthFigures(self.env).get_sources(company, month)
        names = [source.name or self.env._("Not stated") for source, *_rest in rows]
        points = [
            (name, row[1], str(row[1])) for name, row in zip(names, rows, strict=True)
        ]
        bars = get_bars(points, BAR_WIDTH)
        return [
            {
                **bar,
                "year": row[2],
                "value": company.currency_id.format(row[3]) if row[3] else "…",
            }
            for bar, row in zip(bars, rows, strict=True)
        ]

    # ------------------------------------------------------------
    # ANSWERS
    # ------------------------------------------------------------

    def _get_stylists(self, company):
        model = self.env["salon.stylist.report"]
        # Only what is printed: the other figures are dear.
        rows = model.with_context(salon_months=STYLIST_MONTHS).search_fetch(
            [("company_id", "=", company.id)], STYLIST_FIGURES
        )
        verdicts = dict(model._fields["verdict"]._description_selection(self.env))
        return [
            {
                "row": row,
                "verdict": verdicts[row.verdict],
                "adjusted": self._put_in_words(row.adjusted_rate, "share", company)
                if row.known_count
                else "",
            }
            for row in rows
        ]

    def _get_effect(self, company, month):
        """Return what followed the calls of the month, and what a year proves."""
        effects = self.env["salon.calling.effect"]
        last = Date.subtract(Date.add(month, months=1), days=1)
        followed = effects.new(
            {"company_id": company.id, "date_from": month, "date_to": last}
        )
        proven = effects.new(
            {
                "company_id": company.id,
                "date_from": Date.subtract(month, months=11),
                "date_to": last,
            }
        )
        return {
            "called": followed.called_count,
            "came": followed.came_count,
            "came_rate": self._put_in_words(followed.came_rate, "share", company),
            "days": followed.days,
            "amount": company.currency_id.format(followed.amount),
            "is_tried": bool(proven.control_share or proven.arm_control_count),
            "visits": proven.effect,
            "money": proven.money_effect,
        }
