LONGEST = 365


def migrate(cr, version):
    """Let links last a year at most, and keep none that could be read.

    Those handed out keep their own end.
    """
    cr.execute(
        "UPDATE res_company SET salon_link_days = %s WHERE salon_link_days > %s",
        (LONGEST, LONGEST),
    )
    cr.execute(
        """ALTER TABLE salon_consent_link
             DROP COLUMN IF EXISTS url, DROP COLUMN IF EXISTS expiry_date"""
    )
