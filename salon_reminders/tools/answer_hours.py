"""At which hour of the day a client can be reached."""

# An hour beside one at which she answered is half as good.
BESIDE = 0.5
# Fewer answers are chance.
ENOUGH = 2


def nearness(counts, hour):
    """Return how much was counted at an hour and, by half, beside it."""
    return counts[hour] + BESIDE * (counts[hour - 1] + counts[hour + 1])


def best_hour(hours, answered, missed):
    """Return the hour to try, or None when there is none.

    :param list hours: the hours that come into question
    :param Counter answered: how often she answered at each hour
    :param Counter missed: how often she did not
    """

    def rank(hour):
        farthest = min((abs(hour - tried) for tried in missed), default=0)
        score = nearness(answered, hour) - nearness(missed, hour)
        return -score, -farthest, hour

    return min(hours, key=rank, default=None)


def usual_hour(answered):
    """Return the hour at which she mostly answers, or None while that is unknown."""
    if sum(answered.values()) < ENOUGH:
        return None
    return max(answered, key=lambda hour: (nearness(answered, hour), -hour))
