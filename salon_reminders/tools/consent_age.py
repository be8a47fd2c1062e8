"""Below which age a guardian has to agree, by the law of a country: data.

The age of article 8(1) of the GDPR, where the law of a country names one or leaves it
as it is; elsewhere the careful 16 of that article holds.
"""

from typing import NamedTuple


class ConsentAge(NamedTuple):
    """From which age somebody agrees for themself, and where it is written."""

    age: int
    source: str = ""


GDPR = "GDPR, article 8(1)"
DEFAULT = ConsentAge(16)
AGES = {
    "AT": ConsentAge(14, "DSG § 4(4)"),
    "CZ": ConsentAge(15, "110/2019 Sb. § 7"),
    "DE": ConsentAge(16, GDPR),
    "ES": ConsentAge(14, "LO 3/2018, art. 7"),
    "FR": ConsentAge(15, "Loi 78-17, art. 45"),
    "HU": ConsentAge(16, GDPR),
    "IT": ConsentAge(14, "D.Lgs. 196/2003, art. 2-quinquies"),
    "NL": ConsentAge(16, "UAVG, art. 5"),
}


def get_age(country):
    """Return the age of a country by its code."""
    return AGES.get(country, DEFAULT)
