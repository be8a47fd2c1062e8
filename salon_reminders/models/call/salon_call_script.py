from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import format_list

from ...tools import script_text
from ..visit.salon_visit import MADE_STATES

# Kinds of script that are kinds of call; the others are about a reminder.
CALL_KINDS = (
    *("lapsed", "birthday", "missed", "cancelled"),
    *("fixed", "departure"),
)


class SalonCallScript(models.Model):
    """What the receptionist says on a kind of call, with placeholders for the rest.

    The one place of all scripts. The most particular one is read out: first that of
    the call's kind, then that of its need, then that of its salon.
    """

    _name = "salon.call.script"
    _description = "Call Script"
    _order = "kind, cycle_id, company_id, id"
    _check_company_auto = True

    kind = fields.Selection(
        [
            ("reminder", "Reminder"),
            ("course", "Course session"),
            ("lapsed", "Lapsed client"),
            ("birthday", "Birthday"),
            ("missed", "Missed visit"),
            ("cancelled", "Cancelled visit"),
            ("fixed", "We changed it"),
            ("departure", "Stylist leaves"),
            ("call_back", "Promised call-back"),
        ],
        string="Kind of call",
        required=True,
        default="reminder",
    )
    cycle_id = fields.Many2one(
        "salon.cycle",
        string="Need",
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
        help="Leave empty for every need without a script of its own, and for calls "
        "about several needs.",
    )
    company_id = fields.Many2one(
        "res.company",
        index=True,
        compute="_compute_company_id",
        store=True,
        readonly=False,
        precompute=True,
        help="Leave empty to share it with every salon.",
    )
    active = fields.Boolean(default=True)
    # Not required in the database: the constraint says better what is missing.
    body = fields.Text("What to say", translate=True, default="")

    # Tried on a real client while it is written
    preview_partner_id = fields.Many2one(
        "res.partner",
        string="Try it on",
        compute="_compute_preview_partner_id",
        readonly=False,
        domain=[("is_salon_client", "=", True)],
    )
    placeholders = fields.Json(compute="_compute_placeholders")
    preview = fields.Text("The client will hear", compute="_compute_preview")
    problem = fields.Char(compute="_compute_preview")

    _one_per_kind = models.UniqueIndex(
        "(kind, COALESCE(cycle_id, 0), COALESCE(company_id, 0)) WHERE active",
        "There is already a script for this kind of call, need and salon. Change that "
        "one.",
    )
    _birthday_without_need = models.Constraint(
        "CHECK(kind != 'birthday' OR cycle_id IS NULL)",
        "A birthday call is about no need. Leave the need of this script empty.",
    )

    @api.depends("cycle_id")
    def _compute_company_id(self):
        for script in self:
            script.company_id = script.cycle_id.company_id or script.company_id

    @api.depends("kind", "cycle_id")
    def _compute_preview_partner_id(self):
        for script in self:
            script.preview_partner_id = script._get_sample_partner()

    def _compute_placeholders(self):
        self.placeholders = list(script_text.PLACEHOLDERS)

    @api.depends("body", "kind", "cycle_id", "company_id", "preview_partner_id")
    @api.depends_context("uid", "lang", "company")
    def _compute_preview(self):
        for script in self:
            script.problem = script._get_problem(script.body)
            call = script._get_sample_call(script.preview_partner_id._origin)
            values = script._get_values(call)[call]
            script.preview = script_text.fill(script.body or "", values)

    @api.depends("kind", "cycle_id")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for script in self:
            kind, need = kinds.get(script.kind, ""), script.cycle_id.name
            script.display_name = f"{kind}: {need}" if need else kind

    # ------------------------------------------------------------
    # WHAT A SCRIPT MAY SAY
    # ------------------------------------------------------------

    @api.constrains("body")
    def _check_body(self):
        for script in self:
            script._check_text(script.body)

    def _update_field_translations(
        self, field_name, translations, digest=None, source_lang=""
    ):
        # Translations do not pass the constraints.
        if field_name == "body":
            for text in translations.values():
                if text is not False and text is not None:
                    self._check_text(text)
        return super()._update_field_translations(
            field_name, translations, digest=digest, source_lang=source_lang
        )

    @api.model
    def _check_text(self, text):
        """Refuse a text that could not be read out.

        :raise ValidationError: naming what is wrong in it
        """
        problem = self._get_problem(text)
        if problem:
            raise ValidationError(problem)

    @api.model
    def _get_problem(self, text):
        """Return what is wrong with the text of a script, in words; or False."""
        if not (text or "").strip():
            return self.env._("The script has no text. Write what is to be said.")
        wrong = script_text.find_wrong(text)
        if not wrong:
            return False
        if len(wrong) == 1:
            return self.env._(
                "A single %(brace)s has no partner. Write a placeholder such as "
                "{client}, or double the brace to show one.",
                brace=wrong,
            )
        return self._get_placeholder_problem(wrong)

    @api.model
    def _get_placeholder_problem(self, wrong):
        nearest = script_text.get_nearest(wrong)
        known = ", ".join(f"{{{name}}}" for name in script_text.PLACEHOLDERS)
        if nearest:
            return self.env._(
                "There is no placeholder %(wrong)s. Did you mean %(nearest)s? You can "
                "use %(known)s.",
                wrong=wrong,
                nearest=f"{{{nearest}}}",
                known=known,
            )
        return self.env._(
            "There is no placeholder %(wrong)s. You can use %(known)s.",
            wrong=wrong,
            known=known,
        )

    # ------------------------------------------------------------
    # FILLING
    # ------------------------------------------------------------

    @api.model
    def _get_texts(self, calls, own_names=False, free_times=None, promotions=None):
        """Return {call: what to say}, everything filled in.

        :param bool own_names: who says it is the receptionist of each call, as on
            paper, and not the current user
        :param dict free_times: {call: times to offer, in words}; looked for unless
            they are given
        :param dict promotions: {call: the offer open to the client, in words}, likewise
        """
        if not calls:
            return {}
        scripts = self._choose(calls)
        values = self._get_values(calls, free_times, promotions)
        if own_names:
            for call in calls.filtered("user_id"):
                values[call]["receptionist"] = call.user_id.name
        texts = {
            call: script_text.fill(scripts[call].body or "", values[call])
            for call in calls
        }
        return {
            call: "\n".join(filter(None, (call._get_whom_text(), text)))
            for call, text in texts.items()
        }

    @api.model
    def _choose(self, calls):
        """Return {call: its script}, an empty one when there is none."""
        scripts = self.search_fetch(
            [("company_id", "in", [False, *calls.company_id.ids])],
            ["kind", "cycle_id", "company_id", "body"],
        )
        return {call: scripts._choose_for(call) for call in calls}

    def _choose_for(self, call):
        """Return the most particular of these scripts that fits a call."""
        kinds = self._get_kinds(call)
        cycle = call.cycle_ids if len(call.cycle_ids) == 1 else call.cycle_ids.browse()
        fitting = self.filtered(
            lambda script: (
                script.kind in kinds
                and script.company_id in (script.company_id.browse(), call.company_id)
                and script.cycle_id in (script.cycle_id.browse(), cycle._origin)
            )
        )
        return fitting.sorted(
            lambda script: (
                kinds.index(script.kind),
                not script.cycle_id,
                not script.company_id,
            )
        )[:1]

    @api.model
    def _get_kinds(self, call):
        """Return the kinds of script for a call, the best fitting first."""
        kinds = [call.kind]
        if call.kind == "reminder" and all(r.course_id for r in call.reminder_ids):
            kinds = ["course", *kinds] if call.reminder_ids else kinds
        return ["call_back", *kinds] if call.priority == "1" else kinds

    @api.model
    def _get_values(self, calls, free_times=None, promotions=None):
        """Return {call: {placeholder: value}}; all values are plain text."""
        if free_times is None:
            free_times = calls._get_script_free_times()
        if promotions is None:
            promotions = calls._get_script_promotions()
        self.env.user._salon_read_names()
        return {
            call: {
                # Who answers the telephone is spoken to.
                "client": call._get_called().name,
                "service": format_list(self.env, call.reminder_ids.mapped("need")),
                "days": self._get_days(call),
                "stylist": call.wished_stylist_id.name or self.env._("your stylist"),
                "free_times": free_times.get(call),
                "promotion": promotions.get(call),
                **call._get_script_news(),
                "salon": call.company_id.name,
                "receptionist": self.env.user.name,
            }
            for call in calls
        }

    @api.model
    def _get_days(self, call):
        """Return the days since the last visit for these needs, as text."""
        last = max(filter(None, call.reminder_ids.mapped("last_date")), default=None)
        days = (call.company_id._salon_today() - last).days if last else 0
        return str(days) if days > 0 else ""

    # ------------------------------------------------------------
    # PREVIEW
    # ------------------------------------------------------------

    def _get_sample_partner(self):
        """Return a client on the call list for what this script is about."""
        calls = self.env["salon.call"]
        found = calls.search(self._get_sample_domain(), order="id desc", limit=1)
        found = found or calls.search(
            [("company_id", "=", self.env.company.id)], order="id desc", limit=1
        )
        return found.partner_id or self.env["res.partner"].search(
            [("is_salon_client", "=", True)], limit=1
        )

    def _get_sample_domain(self):
        kind = self.kind if self.kind in CALL_KINDS else "reminder"
        domain = Domain("company_id", "=", self.env.company.id)
        domain &= Domain("state", "=", "open") & Domain("kind", "=", kind)
        if self.cycle_id:
            domain &= Domain("reminder_ids.cycle_id", "in", self.cycle_id._origin.ids)
        if self.kind == "call_back":
            domain &= Domain("priority", "=", "1")
        return domain

    def _get_sample_call(self, partner):
        """Return the call that this client would get with this script."""
        company = self.company_id._origin or self.env.company
        reminders = partner.salon_reminder_ids.filtered(
            lambda reminder: reminder.company_id == company
        ).sorted(lambda reminder: (not reminder.due_date, reminder.due_date))
        own = reminders.filtered(lambda r: r.cycle_id == self.cycle_id._origin)
        chosen = own if self.cycle_id else reminders[:1]
        if self.kind == "birthday":
            chosen = reminders.browse()
        return self.env["salon.call"].new(
            {
                "partner_id": partner.id,
                "company_id": company.id,
                "kind": self.kind if self.kind in CALL_KINDS else "reminder",
                "reminder_ids": chosen.ids,
                "stylist_id": self._get_sample_stylist(partner, company).id,
                **self.env["salon.call"]._get_sample_occasion(self.kind, company),
            }
        )

    @api.model
    def _get_sample_stylist(self, partner, company):
        return (
            self.env["salon.visit"]
            .search(
                [
                    ("partner_id", "=", partner.id),
                    ("company_id", "=", company.id),
                    ("state", "in", MADE_STATES),
                    ("stylist_id", "!=", False),
                ],
                limit=1,
            )
            .stylist_id
        )
