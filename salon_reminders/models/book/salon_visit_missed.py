from datetime import timedelta

from odoo import api, fields, models

from ..visit.salon_visit import MISSED_STATES, OPEN_STATES
from .salon_slot_finder import NOTICE


class SalonVisit(models.Model):
    """Visits that were missed or cancelled, and the time that they give back."""

    _inherit = "salon.visit"

    missed_at = fields.Datetime(
        "Cancelled or missed on",
        readonly=True,
        copy=False,
        help="When this was entered; empty for what an import brought.",
    )
    is_late_cancel = fields.Boolean(
        "Cancelled late",
        compute="_compute_is_late_cancel",
        store=True,
        help="Cancelled so short before the visit that the time was hard to fill.",
    )

    # Serves the follow-up of missed visits, and freed times.
    _missed_idx = models.Index("(company_id, missed_at) WHERE missed_at IS NOT NULL")

    @api.depends("state", "start", "missed_at")
    def _compute_is_late_cancel(self):
        for visit in self:
            notice = timedelta(hours=visit.company_id.salon_late_cancel_hours)
            visit.is_late_cancel = bool(
                visit.state == "cancelled"
                and visit.missed_at
                and visit.missed_at > visit.start - notice
            )

    def write(self, vals):
        if "state" not in vals or self.env.context.get("salon_import"):
            return super().write(vals)
        freed = self._get_freed() if vals["state"] == "cancelled" else self.browse()
        missed = vals["state"] in MISSED_STATES
        stamp = {"missed_at": missed and fields.Datetime.now()}
        result = super().write({**vals, **stamp})
        freed._tell_freed()
        return result

    def _get_freed(self):
        """Return the visits to come whose time somebody else could still take."""
        soonest = fields.Datetime.now() + NOTICE
        return self.filtered(
            lambda visit: (
                visit.state in OPEN_STATES and visit.stylist_id and visit.stop > soonest
            )
        )

    def _tell_freed(self):
        """Tell the receptionists about these times, once for all of them.

        Of whom they were freed is not told: who may see it reads it in the book.
        """
        if not self:
            return
        data = self.env.cr.precommit.data
        if "salon.visit.freed" not in data:
            data["salon.visit.freed"] = {}
            self.env.cr.precommit.add(self.env["salon.visit"].sudo()._send_freed)
        for visit in self:
            times = data["salon.visit.freed"].setdefault(visit.company_id.id, [])
            times.append(visit._prepare_freed())

    def _prepare_freed(self):
        local = self.company_id._salon_local
        return {
            "stylist_id": self.stylist_id.id,
            "stylist": self.stylist_id.name,
            "start": local(self.start).replace(tzinfo=None).isoformat(),
            "stop": local(self.stop).replace(tzinfo=None).isoformat(),
        }

    @api.model
    def _send_freed(self):
        group = self.env.ref("salon_reminders.group_receptionist", False)
        freed = self.env.cr.precommit.data.pop("salon.visit.freed", {})
        for company_id, times in freed.items():
            if group:
                group._bus_send(
                    "salon.visit/freed", {"company_id": company_id, "times": times}
                )
