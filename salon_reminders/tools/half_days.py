"""How full the mornings and afternoons of stylists are."""

from bisect import bisect_right


class HalfDays:
    """The share of each half-day that is taken, worked out once per stylist.

    :param edges: where half-days begin and end, in order, as naive UTC
    :param dict work: {stylist id: [(start, stop)]} of working time
    :param dict busy: the same of what is taken
    """

    def __init__(self, edges, work, busy):
        self.edges, self.work, self.busy = edges, work, busy
        self.shares = {}

    def get_share(self, stylist_id, moment):
        """Return how full the half-day of a moment is: 0 is empty, 1 is full.

        A half-day without working time is full.
        """
        if stylist_id not in self.shares:
            work, busy = (
                self._sum(self.work[stylist_id]),
                self._sum(self.busy[stylist_id]),
            )
            self.shares[stylist_id] = [
                min(taken / whole, 1) if whole else 1
                for whole, taken in zip(work, busy, strict=True)
            ]
        return self.shares[stylist_id][bisect_right(self.edges, moment) - 1]

    def _sum(self, times):
        """Return the seconds that lie in every half-day."""
        edges, totals = self.edges, [0] * (len(self.edges) - 1)
        for start, stop in times:
            number = max(bisect_right(edges, start) - 1, 0)
            while number < len(totals) and edges[number] < stop:
                begin, end = max(start, edges[number]), min(stop, edges[number + 1])
                totals[number] += (end - begin).total_seconds()
                number += 1
        return totals
