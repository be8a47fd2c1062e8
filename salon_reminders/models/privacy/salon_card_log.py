from functools import partial

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError

from .salon_card_alert import tell_of_stop

# What the hooks of a transaction keep.
ROWS = "salon.card.log.rows"
TOLD = "salon.card.log.told"


class SalonCardLog(models.Model):
    """Who opened a card, saw a number outside a call, or took a client along in a file.

    A client base leaves with those who read it through. The log is written by the
    system only, whichever way the card is read: on screen or over RPC. Numbers beyond
    the day's limit are not shown, see ``_take_numbers``; managers, who lift the limit,
    are under none, and are told of each other's reading.
    """

    _name = "salon.card.log"
    _description = "Salon Card Log"
    _order = "date desc, id desc"
    _rec_name = "partner_id"

    user_id = fields.Many2one(
        "res.users", string="Who", required=True, index=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(
        "res.partner", string="Client", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, index=True)
    date = fields.Datetime("When", required=True, index=True)
    kind = fields.Selection(
        [
            ("card", "Card opened"),
            ("number", "Number shown outside a call"),
            ("work", "Number shown for a call or visit of the day"),
            ("export", "Taken along in a file"),
            ("proof", "Proof of consent read"),
        ],
        required=True,
    )

    # Serves the count of the day.
    _taken_idx = models.Index("(user_id, company_id, date) WHERE kind = 'number'")

    @api.model
    def _record(self, partners, kind):
        """Note that the current user sees these cards or numbers; return the rows."""
        now = fields.Datetime.now()
        # Nobody may write the log; that includes whom it is about.
        return self.sudo().create(
            [
                {
                    "user_id": self.env.uid,
                    "partner_id": partner_id,
                    "company_id": self.env.company.id,
                    "date": now,
                    "kind": kind,
                }
                for partner_id in partners.ids
            ]
        )

    # ------------------------------------------------------------
    # THE LIMIT OF A DAY
    # ------------------------------------------------------------

    @api.model
    def _take_numbers(self, partners):
        """Note whose numbers the current user is shown; return those who may be shown.

        The one limit over every way to a number. What is needed for the work of the
        day is noted and not counted. Of the others all are shown, or none: then the
        managers are told, whatever becomes of this request.
        """
        at_work = partners._get_salon_work()
        self._record(at_work, "work")
        others = partners - at_work
        if not others:
            return at_work
        if self._is_beyond(others):
            self._tell_managers()
            return at_work
        self._check_after_commit(self._record(others, "number"))
        return partners

    @api.model
    def _check_numbers(self, partners):
        """Note that the current user asks for these numbers.

        :raise UserError: beyond the limit of the day, saying whom to ask
        """
        if self._take_numbers(partners) != partners:
            raise UserError(self._text_stopped())

    @api.model
    def _is_beyond(self, partners):
        """Tell whether the user would be shown more numbers than the day allows."""
        usual = self._get_usual_limit()
        if not usual:
            return False
        known = self._get_taken()
        # What was shown already may be shown again.
        if partners and partners <= known:
            return False
        count = len(known | partners)
        return count > usual and count > self._get_limit()

    @api.model
    def _get_limit(self):
        """Return how many numbers may be shown today, with what a manager allowed."""
        return self._get_usual_limit() + self._get_alert().extra_count

    @api.model
    def _get_usual_limit(self):
        """Return how many numbers the user may be shown on a day, or 0 for no end."""
        if not self.env["res.partner"]._is_salon_staff():
            return 0
        return self.env.company._salon_number_stop()

    @api.model
    def _get_alert(self):
        # What is written down about people is for managers only.
        alerts_sudo = self.env["salon.card.alert"].sudo()
        return alerts_sudo._find(self.env.user, self.env.company)

    @api.model
    def _get_taken(self):
        """Return the clients whose numbers the user has been shown today."""
        company = self.env.company
        # As above.
        groups = self.sudo()._read_group(
            [
                ("user_id", "=", self.env.uid),
                ("company_id", "=", company.id),
                ("date", ">=", company._salon_midnight(company._salon_today())),
                ("kind", "=", "number"),
            ],
            ["partner_id"],
        )
        return self.env["res.partner"].concat(*(partner for (partner,) in groups))

    @api.model
    def _text_stopped(self):
        return self.env._(
            "You have been shown %(count)s phone numbers today, as many as your salon "
            "allows in a day. Ask a manager to allow more: they have been told. Calls "
            "on your list and clients who come today are not counted.",
            count=self._get_limit(),
        )

    def _check_after_commit(self, rows):
        """Count again once these rows are committed, before the answer leaves.

        Requests at the same moment do not see each other's rows. Each counts again
        after its own commit, so that all of them together never show too much.
        """
        hooks = self.env.cr.postcommit
        if ROWS not in hooks.data:
            hooks.data[ROWS] = []
            hooks.add(self._refuse_outrun)
        hooks.data[ROWS] += rows.ids

    def _refuse_outrun(self):
        """Refuse, and forget, what this request read while others did.

        :raise UserError: instead of the answer
        """
        hooks = self.env.cr.postcommit
        row_ids = hooks.data[ROWS]
        # What else waits for this commit is done all the same.
        hooks.run()
        self.env.invalidate_all(flush=False)
        if self._is_beyond(self.env["res.partner"]):
            forget(self.env.registry, row_ids)
            tell_of_stop(self.env.registry, self.env.uid, self.env.company.id)
            raise UserError(self._text_stopped())

    def _tell_managers(self):
        """Let the managers know once this request is over, also when it fails."""
        job = partial(
            tell_of_stop, self.env.registry, self.env.uid, self.env.company.id
        )
        for hooks in (self.env.cr.postcommit, self.env.cr.postrollback):
            if not hooks.data.get(TOLD):
                hooks.data[TOLD] = True
                hooks.add(job)

    @api.model
    def _open_day(self, user, company, day):
        """Return the action that shows what a person looked at on a day."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Cards and numbers seen"),
            "res_model": self._name,
            "view_mode": "list",
            "domain": [
                ("user_id", "=", user.id),
                ("company_id", "=", company.id),
                ("date", ">=", company._salon_midnight(day)),
                ("date", "<", company._salon_midnight(fields.Date.add(day, days=1))),
            ],
        }


def forget(registry, row_ids):
    """Delete rows of numbers that were not shown after all, in a transaction apart."""
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        env["salon.card.log"].browse(row_ids).exists().unlink()
