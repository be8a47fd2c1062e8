"""All rows of a database at one moment, and what became of them."""

import json
import re

from .people import query

# What Odoo itself writes whenever anything is installed.
ODOO_WRITES = re.compile(
    "|".join(
        (
            # Its register of what is installed: the addon's models, fields, actions.
            "ir_model(_(?!access).*)?|ir_module_.*|ir_act(ions)?_.*|ir_actions",
            # Bundles of scripts and styles, made anew.
            "ir_attachment",
            # Wake-up calls of scheduled actions, a word to the other processes.
            "ir_cron_trigger|orm_signaling_.*",
            # Whoever installs is logged in.
            "bus_bus|mail_presence|res_users_log|res_device_log",
        )
    )
)
REGISTER = re.compile("ir_model(_.*)?|ir_act_.*")
# Who and when of the two users who get the role of a manager, and of their contacts.
TOUCHED = {("res_users", 1), ("res_users", 2), ("res_partner", 2), ("res_partner", 3)}
WHO_AND_WHEN = {"write_uid", "write_date"}

COLUMNS = """
    SELECT c.table_name, c.column_name, c.data_type, c.is_nullable, c.column_default
      FROM information_schema.columns c
      JOIN information_schema.tables t USING (table_schema, table_name)
     WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'"""
REFERENCES = """
    SELECT k.conrelid::regclass::text, a.attname, k.confrelid::regclass::text
      FROM pg_constraint k
      JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
     WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace"""
OBJECTS = """
    SELECT 'index', indexdef FROM pg_indexes WHERE schemaname = 'public'
     UNION ALL
    SELECT 'constraint', conrelid::regclass || ' ' || pg_get_constraintdef(oid)
      FROM pg_constraint WHERE connamespace = 'public'::regnamespace"""
OWNED = "SELECT model, res_id FROM ir_model_data WHERE module LIKE %s"


class Tables:
    def __init__(self, database):
        self.columns, self.references, self.keys = {}, {}, {}
        for table, column, *definition in query(database, COLUMNS):
            if not ODOO_WRITES.fullmatch(table):
                self.columns.setdefault(table, {})[column] = definition
            if column == "id":
                self.keys[table] = dict(query(database, get_names(table)))
        for table, column, target in query(database, REFERENCES):
            self.references.setdefault(table, {})[column] = target
        self.rows = {table: read(database, table) for table in self.columns}
        self.objects = set(query(database, OBJECTS))
        owned = query(database, OWNED, r"salon\_%")
        self.owned = {(model.replace(".", "_"), key) for model, key in owned}

    def get_changes(self, later):
        """What `later` has otherwise, as texts; what is new and the addon's passes."""
        for table in self.columns:
            for text in (
                *self._get_column_changes(later, table),
                *self._get_row_changes(later, table),
            ):
                yield f"{table}: {text}"
        for kind, definition in self.objects - later.objects:
            yield f"{kind} gone: {definition}"

    def get_leftovers(self, later):
        """What `later` has and this one has not, and Odoo's register of it."""
        yield from (f"table {name}" for name in later.columns.keys() - self.columns)
        for table, columns in self.columns.items():
            for column in later.columns.get(table, {}).keys() - columns:
                yield f"column {table}.{column}"
        for table in filter(REGISTER.fullmatch, self.keys):
            for key in later.keys[table].keys() - self.keys[table]:
                yield f"row {key} of {table}: {later.keys[table][key]}"
        for kind, definition in later.objects - self.objects:
            yield f"{kind} {definition}"

    def _get_column_changes(self, later, table):
        after = later.columns.get(table, {})
        for column, definition in self.columns[table].items():
            if after.get(column) != definition:
                yield f"column {column}: {definition}, then {after.get(column)}"

    def _get_row_changes(self, later, table):
        before, after = self.rows[table], later.rows.get(table, {})
        for key in before.keys() - after.keys():
            yield f"gone: {before[key]}"
        for key in after.keys() - before.keys():
            if not self._is_of_addon(later, table, key, after[key]):
                yield f"new: {after[key]}"
        for key in before.keys() & after.keys():
            changed = self._compare(table, key, before[key], after[key])
            if changed:
                yield f"changed: {key} {changed}"

    def _is_of_addon(self, later, table, key, row):
        """The addon's own, or hanging on something that was not there before."""
        model = str(row.get("model")).replace(".", "_")
        return {(table, key), (model, row.get("res_id"))} & later.owned or any(
            row[column] and row[column] not in self.keys.get(target, ())
            for column, target in later.references.get(table, {}).items()
        )

    @staticmethod
    def _compare(table, key, before, after):
        changed = {
            column: (value, after.get(column))
            for column, value in before.items()
            if after.get(column) != value
        }
        if (table, key) in TOUCHED and changed.keys() <= WHO_AND_WHEN:
            return {}
        return changed


def get_names(table):
    """Ids, and for Odoo's register a name with each."""
    name = "to_jsonb(t)->>'name'" if REGISTER.fullmatch(table) else "NULL"
    return f'SELECT id, {name} FROM "{table}" t'


def read(database, table):
    """Rows by id, or by all they hold where they have none."""
    rows = [row for (row,) in query(database, f'SELECT to_jsonb(t) FROM "{table}" t')]
    return {row.get("id") or json.dumps(row, sort_keys=True): row for row in rows}
