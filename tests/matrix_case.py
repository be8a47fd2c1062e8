"""What the tests of the matrix share: a salon full of canaries, and its questions."""

from collections import Counter

from odoo.service.model import call_kw
from odoo.tools import mute_logger

from dev import long_run

from .matrix_cells import Cells, CellsBeside
from .matrix_world import MatrixWorld, find

# Models of Odoo that know of clients, or on which we build.
BESIDE = (
    *("res.partner", "res.users", "res.company", "res.config.settings"),
    *("resource.resource", "mail.message", "mail.activity", "mail.notification"),
    *("mail.tracking.value", "ir.attachment", "sms.sms", "sms.composer"),
    *("mail.compose.message", "mail.followers", "bus.bus"),
)
# Said while wrong questions are asked.
LOUD = ("odoo.sql_db", "odoo.models", "odoo.addons", "odoo.http", "odoo.orm")


class CanaryCase:
    """A salon full of canaries; `in_full` asks for all that Odoo has, too."""

    in_full = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.open_salon()
        cls.world = MatrixWorld(cls.env)
        cls.world.stamp()
        cls.cells = Cells(cls.world, cls.in_full)

    @classmethod
    def open_salon(cls):
        """Bring the first clients into a database that has none."""


class MatrixOfModels(CanaryCase):
    """Every model, operation and public method, asked by all who must not know.

    In this process, and otherwise as the web client asks.
    """

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
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

    def _ask_as(self, role, models, cells):
        """Ask all of these models as somebody; return (how often, what leaked)."""
        asked, leaks = 0, Counter()
        env = self.env(
            user=role.user.id, context={"allowed_company_ids": role.company.ids}
        )
        with mute_logger(*LOUD):
            for name in models:
                for cell in cells.of_model(env, name):
                    asked += 1
                    told = find(self._ask(env, cell)) & role.forbidden
                    if told:
                        leaks[(role.name, name, cell.method, *sorted(told))] += 1
        return asked, leaks

    def _get_questions(self):
        """Yield who asks which models what."""
        ours = [name for name in self.env.registry if name.startswith("salon.")]
        chosen = sorted([*ours, *BESIDE])
        for role in self.world.get_roles():
            yield role, self.cells, chosen
            if self.in_full:
                others = sorted(set(self.env.registry) - set(chosen))
                yield role, CellsBeside(self.world), others
        for role in self.world.get_roles_of_apps() if self.in_full else ():
            yield role, Cells(self.world), chosen

    def test_nobody_is_told(self):
        total = 0
        for role, cells, models in self._get_questions():
            with self.subTest(role=role.name):
                asked, leaks = self._ask_as(role, models, cells)
                self.assertEqual(sorted(leaks.items()), [])
                total += asked
        long_run.tell("questions of the matrix", total)
        self.assertGreater(total, 20_000)
