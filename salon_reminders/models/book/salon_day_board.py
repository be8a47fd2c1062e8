from datetime import datetime, time, timedelta
from itertools import groupby

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...tools.arguments import checked, optional, record_id, whole_number
from ..salon.resource_calendar_leaves import DESK_KINDS
from ..visit.salon_visit import DESK, KEPT_STATES, OPEN_STATES
from .salon_slot_finder import STEP

# What is shown when nobody works: a salon's usual day.
OPENS, CLOSES = 9 * 60, 18 * 60
MANAGER = "salon_reminders.group_manager"
SHOWN_STATES = (*KEPT_STATES, "no_show")


class SalonDayBoard(models.AbstractModel):
    """What the day board asks the server: one day of all stylists.

    Minutes are those of the salon's clock since midnight, for drawing. Visits that a
    stylist may not see are shown to her as taken time, without a name.
    """

    _name = "salon.day.board"
    _description = "Day Board"

    # ------------------------------------------------------------
    # REQUESTS
    # ------------------------------------------------------------

    @api.model
    def get_day(self, day=False):
        """Return the columns of the board for one day, today when empty."""
        company = self.env.company
        self.env["salon.visit"].check_access("read")
        date = company._salon_parse_day(day)
        span = self._get_span(date)
        stylists = self._get_stylists(company, span)
        columns = self._get_columns(stylists, span)
        self._add_off(columns, stylists, span)
        self._add_visits(columns, span)
        shown = [c for c in columns.values() if self._is_shown(c)]
        return {
            "day": fields.Date.to_string(date),
            "title": company._salon_format_day(span[0] + timedelta(hours=12)),
            "today": fields.Date.to_string(company._salon_today()),
            "now": self._get_minute(fields.Datetime.now(), span),
            # What is put on the board begins and ends at such minutes.
            "step": STEP // timedelta(minutes=1),
            **self._get_blocking(),
            **self._get_extras(),
            "columns": shown or list(columns.values()),
            **self._get_hours(shown),
        }

    @api.model
    @checked(
        visit_id=record_id,
        minute=whole_number,
        # Work that nobody does yet is in a column without a stylist.
        from_id=optional(whole_number),
        to_id=optional(whole_number),
    )
    def move_visit(self, visit_id, day, minute, from_id, to_id, confirmed=False):
        """Move a visit to another time, another stylist, or both.

        :param from_id: the stylist whose part of the visit is moved
        :return: a question that must be confirmed first, or what undoes the move
        """
        visit = self.env["salon.visit"].browse(visit_id).exists()
        if not visit:
            raise UserError(self.env._("This visit is not there any more."))
        if visit.state not in OPEN_STATES:
            raise UserError(self.env._("Only visits to come can be moved."))
        blocks = [b for b in self._get_blocks(visit) if b[0].id == from_id]
        if not blocks:
            raise UserError(
                self.env._("Another stylist does this now. Reload the board.")
            )
        block = blocks[0]
        start = visit.start + (self._to_utc(day, minute) - block[1])
        stylist = self.env["resource.resource"].browse(to_id)
        stop = start + (visit.stop - visit.start)
        times = visit._get_moved_times(start, stop, block[0], stylist)
        work = visit._get_moved_work(block[0], stylist)
        span = (start, stop)
        question = not confirmed and visit._get_question(
            times, work, visit.partner_id, span
        )
        if question:
            return {"question": question}
        undo = self._prepare_undo(visit)
        self._move(visit, start, block, stylist)
        return {"undo": undo}

    @api.model
    def _prepare_undo(self, visit):
        """Return the values that put a visit back to where it is now."""
        return {
            "start": fields.Datetime.to_string(visit.start),
            "stop": fields.Datetime.to_string(visit.stop),
            "stylist_id": visit.stylist_id.id,
            "line_ids": [
                fields.Command.update(line.id, {"stylist_id": line.stylist_id.id})
                for line in visit.line_ids
            ],
        }

    @api.model
    @checked(minute=whole_number)
    def get_start(self, day, minute):
        """Return the UTC datetime of a minute of the day, for a new visit."""
        return fields.Datetime.to_string(self._to_utc(day, minute))

    def _get_extras(self):
        """Return what else the board is told. Empty here: freed times, for calls."""
        return {}

    # ------------------------------------------------------------
    # MOVING
    # ------------------------------------------------------------

    def _move(self, visit, start, block, stylist):
        """Move all of the visit in time, and this part of it to the stylist."""
        own, _begin, _end, lines = block
        length = visit.stop - visit.start
        vals = {"start": start, "stop": start + length} if start != visit.start else {}
        if own == stylist:
            visit.write(vals)
        elif own == visit.stylist_id:
            visit.write({**vals, "stylist_id": stylist.id})
        else:
            moved = [
                fields.Command.update(line.id, {"stylist_id": stylist.id})
                for line in lines
            ]
            visit.write({**vals, "line_ids": moved})

    @api.model
    def _to_utc(self, day, minute):
        company = self.env.company
        # By the clock: minutes that passed differ when it is set to summer time.
        local = datetime.combine(company._salon_parse_day(day), time())
        return company._salon_utc(local + timedelta(minutes=minute))

    # ------------------------------------------------------------
    # COLUMNS
    # ------------------------------------------------------------

    def _get_span(self, date):
        """Return the UTC beginning and end of a day at the salon."""
        midnight = self.env.company._salon_midnight
        return midnight(date), midnight(date + timedelta(days=1))

    def _get_minute(self, moment, span):
        """Return the minute of the day, or -1 outside of it."""
        if not span[0] <= moment <= span[1]:
            return -1
        if moment == span[1]:
            return 24 * 60
        local = self.env.company._salon_local(moment)
        return local.hour * 60 + local.minute

    def _get_minutes(self, times, span):
        return [
            [
                self._get_minute(max(a, span[0]), span),
                self._get_minute(min(b, span[1]), span),
            ]
            for a, b in times
        ]

    def _get_stylists(self, company, span):
        """Return the stylists of the salon, and who is archived but still booked."""
        stylists = self.env["salon.slot.finder"]._get_stylists(company)
        # Times only: of whom and for what stays hidden.
        groups = (
            self.env["salon.visit.busy"]
            .sudo()
            ._read_group(
                [
                    ("visit_id.company_id", "=", company.id),
                    ("stylist_id.active", "=", False),
                    ("start", "<", span[1]),
                    ("stop", ">", span[0]),
                ],
                ["stylist_id"],
            )
        )
        return stylists.union(*(stylist.sudo(False) for (stylist,) in groups))

    @api.model
    def _is_shown(self, column):
        """Tell whether there is anything to see, or to take back, on this day."""
        is_news = any(off["kind"] in DESK_KINDS for off in column["off"])
        return column["work"] or column["cards"] or column["taken"] or is_news

    def _get_blocking(self):
        """Return whether the user may block times, and how many bookings wait."""
        user = self.env.user
        is_desk = user.has_group(DESK)
        visits = self.env["salon.visit"]
        own = [("company_id", "=", self.env.company.id), ("is_to_move", "=", True)]
        return {
            "can_block": is_desk,
            "can_close": user.has_group(MANAGER),
            "to_move": visits.search_count(own) if is_desk else 0,
        }

    def _add_off(self, columns, stylists, span):
        """Put into the columns when and why stylists do not work."""
        for leave in self.env["salon.slot.finder"]._get_leaves(stylists, *span):
            off = self._prepare_off(leave, span)
            for stylist_id in leave.resource_id.ids or list(columns):
                columns[stylist_id]["off"].append(off)

    def _prepare_off(self, leave, span):
        times = [(leave.date_from, leave.date_to)]
        ((begin, end),) = self._get_minutes(times, span)
        user, kind = self.env.user, leave.salon_kind
        is_told = user.has_group(DESK) or not leave.resource_id
        is_own = user.has_group(MANAGER) if kind not in DESK_KINDS else is_told
        return {
            # Whoever may change it opens it.
            "id": leave.id if kind and is_own else False,
            "kind": kind if is_told else False,
            "from": begin,
            "to": end,
            "label": self._text_off(leave) if is_told else self.env._("Off"),
        }

    def _text_off(self, leave):
        """Return why somebody is off; what other apps keep is not told."""
        if not leave.resource_id:
            return leave.name or self.env._("Salon closed")
        if leave.salon_kind == "blocked":
            return leave.name or self.env._("Blocked")
        return self.env._("Ill") if leave.salon_kind == "ill" else self.env._("Day off")

    def _get_columns(self, stylists, span):
        finder = self.env["salon.slot.finder"]
        work, _busy, free = finder._get_book(stylists, *span)
        now = fields.Datetime.now()
        return {
            stylist.id: {
                "id": stylist.id,
                "name": stylist.name,
                "color": stylist.salon_color,
                "work": self._get_minutes(work[stylist.id], span),
                "free": self._get_minutes(
                    [(max(a, now), b) for a, b in free[stylist.id] if b > now], span
                ),
                "is_archived": not stylist.active,
                "off": [],
                "cards": [],
                "taken": [],
            }
            for stylist in stylists
        }

    @api.model
    def _get_hours(self, columns):
        """Return from when to when the board is drawn, in whole hours."""
        times = [
            minute
            for column in columns
            for pair in (
                *column["work"],
                *column["taken"],
                *([card["from"], card["to"]] for card in column["cards"]),
            )
            for minute in pair
        ]
        first, last = min(times, default=OPENS), max(times, default=CLOSES)
        return {"opens": first // 60 * 60, "closes": min(-(-last // 60) * 60, 24 * 60)}

    # ------------------------------------------------------------
    # VISITS
    # ------------------------------------------------------------

    def _add_visits(self, columns, span):
        """Put the visits of the day into the columns, and what else is taken."""
        visits = self.env["salon.visit"].search(
            [
                ("company_id", "=", self.env.company.id),
                ("state", "in", SHOWN_STATES),
                ("is_purchase", "=", False),
                ("start", ">=", span[0] - timedelta(days=1)),
                ("start", "<", span[1]),
                ("stop", ">", span[0]),
            ],
            order="start, id",
        )
        for visit in visits:
            for stylist, start, stop, lines in self._get_blocks(visit):
                if stylist.id in columns:
                    card = self._prepare_card(visit, start, stop, lines, span)
                    columns[stylist.id]["cards"].append(card)
        self._add_taken(columns, visits, span)
        for column in columns.values():
            self._share_width(column["cards"])

    def _get_blocks(self, visit):
        """Return (stylist, start, stop, lines) of each stretch with one stylist."""
        blocks = []
        for stylist, parts in groupby(visit._get_schedule(), key=lambda part: part[1]):
            parts = list(parts)
            lines = parts[0][0].union(*(part[0] for part in parts))
            blocks.append((stylist, parts[0][2], parts[-1][3], lines))
        return blocks

    def _prepare_card(self, visit, start, stop, lines, span):
        ((begin, end),) = self._get_minutes([(start, stop)], span)
        return {
            "id": visit.id,
            "key": f"{visit.id}-{begin}",
            "from": begin,
            "to": end,
            "client": visit.partner_id.name or self.env._("Walk-in"),
            "services": ", ".join((lines or visit.line_ids).product_id.mapped("name")),
            "time": self.env.company._salon_format_time(start),
            "state": visit.state,
            "is_movable": visit.state in OPEN_STATES,
            "warning": (visit.state in OPEN_STATES and visit._get_board_warning())
            or "",
            "overlap": visit.is_overlap,
            "outside": visit.outside_hours,
            "to_move": visit.is_to_move,
            "parts": len(self._get_blocks(visit)),
            "cleaning": self._get_minutes(self._get_cleaning(visit, stop), span),
            "pauses": self._get_minutes(self._get_pauses(lines, start, stop), span),
        }

    @api.model
    def _get_pauses(self, lines, start, stop):
        """Return the processing times, in which another client can be taken."""
        pauses = []
        for line in lines:
            busy = line.product_id._get_salon_busy(line.start, line.stop)
            if line.product_id.salon_processing_minutes and len(busy) == 2:
                pauses.append((busy[0][1], busy[1][0]))
        return pauses

    @api.model
    def _get_cleaning(self, visit, stop):
        """Return the time after the client has left in which the stylist is busy."""
        return [
            (stop, busy.stop)
            # Times only, of a visit that the user sees.
            for busy in visit.sudo().busy_ids
            if busy.start < stop < busy.stop
        ]

    def _add_taken(self, columns, visits, span):
        """Show as taken what the user may not see, or what is kept during a call."""
        for record in self._get_taken(list(columns), visits, span):
            taken = self._get_minutes([(record.start, record.stop)], span)
            columns[record.stylist_id.id]["taken"] += taken

    def _get_taken(self, stylist_ids, visits, span):
        """Return the records of times that are taken, without these visits."""
        # Times only: of whom and for what stays hidden.
        busy = self.env["salon.visit.busy"].sudo()
        domain = self._get_taken_domain(stylist_ids, span)
        return [*busy.search(domain & Domain("visit_id", "not in", visits.ids))]

    @api.model
    def _get_taken_domain(self, stylist_ids, span):
        return Domain(
            [
                ("stylist_id", "in", stylist_ids),
                ("start", "<", span[1]),
                ("stop", ">", span[0]),
            ]
        )

    @api.model
    def _share_width(self, cards):
        """Put cards that overlap side by side: ``lane`` of ``lanes``."""
        cluster, end = [], -1
        for card in sorted(cards, key=lambda card: (card["from"], -card["to"])):
            if card["from"] >= end:
                cluster = []
            cluster.append(card)
            taken = {
                one["lane"]
                for one in cluster[:-1]
                if one["to"] > card["from"] and one["from"] < card["to"]
            }
            card["lane"] = min(set(range(len(cluster))) - taken)
            end = max(end, card["to"]) if len(cluster) > 1 else card["to"]
            lanes = max(one["lane"] for one in cluster) + 1
            for one in cluster:
                one["lanes"] = lanes
