from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time
from odoo.tools import SQL

from ..common_import import SalonImportCase

HEADER = "Receipt,Date,Client ID,Client name,Staff,Code,Description,Category,Qty,Amount"


@freeze_time("2026-03-10 09:00:00")
class TestSalonImport(SalonImportCase):
    """What becomes of receipts."""

    def _receipts(self, *lines):
        return {"receipts.csv": "\n".join([HEADER, *lines])}

    def test_receipt_lines_become_a_visit(self):
        done = self._import(
            self._receipts(
                "10,2026-02-01,700,Anna Kis,Vera,CUT,Women's cut,STYLE,1,40.5",
                "10,2026-02-01,700,Anna Kis,Vera,TONE,Toner,COLOR,1,19.5",
            )
        )
        anna = self._client("700")
        self.assertEqual(anna.name, "Anna Kis")
        self.assertTrue(anna.is_salon_client)
        visit = anna.salon_visit_ids
        self.assertEqual(len(visit), 1)
        self.assertEqual(visit.state, "done")
        self.assertEqual(visit.receipt, "10")
        self.assertEqual(str(visit.date), "2026-02-01")
        # Without a time and a booking the visit is at noon of the salon's clock.
        self.assertEqual(str(visit.start), "2026-02-01 11:00:00")
        self.assertEqual(visit.line_ids.mapped("amount"), [40.5, 19.5])
        self.assertEqual(visit.amount_total, 60)
        self.assertEqual(visit.stylist_id, self.stylist)
        self.assertEqual(done.visit_count, 1)
        self.assertEqual(done.stylist_count, 0)
        self.assertEqual(done.product_count, 2)
        rows = done.row_ids
        self.assertEqual(rows.visit_line_id, visit.line_ids)
        self.assertEqual(visit.create_uid, self.manager)

    def test_what_is_given_is_what_would_be_computed(self):
        # The import saves what computed fields come to; the rules stay with them.
        cut = self.env["product.product"].create(
            {
                "name": "Cut",
                "default_code": "CUT",
                "salon_kind": "service",
                "type": "service",
                "salon_duration": 45,
            }
        )
        self.env["salon.stylist.duration"].create(
            {
                "stylist_id": self.stylist.id,
                "service_id": cut.product_tmpl_id.id,
                "minutes": 70,
            }
        )
        self._import(
            self._receipts(
                "1,2026-02-01,700,Anna,Vera,CUT,Cut,STYLE,1,40.5",
                "1,2026-02-01,700,Anna,Lili,CUT,Cut,STYLE,2,80",
                "2,2026-02-03,700,Anna,Vera,CUT,Cut,STYLE,-1,-40.5",
                "3,2026-02-04,701,Eva,Vera,,Shampoo,RETAIL,3,30",
                "4,2026-02-05,,,Vera,CUT,Cut,STYLE,1,40",
            )
        )
        visits = self._visits("700") | self._visits("701") | self._walkins()
        lines = visits.line_ids
        self.assertEqual(lines.mapped("minutes"), [70, 90, 0, 0, 70])
        self.assertEqual(visits.mapped("is_purchase"), [False, True, True, False])
        for records in (visits, lines):
            before = self._read_computed(records)
            for name in before[0]:
                self.env.add_to_compute(records._fields[name], records)
            self.env.flush_all()
            self.env.invalidate_all()
            self.assertEqual(self._read_computed(records), before)

    def test_rows_are_as_create_makes_them(self):
        # The import inserts past the ORM; no column may differ from what it saves.
        self._import(
            self._receipts(
                "1,2026-02-01,700,Anna,Vera,CUT,Cut,STYLE,1,40.5",
                "1,2026-02-01,700,Anna,Lili,,Shampoo,RETAIL,2,19.99",
                ",2026-02-02,,,,CUT,Cut,STYLE,1,40",
            )
        )
        visits = self._visits("700") | self._walkins()
        self.assertEqual(len(visits), 2)
        for visit in visits:
            created = self._create_same(visit)
            self.assertEqual(self._read_rows(created), self._read_rows(visit))
            self.assertEqual(
                self._read_rows(created.line_ids), self._read_rows(visit.line_ids)
            )

    def _create_same(self, visit):
        """Return a visit with the same facts, made as a person makes one."""
        model = visit.sudo(False).with_user(self.manager)
        facts = ("partner_id", "company_id", "state", "start", "stylist_id", "receipt")
        line_facts = ("sequence", "product_id", "quantity", "amount", "stylist_id")
        return model.create(
            {
                **self._read_facts(visit, facts),
                "line_ids": [
                    Command.create(self._read_facts(line, line_facts))
                    for line in visit.line_ids
                ],
            }
        )

    def _read_facts(self, record, names):
        return record._convert_to_write({name: record[name] for name in names})

    def _read_rows(self, records):
        self.env.flush_all()
        rows = self.env.execute_query_dict(
            SQL(
                "SELECT * FROM %s WHERE id = ANY(%s) ORDER BY id",
                SQL.identifier(records._table),
                records.ids,
            )
        )
        own = {"id", "visit_id", "create_date", "write_date", "write_uid"}
        return [
            {name: value for name, value in row.items() if name not in own}
            for row in rows
        ]

    def _read_computed(self, records):
        """Return the stored computed fields that follow from lines and products."""
        names = (
            ("stop", "date", "amount_total", "is_purchase", "is_late_cancel")
            if records._name == "salon.visit"
            else ("minutes", "net_quantity", "usual_amount")
        )
        return [{name: record[name] for name in names} for record in records]

    def test_services_renew_their_cycles(self):
        self.roots_service.default_code = "ROOT"
        self._import(self._receipts("1,2026-02-08,700,Anna,Vera,ROOT,Roots,COLOR,1,50"))
        reminder = self._client("700").salon_reminder_ids
        self.assertEqual(reminder.cycle_id, self.roots)
        self.assertEqual(str(reminder.last_date), "2026-02-08")

    def test_receipt_of_two_clients_becomes_two_visits(self):
        done = self._import(
            self._receipts(
                "10,2026-02-01,700,Anna,Vera,CUT,Cut,STYLE,1,40",
                "10,2026-02-01,701,Eva,Lili,CUT,Cut,STYLE,1,30",
            )
        )
        self.assertEqual(done.visit_count, 2)
        self.assertEqual(self._visits("700").amount_total, 40)
        self.assertEqual(self._visits("701").amount_total, 30)
        self.assertEqual(self._visits("701").receipt, "10")
        self.assertEqual(self._visits("701").stylist_id.name, "Lili")
        self.assertTrue(self._visits("701").stylist_id.calendar_id)

    def test_two_receipts_of_a_day_are_two_visits(self):
        self._import(
            self._receipts(
                "10,2026-02-01,700,Anna,Vera,CUT,Cut,STYLE,1,40",
                "11,2026-02-01,700,Anna,Vera,TONE,Toner,COLOR,1,20",
            )
        )
        self.assertEqual(self._visits("700").mapped("receipt"), ["10", "11"])

    def test_walk_in_is_a_visit_of_no_client(self):
        done = self._import(
            {
                "receipts.csv": "receipt,date,client,walk_in,description,amount\n"
                "1,2026-02-01,565,True,Fringe cut,10\n"
                "2,2026-02-01,565,True,Fringe cut,12\n"
                "3,2026-02-02,,False,Fringe cut,13\n"
                "4,2026-02-02,700,False,Fringe cut,14\n",
                "bookings.csv": "date,time,client,service\n"
                "2026-02-03,10:00,565,Fringe cut\n",
            }
        )
        self.assertEqual(done.walkin_ref, "565")
        self.assertFalse(self._client("565"))
        visits = self._walkins().filtered(lambda v: v.state == "done")
        self.assertEqual(sorted(visits.mapped("amount_total")), [10, 12, 13])
        self.assertEqual(done.walkin_count, 3)
        self.assertEqual(done.visit_count, 1)

    def test_walk_in_by_name(self):
        done = self._import(
            {
                "receipts.csv": "receipt,date,client name,service,amount\n"
                "1,2026-02-01,Walk-in,Fringe cut,10\n"
                "2,2026-02-01,Guest,Fringe cut,10\n"
            }
        )
        self.assertEqual(done.walkin_count, 2)
        self.assertEqual(done.client_count, 0)

    def test_refund_reduces_what_it_refunds(self):
        self.roots_service.default_code = "ROOT"
        done = self._import(
            self._receipts(
                "1,2026-01-08,700,Anna,Vera,ROOT,Roots,COLOR,1,50",
                "2,2026-02-08,700,Anna,Vera,ROOT,Roots,COLOR,1,50",
                "3,2026-02-09,700,Anna,Vera,ROOT,Roots,COLOR,-1,-50",
            )
        )
        first, second, refund = self._visits("700")
        self.assertEqual(refund.line_ids.refunded_line_id, second.line_ids)
        self.assertEqual(second.line_ids.net_quantity, 0)
        self.assertEqual(first.line_ids.net_quantity, 1)
        self.assertTrue(refund.is_purchase)
        self.assertEqual(done.refund_count, 1)
        self.assertEqual(done.amount, 50)
        reminder = self._client("700").salon_reminder_ids
        self.assertEqual(str(reminder.last_date), "2026-01-08")

    def test_refund_written_as_a_negative_amount_only(self):
        self.roots_service.default_code = "ROOT"
        self._import(
            self._receipts(
                "1,2026-01-08,700,Anna,Vera,ROOT,Roots,COLOR,1,50",
                "2,2026-02-09,700,Anna,Vera,ROOT,Roots,COLOR,1,-50",
            )
        )
        line = self._visits("700")[1].line_ids
        self.assertEqual((line.quantity, line.amount), (-1, -50))
        self.assertEqual(line.refunded_line_id, self._visits("700")[0].line_ids)
        self.assertFalse(self._client("700").salon_reminder_ids)

    def test_refund_of_an_earlier_import(self):
        line = "1,2026-01-08,700,Anna,Vera,CUT,Cut,STYLE,1,50"
        self._import(self._receipts(line))
        self._import(
            self._receipts(line, "3,2026-02-09,700,Anna,Vera,CUT,Cut,STYLE,-1,-50")
        )
        first, refund = self._visits("700")
        self.assertEqual(refund.line_ids.refunded_line_id, first.line_ids)
        self.assertEqual(first.line_ids.net_quantity, 0)

    def test_refund_of_nothing_known_stays_a_negative_line(self):
        done = self._import(
            self._receipts("3,2026-02-09,700,Anna,Vera,CUT,Cut,STYLE,-1,-50")
        )
        line = self._visits("700").line_ids
        self.assertFalse(line.refunded_line_id)
        self.assertEqual(done.amount, -50)
        self.assertEqual((done.visit_count, done.purchase_count), (0, 1))

    def test_voucher_line_reduces_the_sum_only(self):
        self._import(
            self._receipts(
                "1,2026-02-01,700,Anna,Vera,CUT,Cut,STYLE,1,80",
                "1,2026-02-01,700,Anna,Vera,MISC,Miscellaneous,MISC,1,-50",
            )
        )
        visit = self._visits("700")
        self.assertEqual(visit.amount_total, 30)
        self.assertFalse(visit.is_purchase)
        self.assertEqual(visit.line_ids[1].quantity, 1)
        self.assertFalse(visit.line_ids.refunded_line_id)

    def test_retail_only_receipt_is_a_purchase(self):
        done = self._import(
            self._receipts(
                "1,2026-02-01,700,Anna,Vera,,Shampoo,RETAIL,2,30",
                "2,2026-02-02,700,Anna,Vera,CUT,Cut,STYLE,1,40",
                "2,2026-02-02,700,Anna,Vera,,Shampoo,RETAIL,1,15",
            )
        )
        self.assertEqual(self._visits("700").mapped("is_purchase"), [True, False])
        self.assertEqual((done.visit_count, done.purchase_count), (1, 1))
        self.assertEqual(self._client("700").salon_visit_count, 1)
        shampoo = self._visits("700")[0].line_ids.product_id
        self.assertEqual(shampoo.salon_kind, "retail")
        self.assertFalse(shampoo.default_code)

    def test_goods_without_a_name_go_by_their_category(self):
        self._import(self._receipts("1,2026-02-01,700,Anna,Vera,,,RETAIL,1,30"))
        product = self._visits("700").line_ids.product_id
        self.assertEqual((product.name, product.salon_kind), ("RETAIL", "retail"))

    def test_consultation_and_fee_renew_no_cycle(self):
        self._import(
            self._receipts(
                "1,2026-02-01,700,Anna,Vera,CON,Consultation,STYLE,1,0",
                "2,2026-02-02,700,Anna,Vera,DEP,Deposit,MISC,1,20",
            )
        )
        products = self._visits("700").line_ids.product_id
        self.assertEqual(set(products.mapped("salon_kind")), {"fee"})
        self.assertFalse(self._client("700").salon_reminder_ids)

    def test_category_corrected_by_the_person(self):
        salon_import = self._check(
            self._receipts("1,2026-02-01,700,Anna,Vera,SB,Smart Bond,MISC,1,25")
        )
        self.assertEqual(salon_import.category_ids.sold_as, "fee")
        salon_import.category_ids.sold_as = "service"
        salon_import.action_check()
        self._run_job()
        salon_import.action_import()
        self._run_job()
        product = self._visits("700").line_ids.product_id
        self.assertEqual(product.salon_kind, "service")

    def test_amount_follows_from_the_unit_price(self):
        self._import(
            {
                "receipts.csv": "receipt,date,client id,service,qty,unit price\n"
                "1,2026-02-01,700,Cut,2,12.25\n"
            }
        )
        self.assertEqual(self._visits("700").amount_total, 24.5)

    def test_known_service_keeps_its_kind_and_price(self):
        count = self.env["product.product"].search_count([])
        self.roots_service.default_code = "ROOT"
        done = self._import(
            self._receipts("1,2026-02-01,700,Anna,Vera,root,Other,MISC,1,10")
        )
        self.assertEqual(self._visits("700").line_ids.product_id, self.roots_service)
        self.assertEqual(self.roots_service.salon_kind, "service")
        self.assertEqual(done.product_count, 0)
        self.assertEqual(self.env["product.product"].search_count([]), count)

    def test_repeat_adds_nothing(self):
        files = self._receipts(
            "1,2026-02-01,700,Anna,Vera,CUT,Cut,STYLE,1,40",
            "1,2026-02-01,700,Anna,Vera,CUT,Cut,STYLE,1,40",
            "2,2026-02-02,,,Vera,CUT,Cut,STYLE,1,40",
        )
        self._import(files)
        tables = ("salon.visit", "salon.visit.line", "res.partner", "salon.consent")
        tables += ("product.product", "resource.resource")
        counts = [self.env[name].search_count([]) for name in tables]
        self.assertEqual(len(self._visits("700").line_ids), 2)
        again = self._import(files)
        self.assertEqual([self.env[name].search_count([]) for name in tables], counts)
        self.assertEqual((again.row_count, again.known_count), (3, 3))
        self.assertEqual(again.visit_count, 0)

    def test_repeat_in_another_shape_adds_nothing(self):
        self._import(self._receipts("1,2026-02-01,700,Anna,Vera,CUT,Cut,STYLE,1,40.5"))
        again = self._import(
            {
                "sales.xlsx": [
                    ["Amount", "Client ID", "Date", "Receipt", "Code", "Description"],
                    [40.5, 700.0, "2026-02-01", 1, "CUT", "Cut"],
                ]
            }
        )
        self.assertEqual(again.known_count, 1)
        self.assertEqual(len(self._visits("700")), 1)

    def test_longer_export_adds_only_what_is_new(self):
        first = "1,2026-02-01,700,Anna,Vera,CUT,Cut,STYLE,1,40"
        self._import(self._receipts(first))
        visit = self._visits("700")
        longer = self._import(
            self._receipts(
                first,
                "1,2026-02-01,700,Anna,Vera,TONE,Toner,COLOR,1,20",
                "2,2026-03-01,700,Anna,Vera,CUT,Cut,STYLE,1,41",
            )
        )
        self.assertEqual(longer.known_count, 1)
        self.assertEqual(longer.visit_count, 1)
        self.assertEqual(self._visits("700")[0], visit)
        self.assertEqual(visit.amount_total, 60)
        self.assertEqual(len(self._visits("700")), 2)

    def test_overlapping_files_of_one_import(self):
        line = "1,2026-02-01,700,Anna,Vera,CUT,Cut,STYLE,1,40"
        done = self._import(
            {
                "receipts 1.csv": f"{HEADER}\n{line}",
                "receipts 2.csv": f"{HEADER}\n{line}\n{line.replace('1,', '2,', 1)}",
            }
        )
        self.assertEqual(done.known_count, 1)
        self.assertEqual(len(self._visits("700")), 2)

    def test_receptionist_may_not_import(self):
        with self.assertRaises(AccessError):
            self.env["salon.import"].with_user(self.receptionist).create({})
        done = self._import(
            self._receipts("1,2026-02-01,700,Anna,Vera,CUT,Cut,STYLE,1,40")
        )
        for record in (done, done.file_ids, done.row_ids):
            with self.assertRaises(AccessError):
                record.with_user(self.receptionist).read(["display_name"])
        with self.assertRaises(AccessError):
            done.with_user(self.receptionist).action_check()

    def test_nobody_changes_the_ledger_of_rows(self):
        done = self._import(
            self._receipts("1,2026-02-01,700,Anna,Vera,CUT,Cut,STYLE,1,40")
        )
        with self.assertRaises(AccessError):
            done.row_ids.with_user(self.manager).write({"key": "x"})
        with self.assertRaises(UserError):
            done.unlink()

    def test_import_needs_a_file(self):
        with self.assertRaisesRegex(UserError, "at least one file"):
            self._upload({})

    def test_other_company_does_not_see_it(self):
        done = self._import(
            self._receipts("1,2026-02-01,700,Anna,Vera,CUT,Cut,STYLE,1,40")
        )
        other = self.env["res.company"].create({"name": "Other salon"})
        self.manager.write({"company_ids": other.ids, "company_id": other.id})
        found = self.env["salon.import"].with_user(self.manager).search([])
        self.assertNotIn(done, found)
