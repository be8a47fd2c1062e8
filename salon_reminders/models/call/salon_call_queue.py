from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .salon_call import WORTH_FIRST

# As many as a list shows.
PAGE = 80
MOST = 5 * PAGE
# When more than these change at once, a desk reads its whole queue anew.
CHANGES = 90
# Tried before the database is asked for more.
CANDIDATES = 10


# A client who asked for an hour may be called then, whatever the hour.
PROMISE = timedelta(hours=2)


def is_promised_now(priority, call_at, now):
    """Tell whether it is the hour at which the client asked to be called."""
    return priority == "1" and bool(call_at) and call_at <= now < call_at + PROMISE


class SalonCallQueue(models.AbstractModel):
    """Who is called next: the order of today's calls.

    The order has three parts: promises whose hour has come, then the others in the
    order of calls, then those that wait for their hour today. Each part is read along
    an index of its own, so that a page costs what it shows, not what is open.
    """

    _name = "salon.call.queue"
    _description = "Order of Calls"

    # ------------------------------------------------------------
    # ROWS
    # ------------------------------------------------------------

    @api.model
    def _get_page(self, scope, limit=PAGE, offset=0):
        """Return rows of the queue, as ``_read_rows``."""
        limit = min(limit, MOST)
        parts = [
            self._search_part(domain, order, limit + offset)
            for domain, order in self._get_parts(self._get_domain(scope))
        ]
        return self._read_rows(self._sql_union(parts), limit, offset)

    @api.model
    def _get_rows(self, calls, scope):
        """Return the rows of these calls, as far as they are in the queue."""
        domain = self._get_domain(scope) & Domain("id", "in", calls.ids)
        return self._read_rows(self._search_part(domain, "id", MOST), MOST)

    @api.model
    def _get_best(self, scope, skipped=()):
        """Yield the calls that can be made now and that no colleague makes, best first.

        :param skipped: ids of calls that were left for later
        """
        skipped, limit = set(skipped), CANDIDATES
        while True:
            free = ~Domain("id", "in", skipped) & self._get_free_domain()
            parts = [
                self._search_part(domain & free, order, limit)
                for domain, order in self._get_parts(self._get_today_domain(scope))[:2]
            ]
            union = self._sql_union(parts)
            rows = self._read_candidates(SQL("%s LIMIT %s", union, limit))
            if not rows:
                return
            held, calls = self._get_held(rows), self.env["salon.call"]
            for row in rows:
                if row["id"] not in held and not row["is_waiting"]:
                    yield calls.browse(row["id"])
            skipped.update(row["id"] for row in rows)
            # A list that is held as a whole is gone through in a few steps.
            limit *= 2

    @api.model
    def _read_candidates(self, ids):
        """Return what tells whether these calls are held back, in their order.

        Whether they wait for a visit is asked of these few, not of the whole list.
        """
        self.env.flush_all()
        return self.env.execute_query_dict(
            SQL(
                """SELECT k.id, k.state, k.priority, k.call_at,
                          %(number)s AS number, %(guardian)s AS guardian_id,
                          %(waiting)s AS is_waiting
                     FROM unnest(ARRAY(%(ids)s)) WITH ORDINALITY AS c (id, place)
                     JOIN salon_call k ON k.id = c.id
                     JOIN res_partner p ON p.id = k.partner_id
                 ORDER BY c.place""",
                number=self._sql_number("p"),
                guardian=self._sql_guardian("p"),
                waiting=self.env["salon.call"]._sql_row_waiting(
                    SQL("k"), *self._get_salon()
                ),
                ids=ids,
            )
        )

    @api.model
    def _read_rows(self, ids, limit=PAGE, offset=0):
        """Return what a line shows of these calls, in order, in one query.

        Numbers to dial are not among it. ``rank`` puts rows in order, those a desk has
        and those that come later.
        """
        company = self.env.company
        # Also what the cache knows of clients, needs and stylists.
        self.env.flush_all()
        rows = self.env.execute_query_dict(
            SQL(
                """SELECT q.*, p.name AS name, %(number)s AS number,
                          %(guardian)s AS guardian_id,
                          u.id AS claim_user_id,
                          up.name AS claimed_by, c.until, %(needs)s AS needs
                     FROM (SELECT k.id, k.partner_id, k.company_id,
                                  k.kind, k.due_date, k.call_at, k.priority, k.value,
                                  k.attempt_count, k.state, %(part)s AS part
                             FROM unnest(ARRAY(%(ids)s)) AS c (id)
                             JOIN salon_call k ON k.id = c.id) q
                     JOIN res_partner p ON p.id = q.partner_id
                LEFT JOIN LATERAL (%(claim)s) c ON TRUE
                LEFT JOIN res_users u ON u.id = c.user_id
                LEFT JOIN res_partner up ON up.id = u.partner_id
                 ORDER BY part, CASE WHEN q.part != 1 THEN q.call_at END, %(order)s, id
                    LIMIT %(limit)s OFFSET %(offset)s""",
                number=self._sql_number("p"),
                guardian=self._sql_guardian("p"),
                needs=self._sql_needs(),
                part=self._sql_part(),
                order=SQL(WORTH_FIRST),
                ids=ids,
                claim=self._sql_claim(),
                limit=limit,
                offset=offset,
            )
        )
        today = company._salon_today()
        held = self._get_held(rows)
        guardians = self.env["res.partner"].browse(
            {row["guardian_id"] for row in rows} - {None, 0}
        )
        # Who is called is told to whoever calls.
        names = {one.id: one.name for one in guardians.sudo()}
        return [
            {
                **self._prepare_row(row, company, today),
                "whom": names.get(row["guardian_id"], ""),
                "held": row["id"] in held and (held[row["id"]] or "-"),
            }
            for row in rows
        ]

    @api.model
    def _get_held(self, rows):
        """Return {call id: from when on, or why not, in words} of what is held back."""
        gate, now = self.env["salon.gate"], fields.Datetime.now()
        asked = [
            row
            for row in rows
            if row["state"] == "open"
            and not is_promised_now(row["priority"], row["call_at"], now)
        ]
        holds = gate._get_hour_holds([row["number"] for row in asked])
        held = {
            row["id"]: holds[row["number"]] and gate._text_moment(holds[row["number"]])
            for row in asked
            if row["number"] in holds
        }
        without = {row["id"] for row in rows if row["guardian_id"] == 0}
        return {**held, **dict.fromkeys(without, self.env._("no guardian"))}

    @api.model
    def _prepare_row(self, row, company, today):
        hour = row["call_at"]
        over = (today - row["due_date"]).days if row["due_date"] else 0
        moment = f"{hour.isoformat()}Z" if hour else ""
        mine = row["claim_user_id"] == self.env.uid
        return {
            "id": row["id"],
            "name": row["name"] or "",
            "needs": row["needs"] or "",
            "kind": row["kind"],
            "days_over": max(over, 0),
            "hour": hour and company._salon_local(hour).strftime("%H:%M"),
            "call_at": moment,
            "waiting": row["part"] == 2,
            "promised": row["priority"] == "1",
            "value": float(row["value"] or 0),
            "attempts": row["attempt_count"] or 0,
            "claimed_by": row["claimed_by"] or "",
            "claimed_by_me": mine,
            "claim_until": f"{row['until'].isoformat()}Z" if mine else False,
            "rank": self._get_rank(row, moment),
        }

    # ------------------------------------------------------------
    # THE ORDER
    # ------------------------------------------------------------

    @api.model
    def _get_domain(self, scope):
        """Return the domain of the calls to make today: mine and nobody's, or all.

        What waits for a visit is not to be called today.
        """
        return self._get_today_domain(scope) & Domain("is_waiting", "=", False)

    @api.model
    def _get_today_domain(self, scope):
        """Return the domain of today's open calls, also those that wait for a visit."""
        company = self.env.company
        domain = Domain("company_id", "=", company.id) & Domain("state", "=", "open")
        domain &= Domain("date", "<=", company._salon_today())
        if scope != "all":
            domain &= Domain("user_id", "in", [self.env.uid, False])
        return domain

    @api.model
    def _get_parts(self, domain):
        """Return the (domain, order) of the three parts of a queue of calls."""
        now = fields.Datetime.now()
        ready = Domain("call_at", "=", False) | Domain("call_at", "<=", now)
        promised = Domain("priority", "=", "1")
        return [
            (domain & ready & promised, "call_at, id"),
            (domain & ready & ~promised, f"{WORTH_FIRST}, id"),
            (domain & Domain("call_at", ">", now), "call_at, id"),
        ]

    @api.model
    def _get_rank(self, row, moment):
        """Return the place of a row among all rows, as a desk compares them.

        The order of ``_read_rows``, so that rows a desk has and those that come later
        stand in one order.

        :param str moment: the hour to call at, or nothing
        """
        return [
            row["part"],
            # What has no hour comes last.
            "" if row["part"] == 1 else moment or "~",
            -float(row["value"] or 0),
            str(row["due_date"] or "~"),
            row["id"],
        ]

    @api.model
    def _search_part(self, domain, order, limit):
        """Return the SQL of the first ids; rules of access decide, too."""
        query = self.env["salon.call"]._search(domain, order=order, limit=limit)
        return query.select()

    @api.model
    def _sql_union(self, parts):
        return SQL(" UNION ALL ").join(SQL("(%s)", part) for part in parts)

    @api.model
    def _sql_part(self):
        """Return the number of the part in which call ``k`` is."""
        return SQL(
            "CASE WHEN k.call_at > %s THEN 2 WHEN k.priority = '1' THEN 0 ELSE 1 END",
            fields.Datetime.now(),
        )

    @api.model
    def _sql_needs(self):
        """Return what call ``q`` is about: cycles, and courses of their own."""
        return SQL(
            """(SELECT string_agg(COALESCE(%(cycle)s, %(course)s), ', '
                                  ORDER BY m.call_date, m.id)
                  FROM salon_call_reminder_rel mr
                  JOIN salon_reminder m ON m.id = mr.reminder_id
             LEFT JOIN salon_cycle y ON y.id = m.cycle_id
             LEFT JOIN salon_course o ON o.id = m.course_id
             LEFT JOIN product_product pp ON pp.id = o.product_id
             LEFT JOIN product_template t ON t.id = pp.product_tmpl_id
                 WHERE mr.call_id = q.id)""",
            cycle=self.env["salon.cycle"]._field_to_sql("y", "name"),
            course=self.env["product.template"]._field_to_sql("t", "name"),
        )

    @api.model
    def _get_salon(self):
        """Return the current salon's id and date, as SQL."""
        company = self.env.company
        return SQL("%s", company.id), SQL("%s::date", company._salon_today())

    @api.model
    def _sql_number(self, alias):
        """Return the number on which a client is called.

        :param str alias: alias of the client's row
        """
        partners = self.env["res.partner"]
        return partners._sql_called_number(SQL.identifier(alias), *self._get_salon())

    @api.model
    def _sql_guardian(self, alias):
        """Return who answers for a client, as ``res.partner._sql_row_guardian``.

        :param str alias: alias of the client's row
        """
        partners = self.env["res.partner"]
        return partners._sql_row_guardian(SQL.identifier(alias), *self._get_salon())

    @api.model
    def _sql_claim(self):
        """Return the query of the claim that holds on call ``q`` of client ``p``."""
        return SQL(
            """SELECT c.user_id, c.until FROM salon_call_claim c
                WHERE %s
             ORDER BY c.date, c.id LIMIT 1""",
            self.env["salon.call.claim"]._sql_holds(
                SQL("q.company_id"), SQL("p.id"), self._sql_number("p")
            ),
        )

    @api.model
    def _get_free_domain(self):
        """Return the domain of calls whose client and number no colleague has."""

        def sql_free(_model, alias, _query):
            return SQL(
                """NOT EXISTS (
                    SELECT FROM salon_call_claim c, res_partner cp
                     WHERE cp.id = %(client)s AND c.user_id != %(user)s
                       AND %(holds)s)""",
                client=SQL.identifier(alias, "partner_id"),
                user=self.env.uid,
                holds=self.env["salon.call.claim"]._sql_holds(
                    SQL.identifier(alias, "company_id"),
                    SQL("cp.id"),
                    self._sql_number("cp"),
                ),
            )

        return Domain.custom(to_sql=sql_free)
