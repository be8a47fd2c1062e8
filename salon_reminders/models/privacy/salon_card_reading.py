from odoo import api, fields, models
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
        return self._sql_days()

    @api.model
    def _sql_days(self, recent=False):
        """Return the query of what was read per person, salon and day.

        :param bool recent: only yesterday and today of each salon
        """
        since = SQL(
            """l.date >= %(earliest)s
               AND (l.date AT TIME ZONE 'UTC' AT TIME ZONE t.tz)::date
                   >= t.day - 1""",
            # Two whole days, whatever the time zone.
            earliest=fields.Datetime.subtract(fields.Datetime.now(), days=3),
        )
        return SQL(
            """WITH clock AS (%(clock)s),
            day AS (
                SELECT MIN(l.id) AS id, l.user_id, l.company_id,
                       (l.date AT TIME ZONE 'UTC' AT TIME ZONE t.tz)::date AS date,
                       COUNT(DISTINCT l.partner_id)
                           FILTER (WHERE l.kind = 'card') AS card_count,
                       COUNT(DISTINCT l.partner_id)
                           FILTER (WHERE l.kind = 'number') AS number_count
                  FROM salon_card_log l
                  JOIN clock t ON t.company_id = l.company_id
                 WHERE %(since)s
              GROUP BY 2, 3, 4)
            SELECT d.*,
                   (c.salon_card_limit > 0 AND d.card_count > c.salon_card_limit)
                   OR (c.salon_number_limit > 0
                       AND d.number_count > c.salon_number_limit) AS is_unusual
              FROM day d
              JOIN res_company c ON c.id = d.company_id""",
            clock=self.env["res.company"]._sql_salon_days(),
            since=since if recent else SQL("TRUE"),
        )

    def action_open_log(self):
        """Open what this person looked at on this day."""
        self.ensure_one()
        return self.env["salon.card.log"]._open_day(
            self.user_id, self.company_id, self.date
        )
