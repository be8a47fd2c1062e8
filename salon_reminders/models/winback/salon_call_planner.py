from odoo import api, fields, models
from odoo.tools import SQL

from ..call.salon_call import VISIT_KINDS, WIN_BACK_KINDS
from ..visit.salon_visit import MADE_STATES, MISSED_STATES, OPEN_STATES, YEAR

# What was missed longer ago, or was to be, is left to the reminders.
MOST_DAYS = 30


class SalonCallPlanner(models.AbstractModel):
    """Whom else to call today: who missed a visit, and for whom there is news.

    News is that the reason for which a client left was changed, or that a client's
    stylist leaves. All obey the gate, the contact gap and the quota as other calls do.
    """

    _inherit = "salon.call.planner"

    def _prepare_day(self):
        """Before anybody is called, it is known who stays away with whom."""
        result = super()._prepare_day()
        self.env["salon.departure"]._follow_days(self.env.company)
        return result

    def _get_sources(self):
        return [
            # Before the others: who missed a visit is not called about needs, too.
            self._get_missed_clients,
            # A stylist who leaves will not wait.
            lambda: self._get_departure_clients(self._get_news_places()),
            lambda: self._get_fixed_clients(self._get_news_places()),
            *super()._get_sources(),
            # What the reminders have left of the day's places.
            self._get_departure_clients,
            self._get_fixed_clients,
        ]

    # ------------------------------------------------------------
    # NEWS
    # ------------------------------------------------------------

    @api.model
    def _get_news_places(self):
        """Return how many may be told news before the reminders; None means no limit.

        Half of a day's places, so that nobody who is due waits for weeks.
        """
        company = self.env.company
        if not company.salon_daily_quota:
            return None
        taken = self.env["salon.call"].search_count(
            [
                ("company_id", "=", company.id),
                ("opened_date", "=", company._salon_today()),
                ("kind", "in", WIN_BACK_KINDS),
            ]
        )
        return max(-(-company.salon_daily_quota // 2) - taken, 0)

    @api.model
    def _get_departure_clients(self, most=None):
        """Return whom to tell that their stylist leaves.

        :param int most: so many at most; None means as many as the quota allows
        """
        return self._get_news(self.env["salon.departure.client"], most)

    @api.model
    def _get_fixed_clients(self, most=None):
        """Return whom to tell that what they left for was changed.

        :param int most: see ``_get_departure_clients``
        """
        return self._get_news(self.env["salon.leaving.fix"], most, may_have_left=True)

    def _get_news(self, model, most, **who):
        """Return whom to call, by the rows of ``_sql_to_call`` of a model."""
        company = self.env.company
        # On most days there is no such news.
        if not model.search_count([("company_id", "=", company.id)], limit=1):
            return []
        return self.env["salon.call.candidate"]._choose(
            model._sql_to_call(), self._sql_bundled(), most, **who
        )

    def _sql_bundled(self):
        """Return what else client ``d`` may be reminded of on the same call."""
        return SQL(
            "%s AND %s",
            self.env["salon.reminder.engine"]._sql_callable(
                SQL("d.day"), self.env.company.salon_bundling_days
            ),
            self.env["salon.call.candidate"]._sql_agreed(SQL("d.day")),
        )

    # ------------------------------------------------------------
    # MISSED VISITS
    # ------------------------------------------------------------

    @api.model
    def _get_missed_clients(self):
        """Return who missed or cancelled a visit and has not booked again.

        The reminders come back by themselves. This call has a kind and words of its
        own and comes some days after the visit, when nobody has been called or come
        meanwhile: once per visit, and one in a contact gap. It waits, as all calls, for
        the gap, and until a need that the visit would have met may be called about.
        """
        company = self.env.company
        if not company.salon_follow_up_days:
            return []
        engine = self.env["salon.reminder.engine"]
        return self.env["salon.call.candidate"]._choose(
            self._sql_missed(),
            SQL(
                "%s AND %s",
                self._sql_is_need(SQL("d.partner_id"), SQL("d.missed_visit_id")),
                engine._sql_callable(SQL("d.day"), company.salon_bundling_days),
            ),
        )

    def _sql_missed(self):
        """Return the newest missed visit of every client to call about one.

        What is no reason to call hides none that is. An import is history and brings
        no follow-ups: only what was missed or cancelled in the book counts.
        """
        company = self.env.company
        today = SQL("%s::date", company._salon_today())
        return SQL(
            """SELECT missed.*,
                      ROW_NUMBER() OVER (ORDER BY missed_at, missed_visit_id) AS rank
                 FROM (SELECT DISTINCT ON (v.partner_id)
                              v.partner_id, %(phone)s AS phone, p.user_id,
                              %(today)s AS day,
                              CASE v.state WHEN 'no_show' THEN 'missed'
                                           ELSE 'cancelled' END AS kind,
                              v.id AS missed_visit_id, v.date AS due_date,
                              v.stylist_id, v.missed_at
                         FROM salon_visit v
                         JOIN res_partner p ON p.id = v.partner_id AND p.active
                   CROSS JOIN LATERAL (
                              SELECT (v.missed_at AT TIME ZONE 'UTC'
                                      AT TIME ZONE %(zone)s)::date AS day) since
                        WHERE v.company_id = %(company)s
                          AND v.state IN %(missed)s
                          AND v.missed_at > %(oldest)s - %(ahead)s * interval '1 day'
                          AND GREATEST(v.missed_at, v.start) > %(oldest)s
                          AND since.day <= %(today)s - %(days)s
                          AND NOT %(answered)s
                          AND %(ripe)s
                          AND %(offered)s
                     ORDER BY v.partner_id, v.missed_at DESC, v.id DESC) missed""",
            zone=company._salon_timezone().zone,
            company=company.id,
            oldest=SQL(
                "%s::timestamp",
                fields.Datetime.subtract(fields.Datetime.now(), days=MOST_DAYS),
            ),
            ahead=YEAR,
            today=today,
            phone=self.env["salon.call.candidate"]._sql_number(today),
            days=company.salon_follow_up_days,
            missed=MISSED_STATES,
            answered=self._sql_is_answered(today),
            ripe=self._sql_is_ripe(today),
            offered=self._sql_is_offered(SQL("v.id")),
        )

    def _sql_is_answered(self, today):
        """Return the condition that nobody has to ask about missed visit ``v``.

        The client booked again, came or was called since the day ``since.day``, or was
        to be called about a missed visit less than a contact gap ago.
        """
        return SQL(
            """(EXISTS (
                    SELECT FROM salon_visit o
                     WHERE o.partner_id = v.partner_id AND o.company_id = v.company_id
                       AND (o.state IN %(open)s AND o.date >= %(today)s
                            OR o.state IN %(made)s AND o.date >= since.day))
                OR EXISTS (
                    SELECT FROM salon_call k
                     WHERE k.partner_id = v.partner_id AND k.company_id = v.company_id
                       AND (k.missed_visit_id = v.id
                            OR k.kind IN %(kinds)s AND k.opened_date > LEAST(
                                since.day, %(today)s - %(gap)s)))
                OR EXISTS (
                    SELECT FROM salon_call_attempt a
                     WHERE a.partner_id = v.partner_id AND a.company_id = v.company_id
                       AND a.undone_at IS NULL AND a.date >= v.missed_at))""",
            open=OPEN_STATES,
            made=MADE_STATES,
            today=today,
            kinds=VISIT_KINDS,
            gap=self.env.company.salon_contact_gap_days,
        )

    def _sql_is_ripe(self, today):
        """Return the condition that it is time to call about missed visit ``v``.

        When a need it would have met may be called about. Without such a need the
        visit's own day tells: what was to be further ahead than needs that are bundled
        can wait. Paused or stopped needs are not called about, whatever was missed.
        """
        return SQL(
            """(SELECT COALESCE(bool_or(%(callable)s), v.date <= %(today)s + %(soon)s)
                       AND bool_or(h.state IN ('paused', 'stopped')) IS NOT TRUE
                  FROM salon_reminder h
                 WHERE %(needs)s AND h.state != 'idle')""",
            callable=self.env["salon.reminder.engine"]._sql_callable(today),
            today=today,
            soon=self.env.company.salon_bundling_days,
            needs=self._sql_is_need(SQL("v.partner_id"), SQL("v.id")),
        )

    def _sql_is_offered(self, visit):
        """Return the condition that something a visit was for is offered still."""
        return SQL(
            """COALESCE((SELECT bool_or(pp.active)
                           FROM salon_visit_line l
                           JOIN product_product pp ON pp.id = l.product_id
                          WHERE l.visit_id = %s), TRUE)""",
            visit,
        )

    def _sql_is_need(self, client, visit):
        """Return the condition that reminder ``h`` is a need the visit would have met.

        A need is a cycle, or a course whose sessions renew none.
        """
        return SQL(
            """h.partner_id = %(client)s AND h.company_id = %(company)s
               AND EXISTS (
                   SELECT FROM salon_visit_line l
                     JOIN product_product pp ON pp.id = l.product_id
                LEFT JOIN salon_cycle_product_rel r
                       ON r.product_tmpl_id = pp.product_tmpl_id
                      AND r.cycle_id = h.cycle_id
                LEFT JOIN salon_course k ON k.id = h.course_id AND h.cycle_id IS NULL
                LEFT JOIN product_product kp ON kp.id = k.product_id
                LEFT JOIN salon_course_service_rel s
                       ON s.service_tmpl_id = pp.product_tmpl_id
                      AND s.course_tmpl_id = kp.product_tmpl_id
                    WHERE l.visit_id = %(visit)s
                      AND (r.cycle_id IS NOT NULL OR s.course_tmpl_id IS NOT NULL))""",
            client=client,
            company=self.env.company.id,
            visit=visit,
        )
