from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

SHORTCUTS = "abcdefghijklmnopqrstuvwxy"
# After these kinds nobody was spoken to.
UNANSWERED = ("no_answer", "wrong_number")


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
            ("wrong_number", "Wrong number"),
            ("do_not_call", "Do not call"),
            ("left_us", "Left us"),
            ("no_advertising", "No advertising"),
            ("delete_me", "Delete me"),
        ],
        required=True,
        help="Booked: a visit is made. Call back: the call returns at the promised "
        "hour. No answer: it returns later that day, then the next day. Declined: this "
        "need is skipped once or stopped. Wrong number: no calls until the number is "
        "changed. Do not call: the consent is withdrawn. Left us: the reason is kept "
        "and the client counts as lost. No advertising: offers and questions end, the "
        "call goes on. Delete me: nobody calls or writes any more, and a manager is to "
        "delete the client.",
    )
    shortcut = fields.Char(
        "Key", size=1, help="The key that chooses this outcome at the call desk."
    )
    company_id = fields.Many2one(
        "res.company", index=True, help="Leave empty to share it with every salon."
    )

    @api.constrains("shortcut")
    def _check_shortcut(self):
        for outcome in self.filtered("shortcut"):
            if outcome.shortcut not in SHORTCUTS:
                raise ValidationError(
                    self.env._(
                        "The key of %(outcome)s must be a small letter from a to y; z "
                        "is used to undo.",
                        outcome=outcome.name,
                    )
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
