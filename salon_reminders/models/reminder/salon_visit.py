from odoo import api, fields, models
from odoo.tools import format_list

from ..visit.salon_visit import OPEN_STATES
from .salon_reminder import CALLABLE_STATES


class SalonVisit(models.Model):
    """A visit moves the reminders of its client, and nothing else does.

    Around a visit nobody is phoned: what the client is due for is asked there.
    """

    _inherit = "salon.visit"

    ask_text = fields.Char(
        "Ask about",
        compute="_compute_ask_text",
        help="What the client will be due for by then and has not booked, and what "
        "else there is to say.",
    )

    @api.depends("partner_id", "company_id", "state", "date", "line_ids.product_id")
    @api.depends_context("uid", "lang")
    def _compute_ask_text(self):
        coming = self.filtered(lambda visit: visit.state in OPEN_STATES)
        asked = coming._get_ask_texts()
        for visit in self:
            texts = asked.get(visit)
            visit.ask_text = format_list(self.env, texts) if texts else False

    def _get_ask_texts(self):
        """Return {visit: what to ask about, in words} of visits to come."""
        return {
            visit: [reminder._get_ask_text() for reminder in reminders]
            for visit, reminders in self._get_due().items()
        }

    def _get_due(self):
        """Return {visit to come: reminders of its client that are due by its day}.

        What is booked, also for this visit, is not among them.
        """
        reminders = self.env["salon.reminder"].search(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("state", "in", ("scheduled", *CALLABLE_STATES)),
            ],
            order="due_date, id",
        )
        found = reminders.grouped(lambda one: (one.partner_id, one.company_id))
        return {
            visit: found[visit.partner_id, visit.company_id].filtered(
                lambda reminder, day=visit.date: reminder._is_due_by(day)
            )
            for visit in self
            if (visit.partner_id, visit.company_id) in found
        }

    @api.model
    def _follow_visits(self, partners):
        self.env["salon.reminder.engine"]._refresh(partners=partners)
        return super()._follow_visits(partners)
