from datetime import timedelta
from itertools import chain, cycle

from odoo import fields

from .phone import PhoneTeller

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


class Calls(PhoneTeller):
    """Makes up the calls of the last weeks, with their attempts and outcomes."""

    def tell(self):
        """Create the calls up to yesterday; today's are left to the daily job."""
        self._tell_successes()
        rows = self.env["salon.call.candidate"]._get_due_clients()
        stories = chain(OPEN_STORIES, cycle(CLOSED_STORIES))
        for row, story in zip(self._choose_rows(rows), stories, strict=False):
            self._tell_story(story, row)

    def _choose_rows(self, rows):
        """Return the clients who were called lately, so that not all wait for today."""
        due = [row for row in rows if row["kind"] == "reminder"]
        lapsed = [row for row in rows if row["kind"] == "lapsed"]
        self.rng.shuffle(due)
        self.rng.shuffle(lapsed)
        left = LEFT_TODAY - len(due[:DUE_TODAY])
        return due[DUE_TODAY:] + lapsed[left:][:LAPSED_TOLD]

    # ------------------------------------------------------------
    # CALLS THAT BROUGHT A VISIT
    # ------------------------------------------------------------

    def _tell_successes(self):
        """Create the calls on which earlier visits were booked."""
        vals_list = [self._prepare_success(visit) for visit in self._get_successes()]
        calls = self.env["salon.call"].create(vals_list)
        for call in calls:
            if self.rng.random() < 0.3:
                self._log(call, "no_answer", call.opened_date)
            if self.rng.random() < 0.85:
                self._tell_success(call)
            else:
                self._tell_settled(call)

    def _tell_success(self, call):
        call.visit_id.call_id = call
        self._log(call, "booked", call.date)
        self._close(call, "outcome", call.date)

    def _tell_settled(self, call):
        """She booked by herself before anybody reached her."""
        call.visit_id = False
        self._log(call, "no_answer", call.date)
        self._close(call, "settled", call.date)

    def _get_successes(self):
        """Return one visit each of some clients who came lately and may be called."""
        visits = self._search_made(
            ("date", ">=", self.today - timedelta(days=PAST_DAYS)),
            ("date", "<", self.today - timedelta(days=3)),
            ("partner_id.salon_reminder_ids", "!=", False),
        )
        allowed = visits.partner_id._filter_callable()
        first = {}
        for visit in visits.filtered(lambda visit: visit.partner_id in allowed):
            first.setdefault(visit.partner_id, visit)
        return self.rng.sample(list(first.values()), k=int(len(first) * PAST_SHARE * 2))

    def _prepare_success(self, visit):
        cycles = visit.line_ids.product_id.salon_cycle_ids
        reminders = visit.partner_id.salon_reminder_ids.filtered(
            lambda reminder: reminder.cycle_id in cycles
        )
        opened = visit.date - timedelta(days=self.rng.randint(5, 12))
        return {
            "partner_id": visit.partner_id.id,
            "opened_date": opened,
            "date": opened + timedelta(days=self.rng.randint(1, 2)),
            "due_date": opened + timedelta(days=self.rng.randint(-4, 7)),
            "value": visit.amount_total * self.rng.randint(2, 9),
            "stylist_id": visit.stylist_id.id,
            "reminder_ids": [fields.Command.set(reminders.ids)],
            "user_id": self.rng.choice(self._get_users()).id,
            "visit_id": visit.id,
        }

    # ------------------------------------------------------------
    # CALLS OF THE LAST TWO WEEKS
    # ------------------------------------------------------------

    def _tell_story(self, story, row):
        """Create the call of one due client and what came of it."""
        opened = self.today - timedelta(days=self.rng.randint(3, 12))
        vals = self.env["salon.call.planner"]._prepare_calls([row])[0]
        user = self.rng.choice(self._get_users())
        vals.update(opened_date=opened, date=opened, user_id=user.id)
        call = self.env["salon.call"].create(vals)
        self._get_tellers()[story](call)

    def _get_tellers(self):
        return {
            "booked": self._tell_booked,
            "call_back_later": self._tell_call_back_later,
            "call_back_today": self._tell_call_back_today,
            "cancelled": self._tell_cancelled,
            "declined": self._tell_declined,
            "do_not_call": self._tell_do_not_call,
            "no_answer_today": self._tell_no_answer_today,
            "stopped": self._tell_stopped,
            "unreachable": self._tell_unreachable,
        }

    def _tell_call_back_today(self, call, days=0):
        self._log(call, "call_back", call.opened_date)
        call.write({"date": self.today + timedelta(days=days), "priority": "1"})

    def _tell_call_back_later(self, call):
        self._tell_call_back_today(call, days=self.rng.randint(2, 9))

    def _tell_no_answer_today(self, call):
        self._log(call, "no_answer", self.today - timedelta(days=1))
        call.date = self.today

    def _tell_unreachable(self, call):
        for day in range(3):
            self._log(call, "no_answer", call.opened_date + timedelta(days=day))
        # The system keeps reminders, as after a real call.
        call.reminder_ids.sudo().skip_until = self.today + timedelta(days=7)
        self._close(call, "unreachable", call.opened_date + timedelta(days=2))

    def _tell_declined(self, call):
        for reminder in call.reminder_ids.sudo():
            reminder.skip_until = call.opened_date + timedelta(
                days=max(reminder.rhythm_days, 21)
            )
        return super()._tell_declined(call)

    def _tell_stopped(self, call):
        self._log(call, "declined", call.opened_date)
        call.reminder_ids.sudo().is_stopped = True
        self._close(call, "outcome", call.opened_date)

    def _tell_do_not_call(self, call):
        self._log(call, "do_not_call", call.opened_date)
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

    def _tell_cancelled(self, call):
        self._log(call, "no_answer", call.opened_date)
        self._close(call, "person", call.opened_date, state="cancelled")
