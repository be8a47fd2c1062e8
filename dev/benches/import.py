"""Import of a made-up salon's receipts, beside a bare COPY and SQL of the same rows."""

import csv
import io
import random
import time
from datetime import date, timedelta

LINES = 100_000
SMALL = 10_000
SERVICES = 40
RETAIL = 30
HEADERS = (
    "Receipt,Date,Time,Client,Walk-in,Staff,Code,Category,Description,Quantity,Amount"
).split(",")
LAST_DAY = date(2026, 6, 30)


def make_lines(count):
    """Receipt lines of a salon: the more lines, the more clients; four years."""
    chance = random.Random(f"import {count}")
    clients = max(count // 14, 1)
    lines = []
    while len(lines) < count:
        receipt = len(lines) + 1
        day = LAST_DAY - timedelta(days=chance.randrange(1460))
        hour = f"{chance.randrange(9, 19):02}:{chance.choice(('00', '15', '30'))}"
        walk_in = chance.random() < 0.03
        client = "0" if walk_in else str(chance.randrange(1, clients + 1))
        staff = f"Stylist {chance.randrange(8)}"
        head = [receipt, day.isoformat(), hour, client, walk_in, staff]
        for _line in range(chance.choice((1, 1, 1, 2, 2, 3))):
            lines.append(head + sold(chance))
    return lines[:count]


def sold(chance):
    if chance.random() < 0.1:
        number = chance.randrange(RETAIL)
        return ["", "RETAIL", f"Retail product {number}", 1, f"{9.5 + number:.2f}"]
    number = chance.randrange(SERVICES)
    sign = -1 if chance.random() < 0.005 else 1
    amount = f"{sign * (20 + number):.2f}"
    return [f"S{number}", "STYLE", f"Service {number}", sign, amount]


def make_csv(lines):
    stream = io.StringIO()
    csv.writer(stream).writerows([HEADERS, *lines])
    return stream.getvalue().encode()


def make_services(env):
    """Services that renew cycles, so that reminders are kept up to date as well."""
    zone = env["salon.zone"].create({"name": "Hair"})
    cycles = env["salon.cycle"].create(
        [{"name": f"Cycle {n}", "zone_id": zone.id} for n in range(10)]
    )
    env["product.product"].create(
        [
            {
                "name": f"Service {n}",
                "default_code": f"S{n}",
                "salon_kind": "service",
                "type": "service",
                "salon_cycle_ids": cycles[n % 20].ids if n % 20 < 10 else [],
            }
            for n in range(SERVICES)
        ]
    )
    env.cr.commit()


def product(env, count):
    """The import as a person runs it: read, check, import."""
    make_services(env)
    data = make_csv(make_lines(count))
    started = time.perf_counter()
    attachment = env["ir.attachment"].create({"name": "receipts.csv", "raw": data})
    record = env["salon.import"].create({"attachment_ids": attachment.ids})
    record.action_read()
    record.action_check()
    env.cr.commit()
    record._work()
    checked = time.perf_counter() - started
    record.action_import()
    env.cr.commit()
    record._work()
    took = time.perf_counter() - started
    if record.state != "done" or record.line_count != count:
        raise AssertionError(f"{record.state}: {record.line_count} lines")
    return {"took": took, "checked": checked}


def bare(env, count):
    """The same rows by COPY into a table and SQL into ours, nothing checked."""
    make_services(env)
    data = make_csv(make_lines(count))
    started = time.perf_counter()
    cr = env.cr
    cr.execute(
        "CREATE TEMP TABLE staged (receipt text, day date, hour time, client text,"
        " walk_in bool, staff text, code text, category text, item text,"
        " quantity numeric, amount numeric)"
    )
    cr.copy_expert("COPY staged FROM STDIN CSV HEADER", io.BytesIO(data))
    for statement in BARE_SQL:
        cr.execute(statement, {"company": env.company.id})
    cr.commit()
    return {"took": time.perf_counter() - started}


BARE_SQL = (
    "INSERT INTO res_partner (name, complete_name, active, type, salon_import_ref,"
    " is_salon_client) SELECT DISTINCT 'Client ' || client, 'Client ' || client, true,"
    " 'contact', client, true FROM staged WHERE NOT walk_in",
    "INSERT INTO resource_resource (name, active, is_stylist, resource_type, tz,"
    " time_efficiency, company_id) SELECT DISTINCT staff, true, true, 'user', 'UTC',"
    " 100, %(company)s FROM staged",
    "INSERT INTO product_template (name, type, salon_kind, active, categ_id, uom_id,"
    " service_tracking) SELECT DISTINCT jsonb_build_object('en_US', item), 'consu',"
    " 'retail', true, NULL::int, 1, 'no' FROM staged WHERE code IS NULL",
    "INSERT INTO product_product (product_tmpl_id, active) SELECT id, true"
    " FROM product_template WHERE salon_kind = 'retail'",
    "INSERT INTO salon_visit (company_id, partner_id, stylist_id, state, start, stop,"
    " date, amount_total, is_purchase, receipt) SELECT %(company)s, p.id, MIN(r.id),"
    " 'done', MIN(day + hour), MIN(day + hour) + interval '1 hour', MIN(day),"
    " SUM(amount), bool_and(code IS NULL), receipt FROM staged s"
    " LEFT JOIN res_partner p ON p.salon_import_ref = s.client AND NOT s.walk_in"
    " JOIN resource_resource r ON r.name = s.staff AND r.is_stylist"
    " GROUP BY receipt, p.id",
    "INSERT INTO salon_visit_line (visit_id, product_id, stylist_id, sequence,"
    " quantity, amount, net_quantity) SELECT v.id, p.id, r.id, 10, quantity, amount,"
    " quantity FROM staged s JOIN salon_visit v ON v.receipt = s.receipt"
    " JOIN resource_resource r ON r.name = s.staff AND r.is_stylist"
    " JOIN product_template t ON t.name->>'en_US' = s.item"
    " JOIN product_product p ON p.product_tmpl_id = t.id",
)


def run(context, scale):
    small, large = round(SMALL * scale), round(LINES * scale)
    took = {}
    for function, count in ((product, small), (product, large), (bare, large)):
        with context.copy(context.with_addon) as database:
            done = context.measure(function, database, count=count)
        took[function, count] = done["took"]
        context.say(f"{function.__name__}: {count:,} lines in {done['took']:.1f} s")
    per_second = large / took[product, large]
    bare_per_second = large / took[bare, large]
    return {
        "import_lines_per_second": context.figure(
            per_second, "lines/s", bare_per_second
        ),
        "import_growth": context.figure(
            took[product, large] / large / (took[product, small] / small), "x"
        ),
        "import_seconds": context.figure(took[product, large], "s", took[bare, large]),
        "import_vs_sql": context.figure(
            took[product, large] / took[bare, large], "x", 1.0
        ),
    }
