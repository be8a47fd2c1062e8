from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .salon_client_standing import SEGMENTS

RECEPTION = "salon_reminders.group_receptionist"


class ResPartner(models.Model):
    """The segment of a client at the current salon: to show, filter and group by.

    It lies in ``salon.client.standing``; nothing is written on the contact when a
    segment changes.
    """

    _inherit = "res.partner"

    salon_standing_ids = fields.One2many(
        "salon.client.standing", "partner_id", string="Standing", groups=RECEPTION
    )
    salon_client_zone_ids = fields.One2many(
        "salon.client.zone", "partner_id", string="Map of zones", groups=RECEPTION
    )
    salon_segment = fields.Selection(
        SEGMENTS,
        string="Segment",
        compute="_compute_salon_segment",
        search="_search_salon_segment",
        groups=RECEPTION,
        help="As of the last daily job of the current salon.",
    )

    @api.depends("salon_standing_ids.segment")
    @api.depends_context("company")
    def _compute_salon_segment(self):
        standings = self.env["salon.client.standing"].search_fetch(
            [
                ("partner_id", "in", self._origin.ids),
                ("company_id", "=", self.env.company.id),
            ],
            ["partner_id", "segment"],
        )
        found = {standing.partner_id: standing.segment for standing in standings}
        for partner in self:
            partner.salon_segment = found.get(partner._origin)

    @api.model
    def _search_salon_segment(self, operator, value):
        # Odoo asks nobody for access to a field that brings its own search.
        self._check_field_access(self._fields["salon_segment"], "read")
        if operator != "in":
            return NotImplemented
        here = Domain("company_id", "=", self.env.company.id)
        segments = [segment for segment in value if segment]
        domain = Domain(
            "salon_standing_ids", "any", here & Domain("segment", "in", segments)
        )
        if len(segments) < len(value):
            domain |= Domain("salon_standing_ids", "not any", here)
        return domain

    def _field_to_sql(self, alias, field_expr, query=None):
        """Let contacts be grouped and sorted by segment."""
        if field_expr != "salon_segment" or query is None:
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields[field_expr], "read")
        standing = query.make_alias(alias, "salon_standing")
        query.add_join(
            "LEFT JOIN",
            standing,
            "salon_client_standing",
            SQL(
                "%s = %s AND %s = %s",
                SQL.identifier(standing, "partner_id"),
                SQL.identifier(alias, "id"),
                SQL.identifier(standing, "company_id"),
                self.env.company.id,
            ),
        )
        return SQL.identifier(standing, "segment")
