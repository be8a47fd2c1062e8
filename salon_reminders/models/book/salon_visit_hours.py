from datetime import datetime, time, timedelta
from itertools import chain

from odoo import api, fields, models

from ...tools.arguments import (
    checked,
    listed,
    moment,
    optional,
    record_id,
    record_ids,
    shaped,
    text,
)
from ...tools.times import subtract_times
from ..visit.salon_visit import OPEN_STATES

# What is done by whom and when, as a form sends it.
PART = shaped(
    product_id=optional(record_id),
    stylist_id=optional(record_id),
    start=optional(moment),
    stop=optional(moment),
)


class SalonVisit(models.Model):
    """Visits outside the working hours of a stylist: asked about, then recorded."""

    _inherit = "salon.visit"

    outside_hours = fields.Boolean(
        "Outside working hours",
        readonly=True,
        copy=False,
        tracking=True,
        help="The stylist does not work at the time of this visit; whoever booked it "
        "was told and confirmed it.",
    )

    # ------------------------------------------------------------
    # REQUESTS
    # ------------------------------------------------------------

    @api.model
    @checked(
        visit_id=optional(record_id),
        start=optional(moment),
        stop=optional(moment),
        stylist_id=optional(record_id),
        parts=listed(PART),
        state=optional(text),
    )
    def get_booking_question(
        self, visit_id, start, stop, stylist_id, parts=(), state=False
    ):
        """Return what must be confirmed before a visit is put at this time, or False.

        :param visit_id: the visit that is changed; its own values stand for what is
            not given
        :param parts: what is done by whom and when, as far as it is known: dicts of
            product_id, stylist_id, start and stop
        :param state: what the visit will be in; nothing is asked about the past
        """
        visit = self.browse(visit_id or [])
        begin = start or visit.start
        state = state or visit.state
        if not begin or (state and state not in OPEN_STATES):
            return False
        end = stop or visit.stop
        if not end or end <= begin:
            length = visit.stop - visit.start if visit else timedelta(minutes=15)
            end = begin + length
        stylist = self.env["resource.resource"].browse(stylist_id or [])
        stylist = stylist or visit.stylist_id
        times = (
            self._read_parts(parts)
            or visit._get_moved_times(begin, end, visit.stylist_id, stylist)
            or [(stylist, begin, end)]
        )
        return visit._get_hours_question(times)

    @api.model
    @checked(start=moment, stop=moment, stylist_ids=record_ids)
    def get_off_hours(self, start, stop, stylist_ids):
        """Return when none of these stylists works, of all when none is given."""
        self.check_access("read")
        finder = self.env["salon.slot.finder"]
        stylists = finder._get_stylists(self.env.company)
        chosen = stylists.filtered(lambda one: one.id in stylist_ids) or stylists
        work = finder._get_work(chosen, start, stop)
        return subtract_times([(start, stop)], chain.from_iterable(work.values()))

    # ------------------------------------------------------------
    # THE QUESTION
    # ------------------------------------------------------------

    @api.model
    def _read_parts(self, parts):
        """Return the (stylist, start, stop) that these parts keep stylists busy."""
        stylists, products = self.env["resource.resource"], self.env["product.product"]
        return [
            (stylists.browse(part["stylist_id"]), *busy)
            for part in parts
            if part["stylist_id"] and part["start"] and part["stop"]
            for busy in products.browse(part["product_id"] or [])._get_salon_busy(
                part["start"], part["stop"]
            )
        ]

    def _get_moved_times(self, start, stop, own, stylist):
        """Return the busy times as they would be after a move.

        :param own: the stylist whose part goes to ``stylist``
        """
        if not self:
            return []
        shift = start - self.start
        times = [
            [stylist if who == own else who, begin + shift, end + shift]
            for who, begin, end in self._get_busy_times()
        ]
        if times:
            last = max(times, key=lambda busy: busy[2])
            last[2] = max(last[2] + (stop - start) - (self.stop - self.start), last[1])
        return times

    def _get_hours_question(self, times):
        """Return the warning that stylists do not work then, or False.

        :param times: (stylist, start, stop) of all that keeps stylists busy
        """
        times = self._drop_gone([busy for busy in times if busy[0]])
        outside = {}
        for stylist, start, _stop in self.env["salon.slot.finder"]._find_outside(times):
            outside.setdefault(stylist, start)
        if not outside:
            return False
        texts = [self._text_hours(stylist, start) for stylist, start in outside.items()]
        return "\n".join([*texts, self.env._("Book anyway?")])

    def _drop_gone(self, times):
        """Return the times without those after the last day of a stylist who leaves.

        There is nothing to confirm: booking her is refused.
        """
        company = self.company_id or self.env.company
        stylists = self.env["resource.resource"].union(*(busy[0] for busy in times))
        ends = self.env["salon.departure"]._get_ends(stylists, company)
        return [
            busy
            for busy in times
            if busy[0].id not in ends or busy[2] <= ends[busy[0].id]
        ]

    def _text_hours(self, stylist, start):
        """Return in words when the stylist works on this day."""
        company = self.company_id or self.env.company
        midnight = datetime.combine(company._salon_date(start), time())
        first = company._salon_utc(midnight)
        last = company._salon_utc(midnight + timedelta(days=1))
        work = self.env["salon.slot.finder"]._get_work(stylist, first, last)[stylist.id]
        values = {"stylist": stylist.name, "day": company._salon_format_day(start)}
        if not work:
            return self.env._("%(stylist)s does not work on %(day)s.", **values)
        hours = ", ".join(
            f"{company._salon_format_time(a)} – {company._salon_format_time(b)}"
            for a, b in work
        )
        return self.env._(
            "On %(day)s %(stylist)s works %(hours)s.", **values, hours=hours
        )
