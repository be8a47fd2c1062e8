from itertools import chain

from odoo import api, fields, models

from ...tools.legal_hours import DAYS_AHEAD
from ...tools.server_flags import is_flagged
from .salon_consent import CONTACT_PURPOSES
from .salon_gate import TRANSACTIONAL

# What a message is in that the gateway has taken.
LEFT = ("process", "pending", "sent")
# A text has no purpose that could be known: one of these was agreed to.
TEXT_PURPOSES = tuple(purpose for purpose, _label in CONTACT_PURPOSES)


class SmsSms(models.Model):
    """The last door before a text message leaves: it is shut for who did not agree.

    Every way to send one ends here, whoever sends it and whatever document it hangs
    on. A client who agreed to text messages for no purpose gets none. Only what the
    server itself has flagged as transactional needs no consent.
    """

    _inherit = "sms.sms"

    salon_company_id = fields.Many2one(
        "res.company",
        "Salon it comes from",
        readonly=True,
        copy=False,
        groups="base.group_system",
    )
    salon_is_transactional = fields.Boolean(
        "Needs no consent",
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="About a booking the client made, or what they asked for themselves.",
    )

    salon_is_mailing = fields.Boolean(
        "Sent to an audience",
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="It needs the consent to offers, and leaves at hours the law allows.",
    )
    salon_send_at = fields.Datetime(
        "Leaves at", readonly=True, copy=False, groups="base.group_system"
    )
    state = fields.Selection(
        selection_add=[("salon_waiting", "Waits for its hour")],
        ondelete={"salon_waiting": "cascade"},
    )

    @api.model_create_multi
    def create(self, vals_list):
        messages = super().create(vals_list)
        # Said here, so that neither caller nor context says it: whoever sends can't.
        messages.sudo().write(
            {
                "salon_company_id": self.env.company.id,
                "salon_is_transactional": is_flagged(self.env, "salon_transactional"),
                "salon_is_mailing": is_flagged(self.env, "salon_mailing"),
            }
        )
        messages._hold_salon_clients()
        return messages

    def _send_with_api(
        self, sms_api, unlink_failed=False, unlink_sent=True, raise_exception=False
    ):
        # Between queue and sending, consent may have been withdrawn.
        self._hold_salon_clients()
        self._wait_for_salon_hours()
        waiting = self.filtered(lambda sms: sms.state == "outgoing")
        if not waiting:
            return None
        result = super(SmsSms, waiting)._send_with_api(
            sms_api,
            unlink_failed=unlink_failed,
            unlink_sent=unlink_sent,
            raise_exception=raise_exception,
        )
        waiting._keep_salon_proofs()
        return result

    def _hold_salon_clients(self):
        """Cancel what is to go to clients who may not get it."""
        # Who writes need not know what we noted.
        waiting = self.sudo().filtered(lambda sms: sms.state == "outgoing")
        for (company, needs_none, is_mailing), messages in waiting.grouped(
            lambda sms: (
                sms.salon_company_id,
                sms.salon_is_transactional,
                sms.salon_is_mailing,
            )
        ).items():
            gate = self.env["salon.gate"].with_company(company or self.env.company)
            held = gate._get_texts_held(
                {sms: (sms.partner_id, sms.number) for sms in messages},
                needs_none,
                "promotion" if is_mailing else None,
            )
            refused = messages.filtered(held.get)
            if refused:
                refused._update_sms_state_and_trackers("canceled", "sms_optout")

    def _keep_salon_proofs(self):
        """Keep what allowed those of these messages that have left for clients."""
        # As above.
        left = self.sudo().filtered(lambda sms: sms.state in LEFT)
        for company, messages in left.grouped("salon_company_id").items():
            company = company or self.env.company
            reached = (
                self.env["salon.gate"]
                .with_company(company)
                ._get_texts_reached({s: (s.partner_id, s.number) for s in messages})
            )
            self.env["salon.contact.proof"]._record_first(
                [
                    sms._prepare_salon_contacts(company, chain(*groups))
                    for sms, groups in reached.items()
                    if groups
                ]
            )

    def _prepare_salon_contacts(self, company, clients):
        """Return what this message may have been, see ``_record_first``."""
        proofs = self.env["salon.contact.proof"].with_company(company)
        contact = {
            "company_id": company.id,
            "channel": "sms",
            "address": proofs._normalize(self.number) or self.number,
            "date": fields.Datetime.now(),
            "user_id": self.create_uid.id,
        }
        return [
            {**contact, "partner_id": client.id, "purpose": purpose}
            for client in clients
            for purpose in self._get_salon_purposes()
        ]

    def _get_salon_purposes(self):
        """Return what this message may have been sent for."""
        if self.salon_is_transactional:
            return (TRANSACTIONAL,)
        return ("promotion",) if self.salon_is_mailing else TEXT_PURPOSES

    # ------------------------------------------------------------
    # HOURS OF THE LAW
    # ------------------------------------------------------------

    def _wait_for_salon_hours(self):
        """Let messages of a mailing wait until the law allows them.

        They leave the queue meanwhile: it would try the same ones again and again.
        """
        # As above.
        mailing = self.sudo().filtered(
            lambda sms: (
                sms.state == "outgoing"
                and sms.salon_is_mailing
                and sms.partner_id.is_salon_client
            )
        )
        now = fields.Datetime.now()
        for company, messages in mailing.grouped("salon_company_id").items():
            gate = mailing.env["salon.gate"].with_company(company or self.env.company)
            holds = gate._get_hour_holds(messages.mapped("number"))
            held = messages.filtered(lambda sms, holds=holds: sms.number in holds)
            for number, some in held.grouped("number").items():
                moment = holds[number] or fields.Datetime.add(now, days=DAYS_AHEAD)
                some.write({"state": "salon_waiting", "salon_send_at": moment})
        sent_at = set(mailing.mapped("salon_send_at")) - {False}
        if sent_at:
            queue = self.env.ref("sms.ir_cron_sms_scheduler_action").sudo()
            queue._trigger(at=sorted(sent_at))

    def _process_queue(self):
        """Put what has waited for its hour back into the queue, then send it."""
        self.search(
            [
                ("state", "=", "salon_waiting"),
                ("salon_send_at", "<=", fields.Datetime.now()),
            ]
        ).write({"state": "outgoing", "salon_send_at": False})
        return super()._process_queue()
