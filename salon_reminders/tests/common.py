from datetime import datetime, time

from odoo.tests import TransactionCase, new_test_user, tagged

CONTEXT = {
    "tracking_disable": True,
    # New users get no invitation, which costs as much as they do.
    "no_reset_password": True,
    "tz": "UTC",
}


@tagged("post_install", "-at_install")
class SalonCase(TransactionCase):
    """A small salon with a cycle, a service, a stylist and users of every role."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, **CONTEXT})
        cls.company = cls.env.company
        cls.company.write(
            {
                "country_id": cls.env.ref("base.hu").id,
                "salon_daily_quota": 0,
                "salon_contact_gap_days": 14,
                "salon_bundling_days": 7,
                "salon_max_attempts": 3,
            }
        )
        cls.company.resource_calendar_id.tz = "Europe/Budapest"
        # What other data the database has must not decide a test.
        cls.env["salon.cycle"].search([]).action_archive()
        cls.receptionist = cls._create_user("recep", "group_receptionist")
        cls.manager = cls._create_user("salon_boss", "group_manager")
        cls.zone = cls.env["salon.zone"].create({"name": "Colour"})
        cls.roots = cls._create_cycle("Roots", (21, 35, 49))
        cls.roots_service = cls._create_service("Root touch-up", cls.roots)
        cls.stylist = cls._create_stylist("Vera")
        cls.stylist_user = cls._create_user("vera", "group_stylist")
        cls.stylist.user_id = cls.stylist_user

    @classmethod
    def _create_user(cls, login, group):
        return new_test_user(
            cls.env, f"t_{login}", groups=f"base.group_user,salon_reminders.{group}"
        )

    @classmethod
    def _create_company(cls, name):
        return cls.env["res.company"].create({"name": name})

    @classmethod
    def _create_cycle(cls, name, days, **vals):
        earliest, ideal, late = days
        return cls.env["salon.cycle"].create(
            {
                "name": name,
                "zone_id": cls.zone.id,
                "earliest_days": earliest,
                "ideal_days": ideal,
                "late_days": late,
                **vals,
            }
        )

    @classmethod
    def _create_service(cls, name, cycles, **vals):
        return cls._create_product(
            name, "service", salon_cycle_ids=cycles.ids, type="service", **vals
        )

    @classmethod
    def _create_product(cls, name, kind, **vals):
        return cls.env["product.product"].create(
            {"name": name, "salon_kind": kind, "list_price": 50.0, **vals}
        )

    @classmethod
    def _create_stylist(cls, name):
        return cls.env["resource.resource"].create(
            {
                "name": name,
                "is_stylist": True,
                "calendar_id": cls.company.resource_calendar_id.id,
            }
        )

    @classmethod
    def _create_client(cls, name, phone="+36 30 123 4567", consent=True):
        partner = cls.env["res.partner"].create(
            {
                "name": name,
                "phone": phone,
                "country_id": cls.env.ref("base.hu").id,
                "is_salon_client": True,
            }
        )
        if consent:
            cls._answer(partner, "reminder", "feedback", "promotion")
        return partner

    @classmethod
    def _answer(cls, partners, *purposes, decision="given"):
        """Let clients answer, at the desk, about calls for these purposes."""
        consents = cls.env["salon.consent"]
        consents.create(
            [
                consents._prepare_vals(partner, decision, "desk", purpose=purpose)
                for partner in partners
                for purpose in purposes
            ]
        )

    @classmethod
    def _create_visit(cls, partner, date, products=None, state="done", **vals):
        """Create a visit at 10:00 of the salon's clock on an ISO date."""
        local = datetime.combine(datetime.fromisoformat(date), time(10))
        products = products if products is not None else cls.roots_service
        return cls.env["salon.visit"].create(
            {
                "partner_id": partner and partner.id,
                "stylist_id": cls.stylist.id,
                # Many clients come at ten here; only tests of the book mind.
                "is_overlap": True,
                "start": cls.company._salon_utc(local),
                "state": state,
                "line_ids": [(0, 0, {"product_id": p.id}) for p in products],
                **vals,
            }
        )

    def _plan_calls(self):
        """Run the daily job as the scheduler does; return the open calls."""
        cron = self.env.ref("salon_reminders.ir_cron_plan_calls")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertFalse(cron.failure_count)
        return self._get_open_calls()

    def _plan_from(self, get_clients):
        """Put those on the list whom one source finds; return how many."""
        clients = get_clients()
        self.env["salon.call.planner"]._create_calls(clients)
        return len(clients)

    def _get_open_calls(self):
        return self.env["salon.call"].search(
            [("state", "=", "open"), ("company_id", "=", self.company.id)]
        )
