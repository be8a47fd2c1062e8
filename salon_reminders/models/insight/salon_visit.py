from odoo import api, fields, models
from odoo.fields import NO_ACCESS
from odoo.tools.sql import column_exists, create_column, table_exists

from ...tools.health_words import is_about_health
from ..visit.salon_visit import OPEN_STATES

NOTE_FIELDS = {"note", "note_is_health", "partner_id"}


class SalonVisit(models.Model):
    """What the person who books should know and may offer.

    A formula that says something about health is kept as the card's notes about health
    are: with the client's consent to it.
    """

    _inherit = "salon.visit"

    contraindications = fields.Text(related="partner_id.salon_contraindications")
    health_consent = fields.Selection(related="partner_id.salon_health_consent")
    health_sentence = fields.Text(related="partner_id.salon_health_sentence")
    offer_text = fields.Char("Offer as well", compute="_compute_offer_text")
    note_is_health = fields.Boolean(
        "Says something about health",
        compute="_compute_note_is_health",
        store=True,
        readonly=False,
        copy=False,
        help="The formula or the notes name an allergy or the like, so they are kept "
        "with the client's consent to notes about health only.",
    )
    hidden_note = fields.Text("Hidden formula", copy=False, groups=NO_ACCESS)

    def _auto_init(self):
        """Leave the visits of years alone; the migration finds those it concerns."""
        cr, table = self.env.cr, self._table
        if table_exists(cr, table) and not column_exists(cr, table, "note_is_health"):
            create_column(cr, table, "note_is_health", "boolean")
        return super()._auto_init()

    @api.depends("partner_id", "state", "line_ids.product_id")
    @api.depends_context("company", "lang")
    def _compute_offer_text(self):
        cards = self.env["salon.client.card"]
        for visit in self:
            services = visit.line_ids.product_id.product_tmpl_id
            partner = visit.partner_id
            offers = []
            if visit.state in OPEN_STATES and partner:
                # A booking is looked at alone; lists do not show what to offer.
                offers = cards._get_offers(partner, services)[partner.id]
            visit.offer_text = ", ".join(
                self.env._(
                    "%(service)s (%(why)s)", service=offer["name"], why=offer["why"]
                )
                for offer in offers
            )

    @api.depends("note")
    def _compute_note_is_health(self):
        for visit in self:
            # Whoever has said so before is not contradicted.
            said = visit.note_is_health or is_about_health(visit.note)
            visit.note_is_health = bool(visit.note) and said

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        visits = super().create(vals_list)
        visits.filtered("note_is_health")._keep_notes()
        return visits

    def write(self, vals):
        result = super().write(vals)
        if not NOTE_FIELDS.isdisjoint(vals):
            self.filtered("note_is_health")._keep_notes()
        return result

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_health_agree(self):
        """Record that the client of this visit lets the card keep notes on health."""
        self._get_clients_of_salon().action_salon_health_agree()

    def action_health_refuse(self):
        """Record that the client refuses it; such notes are hidden at once."""
        self._get_clients_of_salon().action_salon_health_refuse()

    def action_health_paper(self):
        """Open the form for a signed paper about notes on health."""
        return self._get_clients_of_salon().action_salon_health_paper()

    def _get_clients_of_salon(self):
        """Return the clients, with the salon of the visit as the one that asks."""
        self.check_access("read")
        return self.partner_id.with_company(self.company_id[:1] or self.env.company)

    def _get_board_warning(self):
        return self.contraindications or super()._get_board_warning()

    # ------------------------------------------------------------
    # CONSENT TO NOTES ABOUT HEALTH
    # ------------------------------------------------------------

    def _keep_notes(self):
        """Let no note about health stay whose client does not want it kept.

        :raise UserError: when somebody writes one
        """
        # Whoever writes it need not be allowed to read the ledger.
        visits_sudo = self.sudo()
        refusing = visits_sudo.partner_id._filter_refusing_health()
        if refusing and not self.env.su:
            refusing._raise_health_refused()
        refused = visits_sudo.filtered(lambda visit: visit.partner_id in refusing)
        if refused:
            refusing._hide_health()

    @api.model
    def _find_notes(self, partners):
        """Return the visits of clients whose notes say something about health."""
        return self.search(
            [
                ("partner_id", "in", partners.ids),
                ("note_is_health", "=", True),
                ("note", "!=", False),
            ]
        )

    def _hide_note(self, is_kept):
        """Take these notes out of sight.

        :param bool is_kept: they may come back
        """
        for visit in self:
            visit.write({"hidden_note": is_kept and visit.note, "note": False})

    @api.model
    def _find_hidden_notes(self, partners):
        domain = [("partner_id", "in", partners.ids), ("hidden_note", "!=", False)]
        return self.search(domain)

    def _show_note(self):
        """Bring hidden notes back, before what was written meanwhile."""
        for visit in self:
            note = "\n".join(filter(None, (visit.hidden_note, visit.note)))
            visit.write({"note": note, "note_is_health": True, "hidden_note": False})
