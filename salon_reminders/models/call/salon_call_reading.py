from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_amount, format_date, format_datetime

from ..visit.salon_visit import MADE_STATES, OPEN_STATES
from .salon_call import NEAR_DAYS, NEAR_KINDS
from .salon_call_queue import is_promised_now

# So many visits are told on the phone.
VISITS = 5
# So many earlier calls.
HISTORY = 8


class SalonCall(models.Model):
    """What the receptionist reads before and during a call: whom, why, what to say.

    On the form, at the call desk and on paper, where the list is printed in the
    morning and typed in afterwards.
    """

    _inherit = "salon.call"

    explanation = fields.Text("Why this call", compute="_compute_explanation")
    phone = fields.Char(
        compute="_compute_phone",
        help="Shown only while the call is open and the client agrees to be called, at "
        "hours at which the law allows it.",
    )
    hold_text = fields.Char(
        "Held back",
        compute="_compute_hold_text",
        help="Why the client may not be called at this hour, and from when on.",
    )
    is_waiting = fields.Boolean(
        "Waits for a visit",
        compute="_compute_is_waiting",
        search="_search_is_waiting",
        help="The client was here a moment ago, or comes soon and is asked then. "
        "Promised calls, and calls about a missed visit, do not wait.",
    )
    script = fields.Text(compute="_compute_script")
    wished_stylist_id = fields.Many2one(
        "resource.resource",
        string="Book with",
        compute="_compute_wished_stylist_id",
        help="With whom times are offered: the client's own stylist or, when this one "
        "leaves, who takes over.",
    )
    last_visit_ids = fields.Many2many(
        "salon.visit", compute="_compute_last_visit_ids", string="Last visits"
    )
    promise = fields.Char(
        "Promised for",
        compute="_compute_promise",
        help="When the client was promised a call, by the salon's clock.",
    )

    @api.depends("partner_id", "reminder_ids", "birthday")
    def _compute_explanation(self):
        consents = self._get_consents()
        found = self.env["salon.consent"].concat(*filter(None, consents.values()))
        # And of who reads: the script greets with it.
        (found.user_id | self.env.user)._salon_read_names()
        purposes = dict(self._fields["purpose"]._description_selection(self.env))
        for call in self:
            lines = [call._text_reminder(reminder) for reminder in call.reminder_ids]
            if call.birthday:
                lines.append(
                    self.env._(
                        "The birthday is on %(date)s.",
                        date=format_date(self.env, call.birthday),
                    )
                )
            lines += [
                call._text_consent(
                    consents.get((call, purpose)), purposes.get(purpose, "")
                )
                for purpose in call._get_purposes()
            ]
            call.explanation = "\n".join(lines)

    @api.depends(
        *("partner_id", "company_id", "state", "purpose", "priority", "call_at"),
        "is_waiting",
    )
    def _compute_phone(self):
        # A call that was made is no reason any more to show the number.
        numbers = self.filtered(lambda call: call.state == "open")._get_numbers()
        held = self._get_hour_holds()
        for call in self:
            is_free = call not in held and not call.is_waiting
            call.phone = is_free and numbers.get(call)

    @api.depends(
        *("partner_id", "company_id", "state", "priority", "call_at", "is_waiting")
    )
    @api.depends_context("lang")
    def _compute_hold_text(self):
        held, waiting = self._get_hour_holds(), self._get_waiting_texts()
        for call in self:
            gate = self.env["salon.gate"].with_company(call.company_id)
            if call in held and call._lacks_guardian():
                call.hold_text = gate._text_hold("guardian")
            elif call in waiting:
                call.hold_text = waiting[call]
            else:
                call.hold_text = call in held and gate._text_hours(
                    call._get_called().phone_sanitized, held[call]
                )

    @api.depends("partner_id", "company_id", "state", "kind", "priority")
    def _compute_is_waiting(self):
        waiting = self._get_near_visits()
        for call in self:
            call.is_waiting = call in waiting

    @api.model
    def _search_is_waiting(self, operator, value):
        if operator != "in":
            return NotImplemented
        self.env["salon.visit"].flush_model()
        waiting = Domain.OR(map(self._get_waiting_domain, self.env.companies))
        parts = {True: waiting, False: ~waiting}
        return Domain.OR(parts[bool(wanted)] for wanted in value)

    @api.depends("reminder_ids", "partner_id", "stylist_id", "kind", "priority")
    @api.depends_context("uid", "lang")
    def _compute_script(self):
        texts = self.env["salon.call.script"]._get_texts(self)
        for call in self:
            call.script = texts[call]

    @api.depends("stylist_id", "partner_id", "company_id", "due_date")
    def _compute_wished_stylist_id(self):
        wished = self._get_wished_stylists()
        for call in self:
            call.wished_stylist_id = wished[call]

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

    @api.depends("priority", "date", "call_at", "company_id")
    @api.depends_context("lang")
    def _compute_promise(self):
        for call in self:
            call.promise = call._get_promise_text()

    # ------------------------------------------------------------
    # IN WORDS
    # ------------------------------------------------------------

    def _get_numbers(self):
        """Return {call: number} of the clients who agree to it, at whatever hour."""
        numbers = {}
        for (company, purpose), calls in self._group_by_purpose():
            partners = calls.partner_id.with_company(company)
            allowed = partners._filter_callable(purpose)
            for call in calls.filtered(lambda c, who=allowed: c.partner_id in who):
                numbers[call] = call._get_called().phone_sanitized
        return numbers

    def _get_called(self):
        """Return who is called: the client, or the guardian of one under age."""
        self.ensure_one()
        return self.partner_id.with_company(self.company_id).salon_called_id

    def _lacks_guardian(self):
        """Tell whether nobody may be called, as nobody answers for the client."""
        partner = self.partner_id.with_company(self.company_id)
        return partner.salon_is_minor and not partner.salon_guardian_id

    def _get_whom_text(self):
        """Return who is called about the client, if that is somebody else."""
        called = self._get_called()
        if called == self.partner_id:
            return ""
        return self.env._(
            "Call %(guardian)s, about %(client)s.",
            guardian=called.name,
            client=self.partner_id.name,
        )

    def _get_hour_holds(self):
        """Return {call: when it may be made} of those not to be made at this hour.

        At no hour when nobody answers for a client under age.
        """
        now, held = fields.Datetime.now(), {}
        for company, calls in self.grouped("company_id").items():
            open_calls = calls.filtered(lambda call: call.state == "open")
            lacking = open_calls.filtered(lambda call: call._lacks_guardian())
            held.update(dict.fromkeys(lacking, False))
            asked = calls.filtered(
                lambda call: (
                    call.state == "open"
                    and not is_promised_now(call.priority, call.call_at, now)
                )
            )
            gate = self.env["salon.gate"].with_company(company)
            numbers = {call: call._get_called().phone_sanitized for call in asked}
            holds = gate._get_hour_holds(numbers.values())
            for call, number in numbers.items():
                if number in holds and call not in held:
                    held[call] = holds[number]
        return held

    def _get_paper_numbers(self):
        """Return {call: number} for the list on paper, which lasts the day.

        What may be called later today is on it; nothing whose day is another one.
        """
        numbers, held = self._get_numbers(), self._get_hour_holds()
        return {
            call: number
            for call, number in numbers.items()
            if not call.is_waiting
            and (
                call not in held
                or held[call]
                and call.company_id._salon_date(held[call])
                == call.company_id._salon_today()
            )
        }

    def _get_purposes(self):
        """Return the purposes of all that this call is about, its own first."""
        self.ensure_one()
        offered = ["promotion"] if self.birthday else []
        return list(dict.fromkeys([self.purpose, *offered]))

    def _get_consents(self):
        """Return {(call, purpose): the newest answer of its client}."""
        newest = {}
        pairs = [(call, one) for call in self for one in call._get_purposes()]
        for company, purpose in {(call.company_id, one) for call, one in pairs}:
            consents = self.env["salon.consent"].with_company(company)
            found = consents._get_newest(self.partner_id, purpose)
            newest.update(
                {
                    (call, one): found.get(call.partner_id)
                    for call, one in pairs
                    if (call.company_id, one) == (company, purpose)
                }
            )
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
        if days > 1:
            return self.env._("in %(days)s days", days=days)
        if days < -1:
            return self.env._("%(days)s days ago", days=-days)
        return {
            -1: self.env._("yesterday"),
            0: self.env._("today"),
            1: self.env._("tomorrow"),
        }[days]

    def _text_consent(self, consent, purpose):
        """Return one line about a consent this call rests on.

        :param str purpose: what it was given for, in words
        """
        if not consent or not consent._is_valid():
            return self.env._(
                "The client does not agree to calls at present (%(purpose)s).",
                purpose=purpose,
            )
        said = consent.restored_id or consent
        local = said.company_id._salon_date(said.date)
        return self.env._(
            "Agreed to calls (%(purpose)s) on %(date)s (%(method)s, recorded by "
            "%(user)s).",
            purpose=purpose,
            date=format_date(self.env, local),
            method=dict(said._fields["method"]._description_selection(self.env))[
                said.method
            ],
            user=said.user_id.name,
        )

    def _get_last_services(self):
        """Return the services with which the client last met these needs."""
        self.ensure_one()
        services = self._get_course_services()
        needs, found = set(self.cycle_ids.ids), {}
        covered = set(services.salon_cycle_ids.ids)
        for product_id, cycle_ids in self._get_last_rows():
            if set(cycle_ids) - covered:
                covered.update(cycle_ids)
                found[product_id] = needs & set(cycle_ids)
        # A colour with cut, had before the last cut, meets both.
        for product_id, met in list(found.items()):
            others = set().union(*(found[one] for one in found if one != product_id))
            if met <= others:
                del found[product_id]
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
                     JOIN product_product pp ON pp.id = l.product_id AND pp.active
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

    # ------------------------------------------------------------
    # WITH WHOM
    # ------------------------------------------------------------

    def _get_wished_stylists(self):
        """Return {call: with whom a visit is offered}; script, times and card ask it.

        The client's own stylist. Once this one has left by the day the client is due,
        who of those who stay served the client most.
        """
        wished, nobody = {}, self.env["resource.resource"]
        for company, calls in self.grouped("company_id").items():
            stylists = self.env["salon.slot.finder"]._get_stylists(company)
            ends = stylists._get_ends(company)
            left = calls._get_left_by_stylist(company, stylists, ends)
            staying = stylists.filtered(lambda one, ends=ends: one.id not in ends)
            seconds = left._get_second_stylists(company, staying)
            for call in calls:
                wished[call] = (
                    seconds.get(call.partner_id, nobody)
                    if call in left
                    else call.stylist_id
                )
        return wished

    def _get_left_by_stylist(self, company, stylists, ends):
        """Return those of a salon's calls whose own stylist can't be offered.

        :param stylists: who works at the salon
        :param dict ends: when those of them who leave it are gone
        """
        today = company._salon_today()
        return self.filtered(
            lambda call: (
                call.stylist_id not in stylists
                or call.stylist_id.id in ends
                and ends[call.stylist_id.id]
                <= company._salon_midnight(max(call.due_date or today, today))
            )
        )

    def _get_second_stylists(self, company, staying):
        """Return {client: who of those who stay served the client most in a year}.

        Nobody of them in that year: who did last.
        """
        partners, stylists = self.partner_id, self.env["resource.resource"]
        if not partners:
            return {}
        self.env["salon.visit"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT ON (v.partner_id) v.partner_id, v.stylist_id
                     FROM salon_visit v
                    WHERE v.partner_id = ANY(%(partners)s)
                      AND v.company_id = %(company)s AND v.state IN %(made)s
                      AND v.stylist_id = ANY(%(staying)s)
                 GROUP BY v.partner_id, v.stylist_id
                 ORDER BY v.partner_id, COUNT(*) FILTER (WHERE %(in_year)s) DESC,
                          MAX(v.date) DESC, v.stylist_id""",
                partners=partners._origin.ids,
                company=company.id,
                made=MADE_STATES,
                staying=staying.ids,
                in_year=self.env["salon.visit"]._sql_in_year(
                    "v", SQL("%s::date", company._salon_today())
                ),
            )
        )
        found = dict(rows)
        return {one: stylists.browse(found.get(one._origin.id)) for one in partners}

    # ------------------------------------------------------------
    # WAITING FOR A VISIT
    # ------------------------------------------------------------

    @api.model
    def _get_waiting_domain(self, company):
        """Return the domain of the calls of a salon that wait for a visit."""
        return Domain("company_id", "=", company.id) & Domain.custom(
            to_sql=lambda model, alias, query: self._sql_waiting(
                SQL.identifier(alias), company
            )
        )

    @api.model
    def _sql_waiting(self, call, company):
        """Return the condition that an open call waits for a visit of its client.

        The rule of candidates, for calls that are on the list already. For many calls,
        as ``_sql_row_waiting`` is for few.

        :param SQL call: alias of a row of calls of this salon
        """
        clients = self.env["salon.visit"]._sql_near_clients(
            SQL("%s", company.id), SQL("%s::date", company._salon_today())
        )
        return self._sql_heeds_visits(call, SQL("%s.partner_id IN (%s)", call, clients))

    @api.model
    def _sql_row_waiting(self, call, company, today):
        """Return the condition ``_sql_waiting``, asked of each row by itself."""
        client = SQL("%s.partner_id", call)
        return self._sql_heeds_visits(
            call, self.env["salon.visit"]._sql_near(client, company, today)
        )

    @api.model
    def _sql_heeds_visits(self, call, near):
        """Return the condition ``_heeds_visits`` of a call whose client has a visit."""
        return SQL(
            """(%(call)s.state = 'open' AND %(call)s.priority IS DISTINCT FROM '1'
                AND %(call)s.kind NOT IN %(kinds)s AND %(near)s)""",
            call=call,
            kinds=NEAR_KINDS,
            near=near,
        )

    def _get_near_visits(self):
        """Return {call: the visit that it waits for}, by the rule above."""
        waiting, found = self.filtered(lambda call: call._heeds_visits()), {}
        for company, calls in waiting.grouped("company_id").items():
            visits = self.env["salon.visit"]._get_near(calls.partner_id, company)
            for call in calls.filtered(lambda one, near=visits: one.partner_id in near):
                found[call] = visits[call.partner_id]
        return found

    def _heeds_visits(self):
        self.ensure_one()
        is_free = self.priority == "1" or self.kind in NEAR_KINDS
        return self.state == "open" and not is_free

    def _get_waiting_texts(self):
        """Return {call: which visit it waits for, and until when}, in words."""
        return {
            call: call._text_waiting(visit)
            for call, visit in self.filtered("is_waiting")._get_near_visits().items()
        }

    def _text_waiting(self, visit):
        until = visit.date + timedelta(days=NEAR_DAYS + 1)
        values = {
            "day": format_date(self.env, visit.date),
            "days": NEAR_DAYS,
            "until": format_date(self.env, until),
        }
        if visit.state in OPEN_STATES and visit.date >= self.company_id._salon_today():
            return self.env._(
                "The client comes on %(day)s: ask then. Nobody is phoned within "
                "%(days)s days before a visit or after it; the call goes on from "
                "%(until)s on.",
                **values,
            )
        return self.env._(
            "The last visit was on %(day)s. Nobody is phoned within %(days)s days "
            "after a visit; the call goes on from %(until)s on.",
            **values,
        )

    # ------------------------------------------------------------
    # WHAT HIGHER ROOMS KNOW
    # ------------------------------------------------------------

    def _get_script_free_times(self):
        """Return {call: free times to offer, in words}; the book knows them."""
        return {}

    def _get_script_promotions(self):
        """Return {call: the offer open to the client, in words}.

        Meant to be overridden: promotions come with a room of their own.
        """
        return {}

    def _get_visit_texts(self):
        """Return {call: what there is to say at a visit beside the needs, in words}.

        Meant to be extended by who knows news.
        """
        return {
            call: [
                self.env._(
                    "the birthday on %(date)s",
                    date=format_date(self.env, call.birthday),
                )
            ]
            for call in self.filtered("birthday")
        }

    def _get_script_news(self):
        """Return {placeholder: value} of the news that this call is about.

        Meant to be overridden by who knows such news.
        """
        return {}

    @api.model
    def _get_sample_occasion(self, kind, company):
        """Return the values of a call of this kind to try a script on.

        Meant to be overridden by who adds what such a call is about.
        """
        return {}

    def _get_desk_promotions(self):
        """Return what can be offered to her, as {name, text}.

        Meant to be overridden: promotions come with a room of their own.
        """
        return []

    def _get_desk_proposals(self):
        """Return free times to offer, best first.

        Meant to be overridden: the appointment book knows what is free. Each is a
        dict of ``start`` and ``stop`` (UTC), ``day`` and ``hour`` by the salon's
        clock, ``stylist_id``, ``stylist``, ``label`` and ``reason``.
        """
        return []

    def _get_ignored_zones(self):
        """Return the names of the zones this client has never used.

        Meant to be overridden: which zones a client uses is told by a higher room.
        """
        return []

    def _text_times(self, proposals):
        """Return the proposed times as they are said on the phone; to be overridden."""
        return ""

    # ------------------------------------------------------------
    # THE CARD AT THE CALL DESK
    # ------------------------------------------------------------

    def _get_desk_card(self):
        """Return all that is needed on the phone with this client.

        Free times come a moment later, see ``_get_desk_times``.
        """
        self.ensure_one()
        # Alone: nobody asked for the visits and consents of the rest of the queue.
        return self.with_prefetch()._prepare_desk_card()

    def _prepare_desk_card(self):
        services = self._get_last_services()
        # Products have many columns.
        services.fetch(["default_code", "product_tmpl_id"])
        services.product_tmpl_id.fetch(["name", "company_id"])
        promotions = self._get_desk_promotions()
        # The one that ends first is the one that the script names.
        named = {self: promotions[0]["text"]} if promotions else {}
        return {
            **self.env["salon.call.queue"]._read_rows(SQL("SELECT %s", self.id))[0],
            **self._get_desk_client(),
            "state": self.state,
            # Of all, also undone ones: what is newer was logged since.
            "attempt_id": max(self.attempt_ids.ids, default=0),
            "close_text": self._get_close_text(),
            # Before the script: it reads all names at once.
            "why": self.explanation or "",
            "script": self._get_desk_script(free_times={}, promotions=named),
            "call_note": self.note or "",
            "stylist_id": self.wished_stylist_id.id,
            "services": [{"id": s.id, "name": s.display_name} for s in services],
            "reminders": [
                {"id": one.id, "name": one.need} for one in self.reminder_ids
            ],
            "visits": self._get_desk_visits(),
            **self._get_desk_attempts(),
            "promotions": promotions,
            "proposals": [],
            "undo_id": self._get_last_attempt().id if self.can_undo else False,
        }

    def _fetch_desk_client(self):
        """Have at hand what a card shows of the client, who has many columns."""
        self.partner_id.fetch(self._get_desk_client_fields())

    @api.model
    def _get_desk_client_fields(self):
        return [
            *("name", "phone_sanitized"),
            *("salon_birthdate", "salon_guardian_id", "salon_note"),
        ]

    def _get_desk_times(self):
        """Return free times to offer, and the script that offers them."""
        proposals = self._get_desk_proposals()
        free_times = {self: self._text_times(proposals)}
        script = self._get_desk_script(free_times=free_times)
        return {"proposals": proposals, "script": script}

    def _get_desk_script(self, **known):
        return self.env["salon.call.script"]._get_texts(self, **known)[self]

    def _get_desk_client(self):
        partner = self.partner_id
        return {
            "partner_id": partner.id,
            "phone": self.phone or "",
            "hold_text": self.hold_text or "",
            "formula": partner.salon_note or "",
            "zones_ignored": self._get_ignored_zones(),
            "same_number": self._get_same_number(),
        }

    def _get_close_text(self):
        if self.state == "open":
            return ""
        reasons = dict(self._fields["close_reason"]._description_selection(self.env))
        return self.close_note or reasons.get(self.close_reason) or ""

    def _get_desk_visits(self):
        """Return the last visits, in one query: products have many columns."""
        self.env.flush_all()
        visits = self.env.execute_query_dict(
            SQL(
                """SELECT v.id, v.date, v.amount_total, v.note, r.name AS stylist,
                          (SELECT string_agg(%(product)s, ', '
                                             ORDER BY l.sequence, l.id)
                             FROM salon_visit_line l
                             JOIN product_product pp ON pp.id = l.product_id
                             JOIN product_template t ON t.id = pp.product_tmpl_id
                            WHERE l.visit_id = v.id) AS services
                     FROM salon_visit v
                LEFT JOIN resource_resource r ON r.id = v.stylist_id
                    WHERE v.partner_id = %(partner)s AND v.company_id = %(company)s
                      AND v.state IN %(made)s
                 ORDER BY v.start DESC, v.id DESC
                    LIMIT %(limit)s""",
                product=self.env["product.template"]._field_to_sql("t", "name"),
                partner=self.partner_id.id,
                company=self.company_id.id,
                limit=VISITS,
                made=MADE_STATES,
            )
        )
        return [
            {
                "id": visit["id"],
                "date": format_date(self.env, visit["date"]),
                "services": visit["services"] or "",
                "stylist": visit["stylist"] or "",
                "amount": format_amount(
                    self.env, visit["amount_total"] or 0, self.currency_id
                ),
                "note": visit["note"] or "",
            }
            for visit in visits
        ]

    def _get_desk_attempts(self):
        """Return what was said in the last calls, and when she usually answers."""
        attempts = self._get_client_attempts()
        zone = self.company_id._salon_timezone().zone
        return {
            "usual_hour": self._get_usual_hour(attempts),
            "history": [
                {
                    "id": attempt.id,
                    "date": format_datetime(
                        self.env, attempt.date, tz=zone, dt_format="d MMM y, HH:mm"
                    ),
                    "user": attempt.user_id.name,
                    "outcome": attempt.outcome_id.name,
                    "note": attempt._get_said(),
                }
                for attempt in attempts[:HISTORY]
            ],
        }

    def _get_same_number(self):
        """Return the names of others who are reached on the same number."""
        called = self._get_called()
        number, known = called.phone_sanitized, called | self.partner_id
        if not number:
            return []
        others = self.env["res.partner"].search(
            [("phone_sanitized", "=", number), ("id", "not in", known.ids)],
            limit=3,
        )
        return others.mapped("name")

    def _get_claim_until(self):
        """Return when the current user's claim ends, as UTC text."""
        until = self._get_own_claim().until
        return until and f"{until.isoformat()}Z"

    def _text_logged(self, attempt):
        """Return what has become of the call, to be read in a second."""
        outcome, name = attempt.outcome_id.name, self.partner_id.name or ""
        if self.state != "open" or not self.call_at:
            return self.env._("%(client)s: %(outcome)s", client=name, outcome=outcome)
        return self.env._(
            "%(client)s: %(outcome)s. Next call %(when)s.",
            client=name,
            outcome=outcome,
            when=self.company_id._salon_format_call(self.call_at),
        )

    # ------------------------------------------------------------
    # ON PAPER
    # ------------------------------------------------------------

    def action_print_today(self):
        """Print what is to be called today, or the calls chosen from the list.

        :raise UserError: when there is nobody to call
        """
        calls = self or self._get_todays_calls()
        if not calls:
            raise UserError(self.env._("There is nobody to call today."))
        report = self.env.ref("salon_reminders.salon_call_list_report")
        return report.report_action(calls)

    def action_enter_paper(self):
        """Type in what was ticked on the printed list."""
        calls = self or self._get_todays_calls()
        return self.env["salon.call.entry"]._open(
            calls.filtered(lambda call: call.state == "open")
        )

    @api.model
    def _get_todays_calls(self):
        """Return the open calls of today, in the order of the list."""
        company = self.env.company
        return self.search(
            [
                ("state", "=", "open"),
                ("company_id", "=", company.id),
                ("date", "<=", company._salon_today()),
                ("is_waiting", "=", False),
            ]
        )

    def _get_promise_text(self):
        self.ensure_one()
        if self.priority != "1":
            return False
        if not self.call_at:
            return format_date(self.env, self.date)
        return self.company_id._salon_format_call(self.call_at)
