"""Whether two names can be those of one person."""

from .sold_words import normalise


def is_same_name(one, other):
    """Tell whether names differ in order, initials and missing parts only.

    >>> is_same_name("Kis A.", "Anna Kis"), is_same_name("Dory Quill", "Maya Quill")
    (True, False)
    """
    ones, others = normalise(one).split(), normalise(other).split()
    if len(ones) > len(others):
        ones, others = others, ones
    left = list(others)
    # Whole words first: an initial takes what they leave.
    for word in sorted(ones, key=len, reverse=True):
        found = next((name for name in left if _fits(word, name)), None)
        if found is None:
            return False
        left.remove(found)
    return True


def _fits(word, name):
    short, long = sorted((word, name), key=len)
    return word == name or (len(short) == 1 and long.startswith(short))


def group_names(names):
    """Return {name: name that stands for the person} of names with one number."""
    people = {}
    # The fullest name stands for a person.
    for name in sorted(names, key=lambda name: (-len(name), name)):
        same = (full for full in people.values() if is_same_name(name, full))
        people[name] = next(same, name)
    return people
