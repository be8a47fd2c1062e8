from odoo import api, fields, models


class SalonCardLog(models.Model):
    """Who opened a card, saw a number outside a call, or took a client along in a file.

    A client base leaves with those who read it through. The log is written by the
    system only, whichever way the card is read: on screen or over RPC.
    """

    _name = "salon.card.log"
    _description = "Salon Card Log"
    _order = "date desc, id desc"
    _rec_name = "partner_id"

    user_id = fields.Many2one(
        "res.users", string="Who", required=True, index=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(
        "res.partner", string="Client", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, index=True)
    date = fields.Datetime("When", required=True, index=True)
    kind = fields.Selection(
        [
            ("card", "Card opened"),
            ("number", "Number shown outside a call"),
            ("export", "Taken along in a file"),
            ("proof", "Proof of consent read"),
        ],
        required=True,
    )

    @api.model
    def _record(self, partners, kind):
        """Note that the current user sees these cards or numbers."""
        now = fields.Datetime.now()
        # Nobody may write the log; that includes whom it is about.
        self.sudo().create(
            [
                {
                    "user_id": self.env.uid,
                    "partner_id": partner_id,
                    "company_id": self.env.company.id,
                    "date": now,
                    "kind": kind,
                }
                for partner_id in partners.ids
            ]
        )

    @api.model
    def _open_day(self, user, company, day):
        """Return the action that shows what a person looked at on a day."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Cards and numbers seen"),
            "res_model": self._name,
            "view_mode": "list",
            "domain": [
                ("user_id", "=", user.id),
                ("company_id", "=", company.id),
                ("date", ">=", company._salon_midnight(day)),
                ("date", "<", company._salon_midnight(fields.Date.add(day, days=1))),
            ],
        }
