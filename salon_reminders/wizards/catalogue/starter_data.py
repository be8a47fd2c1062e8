"""Usual zones, cycles and services of a beauty salon, as plain tables.

Every row starts with a key that never changes; names and scripts are translated when
they are loaded. Days are counted from the last visit.
"""

from typing import NamedTuple

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)


def translated(env, term):
    """Return a name or script of the tables below in the language of ``env``."""
    # The terms are extracted where they are declared.
    return env._(term)  # pylint: disable=unknown-option-value,gettext-variable


class Zone(NamedTuple):
    key: str
    name: str
    color: int

    @property
    def zone(self):
        return self.key


class Cycle(NamedTuple):
    key: str
    zone: str
    name: str
    earliest: int
    ideal: int
    late: int
    lead: int
    script: str


class Service(NamedTuple):
    key: str
    zone: str
    name: str
    minutes: int
    cycles: tuple = ()
    kind: str = "service"


ZONES = (
    Zone("hair", _lt("Hair"), 4),
    Zone("colour", _lt("Colour"), 1),
    Zone("nails", _lt("Nails"), 9),
    Zone("brows", _lt("Brows & lashes"), 5),
    Zone("face", _lt("Face"), 10),
    Zone("body", _lt("Body"), 3),
)

CYCLES = (
    # Hair
    Cycle(
        *("mens_cut", "hair", _lt("Men's cut"), 10, 25, 35, 5),
        _lt(
            "Hello {client}, this is {receptionist} from {salon}. Your cut will soon "
            "need its next visit. Shall I keep a time with {stylist} for you?"
        ),
    ),
    Cycle(
        *("short_cut", "hair", _lt("Women's short cut"), 21, 35, 49, 7),
        _lt(
            "Hello {client}, this is {receptionist} from {salon}. A short cut keeps "
            "its shape for about five weeks, so it is nearly time again. When would "
            "you like to see {stylist}?"
        ),
    ),
    Cycle(
        *("long_cut", "hair", _lt("Women's long cut"), 28, 49, 84, 7),
        _lt(
            "Hello {client}, this is {receptionist} from {salon}. It is a while since "
            "{stylist} trimmed your ends. Shall we find a time for you?"
        ),
    ),
    Cycle(
        *("fringe", "hair", _lt("Fringe"), 10, 21, 28, 4),
        _lt(
            "Hello {client}, this is {receptionist} from {salon}. Is your fringe "
            "getting into your eyes? {stylist} has a quick slot for a trim."
        ),
    ),
    Cycle(
        *("keratin", "hair", _lt("Keratin"), 60, 100, 150, 7),
        _lt(
            "Hello {client}, this is {receptionist} from {salon}. Your keratin "
            "treatment is slowly washing out. Shall we renew it before the frizz is "
            "back? It takes some time, so let us choose a day that suits you."
        ),
    ),
    # Colour
    Cycle(
        *("roots", "colour", _lt("Root touch-up"), 21, 35, 49, 7),
        _lt(
            "Hello {client}, this is {receptionist} from {salon}. Next week your roots "
            "will want a touch-up. {stylist} has your formula ready; which day suits "
            "you?"
        ),
    ),
    Cycle(
        *("highlights", "colour", _lt("Highlights"), 35, 56, 84, 7),
        _lt(
            "Hello {client}, this is {receptionist} from {salon}. It is about time to "
            "freshen up your highlights. Shall I look for a time with {stylist}?"
        ),
    ),
    Cycle(
        *("balayage", "colour", _lt("Balayage"), 60, 112, 150, 7),
        _lt(
            "Hello {client}, this is {receptionist} from {salon}. {stylist} did your "
            "balayage some months ago and would love to refresh it. Shall we plan it?"
        ),
    ),
    Cycle(
        *("toner", "colour", _lt("Toner"), 14, 28, 42, 5),
        _lt(
            "Hello {client}, this is {receptionist} from {salon}. A toner brings your "
            "cool shade back in less than an hour. When may {stylist} expect you?"
        ),
    ),
    # Nails
    Cycle(
        *("gel_manicure", "nails", _lt("Gel manicure"), 10, 18, 28, 4),
        _lt(
            "Hello {client}, this is {receptionist} from {salon}. It is nearly time "
            "for a new manicure, before the gel lifts. Your usual day and time?"
        ),
    ),
    Cycle(
        *("pedicure", "nails", _lt("Pedicure"), 18, 30, 45, 7),
        _lt(
            "Hello {client}, this is {receptionist} from {salon}. Your feet have "
            "earned their next pedicure. Shall I book you in with {stylist}?"
        ),
    ),
    # Brows & lashes
    Cycle(
        *("lash_infill", "brows", _lt("Lash infill"), 12, 20, 28, 4),
        _lt(
            "Hello {client}, this is {receptionist} from {salon}. An infill now keeps "
            "your lashes full; after four weeks it would have to be a new set. Which "
            "day suits you?"
        ),
    ),
    Cycle(
        *("brow_shape", "brows", _lt("Brows"), 14, 25, 42, 5),
        _lt(
            "Hello {client}, this is {receptionist} from {salon}. Shall {stylist} "
            "bring your brows back into shape? It takes only half an hour."
        ),
    ),
    Cycle(
        *("brow_lamination", "brows", _lt("Brow lamination"), 42, 50, 70, 7),
        _lt(
            "Hello {client}, this is {receptionist} from {salon}. Your brow lamination "
            "is at its end and the brows had time to rest. Would you like a new one?"
        ),
    ),
    Cycle(
        *("lash_lift", "brows", _lt("Lash lift"), 42, 50, 70, 7),
        _lt(
            "Hello {client}, this is {receptionist} from {salon}. Your lashes have "
            "grown out and are ready for the next lift. When would you like to come?"
        ),
    ),
    # Face
    Cycle(
        *("facial", "face", _lt("Facial"), 21, 35, 50, 7),
        _lt(
            "Hello {client}, this is {receptionist} from {salon}. Your skin renews "
            "itself in about a month, so this is a good moment for your next facial. "
            "Shall we find an hour for you?"
        ),
    ),
    Cycle(
        *("light_peel", "face", _lt("Light peel"), 14, 28, 45, 7),
        _lt(
            "Hello {client}, this is {receptionist} from {salon}. {stylist} suggests "
            "the next peel of your series now. How did your skin feel after the last?"
        ),
    ),
    Cycle(
        *("laser_face", "face", _lt("Laser, face"), 28, 30, 42, 2),
        _lt(
            "Hello {client}, this is {receptionist} from {salon}. Your next laser "
            "session should follow now, so that none of the effect is lost. Please "
            "keep the skin out of the sun until then. Which day suits you?"
        ),
    ),
    Cycle(
        *("botulinum", "face", _lt("Botulinum toxin"), 84, 112, 150, 7),
        _lt(
            "Hello {client}, this is {receptionist} from {salon}. It is nearly four "
            "months since your treatment with {stylist}. Would you like a time for a "
            "check and a refresh?"
        ),
    ),
    # Body
    Cycle(
        *("waxing", "body", _lt("Waxing"), 21, 28, 40, 5),
        _lt(
            "Hello {client}, this is {receptionist} from {salon}. By next week the "
            "hair has the right length for waxing. Shall I book you in?"
        ),
    ),
    Cycle(
        *("laser_body", "body", _lt("Laser, body"), 42, 49, 63, 5),
        _lt(
            "Hello {client}, this is {receptionist} from {salon}. The next session of "
            "your laser series is due. Please shave the day before and keep out of the "
            "sun. Which day suits you?"
        ),
    ),
    Cycle(
        *("massage", "body", _lt("Massage"), 5, 21, 35, 5),
        _lt(
            "Hello {client}, this is {receptionist} from {salon}. How is your back? "
            "{stylist} has some free hours for a massage next week."
        ),
    ),
)

SERVICES = (
    # Hair
    Service("mens_cut", "hair", _lt("Men's cut"), 30, ("mens_cut",)),
    Service("mens_cut_beard", "hair", _lt("Men's cut and beard"), 45, ("mens_cut",)),
    Service("short_cut", "hair", _lt("Women's cut, short hair"), 45, ("short_cut",)),
    Service("long_cut", "hair", _lt("Women's cut, long hair"), 60, ("long_cut",)),
    Service("childrens_cut", "hair", _lt("Children's cut"), 30),
    Service("fringe_trim", "hair", _lt("Fringe trim"), 15, ("fringe",)),
    Service("keratin", "hair", _lt("Keratin treatment"), 150, ("keratin",)),
    Service("blow_dry", "hair", _lt("Blow-dry"), 45),
    Service("updo", "hair", _lt("Updo"), 75),
    Service("hair_treatment", "hair", _lt("Hair treatment"), 30),
    Service("hair_talk", "hair", _lt("Hair consultation"), 15, kind="fee"),
    # Colour
    Service("roots", "colour", _lt("Root touch-up"), 90, ("roots",)),
    Service(
        *("roots_short", "colour", _lt("Root touch-up and cut, short hair"), 120),
        ("roots", "short_cut"),
    ),
    Service(
        *("roots_long", "colour", _lt("Root touch-up and cut, long hair"), 135),
        ("roots", "long_cut"),
    ),
    Service("full_colour", "colour", _lt("Full colour"), 120, ("roots",)),
    Service("highlights", "colour", _lt("Highlights"), 150, ("highlights",)),
    Service(
        *("highlights_cut", "colour", _lt("Highlights and cut"), 180),
        ("highlights", "long_cut"),
    ),
    Service("balayage", "colour", _lt("Balayage"), 180, ("balayage",)),
    Service(
        *("balayage_cut", "colour", _lt("Balayage and cut"), 210),
        ("balayage", "long_cut"),
    ),
    Service("toner", "colour", _lt("Toner"), 45, ("toner",)),
    Service("colour_talk", "colour", _lt("Colour consultation"), 15, kind="fee"),
    # Nails
    Service("gel_manicure", "nails", _lt("Gel manicure"), 75, ("gel_manicure",)),
    Service(
        *("gel_design", "nails", _lt("Gel manicure with design"), 105),
        ("gel_manicure",),
    ),
    Service("manicure", "nails", _lt("Classic manicure"), 45),
    Service("gel_removal", "nails", _lt("Gel removal"), 30),
    Service("pedicure", "nails", _lt("Pedicure"), 60, ("pedicure",)),
    Service("gel_pedicure", "nails", _lt("Gel pedicure"), 75, ("pedicure",)),
    Service(
        *("hands_feet", "nails", _lt("Gel manicure and pedicure"), 135),
        ("gel_manicure", "pedicure"),
    ),
    # Brows & lashes
    Service("lash_infill", "brows", _lt("Lash infill"), 75, ("lash_infill",)),
    Service("lash_set", "brows", _lt("New set of lashes"), 135, ("lash_infill",)),
    Service("brow_shape", "brows", _lt("Brow shape and tint"), 30, ("brow_shape",)),
    Service(
        *("brow_lamination", "brows", _lt("Brow lamination"), 60),
        ("brow_lamination",),
    ),
    Service("lash_lift", "brows", _lt("Lash lift"), 60, ("lash_lift",)),
    Service(
        *("lift_shape", "brows", _lt("Lash lift and brow shape"), 90),
        ("lash_lift", "brow_shape"),
    ),
    # Face
    Service("facial", "face", _lt("Facial"), 60, ("facial",)),
    Service("deep_facial", "face", _lt("Deep-cleansing facial"), 90, ("facial",)),
    Service("light_peel", "face", _lt("Light peel"), 45, ("light_peel",)),
    Service("laser_face", "face", _lt("Laser, face"), 30, ("laser_face",)),
    Service("botulinum", "face", _lt("Botulinum toxin"), 45, ("botulinum",)),
    Service("skin_talk", "face", _lt("Skin consultation"), 30, kind="fee"),
    # Body
    Service("wax_legs", "body", _lt("Waxing, legs"), 45, ("waxing",)),
    Service("wax_bikini", "body", _lt("Waxing, bikini line"), 30, ("waxing",)),
    Service("laser_body", "body", _lt("Laser, body"), 60, ("laser_body",)),
    Service("massage", "body", _lt("Massage, one hour"), 60, ("massage",)),
    Service("massage_long", "body", _lt("Massage, hour and a half"), 90, ("massage",)),
    Service("body_talk", "body", _lt("Body consultation"), 30, kind="fee"),
)


def get_rows(rows, zone_keys):
    """Return the rows of these zones."""
    return [row for row in rows if row.zone in zone_keys]
