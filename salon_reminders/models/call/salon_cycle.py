from odoo import fields, models


class SalonCycle(models.Model):
    """What is said on the phone about a need, and what other days of it would bring."""

    _inherit = "salon.cycle"

    script_ids = fields.One2many(
        "salon.call.script",
        "cycle_id",
        string="Scripts",
        help="What the receptionist says on the phone about this need. Kinds of calls "
        "without a script of their own are read the general one.",
    )

    def action_try_days(self):
        """Try other days of this cycle without saving them."""
        self.ensure_one()
        return self._try_days(self.company_id)

    def _try_days(self, company, days=None):
        return self.env["salon.dry.run"]._open(self, company, days)
