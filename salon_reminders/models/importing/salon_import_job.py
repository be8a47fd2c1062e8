import logging
import time

from psycopg2 import OperationalError

from odoo import api, models
from odoo.tools import SQL

from .import_catalogue import Catalogue
from .salon_import import RUNNING

_logger = logging.getLogger(__name__)

# The scheduler stops the whole server when a job takes two minutes.
SECONDS_PER_RUN = 20


class SalonImport(models.Model):
    """The background job of an import: check, import, and the figures of both."""

    _inherit = "salon.import"

    # ------------------------------------------------------------
    # THE JOB
    # ------------------------------------------------------------

    @api.model
    def _cron_import(self):
        """Check and import what managers have started, for some seconds.

        One run ends here and asks for the next one: the scheduler by itself would
        call ten times in a row, however long a call takes, and then rest for a minute.
        """
        until = time.monotonic() + SECONDS_PER_RUN
        for record in self.search([("state", "in", RUNNING)], order="id"):
            record._work(until)
        if self.search_count([("state", "in", RUNNING)]):
            self._wake()
        self.env["ir.cron"]._commit_progress(remaining=0)

    def _work(self, until=float("inf")):
        """Do the next steps until the time is over; say what stopped it, if any."""
        record = self._as_user()
        try:
            for count in record._iter_steps():
                record.processed += count
                self.env["ir.cron"]._commit_progress(count, remaining=1)
                if time.monotonic() > until:
                    return
        except OperationalError:
            # Somebody changed the same records: the next call takes the batch again.
            self.env.cr.rollback()
            _logger.info("The import %s goes on in a moment", self.id)
        except Exception as error:
            self.env.cr.rollback()
            _logger.exception("The import %s stopped", record.id)
            back = {"checking": "columns", "importing": "checked"}
            record.write({"error": str(error), "state": back[record.state]})

    def _as_user(self):
        """Return the import as its manager sees it: her name on all records.

        Her rights were checked when she started it; record by record they would
        cost more than the import.
        """
        self.ensure_one()
        record = self.with_user(self.user_id).with_company(self.company_id).sudo()
        return record.with_context(
            lang=self.user_id.lang, allowed_company_ids=self.company_id.ids
        )

    def _iter_steps(self):
        """Do one step after the other; yield how many rows each was about."""
        if self.state == "checking":
            yield from self._iter_check()
        else:
            yield from self._iter_import()

    def _iter_check(self):
        stager = self.env["salon.import.stager"]
        writer = self.env["salon.import.writer"]
        unread = self.file_ids.filtered(lambda file: not file.is_staged)
        if not self.total:
            # Each row is read and counted.
            self.total = 2 * sum(file._guess_row_count() for file in unread)
        for file in unread:
            for count in stager._stage(file):
                self.total = max(self.total, 2 * (self.processed + count))
                yield count
            yield 0
        if not self.is_sorted:
            stager._sort(self)
            self.is_sorted = True
            self.total = self.processed + self._count_rows("pending")
            yield 0
        catalogue = Catalogue(self)
        for batch in writer._get_batches(self, self.check_block):
            self._add_counts(writer._count_batch(self, catalogue, batch))
            done = self._count_rows("pending", *batch)
            self.check_block = batch[1]
            yield done
        self._finish_check(catalogue)
        yield 0

    def _iter_import(self):
        writer = self.env["salon.import.writer"]
        catalogue = Catalogue(self)
        for batch in writer._get_batches(self):
            count = self._count_rows("pending", *batch)
            self._add_counts(writer._write_batch(self, catalogue, batch))
            yield count
        closer = self.env["salon.import.closer"]
        while closer._settle(self):
            yield 0
        while closer._record_consents(self):
            yield 0
        self._count_states()
        self.failed_file = self.env["salon.import.report"]._make_failed_file(self)
        self.state = "done"
        # A history that has just come in says what is typical for this salon, who is
        # regular and who is lost; the company is not the importer's to write.
        self.company_id.sudo().write(
            {"salon_standing_date": False, "salon_affinity_date": False}
        )
        for job in ("ir_cron_refresh_norms", "ir_cron_refresh_standings"):
            self.env.ref(f"salon_reminders.{job}").sudo()._trigger()
        yield 0

    def _finish_check(self, catalogue):
        self._count_states()
        closer = self.env["salon.import.closer"]
        self.write(
            {
                **closer._count_masters(self, catalogue),
                "failed_file": self.env["salon.import.report"]._make_failed_file(self),
                "state": "checked",
            }
        )

    # ------------------------------------------------------------
    # FIGURES
    # ------------------------------------------------------------

    @api.model
    def _get_plan_counts(self):
        """Return the figures that come from the plans of visits."""
        return (
            "client_count",
            "visit_count",
            "walkin_count",
            "purchase_count",
            "line_count",
            "refund_count",
            "booked_count",
            "cancelled_count",
            "no_show_count",
            "amount",
        )

    def _add_counts(self, counts):
        for name, value in counts.items():
            self[name] += float(value) if name == "amount" else value

    def _count_rows(self, state, first=None, last=None):
        domain = [("import_id", "=", self.id), ("state", "=", state)]
        if first is not None:
            domain += [("block", ">=", first), ("block", "<=", last)]
        return self.env["salon.import.row"].search_count(domain)

    def _count_states(self):
        groups = self.env["salon.import.row"]._read_group(
            [("import_id", "=", self.id)], ["state"], ["__count"]
        )
        counts = dict(groups)
        self.write(
            {
                "row_count": sum(counts.values()),
                "known_count": counts.get("known", 0),
                "failed_count": counts.get("failed", 0),
            }
        )
        by_file = self.env["salon.import.row"]._read_group(
            [("import_id", "=", self.id)], ["file_id"], ["__count"]
        )
        for file, count in by_file:
            file.row_count = count

    def _get_settled_until(self):
        """Return the day before which open bookings count as past, or None."""
        if self.past_bookings == "done":
            return self.company_id._salon_today()
        rows = self.env.execute_query(
            SQL(
                """SELECT MAX(date) FROM salon_import_row
                    WHERE kind = 'receipts' AND company_id = %s
                      AND (state = 'done' OR (import_id = %s AND state != 'failed'))""",
                self.company_id.id,
                self.id,
            )
        )
        return rows[0][0]
