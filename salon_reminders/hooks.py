import re

from odoo.fields import Domain
from odoo.tools import SQL

# What people did, in an order in which nothing refers to what is already gone.
HISTORY = [
    "salon.promotion.participation",
    "salon.promotion.member",
    "salon.client.offer",
    "salon.client.zone",
    "salon.client.standing",
    "salon.call.attempt",
    "salon.reminder",
    "salon.course",
    "salon.import.row",
    "salon.visit.line",
    "salon.promotion.hour",
    "salon.promotion",
    "salon.visit",
    "salon.departure.client",
    "salon.call",
    "salon.departure",
    "salon.leaving.fix",
    "salon.control.draw",
    "salon.contact.proof",
    "salon.consent",
    "salon.consent.ask",
    "salon.card.alert",
    "salon.card.log",
]
# What people saved under names of fields: {model: (path to the name of the model that
# it is about, texts that name fields of it)}.
SAVED = {
    "ir.filters": ("model_id", ("domain", "context", "sort")),
    "ir.exports.line": ("export_id.resource", ("name",)),
    "mailing.filter": ("mailing_model_name", ("mailing_domain",)),
}
MAILING = ("mailing_model_real", ("mailing_domain",))
# Fields of a condition, `a.b.c`, or of an exported column, `a/b/c`.
PATH = re.compile(r"[A-Za-z_][\w./]*")
NOBODY = "[('id', 'in', [])]"


def uninstall_hook(env):
    """Empty what only this addon knows, before Odoo removes its records one by one.

    Otherwise outcomes, stylists and other records that the history refers to could
    not be removed without errors in the log; and things would be left that point at
    models and fields which no longer exist.
    """
    types = env["ir.model.data"].search(
        [("module", "=", "salon_reminders"), ("model", "=", "mail.activity.type")]
    )
    env["mail.activity"].with_context(active_test=False).search(
        Domain("res_model", "in", ("salon.call", "salon.card.alert"))
        # On contacts and products, which stay.
        | Domain("activity_type_id", "in", types.mapped("res_id"))
    ).unlink()
    for model in HISTORY:
        table = SQL.identifier(env[model]._table)
        env.cr.execute(SQL("DELETE FROM %s", table))
    # Stylists stay, and with them the hours they work by and the company they are in.
    env["ir.model.data"].search(
        [
            ("module", "=", "salon_reminders"),
            ("model", "in", ("res.company", "resource.calendar")),
        ]
    ).unlink()
    modules = env["ir.module.module"].search([("state", "=", "to remove")])
    models = _get_lost(env, "ir.model", modules)
    _forget_saved(env, modules, models)
    _forget_reflections(env, modules, models)
    env.invalidate_all()


def _get_lost(env, model, modules):
    """Return the records of this model that belong to no module that stays."""
    data = env["ir.model.data"].search([("model", "=", model)])
    stays = data.filtered(lambda one: one.module not in set(modules.mapped("name")))
    return env[model].browse(set((data - stays).mapped("res_id"))).exists() - (
        env[model].browse(set(stays.mapped("res_id")))
    )


def _forget_saved(env, modules, models):
    """Delete what users saved about models and fields that go; it would not open.

    A mailing is kept for its history and reaches nobody any more: without its
    condition it would reach everybody.
    """
    env["ir.filters"].with_context(active_test=False).search(
        [("model_id", "in", models.mapped("model"))]
    ).unlink()
    fields = _get_lost(env, "ir.model.fields", modules)
    lost = {(field.model, field.name) for field in fields}
    for model, place in SAVED.items():
        if model in env:
            _find_naming(env[model], place, lost).unlink()
    if "mailing.mailing" in env:
        mailings = _find_naming(env["mailing.mailing"], MAILING, lost)
        mailings.mailing_domain = NOBODY


def _find_naming(records, place, lost):
    """Return the records one of whose texts leads to one of the lost fields."""
    subject, columns = place
    every = records.with_context(active_test=False).search([])
    return every.filtered(
        lambda one: any(
            _leads_to(lost, records.env.get(name), path)
            for name in one.mapped(subject)
            for column in columns
            for path in PATH.findall(one[column] or "")
        )
    )


def _leads_to(lost, model, path):
    """Tell whether a path of fields, walked from a model, comes by a lost one.

    Many models have a field of the same name; only the one that goes counts.
    """
    for name in re.split(r"[./]", path):
        if model is None or name not in model._fields:
            return False
        if (model._name, name) in lost:
            return True
        model = model.env.get(model._fields[name].comodel_name)
    return False


def _forget_reflections(env, modules, models):
    """Delete what Odoo noted about our models in the name of other modules.

    It goes with the models themselves, but its external ids and the notes on foreign
    keys of tables that are dropped would stay for good.
    """
    inherits = env["ir.model.inherit"].search([("model_id", "in", models.ids)])
    selections = env["ir.model.fields.selection"].search(
        [("field_id.model_id", "in", models.ids)]
    )
    for records in (inherits, selections):
        env["ir.model.data"].search(
            [
                ("model", "=", records._name),
                ("res_id", "in", records.ids),
                ("module", "not in", modules.mapped("name")),
            ]
        ).unlink()
    # Without dropping them one by one: they go with their columns and tables.
    env.cr.execute(
        SQL(
            "DELETE FROM ir_model_constraint WHERE type = 'f' AND module = ANY(%s)",
            modules.ids,
        )
    )
