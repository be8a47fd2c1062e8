from odoo import api, fields, models


class SalonCallEntry(models.TransientModel):
    """Types in at once what was ticked on the printed call list.

    Each row is logged for itself, in the same way as at the desk. What cannot be
    logged stays on the screen with its reason, and so does what was typed.
    """

    _name = "salon.call.entry"
    _description = "Enter Results from Paper"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    line_ids = fields.One2many("salon.call.entry.line", "entry_id", string="Calls")
    done_count = fields.Integer("Logged", readonly=True)
    failed_count = fields.Integer("Not logged", compute="_compute_failed_count")
    # Columns that only few outcomes need
    ask_hours = fields.Boolean(compute="_compute_failed_count")
    ask_stop = fields.Boolean(compute="_compute_asked")
    ask_reason = fields.Boolean(compute="_compute_asked")

    @api.depends("line_ids.error")
    def _compute_failed_count(self):
        for entry in self:
            failed = entry.line_ids.filtered("error")
            entry.failed_count = len(failed)
            entry.ask_hours = any(line.is_outside_hours for line in failed)

    @api.depends("line_ids.outcome_id")
    def _compute_asked(self):
        for entry in self:
            kinds = set(entry.line_ids.mapped("kind"))
            entry.ask_stop = "declined" in kinds
            entry.ask_reason = "left_us" in kinds

    @api.depends("company_id")
    def _compute_display_name(self):
        self.display_name = self.env._("Enter results from paper")

    @api.model
    def _open(self, calls):
        """Return the screen with one row for each of these calls."""
        entry = self.create(
            {"line_ids": [fields.Command.create({"call_id": c.id}) for c in calls]}
        )
        return {
            "type": "ir.actions.act_window",
            "name": entry.display_name,
            "res_model": self._name,
            "res_id": entry.id,
            "views": [(False, "form")],
            "target": "current",
        }

    def action_log(self):
        """Log every row that has an outcome; keep those that fail."""
        self.ensure_one()
        done = self.line_ids.filtered(lambda line: line._is_typed() and line._try_log())
        self.done_count += len(done)
        done.unlink()
        if self.line_ids:
            return False
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "salon_reminders.salon_call_action"
        )
        return {**action, "target": "main"}
