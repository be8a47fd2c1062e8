"""Where the bars of a printed chart stand; the templates draw them as SVG."""

# Room above a column for its figure, and below it for its label.
ABOVE = 12
BELOW = 14


def get_columns(points, width, height):
    """Return the columns of a chart, one per point, from left to right.

    :param points: (label, value, text) of each; a value of None leaves a gap
    :return: dicts with x, y, width, height, middle, label and text
    """
    step = width / max(len(points), 1)
    room = height - ABOVE - BELOW
    columns = []
    for number, (label, value, text) in enumerate(points):
        size = _scale(value, points, room)
        columns.append(
            {
                "x": round(number * step + step * 0.15, 1),
                "y": round(height - BELOW - size, 1),
                "width": round(step * 0.7, 1),
                "height": size,
                "middle": round((number + 0.5) * step, 1),
                "label": label,
                "text": text,
            }
        )
    return columns


def get_bars(points, width):
    """Return the lengths of bars that lie below each other.

    :param points: (label, value, text) of each
    :return: dicts with width, label and text
    """
    return [
        {"width": _scale(value, points, width), "label": label, "text": text}
        for label, value, text in points
    ]


def _scale(value, points, room):
    highest = max((other or 0 for _label, other, _text in points), default=0)
    if not value or highest <= 0:
        return 0
    return round(max(value, 0) / highest * room, 1)
