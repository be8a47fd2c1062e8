from odoo.exceptions import AccessError, UserError
from odoo.tests import users

from ...wizards.catalogue.starter_data import (
    CYCLES,
    SERVICES,
    ZONES,
)
from ..common import SalonCase

# Cycle: earliest, ideal, late; as salons usually work.
USUAL_DAYS = {
    "mens_cut": (10, 25, 35),
    "short_cut": (21, 35, 49),
    "long_cut": (28, 49, 84),
    "fringe": (10, 21, 28),
    "roots": (21, 35, 49),
    "highlights": (35, 56, 84),
    "balayage": (60, 112, 150),
    "toner": (14, 28, 42),
    "keratin": (60, 100, 150),
    "gel_manicure": (10, 18, 28),
    "pedicure": (18, 30, 45),
    "lash_infill": (12, 20, 28),
    "brow_shape": (14, 25, 42),
    "brow_lamination": (42, 50, 70),
    "lash_lift": (42, 50, 70),
    "waxing": (21, 28, 40),
    "facial": (21, 35, 50),
    "light_peel": (14, 28, 45),
    "laser_face": (28, 30, 42),
    "laser_body": (42, 49, 63),
    "botulinum": (84, 112, 150),
    "massage": (5, 21, 35),
}
ALL_ZONES = [zone.key for zone in ZONES]


class TestSalonStarterSet(SalonCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # A salon of its own, so that what a database has does not decide a test.
        cls.new_salon = cls.env["res.company"].create({"name": "New salon"})
        cls.manager.write(
            {
                "company_ids": [(4, cls.new_salon.id)],
                "company_id": cls.new_salon.id,
            }
        )
        shared = [("company_id", "=", False)]
        cls.env["salon.zone"].search(shared).company_id = cls.company
        cls.env["salon.cycle"].search(shared).company_id = cls.company
        services = cls.env["product.template"].search(
            [("company_id", "=", False), ("salon_kind", "!=", False)]
        )
        services.company_id = cls.company
        cls.currency = cls.new_salon.currency_id

    def _get_starter_set(self):
        return (
            self.env["salon.starter.set"]
            .with_user(self.manager)
            .with_company(self.new_salon)
            .create({})
        )

    def _load(self, *zone_keys):
        return self._get_starter_set()._load(zone_keys or ALL_ZONES)

    def _get_own(self, model):
        return self.env[model].search([("company_id", "=", self.new_salon.id)])

    def test_usual_days(self):
        records, _added = self._load()
        days = {
            key: (rec.earliest_days, rec.ideal_days, rec.late_days)
            for (model, key), rec in records.items()
            if model == "salon.cycle"
        }
        self.assertEqual(days, USUAL_DAYS)

    def test_every_cycle_is_complete(self):
        records, _added = self._load()
        for cycle in CYCLES:
            record = records["salon.cycle", cycle.key]
            self.assertTrue(record.product_tmpl_ids, cycle.key)
            self.assertGreaterEqual(record.lapse_days, record.late_days)
            self.assertLess(record.lead_days, record.ideal_days)
            for placeholder in ("{client}", "{receptionist}", "{salon}"):
                self.assertIn(placeholder, record.script_ids.body)

    def test_services_renew_the_right_cycles(self):
        records, _added = self._load()
        roots_short = records["product.template", "roots_short"]
        self.assertEqual(
            roots_short.salon_cycle_ids,
            records["salon.cycle", "roots"] | records["salon.cycle", "short_cut"],
        )
        for service in SERVICES:
            record = records["product.template", service.key]
            self.assertEqual(record.salon_duration, service.minutes)
            self.assertEqual(len(record.salon_cycle_ids), len(service.cycles))
            if record.salon_kind == "fee":
                self.assertFalse(record.salon_cycle_ids)

    def test_choose_zones(self):
        starter_set = self._get_starter_set()
        self.assertTrue(all(starter_set.line_ids.mapped("is_selected")))
        for line in starter_set.line_ids:
            line.is_selected = line.zone_key == "nails"
        action = starter_set.action_load()
        self.assertEqual(self._get_own("salon.zone").mapped("name"), ["Nails"])
        self.assertEqual(
            set(self._get_own("salon.cycle").mapped("name")),
            {"Gel manicure", "Pedicure"},
        )
        self.assertIn("1 zones, 2 cycles, 7 services", action["params"]["message"])

    def _ask_prices(self, *zone_keys):
        starter_set = self._get_starter_set()
        for line in starter_set.line_ids:
            line.is_selected = line.zone_key in zone_keys
        action = starter_set.action_ask_prices()
        self.assertEqual(action["res_id"], starter_set.id)
        return starter_set

    def test_prices_are_filled_in(self):
        starter_set = self._ask_prices("nails")
        self.assertEqual(len(starter_set.service_ids), 7)
        self.assertEqual(starter_set.service_ids.currency_id.ids, [self.currency.id])
        by_name = {line.name: line for line in starter_set.service_ids}
        by_name["Pedicure"].price = 49.5
        self.assertEqual(by_name["Pedicure"].minutes, 60)
        starter_set.action_load()
        services = self._get_own("product.template")
        prices = {service.name: service.list_price for service in services}
        self.assertEqual(prices["Pedicure"], 49.5)
        self.assertEqual(prices["Gel manicure"], 0)

    def test_prices_outlast_the_way_back(self):
        starter_set = self._ask_prices("nails")
        starter_set.service_ids[0].price = 12
        key = starter_set.service_ids[0].service_key
        starter_set.action_choose_zones()
        self.assertFalse(starter_set.is_pricing)
        for line in starter_set.line_ids:
            line.is_selected = line.zone_key in ("nails", "hair")
        starter_set.action_ask_prices()
        prices = {line.service_key: line.price for line in starter_set.service_ids}
        self.assertEqual(prices.pop(key), 12)
        self.assertFalse(any(prices.values()))
        self.assertIn("mens_cut", prices)

    def test_prices_of_what_is_there_are_not_asked(self):
        records, _added = self._load("nails")
        service = records["product.template", "pedicure"]
        service.list_price = 60
        starter_set = self._ask_prices("nails")
        self.assertFalse(starter_set.service_ids)
        starter_set.action_load()
        self.assertEqual(service.list_price, 60)

    def test_no_prices_without_a_zone(self):
        with self.assertRaises(UserError):
            self._ask_prices()

    def test_services_are_sold_at_the_till(self):
        """The point of sale has a field of its own; without it there is nothing."""
        self._load("nails")
        service = self._get_own("product.template")[0]
        self.assertTrue(service.sale_ok)
        if "available_in_pos" in service:
            self.assertTrue(service.available_in_pos)

    def test_loaded_records_are_the_salons_own(self):
        records, _added = self._load("hair")
        for record in records.values():
            self.assertEqual(record.company_id, self.new_salon)
            self.assertFalse(record.get_external_id()[record.id])

    def test_nothing_chosen(self):
        starter_set = self._get_starter_set()
        starter_set.line_ids.is_selected = False
        with self.assertRaises(UserError):
            starter_set.action_load()

    def test_twice_adds_nothing_and_changes_nothing(self):
        records, _added = self._load()
        records["salon.cycle", "roots"].ideal_days = 40
        records["salon.cycle", "toner"].action_archive()
        records["product.template", "roots"].write(
            {"name": "root TOUCH-up ", "salon_duration": 75}
        )
        starter_set = self._get_starter_set()
        self.assertFalse(any(starter_set.line_ids.mapped("is_selected")))
        again, added = starter_set._load(ALL_ZONES)
        self.assertFalse(any(added.values()))
        self.assertEqual(again, records)
        self.assertEqual(records["salon.cycle", "roots"].ideal_days, 40)
        self.assertFalse(records["salon.cycle", "toner"].active)
        self.assertEqual(records["product.template", "roots"].salon_duration, 75)

    def test_further_zone_links_shared_services(self):
        records, _added = self._load("colour")
        service = records["product.template", "roots_short"]
        self.assertEqual(service.salon_cycle_ids, records["salon.cycle", "roots"])
        records, added = self._load("hair")
        self.assertEqual(added["salon.zone"], 1)
        self.assertIn(records["salon.cycle", "short_cut"], service.salon_cycle_ids)

    def test_further_zone_finds_earlier_cycles(self):
        self._load("hair")
        records, _added = self._load("colour")
        self.assertIn(
            records["salon.cycle", "short_cut"],
            records["product.template", "roots_short"].salon_cycle_ids,
        )

    def test_a_link_the_salon_cut_stays_cut(self):
        records, _added = self._load()
        service = records["product.template", "roots_short"]
        service.salon_cycle_ids = records["salon.cycle", "roots"]
        self._load()
        self.assertEqual(service.salon_cycle_ids, records["salon.cycle", "roots"])

    def test_known_in_any_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        zone = self.env["salon.zone"].create(
            {"name": "Hair", "company_id": self.new_salon.id}
        )
        zone.with_context(lang="fr_FR").name = "Cheveux"
        starter_set = self._get_starter_set().with_context(lang="fr_FR")
        records, added = starter_set._load(["hair"])
        self.assertEqual(records["salon.zone", "hair"], zone)
        self.assertFalse(added["salon.zone"])
        self.assertEqual(zone.with_context(lang="fr_FR").name, "Cheveux")

    @users("t_recep")
    def test_receptionist_is_refused(self):
        with self.assertRaises(AccessError):
            self.env["salon.starter.set"].create({})
        starter_set = self._get_starter_set().with_user(self.env.user)
        with self.assertRaises(AccessError):
            starter_set._load(["hair"])
