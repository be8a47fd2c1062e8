from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import BaseCase, Form, users

from ...wizards.catalogue import salon_catalogue_choice
from ...wizards.catalogue.service_words import (
    CYCLE_WORDS,
    ZONE_WORDS,
    find_keys,
)
from ...wizards.catalogue.starter_data import (
    CYCLES,
    SERVICES,
    ZONES,
    translated,
)
from ..common import SalonCase

# As salons name things: name, keys of the cycles.
NAMES = (
    ("Haircut men", "mens_cut"),
    ("Gents' Skin Fade", "mens_cut"),
    ("Men's short haircut", "mens_cut"),
    ("Beard & haircut", "mens_cut"),
    ("Ladies short cut", "short_cut"),
    ("LONG HAIRCUT", "long_cut"),
    ("Haircut women", ""),
    ("Kids haircut", ""),
    ("Full Color", "roots"),
    ("Highlights + toner", "highlights toner"),
    ("Shellac manicure", "gel_manicure"),
    ("Gel polish toes", ""),
    ("Gel polish removal", ""),
    ("Gel manicure and pedicure", "gel_manicure pedicure"),
    ("Cuticle care", ""),
    ("Eyebrow threading", "brow_shape"),
    ("Brow waxing", "brow_shape"),
    ("Eyelash extensions, infill", "lash_infill"),
    ("Facial waxing", "waxing"),
    ("Laser hair removal, legs", "laser_body"),
    ("Laser upper lip", "laser_face"),
    ("Back massage 30 min", "massage"),
    ("Мужская стрижка", "mens_cut"),
    ("Стрижка короткая женская", "short_cut"),
    ("Стрижка мужская короткая", "mens_cut"),
    ("Маникюр с покрытием гель-лак", "gel_manicure"),
    ("Снятие гель-лака", ""),
    ("Окрашивание корней", "roots"),
    ("Окрашивание бровей", "brow_shape"),
    ("Ламинирование ресниц", "lash_lift"),
    ("Чистка лица", "facial"),
    ("Férfi hajvágás", "mens_cut"),
    ("Női rövid hajvágás", "short_cut"),
    ("Géllakk manikűr", "gel_manicure"),
    ("Szempilla lifting", "lash_lift"),
    ("Hátmasszázs", ""),
    ("Relaxáló masszázs", "massage"),
    ("Delivery", ""),
)


class TestServiceWords(BaseCase):
    def test_names_of_salons(self):
        for name, keys in NAMES:
            self.assertEqual(find_keys(name, CYCLE_WORDS), keys.split(), name)

    def test_keys_are_those_of_the_starter_set(self):
        self.assertLessEqual(set(CYCLE_WORDS), {cycle.key for cycle in CYCLES})
        self.assertEqual(set(ZONE_WORDS), {zone.key for zone in ZONES})

    def test_zones(self):
        for name, key in (
            ("Updo", "hair"),
            ("Hair colour", "colour"),
            ("Nail repair", "nails"),
            ("Lash removal", "brows"),
            ("Уход за кожей лица", "face"),
            ("Szakállvágás", "hair"),
        ):
            self.assertEqual(find_keys(name, ZONE_WORDS)[0], key, name)


class TestSalonCatalogueChoice(SalonCase):
    """Products of a living database are chosen as services and retail products."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.salon = cls._create_company("New salon")
        cls.manager.write(
            {"company_ids": [(4, cls.salon.id)], "company_id": cls.salon.id}
        )
        starter_set = cls.env["salon.starter.set"].with_company(cls.salon).create({})
        cls.own, _added = starter_set._load([zone.key for zone in ZONES])

    @classmethod
    def _create_template(cls, name, kind="service", **vals):
        return cls.env["product.template"].create(
            {"name": name, "type": kind, "company_id": cls.salon.id, **vals}
        )

    def _choose(self, products, user=None):
        choices = self.env["salon.catalogue.choice"]
        return (
            choices.with_user(user or self.manager)
            .with_company(self.salon)
            .with_context(active_model=products._name, active_ids=products.ids)
            .create({})
        )

    def _get_cycles(self, *keys):
        return self.env["salon.cycle"].union(
            *(self.own["salon.cycle", key] for key in keys)
        )

    def test_proposals(self):
        cut = self._create_template("Haircut men")
        both = self._create_template("Highlights + toner")
        shampoo = self._create_template("Shampoo for men's cuts", "consu")
        talk = self._create_template("Consultation")
        lines = self._choose(cut | both | shampoo | talk).line_ids
        lines = {line.product_tmpl_id: line for line in lines}
        self.assertEqual(lines[cut].kind, "service")
        self.assertEqual(lines[cut].cycle_ids, self._get_cycles("mens_cut"))
        self.assertEqual(lines[cut].zone_id, self.own["salon.zone", "hair"])
        self.assertEqual(lines[cut].duration, 30)
        self.assertEqual(lines[both].cycle_ids, self._get_cycles("highlights", "toner"))
        self.assertEqual(lines[both].zone_id, self.own["salon.zone", "colour"])
        self.assertEqual(lines[shampoo].kind, "retail")
        self.assertFalse(lines[shampoo].cycle_ids)
        self.assertEqual(lines[talk].kind, "fee")

    def test_usual_services(self):
        """The words find no cycle that a usual service does not renew."""
        for service in SERVICES:
            name = translated(self.env, service.name)
            found = set(find_keys(name, CYCLE_WORDS))
            self.assertLessEqual(found, set(service.cycles), name)

    def test_a_usual_service_by_its_name(self):
        service = self._create_template("Root touch-up and cut, short hair")
        line = self._choose(service).line_ids
        self.assertEqual(line.cycle_ids, self._get_cycles("roots", "short_cut"))
        self.assertEqual(line.duration, 120)

    def test_own_cycles_by_their_names(self):
        cycle = self.env["salon.cycle"].create(
            {
                "name": "Scalp ritual",
                "zone_id": self.own["salon.zone", "hair"].id,
                "company_id": self.salon.id,
            }
        )
        archived = cycle.copy({"name": "Ritual", "active": False})
        foreign = cycle.copy(
            {"name": "Deluxe", "company_id": self.company.id, "zone_id": self.zone.id}
        )
        line = self._choose(self._create_template("Deluxe scalp rituals")).line_ids
        self.assertEqual(line.cycle_ids, cycle)
        self.assertNotIn(archived | foreign, line.cycle_ids)

    def test_the_longest_own_name_counts(self):
        short = self._get_cycles("short_cut")
        plain = short.copy({"name": "Women's cut"})
        line = self._choose(self._create_template("Women's short cut")).line_ids
        self.assertEqual(line.cycle_ids, short)
        line = self._choose(self._create_template("Women's cut, new")).line_ids
        self.assertEqual(line.cycle_ids, plain)

    def test_what_a_product_has_is_kept(self):
        toner = self._get_cycles("toner")
        service = self._create_template(
            "Haircut men",
            salon_kind="service",
            salon_zone_id=toner.zone_id.id,
            salon_cycle_ids=toner.ids,
            salon_duration=55,
        )
        line = self._choose(service).line_ids
        self.assertEqual(line.cycle_ids, toner)
        self.assertEqual(line.zone_id, toner.zone_id)
        self.assertEqual(line.duration, 55)

    def test_apply(self):
        cuts = self._create_template("Haircut men") | self._create_template("Fade")
        shampoo = self._create_template("Shampoo", "consu", salon_duration=60)
        other = self._create_template("Delivery")
        choice = self._choose(cuts | shampoo | other)
        for line in choice.line_ids:
            if line.product_tmpl_id.name == "Fade":
                line.cycle_ids = self._get_cycles("mens_cut")
        choice.line_ids.filtered(lambda line: line.product_tmpl_id == other).unlink()
        told = choice.action_apply()["params"]["message"]
        self.assertIn("2 services, 0 consultations or fees, 1 retail", told)
        self.assertEqual(set(cuts.mapped("salon_kind")), {"service"})
        self.assertEqual(cuts.salon_cycle_ids, self._get_cycles("mens_cut"))
        self.assertEqual(shampoo.salon_kind, "retail")
        self.assertFalse(other.salon_kind)
        self.assertEqual(shampoo.type, "consu")

    def test_a_service_that_becomes_retail_renews_nothing(self):
        service = self.own["product.template", "toner"]
        choice = self._choose(service)
        choice.line_ids.kind = "retail"
        choice.action_apply()
        self.assertFalse(service.salon_cycle_ids)

    def test_clients_are_reminded_of_services_taken_over(self):
        service = self._create_template("Haircut men")
        client = self._create_client("Anna", consent=False)
        self._create_visit(
            client,
            "2026-03-02",
            service.product_variant_id,
            company_id=self.salon.id,
            stylist_id=False,
        )
        self.assertFalse(client.salon_reminder_ids)
        self._choose(service).action_apply()
        reminder = self.env["salon.reminder"].search([("partner_id", "=", client.id)])
        self.assertEqual(reminder.cycle_id, self._get_cycles("mens_cut"))

    def test_variants_are_taken_as_their_product(self):
        service = self._create_template("Haircut men")
        choice = self._choose(service.product_variant_id)
        self.assertEqual(choice.line_ids.product_tmpl_id, service)

    def test_notes(self):
        goods = self._create_template("Haircut men", "consu")
        plain = self._create_template("Haircut women")
        lines = self._choose(goods | plain).line_ids
        by_product = {line.product_tmpl_id: line for line in lines}
        self.assertFalse(by_product[goods].note)
        by_product[goods].kind = "service"
        self.assertIn("out of stock", by_product[goods].note)
        self.assertIn("Without a cycle", by_product[plain].note)

    def test_courses(self):
        course = self._create_template(
            "Back massage, 6 sessions",
            salon_kind="service",
            salon_course_sessions=6,
            salon_course_service_ids=self.own["product.template", "massage"].ids,
        )
        choice = self._choose(course)
        self.assertFalse(choice.line_ids.cycle_ids)
        self.assertIn("A course", choice.line_ids.note)
        choice.action_apply()
        choice.line_ids.kind = "retail"
        with self.assertRaises(ValidationError):
            choice.action_apply()

    # ---- companies ----

    def test_what_all_companies_sell_has_a_shared_zone(self):
        service = self._create_template("Haircut men", company_id=False)
        line = self._choose(service).line_ids
        self.assertFalse(line.zone_id)
        self.assertFalse(line.zone_company_id)
        self.assertEqual(line.cycle_ids, self._get_cycles("mens_cut"))
        line.choice_id.action_apply()
        self.assertEqual(service.salon_kind, "service")

    def test_the_only_company_shares_its_zones(self):
        service = self._create_template("Haircut men", company_id=False)
        hair, nails = (self.own["salon.zone", key] for key in ("hair", "nails"))
        companies = self.env.registry["res.company"]
        with patch.object(companies, "search", lambda self, *args, **kw: only):
            only = self.salon
            choice = self._choose(service)
            self.assertEqual(choice.line_ids.zone_id, hair)
            choice.action_apply()
        self.assertEqual(service.salon_zone_id, hair)
        self.assertFalse(hair.company_id)
        self.assertEqual(nails.company_id, self.salon)

    def test_products_of_a_foreign_company_are_left_out(self):
        self.manager.company_ids = self.salon
        service = self._create_template("Haircut men", company_id=self.company.id)
        self.assertFalse(self._choose(service).line_ids)

    # ---- bad input and rights ----

    def test_nothing_chosen(self):
        choice = self._choose(self.env["product.template"])
        with self.assertRaises(UserError):
            choice.action_apply()
        partners = self.env["res.partner"].search([], limit=1)
        self.assertFalse(self._choose(partners).line_ids)

    def test_too_many(self):
        products = self.own["product.template", "toner"]
        products |= self.own["product.template", "roots"]
        with (
            patch.object(salon_catalogue_choice, "MAX_PRODUCTS", 1),
            self.assertRaisesRegex(UserError, "at most 1 "),
        ):
            self._choose(products)

    def test_form(self):
        service = self._create_template("Haircut men")
        choices = self.env["salon.catalogue.choice"].with_user(self.manager)
        form = Form(
            choices.with_company(self.salon).with_context(
                active_model="product.template", active_ids=service.ids
            )
        )
        with form.line_ids.edit(0) as line:
            line.duration = 35
        form.save().action_apply()
        self.assertEqual(service.salon_duration, 35)
        self.assertEqual(service.salon_cycle_ids, self._get_cycles("mens_cut"))

    @users("t_recep", "t_vera")
    def test_only_managers(self):
        service = self._create_template("Haircut men")
        with self.assertRaises(AccessError):
            self._choose(service, self.env.user)
        choice = self._choose(service)
        with self.assertRaises(AccessError):
            choice.with_user(self.env.user).action_apply()
        bindings = self.env["ir.actions.actions"].get_bindings("product.template")
        names = [action["name"] for action in bindings.get("action", ())]
        self.assertNotIn("Salon service / retail", names)
        self.assertFalse(service.salon_kind)
