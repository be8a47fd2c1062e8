from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date


class ResPartner(models.Model):
    """Calls with a client, and what they have told."""

    _inherit = "res.partner"

    salon_call_ids = fields.One2many(
        "salon.call",
        "partner_id",
        string="Calls",
        groups="salon_reminders.group_receptionist",
    )
    salon_call_status = fields.Text(
        "On the call list?",
        compute="_compute_salon_call_status",
        groups="salon_reminders.group_receptionist",
    )
    salon_is_lost = fields.Boolean(
        "Left us",
        compute="_compute_salon_is_lost",
        search="_search_salon_is_lost",
        groups="salon_reminders.group_stylist",
        help="She said that she left, and has not come or booked since.",
    )
    salon_leaving_text = fields.Char(
        "Why she left",
        compute="_compute_salon_is_lost",
        groups="salon_reminders.group_stylist",
    )

    @api.depends_context("company", "lang")
    def _compute_salon_call_status(self):
        texts = self.env["salon.call.planner"]._explain(self._origin)
        for partner in self:
            partner.salon_call_status = texts.get(partner._origin)

    @api.depends_context("company", "lang")
    def _compute_salon_is_lost(self):
        lost = self._origin.filtered_domain(self._search_salon_is_lost("in", [True]))
        # What she said is shown on her card to whoever sees the card.
        attempts = self.env["salon.call.attempt"].sudo()
        newest = {}
        for attempt in attempts.search(
            [
                ("partner_id", "in", lost.ids),
                ("company_id", "=", self.env.company.id),
                ("leaving_reason_id", "!=", False),
                ("undone_at", "=", False),
            ],
            order="date, id",
        ):
            newest[attempt.partner_id.id] = attempt
        for partner in self:
            attempt = newest.get(partner._origin.id)
            partner.salon_is_lost = bool(attempt)
            partner.salon_leaving_text = attempt and self._salon_text_left(attempt)

    @api.model
    def _salon_text_left(self, attempt):
        text = self.env._(
            "%(reason)s (said on %(date)s)",
            reason=attempt.leaving_reason_id.name,
            date=format_date(self.env, attempt.company_id._salon_date(attempt.date)),
        )
        said = attempt._get_said()
        return f"{text}: {said}" if said else text

    @api.model
    def _search_salon_is_lost(self, operator, value):
        # Odoo asks nobody for access to a field that brings its own search.
        self._check_field_access(self._fields["salon_is_lost"], "read")
        if operator != "in":
            return NotImplemented
        attempts, company = self.env["salon.call.attempt"], self.env.company
        lost = Domain.custom(
            to_sql=lambda model, alias, query: attempts._sql_left(
                SQL.identifier(alias, "id"), SQL("%s", company.id)
            )
        )
        parts = {True: lost, False: ~lost}
        return Domain.OR(parts[bool(wanted)] for wanted in value)

    def write(self, vals):
        result = super().write(vals)
        if vals.get("active") is False:
            # Whoever archives a contact need not know the calls.
            self.env["salon.call"].sudo()._cancel_archived(self)
        return result

    def action_open_salon_calls(self):
        """Open the client's calls, the closed ones too."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "salon_reminders.salon_call_action_all"
        )
        return {**action, "domain": [("partner_id", "=", self.id)]}
