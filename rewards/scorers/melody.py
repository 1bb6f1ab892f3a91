"""Reward ``melody``: the main melody as a curve of pitch over time.

Conventions
-----------
Pairs of time [s] and frequency [Hz], or of time and pitch name ("0.0 A4", "A4 0.0-0.5").

=====================================================  =========================
the answer                                             value
=====================================================  =========================
pairs of time and pitch                                overall accuracy: share of
                                                       the reference's points at
                                                       which the answer is silent
                                                       as they are, or within
                                                       half a semitone
silence alone, where the reference has a pitch         0
no pairs, or far more than there are                   0
=====================================================  =========================

Voicing: 0 Hz or "rest" is silence, and so is a negative frequency. Frequencies are joined as
mir_eval joins them, in a straight line of cents, and are silent after the last; a named
pitch, or one with two times, is held to its end, to the next one, or to the end of the
reference. Before its first point an answer has its first pitch. Raw pitch and raw chroma
accuracy stand in the details.

Source: mir_eval 0.8, ``mir_eval.melody.overall_accuracy`` after ``to_cent_voicing``, whose
steps are taken one by one here, those for the reference once: the same numbers. So are the
details.
Deliberate difference: mir_eval pays an answer of nothing but silence the share of silence.
"""

from __future__ import annotations

import warnings
from bisect import bisect_right
from collections.abc import Iterable
from functools import lru_cache
from operator import itemgetter
from typing import Any

from rewards.records import Question, Response, Verdict
from rewards.registry import reward
from rewards.scorers.timed import FACTS, VERDICTS, array, crowded, listing, numbers, present
from rewards.spelling.grids import grid
from rewards.spelling.pitches import HIGHEST, find_pitches, hertz_of, parse_pitch, timed_pitches
from rewards.spelling.rows import read_rows
from rewards.spelling.series import decimal_points, structure, uncounted, unnumbered
from rewards.spelling.times import LAST, MOST

Curve = tuple[tuple[float, float], ...]
Rows = tuple[tuple[float, float | None, float], ...]
LOWEST = 0.001
"""[Hz] Smaller numbers are written with an exponent, whose letter looks like a name."""


@reward("melody")
def melody(question: Question, response: Response) -> Verdict | None:
    """Overall accuracy of the answer's curve against ``facts.melody``."""
    if not present(question, "melody"):
        return None
    text = listing(question, response)
    return text if isinstance(text, Verdict) else _judged(question.facts.melody or (), text)


@lru_cache(maxsize=VERDICTS)
def _judged(truth: Curve, text: str) -> Verdict:
    said, rows = read(text)
    if rows:
        said = held(rows, tuple(time for time, _ in truth))
    if not said:
        return Verdict(0.0, "the answer lists no pairs of time and pitch")
    too_many = crowded(max(len(said), len(rows)), len(truth))
    if too_many:
        return too_many
    if all(hertz <= 0.0 for _, hertz in said) and any(hertz > 0.0 for _, hertz in truth):
        return Verdict(0.0, "the answer is silent throughout")
    value, details = compared(truth, said)
    return Verdict(value, f"overall accuracy over {len(truth)} points", details)


def compared(truth: Curve, said: Curve) -> tuple[float, dict[str, float]]:
    """Overall accuracy of two curves by mir_eval, and what goes into the details."""
    from mir_eval import melody

    times, voiced, cents = _points(truth)
    curves = voiced, cents, *resampled(*_sampled(said), times)
    with warnings.catch_warnings():  # of silence, which is no mistake
        warnings.simplefilter("ignore")
        value = float(melody.overall_accuracy(*curves))
    raw_pitch, raw_chroma = raw_accuracies(voiced, cents, curves[-1])
    return min(1.0, value), {"raw_pitch": raw_pitch, "raw_chroma": raw_chroma}


def raw_accuracies(voiced_T: Any, cents_T: Any, said_T: Any) -> tuple[float, float]:
    """``mir_eval.melody``'s raw pitch and raw chroma accuracy, whose steps are nearly the same."""
    import numpy as np

    pitched = voiced_T.sum()
    if pitched == 0.0:
        return 0.0, 0.0
    both_T = (said_T != 0.0) & (cents_T != 0.0)
    apart = np.abs(cents_T - said_T)[both_T]
    in_octave = np.abs(apart - 1200.0 * np.floor(apart / 1200.0 + 0.5))
    weights = voiced_T[both_T]
    pitch, chroma = ((weights * (off < 50.0)).sum() / pitched for off in (apart, in_octave))
    return float(pitch), float(chroma)


def resampled(times_N: Any, voiced_N: Any, cents_N: Any, at_T: Any) -> tuple[Any, Any]:
    """Voicing and cents of a curve at other times, as ``mir_eval.melody`` resamples it.

    ``resample_melody_series`` builds three interpolators of SciPy for this. ``times_N`` begins
    at 0, both times ascend.
    """
    import numpy as np

    close = 1e-8 + 1e-5 * at_T  # as ``numpy.allclose``
    if len(times_N) == len(at_T) and (np.abs(times_N - at_T) <= close).all():
        return voiced_N, cents_N
    times_N, at_T = np.round(times_N, 10), np.round(at_T, 10)
    if at_T[-1] > times_N[-1]:
        times_N = np.append(times_N, at_T[-1])
        voiced_N, cents_N = np.append(voiced_N, 0.0), np.append(cents_N, 0.0)
    # A silence keeps the pitch before it, so that no line falls towards 0 cents.
    pitched_N = np.maximum.accumulate(np.where(cents_N != 0.0, np.arange(len(cents_N)), 0))
    last_T = np.searchsorted(times_N, at_T, side="right") - 1
    cents_T = np.interp(at_T, times_N, cents_N[pitched_N]) * (cents_N[last_T] != 0.0)
    return voiced_N[last_T], cents_T


def read(text: str) -> tuple[Curve, Rows]:
    """A folded text as a curve (ascending, each time once), or else as notes that are held."""
    data = structure(text) if text[:1] in "[{(" or "[[" in text or "[{" in text else None
    if isinstance(data, list) and _are_usual(data):
        kept = [(time, hertz) for time, hertz in data if 0.0 <= time <= LAST]
        return _sorted(sorted(kept, key=itemgetter(0))), ()
    if data is not None or grid(text):
        rows = [(row.start, row.end, _hertz(row.label)) for row in read_rows(text)]
        found = [(start, end, hertz) for start, end, hertz in rows if hertz is not None]
        named = any(c.isalpha() for row in read_rows(text) for c in row.label[:2])
        return _either(found, named or any(end is not None for _, end, _ in found))
    text = uncounted(unnumbered(text))
    rows = timed_pitches(text)
    if rows or find_pitches(text):
        return _either(rows, "hz" not in text.lower() or any(end is not None for _, end, _ in rows))
    values = numbers(decimal_points(text, alone=False))
    return _sorted(list(zip(values[::2], values[1::2], strict=False))), ()


def _are_usual(rows: list[Any]) -> bool:
    """True for pairs of decimal numbers, which ``read_rows`` would read alike, but slower."""
    return len(rows) <= MOST and all(
        isinstance(row, list)
        and len(row) == 2
        and isinstance(row[0], float)
        and isinstance(row[1], float)
        and (row[1] == 0.0 or LOWEST <= abs(row[1]) <= HIGHEST)
        for row in rows
    )


def _either(rows: Iterable[tuple[float, float | None, float]], hold: bool) -> tuple[Curve, Rows]:
    if hold:
        kept = [row for row in rows if 0.0 <= row[0] <= LAST]
        return (), tuple(sorted(kept, key=lambda row: row[0]))
    return _sorted([(start, hertz) for start, _, hertz in rows]), ()


def _hertz(label: str) -> float | None:
    low = label.lower().removesuffix("hz").strip()
    if low in ("rest", "silence", "unvoiced", "none", "null", ""):
        return 0.0
    try:
        value = float(low) if len(low) <= 24 else None
    except ValueError:
        midi = parse_pitch(label)
        return None if midi is None else hertz_of(midi)
    return value if value is not None and abs(value) <= HIGHEST else None


def held(rows: Rows, times: tuple[float, ...]) -> Curve:
    """Notes at the times of the reference: each pitch is kept to its end."""
    starts = [start for start, _, _ in rows]
    points = []
    for time in times:
        at = bisect_right(starts, time) - 1
        if at < 0:
            points.append((time, rows[0][2]))
            continue
        end = rows[at][1]
        points.append((time, rows[at][2] if end is None or time < end else 0.0))
    return tuple(points)


def _sorted(points: list[tuple[float, float]]) -> Curve:
    found: dict[float, float] = {}
    for time, hertz in points:
        if 0.0 <= time <= LAST and abs(hertz) <= HIGHEST:
            found.setdefault(round(time, 6), hertz)  # mir_eval raises on closer ones
    return tuple(sorted(found.items()))


@lru_cache(maxsize=FACTS)
def _points(truth: Curve) -> tuple[Any, Any, Any]:
    return _sampled(truth)


def _sampled(curve: Curve) -> tuple[Any, Any, Any]:
    """Times [s], voicing (0 or 1) and cents, from 0 s on, as ``to_cent_voicing`` begins."""
    from mir_eval import melody

    if len(curve) == 1:  # a lone point is held for a moment, for two are needed
        curve = (*curve, (curve[0][0] + 0.01, curve[0][1]))
    if curve[0][0] > 0.0:
        curve = ((0.0, curve[0][1]), *curve)
    points = array(curve)
    hertz, voiced = melody.freq_to_voicing(points[:, 1])
    return points[:, 0], voiced, melody.hz2cents(hertz)
