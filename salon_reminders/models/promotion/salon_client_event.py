from odoo import api, fields, models
from odoo.tools import SQL


class SalonClientEvent(models.Model):
    """Promotions in the timeline of a client: what she was offered, and her answer."""

    _inherit = "salon.client.event"
    _depends = {
        "salon.promotion.participation": [
            *("partner_id", "company_id", "date", "user_id", "note"),
        ],
    }

    kind = fields.Selection(selection_add=[("promotion", "Promotion")])

    @api.model
    def _get_parts(self):
        offers = ("salon.promotion.participation", self._sql_promotions())
        return {**super()._get_parts(), 9: offers}

    @api.model
    def _sql_promotions(self):
        return SQL(
            """SELECT id, partner_id, company_id, date, 'promotion'::varchar AS kind,
                      user_id, NULL::int AS stylist_id, NULL::numeric AS amount,
                      note::text
                 FROM salon_promotion_participation"""
        )

    @api.model
    def _get_describers(self):
        return {**super()._get_describers(), "promotion": self._get_promotion_text}

    @api.model
    def _get_promotion_text(self, offer):
        """Return what was offered and what came of it."""
        states = dict(offer._fields["state"]._description_selection(self.env))
        answers = dict(offer._fields["answer"]._description_selection(self.env))
        said = answers.get(offer.answer) if offer.state == "open" else False
        return self.env._(
            "Promotion: %(name)s (%(state)s)",
            name=offer.promotion_id.name,
            state=said or states[offer.state],
        )
