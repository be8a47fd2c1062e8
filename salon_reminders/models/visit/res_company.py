from odoo import api, models
from odoo.tools import SQL


class ResCompany(models.Model):
    """The days of a salon's visits follow its clock; their sums follow no currency."""

    _inherit = "res.company"

    @api.onchange("currency_id")
    def _onchange_salon_currency(self):
        """Sums of visits are kept as figures: nobody converts them."""
        before = self._origin.currency_id
        # Whoever may change a company need not see its visits; only that there are.
        visits_sudo = self.env["salon.visit"].sudo()
        if (
            not before
            or before == self.currency_id
            or not visits_sudo.search_count(
                [("company_id", "=", self._origin.id)], limit=1
            )
        ):
            return None
        return {
            "warning": {
                "title": self.env._("The visits keep their figures"),
                "message": self.env._(
                    "What was paid so far was entered in %(before)s and is not "
                    "converted: a visit of 30 %(before)s will read 30 %(after)s, in "
                    "every report, too.",
                    before=before.name,
                    after=self.currency_id.name or "?",
                ),
            }
        }

    def _salon_follow_clock(self):
        """Move visits to the days they are on in a changed time zone.

        Set-based: a salon's whole history may move.
        """
        result = super()._salon_follow_clock()
        if not self:
            return result
        self.env.flush_all()
        moved = self.env["res.partner"]
        for company in self:
            rows = self.env.execute_query(company._sql_move_visits())
            moved |= moved.browse({partner for (partner,) in rows if partner})
        visits = self.env["salon.visit"]
        visits.invalidate_model(["date"])
        visits._after_change(moved)
        return result

    def _sql_move_visits(self):
        """Return the statement that sets the days of all visits of this salon."""
        self.ensure_one()
        return SQL(
            """UPDATE salon_visit v
                  SET date = d.day
                 FROM (SELECT id, (start AT TIME ZONE 'UTC' AT TIME ZONE %s)::date
                              AS day
                         FROM salon_visit WHERE company_id = %s) d
                WHERE v.id = d.id AND v.date IS DISTINCT FROM d.day
            RETURNING v.partner_id""",
            self._salon_timezone().zone,
            self.id,
        )
