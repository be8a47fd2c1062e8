"""Words that tell which cycle and which zone a service belongs to.

As people name services in English, Russian and Hungarian. A phrase fits a name when
each of its words is in it, in any order: "/" parts words that stand for each other,
"*" stands for any ending, a word after "-" must not be there. Keys are those of the
starter set.
"""

import re

from ...tools.sold_words import normalise

_MEN = "men/mens/man/gent*/male/barber*/boy/boys"
_KIDS = "kid/kids/child*/children*/детск*/gyerek*"
_CUT = "cut/cuts/haircut*"
_SMALL_FACE = "face/facial/lip/lips/chin/cheek*/лиц*/губ*/подбород*/arc*/áll/bajusz*"

CYCLE_WORDS = {
    "mens_cut": (
        f"{_MEN} {_CUT}/fade*/trim/hairstyl* -{_KIDS}; skin/buzz fade/cut; "
        f"beard {_CUT}; мужск* стриж*; стриж* бород*; férfi hajvág*/vágás/haj; "
        "férfihajvág*"
    ),
    "short_cut": (
        f"short {_CUT} -{_MEN} -{_KIDS}; коротк* стриж* -мужск* -детск*; "
        "rövid hajvág*/vágás -férfi -gyerek*"
    ),
    "long_cut": (
        f"long {_CUT} -{_MEN} -{_KIDS}; длинн* стриж* -мужск* -детск*; "
        "hosszú hajvág*/vágás -férfi -gyerek*"
    ),
    "fringe": "fringe/bang/bangs; челк*/чёлк*; frufru*",
    "roots": (
        "root/roots/regrowth; full/hair colour/color -correct*; hair dye; корн*; "
        "окраш* волос*; tőfest*/tőszín*/hajfest*; tő fest*/szín*"
    ),
    "highlights": "highlight*/lowlight*/foils/babylight*; мелир*; melír*",
    "balayage": "balayage/ombre/ombré/airtouch; балаяж*/омбре/шатуш/аиртач/эиртач",
    "toner": "toner/toning/gloss/glossing; тонир*; tonizál*/színfrissít*",
    "keratin": "keratin*; brazilian blow*; кератин*",
    "gel_manicure": (
        "gel/shellac/biab manicure*/nail/nails -remov*; "
        "gel/shellac polish -remov* -pedi* -toe*; "
        "маник* гел*/лак/лаком/покрыт*/шеллак*; гел* лак* -снят* -педик*; "
        "gél manikűr*; géllakk*/gellakk* -eltávol* -pedikűr*"
    ),
    "pedicure": "pedicure*/pedi; педик*; pedikűr*",
    "lash_infill": (
        "lash*/eyelash* infill*/refill*/fill*/set/extension*; ресниц* наращ*/коррекц*; "
        "műszempilla*/szempillaépít*/szempillatölt*; szempilla* tölt*/épít*"
    ),
    "brow_shape": (
        "brow/brows/eyebrow* shap*/tint*/wax*/thread*/henna/tidy/pluck*; "
        "бров* коррекц*/окраш*/форм*/хна/хной; szemöldök* fest*/form*/szed*/gyantá*; "
        "szemöldökfest*/szemöldökform*/szemöldökszed*/szemöldökgyantá*"
    ),
    "brow_lamination": (
        "brow/brows/eyebrow* laminat*; бров* ламинир*; szemöldök* lamin*; "
        "szemöldöklamin*"
    ),
    "lash_lift": (
        "lash*/eyelash* lift*/laminat*/perm; ресниц* ламинир*; "
        "szempilla* lift*/lamin*; szempillalift*/szempillalamin*"
    ),
    "facial": (
        "facial* -wax* -massage -hair -laser -peel*; face treatment*/cleans*; "
        "лиц* чистк*/уход*; arckezel*/arctisztít*; arc kezel*/tisztít*"
    ),
    "light_peel": (
        "peel/peels/peeling* -body -foot; пилинг* -тел* -ног*; hámlaszt* -test* -láb*"
    ),
    "laser_face": f"laser*/лазер*/lézer* {_SMALL_FACE}",
    "laser_body": f"laser*/лазер*/lézer* -{_SMALL_FACE}",
    "botulinum": "botox*/botulin*/dysport; ботокс*/ботулин*/диспорт*",
    "waxing": (
        "wax/waxing/sugaring -brow/brows/eyebrow*; "
        "воск*/шугаринг*/депиляц*/эпиляц* -лазер* -бров*; gyanta/gyantáz* -szemöldök*"
    ),
    "massage": "massage*; массаж*; masszázs*/masszíroz*",
}

# Looked at in this order: hair is named in many other treatments.
ZONE_WORDS = {
    "brows": (
        "brow/brows/eyebrow*/lash*/eyelash*; бров*/ресниц*; "
        "szemöldök*/szempilla*/műszempilla*"
    ),
    "nails": (
        "nail/nails/manicure*/pedicure*/mani/pedi; ногт*/маник*/педик*; "
        "köröm*/körm*/műköröm*/manikűr*/pedikűr*"
    ),
    "colour": (
        "colour*/color*/dye/bleach*/highlight*/balayage/toner; "
        "окраш*/краск*/обесцв*/колор*; hajfest*/hajszín*/szőkít*"
    ),
    "face": (
        "face/facial*/skin/peel*/makeup; make up; лиц*/макияж*/пилинг*; "
        "arc/arckezel*/arctisztít*/smink*"
    ),
    "body": (
        "body/massage*/wax/waxing/laser*/sugaring/bikini/legs/tan/tanning; "
        "тел*/массаж*/депил*/эпил*/шугаринг*; masszázs*/gyanta/gyantáz*/lézer*"
    ),
    "hair": (
        f"hair*/{_CUT}/blowdry/updo*/beard*/shave*/fringe/perm; blow dry*; "
        "волос*/стриж*/уклад*/причес*/причёс*/бород*/брить*; "
        "haj*/frizura*/szárítás/szakáll*/borotvál*"
    ),
}


def find_keys(text, table):
    """Return the keys of a table whose words are in a text.

    >>> find_keys("Haircut men", CYCLE_WORDS)
    ['mens_cut']
    """
    words = normalise(text).split()
    return [
        key
        for key, phrases in table.items()
        if any(_fits(words, phrase) for phrase in phrases.split(";"))
    ]


def _fits(words, phrase):
    return all(
        any(_matches(words, choice) for choice in part.strip("-").split("/"))
        != part.startswith("-")
        for part in phrase.split()
    )


def _matches(words, choice):
    if choice.endswith("*"):
        return any(word.startswith(choice[:-1]) for word in words)
    return choice in words


def get_words(name):
    """Return the words of a name as compared: long enough, in the singular.

    >>> sorted(get_words("Men's cuts"))
    ['cut', 'men']
    """
    return {re.sub(r"s$", "", word) for word in normalise(name).split() if word[1:]}
