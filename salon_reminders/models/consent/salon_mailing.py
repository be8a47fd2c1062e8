from collections import Counter

from odoo import api, fields, models

from ...tools.legal_hours import DAYS_AHEAD

MASS_MODES = ("mass", "mass_mail")
# Where other apps keep, on a composer, the mailing whose messages it sends.
MAILING_FIELDS = ("mass_mailing_id", "mailing_id")


class SalonMailing(models.AbstractModel):
    """What a composer sends to an audience: to clients it is an offer of the salon.

    It reaches only those who agreed to offers, at hours at which the law allows it, and
    whoever sends it is told how many are left out or get it later, and why. What one
    person writes to another, and business documents (quotations, invoices, receipts),
    are not the salon's to hold. Which of them it is follows from the records it goes
    to, not from what the sender says.

    For mail.compose.message and sms.composer, which Odoo keeps as two models.
    """

    _name = "salon.mailing"
    _description = "Mailing That Passes the Gate"

    _salon_channel = None
    # The field of the composer that names the model of its records.
    _salon_model_field = None

    salon_left_out = fields.Text(
        "Left out",
        compute="_compute_salon_left_out",
        help="How many clients this mailing does not reach, and why.",
    )

    def _compute_salon_left_out(self):
        for composer in self:
            # Nobody learns by it of records that they may not read.
            records = composer._get_salon_records().exists()._filtered_access("read")
            held = composer._get_salon_held(records)
            texts = [
                composer._text_salon_left_out(records, held),
                composer._text_salon_later(records, held),
            ]
            composer.salon_left_out = "\n".join(filter(None, texts))

    def _get_salon_records(self):
        """Return the records that the composer is about to write to or about."""
        raise NotImplementedError

    def _text_salon_left_out(self, records, held):
        if not held:
            return False
        if len(records) == 1:
            return self.env._(
                "This message will not be sent. %(reason)s",
                reason=self._text_salon_hold(*held.values()),
            )
        reasons = [
            self.env._(
                "%(count)s: %(reason)s", count=count, reason=self._text_salon_hold(hold)
            )
            for hold, count in Counter(held.values()).most_common()
        ]
        first = self.env._(
            "%(count)s of %(total)s will not get this mailing:",
            count=len(held),
            total=len(records),
        )
        return "\n".join([first, *reasons])

    def _text_salon_later(self, records, held):
        """Return how many clients get this mailing later, and from when on."""
        moments = self._get_salon_moments(records.browse(set(records.ids) - set(held)))
        if not moments:
            return False
        when = self.env["salon.gate"]._text_moment(min(moments.values()))
        if len(records) == 1:
            return self.env._(
                "This message is sent when the law allows it, from %(when)s on.",
                when=when,
            )
        return self.env._(
            "%(count)s of %(total)s get it when the law allows it, from %(when)s on.",
            count=len(moments),
            total=len(records),
            when=when,
        )

    @api.model
    def _text_salon_hold(self, hold):
        """Return why somebody is left out, for people who know nothing of the gate."""
        if hold == "consent":
            return self.env._("The client has not agreed to offers of the salon.")
        return self.env["salon.gate"]._text_hold(hold)

    def _is_salon_mailing(self, records):
        """Tell whether this goes to an audience, and so to clients as an offer."""
        if any(name in self._fields and self[name] for name in MAILING_FIELDS):
            return True
        ours = records._name == "res.partner" or records._name.startswith("salon.")
        return ours and (self.composition_mode in MASS_MODES or len(records) > 1)

    def _get_salon_held(self, records):
        """Return {id of record: what keeps this mailing from its client}."""
        if not records or not self._is_salon_mailing(records):
            return {}
        clients = self._get_salon_clients(records)
        partners = self.env["res.partner"].browse(set(clients.values()))
        gate = self.env["salon.gate"]
        holds = gate._get_holds(partners, "promotion", self._salon_channel)
        holds = {partner.id: hold for partner, hold in holds.items()}
        return {key: holds[client] for key, client in clients.items() if holds[client]}

    def _get_salon_moments(self, records, planned=None):
        """Return {id of record: when its client may get this mailing}, if not before.

        By the clock of the client's number, in naive UTC.

        :param planned: when it would leave; now when left out
        """
        if not records or not self._is_salon_mailing(records):
            return {}
        clients = self._get_salon_clients(records)
        # Whom a message reaches does not depend on who writes it.
        partners_sudo = self.env["res.partner"].sudo().browse(set(clients.values()))
        numbers = {one.id: one.phone_sanitized or "" for one in partners_sudo}
        now = fields.Datetime.now()
        planned = max(planned, now) if planned else now
        # Who sends need not know the salon's hours.
        gate_sudo = self.env["salon.gate"].sudo()
        holds = gate_sudo._get_hour_holds(numbers.values(), planned)
        last = fields.Datetime.add(planned, days=DAYS_AHEAD)
        return {
            key: holds[numbers[client]] or last
            for key, client in clients.items()
            if numbers[client] in holds
        }

    @api.model
    def _get_salon_clients(self, records):
        """Return {id of record: id of the salon client whom it is about}."""
        # Whom a message reaches does not depend on who writes it.
        records_sudo = records.sudo()
        field = records._fields.get("partner_id")
        if records._name == "res.partner":
            partners = zip(records_sudo, records_sudo, strict=True)
        elif field and field.comodel_name == "res.partner":
            partners = ((record, record.partner_id) for record in records_sudo)
        else:
            return {}
        return {
            record.id: partner.id
            for record, partner in partners
            if partner.is_salon_client
        }

    def _log_salon_left_out(self, held):
        """Say on each record why it was left out, where its message would be."""
        bodies = {
            key: self.env._("Not sent. %(reason)s", reason=self._text_salon_hold(hold))
            for key, hold in held.items()
        }
        records = self.env[self[self._salon_model_field]].browse(bodies)
        if bodies and isinstance(records, self.pool["mail.thread"]):
            records._message_log_batch(bodies=bodies)
