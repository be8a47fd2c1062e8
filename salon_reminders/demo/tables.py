"""Tables of the made-up salon that the demo data show.

Keys of services, cycles and zones are those of the starter set.
"""

WOMEN = (
    "Agnes Alma Amelia Anna Beata Bella Carmen Chiara Clara Diana Dora Elena Elif "
    "Emma Erika Eva Fatima Flora Freya Grace Hana Helen Ida Ines Irina Iris Jana "
    "Joanna Julia Kira Laila Lara Lea Lena Lucia Magda Maria Marta Mia Mina Nadia "
    "Nina Noor Olivia Paula Petra Rita Rosa Ruth Sara Selma Stella Tamara Tess "
    "Vera Yuki Zoe"
).split()
MEN = (
    "Adam Alex Andre Anton Bruno Carlos David Emil Felix George Hugo Ivan Jonas "
    "Karim Leo Luis Marco Max Milan Noah Omar Oscar Paul Pedro Ravi Robert Samir "
    "Simon Theo Tom Victor Yusuf"
).split()
FAMILIES = (
    "Abbott Almeida Andersen Bakker Barta Becker Berg Bianchi Brooks Castro Chen "
    "Clarke Costa Dahl Dalton Dubois Dumas Eklund Farkas Ferrari Fischer Fleming "
    "Garcia Gray Haddad Hansen Hayes Horvath Ito Ivanova Jensen Kaya Keller Khan "
    "Kim Kovacs Kowalska Kruger Lang Larsen Lind Lopez Marin Marsh Mendes Meyer "
    "Moreau Nagy Nilsen Novak Okoye Olsen Park Patel Petrova Popov Quinn Ramos "
    "Reed Ricci Rossi Sato Schmidt Silva Singh Sokolova Stone Szabo Takacs Toth "
    "Vargas Varga Virtanen Wagner Walsh Weber Wolf Yilmaz Young Zeller"
).split()

# The numbers 555-0100 to 555-0199 of every area are set aside for fiction.
AREAS = (212, 332, 347, 646, 718, 917, 929)

# Stylist, with the zones she works in
STYLISTS = {
    "resource_resource_vera_demo": ("hair", "colour"),
    "resource_resource_daniel_demo": ("hair",),
    "resource_resource_sofia_demo": ("hair", "colour"),
    "resource_resource_mei_demo": ("nails",),
    "resource_resource_amara_demo": ("brows", "face"),
    "resource_resource_lucy_demo": ("face", "nails"),
}
ZONES = ("hair", "colour", "nails", "brows", "face")

PRICES = {
    "mens_cut": 35,
    "mens_cut_beard": 50,
    "short_cut": 60,
    "long_cut": 75,
    "childrens_cut": 28,
    "fringe_trim": 15,
    "keratin": 220,
    "blow_dry": 45,
    "updo": 90,
    "hair_treatment": 35,
    "hair_talk": 15,
    "roots": 85,
    "roots_short": 135,
    "roots_long": 150,
    "full_colour": 120,
    "highlights": 160,
    "highlights_cut": 215,
    "balayage": 240,
    "balayage_cut": 290,
    "toner": 55,
    "colour_talk": 15,
    "gel_manicure": 55,
    "gel_design": 75,
    "manicure": 30,
    "gel_removal": 20,
    "pedicure": 60,
    "gel_pedicure": 75,
    "hands_feet": 105,
    "lash_infill": 70,
    "lash_set": 150,
    "brow_shape": 35,
    "brow_lamination": 70,
    "lash_lift": 80,
    "lift_shape": 105,
    "facial": 95,
    "deep_facial": 130,
    "light_peel": 85,
    "laser_face": 110,
    "botulinum": 320,
    "skin_talk": 25,
}

# Colour works by itself: from this minute on, for so many
PROCESSING = {
    "roots": (30, 30),
    "roots_short": (30, 30),
    "roots_long": (30, 30),
    "full_colour": (45, 35),
    "highlights": (75, 35),
    "highlights_cut": (75, 35),
    "balayage": (90, 40),
    "balayage_cut": (90, 40),
}

# What a client comes for: the cycle whose rhythm she keeps, and what she then has
HABITS = {
    "mens": ("mens_cut", ("mens_cut", "mens_cut", "mens_cut_beard")),
    "short": ("short_cut", ("short_cut",)),
    "long": ("long_cut", ("long_cut",)),
    "fringe": ("fringe", ("fringe_trim",)),
    "keratin": ("keratin", ("keratin",)),
    "roots": ("roots", ("roots", "roots_short", "roots_long", "full_colour")),
    "highlights": ("highlights", ("highlights", "highlights_cut")),
    "balayage": ("balayage", ("balayage", "balayage_cut")),
    "toner": ("toner", ("toner",)),
    "nails": ("gel_manicure", ("gel_manicure", "gel_manicure", "gel_design")),
    "feet": ("pedicure", ("pedicure", "gel_pedicure", "hands_feet")),
    "lashes": ("lash_infill", ("lash_infill", "lash_infill", "lash_set")),
    "brows": ("brow_shape", ("brow_shape", "brow_shape", "lift_shape")),
    "lamination": ("brow_lamination", ("brow_lamination",)),
    "lift": ("lash_lift", ("lash_lift",)),
    "facial": ("facial", ("facial", "facial", "deep_facial")),
    "peel": ("light_peel", ("light_peel",)),
    "laser": ("laser_face", ("laser_face",)),
    "botulinum": ("botulinum", ("botulinum",)),
}

# Kinds of clients: how many in a hundred or so, men or women, habits
PROFILES = (
    (17, MEN, ("mens",)),
    (3, MEN, ("mens", "facial")),
    (7, WOMEN, ("short",)),
    (8, WOMEN, ("long",)),
    (3, WOMEN, ("long", "fringe")),
    (12, WOMEN, ("roots",)),
    (7, WOMEN, ("roots", "nails")),
    (7, WOMEN, ("highlights",)),
    (6, WOMEN, ("balayage", "toner")),
    (7, WOMEN, ("nails",)),
    (5, WOMEN, ("nails", "feet")),
    (4, WOMEN, ("lashes",)),
    (5, WOMEN, ("brows", "long")),
    (3, WOMEN, ("lamination", "lift")),
    (5, WOMEN, ("facial",)),
    (3, WOMEN, ("facial", "peel")),
    (2, WOMEN, ("laser",)),
    (3, WOMEN, ("botulinum", "roots")),
    (2, WOMEN, ("keratin", "short")),
)

# What sometimes comes on top, by zone
EXTRAS = {
    "hair": ("blow_dry", "hair_treatment"),
    "colour": ("blow_dry", "hair_treatment"),
    "nails": ("gel_removal",),
    "brows": (),
    "face": (),
}
WALK_INS = ("mens_cut", "childrens_cut", "blow_dry", "brow_shape", "manicure")

# How the story of a client goes on, in a hundred
FATES = {"regular": 60, "fading": 10, "lost": 22, "once": 8}

# What a client said about calls, in a hundred
CONSENTS = {"given": 76, "none": 12, "withdrawn": 6, "expired": 6}

FORMULAS = (
    "6.1 + 6.0, 1:1, 6 %, 35 minutes on the roots",
    "7.3 + 8.0, 2:1, 6 %, lengths for the last 10 minutes",
    "Lightener with 6 %, then toner 10.1 for 12 minutes",
    "5.0 all over, 3 %, thick hair: 80 g",
)
PREFERENCES = (
    "Sensitive scalp, no ammonia.",
    "Prefers mornings and quiet music.",
    "Likes the coffee black.",
    "Allergic to latex gloves.",
    "Always in a hurry at lunch time.",
    "Talks about the dogs; ask after them.",
)
PAUSE_REASONS = ("Abroad for some months", "Expecting a baby", "Growing it out")
NOTES = {
    "no_answer": ("", "", "Voice mail.", "Rang out."),
    "call_back": ("In a meeting.", "Wants to check the calendar first."),
    "booked": ("", "", "Was glad about the call.", "Same time as always."),
    "declined": ("Away on holiday, comes without a call.", "Wants to let it grow."),
    "do_not_call": ("Does not want to be phoned.",),
    "left_us": ("",),
}
