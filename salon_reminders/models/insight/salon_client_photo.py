from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import NO_ACCESS

# So many photos are deleted at a time.
BATCH = 500


class SalonClientPhoto(models.Model):
    """A photo on the client's card: before and after, a wish, a result.

    It needs the client's consent to photos at the salon that took it. Photos of who
    does not agree are hidden at once, from everybody, by a record rule.
    """

    _name = "salon.client.photo"
    _description = "Photo of a Client"
    _inherit = ["image.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True

    image_1920 = fields.Image("Photo", required=True)
    partner_id = fields.Many2one(
        "res.partner", string="Client", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    visit_id = fields.Many2one(
        "salon.visit",
        index="btree_not_null",
        ondelete="set null",
        domain="[('partner_id', '=', partner_id)]",
        check_company=True,
    )
    name = fields.Char("What it shows")
    date = fields.Date(
        required=True, default=lambda self: self.env.company._salon_today()
    )
    hidden_until = fields.Date(
        copy=False,
        groups=NO_ACCESS,
        help="The client does not let us keep it: on this day it is deleted.",
    )

    @api.constrains("partner_id", "visit_id")
    def _check_visit_client(self):
        for photo in self:
            if photo.visit_id and photo.visit_id.partner_id != photo.partner_id:
                raise ValidationError(
                    self.env._(
                        "The photo is of %(client)s, the visit is somebody else's. "
                        "Choose a visit of this client.",
                        client=photo.partner_id.name or "-",
                    )
                )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self.env["res.partner"]._check_salon_clients(vals_list)
        photos = super().create(vals_list)
        photos._keep_allowed()
        return photos

    def write(self, vals):
        self.env["res.partner"]._check_salon_clients([vals])
        result = super().write(vals)
        if not {"partner_id", "company_id"}.isdisjoint(vals):
            self._keep_allowed()
        return result

    # ------------------------------------------------------------
    # CONSENT
    # ------------------------------------------------------------

    def _keep_allowed(self):
        """Let nobody add photos of clients who do not agree to it.

        :raise UserError: naming the clients
        """
        # Whoever takes a photo need not be allowed to read the ledger.
        photos_sudo = self.sudo()
        refused = photos_sudo._filter_refused()
        if refused and not self.env.su:
            raise UserError(
                self.env._(
                    "%(clients)s does not agree to photos, so this one can't be kept. "
                    "Ask again: if the client agrees now, record that first.",
                    clients=refused.partner_id._text_names(),
                )
            )
        refused._hide()

    def _filter_refused(self):
        consents = self.env["salon.consent"]
        _health, refusals = consents._get_card_refusals(self.partner_id)
        return self.filtered(
            lambda photo: (photo.partner_id.id, photo.company_id.id) in refusals
        )

    @api.model
    def _follow_answers(self, partners, refusals):
        """Hide the photos of who refused them, and show those of who did not.

        :param set refusals: pairs (client id, company id)
        """
        photos = self.search([("partner_id", "in", partners.ids)])
        refused = photos.filtered(
            lambda photo: (photo.partner_id.id, photo.company_id.id) in refusals
        )
        refused.filtered(lambda photo: not photo.hidden_until)._hide()
        (photos - refused).filtered("hidden_until").hidden_until = False

    def _hide(self):
        """Hide photos from everybody, or delete them where a salon wants it at once."""
        for company, photos in self.grouped("company_id").items():
            if company.salon_hidden_days:
                photos.hidden_until = fields.Date.add(
                    company._salon_today(), days=company.salon_hidden_days
                )
            else:
                photos.unlink()

    @api.autovacuum
    def _gc_photos(self):
        """Delete photos that were hidden, or lack consent, long enough."""
        due = self.search([("hidden_until", "<", fields.Date.today())], limit=BATCH)
        for company in self.env["res.company"].search([("salon_missing_days", ">", 0)]):
            due |= self._get_unasked(company)
        due.unlink()
        return len(due), len(due) if len(due) >= BATCH else 0

    @api.model
    def _get_unasked(self, company):
        """Return the photos of a salon that are due to go as nobody agreed to them."""
        days = company.salon_missing_days
        agreed = self.env["salon.consent.state"].search(
            [
                ("company_id", "=", company.id),
                ("purpose", "=", "photo"),
                ("state", "=", "given"),
            ]
        )
        return self.search(
            [
                ("company_id", "=", company.id),
                (
                    "create_date",
                    "<",
                    fields.Datetime.subtract(fields.Datetime.now(), days=days),
                ),
                ("partner_id", "not in", agreed.partner_id.ids),
                ("hidden_until", "=", False),
            ],
            limit=BATCH,
        )
