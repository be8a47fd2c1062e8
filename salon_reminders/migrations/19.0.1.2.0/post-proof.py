from odoo import SUPERUSER_ID, api
from odoo.tools import SQL


def migrate(cr, version):
    """Keep the proof of the calls made before, as far as it is certain.

    Certain is a consent to the purpose of the call that held when it was dialled and
    was in the ledger by then. Otherwise it was not recorded, and the proof says so.
    """
    env = api.Environment(cr, SUPERUSER_ID, {})
    cr.execute(
        SQL(
            """WITH clock AS (%s),
            made AS (
                SELECT nextval('salon_contact_proof_id_seq') AS id,
                       a.id AS attempt_id, a.partner_id, a.company_id, a.date,
                       a.user_id, a.phone, k.purpose, held.id AS consent_id
                  FROM salon_call_attempt a
                  JOIN salon_call k ON k.id = a.call_id
                  JOIN clock t ON t.company_id = a.company_id
             LEFT JOIN LATERAL (
                       SELECT n.*
                         FROM salon_consent n
                        WHERE n.partner_id = a.partner_id
                          AND n.company_id = a.company_id
                          AND n.purpose = k.purpose AND n.channel = 'phone'
                          AND n.date <= a.date
                     ORDER BY n.date DESC, n.id DESC
                        LIMIT 1) held
                    ON held.decision = 'given' AND held.create_date <= a.create_date
                   AND (held.expiry_date IS NULL OR held.expiry_date >=
                        (a.date AT TIME ZONE 'UTC' AT TIME ZONE t.tz)::date)
                 WHERE a.proof_id IS NULL),
            kept AS (
                INSERT INTO salon_contact_proof
                       (id, partner_id, company_id, date, user_id, channel, purpose,
                        basis, consent_id, address, create_uid, create_date)
                SELECT id, partner_id, company_id, date, user_id, 'phone', purpose,
                       CASE WHEN consent_id IS NULL THEN 'unrecorded'
                            ELSE 'consent' END,
                       consent_id, phone, %s, NOW() AT TIME ZONE 'UTC'
                  FROM made)
            UPDATE salon_call_attempt a SET proof_id = made.id
              FROM made WHERE a.id = made.attempt_id""",
            env["res.company"]._sql_salon_days(),
            SUPERUSER_ID,
        )
    )
