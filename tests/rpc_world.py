"""A salon, a second one, and people of each role who come in over RPC."""

import json
import uuid

from odoo import fields
from odoo.tests import HttpCase, new_test_user

ROLES = ("stylist", "receptionist", "manager")
# The answers of Odoo that a person can do something with.
ORDERLY = {
    "odoo.exceptions.AccessError",
    "odoo.exceptions.MissingError",
    "odoo.exceptions.RedirectWarning",
    "odoo.exceptions.UserError",
    "odoo.exceptions.ValidationError",
}
SECRET = "Zenobia"


class RpcCase(HttpCase):
    """Two companies with a record of each model; a user and a key per role."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.company = cls.env.company
        cls.company.country_id = cls.env.ref("base.hu")
        cls.users = {role: cls._create_user(role) for role in ROLES}
        cls.users["outsider"] = new_test_user(
            cls.env, "rpc_outsider", "base.group_user", password="rpc_outsider"
        )
        cls.other = cls.env["res.company"].create(
            {"name": "Second salon", "country_id": cls.company.country_id.id}
        )
        cls.zone = cls.env["salon.zone"].create({"name": "Rpc zone"})
        cls.service = cls._create_service()
        cls.stylist = cls.env["resource.resource"].create(
            {
                "name": "Rpc stylist",
                "is_stylist": True,
                "user_id": cls.users["stylist"].id,
            }
        )
        cls.own = cls._create_story("Own", cls.company, "+36307773001")
        cls.foreign = cls._create_story(SECRET, cls.other, "+36307773002")
        cls.keys = {role: cls._create_key(user) for role, user in cls.users.items()}

    @classmethod
    def _create_user(cls, role):
        groups = f"base.group_user,salon_reminders.group_{role}"
        return new_test_user(cls.env, f"rpc_{role}", groups, password=f"rpc_{role}")

    @classmethod
    def _create_service(cls):
        cycle = cls.env["salon.cycle"].create(
            {"name": "Rpc roots", "zone_id": cls.zone.id}
        )
        return cls.env["product.product"].create(
            {
                "name": "Rpc root touch-up",
                "type": "service",
                "salon_kind": "service",
                "salon_cycle_ids": cycle.ids,
            }
        )

    @classmethod
    def _create_key(cls, user):
        later = fields.Datetime.add(fields.Datetime.now(), days=1)
        keys = cls.env["res.users.apikeys"].with_user(user).sudo()
        return keys._generate("rpc", "test", later)

    @classmethod
    def _create_story(cls, name, company, phone):
        """Create one record of each model around a client of a company."""
        env = cls.env(context={**cls.env.context, "allowed_company_ids": company.ids})
        own = company == cls.company
        partner = env["res.partner"].create(
            {
                "name": f"{name} Client",
                "phone": phone,
                "salon_note": f"{name} note",
                "is_salon_client": True,
                "company_id": company.id,
            }
        )
        partner.action_salon_consent_give()
        partner.action_salon_consent_later()
        env["salon.card.log"]._record(partner, "card")
        visit = env["salon.visit"].create(
            {
                "partner_id": partner.id,
                "start": fields.Datetime.subtract(fields.Datetime.now(), days=20),
                "state": "done",
                "stylist_id": own and cls.stylist.id,
                "note": f"{name} visit",
                "line_ids": [(0, 0, {"product_id": cls.service.id})],
            }
        )
        call = env["salon.call"].create({"partner_id": partner.id})
        outcome = env["salon.call.outcome"]._get_default("call_back")
        attempt = env["salon.call.attempt"].create(
            {"call_id": call.id, "outcome_id": outcome.id, "note": f"{name} said"}
        )
        promotion = env["salon.promotion"].create({"name": f"{name} promotion"})
        promotion.state = "running"
        offer = env["salon.promotion.participation"].create(
            {
                "promotion_id": promotion.id,
                "partner_id": partner.id,
                "note": f"{name} said",
            }
        )
        env.flush_all()
        return {
            "res.partner": partner,
            "salon.call": call,
            "salon.call.attempt": attempt,
            "salon.contact.proof": attempt.proof_id,
            "salon.card.alert": env["salon.card.alert"].create(
                {
                    "user_id": cls.users["receptionist"].id,
                    "company_id": company.id,
                    "date": fields.Date.today(),
                }
            ),
            "salon.card.log": partner.salon_card_log_ids,
            "salon.card.reading": env["salon.card.reading"].search(
                [("company_id", "=", company.id)], limit=1
            ),
            "salon.consent": partner.salon_consent_ids,
            "salon.consent.ask": env["salon.consent.ask"].search(
                [("partner_id", "=", partner.id)]
            ),
            "salon.consent.state": partner.salon_consent_state_ids,
            "salon.consent.wording": env["salon.consent.wording"].create(
                {"company_id": company.id, "text": f"{name} wording"}
            ),
            "salon.course": env["salon.course"],
            "salon.cycle": cls.service.salon_cycle_ids if own else env["salon.cycle"],
            "salon.duplicate": env["salon.duplicate"],
            "salon.import": env["salon.import"].create({"name": f"{name} import"}),
            **cls._create_leaving(env, name, company),
            "salon.promotion": promotion,
            "salon.promotion.member": promotion.member_ids[:1],
            "salon.promotion.participation": offer,
            "salon.reminder": partner.salon_reminder_ids,
            "salon.visit": visit,
            "salon.visit.line": visit.line_ids,
            "salon.zone": env["salon.zone"].create(
                {"name": f"{name} zone", "company_id": company.id}
            ),
        }

    @classmethod
    def _create_leaving(cls, env, name, company):
        """Create a reason that was changed, and a stylist who leaves with a client."""
        reason = env["salon.leaving.reason"].create(
            {"name": f"{name} reason", "company_id": company.id}
        )
        fix = env["salon.leaving.fix"].create(
            {"reason_id": reason.id, "argument": f"{name} change"}
        )
        stylist = env["resource.resource"].create(
            {"name": f"{name} stylist", "is_stylist": True, "company_id": company.id}
        )
        client = env["res.partner"].create(
            {"name": f"{name} regular", "company_id": company.id}
        )
        env["salon.visit"].create(
            {
                "partner_id": client.id,
                "start": fields.Datetime.subtract(fields.Datetime.now(), days=200),
                "state": "done",
                "stylist_id": stylist.id,
                "line_ids": [(0, 0, {"product_id": cls.service.id})],
            }
        )
        departure = env["salon.departure"].create(
            {"stylist_id": stylist.id, "last_date": company._salon_today()}
        )
        env["salon.client.standing"]._refresh(company)
        env.flush_all()
        return {
            "salon.departure": departure,
            "salon.departure.client": departure.line_ids,
            "salon.leaving.fix": fix,
            "salon.leaving.reason": reason,
            "salon.lost.client": env["salon.lost.client"].search(
                [("partner_id", "=", client.id), ("scope", "=", "all")]
            ),
        }

    # ------------------------------------------------------------
    # THREE WAYS IN
    # ------------------------------------------------------------

    def _call_orm(self, role, model, method, ids, *args):
        records = self.env[model].with_user(self.users[role])
        records = records.with_context(allowed_company_ids=self.company.ids)
        target = records if method == "create" else records.browse(ids)
        try:
            with self.env.cr.savepoint():
                getattr(target, method)(*args)
                self.env.flush_all()
                raise Rollback
        except Rollback:
            return None
        except Exception as error:
            return f"{type(error).__module__}.{type(error).__qualname__}"

    def _call_json_rpc(self, role, model, method, ids, *args):
        given = [*args] if method == "create" else [ids, *args]
        return self._send_json_rpc(role, model, method, given)

    def _send_json_rpc(self, role, model, method, given):
        """Call over HTTP with exactly these arguments; return the error's name."""
        user = self.users[role]
        payload = {
            "jsonrpc": "2.0",
            "method": "call",
            "id": 1,
            "params": {
                "service": "object",
                "method": "execute_kw",
                "args": [self.env.cr.dbname, user.id, user.login, model, method, given],
            },
        }
        answer = self.url_open(
            "/jsonrpc",
            data=json.dumps(payload),
            headers={"Content-Type": "application/json"},
        ).json()
        self.last_text = json.dumps(answer)
        return answer["error"]["data"]["name"] if "error" in answer else None

    def _call_json_2(self, role, model, method, ids, *args):
        names = {"read": ["fields"], "write": ["vals"], "create": ["vals_list"]}
        arguments = dict(zip(names.get(method, []), args, strict=False))
        if method != "create":
            arguments["ids"] = ids
        answer = self.url_open(
            f"/json/2/{model}/{method}",
            data=json.dumps(arguments),
            headers={
                "Content-Type": "application/json",
                "Authorization": f"bearer {self.keys[role]}",
            },
        )
        self.last_text = answer.text
        return None if answer.status_code == 200 else answer.json()["name"]

    def _undone(self, call, *args):
        """Call, and undo what it did."""
        self.env.flush_all()
        name = f"s{uuid.uuid4().hex}"
        self.env.cr.execute(f"SAVEPOINT {name}")  # pylint: disable=sql-injection
        try:
            return call(*args)
        finally:
            self.env.cr.execute(f"ROLLBACK TO SAVEPOINT {name}")
            self.env.invalidate_all()


class Rollback(Exception):
    """Ends a trial."""
