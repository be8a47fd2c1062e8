"""Every model, operation and public method, asked by everybody who must not know."""

from collections import Counter

from odoo.service.model import call_kw
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from dev import long_run

from ..matrix_cells import Cells
from ..matrix_world import MatrixWorld, find

# Models of Odoo that know of clients, or on which we build.
BESIDE = (
    *("res.partner", "res.users", "res.company", "res.config.settings"),
    *("resource.resource", "mail.message", "mail.activity", "mail.notification"),
    *("mail.tracking.value", "ir.attachment", "sms.sms", "sms.composer"),
    *("mail.compose.message", "mail.followers", "bus.bus"),
)
# Said while wrong questions are asked.
LOUD = ("odoo.sql_db", "odoo.models", "odoo.addons", "odoo.http", "odoo.orm")


class MatrixCase(TransactionCase):
    """The salon of the demonstration, full of canaries."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.world = MatrixWorld(cls.env)
        cls.world.stamp()
        cls.cells = Cells(cls.world, long_run.is_long())
        # What runs a job does it in this transaction.
        cls.registry_enter_test_mode_cls()

    def _ask(self, env, cell):
        """Return the answer to a request, or what its error says; nothing stays."""
        with self.env.cr.savepoint(flush=False) as trial:
            try:
                return repr(
                    call_kw(env[cell.model], cell.method, cell.args, cell.kwargs)
                )
            except Exception as error:  # noqa: BLE001 errors are read, too
                return str(error)
            finally:
                env.transaction.clear()
                trial.rollback()

    def _ask_as(self, role, models):
        """Ask all of these models as somebody; return (how often, what leaked)."""
        asked, leaks = 0, Counter()
        env = self.env(
            user=role.user.id, context={"allowed_company_ids": role.company.ids}
        )
        with mute_logger(*LOUD):
            for name in models:
                for cell in self.cells.of_model(env, name):
                    asked += 1
                    told = find(self._ask(env, cell)) & role.forbidden
                    if told:
                        leaks[(role.name, name, cell.method, *sorted(told))] += 1
        return asked, leaks


@tagged("standard", "post_install", "-at_install")
class TestMatrix(MatrixCase):
    maxDiff = None

    def _get_models(self):
        if long_run.is_long():
            return sorted(self.env.registry)
        ours = [name for name in self.env.registry if name.startswith("salon.")]
        return sorted([*ours, *BESIDE])

    def test_nobody_is_told(self):
        total, models = 0, self._get_models()
        for role in self.world.get_roles(apps=long_run.is_long()):
            with self.subTest(role=role.name):
                asked, leaks = self._ask_as(role, models)
                self.assertEqual(sorted(leaks.items()), [])
                total += asked
        long_run.tell("questions of the matrix", total)
        self.assertGreater(total, 20_000)

    def test_every_model_has_a_canary(self):
        """A model that comes later has to have a row in the world."""
        silent = [
            name
            for name in self.world.models
            if self.world.get_texts(name)
            and not find(self.env[name].browse(self.world.rows.get(name)).read())
        ]
        self.assertEqual(silent, [])

    def test_a_hole_is_found(self):
        """Without a rule of access, or with a careless method, this test fails."""
        rules = self.env["ir.rule"].search([("model_id.model", "=", "salon.visit")])
        [manager] = [r for r in self.world.get_roles() if r.name.startswith("manager")]
        self.assertFalse(self._ask_as(manager, ["salon.visit"])[1])
        rules.active = False
        self.env.flush_all()
        self.assertTrue(self._ask_as(manager, ["salon.visit"])[1])
