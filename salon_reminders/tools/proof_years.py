"""How long a consent must be proven after its last use, by the law of a country: data.

Known is what has a source; elsewhere nothing but our own default holds.
"""

from typing import NamedTuple

# What a salon keeps unless it says otherwise.
USUAL = 5


class ProofRule(NamedTuple):
    """For at least how many years, and where it is written."""

    years: int = 1
    source: str = ""


DEFAULT = ProofRule()
RULES = {
    "DE": ProofRule(5, "§ 7a UWG"),
}


def get_rule(country):
    """Return the rule of a country by its code."""
    return RULES.get(country, DEFAULT)
