from odoo import models


class ResPartner(models.Model):
    """The contact of a salon keeps its clock where there are no working hours.

    And a client is no way to what others may not read, whatever app links to one.
    """

    _inherit = "res.partner"

    def write(self, vals):
        result = super().write(vals)
        if "tz" in vals:
            # Whoever may set it moves the clock.
            companies = self.env["res.company"].sudo()
            companies.search(
                [("partner_id", "in", self.ids), ("resource_calendar_id", "=", False)]
            )._salon_follow_clock()
        return result

    def _check_salon_linked(self):
        """Refuse that the user links records of any app to clients out of reach.

        Filled where it is known who is a client.

        :raise AccessError: as Odoo says it
        """

    def _check_salon_copied(self, records):
        """Refuse records that have copied what the user may not read of a client.

        Filled where it is known what that is.

        :param records: of any app, linked to these contacts just now
        :raise AccessError: saying what they would show
        """
