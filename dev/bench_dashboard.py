"""What the browser asks when the dashboard opens, and the same by hand."""

import json
from datetime import timedelta

from dev import project

FILE = project.ROOT / project.ADDON / "data" / "files" / "salon_dashboard.json"
# The period that the dashboard begins with.
DAYS = 90


def ask(env):
    """Put every question of the dashboard, one after the other."""
    today = env.company._salon_today()
    data = json.loads(FILE.read_text())
    for pivot in data["pivots"].values():
        model = env[pivot["model"]]
        measures = [spec(model, measure["fieldName"]) for measure in pivot["measures"]]
        groupby = [row["fieldName"] for row in pivot["rows"]]
        model.formatted_read_group(
            [*pivot["domain"], *period(pivot["fieldMatching"], today)],
            groupby,
            ["__count", *measures],
        )
    for chart in charts(data):
        model = env[chart["metaData"]["resModel"]]
        model.formatted_read_group(
            [*chart["searchParams"]["domain"], *period(chart["fieldMatching"], today)],
            chart["metaData"]["groupBy"],
            ["__count", spec(model, chart["metaData"]["measure"])],
        )
    for one in data["lists"].values():
        env[one["model"]].web_search_read(
            one["domain"], {name: {} for name in one["columns"]}, limit=10
        )


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


VISITS = """
    SELECT {key} COUNT(DISTINCT CASE WHEN v.is_purchase IS NOT TRUE THEN v.id END),
           SUM(l.amount)
      FROM salon_visit v
 LEFT JOIN salon_visit_line l ON l.visit_id = v.id
 LEFT JOIN product_product p ON p.id = l.product_id
 LEFT JOIN product_template t ON t.id = p.product_tmpl_id
     WHERE v.state = 'done' AND v.company_id = ANY (%(companies)s)
       AND v.date > %(today)s - {first} AND v.date <= %(today)s - {last} {group}"""
NEW = """
    SELECT {key} COUNT(*), SUM(amount)
      FROM (SELECT company_id, partner_id, SUM(amount_total) AS amount,
                   MIN(date) FILTER (WHERE is_purchase IS NOT TRUE) AS first
              FROM salon_visit
             WHERE state = 'done' AND partner_id IS NOT NULL
               AND company_id = ANY (%(companies)s)
          GROUP BY 1, 2) c
      JOIN res_partner p ON p.id = c.partner_id
     WHERE first > %(today)s - {first} AND first <= %(today)s - {last} {group}"""
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
    NEW.format(**NOW, **ALL),
    NEW.format(**BEFORE, **ALL),
    NEW.format(**NOW, **by("p.salon_source_id")),
    BOOKINGS.format(**NOW),
    BOOKINGS.format(**BEFORE),
    CALLS.format(**NOW),
    CALLS.format(**NOW),
    CALLS.format(**BEFORE),
    """SELECT COUNT(*) FROM salon_client_standing
        WHERE segment IN ('regular', 'key') AND company_id = ANY (%(companies)s)""",
    """SELECT SUM((state IN ('due', 'late'))::int) FROM salon_reminder
        WHERE state != 'idle' AND company_id = ANY (%(companies)s)""",
]
