from odoo import SUPERUSER_ID, api
from odoo.tools import SQL

from odoo.addons.salon_reminders.tools.health_words import STEMS


def migrate(cr, version):
    """Find what is kept about health already: it stays, marked *consent missing*."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    words = rf"\m({'|'.join(STEMS)})"
    cr.execute(
        SQL(
            """UPDATE res_partner SET salon_note_is_health = TRUE
                WHERE salon_note ~* %s AND salon_note_is_health IS NOT TRUE""",
            words,
        )
    )
    cr.execute(
        SQL(
            """UPDATE salon_visit SET note_is_health = TRUE
                WHERE note ~* %s AND note_is_health IS NOT TRUE""",
            words,
        )
    )
    # From today on it counts how long it is kept without consent.
    cr.execute(
        SQL(
            """UPDATE res_partner p
                  SET salon_health_date = %s,
                      salon_health_company_id = COALESCE(
                          p.company_id,
                          (SELECT v.company_id FROM salon_visit v
                            WHERE v.partner_id = p.id ORDER BY v.start DESC LIMIT 1),
                          %s)
                WHERE p.salon_health_date IS NULL
                  AND (COALESCE(p.salon_contraindications, '') != ''
                       OR p.salon_note_is_health)""",
            env.company._salon_today(),
            env.company.id,
        )
    )
    env.invalidate_all()
