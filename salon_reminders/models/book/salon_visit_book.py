from datetime import timedelta

from odoo import fields, models

from ...tools.times import merge_times
from ..visit.salon_visit import OPEN_STATES


class SalonVisit(models.Model):
    """The times at which a visit keeps stylists busy."""

    _inherit = "salon.visit"

    is_overlap = fields.Boolean(
        "Overlap on purpose",
        copy=False,
        tracking=True,
        help="The stylist may have another client at the same time.",
    )
    busy_ids = fields.One2many("salon.visit.busy", "visit_id", string="Busy times")

    def _take_times(self):
        """Bring the busy times of the stylists in line with these visits."""
        # A stylist may not see her colleagues' times, yet they bind her.
        self.env["salon.visit.busy"].sudo()._sync(self)

    def _share_out_lines(self):
        """Give services that no single stylist does to those who do them."""
        finder = self.env["salon.slot.finder"]
        for visit in self.filtered("stylist_id"):
            lines = visit.line_ids.filtered("minutes")
            plan = finder._get_plan(
                lines.product_id, visit.stylist_id, visit.company_id
            )
            shared = dict(plan)
            for line in lines.with_context(salon_visit_batch=True):
                if shared[line.product_id] != visit.stylist_id:
                    line.stylist_id = shared[line.product_id]

    def _get_following_lines(self):
        """Return the lines that go to another stylist together with their visit."""
        return self.line_ids.filtered(
            lambda line: line.stylist_id == line.visit_id.stylist_id
        )

    def _get_schedule(self):
        """Return when each service of the visit is done, one after the other.

        :return: a list of (line, stylist, start, stop); the last one ends with the
            visit. Without timed lines the visit is one block.
        """
        self.ensure_one()
        blocks, start = [], self.start
        for line in self.line_ids.sorted("sequence"):
            if line.minutes and start < self.stop:
                stop = min(start + timedelta(minutes=line.minutes), self.stop)
                blocks.append([line, line.stylist_id or self.stylist_id, start, stop])
                start = stop
        if not blocks:
            blocks = [[self.line_ids[:0], self.stylist_id, self.start, self.stop]]
        blocks[-1][-1] = self.stop
        return [tuple(block) for block in blocks]

    def _get_busy_times(self):
        """Return the times in which the visit keeps stylists busy.

        Only visits still to be made take time: history may overlap as it did.
        """
        self.ensure_one()
        if self.state not in OPEN_STATES or not self.start or not self.stop:
            return []
        times = {}
        for line, stylist, start, stop in self._get_schedule():
            for busy in line.product_id._get_salon_busy(start, stop):
                times.setdefault(stylist, []).append(busy)
        return [
            (stylist, start, stop)
            for stylist, own in times.items()
            if stylist
            for start, stop in merge_times(own)
        ]
