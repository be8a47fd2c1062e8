from odoo import SUPERUSER_ID, api
from odoo.tools import SQL


def migrate(cr, version):
    """Let nothing be due any more of cycles that are not offered.

    Their reminders kept their states; who was archived is told by the daily job.
    """
    env = api.Environment(cr, SUPERUSER_ID, {})
    given_up = env["salon.cycle"]._sql_given_up()
    env["salon.reminder.engine"]._refresh_states(SQL("r.cycle_id IN (%s)", given_up))
    cycles = env["salon.cycle"].with_context(active_test=False).search([])
    env["salon.call"]._drop_given_up(cycles.filtered("is_given_up"))
