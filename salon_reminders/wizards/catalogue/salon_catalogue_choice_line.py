from odoo import api, fields, models


class SalonCatalogueChoiceLine(models.TransientModel):
    """What one product is in the salon."""

    _name = "salon.catalogue.choice.line"
    _description = "Service or Retail Product to Choose"

    choice_id = fields.Many2one(
        "salon.catalogue.choice", required=True, ondelete="cascade"
    )
    product_tmpl_id = fields.Many2one(
        "product.template", string="Product", required=True, ondelete="cascade"
    )
    kind = fields.Selection(
        selection=lambda self: self._selection_kind(),
        string="Sold as",
        required=True,
    )
    zone_id = fields.Many2one("salon.zone")
    cycle_ids = fields.Many2many("salon.cycle", string="Renews cycles")
    duration = fields.Integer("Minutes")
    zone_company_id = fields.Many2one("res.company", compute="_compute_zone_company_id")
    note = fields.Char("To note", compute="_compute_note")

    @api.model
    def _selection_kind(self):
        return (
            self.env["product.template"]
            ._fields["salon_kind"]
            ._description_selection(self.env)
        )

    @api.depends("product_tmpl_id")
    def _compute_zone_company_id(self):
        for line in self:
            line.zone_company_id = self._get_zone_company(line.product_tmpl_id)

    @api.model
    def _get_zone_company(self, product):
        """Return the company whose zones the product may have, besides shared ones.

        What all companies sell has a shared zone; a company that is the only one
        shares nothing with anybody.
        """
        if product.company_id:
            return product.company_id
        # How many companies there are is no secret.
        companies = self.env["res.company"].sudo().search([], limit=2)
        return self.env.company if len(companies) == 1 else companies.browse()

    @api.depends("kind", "cycle_ids", "zone_id", "product_tmpl_id")
    def _compute_note(self):
        for line in self:
            line.note = line._text_note()

    def _text_note(self):
        """Return what to think of before this is applied, or nothing."""
        product = self.product_tmpl_id
        if self.kind not in ("service", "fee"):
            return False
        if product.type != "service":
            return self.env._("Goods in Odoo: selling it takes it out of stock.")
        if product.salon_course_sessions:
            return self.env._("A course renews no cycle itself.")
        if self.kind == "service" and not self.cycle_ids:
            return self.env._("Without a cycle nobody is reminded of it.")
        if not self.zone_id and not self.zone_company_id:
            return self.env._("All companies sell it: shared zones only.")
        return False

    # ------------------------------------------------------------
    # APPLYING
    # ------------------------------------------------------------

    def _apply(self):
        """Write the lines to their products, those with the same values at once."""
        self._share_zones()
        for lines in self.grouped(lambda line: tuple(line._get_key())).values():
            lines.product_tmpl_id.write(lines[0]._prepare_template_vals())

    def _share_zones(self):
        """Share the zones of the only company with what all companies sell."""
        shared = self.filtered(lambda line: not line.product_tmpl_id.company_id)
        zones = shared.zone_id.filtered("company_id")
        if zones and shared[0].zone_company_id:
            zones.company_id = False

    def _get_key(self):
        return self.kind, self.zone_id, self.cycle_ids, self.duration

    def _prepare_template_vals(self):
        # Only services renew cycles.
        cycles = self.cycle_ids.ids if self.kind == "service" else []
        vals = {
            "salon_kind": self.kind,
            "salon_zone_id": self.zone_id.id,
            "salon_cycle_ids": [fields.Command.set(cycles)],
        }
        if self.kind != "retail":
            vals["salon_duration"] = self.duration
        return vals
