"""Proposals, the week of the book and filling its gaps, at 60,000 visits a year."""

import time
from datetime import timedelta

from dev.benches import engine

STYLISTS = 20
VISITS = 60_000
CLIENTS = 8_000
DUE = 2_000
RUNS = 15


# ---- data ----------------------------------------------------------------------


def build(env, scale):
    """A year of visits of twenty stylists, three weeks booked ahead, clients due."""
    company = env.company
    company.resource_calendar_id.tz = "Europe/Budapest"
    company.salon_daily_quota = 0
    env["resource.calendar.leaves"].search([]).unlink()
    products = make_services(env)
    stylists = make_stylists(env)
    values = {
        "company": company.id,
        "uid": env.uid,
        "clients": CLIENTS,
        "due": DUE,
        "today": company._salon_today(),
        "products": products.ids,
        "stylists": stylists.ids,
        "days": max(round(365 * scale), 60),
        "per_day": round(VISITS / 260),
    }
    env.flush_all()
    for statement in (engine.CLIENT_SQL, CONSENT_SQL, VISIT_SQL, LINE_SQL):
        env.cr.execute(statement, values)
    make_bookings(env, stylists, products)
    analyze(env)
    env["salon.reminder.engine"]._refresh()
    analyze(env)


def analyze(env):
    env.flush_all()
    env.cr.execute(
        "ANALYZE res_partner, salon_visit, salon_visit_line, salon_visit_busy,"
        " salon_consent, salon_reminder"
    )


def make_services(env):
    zone = env["salon.zone"].create({"name": "Hair"})
    cycles = env["salon.cycle"].create(
        [
            {"name": f"Need {nr}", "zone_id": zone.id, "ideal_days": 28 + nr}
            for nr in range(8)
        ]
    )
    return env["product.product"].create(
        [
            {
                "name": f"Service {nr}",
                "type": "service",
                "salon_kind": "service",
                "list_price": 40.0,
                "salon_duration": 30 + nr % 3 * 15,
                "salon_cycle_ids": cycle.ids,
                "salon_zone_id": zone.id,
            }
            for nr, cycle in enumerate(cycles)
        ]
    )


def make_stylists(env):
    """Four rosters, as salons have them: not one per stylist, not one for all."""
    calendar = env.company.resource_calendar_id
    rosters = calendar + calendar.copy() + calendar.copy() + calendar.copy()
    return env["resource.resource"].create(
        [
            {
                "name": f"Stylist {nr:02}",
                "is_stylist": True,
                "tz": "Europe/Budapest",
                "calendar_id": rosters[nr % 4].id,
            }
            for nr in range(STYLISTS)
        ]
    )


def make_bookings(env, stylists, products):
    """Three weeks to come, two thirds full, with two hours free on each day."""
    today = env.company._salon_today()
    vals_list = []
    for day in range(1, 22):
        date = today + timedelta(days=day)
        if date.weekday() > 4:
            continue
        for nr, stylist in enumerate(stylists):
            for hour in (8, 9, 10, 13, 14, 15):
                if (nr + hour + day) % 4:
                    vals_list.append(prepare_booking(date, hour, stylist, products))
    env["salon.visit"].with_context(tracking_disable=True).create(vals_list)


def prepare_booking(date, hour, stylist, products):
    from datetime import datetime
    from datetime import time as clock

    product = products[(hour + stylist.id) % len(products)]
    return {
        "stylist_id": stylist.id,
        "start": stylist.company_id._salon_utc(datetime.combine(date, clock(hour))),
        "line_ids": [(0, 0, {"product_id": product.id})],
    }


CONSENT_SQL = """
    INSERT INTO salon_consent (
        partner_id, company_id, user_id, purpose, channel, decision, method, wording,
        date)
    SELECT p.id, %(company)s, %(uid)s, 'reminder', 'phone', 'given', 'import',
           'May we?', now()
      FROM res_partner p WHERE p.salon_import_ref IS NOT NULL"""

# The last visit of those due lies two months back, of the others two weeks.
VISIT_SQL = """
    INSERT INTO salon_visit (
        partner_id, company_id, state, start, stop, date, amount_total, is_purchase,
        stylist_id, create_uid, write_uid, create_date, write_date)
    SELECT p.id, %(company)s, 'done', v.day + v.hour * interval '1 hour',
           v.day + (v.hour + 1) * interval '1 hour', v.day, 40 + n %% 90, FALSE,
           (%(stylists)s::int[])[1 + n %% cardinality(%(stylists)s::int[])],
           %(uid)s, %(uid)s, now(), now()
      FROM res_partner p
CROSS JOIN LATERAL (SELECT p.salon_import_ref::int AS n) x
CROSS JOIN LATERAL (
    SELECT %(today)s::date - CASE WHEN n <= %(due)s THEN 45 ELSE 14 END
               - n %% 10 - i * 46 AS day, 8 + n %% 8 AS hour
      FROM generate_series(0, %(days)s / 46 - 1) AS i) v
     WHERE p.salon_import_ref IS NOT NULL"""

LINE_SQL = """
    INSERT INTO salon_visit_line (
        visit_id, product_id, sequence, quantity, net_quantity, amount, minutes,
        stylist_id)
    SELECT v.id, (%(products)s::int[])[
               1 + v.partner_id %% cardinality(%(products)s::int[])],
           10, 1, 1, v.amount_total, 60, v.stylist_id
      FROM salon_visit v"""


# ---- what is measured ------------------------------------------------------------


def work(env):
    """The three questions of the book, each asked cold several times."""
    calls = make_calls(env)
    return {
        "visits": env["salon.visit"].search_count([]),
        "proposals": best(env, lambda nr: calls[nr]._propose_times()),
        "week": best(env, lambda nr: read_week(env)),
        "fill": best(env, lambda nr: env["salon.gap.finder"].get_gaps(days=7), 5),
    }


def best(env, ask, runs=RUNS):
    """Milliseconds of the middle run, after one that fills what is kept for long."""
    found = []
    for number in range(runs + 1):
        env.invalidate_all()
        started = time.perf_counter()
        ask(number)
        found.append((time.perf_counter() - started) * 1000)
    return sorted(found[1:])[runs // 2]


def make_calls(env):
    partners = env["res.partner"].search(
        [("salon_import_ref", "in", [str(1 + nr * 7) for nr in range(RUNS + 1)])]
    )
    rows = env["salon.call.candidate"]._get_rows(partners)
    planner = env["salon.call.planner"]
    return env["salon.call"].create(planner._prepare_calls(rows))


def read_week(env):
    """What Odoo's calendar asks for a week: the visits, and when nobody works."""
    first = env.company._salon_today() + timedelta(days=1)
    start, stop = f"{first} 00:00:00", f"{first + timedelta(days=7)} 00:00:00"
    env["salon.visit"].web_search_read(
        [("start", "<=", stop), ("stop", ">=", start), ("is_purchase", "=", False)],
        {
            "display_name": {},
            "start": {},
            "stop": {},
            "state": {},
            "services": {},
            "partner_id": {"fields": {"display_name": {}}},
            "stylist_id": {"fields": {"display_name": {}}},
        },
    )
    env["salon.visit"].get_off_hours(start, stop, [])


def run(context, scale):
    results = []
    for part in (0.25, 1.0):
        template = context.template(build, part=part)
        with context.copy(template) as database:
            results.append(context.measure(work, database))
    small, full = results
    kinds = ("proposals", "week", "fill")
    growth = max(full[kind] / small[kind] for kind in kinds)
    context.say(f"{full['visits']} visits; a quarter of the history: {small['visits']}")
    return {
        "proposals_ms": context.figure(full["proposals"], "ms", small["proposals"]),
        "book_week_ms": context.figure(full["week"], "ms", small["week"]),
        "fill_week_ms": context.figure(full["fill"], "ms", small["fill"]),
        "history_growth": context.figure(growth, ""),
    }
