from odoo import api, fields, models
from odoo.tools import SQL, format_date


class SalonCardAlert(models.Model):
    """A day on which somebody looked at more cards or numbers than is usual.

    One per person, salon and day, however often the job runs. Every manager of the
    salon but the person gets an activity on it: what is only in a report is not seen.
    """

    _name = "salon.card.alert"
    _description = "Unusual Reading of Cards"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"
    # Managers only read it, and note what came of it.
    _mail_post_access = "read"

    user_id = fields.Many2one(
        "res.users", string="Who", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    date = fields.Date("Day", required=True, readonly=True)
    card_count = fields.Integer("Cards opened", readonly=True)
    number_count = fields.Integer("Numbers outside a call", readonly=True)

    _day_uniq = models.UniqueIndex("(user_id, company_id, date)")

    @api.depends("user_id", "date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for alert in self:
            day = alert.date and format_date(self.env, alert.date)
            alert.display_name = f"{alert.user_id.name or ''}, {day or ''}"

    def action_open_log(self):
        """Open what this person looked at on this day."""
        self.ensure_one()
        self.check_access("read")
        return self.env["salon.card.log"]._open_day(
            self.user_id, self.company_id, self.date
        )

    # ------------------------------------------------------------
    # THE JOB
    # ------------------------------------------------------------

    @api.model
    def _cron_notice(self):
        """Tell the managers of days that became unusual since the last time."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """INSERT INTO salon_card_alert
                          (user_id, company_id, date, card_count, number_count,
                           create_uid, create_date, write_uid, write_date)
                   SELECT d.user_id, d.company_id, d.date, d.card_count,
                          d.number_count, %(uid)s, %(now)s, %(uid)s, %(now)s
                     FROM (%(days)s) d
                    WHERE d.is_unusual
              ON CONFLICT (user_id, company_id, date)
                DO UPDATE SET card_count = EXCLUDED.card_count,
                              number_count = EXCLUDED.number_count
                RETURNING id, xmax = 0""",
                uid=self.env.uid,
                now=fields.Datetime.now(),
                days=self.env["salon.card.reading"]._sql_days(recent=True),
            )
        )
        self.invalidate_model()
        self.browse(alert_id for alert_id, is_new in rows if is_new)._tell_managers()

    def _tell_managers(self):
        """Give every manager of the salon an activity for each of these days."""
        kind = self.env.ref("salon_reminders.mail_activity_type_card_alert")
        managers = self.env.ref("salon_reminders.group_manager").all_user_ids
        model_id = self.env["ir.model"]._get_id(self._name)
        vals_list = []
        for alert in self:
            company = alert.company_id
            told = managers & company.user_ids
            # Who is alone in managing the salon is told of herself.
            for manager in (told - alert.user_id) or told:
                words = alert.with_context(lang=manager.lang)
                vals_list.append(
                    {
                        "res_model_id": model_id,
                        "res_id": alert.id,
                        "activity_type_id": kind.id,
                        "summary": words._text_summary(),
                        "date_deadline": company._salon_today(),
                        "user_id": manager.id,
                        "automated": True,
                    }
                )
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            vals_list
        )

    def _text_summary(self):
        return self.env._(
            "%(who)s read %(cards)s cards and %(numbers)s numbers on %(day)s",
            who=self.user_id.name,
            cards=self.card_count,
            numbers=self.number_count,
            day=format_date(self.env, self.date),
        )
