"""Checking the companies of many records that share what they link to."""


def foreign_links(records):
    """Return the records that link to another company: those worth a closer look.

    Thousands of visit lines share a few services and stylists; whether these belong
    to the same company is asked once for each combination, not for each line.
    """
    names = [
        name
        for name, field in records._fields.items()
        if field.relational and field.check_company
    ]
    found = {}
    for company, own in records.grouped("company_id").items():
        foreign = [name for name in names if own[name].sudo().company_id - company]
        for record in own if foreign else ():
            key = (company.id, *(record[name].id for name in foreign))
            found.setdefault(key, record.id)
    return records.browse(found.values())
