from odoo import api, fields, models

from ...tools.import_fields import status_kind
from ...tools.sold_words import normalise


class SalonImportStatus(models.Model):
    """A status of bookings in the files, and what it says of them.

    What no list of words knows is asked once: the answer holds for the salon's next
    import as well.
    """

    _name = "salon.import.status"
    _description = "Salon Import Status"
    _order = "means desc, name"

    import_id = fields.Many2one(
        "salon.import", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="import_id.company_id", store=True)
    name = fields.Char("Status", readonly=True, required=True)
    row_count = fields.Integer("Rows", readonly=True)
    means = fields.Selection(
        [
            ("done", "The client came"),
            ("no_shows", "The client did not come"),
            ("cancellations", "Cancelled"),
            ("bookings", "Still booked"),
        ],
        help="Past bookings that are still booked count as you choose below.",
    )

    is_answer = fields.Boolean(readonly=True, help="A person has said so.")
    applied = fields.Char(readonly=True, help="What the rows were read with.")

    def write(self, vals):
        if "means" in vals and "is_answer" not in vals:
            vals = {**vals, "is_answer": True}
        return super().write(vals)

    @api.model
    def _get_answers(self, company):
        """Return {status as compared: what it means} as the salon said last."""
        answers = self.search(
            [
                ("company_id", "=", company.id),
                ("is_answer", "=", True),
                ("means", "!=", False),
            ],
            order="id",
        )
        return {normalise(status.name): status.means for status in answers}

    @api.model
    def _list_statuses(self, salon_import, counts):
        """List the statuses of an import, each with what it means as far as known.

        :param counts: (status, number of rows, whether one of them is past)
        """
        answers = self._get_answers(salon_import.company_id)
        listed = {status.name: status for status in salon_import.status_ids}
        for name, count, has_past in counts:
            answer = answers.get(normalise(name))
            # What a status of days to come means shows when its day has come.
            means = answer or status_kind(name) or (not has_past and "bookings")
            vals = {
                "row_count": count,
                "means": means,
                "applied": means,
                "is_answer": bool(answer),
            }
            if name in listed:
                listed.pop(name).write(vals)
            else:
                self.create({**vals, "name": name, "import_id": salon_import.id})
        self.union(*listed.values()).unlink()
