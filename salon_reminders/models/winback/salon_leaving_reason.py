from odoo import api, fields, models


class SalonLeavingReason(models.Model):
    """What the salon did about a reason, and what came of it.

    Once the salon has changed what was wrong, the manager says so (``fix_ids``), and
    everybody who left for it is called again.
    """

    _inherit = "salon.leaving.reason"

    fix_ids = fields.One2many(
        "salon.leaving.fix",
        "reason_id",
        string="Changes",
        context={"active_test": False},
    )
    fixed_date = fields.Date("Changed on", compute="_compute_figures")
    lost_count = fields.Integer(
        "Lost",
        compute="_compute_figures",
        help="Clients who left for it, as they said last, and have not come since.",
    )
    waiting_count = fields.Integer("To call", compute="_compute_figures")
    called_count = fields.Integer("Called", compute="_compute_figures")
    reached_count = fields.Integer("Reached", compute="_compute_figures")
    booked_count = fields.Integer("Booked", compute="_compute_figures")
    returned_count = fields.Integer("Returned", compute="_compute_figures")
    amount = fields.Monetary("Money", compute="_compute_figures")
    currency_id = fields.Many2one("res.currency", compute="_compute_figures")

    @api.depends_context("company", "uid")
    def _compute_figures(self):
        lost = self._get_lost_counts()
        names = ("waiting", "called", "reached", "booked", "returned")
        for reason in self:
            # Salons are counted each for itself: their money may differ.
            fixes = reason.fix_ids.filtered(
                lambda fix: fix.company_id == self.env.company
            )
            reason.fixed_date = max(fixes.mapped("date"), default=False)
            reason.lost_count = lost.get(reason.id, 0)
            for name in names:
                reason[f"{name}_count"] = sum(fixes.mapped(f"{name}_count"))
            reason.amount = sum(fixes.mapped("amount"))
            reason.currency_id = self.env.company.currency_id

    def _get_lost_counts(self):
        """Return {reason id: clients of the current company who left for it}."""
        rows = self.env["salon.lost.client"]._read_group(
            [
                ("leaving_reason_id", "in", self.ids),
                ("company_id", "=", self.env.company.id),
                ("scope", "=", "all"),
                ("is_returned", "=", False),
            ],
            ["leaving_reason_id"],
            ["__count"],
        )
        return {reason.id: count for reason, count in rows}

    def _get_own_fixes(self):
        return self.fix_ids.filtered(lambda fix: fix.company_id == self.env.company)

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_fix(self):
        """Ask what was changed about this reason."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("We changed it: %(reason)s", reason=self.name),
            "res_model": "salon.leaving.fix",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_reason_id": self.id},
        }

    def action_open_lost(self):
        """Open the clients who left for this reason and have not come since."""
        self.ensure_one()
        return self.env["salon.report"]._open_list(
            "salon_reminders.salon_lost_client_action",
            self.name,
            [
                ("leaving_reason_id", "=", self.id),
                ("company_id", "=", self.env.company.id),
                ("scope", "=", "all"),
                ("is_returned", "=", False),
            ],
        )

    def action_open_waiting(self):
        """Open who left for it and was not told of the change yet."""
        return self._get_own_fixes().action_open_waiting()

    def action_open_called(self):
        """Open the calls about the changes that were dialled."""
        return self._get_own_fixes().action_open_called()

    def action_open_reached(self):
        """Open the calls about the changes on which somebody was spoken to."""
        return self._get_own_fixes().action_open_reached()

    def action_open_booked(self):
        """Open the calls about the changes on which a visit was booked."""
        return self._get_own_fixes().action_open_booked()

    def action_open_returned(self):
        """Open the visits of those who came back after a change."""
        return self._get_own_fixes().action_open_returned()
