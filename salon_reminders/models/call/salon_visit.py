from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.server_flags import SERVER_SAYS
from ..visit.salon_visit import KEPT_STATES
from .salon_call import NEAR_DAYS


class SalonVisit(models.Model):
    """A visit settles the open calls of its client; some are booked on a call."""

    _inherit = "salon.visit"

    call_id = fields.Many2one(
        "salon.call",
        string="Booked on call",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        copy=False,
    )

    @api.model_create_multi
    def create(self, vals_list):
        self._check_calls(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        self._check_calls([vals])
        return super().write(vals)

    @api.model
    def _check_calls(self, vals_list):
        """Refuse to tie a visit to a call the user may not see.

        Otherwise a stylist would learn from an own visit whom others call.
        """
        ids = {vals["call_id"] for vals in vals_list if vals.get("call_id")}
        if ids and not self.env.su:
            self.env["salon.call"].browse(ids).check_access("read")

    def _complete_new(self):
        self.filtered("call_id")._share_out_lines()
        return super()._complete_new()

    def _share_out_lines(self):
        """Give services that no single stylist does to those who do them."""
        finder = self.env["salon.slot.finder"]
        for visit in self.filtered("stylist_id"):
            lines = visit.line_ids.filtered("minutes")
            plan = finder._get_plan(
                lines.product_id, visit.stylist_id, visit.company_id
            )
            shared = dict(plan)
            for line in lines.with_context(salon_visit_batch=SERVER_SAYS):
                if shared[line.product_id] != visit.stylist_id:
                    line.stylist_id = shared[line.product_id]

    @api.model
    def _sql_near(self, partner, company, today):
        """Return the condition that a client was here a moment ago, or comes soon.

        Who only bought something was here, too. A booking of yesterday about which
        nobody has said yet what became of it counts as a visit.

        :param SQL partner: expression of the client's id
        :param SQL company: expression of the company's id
        :param SQL today: expression of the salon's date
        """
        return SQL(
            # OFFSET 0 keeps the index of the client: else every visit is read once.
            """EXISTS (
                SELECT FROM salon_visit nv WHERE nv.partner_id = %s AND %s OFFSET 0)""",
            partner,
            self._sql_is_near(company, today),
        )

    @api.model
    def _sql_near_clients(self, company, today):
        """Return the statement that reads all clients of ``_sql_near``.

        For those who ask about many clients and one day: it is read once, by the book's
        index of starts, with a day more on either side for every time zone.
        """
        return SQL(
            """SELECT nv.partner_id FROM salon_visit nv
                WHERE %(near)s AND nv.partner_id IS NOT NULL
                  AND nv.start > %(today)s - %(before)s
                  AND nv.start < %(today)s + %(after)s""",
            near=self._sql_is_near(company, today),
            today=today,
            before=NEAR_DAYS + 1,
            # The last day ends with the midnight after it.
            after=NEAR_DAYS + 2,
        )

    @api.model
    def _sql_is_near(self, company, today):
        """Return the condition of visits ``nv`` around which nobody is phoned."""
        return SQL(
            """nv.company_id = %(company)s AND nv.state IN %(kept)s
               AND nv.date BETWEEN %(today)s - %(days)s AND %(today)s + %(days)s""",
            company=company,
            today=today,
            days=NEAR_DAYS,
            kept=KEPT_STATES,
        )

    @api.model
    def _get_near(self, partners, company):
        """Return {client: the last of the visits of ``_sql_near``}."""
        self.flush_model(["partner_id", "company_id", "state", "date"])
        rows = self.env.execute_query(
            SQL(
                """SELECT nv.partner_id, nv.id FROM salon_visit nv
                    WHERE nv.partner_id = ANY(%s) AND %s
                 ORDER BY nv.date, nv.id""",
                partners.ids,
                self._sql_is_near(
                    SQL("%s", company.id), SQL("%s::date", company._salon_today())
                ),
            )
        )
        clients, visits = zip(*rows, strict=True) if rows else ((), ())
        return dict(zip(partners.browse(clients), self.browse(visits), strict=True))

    def _get_ask_texts(self):
        """Add what else the calls are about that wait for these visits."""
        texts = super()._get_ask_texts()
        calls = self.env["salon.call"]
        # A stylist has no calls, and asks about what is due.
        if calls.has_access("read"):
            waiting = calls.search(
                [("partner_id", "in", self.partner_id.ids), ("is_waiting", "=", True)]
            )
            news = waiting._get_visit_texts()
            for call, visit in waiting._get_near_visits().items():
                if visit in self:
                    texts[visit] = [*texts.get(visit, ()), *news.get(call, ())]
        return texts

    @api.model
    def _follow_visits(self, partners):
        # First the reminders: what they say now settles the calls.
        result = super()._follow_visits(partners)
        self.env["salon.call"]._close_settled(partners)
        return result
