from datetime import timedelta
from random import Random

from odoo import api, fields, models
from odoo.tools import SQL

# So long the control group is left uncalled, and so long both groups are watched.
CONTROL_DAYS = 14
# Promises, missed visits, courses and birthdays are never left to chance.
DRAWN_KINDS = ("reminder", "lapsed")
# Nor can they wait until the two weeks are over.
FREE_KINDS = ("birthday",)


class SalonControlDraw(models.Model):
    """A client drawn by chance: left uncalled for two weeks, or called as usual.

    Both are kept, so that who was called is compared with who was equally due at the
    same time and was not (a randomised controlled trial, analysed as drawn). A draw
    holds for its two weeks, whatever happens, and takes one of its day's places; nobody
    with a course or a near birthday is drawn.
    """

    _name = "salon.control.draw"
    _description = "Draw of the Control Group"
    _order = "date desc, id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner", string="Client", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    date = fields.Date("Drawn on", required=True)
    until = fields.Date(
        "Watched until",
        required=True,
        help="The first day on which the client can be called, or drawn, again.",
    )
    kind = fields.Selection(
        [("reminder", "Due"), ("lapsed", "Lapsed")],
        string="Why due",
        required=True,
    )
    is_control = fields.Boolean("Left uncalled")
    is_cut_short = fields.Boolean(
        "Ended early",
        help="The control group was switched off meanwhile. Not counted.",
    )

    _watched_idx = models.Index("(company_id, until)")

    # ------------------------------------------------------------
    # DRAWING
    # ------------------------------------------------------------

    @api.model
    def _draw(self, clients):
        """Draw those of the current salon who are due; return whom to call.

        :param list clients: rows of the planner's due clients
        """
        if not self.env.company.salon_control_share:
            return clients
        watched = self._get_watched(clients)
        fresh = [
            client
            for client in self._get_drawable(clients)
            if client["partner_id"] not in watched
        ]
        drawn = self.create([self._prepare_draw(client) for client in fresh])
        # Who was drawn before is held back by the rule for all calls.
        left = set(drawn.filtered("is_control").partner_id.ids)
        self._record_hold([one for one in clients if one["partner_id"] in left])
        return [client for client in clients if client["partner_id"] not in left]

    @api.model
    def _count_places(self):
        """Return how many of today's places were taken by who is left uncalled.

        Else a second run of the same day would give them to the next in line.
        """
        company = self.env.company
        return self.search_count(
            [
                ("company_id", "=", company.id),
                ("until", ">", company._salon_today()),
                ("date", "=", company._salon_today()),
                ("is_control", "=", True),
                ("is_cut_short", "=", False),
            ]
        )

    def _get_watched(self, clients):
        """Return the ids of those of these clients whose draw still holds."""
        draws = self.search(
            [
                ("company_id", "=", self.env.company.id),
                ("partner_id", "in", [client["partner_id"] for client in clients]),
                ("until", ">", self.env.company._salon_today()),
                ("is_cut_short", "=", False),
            ]
        )
        return set(draws.partner_id.ids)

    def _get_drawable(self, clients):
        in_course = self.env["salon.course"]._read_group(
            [
                ("company_id", "=", self.env.company.id),
                ("partner_id", "in", [client["partner_id"] for client in clients]),
                ("state", "=", "active"),
            ],
            ["partner_id"],
        )
        taken = {partner.id for (partner,) in in_course}
        return [
            client
            for client in clients
            if client["kind"] in DRAWN_KINDS
            and not client.get("birthday")
            and client["partner_id"] not in taken
        ]

    def _prepare_draw(self, client):
        company = self.env.company
        today = company._salon_today()
        return {
            "partner_id": client["partner_id"],
            "company_id": company.id,
            "date": today,
            "until": today + timedelta(days=CONTROL_DAYS),
            "kind": client["kind"],
            "is_control": self._toss(client["partner_id"], today),
        }

    def _toss(self, partner_id, day):
        """Return whether chance leaves this client uncalled.

        The same client on the same day always gets the same answer, so that a run
        that was killed and started again draws nobody anew.
        """
        # The seed is the system's; a draw needs it, people do not.
        company = self.env.company.sudo()
        chance = Random(f"{company.salon_control_seed} {partner_id} {day}").random()
        return 100 * chance < company.salon_control_share

    def _record_hold(self, clients):
        ids = [row for client in clients for row in client["reminder_ids"] or []]
        self.env["salon.reminder"].browse(ids).write({"hold": "control"})

    @api.model
    def _cut_short(self, companies):
        """Let go whom these salons watch: they are called again and not counted."""
        # Draws are the system's; whoever may switch the group ends them all.
        self.sudo().search(
            [
                ("company_id", "in", companies.ids),
                ("until", ">", fields.Date.today() - timedelta(days=1)),
            ]
        ).is_cut_short = True

    # ------------------------------------------------------------
    # HOLDING BACK
    # ------------------------------------------------------------

    @api.model
    def _sql_left_uncalled(self, partner, company, today):
        """Return the condition that a client is left uncalled today."""
        return SQL(
            """EXISTS (
                 SELECT FROM salon_control_draw drawn
                  WHERE drawn.partner_id = %(partner)s
                    AND drawn.company_id = %(company)s
                    AND drawn.is_control AND drawn.is_cut_short IS NOT TRUE
                    AND drawn.until > %(today)s)""",
            partner=partner,
            company=company,
            today=today,
        )

    @api.model
    def _sql_drawn_today(self, partner, clients, company, today):
        """Return the condition that today's run left uncalled another of some clients.

        A place of the day went to this one. Who shares the number and came second
        waits until tomorrow: else a second run would call where the first did not.

        :param SQL clients: query of the clients' ids
        """
        return SQL(
            """EXISTS (
                 SELECT FROM (%(clients)s) sharing
                   JOIN salon_control_draw drawn ON drawn.partner_id = sharing.id
                  WHERE sharing.id != %(partner)s
                    AND drawn.company_id = %(company)s AND drawn.date = %(today)s
                    AND drawn.is_control AND drawn.is_cut_short IS NOT TRUE)""",
            clients=clients,
            partner=partner,
            company=company,
            today=today,
        )
