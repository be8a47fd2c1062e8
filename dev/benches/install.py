"""Installation of the addon beside 200,000 contacts, and in an empty company."""

from statistics import median

CONTACTS = 200_000
PRODUCTS = 5_000
EMPLOYEES = 300
# Seconds that all of these may add.
LIMIT = 60
RUNS = 3


def build_small(env, scale):
    """A company that has employees in Odoo, but none yet."""
    find_module(env, "hr").button_immediate_install()


def build_large(env, scale):
    """The same company years later."""
    contacts, products, employees = (
        max(round(number * scale), 1) for number in (CONTACTS, PRODUCTS, EMPLOYEES)
    )
    env.cr.execute(CONTACT_SQL, {"contacts": contacts})
    env["product.product"].create(
        [
            {"name": f"Product {number}", "type": ("consu", "service")[number % 2]}
            for number in range(products)
        ]
    )
    env["hr.employee"].create(
        [{"name": f"Employee {number}"} for number in range(employees)]
    )
    env.flush_all()
    env.cr.execute("ANALYZE")


# Every tenth is a firm, half have a telephone.
CONTACT_SQL = """
    INSERT INTO res_partner
           (name, complete_name, active, type, is_company, email, phone)
    SELECT 'Contact ' || number, 'Contact ' || number, true, 'contact',
           number %% 10 = 0, 'contact' || number || '@example.com',
           CASE WHEN number %% 2 = 0 THEN '+36 30 ' || (1000000 + number) END
      FROM generate_series(1, %(contacts)s) number"""


def install(env):
    """Install as the Apps list does."""
    env["ir.module.module"].update_list()
    addon = find_module(env, "salon_reminders")
    addon.button_immediate_install()
    return {"contacts": env["res.partner"].search_count([])}


def find_module(env, name):
    return env["ir.module.module"].search([("name", "=", name)])


def run(context, scale):
    small = context.template(build_small, source=context.without_addon)
    large = context.template(build_large, source=small)
    took = {small: [], large: []}
    # In turns, so that what else the machine does is shared.
    for _number in range(RUNS):
        for template, seconds in took.items():
            with context.copy(template) as database:
                done = context.measure(install, database)
            seconds.append(done["seconds"])
    beside_nothing, beside_all = (median(seconds) for seconds in took.values())
    more = beside_all - beside_nothing
    if more > LIMIT * max(scale, 1):
        context.say(f"More than {LIMIT} s: {more:.1f} s")
    return {
        "installation": context.figure(beside_all, "s", beside_nothing),
        "more than alone": context.figure(more, "s", float(LIMIT)),
        "contacts": context.figure(done["contacts"], ""),
    }
