"""How much a claim weighs: what its type is worth, and how hard its value is to guess.

Conventions
-----------
The weight of a claim is ``WORTH[type] * min(1, -log2 p0 / 4)`` with p0 the probability that a
guess without hearing is true. Classes are modulo transposition: all twelve major keys are one
class, each with a twelfth of its share, so that transposing a row keeps every weight. Of a
denial p0 is 1 - p0 where it is true; a false one weighs as much as the value it denies.

A data set's own shares replace the defaults, from a file that ``etude data scores`` and
``etude data import`` write beside its questions::

    {"format": 1, "shares": {"key": {"major": 0.6, "minor": 0.39, "": 0.01}, ...}}

``""`` is the share of all that was never seen; a value that covers several, as "duple" does, has
what they have together. Types without a table keep the default. A class that is as rare as the
least p0, 1e-4, is left out: it weighs like one that was never seen.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from rewards.claims.records import Claim, Value
from rewards.errors import ConfigError, first_line
from rewards.records import Question
from rewards.scorers.meter import nearness as meter_nearness
from rewards.scorers.tempo import nearness as tempo_nearness
from rewards.spelling.cadences import parse_cadence
from rewards.spelling.chords import parse_chord
from rewards.spelling.harte import harte
from rewards.spelling.keys import parse_key
from rewards.spelling.meters import parse_meter
from rewards.spelling.ontology import ontology
from rewards.text import fold

WORTH = {
    "key": 1.0, "tempo": 1.0, "chord": 0.8, "progression": 0.8, "roman": 0.8, "cadence": 0.8,
    "modulation": 0.8, "meter": 0.6, "interval": 0.6, "note": 0.6, "mode": 0.5,
    "key_signature": 0.5, "textbook": 0.5, "instrument": 0.4, "form": 0.4, "tempo_term": 0.3,
    "function": 0.2, "genre": 0.2, "mood": 0.2,
}  # fmt: skip
TEXTBOOK = 0.05
"""Weight of a true proposition of pure theory."""
_DEFAULT = {
    "key": 1 / 24, "key_signature": 1 / 13, "tempo": 1 / 16, "tempo_term": 1 / 6, "chord": 1 / 24,
    "progression": 1 / 64, "interval": 1 / 13, "note": 1 / 12, "modulation": 1 / 16,
    "instrument": 1 / 8, "genre": 1 / 8, "mood": 1 / 8, "form": 1 / 8, "function": 1 / 3,
}  # fmt: skip
_CADENCES = {"PAC": 0.4, "HC": 0.25, "IAC": 0.2, "AC": 0.6}
_METERS = {"4/4": 0.6, "duple": 0.6, "3/4": 0.2, "triple": 0.2, "2/4": 0.08, "6/8": 0.08}
_RARE = 0.05
_FORMAT = 1
_LEAST = 1e-4
_LONGEST = 200  # characters of a name; nobody claims a longer one
_LARGEST = 2**25


@dataclass(frozen=True, slots=True)
class Priors:
    """Shares of a data set, type -> class -> share; without any, the defaults."""

    shares: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def chance(self, type_: str, value: Value) -> float:
        """p0 of a value, above 0 and at most 1."""
        table = self.shares.get(type_)
        if table is None:
            return _default(type_, value)
        name, size = class_of(type_, value)
        share = sum(table[one] for one in table if one and _covers(type_, name, one))
        return max(_LEAST, min(1.0, (share or table.get("", 1e-3)) / size))

    def weight(self, claim: Claim, *, true: bool, chance: float | None = None) -> float:
        """w of a claim that is true or not; ``chance`` replaces p0."""
        if claim.type == "textbook":
            return TEXTBOOK if true else WORTH["textbook"]
        p0 = self.chance(claim.type, claim.value) if chance is None else chance
        if claim.polarity == "denied" and true:
            p0 = 1.0 - p0
        bits = -math.log2(p0) if p0 > 0 else 4.0
        return WORTH.get(claim.type, 0.2) * min(1.0, max(0.0, bits / 4.0))


DEFAULT = Priors()


def class_of(type_: str, value: Value) -> tuple[str, int]:
    """The class of a value up to transposition, and how many values it has."""
    text = str(value)
    if type_ in ("key", "modulation"):
        key = parse_key(text)
        return (key.mode, 12) if key else (text, 1)
    if type_ == "chord":
        chord = parse_chord(text)
        return (harte(chord).partition(":")[2], 12) if chord and chord.root else (text, 1)
    if type_ == "note":
        return "note", 12
    if type_ == "tempo" and isinstance(value, (int, float)):
        return f"{value:g}", 1
    return text, 1


def _covers(type_: str, said: str, name: str) -> bool:
    """Whether who says one class is right, or half right, where another is true.

    "Duple" is a safe guess where all is in 4/4, and so is 118 bpm where all is at 120.
    """
    if type_ == "cadence" and said == "AC":
        return name in ("AC", "PAC", "IAC")
    if type_ == "tempo" and said != name:
        known = _is_number(said) and _is_number(name)
        return known and tempo_nearness(float(name), float(said))[0] == 1
    meter, true = (parse_meter(one) if type_ == "meter" else None for one in (said, name))
    if meter is None or true is None or meter.unit is not None:
        return said == name
    return meter_nearness(true, meter)[0] > 0


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit() and float(text) > 0


def _default(type_: str, value: Value) -> float:
    if type_ == "mode":
        return 1 / 2 if value in ("major", "minor") else 1 / 24
    if type_ == "roman":
        return 1 / 64 if isinstance(value, tuple) else 1 / 20
    if type_ == "cadence":
        return _CADENCES.get(str(value), _RARE)
    if type_ == "meter":
        return _METERS.get(str(value), 0.02)
    return _DEFAULT.get(type_, 1 / 8)


def marginals(questions: Iterable[Question]) -> Priors:
    """Of how many questions a value is true, each class one half seen in advance.

    Of those that state such a fact; one that names three instruments counts for each of them.
    """
    seen: dict[str, Counter[str]] = {}
    rows: Counter[str] = Counter()
    for question in questions:
        values = {(type_, class_of(type_, value)[0]) for type_, value in _values(question)}
        rows.update({type_ for type_, _ in values})
        for type_, name in values:
            seen.setdefault(type_, Counter())[name] += 1
    shares = {}
    for type_, counts in sorted(seen.items()):
        total = rows[type_] + 0.5 * (len(counts) + 1)
        table = {name: (count + 0.5) / total for name, count in sorted(counts.items())}
        often = {name: round(share, 6) for name, share in table.items() if share > _LEAST}
        shares[type_] = {**often, "": max(1e-6, round(0.5 / total, 6))}
    return Priors(shares)


def _values(question: Question) -> list[tuple[str, Value]]:
    """Types and canonical values of the facts that have a table."""
    facts, found = question.facts, []
    key = parse_key(fold(facts.key)) if facts.key else None
    if key is not None:
        found.append(("key", key.name))
    if facts.tempo is not None:
        found.append(("tempo", facts.tempo))
    meter = parse_meter(fold(facts.meter)) if facts.meter else None
    if meter is not None:
        found.append(("meter", meter.name))
    chord = parse_chord(fold(facts.chord)) if facts.chord else None
    if chord is not None:
        found.append(("chord", harte(chord)))
    cadence = parse_cadence(fold(facts.cadence)) if facts.cadence else None
    if cadence is not None:
        found.append(("cadence", cadence))
    for field_, type_ in (("instruments", "instrument"), ("genre", "genre")):
        for name in getattr(facts, field_) or ():
            if len(name) <= _LONGEST:
                found.append((type_, ontology(field_).name(name)))  # type: ignore[arg-type]
    return found


def write(priors: Priors, path: Path) -> None:
    """Write a file of shares."""
    body = {"format": _FORMAT, "shares": priors.shares}
    path.write_text(json.dumps(body, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


@lru_cache(maxsize=16)
def load(path: str) -> Priors:
    """Read a file of shares; each file is read once in a process.

    Raises:
        ConfigError: it is missing, or no file of shares.
    """
    try:
        with Path(path).open("rb") as file:
            body = json.loads(file.read(_LARGEST))
    except (OSError, ValueError, RecursionError) as failure:
        raise ConfigError(
            f"priors: {path!r} cannot be read ({first_line(failure)}), expected the priors.json "
            "that `etude data scores` and `etude data import` write beside the questions"
        ) from failure
    problem = _problem(body)
    if problem is not None:
        raise ConfigError(
            f"priors: {path!r}: {problem}; write it again with `etude data scores` or "
            "`etude data import`"
        )
    return Priors(body["shares"])


def _problem(body: Any) -> str | None:
    if not isinstance(body, dict) or body.get("format") != _FORMAT:
        return f"got no object of format {_FORMAT}"
    shares = body.get("shares")
    if not isinstance(shares, dict):
        return f"shares: got {type(shares).__name__}, expected an object"
    for type_, table in shares.items():
        if type_ not in WORTH:
            return f"shares.{type_}: unknown type, expected one of {', '.join(WORTH)}"
        if not isinstance(table, dict):
            return f"shares.{type_}: got {type(table).__name__}, expected an object"
        for name, share in table.items():
            number = isinstance(share, (int, float)) and not isinstance(share, bool)
            if not (number and 0.0 < share <= 1.0):
                return f"shares.{type_}.{name}: got {share!r}, expected a share above 0, at most 1"
    return None
