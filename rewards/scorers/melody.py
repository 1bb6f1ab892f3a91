"""Reward ``melody``: the main melody as a curve of pitch over time.

Conventions
-----------
Pairs of time [s] and frequency [Hz] or pitch name; 0 Hz is silence. Between its points a
curve is read as mir_eval reads it.

=====================================================  =========================
the answer                                             value
=====================================================  =========================
pairs of time and pitch                                overall accuracy: share of
                                                       points right in pitch (half
                                                       a semitone) and in silence
no pairs, or far more than there are                   0
=====================================================  =========================

Raw pitch and raw chroma accuracy are in the details.
Source: mir_eval 0.8, ``mir_eval.melody.overall_accuracy``.
"""

from __future__ import annotations

from functools import lru_cache

from rewards.patterns import Pattern
from rewards.records import Question, Response, Verdict
from rewards.registry import reward
from rewards.scorers.timed import array_in_order, crowded, listing
from rewards.spelling.pitches import hertz_of, parse_pitch
from rewards.spelling.series import LATEST, number_rows, seconds

Curve = tuple[tuple[float, float], ...]

_PAIR = Pattern(
    r"(?<![\w.:])((?:\d{1,3}:)?\d{1,9}(?:\.\d{1,12})?(?:\s*(?:s|sec|seconds)(?![a-z]))?)"
    r"\s*(?:[:=,]|->|→)?\s*\(?(\d{1,5}(?:\.\d{1,6})?(?:\s*hz)?|[A-G](?:#|b)?\d|rest|silence)(?![\w.])",
    2,
)
_HIGHEST = 24_000.0


@reward("melody")
def melody(question: Question, response: Response) -> Verdict | None:
    """Overall accuracy of the answer's curve against ``facts.melody``."""
    truth = question.facts.melody
    if not truth or question.facet not in (None, "melody"):
        return None
    text = listing(question, response)
    if isinstance(text, Verdict):
        return text
    said = read(text)
    if not said:
        return Verdict(0.0, "the answer lists no pairs of time and pitch")
    too_many = crowded(len(said), len(truth))
    if too_many:
        return too_many
    import mir_eval

    arrays = [array_in_order(column) for curve in (truth, said) for column in _columns(curve)]
    voiced = mir_eval.melody.to_cent_voicing(*arrays)
    value = float(mir_eval.melody.overall_accuracy(*voiced))
    details = {
        "raw_pitch": float(mir_eval.melody.raw_pitch_accuracy(*voiced)),
        "raw_chroma": float(mir_eval.melody.raw_chroma_accuracy(*voiced)),
    }
    return Verdict(value, f"overall accuracy over {len(truth)} points", details)


@lru_cache(maxsize=512)
def read(text: str) -> Curve:
    """The curve that a readable text lists, in ascending time, each time once."""
    rows = number_rows(text)
    pairs = [(str(r[0]), str(r[1])) for r in rows if len(r) == 2] if rows else []
    pairs = pairs or [(m[1], m[2]) for m in _PAIR.finditer(text)]
    found: dict[float, float] = {}
    for time, pitch in pairs[:5_000]:
        at, hertz = seconds(time), _hertz(pitch)
        if at is not None and at <= LATEST and hertz is not None:
            found.setdefault(at, hertz)
    return tuple(sorted(found.items()))


def _hertz(text: str) -> float | None:
    text = text.lower().removesuffix("hz").strip()
    if text in ("rest", "silence"):
        return 0.0
    try:
        value = float(text)
    except ValueError:
        midi = parse_pitch(text)
        return None if midi is None else hertz_of(midi)
    return value if 0.0 <= value <= _HIGHEST else None


def _columns(curve: Curve) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Times and frequencies; a lone point is held for a moment, for two are needed."""
    if len(curve) == 1:
        curve = (*curve, (curve[0][0] + 0.01, curve[0][1]))
    return tuple(time for time, _ in curve), tuple(hertz for _, hertz in curve)
