"""The call desk with 10,000 open calls, beside Odoo's own list of contacts."""

import time
from datetime import timedelta
from functools import partial
from statistics import median

from . import engine

CALLS = 10_000
# As many rows as a list of Odoo shows.
ROWS = 80
RUNS = 15
STYLISTS = 10
# Behind all calls of the list, and no further ahead than a salon promises.
PROMISED_DAYS = 100
OUTCOMES = ("no_answer", "call_back", "declined", "do_not_call", "wrong_number")


# ---- data ----------------------------------------------------------------------


def build(env, scale):
    """The clients and visits of the engine's benchmark; one salon's list is full."""
    engine.build(env, scale)
    company = env.company
    make_stylists(env)
    make_office_user(env)
    (env["res.company"].search([]) - company).salon_daily_quota = 1
    company.salon_daily_quota = max(round(CALLS * scale), ROWS)
    call_at_any_hour(company)
    consent_to_all(env)
    env.cr.commit()
    env["salon.call.planner"]._cron_plan_calls(500)
    env.cr.execute("ANALYZE salon_call, salon_call_reminder_rel, mail_activity")


def call_at_any_hour(company):
    """At night, too, as many calls are looked at as by day."""
    company.write(
        {
            "salon_call_start": 0.01,
            "salon_call_stop": 24,
            "salon_call_days": "all",
            "salon_call_reason": "A benchmark calls nobody.",
        }
    )


def make_stylists(env):
    """Whose times are offered on the phone; all of the salon are free."""
    env["resource.resource"].create(
        [
            {
                "name": f"Stylist {number:02}",
                "is_stylist": True,
                "calendar_id": env.company.resource_calendar_id.id,
            }
            for number in range(STYLISTS)
        ]
    )


def make_office_user(env):
    """Somebody without a role in the salon, whose contacts are Odoo's own.

    What the salon notes of its people's readings is no part of what is compared with.
    """
    groups = env.ref("base.group_user") + env.ref("base.group_partner_manager")
    env["res.users"].create(
        {
            "name": "Office",
            "login": "bench_office",
            "company_ids": env.company.ids,
            "group_ids": [(6, 0, groups.ids)],
        }
    )


def consent_to_all(env):
    """Let the whole list belong to one salon, which only a third had agreed to."""
    env.cr.execute(
        """INSERT INTO salon_consent (
               partner_id, company_id, user_id, purpose, channel, decision, method,
               wording, date)
           SELECT DISTINCT r.partner_id, r.company_id, %(uid)s, 'reminder', 'phone',
                  'given', 'import', 'May we?', now()
             FROM salon_reminder r
            WHERE r.company_id = %(company)s""",
        {"uid": env.uid, "company": env.company.id},
    )
    env.cr.execute("ANALYZE salon_consent")


# ---- what is measured ------------------------------------------------------------


def measure(env):
    """Time the desk and Odoo's contacts in turns, from cold records.

    The median of several runs of each; what every process loads once is not counted.
    """
    office, env = become(env, "bench_office"), become(env, "bench0")
    desk = env["salon.call.desk"]
    steps = {
        "contacts": contacts_reader(office),
        "open": lambda: desk.open_desk("all"),
        "next": lambda: desk.take_next("all"),
        "times": lambda: desk.get_times(desk.take_next("all")["card"]["id"]),
    }
    seconds = {name: [] for name in steps}
    queries = {}
    for _run in range(RUNS + 1):
        for name, step in steps.items():
            spent, queries[name] = cost(env, step)
            seconds[name].append(spent)
    answer = {name: median(spent[1:]) for name, spent in seconds.items()}
    shown = desk.open_desk("all")
    return {
        **{f"{name}_seconds": spent for name, spent in answer.items()},
        **{f"{name}_queries": count for name, count in queries.items()},
        "rows": len(shown["calls"]),
        "calls": shown["counters"]["todo"],
        "lines": env["salon.visit.line"].sudo().search_count([]),
        "outcome_queries": max(outcome_costs(env, shown["calls"])),
    }


def become(env, login):
    """Return the environment of a request of the web client."""
    user = env["res.users"].search([("login", "=", login)])
    context = {"lang": "en_US", "tz": "Europe/Brussels", "uid": user.id}
    return env(
        user=user.id, context={**context, "allowed_company_ids": env.company.ids}
    )


def cost(env, step):
    """Return the seconds and queries of one request, from cold records."""
    env.flush_all()
    env.invalidate_all()
    before, started = env.cr.sql_log_count, time.perf_counter()
    step()
    env.flush_all()
    return time.perf_counter() - started, env.cr.sql_log_count - before


def contacts_reader(env):
    """Return the request of Odoo's contacts list for as many rows."""
    action = env.ref("contacts.action_contacts").sudo()
    views = env["res.partner"].get_views([(False, "list")])
    arch = views["views"]["list"]["arch"]
    fields = env["res.partner"].fields_get()
    specification = {
        name: {"fields": {"display_name": {}}} if fields[name].get("relation") else {}
        for name in fields
        if f'name="{name}"' in arch
    }
    partners = env["res.partner"].with_context(search_default_filter=action.id)

    def read():
        page = partners.web_search_read(
            [], specification, limit=ROWS, count_limit=10001
        )
        if len(page["records"]) != ROWS:
            raise AssertionError(f"The contacts show {len(page['records'])} rows.")

    return read


def outcome_costs(env, rows):
    """Return the queries of logging one outcome of each kind, the second time."""
    desk, counts = env["salon.call.desk"], {}
    for number, kind in enumerate(2 * OUTCOMES):
        call_id = rows[number]["id"]
        outcome = env["salon.call.outcome"]._get_default(kind)
        desk.take_call(call_id)
        counts[kind] = cost(env, partial(log, desk, call_id, outcome, kind))[1]
    return list(counts.values())


def log(desk, call_id, outcome, kind):
    values = {"confirmed": True, "day": "", "hour": ""}
    if kind == "call_back":
        day = desk.env.company._salon_today() + timedelta(days=PROMISED_DAYS)
        values |= {"day": str(day), "hour": "10:00"}
    desk.log_outcome(call_id, outcome.id, f"{kind} {call_id}", values)


# ---- the run -----------------------------------------------------------------------


def run(context, scale):
    full = context.template(build)
    context.say("Opening the desk and the contacts ...")
    with context.copy(full) as database:
        done = context.measure(measure, database)
    context.say(f"{done['calls']:,} calls, {done['lines']:,} visit lines.")
    if done["rows"] != ROWS:
        raise AssertionError(f"The desk shows {done['rows']} rows.")
    figure, contacts = context.figure, done["contacts_seconds"]
    return {
        "desk_open_vs_contacts": figure(done["open_seconds"] / contacts, "x", 1.5),
        "desk_next_vs_contacts": figure(done["next_seconds"] / contacts, "x", 1.5),
        "desk_open_ms": figure(1000 * done["open_seconds"], "ms", 1000 * contacts),
        "desk_next_ms": figure(1000 * done["next_seconds"], "ms", 1000 * contacts),
        # What is asked for after the card is shown: free times to offer.
        "desk_times_ms": figure(
            1000 * (done["times_seconds"] - done["next_seconds"]),
            "ms",
            1000 * contacts,
        ),
        "desk_open_queries": figure(
            done["open_queries"], "queries", done["contacts_queries"]
        ),
        "desk_next_queries": figure(
            done["next_queries"], "queries", done["contacts_queries"]
        ),
        "outcome_queries": figure(done["outcome_queries"], "queries", 60),
    }
