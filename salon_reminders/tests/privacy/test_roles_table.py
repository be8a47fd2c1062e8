"""The table of roles in the manager's documentation, line by line."""

from functools import partial

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import freeze_time

from ..common import SalonCase

ROLES = ("stylist", "receptionist", "manager")
STAFF = {"receptionist", "manager"}
MANAGER = {"manager"}
ALL = set(ROLES)


@freeze_time("2026-03-10 09:00:00")
class TestRolesTable(SalonCase):
    """Each line is asked for as each role, as a program of theirs would ask."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna = cls._create_client("Anna", "+36 30 123 4567")
        cls.anna.email = "anna@example.com"
        cls.bea = cls._create_client("Bea", "+36 30 765 4321")
        cls.own = cls._create_visit(cls.anna, "2026-03-09")
        other = cls._create_stylist("Zora")
        cls.foreign = cls._create_visit(cls.bea, "2026-03-09", stylist_id=other.id)
        cls.call = cls.env["salon.call"].create({"partner_id": cls.anna.id})
        cls.people = dict(
            zip(ROLES, (cls.stylist_user, cls.receptionist, cls.manager), strict=True)
        )

    def _call(self, records, name, *args, **kwargs):
        return call_kw(records, name, [records.ids, *args], kwargs)

    def _ask(self, model, name, *args, **kwargs):
        return call_kw(self.env[model], name, list(args), kwargs)

    def _is_done(self, attempt, role):
        """Tell whether a role is let do it, and undo it."""
        env = self.env(user=self.people[role])
        try:
            with self.env.cr.savepoint() as savepoint:
                done = attempt(env)
                self.env.flush_all()
                savepoint.rollback()
        except (AccessError, UserError):
            return False
        finally:
            self.env.invalidate_all()
        return done is not False

    def _assert_line(self, allowed, **attempts):
        """Compare who is let do it with who is named in the table."""
        for label, attempt in attempts.items():
            found = {role for role in ROLES if self._is_done(attempt, role)}
            self.assertEqual(found, allowed, label)

    def _read(self, record, *names):
        """Return the attempt to read these fields, as they stand in the database."""
        expected = [record[name] for name in names]

        def attempt(env):
            [row] = self._call(record.with_env(env), "read", list(names))
            return [row[name] for name in names] == expected

        return attempt

    def _write(self, record, **vals):
        return lambda env: self._call(record.with_env(env), "write", vals)

    def _do(self, record, name, *args):
        def attempt(env):
            self._call(record.with_env(env), name, *args)

        return attempt

    def _see(self, model, operation="read"):
        return lambda env: env[model].has_access(operation)

    # ---- seeing clients ----

    def test_visits(self):
        self._assert_line(ALL, own=self._read(self.own, "amount_total"))
        self._assert_line(STAFF, foreign=self._read(self.foreign, "amount_total"))

    def test_cards(self):
        self._assert_line(ALL, own=self._read(self.anna, "name"))
        self._assert_line(STAFF, foreign=self._read(self.bea, "name"))
        self.company.salon_stylist_days = 0
        self._assert_line(STAFF, own_later=self._read(self.anna, "name"))

    def test_phone_numbers(self):
        both = self.anna | self.bea

        def read_both(env):
            rows = self._call(both.with_env(env), "read", ["phone"])
            return [row["phone"] for row in rows] == both.mapped("phone")

        self._assert_line(
            STAFF,
            one=self._read(self.anna, "phone"),
            shown=self._do(self.anna, "action_salon_show_number"),
        )
        self._assert_line(MANAGER, several=read_both)
        group = self.env.ref("salon_reminders.group_phone_numbers")
        self.stylist_user.group_ids |= group
        self._assert_line(ALL, one=self._read(self.anna, "phone"))

    def test_looking_for_a_number(self):
        def search(number, env):
            domain = [
                ("phone_mobile_search", "ilike", number),
                ("id", "in", (self.anna | self.bea).ids),
            ]
            found = call_kw(env["res.partner"], "search", [domain], {})
            return found == self.anna.ids

        self._assert_line(
            STAFF,
            whole=partial(search, "+36 30 123 4567"),
            last=partial(search, "123 4567"),
        )
        self._assert_line(MANAGER, part=partial(search, "0123"))
        group = self.env.ref("salon_reminders.group_phone_numbers")
        self.stylist_user.group_ids |= group
        self._assert_line(ALL, whole=partial(search, "+36 30 123 4567"))

    def test_e_mail_addresses(self):
        self._assert_line(STAFF, email=self._read(self.anna, "email"))

    def test_health_and_photos(self):
        self._assert_line(
            ALL,
            note=self._read(self.anna, "salon_contraindications"),
            answer=self._do(self.anna, "action_salon_health_agree"),
            photo=self._do(self.anna, "action_salon_photo_agree"),
        )
        self._assert_line(
            STAFF, foreign=self._do(self.bea, "action_salon_health_agree")
        )

    # ---- calls and consents ----

    def test_call_list_and_consents(self):
        self._assert_line(
            STAFF,
            calls=self._see("salon.call"),
            ledger=self._see("salon.consent"),
            answers=self._see("salon.consent", "create"),
            opened=self._do(self.anna, "action_open_salon_consents"),
        )

    def test_what_of_a_call(self):
        self._assert_line(
            STAFF,
            day=self._write(self.call, date="2026-03-11"),
            person=self._write(self.call, user_id=self.receptionist.id),
            note=self._write(self.call, note="Rings back."),
            outcome=self._do(self.call, "action_no_answer"),
        )
        self._assert_line(MANAGER, priority=self._write(self.call, priority="1"))
        self._assert_line(
            set(),
            state=self._write(self.call, state="done"),
            client=self._write(self.call, partner_id=self.bea.id),
            attempts=self._write(self.call, attempt_count=0),
        )

    def test_objections(self):
        self._assert_line(
            STAFF,
            advertising=self._do(self.anna, "action_salon_no_advertising"),
            deletion=self._do(self.anna, "action_salon_ask_erasure"),
        )
        self._assert_line(MANAGER, erasure=self._do(self.anna, "action_salon_erase"))

    def test_proof(self):
        self._assert_line(
            MANAGER,
            rows=self._see("salon.contact.proof"),
            folder=self._do(self.anna, "action_salon_proof"),
        )

    # ---- what is the manager's ----

    def test_money_of_days_gone_by(self):
        self._assert_line(MANAGER, amount=self._write(self.own.line_ids, amount=1))
        self._call(self.own.line_ids.with_user(self.manager), "write", {"amount": 1})
        self.assertIn("50.00", " ".join(self.own.message_ids.mapped("body")))

    def test_several_clients_at_once(self):
        both = self.anna | self.bea
        self._assert_line(
            MANAGER,
            archive=self._do(both, "action_archive"),
            duplicate=self._do(both, "copy"),
            change=self._write(both, city="Pest"),
        )
        self._assert_line(STAFF, one=self._write(self.bea, city="Pest"))

    def test_ways_out(self):
        idle = self._create_client("Idle", "+36 30 555 4321", consent=False)
        merge = "base.partner.merge.automatic.wizard"
        self._assert_line(
            MANAGER,
            export=self._do(self.anna, "export_data", ["name"]),
            data=self._do(self.anna, "action_salon_export"),
            load=lambda env: call_kw(
                env["res.partner"], "load", [["name"], [["New"]]], {}
            ),
            delete=self._do(idle, "unlink"),
            # Of contacts with two e-mail addresses Odoo wants an administrator.
            merge=lambda env: env[merge]._merge((self.bea | idle).ids),
        )

    def test_who_is_a_client(self):
        supplier = self.env["res.partner"].create({"name": "Supplier"})
        self._assert_line(MANAGER, made=self._write(supplier, is_salon_client=True))
        self._assert_line(
            set(), with_history=self._write(self.anna, is_salon_client=False)
        )

    def test_promotions(self):
        self._assert_line(
            ALL,
            promotions=self._see("salon.promotion"),
            offers=self._see("salon.promotion.participation"),
        )
        self._assert_line(MANAGER, set_up=self._see("salon.promotion", "create"))

    def test_catalogue(self):
        for model in ("salon.cycle", "salon.zone", "salon.consent.wording"):
            self._assert_line(ALL, see=self._see(model))
            self._assert_line(MANAGER, change=self._see(model, "write"))
        service, stylist = self.roots_service, self.stylist
        self._assert_line(ALL, service=self._read(service, "name"))
        self._assert_line(
            MANAGER,
            service=self._write(service, salon_duration=75),
            stylist=self._write(stylist, salon_color=3),
        )

    def test_settings(self):
        self._assert_line(
            MANAGER,
            quota=self._write(self.company, salon_daily_quota=9),
            stylist_days=self._write(self.company, salon_stylist_days=3),
        )
