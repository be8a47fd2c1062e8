from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date


class ResPartner(models.Model):
    """What calls have told about a client: a wrong number, that she left."""

    _inherit = "res.partner"

    salon_wrong_number = fields.Char(
        readonly=True,
        copy=False,
        help="The number that turned out to be wrong. Calls go on with another one.",
    )
    salon_has_wrong_number = fields.Boolean(
        "Wrong number", compute="_compute_salon_has_wrong_number"
    )
    salon_is_lost = fields.Boolean(
        "Left us",
        compute="_compute_salon_is_lost",
        search="_search_salon_is_lost",
        help="She said that she left, and has not come or booked since.",
    )
    salon_leaving_text = fields.Char("Why she left", compute="_compute_salon_is_lost")

    @api.depends("salon_wrong_number", "phone_sanitized")
    def _compute_salon_has_wrong_number(self):
        for partner in self:
            wrong = partner.salon_wrong_number
            partner.salon_has_wrong_number = wrong and wrong == partner.phone_sanitized

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
            date=format_date(
                self.env, attempt.company_id._salon_date(attempt.date)
            ),
        )
        return f"{text}: {attempt.note}" if attempt.note else text

    @api.model
    def _search_salon_is_lost(self, operator, value):
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
