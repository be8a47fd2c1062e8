from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ...models.salon.resource_calendar_leaves import DESK_KINDS
from ...models.visit.salon_visit import DESK, OPEN_STATES
from ...tools.arguments import checked, lenient, listed, plain_id, text

MANAGER = "salon_reminders.group_manager"
# Longer is a wrong year, or somebody who leaves.
MAX_DAYS = 366
SECOND = timedelta(seconds=1)


class SalonDayOff(models.TransientModel):
    """Enters who is off or ill, which time is blocked, and when the salon is closed.

    What comes of it are Odoo's own times off, so that whatever looks for a free time,
    in this app or another, obeys them. Managers enter all of it; the reception what
    can't wait: who is ill today, and blocked times.
    """

    _name = "salon.day.off"
    _description = "Day Off"

    leave_id = fields.Many2one(
        "resource.calendar.leaves", "Entered before", readonly=True, ondelete="cascade"
    )
    kind = fields.Selection("_selection_kind", required=True)
    stylist_id = fields.Many2one(
        "resource.resource", domain=[("is_stylist", "=", True)]
    )
    first_date = fields.Date(
        "From", default=lambda self: self.env.company._salon_today()
    )
    last_date = fields.Date(
        "To, and including", compute="_compute_last_date", store=True, readonly=False
    )
    start = fields.Datetime()
    stop = fields.Datetime()
    name = fields.Char("What for", help="Seen by whoever sees the day board.")
    is_today_only = fields.Boolean(compute="_compute_is_today_only")
    visit_ids = fields.Many2many(
        "salon.visit", string="Bookings at that time", compute="_compute_visit_ids"
    )

    @api.model
    @checked(fields=listed(text))
    def default_get(self, fields):
        values = super().default_get(fields)
        context = self.env.context
        is_row = context.get("active_model") == "resource.calendar.leaves"
        given = context.get("default_leave_id", is_row and context.get("active_id"))
        if leave_id := lenient(plain_id)(given):
            values.update(self._read_leave(leave_id))
        return values

    @api.depends("first_date")
    def _compute_last_date(self):
        for entry in self:
            last = entry.last_date or entry.first_date
            entry.last_date = entry.first_date and max(last, entry.first_date)

    @api.depends("kind")
    def _compute_is_today_only(self):
        is_manager = self.env.user.has_group(MANAGER)
        for entry in self:
            entry.is_today_only = entry.kind == "ill" and not is_manager

    @api.depends("kind", "stylist_id", "first_date", "last_date", "start", "stop")
    def _compute_visit_ids(self):
        for entry in self:
            entry.visit_ids = entry._find_bookings()

    @api.model
    def _selection_kind(self):
        kinds = self.env["resource.calendar.leaves"]._fields["salon_kind"]
        return [
            (kind, label)
            for kind, label in kinds._description_selection(self.env)
            if kind in DESK_KINDS or self.env.user.has_group(MANAGER)
        ]

    # ------------------------------------------------------------
    # WHAT IS ENTERED
    # ------------------------------------------------------------

    @api.model
    def _read_leave(self, leave_id):
        """Return what was entered before, to be changed."""
        leave = self.env["resource.calendar.leaves"].browse(leave_id)
        leave.check_access("read")
        self._check_kind(leave.salon_kind)
        company = leave.company_id
        return {
            "leave_id": leave.id,
            "kind": leave.salon_kind,
            "stylist_id": leave.resource_id.id,
            "name": leave.name,
            "first_date": company._salon_date(leave.date_from),
            "last_date": company._salon_date(leave.date_to),
            "start": leave.date_from,
            "stop": leave.date_to,
        }

    def _get_company(self):
        return self.leave_id.company_id or self.env.company

    def _get_times(self):
        """Return the (start, stop) that are entered, or nothing yet."""
        if self.kind == "blocked":
            times = (self.start, self.stop)
        else:
            midnight = self._get_company()._salon_midnight
            following = self.last_date and self.last_date + timedelta(days=1)
            # As Odoo ends a day, so that it is shown as the same one.
            times = (
                self.first_date and midnight(self.first_date),
                following and midnight(following) - SECOND,
            )
        return times if all(times) and times[0] < times[1] else None

    def _find_bookings(self):
        """Return the visits still to be made at that time."""
        times = self._get_times()
        is_closed = self.kind == "closed"
        if not times or not (is_closed or self.stylist_id):
            return self.env["salon.visit"]
        taken = Domain("start", "<", times[1])
        taken &= Domain("stop", ">", max(times[0], fields.Datetime.now()))
        if not is_closed:
            taken &= Domain("stylist_id", "=", self.stylist_id.id)
        visits = Domain("company_id", "=", self._get_company().id)
        visits &= Domain("state", "in", OPEN_STATES)
        visits &= Domain("busy_ids", "any", taken)
        return self.env["salon.visit"].search(visits, order="start, id")

    # ------------------------------------------------------------
    # WHO MAY ENTER IT
    # ------------------------------------------------------------

    @api.model
    def _check_kind(self, kind):
        """Refuse what is not for this user to enter, change or take back."""
        user = self.env.user
        if not kind:
            raise UserError(
                self.env._(
                    "This time off was entered elsewhere, for example with the "
                    "employee. Change it there."
                )
            )
        if not user.has_group(MANAGER) and not (
            user.has_group(DESK) and kind in DESK_KINDS
        ):
            raise AccessError(
                self.env._(
                    "Days off and closing days are entered by managers. The reception "
                    "enters who is ill today, and blocked times."
                )
            )

    def _check_times(self):
        times = self._get_times()
        if not times:
            raise UserError(
                self.env._("Enter from when to when, the end after the beginning.")
            )
        if times[1] - times[0] > timedelta(days=MAX_DAYS):
            raise UserError(
                self.env._(
                    "That is more than a year. Check the dates; for somebody who "
                    "leaves use Leaves the salon on the form of the stylist."
                )
            )
        today = self._get_company()._salon_today()
        if self.is_today_only and {self.first_date, self.last_date} != {today}:
            raise UserError(
                self.env._(
                    "The reception enters who is ill today. For other days ask a "
                    "manager."
                )
            )

    def _check_stylist(self):
        own = self.env["salon.slot.finder"]._get_stylists(self._get_company())
        if self.kind != "closed" and self.stylist_id not in own:
            raise UserError(self.env._("Choose the stylist, one of this salon."))

    def _check_leave(self):
        """Check what was entered before: it is changed for the system's rights."""
        if self.leave_id:
            self.leave_id.check_access("read")
            self._check_kind(self.leave_id.salon_kind)

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_enter(self):
        """Enter it, and list the bookings that have to be moved."""
        self.ensure_one()
        self._check_leave()
        self._check_kind(self.kind)
        self._check_times()
        self._check_stylist()
        bookings = self._find_bookings()
        # Whose hours these are is not for the reception to write; what they may
        # enter was checked.
        leave_sudo = self.leave_id.sudo()
        if leave_sudo:
            leave_sudo.write(self._prepare_vals())
        else:
            leaves_sudo = leave_sudo.with_company(self._get_company())
            self.leave_id = leaves_sudo.create(self._prepare_vals())
        if not bookings:
            return {"type": "ir.actions.act_window_close"}
        return self.env["ir.actions.act_window"]._for_xml_id(
            "salon_reminders.salon_visit_action_to_move"
        )

    def action_remove(self):
        """Take back what was entered."""
        self.ensure_one()
        self._check_leave()
        # As above.
        self.leave_id.sudo().unlink()
        return {"type": "ir.actions.act_window_close"}

    def _prepare_vals(self):
        start, stop = self._get_times()
        return {
            "name": self.name,
            "salon_kind": self.kind,
            "resource_id": self.kind != "closed" and self.stylist_id.id,
            # It stays when the working hours are exchanged.
            "calendar_id": False,
            "date_from": start,
            "date_to": stop,
            # Who sits in a meeting works, though not for clients.
            "time_type": "other" if self.kind == "blocked" else "leave",
        }
