"""What can't be made again once the addon is gone: consents, contacts, cards.

Uninstalling is for administrators and concerns the whole database, so all companies
are read. Whoever calls this checks that it is one.
"""

import csv
import io
import zipfile
from mimetypes import guess_extension

from odoo.fields import Domain
from odoo.tools import split_every

BATCH = 500
TEXTS = ("char", "text", "html", "date")
SIMPLE = (*TEXTS, "datetime", "boolean", "integer", "selection", "many2one")
# A spreadsheet would take a cell that begins so for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def get_losses(env):
    """Return sentences that say how much of what would be lost for good."""
    consents, contacts, clients, photos = (
        _count(source)
        for source in (
            *(_get_consents(env), _get_contacts(env)),
            *(_get_clients(env), _get_photos(env)),
        )
    )
    return [
        env._("Answers in the consent ledger: %(count)s", count=consents),
        env._("Contacts, with the answer they relied on: %(count)s", count=contacts),
        env._("Clients with texts on their cards: %(count)s", count=clients),
        env._("Photos of clients: %(count)s", count=photos),
    ]


def write_archive(env, file):
    """Write a ZIP file: a table of each kind, the photos and the signed forms."""
    consents, photos = env["salon.consent"], env["salon.client.photo"]
    # Its name says the number of the answer, which is that of the row in the table.
    proven = ["display_name", *_get_fields(env["salon.contact.proof"])]
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        _write_table(archive, "consents", _get_consents(env), _get_fields(consents))
        _write_table(archive, "contacts", _get_contacts(env), proven)
        _write_table(archive, "cards", _get_clients(env), _get_card_fields(env))
        _write_table(archive, "photos", _get_photos(env), _get_fields(photos))
        _write_files(archive, env, consents._name, "document")
        _write_files(archive, env, photos._name, "image_1920")


# ---- what there is -----------------------------------------------------------------


def _get_consents(env):
    return env["salon.consent"].sudo(), Domain.TRUE


def _get_contacts(env):
    return env["salon.contact.proof"].sudo(), Domain.TRUE


def _get_photos(env):
    return env["salon.client.photo"].sudo(), Domain.TRUE


def _get_clients(env):
    fields = env["res.partner"]._fields
    _name, *own = _get_card_fields(env)
    texts = [name for name in own if fields[name].type in TEXTS]
    return env["res.partner"].sudo(), Domain.OR(
        Domain(name, "!=", False) for name in texts
    )


def _get_card_fields(env):
    """Return the fields of a contact that people of the salon fill in."""
    partners = env["res.partner"]
    own = [name for name in _get_fields(partners) if name.startswith("salon_")]
    return ["name", *(name for name in own if not partners._fields[name].compute)]


def _get_fields(model):
    return [
        name
        for name, field in model._fields.items()
        if field.store and field.type in SIMPLE
    ]


def _count(source):
    records, domain = source
    return records.with_context(active_test=False).search_count(domain)


def _read(source):
    """Yield the records in batches that the memory can hold."""
    records, domain = source
    ids = records.with_context(active_test=False).search(domain, order="id").ids
    for batch in split_every(BATCH, ids):
        found = records.browse(batch)
        yield from found
        found.invalidate_recordset()


# ---- the files ---------------------------------------------------------------------


def _write_table(archive, name, source, names):
    """Add a table with a column for each field, headed by its label."""
    fields = source[0]._fields
    labels = [fields[one]._description_string(source[0].env) for one in names]
    with (
        archive.open(f"{name}.csv", "w", force_zip64=True) as raw,
        io.TextIOWrapper(raw, "utf-8-sig", newline="") as text,
    ):
        rows = csv.writer(text)
        rows.writerow(["ID", *labels])
        for record in _read(source):
            rows.writerow([record.id, *(_in_words(record, name) for name in names)])


def _in_words(record, name):
    field, value = record._fields[name], record[name]
    if field.type == "boolean":
        return int(value)
    if not value:
        return ""
    text = str(value.display_name if field.type == "many2one" else value)
    return f"'{text}" if text.startswith(FORMULA) else text


def _write_files(archive, env, model, field):
    """Add the files of a field, each named after the number of its record."""
    # Files of fields are hidden from a search that does not name the field.
    domain = Domain("res_model", "=", model) & Domain("res_field", "=", field)
    for file in _read((env["ir.attachment"].sudo(), domain)):
        suffix = guess_extension(file.mimetype or "") or ""
        archive.writestr(f"{model}/{file.res_id}{suffix}", file.raw or b"")
