LONGEST = 365


def migrate(cr, version):
    """Let links last a year at most; those handed out keep their own end."""
    cr.execute(
        "UPDATE res_company SET salon_link_days = %s WHERE salon_link_days > %s",
        (LONGEST, LONGEST),
    )
