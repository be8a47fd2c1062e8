from odoo import api, models
from odoo.tools import SQL

from ...models.visit.salon_visit import MADE_STATES, OPEN_STATES
from ...tools.pg_settings import pg_settings

# Days in which a client is awaited back from a service that renews no cycle.
USUAL_WINDOW = 90
# To compile such a question takes longer than to answer it, but PostgreSQL, which
# thinks it dearer than it is, would; and it would sort a year's visits on disk.
QUESTION_SETTINGS = {"jit": "off", "work_mem": "64MB"}


class SalonReport(models.AbstractModel):
    """What the reports of the salon have in common: a question put to the database.

    A report keeps nothing, so that it can't be out of date. Its query is made of
    parts, which other addons may extend. Every join that a column needs is a LEFT
    JOIN on a unique key: PostgreSQL leaves it out when nobody asks for the column.
    Dates are the salon's.
    """

    _name = "salon.report"
    _description = "Salon Report"

    # {setting of PostgreSQL: its value while a question is answered}
    _question_settings = QUESTION_SETTINGS

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

    def _asking(self):
        return pg_settings(self.env.cr, self._question_settings)

    @api.model
    def search_fetch(self, domain, field_names=None, offset=0, limit=None, order=None):
        # The rules look at the salon of every row: not to be asked for by itself.
        if field_names is not None and "company_id" in self._fields:
            field_names = [*field_names, "company_id"]
        with self._asking():
            return super().search_fetch(domain, field_names, offset, limit, order)

    @api.model
    def search_count(self, *args, **kwargs):
        with self._asking():
            return super().search_count(*args, **kwargs)

    @api.model
    def _read_group(self, *args, **kwargs):
        with self._asking():
            return super()._read_group(*args, **kwargs)

    @api.model
    def _read_grouping_sets(self, *args, **kwargs):
        with self._asking():
            return super()._read_grouping_sets(*args, **kwargs)

    # ------------------------------------------------------------
    # PARTS
    # ------------------------------------------------------------

    @api.model
    def _get_salons(self):
        # Which salons are shown is decided by the rules of the report, not here.
        companies = self.env["res.company"].sudo().with_context(active_test=False)
        return companies.search([])

    @api.model
    def _sql_salons(self):
        """Return a table of all companies: id, today and tz, as the salons have it."""
        companies = self._get_salons()
        return SQL(
            """(SELECT id, MIN(today) AS today, MIN(tz) AS tz
                  FROM unnest(%s::int[], %s::date[], %s::text[]) AS s (id, today, tz)
              GROUP BY id)""",
            companies.ids,
            [company._salon_today() for company in companies],
            [company._salon_timezone().zone for company in companies],
        )

    @api.model
    def _sql_today(self, company):
        """Return today at the salon whose id is given.

        A constant wherever it is the same day: by it PostgreSQL can choose an index.
        """
        return self._sql_by_salon(company, lambda salon: salon._salon_today())

    @api.model
    def _sql_by_salon(self, company, get_day):
        days = {salon.id: get_day(salon) for salon in self._get_salons()}
        if len(set(days.values())) == 1:
            return SQL("%s::date", next(iter(days.values())))
        cases = [SQL("WHEN %s THEN %s::date", *pair) for pair in days.items()]
        return SQL("(CASE %s %s END)", company, SQL(" ").join(cases))

    @api.model
    def _sql_local(self, moment):
        """Return the salon's time of a UTC column; the salons are joined as salon.

        Where all have the same time zone, PostgreSQL need not join them.
        """
        zones = {salon._salon_timezone().zone for salon in self._get_salons()}
        zone = SQL("%s", zones.pop()) if len(zones) == 1 else SQL("salon.tz")
        return SQL("%s AT TIME ZONE 'UTC' AT TIME ZONE %s", moment, zone)

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
            "%(v)s.state IN %(made)s AND %(v)s.is_purchase IS NOT TRUE",
            made=MADE_STATES,
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

    @api.model
    def _sql_client_totals(self):
        """Return a table of the clients of each salon, with all they did there.

        ``id`` is the first entered of their visits, ``date`` and ``last_date`` their
        first and last days, ``visit_count`` the number of days. ``amount`` is all they
        paid: what was only bought is money, too, but no visit.
        """
        # By the column alone: with the state, which is not in the index, PostgreSQL
        # would go through the visits.
        return SQL(
            """(SELECT company_id, partner_id, MIN(id) FILTER (%(visit)s) AS id,
                   MIN(date) FILTER (%(visit)s) AS date,
                   MAX(date) FILTER (%(visit)s) AS last_date,
                   COUNT(DISTINCT date) FILTER (%(visit)s) AS visit_count,
                   SUM(amount_total) AS amount
                  FROM salon_visit made
                 WHERE state IN %(made)s AND partner_id IS NOT NULL
              GROUP BY company_id, partner_id
                HAVING COUNT(*) FILTER (%(visit)s) > 0)""",
            visit=SQL("WHERE is_purchase IS NOT TRUE"),
            made=MADE_STATES,
        )

    @api.model
    def _sql_need(self, visit_id, company):
        """Return the cycle that a visit renewed, with its lapse days; none or one row.

        What it renewed is said by the engine. Of several cycles of a visit the one that
        gives the client most time counts.
        """
        return SQL(
            """(SELECT c.id AS cycle_id, c.lapse_days
                  FROM (SELECT %(visit)s AS id, %(company)s AS company_id) v
                  %(cycles)s
              ORDER BY c.lapse_days DESC, c.id
                 LIMIT 1)""",
            visit=visit_id,
            company=company,
            cycles=self.env["salon.visit.line"]._sql_join_cycles(),
        )

    @api.model
    def _sql_is_away(self, day, visit_id, company):
        """Return the condition that the time to come back after a visit is over.

        Most clients have been away for longer than any cycle allows, or for less: only
        for the others the visit is looked at.
        """
        return SQL(
            """CASE WHEN %(day)s + (
                        SELECT GREATEST(MAX(lapse_days), %(usual)s) FROM salon_cycle
                    ) < %(today)s THEN TRUE
                    WHEN %(day)s + (
                        SELECT LEAST(MIN(lapse_days), %(usual)s) FROM salon_cycle
                    ) >= %(today)s THEN FALSE
                    ELSE %(day)s + COALESCE(
                        (SELECT lapse_days FROM %(need)s need), %(usual)s
                    ) < %(today)s END""",
            day=day,
            today=self._sql_today(company),
            usual=USUAL_WINDOW,
            need=self._sql_need(visit_id, company),
        )

    @api.model
    def _sql_main_service(self, visit_id, column):
        """Return a column of the costliest service of a visit."""
        return SQL(
            """(SELECT %(column)s
                  FROM salon_visit_line l
                  JOIN product_product p ON p.id = l.product_id
                  JOIN product_template t ON t.id = p.product_tmpl_id
                 WHERE l.visit_id = %(visit)s AND t.salon_kind = 'service'
                   AND l.net_quantity > 0
              ORDER BY l.amount DESC, l.id
                 LIMIT 1)""",
            column=column,
            visit=visit_id,
        )

    @api.model
    def _sql_last_year(self, partner, company):
        """Return what a client paid in the 365 days up to her last visit.

        :param SQL partner: expression of the client's id
        :param SQL company: expression of the company's id
        """
        last = SQL(
            """(SELECT MAX(last.date) FROM salon_visit last
                 WHERE last.partner_id = %s AND last.company_id = %s AND %s)""",
            partner,
            company,
            self._sql_is_visit("last"),
        )
        return SQL(
            """(SELECT COALESCE(SUM(paid.amount_total), 0)
                  FROM salon_visit paid
                 WHERE paid.partner_id = %(partner)s AND paid.company_id = %(company)s
                   AND %(in_year)s)""",
            partner=partner,
            company=company,
            in_year=self.env["salon.visit"]._sql_in_year("paid", last),
        )

    @api.model
    def _sql_is_booked(self, client):
        """Return the condition that a client (row of a table) has a visit to come."""
        return SQL(
            """EXISTS (
                SELECT FROM salon_visit b
                 WHERE b.partner_id = %(client)s.partner_id
                   AND b.company_id = %(client)s.company_id
                   AND b.date >= %(today)s
                   AND b.state IN %(open)s)""",
            open=OPEN_STATES,
            client=SQL.identifier(client),
            today=self._sql_today(SQL.identifier(client, "company_id")),
        )

    def _say(self, term):
        """Return a lazy term in the language of the reader."""
        # Under another name: terms are collected where they are declared.
        translate = self.env._
        return translate(term)

    def _open_list(self, xml_id, name, domain, views=None):
        """Open the records of a figure in the views of an action.

        Without the action's own id: its path would bring back its own domain.
        """
        action = self.env["ir.actions.act_window"]._for_xml_id(xml_id)
        action.update(id=False, path=False, domain=domain, context={})
        action["name"] = action["display_name"] = name
        if views:
            action["views"] = [(False, view) for view in views]
        return action

    def _open_record(self, record):
        self.ensure_one()
        # Without the filters of the report, which mean nothing there.
        return record._get_records_action(context={})
