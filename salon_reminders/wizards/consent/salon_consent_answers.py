from odoo import api, fields, models
from odoo.exceptions import UserError

from ...models.consent.salon_consent import KINDS, PERSONAL_METHODS


class SalonConsentAnswers(models.TransientModel):
    """What a client says to all that she can be asked, written down at once.

    For a talk at the desk about more than calls, or for the form she has signed. Each
    answer becomes a row of the ledger; what she was not asked stays as it is.
    """

    _name = "salon.consent.answers"
    _description = "Salon Consent Answers"

    partner_id = fields.Many2one(
        "res.partner", string="Client", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    method = fields.Selection(
        selection="_selection_method", string="How", required=True, default="desk"
    )
    date = fields.Datetime("Said on", required=True, default=fields.Datetime.now)
    document = fields.Binary("Signed form", attachment=True)
    document_name = fields.Char("Name of the signed form")
    age_hint = fields.Char(related="partner_id.salon_age_hint")
    questions = fields.Json(compute="_compute_questions")
    answers = fields.Json(help="The decision by purpose and channel.")

    @api.model
    def _selection_method(self):
        methods = self.env["salon.consent"]._fields["method"]
        return [
            (value, label)
            for value, label in methods._description_selection(self.env)
            if value in PERSONAL_METHODS
        ]

    @api.depends("partner_id", "company_id")
    @api.depends_context("lang")
    def _compute_questions(self):
        for talk in self:
            partner = talk.partner_id.with_company(talk.company_id)
            talk.questions = partner and partner._get_salon_consent_questions()

    def action_record(self):
        """Write the answers to the ledger.

        :raise UserError: when there is none, or something that can't be asked
        """
        self.ensure_one()
        consents = self.env["salon.consent"].with_company(self.company_id)
        consents.create(
            [
                consents._prepare_vals(
                    self.partner_id,
                    decision,
                    self.method,
                    purpose=purpose,
                    channel=channel,
                    **self._get_form(),
                )
                for purpose, channel, decision in self._get_answers()
            ]
        )
        return {"type": "ir.actions.act_window_close"}

    def _get_answers(self):
        """Return [(purpose, channel, decision)] of what was answered."""
        answers = self.answers if isinstance(self.answers, dict) else {}
        found = [
            (purpose, channel, answers[f"{purpose}_{channel}"])
            for purpose, channel in KINDS
            if answers.get(f"{purpose}_{channel}") in ("given", "withdrawn")
        ]
        if len(found) < len(answers):
            raise UserError(
                self.env._("Each answer is yes or no, to one of the questions asked.")
            )
        if not found:
            raise UserError(
                self.env._("Choose what the client agrees to or refuses, then save.")
            )
        return found

    def _get_form(self):
        """Return what a signed form says beside the answers, and nothing else does."""
        if self.method != "writing":
            return {}
        return {
            "date": self.date,
            "document": self.document,
            "document_name": self.document_name,
        }
