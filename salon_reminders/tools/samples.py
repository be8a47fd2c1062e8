from math import sqrt
from statistics import NormalDist
from typing import NamedTuple

CONFIDENCE = 0.95
# Below so many in either group the normal distribution says too little.
ENOUGH = 30


class Sample(NamedTuple):
    """What is known of a group: how many, their mean, and the sample variance."""

    count: int
    mean: float
    variance: float


def get_difference(first, second):
    """Return (difference, lowest, highest) of two means, with 95 % confidence.

    Welch's standard error, which lets the groups differ in size and spread; B. L.
    Welch, "The generalization of 'Student's' problem when several different
    population variances are involved", Biometrika 34 (1947), 28-35. With at least
    ``ENOUGH`` in each group the normal distribution stands for Student's.

    :raise ValueError: when a group is too small to say anything
    """
    if min(first.count, second.count) < ENOUGH:
        raise ValueError(f"at least {ENOUGH} in each group are needed")
    difference = first.mean - second.mean
    error = sqrt(first.variance / first.count + second.variance / second.count)
    reach = NormalDist().inv_cdf((1 + CONFIDENCE) / 2) * error
    return difference, difference - reach, difference + reach
