from odoo import api, fields, models
from odoo.tools import format_date

from ..call.salon_call import WIN_BACK_KINDS
from ..visit.salon_visit import KEPT_STATES


class SalonCall(models.Model):
    """Calls with news: what a client left for was changed, or her stylist leaves."""

    _inherit = "salon.call"

    fix_id = fields.Many2one(
        "salon.leaving.fix",
        string="What was changed",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    departure_id = fields.Many2one(
        "salon.departure",
        string="Stylist who leaves",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )

    _fix_idx = models.Index("(fix_id, partner_id) WHERE fix_id IS NOT NULL")
    _departure_idx = models.Index(
        "(departure_id, partner_id) WHERE departure_id IS NOT NULL"
    )

    @api.model
    def _get_occasion_fields(self):
        return (*super()._get_occasion_fields(), "fix_id", "departure_id")

    # ------------------------------------------------------------
    # WHY, AND WHAT TO SAY
    # ------------------------------------------------------------

    @api.depends("fix_id", "departure_id")
    def _compute_explanation(self):
        result = super()._compute_explanation()
        lines = self._get_departure_lines()
        for call in self:
            news = [*call._get_fix_texts(), *call._get_departure_texts(lines.get(call))]
            if news:
                call.explanation = "\n".join([*news, call.explanation or ""]).strip()
        return result

    def _get_fix_texts(self):
        """Return the lines that say what she left for and what was changed."""
        if not self.fix_id:
            return []
        attempts = self.env["salon.call.attempt"]
        newest = attempts._get_said_last(self.partner_id, self.company_id)
        said = newest.get((self.partner_id, self.company_id))
        lines = [
            self.env._(
                "We changed it on %(date)s: %(change)s",
                date=format_date(self.env, self.fix_id.date),
                change=self.fix_id.argument,
            )
        ]
        if said:
            lines.insert(0, self.partner_id._salon_text_left(said))
        return lines

    def _get_departure_texts(self, line):
        """Return the lines that say who leaves and who could take over."""
        if not line:
            return []
        text = self.env._(
            "%(stylist)s leaves; the last day is %(day)s. %(share)s %% of the "
            "client's visits in a year were with this stylist.",
            stylist=line.stylist_id.name,
            day=format_date(self.env, line.departure_id.last_date),
            share=round(100 * line.share),
        )
        if not line.successor_id:
            return [text]
        successor = line.successor_id.name
        why = f" ({line.reason})" if line.reason else ""
        return [text, self.env._("Proposed: %(name)s", name=f"{successor}{why}")]

    def _get_departure_lines(self):
        """Return {call: the client's line of a stylist who leaves}, in one query.

        Also of calls about something else: she is called once, and told all of it.
        """
        lines = self.env["salon.departure.client"].search_fetch(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
                "|",
                ("departure_id", "in", self.departure_id.ids),
                ("departure_id.is_calling", "=", True),
            ],
            order="id",
        )
        found = {(line.partner_id, line.company_id): line for line in lines}
        return {
            call: found[call.partner_id, call.company_id]
            for call in self
            if (call.partner_id, call.company_id) in found
        }

    def _get_departure_line(self):
        """Return the client's line of the stylist who leaves, if there is one."""
        none = self.env["salon.departure.client"]
        return self._get_departure_lines().get(self, none)

    def _get_script_news(self):
        """Return what was changed, or who leaves and who takes over."""
        line = self.departure_id and self._get_departure_line()
        last_date = self.departure_id.last_date
        return {
            **super()._get_script_news(),
            "change": (self.fix_id.argument or "").strip().rstrip("."),
            "successor": line and line.successor_id.name,
            "last_day": last_date
            and format_date(self.env, last_date, date_format="EEEE d MMMM"),
        }

    @api.model
    def _get_sample_occasion(self, kind, company):
        """Return the newest change, or the newest stylist who leaves."""
        name = {"fixed": "fix_id", "departure": "departure_id"}.get(kind)
        if not name:
            return super()._get_sample_occasion(kind, company)
        model = self.env[self._fields[name].comodel_name]
        newest = model.search(
            [("company_id", "=", company.id)], order="id desc", limit=1
        )
        return {name: newest.id}

    def _get_wished_stylist(self):
        """Return who takes over from a stylist who leaves."""
        own = super()._get_wished_stylist()
        is_gone = own._is_gone(self.company_id._salon_today(), self.company_id)
        if not self.departure_id and not is_gone:
            return own
        return self._get_departure_line().successor_id or own

    def _get_last_services(self):
        """Return what she last had, when nothing is due that says it."""
        services = super()._get_last_services()
        if services or self.kind not in WIN_BACK_KINDS:
            return services
        last = self.last_visit_ids[:1]
        return last.line_ids.product_id.filtered(lambda p: p.salon_kind == "service")

    def _get_short_state(self):
        """Return in a word or two where a call stands."""
        states = dict(self._fields["state"]._description_selection(self.env))
        reasons = dict(self._fields["close_reason"]._description_selection(self.env))
        if self.outcome_id and self.close_reason in (False, "outcome"):
            return self.outcome_id.name
        return reasons.get(self.close_reason) or states[self.state]

    # ------------------------------------------------------------
    # CLOSED BY WHAT SHE DOES
    # ------------------------------------------------------------

    @api.model
    def _close_settled(self, partners):
        """Close calls with news as soon as the client has booked or come."""
        result = super()._close_settled(partners)
        calls = self.search(
            [
                ("partner_id", "in", partners.ids),
                ("state", "=", "open"),
                ("kind", "in", WIN_BACK_KINDS),
            ]
        )
        visits = calls and self.env["salon.visit"].search(
            [
                ("partner_id", "in", calls.partner_id.ids),
                ("state", "in", KEPT_STATES),
                ("date", ">=", min(calls.mapped("opened_date"))),
            ],
            order="start",
        )
        for call in calls:
            meeting = visits.filtered(call._is_answered_by)[:1]
            if meeting:
                call._close("settled")
                note = call._text_settled(meeting)
                # Nobody writes how a call ended.
                call.sudo().write({"settled_visit_id": meeting.id, "close_note": note})
                call._message_log(body=call.close_note)
        return result

    def _is_answered_by(self, visit):
        """Return whether a visit makes this call with news unnecessary."""
        if (visit.partner_id, visit.company_id) != (self.partner_id, self.company_id):
            return False
        if self.kind == "fixed":
            return visit.date >= self.opened_date
        # Until the last day she may still come to the one who leaves.
        return (
            visit.date > self.departure_id.last_date
            and visit.stylist_id != self.departure_id.stylist_id
        )
