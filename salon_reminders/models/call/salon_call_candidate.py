from odoo import models
from odoo.tools import SQL

from ...tools.pg_settings import pg_settings
from ..reminder.salon_reminder import GONE
from ..visit.salon_visit import MADE_STATES


class SalonCallCandidate(models.AbstractModel):
    """Who could be called on a day, what speaks for it and what holds her back.

    The one set of rules that the daily job, the forecast of its lists and the
    explanation on the client card share.
    """

    _name = "salon.call.candidate"
    _description = "Candidates for Calls"

    def _sql_order(self):
        """Return the order of candidates.

        Reminders and courses before lapsed clients and birthdays, those who will
        probably still come before those who are probably gone, then worth, then
        lateness.
        """
        return SQL(
            "kind NOT IN ('reminder', 'course'), gone > %s, value DESC, due_date,"
            " partner_id",
            GONE,
        )

    def _sql_candidates(self, partners=None):
        """Return one row per client with something to call about.

        ``hold`` says what holds her back and is empty for those to call. Of clients
        who share a number only the first is called. Needs that come due within the
        bundling window join a call but do not cause one.

        :param partners: only these clients, to explain their case
        """
        company = self.env.company
        return SQL(
            # OFFSET 0 keeps the gate from being worked out twice per client.
            """SELECT d.*, w.value, w.stylist_id,
                      COALESCE(gate.hold, CASE WHEN ROW_NUMBER() OVER (
                          PARTITION BY d.day, d.phone, gate.hold IS NULL
                          ORDER BY %(order)s) > 1 THEN 'call' END) AS hold
                 FROM (%(reasons)s) d
   CROSS JOIN LATERAL (SELECT %(hold)s AS hold OFFSET 0) gate
   CROSS JOIN LATERAL (%(worth)s) w""",
            hold=self._sql_hold(company, self._sql_day(SQL("d"))),
            order=self._sql_order(),
            reasons=self._sql_reasons(company, partners),
            worth=self._sql_worth(company, self._sql_day(SQL("d"))),
        )

    def _choose(self, found, places, hold, reminders):
        """Return the rows to call of those found, best first; one per number.

        :param SQL found: rows of partner_id, phone, day, user_id, kind, stylist_id,
            due_date, rank and the column of their occasion
        :param places: so many at most; None means all
        :param SQL hold: what holds back client ``d``, see ``_sql_hold``
        :param SQL reminders: the ``reminder_ids`` of a call of client ``d``
        """
        company = self.env.company
        self.env.flush_all()
        return self._ask_uncompiled(
            SQL(
                """WITH found AS (%(found)s),
                held AS MATERIALIZED (
                    SELECT d.*, %(hold)s AS hold FROM found d),
                chosen AS (
                    SELECT DISTINCT ON (phone) *
                      FROM held WHERE hold IS NULL
                  ORDER BY phone, rank, partner_id)
                SELECT d.*, NULL AS birthday, worth.value, due.reminder_ids
                  FROM chosen d
            CROSS JOIN LATERAL (%(worth)s) worth
            CROSS JOIN LATERAL (%(reminders)s) due
              ORDER BY d.rank, d.partner_id
                 LIMIT %(places)s""",
                found=found,
                hold=hold,
                worth=self._sql_worth(company, SQL("%s::date", company._salon_today())),
                reminders=reminders,
                places=places,
            )
        )

    def _ask_uncompiled(self, question):
        """Ask without compiling (jit), which takes longer than running; return rows."""
        with pg_settings(self.env.cr, {"jit": "off"}):
            return self.env.execute_query_dict(question)

    def _get_free_places(self):
        """Return how many new calls today still takes; None means no limit."""
        company = self.env.company
        if not company.salon_daily_quota:
            return None
        opened = self.env["salon.call"].search_count(
            [
                ("company_id", "=", company.id),
                ("opened_date", "=", company._salon_today()),
            ]
        )
        return max(company.salon_daily_quota - opened, 0)

    def _sql_day(self, row):
        """Return the day a row is worked out for: today.

        :param SQL row: the row, for those who work out several days at once
        """
        return SQL("%s::date", self.env.company._salon_today())

    def _sql_followed(self):
        """Return reminders ``h`` with the clock ``t`` to work them out by."""
        return SQL("salon_reminder h JOIN clock t ON t.company_id = h.company_id")

    def _sql_clients(self):
        """Return clients ``p`` with the clock ``t`` to work them out by."""
        return SQL(
            "res_partner p JOIN clock t ON t.company_id = %s", self.env.company.id
        )

    def _sql_reasons(self, company, partners):
        """Return per client ``d`` all that speaks for a call: reminders, birthday."""
        return SQL(
            """SELECT p.id AS partner_id, p.phone_sanitized AS phone,
                      COALESCE(g.day, b.day) AS day, p.user_id, g.reminder_ids,
                      g.due_date, b.birthday,
                      COALESCE(g.gone, 0) AS gone,
                      CASE WHEN g.due THEN 'reminder' WHEN g.course THEN 'course'
                           WHEN g.lapsed THEN 'lapsed' ELSE 'birthday' END AS kind
                 FROM (%(reminders)s) g
            FULL JOIN (%(birthdays)s) b
                   ON b.partner_id = g.partner_id AND b.day = g.day
                 JOIN res_partner p
                   ON p.id = COALESCE(g.partner_id, b.partner_id) AND p.active
                WHERE g.due OR g.course OR g.lapsed OR b.birthday IS NOT NULL""",
            reminders=self._sql_due_reminders(company, partners),
            birthdays=self._sql_birthdays(company, partners),
        )

    def _sql_among(self, column, partners):
        """Return the condition that a client is one of these, if any are given."""
        if partners is None:
            return SQL("TRUE")
        return SQL("%s = ANY(%s)", column, partners.ids)

    def _sql_due_reminders(self, company, partners):
        """Return per client the reminders that may be called about."""
        engine = self.env["salon.reminder.engine"]
        return SQL(
            """SELECT h.partner_id, h.day,
                      array_agg(h.id ORDER BY h.due_date, h.id) AS reminder_ids,
                      bool_or(h.state IN ('due', 'late') AND h.cycle_id IS NOT NULL)
                          AS due,
                      bool_or(h.state IN ('due', 'late') AND h.cycle_id IS NULL)
                          AS course,
                      bool_or(h.state = 'lapsed') AS lapsed,
                      COALESCE(MIN(h.due_date) FILTER (WHERE h.state != 'lapsed'),
                               MIN(h.due_date)) AS due_date,
                      MIN(h.gone) AS gone
                 FROM (
                     -- OFFSET 0: what is sorted must not carry the curves along.
                     SELECT h.id, h.partner_id, t.day, h.cycle_id, h.state, h.due_date,
                            %(gone)s AS gone
                       FROM %(followed)s
                  LEFT JOIN salon_cycle c ON c.id = h.cycle_id
                       %(norm)s
                      WHERE h.company_id = %(company)s AND %(callable)s AND %(among)s
                        AND (c.active OR h.cycle_id IS NULL)
                     OFFSET 0) h
             GROUP BY h.partner_id, h.day""",
            followed=self._sql_followed(),
            gone=engine._sql_gone(),
            norm=engine._sql_join_norm(),
            company=company.id,
            among=self._sql_among(SQL("h.partner_id"), partners),
            callable=engine._sql_callable(
                self._sql_day(SQL("t")), company.salon_bundling_days
            ),
        )

    def _sql_birthdays(self, company, partners):
        """Return the clients whose birthday is near and not yet called about.

        Who was born on 29 February has her birthday on the 28th in other years. The
        call of a birthday is made once, whatever came of it.
        """
        return SQL(
            """SELECT p.id AS partner_id, t.day, near.day AS birthday
                 FROM %(clients)s
                 %(near)s
                WHERE %(days)s > 0 AND %(among)s
                  AND near.day BETWEEN %(today)s AND %(today)s + %(days)s
                  AND EXISTS (
                      SELECT FROM salon_visit v
                       WHERE v.partner_id = p.id AND v.company_id = %(company)s
                         AND v.state IN %(made)s)
                  AND NOT EXISTS (
                      SELECT FROM salon_call k
                       WHERE k.partner_id = p.id AND k.company_id = %(company)s
                         AND k.birthday = near.day)""",
            clients=self._sql_clients(),
            near=self._sql_join_birthdays(),
            days=company.salon_birthday_days,
            among=self._sql_among(SQL("p.id"), partners),
            today=self._sql_day(SQL("t")),
            company=company.id,
            made=MADE_STATES,
        )

    def _sql_join_birthdays(self):
        """Return the join from client ``p`` to her next birthdays, ``near.day``."""
        in_year = (
            "(p.salon_birthdate + make_interval(years => (%s::int"
            " - EXTRACT(YEAR FROM p.salon_birthdate)::int)))::date"
        )
        year = self.env.company._salon_today().year
        return SQL(
            """JOIN LATERAL (VALUES (%s), (%s)) AS near (day)
                   ON p.salon_birthdate IS NOT NULL""",
            SQL(in_year, year),
            SQL(in_year, year + 1),
        )

    def _sql_hold(self, company, today, may_have_left=False, has_missed=False):
        """Return what holds back client ``d``, or NULL: the one rule of the gate.

        The first line that holds is the one told to people.

        :param bool may_have_left: who said that she left is called all the same
        :param bool has_missed: what was said to her before the visit that she missed
            does not count, and chance does not decide
        """
        return SQL(
            """COALESCE(%(gate)s, CASE
                 WHEN %(left)s THEN 'left'
                 WHEN EXISTS (
                     SELECT FROM res_partner op
                       JOIN salon_call oc ON oc.partner_id = op.id
                      WHERE op.phone_sanitized = d.phone
                        AND oc.company_id = %(company)s
                        AND oc.state = 'open') THEN 'call'
                 WHEN EXISTS (
                     SELECT FROM salon_call_attempt a
                      WHERE a.phone = d.phone AND %(lately)s AND %(others)s) THEN 'gap'
                 WHEN %(own)s AND EXISTS (
                     SELECT FROM salon_call_attempt a
                      WHERE a.partner_id = d.partner_id AND %(lately)s) THEN 'gap'
                 WHEN %(control)s THEN 'control'
               END)""",
            gate=self.env["salon.gate"]._sql_hold(
                SQL("d.partner_id"),
                SQL("d.phone"),
                SQL("%s", company.id),
                today,
                "reminder",
                "phone",
            ),
            company=company.id,
            left=SQL("FALSE")
            if may_have_left
            else self.env["salon.call.attempt"]._sql_left(
                SQL("d.partner_id"), SQL("%s", company.id)
            ),
            others=SQL("a.partner_id != d.partner_id") if has_missed else SQL("TRUE"),
            own=SQL("FALSE") if has_missed else SQL("TRUE"),
            control=SQL("FALSE")
            if has_missed
            else self.env["salon.control.draw"]._sql_left_uncalled(
                SQL("d.partner_id"), SQL("%s", company.id), today
            ),
            lately=SQL(
                """a.company_id = %s
                   AND a.undone_at IS NULL
                   AND (a.date AT TIME ZONE 'UTC' AT TIME ZONE %s)::date > %s - %s""",
                company.id,
                company._salon_timezone().zone,
                today,
                company.salon_contact_gap_days,
            ),
        )

    def _sql_worth(self, company, today):
        """Return what client ``d`` spent in a year and who mostly served her."""
        return SQL(
            """SELECT COALESCE(SUM(v.amount_total), 0) AS value,
                      MODE() WITHIN GROUP (ORDER BY v.stylist_id) AS stylist_id
                 FROM salon_visit v
                WHERE v.partner_id = d.partner_id AND v.company_id = %(company)s
                  AND v.state IN %(made)s
                  AND v.date > (%(today)s - INTERVAL '1 year')::date""",
            company=company.id,
            today=today,
            made=MADE_STATES,
        )
