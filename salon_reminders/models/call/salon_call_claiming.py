from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .salon_call_queue import CHANGES


class SalonCallClaiming(models.AbstractModel):
    """Opening a call claims it, so that nobody else rings the same number."""

    _name = "salon.call.claiming"
    _description = "Claiming of Calls"

    def _compute_claim_user_id(self):
        claims = self.env["salon.call.claim"]._get_running(self.company_id)
        for call in self:
            call.claim_user_id = claims.filtered(call._is_hit_by)[:1].user_id

    def _is_hit_by(self, claim):
        """Tell whether a claim is on this call's client or number."""
        return claim.company_id == self.company_id and (
            claim.partner_id == self.partner_id
            or claim.phone == self.partner_id.phone_sanitized
        )

    def _get_foreign_claim(self):
        """Return the claim of a colleague on this client or number, if any."""
        self.ensure_one()
        claims = self.env["salon.call.claim"]._get_running(self.company_id)
        return claims.filtered(
            lambda claim: claim.user_id != self.env.user and self._is_hit_by(claim)
        )[:1]

    def _claim(self):
        """Claim this call for the current user.

        :return: whether it is hers; else ``_get_foreign_claim`` says whose it is
        """
        self.ensure_one()
        self.check_access("write")
        self._check_open()
        # Asks the gate anew; the card shows the same answer.
        self.invalidate_recordset(["phone"])
        if not self.phone:
            self._check_allowed()
        claims = self.env["salon.call.claim"]
        if not claims._take(self, self.partner_id.phone_sanitized):
            return False
        self.invalidate_recordset(["claim_user_id"])
        self._notify_desk()
        return True

    def _claim_quietly(self):
        """Claim this call if that is possible; return whether it is hers."""
        try:
            return self._claim()
        except UserError:
            return False

    def _check_unclaimed(self):
        """Refuse what would disturb a colleague who is on the phone.

        :raise UserError: naming her
        """
        claim = self._get_foreign_claim()
        if claim:
            raise UserError(self._text_claimed(claim))

    def _text_claimed(self, claim):
        if claim.partner_id != self.partner_id:
            return self.env._(
                "%(user)s is calling %(client)s on the same number at the moment. "
                "Nothing was logged.",
                user=claim.user_id.name,
                client=claim.partner_id.name,
            )
        return self.env._(
            "%(user)s is calling %(client)s at the moment. Nothing was logged.",
            user=claim.user_id.name,
            client=self.partner_id.name,
        )

    def _release(self):
        """Give up the current user's claims on these calls."""
        self.env["salon.call.claim"]._remove(
            SQL("user_id = %s AND call_id = ANY(%s)", self.env.uid, self.ids)
        )

    def _drop_claims(self):
        """Remove every claim on these calls; for calls that are closed."""
        self.env["salon.call.claim"]._remove(SQL("call_id = ANY(%s)", self.ids))

    # ------------------------------------------------------------
    # TELLING THE OTHERS
    # ------------------------------------------------------------

    def _notify_desk(self):
        """Let open desks know which calls changed, once per transaction.

        Only ids are sent; whoever may see the calls reads them.
        """
        data = self.env.cr.precommit.data
        if self and "salon.call.changed" not in data:
            data["salon.call.changed"] = {}
            self.env.cr.precommit.add(self.env["salon.call"].sudo()._send_changes)
        for company, calls in self.sudo().grouped("company_id").items():
            changed = data["salon.call.changed"].setdefault(company.id, set())
            changed.update(calls.ids)

    def _get_changed(self):
        """Return the calls of the current salon changed in this transaction."""
        changed = self.env.cr.precommit.data.get("salon.call.changed", {})
        return self.browse(sorted(changed.get(self.env.company.id, ())))

    @api.model
    def _send_changes(self):
        group = self.env.ref("salon_reminders.group_receptionist", False)
        for company, ids in self.env.cr.precommit.data.pop(
            "salon.call.changed", {}
        ).items():
            if group:
                group._bus_send(
                    "salon.call/changed",
                    # One more than a desk follows tells it to read everything.
                    {
                        "company_id": company,
                        "call_ids": sorted(ids)[: CHANGES + 1],
                        # The desk that did it knows already.
                        "desk": self.env.context.get("salon_desk") or "",
                    },
                )
