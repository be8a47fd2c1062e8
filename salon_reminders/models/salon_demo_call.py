from datetime import datetime, time, timedelta
from itertools import chain, cycle

from odoo import api, fields, models

from .salon_demo_data import NOTES

# Told to clients who were due in the last two weeks: what came of the call. First
# those that are still open, five of them on today's list.
OPEN_STORIES = (
    *("call_back_today", "no_answer_today", "call_back_today", "call_back_later"),
    *("call_back_today", "no_answer_today", "call_back_later"),
)
CLOSED_STORIES = (
    *("booked", "declined", "do_not_call", "unreachable", "stopped", "booked"),
    *("cancelled", "booked", "unreachable", "declined", "booked"),
)
# Left for today's list: clients due or late, and all in all
DUE_TODAY = 14
LEFT_TODAY = 22
LAPSED_TOLD = 12
PAST_DAYS = 75
PAST_SHARE = 0.25


class SalonDemoCall(models.AbstractModel):
    """Makes up the calls of the last weeks, with their attempts and outcomes."""

    _name = "salon.demo.call"
    _description = "Calls of the Demo Salon"

    @api.model
    def _generate(self, rng, diary):
        """Create the calls up to yesterday; today's are left to the daily job."""
        self._tell_successes(rng)
        rows = self.env["salon.call.planner"]._get_due_clients()
        stories = chain(OPEN_STORIES, cycle(CLOSED_STORIES))
        for row, story in zip(self._choose_rows(rng, rows), stories, strict=False):
            self._tell_story(rng, story, row, diary)

    @api.model
    def _choose_rows(self, rng, rows):
        """Return the clients who were called lately, so that not all wait for today."""
        due = [row for row in rows if row["kind"] == "reminder"]
        lapsed = [row for row in rows if row["kind"] == "lapsed"]
        rng.shuffle(due)
        rng.shuffle(lapsed)
        left = LEFT_TODAY - len(due[:DUE_TODAY])
        return due[DUE_TODAY:] + lapsed[left:][:LAPSED_TOLD]

    # ------------------------------------------------------------
    # CALLS THAT BROUGHT A VISIT
    # ------------------------------------------------------------

    def _tell_successes(self, rng):
        """Create the calls on which earlier visits were booked."""
        vals_list = [
            self._prepare_success(rng, visit) for visit in self._get_successes(rng)
        ]
        calls = self.env["salon.call"].create(vals_list)
        for call in calls:
            if rng.random() < 0.3:
                self._log(call, "no_answer", call.opened_date, rng)
            if rng.random() < 0.85:
                self._tell_success(rng, call)
            else:
                self._tell_settled(rng, call)

    def _tell_success(self, rng, call):
        call.visit_id.call_id = call
        self._log(call, "booked", call.date, rng)
        self._close(call, "outcome", call.date)

    def _tell_settled(self, rng, call):
        """She booked by herself before anybody reached her."""
        call.visit_id = False
        self._log(call, "no_answer", call.date, rng)
        self._close(call, "settled", call.date)

    def _get_successes(self, rng):
        """Return one visit each of some clients who came lately and may be called."""
        today = self.env.company._salon_today()
        visits = self.env["salon.visit"].search(
            [
                ("company_id", "=", self.env.company.id),
                ("state", "=", "done"),
                ("is_purchase", "=", False),
                ("date", ">=", today - timedelta(days=PAST_DAYS)),
                ("date", "<", today - timedelta(days=3)),
                ("partner_id.salon_reminder_ids", "!=", False),
            ],
            order="start, id",
        )
        allowed = visits.partner_id._filter_callable()
        first = {}
        for visit in visits.filtered(lambda visit: visit.partner_id in allowed):
            first.setdefault(visit.partner_id, visit)
        return rng.sample(list(first.values()), k=int(len(first) * PAST_SHARE * 2))

    def _prepare_success(self, rng, visit):
        cycles = visit.line_ids.product_id.salon_cycle_ids
        reminders = visit.partner_id.salon_reminder_ids.filtered(
            lambda reminder: reminder.cycle_id in cycles
        )
        opened = visit.date - timedelta(days=rng.randint(5, 12))
        return {
            "partner_id": visit.partner_id.id,
            "opened_date": opened,
            "date": opened + timedelta(days=rng.randint(1, 2)),
            "due_date": opened + timedelta(days=rng.randint(-4, 7)),
            "value": visit.amount_total * rng.randint(2, 9),
            "stylist_id": visit.stylist_id.id,
            "reminder_ids": [fields.Command.set(reminders.ids)],
            "user_id": rng.choice(self._get_users()).id,
            "visit_id": visit.id,
        }

    # ------------------------------------------------------------
    # CALLS OF THE LAST TWO WEEKS
    # ------------------------------------------------------------

    def _tell_story(self, rng, story, row, diary):
        """Create the call of one due client and what came of it."""
        today = self.env.company._salon_today()
        opened = today - timedelta(days=rng.randint(3, 12))
        vals = self.env["salon.call.planner"]._prepare_calls([row])[0]
        vals.update(
            opened_date=opened, date=opened, user_id=rng.choice(self._get_users()).id
        )
        call = self.env["salon.call"].create(vals)
        getattr(self, f"_tell_{story}")(rng, call, diary)

    def _tell_call_back_today(self, rng, call, diary, days=0):
        today = self.env.company._salon_today()
        self._log(call, "call_back", call.opened_date, rng)
        call.write({"date": today + timedelta(days=days), "priority": "1"})

    def _tell_call_back_later(self, rng, call, diary):
        self._tell_call_back_today(rng, call, diary, days=rng.randint(2, 9))

    def _tell_no_answer_today(self, rng, call, diary):
        today = self.env.company._salon_today()
        self._log(call, "no_answer", today - timedelta(days=1), rng)
        call.date = today

    def _tell_unreachable(self, rng, call, diary):
        for day in range(3):
            self._log(call, "no_answer", call.opened_date + timedelta(days=day), rng)
        today = self.env.company._salon_today()
        # The system keeps reminders, as after a real call.
        call.reminder_ids.sudo().skip_until = today + timedelta(days=7)
        self._close(call, "unreachable", call.opened_date + timedelta(days=2))

    def _tell_booked(self, rng, call, diary):
        day = self.env.company._salon_today() + timedelta(days=rng.randint(2, 12))
        lines = call._get_last_services()
        minutes = sum(lines.mapped("salon_duration")) or 60
        stylist = call.stylist_id or call.partner_id.salon_visit_ids.stylist_id[:1]
        free = diary.book(stylist, day, minutes, rng.randint(9, 18))
        if not free or free[1] <= self.env.company._salon_today():
            return self._tell_declined(rng, call, diary)
        self._log(call, "booked", call.opened_date, rng)
        self._close(call, "outcome", call.opened_date)
        call.visit_id = self.env["salon.visit"].create(
            {
                "partner_id": call.partner_id.id,
                "stylist_id": stylist.id,
                "start": free[0],
                "call_id": call.id,
                "line_ids": [
                    fields.Command.create({"product_id": product.id})
                    for product in lines
                ],
            }
        )

    def _tell_declined(self, rng, call, diary):
        self._log(call, "declined", call.opened_date, rng)
        for reminder in call.reminder_ids.sudo():
            reminder.skip_until = call.opened_date + timedelta(
                days=max(reminder.rhythm_days, 21)
            )
        self._close(call, "outcome", call.opened_date)

    def _tell_stopped(self, rng, call, diary):
        self._log(call, "declined", call.opened_date, rng)
        call.reminder_ids.sudo().is_stopped = True
        self._close(call, "outcome", call.opened_date)

    def _tell_do_not_call(self, rng, call, diary):
        self._log(call, "do_not_call", call.opened_date, rng)
        self._close(call, "outcome", call.opened_date)
        consents = self.env["salon.consent"]
        consents.create(
            consents._prepare_vals(
                call.partner_id,
                "withdrawn",
                "phone",
                date=call.attempt_ids.date,
                user_id=call.user_id.id,
            )
        )

    def _tell_cancelled(self, rng, call, diary):
        self._log(call, "no_answer", call.opened_date, rng)
        self._close(call, "person", call.opened_date, state="cancelled")

    # ------------------------------------------------------------
    # HELPERS
    # ------------------------------------------------------------

    @api.model
    def _get_users(self):
        return self.env["salon.call.planner"]._get_receptionists() or self.env.user

    def _log(self, call, kind, day, rng, **vals):
        """Record one dial as it was made on that day."""
        outcome = self.env["salon.call.outcome"]._get_default(kind)
        self.env["salon.call.attempt"].create(
            {
                "call_id": call.id,
                "phone": call.partner_id.phone_sanitized,
                "date": self._get_moment(day, rng),
                "user_id": call.user_id.id,
                "outcome_id": outcome.id,
                "note": vals.pop("note", None) or rng.choice(NOTES[kind]),
                **vals,
            }
        )
        call.outcome_id = outcome

    def _get_moment(self, day, rng):
        local = datetime.combine(day, time(rng.randint(10, 18), rng.randrange(60)))
        return self.env.company._salon_utc(local)

    def _close(self, call, reason, day, state="done"):
        call._close(reason, state=state)
        evening = datetime.combine(day, time(19))
        call.closed_at = self.env.company._salon_utc(evening)
