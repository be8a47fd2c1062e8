def migrate(cr, version):
    """Drop the index of the field: one of our own, which goes with us, replaces it."""
    cr.execute("DROP INDEX IF EXISTS res_partner__phone_sanitized_index")
