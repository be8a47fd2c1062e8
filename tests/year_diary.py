"""The hours that are free in the book, for those who book by themselves."""

from datetime import time

from .year_founding import CLOSES, OPENS

BUSY = """
    SELECT v.stylist_id,
           EXTRACT(HOUR FROM h AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::int
      FROM salon_visit v
CROSS JOIN generate_series(
           date_trunc('hour', v.start), v.stop - interval '1 second',
           interval '1 hour') h
     WHERE v.company_id = %(salon)s AND v.date = %(day)s
       AND v.state IN ('booked', 'confirmed', 'arrived')"""


class Diary:
    """One salon's book as somebody sees it who books several clients at once."""

    def __init__(self, world, salon):
        self.world, self.salon = world, salon
        # {day: {(stylist, hour)}}
        self.busy = {}

    def find(self, cr, person, days, hours):
        """Take so many free hours on one of the days: (stylist, moment), or nothing."""
        for day in days:
            if self.world.is_open(self.salon, day):
                found = self.find_on(cr, person, day, hours)
                if found:
                    return found
        return None

    def find_on(self, cr, person, day, hours):
        """The stylist and the hour that the client likes best."""
        busy = self.get_busy(cr, day)
        stylists = self.world.events.get_stylists(self.salon, day)
        own = self.salon.stylist_ids[person.stylist]
        choices = sorted(
            (stylist != own, abs(hour - person.hour), stylist, hour)
            for stylist in stylists
            for hour in range(OPENS, CLOSES + 1 - hours)
        )
        for _other, _far, stylist, hour in choices:
            taken = {(stylist, hour + n) for n in range(hours)}
            if not taken & busy:
                busy |= taken
                return stylist, self.world.at(self.salon, day, time(hour))
        return None

    def get_busy(self, cr, day):
        if day not in self.busy:
            values = {"zone": self.salon.zone, "salon": self.salon.id, "day": day}
            cr.execute(BUSY, values)
            self.busy[day] = set(cr.fetchall())
        return self.busy[day]
