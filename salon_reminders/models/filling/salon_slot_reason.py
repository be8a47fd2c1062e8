from odoo import models


class SalonSlotProposer(models.AbstractModel):
    """What is said about a proposed time, and what speaks for it."""

    _inherit = "salon.slot.proposer"

    def _describe(self, wish, candidate):
        names = dict.fromkeys(who.name for _service, who in candidate.plan)
        return {
            "start": candidate.start,
            "stop": candidate.stop,
            "stylist_id": candidate.stylist.id,
            "stylist": " + ".join(names),
            "times": [
                (who.id, candidate.start + begin, candidate.start + end)
                for who, parts in candidate.parts.items()
                for begin, end in parts
            ],
            "label": wish.company._salon_format_moment(candidate.start),
            "reason": ", ".join(self._get_reasons(wish, candidate)),
        }

    def _get_reasons(self, wish, candidate):
        """Return what speaks for a time, the strongest first."""
        reasons = []
        weekday = wish.weekday == candidate.local.weekday()
        hour = wish.hour is not None and abs(candidate.hour - wish.hour) <= 1
        if wish.own:
            reasons.append(
                self.env._("her stylist")
                if candidate.stylist == wish.own
                else self.env._("%(own)s is not free near then", own=wish.own.name)
            )
        if weekday and hour:
            reasons.append(self.env._("her usual day and hour"))
        elif weekday:
            reasons.append(self.env._("her usual weekday"))
        elif hour:
            reasons.append(self.env._("her usual hour"))
        days = (candidate.day - wish.due).days
        if wish.is_over:
            reasons.append(self._get_soon_reason(days))
        else:
            reasons.append(self._get_due_reason(days))
        if candidate.window == (candidate.start, candidate.stop):
            reasons.append(self.env._("fills a gap exactly"))
        elif not candidate.taken:
            reasons.append(self.env._("nothing else booked around it"))
        return reasons

    def _get_soon_reason(self, days):
        if days > 1:
            return self.env._("in %(days)s days", days=days)
        return self.env._("tomorrow") if days else self.env._("today")

    def _get_due_reason(self, days):
        if days == 1:
            return self.env._("the day after she is due")
        if days == -1:
            return self.env._("the day before she is due")
        if days > 0:
            return self.env._("%(days)s days after she is due", days=days)
        if days < 0:
            return self.env._("%(days)s days before she is due", days=-days)
        return self.env._("on the day she is due")
