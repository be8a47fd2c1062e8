from odoo import api, models
from odoo.tools import SQL

from ...tools.pg_settings import uncompiled
from ..reminder.salon_reminder import CALLABLE_STATES, GONE
from ..visit.salon_visit import MADE_STATES
from .salon_call import NEAR_KINDS, VISIT_KINDS, WORTH_FIRST
from .salon_control_draw import FREE_KINDS

# What must have been agreed to for what may be said.
REASON_PURPOSES = {"remind": "reminder", "ask": "feedback", "offer": "promotion"}


class SalonCallCandidate(models.AbstractModel):
    """Who could be called on a day, what speaks for it and what holds her back.

    The one set of rules that the daily job, the forecast of its lists and the
    explanation on the client card share. Rooms that know other reasons to call ask
    ``_choose``.
    """

    _name = "salon.call.candidate"
    _description = "Candidates for Calls"

    def _sql_order(self):
        """Return the order of candidates.

        Reminders and courses before lapsed clients and birthdays, those who will
        probably still come before those who are probably gone, then as calls are
        ordered: by worth and lateness.
        """
        return SQL(
            "kind NOT IN ('reminder', 'course'), gone > %s, %s, partner_id",
            GONE,
            SQL(WORTH_FIRST),
        )

    def _sql_candidates(self, partners=None):
        """Return one row per client with something to call about.

        ``hold`` says what holds her back and is empty for those to call. Of clients
        who share a number only the first is called, or left uncalled by chance; the
        others are ``shared``. Needs that come due within the bundling window join a
        call but do not cause one.

        :param partners: only these clients, to explain their case
        """
        company = self.env.company
        return SQL(
            # OFFSET 0 keeps the gate from being worked out twice per client.
            """SELECT d.*, w.value, w.stylist_id,
                      COALESCE(gate.hold, CASE WHEN ROW_NUMBER() OVER (
                          PARTITION BY d.day, d.phone, gate.hold IS NULL
                          ORDER BY %(order)s) > 1 OR %(drawn)s
                          THEN 'shared' END) AS hold
                 FROM (%(reasons)s) d
   CROSS JOIN LATERAL (SELECT %(hold)s AS hold OFFSET 0) gate
   CROSS JOIN LATERAL (%(worth)s) w""",
            hold=self._sql_hold(company, self._sql_day(SQL("d"))),
            drawn=self._sql_drawn(company, self._sql_day(SQL("d"))),
            order=self._sql_order(),
            reasons=self._sql_reasons(company, partners),
            worth=self._sql_worth(company, self._sql_day(SQL("d"))),
        )

    def _sql_drawn(self, company, today):
        """Return the condition that chance left uncalled who shares ``d.phone``."""
        if not company.salon_control_share:
            return SQL("FALSE")
        salon = SQL("%s", company.id)
        return self.env["salon.control.draw"]._sql_drawn_today(
            SQL("d.partner_id"),
            self.env["res.partner"]._sql_called_on(SQL("d.phone"), salon, today),
            salon,
            today,
        )

    def _get_rows(self, partners=None):
        """Return the candidates of today with what holds each of them back.

        :param partners: only these clients
        """
        self.env.flush_all()
        return self._ask_uncompiled(
            SQL(
                "WITH clock AS (%s) %s",
                self.env["salon.reminder.engine"]._sql_clock(self.env.company),
                self._sql_candidates(partners),
            )
        )

    def _get_due_clients(self):
        """Return the clients to call, best first, within today's free places.

        On the way it is written on each reminder that is due what holds it back: the
        gate is worked out once for both.
        """
        self.env.flush_all()
        if not self._has_work():
            return []
        clients = self._ask_uncompiled(
            SQL(
                """WITH clock AS (%(clock)s),
                candidate AS MATERIALIZED (%(candidates)s),
                chosen AS MATERIALIZED (
                    SELECT *
                      FROM candidate
                     WHERE hold IS NULL
                  ORDER BY %(order)s
                     LIMIT %(free)s),
                held AS (%(held)s)
                SELECT * FROM chosen ORDER BY %(order)s""",
                clock=self.env["salon.reminder.engine"]._sql_clock(),
                candidates=self._sql_candidates(),
                order=self._sql_order(),
                free=self._get_free_places(),
                held=self._sql_record_holds(),
            )
        )
        self.env["salon.reminder"].invalidate_model(["hold"])
        return clients

    def _has_work(self):
        """Tell whether anybody may be due; if not, the long statement is not planned.

        Most hours nobody is. An index answers, however many clients there are.
        """
        company = self.env.company
        if company.salon_birthday_days:
            return True
        rows = self.env.execute_query(
            SQL(
                """SELECT 1 FROM salon_reminder
                    WHERE company_id = %s AND state IN %s
                    LIMIT 1""",
                company.id,
                CALLABLE_STATES,
            )
        )
        return bool(rows)

    def _sql_record_holds(self):
        """Return the statement that writes what holds back each reminder that is due.

        Those ``chosen`` get a call now, which holds back who shares their number; the
        others without another reason wait for a free place.
        """
        return SQL(
            """UPDATE salon_reminder r
                  SET hold = found.hold
                 FROM salon_reminder o
            LEFT JOIN (
                   SELECT unnest(d.reminder_ids) AS id,
                          CASE WHEN COALESCE(d.hold, 'shared') != 'shared'
                               THEN d.hold
                               WHEN c.phone IS NOT NULL THEN 'call'
                               ELSE 'quota' END AS hold
                     FROM candidate d
                LEFT JOIN chosen c ON c.phone = d.phone
                    UNION ALL
                   SELECT unnest(d.dropped_ids),
                          CASE WHEN d.by_chance THEN 'control' ELSE 'consent' END
                     FROM candidate d) found
                   ON found.id = o.id AND o.state IN %(states)s
                WHERE o.id = r.id
                  AND o.company_id = %(company)s
                  AND (o.state IN %(states)s OR o.hold IS NOT NULL)
                  AND o.hold IS DISTINCT FROM found.hold""",
            company=self.env.company.id,
            states=CALLABLE_STATES,
        )

    def _choose(self, found, reminders, most=None, may_have_left=False):
        """Return the rows to call of those found, best first; one per number.

        By the gate, the contact gap, one open call per number and the places that are
        left today, as all calls.

        :param SQL found: rows of partner_id, phone, day, user_id, kind, stylist_id,
            due_date, rank and the column of their occasion
        :param SQL reminders: condition on reminder ``h``: what client ``d`` is reminded
            of on the same call
        :param int most: so many at most; None means as many as the quota allows
        :param bool may_have_left: see ``_sql_hold``
        """
        company = self.env.company
        today = SQL("%s::date", company._salon_today())
        places = [n for n in (most, self._get_free_places()) if n is not None]
        self.env.flush_all()
        return self._ask_uncompiled(
            SQL(
                """WITH found AS (%(found)s),
                held AS MATERIALIZED (
                    SELECT d.*, %(hold)s AS hold
                      FROM (SELECT f.*, %(purpose)s AS purpose FROM found f) d),
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
                hold=self._sql_hold(company, today, may_have_left),
                purpose=self.env["salon.call"]._sql_purpose(SQL("f.kind")),
                worth=self._sql_worth(company, today),
                reminders=self._sql_reminders(reminders),
                places=min(places, default=None),
            )
        )

    def _get_asked(self, partners, kind="lapsed"):
        """Return one row per client whom a person wants to call, with her hold.

        By the same gate, gap and one open call per number. Who said that she left may
        be called: it is a person who decides. Nobody is left to chance, either.

        :param kind: of the call that is wanted
        """
        company = self.env.company
        today = SQL("%s::date", company._salon_today())
        self.env.flush_all()
        return self.env.execute_query_dict(
            SQL(
                """WITH held AS (
                    SELECT d.*, %(hold)s AS hold
                      FROM (SELECT p.id AS partner_id, %(phone)s AS phone,
                                   %(today)s AS day, p.user_id,
                                   %(kind)s AS kind, %(purpose)s AS purpose
                              FROM res_partner p
                             WHERE p.id = ANY(%(ids)s) AND p.active) d)
                SELECT d.partner_id, d.user_id, d.kind, NULL AS birthday,
                       worth.value, worth.stylist_id, due.reminder_ids,
                       COALESCE(due.due_since, d.day) AS due_date,
                       COALESCE(d.hold, CASE WHEN ROW_NUMBER() OVER (
                           PARTITION BY d.phone, d.hold IS NULL
                           ORDER BY worth.value DESC, d.partner_id) > 1
                           THEN 'call' END) AS hold
                  FROM held d
            CROSS JOIN LATERAL (%(worth)s) worth
            CROSS JOIN LATERAL (%(reminders)s) due""",
                phone=self._sql_number(today),
                hold=self._sql_hold(company, today, may_have_left=True),
                kind=kind,
                purpose=self.env["salon.call"]._sql_purpose(SQL("%s", kind)),
                today=today,
                ids=partners.ids,
                worth=self._sql_worth(company, today),
                reminders=self._sql_reminders(
                    SQL(
                        "%s AND %s",
                        self.env["salon.reminder.engine"]._sql_callable(today),
                        self._sql_agreed(today),
                    )
                ),
            )
        )

    def _sql_reminders(self, condition):
        """Return the ``reminder_ids`` of a call of client ``d``, and their due date.

        :param SQL condition: on reminder ``h``, beside the client and the salon
        """
        return SQL(
            """SELECT array_agg(h.id ORDER BY h.due_date, h.id) AS reminder_ids,
                      MIN(h.due_date) AS due_since
                 FROM salon_reminder h
                WHERE h.partner_id = d.partner_id AND h.company_id = %s AND %s""",
            self.env.company.id,
            condition,
        )

    def _sql_agreed(self, today):
        """Return the condition that client ``d`` agreed to be told of reminder ``h``.

        A need that has lapsed asks why; the others remind.
        """
        return self.env["salon.consent"]._sql_valid(
            SQL("d.partner_id"),
            SQL("%s", self.env.company.id),
            today,
            SQL("CASE h.state WHEN 'lapsed' THEN 'feedback' ELSE 'reminder' END"),
        )

    def _ask_uncompiled(self, question):
        """Ask without compiling; return rows."""
        with uncompiled(self.env.cr):
            return self.env.execute_query_dict(question)

    def _get_free_places(self):
        """Return how many new calls today still takes; None means no limit."""
        company = self.env.company
        if not company.salon_daily_quota:
            return None
        # One run's places are the day's, whatever chance has decided.
        left = self.env["salon.control.draw"]._count_places()
        opened = self.env["salon.call"].search_count(
            [
                ("company_id", "=", company.id),
                ("opened_date", "=", company._salon_today()),
            ]
        )
        return max(company.salon_daily_quota - opened - left, 0)

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
        """Return per client ``d`` all that speaks for a call: reminders, birthday.

        What a client has not agreed to is left out and stands in ``dropped_ids``. Who
        has agreed to none of it stays with all of it, for the gate to hold back. Of who
        is left uncalled by chance a birthday stays alone, as it will not wait.
        """
        return SQL(
            """SELECT p.id AS partner_id, %(phone)s AS phone, one.day,
                      p.user_id, first.kind, %(purpose)s AS purpose,
                      COALESCE(g.gone, 0) AS gone, told.by_chance,
                      CASE WHEN told.needs THEN g.need_ids END
                      || CASE WHEN told.lapsed THEN g.lapsed_ids END AS reminder_ids,
                      CASE WHEN NOT told.needs THEN g.need_ids END
                      || CASE WHEN NOT told.lapsed THEN g.lapsed_ids END AS dropped_ids,
                      COALESCE(CASE WHEN told.needs THEN g.need_date END,
                               CASE WHEN told.lapsed THEN g.lapsed_date END)
                          AS due_date,
                      CASE WHEN told.offers THEN b.birthday END AS birthday
                 FROM (%(reminders)s) g
            FULL JOIN (%(birthdays)s) b
                   ON b.partner_id = g.partner_id AND b.day = g.day
                 JOIN res_partner p
                   ON p.id = COALESCE(g.partner_id, b.partner_id) AND p.active
   CROSS JOIN LATERAL (SELECT COALESCE(g.day, b.day) AS day) one
   -- OFFSET 0 keeps each consent from being looked for more than once.
   CROSS JOIN LATERAL (SELECT %(remind)s AS remind, %(ask)s AS ask, %(offer)s AS offer,
                              b.birthday IS NOT NULL AND %(drawn)s AS drawn
                       OFFSET 0) may
   CROSS JOIN LATERAL (
               SELECT kind, agreed
                 FROM (VALUES (1, 'reminder', g.due, may.remind),
                              (2, 'course', g.course, may.remind),
                              (3, 'lapsed', g.lapsed, may.ask),
                              (4, 'birthday', b.birthday IS NOT NULL, may.offer)
                      ) reason (place, kind, speaks, agreed)
                WHERE speaks
             ORDER BY agreed DESC, may.drawn AND kind = 'birthday' DESC, place
                LIMIT 1) first
   CROSS JOIN LATERAL (SELECT may.drawn AND first.kind = 'birthday' AS by_chance) alone
   CROSS JOIN LATERAL (
               SELECT by_chance,
                      may.remind AND NOT by_chance OR NOT first.agreed AS needs,
                      may.ask AND NOT by_chance OR NOT first.agreed AS lapsed,
                      may.offer OR NOT first.agreed AS offers) told""",
            phone=self._sql_number(SQL("one.day")),
            purpose=self.env["salon.call"]._sql_purpose(SQL("first.kind")),
            reminders=self._sql_due_reminders(company, partners),
            birthdays=self._sql_birthdays(company, partners),
            drawn=self.env["salon.control.draw"]._sql_left_uncalled(
                SQL("p.id"), SQL("%s", company.id), self._sql_day(SQL("one"))
            ),
            **{
                name: self.env["salon.consent"]._sql_valid(
                    SQL("p.id"),
                    SQL("%s", company.id),
                    self._sql_day(SQL("one")),
                    purpose,
                )
                for name, purpose in REASON_PURPOSES.items()
            },
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
                      array_agg(h.id ORDER BY h.due_date, h.id)
                          FILTER (WHERE h.state != 'lapsed') AS need_ids,
                      array_agg(h.id ORDER BY h.due_date, h.id)
                          FILTER (WHERE h.state = 'lapsed') AS lapsed_ids,
                      bool_or(h.state IN ('due', 'late') AND h.cycle_id IS NOT NULL)
                          AS due,
                      bool_or(h.state IN ('due', 'late') AND h.cycle_id IS NULL)
                          AS course,
                      bool_or(h.state = 'lapsed') AS lapsed,
                      MIN(h.due_date) FILTER (WHERE h.state != 'lapsed') AS need_date,
                      MIN(h.due_date) FILTER (WHERE h.state = 'lapsed') AS lapsed_date,
                      MIN(h.gone) AS gone
                 FROM (
                     -- OFFSET 0: what is sorted must not carry the curves along.
                     SELECT h.id, h.partner_id, t.day, h.cycle_id, h.state, h.due_date,
                            %(gone)s AS gone
                       FROM %(followed)s
                       %(norm)s
                      WHERE h.company_id = %(company)s AND %(callable)s AND %(among)s
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

        The call of a birthday is made once, whatever came of it; one that fell for
        want of consent was not made.
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
                         AND k.birthday = near.day
                         AND k.close_reason IS DISTINCT FROM 'consent')""",
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
        born, year = SQL("p.salon_birthdate"), self.env.company._salon_today().year
        return SQL(
            """JOIN LATERAL (VALUES (%s), (%s)) AS near (day)
                   ON p.salon_birthdate IS NOT NULL""",
            self._sql_birthday(born, SQL("%s", year)),
            self._sql_birthday(born, SQL("%s", year + 1)),
        )

    @api.model
    def _sql_birthday(self, born, year):
        """Return the birthday of a year.

        Who was born on 29 February has her birthday on the 28th in other years.

        :param SQL born: the day of birth
        """
        return SQL(
            "(%(born)s + make_interval(years => %(year)s::int"
            " - EXTRACT(YEAR FROM %(born)s)::int))::date",
            born=born,
            year=year,
        )

    def _sql_number(self, today):
        """Return the number on which client ``p`` is called on a day."""
        company = SQL("%s", self.env.company.id)
        partners = self.env["res.partner"]
        return partners._sql_called_number(SQL("p"), company, today)

    def _sql_hold(self, company, today, may_have_left=False):
        """Return what holds back client ``d``, or NULL: the one rule of the gate.

        Row ``d`` has the ``purpose`` and the ``kind`` of the call. The first line that
        holds is the one told to people.

        :param bool may_have_left: who said that she left is called all the same
        """
        return SQL(
            """COALESCE(%(gate)s, CASE
                 WHEN %(left)s THEN 'left'
                 WHEN d.kind NOT IN %(near_kinds)s AND %(near)s THEN 'visit'
                 WHEN EXISTS (
                     SELECT FROM (%(on_number)s) op
                       JOIN salon_call oc ON oc.partner_id = op.id
                      WHERE oc.company_id = %(company)s
                        AND oc.state = 'open') THEN 'call'
                 WHEN EXISTS (
                     SELECT FROM salon_call_attempt a
                      WHERE a.phone = d.phone AND %(lately)s) THEN 'gap'
                 WHEN EXISTS (
                     SELECT FROM salon_call_attempt a
                      WHERE a.partner_id = d.partner_id AND %(lately)s) THEN 'gap'
                 WHEN d.kind NOT IN %(visit_kinds)s AND %(resting)s THEN 'unreachable'
                 WHEN d.kind NOT IN %(free_kinds)s AND %(control)s THEN 'control'
               END)""",
            gate=self.env["salon.gate"]._sql_hold(
                SQL("d.partner_id"),
                SQL("d.phone"),
                SQL("%s", company.id),
                today,
                SQL("d.purpose"),
                "phone",
            ),
            near_kinds=NEAR_KINDS,
            near=self.env["salon.visit"]._sql_near(
                SQL("d.partner_id"), SQL("%s", company.id), today
            ),
            company=company.id,
            on_number=self.env["res.partner"]._sql_called_on(
                SQL("d.phone"), SQL("%s", company.id), today
            ),
            left=SQL("FALSE")
            if may_have_left
            else self.env["salon.call.attempt"]._sql_left(
                SQL("d.partner_id"), SQL("%s", company.id)
            ),
            # Who missed a visit was in touch meanwhile.
            visit_kinds=VISIT_KINDS,
            resting=SQL(
                "%s < (%s)",
                today,
                self.env["salon.call"]._sql_rest_until(
                    SQL("d.partner_id"), SQL("d.phone"), company
                ),
            ),
            free_kinds=FREE_KINDS,
            control=self.env["salon.control.draw"]._sql_left_uncalled(
                SQL("d.partner_id"), SQL("%s", company.id), today
            ),
            lately=SQL(
                # On a wrong number nobody was contacted.
                """a.company_id = %s
                   AND a.undone_at IS NULL
                   AND a.outcome_id NOT IN (
                       SELECT id FROM salon_call_outcome WHERE kind = 'wrong_number')
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
                WHERE v.partner_id = d.partner_id AND v.company_id = %s AND %s""",
            company.id,
            self.env["salon.visit"]._sql_in_year("v", today),
        )
