"""What a promotion takes off the price of a line; plain arithmetic."""


def get_saving(kind, usual, quantity, percent=0, amount=0):
    """Return what is taken off one line, before rounding; never more than it costs.

    :param float usual: what the line costs without the promotion
    :param float quantity: how many units it has; a gift is one of them
    :param float percent: of the price, for the kind ``percent``
    :param float amount: taken off, for the kinds ``amount`` and ``bundle``
    """
    if usual <= 0 or quantity <= 0:
        return 0
    if kind == "percent":
        return usual * percent / 100
    if kind in ("gift_service", "gift_product"):
        return usual * min(1, 1 / quantity)
    return min(amount, usual)


def share_out(total, weights, rounding):
    """Return ``total`` in parts after these weights; the parts add up to it.

    :param callable rounding: rounds to the currency
    """
    whole, given, seen, parts = sum(weights), 0, 0, []
    for weight in weights:
        seen += weight
        until = rounding(total * seen / whole) if whole else 0
        parts.append(rounding(until - given))
        given = until
    return parts
