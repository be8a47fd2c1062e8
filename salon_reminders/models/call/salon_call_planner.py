import logging
from functools import partial
from itertools import cycle

from psycopg2.errors import UniqueViolation

from odoo import api, models
from odoo.tools import SQL, split_every

from ...tools.each import work_each

_logger = logging.getLogger(__name__)


class SalonCallPlanner(models.AbstractModel):
    """The daily job: puts on the list whom the salon should call today.

    Running it again on the same day, or after days without a run, adds exactly what
    is missing: whoever is due on or before today and not yet handled. It runs every
    hour, so that each salon gets its list soon after its own midnight and a failed
    run costs an hour, not a day. Whom to call is told by its sources.
    """

    _name = "salon.call.planner"
    _description = "Salon Call Planner"

    # ------------------------------------------------------------
    # THE JOB
    # ------------------------------------------------------------

    @api.model
    def _cron_plan_calls(self, batch_size=500):
        """Plan today's calls of every salon; one that fails does not stop the others.

        :raise Exception: the last error, when there was one, after all other salons
        """

        def plan(company):
            planner = self.with_company(company)
            planner._claim_day()
            try:
                planner._plan_day(batch_size)
            except Exception:
                # Else the day could not be released.
                self.env.cr.rollback()
                raise
            finally:
                planner._release_day()

        work_each(self.env["res.company"].search([]), plan, "Today's calls")

    def _claim_day(self):
        """Wait until no other process plans this salon's day, and keep it waiting.

        The scheduler runs one job at a time; this also holds for a run by hand from
        a shell. The claim outlives commits and ends with the process at the latest.
        """
        self.env.cr.execute(
            "SELECT pg_advisory_lock(hashtext(%s), %s)",
            (self._name, self.env.company.id),
        )
        # What the other process did must be seen: a new snapshot.
        self.env["ir.cron"]._commit_progress()
        self.env.invalidate_all()

    def _release_day(self):
        self.env.cr.execute(
            "SELECT pg_advisory_unlock(hashtext(%s), %s)",
            (self._name, self.env.company.id),
        )

    def _plan_day(self, batch_size):
        """Plan the current company's day, committing batch by batch."""
        commit_progress = self.env["ir.cron"]._commit_progress
        self._prepare_day()
        for get_clients in self._get_sources():
            clients = get_clients()
            commit_progress(remaining=len(clients))
            for batch in split_every(batch_size, clients, list):
                self._create_calls(self.env["salon.control.draw"]._draw(batch))
                commit_progress(len(batch))
                # Ten thousand calls must not pile up in memory.
                self.env.invalidate_all()

    def _get_sources(self):
        """Return the methods that say whom to call today, in the order to ask them.

        Whoever knows another reason to call puts a method here. It returns the clients
        for whom there is a place, best first, as rows for ``_prepare_calls``; the calls
        of those before it are made when it is asked. ``salon.call.candidate`` chooses
        them by the one set of rules.
        """
        return [self.env["salon.call.candidate"]._get_due_clients]

    def _prepare_day(self):
        """Move states on to today, end calls whose consent expired, repair others."""
        company = self.env.company
        self.env["salon.reminder.engine"]._move_on(company)
        self.env["salon.cycle"]._warn_given_up(company)
        calls = self.env["salon.call"]
        calls._cancel_without_consent(self._get_expired_clients())
        calls.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "open"),
                ("activity_ids", "=", False),
            ]
        )._ensure_activities()

    def _get_expired_clients(self):
        """Return the clients with an open call who do not agree to it any more.

        A consent that is withdrawn ends them at once; one that expires, here.
        """
        company = self.env.company
        agrees = partial(
            self.env["salon.consent"]._sql_valid,
            SQL("k.partner_id"),
            SQL("%s", company.id),
            SQL("%s", company._salon_today()),
        )
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT k.partner_id
                     FROM salon_call k
                    WHERE k.company_id = %(company)s AND k.state = 'open'
                      AND (NOT %(consent)s
                           OR k.birthday IS NOT NULL AND NOT %(offers)s)""",
                company=company.id,
                consent=agrees(SQL("k.purpose")),
                offers=agrees("promotion"),
            )
        )
        return self.env["res.partner"].browse(row[0] for row in rows)

    # ------------------------------------------------------------
    # CREATING CALLS
    # ------------------------------------------------------------

    def _create_calls(self, clients):
        """Create the calls of one batch; a failing client does not stop the others.

        :param list clients: rows of a source
        """
        try:
            with self.env.cr.savepoint():
                self.env["salon.call"]._insert(self._prepare_calls(clients))
        except Exception as error:
            if len(clients) > 1:
                for client in clients:
                    self._create_calls([client])
                return
            # With an open call she is on the list: a colleague was faster.
            if not isinstance(error, UniqueViolation):
                self._record_failure(clients[0], error)

    def _prepare_calls(self, clients):
        receptionists = self._get_receptionists()
        turns = cycle(receptionists or [self.env["res.users"]])
        occasions = self.env["salon.call"]._get_occasion_fields()
        own = self.env.company.salon_assignment == "own"
        today = self.env.company._salon_today()
        return [
            {
                "partner_id": client["partner_id"],
                "company_id": self.env.company.id,
                "kind": client["kind"],
                "date": today,
                "opened_date": today,
                "due_date": client["due_date"],
                "birthday": client["birthday"],
                "value": client["value"],
                "stylist_id": client["stylist_id"],
                "reminder_ids": client["reminder_ids"] or [],
                "user_id": client["user_id"]
                if own and client["user_id"] in receptionists.ids
                else next(turns).id,
                **{name: client.get(name) for name in occasions},
            }
            for client in clients
        ]

    def _get_receptionists(self):
        """Return who takes calls: receptionists, or managers where there are none.

        Who has the fewest open calls comes first.
        """
        company = self.env.company
        receptionists = self.env.ref("salon_reminders.group_receptionist").all_user_ids
        managers = self.env.ref("salon_reminders.group_manager").all_user_ids
        users = (receptionists - managers or managers).filtered(
            lambda user: company in user.company_ids and user.active and not user.share
        )
        load = dict(
            self.env["salon.call"]._read_group(
                [("state", "=", "open"), ("user_id", "in", users.ids)],
                ["user_id"],
                ["__count"],
            )
        )
        return users.sorted(lambda user: (load.get(user, 0), user.id))

    def _record_failure(self, client, error):
        """Write the error on the reminders and tell a manager, once."""
        _logger.warning(
            "No call could be planned for client %s: %s", client["partner_id"], error
        )
        reminders = self.env["salon.reminder"].browse(client["reminder_ids"] or [])
        # She was counted among those who get a call.
        reminders.hold = False
        if reminders and all(reminders.mapped("error")):
            return
        reminders.error = str(error)
        warning = "mail.mail_activity_data_warning"
        summary = self.env._("No call could be planned")
        partner = self.env["res.partner"].browse(client["partner_id"])
        # A missed visit or a birthday may have no reminder to remember it by.
        told = partner.activity_search(
            [warning], additional_domain=[("summary", "=", summary)]
        )
        if not told:
            partner.activity_schedule(
                warning,
                summary=summary,
                note=str(error),
                user_id=self._get_manager().id,
            )

    def _get_manager(self):
        managers = self.env.ref("salon_reminders.group_manager").all_user_ids
        company = self.env.company
        own = managers.filtered(
            lambda user: company in user.company_ids and user.active and not user.share
        )
        return own[:1] or self.env.ref("base.user_admin")

    # ------------------------------------------------------------
    # BY HAND
    # ------------------------------------------------------------

    @api.model
    def action_plan_calls(self):
        """Run the daily job now, as the scheduler would.

        :raise UserError: when it is running already
        """
        self.env["salon.call"].check_access("create")
        cron = self.env.ref("salon_reminders.ir_cron_plan_calls")
        # The job is the system's; the person only asks for it to run.
        cron.sudo().method_direct_trigger()
