from odoo import api, fields, models
from odoo.tools import SQL, formatLang


class SalonStylistReport(models.Model):
    """Whose clients come back, said no more surely than the numbers allow.

    How they are compared, see ``salon.stylist.question``.
    """

    _name = "salon.stylist.report"
    _inherit = ["salon.stylist.question"]
    _description = "Stylists Compared"
    _auto = False
    _order = "adjusted_rate desc, known_count desc, id"
    _rec_name = "stylist_id"
    _depends = {
        "salon.visit": [
            *("company_id", "partner_id", "stylist_id", "state", "start", "date"),
            *("is_purchase", "rating"),
        ],
        "salon.visit.line": [
            *("visit_id", "product_id", "stylist_id", "net_quantity", "amount"),
        ],
        "product.product": ["product_tmpl_id"],
        "product.template": ["salon_kind", "salon_cycle_ids"],
        "salon.cycle": ["company_id", "lapse_days"],
        "res.company": ["currency_id", "resource_calendar_id"],
    }

    stylist_id = fields.Many2one("resource.resource", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    visit_count = fields.Integer(
        "Visits", readonly=True, help="Visits of known clients done by her."
    )

    # First visits
    first_count = fields.Integer(
        "First visits",
        readonly=True,
        help="Clients whose first visit to the salon was with her.",
    )
    known_count = fields.Integer(
        "Known",
        readonly=True,
        help="First visits whose time to come back is over: the lapse days of the "
        "cycle of the service, 90 days if it has none. All shares are of these. The "
        "others are not yet known.",
    )
    returned_rate = fields.Float(
        "Came back",
        readonly=True,
        aggregator=None,
        help="Retention: share of known first visits after which the client came back "
        "to the salon in time, to whomever.",
    )
    same_rate = fields.Float(
        "To her",
        readonly=True,
        aggregator=None,
        help="Share of known first visits after which the client came back in time to "
        "the same stylist.",
    )
    expected_rate = fields.Float(
        "Expected",
        readonly=True,
        aggregator=None,
        help="The share that came back after first visits for the same cycles at the "
        "whole salon.",
    )
    adjusted_rate = fields.Float(
        "Adjusted",
        readonly=True,
        aggregator=None,
        help="Share that came back, divided by the expected share and multiplied by "
        "the share of the whole salon: what she would have if everybody did the same "
        "services.",
    )
    low_rate = fields.Float("Range from", readonly=True, aggregator=None)
    high_rate = fields.Float("Range to", readonly=True, aggregator=None)
    salon_rate = fields.Float(
        "Whole salon",
        readonly=True,
        aggregator=None,
        help="Share of all known first visits that came back.",
    )
    range_text = fields.Char(
        "Range",
        compute="_compute_range_text",
        help="The adjusted share lies in this range with 95 % confidence (Wilson).",
    )
    verdict = fields.Selection(
        [
            ("better", "Above the salon"),
            ("open", "No difference shown"),
            ("worse", "Below the salon"),
            ("unknown", "Not yet known"),
        ],
        readonly=True,
        help="Above or below only when the whole range lies above or below the share "
        "of the whole salon.",
    )

    # All visits
    rebooking_known_count = fields.Integer(
        "Visits with known booking",
        readonly=True,
        help="Visits that were entered by the end of their day. Of an imported history "
        "it is not known when the next visit was booked.",
    )
    rebooking_rate = fields.Float(
        "Rebooking",
        readonly=True,
        aggregator=None,
        help="Rebooking rate: share of visits after which the client left with a next "
        "appointment, booked that day or before.",
    )
    amount = fields.Monetary("Money", readonly=True, help="Of her lines, less refunds.")
    retail_rate = fields.Float(
        "Retail share",
        readonly=True,
        aggregator=None,
        help="Money of her retail products divided by all her money.",
    )
    rating_count = fields.Integer(
        "Ratings", readonly=True, help="Visits of known clients that were rated."
    )
    rating_average = fields.Float(
        "Average rating",
        readonly=True,
        aggregator=None,
        help="Average of the ratings, 1 to 5 stars. A few ratings say little.",
    )
    rating_text = fields.Char(
        "Rating",
        compute="_compute_rating_text",
        help="Average of the ratings of her visits, 1 to 5 stars, and of how many. A "
        "few ratings say little.",
    )
    left_count = fields.Integer(
        "Left",
        readonly=True,
        help="Left after her (churn): clients whose last visit was with her and who "
        "are lost: away for longer than the lapse days of that visit's cycle, 90 days "
        "if it has none, and not booked.",
    )

    @api.depends("low_rate", "high_rate", "known_count")
    def _compute_range_text(self):
        for row in self:
            row.range_text = bool(row.known_count) and self.env._(
                "%(low)s to %(high)s %%",
                low=round(100 * row.low_rate),
                high=round(100 * row.high_rate),
            )

    @api.depends("rating_average", "rating_count")
    def _compute_rating_text(self):
        for row in self:
            row.rating_text = bool(row.rating_count) and self.env._(
                "%(average)s (%(count)s)",
                average=formatLang(self.env, row.rating_average, digits=1),
                count=row.rating_count,
            )

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_open_first(self):
        """Open the first visits with this stylist."""
        self.ensure_one()
        months = self._get_months()
        domain = [
            ("stylist_id", "=", self.stylist_id.id),
            ("company_id", "=", self.company_id.id),
            ("kind", "=", "new"),
        ]
        if months:
            since = fields.Date.subtract(self.company_id._salon_today(), months=months)
            domain.append(("date", ">=", since))
        return self._open_list(
            "salon_reminders.salon_retention_report_action",
            self.env._("First visits with %(name)s", name=self.stylist_id.name),
            domain,
            ("list", "pivot", "graph"),
        )

    def action_open_left(self):
        """Open the clients who left after a visit with this stylist."""
        self.ensure_one()
        return self._open_list(
            "salon_reminders.res_partner_action_clients",
            self.env._("Left after %(name)s", name=self.stylist_id.name),
            [("id", "in", self._get_left_partner_ids())],
        )

    def _get_left_partner_ids(self):
        # The row itself was read under the rules of the reader.
        rows = self.env.execute_query(
            SQL(
                """WITH client AS (%s)
                SELECT partner_id FROM (%s) g
                 WHERE company_id = %s AND stylist_id = %s""",
                self._sql_clients(),
                self._sql_gone(),
                self.company_id.id,
                self.stylist_id.id,
            )
        )
        return [partner_id for (partner_id,) in rows]
