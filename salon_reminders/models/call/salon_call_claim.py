from datetime import timedelta
from itertools import chain

from odoo import api, fields, models
from odoo.tools import SQL


class SalonCallClaim(models.Model):
    """Who has which client, and which number, on the phone at this moment.

    The database refuses a second claim on the same client or number. A claim ends
    when the call is logged or left, or by itself after some minutes; then whoever
    comes next takes it over.
    """

    _name = "salon.call.claim"
    _description = "Call in Progress"
    _order = "date, id"
    _rec_name = "call_id"

    call_id = fields.Many2one(
        "salon.call", required=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner", string="Client", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="cascade"
    )
    phone = fields.Char("Number", required=True)
    user_id = fields.Many2one(
        "res.users", string="Called by", required=True, index=True, ondelete="cascade"
    )
    date = fields.Datetime("Since", required=True)
    until = fields.Datetime(required=True)

    _one_per_client = models.UniqueIndex(
        "(company_id, partner_id)", "Somebody is calling this client already."
    )
    _one_per_number = models.UniqueIndex(
        "(company_id, phone)", "Somebody is calling this number already."
    )

    @api.model
    def _take(self, call, phone):
        """Claim a call for the current user; return whether it is hers now.

        One statement each, so that two who press at once are told apart by the
        unique indexes: the second gets nothing. Expired claims are taken over.
        """
        now = fields.Datetime.now()
        values = {
            "call": call.id,
            "partner": call.partner_id.id,
            "company": call.company_id.id,
            "phone": phone,
            "user": self.env.uid,
            "now": now,
            "until": now + timedelta(minutes=call.company_id.salon_claim_minutes),
        }
        # A person has one telephone: what she had before is left.
        self._remove(
            SQL(
                """(user_id = %(user)s AND (call_id != %(call)s OR until <= %(now)s))
                   OR (until <= %(now)s AND company_id = %(company)s
                       AND (phone = %(phone)s OR partner_id = %(partner)s))""",
                **values,
            )
        )
        return self._renew(call) or self._insert(values)

    @api.model
    def _insert(self, values):
        """Write a claim down unless there is one; return whether it is hers."""
        rows = self.env.execute_query(
            SQL(
                """INSERT INTO salon_call_claim (
                          call_id, partner_id, company_id, phone, user_id, date, until)
                   VALUES (%(call)s, %(partner)s, %(company)s, %(phone)s, %(user)s,
                           %(now)s, %(until)s)
              ON CONFLICT DO NOTHING
                RETURNING %(others)s""",
                others=self._sql_on_number(),
                **values,
            )
        )
        self.invalidate_model()
        self._tell(rows)
        return bool(rows)

    @api.model
    def _renew(self, call):
        """Prolong the current user's claim on a call; return whether she has one."""
        now = fields.Datetime.now()
        until = now + timedelta(minutes=call.company_id.salon_claim_minutes)
        rows = self.env.execute_query(
            SQL(
                """UPDATE salon_call_claim SET until = %s
                    WHERE call_id = %s AND user_id = %s AND until > %s
                RETURNING id""",
                until,
                call.id,
                self.env.uid,
                now,
            )
        )
        self.invalidate_model()
        return bool(rows)

    @api.model
    def _remove(self, condition):
        """Delete claims and tell the others that their calls are free."""
        rows = self.env.execute_query(
            SQL(
                "DELETE FROM salon_call_claim WHERE %s RETURNING call_id || %s",
                condition,
                self._sql_on_number(),
            )
        )
        self.invalidate_model()
        self._tell(rows)

    @api.model
    def _sql_on_number(self):
        """Return the open calls on the number of a claim, of whichever client."""
        return SQL(
            """ARRAY(SELECT k.id
                       FROM (%s) p
                       JOIN salon_call k ON k.partner_id = p.id
                      WHERE k.company_id = salon_call_claim.company_id
                        AND k.state = 'open')""",
            self.env["res.partner"]._sql_called_on(
                SQL("salon_call_claim.phone"),
                SQL("salon_call_claim.company_id"),
                SQL("%s::date", self.env.company._salon_today()),
            ),
        )

    @api.model
    def _tell(self, rows):
        """Let open desks know that these calls are taken or free."""
        ids = set(chain.from_iterable(ids for (ids,) in rows))
        self.env["salon.call"].browse(sorted(ids))._notify_desk()

    # ------------------------------------------------------------
    # WHETHER A CLAIM HOLDS
    # ------------------------------------------------------------

    @api.model
    def _sql_holds(self, company, client, phone):
        """Return the condition that claim ``c`` holds on a client now, or her number.

        Also when she is called by the number of somebody else. In Python it is
        ``_get_holding``.

        :param SQL company: expression of the salon's id, as those of the client's id
            and number
        """
        return SQL(
            """c.company_id = %s AND c.until > %s
               AND (c.partner_id = %s OR c.phone = %s)""",
            company,
            fields.Datetime.now(),
            client,
            phone,
        )

    def _get_holding(self, call):
        """Return those of these claims that hold on a call, see ``_sql_holds``."""
        return self.filtered(
            lambda claim: (
                claim.company_id == call.company_id
                and claim.until > fields.Datetime.now()
                and (
                    claim.partner_id == call.partner_id
                    or claim.phone == call._get_called().phone_sanitized
                )
            )
        )

    @api.model
    def _get_running(self, companies):
        """Return the claims of these companies that have not expired."""
        # Read by whoever sees the calls; the rows say no more than who is calling.
        names = ("call_id", "partner_id", "company_id", "phone", "user_id", "date")
        return self.sudo().search_fetch(
            [
                ("company_id", "in", companies.ids),
                ("until", ">", fields.Datetime.now()),
            ],
            [*names, "until"],
        )

    @api.autovacuum
    def _gc_expired(self):
        yesterday = fields.Datetime.now() - timedelta(days=1)
        self._remove(SQL("until < %s", yesterday))
