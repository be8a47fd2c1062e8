"""What is sold, guessed from the words of a list or an export."""

import re

CATEGORY_WORDS = {
    "fee": "misc; miscellaneous; consultation; consultations; fee; fees; deposit; "
    "deposits; voucher; vouchers; gift card; gift cards; other; прочее; консультация; "
    "консультации; сбор; депозит; сертификат; сертификаты; egyéb; konzultáció; "
    "tanácsadás; díj; előleg; utalvány; ajándékutalvány",
    "retail": "retail; product; products; goods; shop; товар; товары; розница; "
    "косметика; kiskereskedelem; termék; termékek; áru; bolti",
}
FEE_WORDS = (
    "misc; miscellaneous; consultation; consult; deposit; voucher; "
    "gift card; gift certificate; консультация; депозит; сертификат; "
    "подарочный сертификат; konzultáció; tanácsadás; előleg; utalvány; "
    "ajándékutalvány"
)


def normalise(text):
    """Return a text as compared: lower case, words only.

    >>> normalise("Client_ID №")
    'client id №'
    """
    return " ".join(re.findall(r"[\w№]+", (text or "").replace("_", " ").casefold()))


def has_words(text, phrases):
    """Tell whether one of the phrases, parted by ";", is in the text."""
    words = f" {normalise(text)} "
    return any(f" {normalise(phrase)} " in words for phrase in phrases.split(";"))


def guess_category(category):
    """Return what the goods of a category are sold as."""
    for kind, phrases in CATEGORY_WORDS.items():
        if has_words(category, phrases):
            return kind
    return "service"


def guess_sold_as(category_kind, code, name):
    """Return what one thing is sold as, given what its category is."""
    if category_kind != "service":
        return category_kind
    fee = normalise(code) == "con" or has_words(name, FEE_WORDS)
    return "fee" if fee else "service"
