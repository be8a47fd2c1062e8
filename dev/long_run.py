"""./salon test --long: the same tests, with the amounts that take their time.

A test that can be done a few times or very often asks `amount` how often, and the
summary says what was asked for. A test that is worth its time only then carries
`@pytest.mark.long`.
"""

import os

OPTION = "--long"
# In the environment, so that it holds for processes that a test starts as well.
VARIABLE = "SALON_LONG"
asked = {}
shown = []


def is_long():
    return bool(os.environ.get(VARIABLE))


def amount(of_what, short, long):
    """How many of something to do: `amount("days of demonstrations", 12, 365)`."""
    asked[of_what] = long if is_long() else short
    return asked[of_what]


def tell(of_what, number):
    """Have the summary say how many of something were done in the end."""
    asked[of_what] = number


def show(text):
    """Have the summary show a text, such as a table of figures."""
    shown.append(text)


def in_words():
    """'365 days of demonstrations, 40 kills', or nothing."""
    return ", ".join(f"{number:,} {what}" for what, number in sorted(asked.items()))
