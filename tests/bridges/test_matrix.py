"""The matrix of rights, asked of our own models and of those that we build on."""

from odoo.tests import TransactionCase, tagged

from ..matrix_case import MatrixOfModels
from ..matrix_world import find


@tagged("standard", "post_install", "-at_install")
class TestMatrix(MatrixOfModels, TransactionCase):
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
        self.assertFalse(self._ask_as(manager, ["salon.visit"], self.cells)[1])
        rules.active = False
        self.env.flush_all()
        self.assertTrue(self._ask_as(manager, ["salon.visit"], self.cells)[1])
