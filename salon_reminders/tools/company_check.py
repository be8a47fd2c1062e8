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
    for record in records:
        key = (record.company_id, *(record[name] for name in names))
        found.setdefault(key, record.id)
    foreign = [
        record_id
        for (company, *links), record_id in found.items()
        if any(link.sudo().company_id not in (company, company[:0]) for link in links)
    ]
    return records.browse(foreign)
