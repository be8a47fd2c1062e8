from itertools import cycle

from odoo import api, fields, models


class SalonCallActivity(models.AbstractModel):
    """Keeps the one activity of every open call in step with the call."""

    _name = "salon.call.activity"
    _description = "Activities of Calls"

    def _get_activities(self):
        """Return the activities that stand for these calls, not others made by hand."""
        kind = self.env.ref("salon_reminders.mail_activity_type_call")
        # A receptionist hands her call to a colleague, whose activity it is.
        return self.activity_ids.sudo().filtered(
            lambda activity: activity.activity_type_id == kind
        )

    def _ensure_activities(self):
        """Give every open call its one activity, batch by batch.

        Repairs what was lost too: archiving a user deletes the user's activities.
        """
        missing = self.filtered(lambda c: c.state == "open" and not c.activity_ids)
        # Warm names keep the activities from reading them one by one.
        missing.mapped("display_name")
        kind = self.env.ref("salon_reminders.mail_activity_type_call")
        # The daily job and whoever books work for their colleagues.
        self.env["mail.activity"].sudo().with_context(
            mail_activity_quick_update=True
        ).create([call._prepare_activity_vals(kind) for call in missing])

    def _prepare_activity_vals(self, activity_type):
        self.ensure_one()
        return {
            "res_model_id": self.env["ir.model"]._get_id(self._name),
            "res_id": self.id,
            # What Odoo would work out, and save in a second statement.
            "res_model": self._name,
            "res_name": self.display_name,
            "activity_type_id": activity_type.id,
            "summary": self.display_name,
            "date_deadline": self.date,
            "user_id": self.user_id.id,
            "automated": True,
        }

    def _sync_activities(self):
        """Bring day and receptionist of the activities in line with the calls."""
        if self.env.context.get("salon_from_activity"):
            return
        opened = self.filtered(lambda call: call.state == "open")
        for (date, user), calls in opened.grouped(
            lambda c: (c.date, c.user_id)
        ).items():
            calls._get_activities().with_context(
                mail_activity_quick_update=True, salon_from_call=True
            ).write({"date_deadline": date, "user_id": user.id})

    def _close_activities(self):
        # Done activities stay as archived records.
        self._get_activities().with_context(salon_from_call=True).write(
            {"active": False}
        )

    # ------------------------------------------------------------
    # FROM THE ACTIVITY TO THE CALL
    # ------------------------------------------------------------

    def _follow_activities(self, vals):
        """Move or hand over the calls as their activities were.

        :param dict vals: what was written on the activities
        """
        moved = {}
        if vals.get("date_deadline"):
            moved["date"] = fields.Date.to_date(vals["date_deadline"])
        if "user_id" in vals:
            moved["user_id"] = vals["user_id"]
        opened = self.filtered(lambda call: call.state == "open")
        if moved and opened:
            opened.with_context(salon_from_activity=True).write(moved)

    # ------------------------------------------------------------
    # HANDING OVER
    # ------------------------------------------------------------

    @api.model
    def _hand_over(self, users):
        """Give the open calls of users who leave to the others, in turns.

        Without anybody left they belong to nobody and stay on the list.
        """
        calls = self.search([("user_id", "in", users.ids), ("state", "=", "open")])
        for company, company_calls in calls.grouped("company_id").items():
            planner = self.env["salon.call.planner"].with_company(company)
            turns = cycle((planner._get_receptionists() - users) or [users.browse()])
            by_user = {}
            for call in company_calls:
                user = next(turns)
                by_user[user] = by_user.get(user, self.browse()) | call
            for user, own in by_user.items():
                own.user_id = user
