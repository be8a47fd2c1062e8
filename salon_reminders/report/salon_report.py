from odoo import api, models
from odoo.tools import SQL

WEEKDAYS = [
    ("1", "Monday"),
    ("2", "Tuesday"),
    ("3", "Wednesday"),
    ("4", "Thursday"),
    ("5", "Friday"),
    ("6", "Saturday"),
    ("7", "Sunday"),
]


class SalonReport(models.AbstractModel):
    """What the reports of the salon have in common: a question put to the database.

    A report keeps nothing, so that it can't be out of date. Its query is made of
    parts, which other addons may extend. Every join that a column needs is a LEFT
    JOIN on a unique key: PostgreSQL leaves it out when nobody asks for the column.
    Dates are the salon's.
    """

    _name = "salon.report"
    _description = "Salon Report"

    @property
    def _table_query(self):
        parts = (self._select(), self._from(), self._join(), self._where())
        return SQL("%s %s %s %s", *parts)

    @api.model
    def _select(self):
        return SQL("SELECT NULL::int AS id")

    @api.model
    def _from(self):
        return SQL()

    @api.model
    def _join(self):
        return SQL()

    @api.model
    def _where(self):
        return SQL("WHERE TRUE")

    # ------------------------------------------------------------
    # PARTS
    # ------------------------------------------------------------

    @api.model
    def _sql_salons(self):
        """Return a table of all companies: id, today and tz, as the salons have it."""
        # Which salons are shown is decided by the rules of the report, not here.
        companies = self.env["res.company"].sudo().with_context(active_test=False)
        companies = companies.search([])
        return SQL(
            """(SELECT id, MIN(today) AS today, MIN(tz) AS tz
                  FROM unnest(%s::int[], %s::date[], %s::text[]) AS s (id, today, tz)
              GROUP BY id)""",
            companies.ids,
            [company._salon_today() for company in companies],
            [company._salon_timezone().zone for company in companies],
        )

    @api.model
    def _sql_local(self, moment):
        """Return the salon's time of a UTC column; the salons are joined as salon."""
        return SQL("%s AT TIME ZONE 'UTC' AT TIME ZONE salon.tz", moment)

    @api.model
    def _sql_hour(self, moment):
        """Return the hour of a UTC column on the salon's clock, such as 09:00."""
        return SQL("to_char(%s, 'HH24:00')", self._sql_local(moment))

    @api.model
    def _sql_weekday(self, day):
        return SQL("EXTRACT(ISODOW FROM %s)::int::text", day)

    @api.model
    def _sql_is_visit(self, visit):
        """Return the condition that a row of salon_visit is a visit that was made."""
        return SQL(
            "%(v)s.state = 'done' AND %(v)s.is_purchase IS NOT TRUE",
            v=SQL.identifier(visit),
        )

    @api.model
    def _sql_join_visit(self):
        """Join what is known of a visit v: its client, salon and currency."""
        return SQL(
            """LEFT JOIN res_partner partner ON partner.id = v.partner_id
               LEFT JOIN res_company company ON company.id = v.company_id
               LEFT JOIN %s salon ON salon.id = v.company_id""",
            self._sql_salons(),
        )

    def _open_record(self, record):
        self.ensure_one()
        # Without the filters of the report, which mean nothing there.
        return record._get_records_action(context={})
