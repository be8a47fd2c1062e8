"""Every report page at 1,000,000 visit lines, beside bare SQL of the same question."""

import time
from datetime import date, timedelta

from dev import bench_dashboard as dashboard
from dev.benches import engine

RUNS = 5
STYLISTS = 12
SOURCES = 6
TABLES = (
    "res_partner",
    "salon_visit",
    "salon_visit_line",
    "salon_reminder",
    "salon_call",
    "salon_call_attempt",
    "salon_client_standing",
    "salon_client_zone",
    "salon_segment_move",
)


# ---- data ----------------------------------------------------------------------


def build(env, scale):
    """The engine's three salons, with stylists, sources and attempts to call."""
    engine.build(env, scale)
    companies = env["res.company"].search([], order="id")
    zones = env["salon.zone"].create([{"name": f"Zone {n}"} for n in range(5)])
    templates = env["product.template"].search([("salon_kind", "=", "service")])
    for number, template in enumerate(templates):
        template.salon_zone_id = zones[number % len(zones)]
    stylists = env["resource.resource"].create(
        [
            {
                "name": f"Stylist {number}",
                "is_stylist": True,
                "company_id": company.id,
                "calendar_id": company.resource_calendar_id.id,
            }
            for company in companies
            for number in range(STYLISTS)
        ]
    )
    sources = env["utm.source"].create(
        [{"name": f"Bench source {n}"} for n in range(SOURCES)]
    )
    for company in companies:
        company.salon_daily_quota = 0
    make_boss(env, companies)
    env.flush_all()
    values = {
        "stylists": stylists.ids,
        "companies": companies.ids,
        "sources": sources.ids,
        "outcomes": env["salon.call.outcome"].search([]).ids,
        "uid": env.uid,
    }
    for statement in (PARTNER_SQL, VISIT_SQL, LINE_SQL, CALL_SQL, ATTEMPT_SQL):
        env.cr.execute(statement, values)
    env.invalidate_all()
    env["salon.client.standing"]._refresh(companies)
    engine.vacuum(env, *TABLES)


def make_boss(env, companies):
    manager = env.ref("salon_reminders.group_manager")
    env["res.users"].create(
        {
            "name": "Manager",
            "login": "bench_boss",
            "company_id": companies[0].id,
            "company_ids": companies.ids,
            "group_ids": [(4, manager.id)],
        }
    )


PARTNER_SQL = """
    UPDATE res_partner
       SET salon_source_id = (%(sources)s::int[])[1 + id %% cardinality(%(sources)s)]
     WHERE is_salon_client AND id %% 9 > 0"""

# Spread over three years; one in nine missed or cancelled, entered days before.
VISIT_SQL = """
    UPDATE salon_visit
       SET stylist_id = (%(stylists)s::int[])[
               1 + (array_position(%(companies)s::int[], company_id) - 1) * 12
                 + (partner_id + id %% 7 / 6) %% 12],
           date = date - partner_id %% 3 * 300,
           start = start - partner_id %% 3 * interval '300 days',
           stop = stop - partner_id %% 3 * interval '300 days',
           state = CASE WHEN id %% 18 = 0 THEN 'no_show'
                        WHEN id %% 18 = 9 THEN 'cancelled' ELSE 'done' END,
           create_date = start - partner_id %% 3 * interval '300 days'
                       - id %% 40 * interval '1 day'"""

LINE_SQL = """
    UPDATE salon_visit_line l SET stylist_id = v.stylist_id
      FROM salon_visit v WHERE v.id = l.visit_id"""

CALL_SQL = """
    INSERT INTO salon_call (
        partner_id, company_id, state, state_order, kind, priority, date, opened_date,
        value, create_uid, write_uid, create_date, write_date)
    SELECT partner_id, company_id, 'done', 1, 'reminder', '0', date, date, 100,
           %(uid)s, %(uid)s, now(), now()
      FROM salon_visit WHERE id %% 5 = 0"""

ATTEMPT_SQL = """
    INSERT INTO salon_call_attempt (
        call_id, partner_id, company_id, user_id, outcome_id, date, create_uid,
        write_uid, create_date, write_date)
    SELECT c.id, c.partner_id, c.company_id, %(uid)s,
           (%(outcomes)s::int[])[1 + (c.id + n) %% cardinality(%(outcomes)s)],
           c.date + time '08:00' + (c.id + n) %% 10 * interval '1 hour',
           %(uid)s, %(uid)s, now(), now()
      FROM salon_call c CROSS JOIN generate_series(1, 2) AS n"""


# ---- the pages --------------------------------------------------------------------


def first_of_month(months):
    day = date.today()
    for _month in range(months):
        day = day.replace(day=1) - timedelta(days=1)
    return day.replace(day=1).isoformat()


WINDOWS = ("back_30", "back_60", "back_90", "back_180", "second_visit", "third_visit")


def pages():
    """{page: what the browser asks when the menu is opened}."""
    year, period = first_of_month(12), first_of_month(18)
    recent = [("date", ">=", year)]
    done = [("state", "=", "done"), *recent]
    cohort = [f"{name}:{how}" for name in WINDOWS for how in ("sum", "count")]
    return {
        "visits": group("salon.visit.report", done, ["date:month", "zone_id"]),
        "cancellations": group(
            *("salon.booking.report", recent, ["date:month", "state"]),
            ["visit_count:sum"],
        ),
        "reminders": group(
            "salon.reminder.report",
            [("state", "in", ["due", "late", "lapsed", "booked"])],
            ["zone_id", "state"],
            ["__count"],
        ),
        "calls": group(
            *("salon.call.report", recent, ["hour", "outcome_id"]),
            ["attempt_count:sum"],
        ),
        "retention": group(
            "salon.retention.report",
            [("kind", "=", "new"), ("date", ">=", period)],
            ["date:month"],
            cohort,
        ),
        "clients": group("salon.client.report", [], ["status"], ["client_count:sum"]),
        "stylists": rows("salon.stylist.report"),
        "sources": rows("salon.source.report"),
        "dashboard": dashboard.ask,
    }


def group(model, domain, groupby, aggregates=("amount:sum",)):
    def ask(env):
        return env[model].formatted_read_group(
            domain, groupby, ["__count", *aggregates]
        )

    return ask


def rows(model):
    def ask(env):
        return env[model].web_search_read(
            [], {name: {} for name in env[model]._fields if name != "id"}, limit=80
        )

    return ask


def open_pages(env):
    """The fastest of a few runs of each page, and of the bare SQL, in turns."""
    boss = env["res.users"].search([("login", "=", "bench_boss")])
    companies = boss.company_ids
    boss_env = env(user=boss, context={"allowed_company_ids": companies.ids})
    env.cr.execute("SELECT COUNT(*) FROM salon_visit_line")
    figures = {"lines": env.cr.fetchone()[0]}
    values = {
        "companies": companies.ids,
        "today": env.company._salon_today(),
        "year": first_of_month(12),
        "period": first_of_month(18),
    }
    for name, ask in pages().items():
        page, bare = [], []
        for _run in range(RUNS):
            page.append(seconds(boss_env, lambda ask=ask: ask(boss_env)))
            bare.append(seconds(env, lambda name=name: ask_bare(env, name, values)))
        figures[name] = [min(page), min(bare)]
    for name, ask in pages_alone().items():
        figures[name] = min(
            seconds(boss_env, lambda ask=ask: ask(boss_env)) for _run in range(RUNS)
        )
    return figures


def pages_alone():
    """{page: what it asks} of the pages that no single question stands beside."""
    return {
        "dashboard_sum": dashboard.ask_in_turn,
        "start_page": lambda env: env["salon.start.page"].get_tiles(),
        "quiet_hours": lambda env: env["salon.load"].get_load(),
        "monthly_report": print_month,
    }


def print_month(env):
    """Put the monthly report together; drawing the PDF is not ours."""
    doc = env["salon.month.report"].create({})
    env["ir.actions.report"]._render_qweb_html("salon_reminders.month_report", doc.ids)


def seconds(env, function):
    env.invalidate_all()
    started = time.perf_counter()
    function()
    return time.perf_counter() - started


def ask_bare(env, name, values):
    if name == "dashboard":
        return dashboard.ask_bare(env, BARE[name], values)
    env.cr.execute(dashboard.SETTINGS)
    for statement in BARE[name]:
        env.cr.execute(statement, values)
        env.cr.fetchall()


def run(context, scale):
    template = context.template(build)
    context.say("Opening the reports ...")
    with context.copy(template) as database:
        done = context.measure(open_pages, database)
    figures = {"visit_lines": context.figure(done.pop("lines"), "lines")}
    for name in BARE:
        page, bare = done[name]
        figures[f"{name}_ms"] = context.figure(page * 1000, "ms", bare * 1000)
    for name in pages_alone():
        figures[f"{name}_ms"] = context.figure(done[name] * 1000, "ms")
    return figures


# ---- the same questions by hand ------------------------------------------------------

BARE = {
    "visits": """SET LOCAL random_page_cost TO 1.1;
        SELECT date_trunc('month', v.date), t.salon_zone_id, COUNT(*), SUM(l.amount)
          FROM salon_visit v
     LEFT JOIN salon_visit_line l ON l.visit_id = v.id
     LEFT JOIN product_product p ON p.id = l.product_id
     LEFT JOIN product_template t ON t.id = p.product_tmpl_id
         WHERE v.state = 'done' AND v.date >= %(year)s
           AND v.company_id = ANY (%(companies)s)
      GROUP BY 1, 2""",
    "cancellations": """
        SELECT date_trunc('month', date), state, COUNT(*)
          FROM salon_visit
         WHERE state IN ('done', 'no_show', 'cancelled') AND NOT is_purchase
           AND date >= %(year)s AND company_id = ANY (%(companies)s)
      GROUP BY 1, 2""",
    "reminders": """
        SELECT z.name, r.state, COUNT(*)
          FROM salon_reminder r
          JOIN salon_cycle c ON c.id = r.cycle_id
     LEFT JOIN salon_zone z ON z.id = c.zone_id
         WHERE r.state IN ('due', 'late', 'lapsed', 'booked')
           AND r.company_id = ANY (%(companies)s)
      GROUP BY z.id, r.state
      ORDER BY z.sequence, z.name""",
    "calls": """
        SELECT to_char(date AT TIME ZONE 'UTC' AT TIME ZONE 'Europe/Budapest', 'HH24'),
               outcome_id, COUNT(*)
          FROM salon_call_attempt
         WHERE (date AT TIME ZONE 'UTC' AT TIME ZONE 'Europe/Budapest')::date
               >= %(year)s AND company_id = ANY (%(companies)s)
      GROUP BY 1, 2""",
    "retention": """
        SELECT date_trunc('month', date), COUNT(*),
               COUNT(*) FILTER (WHERE next <= date + 30 AND date + 30 < %(today)s),
               COUNT(*) FILTER (WHERE date + 30 < %(today)s),
               COUNT(*) FILTER (WHERE next <= date + 60 AND date + 60 < %(today)s),
               COUNT(*) FILTER (WHERE date + 60 < %(today)s),
               COUNT(*) FILTER (WHERE next <= date + 90 AND date + 90 < %(today)s),
               COUNT(*) FILTER (WHERE date + 90 < %(today)s),
               COUNT(*) FILTER (WHERE next <= date + 180 AND date + 180 < %(today)s),
               COUNT(*) FILTER (WHERE date + 180 < %(today)s),
               COUNT(*) FILTER (WHERE next <= date + 365 AND date + 365 < %(today)s),
               COUNT(*) FILTER (WHERE date + 365 < %(today)s),
               COUNT(*) FILTER (WHERE third <= date + 365 AND date + 365 < %(today)s)
          FROM (SELECT date, ROW_NUMBER() OVER w AS nth, LEAD(date) OVER w AS next,
                       LEAD(date, 2) OVER w AS third
                  FROM (SELECT DISTINCT company_id, partner_id, date
                          FROM salon_visit
                         WHERE state = 'done' AND is_purchase IS NOT TRUE
                           AND partner_id IS NOT NULL
                           AND company_id = ANY (%(companies)s)) d
                WINDOW w AS (PARTITION BY company_id, partner_id ORDER BY date)) v
         WHERE nth = 1 AND date >= %(period)s
      GROUP BY 1""",
    "clients": """
        SELECT CASE WHEN last + COALESCE(days, 90) < %(today)s
                     AND NOT EXISTS (
                        SELECT FROM salon_visit b
                         WHERE b.partner_id = v.partner_id AND b.date >= %(today)s
                           AND b.company_id = v.company_id
                           AND b.state NOT IN ('done', 'no_show', 'cancelled'))
                    THEN 'lost' WHEN visits >= 3 THEN 'regular' ELSE 'new' END, COUNT(*)
          FROM (SELECT company_id, partner_id, MAX(date) AS last,
                       COUNT(DISTINCT date) AS visits,
                       (array_agg(id ORDER BY date DESC, id))[1] AS last_id
                  FROM salon_visit
                 WHERE state = 'done' AND is_purchase IS NOT TRUE
                   AND partner_id IS NOT NULL AND company_id = ANY (%(companies)s)
              GROUP BY 1, 2) v
    CROSS JOIN LATERAL (
            SELECT MAX(c.lapse_days) AS days
              FROM salon_visit_line l
              JOIN product_product p ON p.id = l.product_id
              JOIN salon_cycle_product_rel r ON r.product_tmpl_id = p.product_tmpl_id
              JOIN salon_cycle c ON c.id = r.cycle_id
             WHERE l.visit_id = v.last_id AND l.quantity > 0) need
      GROUP BY 1""",
    "stylists": """
        WITH made AS (
            SELECT v.company_id, v.partner_id, v.stylist_id, v.id, v.date, v.state,
                   (v.create_date AT TIME ZONE 'UTC'
                    AT TIME ZONE 'Europe/Budapest')::date AS entered
              FROM salon_visit v
             WHERE v.company_id = ANY (%(companies)s) AND NOT v.is_purchase
               AND v.partner_id IS NOT NULL),
        day AS (
            SELECT d.*, need.cycle_id, COALESCE(need.lapse_days, 90) AS days,
                   m.stylist_id
              FROM (SELECT *, ROW_NUMBER() OVER w AS nth, LEAD(date) OVER w AS next
                      FROM (SELECT company_id, partner_id, date, MIN(id) AS id
                              FROM made WHERE state = 'done' GROUP BY 1, 2, 3) d
                    WINDOW w AS (PARTITION BY company_id, partner_id ORDER BY date)) d
              JOIN salon_visit m ON m.id = d.id
         LEFT JOIN LATERAL (
                SELECT c.id AS cycle_id, c.lapse_days
                  FROM salon_visit_line l
                  JOIN product_product p ON p.id = l.product_id
                  JOIN salon_cycle_product_rel r
                    ON r.product_tmpl_id = p.product_tmpl_id
                  JOIN salon_cycle c ON c.id = r.cycle_id
                 WHERE l.visit_id = d.id AND l.quantity > 0
              ORDER BY 2 DESC, 1 LIMIT 1) need ON TRUE
             WHERE (nth = 1 OR next IS NULL)
               AND d.date >= %(today)s::date - interval '12 months'),
        first AS (
            SELECT stylist_id, cycle_id, COUNT(*) AS n,
                   COUNT(*) FILTER (WHERE next <= date + days) AS back
              FROM day WHERE nth = 1 AND date + days < %(today)s GROUP BY 1, 2),
        again AS (
            SELECT day.stylist_id, COUNT(*)
              FROM day
             WHERE nth = 1 AND date + days < %(today)s AND EXISTS (
                SELECT FROM salon_visit a
                 WHERE a.partner_id = day.partner_id AND a.state = 'done'
                   AND a.company_id = day.company_id AND NOT a.is_purchase
                   AND a.stylist_id = day.stylist_id AND a.date > day.date
                   AND a.date <= day.date + day.days)
          GROUP BY 1),
        gone AS (
            SELECT stylist_id, COUNT(*) FROM day
             WHERE next IS NULL AND date + days < %(today)s AND NOT EXISTS (
                SELECT FROM salon_visit b
                 WHERE b.partner_id = day.partner_id AND b.date >= %(today)s
                   AND b.company_id = day.company_id
                   AND b.state NOT IN ('done', 'no_show', 'cancelled'))
          GROUP BY 1),
        booked AS (
            SELECT stylist_id, COUNT(*) FILTER (WHERE entered <= date) AS known,
                   COUNT(*) FILTER (WHERE entered <= date AND next <= date) AS rebooked
              FROM (SELECT *, MIN(entered) OVER (
                           PARTITION BY company_id, partner_id ORDER BY date
                           GROUPS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS next
                      FROM made
                     WHERE date >= %(today)s::date - interval '12 months') v
             WHERE state = 'done' GROUP BY 1),
        money AS (
            SELECT COALESCE(l.stylist_id, v.stylist_id), SUM(l.amount) AS sold,
                   SUM(l.amount) FILTER (WHERE t.salon_kind = 'retail') AS retail
              FROM salon_visit v
              JOIN salon_visit_line l ON l.visit_id = v.id
              JOIN product_product p ON p.id = l.product_id
              JOIN product_template t ON t.id = p.product_tmpl_id
             WHERE v.state = 'done' AND v.company_id = ANY (%(companies)s)
               AND v.date >= %(today)s::date - interval '12 months'
          GROUP BY 1)
        SELECT (SELECT COUNT(*) FROM first), (SELECT COUNT(*) FROM again),
               (SELECT COUNT(*) FROM gone), (SELECT SUM(known) FROM booked),
               (SELECT SUM(sold) FROM money)""",
    "sources": """
        WITH client AS (
            SELECT company_id, partner_id,
                   MIN(date) FILTER (WHERE is_purchase IS NOT TRUE) AS first,
                   COUNT(DISTINCT date) FILTER (WHERE is_purchase IS NOT TRUE) AS n,
                   SUM(amount_total) AS amount
              FROM salon_visit
             WHERE state = 'done' AND partner_id IS NOT NULL
               AND company_id = ANY (%(companies)s)
          GROUP BY 1, 2
            HAVING MIN(date) FILTER (WHERE is_purchase IS NOT TRUE)
                   >= %(today)s::date - interval '24 months'),
        year AS (
            SELECT c.company_id, c.partner_id, SUM(v.amount_total) AS amount
              FROM client c
              JOIN salon_visit v USING (company_id, partner_id)
             WHERE v.state = 'done' AND c.first + 365 <= %(today)s
               AND v.date BETWEEN c.first AND c.first + 364
          GROUP BY 1, 2)
        SELECT client.company_id, p.salon_source_id, COUNT(*), SUM(client.n),
               SUM(client.amount), AVG(year.amount)
          FROM client
          JOIN res_partner p ON p.id = client.partner_id
     LEFT JOIN year ON year.company_id = client.company_id
                   AND year.partner_id = client.partner_id
      GROUP BY 1, 2""",
}
BARE = {name: [statement] for name, statement in BARE.items()}
BARE["dashboard"] = [*dashboard.BARE, *BARE["retention"]]
