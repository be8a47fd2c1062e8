"""Let whoever tries the demonstration in: python -m dev.demo_logins CONFIG DATABASE.

The people of the demo data have no passwords, as such data may be loaded on a server
that everybody reaches. Here each gets a short login, with itself as the password, and
the salon is the only company that its people see.
"""

import sys

from odoo import SUPERUSER_ID, api, fields
from odoo.modules.registry import Registry
from odoo.tools import config

COMPANY = "salon_reminders.res_company_rosewater_demo"


def main(config_path, database):
    config.parse_config(["-c", config_path, "-d", database, "--no-http"])
    with Registry(database).cursor() as cr:
        let_in(api.Environment(cr, SUPERUSER_ID, {}))


def let_in(env):
    company = env.ref(COMPANY)
    for user in env["res.users"].search([("company_id", "=", company.id)]):
        login = user.login.partition("@")[0]
        user.write({"login": login, "password": login})
    everywhere = env.ref("base.user_admin") | env.ref("base.user_root")
    everywhere.write(
        {
            "company_id": company.id,
            "company_ids": [fields.Command.set(company.ids)],
        }
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
