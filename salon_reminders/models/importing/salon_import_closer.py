from odoo import api, fields, models
from odoo.tools import SQL

from ..visit.salon_visit import OPEN_STATES
from .import_plan import NO_TRACKING, Row


class SalonImportCloser(models.AbstractModel):
    """What follows when the rows of an import are counted or written."""

    _name = "salon.import.closer"
    _description = "Salon Import Closer"

    @api.model
    def _settle(self, salon_import, limit=500):
        """Close bookings of earlier imports that this one shows were not kept."""
        until = salon_import._get_settled_until()
        if not until:
            return 0
        visits = self._search_unsettled(salon_import, until, limit)
        visits.with_context(**NO_TRACKING).state = salon_import.past_bookings
        return len(visits)

    def _search_unsettled(self, salon_import, until, limit=None):
        rows = self.env["salon.import.row"]._search(
            [
                ("company_id", "=", salon_import.company_id.id),
                ("state", "=", "done"),
                ("kind", "=", "bookings"),
                ("visit_id", "!=", False),
            ]
        )
        return self.env["salon.visit"].search(
            [
                ("company_id", "=", salon_import.company_id.id),
                ("state", "in", OPEN_STATES),
                ("date", "<", until),
                ("id", "in", rows.subselect("visit_id")),
            ],
            limit=limit,
        )

    @api.model
    def _record_consents(self, salon_import, limit=1000):
        """Write what people agreed to into the ledger; return how many clients.

        What a client said herself is never overruled by a file. Whoever was not asked
        has neither agreed nor refused: nothing is written, so that she is asked.
        """
        rows = self.env.execute_query(self._sql_consents(salon_import, limit))
        self.env["salon.consent"].create(
            [
                {
                    "partner_id": partner_id,
                    "company_id": salon_import.company_id.id,
                    "decision": decision,
                    "method": "import",
                    "user_id": salon_import.user_id.id,
                    "wording": salon_import.consent_wording,
                    "source": salon_import.consent_source,
                    "date": fields.Datetime.now(),
                }
                for partner_id, decision in rows
            ]
        )
        return len(rows)

    def _sql_consents(self, salon_import, limit):
        return SQL(
            """SELECT said.partner_id, said.decision
                 FROM (SELECT partner_id,
                              CASE WHEN COALESCE(
                                  bool_and((vals->>'consent')::bool), %(agreed)s)
                                   THEN 'given'
                                   WHEN bool_and((vals->>'consent')::bool) = FALSE
                                   THEN 'withdrawn' END AS decision
                         FROM salon_import_row
                        WHERE import_id = %(id)s AND state IN ('done', 'known')
                          AND partner_id IS NOT NULL
                     GROUP BY partner_id) said
    LEFT JOIN LATERAL (SELECT c.decision, c.method FROM salon_consent c
                        WHERE c.partner_id = said.partner_id
                          AND c.company_id = %(company)s
                          AND c.purpose = 'reminder' AND c.channel = 'phone'
                     ORDER BY c.date DESC, c.id DESC LIMIT 1) newest ON TRUE
                WHERE said.decision IS NOT NULL
                  AND (newest IS NULL OR (
                      newest.method = 'import'
                      AND newest.decision != said.decision))
             ORDER BY said.partner_id LIMIT %(limit)s""",
            agreed=salon_import.consent == "yes",
            id=salon_import.id,
            company=salon_import.company_id.id,
            limit=limit,
        )

    @api.model
    def _count_masters(self, salon_import, catalogue):
        """Return how many services, products and stylists the import would make."""
        counts = {}
        for name, columns in (
            ("product_count", ("code", "item", "category")),
            ("stylist_count", ("stylist",)),
        ):
            rows = self.env.execute_query(
                SQL(
                    """SELECT kind, %s FROM salon_import_row
                        WHERE import_id = %s AND state = 'pending'
                          AND kind != 'clients'
                     GROUP BY 1, 2""",
                    SQL(
                        "jsonb_build_object(%s)",
                        SQL(", ").join(SQL("%s, vals->%s", c, c) for c in columns),
                    ),
                    salon_import.id,
                )
            )
            counts[name] = self._count_missing(catalogue, name, rows)
        return counts

    def _count_missing(self, catalogue, name, rows):
        rows = [Row(0, kind, 0, "", None, "", vals) for kind, vals in rows]
        if name == "stylist_count":
            return len(catalogue.new_stylists(rows))
        for row in rows:
            vals = row.vals
            if vals["code"] or vals["item"]:
                row.item = catalogue.find(
                    vals["code"], vals["item"], vals["category"], row.kind
                )
        return len(catalogue.new_items(rows))
