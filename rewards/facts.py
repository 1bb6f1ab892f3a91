"""JSON <-> ``Facts``: types, ranges and field names, all problems at once.

Conventions
-----------
Absent and ``null`` mean the same. Times are seconds, tempi beats per minute.
What a text *means* (is "Q major" a key?) is the business of the reward that
reads it; here it only has to be a text, one that UTF-8 can hold.

==============================================  ==============================
fields                                          JSON
==============================================  ==============================
key, mode, tempo_term, meter, chord, roman,     string
cadence, interval, note, form, lyrics
chord_metric                                    one of ``CHORD_METRICS``
key_signature                                   -7 .. 7, or "3 flats"
tempo                                           number, above 0
progression, instruments, genre, mood           list of strings, or one string
chords, segments                                list of [start, end, label]
modulations (or: modulation)                    list of [time, key]
beats, downbeats, onsets                        list of ascending times
notes                                           list of [start, end, pitch]
melody                                          list of [ascending time, Hz]
counterpoint                                    ABC, or list of [onset, pitch,
                                                part]
metadata                                        object of strings
spelling                                        true or false
==============================================  ==============================
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from itertools import pairwise
from typing import Any

from rewards.errors import nearest
from rewards.fields import Wrong, held, number, show, text, texts
from rewards.patterns import Pattern
from rewards.records import Facts

_LEVELS = ("root", "thirds", "majmin", "triads", "sevenths", "tetrads", "mirex")
CHORD_METRICS = (*_LEVELS, *(f"{level}_inv" for level in _LEVELS))
FACT_NAMES = tuple(field.name for field in fields(Facts))
FACETS = (*(n for n in FACT_NAMES if n not in ("chord_metric", "spelling")), "function")
"""What ``Question.facet`` may name; the truth of ``function`` stands in the answer."""
ALIASES = {"modulation": "modulations"}
"""The reward ``modulation`` reads ``modulations``; either name is taken for fact and facet."""

_TEXTS = (
    "key", "mode", "tempo_term", "meter", "chord", "roman", "cadence", "interval", "note", "form",
    "lyrics",
)  # fmt: skip
_SIGNATURE = Pattern(r"(no|none|[0-7])\s*(sharps?|flats?|#|b)?( or (?:flats|sharps))?")


def _tempo(value: Any) -> float:
    bpm = number(value)
    if not 0.0 < bpm <= 1000.0:
        raise Wrong("beats per minute above 0 and at most 1000")
    return bpm


def _metric(value: Any) -> str:
    if value not in CHORD_METRICS:
        hint = nearest(value, list(CHORD_METRICS))
        raise Wrong(f"one of {', '.join(CHORD_METRICS)}{hint}")
    return value


def _signature(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and -7 <= value <= 7:
        return value
    found = _SIGNATURE.fullmatch(value.strip().lower()) if isinstance(value, str) else None
    if found:
        count = 0 if found[1] in ("no", "none") else int(found[1])
        sign = found[2] or ""
        if count == 0 or (sign and not found[3]):
            return -count if sign.startswith(("flat", "b")) else count
    raise Wrong("a number from -7 (flats) to 7 (sharps), or a text such as '3 flats'")


def _times(value: Any) -> tuple[float, ...]:
    if not isinstance(value, (list, tuple)):
        raise Wrong("a list of times in seconds")
    times = tuple(number(item) for item in value)
    if any(time < 0 for time in times) or any(b < a for a, b in pairwise(times)):
        raise Wrong("ascending times of at least 0 s")
    return times


def _spans(value: Any) -> tuple[tuple[float, float, str], ...]:
    shape = "a list of [start s, end s, label] with 0 <= start < end"
    if not isinstance(value, (list, tuple)):
        raise Wrong(shape)
    spans = []
    for item in value:
        if not isinstance(item, (list, tuple)) or len(item) != 3:
            raise Wrong(shape)
        start, end, label = number(item[0]), number(item[1]), text(item[2])
        if not 0.0 <= start < end:
            raise Wrong(shape)
        spans.append((start, end, label))
    return tuple(spans)


def _modulations(value: Any) -> tuple[tuple[float, str], ...]:
    shape = "a list of [time s, key]"
    if not isinstance(value, (list, tuple)):
        raise Wrong(shape)
    for item in value:
        if not isinstance(item, (list, tuple)) or len(item) != 2 or number(item[0]) < 0:
            raise Wrong(shape)
    return tuple((number(item[0]), text(item[1])) for item in value)


def _notes(value: Any) -> tuple[tuple[float, float, str], ...]:
    shape = "a list of [start s, end s, pitch] with 0 <= start < end, pitch a name or MIDI number"
    if not isinstance(value, (list, tuple)):
        raise Wrong(shape)
    named = []
    for item in value:
        if not isinstance(item, (list, tuple)) or len(item) != 3:
            raise Wrong(shape)
        named.append((item[0], item[1], _pitch(item[2], shape)))
    return _spans(named)


def _pitch(value: Any, shape: str) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 127:
        return str(value)
    if isinstance(value, str) and value.strip():
        return text(value)
    raise Wrong(shape)


def _melody(value: Any) -> tuple[tuple[float, float], ...]:
    shape = "a list of [time s, frequency Hz] in ascending time, 0 Hz for silence"
    if not isinstance(value, (list, tuple)):
        raise Wrong(shape)
    points = []
    for item in value:
        if not isinstance(item, (list, tuple)) or len(item) != 2:
            raise Wrong(shape)
        points.append((number(item[0]), number(item[1])))
    times = [time for time, _ in points]
    if any(time < 0 for time in times) or any(b <= a for a, b in pairwise(times)):
        raise Wrong(shape)
    if any(not 0.0 <= hertz <= 24_000.0 for _, hertz in points):
        raise Wrong(shape)
    return tuple(points)


def _counterpoint(value: Any) -> str | tuple[tuple[float, str, str], ...]:
    shape = "ABC notation, or a list of [onset in quarters, pitch, part]"
    if isinstance(value, str):
        return text(value)
    if not isinstance(value, (list, tuple)) or not value:
        raise Wrong(shape)
    rows = []
    for item in value:
        if not isinstance(item, (list, tuple)) or len(item) != 3 or isinstance(item[2], bool):
            raise Wrong(shape)
        onset = number(item[0])
        if onset < 0 or not isinstance(item[2], (str, int)):
            raise Wrong(shape)
        rows.append((onset, _pitch(item[1], shape), held(str(item[2]))))
    return tuple(rows)


def _metadata(value: Any) -> dict[str, str]:
    if not isinstance(value, Mapping) or not all(isinstance(v, str) for v in value.values()):
        raise Wrong("an object of strings")
    return {held(name): held(written) for name, written in value.items()}


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Wrong("true or false")
    return value


_READERS: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(_TEXTS, text),
    **dict.fromkeys(("progression", "instruments", "genre", "mood"), texts),
    **dict.fromkeys(("chords", "segments"), _spans),
    **dict.fromkeys(("beats", "downbeats", "onsets"), _times),
    "notes": _notes,
    "melody": _melody,
    "counterpoint": _counterpoint,
    "chord_metric": _metric,
    "key_signature": _signature,
    "tempo": _tempo,
    "modulations": _modulations,
    "metadata": _metadata,
    "spelling": _flag,
}


def facts_from_json(value: Any, problems: list[str]) -> Facts:
    """Read an object; what is wrong goes to ``problems``, one sentence a field."""
    if not isinstance(value, Mapping):
        problems.append(f"facts: got {show(value)}, expected an object")
        return Facts()
    read: dict[str, Any] = {}
    names: dict[str, str] = {}  # of a field -> as it was written
    for written, item in value.items():
        name = ALIASES.get(written, written)
        if name not in _READERS:
            hint = nearest(name, list(FACT_NAMES)) or f"; expected one of {', '.join(FACT_NAMES)}"
            problems.append(f"facts: unknown field {name!r}{hint}")
        elif item is not None and names.setdefault(name, written) != written:
            problems.append(
                f"facts.{name}: given twice, as '{names[name]}' and '{written}', expected one of "
                "them"
            )
        elif item is not None:
            try:
                read[name] = _READERS[name](item)
            except Wrong as expected:
                problems.append(f"facts.{name}: got {show(item)}, expected {expected}")
    return Facts(**read)


def facts_to_json(facts: Facts) -> dict[str, Any]:
    """The present fields; tuples become lists."""
    return {
        name: _plain_json(getattr(facts, name))
        for name in FACT_NAMES
        if getattr(facts, name) is not None
    }


def _plain_json(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain_json(item) for item in value]
    return dict(value) if isinstance(value, Mapping) else value
