from odoo import api, fields, models
from odoo.fields import Domain

from .salon_visit import MADE_STATES


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
        compute="_compute_salon_missed",
        groups="salon_reminders.group_stylist",
    )
    salon_late_cancel_count = fields.Integer(
        "Cancelled late",
        compute="_compute_salon_missed",
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
        groups = self.env["salon.visit"]._read_group(
            [
                ("partner_id", "in", self.ids),
                ("state", "in", MADE_STATES),
                ("company_id", "=", self.env.company.id),
            ],
            ["partner_id", "is_purchase"],
            ["__count", "date:max", "amount_total:sum"],
        )
        visits = {partner: row for partner, purchase, *row in groups if not purchase}
        spent = {}
        for partner, _purchase, _count, _last, amount in groups:
            spent[partner] = spent.get(partner, 0) + amount
        self.salon_currency_id = self.env.company.currency_id
        for partner in self:
            count, last, _amount = visits.get(partner, (0, False, 0))
            partner.salon_visit_count = count
            partner.salon_last_date = last
            partner.salon_spent = spent.get(partner, 0)

    @api.depends_context("company")
    def _compute_salon_missed(self):
        domain = [
            ("partner_id", "in", self.ids),
            ("company_id", "=", self.env.company.id),
        ]
        missed = Domain("state", "=", "no_show") | Domain("is_late_cancel", "=", True)
        counts = {
            (partner, state): count
            for partner, state, count in self.env["salon.visit"]._read_group(
                Domain(domain) & missed, ["partner_id", "state"], ["__count"]
            )
        }
        for partner in self:
            own = partner._origin
            partner.salon_no_show_count = counts.get((own, "no_show"), 0)
            partner.salon_late_cancel_count = counts.get((own, "cancelled"), 0)

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
