import logging
from functools import partial

from odoo import SUPERUSER_ID, api, models

_logger = logging.getLogger(__name__)


class SalonConsent(models.Model):
    """What is withdrawn ends the calls that rested on it, in the same transaction."""

    _inherit = "salon.consent"

    def _after_withdrawal(self):
        # Whoever records a withdrawal ends the calls, also those of colleagues, and
        # those about children for whom the client answers.
        clients_sudo = self.partner_id.sudo()
        clients_sudo |= clients_sudo._get_wards()
        self.env["salon.call"].sudo()._cancel_without_consent(clients_sudo)
        self._cancel_after_commit(clients_sudo)
        return super()._after_withdrawal()

    def _cancel_after_commit(self, partners):
        """Look again once this is committed: a job may be making a call right now.

        Neither of two transactions at the same time sees what the other does. Both
        look again after their commit, so whichever is the later one sees both.
        """
        job = partial(_cancel_unwanted, self.env.registry, tuple(partners.ids))
        self.env.cr.postcommit.add(job)


def _cancel_unwanted(registry, partner_ids):
    """Cancel, in a transaction of its own, calls that consent does not allow."""
    try:
        with registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            partners = env["res.partner"].browse(partner_ids).exists()
            env["salon.call"]._cancel_without_consent(partners)
    except Exception:
        # The hourly job cancels what is left; the withdrawal itself is safe.
        _logger.exception("Calls of clients %s could not be checked", partner_ids)
