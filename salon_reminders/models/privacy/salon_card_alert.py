import logging

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL, format_date

KIND = "salon_reminders.mail_activity_type_card_alert"

_logger = logging.getLogger(__name__)


class SalonCardAlert(models.Model):
    """A day on which somebody looked at more cards or numbers than is usual.

    One per person, salon and day, however often the job runs. Every manager of the
    salon but the person gets an activity on it: what is only in a report is not seen.
    Who is shown no more numbers is let go on here.
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
    is_stopped = fields.Boolean(
        "Shown no more numbers",
        readonly=True,
        help="Four times as many as on an ordinary day, or what was allowed since.",
    )
    extra_count = fields.Integer(
        "Numbers allowed beyond",
        readonly=True,
        help="So many more numbers may be shown on this day, as a manager allowed.",
    )
    can_allow = fields.Boolean(compute="_compute_can_allow")

    _day_uniq = models.UniqueIndex("(user_id, company_id, date)")

    @api.depends("user_id", "date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for alert in self:
            day = alert.date and format_date(self.env, alert.date)
            alert.display_name = f"{alert.user_id.name or ''}, {day or ''}"

    @api.depends("is_stopped", "date", "company_id")
    def _compute_can_allow(self):
        for alert in self:
            is_today = alert.date == alert.company_id._salon_today()
            alert.can_allow = alert.is_stopped and is_today

    def action_allow_more(self):
        """Let this person see as many numbers once more today; it is written down.

        :raise UserError: when the day is over
        """
        self.ensure_one()
        # Who reads alerts is a manager.
        self.check_access("read")
        if self.date != self.company_id._salon_today():
            raise UserError(
                self.env._(
                    "This day is over: today the count began anew. Nothing to do."
                )
            )
        more = self.company_id._salon_number_stop()
        # Nobody writes what was counted; whoever may allow it comes through here.
        alert_sudo = self.sudo()
        alert_sudo.write({"extra_count": self.extra_count + more, "is_stopped": False})
        alert_sudo.activity_unlink([KIND])
        alert_sudo._message_log(
            body=self.env._(
                "%(manager)s allowed %(who)s %(count)s more numbers on this day.",
                manager=self.env.user.name,
                who=self.user_id.name,
                count=more,
            ),
            author_id=self.env.user.partner_id.id,
        )

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
        self._write_down(SQL("d.is_unusual"))._tell_managers()

    @api.model
    def _write_down(self, condition):
        """Bring the alerts of some days up to date; return those that are new.

        :param SQL condition: on the days ``d`` of ``salon.card.reading``
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """INSERT INTO salon_card_alert
                          (user_id, company_id, date, card_count, number_count,
                           create_uid, create_date, write_uid, write_date)
                   SELECT d.user_id, d.company_id, d.date, d.card_count,
                          d.number_count, %(uid)s, %(now)s, %(uid)s, %(now)s
                     FROM (%(days)s) d
                    WHERE %(condition)s
              ON CONFLICT (user_id, company_id, date)
                DO UPDATE SET card_count = EXCLUDED.card_count,
                              number_count = EXCLUDED.number_count
                RETURNING id, xmax = 0""",
                uid=self.env.uid,
                now=fields.Datetime.now(),
                days=self.env["salon.card.reading"]._sql_days(recent=True),
                condition=condition,
            )
        )
        self.invalidate_model()
        return self.browse(alert_id for alert_id, is_new in rows if is_new)

    @api.model
    def _find(self, user, company):
        """Return the alert of a person for today, if there is one."""
        return self.search(
            [
                ("user_id", "=", user.id),
                ("company_id", "=", company.id),
                ("date", "=", company._salon_today()),
            ]
        )

    @api.model
    def _stop(self, user, company):
        """Tell the managers, once, that somebody is shown no more numbers today."""
        self._write_down(
            SQL(
                "d.user_id = %s AND d.company_id = %s AND d.date = %s",
                user.id,
                company.id,
                company._salon_today(),
            )
        )
        alert = self._find(user, company)
        if alert and not alert.is_stopped:
            alert.is_stopped = True
            alert._tell_managers()

    def _tell_managers(self):
        """Give every manager of the salon an activity for each of these days."""
        everybody = self.company_id._salon_get_managers()
        asked = []
        for alert in self:
            told = everybody[alert.company_id]
            # Who is alone in managing the salon is told of herself.
            told = (told - alert.user_id) or told
            today = alert.company_id._salon_today()
            asked.append((alert, told, today, type(alert)._text_summary))
        self.env["res.company"]._salon_ask_managers(KIND, asked)

    def _text_summary(self):
        if self.is_stopped:
            return self.env._(
                "%(who)s has been shown %(numbers)s numbers and gets no more today. "
                "Allow more, or ask why",
                who=self.user_id.name,
                numbers=self.number_count,
            )
        return self.env._(
            "%(who)s read %(cards)s cards and %(numbers)s numbers on %(day)s",
            who=self.user_id.name,
            cards=self.card_count,
            numbers=self.number_count,
            day=format_date(self.env, self.date),
        )


def tell_of_stop(registry, user_id, company_id):
    """Tell the managers, in a transaction of its own, that somebody was stopped."""
    try:
        with registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            user = env["res.users"].browse(user_id).exists()
            company = env["res.company"].browse(company_id).exists()
            if user and company:
                env["salon.card.alert"].with_company(company)._stop(user, company)
    except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
        # Another request of the same person tells them at this moment.
        _logger.info("Managers are told of user %s already", user_id)
    except Exception:
        # The refusal itself stands; the hourly job tells of the day.
        _logger.exception("Managers could not be told of user %s", user_id)
