"""That the rules of a lived year would be seen broken: each is broken on purpose.

At the end of a life every open call is made an ordinary one of today; where all were
worked, the last ones are open again. Then one wrong after the other is done to the
database behind the product's back, and taken back.
"""

from .year_checks import Checks

# Somebody may have worked the list to its end.
REOPENED = """
    UPDATE salon_call k
       SET state = 'open', close_reason = NULL, closed_at = NULL
     WHERE NOT EXISTS (SELECT FROM salon_call WHERE state = 'open')
       AND k.id IN (SELECT MAX(o.id) FROM salon_call o
                      JOIN salon_call_reminder_rel r ON r.call_id = o.id
                     WHERE o.kind = 'reminder' GROUP BY o.company_id)"""
ORDINARY = """
    UPDATE salon_call k
       SET opened_date = c.day, kind = 'reminder', priority = '0'
      FROM year_clock c
     WHERE c.company_id = k.company_id AND k.state = 'open'"""
OPEN_CALL = """
    salon_call k
    JOIN year_clock c ON c.company_id = k.company_id AND k.state = 'open'"""
# Nobody has dialled what is open.
UNTRIED = """
    UPDATE salon_call_attempt a SET undone_at = a.date
      FROM salon_call k WHERE k.id = a.call_id AND k.state = 'open'"""
# The newest attempts belong to the client of the first open call, and were made now.
DIALS_OF_ONE = f"""
    UPDATE salon_call_attempt a
       SET partner_id = k.partner_id, company_id = k.company_id,
           phone = p.phone_sanitized, undone_at = NULL,
           date = c.now - interval '1 hour'
           {{also}}
      FROM {OPEN_CALL} JOIN res_partner p ON p.id = k.partner_id
     WHERE k.id = (SELECT MIN(id) FROM salon_call WHERE state = 'open')
       AND a.id IN (SELECT a.id FROM salon_call_attempt a
                      JOIN salon_call o ON o.id = a.call_id AND o.state != 'open'
                  ORDER BY a.id DESC LIMIT {{dials}})"""
IN_VAIN = f"""
    UPDATE salon_call u
       SET partner_id = k.partner_id, company_id = k.company_id,
           close_reason = 'unreachable', closed_at = c.now
      FROM {OPEN_CALL}
     WHERE k.id = (SELECT MIN(id) FROM salon_call WHERE state = 'open')
       AND u.id IN (SELECT call_id FROM salon_call_attempt a
                     WHERE a.partner_id = k.partner_id AND a.date < c.now
                       AND a.date > c.now - interval '2 hours')"""
# {rules: what breaks them}
WRONGS = {
    ("open without consent", "dialled without consent"): [
        "UPDATE salon_consent SET decision = 'withdrawn'"
    ],
    ("open without its one activity",): [
        "UPDATE mail_activity SET active = FALSE WHERE res_model = 'salon.call'"
    ],
    ("open though the client left", "dialled though the client left"): [
        DIALS_OF_ONE.format(
            dials=1,
            also=", leaving_reason_id = (SELECT MIN(id) FROM salon_leaving_reason)",
        )
    ],
    ("open about what is booked", "dialled about what is booked"): [
        """UPDATE salon_visit v SET state = 'booked', date = c.day + 20
             FROM year_clock c WHERE c.company_id = v.company_id"""
    ],
    (
        "open about what is no longer offered",
        "dialled about what is no longer offered",
    ): ["UPDATE product_template SET active = FALSE"],
    ("opened near a visit", "dialled near a visit"): [
        """UPDATE salon_visit v
              SET state = 'done', date = c.day, start = c.now, stop = NULL
             FROM year_clock c WHERE c.company_id = v.company_id"""
    ],
    ("opened before earliest", "dialled before earliest"): [
        """UPDATE salon_cycle SET earliest_days = 999, ideal_days = 999,
                                  late_days = 999, lapse_days = 999"""
    ],
    ("dialled within the contact gap",): [
        UNTRIED,
        DIALS_OF_ONE.format(dials=1, also=""),
    ],
    ("opened for who never answers", "opened again too soon"): [
        UNTRIED,
        DIALS_OF_ONE.format(dials=40, also=""),
        IN_VAIN,
    ],
    ("opened though left out by chance", "dialled though left out by chance"): [
        f"""INSERT INTO salon_control_draw (
                   partner_id, company_id, date, until, kind, is_control)
            SELECT k.partner_id, k.company_id, c.day, c.day + 14, 'reminder', TRUE
              FROM {OPEN_CALL}"""
    ],
}


def find_unseen(registry):
    """The rules that nobody would notice to be broken."""
    unseen = []
    for rules, wrongs in WRONGS.items():
        with registry.cursor() as cr:
            seen = look(cr, wrongs)
            unseen += [rule for rule in rules if rule not in seen]
            cr.rollback()
    return unseen


def look(cr, wrongs):
    """The rules that are seen to be broken by these wrongs."""
    checks = Checks()
    for statement in (REOPENED, ORDINARY, *wrongs):
        cr.execute(statement)
    for which in ("open", "opened"):
        checks.look(cr, which)
    cr.execute("SELECT id FROM salon_call WHERE state = 'open'")
    for (call_id,) in cr.fetchall():
        checks.look(cr, "dialled", call=call_id)
    return checks.count()
