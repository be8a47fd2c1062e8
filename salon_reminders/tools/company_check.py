"""Checking the companies of many records that share what they link to."""


def distinct_links(records):
    """Return one record for each combination of company and linked records.

    Thousands of visit lines share a few services and stylists; whether these belong
    to the same company needs to be asked once, not for each line.
    """
    names = [
        name
        for name, field in records._fields.items()
        if name == "company_id" or (field.relational and field.check_company)
    ]
    found = {}
    for record in records:
        found.setdefault(tuple(record[name] for name in names), record.id)
    return records.browse(found.values())
