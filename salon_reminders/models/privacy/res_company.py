from odoo import api, fields, models

# So many times the numbers of an ordinary day are a copy of the client base.
STOP_FACTOR = 4


class ResCompany(models.Model):
    """Which cards stylists see, what is unusual, how long notes and files are kept."""

    _inherit = "res.company"

    salon_stylist_days = fields.Integer(
        string="Stylists see clients for",
        default=30,
        groups="salon_reminders.group_stylist",
        help="Days before and after a visit in which its stylist sees the card.",
    )
    salon_card_limit = fields.Integer(
        string="Cards a day",
        default=80,
        groups="salon_reminders.group_stylist",
        help="Who opens more client cards in a day is shown to the manager.",
    )
    salon_number_limit = fields.Integer(
        string="Numbers a day",
        default=15,
        groups="salon_reminders.group_stylist",
        help="Who opens more numbers outside a call in a day is shown to the manager.",
    )
    salon_number_stop = fields.Boolean(
        string="Stop at four times as many",
        default=True,
        groups="salon_reminders.group_stylist",
        help="Who has been shown four times as many numbers gets no more on that day, "
        "unless a manager allows it.",
    )
    salon_retention_months = fields.Integer(
        string="Notes are kept for",
        default=36,
        groups="salon_reminders.group_stylist",
        help="Months after which the notes of calls and dialled numbers are deleted; "
        "what came of the calls stays, and the proof of what allowed them. 0 means for "
        "good.",
    )

    salon_import_file_days = fields.Integer(
        string="Imported files are kept for",
        default=30,
        groups="salon_reminders.group_stylist",
        help="Days after which uploaded files, their previews and the rows to correct "
        "are deleted; what was imported stays. 0 means for good.",
    )

    _salon_privacy_rules_positive = models.Constraint(
        "CHECK(salon_stylist_days >= 0 AND salon_card_limit >= 0"
        " AND salon_import_file_days >= 0"
        " AND salon_number_limit >= 0 AND salon_retention_months >= 0)",
        "Times and limits can't be negative.",
    )

    def _salon_get_managers(self):
        """Return {salon: its managers}."""
        managers = self.env.ref("salon_reminders.group_manager").all_user_ids
        # Who manages a salon is told, whoever lets them be told.
        return {company: managers & company.sudo().user_ids for company in self}

    @api.model
    def _salon_ask_managers(self, kind, asked):
        """Give managers activities of a kind, all at once.

        :param list asked: (record, managers, deadline, what returns the words for a
            record in the language of a manager)
        """
        kind_id = self.env.ref(kind).id
        vals_list = [
            {
                "res_model_id": self.env["ir.model"]._get_id(record._name),
                "res_id": record.id,
                "activity_type_id": kind_id,
                "summary": text(record.with_context(lang=manager.lang)),
                "date_deadline": deadline,
                "user_id": manager.id,
                "automated": True,
            }
            for record, managers, deadline, text in asked
            for manager in managers
        ]
        activities_sudo = self.env["mail.activity"].sudo()
        activities_sudo.with_context(mail_activity_quick_update=True).create(vals_list)

    def _salon_number_stop(self):
        """Return how many numbers a person is shown in a day, or 0 for no end."""
        return self.salon_number_stop and STOP_FACTOR * self.salon_number_limit

    def write(self, vals):
        result = super().write(vals)
        if "salon_stylist_days" in vals:
            # The record rules of stylists are made with it.
            self.env.registry.clear_cache()
        if vals.get("country_id"):
            # Clients are read in a country, whoever enters it.
            partners_sudo = self.env["res.partner"].sudo()
            for company in self:
                partners_sudo._read_numbers_again(company)
        return result
