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


class SalonPromotion(models.Model):
    """Promotions for quiet hours only, checked against the load of the book."""

    _inherit = "salon.promotion"

    quiet_only = fields.Boolean(
        "Quiet hours only", help="It can be used in these hours only."
    )
    quiet_share = fields.Integer(
        "Quiet up to (%)",
        default=60,
        aggregator=None,
        help="An hour is quiet as long as no more of the stylists' working time is "
        "taken. Asked again for the very day when the promotion is used.",
    )
    hour_ids = fields.One2many(
        "salon.promotion.hour", "promotion_id", string="Quiet hours", copy=True
    )

    _quiet_share_range = models.Constraint(
        "CHECK(quiet_share BETWEEN 1 AND 100)",
        "Say from 1 to 100 percent how full a quiet hour may be.",
    )

    def action_propose_hours(self):
        """Put the hours that were quiet in the last weeks into the promotion."""
        self.ensure_one()
        load = self.env["salon.load"].with_company(self.company_id)
        cells = load._get_past_hours(WEEKS_BACK)
        self.hour_ids = [
            fields.Command.clear(),
            *(fields.Command.create(vals) for vals in self._prepare_quiet_hours(cells)),
        ]
        self.quiet_only = True

    def _prepare_quiet_hours(self, cells):
        """Return the quiet hours of the book, those next to each other as one."""
        found = []
        for (weekday, hour), cell in sorted(cells.items()):
            used = min(cell["booked"] + cell["done"], cell["offered"])
            if not cell["offered"] or 100 * used > self.quiet_share * cell["offered"]:
                continue
            day = str(weekday + 1)
            if found and (found[-1]["weekday"], found[-1]["hour_to"]) == (day, hour):
                found[-1]["hour_to"] = hour + 1
            else:
                found.append({"weekday": day, "hour_from": hour, "hour_to": hour + 1})
        return found

    def _get_load_questions(self):
        """Return which of its quiet hours were not quiet in the last weeks."""
        if not self.quiet_only:
            return []
        if not self.hour_ids:
            return [
                self.env._(
                    "There are no quiet hours: it could never be used. Propose them "
                    "from the book or enter them."
                )
            ]
        busy = self.hour_ids.filtered(lambda hour: hour.share > self.quiet_share)
        return [
            self.env._(
                "%(hours)s: %(share)s %% of these hours was taken in the last four "
                "weeks; that is not quiet.",
                hours=hour._get_text(),
                share=hour.share,
            )
            for hour in busy
        ]

    def _get_hour_obstacle(self, visit):
        """Return why the promotion does not hold at the time of a visit, or False."""
        self.ensure_one()
        if not self.quiet_only or not visit.start:
            return False
        local = visit.company_id._salon_local(visit.start)
        if not any(hour._has(local) for hour in self.hour_ids):
            return self.env._("Only at %(hours)s.", hours=self.hour_ids._get_text())
        if visit.state in OPEN_STATES and not self._is_quiet(visit):
            return self.env._(
                "That hour is too full: more than %(share)s %% is taken.",
                share=self.quiet_share,
            )
        return False

    def _is_quiet(self, visit):
        """Return whether the hour of a booking is quiet on its day, without itself."""
        start = visit.start.replace(minute=0, second=0, microsecond=0)
        stylists = self.env["salon.slot.finder"]._get_stylists(visit.company_id)
        load = self.env["salon.load"].with_company(visit.company_id)
        cells, _by_stylist = load._get_cells(
            stylists, start, start + timedelta(hours=1), but=visit._origin
        )
        offered = sum(cell["offered"] for cell in cells.values())
        taken = sum(cell["booked"] + cell["done"] for cell in cells.values())
        return 100 * min(taken, offered) <= self.quiet_share * offered
