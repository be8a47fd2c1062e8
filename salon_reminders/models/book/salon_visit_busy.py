import re
from datetime import datetime, timedelta

from psycopg2.errors import ExclusionViolation

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...tools.server_flags import SERVER_SAYS, is_flagged

CONFLICT = re.compile(r'\["([^"]+)","([^"]+)"\)')


class SalonVisitBusy(models.Model):
    """A time in which a visit keeps a stylist busy.

    A visit has one or more of them: one per stylist and stretch of work; processing
    time, in which the stylist can take another client, lies between two. Only visits
    still to be made have any. The database refuses that two of one stylist overlap,
    whoever books them and how; a deliberate overlap is marked and left out.

    Visits that are done are left out as well: imported histories overlap freely, and
    nobody can be booked into the past by accident.
    """

    _name = "salon.visit.busy"
    _description = "Busy Time of a Stylist"
    _order = "start, id"

    visit_id = fields.Many2one(
        "salon.visit", required=True, index=True, ondelete="cascade"
    )
    stylist_id = fields.Many2one("resource.resource", required=True, ondelete="cascade")
    start = fields.Datetime(required=True)
    stop = fields.Datetime(required=True)
    is_overlap = fields.Boolean("Overlap on purpose")

    # A range of one number is compared instead of the number: that needs no
    # extension of PostgreSQL (btree_gist), which a hosted database may not offer.
    _no_double_booking = models.Constraint(
        "EXCLUDE USING gist (int4range(stylist_id, stylist_id, '[]') WITH =,"
        " tsrange(start, stop) WITH &&) WHERE (is_overlap IS NOT TRUE)",
        "The stylist is taken at this time. Choose another time, or mark the visit as "
        "an overlap on purpose.",
    )
    _stop_after_start = models.Constraint(
        "CHECK(stop > start)", "A busy time can't end before it starts."
    )
    _stylist_start_idx = models.Index("(stylist_id, start)")

    # ------------------------------------------------------------
    # FOLLOWING THE VISITS
    # ------------------------------------------------------------

    @api.model
    def _sync(self, visits):
        """Take and free the times of these visits, as they now are.

        :raise UserError: when a time is taken, with the next free times
        """
        wanted = [
            (visit, *times) for visit in visits for times in visit._get_busy_times()
        ]
        known = self._get_rows(visits)
        keys = {self._get_key(*row): row for row in wanted}
        self._forget([known[key] for key in known.keys() - keys.keys()])
        fresh = [row for key, row in keys.items() if key not in known]
        if fresh:
            self._check_gone(fresh)
            self._lock({stylist.id for _visit, stylist, *_times in fresh})
            self._check_taken(fresh)
            self._take(fresh)
        self._record_hours(visits, fresh)

    @api.model
    def _get_key(self, visit, stylist, start, stop):
        return visit.id, stylist.id, start, stop, visit.is_overlap

    @api.model
    def _get_rows(self, visits):
        """Return {key: id} of what these visits take so far."""
        rows = self.env.execute_query(
            SQL(
                """SELECT visit_id, stylist_id, start, stop,
                          COALESCE(is_overlap, FALSE), id
                     FROM salon_visit_busy WHERE visit_id = ANY(%s)""",
                visits.ids,
            )
        )
        return {tuple(key): row_id for *key, row_id in rows}

    @api.model
    def _forget(self, row_ids):
        # Not unlink, which would empty all caches in the midst of a write.
        if row_ids:
            self.env.execute_query(
                SQL(
                    "DELETE FROM salon_visit_busy WHERE id = ANY(%s) RETURNING id",
                    row_ids,
                )
            )
            self.env["salon.visit"].invalidate_model(["busy_ids"], flush=False)

    @api.model
    def _lock(self, stylist_ids):
        """Let whoever books the same stylist wait until this booking is through.

        Two bookings at the very same moment would otherwise wait for each other.
        """
        for stylist_id in sorted(stylist_ids):
            self.env.cr.execute(
                "SELECT pg_advisory_xact_lock(hashtext(%s), %s)",
                (self._name, stylist_id),
            )

    def _take(self, rows):
        try:
            with self.env.cr.savepoint():
                self.create([self._prepare_vals(*row) for row in rows])
        except ExclusionViolation as error:
            # A colleague was faster; what she booked can't be seen yet from here.
            found = CONFLICT.findall(error.diag.message_detail or "")
            other = [datetime.fromisoformat(text) for text in found[-1]]
            mine = [datetime.fromisoformat(text) for text in found[0]]
            row = next((row for row in rows if [*row[2:]] == mine), rows[0])
            raise UserError(self._get_message(row, *other)) from error

    @api.model
    def _prepare_vals(self, visit, stylist, start, stop):
        return {
            "visit_id": visit.id,
            "stylist_id": stylist.id,
            "start": start,
            "stop": stop,
            "is_overlap": visit.is_overlap,
        }

    # ------------------------------------------------------------
    # STYLISTS WHO LEFT
    # ------------------------------------------------------------

    @api.model
    def _check_gone(self, rows):
        """Refuse bookings after the last day of a stylist who leaves.

        What an import brings was promised elsewhere; it is listed to be moved.

        :raise UserError: with her last day
        """
        if is_flagged(self.env, "salon_taken_over"):
            return
        for company in {row[0].company_id for row in rows}:
            own = [row for row in rows if row[0].company_id == company]
            stylists = self.env["resource.resource"].union(*(row[1] for row in own))
            ends = stylists._get_ends(company)
            for _visit, stylist, _start, stop in own:
                if stylist.id in ends and stop > ends[stylist.id]:
                    last = ends[stylist.id] - timedelta(minutes=1)
                    raise UserError(
                        self.env._(
                            "%(stylist)s leaves; the last day is %(day)s. Choose a "
                            "day until then, or another stylist.",
                            stylist=stylist.name,
                            day=company._salon_format_day(last),
                        )
                    )

    # ------------------------------------------------------------
    # TAKEN TIMES
    # ------------------------------------------------------------

    def _check_taken(self, rows):
        """Refuse what is taken; what an import brings is marked as an overlap."""
        accidental = [row for row in rows if not row[0].is_overlap]
        conflicts = self._find_taken(accidental)
        if is_flagged(self.env, "salon_taken_over"):
            conflicts.update(self._find_mutual(accidental))
            for visit in {row[0] for row in conflicts}:
                visit.with_context(salon_visit_batch=SERVER_SAYS).is_overlap = True
        elif conflicts:
            row, other = next(iter(conflicts.items()))
            raise UserError(self._get_message(row, *other))

    def _find_taken(self, rows):
        """Return {row: (start, stop) of another visit at the same time}."""
        if not rows:
            return {}
        visits, stylists, starts, stops = zip(*rows, strict=True)
        found = self.env.execute_query(
            SQL(
                """SELECT w.nr, b.start, b.stop
                     FROM unnest(%s::int[], %s::int[], %s::timestamp[],
                                 %s::timestamp[]) WITH ORDINALITY
                       AS w (visit_id, stylist_id, start, stop, nr)
                     JOIN salon_visit_busy b
                       ON b.stylist_id = w.stylist_id AND b.visit_id != w.visit_id
                      AND b.start < w.stop AND b.stop > w.start
                      AND b.is_overlap IS NOT TRUE
                 ORDER BY w.nr DESC, b.start DESC""",
                [visit.id for visit in visits],
                [stylist.id for stylist in stylists],
                list(starts),
                list(stops),
            )
        )
        return {rows[nr - 1]: (start, stop) for nr, start, stop in found}

    @api.model
    def _find_mutual(self, rows):
        """Return those of the rows that overlap an earlier one among them."""
        last, found = {}, {}
        for row in sorted(rows, key=lambda row: (row[1].id, row[2], row[3])):
            visit, stylist, start, stop = row
            other = last.get(stylist)
            if other and other[1] > start and other[2] != visit:
                found[row] = other[:2]
            elif not other or stop > other[1]:
                last[stylist] = (start, stop, visit)
        return found

    def _get_message(self, row, start, stop):
        """Return what to tell: when the other visit is, and what is free instead."""
        visit, stylist, *_times = row
        company = visit.company_id
        times = self.env["salon.slot.finder"]._get_next(visit, stylist, (start, stop))
        return self.env._(
            "%(stylist)s is taken on %(day)s from %(start)s to %(stop)s. Free next: "
            "%(times)s. Choose one of them, or mark the visit as an overlap on "
            "purpose.",
            stylist=stylist.name,
            day=company._salon_format_day(start),
            start=company._salon_format_time(start),
            stop=company._salon_format_time(stop),
            times="; ".join(times) or self.env._("nothing in the next two weeks"),
        )

    # ------------------------------------------------------------
    # WORKING HOURS
    # ------------------------------------------------------------

    def _record_hours(self, visits, rows):
        """Record on the visits whether the stylists work at these times."""
        outside = self._get_outside(rows)
        changed = {visit for visit, *_times in rows}
        for visit in visits:
            if visit in changed and visit.outside_hours != (visit in outside):
                visit.outside_hours = visit in outside

    @api.model
    def _get_outside(self, rows):
        """Return the visits at whose times a stylist does not work."""
        finder = self.env["salon.slot.finder"]
        found = set(finder._find_outside([tuple(row[1:]) for row in rows]))
        return {row[0] for row in rows if tuple(row[1:]) in found}
