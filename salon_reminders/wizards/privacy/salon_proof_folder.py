from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date


class SalonProofFolder(models.TransientModel):
    """What the salon can prove: of a client, or of a number that somebody names.

    Somebody claims to have been called without consent, and names a number. It is found
    also when its client was erased: by a keyed hash. Whoever makes a folder is noted to
    have read numbers; none can be printed that was not made.
    """

    _name = "salon.proof.folder"
    _description = "Proof Folder"

    number = fields.Char(
        "Number or e-mail address", help="As it is named by whoever asks."
    )
    partner_ids = fields.Many2many(
        "res.partner",
        string="Clients",
        context={"active_test": False},
        help="Whoever was erased has no name any more.",
    )
    answer = fields.Text("What is kept", readonly=True)

    @api.depends("partner_ids", "number")
    def _compute_display_name(self):
        for folder in self:
            names = folder.partner_ids.mapped("display_name")
            about = folder.number or ", ".join(names)
            folder.display_name = self.env._("Proof folder %(about)s", about=about)

    @api.model_create_multi
    def create(self, vals_list):
        folders = super().create(vals_list)
        folders._note_reading()
        return folders

    def write(self, vals):
        result = super().write(vals)
        if "partner_ids" in vals:
            self._note_reading()
        return result

    def _note_reading(self):
        self.env["salon.card.log"]._record(self.partner_ids, "proof")

    def action_find(self):
        """Look up what is kept about the number."""
        self.ensure_one()
        address = self._get_address()
        own = self._see_own_salons()
        # The number is in no view; that it was looked up is noted.
        proofs_sudo = own.env["salon.contact.proof"].sudo()
        proofs_sudo = proofs_sudo.search(
            proofs_sudo._get_named(address)
            & Domain("company_id", "in", self.env.user.company_ids.ids)
        )
        clients = proofs_sudo.partner_id.sudo(False) | own._get_who_agreed(address)
        self.write(
            {
                "partner_ids": [fields.Command.set(clients.ids)],
                "answer": self._text_answer(address, proofs_sudo, clients),
            }
        )
        return self._get_records_action(name=self.env._("Proof folder"), target="new")

    def action_print(self):
        """Make the folder as a PDF."""
        self.ensure_one()
        if not self.partner_ids:
            raise UserError(
                self.env._("Nothing is kept. Look up the number first, or another one.")
            )
        report = self.env.ref("salon_reminders.salon_proof_report")
        return report.report_action(self, config=False)

    def _get_address(self):
        """Return what was typed in, as it is kept.

        :raise UserError: when it is neither a number nor an address
        """
        address = self.env["salon.contact.proof"]._normalize(self.number)
        if not address:
            raise UserError(
                self.env._(
                    "This is no phone number. Type it with the code of its country, as "
                    "+36 30 123 4567, or type an e-mail address."
                )
            )
        return address

    def _see_own_salons(self):
        """Return the folder in all salons of its manager, whichever are chosen now."""
        return self.with_context(allowed_company_ids=self.env.user.company_ids.ids)

    def _get_who_agreed(self, address):
        """Return who has the number or address now and has answered something."""
        field = "email_normalized" if "@" in address else "phone_sanitized"
        partners = self.env["res.partner"].with_context(active_test=False)
        having = partners.search([(field, "=", address)])
        consents = self.env["salon.consent"].search([("partner_id", "in", having.ids)])
        return consents.partner_id

    def _text_answer(self, address, proofs, clients):
        """Return in words what was found, about the number as it was understood."""
        if not clients:
            return self.env._(
                "%(number)s: nothing is kept. Your salons made no contact over it, or "
                "the time of proof is over.",
                number=address,
            )
        if not proofs:
            return self.env._(
                "%(number)s: answers of clients are kept; no contact over it is "
                "recorded.",
                number=address,
            )
        company = self.env.company
        days = [company._salon_date(moment) for moment in proofs.mapped("date")]
        return self.env._(
            "%(number)s: contacts from %(first)s to %(last)s: %(count)s. Clients: "
            "%(clients)s.",
            number=address,
            first=format_date(self.env, min(days)),
            last=format_date(self.env, max(days)),
            count=len(proofs),
            clients=len(clients),
        )
