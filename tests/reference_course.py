"""What becomes of bought courses, in plain Python: slow, short, without Odoo.

Written from the rules, like ``reference``. One client, one salon, one service that is
a session; its cycle, if it has one; and what was sold and done on which day.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

from . import reference as ref

LEAD = 7  # days of a course whose sessions renew no cycle


@dataclass
class Terms:
    sessions: int
    interval: int
    validity: int  # days, 0: for ever


@dataclass
class Course:
    terms: Terms
    start: date
    days: list = field(default_factory=list)  # of the sessions used

    @property
    def expiry(self):
        days = self.terms.validity
        return self.start + timedelta(days=days) if days else None

    @property
    def left(self):
        return self.terms.sessions - len(self.days)

    def takes(self, day):
        in_time = self.start <= day and (not self.expiry or day <= self.expiry)
        return in_time and self.left > 0

    def state(self, today):
        if not self.left:
            return "finished"
        return "expired" if self.expiry and self.expiry < today else "active"

    def book_by(self):
        """The latest day for the next session so that all fit before the expiry."""
        wait = timedelta(days=(self.left - 1) * self.terms.interval)
        return self.expiry and self.expiry - wait

    def next_due(self, visits):
        """An interval after the last visit, or the sale if that is not long ago."""
        step = timedelta(days=self.terms.interval)
        last = max(visits, default=None)
        if last and last + step >= self.start:
            return last + step
        return self.start + step


@dataclass
class History:
    """What one client bought and did, and what follows from it."""

    terms: Terms
    cycle: ref.Cycle | None
    salon: ref.Salon
    today: date
    then: ref.Cycle | None = None  # the maintenance cycle
    visits: list = field(default_factory=list)  # (day, {"course", "session"})
    bookings: list = field(default_factory=list)  # (day, state, what)

    def done(self):
        return sorted(visit for visit in self.visits if visit[0] <= self.today)

    def session_days(self):
        return [day for day, what in self.done() if "session" in what]

    def courses(self):
        """The courses, the oldest first, with the sessions that each took."""
        done = self.done()
        found = [Course(self.terms, day) for day, what in done if "course" in what]
        for day in self.session_days():
            taker = next((course for course in found if course.takes(day)), None)
            if taker:
                taker.days.append(day)
        return found

    def running(self):
        """The course that sets the next date: the oldest one in progress."""
        active = (c for c in self.courses() if c.state(self.today) == "active")
        return next(active, None)

    def stands(self):
        """State, used, left, next due and book-by day of each course."""
        running = self.running()
        result = []
        for course in self.courses():
            state = course.state(self.today)
            is_running = running is not None and course.start == running.start
            is_running = is_running and course.days == running.days
            result.append(
                (
                    state,
                    len(course.days),
                    course.left,
                    course.next_due(self.session_days()) if is_running else None,
                    course.book_by() if state == "active" else None,
                )
            )
        return result

    # ---- reminders ----

    def own_reminder(self):
        """(due, call, late, booked, state) of a course that is its own reason."""
        course = self.running()
        if not course:
            return None
        due = course.next_due(self.session_days())
        due = min(due, course.expiry) if course.expiry else due
        since = course.days[-1] if course.days else course.start
        lead = timedelta(days=min(LEAD, self.terms.interval - 1))
        call, late = max(since, due - lead), due + timedelta(days=LEAD)
        return due, call, late, self.booked(), self.state(call, late)

    def booked(self):
        """The latest day booked for a session; what is booked for nothing is for it."""
        return max(
            (
                day
                for day, state, what in self.bookings
                if state in ref.OPEN and ("session" in what or not what)
            ),
            default=None,
        )

    def state(self, call, late, lapse=None):
        booked = self.booked()
        if booked and booked >= self.today:
            return "booked"
        if call > self.today:
            return "scheduled"
        if lapse and lapse <= self.today:
            return "lapsed"
        return "late" if late <= self.today else "due"

    def cycle_reminder(self):
        """What the session's cycle should say, from its rhythm to its state."""
        days, course = sorted(set(self.session_days())), self.running()
        if course:
            return self.in_course(course, days[-1] if days else None)
        if not days:
            return None
        return self.after_course(days)

    def in_course(self, course, last):
        """Its interval counts, never less than what is safe."""
        ahead = timedelta
        earliest = last + ahead(self.cycle.earliest) if last else course.start
        due = course.next_due(self.session_days())
        if last:
            due = max(due, last + ahead(self.terms.interval), earliest)
        since = max(filter(None, (last, course.start)))
        rhythm = max(self.terms.interval, self.cycle.earliest)
        return self.dates(rhythm, 0, earliest, due, since)

    def after_course(self, days):
        """Her own rhythm, to which the days that the course set do not belong."""
        taken = {day for course in self.courses() for day in course.days}
        pairs = zip(ref.gaps_of(days), days[1:], strict=True)
        own = [gap for gap, day in pairs if day not in taken]
        gaps = ref.kept(own, self.cycle.cap)
        rhythm = ref.rhythm_of(gaps, [self.cycle.ideal] * 9, self.cycle)
        ends = [c.days[-1] for c in self.courses() if not c.left]
        if self.then and ends and days[-1] <= max(ends):
            return rhythm, len(gaps), *[None] * 5, self.booked(), "idle"
        earliest = days[-1] + timedelta(days=self.cycle.earliest)
        weekday = ref.usual_weekday(days)
        due = ref.moved(days[-1] + timedelta(days=rhythm), weekday, self.salon)
        return self.dates(rhythm, len(gaps), earliest, max(due, earliest), days[-1])

    def dates(self, rhythm, gaps, earliest, due, since):
        call = max(due - timedelta(days=self.cycle.lead), earliest)
        late = since + timedelta(days=self.cycle.late)
        lapse = since + timedelta(days=self.cycle.lapse)
        state = self.state(call, late, lapse)
        return rhythm, gaps, earliest, due, call, late, lapse, self.booked(), state

    def maintenance(self):
        """The day from which the maintenance cycle counts, or None."""
        ends = [course.days[-1] for course in self.courses() if not course.left]
        return max(ends, default=None)
