"""Roles over real RPC: what each may do with which model, of which company."""

from odoo.tests import tagged

from ..rpc_world import ROLES, RpcCase

# Rights by role: Read, Write, Create, Unlink; a dot where there is none.
RIGHTS = {
    # model: (stylist, receptionist, manager)
    "res.partner": ("R...", "RWC.", "RWCU"),
    "salon.call": ("....", "RWC.", "RWC."),
    "salon.call.attempt": ("....", "R...", "R..."),
    "salon.card.alert": ("....", "....", "R..."),
    "salon.card.log": ("....", "....", "R..."),
    "salon.card.reading": ("....", "....", "R..."),
    "salon.consent": ("....", "R.C.", "R.C."),
    "salon.consent.ask": ("....", "R.C.", "R.C."),
    "salon.consent.state": ("....", "R...", "R..."),
    "salon.consent.wording": ("R...", "R...", "RWCU"),
    "salon.contact.proof": ("....", "....", "R..."),
    "salon.course": ("R...", "R...", "RW.."),
    "salon.cycle": ("R...", "R...", "RWCU"),
    "salon.duplicate": ("....", "....", "R..."),
    "salon.import": ("....", "....", "RWCU"),
    "salon.departure": ("....", "R...", "RWC."),
    "salon.departure.client": ("....", "R...", "RW.."),
    "salon.leaving.fix": ("....", "R...", "RWC."),
    "salon.leaving.reason": ("....", "R...", "RWCU"),
    "salon.lost.client": ("....", "R...", "R..."),
    "salon.promotion": ("R...", "R...", "RWCU"),
    "salon.promotion.member": ("....", "....", "R..."),
    "salon.promotion.participation": ("R...", "R...", "R.C."),
    "salon.reminder": ("R...", "R...", "R..."),
    "salon.visit": ("RWC.", "RWC.", "RWCU"),
    # Of a visit whose day is over: its money is the manager's.
    "salon.visit.line": ("RWC.", "RWC.", "RWCU"),
    "salon.zone": ("R...", "R...", "RWCU"),
}
OPERATIONS = {"R": "read", "W": "write", "C": "create", "U": "unlink"}


@tagged("standard", "post_install", "-at_install")
class TestRpcRoles(RpcCase):
    def _get_arguments(self, model, operation):
        vals = {"stylist_id": self.stylist.id} if model == "salon.visit" else {}
        return {"R": [["display_name"]], "W": [{}], "C": [[vals]], "U": []}[operation]

    def _check_table(self, call):
        """Compare the whole table with what this way in allows."""
        wrong = []
        for model, rights in RIGHTS.items():
            for role, allowed in zip(ROLES, rights, strict=True):
                record = self.own[model]
                for operation in OPERATIONS:
                    if operation != "C" and not record:
                        continue
                    error = self._undone(
                        call,
                        role,
                        model,
                        OPERATIONS[operation],
                        record.ids,
                        *self._get_arguments(model, operation),
                    )
                    denied = error in ("odoo.exceptions.AccessError",)
                    # The ledger's own lock counts as a denial.
                    locked = operation in "WU" and error == "odoo.exceptions.UserError"
                    expected = operation in allowed
                    if expected == denied and not (locked and not expected):
                        wrong.append((model, role, operation, error))
        self.assertEqual(wrong, [])

    def test_table_over_the_orm(self):
        self._check_table(self._call_orm)

    def test_table_over_json_rpc(self):
        self._check_table(self._call_json_rpc)

    def test_table_over_json_2(self):
        self._check_table(self._call_json_2)

    def test_nothing_of_another_company(self):
        shared = {"salon.cycle", "salon.course", "salon.duplicate"}
        for call in (self._call_orm, self._call_json_rpc, self._call_json_2):
            for model, record in self.foreign.items():
                if model in shared or not record:
                    continue
                for role in ROLES:
                    for operation in "RWU":
                        error = self._undone(
                            call,
                            role,
                            model,
                            OPERATIONS[operation],
                            record.ids,
                            *self._get_arguments(model, operation),
                        )
                        refused = ("odoo.exceptions.AccessError",)
                        self.assertIn(error, refused, (call, model, role, operation))

    def test_people_without_a_role(self):
        for model in [name for name in RIGHTS if name.startswith("salon.")]:
            records = self.env[model].with_user(self.users["outsider"])
            for operation in OPERATIONS.values():
                self.assertFalse(records.has_access(operation), (model, operation))
            error = self._call_json_2("outsider", model, "read", [1], ["id"])
            self.assertEqual(error, "odoo.exceptions.AccessError", model)

    def test_every_model_of_the_salon_is_closed_to_others(self):
        for name, model in self.env.registry.items():
            if name.startswith("salon.") and not model._abstract:
                records = self.env[name].with_user(self.users["outsider"])
                for operation in OPERATIONS.values():
                    self.assertFalse(records.has_access(operation), (name, operation))

    def test_numbers_over_rpc(self):
        for name in ("phone", "phone_sanitized"):
            for call in (self._call_json_rpc, self._call_json_2):
                ids = self.own["res.partner"].ids
                error = call("stylist", "res.partner", "read", ids, [name])
                self.assertEqual(error, "odoo.exceptions.AccessError")
                self.assertNotIn("777300", self.last_text)
                self.assertIsNone(
                    call("receptionist", "res.partner", "read", ids, [name])
                )
        rows = self.env["salon.card.log"].search(
            [("user_id", "=", self.users["receptionist"].id)]
        )
        # The client is on the call list: it is noted, and not counted.
        self.assertEqual(rows.mapped("kind"), ["work"] * 4)
