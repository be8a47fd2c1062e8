from odoo import api, models
from odoo.fields import Domain
from odoo.tools import format_date

from ...tools.arguments import checked, optional, record_id, whole_number
from .salon_client_standing import OFTEN

PAGE = 40


class SalonZoneBoard(models.AbstractModel):
    """The board of white spots: which zones the good clients have never been to."""

    _name = "salon.zone.board"
    _description = "Board of Zones"

    @api.model
    @checked(zone_id=optional(record_id), offset=whole_number)
    def get_board(self, zone_id=False, offset=0):
        """Return all zones with their counts and a page of clients, best first.

        :param int zone_id: only clients for whom this zone is a white spot
        """
        spots = self.env["salon.client.zone"]
        spots.check_access("read")
        zones = self._get_zone_counts()
        chosen = next((zone for zone in zones if zone["id"] == zone_id), None)
        total = chosen["white"] if chosen else self._count_clients()
        clients = self._get_clients(zone_id, offset)
        return {
            "zones": zones,
            "clients": self._prepare_clients(clients, zone_id),
            "total": total,
            "page": PAGE,
            "day": self._get_day(),
            "zone_id": chosen["id"] if chosen else False,
        }

    def _get_day(self):
        day = self.env.company.salon_standing_date
        return format_date(self.env, day) if day else False

    @api.model
    def _get_zone_counts(self):
        """Return each zone with how many use it, and how many never did."""
        groups = self.env["salon.client.zone"]._read_group(
            [("company_id", "=", self.env.company.id)],
            ["zone_id", "state"],
            ["__count"],
        )
        counts = {}
        for zone, state, count in groups:
            counts.setdefault(zone, {})[state] = count
        return [
            {
                "id": zone.id,
                "name": zone.name,
                "color": zone.color,
                "used": found.get("used", 0),
                "former": found.get("former", 0),
                "white": found.get("white", 0),
                "share": round(100 * found.get("used", 0) / sum(found.values())),
            }
            for zone, found in sorted(
                counts.items(), key=lambda item: (item[0].sequence, item[0].name)
            )
        ]

    @api.model
    def _often_domain(self):
        return Domain(
            [
                ("company_id", "=", self.env.company.id),
                ("frequency", ">=", OFTEN),
                ("segment", "not in", ("lost", "one_visit")),
            ]
        )

    @api.model
    def _count_clients(self):
        return self.env["salon.client.standing"].search_count(self._often_domain())

    @api.model
    def _get_clients(self, zone_id, offset):
        """Return a page of clients who come often, those who spend most first."""
        domain = self._often_domain()
        if zone_id:
            white = Domain("zone_id", "=", zone_id) & Domain("state", "=", "white")
            domain &= Domain("zone_ids", "any", white)
        return self.env["salon.client.standing"].search(
            domain, offset=offset, limit=PAGE, order="amount_year desc, id"
        )

    def _prepare_clients(self, standings, zone_id):
        company = self.env.company
        offers = self.env["salon.client.card"]._get_offers(standings.partner_id)
        segments = dict(
            self.env["salon.client.standing"]
            ._fields["segment"]
            ._description_selection(self.env)
        )
        spots = standings.zone_ids.grouped("standing_id")
        return [
            {
                "id": standing.partner_id.id,
                "name": standing.partner_id.display_name,
                "segment": standing.segment,
                "segment_name": segments[standing.segment],
                "visits": standing.year_count,
                "spent": company.currency_id.format(standing.amount_year),
                "last": format_date(self.env, standing.last_date),
                "stylist": standing.stylist_id.name or "",
                "zones": {
                    spot.zone_id.id: {"state": spot.state, "count": spot.visit_count}
                    for spot in spots.get(standing, ())
                },
                "offer": self._choose_offer(offers[standing.partner_id.id], zone_id),
            }
            for standing in standings
        ]

    def _choose_offer(self, offers, zone_id):
        """Return what to offer first, in the zone that is looked at if there is one."""
        fitting = [o for o in offers if not zone_id or o["zone_id"] == zone_id]
        return fitting[0] if fitting else False
