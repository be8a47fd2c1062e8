"""The figures of a lived year, and the table that tells them."""

from .year_people import ASSUMED

CALLABLE = "('due', 'late', 'lapsed')"


def follow_waits(cr):
    """Since when, and until when, who is due has waited for a place on the list."""
    cr.execute(
        """UPDATE year_wait w SET until = c.day
             FROM year_clock c
            WHERE c.company_id = w.company_id AND w.until IS NULL AND NOT EXISTS (
                  SELECT FROM salon_reminder r
                   WHERE r.partner_id = w.partner_id AND r.hold = 'quota'
                     AND r.company_id = w.company_id)"""
    )
    cr.execute(
        """INSERT INTO year_wait (partner_id, company_id, since)
           SELECT DISTINCT r.partner_id, r.company_id, c.day
             FROM salon_reminder r JOIN year_clock c USING (company_id)
            WHERE r.hold = 'quota' AND NOT EXISTS (
                  SELECT FROM year_wait w
                   WHERE w.partner_id = r.partner_id AND w.until IS NULL
                     AND w.company_id = r.company_id)"""
    )


def follow_spells(cr):
    """How it ends for each client that something is due."""
    cr.execute(
        f"""UPDATE year_spell s
               SET until = c.day, ended = CASE WHEN EXISTS ({ANSWERED})
                                               THEN 'spoken to' ELSE 'came' END
              FROM year_clock c
             WHERE c.company_id = s.company_id AND s.until IS NULL
               AND (EXISTS ({ANSWERED}) OR NOT EXISTS ({DUE}))"""
    )
    cr.execute(
        f"""INSERT INTO year_spell (partner_id, company_id, since)
            SELECT DISTINCT r.partner_id, r.company_id, c.day
              FROM salon_reminder r JOIN year_clock c USING (company_id)
             WHERE r.state IN {CALLABLE}
               AND (r.skip_until IS NULL OR r.skip_until <= c.day)
               AND NOT EXISTS (
                   SELECT FROM year_spell s
                    WHERE s.partner_id = r.partner_id AND s.until IS NULL
                      AND s.company_id = r.company_id)"""
    )


DUE = f"""
    SELECT FROM salon_reminder r
     WHERE r.partner_id = s.partner_id AND r.company_id = s.company_id
       AND r.state IN {CALLABLE}"""
ANSWERED = """
    SELECT FROM salon_call_attempt a
      JOIN salon_call_outcome e ON e.id = a.outcome_id
     WHERE a.partner_id = s.partner_id AND a.company_id = s.company_id
       AND a.undone_at IS NULL AND e.kind NOT IN ('no_answer', 'wrong_number')
       AND (a.date AT TIME ZONE 'UTC' AT TIME ZONE c.zone)::date >= s.since"""
# {what the table calls it: how it is counted}
FIGURES = {
    "clients": "SELECT COUNT(*) FROM res_partner WHERE is_salon_client",
    "visits made": """
        SELECT COUNT(*) FROM salon_visit v JOIN year_made m ON m.visit_id = v.id
         WHERE v.state = 'done' AND m.at > (SELECT MIN(at) FROM year_made)""",
    "calls opened": "SELECT COUNT(*) FROM salon_call",
    "calls dialled": """
        SELECT COUNT(DISTINCT call_id) FROM salon_call_attempt
         WHERE undone_at IS NULL""",
    "dials": "SELECT COUNT(*) FROM salon_call_attempt WHERE undone_at IS NULL",
    "calls answered": """
        SELECT COUNT(DISTINCT a.call_id) FROM salon_call_attempt a
          JOIN salon_call_outcome e ON e.id = a.outcome_id
         WHERE a.undone_at IS NULL AND e.kind NOT IN ('no_answer', 'wrong_number')""",
    "calls booked": """
        SELECT COUNT(DISTINCT a.call_id) FROM salon_call_attempt a
          JOIN salon_call_outcome e ON e.id = a.outcome_id
         WHERE a.undone_at IS NULL AND e.kind = 'booked'""",
    "calls unreachable": """
        SELECT COUNT(*) FROM salon_call WHERE close_reason = 'unreachable'""",
    "times a client was due": "SELECT COUNT(*) FROM year_spell",
    "of them spoken to": """
        SELECT COUNT(*) FROM year_spell WHERE ended = 'spoken to'""",
    "of them came or booked without": """
        SELECT COUNT(*) FROM year_spell WHERE ended = 'came'""",
    "most dials to one client": """
        SELECT COALESCE(MAX(n), 0) FROM (
            SELECT COUNT(*) AS n FROM salon_call_attempt
             WHERE undone_at IS NULL GROUP BY partner_id) d""",
    "longest wait for a place, days": """
        SELECT COALESCE(MAX(COALESCE(w.until, c.day) - w.since), 0)
          FROM year_wait w JOIN year_clock c USING (company_id)""",
    "usual wait for a place, days": """
        SELECT COALESCE(percentile_disc(0.5) WITHIN GROUP (
                   ORDER BY COALESCE(w.until, c.day) - w.since), 0)
          FROM year_wait w JOIN year_clock c USING (company_id)""",
}
KINDS = "SELECT kind, COUNT(*) FROM salon_call GROUP BY kind ORDER BY kind"
PER_YEAR = {
    "calls per client and year": "calls dialled",
    "dials per client and year": "dials",
}
SHARES = {
    "share of dialled calls answered": ("calls answered", "calls dialled"),
    "share of answered calls booked": ("calls booked", "calls answered"),
    "share of due clients reached": ("of them spoken to", "times a client was due"),
}


def count(cr, days):
    """{figure: value} of all that was lived through."""
    found = {}
    for name, question in FIGURES.items():
        cr.execute(question)
        [found[name]] = cr.fetchone()
    for name, what in PER_YEAR.items():
        found[name] = round(found[what] / max(found["clients"], 1) * 365 / days, 1)
    for name, (part, whole) in SHARES.items():
        found[name] = round(found[part] / max(found[whole], 1), 2)
    return found


def draw(life):
    """The table of one life, with what it is made of, as lines of text."""
    lines = [f"{life['days']} days, seed {life['seed']}"]
    for title in ("figures", "kinds", "happened", "broken"):
        lines += ["", f"{title}:"]
        lines += [f"  {name:<45}{value:>8}" for name, value in life[title].items()]
    lines += ["", "assumed:"]
    lines += [f"  {name:<45}{value:>8}" for name, value in ASSUMED.items()]
    return "\n".join(lines)
