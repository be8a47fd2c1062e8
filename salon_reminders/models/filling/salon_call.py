from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date, format_list

from ..visit.salon_visit import DEFAULT_MINUTES, OPEN_STATES
from .slot_proposer import PROPOSALS, SlotProposer


class SalonCall(models.Model):
    """What a call and the appointment book have to do with each other."""

    _inherit = "salon.call"

    missed_visit_id = fields.Many2one(
        "salon.visit",
        string="Missed visit",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The visit that was missed or cancelled, and not booked anew.",
    )

    @api.model
    def _get_occasion_fields(self):
        return (*super()._get_occasion_fields(), "missed_visit_id")

    def _get_desk_proposals(self):
        """Return the times that suit this client, and keep them for her meanwhile."""
        self.ensure_one()
        if self.state != "open":
            return []
        # Held by the system: only what is proposed now, for the caller alone.
        holds = self.env["salon.slot.hold"].sudo()
        gap = holds._get_gap(self)
        proposals = self._propose_times()[self]
        if gap:
            proposals = self._put_first(gap, proposals)
        stylists = self.env["resource.resource"]
        times = [
            (stylists.browse(who), start, stop)
            for proposal in proposals
            for who, start, stop in proposal["times"]
        ]
        holds._keep(self, times, gap)
        return [self._format_proposal(proposal) for proposal in proposals]

    def _get_script_free_times(self):
        """Return the times to offer for one call.

        For many at once they would cost much, and be taken before they are offered.
        """
        if len(self) != 1:
            return {}
        proposals = self._propose_times()[self]
        return {self: self._text_times(map(self._format_proposal, proposals))}

    def _propose_times(self):
        """Return {call: the times that suit its client best, see ``SlotProposer``}."""
        return SlotProposer(self.env).propose(self)

    def _text_times(self, proposals):
        """Return the proposed times as they are said on the phone."""
        times = [self._text_time(proposal) for proposal in proposals]
        return format_list(self.env, times, "or") if times else ""

    def _text_time(self, proposal):
        company, start = self.company_id, fields.Datetime.to_datetime(proposal["start"])
        values = {
            "day": format_date(
                self.env, company._salon_date(start), date_format="EEEE d MMMM"
            ),
            "time": company._salon_format_time(start),
            "stylist": proposal["stylist"],
        }
        if proposal["stylist_id"] == self.wished_stylist_id.id:
            return self.env._("%(day)s at %(time)s", **values)
        return self.env._("%(day)s at %(time)s with %(stylist)s", **values)

    def _put_first(self, gap, proposals):
        """Return the gap for which she is called, then the best of the others."""
        stylist, start, stop = gap
        first = {
            "start": start,
            "stop": stop,
            "stylist_id": stylist.id,
            "stylist": stylist.name,
            "label": self.company_id._salon_format_moment(start),
            "reason": self.env._("the gap that you are filling"),
            "times": [(stylist.id, start, stop)],
        }
        others = [
            proposal
            for proposal in proposals
            if (proposal["stylist_id"], proposal["start"]) != (stylist.id, start)
        ]
        return [first, *others][:PROPOSALS]

    def _get_booking_question(self, start, stylist_id, product_ids):
        """Return what must be confirmed before she is booked at this time, or False."""
        stylist = self.env["resource.resource"].browse(stylist_id or []).exists()
        services = self.env["product.product"].browse(product_ids).exists()
        if not start or not stylist:
            return False
        finder = self.env["salon.slot.finder"]
        plan = finder._get_plan(services, stylist, self.company_id)
        hour = timedelta(minutes=DEFAULT_MINUTES)
        parts, length = finder._get_parts(plan) if plan else ({}, hour)
        times = [
            (who, start + begin, start + end)
            for who, own in (parts or {stylist: [(timedelta(), hour)]}).items()
            for begin, end in own
        ]
        return self.env["salon.visit"]._get_question(
            times, plan, self.partner_id, (start, start + length)
        )

    def _format_proposal(self, proposal):
        """Return a proposal as the call desk takes it, by the salon's clock."""
        local = self.company_id._salon_local(proposal["start"])
        return {
            "start": proposal["start"].isoformat(sep=" "),
            "stop": proposal["stop"].isoformat(sep=" "),
            "day": local.date().isoformat(),
            "hour": local.strftime("%H:%M"),
            "stylist_id": proposal["stylist_id"],
            "stylist": proposal["stylist"],
            "label": proposal["label"],
            "reason": proposal["reason"],
        }

    def _release(self):
        """Let go of the proposed times together with the call."""
        result = super()._release()
        self._drop_holds()
        return result

    def _drop_claims(self):
        result = super()._drop_claims()
        self._drop_holds()
        return result

    def _drop_holds(self):
        # As above.
        self.env["salon.slot.hold"].sudo()._release(self)

    # ------------------------------------------------------------
    # FOLLOW-UP OF A MISSED VISIT
    # ------------------------------------------------------------

    def _get_last_services(self):
        """Return what the missed visit was for, before what she had earlier."""
        missed = self.missed_visit_id.line_ids.filtered("minutes").product_id
        return missed.filtered("active") or super()._get_last_services()

    @api.depends("missed_visit_id")
    def _compute_explanation(self):
        result = super()._compute_explanation()
        for call in self.filtered("missed_visit_id"):
            visit = call.missed_visit_id
            text = self.env._(
                "%(services)s on %(when)s was %(what)s and not booked anew.",
                services=visit.services or self.env._("The visit"),
                when=call.company_id._salon_format_moment(visit.start),
                what=self.env._("missed")
                if call.kind == "missed"
                else self.env._("cancelled"),
            )
            call.explanation = "\n".join(filter(None, [text, call.explanation]))
        return result

    @api.model
    def _close_settled(self, partners):
        """Close follow-ups, too, as soon as the client has booked anew."""
        result = super()._close_settled(partners)
        calls = self.search(
            [
                ("partner_id", "in", partners.ids),
                ("state", "=", "open"),
                ("kind", "in", ("missed", "cancelled")),
            ]
        )
        visits = calls and self.env["salon.visit"].search(
            [
                ("partner_id", "in", calls.partner_id.ids),
                ("state", "in", OPEN_STATES),
                ("start", ">=", fields.Datetime.now()),
            ]
        )
        calls.filtered(
            lambda call: any(
                visit.partner_id == call.partner_id
                and visit.company_id == call.company_id
                for visit in visits
            )
        )._close("settled")
        return result
