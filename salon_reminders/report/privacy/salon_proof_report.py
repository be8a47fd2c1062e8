from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import format_date, format_datetime


class SalonProofReport(models.AbstractModel):
    """The proof folder: what a client agreed to, word for word, and every contact made.

    For an authority, or for a client who asks. It says what the salons of its reader
    know, of others nothing. Making a folder is noted, see ``salon.proof.folder``.
    """

    _name = "report.salon_reminders.proof_folder"
    _description = "Printed Proof Folder"

    @api.model
    def _get_report_values(self, docids, data=None):
        folders = self.env["salon.proof.folder"].browse(docids).exists()
        folders.check_access("read")
        if not self.env.user.has_group("salon_reminders.group_manager"):
            raise AccessError(self.env._("Only managers make proof folders."))
        folders.partner_ids.check_access("read")
        return {
            "doc_ids": folders.ids,
            "doc_model": folders._name,
            "docs": folders,
            "people": {folder: self._get_people(folder) for folder in folders},
            "printed": self._text_moment(self.env.company, self.env.cr.now()),
        }

    @api.model
    def _get_people(self, folder):
        """Return the clients of a folder, with what each salon can prove of them."""
        own = self.with_context(allowed_company_ids=self.env.user.company_ids.ids)
        named = folder.number and self.env["salon.contact.proof"]._normalize(
            folder.number
        )
        return [
            {
                "partner": partner,
                "number": partner.sudo().phone or partner.sudo().email,
                "salons": own._get_salons(partner, named),
            }
            for partner in folder.partner_ids
        ]

    @api.model
    def _get_salons(self, partner, named):
        """Return what each salon of the reader can prove of a client.

        :param str named: the number or address that somebody claims to be theirs
        """
        mine = [("partner_id", "=", partner.id)]
        answers = self.env["salon.consent"].search(mine, order="date, id")
        proofs = self.env["salon.contact.proof"].search(mine, order="date, id")
        attempts = self.env["salon.call.attempt"].search(
            [("proof_id", "in", proofs.ids)]
        )
        calls = attempts.grouped("proof_id")
        return [
            {
                "company": company,
                "answers": self._get_answers(
                    answers.filtered(lambda c, company=company: c.company_id == company)
                ),
                "contacts": [
                    self._get_contact(proof, calls.get(proof), named)
                    for proof in proofs
                    if proof.company_id == company
                ],
            }
            for company in answers.company_id | proofs.company_id
        ]

    # ------------------------------------------------------------
    # ANSWERS
    # ------------------------------------------------------------

    @api.model
    def _get_answers(self, consents):
        """Return the answers to one salon in words, the oldest first."""
        followers = {}
        for same in consents.grouped(lambda c: (c.purpose, c.channel)).values():
            followers.update(zip(same[:-1], same[1:], strict=True))
        return [
            self._get_answer(consent, followers.get(consent)) for consent in consents
        ]

    @api.model
    def _get_answer(self, consent, follower):
        company = consent.company_id
        return {
            "number": consent.id,
            "purpose": self._get_label(consent, "purpose"),
            "channel": self._get_label(consent, "channel"),
            "decision": self._get_label(consent, "decision"),
            "is_given": consent.decision == "given",
            "date": self._text_moment(company, consent.date),
            "recorded": consent.is_dated_back
            and self._text_moment(company, consent.create_date),
            "how": self._get_label(consent, "method"),
            "user": consent.user_id.name,
            "held": self._text_held(consent, follower),
            "wording": consent.wording,
            "version": consent.wording_id.version,
            "form": consent.document_name,
            "source": consent.source,
        }

    @api.model
    def _text_held(self, consent, follower):
        """Return until when a consent held, and what ended it.

        :param follower: the next answer to the same question, it may be empty
        """
        company, end = consent.company_id, consent.expiry_date
        if consent.decision == "withdrawn":
            return False
        answered = follower and company._salon_date(follower.date)
        if follower and (not end or answered <= end):
            values = {
                "when": self._text_moment(company, follower.date),
                "number": follower.id,
            }
            if follower.decision == "withdrawn":
                return self.env._(
                    "Until %(when)s: withdrawn, no. %(number)s.", **values
                )
            return self.env._("Until %(when)s: given anew, no. %(number)s.", **values)
        if not consent.partner_id.active:
            return self.env._("It was not withdrawn; the card was put away.")
        if not end:
            return self.env._("It holds today, without an end.")
        day = format_date(self.env, end)
        if end < company._salon_today():
            return self.env._("Until %(day)s: it ran out.", day=day)
        return self.env._("It holds today, until %(day)s.", day=day)

    # ------------------------------------------------------------
    # CONTACTS
    # ------------------------------------------------------------

    @api.model
    def _get_contact(self, proof, attempt, named):
        return {
            "date": self._text_moment(proof.company_id, proof.date),
            "channel": self._get_label(proof, "channel"),
            "number": self._text_address(proof, named),
            "user": proof.user_id.name,
            "purpose": self._get_label(proof, "purpose") or "-",
            "relied": proof.display_name,
            "is_doubtful": proof.basis == "none",
            "came_of_it": attempt and self._text_came_of_it(attempt[:1]),
        }

    @api.model
    def _text_address(self, proof, named):
        """Return the number or address used, or what is left of it."""
        # Noted already; in no other place is it read.
        proof_sudo = proof.sudo()
        if not proof_sudo.address_hash:
            return proof_sudo.address or self.env._("Not recorded then")
        if named and proof_sudo.address_hash == proof_sudo._hash(named):
            return self.env._("%(number)s, by its hash", number=named)
        return self.env._("Erased; a hash is kept")

    @api.model
    def _text_came_of_it(self, attempt):
        outcome = attempt.outcome_id.name
        if not attempt.undone_at:
            return outcome
        return self.env._("%(outcome)s, taken back", outcome=outcome)

    # ------------------------------------------------------------
    # WORDS
    # ------------------------------------------------------------

    @api.model
    def _get_label(self, record, name):
        labels = dict(record._fields[name]._description_selection(self.env))
        return labels.get(record[name], "")

    @api.model
    def _text_moment(self, company, moment):
        """Return a moment by the salon's clock, with its year."""
        zone = company._salon_timezone().zone
        return format_datetime(self.env, moment, tz=zone, dt_format="d MMM yyyy, HH:mm")
