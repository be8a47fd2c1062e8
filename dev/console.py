"""Progress on the terminal: one line per step, with the time it took."""

import sys
import threading
import time
from contextlib import contextmanager

FRAMES = "|/-\\"


class Step:
    """One line that says what is being done; on a terminal it moves."""

    def __init__(self, title):
        self.title, self.note = title, ""
        self.started = time.monotonic()
        self.moving = sys.stdout.isatty()
        self.finished = threading.Event()

    def detail(self, note):
        self.note = str(note)

    def start(self):
        if self.moving:
            self.thread = threading.Thread(target=self._spin, daemon=True)
            self.thread.start()
        else:
            print(f"{self.title} ... ", end="", flush=True)

    def stop(self, word):
        self.finished.set()
        elapsed = f"{time.monotonic() - self.started:.1f} s"
        if self.moving:
            self.thread.join()
            print(f"\r\033[K{self.title} ... {word} ({elapsed})", flush=True)
        else:
            print(f"{word} ({elapsed})", flush=True)

    def _spin(self):
        turn = 0
        while not self.finished.wait(0.15):
            seconds = int(time.monotonic() - self.started)
            line = f"{FRAMES[turn % 4]} {self.title} ... {seconds} s {self.note}"
            print("\r\033[K" + line[:100], end="", flush=True)
            turn += 1


@contextmanager
def step(title):
    """Show that `title` is under way, and at the end how long it took."""
    current = Step(title)
    current.start()
    try:
        yield current
    except BaseException:
        current.stop("failed")
        raise
    current.stop("done")


def say(text=""):
    print(text, flush=True)


def table(rows, indent="  "):
    """Rows of texts as aligned lines; numbers are texts made by the caller."""
    rows = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (c.ljust(w) for c, w in zip(row, widths, strict=True))
        say((indent + "  ".join(cells)).rstrip())
