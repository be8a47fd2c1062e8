from odoo import SUPERUSER_ID, api

WINDOW = """
    [('partner_id.salon_visit_ids', 'any', [
        ('company_id', 'in', company_ids),
        ('date', '>=', 'today -%sd' % user.company_id.salon_stylist_days),
        ('date', '<=', 'today +%sd' % user.company_id.salon_stylist_days),
        '|', ('stylist_id.user_id', '=', user.id),
        ('line_ids.stylist_id.user_id', '=', user.id)])]"""


def migrate(cr, version):
    """Protect all of whom a salon knows something, and photos like their cards."""
    cr.execute(
        """UPDATE res_partner SET is_salon_client = TRUE
            WHERE is_salon_client IS NOT TRUE AND id IN (
                  SELECT partner_id FROM salon_visit
                   UNION SELECT partner_id FROM salon_call
                   UNION SELECT partner_id FROM salon_consent
                   UNION SELECT partner_id FROM salon_reminder)"""
    )
    env = api.Environment(cr, SUPERUSER_ID, {})
    rule = env.ref("salon_reminders.salon_client_photo_rule_stylist", False)
    if rule:
        rule.domain_force = WINDOW
