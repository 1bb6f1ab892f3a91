"""Claims of tempo: beats per minute, and the terms of a score."""

from __future__ import annotations

import re

from rewards.claims.context import Context, Found
from rewards.claims.grammar.time.definitions import of_genres
from rewards.claims.grammar.time.tempo_frames import CUES, is_tempo
from rewards.claims.grammar.time.tempo_numbers import lower_end, number, reckoned, stance, unit
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import phrases, word_set
from rewards.spelling.tempo_terms import TERMS

LOWEST, HIGHEST = 20.0, 400.0
_FIGURE = re.compile("[0B]")
_DEFINES = word_set(
    ": is are end ends tops run runs cover covers span spans start starts begin begins range "
    "ranges lie lies means needs goes from requires"
)
_BOUNDS = word_set("under over above below ends tops starts begins from needs requires between")
"""Words by which a term is told to be so many beats, whatever the clip."""
_AND_MORE = phrases("and above|and up|and below|and beyond|or above")
_BELONGS = word_set("begins starts ends lies belongs sits is would")
_BEYOND = word_set("above below beyond higher lower faster slower elsewhere")
_PASSES = word_set("exceeds exceed exceeded exceeding overshoots overshoot surpasses surpass")
_NOT = word_set("not don't doesn't didn't never cannot can't hardly")
_VERY = word_set("far much way clearly simply well usually generally")
_MEANS = phrases("means|translates|denotes")
_ARTICLES = phrases("the|a|her|his")
TERM_WORDS = frozenset(TERMS)


def read(sentence: Sentence, context: Context) -> None:
    """Take down the tempi and tempo terms of a sentence."""
    defined: frozenset[int] = frozenset()
    if not sentence.bag.isdisjoint(TERM_WORDS):
        defined = _defined(sentence)
        _terms(sentence, context, defined)
    kinds = sentence.kinds
    if "0" not in kinds and "B" not in kinds:
        return
    defined |= of_genres(sentence, context)
    numbers = _numbers(sentence, defined)
    if not numbers:
        return
    cued = context.facet == "tempo" or context.tempo_said or not sentence.bag.isdisjoint(CUES)
    cued = cued or any(found.type == "tempo_term" for found in context.found)
    for at, last, value in numbers:
        if kinds[at] == "B":
            _add(context, sentence, value, at, at)
        elif (end := unit(sentence, last)) is not None:
            first, value = lower_end(sentence, at, value)
            if first == at or sentence.words[first - 1 : first] != ["from"]:
                _add(context, sentence, value, first, end)  # not "from 90 to 110 bpm"
        elif is_tempo(sentence, context, at, last, value, cued=cued):
            _add(context, sentence, value, at, last)


def _numbers(sentence: Sentence, defined: frozenset[int]) -> list[tuple[int, int, float]]:
    """First token, last token and value of the numbers that are no smaller than all tempi."""
    found: list[tuple[int, int, float]] = []
    past = 0
    for figure in _FIGURE.finditer(sentence.kinds):
        at = figure.start()
        if at < past or at in defined:
            continue
        value, last = sentence.values[at], at
        if figure[0] == "0":
            value, last = number(sentence, at)
        if value >= LOWEST:
            found.append((at, last, value))
        past = last + 1
    return found


def _add(context: Context, sentence: Sentence, value: float, first: int, last: int) -> None:
    if sentence.words[last + 1 : last + 3] in _AND_MORE:
        return  # "thrash gallops at 180 and above"
    if LOWEST <= value <= HIGHEST:
        context.tempo_said = True
        found = Found("tempo", int(value) if value == int(value) else value, first, last)
        found.modality = stance(sentence, first, last, value, context.tempi)
        context.tempi.append(value)
        context.add(found)


def _defined(sentence: Sentence) -> frozenset[int]:
    """The terms, and their numbers, of which it is told what they are: "Andante is 76 to 108"."""
    words, kinds = sentence.words, sentence.kinds
    pairs: list[list[int]] = []
    ranged = False
    for at, word in enumerate(words):
        if word not in TERM_WORDS:
            continue
        other = next(
            (n for n in range(at + 4, min(at + 8, len(words))) if words[n] in TERM_WORDS), 0
        )
        if other and "than" in words[at + 2 : other] and words[at + 1] in ("is", "means"):
            return frozenset((at, other))  # "Presto is faster than Allegro"
        spot = next((n for n in range(at + 1, min(at + 6, len(words))) if kinds[n] == "0"), None)
        if spot is None or not {",", ";"}.isdisjoint(kinds[at:spot]):
            continue
        between = set(words[at + 1 : spot])
        end = spot
        while end + 2 < len(words) and words[end + 1] in ("-", "to") and kinds[end + 2] == "0":
            end += 2
        open_ = not _BOUNDS.isdisjoint(between)
        ranged = ranged or ((end > spot or open_) and not _DEFINES.isdisjoint(between))
        pairs.append([*_shared(words, at), at, *range(spot, end + 1)])
    if len(pairs) > 1 or ranged:
        return frozenset(n for pair in pairs for n in pair)
    return frozenset()


def _shared(words: list[str], at: int) -> list[int]:
    """The terms of which the same is told as of the one at a token: "Largo and Andante"."""
    found: list[int] = []
    while at > 1 and words[at - 1] in (",", "and", "or") and words[at - 2] in TERM_WORDS:
        at -= 2
        found.append(at)
    return found


def _passed(sentence: Sentence, at: int) -> bool | None:
    """True of "176 exceeds the usual Allegro band", False where it does not exceed it."""
    words = sentence.words
    verb = next((n for n in range(at - 1, max(-1, at - 4), -1) if words[n] in _PASSES), -1)
    if verb < 0:
        return None
    return _NOT.isdisjoint(words[max(0, verb - 2) : verb])


def _elsewhere(sentence: Sentence, at: int) -> bool:
    """ "Presto begins well above", "Largo belongs far below": below the tempo of the clip."""
    behind = [word for word in sentence.words[at + 1 : at + 6] if word not in _VERY]
    return (
        behind[:1] != [] and behind[0] in _BELONGS and not _BEYOND.isdisjoint(behind[1:2])
        and "than" not in behind
    )  # fmt: skip


def _terms(sentence: Sentence, context: Context, defined: frozenset[int]) -> None:
    last = -2
    for at, word in enumerate(sentence.words):
        if word not in TERM_WORDS or at in defined or _only_named(sentence.words, at):
            continue
        passed = _passed(sentence, at)
        if passed is False:
            continue  # "112 doesn't exceed Allegro": it may be one
        if at != last + 1:  # of "Allegro moderato" the first counts
            sure = "asserted" if reckoned(sentence, at) else None
            made = Found("tempo_term", word, at, at, modality=sure)
            if _elsewhere(sentence, at):
                made.polarity, made.modality = "denied", "asserted"
            elif passed:
                made.polarity = "denied"
            context.add(made)
        last = at


def _only_named(words: list[str], at: int) -> bool:
    """ "Andante means walking", "the grave of Bach"."""
    if words[at + 1 : at + 2] in _MEANS:
        return True
    return words[at] == "grave" and words[at - 1 : at] in _ARTICLES
