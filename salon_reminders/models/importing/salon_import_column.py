from odoo import api, fields, models

from ...tools.import_fields import FIELDS


class SalonImportColumn(models.Model):
    """A column of an uploaded file and what it holds."""

    _name = "salon.import.column"
    _description = "Salon Import Column"
    _order = "file_id, sequence"

    file_id = fields.Many2one(
        "salon.import.file", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="file_id.company_id")
    sequence = fields.Integer(required=True)
    header = fields.Char("Column in the file", readonly=True)
    samples = fields.Char("Examples", readonly=True)
    target = fields.Selection(
        [(name, field.label) for name, field in FIELDS.items()],
        string="Holds",
        help="Leave empty what is not needed.",
    )
    guess = fields.Char(help="What its header says it holds, before anybody chose.")
    is_foreign = fields.Boolean(
        compute="_compute_is_foreign",
        help="A file of this kind has no use for this.",
    )

    def _is_chosen(self):
        """Tell whether a person has said what the column holds."""
        return (self.target or False) != (self.guess or False)

    @api.depends("target", "file_id.kind")
    def _compute_is_foreign(self):
        for column in self:
            allowed = column.file_id._get_field_names()
            column.is_foreign = column.target and column.target not in allowed
