import base64
import io

from openpyxl import Workbook, load_workbook

from .common import SalonCase


class SalonImportCase(SalonCase):
    """Uploads made-up files and runs the import as a manager does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.currency_id.rounding = 0.01
        # What other data the database has must not decide a test.
        partners = cls.env["res.partner"].search([("salon_import_ref", "!=", False)])
        partners.write({"salon_import_ref": False, "active": False})
        cls.env["product.template"].search(
            [("salon_kind", "!=", False)]
        ).action_archive()
        cls.roots_service.product_tmpl_id.action_unarchive()
        cls.walkins_before = cls.env["salon.visit"].search([("partner_id", "=", False)])

    def _upload(self, files, **vals):
        """Return the import of these files, {name: text, bytes or list of rows}."""
        attachments = (
            self.env["ir.attachment"]
            .with_user(self.manager)
            .create(
                [
                    {"name": name, "raw": self._to_bytes(content)}
                    for name, content in files.items()
                ]
            )
        )
        salon_import = (
            self.env["salon.import"]
            .with_user(self.manager)
            .create({"attachment_ids": attachments.ids, **vals})
        )
        salon_import.action_read()
        return salon_import

    def _to_bytes(self, content):
        if isinstance(content, str):
            return content.encode()
        if isinstance(content, bytes):
            return content
        book = Workbook()
        for row in content:
            book.active.append(row)
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()

    def _check(self, files, **vals):
        """Upload and make the dry run."""
        salon_import = self._upload(files, **vals)
        salon_import.action_check()
        self._run_job()
        self.assertFalse(salon_import.error)
        self.assertEqual(salon_import.state, "checked")
        return salon_import

    def _import(self, files, **vals):
        """Upload, check and import; the dry run must have told the truth."""
        salon_import = self._check(files, **vals)
        expected = self._figures(salon_import)
        salon_import.action_import()
        self._run_job()
        self.assertFalse(salon_import.error)
        self.assertEqual(salon_import.state, "done")
        self.assertEqual(self._figures(salon_import), expected)
        return salon_import

    def _run_job(self):
        cron = self.env.ref("salon_reminders.ir_cron_import")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertFalse(cron.failure_count)
        self.env.invalidate_all()

    def _figures(self, salon_import):
        names = [*salon_import._get_plan_counts(), "row_count", "known_count"]
        return {name: salon_import[name] for name in [*names, "failed_count"]}

    def _client(self, number):
        return self.env["res.partner"].search([("salon_import_ref", "=", number)])

    def _visits(self, number):
        return self._client(number).salon_visit_ids.sorted(
            lambda visit: (visit.start, visit.id)
        )

    def _walkins(self):
        visits = self.env["salon.visit"].search([("partner_id", "=", False)])
        return visits - self.walkins_before

    def _failed_rows(self, salon_import):
        """Return the rows of the returned workbook."""
        data = base64.b64decode(salon_import.failed_file)
        book = load_workbook(io.BytesIO(data))
        return [
            [cell or "" for cell in row]
            for sheet in book
            for row in sheet.iter_rows(values_only=True)
        ]
