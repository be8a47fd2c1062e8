"""The doors into the server with all our addons, beside what they need."""

from odoo.tests import HttpCase, tagged

from ..matrix_doors import MatrixOfDoors


@tagged("standard", "post_install", "-at_install")
class TestMatrixTransports(MatrixOfDoors, HttpCase):
    pass
