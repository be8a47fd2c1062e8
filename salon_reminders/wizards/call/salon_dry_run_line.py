from odoo import fields, models


class SalonDryRunLine(models.TransientModel):
    """What a period's call lists would have, as it is and with the change."""

    _name = "salon.dry.run.line"
    _description = "Period of a Dry Run"

    dry_run_id = fields.Many2one("salon.dry.run", required=True, ondelete="cascade")
    name = fields.Char("Period", required=True)
    is_total = fields.Boolean()
    calls_now = fields.Integer("New calls, as it is")
    calls_new = fields.Integer("New calls, with the change")
    backlog_now = fields.Integer(
        "Backlog, as it is", help="Clients who still wait at the end of the period."
    )
    backlog_new = fields.Integer(
        "Backlog, with the change",
        help="Clients who would still wait at the end of the period.",
    )
