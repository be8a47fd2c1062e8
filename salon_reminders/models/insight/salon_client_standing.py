from datetime import timedelta

from odoo import api, fields, models

from ...tools.each import work_each

SEGMENTS = [
    ("new", "New"),
    ("regular", "Regular"),
    ("key", "Key"),
    ("at_risk", "At risk"),
    ("lost", "Lost"),
    ("one_visit", "One visit"),
]
# What goes together changes slowly.
AFFINITY_DAYS = 7


class SalonClientStanding(models.Model):
    """How one client stands at one salon: how recently, how often, for how much.

    Worked out by the daily job for the whole salon at once, never at a sale: the
    fifths compare a client with all the others. The card of a client counts her
    visits itself and is never a day behind.
    """

    _name = "salon.client.standing"
    _description = "Standing of a Client"
    _order = "amount_year desc, id"
    _rec_name = "partner_id"
    _rec_names_search = ["partner_id.name"]
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner", string="Client", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    segment = fields.Selection(SEGMENTS, required=True, index=True)
    segment_date = fields.Date("In this segment since")

    # The salon's own fifths; 5 is best
    recency = fields.Integer(aggregator="avg", help="5: the latest fifth of clients.")
    frequency = fields.Integer(
        aggregator="avg", help="5: the fifth that came most often in a year."
    )
    money = fields.Integer(
        aggregator="avg", help="5: the fifth that spent most in a year."
    )
    score = fields.Integer(
        aggregator="avg", help="Recency, frequency and money together, 3 to 15."
    )

    # What they rest on
    first_date = fields.Date("First visit")
    last_date = fields.Date("Last visit")
    visit_count = fields.Integer("Visits", help="Days with a visit.")
    year_count = fields.Integer("Visits in a year", help="In the last 365 days.")
    amount_total = fields.Monetary("Spent", help="Services and retail products.")
    amount_year = fields.Monetary("Spent in a year", help="In the last 365 days.")
    rhythm_days = fields.Integer(
        "Comes every (days)",
        aggregator="avg",
        help="The middle of her own gaps up to half a year, else that of the salon.",
    )
    stylist_id = fields.Many2one(
        "resource.resource",
        string="Usual stylist",
        index="btree_not_null",
        ondelete="set null",
    )
    usual_weekday = fields.Integer(
        "Usual weekday", aggregator=None, help="1 is Monday."
    )
    usual_hour = fields.Integer("Usual hour", aggregator=None)
    is_booked = fields.Boolean("Booked", help="She has a booking to come.")
    zone_ids = fields.One2many("salon.client.zone", "standing_id", string="Zones")

    # UNIQUE as a constraint, not an index: merging clients resolves those.
    _partner_company_uniq = models.Constraint(
        "UNIQUE(partner_id, company_id)", "A client stands once at each salon."
    )
    _segment_idx = models.Index("(company_id, segment, amount_year DESC)")

    # ------------------------------------------------------------
    # THE JOB
    # ------------------------------------------------------------

    @api.model
    def _cron_refresh(self):
        """Work the segments and zones of every salon out, once on each of its days.

        It is asked every hour, as midnight differs from salon to salon; a salon that
        fails does not stop the others and is tried again in an hour.

        :raise Exception: the last error, when there was one, after all other salons
        """
        companies = self.env["res.company"].search([])
        waiting = companies.filtered(
            lambda one: one.salon_standing_date != one._salon_today()
        )
        work_each(waiting, self._refresh, "The segments")

    @api.model
    def _refresh(self, companies):
        """Bring segments, zones and, once a week, affinities of salons up to date."""
        engine = self.env["salon.client.engine"]
        for company in companies:
            today = company._salon_today()
            engine._refresh_standings(company)
            engine._refresh_zones(company)
            compared = company.salon_affinity_date
            if not compared or compared <= today - timedelta(days=AFFINITY_DAYS):
                engine._refresh_affinities(company)
                company.salon_affinity_date = today
            company.salon_standing_date = today

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_open_partner(self):
        """Open the client's card."""
        self.ensure_one()
        return self.partner_id._get_records_action()
