"""Answers that are counted: intervals in semitones, meters in beats and notes of a bar.

Conventions
-----------
Bars of one length hold the same notes: six eighth notes fill one of 6/8 and one of 3/4, so to
"which meter has six eighth notes in a bar" both are right. What counts as a beat is told in
``rewards/claims/verify/definitions.py``.
"""

from __future__ import annotations

from collections.abc import Callable

from rewards.checking.said import Named, count_of, named_note, one
from rewards.claims.verify.theory import holds
from rewards.spelling.intervals import parse_interval
from rewards.spelling.meters import Meter, find_meters


def _interval(named: Named, answer: str) -> str | None:
    low, high = named_note(named["low"]), named_note(named["high"])
    interval = one("interval", answer)
    if low is None or high is None or interval is None:
        return None
    up = (high.pitch_class - low.pitch_class) % 12
    way = named["way"].strip().lower()
    right = {"to": {up}, "up to": {up}, "down to": {-up % 12}}.get(way, {up, -up % 12})
    if interval.semitones % 12 in right:
        return None
    return (
        f"theory denies that the interval of {low.name} {way} {high.name} is {interval.name}: it "
        f"has {' or '.join(map(str, sorted(right)))} semitones"
    )


def _above(named: Named, answer: str) -> str | None:
    low, said = named_note(named["low"]), one("note", answer)
    interval = parse_interval(named["interval"])
    if low is None or interval is None or said is None:
        return None
    falls = named["way"].lower() in ("below", "down from")
    step = -interval.semitones if falls else interval.semitones
    if (low.pitch_class + step - said.pitch_class) % 12 == 0:
        return None
    return f"theory denies that {said.name} is a {named['interval']} {named['way']} {low.name}"


def _size(named: Named, answer: str) -> str | None:
    interval, count = parse_interval(named["interval"]), count_of(answer)
    if interval is None or count is None or count == interval.semitones:
        return None
    return f"theory denies that a {named['interval']} has {count} semitones"


def _sound(named: Named, answer: str) -> str | None:
    note, said = named_note(named["note"]), one("note", answer)
    if note is None or said is None or note.pitch_class == said.pitch_class:
        return None
    return f"theory denies that {note.name} sounds like {said.name}"


def _meter(named: Named, answer: str) -> str | None:
    filled = [mention.value for mention in find_meters(named["bar"])]
    said = one("meter", answer)
    if len(filled) != 1 or said is None or said.unit is None:
        return None
    bar: Meter = filled[0]
    right = said.beats in (bar.beats, 3 * bar.beats)
    if bar.unit is not None:
        right = holds(f"bar of {said.name} is {bar.name}")
    return None if right else f"theory denies that {said.name} has {named['bar'].lower()}"


def _bar(named: Named, answer: str) -> str | None:
    meter, count, what = named["meter"], count_of(answer), named["what"].lower()
    unit = next((unit for name, unit in _UNITS.items() if name in what), None)
    said = f"beats of {meter} is {count}" if unit is None else f"bar of {meter} is {count}/{unit}"
    if count is None or holds(said) is not False:
        return None
    return f"theory denies that a bar of {meter} has {count} {what}"


_UNITS = {"half": 2, "quarter": 4, "eighth": 8, "sixteenth": 16}
JUDGES: dict[str, Callable[[Named, str], str | None]] = {
    "interval": _interval,
    "note": _above,
    "size": _size,
    "sound": _sound,
    "meter": _meter,
    "bar": _bar,
}
