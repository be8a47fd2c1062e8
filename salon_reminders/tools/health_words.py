"""Words that make a note one about health: beginnings, in the languages of salons.

Only a proposal: whoever writes the note can say otherwise.
"""

import re

STEMS = (
    # Allergies, in Latin and Cyrillic letters
    *("allerg", "alerg", "аллерг", "алерг", "latex", "латекс"),
    # Skin
    *("eczema", "ekcém", "ekzem", "экзем", "екзем", "psoria", "pszori", "псориа"),
    *("dermatit", "дермат", "herpes", "герпес", "neuroderm", "нейродерм"),
    # Pregnancy
    *("pregnan", "terhes", "kismama", "schwanger", "embaraz", "беремен", "вагітн"),
    # Illness and medicine
    *("asthma", "asztma", "asma", "астм", "diabet", "cukorbeteg", "диабет", "діабет"),
    *("epilep", "эпилеп", "епілеп", "pacemaker", "кардиостим", "chemother", "kemoter"),
    *("химиотер", "хіміотер", "medicin", "medicat", "gyógyszer", "лекарств", "ліки"),
    *("antibiot", "антибиот", "антибіот", "contraindic", "противопоказ"),
)
WORDS = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, STEMS))})", re.IGNORECASE)


def is_about_health(text):
    """Tell whether a note seems to say something about somebody's health."""
    return bool(text and WORDS.search(text))
