from datetime import datetime, timedelta
from itertools import chain

import pytz

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.times import common_starts, fit_starts, merge_times, subtract_times

NEXT_DAYS = 14
STEP = timedelta(minutes=15)
# Nobody can be there at once.
NOTICE = timedelta(minutes=60)


class SalonSlotFinder(models.AbstractModel):
    """Finds the free windows of stylists: working hours less days off and visits.

    All times are naive UTC, as the database keeps them; each stylist's working hours
    follow her own time zone across daylight saving. Days off and visits of everyone
    count, whoever asks.
    """

    _name = "salon.slot.finder"
    _description = "Free Windows of Stylists"

    # ------------------------------------------------------------
    # WORK, BUSY, FREE
    # ------------------------------------------------------------

    @api.model
    def _get_work(self, stylists, start, stop):
        """Return {stylist id: [(start, stop)]} of working time without days off.

        Who leaves the current salon does not work there after her last day.
        """
        # Days off of colleagues can't be read by everybody, yet they count.
        intervals, _calendars = stylists.sudo()._get_valid_work_intervals(
            pytz.utc.localize(start), pytz.utc.localize(stop)
        )
        ends = stylists._get_ends(self.env.company)
        work = {
            stylist.id: merge_times(
                (self._to_utc(begin), self._to_utc(end))
                for begin, end, _attendance in intervals[stylist.id]
            )
            for stylist in stylists
        }
        for stylist_id, end in ends.items():
            work[stylist_id] = subtract_times(work[stylist_id], [(end, datetime.max)])
        for leave in self._get_leaves(stylists, start, stop):
            off = [(leave.date_from, leave.date_to)]
            for stylist_id in leave.resource_id.ids or stylists.ids:
                work[stylist_id] = subtract_times(work[stylist_id], off)
        return work

    @api.model
    def _get_leaves(self, stylists, start, stop):
        """Return the times off of these stylists, and those that close the salon.

        Odoo knows them only by working hours: it would let somebody with other hours,
        or at several salons, work on a closing day. A blocked time is working time to
        it, of which nobody can book anything.
        """
        own = Domain("resource_id", "in", stylists.ids)
        own &= Domain("time_type", "=", "leave") | Domain("salon_kind", "=", "blocked")
        span = Domain("date_from", "<", stop) & Domain("date_to", ">", start)
        # Days off of colleagues can't be read by everybody, yet they count.
        return (
            self.env["resource.calendar.leaves"]
            .sudo()
            .search_fetch(
                (own | self.env.company._salon_closing_domain()) & span,
                ["name", "resource_id", "date_from", "date_to", "salon_kind"],
            )
        )

    @api.model
    def _sql_off(self):
        """Return that the stylist of busy time ``b`` is off, at the salon ``c``.

        The same as ``_get_leaves``.
        """
        return SQL(
            """EXISTS (
                SELECT FROM resource_calendar_leaves l
                 WHERE l.date_from < b.stop AND l.date_to > b.start
                   AND (l.resource_id = b.stylist_id
                        AND (l.time_type = 'leave' OR l.salon_kind = 'blocked')
                        OR l.resource_id IS NULL AND l.company_id = c.id
                        AND (l.calendar_id IS NULL
                             OR l.calendar_id = c.resource_calendar_id)
                        AND l.time_type = 'leave'))"""
        )

    @api.model
    def _find_outside(self, times):
        """Return those of the (stylist, start, stop) at which she does not work."""
        if not times:
            return []
        stylists = self.env["resource.resource"].union(*(who for who, *_ in times))
        first = min(start for _who, start, _stop in times)
        last = max(stop for *_, stop in times)
        work = self._get_work(stylists, first, last)
        return [
            (who, start, stop)
            for who, start, stop in times
            if not any(a <= start and stop <= b for a, b in work[who.id])
        ]

    @api.model
    def _to_utc(self, moment):
        naive = moment.astimezone(pytz.utc).replace(tzinfo=None)
        # Odoo ends a day that goes on until midnight a microsecond before it.
        return naive + timedelta(microseconds=-naive.microsecond % 1_000_000)

    @api.model
    def _get_busy(self, stylists, start, stop, but=None):
        """Return {stylist id: [(start, stop)]} taken by visits, or kept for a call.

        :param but: visits that do not count, as they are about to be moved
        """
        busy = {stylist.id: [] for stylist in stylists}
        self.env["salon.visit.busy"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT stylist_id, start, stop FROM (%(sources)s) taken
                    WHERE stylist_id = ANY(%(stylists)s)
                      AND start < %(stop)s AND stop > %(start)s""",
                sources=SQL(" UNION ALL ").join(self._get_busy_sources(but)),
                stylists=stylists.ids,
                start=start,
                stop=stop,
            )
        )
        for stylist_id, begin, end in rows:
            busy[stylist_id].append((begin, end))
        return busy

    @api.model
    def _get_busy_sources(self, but=None):
        """Return the queries of what takes time: ``stylist_id``, ``start``, ``stop``.

        :param but: visits that do not count
        """
        return [
            SQL(
                """SELECT stylist_id, start, stop FROM salon_visit_busy
                    WHERE visit_id != ALL(%s)""",
                but.ids if but else [],
            )
        ]

    @api.model
    def _get_book(self, stylists, start, stop, but=None):
        """Return what ``_get_work``, ``_get_busy`` and ``_get_free`` return."""
        work = self._get_work(stylists, start, stop)
        busy = self._get_busy(stylists, start, stop, but)
        free = {
            stylist.id: subtract_times(work[stylist.id], busy[stylist.id])
            for stylist in stylists
        }
        return work, busy, free

    @api.model
    def _get_free(self, stylists, start, stop, but=None):
        """Return {stylist id: [(start, stop)]} of free windows, in order."""
        return self._get_book(stylists, start, stop, but)[2]

    @api.model
    def _find_first_free(self, stylists, start, length):
        """Return who of these stylists is free first, for so long and today."""
        free = self._get_free(stylists, start, start + timedelta(days=1))
        return stylists.sorted(
            lambda one: min(
                (begin for begin, end in free[one.id] if end - begin >= length),
                default=datetime.max,
            )
        )[:1]

    # ------------------------------------------------------------
    # WHO DOES WHAT, AND HOW LONG IT TAKES
    # ------------------------------------------------------------

    @api.model
    def _get_stylists(self, company):
        """Return the stylists of a salon."""
        return self.env["resource.resource"].search(
            [
                ("is_stylist", "=", True),
                ("company_id", "in", (False, company.id)),
                ("resource_type", "=", "user"),
            ],
            order="name, id",
        )

    @api.model
    def _get_staying(self, company):
        """Return the stylists of a salon of whom nobody knows that they leave it."""
        stylists = self._get_stylists(company)
        ends = stylists._get_ends(company)
        return stylists.filtered(lambda one: one.id not in ends)

    @api.model
    def _plan_work(self, services, stylists, own=None):
        """Return who may do these services: plans, her own stylist's first.

        One stylist does all of it where she can. Otherwise the services are shared
        out, one after the other.

        :return: a list of [(service, stylist)]
        """
        able = {
            service: stylists.filtered(
                lambda stylist, service=service: stylist._can_do(service)
            )
            for service in services
        }
        if not all(able.values()):
            return []
        alone = stylists.filtered(
            lambda stylist: all(stylist in who for who in able.values())
        )
        alone = alone.sorted(lambda stylist: stylist != own)
        if alone:
            return [[(service, one) for service in services] for one in alone]
        return [self._share_out(able, own)]

    def _share_out(self, able, own):
        plan, last = [], own
        for service, who in able.items():
            last = last if last and last in who else who[:1]
            plan.append((service, last))
        return plan

    @api.model
    def _get_plan(self, services, stylist, company):
        """Return who does which of these services when this stylist is booked.

        What she does not do is shared out to those who do it, if anybody does.

        :return: a list of (service, stylist)
        """
        own = [(service, stylist) for service in services]
        if all(stylist._can_do(service) for service in services):
            return own
        plans = self._plan_work(services, self._get_stylists(company), stylist)
        shared = plans[0] if len(plans) == 1 else []
        return shared if len({who for _service, who in shared}) > 1 else own

    @api.model
    def _get_parts(self, plan, durations=None):
        """Return when each stylist of a plan is busy, and how long all of it takes.

        :param dict durations: their own durations, for those who ask for many plans
        :return: {stylist: [(from, to)]} and the length, as timedeltas
        """
        if durations is None:
            durations = self.env["salon.stylist.duration"]._get_all(
                self.env["resource.resource"].union(*(who for _service, who in plan))
            )
        parts, begin = {}, timedelta()
        for service, stylist in plan:
            key = (stylist.id, service.product_tmpl_id.id)
            minutes = durations.get(key, service.salon_duration)
            end = begin + timedelta(minutes=minutes)
            parts.setdefault(stylist, []).extend(service._get_salon_busy(begin, end))
            begin = end
        return {who: merge_times(own) for who, own in parts.items()}, begin

    @api.model
    def _find_starts(self, parts, free):
        """Return when the work may begin: (first, last) pairs.

        :param dict parts: see ``_get_parts``
        :param dict free: see ``_get_free``
        """
        starts = None
        for stylist, own in parts.items():
            fits = fit_starts(free.get(stylist.id, []), own)
            starts = fits if starts is None else common_starts(starts, fits)
        return starts or []

    @api.model
    def _get_grid(self, first, last):
        """Return times to propose within a pair: both ends and quarters of an hour."""
        begin = first + timedelta(
            seconds=-(first.minute * 60 + first.second) % STEP.seconds
        )
        count = max((last - begin) // STEP + 1, 0)
        return sorted({first, last, *(begin + STEP * nr for nr in range(count))})

    # ------------------------------------------------------------
    # INSTEAD OF A TAKEN TIME
    # ------------------------------------------------------------

    @api.model
    def _get_next(self, visit, stylist, taken, limit=3):
        """Return in words the next times free for a visit that could not be booked.

        :param taken: the (start, stop) that is in the way
        """
        start = max(fields.Datetime.now(), min(visit.start, taken[0]))
        free = self._get_free(stylist, start, start + timedelta(days=NEXT_DAYS), visit)
        free = {stylist.id: subtract_times(free[stylist.id], [taken])}
        parts = [
            (begin - visit.start, end - visit.start)
            for who, begin, end in visit._get_busy_times()
            if who == stylist
        ]
        ranges = fit_starts(free[stylist.id], parts)
        moments = chain.from_iterable(self._get_grid(*pair)[:1] for pair in ranges)
        found = [moment for moment in moments if moment >= start][:limit]
        return [visit.company_id._salon_format_moment(moment) for moment in found]
