"""What must hold on every day of a lived year, asked in SQL of its own.

Each rule is a condition on a row of calls ``k`` with its salon's clock ``c`` and the
number ``t`` on which its client is called. They are written from the words of the
rules, not from the code that keeps them.
"""

from collections import defaultdict

# Days before and after a visit on which nobody is phoned.
REST = 3
# Who never answers is looked for once in so many days.
HALF_YEAR = 182
OF_AGE = 16
# Two tables of our own: what time it is at each salon, and when a visit was entered.
TABLES = """
    CREATE TABLE year_clock (
        company_id int PRIMARY KEY, zone text, day date, now timestamp);
    CREATE TABLE year_made (visit_id int PRIMARY KEY, at timestamp);
    CREATE TABLE year_wait (
        partner_id int, company_id int, since date, until date);
    CREATE TABLE year_spell (
        partner_id int, company_id int, since date, until date, ended text);
    CREATE INDEX ON year_wait (partner_id) WHERE until IS NULL;
    CREATE INDEX ON year_spell (partner_id) WHERE until IS NULL;
"""
SET_CLOCK = """
    INSERT INTO year_clock (company_id, zone, day, now) VALUES (%s, %s, %s, %s)
    ON CONFLICT (company_id)
    DO UPDATE SET day = EXCLUDED.day, now = EXCLUDED.now"""
NOTE_BOOKINGS = """
    INSERT INTO year_made
    SELECT id, %s FROM salon_visit
     WHERE id > (SELECT COALESCE(MAX(visit_id), 0) FROM year_made)"""
FROM = f"""
      FROM salon_call k
      JOIN year_clock c ON c.company_id = k.company_id
      JOIN res_company o ON o.id = k.company_id
      JOIN res_partner p ON p.id = k.partner_id
 LEFT JOIN res_partner g ON g.id = p.salon_guardian_id
       AND p.salon_birthdate + interval '{OF_AGE} years' > c.day
CROSS JOIN LATERAL (
           SELECT CASE WHEN g.id IS NULL THEN p.phone_sanitized
                       ELSE g.phone_sanitized END AS number) t"""
# The newest answer of somebody to calls for what this call is about.
ANSWER = """
    SELECT s.decision, s.guardian_id, s.expiry_date
      FROM salon_consent s
     WHERE s.partner_id = {who}.id AND s.company_id = k.company_id
       AND s.channel = 'phone'
       AND s.purpose = CASE WHEN k.kind = 'lapsed' THEN 'feedback'
                            WHEN k.kind IN ('birthday', 'fixed') THEN 'promotion'
                            ELSE 'reminder' END
  ORDER BY s.date DESC, s.id DESC LIMIT 1"""
NO_CONSENT = f"""
    NOT EXISTS (
        SELECT FROM ({ANSWER.format(who="p")}) s
         WHERE s.decision = 'given'
           AND (s.expiry_date IS NULL OR s.expiry_date >= c.day)
           AND s.guardian_id IS NOT DISTINCT FROM g.id)
    OR EXISTS (
        SELECT FROM ({ANSWER.format(who="g")}) s WHERE s.decision = 'withdrawn')
    OR COALESCE(t.number, '') = ''
    OR EXISTS (
        SELECT FROM phone_blacklist b WHERE b.number = t.number AND b.active)
    OR t.number IN (p.salon_wrong_number, g.salon_wrong_number)"""
# Said goodbye, and neither came since nor made a booking that still stands.
LEFT = """
    k.kind != 'fixed' AND EXISTS (
        SELECT FROM salon_call_attempt a
         WHERE a.partner_id = k.partner_id AND a.company_id = k.company_id
           AND a.leaving_reason_id IS NOT NULL AND a.undone_at IS NULL
           AND NOT EXISTS (
               SELECT FROM salon_visit v JOIN year_made m ON m.visit_id = v.id
                WHERE v.partner_id = a.partner_id AND v.company_id = a.company_id
                  AND v.start > a.date
                  AND (v.state = 'done'
                       OR v.state IN ('booked', 'confirmed', 'arrived')
                       AND m.at >= a.date)))"""
NEAR_VISIT = f"""
    k.kind != 'missed' AND k.priority IS DISTINCT FROM '1' AND EXISTS (
        SELECT FROM salon_visit v
         WHERE v.partner_id = k.partner_id AND v.company_id = k.company_id
           AND (v.state = 'done' AND v.start <= c.now
                AND v.date BETWEEN c.day - {REST} AND c.day
                OR v.state IN ('booked', 'confirmed', 'arrived')
                AND v.date BETWEEN c.day AND c.day + {REST}))"""
# Row ``r`` is a need of the call.
NEEDS = """
    SELECT FROM salon_call_reminder_rel kr
      JOIN salon_reminder r ON r.id = kr.reminder_id
     WHERE kr.call_id = k.id"""
# The services that meet it.
MEETS = """
    SELECT l.id FROM salon_visit_line l
      JOIN product_product pp ON pp.id = l.product_id
      JOIN salon_cycle_product_rel cp ON cp.product_tmpl_id = pp.product_tmpl_id
     WHERE l.visit_id = v.id AND cp.cycle_id = r.cycle_id AND l.quantity > 0"""
BOOKED_NEED = f"""
    EXISTS ({NEEDS} AND EXISTS (
        SELECT FROM salon_visit v
         WHERE v.partner_id = k.partner_id AND v.company_id = k.company_id
           AND v.state IN ('booked', 'confirmed', 'arrived') AND v.date >= c.day
           AND EXISTS ({MEETS})))"""
NOT_OFFERED = f"""
    EXISTS ({NEEDS} AND r.cycle_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM salon_cycle y
          JOIN salon_cycle_product_rel cp ON cp.cycle_id = y.id
          JOIN product_template pt ON pt.id = cp.product_tmpl_id
          JOIN product_product pp ON pp.product_tmpl_id = pt.id
         WHERE y.id = r.cycle_id AND y.active AND pt.active AND pp.active))"""
TOO_EARLY = f"""
    EXISTS ({NEEDS} AND EXISTS (
        SELECT FROM salon_visit v JOIN salon_cycle y ON y.id = r.cycle_id
         WHERE v.partner_id = k.partner_id AND v.company_id = k.company_id
           AND v.state = 'done' AND v.start <= c.now
           AND v.date + y.earliest_days > c.day
           AND EXISTS ({MEETS})))"""
# The first dial of a call that no person promised; a wrong number reached nobody.
IN_GAP = """
    k.priority IS DISTINCT FROM '1'
    AND NOT EXISTS (
        SELECT FROM salon_call_attempt a
         WHERE a.call_id = k.id AND a.undone_at IS NULL)
    AND EXISTS (
        SELECT FROM salon_call_attempt a
         WHERE a.company_id = k.company_id AND a.call_id != k.id
           AND a.undone_at IS NULL
           AND NOT EXISTS (
               SELECT FROM salon_call_outcome e
                WHERE e.id = a.outcome_id AND e.kind = 'wrong_number')
           AND (a.partner_id = k.partner_id OR a.phone = t.number)
           AND (a.date AT TIME ZONE 'UTC' AT TIME ZONE c.zone)::date
               > c.day - o.salon_contact_gap_days)"""
# The calls that nobody answered since somebody answered, came, or got a new number.
IN_VAIN = """
    SELECT u.closed_at FROM salon_call u
     WHERE u.partner_id = k.partner_id AND u.company_id = k.company_id
       AND u.close_reason = 'unreachable' AND u.id != k.id
       AND EXISTS (SELECT FROM salon_call_attempt a
                    WHERE a.call_id = u.id AND a.phone = t.number)
       AND NOT EXISTS (
           SELECT FROM salon_call_attempt a
             JOIN salon_call_outcome e ON e.id = a.outcome_id
            WHERE a.partner_id = k.partner_id AND a.company_id = k.company_id
              AND a.undone_at IS NULL AND a.date > u.closed_at
              AND e.kind != 'no_answer')
       AND NOT EXISTS (
           SELECT FROM salon_visit v JOIN year_made m ON m.visit_id = v.id
            WHERE v.partner_id = k.partner_id AND v.company_id = k.company_id
              AND (m.at > u.closed_at
                   OR v.state = 'done' AND v.start > u.closed_at))"""
NEVER_ANSWERS = f"""
    (SELECT COUNT(*) >= o.salon_unreachable_calls
        AND MAX(u.closed_at)::date > k.opened_date - {HALF_YEAR} FROM ({IN_VAIN}) u)"""
# From the second such call on the rest doubles.
NO_REST = f"""
    (SELECT COUNT(*) >= 2
        AND MAX(u.closed_at)::date + LEAST(
            {HALF_YEAR}, o.salon_contact_gap_days * (1 << COUNT(*)::int - 1))
            > k.opened_date + 1 FROM ({IN_VAIN}) u)"""
# Left uncalled by chance for two weeks; a birthday does not wait so long.
BY_CHANCE = """
    k.kind != 'birthday' AND k.priority IS DISTINCT FROM '1' AND EXISTS (
        SELECT FROM salon_control_draw d
         WHERE d.partner_id = k.partner_id AND d.company_id = k.company_id
           AND d.is_control AND d.date <= c.day AND d.until > c.day)"""
NO_ACTIVITY = """
    (SELECT COUNT(*) FROM mail_activity m
      WHERE m.res_model = 'salon.call' AND m.res_id = k.id AND m.active) != 1"""
DOUBLED = """
    EXISTS (SELECT FROM salon_call d
             WHERE d.partner_id = k.partner_id AND d.company_id = k.company_id
               AND d.state = 'open' AND d.id != k.id)"""

# Of every open call, whenever one looks.
OPEN = {
    "open without consent": NO_CONSENT,
    "two open calls of one client": DOUBLED,
    "open without its one activity": NO_ACTIVITY,
    "open though the client left": LEFT,
    "open about what is booked": BOOKED_NEED,
    "open about what is no longer offered": NOT_OFFERED,
}
# Of calls that the day's job has just opened.
OPENED = {
    "opened near a visit": NEAR_VISIT,
    "opened before earliest": TOO_EARLY,
    "opened for who never answers": NEVER_ANSWERS,
    "opened again too soon": NO_REST,
    "opened though left out by chance": BY_CHANCE,
}
# Of a call at the moment at which somebody dials it.
DIALLED = {
    "dialled without consent": NO_CONSENT,
    "dialled within the contact gap": IN_GAP,
    "dialled near a visit": NEAR_VISIT,
    "dialled before earliest": TOO_EARLY,
    "dialled though the client left": LEFT,
    "dialled though left out by chance": BY_CHANCE,
    "dialled about what is booked": BOOKED_NEED,
    "dialled about what is no longer offered": NOT_OFFERED,
}
OVER_QUOTA = """
    SELECT o.id, COUNT(*)
      FROM salon_call k
      JOIN year_clock c ON c.company_id = k.company_id AND k.opened_date = c.day
      JOIN res_company o ON o.id = k.company_id
     WHERE o.salon_daily_quota > 0
  GROUP BY o.id, o.salon_daily_quota HAVING COUNT(*) > o.salon_daily_quota"""
AWAY_THOUGH_BOOKED = """
    SELECT s.partner_id, s.company_id, s.segment
      FROM salon_client_standing s
      JOIN year_clock c ON c.company_id = s.company_id
     WHERE s.segment IN ('at_risk', 'lost') AND EXISTS (
           SELECT FROM salon_visit v
            WHERE v.partner_id = s.partner_id AND v.company_id = s.company_id
              AND v.state IN ('booked', 'confirmed', 'arrived') AND v.date >= c.day)"""
# Everything a reminder says that follows from visits and cycles.
REMINDERS = """
    SELECT partner_id, company_id, cycle_id, course_id, state, last_date, visit_count,
           year_visits, rhythm_days, gap_count, usual_weekday, booked_date,
           earliest_date, due_date, call_date, late_date, lapse_date
      FROM salon_reminder ORDER BY id"""


def union(rules, condition):
    """One statement for several rules: the name of each that a call breaks."""
    return " UNION ALL ".join(
        f"SELECT '{name}', k.id, k.kind {FROM} WHERE {condition} AND ({broken})"
        for name, broken in rules.items()
    )


class Checks:
    """Counts what breaks a rule, each call once per rule, and keeps the first few."""

    STATEMENTS = {
        "open": union(OPEN, "k.state = 'open'"),
        "opened": union(OPENED, "k.opened_date = c.day AND k.state = 'open'"),
        "dialled": union(DIALLED, "k.id = %(call)s"),
    }

    def __init__(self):
        self.broken = defaultdict(dict)

    def note(self, rule, key, **more):
        self.broken[rule].setdefault(key, more)

    def count(self):
        """{rule: how often it was broken}"""
        return {rule: len(keys) for rule, keys in self.broken.items()}

    def examples(self):
        """{rule: its first three cases}"""
        return {
            rule: [{"id": key, **more} for key, more in list(keys.items())[:3]]
            for rule, keys in self.broken.items()
        }

    def look(self, cr, which, **values):
        """Ask the rules of one moment."""
        cr.execute(self.STATEMENTS[which], values)
        found = cr.fetchall()
        if found:
            cr.execute("SELECT MIN(now) FROM year_clock")
            [moment] = cr.fetchone()
            for rule, call_id, kind in found:
                self.note(rule, call_id, kind=kind, at=str(moment))

    def look_at_quota(self, cr):
        cr.execute(OVER_QUOTA)
        for row in cr.fetchall():
            self.note("more calls than the quota", row)

    def look_at_segments(self, cr):
        cr.execute(AWAY_THOUGH_BOOKED)
        for row in cr.fetchall():
            self.note("away though a visit is booked", row)


def read_reminders(cr):
    cr.execute(REMINDERS)
    return cr.fetchall()
