from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, format_date

from ...tools.text_merge import merge_lines


class SalonHandover(models.Model):
    """What one day's shift leaves to the next: promises to clients, and a note.

    There is one per salon and day. The promises are the open calls themselves, so
    that nothing has to be copied; only the note is written here.
    """

    _name = "salon.handover"
    _description = "Hand-over Note"
    _inherit = ["mail.thread"]
    _order = "date desc, id desc"
    _check_company_auto = True
    _mail_post_access = "read"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    date = fields.Date(
        required=True, default=lambda self: self.env.company._salon_today()
    )
    note = fields.Text(
        "For the next shift",
        tracking=True,
        help="What whoever comes next should know. It is printed with the call list.",
    )
    note_seen = fields.Text(
        "Note as it was opened",
        store=False,
        help="Sent with a changed note, to bring it together with a colleague's.",
    )
    call_ids = fields.Many2many(
        "salon.call",
        compute="_compute_call_ids",
        string="Promised",
        help="Promises that are open today or come due tomorrow.",
    )
    promise_count = fields.Integer("Promises", compute="_compute_call_ids")
    last_note = fields.Text("From the last shift", compute="_compute_last_note")

    _one_per_day = models.Constraint(
        "UNIQUE(company_id, date)", "There is one hand-over note per salon and day."
    )

    @api.depends("date", "company_id")
    def _compute_call_ids(self):
        calls = self.env["salon.call"].search(
            [
                ("company_id", "in", self.company_id.ids),
                ("state", "=", "open"),
                ("priority", "=", "1"),
            ],
            order="call_at, date, id",
        )
        for handover in self:
            until = handover.date and handover.date + timedelta(days=1)
            handover.call_ids = calls.filtered(
                lambda call, handover=handover, until=until: (
                    until
                    and call.company_id == handover.company_id
                    and call.date <= until
                )
            )
            handover.promise_count = len(handover.call_ids)

    @api.depends("date", "company_id")
    def _compute_last_note(self):
        earlier = self.search(
            [("company_id", "in", self.company_id.ids), ("note", "!=", False)]
        )
        for handover in self:
            last = earlier.filtered(
                lambda other, handover=handover: (
                    other.company_id == handover.company_id
                    and other.date < handover.date
                )
            )
            handover.last_note = last[:1].note

    @api.depends("date")
    def _compute_display_name(self):
        for handover in self:
            handover.display_name = self.env._(
                "Hand-over of %(date)s", date=format_date(self.env, handover.date)
            )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    def write(self, vals):
        """Keep what a colleague wrote between opening the note and saving it.

        Whoever writes without having seen a note, replaces it.
        """
        seen = vals.get("note_seen")
        vals = {name: value for name, value in vals.items() if name != "note_seen"}
        if "note" not in vals or seen is None:
            return super().write(vals)
        self._lock_note()
        for handover in self:
            note = merge_lines(seen or "", vals["note"] or "", handover.note or "")
            super(SalonHandover, handover).write({**vals, "note": note})
        return True

    def _lock_note(self):
        """Let one after the other write; the second is started anew by Odoo."""
        self.env.execute_query(
            SQL(
                """SELECT id FROM salon_handover
                    WHERE id = ANY(%s) ORDER BY id FOR UPDATE""",
                self.ids,
            )
        )
        self.invalidate_recordset(["note"])

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    @api.model
    def action_open_today(self):
        """Open today's note; it is there as soon as somebody looks."""
        company = self.env.company
        return self._get_for(company, company._salon_today())._get_records_action(
            name=self.env._("Hand-over")
        )

    def action_print(self):
        """Print the note with its promises."""
        report = self.env.ref("salon_reminders.salon_handover_report")
        return report.report_action(self)

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _get_for(self, company, date):
        """Return the note of a day, made when it is missing.

        Two people may ask at once: the database lets one of them make it.
        """
        self.check_access("create")
        self.env.execute_query(
            SQL(
                """INSERT INTO salon_handover (company_id, date, create_uid,
                                               create_date, write_uid, write_date)
                   VALUES (%(company)s, %(date)s, %(user)s, %(now)s, %(user)s, %(now)s)
                   ON CONFLICT (company_id, date) DO NOTHING
                   RETURNING id""",
                company=company.id,
                date=date,
                user=self.env.uid,
                now=fields.Datetime.now(),
            )
        )
        return self.search([("company_id", "=", company.id), ("date", "=", date)])

    @api.model
    def _get_last(self, company):
        """Return the newest note that says something to today's shift."""
        return self.search(
            [
                ("company_id", "=", company.id),
                ("date", "<=", company._salon_today()),
                ("note", "!=", False),
            ],
            limit=1,
        )
