"""The client card, segments and zones at 100,000 clients, beside bare SQL."""

import time

from dev.benches import engine

ZONES = ("Hair", "Colour", "Nails", "Brows", "Face", "Body")
RUNS = 3
CARDS = 40


# ---- data ----------------------------------------------------------------------


def build(env, scale):
    """The clients and visits of the bench of the engine, at one salon of six zones."""
    values = {
        "clients": max(round(engine.CLIENTS * scale), 100),
        "today": env.company._salon_today(),
        "companies": env.company.ids * 3,
        "uid": env.uid,
    }
    env.company.resource_calendar_id.tz = "Europe/Budapest"
    products = engine.make_services(env)
    zones = env["salon.zone"].create([{"name": name} for name in ZONES])
    for number, product in enumerate(products):
        product.salon_zone_id = zones[number % len(zones)]
    values["products"] = products.ids
    env.flush_all()
    for statement in (
        engine.CLIENT_SQL,
        engine.CONSENT_SQL,
        engine.VISIT_SQL,
        engine.LINE_SQL,
    ):
        env.cr.execute(statement, values)
    analyze(env)
    env["salon.reminder.engine"]._refresh()
    env["salon.client.standing"]._refresh(env.company)
    analyze(env)


def analyze(env):
    engine.analyze(env)
    env.cr.execute(
        "ANALYZE salon_client_standing, salon_client_zone, salon_service_affinity"
    )


# ---- what is measured ------------------------------------------------------------


def segments(env):
    """All segments of the salon from nothing, by the addon and by hand, in turns."""
    return in_turns(
        env,
        "salon_client_standing",
        lambda: env["salon.client.standing"]._refresh_standings(env.company),
        SEGMENT_SQL,
        SEGMENT_COLUMNS,
    )


def zones(env):
    """The whole map of clients and zones from nothing, likewise."""
    return in_turns(
        env,
        "salon_client_zone",
        lambda: env["salon.client.zone"]._refresh_zones(env.company),
        ZONE_SQL,
        ZONE_COLUMNS,
    )


def in_turns(env, table, by_addon, statement, columns):
    """The fastest of a few runs of each, and in how many rows they differ."""
    values = {"today": env.company._salon_today(), "company": env.company.id}
    # The rows of the map follow those of the segments, which must stay.
    env.cr.execute(
        "ALTER TABLE salon_client_zone DROP CONSTRAINT IF EXISTS"
        " salon_client_zone_standing_id_fkey"
    )
    env.cr.execute(f"CREATE TABLE bench_table (LIKE {table} INCLUDING ALL)")
    copy_foreign_keys(env, table)
    addon, bare = [], []
    for _run in range(RUNS):
        addon.append(seconds_of(env, table, by_addon))
        bare.append(
            seconds_of(env, "bench_table", lambda: env.cr.execute(statement, values))
        )
    env.cr.execute(
        f"""SELECT COUNT(*) FROM (
            (SELECT {columns} FROM bench_table EXCEPT SELECT {columns} FROM {table})
            UNION ALL
            (SELECT {columns} FROM {table} EXCEPT SELECT {columns} FROM bench_table)
            ) d"""
    )
    different = env.cr.fetchone()[0]
    again = time.perf_counter()
    by_addon()
    env.cr.commit()
    return {
        "addon": min(addon),
        "bare": min(bare),
        "different": different,
        "again": time.perf_counter() - again,
    }


def copy_foreign_keys(env, table):
    """What LIKE leaves out, and the database checks for every row of ours."""
    env.cr.execute(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conrelid = %s::regclass AND contype = 'f'",
        [table],
    )
    for (definition,) in env.cr.fetchall():
        env.cr.execute(f"ALTER TABLE bench_table ADD {definition}")


def seconds_of(env, table, function):
    env.cr.execute(f"DELETE FROM {table}")
    env.cr.commit()
    engine.vacuum(env, table)
    started = time.perf_counter()
    function()
    env.flush_all()
    env.cr.commit()
    return time.perf_counter() - started


def card(env):
    """Opening the whole form of a client as the reception does, one after the other."""
    reception = make_receptionist(env)
    partners = reception["res.partner"]
    form = partners.get_view(view_type="form")
    specification = get_specification(partners, form)
    ids = partners.search([("is_salon_client", "=", True)], limit=CARDS + 5).ids
    counts, seconds = [], []
    for partner_id in ids:
        env.invalidate_all()
        before, started = env.cr.sql_log_count, time.perf_counter()
        partners.browse(partner_id).web_read(specification)
        seconds.append(time.perf_counter() - started)
        counts.append(env.cr.sql_log_count - before)
    # The first ones also fill the caches of the process.
    rest = sorted(seconds[5:])
    return {
        "card_ms": 1000 * rest[len(rest) // 2],
        "slowest_ms": 1000 * rest[-1],
        "queries": max(counts[5:]),
        "fewest": min(counts[5:]),
    }


def make_receptionist(env):
    group = env.ref("salon_reminders.group_receptionist")
    user = env["res.users"].create(
        {"name": "Reception", "login": "bench", "group_ids": [(4, group.id)]}
    )
    return env(user=user.id, context={"lang": "en_US", "tz": "Europe/Budapest"})


def get_specification(partners, form):
    """Return what the web client asks for when it opens this form."""
    from lxml import etree

    def fields_of(node, model):
        found = {}
        for field in node.xpath(".//field[not(ancestor::field)]"):
            name = field.get("name")
            kind = partners.env[model]._fields[name]
            inner = {}
            if kind.type in ("one2many", "many2many"):
                sub = field.xpath("./list|./kanban")
                names = sub and {n.get("name") for n in sub[0].xpath(".//field")}
                inner["fields"] = {
                    n: {"fields": {"display_name": {}}}
                    if partners.env[kind.comodel_name]._fields[n].type == "many2one"
                    else {}
                    for n in names or ()
                }
                inner["limit"] = 40
            elif kind.type == "many2one":
                inner["fields"] = {"display_name": {}}
            found[name] = inner
        return found

    return fields_of(etree.fromstring(form["arch"]), "res.partner")


def board(env):
    """Opening the board of white spots, and then one zone of it."""
    reception = make_receptionist(env)
    boards = reception["salon.zone.board"]
    first = boards.get_board()
    seconds = []
    for zone in (False, first["zones"][0]["id"], first["zones"][1]["id"]):
        env.invalidate_all()
        started = time.perf_counter()
        boards.get_board(zone)
        seconds.append(time.perf_counter() - started)
    return {"board_ms": 1000 * max(seconds), "clients": first["total"]}


def promotions(env):
    """Counting an audience and taking it in, what is open to one client, the report."""
    zone = env["salon.zone"].search([], limit=1)
    promotion = env["salon.promotion"].create(
        {
            "name": "Bench",
            "zone_id": zone.id,
            "zone_use": "used",
            "segment_key": True,
            "segment_regular": True,
            "segment_at_risk": True,
            "segment_lost": True,
        }
    )
    found = {}

    def measure(name, function):
        env.flush_all()
        env.invalidate_all()
        started = time.perf_counter()
        function()
        env.flush_all()
        found[name] = 1000 * (time.perf_counter() - started)

    measure("audience_ms", promotion._compute_audience_count)
    measure("members_ms", lambda: promotion.write({"state": "running"}))
    env.cr.execute("ANALYZE salon_promotion_member")
    client = promotion.member_ids[:1].partner_id
    offers = env["salon.promotion.participation"]
    measure("open_ms", lambda: offers._get_open_promotions(client))
    report = env["salon.promotion.report"]
    measure("report_ms", lambda: report.search([]).read())
    return {**found, "members": len(promotion.member_ids)}


# ---- the run -----------------------------------------------------------------------


def run(context, scale):
    template = context.template(build)
    figures = {}
    for name, function in (("segments", segments), ("zones", zones)):
        context.say(f"Working out all {name} ...")
        done = alone(context, template, function)
        if done["different"]:
            raise AssertionError(f"The bare SQL differs in {done['different']} rows.")
        figures[f"{name}_seconds"] = context.figure(done["addon"], "s", done["bare"])
        figures[f"{name}_vs_sql"] = context.figure(
            done["addon"] / done["bare"], "x", 1.0
        )
        figures[f"{name}_unchanged_seconds"] = context.figure(
            done["again"], "s", done["bare"]
        )
    context.say("Opening cards and the board ...")
    cards, spots = alone(context, template, card), alone(context, template, board)
    context.say("Following a promotion ...")
    offers = alone(context, template, promotions)
    return figures | {
        "card_ms": context.figure(cards["card_ms"], "ms", cards["slowest_ms"]),
        "card_queries": context.figure(cards["queries"], "queries", cards["fewest"]),
        "zone_board_ms": context.figure(spots["board_ms"], "ms"),
        "promotion_audience_ms": context.figure(offers["audience_ms"], "ms"),
        "promotion_members_ms": context.figure(offers["members_ms"], "ms"),
        "promotion_open_ms": context.figure(offers["open_ms"], "ms"),
        "promotion_report_ms": context.figure(offers["report_ms"], "ms"),
    }


def alone(context, template, function):
    """Measure in a process and on a database of its own."""
    with context.copy(template) as database:
        return context.measure(function, database)


# ---- the same work by hand -----------------------------------------------------------

SEGMENT_COLUMNS = (
    "partner_id, company_id, segment, recency, frequency, money, first_date, last_date,"
    " visit_count, year_count, amount_total, amount_year, rhythm_days, usual_weekday,"
    " usual_hour"
)

SEGMENT_SQL = """
    WITH day AS (
        SELECT partner_id, date, date - LAG(date) OVER (
                   PARTITION BY partner_id ORDER BY date) AS gap
          FROM (SELECT DISTINCT partner_id, date
                  FROM salon_visit
                 WHERE company_id = %(company)s AND state = 'done'
                   AND partner_id IS NOT NULL AND NOT is_purchase) d),
    came AS (
        SELECT partner_id, MIN(date) AS first_date, MAX(date) AS last_date,
               COUNT(*) AS visits,
               COUNT(*) FILTER (WHERE date > %(today)s - 365) AS year,
               percentile_disc(0.5) WITHIN GROUP (ORDER BY gap)
                   FILTER (WHERE gap <= 180) AS gap
          FROM day GROUP BY partner_id),
    paid AS (
        SELECT partner_id, SUM(amount_total) AS total,
               SUM(amount_total) FILTER (WHERE date > %(today)s - 365) AS year_total,
               MODE() WITHIN GROUP (ORDER BY stylist_id) AS stylist
          FROM salon_visit
         WHERE company_id = %(company)s AND state = 'done' AND partner_id IS NOT NULL
      GROUP BY partner_id),
    recent AS (
        SELECT partner_id, EXTRACT(ISODOW FROM local)::int AS dow,
               EXTRACT(EPOCH FROM local::time)::float8 / 3600 AS hour
          FROM (SELECT partner_id,
                       start AT TIME ZONE 'UTC' AT TIME ZONE 'Europe/Budapest' AS local,
                       ROW_NUMBER() OVER (PARTITION BY partner_id
                           ORDER BY date DESC, start DESC, id DESC) AS age
                  FROM salon_visit
                 WHERE company_id = %(company)s AND state = 'done'
                   AND partner_id IS NOT NULL AND NOT is_purchase) v
         WHERE age <= 8),
    usual AS (
        SELECT partner_id, COUNT(*) AS n, MODE() WITHIN GROUP (ORDER BY dow) AS dow,
               PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY hour) AS hour
          FROM recent GROUP BY partner_id HAVING COUNT(*) >= 3),
    habit AS (
        SELECT partner_id,
               CASE WHEN COUNT(*) FILTER (WHERE r.dow = u.dow) >= 0.4 * u.n
                    THEN u.dow END AS dow,
               CASE WHEN COUNT(*) FILTER (WHERE abs(r.hour - u.hour) <= 1) >= 0.4 * u.n
                    THEN floor(u.hour)::int END AS hour
          FROM usual u JOIN recent r USING (partner_id)
      GROUP BY partner_id, u.n, u.dow, u.hour),
    norm AS (SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY gap) AS gap
               FROM day WHERE gap <= 180),
    ranked AS (
        SELECT c.*, total, COALESCE(year_total, 0) AS year_total, dow, hour, stylist,
               COALESCE(c.gap, norm.gap, 42) AS days
          FROM came c JOIN paid USING (partner_id)
     LEFT JOIN habit USING (partner_id) CROSS JOIN norm),
    fifth AS (
        SELECT *, 1 + 5 * (2 * RANK() OVER (ORDER BY last_date) - 3
                           + COUNT(*) OVER (PARTITION BY last_date)) / (2 * n) AS r,
               1 + 5 * (2 * RANK() OVER (ORDER BY year) - 3
                        + COUNT(*) OVER (PARTITION BY year)) / (2 * n) AS f,
               1 + 5 * (2 * RANK() OVER (ORDER BY year_total) - 3
                        + COUNT(*) OVER (PARTITION BY year_total)) / (2 * n) AS m
          FROM ranked CROSS JOIN (SELECT COUNT(*) AS n FROM ranked) x),
    put AS (INSERT INTO bench_table (
        partner_id, company_id, segment, segment_date, recency, frequency, money, score,
        first_date, last_date, visit_count, year_count, amount_total, amount_year,
        rhythm_days, usual_weekday, usual_hour, stylist_id, is_booked, create_date,
        write_date)
    SELECT partner_id, %(company)s,
           CASE WHEN visits = 1 AND %(today)s - last_date > 90 THEN 'one_visit'
                WHEN %(today)s - first_date <= 90 THEN 'new'
                WHEN %(today)s - last_date > GREATEST(3.0 * days, 90) THEN 'lost'
                WHEN %(today)s - last_date > 1.5 * days THEN 'at_risk'
                WHEN m = 5 AND f >= 4 THEN 'key' ELSE 'regular' END,
           %(today)s, r, f, m, r + f + m, first_date, last_date, visits, year, total,
           year_total, days, dow, hour, stylist, FALSE, now(), now()
      FROM fifth
 RETURNING partner_id, segment)
    INSERT INTO salon_segment_move (
        partner_id, company_id, date, to_segment, create_date, write_date)
    SELECT partner_id, %(company)s, %(today)s, segment, now(), now() FROM put"""

ZONE_COLUMNS = (
    "partner_id, zone_id, company_id, standing_id, state, first_date, last_date,"
    " visit_count, amount"
)

ZONE_SQL = """
    WITH used AS (
        SELECT v.partner_id, pt.salon_zone_id AS zone_id, MIN(v.date) AS first_date,
               MAX(v.date) AS last_date, COUNT(DISTINCT v.date) AS visits,
               SUM(l.amount) AS amount
          FROM salon_visit v
          JOIN salon_visit_line l ON l.visit_id = v.id AND l.net_quantity > 0
          JOIN product_product p ON p.id = l.product_id
          JOIN product_template pt ON pt.id = p.product_tmpl_id
           AND pt.salon_kind = 'service'
         WHERE v.company_id = %(company)s AND v.state = 'done'
           AND v.partner_id IS NOT NULL
      GROUP BY 1, 2)
    INSERT INTO bench_table (
        partner_id, zone_id, company_id, standing_id, state, first_date, last_date,
        visit_count, amount)
    SELECT s.partner_id, z.zone_id, %(company)s, s.id,
           CASE WHEN u.last_date > %(today)s - 365 THEN 'used'
                WHEN u.last_date IS NOT NULL THEN 'former'
                WHEN s.frequency >= 4 AND s.segment NOT IN ('lost', 'one_visit')
                    THEN 'white' ELSE 'unused' END,
           u.first_date, u.last_date, COALESCE(u.visits, 0), u.amount
      FROM salon_client_standing s
CROSS JOIN (SELECT DISTINCT salon_zone_id AS zone_id FROM product_template
             WHERE salon_zone_id IS NOT NULL) z
 LEFT JOIN used u ON u.partner_id = s.partner_id AND u.zone_id = z.zone_id"""
