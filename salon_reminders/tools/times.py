"""Arithmetic on times, as lists of (start, stop); Odoo's Intervals do the work."""

from odoo.tools.intervals import Intervals

WEEKDAYS = [
    ("1", "Monday"),
    ("2", "Tuesday"),
    ("3", "Wednesday"),
    ("4", "Thursday"),
    ("5", "Friday"),
    ("6", "Saturday"),
    ("7", "Sunday"),
]


def _intervals(times):
    return Intervals((start, stop, frozenset()) for start, stop in times)


def merge_times(times):
    """Return the times in order, touching and overlapping ones made one."""
    return [(start, stop) for start, stop, _ in _intervals(times)]


def subtract_times(times, taken):
    """Return what is left of the times without those taken."""
    left = _intervals(times) - _intervals(taken)
    return [(start, stop) for start, stop, _ in left]


def fit_starts(windows, parts):
    """Return when work may begin so that each of its parts lies in a window.

    :param windows: free times, in order
    :param parts: (from, to) of each part, as timedeltas from the beginning
    :return: (first, last) pairs, both included
    """
    starts = None
    for begin, end in parts:
        fits = [
            (start - begin, stop - end)
            for start, stop in windows
            if stop - start >= end - begin
        ]
        starts = fits if starts is None else common_starts(starts, fits)
    return starts or []


def common_starts(ones, others):
    """Return what two lists of (first, last) pairs have in common, in order."""
    common = (
        (max(one[0], other[0]), min(one[1], other[1]))
        for one in ones
        for other in others
    )
    return sorted((first, last) for first, last in common if first <= last)
