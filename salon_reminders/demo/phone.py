from datetime import datetime, time

from .tables import NOTES
from .teller import Teller


class PhoneTeller(Teller):
    """Tells of calls as they were made on earlier days."""

    def _log(self, call, kind, day, note=None, **vals):
        """Record one dial as it was made on that day."""
        outcome = self.env["salon.call.outcome"]._get_default(kind)
        self.env["salon.call.attempt"].create(
            {
                "call_id": call.id,
                "phone": call.partner_id.phone_sanitized,
                "date": self._get_moment(day),
                "user_id": call.user_id.id,
                "outcome_id": outcome.id,
                "note": note or self.rng.choice(NOTES[kind]),
                **vals,
            }
        )
        call.outcome_id = outcome

    def _get_moment(self, day):
        hour, minute = self.rng.randint(10, 18), self.rng.randrange(60)
        return self.company._salon_utc(datetime.combine(day, time(hour, minute)))

    def _close(self, call, reason, day, state="done"):
        call._close(reason, state=state)
        evening = datetime.combine(day, time(19))
        call.closed_at = self.company._salon_utc(evening)

    def _tell_booked(self, call):
        """The client took one of the times that the book proposes."""
        proposal = self._take_proposal(call)
        if not proposal:
            return self._tell_declined(call)
        services = call._get_last_services()
        self._log(call, "booked", call.opened_date)
        self._close(call, "outcome", call.opened_date)
        stylist = self.env["resource.resource"].browse(proposal["stylist_id"])
        call.visit_id = self._create_visit(
            *(call.partner_id, stylist, proposal["start"], services),
            call_id=call.id,
        )

    def _take_proposal(self, call):
        """Return the first time proposed from tomorrow on that is free in the story."""
        proposals = call._propose_times()[call]
        return next(
            (
                proposal
                for proposal in proposals
                if self.company._salon_date(proposal["start"]) > self.today
                and self.diary.book_proposal(proposal)
            ),
            None,
        )

    def _tell_declined(self, call):
        self._log(call, "declined", call.opened_date)
        self._close(call, "outcome", call.opened_date)
