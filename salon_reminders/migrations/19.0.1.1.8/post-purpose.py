import logging

from odoo import SUPERUSER_ID, api

_logger = logging.getLogger(__name__)

# A new version of the sentences of the salons: they cover what is called about now.
WORDINGS = {
    "promotion": (
        "May we phone you about our offers?",
        "May we phone you about our offers, on your birthday, and when we have changed "
        "something for you?",
    ),
    "feedback": (
        "May we phone you to ask how you liked your visit?",
        "May we phone you to ask how you liked your visit, or why you stayed away?",
    ),
}


def migrate(cr, version):
    """Close open calls whose clients have not agreed to what they are about.

    Until now a consent to reminders allowed calls of every kind. Nothing is widened:
    who has not agreed to feedback or offers is asked first.
    """
    env = api.Environment(cr, SUPERUSER_ID, {})
    _close_calls(env)
    _renew_wordings(env)


def _close_calls(env):
    calls = env["salon.call"].search([("state", "=", "open")])
    calls._cancel_without_consent(calls.partner_id)
    closed = calls.filtered(lambda call: call.state == "cancelled")
    _logger.info(
        "%s of %s open calls were closed: no consent to their purpose",
        len(closed),
        len(calls),
    )


def _renew_wordings(env):
    """Add a version where the sentence of the first installation is still in use."""
    wordings = env["salon.consent.wording"]
    for purpose, (old, new) in WORDINGS.items():
        domain = [("purpose", "=", purpose), ("channel", "=", "phone")]
        newest = wordings.search(
            [*domain, ("company_id", "=", False)], order="version desc", limit=1
        )
        if newest.text == old:
            newest.copy({"text": new})
