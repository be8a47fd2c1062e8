from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import islice

from odoo import Command
from odoo.tools import SQL

from ...tools.bulk_insert import bulk_insert, keep_values
from ...tools.health_words import is_about_health
from ...tools.server_flags import SERVER_SAYS
from ..visit.salon_visit import DEFAULT_MINUTES, MADE_STATES, OPEN_STATES
from .import_plan import NO_TRACKING, NOON


class VisitWriter:
    """Carries out the plans of visits: creates, changes and completes them."""

    def __init__(self, env):
        self.env = env

    def make_visits(self, salon_import, catalogue, visits, partners):
        """Create and change visits, then let reminders follow once."""
        model = self.env["salon.visit"].with_context(
            **NO_TRACKING,
            salon_visit_batch=SERVER_SAYS,
            salon_lines_by=SERVER_SAYS,
        )
        fresh, changed = self._prepare_visits(salon_import, catalogue, visits, partners)
        records = self._insert_visits(salon_import, model, fresh)
        for visit, vals, lines in changed:
            records |= self._change_visit(model, visit, vals, lines)
        self._link_refunds(records, visits, partners)
        self._update_statistics(catalogue, len(records))
        records.with_context(salon_visit_batch=False)._after_change(records.partner_id)

    def _prepare_visits(self, salon_import, catalogue, visits, partners):
        """Return the new visits and those to change, each with values and lines."""
        minutes = self._get_minutes(catalogue, visits)
        fresh, changed = [], []
        for visit in visits:
            known = changed if visit.visit_id or visit.append_id else fresh
            known.append(
                (
                    visit,
                    self._prepare_visit_vals(salon_import, catalogue, visit, partners),
                    self._prepare_lines_vals(salon_import, catalogue, visit, minutes),
                )
            )
        return fresh, changed

    def _update_statistics(self, catalogue, count):
        """Let the planner know tables that have just been filled.

        Each time they have doubled; it would otherwise take them for empty until the
        next autovacuum, and choose plans that cost the square of the batch.
        """
        catalogue.visit_count += count
        if catalogue.visit_count < catalogue.analyze_at:
            return
        catalogue.analyze_at = 2 * catalogue.visit_count
        self.env.flush_all()
        self.env.cr.execute(
            SQL("ANALYZE salon_visit, salon_visit_line, salon_reminder, res_partner")
        )

    def _note_lines(self, lines, records):
        for line, record in zip(lines, records, strict=True):
            line.line_id = record.id

    def _change_visit(self, model, visit, vals, lines):
        """Change the visit in the database that a planned one belongs to."""
        record = model.browse(visit.append_id or visit.visit_id)
        if not visit.rows:
            # What was booked here stands elsewhere now.
            record.state = vals["state"]
            return record
        commands = [Command.create(line) for line in lines]
        is_there = vals["start"] == record.start and record.state in OPEN_STATES
        if vals["state"] == "booked" and is_there:
            # What the client confirmed meanwhile stays.
            vals = {**vals, "state": record.state}
        if record.note:
            vals.pop("note", None)
        if visit.append_id:
            self._append_lines(visit, record, commands)
        else:
            record.write({**vals, "line_ids": [Command.clear(), *commands]})
            self._note_lines(visit.lines, record.line_ids)
        return record

    def _append_lines(self, visit, record, commands):
        """Add lines of a longer export to the visit that has their receipt."""
        before = record.line_ids
        record.write({"line_ids": commands})
        visit.visit_id = record.id
        self._note_lines(visit.lines, (record.line_ids - before).sorted("id"))

    def _get_minutes(self, catalogue, visits):
        """Return {(product, stylist, quantity): minutes} of the lines of all visits.

        Thousands of lines share a few services; each is asked once.
        """
        keys = {
            self._get_minutes_key(catalogue, line)
            for visit in visits
            for line in visit.lines
        }
        products = self.env["product.product"].browse({key[0] for key in keys})
        stylists = self.env["resource.resource"].browse(
            {key[1] for key in keys if key[1]}
        )
        durations = self.env["salon.stylist.duration"]._get_all(stylists)
        return {
            key: products.browse(key[0])
            .with_prefetch(products.ids)
            ._get_salon_minutes(stylists.browse(key[1] or []), key[2], durations)
            for key in keys
        }

    def _get_minutes_key(self, catalogue, line):
        stylist_id = catalogue.stylist_id(line.stylist)
        return line.item.product_id, stylist_id, float(line.quantity)

    def _prepare_visit_vals(self, salon_import, catalogue, visit, partners):
        company = salon_import.company_id
        local = datetime.combine(visit.day, visit.start or NOON)
        vals = {
            "partner_id": partners.get(visit.client_key),
            "company_id": company.id,
            "state": visit.state,
            "start": company._salon_utc(local),
            "stylist_id": catalogue.stylist_id(visit.stylist),
        }
        if visit.receipt:
            vals["receipt"] = visit.receipt
        if visit.note:
            vals["note"] = visit.note
        return vals

    def _prepare_lines_vals(self, salon_import, catalogue, visit, minutes):
        currency = salon_import.company_id.currency_id
        places = Decimal(1).scaleb(-currency.decimal_places)
        return [
            {
                "sequence": nth,
                "product_id": line.item.product_id,
                "quantity": float(line.quantity),
                "minutes": line.minutes
                or minutes[self._get_minutes_key(catalogue, line)],
                "amount": float(line.amount.quantize(places, ROUND_HALF_UP)),
                "stylist_id": catalogue.stylist_id(line.stylist),
            }
            for nth, line in enumerate(visit.lines)
        ]

    def _insert_visits(self, salon_import, model, fresh):
        """Insert the visits that are new, with what their computed fields come to.

        The plans have worked it out already. Visits still to be made take the time of
        their stylists.
        """
        round_amount = salon_import.company_id.currency_id.round
        records = bulk_insert(
            model,
            [
                {
                    "receipt": None,
                    "note": None,
                    "note_is_health": is_about_health(visit.note),
                    **vals,
                    **self._prepare_results(visit, vals, lines, round_amount),
                }
                for visit, vals, lines in fresh
            ],
        )
        self._insert_lines(records, fresh)
        # Their lines would have them computed again.
        keep_values(records)
        records._validate_fields(("state", "start"))
        records._check_company()
        records.filtered("note_is_health")._keep_notes()
        records.filtered(lambda visit: visit.state in OPEN_STATES)._take_times()
        return records

    def _insert_lines(self, records, fresh):
        """Insert the lines of new visits and note what became of each in the file."""
        line_records = bulk_insert(
            records.browse().line_ids,
            [
                {"visit_id": record.id, "net_quantity": line["quantity"], **line}
                for record, (_visit, _vals, lines) in zip(records, fresh, strict=True)
                for line in lines
            ],
        )
        line_records._validate_fields(("product_id", "quantity"))
        line_records._check_company()
        rest = iter(line_records)
        for record, (visit, _vals, _lines) in zip(records, fresh, strict=True):
            visit.visit_id = record.id
            self._note_lines(visit.lines, islice(rest, len(visit.lines)))

    def _prepare_results(self, visit, vals, lines, round_amount):
        minutes = sum(line["minutes"] for line in lines) or DEFAULT_MINUTES
        amount = sum(round_amount(line["amount"]) for line in lines)
        return {
            "stop": vals["start"] + timedelta(minutes=minutes),
            "date": visit.day,
            "amount_total": round_amount(amount),
            "is_purchase": visit.is_purchase,
            "is_late_cancel": False,
        }

    def _link_refunds(self, records, visits, partners):
        """Tie negative lines to what they take back, also to earlier imports."""
        pairs = self._find_refunded(visits, partners)
        for visit in visits:
            pairs.update(
                {line: line.refunds.line_id for line in visit.lines if line.refunds}
            )
        model = self.env["salon.visit.line"].with_context(
            salon_visit_batch=SERVER_SAYS, salon_lines_by=SERVER_SAYS
        )
        for line, refunded_id in pairs.items():
            model.browse(line.line_id).refunded_line_id = refunded_id

    def _find_refunded(self, visits, partners):
        """Return {line: id of the line it takes back} found in earlier imports."""
        open_lines = [
            (visit, line)
            for visit in visits
            for line in visit.lines
            if line.quantity < 0 and not line.refunds and visit.client_key
        ]
        if not open_lines:
            return {}
        sold = self.env["salon.visit.line"].search(
            [
                (
                    "visit_id.partner_id",
                    "in",
                    [partners[v.client_key] for v, _ in open_lines],
                ),
                ("visit_id.state", "in", MADE_STATES),
                ("product_id", "in", [line.item.product_id for _, line in open_lines]),
                ("net_quantity", ">", 0),
            ],
            order="id desc",
        )
        found = {}
        for visit, line in open_lines:
            fits = sold.filtered(
                lambda one, visit=visit, line=line: (
                    one.visit_id.partner_id.id == partners[visit.client_key]
                    and one.product_id.id == line.item.product_id
                    and one.net_quantity >= -line.quantity
                    and one.visit_id.date <= visit.day
                )
            )
            if fits:
                found[line] = fits[0].id
                sold -= fits[0]
        return found
