from datetime import timedelta

from odoo import fields

from .phone import PhoneTeller

# Reason, what she said, what would bring her back; told again from the start.
LEFT = (
    ("time", "Works until seven now.", "Late appointments during the week"),
    ("price", "Prices went up twice in a year.", "A fixed price for roots and cut"),
    ("time", "Saturday is always full.", "Saturday mornings"),
    ("result", "Colour came out too warm, twice.", "Another colourist"),
    ("stylist", "Came only for this stylist.", ""),
    ("time", "Only evenings suit.", "Opening after six"),
    ("moved", "Moved across the river.", ""),
    ("price", "", "A discount for regulars"),
    ("time", "Waited three weeks for a time.", "To book online"),
    ("service", "Felt hurried.", "More time for the appointment"),
    ("other_salon", "Went to a salon near work.", ""),
    ("distance", "No place to park.", "A place to park"),
    ("time", "The shift changed.", "Early mornings"),
    ("home", "Colours at home since spring.", "A lesson in colouring at home"),
)
# What was promised to who wished for this.
GIFTS = {
    "Saturday mornings": "A blow-dry on Saturday morning",
    "A discount for regulars": "Ten percent off the next colour",
    "More time for the appointment": "A head massage",
}
LEFT_COUNT = 28
RETURNED_COUNT = 5
FIXED = "time"
FIXED_DAYS = 9
CHANGE = "we are now open until nine on Tuesdays and Thursdays"
LEAVES = "resource_resource_daniel_demo"
LEAVES_DAYS = 24


class Lost(PhoneTeller):
    """Makes up who left and why, what was changed since, and a stylist who leaves."""

    def tell(self):
        for number, partner in enumerate(self._choose_lost()):
            day = self.today - timedelta(days=self.rng.randint(12, 150))
            self._tell_left(partner, day, number)
        for number, (partner, day) in enumerate(self._choose_returned()):
            self._tell_left(partner, day, number)
        self._tell_change()
        self._tell_departure()

    # ------------------------------------------------------------
    # WHO LEFT
    # ------------------------------------------------------------

    def _choose_lost(self):
        """Return lost clients who may be called, and are not on today's list."""
        lost = self._search(
            "salon.client.standing",
            ("segment", "in", ("lost", "one_visit")),
            ("last_date", "<", self.today - timedelta(days=60)),
            order="last_date desc, id",
        )
        partners = lost.partner_id._filter_callable("feedback")
        partners &= lost.partner_id._filter_callable("promotion")
        return (partners - self._get_called())[:LEFT_COUNT]

    def _get_called(self):
        return self._search("salon.call", ("state", "=", "open")).partner_id

    def _choose_returned(self):
        """Return clients who came lately after a long break, and a day within it."""
        visits = self._search_made(order="start desc, id")
        allowed = visits.partner_id._filter_callable("feedback") - self._get_called()
        found = []
        for partner, own in visits.grouped("partner_id").items():
            recent = own[0].date > self.today - timedelta(days=45)
            if len(own) > 2 and recent and partner in allowed:
                gap = (own[0].date - own[1].date).days
                if gap > 45:
                    found.append((partner, own[1].date + timedelta(days=gap - 12)))
        return found[:RETURNED_COUNT]

    def _tell_left(self, partner, day, number):
        """Create the call to a lapsed client who said why she does not come."""
        key, note, wish = LEFT[number % len(LEFT)]
        reason = self._ref(f"salon_leaving_reason_{key}")
        call = self._create_call(partner, "lapsed", day)
        self._log(
            call,
            "left_us",
            day,
            note=note,
            leaving_reason_id=reason.id,
            bring_back=wish,
            gift=GIFTS.get(wish),
        )
        self._close(call, "outcome", day)

    def _create_call(self, partner, kind, day, **vals):
        reminders = partner.salon_reminder_ids.filtered(
            lambda reminder: reminder.state == "lapsed"
        )
        users = self._get_users()
        standing = partner.salon_standing_ids.filtered(
            lambda one: one.company_id == self.company
        )
        return self.env["salon.call"].create(
            {
                "partner_id": partner.id,
                "kind": kind,
                "opened_date": day,
                "date": day,
                "due_date": day,
                "value": standing.amount_year,
                "stylist_id": standing.stylist_id.id,
                "reminder_ids": [fields.Command.set(reminders.ids)],
                "user_id": self.rng.choice(users).id,
                **vals,
            }
        )

    # ------------------------------------------------------------
    # WHAT WAS CHANGED
    # ------------------------------------------------------------

    def _tell_change(self):
        """Mark a reason as changed; tell what came of the first calls about it."""
        fix = self.env["salon.leaving.fix"].create(
            {
                "reason_id": self._ref(f"salon_leaving_reason_{FIXED}").id,
                "date": self.today - timedelta(days=FIXED_DAYS),
                "argument": CHANGE,
            }
        )
        waiting = self.env["res.partner"].browse(fix._get_waiting()[fix.id]).sorted()
        stories = ("returned", "booked", "no_answer", "declined", "open")
        for partner, story in zip(waiting, stories, strict=False):
            day = self.today - timedelta(days=self.rng.randint(4, FIXED_DAYS - 1))
            if story == "open":
                day = self.today
            call = self._create_call(partner, "fixed", day, fix_id=fix.id)
            self._get_tellers()[story](call)

    def _get_tellers(self):
        return {
            "booked": self._tell_booked,
            "declined": self._tell_declined,
            "no_answer": self._tell_no_answer,
            "open": self._tell_open,
            "returned": self._tell_returned,
        }

    def _tell_open(self, call):
        """She is on today's list."""

    def _tell_no_answer(self, call):
        self._log(call, "no_answer", call.opened_date)
        call.date = self.today

    def _tell_returned(self, call):
        """She booked, and has come since."""
        services = call._get_last_services()
        start = self._find_past(call.stylist_id, services, call.opened_date)
        if not start:
            return self._tell_declined(call)
        self._log(call, "booked", call.opened_date)
        self._close(call, "outcome", call.opened_date)
        call.visit_id = self._create_visit(
            call.partner_id,
            call.stylist_id,
            start,
            services,
            state="done",
            call_id=call.id,
        )

    def _find_past(self, stylist, services, since):
        """Return the latest free evening of a stylist between a day and today."""
        count = (self.today - since).days
        days = [self.today - timedelta(days=ago) for ago in range(1, count)]
        return self.diary.book(stylist, services, days, 19)

    # ------------------------------------------------------------
    # A STYLIST LEAVES
    # ------------------------------------------------------------

    def _tell_departure(self):
        """Enter that a stylist leaves; her closest clients were called yesterday."""
        departure = self.env["salon.departure"].create(
            {
                "stylist_id": self._ref(LEAVES).id,
                "last_date": self.today + timedelta(days=LEAVES_DAYS),
                "is_calling": True,
            }
        )
        allowed = departure.line_ids.partner_id._filter_callable()
        partners = departure.line_ids.partner_id & (allowed - self._get_called())
        stories = ("booked", "declined", "open", "declined")
        for partner, story in zip(partners, stories, strict=False):
            day = self.today - timedelta(days=1)
            if story == "open":
                day = self.today
            call = self._create_call(
                partner,
                "departure",
                day,
                departure_id=departure.id,
                stylist_id=departure.stylist_id.id,
            )
            self._get_tellers()[story](call)
