from odoo import api, fields, models
from odoo.tools import SQL

# So many lines of the history are on the card itself.
NEWEST = 5


class ResPartner(models.Model):
    """The history of a client: everything between her and the salon."""

    _inherit = "res.partner"

    salon_newest_event_ids = fields.Many2many(
        "salon.client.event",
        compute="_compute_salon_newest_event_ids",
        string="What happened last",
        groups="salon_reminders.group_receptionist",
    )

    @api.depends_context("uid", "company")
    def _compute_salon_newest_event_ids(self):
        newest = self._get_newest_event_ids() if self._origin else {}
        for partner in self:
            partner.salon_newest_event_ids = newest.get(partner._origin.id, [])

    def _get_newest_event_ids(self):
        """Return {id of client: ids of her newest events}, in one query."""
        events = self.env["salon.client.event"]
        rows = self.env.execute_query(
            SQL(
                """SELECT p.id, array_agg(e.id ORDER BY e.date DESC, e.id DESC)
                     FROM unnest(%(ids)s) AS p (id),
                  LATERAL (SELECT event.id, event.date
                             FROM %(events)s AS event
                            WHERE event.partner_id = p.id
                              AND event.company_id = ANY(%(companies)s)
                              AND event.date <= %(now)s
                         ORDER BY event.date DESC, event.id DESC
                            LIMIT %(limit)s) e
                 GROUP BY p.id""",
                ids=self._origin.ids,
                events=events._table_sql,
                companies=self.env.companies.ids,
                now=fields.Datetime.now(),
                limit=NEWEST,
            )
        )
        return dict(rows)

    def action_open_salon_events(self):
        """Open everything that happened between the client and the salon."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "salon_reminders.salon_client_event_action"
        )
        return {**action, "domain": [("partner_id", "=", self.id)]}
