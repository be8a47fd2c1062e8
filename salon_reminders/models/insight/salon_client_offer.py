from odoo import api, fields, models
from odoo.exceptions import UserError


class SalonClientOffer(models.Model):
    """What a client said when a service was offered to her; never forgotten.

    Declined twice in a row, or not liked, the service rests for a time set by the
    salon.
    """

    _name = "salon.client.offer"
    _description = "Answer to an Offered Service"
    _order = "date desc, id desc"
    _rec_name = "product_tmpl_id"
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner", string="Client", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    product_tmpl_id = fields.Many2one(
        "product.template",
        string="Service",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    zone_id = fields.Many2one(related="product_tmpl_id.salon_zone_id")
    answer = fields.Selection(
        [
            ("interested", "Interested"),
            ("declined", "Not now"),
            ("disliked", "Did not like it"),
        ],
        required=True,
    )
    date = fields.Date(
        required=True, default=lambda self: self.env.company._salon_today()
    )
    user_id = fields.Many2one(
        "res.users", string="Offered by", default=lambda self: self.env.user
    )
    note = fields.Char()

    @api.model
    def _record(self, partner, service, answer):
        """Keep an answer; the same one twice on a day is a slip of the finger."""
        if answer not in dict(self._fields["answer"].selection):
            raise UserError(self.env._("Choose what the client answered."))
        known = self.search(
            [
                ("partner_id", "=", partner.id),
                ("product_tmpl_id", "=", service.id),
                ("company_id", "=", self.env.company.id),
                ("date", "=", self.env.company._salon_today()),
                ("answer", "=", answer),
            ],
            limit=1,
        )
        return known or self.create(
            {
                "partner_id": partner.id,
                "product_tmpl_id": service.id,
                "answer": answer,
            }
        )

    @api.model
    def _get_resting(self, partners):
        """Return the pairs (client id, service id) not to be offered now."""
        company = self.env.company
        rest = company.salon_offer_pause_days
        since = fields.Date.subtract(company._salon_today(), days=rest)
        answers = self.search_fetch(
            [("partner_id", "in", partners.ids), ("company_id", "=", company.id)],
            ["partner_id", "product_tmpl_id", "answer", "date"],
        )
        resting = set()
        for pair, given in answers.grouped(
            lambda offer: (offer.partner_id.id, offer.product_tmpl_id.id)
        ).items():
            said = given.mapped("answer")
            no = said[:1] == ["disliked"] or said[:2] == ["declined", "declined"]
            if no and given[0].date > since:
                resting.add(pair)
        return resting
