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
        leaves = line and line.departure_id
        # What the clients are not told yet is no news while the stylist works.
        if not leaves or not (
            leaves == self.departure_id or leaves.is_calling or leaves.has_left
        ):
            return []
        text = self.env._(
            "%(stylist)s leaves; the last day is %(day)s. %(share)s %% of the "
            "client's visits in a year were with this stylist.",
            stylist=line.stylist_id.name,
            day=format_date(self.env, leaves.last_date),
            share=round(100 * line.share),
        )
        wished = self.wished_stylist_id
        if not wished or wished == line.stylist_id:
            return [text]
        is_proposed = wished == line.successor_id and line.reason
        why = f" ({line.reason})" if is_proposed else ""
        return [text, self.env._("Proposed: %(name)s", name=f"{wished.name}{why}")]

    def _get_departure_lines(self):
        """Return {call: the client's line of a stylist who leaves}, in one query.

        Also of calls about something else: she is called once, and told all of it.
        What the call is about comes first, then her own stylist.
        """
        lines = self.env["salon.departure.client"].search_fetch(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
                "|",
                ("departure_id", "in", self.departure_id.ids),
                ("departure_id.active", "=", True),
            ],
            order="id desc",
        )
        found = lines.grouped(lambda line: (line.partner_id, line.company_id))
        # Calls on which a script is tried are in memory only.
        own = {
            call: (call.partner_id._origin, call.company_id._origin) for call in self
        }
        return {
            call: found[own[call]].sorted(call._get_line_order)[0]
            for call in self
            if own[call] in found
        }

    def _get_line_order(self, line):
        """Sort first what tells of the stylist whom this call is about."""
        leaves = line.departure_id
        return (
            leaves != self.departure_id._origin,
            leaves.stylist_id != self.stylist_id._origin,
            not leaves.is_calling,
        )

    def _get_visit_texts(self):
        """Add that the client's stylist leaves, and who could take over."""
        texts = super()._get_visit_texts()
        for call, line in self._get_departure_lines().items():
            texts[call] = [*texts.get(call, ()), self._text_leaving(line)]
        return texts

    @api.model
    def _text_leaving(self, line):
        values = {
            "stylist": line.stylist_id.name,
            "day": format_date(self.env, line.departure_id.last_date),
            "successor": line.successor_id.name,
        }
        if line.successor_id:
            return self.env._(
                "%(stylist)s leaving on %(day)s (%(successor)s could take over)",
                **values,
            )
        return self.env._("%(stylist)s leaving on %(day)s", **values)

    def _get_script_news(self):
        """Return what was changed, or who leaves and who takes over."""
        leaves = self.departure_id
        last_date = leaves.last_date
        return {
            **super()._get_script_news(),
            **({"stylist": leaves.stylist_id.name} if leaves else {}),
            "change": (self.fix_id.argument or "").strip().rstrip("."),
            "successor": leaves and self.wished_stylist_id.name,
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

    def _get_wished_stylists(self):
        """Put the successor in the place of a stylist who leaves, if she stays."""
        wished = super()._get_wished_stylists()
        left = self.filtered(
            lambda call: call.departure_id or wished[call] != call.stylist_id
        )
        lines = left._get_departure_lines() if left else {}
        finder = self.env["salon.slot.finder"]
        told = left.filtered(lambda call: call in lines)
        for company, calls in told.grouped("company_id").items():
            staying = finder._get_staying(company)
            for call in calls:
                wished[call] = lines[call].successor_id & staying or wished[call]
        return wished

    def _get_left_by_stylist(self, company, stylists, ends):
        """A call that tells of a stylist who leaves offers somebody else."""
        left = super()._get_left_by_stylist(company, stylists, ends)
        return left | self.filtered("departure_id")

    def _get_last_services(self):
        """Return what she last had, when nothing is due that says it."""
        services = super()._get_last_services()
        if services or self.kind not in WIN_BACK_KINDS:
            return services
        last = self.last_visit_ids[:1]
        return last.line_ids.product_id.filtered(
            lambda product: product.salon_kind == "service" and product.active
        )

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
