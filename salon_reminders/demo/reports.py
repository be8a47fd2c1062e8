from datetime import timedelta
from itertools import pairwise

from .teller import Teller

# Source, how many in a hundred clients, cost of a month
SOURCES = {
    "Instagram": (28, 180),
    "Google Maps": (22, 0),
    "Recommendation": (24, 0),
    "Walked past": (14, 0),
    "Flyer": (7, 90),
}
UNKNOWN = 5
COST_MONTHS = 12
# Of a hundred visits of the last half year so many are rated, and how.
RATED = 30
RATED_DAYS = 180
STARS = {"5": 55, "4": 28, "3": 10, "2": 5, "1": 2}
WORDS = {
    "5": "Exactly the colour wanted.",
    "4": "Nice, but had to wait a little.",
    "3": "The fringe came out too short.",
    "2": "Waited half an hour.",
    "1": "The colour washed out in a week.",
}


class Reports(Teller):
    """Makes up what only reports ask for: sources, their costs, when was booked."""

    def tell(self):
        sources = {name: self._get_source(name) for name in SOURCES}
        self._tell_sources(sources)
        self._enter_costs(sources)
        self._book_in_advance()
        self._rate_visits()

    def _get_source(self, name):
        found = self.env["utm.source"].search([("name", "=", name)], limit=1)
        return found or self.env["utm.source"].create({"name": name})

    def _tell_sources(self, sources):
        """Give most clients a source; recommended ones also say by whom."""
        clients = self._search("salon.visit", order="date, id").partner_id
        names = [*SOURCES, None]
        weights = [*(share for share, _cost in SOURCES.values()), UNKNOWN]
        for number, client in enumerate(clients):
            name = self.rng.choices(names, weights=weights)[0]
            if not name:
                continue
            vals = {"salon_source_id": sources[name].id}
            if name == "Recommendation" and number > 10:
                # A few recommend often.
                friend = clients[
                    self.rng.randrange(10 if self.rng.random() < 0.5 else number)
                ]
                vals["salon_recommended_by_id"] = friend.id
            client.write(vals)

    def _enter_costs(self, sources):
        self.env["salon.source.cost"].create(
            [
                {
                    "source_id": sources[name].id,
                    "date": self.today - timedelta(days=30 * month),
                    "amount": cost,
                }
                for name, (_share, cost) in SOURCES.items()
                for month in range(COST_MONTHS)
                if cost
            ]
        )

    def _book_in_advance(self):
        """Date back when visits were entered: at the last visit, or days before."""
        visits = self._search(
            "salon.visit", ("partner_id", "!=", False), order="start, id"
        )
        last, rows = {}, []
        for visit in visits:
            before = last.get(visit.partner_id.id)
            entered = visit.start - timedelta(days=self.rng.randint(0, 6), hours=2)
            if before and before < visit.start and self.rng.random() < 0.45:
                entered = before
            rows.append((visit.id, min(entered, self.env.cr.now())))
            last[visit.partner_id.id] = visit.start
        # The date of creation is the system's; here it is part of the story.
        self.env.cr.execute_values(
            "UPDATE salon_visit v SET create_date = x.entered::timestamp"
            " FROM (VALUES %s) AS x (id, entered) WHERE v.id = x.id",
            rows,
        )
        visits.invalidate_recordset(["create_date"])

    def _rate_visits(self):
        """Note what clients said about visits of the last half year."""
        since = self.today - timedelta(days=RATED_DAYS)
        visits = self._search_made(("date", ">=", since))
        rated = visits.filtered(lambda _visit: self.rng.random() < RATED / 100)
        stars = {
            visit: self.rng.choices(list(STARS), weights=STARS.values())[0]
            for visit in rated
        }
        for number, words in WORDS.items():
            own = rated.filtered(lambda visit, number=number: stars[visit] == number)
            own.rating = number
            own[:3].rating_comment = words

    # ------------------------------------------------------------
    # MOVES
    # ------------------------------------------------------------

    def tell_moves(self):
        """Note who became lost in the past, and who came back.

        The job that notes it every night has only begun to.
        """
        moves = []
        for standing in self._search("salon.client.standing"):
            limit = self._get_lost_days(standing)
            days = self._get_days(standing.partner_id)
            if standing.segment == "lost":
                moves.append((standing, days[-1] + limit, "at_risk", "lost"))
            moves += [
                (standing, later, "lost", "regular")
                for day, later in pairwise(days)
                if later - day > limit
            ]
        self.env["salon.segment.move"].create(
            [
                {
                    "partner_id": standing.partner_id.id,
                    "company_id": standing.company_id.id,
                    "date": day + timedelta(days=1),
                    "from_segment": before,
                    "to_segment": after,
                }
                for standing, day, before, after in moves
            ]
        )

    def _get_lost_days(self, standing):
        days = max(
            self.company.salon_lost_rhythms * standing.rhythm_days,
            self.company.salon_lost_days,
        )
        return timedelta(days=int(days))

    def _get_days(self, partner):
        visits = partner.salon_visit_ids.filtered(
            lambda visit: (
                visit.company_id == self.company
                and visit.state == "done"
                and not visit.is_purchase
            )
        )
        return sorted(set(visits.mapped("date")))
