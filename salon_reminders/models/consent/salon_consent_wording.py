from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import ormcache

from .salon_consent import (
    CARD_CHECK,
    CARD_CHECK_TEXT,
    CHANNELS,
    PURPOSES,
    get_channel,
)


class SalonConsentWording(models.Model):
    """A sentence with which clients are asked, in one of its versions.

    The newest version of the salon, or else the newest shared one, is what people
    read out. What somebody has been asked never changes: a new sentence is a new
    version.
    """

    _name = "salon.consent.wording"
    _description = "Salon Consent Wording"
    _order = "purpose, channel, company_id, version desc"

    company_id = fields.Many2one("res.company", index=True, help="Empty: all salons.")
    purpose = fields.Selection(PURPOSES, required=True, default="reminder")
    channel = fields.Selection(
        CHANNELS,
        required=True,
        compute="_compute_channel",
        store=True,
        readonly=False,
        precompute=True,
    )
    version = fields.Integer(readonly=True, copy=False, aggregator=False)
    text = fields.Text("Sentence", required=True, translate=True)
    is_current = fields.Boolean("In use", compute="_compute_is_current")
    consent_ids = fields.One2many("salon.consent", "wording_id", string="Answers")

    _version_uniq = models.UniqueIndex(
        "(COALESCE(company_id, 0), purpose, channel, version)",
        "This version exists already. Save again to get the next number.",
    )
    _card_channel = models.Constraint(CARD_CHECK, CARD_CHECK_TEXT)

    @api.depends("purpose")
    def _compute_channel(self):
        for wording in self:
            wording.channel = get_channel(wording.purpose, wording.channel)

    @api.depends("purpose", "channel", "company_id", "version")
    @api.depends_context("company")
    def _compute_is_current(self):
        for (purpose, channel), wordings in self.grouped(
            lambda wording: (wording.purpose, wording.channel)
        ).items():
            current = self._get_current(purpose, channel)
            for wording in wordings:
                wording.is_current = wording._origin == current

    @api.depends("purpose", "channel", "version")
    def _compute_display_name(self):
        purposes = dict(self._fields["purpose"]._description_selection(self.env))
        channels = dict(self._fields["channel"]._description_selection(self.env))
        for wording in self:
            wording.display_name = self.env._(
                "%(purpose)s, %(channel)s, version %(version)s",
                purpose=purposes.get(wording.purpose, ""),
                channel=channels.get(wording.channel, ""),
                version=wording.version,
            )

    @api.model_create_multi
    def create(self, vals_list):
        wordings = super().create(vals_list)
        for wording in wordings:
            wording.version = wording._get_last_version() + 1
        self.env.registry.clear_cache()
        return wordings

    def write(self, vals):
        fixed = {"company_id", "purpose", "channel", "text"}
        if not fixed.isdisjoint(vals):
            self._check_unused()
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self._check_unused()

    def _check_unused(self):
        """Refuse to change what clients have answered to.

        :raise UserError: naming the wordings
        """
        # A sentence used in another salon is used as well.
        used = self.sudo().filtered("consent_ids")
        if used:
            raise UserError(
                self.env._(
                    "Clients have answered to this wording, so it can't be changed: "
                    "%(wordings)s. Add a new version instead.",
                    wordings=", ".join(used.mapped("display_name")),
                )
            )

    def _get_last_version(self):
        """Return the highest version there is beside this one."""
        self.ensure_one()
        domain = Domain(
            [
                ("company_id", "=", self.company_id.id),
                ("purpose", "=", self.purpose),
                ("channel", "=", self.channel),
                ("id", "!=", self.id),
            ]
        )
        newest = self.search(domain, order="version desc", limit=1)
        return newest.version

    @api.model
    def _get_current(self, purpose="reminder", channel="phone"):
        """Return the wording the current company uses now; it may be empty."""
        return self._get_current_by_kind().get((purpose, channel), self.browse())

    @api.model
    def _get_current_by_kind(self):
        """Return {(purpose, channel): the wording the current company uses now}."""
        current = self._get_current_ids()
        return dict(zip(current, self.browse(current.values()), strict=True))

    @api.model
    @ormcache("self.env.company.id")
    def _get_current_ids(self):
        # One answer for all who ask; whoever may not read wordings reads none of them.
        wordings_sudo = self.sudo().search_fetch(
            [("company_id", "in", (self.env.company.id, False))],
            ["purpose", "channel"],
            # Companies come before "no company" in ascending order.
            order="company_id, version desc",
        )
        # Of each kind the first is put in last.
        return {(one.purpose, one.channel): one.id for one in reversed(wordings_sudo)}
