from uuid import uuid4

from odoo import fields, models


class ResCompany(models.Model):
    """Whether a share of the due clients is left uncalled, to learn what calls do."""

    _inherit = "res.company"

    salon_control_share = fields.Integer(
        string="Control group",
        groups="salon_reminders.group_stylist",
        help="Per cent of the due clients that are left uncalled for two weeks, chosen "
        "by chance, so that Reporting > What calling brings can tell what calls really "
        "do. 0 means none.",
    )
    salon_control_seed = fields.Char(
        groups="base.group_system",
        copy=False,
        help="What the draws of this salon are made with; nobody can foretell them.",
    )

    _salon_control_share_possible = models.Constraint(
        "CHECK(salon_control_share BETWEEN 0 AND 50)",
        "At most half of the due clients can be left uncalled.",
    )

    def write(self, vals):
        result = super().write(vals)
        if "salon_control_share" in vals:
            self._salon_switch_control()
        return result

    def _salon_switch_control(self):
        """Make the seed of a new control group; let go who is in one that ended."""
        # Only the system knows the seed, so that nobody can foretell a draw.
        for company in self.sudo():
            if company.salon_control_share and not company.salon_control_seed:
                company.salon_control_seed = uuid4().hex
        ended = self.filtered(lambda company: not company.salon_control_share)
        self.env["salon.control.draw"]._cut_short(ended)
