PURPOSES = {
    "reminder": ("reminder", "course", "missed", "cancelled", "departure"),
    "feedback": ("lapsed",),
    "promotion": ("birthday", "fixed"),
}


def migrate(cr, version):
    """Give every call the purpose of its kind, in one statement for each."""
    cr.execute("ALTER TABLE salon_call ADD COLUMN IF NOT EXISTS purpose varchar")
    for purpose, kinds in PURPOSES.items():
        cr.execute(
            "UPDATE salon_call SET purpose = %s WHERE kind IN %s AND purpose IS NULL",
            (purpose, kinds),
        )
