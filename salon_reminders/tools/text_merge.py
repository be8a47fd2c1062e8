"""Brings together what two people made of the same text at the same time."""

from difflib import SequenceMatcher


def merge_lines(base, mine, theirs):
    """Return ``theirs`` with everything done that made ``mine`` of ``base``.

    No line that either of them wrote is lost: where both changed the same one, both
    stay. Lines are deleted only where the other left them as they were.

    :param str base: the text both started from
    """
    if mine == theirs:
        return theirs
    before, after, other = (text.splitlines() for text in (base, mine, theirs))
    kept = _find_kept(before, other)
    written = {line for nr, line in enumerate(other) if nr not in kept.values()}
    dropped, added = set(), {}
    for kind, start, stop, first, last in _get_changes(before, after):
        if kind == "equal":
            continue
        dropped.update(kept[nr] for nr in range(start, stop) if nr in kept)
        place = min((kept[nr] for nr in kept if nr >= stop), default=len(other))
        # Sent a second time, after a lost connection, it is there already.
        lines = [line for line in after[first:last] if line not in written]
        added.setdefault(place, []).extend(lines)
    result = []
    for nr, line in enumerate([*other, None]):
        result += added.get(nr, [])
        if line is not None and nr not in dropped:
            result.append(line)
    return "\n".join(result)


def _get_changes(before, after):
    return SequenceMatcher(None, before, after, autojunk=False).get_opcodes()


def _find_kept(before, after):
    """Return {number of a line before: its number after} of those that stayed."""
    return {
        start + nr: first + nr
        for kind, start, stop, first, _last in _get_changes(before, after)
        if kind == "equal"
        for nr in range(stop - start)
    }
