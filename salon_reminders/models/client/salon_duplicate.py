from odoo import api, fields, models
from odoo.tools import SQL

# Odoo merges no more contacts at once.
MAX_MERGED = 3


class SalonDuplicate(models.Model):
    """Clients with one phone number: the same person twice, or a family."""

    _name = "salon.duplicate"
    _description = "Salon Duplicate Clients"
    _auto = False
    _order = "client_count desc, id"
    _rec_name = "names"
    _depends = {
        "res.partner": [
            "active",
            "company_id",
            "is_salon_client",
            "name",
            "phone_sanitized",
            "salon_shares_phone",
        ],
    }

    phone = fields.Char(readonly=True)
    names = fields.Char("Clients", readonly=True)
    client_count = fields.Integer("How many", readonly=True)
    partner_ids = fields.Many2many(
        "res.partner", compute="_compute_partner_ids", string="Cards"
    )

    @property
    def _table_query(self):
        return SQL(
            """SELECT MIN(p.id) AS id, p.phone_sanitized AS phone,
                      string_agg(p.name, ', ' ORDER BY p.id) AS names,
                      COUNT(*)::int AS client_count
                 FROM res_partner p
                WHERE p.active AND p.is_salon_client
                  AND p.phone_sanitized != '' AND p.salon_shares_phone IS NOT TRUE
                  AND (p.company_id IS NULL OR p.company_id = ANY(%s))
             GROUP BY p.phone_sanitized
               HAVING COUNT(*) > 1""",
            self.env.companies.ids,
        )

    @api.depends("phone")
    def _compute_partner_ids(self):
        partners = self.env["res.partner"].search(
            [
                ("phone_sanitized", "in", self.mapped("phone")),
                ("is_salon_client", "=", True),
                ("salon_shares_phone", "=", False),
            ]
        )
        by_phone = partners.grouped("phone_sanitized")
        for duplicate in self:
            duplicate.partner_ids = by_phone.get(duplicate.phone, partners.browse())

    def action_merge(self):
        """Open Odoo's wizard to merge these cards."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Merge cards"),
            "res_model": "base.partner.merge.automatic.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {
                "active_model": "res.partner",
                "active_ids": self.partner_ids[:MAX_MERGED].ids,
            },
        }

    def action_different(self):
        """Remember that these are different people who share a number."""
        self.partner_ids.salon_shares_phone = True
