from datetime import timedelta
from itertools import chain

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...tools.arguments import (
    checked,
    listed,
    moment,
    optional,
    record_id,
    record_ids,
    shaped,
    text,
)
from ...tools.server_flags import is_flagged
from ...tools.times import merge_times, subtract_times
from ..visit.salon_visit import EXCUSES, MISSED_STATES, OPEN_STATES
from .salon_slot_finder import NOTICE

# What is done by whom and when, as a form sends it.
PART = shaped(
    product_id=optional(record_id),
    stylist_id=optional(record_id),
    start=optional(moment),
    stop=optional(moment),
)


class SalonVisit(models.Model):
    """The times at which a visit keeps stylists busy, and those that it gives back."""

    _inherit = "salon.visit"

    is_overlap = fields.Boolean(
        "Overlap on purpose",
        copy=False,
        tracking=True,
        help="The stylist may have another client at the same time.",
    )
    busy_ids = fields.One2many("salon.visit.busy", "visit_id", string="Busy times")

    # Outside working hours: asked about, then recorded
    outside_hours = fields.Boolean(
        "Outside working hours",
        readonly=True,
        copy=False,
        tracking=True,
        help="The stylist does not work at the time of this visit; whoever booked it "
        "was told and confirmed it.",
    )

    is_to_move = fields.Boolean(
        "To be moved",
        compute="_compute_is_to_move",
        search="_search_is_to_move",
        help="A stylist of this visit is off then, or is archived, and nobody said "
        "that it stays as it is.",
    )

    # Missed or cancelled, and the time that this gives back
    missed_at = fields.Datetime(
        "Cancelled or missed on",
        readonly=True,
        copy=False,
        help="When this was entered; empty for what an import brought.",
    )
    is_late_cancel = fields.Boolean(
        "Cancelled late",
        compute="_compute_is_late_cancel",
        store=True,
        help="Cancelled by the client so short before the visit that the time was hard "
        "to fill. Who is ill, or was put off by the salon, is not late.",
    )

    # Serves the follow-up of missed visits, and freed times.
    _missed_idx = models.Index("(company_id, missed_at) WHERE missed_at IS NOT NULL")

    @api.depends("state", "start", "missed_at", "cancel_reason")
    def _compute_is_late_cancel(self):
        for visit in self:
            visit.is_late_cancel = bool(
                visit.state == "cancelled"
                and visit.cancel_reason not in EXCUSES
                and visit.missed_at
                and visit._is_late(visit.missed_at)
            )

    @api.depends("state", "start", "stop", "stylist_id", "outside_hours")
    def _compute_is_to_move(self):
        found = self._find_to_move(SQL("b.visit_id = ANY(%s)", self.ids))
        for visit in self:
            visit.is_to_move = visit._origin.id in found

    @api.model
    def _search_is_to_move(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("id", "in", self._find_to_move(SQL("TRUE")))]

    @api.model
    def _find_to_move(self, condition):
        """Return the ids of the visits to come that can't be made as they are booked.

        Whoever confirmed that a stylist comes in all the same has moved nothing.

        :param SQL condition: of busy times ``b`` that are asked about
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT b.visit_id
                     FROM salon_visit_busy b
                     JOIN salon_visit v ON v.id = b.visit_id
                     JOIN res_company c ON c.id = v.company_id
                     JOIN resource_resource r ON r.id = b.stylist_id
                    WHERE b.stop > %(now)s AND %(condition)s
                      AND (r.active IS NOT TRUE
                           OR v.outside_hours IS NOT TRUE AND %(is_off)s)""",
                now=fields.Datetime.now(),
                condition=condition,
                is_off=self.env["salon.slot.finder"]._sql_off(),
            )
        )
        return [visit_id for (visit_id,) in rows]

    @api.onchange("line_ids")
    def _onchange_first_free(self):
        """Give a walk-in to whoever is free first and does what is wanted."""
        services = self.line_ids.product_id
        if not self.env.context.get("salon_first_free") or not services:
            return
        finder = self.env["salon.slot.finder"]
        able = finder._get_stylists(self.company_id or self.env.company).filtered(
            lambda one: all(one._can_do(service) for service in services)
        )
        if self.stylist_id not in able:
            length = timedelta(minutes=self.line_ids._get_minutes())
            if first := finder._find_first_free(able, self.start, length):
                self.stylist_id = self.line_ids.stylist_id = first

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    def write(self, vals):
        if "state" not in vals or is_flagged(self.env, "salon_taken_over"):
            return super().write(vals)
        freed = self._get_freed() if vals["state"] == "cancelled" else self.browse()
        missed = vals["state"] in MISSED_STATES
        stamp = {"missed_at": missed and fields.Datetime.now()}
        result = super().write({"cancel_reason": False, **vals, **stamp})
        freed._tell_freed()
        return result

    # ------------------------------------------------------------
    # BUSY TIMES
    # ------------------------------------------------------------

    def _take_times(self):
        """Bring the busy times of the stylists in line with these visits."""
        # A stylist may not see her colleagues' times, yet they bind her.
        self.env["salon.visit.busy"].sudo()._sync(self)
        return super()._take_times()

    def _get_busy_times(self):
        """Return the times in which the visit keeps stylists busy.

        Only visits still to be made take time: history may overlap as it did.
        """
        self.ensure_one()
        if self.state not in OPEN_STATES or not self.start or not self.stop:
            return []
        times = {}
        for line, stylist, start, stop in self._get_schedule():
            for busy in line.product_id._get_salon_busy(start, stop):
                times.setdefault(stylist, []).append(busy)
        return [
            (stylist, start, stop)
            for stylist, own in times.items()
            if stylist
            for start, stop in merge_times(own)
        ]

    # ------------------------------------------------------------
    # REQUESTS
    # ------------------------------------------------------------

    @api.model
    @checked(
        visit_id=optional(record_id),
        start=optional(moment),
        stop=optional(moment),
        stylist_id=optional(record_id),
        parts=listed(PART),
        state=optional(text),
        partner_id=optional(record_id),
    )
    def get_booking_question(
        self,
        visit_id,
        start,
        stop,
        stylist_id,
        parts=(),
        state=False,
        partner_id=False,
    ):
        """Return what must be confirmed before a visit is put at this time, or False.

        :param visit_id: the visit that is changed; its own values stand for what is
            not given
        :param parts: what is done by whom and when, as far as it is known: dicts of
            product_id, stylist_id, start and stop
        :param state: what the visit will be in; nothing is asked about the past
        :param partner_id: the client, if that is changed
        """
        visit = self.browse(visit_id or [])
        begin = start or visit.start
        state = state or visit.state
        if not begin or (state and state not in OPEN_STATES):
            return False
        end = stop or visit.stop
        if not end or end <= begin:
            length = visit.stop - visit.start if visit else timedelta(minutes=15)
            end = begin + length
        stylist = self.env["resource.resource"].browse(stylist_id or [])
        stylist = stylist or visit.stylist_id
        times = (
            self._read_parts(parts)
            or visit._get_moved_times(begin, end, visit.stylist_id, stylist)
            or [(stylist, begin, end)]
        )
        return visit._get_question(
            times,
            visit._read_work(parts) or visit._get_moved_work(visit.stylist_id, stylist),
            self.env["res.partner"].browse(partner_id or []) or visit.partner_id,
            (begin, end),
        )

    @api.model
    @checked(start=moment, stop=moment, stylist_ids=record_ids)
    def get_off_hours(self, start, stop, stylist_ids):
        """Return when none of these stylists works, of all when none is given."""
        self.check_access("read")
        finder = self.env["salon.slot.finder"]
        stylists = finder._get_stylists(self.env.company)
        chosen = stylists.filtered(lambda one: one.id in stylist_ids) or stylists
        work = finder._get_work(chosen, start, stop)
        return subtract_times([(start, stop)], chain.from_iterable(work.values()))

    # ------------------------------------------------------------
    # THE QUESTION
    # ------------------------------------------------------------

    @api.model
    def _read_parts(self, parts):
        """Return the (stylist, start, stop) that these parts keep stylists busy."""
        stylists, products = self.env["resource.resource"], self.env["product.product"]
        return [
            (stylists.browse(part["stylist_id"]), *busy)
            for part in parts
            if part["stylist_id"] and part["start"] and part["stop"]
            for busy in products.browse(part["product_id"] or [])._get_salon_busy(
                part["start"], part["stop"]
            )
        ]

    def _get_moved_times(self, start, stop, own, stylist):
        """Return the busy times as they would be after a move.

        :param own: the stylist whose part goes to ``stylist``
        """
        if not self:
            return []
        shift = start - self.start
        times = [
            [stylist if who == own else who, begin + shift, end + shift]
            for who, begin, end in self._get_busy_times()
        ]
        if times:
            last = max(times, key=lambda busy: busy[2])
            last[2] = max(last[2] + (stop - start) - (self.stop - self.start), last[1])
        return times

    @api.model
    def _read_work(self, parts):
        """Return the (service, stylist) of these parts."""
        stylists, products = self.env["resource.resource"], self.env["product.product"]
        return [
            (products.browse(part["product_id"]), stylists.browse(part["stylist_id"]))
            for part in parts
            if part["product_id"] and part["stylist_id"]
        ]

    def _get_moved_work(self, own, stylist):
        """Return the (service, stylist) as they would be after a move.

        Only what somebody else is to do is asked about: the rest was confirmed.

        :param own: the stylist whose part goes to ``stylist``
        """
        return [
            (line.product_id, stylist)
            for line in self.line_ids
            if own != stylist and (line.stylist_id or self.stylist_id) == own
        ]

    def _get_question(self, times, work=(), partner=None, span=None):
        """Return all that must be confirmed before a visit is booked so, or False.

        :param times: (stylist, start, stop) of all that keeps stylists busy
        :param work: (service, stylist) of who does what
        :param partner: the client
        :param span: (start, stop) of the visit
        """
        texts = [
            *self._get_hours_texts(times),
            *self._get_skill_texts(work),
            *self._get_twice_texts(partner, span),
        ]
        return "\n".join([*texts, self.env._("Book anyway?")]) if texts else False

    def _get_skill_texts(self, work):
        """Return who does not do a service they would be booked for."""
        pairs = dict.fromkeys((stylist, service) for service, stylist in work)
        return [
            self.env._(
                "%(stylist)s does not do %(service)s.",
                stylist=stylist.name,
                service=service.name,
            )
            for stylist, service in pairs
            if service.salon_kind in ("service", "fee") and not stylist._can_do(service)
        ]

    def _get_twice_texts(self, partner, span):
        """Return which other visits the client has at the same time."""
        if not partner or not span:
            return []
        others = self.search(
            [
                ("partner_id", "=", partner.id),
                ("state", "in", OPEN_STATES),
                ("id", "not in", self.ids),
                ("start", "<", span[1]),
                ("stop", ">", span[0]),
            ],
            order="start, id",
        )
        return [
            self.env._(
                "%(client)s has another visit then: %(moment)s, %(stylist)s.",
                client=partner.name,
                moment=other.company_id._salon_format_moment(other.start),
                stylist=other.stylist_id.name or self.env._("nobody yet"),
            )
            for other in others
        ]

    def _get_hours_texts(self, times):
        """Return which stylists do not work then.

        :param times: (stylist, start, stop) of all that keeps stylists busy
        """
        times = self._drop_gone([busy for busy in times if busy[0]])
        outside = {}
        for stylist, start, _stop in self.env["salon.slot.finder"]._find_outside(times):
            outside.setdefault(stylist, start)
        return [self._text_hours(stylist, start) for stylist, start in outside.items()]

    def _drop_gone(self, times):
        """Return the times without those after the last day of a stylist who leaves.

        There is nothing to confirm: booking her is refused.
        """
        company = self.company_id or self.env.company
        stylists = self.env["resource.resource"].union(*(busy[0] for busy in times))
        ends = stylists._get_ends(company)
        return [
            busy
            for busy in times
            if busy[0].id not in ends or busy[2] <= ends[busy[0].id]
        ]

    def _text_hours(self, stylist, start):
        """Return in words when the stylist works on this day."""
        company = self.company_id or self.env.company
        day = company._salon_date(start)
        first = company._salon_midnight(day)
        last = company._salon_midnight(day + timedelta(days=1))
        work = self.env["salon.slot.finder"]._get_work(stylist, first, last)[stylist.id]
        values = {"stylist": stylist.name, "day": company._salon_format_day(start)}
        if not work:
            return self.env._("%(stylist)s does not work on %(day)s.", **values)
        hours = ", ".join(
            f"{company._salon_format_time(a)} – {company._salon_format_time(b)}"
            for a, b in work
        )
        return self.env._(
            "On %(day)s %(stylist)s works %(hours)s.", **values, hours=hours
        )

    # ------------------------------------------------------------
    # MOVED, OR LEFT AS IT IS
    # ------------------------------------------------------------

    def action_keep_time(self):
        """Leave these visits as they are: the stylist comes in for them."""
        self.write({"outside_hours": True})

    def _hand_over(self, stylist, successor):
        """Give what a stylist would have done in a visit to another.

        :return: whether the successor does it, works then and is free
        """
        self.ensure_one()
        lines = self.line_ids.filtered(
            lambda line: (line.stylist_id or self.stylist_id) == stylist
        )
        if not all(successor._can_do(line.product_id) for line in lines):
            return False
        times = self._get_moved_times(self.start, self.stop, stylist, successor)
        if self._get_question(times):
            return False
        moved = [
            fields.Command.update(line.id, {"stylist_id": successor.id})
            for line in lines
        ]
        own = {"stylist_id": successor.id} if self.stylist_id == stylist else {}
        try:
            with self.env.cr.savepoint():
                self.write({**own, "line_ids": moved})
        except UserError:
            # Taken at that time.
            return False
        return True

    @api.model
    def _ask_archiving(self, bookings, **whom):
        """Ask what becomes of the bookings of whom is archived, if there are any."""
        if not bookings:
            return super()._ask_archiving(bookings, **whom)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("There are bookings"),
            "res_model": "salon.archiving",
            "views": [(False, "form")],
            "target": "new",
            "context": {f"default_{name}": whose.ids for name, whose in whom.items()},
        }

    # ------------------------------------------------------------
    # STEPS
    # ------------------------------------------------------------

    def _is_late(self, moment):
        """Tell whether the time is hard to fill when it is given back then."""
        notice = timedelta(hours=self.company_id.salon_late_cancel_hours)
        return moment > self.start - notice

    def _get_late_text(self):
        now = fields.Datetime.now()
        late = self.filtered(lambda visit: visit._is_late(now))
        if not late:
            return super()._get_late_text()
        return self.env._(
            "It is less than %(hours)s hours before the visit, so it counts as "
            "cancelled late.",
            hours=max(late.company_id.mapped("salon_late_cancel_hours")),
        )

    def _get_board_warning(self):
        """Return what must be known before the client is served.

        Empty here: what the card says of it.
        """
        return ""

    # ------------------------------------------------------------
    # FREED TIMES
    # ------------------------------------------------------------

    def _get_freed(self):
        """Return the visits to come whose time somebody else could still take."""
        soonest = fields.Datetime.now() + NOTICE
        return self.filtered(
            lambda visit: (
                visit.state in OPEN_STATES and visit.stylist_id and visit.stop > soonest
            )
        )

    def _tell_freed(self):
        """Tell the receptionists about these times, once for all of them.

        Of whom they were freed is not told: who may see it reads it in the book.
        """
        if not self:
            return
        data = self.env.cr.precommit.data
        if "salon.visit.freed" not in data:
            data["salon.visit.freed"] = {}
            self.env.cr.precommit.add(self.env["salon.visit"].sudo()._send_freed)
        for visit in self:
            times = data["salon.visit.freed"].setdefault(visit.company_id.id, [])
            times.append(visit._prepare_freed())

    def _prepare_freed(self):
        local = self.company_id._salon_local
        return {
            "stylist_id": self.stylist_id.id,
            "stylist": self.stylist_id.name,
            "start": local(self.start).replace(tzinfo=None).isoformat(),
            "stop": local(self.stop).replace(tzinfo=None).isoformat(),
        }

    @api.model
    def _send_freed(self):
        group = self.env.ref("salon_reminders.group_receptionist", False)
        freed = self.env.cr.precommit.data.pop("salon.visit.freed", {})
        for company_id, times in freed.items():
            if group:
                group._bus_send(
                    "salon.visit/freed", {"company_id": company_id, "times": times}
                )
