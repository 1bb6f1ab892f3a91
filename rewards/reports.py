"""What an answer that reports many things of a piece says of the one that is asked.

Conventions
-----------
A report gives fields of two facets or more, one a line, a row of a table with two columns,
or a field of a JSON object. Where one of them is the asked facet's, the fields of the others
are no part of the answer. Whatever has no known label or leaves something open ("or", "maybe")
stays, so that nothing is hidden.

==================================================  =============================
report, asked for                                   read as
==================================================  =============================
Key: D minor; Tempo: 92 BPM (lines), ``key``        D minor
| Meter | 4/4 | (table), ``meter``                  4/4
{"key": "D minor", "genre": "folk"}, ``genre``      folk
Key: D minor, Key: F major (lines), ``key``         both lines: a hedge
Key: D minor (one field), any                       as written
==================================================  =============================
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any

from rewards.patterns import Pattern

_LABELS: dict[str, tuple[str, ...]] = {
    "key": ("key", "keys", "musical key", "main key", "overall key", "tonality", "key center"),
    "key_signature": ("key signature",),
    "mode": ("mode", "scale", "mode/scale", "scale/mode"),
    "tempo": ("tempo", "bpm", "tempo (bpm)", "estimated tempo", "speed"),
    "tempo_term": ("tempo term", "tempo marking", "tempo mark"),
    "meter": ("meter", "metre", "time signature", "meter/time signature", "time"),
    "chord": ("chord", "final chord", "last chord"),
    "progression": ("progression", "chord progression", "chords", "harmony"),
    "cadence": ("cadence", "final cadence", "cadence type"),
    "form": ("form", "structure", "song structure", "musical form"),
    "instruments": ("instruments", "instrument", "instrumentation", "main instruments"),
    "genre": ("genre", "genres", "style", "genre/style", "musical style", "subgenre"),
    "mood": ("mood", "moods", "emotion", "atmosphere", "mood/emotion", "feel", "vibe"),
    "lyrics": ("lyrics",),
    "vocals": ("vocals", "vocal", "voice", "singer"),
    "beside": ("language", "dynamics", "texture", "era", "artist", "title", "duration"),
}
_FACET_OF = {label: facet for facet, labels in _LABELS.items() for label in labels}
_SERVES = {"mode": "key", "key_signature": "key", "tempo_term": "tempo", "chord": "progression"}
"""The facet whose field is read where there is none of its own."""
_OPEN = Pattern(
    r"\b(?:or|maybe|perhaps|possibly|alternatively|could|might|may)\b|\?", re.IGNORECASE
)
"""A field that leaves something open stays: it may be the asked one."""
_TOGETHER = {"key": "mode", "mode": "key"}
"""What says the other half of a facet: "Key: D; Mode: minor"."""
_NAMED = "|".join(sorted(map(re.escape, _FACET_OF), key=len, reverse=True))
# "Key: D minor; Tempo: 92", "Key: D minor | Tempo: 92", "Key: D minor, tempo: 92"
_APART = Pattern(
    rf"(?<!\s)\s*[;,|.]\s*(?=(?:\*\*|__)?(?:{_NAMED})(?:\*\*|__)?\s*[:=]|(?:\*\*|__)(?:{_NAMED}):)",
    re.IGNORECASE,
)
_HEADING = Pattern(r"\s*#{1,4}\s.*")
_FIELD = Pattern(
    r"\s*(?:[-*•>]\s+|\d{1,2}[.)]\s+)?(?:\*\*|__)?([\w /()]{2,24}?)\s*"
    r"(?:(?:\*\*|__)?\s*[:=]|(?:\*\*|__)?\s+[-–—]\s)\s*(?:\*\*|__)?\s*(\S.*)?"
)
_ROW = Pattern(r"\s*\|\s*(?:\*\*)?([^|*]{2,24}?)(?:\*\*)?\s*\|\s*([^|]{1,400}?)\s*\|\s*")
_RULE = Pattern(r"\s*\|?[\s:|-]{3,80}\s*")
_FENCE = Pattern(r"(?:```|~~~)(?:\w{0,12}[^\S\n]*\n)?")


def asked_field(answer: str, facet: str) -> str:
    """A raw answer without the fields of other facets, if it is a report; else as it is."""
    if sum(map(answer.count, ":|=-–—")) < 2:
        return answer
    return _asked(answer, facet)


@lru_cache(maxsize=1024)
def _asked(answer: str, facet: str) -> str:
    fields = _of_object(answer) or _of_lines(answer)
    told = {_FACET_OF.get(label) for label, _ in fields} - {None}
    own = facet if facet in told else _SERVES.get(facet, "")
    if own not in told or len(told) < 2:
        return answer
    half = _TOGETHER.get(own) if _TOGETHER.get(own) in told else None
    kept = [
        (label if half else "", text)
        for label, text in fields
        if _FACET_OF.get(label) in (own, half, None) or _OPEN.search(text)
    ]
    if half:
        return ", ".join(f"{label}: {text}" if label else text for label, text in kept if text)
    return "\n".join(text for _, text in kept if text)


def _of_object(answer: str) -> list[tuple[str, str]]:
    """The fields of a JSON object, in a code fence or not; none for another text."""
    text = answer.strip()
    fence = _FENCE.match(text)
    if fence and text.endswith(text[:3]):
        text = text[fence.end() : -3].strip()
    if not (text.startswith("{") and text.endswith("}")):
        return []
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        return []
    return [(name.lower().replace("_", " ").strip(), _written(name, read[name])) for name in read]


def _written(name: str, value: Any) -> str:
    """A value as a person would write it, behind its name where that is not known."""
    if isinstance(value, list) and all(isinstance(item, (str, int, float)) for item in value):
        value = ", ".join(map(str, value))
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    known = name.lower().replace("_", " ").strip() in _FACET_OF
    return text if known else f"{name}: {text}"


def _of_lines(answer: str) -> list[tuple[str, str]]:
    """The lines, those that are fields by their label in lower case, the others by "".

    Lines under a label without a value of its own ("Instruments:") belong to it.
    """
    found: list[tuple[str, str]] = []
    lines = [
        part
        for line in answer.split("\n")
        for part in ([line] if line.lstrip().startswith("|") else _APART.split(line))
        if not _HEADING.fullmatch(part)
    ]
    under = ""
    for i, line in enumerate(lines):
        row = _ROW.fullmatch(line)
        field = row or _FIELD.fullmatch(line)
        label = field[1].strip().lower() if field else ""
        if field and label in _FACET_OF:
            found.append((label, field[2] or ""))
            under = "" if field[2] else label
        elif row and i + 1 < len(lines) and _RULE.fullmatch(lines[i + 1]):
            continue  # the head of a table
        elif line.strip() and not ("-" in line and _RULE.fullmatch(line)):
            found.append((under, line))
    return found
