from datetime import timedelta

from odoo import api, fields, models

from .salon_visit import OPEN_STATES

# Reason, what she said, what would bring her back; told again from the start.
LEFT = (
    ("time", "Works until seven now.", "Late appointments during the week"),
    ("price", "Prices went up twice in a year.", "A fixed price for roots and cut"),
    ("time", "Saturday is always full.", "Saturday mornings"),
    ("result", "Colour came out too warm, twice.", "Another colourist"),
    ("stylist", "Came only for her.", ""),
    ("time", "Only evenings suit her.", "Opening after six"),
    ("moved", "Moved across the river.", ""),
    ("price", "", "A discount for regulars"),
    ("time", "Waited three weeks for a time.", "To book online"),
    ("service", "Felt hurried.", "More time for the appointment"),
    ("other_salon", "Went to a salon near work.", ""),
    ("distance", "No place to park.", "A place to park"),
    ("time", "Her shift changed.", "Early mornings"),
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


class SalonDemoLost(models.AbstractModel):
    """Makes up who left and why, what was changed since, and a stylist who leaves."""

    _name = "salon.demo.lost"
    _description = "Lost Clients of the Demo Salon"

    @api.model
    def _generate(self, rng, diary):
        for number, partner in enumerate(self._choose_lost()):
            day = self._get_today() - timedelta(days=rng.randint(12, 150))
            self._tell_left(rng, partner, day, number)
        for number, (partner, day) in enumerate(self._choose_returned()):
            self._tell_left(rng, partner, day, number)
        self._tell_change(rng, diary)
        self._tell_departure(rng, diary)

    @api.model
    def _get_today(self):
        return self.env.company._salon_today()

    # ------------------------------------------------------------
    # WHO LEFT
    # ------------------------------------------------------------

    def _choose_lost(self):
        """Return lost clients who may be called, and are not on today's list."""
        lost = self.env["salon.client.standing"].search(
            [
                ("company_id", "=", self.env.company.id),
                ("segment", "in", ("lost", "one_visit")),
                ("last_date", "<", self._get_today() - timedelta(days=60)),
            ],
            order="last_date desc, id",
        )
        partners = lost.partner_id._filter_callable()
        return (partners - self._get_called())[:LEFT_COUNT]

    def _get_called(self):
        return (
            self.env["salon.call"]
            .search([("company_id", "=", self.env.company.id), ("state", "=", "open")])
            .partner_id
        )

    def _choose_returned(self):
        """Return clients who came lately after a long break, and a day within it."""
        visits = self.env["salon.visit"].search(
            [
                ("company_id", "=", self.env.company.id),
                ("state", "=", "done"),
                ("is_purchase", "=", False),
                ("partner_id", "!=", False),
            ],
            order="start desc, id",
        )
        allowed = visits.partner_id._filter_callable() - self._get_called()
        found = []
        for partner, own in visits.grouped("partner_id").items():
            recent = own[0].date > self._get_today() - timedelta(days=45)
            if len(own) > 2 and recent and partner in allowed:
                gap = (own[0].date - own[1].date).days
                if gap > 45:
                    found.append((partner, own[1].date + timedelta(days=gap - 12)))
        return found[:RETURNED_COUNT]

    def _tell_left(self, rng, partner, day, number):
        """Create the call to a lapsed client who said why she does not come."""
        key, note, wish = LEFT[number % len(LEFT)]
        reason = self.env.ref(f"salon_reminders.salon_leaving_reason_{key}")
        call = self._create_call(rng, partner, "lapsed", day)
        self.env["salon.demo.call"]._log(
            call,
            "left_us",
            day,
            rng,
            note=note,
            leaving_reason_id=reason.id,
            bring_back=wish,
            gift=GIFTS.get(wish),
        )
        self.env["salon.demo.call"]._close(call, "outcome", day)

    def _create_call(self, rng, partner, kind, day, **vals):
        reminders = partner.salon_reminder_ids.filtered(
            lambda reminder: reminder.state == "lapsed"
        )
        users = self.env["salon.demo.call"]._get_users()
        standing = partner.salon_standing_ids.filtered(
            lambda one: one.company_id == self.env.company
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
                "user_id": rng.choice(users).id,
                **vals,
            }
        )

    # ------------------------------------------------------------
    # WHAT WAS CHANGED
    # ------------------------------------------------------------

    def _tell_change(self, rng, diary):
        """Mark a reason as changed; tell what came of the first calls about it."""
        fix = self.env["salon.leaving.fix"].create(
            {
                "reason_id": self.env.ref(
                    f"salon_reminders.salon_leaving_reason_{FIXED}"
                ).id,
                "date": self._get_today() - timedelta(days=FIXED_DAYS),
                "argument": CHANGE,
            }
        )
        waiting = self.env["res.partner"].browse(fix._get_waiting()[fix.id]).sorted()
        stories = ("returned", "booked", "no_answer", "declined", "open")
        for partner, story in zip(waiting, stories, strict=False):
            day = self._get_today() - timedelta(days=rng.randint(4, FIXED_DAYS - 1))
            if story == "open":
                day = self._get_today()
            call = self._create_call(rng, partner, "fixed", day, fix_id=fix.id)
            getattr(self, f"_tell_{story}")(rng, call, diary)

    def _tell_open(self, rng, call, diary):
        """She is on today's list."""

    def _tell_no_answer(self, rng, call, diary):
        self.env["salon.demo.call"]._log(call, "no_answer", call.opened_date, rng)
        call.date = self._get_today()

    def _tell_declined(self, rng, call, diary):
        self.env["salon.demo.call"]._log(call, "declined", call.opened_date, rng)
        self.env["salon.demo.call"]._close(call, "outcome", call.opened_date)

    def _tell_booked(self, rng, call, diary):
        """She booked one of the times that were proposed."""
        free = filter(
            self._is_free, self.env["salon.slot.proposer"]._propose(call)[call]
        )
        proposal = next(free, None)
        if not proposal:
            return self._tell_declined(rng, call, diary)
        self.env["salon.demo.call"]._log(call, "booked", call.opened_date, rng)
        self.env["salon.demo.call"]._close(call, "outcome", call.opened_date)
        call.visit_id = self._create_visit(
            call, proposal["start"], proposal["stylist_id"], call_id=call.id
        )

    def _is_free(self, proposal):
        """Return whether a time lies in no other visit at all.

        In the processing time of one it may confuse; one of today may be done already.
        """
        return not self.env["salon.visit"].search_count(
            [
                ("stylist_id", "=", proposal["stylist_id"]),
                ("start", "<", proposal["stop"]),
                ("stop", ">", proposal["start"]),
                ("state", "in", (*OPEN_STATES, "done")),
            ]
        )

    def _tell_returned(self, rng, call, diary):
        """She booked, and has come since."""
        minutes = sum(call._get_last_services().mapped("salon_duration")) or 60
        free = self._find_past(diary, call.stylist_id, call.opened_date, minutes)
        if not free:
            return self._tell_declined(rng, call, diary)
        self.env["salon.demo.call"]._log(call, "booked", call.opened_date, rng)
        self.env["salon.demo.call"]._close(call, "outcome", call.opened_date)
        call.visit_id = self._create_visit(
            call, free, call.stylist_id.id, state="done", call_id=call.id
        )

    def _find_past(self, diary, stylist, since, minutes):
        """Return the latest free evening of a stylist between a day and today."""
        days = (self._get_today() - since).days
        for back in range(1, days):
            day = since + timedelta(days=days - back)
            if free := diary.book(stylist, day, minutes, 19, exact=True):
                return free[0]
        return None

    def _create_visit(self, call, start, stylist_id, **vals):
        services = call._get_last_services()
        return self.env["salon.visit"].create(
            {
                "partner_id": call.partner_id.id,
                "stylist_id": stylist_id,
                "start": start,
                "line_ids": [
                    fields.Command.create({"product_id": service.id})
                    for service in services
                ],
                **vals,
            }
        )

    # ------------------------------------------------------------
    # A STYLIST LEAVES
    # ------------------------------------------------------------

    def _tell_departure(self, rng, diary):
        """Enter that a stylist leaves; her closest clients were called yesterday."""
        departure = self.env["salon.departure"].create(
            {
                "stylist_id": self.env.ref(f"salon_reminders.{LEAVES}").id,
                "last_date": self._get_today() + timedelta(days=LEAVES_DAYS),
                "is_calling": True,
            }
        )
        allowed = departure.line_ids.partner_id._filter_callable()
        partners = departure.line_ids.partner_id & (allowed - self._get_called())
        stories = ("booked", "declined", "open", "declined")
        for partner, story in zip(partners, stories, strict=False):
            day = self._get_today() - timedelta(days=1)
            if story == "open":
                day = self._get_today()
            call = self._create_call(
                rng,
                partner,
                "departure",
                day,
                departure_id=departure.id,
                stylist_id=departure.stylist_id.id,
            )
            getattr(self, f"_tell_{story}")(rng, call, diary)
