"""From the text of a cell to an exact number, yes or no, or a reference."""

import re
from decimal import Decimal
from functools import lru_cache
from itertools import islice

from .locale_words import money_words, plain
from .read_problem import Guess, Problem

_YES = "1; true; yes; y; x; ✓; да; д; истина; igen; i; igaz; так; ja; j; wahr; si; sí; "
_YES += "verdadero; sim; s; tak; t; prawda; kyllä; k; on"
_NO = "; 0; false; no; n; -; нет; н; ложь; nem; hamis; ні; nein; falsch; falso; não; "
_NO += "nao; nie; fałsz; ei; e; off"
_FLAGS = dict.fromkeys(_NO.split("; "), False) | dict.fromkeys(_YES.split("; "), True)
_MONEY = r"[^\d.,()+\-']*?"
_NUMBER = re.compile(
    rf"(?P<open>\()?(?P<before>{_MONEY})\s*(?P<sign>[+-])?\s*(?P<more>{_MONEY})\s*"
    rf"(?P<digits>[.,]?\d[\d.,' ’]*?)(?:[.,]-)?\s*(?P<behind>-)?\s*"
    rf"(?P<after>[^\d,()+\-']*?)(?P<close>\))?"
)
# A sign with three digits behind it may part thousands as well as decimals.
_BOTH_FIT = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
_GROUPS = r"\d{{1,3}}(?:{0}\d{{3}})+|\d{{1,2}}(?:{0}\d{{2}})+{0}\d{{3}}"


@lru_cache(maxsize=10_000)
def read_number(text, decimal):
    """Return the exact number of a text with this decimal sign.

    Thousands may be parted by spaces, apostrophes or the other sign; a minus may
    stand in front, behind, or be written as brackets; a currency may stand beside it.
    Whatever else is in the cell ("2 x 35", "3O") makes it unreadable.
    """
    match = _NUMBER.fullmatch(plain(text))
    if not match or not _is_money(match) or bool(match["open"]) != bool(match["close"]):
        raise Problem("number", value=text)
    other = _other(decimal)
    digits, point, places = match["digits"].partition(decimal)
    groups = "|".join(_GROUPS.format(sign) for sign in (rf"\{other}", "[ '’]"))
    if not re.fullmatch(rf"(?:\d+|{groups})?", digits) or (
        not places.isdigit() if places or not digits else point
    ):
        raise Problem("number", value=text)
    number = Decimal(re.sub(r"\D", "", digits) + "." + places)
    negative = match["sign"] == "-" or match["behind"] or match["open"]
    return -number if negative else number


def _is_money(match):
    """Tell whether the letters beside a number are a currency, and only one."""
    words = [match[name].strip(" .").casefold() for name in ("before", "more", "after")]
    words = [word for word in words if word]
    return len(words) < 2 and all(word in money_words() for word in words)


def _votes(text):
    """Return the decimal signs that a number can have been written with."""
    match = _NUMBER.fullmatch(plain(text))
    if not match or not _is_money(match):
        return ""
    digits = re.sub("[ '’]", "", match["digits"])
    marks = re.findall("[.,]", digits)
    if not marks or len(set(marks)) == 2 and marks.count(marks[-1]) > 1:
        return ""
    if len(set(marks)) == 2:
        return marks[-1]
    if len(marks) > 1:
        return _other(marks[0])
    both = digits == match["digits"] and _BOTH_FIT.fullmatch(digits)
    return ".," if both else marks[0]


def guess_decimal(texts, usual=".", places=2):
    """Guess the decimal sign that numbers are written with.

    The first number that has one meaning decides. Where each of them ("12.500") can
    be read both ways, the currency does: with two decimal places there is none with
    three. What is left must be asked.

    :param texts: numbers, as many as need be; only as many as it takes are read
    :param usual: the decimal sign of the country
    :param places: how many decimal places the currency has; None: it is no money
    """
    texts, open_ones = iter(texts), {}
    for text in texts:
        signs = _votes(text)
        if len(signs) == 1:
            rest = {_votes(text) for text in islice(texts, 1000)} - {"", ".,"}
            return Guess(signs, rest <= {signs}, text)
        if signs:
            open_ones.setdefault(re.search("[.,]", text)[0], text)
    if not open_ones:
        return Guess(None)
    mark, text = open_ones.popitem()
    if open_ones or places is None or places > 2:
        return Guess(usual, False, text)
    return Guess(_other(mark), mark != usual, text)


def _other(sign):
    return "," if sign == "." else "."


def read_flag(text):
    """Return yes or no."""
    word = plain(text).casefold()
    if word not in _FLAGS:
        raise Problem("flag", value=text)
    return _FLAGS[word]


def read_ref(text):
    """Return a number or code as people mean it: 635 for 635.0."""
    return re.sub(r"^(\d+)[.,]0+$", r"\1", text.strip())
