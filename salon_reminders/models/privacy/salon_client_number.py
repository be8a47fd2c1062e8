from odoo import api, fields, models

from .res_partner import MASK, get_digits, mask_number

NUMBER_MANAGER = "salon_reminders.group_manager"


class SalonClientNumber(models.Model):
    """A further number of a client, with the words beside it: whose it is.

    Guarded like the number on the card: nobody below a manager reads it but one by
    one, and that is noted. It makes no two clients share a contact gap, as nobody is
    dialled on it: for that it changes places with the number on the card.
    """

    _name = "salon.client.number"
    _description = "Further Number of a Client"
    _rec_name = "words"

    partner_id = fields.Many2one(
        "res.partner", string="Client", required=True, index=True, ondelete="cascade"
    )
    number = fields.Char(groups=NUMBER_MANAGER)
    # As it is dialled from anywhere, else its digits.
    number_key = fields.Char(
        compute="_compute_number_key", store=True, groups=NUMBER_MANAGER
    )
    shown_number = fields.Char(
        "Further number",
        compute="_compute_shown_number",
        inverse="_inverse_shown_number",
        help="All but the last digits are hidden until the number is asked for.",
    )
    words = fields.Char("Whose", help="For example: mother, work, in the evening.")
    is_on_card = fields.Boolean(
        compute="_compute_is_on_card",
        help="It is the number on the card: only the words are further.",
    )

    @api.depends("number", "partner_id.country_id")
    def _compute_number_key(self):
        for further in self:
            number = further.number
            further.number_key = further._format(number) or get_digits(number) or False

    @api.depends("number")
    def _compute_shown_number(self):
        # The masked number is for those who may not read the whole one.
        for further, further_sudo in zip(self, self.sudo(), strict=True):
            further.shown_number = mask_number(further_sudo.number or "")

    @api.depends("number_key", "partner_id.phone_sanitized")
    def _compute_is_on_card(self):
        # Told without the number.
        for further, further_sudo in zip(self, self.sudo(), strict=True):
            key = further_sudo.number_key
            further.is_on_card = key and key == further_sudo.partner_id.phone_sanitized

    def _inverse_shown_number(self):
        # Whoever may write this record may enter the number, and not read it.
        for further, further_sudo in zip(self, self.sudo(), strict=True):
            number = further.shown_number or False
            if not number or MASK not in number:
                further_sudo.number = further._format(number, "INTERNATIONAL") or number

    def _format(self, number, form="E164"):
        """Return a number in a form that can be dialled, or nothing."""
        # Without a number Odoo would take that of the card.
        return number and self.partner_id._phone_format(
            number=number, force_format=form
        )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self.env["res.partner"]._check_salon_clients(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        self.env["res.partner"]._check_salon_clients([vals])
        return super().write(vals)

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        self.partner_id._log_export()
        return super()._export_rows(fields, _is_toplevel_call=_is_toplevel_call)

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_show(self):
        """Show the number as that of the card is shown: noted, and if it is allowed."""
        self.ensure_one()
        return self.partner_id._show_number(self)

    def action_use(self):
        """Let it be the number that is called; that of the card becomes a further one.

        :raise AccessError: for who may not write the card
        """
        self.ensure_one()
        partner = self.partner_id
        partner.check_access("write")
        # They change places; neither is shown.
        further_sudo, partner_sudo = self.sudo(), partner.sudo()
        number, earlier = further_sudo.number, partner_sudo.phone
        known = partner_sudo.salon_number_ids.mapped("number")
        partner_sudo.phone = number
        if earlier and earlier not in known:
            further_sudo.create({"partner_id": partner.id, "number": earlier})
        if not further_sudo.words:
            further_sudo.unlink()
        return {"type": "ir.actions.client", "tag": "soft_reload"}
