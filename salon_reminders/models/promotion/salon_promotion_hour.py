from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import float_round, format_date

from ...tools.times import WEEKDAYS
from ..visit.salon_visit import OPEN_STATES

# What the book looked like in the last weeks says which hours are quiet.
WEEKS_BACK = -4


class SalonPromotionHour(models.Model):
    """Hours of a weekday, by the salon's clock, in which a promotion can be used."""

    _name = "salon.promotion.hour"
    _description = "Quiet Hours of a Promotion"
    _order = "weekday, hour_from, id"

    promotion_id = fields.Many2one(
        "salon.promotion", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="promotion_id.company_id")
    weekday = fields.Selection(WEEKDAYS, required=True, default="2")
    hour_from = fields.Float("From", required=True, default=10.0, aggregator=None)
    hour_to = fields.Float("To", required=True, default=13.0, aggregator=None)
    share = fields.Integer(
        "Full (%)",
        compute="_compute_share",
        help="How much of these working hours was taken in the last four weeks.",
    )

    _hours_range = models.Constraint(
        "CHECK(hour_from >= 0 AND hour_to <= 24 AND hour_from < hour_to)",
        "Quiet hours must end after they begin, between 0:00 and 24:00.",
    )

    @api.depends("weekday", "hour_from", "hour_to")
    def _compute_share(self):
        for company, hours in self.grouped("company_id").items():
            load = self.env["salon.load"].with_company(company or self.env.company)
            cells = load._get_past_hours(WEEKS_BACK)
            for hour in hours:
                hour.share = round(hour._get_share(cells))

    def _get_share(self, cells):
        """Return how full these hours are, in percent.

        :param dict cells: see ``salon.load._get_past_hours``
        """
        self.ensure_one()
        own = [
            cell
            for (weekday, hour), cell in cells.items()
            if self.weekday == str(weekday + 1)
            and self.hour_from < hour + 1
            and self.hour_to > hour
        ]
        offered = sum(cell["offered"] for cell in own)
        used = sum(min(cell["booked"] + cell["done"], cell["offered"]) for cell in own)
        return 100 * used / offered if offered else 0

    def _has(self, local):
        """Return whether a moment of the salon's clock lies in these hours."""
        self.ensure_one()
        hour = float_round(local.hour + local.minute / 60, precision_digits=4)
        is_day = self.weekday == str(local.isoweekday())
        return is_day and self.hour_from <= hour < self.hour_to

    def _get_text(self):
        """Return the hours in words, weekdays with the same hours together."""
        monday = fields.Date.to_date("2024-01-01")
        days = {}
        for weekday, hours in self.sorted().grouped("weekday").items():
            day = monday + timedelta(days=int(weekday) - 1)
            times = ", ".join(
                f"{self._format(one.hour_from)}–{self._format(one.hour_to)}"
                for one in hours
            )
            name = format_date(self.env, day, date_format="EEE")
            days.setdefault(times, []).append(name)
        return "; ".join(f"{', '.join(names)} {times}" for times, names in days.items())

    @api.model
    def _format(self, hour):
        whole, minutes = divmod(round(hour * 60), 60)
        return f"{whole}:{minutes:02}"

    @api.model
    def _prepare_quiet(self, cells, share):
        """Return the quiet hours of the book, those next to each other as one.

        :param dict cells: see ``salon.load._get_past_hours``
        :param share: an hour is quiet up to so many percent
        """
        found = []
        for (weekday, hour), cell in sorted(cells.items()):
            used = min(cell["booked"] + cell["done"], cell["offered"])
            if not cell["offered"] or 100 * used > share * cell["offered"]:
                continue
            day = str(weekday + 1)
            if found and (found[-1]["weekday"], found[-1]["hour_to"]) == (day, hour):
                found[-1]["hour_to"] = hour + 1
            else:
                found.append({"weekday": day, "hour_from": hour, "hour_to": hour + 1})
        return found

    # ------------------------------------------------------------
    # WHETHER IT IS QUIET THEN
    # ------------------------------------------------------------

    @api.model
    def _get_obstacle(self, promotion, visit):
        """Return why a promotion does not hold at the time of a visit, or False."""
        if not promotion.quiet_only or not visit.start:
            return False
        local = visit.company_id._salon_local(visit.start)
        if not any(hour._has(local) for hour in promotion.hour_ids):
            return self.env._(
                "Only at %(hours)s.", hours=promotion.hour_ids._get_text()
            )
        if visit.state in OPEN_STATES and not self._is_quiet(promotion, visit):
            return self.env._(
                "That hour is too full: more than %(share)s %% is taken.",
                share=promotion.quiet_share,
            )
        return False

    @api.model
    def _is_quiet(self, promotion, visit):
        """Return whether the hour of a booking is quiet on its day, without itself."""
        start = visit.start.replace(minute=0, second=0, microsecond=0)
        stylists = self.env["salon.slot.finder"]._get_stylists(visit.company_id)
        load = self.env["salon.load"].with_company(visit.company_id)
        cells, _by_stylist = load._get_cells(
            stylists, start, start + timedelta(hours=1), but=visit._origin
        )
        offered = sum(cell["offered"] for cell in cells.values())
        taken = sum(cell["booked"] + cell["done"] for cell in cells.values())
        return 100 * min(taken, offered) <= promotion.quiet_share * offered
