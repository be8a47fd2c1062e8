def get_survival(ends, last):
    """Return the share still waiting after each step, from 0 to the last one.

    The product-limit estimator of Kaplan and Meier (1958): who is still waiting today
    counts as long as she has waited and says nothing about later.

    :param dict ends: {step: (came back, all)} of the waits that end there, whether by
        coming back or because history ends
    :param int last: the last step
    """
    waiting = sum(count for _back, count in ends.values())
    curve, share = [], 1.0
    for step in range(last + 1):
        back, count = ends.get(step, (0, 0))
        share *= 1 - back / waiting if waiting else 1
        waiting -= count
        curve.append(share)
    return curve
