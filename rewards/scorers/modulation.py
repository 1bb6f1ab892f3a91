"""Reward ``modulation``: which key from when on.

Conventions
-----------
The fact ``modulations`` is (time [s], key) in time; each key lasts until the next, the last
one to the end of the clip (of unknown length: past the last time that truth or answer names
by as much as the stretch before it, at least 10 s). ``facts.key``, where it is there, is the
key of the first stretch; an answer that does not say in which key the piece begins is judged
by the other stretches alone.

=====================================================  =========================
the answer                                             value
=====================================================  =========================
keys with times                                        the best of time IoU x key
                                                       score for each stretch;
                                                       the sum over the larger
                                                       number, true or said
keys without times                                     half of the key scores, in
                                                       order, over the same
"no modulation" where there is none (empty list)       1
"no modulation" or one key where there is one, or the  0
reverse; two keys for one place ("A or E major")
=====================================================  =========================

The key score is that of the reward ``key``: 1 the key, .5 a fifth above, .3 the relative,
.2 the parallel; a key in a church mode is right or wrong. Bar numbers are no times. The
measure is ours: mir_eval has none for modulations.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

from rewards.errors import DataError
from rewards.patterns import Pattern
from rewards.records import Question, Response, Verdict
from rewards.registry import reward
from rewards.scorers.key import nearness
from rewards.scorers.timed import crowded, listing
from rewards.scorers.typed import applies
from rewards.spelling.keys import Key, find_keys, parse_key
from rewards.spelling.mentions import asserted
from rewards.spelling.open_ends import leaves_open
from rewards.spelling.rows import read_rows
from rewards.spelling.series import unnumbered
from rewards.spelling.times import LAST, tokens
from rewards.text import READ_LIMIT, fold

Stretch = tuple[float, float, Key]
Keyed = tuple[tuple[float, Key], ...]
UNTIMED = 0.5
_NONE = Pattern(
    r"\b(?:no|(?<!not )without(?: a| any)?|never|does(?:n't| not)|did(?:n't| not)|not|keine|ohne"
    r"|aucune|sans|ninguna|sin|nessuna|senza)\s+(?:key\s+)?(?:modul\w*|change\w*)"
    r"|\bnever leaves?\b|\bno (?:key changes?|change of key)\b|\bthroughout\b"
    r"|\b(?:stays?|remains?|stayed|remained)\b|^\W*(?:none|no)\W*$|^\[\s*\]$|\bunmodulating\b",
    2,
)
_BARS = Pattern(r"\b(?:bars?|measures?|mm?\.)\s?\d{1,4}(?:\s?-\s?\d{1,4})?", 2)
_BARE = Pattern(r"(?<!\w)([A-G][#b]?)\s?(?:to|->|→|-)\s?([A-G][#b]?)(?=[\s.,;]|$)(?!\s?[md])")
_IN_CHAIN = Pattern(r"(^|(?:->|→)\s?)([A-G][#b]?)(?=\s?(?:$|[(.,;]|->|→|(?:at|from)\b))")
"""Bare tonics between arrows: "Bb → F (0:30) → Bb"."""
_OR_ONE = Pattern(r"\bor (?:an?|one|it|some\w*|another|maybe|perhaps|possibly)\b", 2)
_OR = Pattern(r"\bor\b|/|\bpossibly\b|\bperhaps\b|\bmaybe\b|\beither\b", 2)


@reward("modulation")
def modulation(question: Question, response: Response) -> Verdict | None:
    """Time IoU times key score against ``facts.modulations``.

    Raises:
        DataError: a key of the fact cannot be read.
    """
    rows = question.facts.modulations
    if rows is None or not applies(question, "modulations"):
        return None
    truth = reference(rows, question.facts.key)
    text = listing(question, response)
    if isinstance(text, Verdict):
        return text
    keyed, timed = said(text)
    changes = tuple(one for i, one in enumerate(keyed) if i or one[0] > 0.0 or len(keyed) == 1)
    if not rows:
        later = timed and any(start > 0.0 for start, _ in keyed)
        denied = _NONE.search(text) is not None and _OR_ONE.search(text) is None
        right = len(keyed) < 2 and not later and denied
        return Verdict(float(right), f"there is no modulation, the answer names {len(keyed)} keys")
    if not keyed or (len(keyed) == 1 and (not changes or _NONE.search(text))):
        return Verdict(0.0, "the answer names no modulation")
    too_many = crowded(len(keyed), len(rows))
    if too_many:
        return too_many
    truth, keyed = aligned(truth, keyed, timed)
    if not keyed:
        return Verdict(0.0, "the answer names no modulation")
    count = max(len(truth), len(keyed))
    if not timed:
        value = UNTIMED * sum(
            _near(t[1], key) for t, (_, key) in zip(truth, keyed, strict=False)
        ) / count  # fmt: skip
        return Verdict(value, f"{len(keyed)} keys without times, {len(truth)} true")
    end = _end(question, truth, keyed[-1][0])
    stretches = _stretches(keyed, end)
    best = (
        max(_overlap(t, s) * _near(t[2], s[2]) for s in stretches) for t in _stretches(truth, end)
    )
    return Verdict(min(1.0, sum(best) / count), f"{len(keyed)} keys said, {len(truth)} true")


@lru_cache(maxsize=512)
def reference(rows: tuple[tuple[float, str], ...], home: str | None) -> Keyed:
    """The keys of the fact with their starts, the first at 0 s where it is known.

    Raises:
        DataError: a key cannot be read.
    """
    rows = tuple(sorted(rows))
    if home and rows and rows[0][0] > 0.0:
        rows = ((0.0, home), *rows)
    keyed = []
    for time, name in rows:
        key = parse_key(fold(name))
        if key is None and not (name == home and time == 0.0):
            raise DataError(f"facts.modulations: got {name[:40]!r}, expected one such as 'A major'")
        if key is not None:
            keyed.append((time, key))
    if rows and not keyed:  # the home key, said again, is no key that can be judged
        raise DataError(
            f"facts.modulations: got {rows[0][1][:40]!r} alone, expected a key such as 'A major', "
            "or [] where nothing modulates"
        )
    return tuple(keyed)


@lru_cache(maxsize=1024)
def said(text: str) -> tuple[Keyed, bool]:
    """The keys that a text names with their starts, and whether it says times."""
    plain = _BARS.sub(lambda match: " " * len(match[0]), text)
    rows = read_rows(plain)
    listed = tuple((row.start, key) for row in rows if (key := _key(row.label)) is not None)
    short = len(text) <= 4 * READ_LIMIT
    if short and leaves_open(text):
        return (), False
    if not short or text[:1] in "[{":
        return (listed, True) if listed else ((), False)
    if "->" in text or "→" in text:
        text = _IN_CHAIN.sub(r"\1\2 major", text)
    text = _BARE.sub(r"\1 major to \2 major", text)
    mentions = asserted(text, find_keys(text))
    if any(
        (b.start < a.end or _OR.search(text[a.end : b.start])) and not a.value.same(b.value)
        for a, b in pairwise(mentions)
    ):
        return (), False
    keys: list[Key] = []
    for mention in mentions:
        if not keys or not keys[-1].same(mention.value):
            keys.append(mention.value)
    if listed and len(listed) >= len(keys) and any(row.end is not None for row in rows):
        return listed, True
    moments = _moments(plain)
    if moments and len(moments) == len(keys):
        return tuple(zip(moments, keys, strict=True)), True
    if moments and len(moments) + 1 == len(keys):
        return tuple(zip((0.0, *moments), keys, strict=True)), True
    if listed and len(listed) >= len(keys):
        return listed, True
    return tuple((0.0, key) for key in keys), False


def _moments(text: str) -> tuple[float, ...]:
    """The times of a text, as far as a key could start there."""
    found: list[float] = []
    for token in tokens(unnumbered(text)):
        if 0.0 <= token.value <= LAST and token.value not in found:
            found.append(token.value)
    return tuple(found) if found == sorted(found) else ()


def aligned(truth: Keyed, keyed: Keyed, timed: bool) -> tuple[Keyed, Keyed]:
    """Both with the key of the beginning, or both without it."""
    known = truth[0][0] == 0.0
    start, key = keyed[0]
    opens = len(keyed) > 1 and start == 0.0
    if not timed and opens:  # "to A major, then E major" has no key of the beginning
        opens = len(keyed) > len(truth) - known or (known and key.same(truth[0][1]))
    if known and not opens and len(truth) > 1:
        return truth[1:], keyed
    return (truth, keyed[1:]) if opens and not known else (truth, keyed)


@lru_cache(maxsize=2048)
def _key(label: str) -> Key | None:
    found = asserted(label, find_keys(label))
    distinct = {(m.value.tonic.pitch_class, m.value.mode) for m in found}
    return found[0].value if len(distinct) == 1 else None


def _end(question: Question, truth: Keyed, latest: float) -> float:
    """End of the last key [s]: of the clip, else some time after all that is said."""
    last = truth[-1][0]
    duration = question.clip.duration if question.clip else None
    if duration is not None and duration > last:
        return duration
    before = truth[-2][0] if len(truth) > 1 else 0.0
    return max(last, latest) + max(10.0, last - before)


def _stretches(keyed: Keyed, end: float) -> tuple[Stretch, ...]:
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
