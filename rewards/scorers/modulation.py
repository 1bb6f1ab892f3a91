"""Reward ``modulation``: which key from when on.

Conventions
-----------
The fact ``modulations`` is (time [s], key) in time; each key lasts until the next, the last
one to the end of the clip (of unknown length: past the last time that truth or answer names
by as much as the stretch before it, at least 10 s). ``facts.key``, where it is there, is the key at the start: naming it is right
and earns nothing.

=====================================================  =========================
the answer                                             value
=====================================================  =========================
keys with times                                        for each modulation the
                                                       best of time IoU x key
                                                       score; the sum over the
                                                       larger number of
                                                       modulations, true or said
keys without times                                     half of the key scores, in
                                                       order
"no modulation" where there is none (empty list)       1
"no modulation" where there is one, or the reverse     0
=====================================================  =========================

The key score is that of the reward ``key``: 1 the key, .5 a fifth above, .3 the relative,
.2 the parallel. The measure is ours: mir_eval has none for modulations.
"""

from __future__ import annotations

from functools import lru_cache

from rewards.errors import DataError
from rewards.patterns import Pattern
from rewards.records import Question, Response, Verdict
from rewards.registry import reward
from rewards.scorers.key import nearness
from rewards.scorers.timed import crowded, listing
from rewards.spelling.keys import Key, find_keys, parse_key
from rewards.spelling.mentions import asserted
from rewards.spelling.series import spans, times
from rewards.text import fold

Stretch = tuple[float, float, Key]
UNTIMED = 0.5
_NONE = Pattern(
    r"\b(?:no|without(?: a| any)?|never|does(?:n't| not)|not)\s+(?:key\s+)?(?:modulat\w*|change\w*)"
    r"|\bno (?:key change|change of key)|\bstays? in (?:one|the same)|\bthroughout\b|^\W*none\W*$",
    2,
)
_BARS = Pattern(r"\b(?:bars?|measures?|mm?\.)\s*\d{1,4}", 2)


@reward("modulation")
def modulation(question: Question, response: Response) -> Verdict | None:
    """Time IoU times key score against ``facts.modulations``.

    Raises:
        DataError: a key of the fact cannot be read.
    """
    rows = question.facts.modulations
    if rows is None or question.facet not in (None, "modulations"):
        return None
    text = listing(question, response)
    if isinstance(text, Verdict):
        return text
    home = parse_key(fold(question.facts.key)) if question.facts.key else None
    keyed, timed = said(text, home)
    if not rows or not keyed:
        right = not rows and not keyed and (_NONE.search(text) is not None or timed)
        return Verdict(float(right), f"the answer names {len(keyed)} modulations, {len(rows)} true")
    too_many = crowded(len(keyed), len(rows))
    if too_many:
        return too_many
    end = _end(question, rows, max(time for time, _ in keyed))
    truth = reference(rows, end)
    count = max(len(truth), len(keyed))
    if not timed:
        pairs = zip(truth, keyed, strict=False)
        value = UNTIMED * sum(_near(t[2], key) for t, (_, key) in pairs) / count
        return Verdict(value, f"{len(keyed)} keys without times, {len(truth)} modulations")
    stretches = _stretches(keyed, end)
    value = sum(max(_overlap(t, s) * _near(t[2], s[2]) for s in stretches) for t in truth) / count
    return Verdict(min(1.0, value), f"{len(keyed)} modulations said, {len(truth)} true")


def reference(rows: tuple[tuple[float, str], ...], end: float) -> tuple[Stretch, ...]:
    """The modulations as stretches with keys.

    Raises:
        DataError: a key cannot be read.
    """
    keyed = []
    for time, name in sorted(rows):
        key = parse_key(fold(name))
        if key is None:
            raise DataError(f"facts.modulations: got {name[:40]!r}, expected one such as 'A major'")
        keyed.append((time, key))
    return _stretches(tuple(keyed), end)


@lru_cache(maxsize=1024)
def said(text: str, home: Key | None) -> tuple[tuple[tuple[float, Key], ...], bool]:
    """The (time, key) of each modulation that a text names, and whether times are said."""
    listed = [(s.start, key) for s in spans(text) if (key := _key(s.label)) is not None]
    keys = [m.value for m in asserted(text, find_keys(text))]
    if len(listed) >= max(1, len(keys) - 1) and any(s.end is not None for s in spans(text)):
        return _without_home(tuple(listed), home), True
    keys = [key for i, key in enumerate(keys) if i == 0 or not key.same(keys[i - 1])]
    moments = times(_BARS.sub(" ", text))
    if len(keys) == len(moments) + 1 or (len(keys) > 1 and home and keys[0].same(home)):
        keys = keys[1:] if not (moments and len(moments) == len(keys)) else keys
    if moments and len(moments) == len(keys):
        return _without_home(tuple(zip(moments, keys, strict=True)), home), True
    return _without_home(tuple((0.0, key) for key in keys), home), False


def _without_home(
    keyed: tuple[tuple[float, Key], ...], home: Key | None
) -> tuple[tuple[float, Key], ...]:
    """Without the key at the start, which is no modulation."""
    if keyed and home is not None and keyed[0][1].same(home):
        return keyed[1:]
    if len(keyed) > 1 and home is None and keyed[0][0] == 0.0 and keyed[1][0] > 0.0:
        return keyed[1:]
    return keyed


@lru_cache(maxsize=2048)
def _key(label: str) -> Key | None:
    found = asserted(label, find_keys(label))
    return found[0].value if len(found) == 1 else None


def _end(question: Question, rows: tuple[tuple[float, str], ...], said: float) -> float:
    """End of the last key [s]: of the clip, else some time after all that is said."""
    last = max(time for time, _ in rows)
    duration = question.clip.duration if question.clip else None
    if duration is not None and duration > last:
        return duration
    before = max((time for time, _ in rows if time < last), default=0.0)
    return max(last, said) + max(10.0, last - before)


def _stretches(keyed: tuple[tuple[float, Key], ...], end: float) -> tuple[Stretch, ...]:
    ordered = sorted(keyed, key=lambda one: one[0])
    ends = [time for time, _ in ordered[1:]] + [max(end, ordered[-1][0] + 1e-3)]
    return tuple((time, until, key) for (time, key), until in zip(ordered, ends, strict=True))


def _overlap(one: Stretch, other: Stretch) -> float:
    """Intersection over union of two stretches of time."""
    shared = min(one[1], other[1]) - max(one[0], other[0])
    joint = max(one[1], other[1]) - min(one[0], other[0])
    return max(0.0, shared) / joint if joint > 0 else 0.0


def _near(truth: Key, got: Key) -> float:
    if truth.mode not in ("major", "minor"):
        return float(truth.same(got))
    return nearness(truth, got, fifth="up", spelled=False)[0]
