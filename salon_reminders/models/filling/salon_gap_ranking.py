from collections import defaultdict
from datetime import timedelta
from heapq import heappush, heappushpop, merge
from operator import itemgetter

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
        rated = [
            (client.get_points(), number, tuple(client.services), client)
            for number, client in enumerate(clients)
        ]
        by_stylist, texts = defaultdict(list), {}
        for window in windows:
            by_stylist[window["stylist_id"]].append(window)
        for stylist in stylists.filtered(lambda one: one.id in by_stylist):
            able = self._get_able(rated, lengths[stylist], stylist)
            for window in by_stylist[stylist.id]:
                window["clients"] = self._rank(window, able, stylist, texts)

    def _get_able(self, rated, lengths, stylist):
        """Return {usual weekday: rows} of those whose services the stylist does.

        A row is (points less than zero, number, minutes, client), the best first; the
        points are those that no window changes.

        :param rated: (points with any stylist, number, services, client)
        """
        zones, own = set(stylist.salon_zone_ids.ids), stylist.id
        able = defaultdict(list)
        for points, number, services, client in rated:
            minutes = lengths.get(services)
            if minutes:
                if client.own == own:
                    points += POINTS["own"]
                if zones and not zones <= client.zones:
                    points += ZONE_POINTS
                able[client.weekday].append((-points, number, minutes, client))
        for rows in able.values():
            rows.sort(key=itemgetter(0, 1))
        return able

    @api.model
    def _merge(self, able, weekday):
        """Yield (points, number, minutes, client) for this weekday, the best first."""

        def lift(rows, bonus):
            return ((points - bonus, *rest) for points, *rest in rows)

        streams = [
            lift(rows, POINTS["weekday"] * (usual == weekday))
            for usual, rows in able.items()
        ]
        for points, *rest in merge(*streams, key=itemgetter(0, 1)):
            yield -points, *rest

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

    def _rank(self, window, able, stylist, texts):
        """Return the best clients of a window.

        Clients come in the order of all but their usual hour; as soon as nobody behind
        can catch up by it, the rest need not be looked at.
        """
        start = fields.Datetime.to_datetime(window["start"])
        local = self.env.company._salon_local(start)
        found = []
        for points, number, minutes, client in self._merge(able, local.weekday()):
            if len(found) == SHOWN and points + POINTS["hour"] < found[0][0]:
                break
            if minutes > window["minutes"]:
                continue
            if client.earliest and client.earliest > local.date():
                continue
            shift = self._get_shift(client, local, window["minutes"] - minutes)
            extra = self._get_hour_points(client, local, shift)
            row = (points + extra, -number, minutes, shift, client)
            (heappush if len(found) < SHOWN else heappushpop)(found, row)
        zones = set(stylist.salon_zone_ids.ids)
        return [
            self._describe(window, (start, local), minutes, shift, client, zones, texts)
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
    def _get_hour_points(self, client, local, shift):
        if client.hour is None:
            return 0.0
        hour = local.hour + (local.minute + shift) / 60
        return max(POINTS["hour"] - 0.4 * abs(hour - client.hour), 0)

    def _describe(self, window, opens, minutes, shift, client, zones, texts):
        """Return a client as the screen shows her.

        :param opens: when the window begins, as UTC and by the salon's clock
        :param dict texts: what was put into words before; much is said again and again
        """
        start, local = opens
        start += timedelta(minutes=shift)
        company = self.env.company
        hour = local.hour + (local.minute + shift) / 60
        facts = (
            client.over,
            client.own == window["stylist_id"],
            client.weekday == local.weekday(),
            client.hour is not None and abs(hour - client.hour) <= 1,
            min(zones - client.zones, default=False),
        )
        value = round(client.value)

        def say(kind, key, make):
            if (kind, key) not in texts:
                texts[kind, key] = make()
            return texts[kind, key]

        return {
            "partner_id": client.partner_id,
            "name": client.name,
            "call_id": client.call_id,
            "services": say(
                "services",
                tuple(client.services),
                lambda: ", ".join(self._get_names(client.services)),
            ),
            "minutes": minutes,
            "start": start.isoformat(sep=" "),
            "time": say("time", start, lambda: company._salon_format_time(start)),
            "value": say("value", value, lambda: company.currency_id.format(value)),
            "reason": say(
                "reason", facts, lambda: ", ".join(self._get_reasons(*facts))
            ),
        }

    def _get_names(self, product_ids):
        return self.env["product.product"].browse(product_ids).mapped("name")

    def _get_due_text(self, over):
        if over > 0:
            return self.env._("%(days)s days over", days=over)
        if over < -1:
            return self.env._("due in %(days)s days", days=-over)
        return self.env._("due tomorrow") if over else self.env._("due today")

    def _get_reasons(self, over, is_own, is_weekday, is_hour, zone_id):
        """Return in words what speaks for her."""
        reasons = [self._get_due_text(over)]
        if is_own:
            reasons.append(self.env._("her stylist"))
        if is_weekday:
            reasons.append(self.env._("her usual weekday"))
        if is_hour:
            reasons.append(self.env._("her usual hour"))
        if zone_id:
            zone = self.env["salon.zone"].browse(zone_id)
            reasons.append(
                self.env._("never had %(zone)s: a gift could open it", zone=zone.name)
            )
        return reasons
