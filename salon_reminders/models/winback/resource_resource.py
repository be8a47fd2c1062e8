from odoo import api, fields, models

from ..visit.salon_visit import MADE_STATES


class ResourceResource(models.Model):
    """A stylist who leaves."""

    _inherit = "resource.resource"

    salon_departure_ids = fields.One2many(
        "salon.departure",
        "stylist_id",
        string="Leaves",
        groups="salon_reminders.group_receptionist",
    )
    salon_last_date = fields.Date(
        "Last day",
        compute="_compute_salon_last_date",
        groups="salon_reminders.group_stylist",
        help="After this day the stylist can't be booked at this salon.",
    )

    salon_last_visit_date = fields.Date(
        "Last visit made",
        compute="_compute_salon_last_visit_date",
        groups="salon_reminders.group_receptionist",
    )

    @api.depends("salon_departure_ids.last_date", "salon_departure_ids.active")
    @api.depends_context("company")
    def _compute_salon_last_date(self):
        departures = self.env["salon.departure"]
        days = departures._get_last_days(self._origin, self.env.company)
        for resource in self:
            resource.salon_last_date = days.get(resource._origin.id, False)

    @api.depends_context("company")
    def _compute_salon_last_visit_date(self):
        days = dict(
            self.env["salon.visit"]._read_group(
                [
                    ("stylist_id", "in", self._origin.ids),
                    ("state", "in", MADE_STATES),
                    ("company_id", "=", self.env.company.id),
                ],
                ["stylist_id"],
                ["date:max"],
            )
        )
        for resource in self:
            resource.salon_last_visit_date = days.get(resource._origin, False)

    def action_salon_had_left(self):
        """Put away who left before the salon worked with this system.

        The history stays, and their clients are those of a stylist who has left.
        """
        departures = self.env["salon.departure"]
        departures.create(
            [
                {
                    "stylist_id": resource.id,
                    "last_date": resource.salon_last_visit_date,
                }
                for resource in self
                if resource.salon_last_visit_date and not resource.salon_last_date
            ]
        )
        self.active = False

    def _get_ends(self, company):
        ends = self.env["salon.departure"]._get_ends(self, company)
        return super()._get_ends(company) | ends

    def _is_gone(self, day, company):
        days = self.env["salon.departure"]._get_last_days(self, company)
        gone = self.filtered(lambda one: one.id in days and days[one.id] < day)
        return super()._is_gone(day, company) | gone

    def action_salon_leave(self):
        """Open when she leaves, or ask for her last day."""
        self.ensure_one()
        departures = self.env["salon.departure"]
        departures.check_access("create")
        found = departures.search(
            [
                ("stylist_id", "=", self.id),
                ("company_id", "=", self.env.company.id),
            ],
            limit=1,
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("%(stylist)s leaves", stylist=self.name),
            "res_model": "salon.departure",
            "res_id": found.id,
            "views": [(False, "form")],
            "context": {"default_stylist_id": self.id},
        }
