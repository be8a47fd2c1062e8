from odoo import api, fields, models
from odoo.exceptions import UserError


class SalonCallOutcome(models.Model):
    """What a call came to; its kind decides what happens next."""

    _name = "salon.call.outcome"
    _description = "Salon Call Outcome"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        [
            ("booked", "Booked"),
            ("call_back", "Call back"),
            ("no_answer", "No answer"),
            ("declined", "Declined"),
            ("do_not_call", "Do not call"),
        ],
        required=True,
        help="Booked: a visit is made. Call back: the call returns on the promised "
        "day. No answer: it returns the next day. Declined: this need is skipped once "
        "or stopped. Do not call: the consent is withdrawn.",
    )
    company_id = fields.Many2one(
        "res.company", index=True, help="Leave empty to share it with every salon."
    )

    @api.model
    def _get_default(self, kind):
        """Return the first outcome of this kind.

        :raise UserError: when a manager archived them all
        """
        outcome = self.search(
            [
                ("kind", "=", kind),
                ("company_id", "in", [False, self.env.company.id]),
            ],
            limit=1,
        )
        if not outcome:
            raise UserError(
                self.env._(
                    'There is no call outcome of the kind "%(kind)s". Ask a manager '
                    "to add one under Salon > Configuration > Call outcomes.",
                    kind=dict(self._fields["kind"]._description_selection(self.env))[
                        kind
                    ],
                )
            )
        return outcome
