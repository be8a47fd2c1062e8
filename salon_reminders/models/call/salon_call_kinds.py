from datetime import datetime

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

TEXT_LENGTH = 200


class SalonCallKinds(models.AbstractModel):
    """What the kinds of outcome need, and what they do.

    Each kind has a ``_check_<kind>``, which returns the cleaned details or says what
    is missing before anything is written, and an ``_after_<kind>``, which acts.
    """

    _name = "salon.call.kinds"
    _description = "Kinds of Outcomes of Calls"

    # ------------------------------------------------------------
    # WHAT EACH KIND NEEDS
    # ------------------------------------------------------------

    def _check_booked(
        self,
        start=False,
        stylist_id=False,
        product_ids=(),
        outside_hours=False,
        **_other,
    ):
        """A booking lies ahead, with a stylist who works then.

        :param bool outside_hours: it was asked and is wanted all the same
        """
        if not isinstance(start, datetime):
            raise UserError(self.env._("Enter the date and time of the booking."))
        if start <= fields.Datetime.now():
            raise UserError(self.env._("The booking must lie in the future."))
        stylist = self.env["resource.resource"].browse(stylist_id or [])
        if stylist and not stylist.exists().is_stylist:
            raise UserError(self.env._("Choose one of the stylists."))
        products = self.env["product.product"].browse(product_ids).exists()
        if any(product.salon_kind not in ("service", "fee") for product in products):
            raise UserError(self.env._("Only services can be booked."))
        question = self._get_booking_question(start, stylist.id, products.ids)
        if question and not outside_hours:
            raise UserError(question)
        return {"start": start, "stylist_id": stylist.id, "product_ids": products.ids}

    def _check_call_back(self, call_at=False, outside_hours=False, **_other):
        """A promise needs a day and hour to come, when the salon is open.

        :param bool outside_hours: she was asked and wants it all the same
        """
        if not isinstance(call_at, datetime):
            raise UserError(
                self.env._("Enter the day and the hour at which to call again.")
            )
        if call_at <= fields.Datetime.now():
            raise UserError(self.env._("The time to call again is already past."))
        if not outside_hours and (warning := self._get_hours_warning(call_at)):
            raise UserError(warning)
        return {"call_at": call_at}

    def _get_hours_warning(self, moment):
        """Return what to ask before promising a call when the salon is closed."""
        company = self.company_id
        if company._salon_is_open(moment):
            return False
        return self.env._(
            "The salon is closed on %(when)s. Call all the same? Then confirm it.",
            when=format_datetime(
                self.env,
                moment,
                tz=company._salon_timezone().zone,
                dt_format="EEEE d MMM, HH:mm",
            ),
        )

    def _check_declined(self, stop=False, **_other):
        return {"stop": bool(stop)}

    def _check_left_us(
        self, note=False, reason_id=False, gift=False, bring_back=False, **_other
    ):
        """A reason is needed; a gift may be promised to win her back.

        :param str gift: what was promised, in words
        :param str bring_back: what would bring her back, in her words
        """
        reason = self.env["salon.leaving.reason"].browse(reason_id or []).exists()
        if not reason:
            raise UserError(self.env._("Choose why the client left."))
        if reason.needs_comment and not (note or "").strip():
            raise UserError(
                self.env._(
                    'Write in the note what the client said; the reason "%(reason)s" '
                    "alone tells nobody anything.",
                    reason=reason.name,
                )
            )
        return {
            "reason_id": reason.id,
            "gift": self._clean_text(gift),
            "bring_back": self._clean_text(bring_back),
        }

    def _clean_text(self, text):
        return text.strip()[:TEXT_LENGTH] if isinstance(text, str) else ""

    # ------------------------------------------------------------
    # WHAT EACH KIND DOES
    # ------------------------------------------------------------

    def _after_booked(self, attempt, start, stylist_id, product_ids):
        """Book the visit; its reminders are booked with it."""
        # Closed first, so that the booking does not settle it as somebody else's.
        self._close("outcome")
        self.visit_id = self.env["salon.visit"].create(
            {
                "start": start,
                "stylist_id": stylist_id,
                "line_ids": [
                    fields.Command.create({"product_id": product})
                    for product in product_ids
                ],
                "partner_id": self.partner_id.id,
                "company_id": self.company_id.id,
                "call_id": self.id,
            }
        )
        # As in _create_attempt.
        attempt.sudo().visit_id = self.visit_id

    def _after_call_back(self, attempt, call_at):
        """She is called again at the promised hour, by the same person."""
        self.write({"call_at": call_at, "priority": "1", "user_id": self.env.uid})

    def _after_no_answer(self, attempt):
        """Another try at another hour; after the last one she is unreachable."""
        company = self.company_id
        if self._count_misses() < company.salon_max_attempts:
            self.write({"call_at": self._get_next_try(), "priority": "0"})
            return
        gap = max(company.salon_contact_gap_days, 1)
        self._skip_reminders(fields.Date.add(company._salon_today(), days=gap))
        self._close("unreachable")

    def _after_declined(self, attempt, stop):
        """These needs are skipped once, or stopped when she wants no reminders."""
        if stop:
            # Reminders are written by the system only; the receptionist decides.
            self.reminder_ids.sudo().is_stopped = True
        else:
            self.reminder_ids.action_skip()
        self._close("outcome")

    def _after_wrong_number(self, attempt):
        """Nobody dials this number for her again; a new number lifts it by itself."""
        # A fact about the client that ends her calls at other salons, too.
        partner_sudo = self.partner_id.sudo()
        partner_sudo.salon_wrong_number = attempt.phone
        self._close("outcome")
        self.sudo()._cancel_without_consent(partner_sudo)

    def _after_do_not_call(self, attempt):
        """The consent is withdrawn in the ledger, which cancels her open calls."""
        self._close("outcome")
        consents = self.env["salon.consent"].with_company(self.company_id)
        before = consents._get_newest(self.partner_id).get(self.partner_id)
        withdrawn = consents.create(
            consents._prepare_vals(self.partner_id, "withdrawn", "phone")
        )
        # As in _create_attempt.
        attempt.sudo().write(
            {"consent_id": withdrawn.id, "earlier_consent_id": before and before.id}
        )

    def _after_left_us(self, attempt, reason_id, gift, bring_back):
        """She counts as lost until she comes again; the attempt keeps the rest."""
        self._close("outcome")

    def _skip_reminders(self, until):
        # As in _after_declined.
        self.reminder_ids.sudo().skip_until = until
