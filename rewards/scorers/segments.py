"""Reward ``segments``: the sections of a piece, their boundaries and names.

Conventions
-----------
A segment is (start [s], end [s], label). A boundary is right within half a second; the
first and the last one, which are the ends of the piece, do not count.

=====================================================  =========================
the answer                                             value
=====================================================  =========================
segments                                               F of boundaries x
                                                       (.6 + .4 agreement)
one segment where there is one                         1 x the same
boundaries without names                               F of boundaries x .6
no segments, or far more than there are                0
=====================================================  =========================

=====================================================  =========================
labels                                                 agreement
=====================================================  =========================
the reference has names                                share of time under the
                                                       right name
the reference has letters (A, B, A')                   the same, up to one-to-one
                                                       relabelling
the reference has names, the answer letters            half of that
=====================================================  =========================

Numbers and qualities do not matter ("Verse 2", "guitar solo"), nor synonyms ("refrain",
"coda"). Boundaries come first: a section name pays only where its place is right, and
neighbours with one label stay two, so that cutting everywhere cannot pay.

Source: mir_eval 0.8, ``mir_eval.segment.detection(window=.5, trim=True)``. Deliberate
differences: a piece of one segment can be answered (mir_eval gives 0), an answer that begins
over half a second after the reference, or ends before it, has a boundary there, one that goes
on is cut; the weight of the labels is ours, for a song whose verse and chorus are exchanged is
another song.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache
from itertools import pairwise

from rewards.errors import DataError
from rewards.patterns import Pattern
from rewards.records import Question, Response, Verdict
from rewards.registry import reward
from rewards.scorers.timed import FACTS, VERDICTS, array, crowded, listing, present
from rewards.spelling.labelled_times import Row
from rewards.spelling.mentions import Mention, asserted
from rewards.spelling.rows import closed, read_rows
from rewards.spelling.series import read_times
from rewards.text import plain

Segments = tuple[tuple[float, float, str], ...]
LABELS = 0.4
LETTERS_FOR_NAMES = 0.5
WINDOW = 0.5

_NAMES = (
    ("pre-chorus", r"pre ?(?:chorus|refrain)"), ("post-chorus", r"post ?chorus"),
    ("chorus", r"chorus(?:es)?|refrain|hook"),
    ("verse", r"verses?|strophe|couplet|estrofa"), ("intro", r"intro(?:duction)?|opening|prelude"),
    ("outro", r"outro|coda|ending|fade ?out|postlude"), ("bridge", r"bridge|middle (?:8|eight)"),
    ("interlude", r"inter(?:lude|mezzo)|instrumental|break(?:down)?"), ("solo", r"solo"),
    ("exposition", r"exposition"), ("development", r"development"),
    ("recapitulation", r"recap(?:itulation)?"), ("theme", r"theme"), ("trio", r"trio"),
    ("variation", r"variation"), ("transition", r"transition"), ("silence", r"silence"),
)  # fmt: skip
_NAME = Pattern(r"\b(?:" + "|".join(f"(?P<n{i}>{p})" for i, (_, p) in enumerate(_NAMES)) + r")\b")
_LETTER = Pattern(r"(?:(?:section|part|theme)\s)?([a-z])['\"\d*]{0,3}")


@reward("segments")
def segments(question: Question, response: Response) -> Verdict | None:
    """Boundary F-measure, weighed by labels, against ``facts.segments``.

    Raises:
        DataError: segments of the fact overlap.
    """
    if not present(question, "segments"):
        return None
    rows = question.facts.segments or ()
    reference(rows)  # raises before anything is said of the answer
    text = listing(question, response)
    return text if isinstance(text, Verdict) else _judged(rows, text)


@lru_cache(maxsize=VERDICTS)
def _judged(rows: Segments, text: str) -> Verdict:
    truth = reference(rows)
    said = read(text, truth[0][0], truth[-1][1])
    if not said:
        return Verdict(0.0, "the answer lists no segments")
    too_many = crowded(len(said), len(truth))
    if too_many:
        return too_many
    found = boundaries(truth, said)
    named = agreement(truth, said) if found else 0.0
    value = found * (1.0 - LABELS + LABELS * named)
    why = f"boundary F {found:.2f}, labels agree in {100 * named:.0f} % of the time"
    return Verdict(value, why, {"boundaries": found, "labels": named})


@lru_cache(maxsize=FACTS)
def reference(rows: Segments) -> Segments:
    """The fact in time.

    Raises:
        DataError: two segments overlap.
    """
    rows = tuple(sorted(rows))
    if any(after[0] < before[1] - 1e-6 for before, after in pairwise(rows)):
        raise DataError("facts.segments: got segments that overlap, expected one at a time")
    return rows


def read(text: str, first: float, last: float) -> Segments:
    """The segments of a folded text, within the reference's span [s]."""
    rows = read_rows(text)
    if any(row.label and not _is_end(row) for row in rows):
        made = [
            (max(row.start, first), min(row.end or last, last), row.label)
            for row in closed(rows, last)
            if row.start < last and (row.end or last) > first
        ]
    else:
        edges = [t for row in rows for t in (row.start, row.end) if t is not None]
        if rows and not any(row.end is not None for row in rows):
            times = read_times(text)
            edges = list(times.times) if times else []
        inner = sorted({t for t in edges if first + WINDOW < t < last - WINDOW})
        made = [(a, b, "") for a, b in pairwise([first, *inner, last])] if inner else []
    if made and made[0][0] > first + WINDOW:
        made.insert(0, (first, made[0][0], ""))
    if made and made[-1][1] < last - WINDOW:
        made.append((made[-1][1], last, ""))
    return tuple(row for row in made if row[1] > row[0])


def _is_end(row: Row) -> bool:
    """True for a label that is a later time: "[10, 20]" lists boundaries without names."""
    number = row.label.replace(".", "", 1).isdecimal()
    return number and row.end is None and float(row.label) > row.start


def boundaries(truth: Segments, said: Segments) -> float:
    """F-measure of the inner boundaries, by mir_eval; 1 if neither has one."""
    if min(len(truth), len(said)) < 2:
        return float(len(truth) == len(said) and any(label for _, _, label in said))
    import mir_eval

    pair = (array([(a, b) for a, b, _ in rows]) for rows in (truth, said))
    return float(mir_eval.segment.detection(*pair, window=WINDOW, trim=True)[2])


def agreement(truth: Segments, said: Segments) -> float:
    """How far the labels agree (see the second table), 0 to 1."""
    shared: dict[tuple[str, str], float] = defaultdict(float)
    j = 0
    for start, end, label in truth:
        while j > 0 and said[j - 1][1] > start:
            j -= 1
        while j < len(said) and said[j][0] < end:
            time = min(end, said[j][1]) - max(start, said[j][0])
            if time > 0.0 and said[j][2]:
                shared[section(label), section(said[j][2])] += time
            j += 1
    total = sum(end - start for start, end, _ in truth)
    exact = sum(time for (a, b), time in shared.items() if a == b) / total
    letters = [all(len(section(row[2])) == 1 for row in rows) for rows in (truth, said)]
    if not any(letters):
        return min(1.0, exact)
    free = one_to_one(shared) / total
    return min(1.0, free if letters[0] else max(exact, LETTERS_FOR_NAMES * free))


def one_to_one(shared: dict[tuple[str, str], float]) -> float:
    """Time under the best pairs of labels, each label once, the longest pair first."""
    left, right, time = set[str](), set[str](), 0.0
    for (a, b), span in sorted(shared.items(), key=lambda item: (-item[1], item[0])):
        if a not in left and b not in right:
            left.add(a)
            right.add(b)
            time += span
    return time


@lru_cache(maxsize=4096)
def section(label: str) -> str:
    """The name of a section, without its number; a lower-case letter for a letter."""
    text = plain(label[:160])
    found = [
        Mention(_NAMES[int((m.lastgroup or "n0")[1:])][0], m.start(), m.end())
        for m in _NAME.finditer(text)
    ]
    names = {mention.value for mention in asserted(text, found)}
    if len(names) == 2 and "solo" in names:
        names.discard("solo" if "bridge" in names else "")
    if len(names) == 1:
        return names.pop()
    letter = _LETTER.fullmatch(text)
    if letter:
        return letter[1]
    return re.sub(r"\b(?:section|the|part)\b|[^\w]|\d+", " ", text).strip() or text
