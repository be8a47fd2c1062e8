from datetime import datetime, time, timedelta
from functools import cache

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...tools.arguments import checked, moment, optional, record_id, text, whole_number
from ...tools.times import subtract_times
from ..book.salon_slot_finder import NOTICE
from .gap_clients import SHORTEST, GapClients, GapRanking

DAY_CHOICES = (1, 3, 7, 14)
PARTS = {"morning": (0, 12), "afternoon": (12, 17), "evening": (17, 24)}
# Days for which a freed time is pointed out
FREED_DAYS = 7


class SalonGapFinder(models.AbstractModel):
    """Fills the gaps: the free windows of the next days and who would fit into them.

    Only clients who are due, agreed to be called and pass the gate of the daily job;
    those who wait for a free place on the list are among them.
    """

    _name = "salon.gap.finder"
    _description = "Fill the Gaps"

    # ------------------------------------------------------------
    # REQUESTS
    # ------------------------------------------------------------

    @api.model
    @checked(days=whole_number, stylist_id=optional(record_id), part=optional(text))
    def get_gaps(self, day=False, days=3, stylist_id=False, part=False):
        """Return the free windows of some days, each with the clients who fit best.

        :param str day: the first day, today when empty
        :param int days: how many days, two weeks at most
        :param stylist_id: only windows of this stylist
        :param str part: only the morning, afternoon or evening
        """
        self._check_user()
        company = self.env.company
        first = company._salon_parse_day(day)
        days = max(1, min(days, DAY_CHOICES[-1]))
        finder = self.env["salon.slot.finder"]
        stylists = finder._get_stylists(company)
        chosen = stylists.filtered(lambda one: not stylist_id or one.id == stylist_id)
        windows = self._get_windows(chosen, first, days, part)
        clients = GapClients(self.env).get()
        GapRanking(self.env).fill(windows, clients, chosen)
        return {
            "day": fields.Date.to_string(first),
            "today": fields.Date.to_string(company._salon_today()),
            "days": days,
            "day_choices": list(DAY_CHOICES),
            "stylists": [{"id": one.id, "name": one.name} for one in stylists],
            "windows": windows,
            "client_count": len(clients),
        }

    @api.model
    @checked(
        partner_id=record_id, stylist_id=record_id, start=moment, minutes=whole_number
    )
    def start_call(self, partner_id, stylist_id, start, minutes):
        """Open the call of a client who fits, and keep the window for her meanwhile.

        :return: the id of the call
        """
        self._check_user()
        partner = self.env["res.partner"].browse(partner_id).exists()
        partner.check_access("read")
        call = self._get_call(partner)
        stylist = self.env["resource.resource"].browse(stylist_id).exists()
        if not stylist:
            raise UserError(self.env._("This stylist is not there any more."))
        end = start + timedelta(minutes=minutes)
        # Kept by the system for the caller; see salon.slot.hold.
        gap = (stylist, start, end)
        self.env["salon.slot.hold"].sudo()._keep(call, [gap], gap)
        return call.id

    def _check_user(self):
        if not self.env["salon.call"].has_access("write"):
            raise AccessError(self.env._("Calls are made by receptionists."))

    def _get_call(self, partner):
        """Return the open call of a client, made by the rules of the daily job."""
        company = self.env.company
        calls = self.env["salon.call"]
        domain = [
            ("partner_id", "=", partner.id),
            ("company_id", "=", company.id),
            ("state", "=", "open"),
        ]
        call = calls.search(domain, limit=1)
        if call:
            return call
        # Who may be called and why is worked out by the system, as every day.
        found = self.env["salon.call.candidate"].sudo()._get_rows(partner)
        rows = [row for row in found if not row["hold"]]
        if not rows:
            raise UserError(
                self.env._(
                    "%(client)s can't be called any more: they booked, were called "
                    "or withdrew their consent meanwhile.",
                    client=partner.name,
                )
            )
        planner = self.env["salon.call.planner"].sudo()
        vals = {**planner._prepare_calls(rows[:1])[0], "user_id": self.env.uid}
        # By the rules of the daily job, not by what a person may give.
        return calls.sudo().create(vals).sudo(False)

    # ------------------------------------------------------------
    # WINDOWS
    # ------------------------------------------------------------

    def _get_windows(self, stylists, first, days, part):
        """Return the free windows that are long enough, freed ones first."""
        company = self.env.company
        finder = self.env["salon.slot.finder"]
        spans = self._get_spans(first, days, part)
        start = max(spans[0][0], self._get_soonest())
        free = finder._get_free(stylists, start, spans[-1][1])
        outside = [(spans[nr][1], spans[nr + 1][0]) for nr in range(len(spans) - 1)]
        freed = self._get_freed(start)
        # Most stylists begin and end alike: every moment is put into words once.
        words = cache(company._salon_format_day), cache(company._salon_format_time)
        windows = [
            self._prepare_window(words, stylist, begin, end, freed)
            for stylist in stylists
            for begin, end in subtract_times(free[stylist.id], outside)
            if end - begin >= SHORTEST and begin >= start
        ]
        return sorted(windows, key=lambda w: (not w["freed"], w["start"], w["stylist"]))

    @api.model
    def _get_soonest(self):
        """Return the first quarter of an hour at which a client could be here."""
        soon = fields.Datetime.now().replace(second=0, microsecond=0) + NOTICE
        return soon + timedelta(minutes=-soon.minute % 15)

    def _get_spans(self, first, days, part):
        """Return the (start, stop) of every day, or of this part of every day."""
        opens, closes = PARTS.get(part, (0, 24))
        midnight = [
            datetime.combine(first + timedelta(days=nr), time()) for nr in range(days)
        ]
        utc = self.env.company._salon_utc
        return [
            (utc(day + timedelta(hours=opens)), utc(day + timedelta(hours=closes)))
            for day in midnight
        ]

    def _get_freed(self, start):
        """Return times freed by a cancellation: (stylist id, from, to, when)."""
        since = fields.Datetime.now() - timedelta(days=FREED_DAYS)
        visits = self.env["salon.visit"].search(
            [
                ("company_id", "=", self.env.company.id),
                ("state", "=", "cancelled"),
                ("missed_at", ">=", since),
                ("start", ">=", start),
                ("stylist_id", "!=", False),
            ]
        )
        return [
            (visit.stylist_id.id, visit.start, visit.stop, visit.missed_at)
            for visit in visits
        ]

    def _count_freed(self):
        """Return how many times freed by cancellations nobody has taken yet."""
        start = self._get_soonest()
        freed = self._get_freed(start)
        if not freed:
            return 0
        stylists = self.env["resource.resource"].browse({row[0] for row in freed})
        last = max(stop for _who, _start, stop, _at in freed)
        free = self.env["salon.slot.finder"]._get_free(stylists, start, last)
        return sum(
            any(
                min(end, stop) - max(begin, start) >= SHORTEST
                for begin, end in free.get(stylist_id, [])
            )
            for stylist_id, start, stop, _at in freed
        )

    def _prepare_window(self, words, stylist, start, stop, freed):
        say_day, say_time = words
        moments = [
            at
            for stylist_id, begin, end, at in freed
            if stylist_id == stylist.id and begin < stop and end > start
        ]
        return {
            "key": f"{stylist.id}-{start:%Y%m%d%H%M}",
            "stylist_id": stylist.id,
            "stylist": stylist.name,
            "color": stylist.salon_color,
            "start": start.isoformat(sep=" "),
            "stop": stop.isoformat(sep=" "),
            "day": say_day(start),
            "from": say_time(start),
            "to": say_time(stop),
            "minutes": int((stop - start).total_seconds() // 60),
            "freed": self.env.company._salon_format_moment(max(moments))
            if moments
            else "",
            "clients": [],
        }
