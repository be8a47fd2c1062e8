"""Until 19.0.1.1 of the core the dashboard was a part of it.

Its upgrade hands the external ids of these records over to this addon. Installing
would write the file's values into them; what users changed must stay. So they step
aside, new ones are made, and the old ones take their places again.
"""

MODULE = "salon_reminders_dashboard"
ASIDE = "__kept_"


def pre_init_hook(env):
    """Let what there was before step aside."""
    for data in env["ir.model.data"].search([("module", "=", MODULE)]):
        data.name = f"{ASIDE}{data.name}"


def post_init_hook(env):
    """Put what there was before back into the places of what was just made."""
    data = env["ir.model.data"].search([("module", "=", MODULE)])
    kept = data.filtered(lambda one: one.name.startswith(ASIDE))
    names = {one: one.name.removeprefix(ASIDE) for one in kept}
    made = data.filtered(lambda one: one.name in set(names.values()))
    # The newest first: a menu before its action, a dashboard before its group. One
    # that has an external id can't be deleted.
    records = [(one.model, one.res_id) for one in made.sorted("id")]
    made.unlink()
    for model, res_id in reversed(records):
        env[model].browse(res_id).unlink()
    for one, name in names.items():
        one.name = name
