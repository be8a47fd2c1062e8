from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from .starter_data import CYCLES, SERVICES, ZONES, get_rows, translated


class SalonStarterSet(models.TransientModel):
    """Fills a new salon with the usual zones, cycles and services.

    What is loaded becomes the salon's own: it has no external id, no update touches
    it. Loading again adds only what the salon does not have, known by its name.
    """

    _name = "salon.starter.set"
    _description = "Starter Set"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    line_ids = fields.One2many(
        "salon.starter.set.line",
        "set_id",
        string="Zones",
        default=lambda self: self._default_line_ids(),
    )
    service_ids = fields.One2many(
        "salon.starter.set.service", "set_id", string="Services"
    )
    is_pricing = fields.Boolean("The zones are chosen")

    @api.model
    def _default_line_ids(self):
        """Propose every zone; tick those that the salon does not have yet."""
        company = self.env.company
        known = self._get_known("salon.zone", company)
        return [
            fields.Command.create(
                {
                    "zone_key": zone.key,
                    "is_selected": not self._find(known, zone.name),
                }
            )
            for zone in ZONES
        ]

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_ask_prices(self):
        """Ask for the prices of the services that the ticked zones would add."""
        rows = get_rows(SERVICES, self._get_zone_keys())
        known = self._get_known("product.template", self.company_id)
        prices = {line.service_key: line.price for line in self.service_ids}
        self.service_ids = [
            fields.Command.clear(),
            *(
                fields.Command.create(
                    {"service_key": row.key, "price": prices.get(row.key, 0)}
                )
                for row in rows
                if not self._find(known, row.name)
            ),
        ]
        self.is_pricing = True
        return self._reopen()

    def action_choose_zones(self):
        """Go back to the zones; prices that were typed are kept."""
        self.is_pricing = False
        return self._reopen()

    def action_load(self):
        """Load the ticked zones and say what was added.

        :raise UserError: when no zone is ticked
        """
        _records, added = self._load(self._get_zone_keys())
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self._text_added(added),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _get_zone_keys(self):
        self.ensure_one()
        zone_keys = self.line_ids.filtered("is_selected").mapped("zone_key")
        if not zone_keys:
            raise UserError(self.env._("Tick at least one zone of your salon."))
        return zone_keys

    def _reopen(self):
        return self._get_records_action(
            name=self.env._("Load starter set"), target="new"
        )

    def _text_added(self, added):
        if not any(added.values()):
            return self.env._("The salon already has all of this.")
        return self.env._(
            "Added: %(zones)s zones, %(cycles)s cycles, %(services)s services. "
            "Change them as you like.",
            zones=added["salon.zone"],
            cycles=added["salon.cycle"],
            services=added["product.template"],
        )

    # ------------------------------------------------------------
    # LOADING
    # ------------------------------------------------------------

    def _load(self, zone_keys):
        """Add what is missing of these zones.

        :return: the salon's records as {(model, key): record}, and the number of
            records added as {model: number}
        :raise AccessError: for anybody but a manager
        """
        self.ensure_one()
        if not self.env["salon.zone"].has_access("create"):
            raise AccessError(self.env._("Only a manager can load the starter set."))
        records = {}
        created = {
            "salon.zone": self._add("salon.zone", ZONES, zone_keys, records),
            "salon.cycle": self._add("salon.cycle", CYCLES, zone_keys, records),
            "product.template": self._add(
                "product.template", SERVICES, zone_keys, records
            ),
        }
        self._link_services(created["salon.cycle"], records)
        return records, {model: len(found) for model, found in created.items()}

    def _add(self, model, rows, zone_keys, records):
        """Find what the salon has of a table, add what these zones lack; return that.

        Other zones are looked up too: "roots and cut" renews a cycle of Hair.
        """
        known = self._get_known(model, self.company_id)
        found = {row.key: self._find(known, row.name) for row in rows}
        records.update({(model, key): rec for key, rec in found.items() if rec})
        missing = [row for row in get_rows(rows, zone_keys) if not found[row.key]]
        prepare = {
            "salon.zone": self._prepare_zone_vals,
            "salon.cycle": self._prepare_cycle_vals,
            "product.template": self._prepare_template_vals,
        }[model]
        created = (
            self.env[model]
            .with_context(**self._get_creation_context())
            .create([prepare(row, records) for row in missing])
            .with_env(self.env)
        )
        for row, record in zip(missing, created, strict=True):
            records[model, row.key] = record
        return created

    @api.model
    def _get_creation_context(self):
        """Return defaults for what is added, as far as the database has such fields.

        The point of sale has one: what the salon does is sold there too.
        """
        return {"default_available_in_pos": True}

    def _link_services(self, new_cycles, records):
        """Let services that came earlier with another zone renew the new cycles."""
        for service in SERVICES:
            template = records.get(("product.template", service.key))
            cycles = [records.get(("salon.cycle", key)) for key in service.cycles]
            if template and template.salon_kind == "service":
                for cycle in filter(None, cycles):
                    if cycle in new_cycles:
                        cycle.product_tmpl_ids |= template

    def _prepare_zone_vals(self, zone, records):
        return {
            "name": translated(self.env, zone.name),
            "color": zone.color,
            "sequence": 10 * (ZONES.index(zone) + 1),
            "company_id": self.company_id.id,
        }

    def _prepare_cycle_vals(self, cycle, records):
        return {
            "name": translated(self.env, cycle.name),
            "zone_id": records["salon.zone", cycle.zone].id,
            "sequence": 10 * (CYCLES.index(cycle) + 1),
            "earliest_days": cycle.earliest,
            "ideal_days": cycle.ideal,
            "late_days": cycle.late,
            "lead_days": cycle.lead,
            "script_ids": [
                fields.Command.create({"body": translated(self.env, cycle.script)})
            ],
            "company_id": self.company_id.id,
        }

    def _prepare_template_vals(self, service, records):
        # A cycle is missing while its zone is: the cut of "roots and cut" in a salon
        # without Hair. ``_link_services`` adds it when that zone is loaded.
        cycles = [records.get(("salon.cycle", key)) for key in service.cycles]
        return {
            "name": translated(self.env, service.name),
            "type": "service",
            "salon_kind": service.kind,
            "salon_zone_id": records["salon.zone", service.zone].id,
            "salon_duration": service.minutes,
            "salon_cycle_ids": [cycle.id for cycle in cycles if cycle],
            "list_price": self._get_price(service.key),
            "company_id": self.company_id.id,
        }

    def _get_price(self, key):
        lines = self.service_ids.filtered(lambda line: line.service_key == key)
        return lines[:1].price

    # ------------------------------------------------------------
    # WHAT THE SALON HAS
    # ------------------------------------------------------------

    @api.model
    def _get_known(self, model, company):
        """Return {name: record} of the salon, archived ones and all languages too.

        What a salon archived is not wanted, and is not added again.
        """
        domain = Domain("company_id", "in", [company.id, False])
        if model == "product.template":
            domain &= Domain("salon_kind", "in", ["service", "fee"])
        records = self.env[model].with_context(active_test=False)
        found = records.search(domain, order="id desc")
        return {
            self._normalize(record.name): record.with_env(self.env)
            for code in self._get_languages()
            for record in found.with_context(lang=code)
        }

    @api.model
    def _find(self, known, name):
        """Return the record that has this name in any installed language."""
        names = (
            translated(self.with_context(lang=code).env, name)
            for code in self._get_languages()
        )
        return next(
            (known[key] for key in map(self._normalize, names) if key in known), None
        )

    @api.model
    def _get_languages(self):
        return [code for code, _name in self.env["res.lang"].get_installed()]

    @api.model
    def _normalize(self, name):
        return " ".join((name or "").split()).casefold()
