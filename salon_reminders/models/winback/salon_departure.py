from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_date, format_list

from ..visit.salon_visit import OPEN_STATES, YEAR
from .departure_successors import Successors

# Nobody knows further ahead, and a wrong year must be noticed.
MAX_DAYS_AHEAD = 366


class SalonDeparture(models.Model):
    """A stylist leaves a salon: her last day, her clients, and who stays.

    From the moment it is entered nobody can book her after her last day. Her clients
    are listed by the strength of the tie, each with a successor, and are called when
    the manager says so. Bookings after the last day are listed until somebody moved
    each; nothing is cancelled by itself, as the client was promised a time.
    """

    _name = "salon.departure"
    _description = "Stylist Who Leaves"
    _inherit = ["mail.thread"]
    _order = "last_date desc, id desc"
    _rec_name = "stylist_id"
    _check_company_auto = True

    stylist_id = fields.Many2one(
        "resource.resource",
        required=True,
        index=True,
        ondelete="restrict",
        domain=[("is_stylist", "=", True)],
        check_company=True,
        tracking=True,
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    last_date = fields.Date("Last day", required=True, tracking=True)
    has_left = fields.Boolean(
        "Has left", compute="_compute_has_left", search="_search_has_left"
    )
    active = fields.Boolean(default=True, tracking=True)
    note = fields.Text(help="Seen by managers and receptionists.")

    # Her clients
    is_settled = fields.Boolean(
        readonly=True,
        copy=False,
        help="Ties and successors were worked out after the last day; they stay.",
    )
    line_ids = fields.One2many("salon.departure.client", "departure_id")
    is_calling = fields.Boolean(
        "Clients are called",
        tracking=True,
        help="The stylist's clients go on the call list, the strongest ties first.",
    )
    min_share = fields.Integer(
        "Call from a tie of (%)",
        default=30,
        help="Clients of whose visits a smaller share was with the stylist are not "
        "called.",
    )
    sole_service_ids = fields.Many2many(
        "product.template",
        string="Nobody else does",
        compute="_compute_sole_service_ids",
        help="Services that none of the stylists who stay does.",
    )

    booking_ids = fields.Many2many(
        "salon.visit",
        string="Bookings to move",
        compute="_compute_booking_ids",
        help="Visits still to be made in which the stylist serves after the last day.",
    )
    booking_count = fields.Integer(
        "Bookings to be moved", compute="_compute_booking_ids"
    )

    # Figures
    client_count = fields.Integer("Clients", compute="_compute_counts")
    called_count = fields.Integer(
        "Called",
        compute="_compute_counts",
        help="Clients who were dialled about it at least once.",
    )
    stayed_count = fields.Integer(
        "Stayed",
        compute="_compute_counts",
        help="Clients who came to the salon after the last day.",
    )

    _one_per_stylist = models.UniqueIndex(
        "(stylist_id, company_id) WHERE active",
        "It is entered already that this stylist leaves. Change the last day there.",
    )
    _min_share_possible = models.Constraint(
        "CHECK(min_share BETWEEN 0 AND 100)", "The tie is a share from 0 to 100 %."
    )

    @api.depends("last_date", "company_id")
    def _compute_has_left(self):
        for departure in self:
            departure.has_left = departure._is_over()

    def _is_over(self):
        """Tell whether the last day is over, by the salon's clock of now."""
        self.ensure_one()
        today = self.company_id._salon_today()
        return bool(self.last_date and self.last_date < today)

    @api.model
    def _search_has_left(self, operator, value):
        if operator != "in":
            return NotImplemented
        found = self.with_context(active_test=False).search([])
        wanted = found.filtered(lambda departure: departure.has_left in value)
        return [("id", "in", wanted.ids)]

    def _compute_counts(self):
        rows = self.env["salon.departure.client"]._read_group(
            [("departure_id", "in", self.ids)],
            ["departure_id", "is_stayed"],
            ["__count"],
        )
        counts = {(one.id, bool(stayed)): count for one, stayed, count in rows}
        called = self._get_called_counts()
        for departure in self:
            stayed = counts.get((departure.id, True), 0)
            departure.client_count = stayed + counts.get((departure.id, False), 0)
            departure.stayed_count = stayed
            departure.called_count = called.get(departure.id, 0)

    def _get_called_counts(self):
        calls = self.env["salon.call"]._read_group(
            self._get_called_domain(), ["departure_id"], ["partner_id:count_distinct"]
        )
        return {departure.id: count for departure, count in calls}

    def _get_called_domain(self):
        return [("departure_id", "in", self.ids), ("attempt_count", ">", 0)]

    @api.constrains("last_date", "company_id")
    def _check_last_date(self):
        for departure in self:
            today = departure.company_id._salon_today()
            latest = today + timedelta(days=MAX_DAYS_AHEAD)
            if departure.last_date > latest:
                raise ValidationError(
                    self.env._(
                        "Check the last day: %(day)s lies more than a year ahead.",
                        day=format_date(self.env, departure.last_date),
                    )
                )

    @api.constrains("stylist_id")
    def _check_stylist(self):
        for departure in self:
            if not departure.stylist_id.is_stylist:
                raise ValidationError(
                    self.env._(
                        "%(name)s is no stylist. Choose one of the stylists.",
                        name=departure.stylist_id.name,
                    )
                )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        departures = super().create(vals_list)
        departures._refresh()
        for departure in departures:
            departure._tell_sole_services()
        return departures

    def write(self, vals):
        result = super().write(vals)
        if not {"last_date", "stylist_id", "company_id"}.isdisjoint(vals):
            self._refresh()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._('Press "Stays after all" instead; the history is kept.')
        )

    # ------------------------------------------------------------
    # HER LAST DAY
    # ------------------------------------------------------------

    @api.model
    def _get_last_days(self, stylists, company):
        """Return {stylist id: her last day} of those who leave a salon."""
        if not stylists:
            return {}
        # Everybody who looks for a free time must know it, nobody more than the day.
        departures_sudo = self.sudo().search_fetch(
            [("stylist_id", "in", stylists.ids), ("company_id", "=", company.id)],
            ["stylist_id", "last_date"],
        )
        return {one.stylist_id.id: one.last_date for one in departures_sudo}

    @api.model
    def _get_ends(self, stylists, company):
        """Return {stylist id: naive UTC moment} after which she can't be booked."""
        return {
            stylist_id: company._salon_midnight(day + timedelta(days=1))
            for stylist_id, day in self._get_last_days(stylists, company).items()
        }

    # ------------------------------------------------------------
    # WORKED OUT FROM VISITS
    # ------------------------------------------------------------

    @api.model
    def _follow_days(self, company):
        """Bring the departures of a salon up to the day, as the daily job does.

        Ties are worked out when somebody leaves, and once more when she has left, not
        with every run: what a month adds to a year is little.
        """
        today = company._salon_today()
        departures = self.search(
            [
                ("company_id", "=", company.id),
                ("last_date", ">=", today - timedelta(days=YEAR)),
            ]
        )
        if departures:
            departures.filtered(
                lambda one: one._is_over() and not one.is_settled
            )._refresh_clients()
            self.env["salon.departure.client"]._refresh_stays(departures)

    def _refresh(self):
        """Work all of it out anew."""
        self._refresh_clients()
        self.env["salon.departure.client"]._refresh_stays(self)

    def _refresh_clients(self):
        """List the clients of the year before the last day, and propose successors."""
        for departure in self:
            departure.line_ids._refresh_ties(departure)
            Successors(departure).propose()
            departure.is_settled = departure._is_over()

    def _sql_in_year(self):
        """Return that visit ``v`` is of the year up to today, or to the last day."""
        until = min(self.last_date, self.company_id._salon_today())
        return self.env["salon.visit"]._sql_in_year("v", SQL("%s::date", until))

    def _sql_served(self):
        """Return who served which client on which day of that year, with what."""
        return SQL(
            """SELECT v.partner_id, v.date,
                      COALESCE(l.stylist_id, v.stylist_id) AS stylist_id,
                      t.id AS service_id,
                      l.amount / NULLIF(l.quantity, 0) AS price
                 FROM salon_visit v
                 JOIN salon_visit_line l ON l.visit_id = v.id AND l.net_quantity > 0
                 JOIN product_product pp ON pp.id = l.product_id
                 JOIN product_template t ON t.id = pp.product_tmpl_id
                  AND t.salon_kind IN ('service', 'fee')
                WHERE v.company_id = %(company)s AND v.partner_id IS NOT NULL
                  AND %(in_year)s
                  AND COALESCE(l.stylist_id, v.stylist_id) IS NOT NULL""",
            company=self.company_id.id,
            in_year=self._sql_in_year(),
        )

    # ------------------------------------------------------------
    # WHAT ONLY SHE DOES
    # ------------------------------------------------------------

    @api.depends("stylist_id", "company_id", "last_date")
    def _compute_sole_service_ids(self):
        for company, departures in self.grouped("company_id").items():
            stylists = self.env["salon.slot.finder"]._get_stylists(company)
            leaving = self._get_last_days(stylists, company)
            staying = stylists.filtered(lambda one, gone=leaving: one.id not in gone)
            services = departures._get_services(company)
            for departure in departures:
                stylist = departure.stylist_id
                departure.sole_service_ids = services.filtered(
                    lambda service, stylist=stylist, others=staying - stylist: (
                        stylist
                        and stylist._can_do(service)
                        and not any(other._can_do(service) for other in others)
                    )
                )

    @api.model
    def _get_services(self, company):
        return self.env["product.template"].search(
            [
                ("salon_kind", "=", "service"),
                ("company_id", "in", (False, company.id)),
            ]
        )

    def _tell_sole_services(self):
        """Say in the history which services nobody else does."""
        if self.sole_service_ids:
            self._message_log(
                body=self.env._(
                    "Nobody but %(stylist)s does: %(services)s.",
                    stylist=self.stylist_id.name,
                    services=format_list(
                        self.env, self.sole_service_ids.mapped("name")
                    ),
                )
            )

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_call(self):
        """Put her clients on the call list from now on, day by day."""
        if not self.line_ids:
            raise UserError(
                self.env._(
                    "The stylist has no clients of the last year; there is nobody to "
                    "call."
                )
            )
        self.is_calling = True

    def action_pause_calls(self):
        """Put nobody else on the call list."""
        self.is_calling = False

    def action_refresh(self):
        """Work ties, successors and who stayed out anew, as of now."""
        self.check_access("write")
        self._refresh()

    def action_stay(self):
        """She stays after all: she can be booked again, nobody is called about it."""
        self.write({"active": False, "is_calling": False})
        calls = self.env["salon.call"].search(
            [("departure_id", "in", self.ids), ("state", "=", "open")]
        )
        calls._close("person", state="cancelled")

    def action_open_clients(self):
        """Open her clients, the strongest ties first."""
        return self._open_lines(self.env._("Clients"), [])

    def action_open_stayed(self):
        """Open her clients who came after her last day."""
        return self._open_lines(self.env._("Stayed"), [("is_stayed", "=", True)])

    def action_open_called(self):
        """Open the calls about it that were dialled."""
        return self.env["salon.report"]._open_list(
            "salon_reminders.salon_call_action_all",
            self.env._("Called"),
            self._get_called_domain(),
        )

    def _open_lines(self, title, domain):
        return self.env["salon.report"]._open_list(
            "salon_reminders.salon_departure_client_action",
            title,
            [("departure_id", "in", self.ids), *domain],
        )

    # ------------------------------------------------------------
    # BOOKINGS TO MOVE
    # ------------------------------------------------------------

    @api.depends("stylist_id", "company_id", "last_date")
    def _compute_booking_ids(self):
        visits = self.env["salon.visit"].search(
            Domain.OR(one._get_booking_domain() for one in self), order="start, id"
        )
        for departure in self:
            own = visits.filtered_domain(departure._get_booking_domain())
            departure.booking_ids = own
            departure.booking_count = len(own)

    def _get_booking_domain(self):
        return (
            Domain("company_id", "=", self.company_id.id)
            & Domain("state", "in", OPEN_STATES)
            & Domain("date", ">", self.last_date)
            & Domain("busy_ids.stylist_id", "in", self.stylist_id.ids)
        )

    def action_open_bookings(self):
        """Open the bookings that somebody has to move."""
        return self.env["salon.report"]._open_list(
            "salon_reminders.salon_visit_action",
            self.env._("Bookings to move"),
            [("id", "in", self.booking_ids.ids)],
        )

    def action_move_bookings(self):
        """Give each booking to the client's successor, where she is free then.

        The others stay listed. The clients are told on their call.
        """
        self.check_access("write")
        moved = 0
        for departure in self:
            successors = {
                line.partner_id: line.successor_id for line in departure.line_ids
            }
            for visit in departure.booking_ids:
                successor = successors.get(visit.partner_id)
                moved += bool(successor) and visit._hand_over(
                    departure.stylist_id, successor
                )
        self.invalidate_recordset(["booking_ids", "booking_count"])
        left = sum(self.mapped("booking_count"))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if left else "success",
                "message": self.env._(
                    "Moved to the successors: %(moved)s. Still to be moved: %(left)s.",
                    moved=moved,
                    left=left,
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
