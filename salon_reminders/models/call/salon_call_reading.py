from odoo import api, models
from odoo.tools import SQL, format_date

from ..visit.salon_visit import MADE_STATES

# So many visits are told on the phone.
VISITS = 5


class SalonCallReading(models.AbstractModel):
    """What the receptionist reads before and during a call: whom, why, what to say."""

    _name = "salon.call.reading"
    _description = "Reading of Calls"

    @api.depends("partner_id", "reminder_ids", "birthday")
    def _compute_explanation(self):
        consents = self._get_consents()
        for call in self:
            lines = [call._text_reminder(reminder) for reminder in call.reminder_ids]
            if call.birthday:
                lines.append(
                    self.env._(
                        "Her birthday is on %(date)s.",
                        date=format_date(self.env, call.birthday),
                    )
                )
            lines.append(call._text_consent(consents.get(call)))
            call.explanation = "\n".join(lines)

    @api.depends("partner_id", "company_id")
    def _compute_phone(self):
        for company, calls in self.grouped("company_id").items():
            partners = calls.partner_id.with_company(company)
            allowed = partners._filter_callable()
            for call in calls:
                partner = call.partner_id
                call.phone = partner in allowed and partner.phone_sanitized

    @api.depends("reminder_ids", "partner_id", "stylist_id", "kind", "priority")
    @api.depends_context("uid", "lang")
    def _compute_script(self):
        texts = self.env["salon.call.script"]._get_texts(self)
        for call in self:
            call.script = texts[call]

    def _compute_last_visit_ids(self):
        self.env["salon.visit"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT k.id, v.id FROM salon_call k
             CROSS JOIN LATERAL (
                   SELECT id, start FROM salon_visit
                    WHERE partner_id = k.partner_id AND company_id = k.company_id
                      AND state IN %s
                 ORDER BY start DESC, id DESC LIMIT %s) v
                    WHERE k.id = ANY(%s)
                 ORDER BY k.id, v.start DESC, v.id DESC""",
                MADE_STATES,
                VISITS,
                self.ids,
            )
        )
        found = {}
        for call_id, visit_id in rows:
            found.setdefault(call_id, []).append(visit_id)
        for call in self:
            # Rules of access decide, too.
            visits = self.env["salon.visit"].browse(found.get(call._origin.id, ()))
            call.last_visit_ids = visits._filtered_access("read")

    # ------------------------------------------------------------
    # IN WORDS
    # ------------------------------------------------------------

    def _get_consents(self):
        """Return {call: the newest consent of its client}."""
        newest = {}
        for company, calls in self.grouped("company_id").items():
            consents = self.env["salon.consent"].with_company(company)
            found = consents._get_newest(calls.partner_id)
            newest.update({call: found.get(call.partner_id) for call in calls})
        return newest

    def _text_reminder(self, reminder):
        """Return one line that says why this reminder is on the list."""
        if reminder.course_id:
            return reminder.course_id._get_call_text(reminder.need)
        return self.env._(
            "%(need)s: last visit %(last)s, comes back every %(rhythm)s days "
            "(%(basis)s), due %(due)s, %(when)s.",
            need=reminder.need,
            last=format_date(self.env, reminder.last_date),
            rhythm=reminder.rhythm_days,
            basis=reminder.basis,
            due=format_date(self.env, reminder.due_date),
            when=self._text_when(reminder),
        )

    def _text_when(self, reminder):
        """Return how far the due date lies from today, in words."""
        if not reminder.due_date:
            return ""
        days = (reminder.due_date - reminder.company_id._salon_today()).days
        if days > 0:
            return self.env._("in %(days)s days", days=days)
        if days < 0:
            return self.env._("%(days)s days ago", days=-days)
        return self.env._("today")

    def _text_consent(self, consent):
        """Return one line about the consent this call rests on."""
        if not consent or not consent._is_valid():
            return self.env._("She does not agree to calls at present.")
        local = consent.company_id._salon_date(consent.date)
        return self.env._(
            "Agreed to calls on %(date)s (%(method)s, recorded by %(user)s).",
            date=format_date(self.env, local),
            method=dict(consent._fields["method"]._description_selection(self.env))[
                consent.method
            ],
            user=consent.user_id.name,
        )

    def _get_last_services(self):
        """Return the services with which the client last met these needs."""
        self.ensure_one()
        services = self._get_course_services()
        covered, found = set(services.salon_cycle_ids.ids), []
        for product_id, cycle_ids in self._get_last_rows():
            if set(cycle_ids) - covered:
                covered.update(cycle_ids)
                found.append(product_id)
        return services | services.browse(found)

    def _get_last_rows(self):
        """Return the (product, its needs) of what she last had for these needs."""
        if not self.partner_id or not self.cycle_ids:
            return []
        self.env.flush_all()
        return self.env.execute_query(
            SQL(
                """SELECT l.product_id, n.ids
                     FROM salon_visit v
                     JOIN salon_visit_line l ON l.visit_id = v.id
                     JOIN product_product pp ON pp.id = l.product_id
               CROSS JOIN LATERAL (
                   SELECT array_agg(y.id) AS ids
                     FROM salon_cycle_product_rel r
                     JOIN salon_cycle y ON y.id = r.cycle_id
                    WHERE r.product_tmpl_id = pp.product_tmpl_id AND y.active
                      AND (y.company_id IS NULL OR y.company_id = v.company_id)) n
                    WHERE v.partner_id = %s AND v.company_id = %s AND v.state IN %s
                      AND l.net_quantity > 0 AND n.ids && %s
                 ORDER BY v.date DESC, v.start, l.id
                    LIMIT 10""",
                self.partner_id.id,
                self.company_id.id,
                MADE_STATES,
                self.cycle_ids.ids,
            )
        )

    def _get_course_services(self):
        """Return the session of each course that is a reason of its own."""
        courses = self.reminder_ids.filtered(lambda r: not r.cycle_id).course_id
        services = courses.mapped(lambda course: course.service_ids[:1])
        return services.product_variant_id

    def _get_script_free_times(self):
        """Return {call: free times to offer, in words}; the book knows them."""
        return {}

    def _get_script_promotions(self):
        """Return {call: the offer open to the client, in words}; to be overridden."""
        return {}
