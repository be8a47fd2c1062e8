from odoo import api, models
from odoo.tools import SQL


class SalonCallPlanner(models.AbstractModel):
    """Calls about missed visits and to win clients back, in the plan of the day.

    And win-back calls that a person asks for, from the list of lost clients.
    """

    _inherit = "salon.call.planner"

    def _get_sources(self):
        win_back = self.env["salon.win.back"]
        return [
            # Before the others: who missed a visit is not called about needs, too.
            self.env["salon.follow.up"]._get_clients,
            win_back._get_first,
            *super()._get_sources(),
            # What the reminders have left of the day's places.
            win_back._get_clients,
        ]

    @api.model
    def _get_win_back_rows(self, partners):
        """Return one row per client as the daily job has them, with her hold.

        By the same gate, gap and one open call per number. Who said that she left may
        be called: it is a person who decides. Nobody is left to chance, either.
        """
        company = self.env.company
        today = SQL("%s::date", company._salon_today())
        self.env.flush_all()
        return self.env.execute_query_dict(
            SQL(
                """WITH held AS (
                    SELECT d.*, %(hold)s AS hold
                      FROM (SELECT p.id AS partner_id, p.phone_sanitized AS phone,
                                   %(today)s AS day, p.user_id
                              FROM res_partner p
                             WHERE p.id = ANY(%(ids)s) AND p.active) d)
                SELECT d.partner_id, d.user_id, 'lapsed' AS kind, NULL AS birthday,
                       worth.value, worth.stylist_id, due.reminder_ids,
                       COALESCE(due.due_date, d.day) AS due_date,
                       COALESCE(d.hold, CASE WHEN ROW_NUMBER() OVER (
                           PARTITION BY d.phone, d.hold IS NULL
                           ORDER BY worth.value DESC, d.partner_id) > 1
                           THEN 'call' END) AS hold
                  FROM held d
            CROSS JOIN LATERAL (%(worth)s) worth
            CROSS JOIN LATERAL (
                    SELECT array_agg(h.id ORDER BY h.due_date, h.id) AS reminder_ids,
                           MIN(h.due_date) AS due_date
                      FROM salon_reminder h
                     WHERE h.partner_id = d.partner_id
                       AND h.company_id = %(company)s AND %(callable)s) due""",
                hold=self._sql_hold(company, today, may_have_left=True),
                today=today,
                ids=partners.ids,
                worth=self._sql_worth(company, today),
                company=company.id,
                callable=self.env["salon.reminder.engine"]._sql_callable(today),
            )
        )

    @api.model
    def _text_win_back_hold(self, hold):
        """Return why somebody who is lost can't be called now."""
        if hold == "call":
            return self.env._(
                "She, or somebody with her number, is on the list already."
            )
        if hold == "gap":
            return self.env._(
                "She, or somebody with her number, was called less than %(days)s days "
                "ago.",
                days=self.env.company.salon_contact_gap_days,
            )
        if hold == "control":
            return self.env._(
                "Chance has left her uncalled for two weeks, to learn what calls bring."
            )
        return self.env["salon.gate"]._text_hold(hold)
