from collections import defaultdict
from datetime import date, timedelta
from math import ceil

from odoo import api, fields, models
from odoo.tools import SQL, format_date

from ...tools.times import subtract_times
from ..visit.salon_visit import MADE_STATES

KINDS = ("offered", "booked", "done", "overtime")
WEEKS = 8
PERIODS = (-8, -4, 1, 4, 8)
USUAL_PERIOD = -4
# So many of the emptiest hours are named.
QUIET_COUNT = 5
# A place that is not measured yet takes an hour.
USUAL_MINUTES = 60
# Clients want to hear about it so many days before.
LEAD_DAYS = 14
CALLS_A_DAY = 20


class SalonLoad(models.AbstractModel):
    """How full the salon is: hours offered, booked, done and empty, and what comes."""

    _name = "salon.load"
    _description = "Load of the Salon"

    # ------------------------------------------------------------
    # REQUESTS
    # ------------------------------------------------------------

    @api.model
    def get_load(self, weeks=USUAL_PERIOD, stylist_id=False):
        """Return the heat map of some weeks back or ahead, and the weeks to come.

        :param int weeks: so many weeks up to today, when below zero, or from today on
        :param stylist_id: of one stylist only
        """
        self.env["salon.call"].check_access("read")
        company = self.env.company
        stylists = self.env["salon.slot.finder"]._get_stylists(company)
        chosen = stylists.filtered(lambda one: not stylist_id or one.id == stylist_id)
        weeks = weeks if weeks in PERIODS else USUAL_PERIOD
        heat = self._get_heat(chosen, *self._get_period(weeks))
        return {
            "weeks": weeks,
            "periods": list(PERIODS),
            "stylists": [{"id": one.id, "name": one.name} for one in stylists],
            **heat,
            "quiet": self._get_quiet(heat),
            "white_spots": self._get_white_spots(),
            **self._get_outlook(stylists),
        }

    def _get_total(self, weeks):
        """Return the hours of all stylists in some weeks: offered, booked, empty."""
        stylists = self.env["salon.slot.finder"]._get_stylists(self.env.company)
        return self._get_heat(stylists, *self._get_period(weeks))["total"]

    # ------------------------------------------------------------
    # WHAT TO FILL
    # ------------------------------------------------------------

    def _get_quiet(self, heat):
        """Return the fields of the map with most empty hours, the emptiest first."""
        fields_ = [
            {
                "key": f"{day}-{row['hour']}",
                "name": f"{heat['weekdays'][day]} {row['label']}",
                **cell,
            }
            for row in heat["rows"]
            for day, cell in enumerate(row["cells"])
            if cell["empty"] > 0
        ]
        return sorted(fields_, key=lambda f: (-f["empty"], f["share"]))[:QUIET_COUNT]

    def _get_white_spots(self):
        """Return the zones that clients who come often have never been to."""
        zones = self.env["salon.zone.board"]._get_zone_counts()
        spots = [zone for zone in zones if zone["white"]]
        return sorted(spots, key=lambda zone: -zone["white"])

    # ------------------------------------------------------------
    # THE HEAT MAP
    # ------------------------------------------------------------

    def _get_period(self, weeks):
        today = self.env.company._salon_midnight(self.env.company._salon_today())
        other = self.env.company._salon_midnight(
            self.env.company._salon_today() + timedelta(weeks=weeks)
        )
        return min(today, other), max(today, other)

    def _get_heat(self, stylists, start, stop):
        """Return hours offered, booked, done, empty by weekday, hour and stylist.

        :param start: of the time looked at, in UTC, as is ``stop``
        """
        by_hour, by_stylist = self._get_cells(stylists, start, stop)
        return {
            **self._draw(by_hour),
            "stylist_rows": [
                {
                    "id": stylist.id,
                    "label": stylist.name,
                    "cells": self._prepare_weekdays(by_stylist, stylist.id),
                }
                for stylist in stylists
            ],
        }

    def _get_past_hours(self, weeks):
        """Return {(weekday, hour): minutes} of all stylists of the current salon."""
        stylists = self.env["salon.slot.finder"]._get_stylists(self.env.company)
        return self._get_cells(stylists, *self._get_period(weeks))[0]

    def _get_cells(self, stylists, start, stop, but=None):
        """Return minutes offered, of these booked and done, and overtime.

        :param but: visits that do not count
        :return: {(weekday, hour): minutes} and {(weekday, stylist id): minutes}
        """
        finder = self.env["salon.slot.finder"]
        work = finder._get_work(stylists, start, stop)
        booked, late = self._part(finder._get_busy(stylists, start, stop, but), work)
        done, later = self._part(self._get_done(stylists, start, stop), work)
        kinds = {
            "offered": work,
            "booked": booked,
            "done": done,
            "overtime": {one.id: late[one.id] + later[one.id] for one in stylists},
        }
        by_hour, by_stylist = (
            defaultdict(lambda: dict.fromkeys(KINDS, 0)) for _map in range(2)
        )
        for kind, times in kinds.items():
            for stylist_id, begin, end in self._flatten(times):
                for key, minutes in self._split(max(begin, start), min(end, stop)):
                    by_hour[key][kind] += minutes
                    by_stylist[key[0], stylist_id][kind] += minutes
        return by_hour, by_stylist

    @api.model
    def _part(self, times, work):
        """Return {stylist id: times} within working hours, and those outside.

        What a stylist does on a day off, or in the evening, was never to be sold: it
        fills no hour that was offered.
        """
        inside, outside = defaultdict(list), defaultdict(list)
        for stylist_id, begin, end in self._flatten(times):
            over = subtract_times([(begin, end)], work[stylist_id])
            outside[stylist_id] += over
            inside[stylist_id] += subtract_times([(begin, end)], over)
        return inside, outside

    @api.model
    def _flatten(self, times):
        return [
            (stylist_id, *pair) for stylist_id, own in times.items() for pair in own
        ]

    def _prepare_weekdays(self, cells, key):
        """Return the cells of one row, a weekday each."""
        nothing = dict.fromkeys(KINDS, 0)
        return [self._prepare_cell(cells.get((day, key), nothing)) for day in range(7)]

    def _split(self, start, stop):
        """Yield ((weekday, hour), minutes) of a time, by the salon's clock."""
        while start < stop:
            local = self.env.company._salon_local(start)
            rest = timedelta(minutes=60 - local.minute, seconds=-local.second)
            end = min(start + rest, stop)
            yield (local.weekday(), local.hour), (end - start).total_seconds() / 60
            start = end

    def _get_done(self, stylists, start, stop):
        """Return {stylist id: times} of visits that were made."""
        rows = self.env.execute_query(
            SQL(
                """SELECT stylist_id, start, stop FROM salon_visit
                    WHERE company_id = %s AND state IN %s AND NOT is_purchase
                      AND stylist_id = ANY(%s) AND start >= %s AND start < %s""",
                self.env.company.id,
                MADE_STATES,
                stylists.ids,
                start,
                stop,
            )
        )
        done = defaultdict(list)
        for stylist_id, begin, end in rows:
            done[stylist_id].append((begin, end))
        return done

    def _draw(self, cells):
        """Return the rows of the map, one per hour, and the sums."""
        hours = sorted(
            {hour for (_day, hour), cell in cells.items() if any(cell.values())}
        )
        rows = [
            {
                "hour": hour,
                "label": self._get_hour_label(hour),
                "cells": self._prepare_weekdays(cells, hour),
            }
            for hour in (range(hours[0], hours[-1] + 1) if hours else ())
        ]
        total = {kind: sum(cell[kind] for cell in cells.values()) for kind in KINDS}
        monday = date(2024, 1, 1)
        return {
            "rows": rows,
            "weekdays": [
                format_date(self.env, monday + timedelta(days=day), date_format="EEE")
                for day in range(7)
            ],
            "total": self._prepare_cell(total),
        }

    def _get_hour_label(self, hour):
        moment = self.env.company._salon_midnight(self.env.company._salon_today())
        return self.env.company._salon_format_time(moment + timedelta(hours=hour))

    @api.model
    def _prepare_cell(self, cell):
        used = min(cell["booked"] + cell["done"], cell["offered"])
        hours = {kind: round(minutes / 60, 1) for kind, minutes in cell.items()}
        return {
            **hours,
            "empty": round((cell["offered"] - used) / 60, 1),
            "share": round(100 * used / cell["offered"]) if cell["offered"] else 0,
        }

    # ------------------------------------------------------------
    # THE WEEKS TO COME
    # ------------------------------------------------------------

    def _get_outlook(self, stylists):
        """Return due clients against free places by week and zone, and in words."""
        today = self.env.company._salon_today()
        monday = today - timedelta(days=today.weekday())
        weeks = [monday + timedelta(weeks=nr) for nr in range(WEEKS)]
        due = self._get_due(today, weeks[-1] + timedelta(weeks=1))
        free = self._get_free_minutes(stylists, monday)
        zones = self.env["salon.zone"].search(
            [("company_id", "in", (False, self.env.company.id))]
        )
        length = self._get_lengths(zones)
        rows = []
        for zone in zones:
            cells = [
                self._prepare_week(due[zone.id, nr], free[zone.id, nr], length[zone.id])
                for nr in range(WEEKS)
            ]
            if any(cell["due"] or cell["hours"] for cell in cells):
                rows.append({"id": zone.id, "name": zone.name, "cells": cells})
        return {
            "outlook": rows,
            "outlook_weeks": [
                format_date(self.env, day, date_format="d MMM") for day in weeks
            ],
            "sentences": self._get_sentences(rows, weeks, today),
        }

    @api.model
    def _prepare_week(self, due, minutes, length):
        places = int(minutes // length)
        return {
            "due": due,
            "hours": round(minutes / 60),
            "places": places,
            "short": due > places,
        }

    def _get_due(self, today, until):
        """Return {(zone, week): clients} who come due; the overdue are due now."""
        monday = today - timedelta(days=today.weekday())
        rows = self.env.execute_query(
            SQL(
                """SELECT c.zone_id,
                          (GREATEST(h.due_date, %(today)s::date)
                           - %(monday)s::date) / 7,
                          COUNT(DISTINCT h.partner_id)
                     FROM salon_reminder h
                     JOIN salon_cycle c ON c.id = h.cycle_id AND c.active
                    WHERE h.company_id = %(company)s AND h.due_date < %(until)s
                      AND h.state IN ('scheduled', 'due', 'late')
                 GROUP BY 1, 2""",
                today=today,
                monday=monday,
                until=until,
                company=self.env.company.id,
            )
        )
        return defaultdict(int, {(zone, week): count for zone, week, count in rows})

    def _get_free_minutes(self, stylists, monday):
        """Return {(zone, week): minutes}; a stylist of two zones is shared by them."""
        start = max(self.env.company._salon_midnight(monday), fields.Datetime.now())
        ends = [
            self.env.company._salon_midnight(monday + timedelta(weeks=nr))
            for nr in range(1, WEEKS + 1)
        ]
        free = self.env["salon.slot.finder"]._get_free(stylists, start, ends[-1])
        minutes = defaultdict(float)
        for stylist in stylists:
            zones = stylist.salon_zone_ids
            for begin, end in free[stylist.id]:
                week = next(nr for nr, limit in enumerate(ends) if begin < limit)
                for zone in zones:
                    share = (end - begin).total_seconds() / 60 / len(zones)
                    minutes[zone.id, week] += share
        return minutes

    def _get_lengths(self, zones):
        """Return {zone: minutes} of a usual service."""
        lengths = defaultdict(lambda: USUAL_MINUTES)
        services = self.env["product.template"].search_fetch(
            [
                ("salon_kind", "=", "service"),
                ("salon_zone_id", "in", zones.ids),
                ("salon_duration", ">", 0),
            ],
            ["salon_zone_id", "salon_duration"],
        )
        for zone, own in services.grouped("salon_zone_id").items():
            lengths[zone.id] = sum(own.mapped("salon_duration")) / len(own)
        return lengths

    def _get_sentences(self, rows, weeks, today):
        """Return in plain words where clients will be more than places."""
        quota = self.env.company.salon_daily_quota or CALLS_A_DAY
        found = []
        for row in rows:
            short = [nr for nr, cell in enumerate(row["cells"]) if cell["short"]]
            if not short:
                continue
            number = short[0]
            cell = row["cells"][number]
            lead = LEAD_DAYS + ceil(cell["due"] / quota)
            begin = max(weeks[number] - timedelta(days=lead), today)
            found.append(self._get_sentence(row, cell, weeks[number], begin, today))
        return found or [
            self.env._("There are free places for all who come due in these weeks.")
        ]

    def _get_sentence(self, row, cell, week, begin, today):
        values = {
            "zone": row["name"],
            "due": cell["due"],
            "places": cell["places"],
            "week": format_date(self.env, week, date_format="d MMMM"),
            "begin": format_date(self.env, begin, date_format="d MMMM"),
        }
        if begin <= today:
            return self.env._(
                "%(zone)s: %(due)s due in the week of %(week)s, %(places)s places: "
                "start calling today.",
                **values,
            )
        return self.env._(
            "%(zone)s: %(due)s due in the week of %(week)s, %(places)s places: start "
            "calling on %(begin)s.",
            **values,
        )
