from datetime import timedelta
from heapq import heappush, heappushpop

from odoo import api, fields, models

from .salon_gap_client import POINTS
from .salon_gap_finder import SHORTEST

SHOWN = 8
ZONE_POINTS = 0.5


class SalonGapRanking(models.AbstractModel):
    """Who fits into which gap, and who fits best.

    Speaking for a client: how much she is overdue, what she spends, her own stylist,
    her usual weekday and hour, and a zone that a gift could open for her.
    """

    _name = "salon.gap.ranking"
    _description = "Ranking of Clients for Gaps"

    def _fill(self, windows, clients, stylists):
        """Put into every window the clients who fit best."""
        lengths = self._get_lengths(clients, stylists)
        for stylist in stylists:
            able = []
            for number, client in enumerate(clients):
                minutes = lengths[stylist].get(tuple(client.services))
                if minutes:
                    points = client.get_points()
                    points += POINTS["own"] * (client.own == stylist.id)
                    able.append((points, number, minutes, client))
            able.sort(key=lambda row: (-row[0], row[1]))
            for window in windows:
                if window["stylist_id"] == stylist.id:
                    window["clients"] = self._rank(window, able, stylist)

    def _get_lengths(self, clients, stylists):
        """Return {stylist: {services: minutes}} of what each stylist can do."""
        wanted = {tuple(client.services) for client in clients}
        products = self.env["product.product"].browse(
            {product_id for services in wanted for product_id in services}
        )
        products.fetch(["product_tmpl_id"])
        durations = self.env["salon.stylist.duration"]._get_all(stylists)
        able = {
            (stylist, product.id): durations.get(
                (stylist.id, product.product_tmpl_id.id), product.salon_duration
            )
            for stylist in stylists
            for product in products
            if stylist._can_do(product)
        }
        return {
            stylist: {
                services: sum(able[stylist, product_id] for product_id in services)
                for services in wanted
                if all((stylist, product_id) in able for product_id in services)
            }
            for stylist in stylists
        }

    def _rank(self, window, able, stylist):
        """Return the best clients of a window.

        Clients come in the order of what does not depend on the window; as soon as
        nobody behind can catch up, the rest need not be looked at.
        """
        start = fields.Datetime.to_datetime(window["start"])
        local = self.env.company._salon_local(start)
        zones = set(stylist.salon_zone_ids.ids)
        most = POINTS["weekday"] + POINTS["hour"] + ZONE_POINTS
        found = []
        for points, number, minutes, client in able:
            if len(found) == SHOWN and points + most < found[0][0]:
                break
            if minutes > window["minutes"]:
                continue
            if client.earliest and client.earliest > local.date():
                continue
            shift = self._get_shift(client, local, window["minutes"] - minutes)
            extra = self._get_extra(client, local, shift, zones)
            row = (points + extra, -number, minutes, shift, client)
            (heappush if len(found) < SHOWN else heappushpop)(found, row)
        return [
            self._describe(window, local, minutes, shift, client, zones)
            for _points, _number, minutes, shift, client in sorted(
                found, key=lambda row: row[:2], reverse=True
            )
        ]

    @api.model
    def _get_shift(self, client, local, rest):
        """Return how many minutes into the window her usual hour is, if it lies in it.

        By quarters of an hour, and never leaving a rest that is too short to sell.
        """
        if client.hour is None:
            return 0
        begin = local.hour * 60 + local.minute
        shift = round((client.hour * 60 - begin) / 15) * 15
        shift = min(max(shift, 0), rest)
        return 0 if shift < SHORTEST.seconds // 60 else shift

    @api.model
    def _get_extra(self, client, local, shift, zones):
        points = 0.0
        if client.weekday == local.weekday():
            points += POINTS["weekday"]
        if client.hour is not None:
            hour = local.hour + (local.minute + shift) / 60
            points += max(POINTS["hour"] - 0.4 * abs(hour - client.hour), 0)
        if zones - client.zones:
            points += ZONE_POINTS
        return points

    def _describe(self, window, local, minutes, shift, client, zones):
        start = fields.Datetime.to_datetime(window["start"]) + timedelta(minutes=shift)
        names = self.env["product.product"].browse(client.services).mapped("name")
        return {
            "partner_id": client.partner_id,
            "name": client.name,
            "call_id": client.call_id,
            "services": ", ".join(names),
            "minutes": minutes,
            "start": start.isoformat(sep=" "),
            "time": self.env.company._salon_format_time(start),
            "value": self.env.company.currency_id.format(round(client.value)),
            "reason": ", ".join(self._get_reasons(window, local, shift, client, zones)),
        }

    def _get_due_text(self, over):
        if over > 0:
            return self.env._("%(days)s days over", days=over)
        if over < -1:
            return self.env._("due in %(days)s days", days=-over)
        return self.env._("due tomorrow") if over else self.env._("due today")

    def _get_reasons(self, window, local, shift, client, zones):
        """Return in words what speaks for her."""
        reasons = [self._get_due_text(client.over)]
        if client.own == window["stylist_id"]:
            reasons.append(self.env._("her stylist"))
        if client.weekday == local.weekday():
            reasons.append(self.env._("her usual weekday"))
        hour = local.hour + (local.minute + shift) / 60
        if client.hour is not None and abs(hour - client.hour) <= 1:
            reasons.append(self.env._("her usual hour"))
        ignored = self.env["salon.zone"].browse(sorted(zones - client.zones))
        if ignored:
            reasons.append(
                self.env._(
                    "never had %(zone)s: a gift could open it", zone=ignored[0].name
                )
            )
        return reasons
