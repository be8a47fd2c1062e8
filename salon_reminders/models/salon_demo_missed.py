from datetime import timedelta

from odoo import api, fields, models

from .salon_visit import OPEN_STATES

# What became of the visit, and its note.
MISSED = (
    ("no_show", "Did not come, phone off."),
    ("cancelled", "Child ill; will ring again."),
)
# Long enough ago to be called about it, whichever days the stylist works.
DAYS_AGO = (3, 4, 5, 6, 7)


class SalonDemoMissed(models.AbstractModel):
    """Makes up clients who missed or cancelled a visit and did not book again."""

    _name = "salon.demo.missed"
    _description = "Missed Visits of the Demo Salon"

    @api.model
    def _generate(self, diary):
        planned = filter(None, (self._prepare(diary, v) for v in self._choose_last()))
        for (state, note), vals in zip(MISSED, planned, strict=False):
            # In the book until it was missed: an import would bring no call.
            visit = self.env["salon.visit"].create(
                {**vals, "state": state, "note": note}
            )
            visit.missed_at = visit.start

    def _choose_last(self):
        """Return the last visits of regulars who may be called, and were not."""
        company = self.env.company
        today = company._salon_today()
        visits = self.env["salon.visit"].search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "done"),
                ("is_purchase", "=", False),
                ("partner_id", "!=", False),
                ("stylist_id", "!=", False),
            ],
            order="start desc, id",
        )
        calls = self.env["salon.call"].search([("company_id", "=", company.id)])
        booked = self.env["salon.visit"].search(
            [("company_id", "=", company.id), ("state", "in", OPEN_STATES)]
        )
        allowed = visits.partner_id._filter_callable()
        allowed -= calls.partner_id | booked.partner_id
        last = {visit.partner_id: visit for visit in reversed(visits)}
        return [
            visit
            for partner, visit in last.items()
            if partner in allowed
            and timedelta(days=25) < today - visit.date < timedelta(days=70)
            and not partner.salon_reminder_ids.filtered("is_stopped")
            and not partner.salon_reminder_ids.filtered("pause_until")
        ]

    def _prepare(self, diary, last):
        """Return the values of her next visit, if her stylist had time for it."""
        services = last.line_ids.product_id.filtered("salon_cycle_ids")
        start = services and self._find_free(diary, last, services)
        return start and {
            "partner_id": last.partner_id.id,
            "stylist_id": last.stylist_id.id,
            "start": start,
            "line_ids": [
                fields.Command.create({"product_id": service.id})
                for service in services
            ],
        }

    def _find_free(self, diary, last, services):
        """Return a time some days ago at her usual hour, in UTC, or None."""
        company = self.env.company
        minutes = sum(services.mapped("salon_duration"))
        hour = company._salon_local(last.start).hour
        for ago in DAYS_AGO:
            day = company._salon_today() - timedelta(days=ago)
            if free := diary.book(last.stylist_id, day, minutes, hour, exact=True):
                return free[0]
        return None
