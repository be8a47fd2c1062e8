"""What the readers of cells have to say."""

from typing import NamedTuple


class Problem(ValueError):
    """A cell that can't be read; ``code`` names the sentence about it."""

    def __init__(self, code, **words):
        super().__init__(code)
        self.code = code
        self.words = words


class Guess(NamedTuple):
    """What the cells of a column say about how they are written."""

    value: str | None  # None: nothing speaks for either
    is_sure: bool = True
    sample: str | None = None  # to show what is meant
