"""A salon full of canaries, and people who must not hear one of them.

Every text that the salon has stored is replaced by a word that stands nowhere else, in
each of its models, also in those that come later. What leaks is told by its kind.
"""

import base64
import json
import re
from typing import NamedTuple

import psycopg2

from odoo import fields
from odoo.tests import new_test_user
from odoo.tools import SQL, mute_logger

# Kinds of canaries.
NAME, MAIL, NUMBER = "name", "mail", "number"
# What is noted of a client, and what a salon has set up for all of them.
NOTE, SETUP, PHOTO = "note", "setup", "photo"
ALL = frozenset({NAME, MAIL, NUMBER, NOTE, SETUP, PHOTO})
# What belongs to the salon, whoever may know the contact itself.
OURS = frozenset({NOTE, SETUP, PHOTO})

WORD = "Qanari"
DIGITS = "3620907"
TEXTS = ("char", "text", "html")
PIXEL = (
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
    b"AABJRU5ErkJggg=="
)
PHOTO_DATA = f"{WORD}{PHOTO}".encode().ljust(18, b".")
FOUND = re.compile(rf"{WORD}({NAME}|{MAIL}|{NOTE}|{SETUP}|{PHOTO})", re.IGNORECASE)
FOUND_NUMBER = re.compile(r"620907\d{4}")
FOUND_PHOTO = base64.b64encode(PHOTO_DATA).decode()[:20]
BETWEEN_DIGITS = re.compile(r"[\s()+./\u00a0-]")


def find(answer):
    """Return the kinds of canaries in an answer, however it is written."""
    text = answer if isinstance(answer, str) else repr(answer)
    kinds = {kind.lower() for kind in FOUND.findall(text)}
    if FOUND_PHOTO in text:
        kinds.add(PHOTO)
    if FOUND_NUMBER.search(BETWEEN_DIGITS.sub("", text)):
        kinds.add(NUMBER)
    return kinds


class Role(NamedTuple):
    """Somebody at a salon, and the kinds of canaries that nobody may tell them."""

    name: str
    user: object
    company: object
    forbidden: frozenset


class MatrixWorld:
    """The canaries of one salon, and who asks for them."""

    def __init__(self, env):
        self.env = env
        self.company = self._get_fullest_salon()
        self.other = env["res.company"].create({"name": "Another salon"})
        self.models = [
            name
            for name, model in sorted(env.registry.items())
            if name.startswith("salon.") and model._auto and not model._transient
        ]
        self.clients = self._get_clients()
        # {model: ids of rows with a canary}
        self.rows = {"res.partner": self.clients[:2]}
        self.linked = set(self._get_linked())
        self.today = self.company._salon_today()

    def _get_fullest_salon(self):
        [(company_id,)] = self.env.execute_query(
            SQL(
                """SELECT company_id FROM salon_visit GROUP BY company_id
                    ORDER BY count(*) DESC LIMIT 1"""
            )
        )
        return self.env["res.company"].browse(company_id)

    def _get_clients(self):
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT partner_id FROM salon_visit v
                    WHERE company_id = %s AND partner_id IS NOT NULL AND NOT EXISTS (
                          SELECT FROM res_users u WHERE u.partner_id = v.partner_id)
                 ORDER BY partner_id DESC""",
                self.company.id,
            )
        )
        return [partner_id for (partner_id,) in rows]

    # ------------------------------------------------------------
    # CANARIES
    # ------------------------------------------------------------

    def stamp(self):
        """Write the canaries."""
        self.env.flush_all()
        self._stamp_clients()
        self._add_photos()
        # A row may stand on one of a model that comes later by its name.
        for name in 2 * self.models:
            self._stamp_model(name)
        self._stamp_messages()
        self._stamp_files()
        self.env.invalidate_all()
        self.env.registry.clear_all_caches()

    def _stamp_clients(self):
        texts = self.get_texts("res.partner", ours=True)
        self.env.cr.execute(
            SQL(
                """UPDATE res_partner
                      SET company_id = %(company)s, name = %(name)s || id,
                          complete_name = %(name)s || id,
                          email = %(mail)s || id || '@example.com',
                          email_normalized = lower(%(mail)s) || id || '@example.com',
                          phone = '+36 20 907 ' || lpad((id %% 10000)::text, 4, '0'),
                          phone_sanitized = %(digits)s || lpad(
                              (id %% 10000)::text, 4, '0'),
                          comment = %(name)s || id, %(texts)s
                    WHERE id = ANY(%(clients)s)""",
                company=self.company.id,
                name=WORD + NAME,
                mail=WORD + MAIL,
                digits=f"+{DIGITS}",
                texts=self._sql_texts(texts, NOTE),
                clients=self.clients,
            )
        )

    def get_texts(self, name, ours=False):
        """Return the stored fields of a model that hold free text."""
        return [
            field
            for field in self.env[name]._fields.values()
            if field.store
            and field.column_type
            and field.type in TEXTS
            and not field.related
            # No word, but what a program reads.
            and "domain" not in field.name
            and (not ours or (field._modules or ("",))[0].startswith("salon_"))
        ]

    def _sql_texts(self, texts, kind):
        word = SQL("%s || id", f"{WORD}{kind}")
        return SQL(", ").join(
            SQL(
                "%s = %s",
                SQL.identifier(field.name),
                SQL("jsonb_build_object('en_US', %s)", word)
                if field.translate
                else word,
            )
            for field in texts
        )

    def _add_photos(self):
        self.env["salon.client.photo"].create(
            [
                {
                    "partner_id": client_id,
                    "company_id": self.company.id,
                    "image_1920": PIXEL,
                }
                for client_id in self.clients[:2]
            ]
        )
        self.env.flush_all()

    def _stamp_model(self, name):
        where = self._sql_of_salon(name)
        if where is None:
            return
        kind = NOTE if name in self.linked else SETUP
        table = SQL.identifier(self.env[name]._table)
        select = SQL(
            "SELECT id FROM %s WHERE %s ORDER BY id DESC LIMIT 2", table, where
        )
        if not self.env.execute_query(select):
            self._insert(name)
        for field in self.get_texts(name):
            texts = self._sql_texts([field], kind)
            self._try(SQL("UPDATE %s SET %s WHERE %s", table, texts, where))
        self.rows[name] = [row_id for (row_id,) in self.env.execute_query(select)]

    def _try(self, statement):
        """Execute what a rule of the database may refuse, for another form of text."""
        with self.env.cr.savepoint(flush=False) as trial, mute_logger("odoo.sql_db"):
            try:
                self.env.cr.execute(statement)
            except psycopg2.Error:
                trial.rollback()

    def _insert(self, name):
        """Add a row to a model of which the demonstration has none.

        Not by the model itself: what counts is that the row is there.
        """
        values = {
            field.name: value
            for field in self.env[name]._fields.values()
            if field.store and field.column_type and field.name != "id"
            for value in [self._get_value(field)]
            if value is not None
        }
        self._try(
            SQL(
                "INSERT INTO %s (%s) VALUES (%s)",
                SQL.identifier(self.env[name]._table),
                SQL(", ").join(map(SQL.identifier, values)),
                SQL(", ").join(SQL("%s", value) for value in values.values()),
            )
        )

    def _get_value(self, field):
        """Return something to put into a column, None for nothing."""
        if field.type == "many2one":
            known = {"res.company": self.company.ids, "res.users": [self.env.uid]}
            rows = known.get(field.comodel_name) or self.rows.get(field.comodel_name)
            if not rows and field.required:
                rows = self.env[field.comodel_name].sudo().search([], limit=1).ids
            return rows[0] if rows else None
        if field.type == "selection":
            return field.get_values(self.env)[0] if field.required else None
        now = fields.Datetime.now()
        return {
            "date": self.today,
            "datetime": now,
            "integer": 1,
            "float": 1,
            "monetary": 1,
            "boolean": True,
        }.get(field.type, self._get_word(field) if field.required else None)

    def _get_word(self, field):
        return json.dumps({"en_US": WORD}) if field.translate else WORD

    def _sql_of_salon(self, name):
        """Return the condition of the rows of the salon, None where there is none."""
        known = self.env[name]._fields
        company = known.get("company_id")
        if company and company.store:
            return SQL("company_id = %s", self.company.id)
        client = known.get("partner_id")
        if client and client.store:
            return SQL("partner_id = ANY(%s)", self.clients)
        for parent in self._get_parents(name):
            above = self._sql_of_salon(parent.comodel_name)
            if above is not None:
                return SQL(
                    "%s IN (SELECT id FROM %s WHERE %s)",
                    SQL.identifier(parent.name),
                    SQL.identifier(self.env[parent.comodel_name]._table),
                    above,
                )
        return None

    def _get_parents(self, name):
        return [
            field
            for field in self.env[name]._fields.values()
            if field.type == "many2one"
            and field.store
            and field.required
            and field.comodel_name in self.models
            and field.comodel_name != name
        ]

    def _get_linked(self):
        """Yield the models whose rows are about a client."""
        for name in self.models:
            above = {name, *(field.comodel_name for field in self._get_parents(name))}
            if any("partner_id" in self.env[one]._fields for one in above):
                yield name

    def _stamp_messages(self):
        word, clients = f"{WORD}{NOTE}", self.clients
        about = SQL(
            "(model LIKE 'salon.%%' OR model = 'res.partner' AND res_id = ANY(%s))",
            clients,
        )
        execute = self.env.cr.execute
        execute(
            SQL(
                "UPDATE mail_message SET body = %s, subject = %s WHERE %s",
                word,
                word,
                about,
            )
        )
        execute(
            SQL(
                """UPDATE mail_tracking_value SET old_value_char = %s,
                          new_value_char = %s, old_value_text = %s
                    WHERE mail_message_id IN (SELECT id FROM mail_message WHERE %s)""",
                *(word, word, word, about),
            )
        )
        execute(
            SQL(
                """UPDATE mail_activity SET summary = %s, note = %s, res_name = %s
                    WHERE res_model LIKE 'salon.%%'
                       OR res_model = 'res.partner' AND res_id = ANY(%s)""",
                *(word, word, f"{WORD}{NAME}", clients),
            )
        )
        for name in ("mail.message", "mail.activity", "mail.tracking.value"):
            self._keep_rows(name)

    def _keep_rows(self, name):
        rows = self.env[name].sudo().search([], order="id DESC", limit=400)
        found = [row.id for row in rows if find(row.read()[0])]
        self.rows[name] = found[:2]

    def _stamp_files(self):
        self.env.cr.execute(
            SQL(
                """UPDATE ir_attachment SET db_datas = %s, store_fname = NULL,
                          name = %s, index_content = %s
                    WHERE res_model LIKE 'salon.%%' OR res_model = 'res.partner'
                      AND res_id = ANY(%s)""",
                *(PHOTO_DATA, f"{WORD}{NOTE}", f"{WORD}{NOTE}", self.clients),
            )
        )

    # ------------------------------------------------------------
    # WHO ASKS
    # ------------------------------------------------------------

    def get_roles(self):
        """Yield who must not be told."""
        for role in ("stylist", "receptionist", "manager"):
            yield self.get_role(role, f"salon_reminders.group_{role}", self.other, ALL)
        yield self.get_role("nobody", "base.group_user", self.other, ALL)
        yield self.get_role("portal", "base.group_portal", self.company, ALL)
        public = self.env.ref("base.public_user")
        yield Role("public", public, public.company_id, ALL)
        yield self.get_role("nobody", "base.group_user", self.company, OURS)
        known = {NOTE, NUMBER, MAIL, PHOTO}
        yield self.get_role(
            "stylist", "salon_reminders.group_stylist", self.company, frozenset(known)
        )

    def get_roles_of_apps(self):
        """Yield somebody with the rights of each other app, at both salons."""
        for group in self._get_groups_of_apps():
            for company, forbidden in ((self.other, ALL), (self.company, OURS)):
                yield self.get_role(group, group, company, forbidden)

    def get_role(self, name, group, company, forbidden):
        groups = (
            group if group.startswith("base.group_p") else f"base.group_user,{group}"
        )
        user = new_test_user(
            self.env,
            f"matrix_{name}_{company.id}",
            groups,
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        return Role(f"{name} of {company.id}", user, company, forbidden)

    def _get_groups_of_apps(self):
        """Return the groups of other apps that don't rule the whole database."""
        system, stylist = (
            self.env.ref(name)
            for name in ("base.group_system", "salon_reminders.group_stylist")
        )
        internal = self.env.ref("base.group_user")
        groups = (
            self.env["res.groups"]
            .search([])
            .filtered(
                lambda group: (
                    internal in group.all_implied_ids
                    and not (system | stylist) & group.all_implied_ids
                )
            )
        )
        names = groups.get_external_id().values()
        barred = ("salon_reminders", "base.group_erp_manager", "base.group_user")
        return sorted(name for name in names if name and not name.startswith(barred))
