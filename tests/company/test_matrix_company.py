"""The whole matrix of rights, in a company that works with Odoo's other apps, too."""

from datetime import datetime, time, timedelta

import pytest

from odoo.tests import HttpCase, TransactionCase, tagged

from ..matrix_case import MatrixOfModels
from ..matrix_doors import MatrixOfDoors

pytestmark = pytest.mark.long
CLIENTS = 6


class SalonBeside:
    """The company opens a salon; it has clients who have nothing else from it."""

    in_full = True

    @classmethod
    def open_salon(cls):
        company = cls.env.company
        today = datetime.combine(company._salon_today(), time(10))
        clients = cls.env["res.partner"].create(
            [
                {"name": f"Client {number}", "is_salon_client": True}
                for number in range(CLIENTS)
            ]
        )
        cls.env["salon.visit"].create(
            [
                {
                    "partner_id": client.id,
                    "company_id": company.id,
                    "start": company._salon_utc(today - timedelta(days=number)),
                    "state": "done",
                }
                for number, client in enumerate(clients, 1)
            ]
        )
        cls.env.flush_all()


@tagged("standard", "post_install", "-at_install")
class TestMatrixBeside(SalonBeside, MatrixOfModels, TransactionCase):
    pass


@tagged("standard", "post_install", "-at_install")
class TestDoorsBeside(SalonBeside, MatrixOfDoors, HttpCase):
    pass
