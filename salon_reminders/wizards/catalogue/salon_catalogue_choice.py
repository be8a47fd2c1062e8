from odoo import api, fields, models
from odoo.exceptions import UserError

from .service_matcher import ServiceMatcher

# A list that somebody still looks through.
MAX_PRODUCTS = 500


class SalonCatalogueChoice(models.TransientModel):
    """Products from before the salon, chosen as its services and retail products.

    What their names tell is proposed; nothing changes before it was looked at.
    """

    _name = "salon.catalogue.choice"
    _description = "Choice of Services and Retail Products"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    line_ids = fields.One2many(
        "salon.catalogue.choice.line",
        "choice_id",
        string="Products",
        default=lambda self: self._default_line_ids(),
    )

    @api.model
    def _default_line_ids(self):
        """Propose what the products chosen in the list are in the salon."""
        products = self._get_chosen()
        if len(products) > MAX_PRODUCTS:
            raise UserError(
                self.env._(
                    "Choose at most %(limit)s products at a time.", limit=MAX_PRODUCTS
                )
            )
        matcher = ServiceMatcher(self.env, self.env.company)
        return [
            fields.Command.create(self._prepare_line_vals(product, matcher))
            for product in products
        ]

    @api.model
    def _get_chosen(self):
        """Return the products of the list the choice was opened from.

        The ids are what a caller sends: only what the user may see is taken.
        """
        context = self.env.context
        model = context.get("active_model")
        if model not in ("product.template", "product.product"):
            return self.env["product.template"]
        records = self.env[model].with_context(active_test=False)
        found = records.search([("id", "in", context.get("active_ids", []))])
        return found if model == "product.template" else found.product_tmpl_id

    @api.model
    def _prepare_line_vals(self, product, matcher):
        proposal = matcher.propose(product)
        return {
            "product_tmpl_id": product.id,
            "kind": proposal.kind,
            "zone_id": proposal.zone.id,
            "cycle_ids": proposal.cycles.ids,
            "duration": proposal.minutes,
        }

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_apply(self):
        """Set what was chosen on the products, and say how many there are.

        :raise UserError: when there are no products
        """
        self.ensure_one()
        if not self.line_ids:
            raise UserError(self.env._("Choose products in a list of products first."))
        self.line_ids._apply()
        kinds = self.line_ids.grouped("kind")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "Now sold in the salon: %(services)s services, %(fees)s "
                    "consultations or fees, %(retail)s retail products.",
                    services=len(kinds.get("service", ())),
                    fees=len(kinds.get("fee", ())),
                    retail=len(kinds.get("retail", ())),
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
