from odoo import fields, models
from odoo.tools import SQL


class SalonCardReading(models.Model):
    """How many cards and numbers each person looked at per day."""

    _name = "salon.card.reading"
    _description = "Salon Card Reading"
    _auto = False
    _order = "date desc, card_count desc"
    _rec_name = "user_id"
    _depends = {
        "salon.card.log": ["user_id", "partner_id", "company_id", "date", "kind"],
    }

    user_id = fields.Many2one("res.users", string="Who", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    date = fields.Date("Day", readonly=True)
    card_count = fields.Integer("Cards opened", readonly=True)
    number_count = fields.Integer("Numbers outside a call", readonly=True)
    is_unusual = fields.Boolean(
        "Unusual",
        readonly=True,
        help="More than the salon's settings take for an ordinary day.",
    )

    @property
    def _table_query(self):
        companies = self.env["res.company"].sudo().search([])
        return SQL(
            """WITH zone AS (SELECT * FROM (VALUES %s) AS z (company_id, tz)),
            day AS (
                SELECT MIN(l.id) AS id, l.user_id, l.company_id,
                       (l.date AT TIME ZONE 'UTC' AT TIME ZONE z.tz)::date AS date,
                       COUNT(DISTINCT l.partner_id)
                           FILTER (WHERE l.kind = 'card') AS card_count,
                       COUNT(DISTINCT l.partner_id)
                           FILTER (WHERE l.kind = 'number') AS number_count
                  FROM salon_card_log l
                  JOIN zone z ON z.company_id = l.company_id
              GROUP BY 2, 3, 4)
            SELECT d.*,
                   (c.salon_card_limit > 0 AND d.card_count > c.salon_card_limit)
                   OR (c.salon_number_limit > 0
                       AND d.number_count > c.salon_number_limit) AS is_unusual
              FROM day d
              JOIN res_company c ON c.id = d.company_id""",
            SQL(", ").join(
                SQL("(%s, %s)", company.id, company._salon_timezone().zone)
                for company in companies
            ),
        )

    def action_open_log(self):
        """Open what this person looked at on this day."""
        self.ensure_one()
        company = self.company_id
        start = fields.Datetime.to_datetime(self.date)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Cards and numbers seen"),
            "res_model": "salon.card.log",
            "view_mode": "list",
            "domain": [
                ("user_id", "=", self.user_id.id),
                ("company_id", "=", company.id),
                ("date", ">=", company._salon_utc(start)),
                ("date", "<", company._salon_utc(fields.Date.add(start, days=1))),
            ],
        }
