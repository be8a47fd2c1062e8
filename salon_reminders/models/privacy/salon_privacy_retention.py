from odoo import api, fields, models
from odoo.tools import SQL

BATCH = 10_000


class SalonPrivacy(models.AbstractModel):
    """Forgets what a salon has kept long enough."""

    _inherit = "salon.privacy"

    @api.autovacuum
    def _gc_old_notes(self):
        """Forget notes, gifts, numbers and logs that are older than a salon keeps them.

        What came of the calls stays.
        """
        done = 0
        for company in self.env["res.company"].search(
            [("salon_retention_months", ">", 0)]
        ):
            months = company.salon_retention_months
            limit = fields.Datetime.subtract(fields.Datetime.now(), months=months)
            done += self._forget_notes(company, limit)
        return done, done if done >= BATCH else 0

    def _forget_notes(self, company, limit):
        """Return how many rows older than ``limit`` were cleaned, at most a batch."""
        self.env.flush_all()
        statements = (
            """UPDATE salon_call_attempt
                  SET note = NULL, phone = NULL, bring_back = NULL, gift = NULL
                WHERE id IN (SELECT id FROM salon_call_attempt
                              WHERE company_id = %s AND date < %s
                                AND COALESCE(note, phone, bring_back, gift)
                                    IS NOT NULL
                              LIMIT %s)""",
            """UPDATE salon_call SET note = NULL
                WHERE id IN (SELECT id FROM salon_call
                              WHERE company_id = %s AND closed_at < %s
                                AND state != 'open' AND note IS NOT NULL
                              LIMIT %s)""",
            """DELETE FROM salon_card_log
                WHERE id IN (SELECT id FROM salon_card_log
                              WHERE company_id = %s AND date < %s
                              LIMIT %s)""",
        )
        done = 0
        for statement in statements:
            self.env.cr.execute(SQL(statement, company.id, limit, BATCH))
            done += self.env.cr.rowcount
        self.env.invalidate_all()
        return done
