"""Reminders and the daily job at 100,000 clients, beside bare SQL."""

import resource
import time
from datetime import timedelta
from unittest.mock import patch

# Each of a hundred thousand clients made five visits of two lines on average.
CLIENTS = 100_000
CALLS = 10_000
BATCH = 500
CYCLES = 20
RUNS = 3
TABLES = (
    "res_partner",
    "salon_visit",
    "salon_visit_line",
    "salon_consent",
    "salon_reminder",
    "salon_cycle_norm",
)


# ---- data ----------------------------------------------------------------------


def build(env, scale):
    """Three salons, twenty needs, clients who come every three to eight weeks."""
    companies = make_companies(env, scale)
    products = make_services(env)
    values = {
        "clients": max(round(CLIENTS * scale), 100),
        "today": companies[0]._salon_today(),
        "companies": companies.ids,
        "products": products.ids,
        "uid": env.uid,
    }
    env.flush_all()
    for statement in (CLIENT_SQL, CONSENT_SQL, VISIT_SQL, LINE_SQL):
        env.cr.execute(statement, values)
    analyze(env)
    env["salon.cycle.norm"]._learn()
    env["salon.reminder.engine"]._refresh()
    analyze(env)


def analyze(env):
    env.flush_all()
    vacuum(env, *TABLES)


def vacuum(env, *tables):
    """Do what autovacuum does by itself; it takes no transaction."""
    env.cr.commit()
    with env.registry.cursor() as cr:
        cr.commit()
        cr._cnx.autocommit = True
        cr._obj.execute(f"VACUUM ANALYZE {', '.join(tables)}")
        cr._cnx.autocommit = False


def make_companies(env, scale):
    """The calls of a day are shared out among the salons: a half, 30 and 20 %."""
    companies = env.company
    for name in ("Second salon", "Third salon"):
        companies += env["res.company"].create({"name": name})
    for company, share in zip(companies, (0.5, 0.3, 0.2), strict=True):
        company.salon_daily_quota = max(round(CALLS * scale * share), 1)
        company.resource_calendar_id.tz = "Europe/Budapest"
    receptionist = env.ref("salon_reminders.group_receptionist")
    for number in range(6):
        env["res.users"].create(
            {
                "name": f"Receptionist {number}",
                "login": f"bench{number}",
                "company_ids": companies.ids,
                "group_ids": [(4, receptionist.id)],
            }
        )
    return companies


def make_services(env):
    """Twenty services; every fourth renews a second need too."""
    zone = env["salon.zone"].create({"name": "Hair"})
    cycles = env["salon.cycle"].create(
        [
            {
                "name": f"Need {number}",
                "zone_id": zone.id,
                "earliest_days": 14,
                "ideal_days": 28 + number,
                "late_days": 45 + number,
            }
            for number in range(CYCLES)
        ]
    )
    return env["product.product"].create(
        [
            {
                "name": f"Service {number}",
                "type": "service",
                "salon_kind": "service",
                "list_price": 40.0,
                "salon_cycle_ids": cycles[number].ids
                + (cycles[number - 1].ids if number % 4 == 0 else []),
            }
            for number in range(CYCLES)
        ]
    )


CLIENT_SQL = """
    INSERT INTO res_partner (
        name, complete_name, active, type, lang, phone, phone_sanitized,
        is_salon_client, salon_import_ref, create_date, write_date)
    SELECT 'Client ' || n, 'Client ' || n, TRUE, 'contact', 'en_US',
           '+3630' || lpad(n::text, 7, '0'), '+3630' || lpad(n::text, 7, '0'),
           TRUE, n::text, now(), now()
      FROM generate_series(1, %(clients)s) AS n;
    -- Checks of foreign keys were planned for the few rows of before.
    ANALYZE res_partner;
    UPDATE res_partner SET commercial_partner_id = id
     WHERE salon_import_ref IS NOT NULL AND commercial_partner_id IS NULL"""

# Nine of ten agreed to be called.
CONSENT_SQL = """
    INSERT INTO salon_consent (
        partner_id, company_id, user_id, purpose, channel, decision, method, wording,
        date)
    SELECT p.id, (%(companies)s::int[])[1 + p.salon_import_ref::int %% 3], %(uid)s,
           'reminder', 'phone', 'given', 'import', 'May we?', now()
      FROM res_partner p
     WHERE p.salon_import_ref::int %% 10 > 0"""

# One to nine visits each, with a rhythm of one's own and a few days of scatter.
VISIT_SQL = """
    INSERT INTO salon_visit (
        partner_id, company_id, state, start, stop, date, amount_total, is_purchase,
        create_uid, write_uid, create_date, write_date)
    SELECT partner_id, company_id, 'done', day + time '09:00', day + time '11:00', day,
           40 + n %% 90, FALSE, %(uid)s, %(uid)s, now(), now()
      FROM (
        SELECT p.id AS partner_id, n,
               (%(companies)s::int[])[1 + n %% 3] AS company_id,
               %(today)s::date - (n * 31 %% 60) - i * (21 + n %% 37)
                   + (abs(hashint4(n * 10 + i)) %% 9) - 9 AS day
          FROM res_partner p
    CROSS JOIN LATERAL (SELECT p.salon_import_ref::int AS n) x
    CROSS JOIN LATERAL generate_series(0, n %% 9) AS i
         WHERE p.salon_import_ref IS NOT NULL) v"""

LINE_SQL = """
    INSERT INTO salon_visit_line (
        visit_id, product_id, sequence, quantity, net_quantity, amount)
    SELECT v.id, (%(products)s::int[])[
               1 + (v.partner_id / (1 + 6 * k)) %% cardinality(%(products)s::int[])],
           k, 1, 1, v.amount_total / 2
      FROM salon_visit v
CROSS JOIN generate_series(0, 1) AS k"""


# ---- what is measured ------------------------------------------------------------


def rebuild(env):
    """All reminders from visits, from nothing: by the engine and by hand, in turns.

    The fastest of a few runs of each, which is the least disturbed one.
    """
    env.cr.execute("CREATE TABLE bench_reminder (LIKE salon_reminder INCLUDING ALL)")
    engine, bare = [], []
    for _run in range(RUNS):
        engine.append(seconds_of(env, "salon_reminder", rebuild_by_engine))
        bare.append(seconds_of(env, "bench_reminder", rebuild_by_hand))
    env.cr.execute(DIFFERENCE_SQL)
    return {"engine": min(engine), "bare": min(bare), "different": env.cr.fetchone()[0]}


def seconds_of(env, table, function):
    """Time a rebuild into an empty table, committed at the end."""
    env.cr.execute(f"TRUNCATE {table} CASCADE")
    env.cr.commit()
    started = time.perf_counter()
    function(env)
    env.cr.commit()
    return time.perf_counter() - started


def rebuild_by_engine(env):
    env["salon.reminder.engine"]._refresh()


def rebuild_by_hand(env):
    """One statement into a table of the same shape."""
    env.cr.execute(REBUILD_SQL, {"today": env.company._salon_today()})


def job(env):
    """The daily job; queries per batch and memory beside."""
    start = peak()
    planner = env.registry["salon.call.planner"]
    create, counts = planner._create_calls, []

    def counted(self, clients):
        before = self.env.cr.sql_log_count
        create(self, clients)
        self.env.flush_all()
        counts.append((len(clients), self.env.cr.sql_log_count - before))

    with patch.object(planner, "_create_calls", counted):
        env["salon.call.planner"]._cron_plan_calls(BATCH)
    full = [queries for size, queries in counts if size == BATCH]
    # The first batch of a process also fills the caches.
    rest = sorted(full[1:] or full or [count for _size, count in counts])
    return {
        "calls": env["salon.call"].search_count([("state", "=", "open")]),
        "queries_per_batch": rest[-1] if rest else 0,
        "fewest_per_batch": rest[0] if rest else 0,
        "grown_mb": peak() - start,
    }


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def job_bare(env):
    """Insert the same calls, with reminders and activities, by hand."""
    kind = env.ref("salon_reminders.mail_activity_type_call")
    model = env["ir.model"]._get("salon.call")
    started = time.perf_counter()
    for company in env["res.company"].search([]):
        values = {
            "company": company.id,
            "today": company._salon_today(),
            "quota": company.salon_daily_quota,
            "kind": kind.id,
            "model": model.id,
            "uid": env.uid,
        }
        env.cr.execute(JOB_SQL, values)
        env.cr.commit()
    seconds = time.perf_counter() - started
    return {
        "sql_seconds": seconds,
        "calls": env["salon.call"].search_count([("state", "=", "open")]),
    }


def idle(env):
    """The daily job when nobody is due: everything lies a year ahead."""
    make_idle(env)
    # What every process loads once is not the job's.
    env["salon.call.planner"]._cron_plan_calls()
    seconds = []
    for _run in range(RUNS):
        env.invalidate_all()
        started = time.perf_counter()
        env["salon.call.planner"]._cron_plan_calls()
        seconds.append(time.perf_counter() - started)
    started = time.perf_counter()
    env.cr.execute(IDLE_SQL, {"today": env.company._salon_today()})
    bare = time.perf_counter() - started
    return {"idle_seconds": min(seconds), "sql_seconds": bare}


def make_idle(env):
    env.cr.execute(
        "UPDATE salon_reminder SET state = 'scheduled', last_date = last_date + 400,"
        " earliest_date = earliest_date + 400, due_date = due_date + 400,"
        " call_date = call_date + 400, late_date = late_date + 400,"
        " lapse_date = lapse_date + 400"
    )
    vacuum(env, "salon_reminder")


def close_visit(env):
    """Queries of closing a visit of three lines, with and without the engine."""
    visits = make_bookings(env, 4)
    with_engine = [count_close(env, visit) for visit in visits[:2]]
    with patch.object(
        env.registry["salon.visit"], "_after_change", lambda *_arguments: None
    ):
        without = [count_close(env, visit) for visit in visits[2:]]
    return {"with_engine": with_engine[-1], "without": without[-1]}


def make_bookings(env, count):
    products = env["product.product"].search([("salon_kind", "=", "service")], limit=3)
    partners = env["res.partner"].search([("is_salon_client", "=", True)], limit=count)
    start = env.cr.now() - timedelta(hours=2)
    return env["salon.visit"].create(
        [
            {
                "partner_id": partner.id,
                "start": start.replace(microsecond=0),
                "line_ids": [(0, 0, {"product_id": p.id}) for p in products],
            }
            for partner in partners
        ]
    )


def count_close(env, visit):
    env.flush_all()
    env.invalidate_all()
    before = env.cr.sql_log_count
    visit.action_done()
    env.flush_all()
    return env.cr.sql_log_count - before


# ---- the run -----------------------------------------------------------------------


def run(context, scale):
    full, tenth = context.template(build), context.template(build, part=0.1)
    figures = rebuild_figures(context, full, tenth)
    figures |= daily_figures(context, full, tenth)
    figures |= idle_figures(context, full, tenth)
    return figures | visit_figures(context, full)


def rebuild_figures(context, full, tenth):
    context.say("Rebuilding all reminders ...")
    done, small = alone(context, full, rebuild), alone(context, tenth, rebuild)
    if done["different"]:
        raise AssertionError(f"The bare SQL differs in {done['different']} rows.")
    figure = context.figure
    return {
        "rebuild_seconds": figure(done["engine"], "s", done["bare"]),
        "rebuild_seconds_tenth": figure(small["engine"], "s", small["bare"]),
        "rebuild_vs_sql": figure(done["engine"] / done["bare"], "x", 1.0),
        "rebuild_growth": figure(
            done["engine"] / small["engine"], "x", done["bare"] / small["bare"]
        ),
    }


def daily_figures(context, full, tenth):
    context.say("Running the daily job ...")
    done, small = alone(context, full, job), alone(context, tenth, job)
    bare, bare_small = alone(context, full, job_bare), alone(context, tenth, job_bare)
    if done["calls"] != bare["calls"]:
        raise AssertionError(f"{done['calls']} calls, by hand {bare['calls']}.")
    figure = context.figure
    return {
        "daily_calls": figure(done["calls"], "calls", bare["calls"]),
        "daily_10k_seconds": figure(done["seconds"], "s", bare["sql_seconds"]),
        "daily_tenth_seconds": figure(small["seconds"], "s", bare_small["sql_seconds"]),
        "daily_10k_vs_sql": figure(done["seconds"] / bare["sql_seconds"], "x", 1.0),
        "daily_queries_per_500": figure(
            done["queries_per_batch"], "queries", done["fewest_per_batch"]
        ),
        "daily_memory_mb": figure(done["grown_mb"], "MB", small["grown_mb"]),
    }


def alone(context, template, function):
    """Measure in a process and on a database of its own."""
    with context.copy(template) as database:
        return context.measure(function, database)


def idle_figures(context, full, tenth):
    context.say("Running the daily job with nothing due ...")
    done, small = alone(context, full, idle), alone(context, tenth, idle)
    figure = context.figure
    return {
        "daily_idle_seconds": figure(done["idle_seconds"], "s", done["sql_seconds"]),
        "daily_idle_seconds_tenth": figure(
            small["idle_seconds"], "s", small["sql_seconds"]
        ),
    }


def visit_figures(context, full):
    context.say("Closing a visit ...")
    done = alone(context, full, close_visit)
    extra = done["with_engine"] - done["without"]
    return {
        "close_visit_extra_queries": context.figure(extra, "queries", done["without"])
    }


# ---- the same work by hand -----------------------------------------------------------

REBUILD_SQL = """
    WITH day AS (
        SELECT DISTINCT v.partner_id, v.company_id, rel.cycle_id, v.date
          FROM salon_visit v
          JOIN salon_visit_line l ON l.visit_id = v.id AND l.net_quantity > 0
          JOIN product_product p ON p.id = l.product_id
          JOIN salon_cycle_product_rel rel ON rel.product_tmpl_id = p.product_tmpl_id
         WHERE v.state = 'done' AND v.partner_id IS NOT NULL),
    visit AS (
        SELECT *, date - LAG(date) OVER need AS gap, MAX(date) OVER everything AS last,
               COUNT(*) OVER everything - ROW_NUMBER() OVER need AS age
          FROM day
        WINDOW need AS (PARTITION BY partner_id, company_id, cycle_id ORDER BY date),
               everything AS (PARTITION BY partner_id, company_id, cycle_id)),
    known AS (
        SELECT partner_id, company_id, cycle_id, MAX(last) AS last_date,
               COUNT(*) AS visits, COUNT(*) FILTER (WHERE date > last - 365) AS year,
               COUNT(gap) FILTER (WHERE gap <= 180) AS gaps
          FROM visit GROUP BY 1, 2, 3),
    weekday AS (
        SELECT DISTINCT ON (1, 2, 3) partner_id, company_id, cycle_id, isodow
          FROM (
            SELECT partner_id, company_id, cycle_id, isodow, SUM(weight) AS weight,
                   SUM(SUM(weight)) OVER need AS total, SUM(COUNT(*)) OVER need AS n
              FROM (SELECT *, EXTRACT(ISODOW FROM date)::int AS isodow,
                           power(0.5::float8, age / 6.0::float8) AS weight
                      FROM visit) v
          GROUP BY 1, 2, 3, 4
            WINDOW need AS (PARTITION BY partner_id, company_id, cycle_id)) w
         WHERE n >= 4 AND weight >= 0.4 * total - 1e-9
      ORDER BY 1, 2, 3, weight DESC, isodow),
    typical AS (
        SELECT c.id AS cycle_id, m.id AS company_id, t.gap::int AS gap, t.place
          FROM salon_cycle c
    CROSS JOIN res_company m
     LEFT JOIN salon_cycle_norm n ON n.cycle_id = c.id AND n.company_id = m.id
                                 AND jsonb_typeof(n.gaps) = 'array'
    CROSS JOIN LATERAL unnest(COALESCE(
                   ARRAY(SELECT jsonb_array_elements_text(n.gaps)::int),
                   array_fill(c.ideal_days, ARRAY[9])))
               WITH ORDINALITY AS t (gap, place)
         WHERE jsonb_typeof(n.gaps) = 'array'
     UNION ALL
        SELECT c.id, m.id, c.ideal_days, place
          FROM salon_cycle c CROSS JOIN res_company m
    CROSS JOIN generate_series(1, 9) AS place
         WHERE NOT EXISTS (
            SELECT FROM salon_cycle_norm n
             WHERE n.cycle_id = c.id AND n.company_id = m.id
               AND jsonb_typeof(n.gaps) = 'array')),
    weighted AS (
        SELECT partner_id, company_id, cycle_id, gap,
               power(0.5::float8, (ROW_NUMBER() OVER (
                   PARTITION BY partner_id, company_id, cycle_id
                   ORDER BY date DESC) - 1) / 4.0::float8) AS weight
          FROM visit WHERE gap <= 180
     UNION ALL
        SELECT k.partner_id, k.company_id, k.cycle_id, t.gap, 2.0::float8 / 9
          FROM known k
          JOIN typical t ON t.cycle_id = k.cycle_id AND t.company_id = k.company_id),
    rhythm AS (
        SELECT partner_id, company_id, cycle_id,
               MIN(gap) FILTER (WHERE reached >= 0.45 * total - 1e-9) AS days
          FROM (SELECT *, SUM(weight) OVER (need ORDER BY gap) AS reached,
                       SUM(weight) OVER need AS total
                  FROM weighted
                WINDOW need AS (PARTITION BY partner_id, company_id, cycle_id)) w
      GROUP BY 1, 2, 3),
    dated AS (
        SELECT k.*, GREATEST(r.days, c.earliest_days) AS days, w.isodow, c.lead_days,
               k.last_date + c.earliest_days AS earliest,
               k.last_date + c.late_days AS late, k.last_date + c.lapse_days AS lapse,
               k.last_date + GREATEST(r.days, c.earliest_days) AS plain
          FROM known k
          JOIN rhythm r USING (partner_id, company_id, cycle_id)
     LEFT JOIN weekday w USING (partner_id, company_id, cycle_id)
          JOIN salon_cycle c ON c.id = k.cycle_id),
    due AS (
        SELECT *, GREATEST(earliest, CASE
                   WHEN isodow BETWEEN 1 AND 5
                   THEN plain + (isodow - EXTRACT(ISODOW FROM plain)::int + 10) %% 7 - 3
                   ELSE plain END) AS due
          FROM dated)
    INSERT INTO bench_reminder (
        partner_id, company_id, cycle_id, last_date, visit_count, year_visits,
        gap_count, rhythm_days, usual_weekday, earliest_date, due_date, call_date,
        late_date, lapse_date, state, create_date, write_date)
    SELECT partner_id, company_id, cycle_id, last_date, visits, year, gaps, days,
           isodow, earliest, due, call_date, late, lapse,
           CASE WHEN call_date > %(today)s THEN 'scheduled'
                WHEN lapse <= %(today)s THEN 'lapsed'
                WHEN late <= %(today)s THEN 'late' ELSE 'due' END, now(), now()
      FROM (SELECT *, GREATEST(due - lead_days, earliest) AS call_date FROM due) d"""

COLUMNS = (
    "partner_id, company_id, cycle_id, last_date, visit_count, year_visits, gap_count,"
    " rhythm_days, usual_weekday, earliest_date, due_date, call_date, late_date,"
    " lapse_date, state"
)
DIFFERENCE_SQL = f"""
    SELECT COUNT(*) FROM (
        (SELECT {COLUMNS} FROM bench_reminder EXCEPT
         SELECT {COLUMNS} FROM salon_reminder)
        UNION ALL
        (SELECT {COLUMNS} FROM salon_reminder EXCEPT
         SELECT {COLUMNS} FROM bench_reminder)) d"""

JOB_SQL = """
    WITH reason AS (
        SELECT r.partner_id, array_agg(r.id) AS reminders, MIN(r.due_date) AS due_date,
               bool_or(r.state != 'lapsed') AS is_due
          FROM salon_reminder r
         WHERE r.company_id = %(company)s
           AND (r.state IN ('due', 'late', 'lapsed')
                OR r.state = 'scheduled' AND r.call_date <= %(today)s::date + 7
                   AND r.earliest_date <= %(today)s)
      GROUP BY r.partner_id
        HAVING bool_or(r.state != 'scheduled')),
    chosen AS (
        SELECT x.*, p.name, w.value
          FROM reason x
          JOIN res_partner p ON p.id = x.partner_id AND p.active
           AND p.phone_sanitized != ''
    CROSS JOIN LATERAL (
            SELECT SUM(v.amount_total) AS value FROM salon_visit v
             WHERE v.partner_id = x.partner_id AND v.company_id = %(company)s
               AND v.state = 'done' AND v.date > %(today)s::date - 365) w
         WHERE EXISTS (
            SELECT FROM salon_consent c
             WHERE c.partner_id = x.partner_id AND c.company_id = %(company)s
               AND c.purpose = 'reminder' AND c.channel = 'phone'
               AND c.decision = 'given')
           AND NOT EXISTS (
            SELECT FROM phone_blacklist b
             WHERE b.number = p.phone_sanitized AND b.active)
      ORDER BY is_due DESC, value DESC, due_date, partner_id
         LIMIT %(quota)s),
    call AS (
        INSERT INTO salon_call (
            partner_id, company_id, state, state_order, kind, priority, date,
            opened_date, due_date, value, create_uid, write_uid, create_date,
            write_date)
        SELECT partner_id, %(company)s, 'open', 0,
               CASE WHEN is_due THEN 'reminder' ELSE 'lapsed' END, '0', %(today)s,
               %(today)s, due_date, value, %(uid)s, %(uid)s, now(), now()
          FROM chosen
     RETURNING id, partner_id),
    link AS (
        INSERT INTO salon_call_reminder_rel (call_id, reminder_id)
        SELECT call.id, unnest(chosen.reminders)
          FROM call JOIN chosen USING (partner_id)),
    held AS (
        UPDATE salon_reminder r SET hold = 'call'
          FROM chosen
         WHERE r.id = ANY (chosen.reminders) AND r.state != 'scheduled')
    INSERT INTO mail_activity (
        res_model, res_model_id, res_id, res_name, activity_type_id, summary,
        date_deadline, user_id, automated, active, create_uid, write_uid, create_date,
        write_date)
    SELECT 'salon.call', %(model)s, call.id, chosen.name, %(kind)s, chosen.name,
           %(today)s, %(uid)s, TRUE, TRUE, %(uid)s, %(uid)s, now(), now()
      FROM call JOIN chosen USING (partner_id)"""

IDLE_SQL = """
    SELECT COUNT(*) FROM salon_reminder
     WHERE state IN ('due', 'late', 'lapsed')
        OR state = 'scheduled' AND call_date <= %(today)s"""
