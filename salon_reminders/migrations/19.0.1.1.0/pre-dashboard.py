ADDON = "salon_reminders_dashboard"
RECORDS = (
    "spreadsheet_dashboard_group_salon",
    "spreadsheet_dashboard_salon",
    "salon_dashboard_action_open",
    "salon_dashboard_menu",
)


def migrate(cr, version):
    """Hand the dashboard over to an addon of its own, and have that installed.

    Odoo looks at ``auto_install`` when something is installed, not at upgrades.
    """
    cr.execute(
        """UPDATE ir_model_data SET module = %s, noupdate = TRUE
            WHERE module = 'salon_reminders' AND name = ANY(%s)""",
        (ADDON, list(RECORDS)),
    )
    cr.execute(
        """UPDATE ir_module_module SET state = 'to install'
            WHERE name = %s AND state = 'uninstalled'""",
        (ADDON,),
    )
