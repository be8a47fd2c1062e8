import ast

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ..insight.salon_client_standing import SEGMENTS

ZONE_STATES = {"ignored": ("white", "unused"), "former": ("former",), "used": ("used",)}


class SalonPromotion(models.Model):
    """For whom a promotion is: everything that is chosen must hold of a client.

    The audience is a domain on clients, so that counting it and taking it in is one
    statement however many clients there are. Who is or comes into it while the
    promotion runs is kept (``salon.promotion.member``): segments and needs change,
    and the report compares with those who were in it and were not offered it.
    """

    _inherit = "salon.promotion"

    segment_new = fields.Boolean("New")
    segment_regular = fields.Boolean("Regular")
    segment_key = fields.Boolean("Key")
    segment_at_risk = fields.Boolean("At risk")
    segment_lost = fields.Boolean("Lost")
    segment_one_visit = fields.Boolean("One visit")
    zone_id = fields.Many2one("salon.zone", check_company=True, ondelete="restrict")
    zone_use = fields.Selection(
        [
            ("ignored", "never used"),
            ("former", "not used for a year"),
            ("used", "used in the last year"),
        ],
        string="Use of the zone",
        default="ignored",
        help="As of the last daily job.",
    )
    cycle_id = fields.Many2one(
        "salon.cycle", string="Due or late in", check_company=True, ondelete="restrict"
    )
    is_birthday = fields.Boolean("Around the birthday")
    birthday_days = fields.Integer("Days before and after", default=7, aggregator=None)
    leaving_reason_ids = fields.Many2many(
        "salon.leaving.reason",
        string="Left because of",
        help="Clients who left for one of these reasons and have not come back.",
    )
    filter_id = fields.Many2one(
        "ir.filters",
        string="Saved filter",
        domain=[("model_id", "=", "res.partner")],
        ondelete="set null",
        help="A search on clients that somebody saved as a favorite. It is copied: "
        "changing the favorite later does not change the promotion.",
    )
    domain = fields.Char(
        "Clients who",
        compute="_compute_domain",
        store=True,
        readonly=False,
        precompute=True,
    )
    audience_count = fields.Integer(
        "Audience",
        compute="_compute_audience_count",
        help="Clients who fit today, whether they agreed to promotions or not.",
    )
    reachable_count = fields.Integer(
        "May be called",
        compute="_compute_audience_count",
        help="Those of them who agreed to be phoned about promotions and have a valid "
        "number.",
    )
    member_ids = fields.One2many("salon.promotion.member", "promotion_id")

    _birthday_days_range = models.Constraint(
        "CHECK(birthday_days BETWEEN 0 AND 90)",
        "A birthday is near for at most 90 days.",
    )

    @api.depends("filter_id")
    def _compute_domain(self):
        for promotion in self:
            promotion.domain = promotion.filter_id.domain or promotion.domain or "[]"

    @api.depends(
        *(f"segment_{segment}" for segment, _label in SEGMENTS),
        *("zone_id", "zone_use", "cycle_id", "is_birthday", "birthday_days"),
        *("leaving_reason_ids", "domain", "company_id"),
    )
    def _compute_audience_count(self):
        for promotion in self:
            try:
                counts = promotion.company_id and promotion._count_audience() or (0, 0)
            except (ValidationError, ValueError):
                # Said when it is saved.
                counts = (0, 0)
            promotion.audience_count, promotion.reachable_count = counts

    @api.constrains("domain")
    def _check_domain(self):
        for promotion in self:
            # With the rights of whoever wrote it: later it is asked by the system.
            partners = self.env["res.partner"].with_company(promotion.company_id)
            domain = promotion._parse_domain()
            try:
                partners.search(domain, limit=1)
            except (ValueError, TypeError, KeyError) as error:
                raise ValidationError(promotion._text_wrong_domain()) from error

    # ------------------------------------------------------------
    # WHO IS IN IT
    # ------------------------------------------------------------

    def _parse_domain(self):
        """Return the domain that was entered.

        :raise ValidationError: when it can't be read
        """
        try:
            return Domain(ast.literal_eval(self.domain or "[]"))
        except (ValueError, TypeError, SyntaxError) as error:
            raise ValidationError(self._text_wrong_domain()) from error

    def _text_wrong_domain(self):
        return self.env._(
            "The filter of clients can't be used: %(domain)s. Choose the conditions "
            "anew.",
            domain=self.domain,
        )

    def _get_audience_domain(self):
        """Return the domain of the clients this promotion is for."""
        self.ensure_one()
        here = Domain("company_id", "=", self.company_id.id)
        parts = [
            Domain("is_salon_client", "=", True),
            Domain("company_id", "in", (False, self.company_id.id)),
            self._parse_domain(),
        ]
        segments = [name for name, _label in SEGMENTS if self[f"segment_{name}"]]
        if segments:
            inside = here & Domain("segment", "in", segments)
            parts.append(Domain("salon_standing_ids", "any", inside))
        if self.zone_id:
            inside = here & Domain("zone_id", "=", self.zone_id._origin.id)
            inside &= Domain("state", "in", ZONE_STATES[self.zone_use or "ignored"])
            parts.append(Domain("salon_client_zone_ids", "any", inside))
        if self.cycle_id:
            inside = here & Domain("cycle_id", "=", self.cycle_id._origin.id)
            inside &= Domain("state", "in", ("due", "late"))
            parts.append(Domain("salon_reminder_ids", "any", inside))
        if self.is_birthday:
            parts.append(Domain.custom(to_sql=self._sql_birthday))
        if self.leaving_reason_ids:
            parts.append(Domain("salon_is_lost", "=", True))
            parts.append(Domain.custom(to_sql=self._sql_left_for))
        return Domain.AND(parts)

    def _sql_birthday(self, _model, alias, _query):
        """Return the condition that the birthday is near, also across a year's end.

        Who was born on 29 February has her birthday on the 28th in other years.
        """
        return SQL(
            """EXISTS (
                SELECT FROM generate_series(-1, 1) AS near (year)
                 WHERE (%(born)s + make_interval(years => near.year + %(year)s
                           - EXTRACT(YEAR FROM %(born)s)::int))::date
                       BETWEEN %(today)s::date - %(days)s AND %(today)s::date + %(days)s
               )""",
            born=SQL.identifier(alias, "salon_birthdate"),
            year=self.company_id._salon_today().year,
            today=self.company_id._salon_today(),
            days=self.birthday_days,
        )

    def _sql_left_for(self, _model, alias, _query):
        """Return the condition that the reason she gave last is one of those chosen."""
        return SQL(
            """(SELECT la.leaving_reason_id FROM salon_call_attempt la
                 WHERE la.partner_id = %(client)s AND la.company_id = %(company)s
                   AND la.leaving_reason_id IS NOT NULL AND la.undone_at IS NULL
              ORDER BY la.date DESC, la.id DESC LIMIT 1) = ANY(%(reasons)s)""",
            client=SQL.identifier(alias, "id"),
            company=self.company_id.id,
            reasons=self.leaving_reason_ids._origin.ids,
        )

    def _sql_audience(self, clients=None):
        """Return the query of the ids of its clients.

        :param clients: only of these
        """
        self.ensure_one()
        domain = self._get_audience_domain()
        if clients is not None:
            domain &= Domain("id", "in", clients.ids)
        # Who is in it does not depend on who asks.
        partners_sudo = self.env["res.partner"].sudo().with_company(self.company_id)
        return partners_sudo.with_context(active_test=True)._search(domain).select()

    def _count_audience(self):
        """Return how many clients fit, and how many of them may be phoned about it."""
        self.ensure_one()
        self.env.flush_all()
        gate, company = self.env["salon.gate"], self.company_id
        hold = gate._sql_hold(
            SQL("p.id"),
            gate._sql_address("phone"),
            SQL("%s", company.id),
            SQL("%s::date", company._salon_today()),
            "promotion",
            "phone",
        )
        rows = self.env.execute_query(
            SQL(
                """SELECT COUNT(*), COUNT(*) FILTER (WHERE %s IS NULL)
                     FROM res_partner p WHERE p.id IN (%s)""",
                hold,
                self._sql_audience(),
            )
        )
        return rows[0]

    @api.model
    def _get_pairs(self, promotions, clients):
        """Return the pairs (promotion id, client id) of who is in which audience.

        One query, however many promotions run.
        """
        if not promotions or not clients:
            return set()
        self.env.flush_all()
        parts = [
            SQL(
                "SELECT %s::int, a.id FROM (%s) AS a (id)",
                promotion.id,
                promotion._sql_audience(clients),
            )
            for promotion in promotions
        ]
        return set(self.env.execute_query(SQL(" UNION ALL ").join(parts)))

    def _refresh_members(self):
        """Take in who came into the audience of running promotions, set-based."""
        self.env.flush_all()
        for promotion in self:
            self.env.cr.execute(
                SQL(
                    """INSERT INTO salon_promotion_member (
                           promotion_id, partner_id, date)
                       SELECT %s, a.id, %s FROM (%s) AS a (id)
                           ON CONFLICT (promotion_id, partner_id) DO NOTHING""",
                    promotion.id,
                    max(promotion.date_from, promotion.company_id._salon_today()),
                    promotion._sql_audience(),
                )
            )
        self.env["salon.promotion.member"].invalidate_model()
        self.invalidate_recordset(["member_ids"])
