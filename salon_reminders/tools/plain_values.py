"""Values of a record as plain data, to be kept as JSON and written back."""

from datetime import date, datetime

from odoo import fields, models


def plain_values(record, names):
    """Return {name: value} that JSON can keep and ``write`` understands."""
    return {name: plain(record[name]) for name in names}


def plain(value):
    if isinstance(value, models.BaseModel):
        return value.id
    if isinstance(value, datetime):
        return fields.Datetime.to_string(value)
    if isinstance(value, date):
        return fields.Date.to_string(value)
    return value
