from odoo.tools import SQL

# What people did, in an order in which nothing refers to what is already gone.
HISTORY = [
    "salon.promotion.participation",
    "salon.promotion.member",
    "salon.client.offer",
    "salon.client.zone",
    "salon.client.standing",
    "salon.call.attempt",
    "salon.reminder",
    "salon.course",
    "salon.import.row",
    "salon.visit.line",
    "salon.promotion.hour",
    "salon.promotion",
    "salon.visit",
    "salon.departure.client",
    "salon.call",
    "salon.departure",
    "salon.leaving.fix",
    "salon.control.draw",
    "salon.consent",
    "salon.consent.ask",
    "salon.card.alert",
    "salon.card.log",
]


def uninstall_hook(env):
    """Empty what only this addon knows, before Odoo removes its records one by one.

    Otherwise outcomes, stylists and other records that the history refers to could
    not be removed without errors in the log; and activities would be left that point
    at records which no longer exist.
    """
    env["mail.activity"].with_context(active_test=False).search(
        [("res_model", "in", ("salon.call", "salon.card.alert"))]
    ).unlink()
    for model in HISTORY:
        table = SQL.identifier(env[model]._table)
        env.cr.execute(SQL("DELETE FROM %s", table))
    # Stylists stay, and with them the hours they work by and the company they are in.
    env["ir.model.data"].search(
        [
            ("module", "=", "salon_reminders"),
            ("model", "in", ("res.company", "resource.calendar")),
        ]
    ).unlink()
    env.invalidate_all()
