from odoo import api, fields, models
from odoo.tools import SQL, format_list

GIVEN_UP = "salon_reminders.mail_activity_type_given_up"


class SalonCycle(models.Model):
    """What is said on the phone about a need, and what other days of it would bring."""

    _inherit = "salon.cycle"

    script_ids = fields.One2many(
        "salon.call.script",
        "cycle_id",
        string="Scripts",
        help="What the receptionist says on the phone about this need. Kinds of calls "
        "without a script of their own are read the general one.",
    )

    def _refresh_reminders(self):
        """Take what is given up off the open calls; what is back needs no warning."""
        result = super()._refresh_reminders()
        given_up = self.filtered("is_given_up")
        # Calls and activities of others follow whoever may change the services.
        calls_sudo = self.env["salon.call"].sudo()
        calls_sudo._drop_given_up(given_up)
        calls_sudo._drop_moved_on(
            (self - given_up).filtered(lambda c: c._get_family() - c)
        )
        (self - given_up)._get_warnings().unlink()
        return result

    def _get_warnings(self):
        """Return the warnings that nobody is called about these, the done ones, too."""
        every = self.with_context(active_test=False)
        return every.product_tmpl_ids.sudo().activity_search([GIVEN_UP])

    @api.model
    def _warn_given_up(self, company):
        """Tell a manager, once, about what nobody is called any more.

        A warning stands on a service of it, where it can be offered again.
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT r.cycle_id
                     FROM salon_reminder r
                     JOIN salon_cycle c ON c.id = r.cycle_id AND c.active
                    WHERE r.company_id = %s AND r.due_date IS NOT NULL
                      AND r.cycle_id IN (%s)""",
                company.id,
                self._sql_given_up(),
            )
        )
        cycles = self.browse(row[0] for row in rows)
        for cycle in cycles.filtered(lambda one: not one._get_warnings()):
            cycle._warn(company)

    def _warn(self, company):
        manager = self.env["salon.call.planner"].with_company(company)._get_manager()
        services = self.with_context(active_test=False).product_tmpl_ids
        services[:1].activity_schedule(
            GIVEN_UP,
            summary=self.env._("Nobody is called about %(need)s", need=self.name),
            note=self.env._(
                "All services of this cycle are archived: %(services)s. Offer one of "
                "them again, give the cycle another service, or archive it, too.",
                services=format_list(self.env, services.mapped("name")),
            ),
            user_id=manager.id,
        )

    def action_try_days(self):
        """Try other days of this cycle without saving them."""
        self.ensure_one()
        return self._try_days(self.company_id)

    def _try_days(self, company, days=None):
        return self.env["salon.dry.run"]._open(self, company, days)
