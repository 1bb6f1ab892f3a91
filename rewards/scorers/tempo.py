"""Reward ``tempo``: beats per minute.

Conventions
-----------
One value. A range counts as its midpoint if both ends lie within 4 % of it. The number
counts, whichever note carries the beat: "half note = 60" is 60 beats per minute, which for
120 is a metrical level. "Two beats per second" and "half a second per beat" are 120, and
beside a number of BPM a gloss, as is another level that is told by its name ("120 BPM,
half-time feel at 60"). A multiple of a number is what it comes to: "half of 240" and "twice as
fast as 60" are 120. A bound ("over 120", "<120") is no value, "just over 120" is one.
Numbers without a unit, under 20 or over 400, beside one with it ("3. 120 BPM") are no tempi.
A value with its error ("120 ± 3") is that value; where the error passes 4 % it is a range.

==============================================================  =====
the answer is                                                   value
==============================================================  =====
within 4 % of the tempo                                         1.0
within 4 % of a half, a third, twice or three times of it       0.3
a tempo term whose class holds the tempo                        0.5
any other value or term; several values; 0, negative, infinite  0.0
==============================================================  =====

The classes of tempo terms stand in ``rewards/spelling/tempo_terms.py``.

Source of the 4 %: F. Gouyon et al., IEEE TASLP 14(5), 2006 (Accuracy 1 and 2).
"""

from __future__ import annotations

import math
import re
from functools import lru_cache

from rewards.errors import DataError
from rewards.patterns import Pattern
from rewards.records import Question, Response, Verdict
from rewards.registry import reward
from rewards.scorers.typed import answer_text, applies
from rewards.spelling.asides import concluded, unexplained
from rewards.spelling.mentions import Mention, asserted
from rewards.spelling.numbers import Quantity, find_quantities
from rewards.spelling.open_ends import bounds_only
from rewards.spelling.tempo_terms import TERMS, terms

TOLERANCE = 0.04
_SLOWEST, _FASTEST = 20, 400
"""Beside a tempo with its unit, a bare number outside of these is none [BPM]."""
_LEVELS = ((2.0, "twice"), (0.5, "half"), (3.0, "three times"), (1 / 3, "a third of"))
# "120 +- 3" is one value with its error; a wider one is a range.
_ERROR = Pattern(
    r"(?<!\d)(?P<value>\d{1,9}(?:\.\d{1,9})?)(?P<between>\s?(?:bpm|beats per minute)?\s?[,(]?\s?)"
    r"(?:±|\+\s?/\s?-|\+-|plus or minus|give or take)\s?(?:about )?"
    r"(?P<error>\d{1,9}(?:\.\d{1,9})?)\s?(?P<share>%?)",
    2,
)
# "46 x 2 = 92": what it comes to counts.
_SUM = Pattern(
    r"(?<![\d.])\d{1,6}(?:\.\d{1,4})?(?: (?:beats|seconds|s))?\s?(?:[x×*÷/·+]|times"
    r"|(?:divided|multiplied) by)"
    r"\s?\d{1,6}(?:\.\d{1,4})?(?: (?:beats|seconds|s))?\s?(?:=|gives|equals|is)\s?(?=\D{0,8}\d)",
    2,
)
_BEATS_IN = Pattern(
    r"(?<![\d.])(\d{1,4}) (?:beats|pulses) (?:in|over|within|every) (\d{1,3}) ?"
    r"(?:s|secs?|seconds)\b",
    2,
)
_SIGNATURE = Pattern(r"(?<!\d)\d{1,3}\s*/\s*\d{1,3}")

_LOOK_BACK = 40
_PER_BEAT = Pattern(
    r"\s*(?:per|an?|each|every|(?:for|between) (?:each|every)|between)\s+beats?\b", 2
)
_BEAT_EVERY = Pattern(
    r"\bbeat (?:lasts|lasting|is|every|length:?|duration:?)\s+(?:about |around )?$", 2
)
_MULTIPLES = {
    "twice": 2.0, "double": 2.0, "two times": 2.0, "triple": 3.0, "thrice": 3.0,
    "three times": 3.0, "quadruple": 4.0, "four times": 4.0, "half": 0.5, "a third": 1 / 3,
    "one third": 1 / 3, "a quarter": 0.25, "one quarter": 0.25,
}  # fmt: skip
# "the first half 120 BPM" and "a quarter 120" multiply nothing.
_MULTIPLE = Pattern(
    rf"(?:\b(?P<of>{'|'.join(_MULTIPLES)})(?: of| that of| as (?:fast|quick) as"
    r"|(?P<slow> as slow as)| the (?:speed|tempo|rate) of)"
    r"|\b(?P<whole>twice|double|triple|thrice|quadruple|(?:two|three|four) times)|^(?P<alone>half))"
    r"\s(?:about |around )?$",
    2,
)
_MULTIPLIED = Pattern(r"\s(halved|doubled|tripled)\b(?! (?:by|in|with|on|at)\b)", 2)
_FACTORS = {"halved": 0.5, "doubled": 2.0, "tripled": 3.0}


@reward("tempo")
def tempo(question: Question, response: Response) -> Verdict | None:
    """Value of the answer's tempo.

    Raises:
        DataError: the fact is not a positive finite number.
    """
    if not applies(question, "tempo"):
        return None
    truth = question.facts.tempo
    if truth is None or not math.isfinite(truth) or truth <= 0:
        raise DataError(f"facts.tempo: got {truth!r}, expected beats per minute above 0")
    text = answer_text("tempo", question, response)
    return text if isinstance(text, Verdict) else _judged(truth, text)


@lru_cache(maxsize=4096)
def _judged(truth: float, text: str) -> Verdict:
    text = _ERROR.sub(_within, text)
    if not any(mention.value.unit == "bpm" for mention in find_quantities(text)):
        text = _BEATS_IN.sub(lambda m: f"{60 * int(m[1]) / max(1, int(m[2])):g} BPM", text)
    for beside in (_SUM, _SIGNATURE):
        text = beside.sub(lambda m: " " * len(m[0]), text)
    found = tempi(text)
    if found and _bounded(text):
        return Verdict(0.0, "the answer gives a bound, not a tempo")
    if not found:
        return _term(truth, text)
    if len(found) > 1:
        return Verdict(0.0, f"the answer names {len(found)} different tempi, expected 1")
    got = found[0]
    if got.low <= 0 or not math.isfinite(got.high):
        return Verdict(0.0, "the tempo is not a positive finite number")
    if got.high - got.middle > TOLERANCE * got.middle:
        return Verdict(0.0, f"{got.low:g} to {got.high:g} BPM is a range wider than 4 %")
    value, relation = nearness(truth, got.middle)
    return Verdict(value, f"{got.middle:g} BPM is {relation} {truth:g} BPM", {"tempo": got.middle})


def _within(match: re.Match[str]) -> str:
    """A value with its error: the value, or the range where the error passes 4 %."""
    value, error = float(match["value"]), float(match["error"])
    error *= value / 100 if match["share"] else 1.0
    if error <= TOLERANCE * value:
        return f"{match['value']}{match['between'].rstrip(' (,')} "
    return f"{value - error:.6f}-{value + error:.6f}{match['between']}"


def tempi(text: str) -> list[Quantity]:
    """The distinct tempi that a text asserts; numbers of other units are none."""
    said = [_multiplied(text, mention) for mention in asserted(text, find_quantities(text))]
    labelled = any(mention.value.unit == "bpm" for mention in said)
    wanted: list[Mention[Quantity]] = []
    for mention in said:
        quantity = mention.value
        bare = labelled and not quantity.unit
        if bare and not _SLOWEST <= quantity.high <= _FASTEST and quantity.high >= 0:
            continue  # "3. 120 BPM", "120 BPM, recorded in 1984"
        if quantity.unit in ("", "bpm"):
            wanted.append(mention)
    rates = [mention.value for mention in concluded(text, unexplained(text, wanted))]
    found: list[Quantity] = []
    for quantity in rates or [rate for m in said if (rate := _converted(text, m))]:
        if not any(quantity.same(other) for other in found):
            found.append(quantity)
    return [q for q in found if not any(_around(q, other) for other in found)]


def _multiplied(text: str, mention: Mention[Quantity]) -> Mention[Quantity]:
    """ "half of 240" is 120, and so are "240 halved" and "twice as slow as 240"."""
    found = _MULTIPLE.search(text[max(0, mention.start - _LOOK_BACK) : mention.start])
    after = _MULTIPLIED.match(text, mention.end)
    if found is not None:
        word = found["of"] or found["whole"] or found["alone"]
        factor = _MULTIPLES[word.lower()] ** (-1 if found["slow"] else 1)
    elif after is not None:
        factor = _FACTORS[after[1].lower()]
    else:
        return mention
    low, high = factor * mention.value.low, factor * mention.value.high
    return Mention(Quantity(low, high, mention.value.unit), mention.start, mention.end)


def _converted(text: str, mention: Mention[Quantity]) -> Quantity | None:
    """ "2 beats per second", "2 Hz" and "0.5 s per beat" in beats per minute."""
    low, high, unit = mention.value.low, mention.value.high, mention.value.unit
    if unit in ("beats/s", "hz"):
        return Quantity(60 * low, 60 * high, "bpm")
    before = text[max(0, mention.start - _LOOK_BACK) : mention.start]
    period = _PER_BEAT.match(text, mention.end) or _BEAT_EVERY.search(before)
    return Quantity(60 / high, 60 / low, "bpm") if unit == "s" and period and low > 0 else None


def _bounded(text: str) -> bool:
    """True if the first number that the text asserts is a bound."""
    number = next(iter(asserted(text, find_quantities(text))), None)
    return number is not None and bounds_only(text, number)


def _around(span: Quantity, point: Quantity) -> bool:
    """ "120 BPM (range 118-122)": a narrow range around the one value."""
    single = point.low == point.high and span.low < span.high
    narrow = span.high - span.middle <= TOLERANCE * span.middle
    return single and narrow and span.low <= point.low <= span.high


def nearness(truth: float, got: float) -> tuple[float, str]:
    """Value and relation of a tempo to the true one, both above 0 [BPM]."""

    def near(target: float) -> bool:
        return abs(got - target) <= TOLERANCE * target * (1 + 1e-9)

    if near(truth):
        return 1.0, "within 4 % of"
    for factor, name in _LEVELS:
        if near(factor * truth):
            return 0.3, f"within 4 % of {name}"
    return 0.0, "not"


def _term(truth: float, text: str) -> Verdict:
    said = terms(text)
    if not said:
        return Verdict(0.0, "the answer names no tempo")
    if len(said) > 1:
        return Verdict(0.0, f"the answer names several tempo terms: {', '.join(said)}")
    term = next(iter(said))
    low, high = TERMS[term]
    if low <= truth <= high:
        return Verdict(0.5, f"{term} ({low} to {high} BPM) holds {truth:g} BPM")
    return Verdict(0.0, f"{term} ({low} to {high} BPM) does not hold {truth:g} BPM")
