"""What people of other apps have in Odoo before the salon comes.

Two companies in two time zones and their work: contacts, leads, orders, invoices,
employees, a till, a website and so on; one user per app, with the rights of this app
only, and a customer of the portal. Made through the ORM as those people make it. Runs
in a process of its own: python -m dev.live_data CONFIG DATABASE.
"""

import sys
from datetime import date, datetime, timedelta

HOME, ABROAD = "Danube Trading", "Golden Gate Goods"
ZONES = {HOME: "Europe/Budapest", ABROAD: "America/Los_Angeles"}

# Login (the password is the same): group beside Role / User.
PEOPLE = {
    "contact": "",
    "sales": "sales_team.group_sale_salesman",
    "crm": "sales_team.group_sale_salesman_all_leads",
    "hr": "hr.group_hr_user",
    "leave": "hr_holidays.group_hr_holidays_user",
    "till": "point_of_sale.group_pos_user",
    "website": "website.group_website_designer",
    "mailing": "mass_mailing.group_mass_mailing_user",
    "event": "event.group_event_user",
    "project": "project.group_project_user",
    "purchase": "purchase.group_purchase_user",
    "stock": "stock.group_stock_user",
    "survey": "survey.group_survey_user",
    "invoice": "account.group_account_invoice",
    "abroad": "sales_team.group_sale_manager",
}
PORTAL = "portal"
CONTACTS, PRODUCTS, LEADS = 60, 12, 10
# Monday of a week in which everything happens; nothing depends on today.
MONDAY = date(2026, 3, 2)


def main(config_file, database):
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry
    from odoo.tools import config

    config.parse_config(
        ["-c", config_file, "-d", database, "--no-http", "--log-level=warn"]
    )
    with Registry(database).cursor() as cr:
        fill(api.Environment(cr, SUPERUSER_ID, {}))


def fill(env):
    home, abroad = companies = make_companies(env)
    users = make_users(env, companies)
    partners = make_contacts(env, companies)
    make_portal_user(env, partners[0])
    products = make_products(env)
    make_employees(env, users)
    make_time_off(env, users["contact"])
    for company, login in ((home, "sales"), (abroad, "abroad")):
        sell(env, company, users[login], partners, products)
    buy(env, users["purchase"], partners, products)
    make_leads(env, users, partners)
    open_till(env, users["till"], products)
    make_mailings(env, users["mailing"], partners)
    make_event(env, users["event"], partners)
    make_project(env, users["project"], partners)
    make_survey(env, users["survey"])
    make_meetings(env, users, partners)
    make_loyalty(env)
    make_website(env, users["website"], products)
    finish_setting_up(env)


def at(day, hour=9):
    """A moment of the week in which everything happens."""
    return datetime.combine(MONDAY, datetime.min.time()) + timedelta(
        days=day, hours=hour
    )


# ---- who -------------------------------------------------------------------------


def make_companies(env):
    """Without the accounting of their countries, each of which is an app."""
    env = env(context={**env.context, "chart_template_load": True})
    home, model = env.company, env["res.company"]
    home.write({"name": HOME, "country_id": env.ref("base.hu").id})
    abroad = model.create({"name": ABROAD, "country_id": env.ref("base.us").id})
    env.ref("base.user_admin").company_ids += abroad
    warehouse = {"name": ABROAD, "code": "GGG", "company_id": abroad.id}
    env["stock.warehouse"].create(warehouse)
    for company in home + abroad:
        env["account.chart.template"].try_loading("generic_coa", company)
        company.resource_calendar_id.tz = ZONES[company.name]
    return home + abroad


def make_users(env, companies):
    home, abroad = companies
    users = {}
    for login, group in PEOPLE.items():
        company = abroad if login == "abroad" else home
        groups = ["base.group_user", *filter(None, [group])]
        users[login] = make_user(env, login, company, groups)
    # This one works for both companies.
    users["invoice"].company_ids = companies
    return users


def make_user(env, login, company, groups, **values):
    user = env["res.users"].with_context(no_reset_password=True)
    return user.create(
        {
            "name": f"{login.capitalize()} user",
            "login": login,
            "password": login,
            "email": f"{login}@example.com",
            "tz": ZONES[company.name],
            "company_id": company.id,
            "company_ids": company.ids,
            "group_ids": [(6, 0, [env.ref(group).id for group in groups])],
            **values,
        }
    )


def make_portal_user(env, partner):
    partner.email = f"{PORTAL}@example.com"
    groups = ["base.group_portal"]
    make_user(env, PORTAL, env.company, groups, partner_id=partner.id)


def make_contacts(env, companies):
    """People and firms, some with employees, some of one company only."""
    firms = make_firms(env, companies[0].country_id)
    people = env["res.partner"].create(
        [
            {
                "name": f"Person {number}",
                "phone": f"+36 30 555 {number:04}",
                "email": f"person{number}@example.com",
                "parent_id": firms[number % 20].id if number % 20 < 10 else False,
                "company_id": companies[number % 3 - 1].id if number % 3 else False,
                "comment": "Met at the fair",
            }
            for number in range(CONTACTS)
        ]
    )
    # A contact may have no name if it is an address.
    address = {"parent_id": firms[0].id, "type": "delivery", "city": "Győr"}
    env["res.partner"].create(address)
    return firms + people.filtered(lambda person: not person.company_id)


def make_firms(env, country):
    return env["res.partner"].create(
        [
            {
                "name": f"Firm {number}",
                "is_company": True,
                "phone": f"+36 1 555 {number:04}",
                "email": f"office{number}@example.com",
                "country_id": country.id,
            }
            for number in range(CONTACTS // 6)
        ]
    )


# ---- what is sold and bought ---------------------------------------------------------


def make_products(env):
    products = env["product.product"].create(
        [
            {
                "name": f"Article {number}",
                "type": "service" if number % 4 == 3 else "consu",
                "is_storable": number % 4 == 0,
                "list_price": 10 + number,
                "available_in_pos": True,
            }
            for number in range(PRODUCTS)
        ]
    )
    env["product.template.attribute.line"].create(colours(env, products[0]))
    # The article as it was has made room for its variants.
    return products.exists()


def colours(env, product):
    """An article in two colours: a template with two variants."""
    attribute = env["product.attribute"].create({"name": "Colour"})
    values = env["product.attribute.value"].create(
        [{"name": name, "attribute_id": attribute.id} for name in ("Red", "Blue")]
    )
    return {
        "product_tmpl_id": product.product_tmpl_id.id,
        "attribute_id": attribute.id,
        "value_ids": [(6, 0, values.ids)],
    }


def sell(env, company, user, partners, products):
    """Quotations; some are ordered, one of these is invoiced."""
    orders = (
        env["sale.order"]
        .with_company(company)
        .create(
            [
                {
                    "partner_id": partners[number % 8].id,
                    "company_id": company.id,
                    "user_id": user.id,
                    "date_order": at(number % 5),
                    "order_line": order_lines(products[number : number + 3], number),
                }
                for number in range(1, 7)
            ]
        )
    )
    orders[:4].action_confirm()
    invoices = orders[:2]._create_invoices()
    invoices.invoice_date = MONDAY
    invoices[:1].action_post()


def order_lines(products, number):
    return [
        (0, 0, {"product_id": product.id, "product_uom_qty": number})
        for product in products
    ]


def buy(env, user, partners, products):
    line = {"product_id": products[4].id, "product_qty": 20, "price_unit": 4}
    orders = (
        env["purchase.order"]
        .with_user(user)
        .create(
            [
                {
                    "partner_id": partner.id,
                    "order_line": [(0, 0, line)],
                    "date_order": at(0),
                }
                for partner in partners[:3]
            ]
        )
    )
    orders[:2].button_confirm()


def open_till(env, user, products):
    """A till with an open session, in which something was sold."""
    env["pos.config"].load_onboarding_retail_scenario()
    till = env["pos.config"].search([], limit=1).with_user(user)
    # Who works there logs in as a user, not as an employee.
    till.sudo().module_pos_hr = False
    till.open_ui()
    session = till.current_session_id
    session.set_opening_control(100, "")
    sell_at_till(session, till.payment_method_ids[:1], products[1:3])


def sell_at_till(session, method, products):
    lines = [(0, 0, till_line(product)) for product in products]
    total = sum(line["price_subtotal_incl"] for _c, _i, line in lines)
    order = session.env["pos.order"].create(
        {
            "session_id": session.id,
            "lines": lines,
            "amount_tax": 0,
            "amount_total": total,
            "amount_paid": 0,
            "amount_return": 0,
        }
    )
    payment = {"amount": total, "payment_method_id": method.id}
    order.add_payment({"pos_order_id": order.id, **payment})
    order.action_pos_order_paid()


def till_line(product):
    return {
        "product_id": product.id,
        "qty": 1,
        "price_unit": product.list_price,
        "price_subtotal": product.list_price,
        "price_subtotal_incl": product.list_price,
        "tax_ids": [(5,)],
    }


def make_loyalty(env):
    program = env["loyalty.program"].create(
        {
            "name": "Every tenth free",
            "program_type": "loyalty",
            "rule_ids": [(0, 0, {"reward_point_amount": 1})],
            "reward_ids": [(0, 0, {"discount": 10, "required_points": 10})],
        }
    )
    env["loyalty.card"].create({"program_id": program.id, "points": 7})


# ---- who works there -----------------------------------------------------------------


def make_employees(env, users):
    """Everybody of the office is an employee; some employees are no users."""
    department = env["hr.department"].create({"name": "Office"})
    values = [
        {"name": user.name, "user_id": user.id, "company_id": user.company_id.id}
        for user in users.values()
    ]
    values += [{"name": f"Hand {number}"} for number in range(5)]
    employees = env["hr.employee"].create(values)
    employees.filtered(
        lambda employee: employee.company_id == env.company
    ).department_id = department
    employees[-1].action_archive()
    # A machine that is neither somebody nor at work any more.
    env["resource.resource"].create(
        {"name": "Old press", "resource_type": "material", "active": False}
    )


def make_time_off(env, user):
    kind = env["hr.leave.type"].create(
        {
            "name": "Holidays",
            "requires_allocation": False,
            "employee_requests": "yes",
            "leave_validation_type": "hr",
            "company_id": env.company.id,
        }
    )
    leaves = env["hr.leave"].create(
        [
            {
                "holiday_status_id": kind.id,
                "employee_id": user.employee_id.id,
                "request_date_from": first,
                "request_date_to": first + timedelta(days=2),
            }
            for first in (MONDAY, MONDAY + timedelta(days=14))
        ]
    )
    leaves[0].action_approve()


# ---- the rest of the office ---------------------------------------------------


def make_leads(env, users, partners):
    env["crm.lead"].create(
        [
            {
                "name": f"Opportunity {number}",
                "type": "opportunity",
                "partner_id": partners[number].id,
                "user_id": users["sales" if number % 2 else "crm"].id,
                "expected_revenue": 100 * number,
            }
            for number in range(LEADS)
        ]
    )


def make_mailings(env, user, partners):
    mailings = env["mailing.list"].with_user(user)
    contacts = [(0, 0, {"name": p.name, "email": p.email}) for p in partners[1:9]]
    audience = mailings.create({"name": "Readers", "contact_ids": contacts})
    env["mailing.mailing"].with_user(user).create(
        {
            "subject": "News of the spring",
            "body_arch": "<p>Spring is here.</p>",
            "body_html": "<p>Spring is here.</p>",
            "mailing_model_id": env["ir.model"]._get_id("mailing.list"),
            "contact_list_ids": [(6, 0, audience.ids)],
        }
    )


def make_event(env, user, partners):
    event = (
        env["event.event"]
        .with_user(user)
        .create(
            {
                "name": "Open day",
                "date_begin": at(2, 10),
                "date_end": at(2, 18),
                "date_tz": ZONES[HOME],
            }
        )
    )
    env["event.registration"].create(
        [{"event_id": event.id, "partner_id": one.id} for one in partners[:6]]
    )


def make_project(env, user, partners):
    stages = [(0, 0, {"name": name}) for name in ("New", "Done")]
    project = env["project.project"].create(
        {"name": "New shop", "partner_id": partners[2].id, "type_ids": stages}
    )
    env["project.task"].create(
        [
            {
                "name": f"Task {number}",
                "project_id": project.id,
                "user_ids": [(6, 0, user.ids)],
                "date_deadline": at(number),
            }
            for number in range(5)
        ]
    )


def make_survey(env, user):
    answers = [(0, 0, {"value": word}) for word in ("Yes", "No")]
    question = {
        "title": "Do you like it here?",
        "question_type": "simple_choice",
        "suggested_answer_ids": answers,
    }
    env["survey.survey"].with_user(user).create(
        {"title": "How is it?", "question_and_page_ids": [(0, 0, question)]}
    )


def make_meetings(env, users, partners):
    """A single meeting and one that comes back every week."""
    people = users["contact"].partner_id + users["sales"].partner_id + partners[3]
    meetings = env["calendar.event"].with_user(users["contact"])
    for day, values in ((0, {}), (1, WEEKLY)):
        meetings.create(
            {
                "name": f"Meeting {day}",
                "start": at(day, 10),
                "stop": at(day, 11),
                "partner_ids": [(6, 0, people.ids)],
                **values,
            }
        )


WEEKLY = {
    "recurrency": True,
    "rrule_type": "weekly",
    "tue": True,
    "end_type": "count",
    "count": 4,
}


def make_website(env, user, products):
    products.product_tmpl_id.is_published = True
    env["website.page"].create(
        {
            "name": "About us",
            "url": "/about-us",
            "type": "qweb",
            "key": "website.live_about_us",
            "is_published": True,
            "website_id": env["website"].search([], limit=1).id,
            "arch": '<t t-name="website.live_about_us">'
            '<t t-call="website.layout"><h1>About us</h1></t></t>',
        }
    )


def finish_setting_up(env):
    """The first steps lie behind everybody, and ours is copied there later."""
    from dev import project

    # Otherwise time zones and address follow the browser of whoever logs in first.
    env.ref("base.user_admin").tz = ZONES[HOME]
    for user in env["res.users"].search([]):
        user.with_user(user)._update_last_login()
    env["ir.config_parameter"].set_param("web.base.url.freeze", "True")
    env["ir.actions.todo"].search([]).write({"state": "done"})
    env["res.users"].search([]).write({"odoobot_state": "disabled"})
    names = [folder.name for folder in project.addons()]
    env["ir.module.module"].search([("name", "in", names)]).unlink()


if __name__ == "__main__":
    main(*sys.argv[1:])
