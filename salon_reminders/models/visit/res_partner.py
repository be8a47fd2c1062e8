from odoo import api, fields, models
from odoo.fields import Domain

from .salon_visit import DESK, MADE_STATES


class ResPartner(models.Model):
    """What the visits of a client come to, at the current salon."""

    _inherit = "res.partner"

    salon_visit_ids = fields.One2many(
        "salon.visit",
        "partner_id",
        string="Visits",
        groups="salon_reminders.group_stylist",
    )
    salon_visit_count = fields.Integer(
        "Visits made",
        compute="_compute_salon_visits",
        groups="salon_reminders.group_stylist",
    )
    salon_last_date = fields.Date(
        "Last visit",
        compute="_compute_salon_visits",
        groups="salon_reminders.group_stylist",
    )
    salon_no_show_count = fields.Integer(
        "No-shows",
        compute="_compute_salon_visits",
        groups="salon_reminders.group_stylist",
    )
    salon_late_cancel_count = fields.Integer(
        "Cancelled late",
        compute="_compute_salon_visits",
        groups="salon_reminders.group_stylist",
    )
    salon_spent = fields.Monetary(
        "Spent",
        compute="_compute_salon_visits",
        currency_field="salon_currency_id",
        groups="salon_reminders.group_stylist",
    )
    salon_currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_salon_visits",
        string="Salon currency",
        groups="salon_reminders.group_stylist",
    )

    @api.depends_context("company")
    def _compute_salon_visits(self):
        made = Domain("state", "in", MADE_STATES)
        missed = Domain("state", "=", "no_show") | Domain("is_late_cancel", "=", True)
        own = Domain("partner_id", "in", self.ids)
        groups = self.env["salon.visit"]._read_group(
            own & Domain("company_id", "=", self.env.company.id) & (made | missed),
            ["partner_id", "state", "is_purchase"],
            ["__count", "date:max", "amount_total:sum"],
        )
        rows = {}
        for partner, state, is_purchase, *row in groups:
            rows.setdefault(partner, []).append((state, is_purchase, *row))
        self.salon_currency_id = self.env.company.currency_id
        for partner in self:
            partner._set_salon_visits(rows.get(partner._origin, ()))

    def _set_salon_visits(self, rows):
        """Fill in what the visits of a client come to.

        :param rows: (state, whether only bought, count, last day, amount) of the visits
            that were made, missed, or cancelled late
        """
        made = [row for row in rows if row[0] in MADE_STATES]
        visits = [row for row in made if not row[1]]
        self.salon_visit_count = sum(row[2] for row in visits)
        self.salon_last_date = max((row[3] for row in visits), default=False)
        self.salon_spent = sum(row[4] for row in made)
        self.salon_no_show_count = sum(row[2] for row in rows if row[0] == "no_show")
        self.salon_late_cancel_count = sum(
            row[2] for row in rows if row[0] == "cancelled"
        )

    def action_archive(self):
        """Ask the desk first what becomes of the bookings of these clients."""
        if not self.env.su and self.env.user.has_group(DESK):
            visits = self.env["salon.visit"]
            bookings = visits._get_coming([("partner_id", "in", self.ids)])
            if question := visits._ask_archiving(bookings, partner_ids=self):
                return question
        return super().action_archive()

    def action_open_salon_visits(self):
        """Open the client's visits and purchases."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "salon_reminders.salon_visit_action"
        )
        return {
            **action,
            "domain": [("partner_id", "=", self.id)],
            "context": {"default_partner_id": self.id},
        }
