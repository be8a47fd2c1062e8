from collections import defaultdict
from datetime import timedelta
from heapq import nsmallest
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

from ...models.call.salon_call import NEAR_DAYS
from ...models.visit.salon_visit import KEPT_STATES

# Tomorrow and four weeks.
DAYS = 28


class DayForecast(NamedTuple):
    """What the daily job will do on one day."""

    calls: int  # new calls put on the list
    backlog: int  # clients who then still wait for a free place


class SalonCallForecast(models.AbstractModel):
    """Predicts what the daily job will do today and on the days to come.

    By the rules of the job itself, given a clock of many days instead of one: the same
    candidates, holds and order. Not known, and left out, is what people will do: new
    visits and bookings, and courses that run out unused. Who has a call keeps it, so
    nobody is counted twice.
    """

    _name = "salon.call.forecast"
    _inherit = "salon.call.candidate"
    _description = "Salon Call Forecast"

    @api.model
    def _get_forecast(self):
        """Return the forecast of today and the next 28 days of the current company.

        What today shows is only what the job would still add today.

        :rtype: list[DayForecast]
        """
        free = self._get_free_places()
        quota = self.env.company.salon_daily_quota or None
        arrivals = defaultdict(list)
        for row in self._get_arrivals():
            arrivals[row["day"]].append(row)
        today = self.env.company._salon_today()
        days = [today + timedelta(days=number) for number in range(DAYS + 1)]
        places = [free, *[quota] * DAYS]
        return self._play(days, places, arrivals)

    @api.model
    def _play(self, days, places, arrivals):
        """Fill each day's free places with the best of those who wait.

        Clients who share a number count as one: a call to one holds back the others.

        :param list days: dates
        :param list places: free places of each day, None where there is no limit
        :param dict arrivals: {day: rows of ``_get_arrivals``}
        """
        waiting, called, result = {}, set(), []
        for day, free in zip(days, places, strict=True):
            waiting.update({row["partner_id"]: row for row in arrivals.get(day, [])})
            waiting = {
                client: row
                for client, row in waiting.items()
                if row["phone"] not in called and self._still_wants(row, day)
            }
            best = self._get_best_by_phone(waiting.values())
            chosen = set(nsmallest(len(best) if free is None else free, best.values()))
            called.update(phone for phone, rank in best.items() if rank in chosen)
            result.append(DayForecast(len(chosen), len(best) - len(chosen)))
        return result

    @api.model
    def _still_wants(self, row, day):
        """Return whether a call still makes sense: a birthday passes, a need stays.

        Who waits for a visit comes again when it is over.
        """
        is_passed = row["kind"] == "birthday" and day > row["birthday"]
        return not (row["hold"] or is_passed)

    @api.model
    def _get_best_by_phone(self, rows):
        best = {}
        for row in rows:
            best[row["phone"]] = min(row["rank"], best.get(row["phone"], row["rank"]))
        return best

    # ------------------------------------------------------------
    # THE DAYS ON WHICH SOMETHING CHANGES
    # ------------------------------------------------------------

    def _get_arrivals(self):
        """Return when which client can be called, and her place in the queue.

        Also from when on she waits for a visit: then she is in the queue no longer.
        """
        self.env.flush_all()
        return self.env.execute_query_dict(
            SQL(
                """WITH clock AS (%(clock)s), event AS MATERIALIZED (%(events)s),
                candidate AS (%(candidates)s)
                SELECT day, partner_id, phone, kind, birthday, hold,
                       ROW_NUMBER() OVER (ORDER BY %(order)s, day) AS rank
                  FROM candidate
                 WHERE hold IS NULL OR hold = 'visit'""",
                clock=self._sql_days(),
                events=self._sql_events(),
                candidates=self._sql_candidates(),
                order=self._sql_order(),
            )
        )

    def _sql_days(self):
        """Return the clock of the current company for today and the days to come."""
        return SQL(
            """SELECT c.company_id, c.day + ahead AS day, c.own_rhythm,
                      c.open_weekdays, c.closed_days
                 FROM (%(clock)s) c
           CROSS JOIN generate_series(0, %(days)s) AS ahead
                WHERE c.company_id = %(company)s""",
            clock=self.env["salon.reminder.engine"]._sql_clock(),
            days=DAYS,
            company=self.env.company.id,
        )

    def _sql_events(self):
        """Return the days on which what is known of a client may change.

        Today, and when a date of one of her reminders, her next birthday, the end of
        a contact gap or the days around a visit come. Between them nothing changes,
        so that only these days are worked out; whether something really changes, the
        rules decide.
        """
        company = self.env.company
        return SQL(
            """SELECT DISTINCT partner_id, day
                 FROM (
                    SELECT partner_id, unnest(ARRAY[
                               %(today)s, call_date, late_date, lapse_date,
                               skip_until, pause_until, booked_date + 1]) AS day
                      FROM salon_reminder
                     WHERE company_id = %(company)s AND due_date IS NOT NULL
                 UNION ALL
                    SELECT p.id, GREATEST(%(today)s, near.day - %(birthday)s)
                      FROM res_partner p %(near)s
                     WHERE %(birthday)s > 0
                 UNION ALL
                    SELECT p.id, (a.date AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date
                               + %(gap)s
                      FROM salon_call_attempt a
                      JOIN res_partner p
                        ON p.id = a.partner_id OR p.id IN (%(called)s)
                     WHERE a.company_id = %(company)s
                       AND a.date > %(today)s - %(gap)s - 2
                 UNION ALL
                    SELECT v.partner_id, v.date + apart
                      FROM salon_visit v,
                           unnest(ARRAY[-%(beside)s, %(beside)s + 1]) AS apart
                     WHERE v.company_id = %(company)s AND v.state IN %(kept)s
                       AND v.partner_id IS NOT NULL
                       AND v.start > %(today)s - %(beside)s - 2
                       AND v.start < %(today)s + %(days)s + %(beside)s + 2
                 UNION ALL
                    SELECT p.id, (%(rest)s)
                      FROM res_partner p
                     WHERE p.id IN (SELECT k.partner_id FROM salon_call k
                                     WHERE k.company_id = %(company)s
                                       AND k.close_reason = 'unreachable')) e
                WHERE day BETWEEN %(today)s AND %(today)s + %(days)s""",
            today=SQL("%s::date", company._salon_today()),
            company=company.id,
            birthday=company.salon_birthday_days,
            near=self._sql_join_birthdays(),
            called=self.env["res.partner"]._sql_called_on(
                SQL("a.phone"),
                SQL("%s", company.id),
                SQL("%s::date", company._salon_today()),
            ),
            tz=company._salon_timezone().zone,
            gap=company.salon_contact_gap_days,
            beside=NEAR_DAYS,
            kept=KEPT_STATES,
            rest=self.env["salon.call"]._sql_rest_until(
                SQL("p.id"),
                self.env["res.partner"]._sql_called_number(
                    SQL("p"),
                    SQL("%s", company.id),
                    SQL("%s::date", company._salon_today()),
                ),
                company,
            ),
            days=DAYS,
        )

    # ------------------------------------------------------------
    # THE RULES OF CANDIDATES, ON THOSE DAYS
    # ------------------------------------------------------------

    def _sql_day(self, row):
        return SQL("%s.day", row)

    def _sql_clients(self):
        return SQL(
            """%s
               JOIN event e ON e.partner_id = p.id AND e.day = t.day""",
            super()._sql_clients(),
        )

    def _sql_followed(self):
        """Return reminders ``h`` as they will be on each of the days.

        The states follow from the engine's rule, as the daily job will set them.
        """
        return SQL(
            """(SELECT r.id, r.partner_id, r.company_id, r.cycle_id, r.last_date,
                       r.rhythm_days, r.year_visits, r.due_date, r.call_date,
                       r.earliest_date, r.skip_until, t.day, %(state)s AS state
                  FROM salon_reminder r
                  JOIN event e ON e.partner_id = r.partner_id
                  JOIN clock t ON t.company_id = r.company_id AND t.day = e.day
                 WHERE r.company_id = %(company)s) h
               JOIN clock t ON t.company_id = h.company_id AND t.day = h.day""",
            state=self.env["salon.reminder.engine"]._sql_state(),
            company=self.env.company.id,
        )
