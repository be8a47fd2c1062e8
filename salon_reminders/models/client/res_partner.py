from odoo import api, fields, models


class ResPartner(models.Model):
    """A client: a person with visits, or marked as a salon client.

    What else is known of a client stands in the file of this name in each room.
    """

    _inherit = "res.partner"

    is_salon_client = fields.Boolean(
        "Salon client",
        index=True,
        copy=False,
        groups="salon_reminders.group_stylist,salon_reminders.group_phone_numbers",
    )
    salon_birthdate = fields.Date(
        "Date of birth", groups="salon_reminders.group_stylist"
    )
    salon_note = fields.Text(
        "Formula and preferences", groups="salon_reminders.group_stylist"
    )
    salon_import_ref = fields.Char(
        "Number in the old system",
        index="btree_not_null",
        copy=False,
        groups="salon_reminders.group_stylist",
    )

    # What calls have told
    salon_wrong_number = fields.Char(
        readonly=True,
        copy=False,
        groups="salon_reminders.group_stylist",
        help="The number that turned out to be wrong. Calls go on with another one.",
    )
    salon_has_wrong_number = fields.Boolean(
        "Wrong number",
        compute="_compute_salon_has_wrong_number",
        # Told without the number, which not everybody may read.
        compute_sudo=True,
        groups="salon_reminders.group_stylist",
    )

    # Gate, gap and shared numbers all look clients up by number. An index of our own
    # goes with us; one on the field would stay behind.
    _salon_phone_idx = models.Index(
        "(phone_sanitized) WHERE phone_sanitized IS NOT NULL"
    )

    @api.depends("salon_wrong_number", "phone_sanitized")
    def _compute_salon_has_wrong_number(self):
        for partner in self:
            wrong = partner.salon_wrong_number
            partner.salon_has_wrong_number = wrong and wrong == partner.phone_sanitized
