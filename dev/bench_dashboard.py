"""What the browser asks when the dashboard opens, and the same by hand.

A browser has six requests under way with a server at most and puts the rest when one
of them is answered. So does this: six threads, each question in a transaction of its
own, on as many processors as there are. The bare statements are asked in the same
way. What all of it costs the server shows when one question is put after the other.
"""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from dev import project

FILE = project.ROOT / "salon_reminders_dashboard/data/files/salon_dashboard.json"
# The period that the dashboard begins with.
DAYS = 90
AT_ONCE = 6
# The bare statements are given what the reports give themselves.
SETTINGS = """SET LOCAL jit TO off; SET LOCAL work_mem TO '64MB';
    SET LOCAL random_page_cost TO DEFAULT"""


def ask(env):
    """Put every question of the dashboard as a browser does."""
    at_once(env, questions(env))


def ask_in_turn(env):
    """Put every question of the dashboard, one after the other."""
    for question in questions(env):
        question(env)


def ask_bare(env, statements, values):
    """Put bare statements as a browser puts its questions."""

    def bare(statement):
        def question(env):
            env.cr.execute(SETTINGS)
            env.cr.execute(statement, values)
            env.cr.fetchall()

        return question

    at_once(env, [bare(statement) for statement in statements])


def at_once(env, questions):
    def answer(question):
        with env.registry.cursor() as cr:
            question(env(cr=cr))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(answer, questions))


def questions(env):
    """The questions, in the order of the file, as functions of an environment."""
    today = env.company._salon_today()
    data = json.loads(FILE.read_text())
    found = []
    for pivot in data["pivots"].values():
        names = [measure["fieldName"] for measure in pivot["measures"]]
        groupby = [row["fieldName"] for row in pivot["rows"]]
        domain = [*pivot["domain"], *period(pivot["fieldMatching"], today)]
        found.append(grouped(pivot["model"], domain, groupby, names))
    for chart in charts(data):
        about = chart["metaData"]
        domain = chart["searchParams"]["domain"]
        domain = [*domain, *period(chart["fieldMatching"], today)]
        found.append(
            grouped(about["resModel"], domain, about["groupBy"], [about["measure"]])
        )
    found += [listed(data, one) for one in data["lists"].values()]
    return found


def grouped(name, domain, groupby, measures):
    def question(env):
        model = env[name]
        specs = ["__count", *(spec(model, measure) for measure in measures)]
        model.formatted_read_group(domain, groupby, specs)

    return question


def listed(data, one):
    """A list asks for as many rows as the sheets show."""
    cells = [cell for sheet in data["sheets"] for cell in sheet["cells"].values()]
    found = [re.findall(rf"ODOO\.LIST\({one['id']},(\d+),", cell) for cell in cells]
    limit = max(int(number) for numbers in found for number in numbers)
    # As the spreadsheet does: the sorted columns, names of related records.
    order = ", ".join(
        f"{by['name']} {'asc' if by['asc'] else 'desc'}" for by in one["orderBy"]
    )

    def question(env):
        model = env[one["model"]]
        fields = {
            name: {"fields": {"display_name": {}}}
            if model._fields[name].relational
            else {}
            for name in one["columns"]
        }
        model.web_search_read(one["domain"], fields, limit=limit, order=order)

    return question


def charts(data):
    figures = [
        figure["data"] for sheet in data["sheets"] for figure in sheet["figures"]
    ]
    return [figure for figure in figures if "metaData" in figure]


def spec(model, name):
    if name == "__count":
        return name
    return f"{name}:{model._fields[name].aggregator}"


def period(matching, today):
    """The condition that the filter of the period puts on a question."""
    match = next((match for match in matching.values() if "offset" in match), None)
    if not match:
        return []
    end = today + timedelta(days=DAYS * match["offset"])
    return [
        (match["chain"], ">", str(end - timedelta(days=DAYS))),
        (match["chain"], "<=", str(end)),
    ]


VISITS = """SET LOCAL random_page_cost TO 1.1;
    SELECT {key} COUNT(DISTINCT CASE WHEN v.is_purchase IS NOT TRUE THEN v.id END),
           SUM(l.amount)
      FROM salon_visit v
 LEFT JOIN salon_visit_line l ON l.visit_id = v.id
 LEFT JOIN product_product p ON p.id = l.product_id
 LEFT JOIN product_template t ON t.id = p.product_tmpl_id
     WHERE v.state = 'done' AND v.company_id = ANY (%(companies)s)
       AND v.date > %(today)s - {first} AND v.date <= %(today)s - {last} {group}"""
NEW = """
    SELECT COUNT(*)
      FROM (SELECT MIN(date) AS first
              FROM salon_visit
             WHERE state = 'done' AND is_purchase IS NOT TRUE
               AND partner_id IS NOT NULL AND company_id = ANY (%(companies)s)
          GROUP BY company_id, partner_id) c
     WHERE first > %(today)s - {first} AND first <= %(today)s - {last}"""
GAINED = """
    SELECT p.salon_source_id, COUNT(*), SUM(amount)
      FROM (SELECT company_id, partner_id, SUM(amount_total) AS amount,
                   MIN(date) FILTER (WHERE is_purchase IS NOT TRUE) AS first
              FROM salon_visit
             WHERE state = 'done' AND partner_id IS NOT NULL
               AND company_id = ANY (%(companies)s)
          GROUP BY 1, 2) c
      JOIN res_partner p ON p.id = c.partner_id
     WHERE first > %(today)s - {first} AND first <= %(today)s - {last}
  GROUP BY 1"""
BOOKINGS = """
    SELECT AVG((state = 'no_show')::int), AVG((state = 'cancelled')::int)
      FROM salon_visit
     WHERE state IN ('done', 'no_show', 'cancelled') AND NOT is_purchase
       AND company_id = ANY (%(companies)s)
       AND date > %(today)s - {first} AND date <= %(today)s - {last}"""
CALLS = """
    SELECT a.outcome_id, COUNT(*), COUNT(*) FILTER (WHERE o.kind = 'booked')
      FROM salon_call_attempt a
      JOIN salon_call_outcome o ON o.id = a.outcome_id
     WHERE a.company_id = ANY (%(companies)s)
       AND (a.date AT TIME ZONE 'UTC' AT TIME ZONE 'Europe/Budapest')::date
           > %(today)s - {first}
       AND (a.date AT TIME ZONE 'UTC' AT TIME ZONE 'Europe/Budapest')::date
           <= %(today)s - {last}
  GROUP BY 1"""
# What came of first visits, and how visits were rated: the list shows no more.
STYLISTS = """
    WITH opening AS (
        SELECT company_id, partner_id, MIN(date) AS date
          FROM salon_visit
         WHERE state = 'done' AND is_purchase IS NOT TRUE AND partner_id IS NOT NULL
           AND company_id = ANY (%(companies)s)
      GROUP BY 1, 2 HAVING MIN(date) >= %(today)s::date - interval '12 months'),
    first AS (
        SELECT o.*, v.stylist_id, need.cycle_id, COALESCE(need.lapse_days, 90) AS days
          FROM opening o
    CROSS JOIN LATERAL (
            SELECT id, stylist_id
              FROM salon_visit v
             WHERE v.company_id = o.company_id AND v.partner_id = o.partner_id
               AND v.date = o.date AND state = 'done' AND is_purchase IS NOT TRUE
          ORDER BY id LIMIT 1) v
     LEFT JOIN LATERAL (
            SELECT c.id AS cycle_id, c.lapse_days
              FROM salon_visit_line l
              JOIN product_product p ON p.id = l.product_id
              JOIN salon_cycle_product_rel r ON r.product_tmpl_id = p.product_tmpl_id
              JOIN salon_cycle c ON c.id = r.cycle_id
             WHERE l.visit_id = v.id AND l.quantity > 0
          ORDER BY 2 DESC, 1 LIMIT 1) need ON TRUE),
    kept AS (
        SELECT company_id, stylist_id, cycle_id, COUNT(*) AS known,
               COUNT(*) FILTER (WHERE EXISTS (
                    SELECT FROM salon_visit v
                     WHERE v.company_id = f.company_id AND v.partner_id = f.partner_id
                       AND v.date > f.date AND v.date <= f.date + f.days
                       AND state = 'done' AND is_purchase IS NOT TRUE)) AS back
          FROM first f WHERE f.date + f.days < %(today)s GROUP BY 1, 2, 3),
    rated AS (
        SELECT company_id, stylist_id, COUNT(rating), AVG(rating::int)
          FROM salon_visit
         WHERE state = 'done' AND is_purchase IS NOT TRUE AND partner_id IS NOT NULL
           AND company_id = ANY (%(companies)s)
           AND date >= %(today)s::date - interval '12 months'
      GROUP BY 1, 2)
    SELECT * FROM rated JOIN kept USING (company_id, stylist_id)"""
NOW = {"first": DAYS, "last": 0}
BEFORE = {"first": 2 * DAYS, "last": DAYS}
ALL = {"key": "", "group": ""}


def by(*keys):
    columns = ", ".join(keys)
    return {"key": f"{columns},", "group": f"GROUP BY {columns}"}


BARE = [
    VISITS.format(**NOW, **ALL),
    VISITS.format(**BEFORE, **ALL),
    VISITS.format(**NOW, **by("l.product_id")),
    VISITS.format(**NOW, **by("date_trunc('month', v.date)", "t.salon_zone_id")),
    VISITS.format(**NOW, **by("EXTRACT(ISODOW FROM v.date)")),
    NEW.format(**NOW),
    NEW.format(**BEFORE),
    GAINED.format(**NOW),
    BOOKINGS.format(**NOW),
    BOOKINGS.format(**BEFORE),
    CALLS.format(**NOW),
    CALLS.format(**NOW),
    CALLS.format(**BEFORE),
    """SELECT COUNT(*) FROM salon_client_standing
        WHERE segment IN ('regular', 'key') AND company_id = ANY (%(companies)s)""",
    """SELECT SUM((state IN ('due', 'late'))::int) FROM salon_reminder
        WHERE state != 'idle' AND company_id = ANY (%(companies)s)""",
    STYLISTS,
]
