from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .salon_visit import MADE_STATES

DESK = "salon_reminders.group_receptionist"


class SalonVisit(models.Model):
    """What the client thought of a visit, asked at the desk or on the phone.

    The stylist neither gives nor sees it, so that clients can be frank.
    """

    _inherit = "salon.visit"

    rating = fields.Selection(
        [
            ("1", "Bad"),
            ("2", "Poor"),
            ("3", "Fair"),
            ("4", "Good"),
            ("5", "Very good"),
        ],
        copy=False,
        tracking=True,
        groups=DESK,
        help="What the client said when she was asked: 1 to 5 stars.",
    )
    rating_comment = fields.Text(
        "What she said", copy=False, groups=DESK, help="In the client's own words."
    )

    # Only when it is given: a visit that is reopened keeps its rating for later.
    @api.constrains("rating")
    def _check_rating(self):
        for visit in self:
            if visit.rating and visit.state not in MADE_STATES:
                raise ValidationError(
                    self.env._(
                        "%(visit)s is not done yet. Close the visit, then rate it.",
                        visit=visit.display_name,
                    )
                )
