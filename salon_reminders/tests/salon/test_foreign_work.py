"""People without a role in the salon do their own work as before."""

from datetime import datetime

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user

from ..common import SalonCase


@freeze_time("2026-03-10 09:00:00")
class TestForeignWork(SalonCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna = cls._create_client("Anna")
        cls.anna.write({"salon_contraindications": "Latex", "salon_note": "7.1"})
        cls._create_visit(cls.anna, "2026-02-05")
        cls.contacts = cls._create_stranger("contacts", "base.group_partner_manager")
        cls.products = cls._create_stranger("products", "product.group_product_manager")
        cls.boss = cls._create_stranger("boss", "base.group_system")

    @classmethod
    def _create_stranger(cls, login, groups):
        return new_test_user(cls.env, f"t_{login}", groups=f"base.group_user,{groups}")

    def _plan_call(self):
        return self._plan_calls().filtered(lambda call: call.partner_id == self.anna)

    # ------------------------------------------------------------
    # CONTACTS
    # ------------------------------------------------------------

    def test_contact_is_made_changed_and_put_away(self):
        partners = self.env["res.partner"].with_user(self.contacts)
        supplier = partners.create({"name": "Supplier", "phone": "+36 30 123 4500"})
        supplier.write({"name": "Supplier Ltd", "is_company": True, "tz": "UTC"})
        self.assertEqual(supplier.copy().name, "Supplier Ltd (copy)")
        supplier.action_archive()
        supplier.unlink()

    def test_client_is_changed_and_put_away(self):
        self.assertTrue(self._plan_call())
        anna = self.anna.with_user(self.contacts)
        anna.write({"phone": "+36 30 123 4599"})
        anna.action_archive()
        self.assertFalse(self.anna.salon_call_ids.filtered(lambda c: c.state == "open"))

    def test_copy_of_a_client_takes_no_card_along(self):
        copy = self.anna.with_user(self.contacts).copy().sudo()
        self.assertEqual(copy.phone, self.anna.phone)
        self.assertFalse(copy.salon_contraindications)
        self.assertFalse(copy.is_salon_client)

    def test_merge_keeps_the_card(self):
        twin = self.env["res.partner"].create({"name": "Anna K."})
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard = wizard.with_user(self.contacts).create({})
        wizard._merge((self.anna | twin).ids, twin.with_user(self.contacts))
        self.assertFalse(self.anna.exists())
        self.assertTrue(twin.is_salon_client)
        self.assertEqual(twin.salon_contraindications, "Latex")
        self.assertEqual(twin.salon_note, "7.1")
        self.assertEqual(twin.salon_visit_count, 1)

    def test_merge_prefers_what_the_kept_card_says(self):
        twin = self._create_client("Anna K.", "+36 30 123 4568")
        twin.salon_note = "8.0"
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard = wizard.with_user(self.contacts).create({})
        wizard._merge((self.anna | twin).ids, twin.with_user(self.contacts))
        self.assertEqual(twin.salon_note, "8.0")
        self.assertEqual(twin.salon_contraindications, "Latex")

    def test_portal_user_keeps_his_own_address(self):
        portal = new_test_user(self.env, "t_portal", groups="base.group_portal")
        own = portal.partner_id.with_user(portal)
        self.assertEqual(own.read(["name"])[0]["name"], portal.name)
        # As the portal's page writes it.
        own.sudo().write({"street": "Main street 1", "phone": "+36 30 123 4501"})
        with self.assertRaises(AccessError):
            own.read(["salon_note"])

    def test_contact_without_a_name(self):
        address = self.env["res.partner"].with_user(self.contacts)
        address = address.create({"parent_id": self.anna.id, "type": "invoice"})
        address.phone = "+36 30 123 4502"
        address.copy()
        client = self.env["res.partner"].create(
            {"type": "invoice", "is_salon_client": True, "parent_id": self.anna.id}
        )
        # Nothing is said of a name that is not there, but the card opens.
        card = client.with_user(self.receptionist).read(["salon_card", "display_name"])
        self.assertTrue(card[0]["salon_card"])
        self._create_visit(client, "2026-02-06")
        self.assertEqual(client.salon_visit_count, 1)
        client.with_user(self.contacts).action_archive()

    # ------------------------------------------------------------
    # PRODUCTS
    # ------------------------------------------------------------

    def test_product_is_made_changed_and_copied(self):
        templates = self.env["product.template"].with_user(self.products)
        product = templates.create({"name": "Shelf", "type": "consu"})
        product.write({"list_price": 12.0})
        self.assertEqual(product.copy().list_price, 12.0)
        sudo = product.sudo()
        self.assertFalse(sudo.salon_kind)
        self.assertFalse(sudo.salon_duration)
        variant = self.env["product.product"].with_user(self.products)
        variant.create({"name": "Box"}).copy()

    def test_copy_of_a_service_is_no_service_unless_the_salon_makes_it(self):
        service = self.roots_service.product_tmpl_id
        copy = service.with_user(self.products).copy().sudo()
        self.assertFalse(copy.salon_kind)
        self.assertFalse(copy.salon_cycle_ids)
        copy = service.with_user(self.manager).copy()
        self.assertEqual(copy.salon_kind, "service")
        self.assertEqual(copy.salon_cycle_ids, self.roots)

    def test_service_is_changed_by_others(self):
        service = self.roots_service.product_tmpl_id.with_user(self.products)
        service.write({"name": "Roots", "list_price": 70.0, "sale_ok": False})
        self.assertEqual(service.sudo().salon_kind, "service")

    def test_service_may_be_kept_in_stock(self):
        """What Odoo keeps in stock may be sold in the salon, as service or retail."""
        for kind in ("service", "retail"):
            vals = {"type": "consu"}
            if "is_storable" in self.env["product.template"]._fields:
                vals["is_storable"] = True
            product = self._create_product(f"In stock, {kind}", kind, **vals)
            visit = self._create_visit(self.anna, "2026-02-07", product)
            self.assertEqual(visit.line_ids.product_id, product)
            self.assertEqual(visit.is_purchase, kind == "retail")

    # ------------------------------------------------------------
    # RESOURCES, COMPANIES, USERS, BLACKLISTS
    # ------------------------------------------------------------

    def test_working_hours_are_changed_by_others(self):
        hours = self.company.resource_calendar_id.with_user(self.boss)
        hours.write({"tz": "Europe/Vienna"})
        hours.attendance_ids[:1].write({"hour_from": 7})
        hours.copy()
        self.env["resource.calendar.leaves"].with_user(self.boss).create(
            {
                "name": "Day off",
                "company_id": self.company.id,
                "date_from": datetime(2026, 3, 20, 0),
                "date_to": datetime(2026, 3, 20, 22),
            }
        ).unlink()

    def test_company_is_made_and_changed_by_others(self):
        company = self.env["res.company"].with_user(self.boss)
        company = company.create({"name": "Bakery"})
        company.write({"name": "Bakery Ltd", "country_id": self.env.ref("base.at").id})
        self.assertEqual(company.sudo().salon_contact_gap_days, 14)

    def test_user_is_copied_and_put_away_by_others(self):
        user = self.contacts.with_user(self.boss)
        user.copy({"login": "t_contacts_2"}).action_archive()
        self.stylist_user.with_user(self.boss).copy({"login": "t_vera_2"})
        self.receptionist.with_user(self.boss).action_archive()

    def test_blacklist_is_kept_by_others(self):
        self.assertTrue(self._plan_call())
        phones = self.env["phone.blacklist"].with_user(self.boss)
        entry = phones.create({"number": "+36301234567"})
        self.assertFalse(self._get_open_calls())
        entry.write({"active": False})
        entry.write({"active": True})
        entry.action_archive()
        mails = self.env["mail.blacklist"].with_user(self.boss)
        mails.create({"email": "anna@example.com"}).write({"active": False})

    # ------------------------------------------------------------
    # BAD INPUT
    # ------------------------------------------------------------

    def test_company_without_a_country(self):
        company = self._create_company("Nowhere")
        self.assertFalse(company.country_id)
        partners = self.env["res.partner"].with_company(company)
        client = partners.create(
            {"name": "Bea", "phone": "06 30 123 4568", "is_salon_client": True}
        )
        gate = self.env["salon.gate"].with_company(company)
        # A number that means nothing without a country is no number to dial.
        self.assertIn(gate._get_holds(client)[client], ("consent", "phone"))
        client.phone = "+36 30 123 4568"
        self.assertEqual(client.phone_sanitized, "+36301234568")
