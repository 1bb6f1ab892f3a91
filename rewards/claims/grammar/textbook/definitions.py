"""What a sentence says that a name means: "a perfect fifth is seven semitones".

Conventions
-----------
A name (an interval, a meter, a cadence, a mode) and a mark (a width, a class, a count, numerals, a
degree, a note) belong together where only words of one clause stand between them that reason or
define: "a half cadence, because IV moves to V", "compound duple, so 6/8". Where a sentence
names several, a mark may be of each of them: ``Told`` holds them all, the one it is put to first.
"It has seven semitones" is said of what the sentence before names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from rewards.claims.context import Found
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import word_set
from rewards.spelling.intervals import parse_interval

Told = tuple[Found, ...]
"""Propositions of one mark, of which the first is said, if one is."""
_Named = tuple[str, int, int]
"""What stands in a proposition, first token, last token."""
WIDTHS = word_set("semitone semitones halftone halftones")
_STEPS = WIDTHS | {"tones", "steps", "tone", "step"}
_BEATS = word_set("beats pulses")
_STRESSED = word_set("main strong big felt clear equal full")
_UNITS = {
    "quarter": 4, "quarters": 4, "crotchets": 4, "eighth": 8, "eighths": 8, "quavers": 8,
    "half": 2, "halves": 2, "minims": 2, "sixteenth": 16, "sixteenths": 16,
}  # fmt: skip
_CLASSES = word_set("simple compound duple triple quadruple")
_SHIFTS = {
    "flat": "flat", "flattened": "flat", "lowered": "flat", "flatted": "flat", "minor": "flat",
    "raised": "raised", "sharp": "raised", "sharpened": "raised", "sharped": "raised",
    "major": "major",
}  # fmt: skip
_DEGREES = {
    "second": "second", "2nd": "second", "third": "third", "3rd": "third", "fourth": "fourth",
    "4th": "fourth", "fifth": "fifth", "5th": "fifth", "sixth": "sixth", "6th": "sixth",
    "seventh": "seventh", "7th": "seventh",
}  # fmt: skip
_MODES = word_set("dorian phrygian lydian mixolydian locrian")
_STOPS = {"tonic": "I", "dominant": "V", "i": "I", "v": "V"}
_GLUE = word_set(
    "a an the it its this that which there it's , ; ( exactly always just only also really all "
    "each bar measure time meter metre mode scale cadence chord characteristic typical known both "
    "moves ends stops closes rests lands resting ending stopping on of to from we i hear have"
)
_BECAUSE = word_set(
    "is are has have had spans contains covers equals measures means comprises consists counts "
    "with because since as for due by i.e namely = : ( ends stops closes rests 's includes uses"
)
"""Words of which one leads from a name to its mark."""
_SO = word_set(
    "so thus hence therefore is are make makes give gives form forms mean means i.e = : be 's "
    "yields spell"
)
"""Words of which one leads from a mark to its name."""
_COMPARES = word_set(
    "more less fewer above below wider narrower larger smaller bigger than short away off higher "
    "lower plus minus beyond over under extra up down inverted inverts inversion would not no "
    "never unlike instead rather without nor neither if and or but another first per each"
)
"""Words by which a mark is another's, or nobody's."""
_IT = word_set("it this that its")
_FAR = 9


def definitions(
    sentence: Sentence, found: Sequence[Found], before: Sequence[Found]
) -> Iterator[Told]:
    """What the marks of a sentence say of its names, or of "it", named in the sentence before.

    ``found``, ``before``: the claims of the two sentences so far.
    """
    marked = sentence.once(_marked)
    if not marked:
        return
    it = sentence.words[0] in _IT
    names: dict[str, list[_Named]] = {}
    for type_ in marked:
        own = _NAMES[type_](sentence, found)
        last = [one for one in before if one.type == type_] if it and not own else []
        names[type_] = own or [(str(one.value), 0, 0) for one in last[-1:]]
    if names.get("interval"):
        yield from _told(sentence, "semitones", names["interval"], _widths(sentence))
    if names.get("meter"):
        yield from _told(sentence, "class", names["meter"], _classes(sentence))
        yield from _told(sentence, "beats", names["meter"], _counts(sentence))
        yield from _told(sentence, "bar", names["meter"], _lengths(sentence))
    if names.get("cadence"):
        closes = _told(sentence, "close", names["cadence"], _closes(sentence, found))
        yield from list(closes)[-1:]  # "it goes I-V, V-I": the last is the cadence
    if names.get("mode"):
        yield from _told(sentence, "degree", names["mode"], _altered(sentence))
        tonal = [mode for mode in names["mode"] if " " in mode[0]]
        yield from _told(sentence, "note", tonal, _notes(sentence))


def _told(
    sentence: Sentence, relation: str, names: list[_Named], marks: Iterator[_Named]
) -> Iterator[Told]:
    for value, first, last in marks:
        near = relation in ("semitones", "class")
        linked = [one for one in names if _belongs(sentence, one, (first, last), apposed=near)]
        if not linked:
            continue
        nearest = min(linked, key=lambda name: min(abs(name[1] - last), abs(first - name[2])))
        others = [name for name in names if name is not nearest]
        yield tuple(
            Found("textbook", f"{relation} of {about} is {value}", min(a, first), max(b, last))
            for about, a, b in (nearest, *others)
        )


def _belongs(sentence: Sentence, name: _Named, mark: tuple[int, int], *, apposed: bool) -> bool:
    """Is a mark put to a name; ``apposed``: also by a comma alone, "9/8, a compound meter"?"""
    words = sentence.words
    _, first, last = name
    if not _COMPARES.isdisjoint(words[max(0, first - 3) : first]):
        return False  # "not Dorian", "unlike a perfect fifth"
    ahead = last < mark[0]
    between = words[last + 1 : mark[0]] if ahead else words[mark[1] + 1 : first]
    leads = _BECAUSE if ahead else _SO
    if apposed and between in ([","], [",", "a"], [",", "an"]):
        return True
    joined = _GLUE | leads >= {*between} and not leads.isdisjoint(between)
    return joined and len(between) <= _FAR


def _free(sentence: Sentence, first: int, last: int) -> bool:
    """Is a mark compared with nothing: "one semitone more", "two beats each"?"""
    words = sentence.words
    beside = {*words[max(0, first - 2) : first], *words[last + 1 : last + 3]}
    return _COMPARES.isdisjoint(beside)


def _intervals(sentence: Sentence, _: Sequence[Found]) -> list[_Named]:
    words, names = sentence.words, []
    for at, word in enumerate(words):
        if word in ("octave", "tritone"):
            names.append(("P8" if word == "octave" else "A4", at, at))
        elif word in ("perfect", "major", "minor", "augmented", "diminished"):
            interval = parse_interval(" ".join(words[at : at + 2]))
            if interval is not None and words[at + 2 : at + 3] != ["chord"]:
                names.append((interval.name, at, at + 1))
    return names


def _meters(sentence: Sentence, _: Sequence[Found]) -> list[_Named]:
    spots = [at for at, kind in enumerate(sentence.kinds) if kind == "X"]
    return [(sentence.tokens[at].value, at, at) for at in spots]


def _cadences(_: Sentence, found: Sequence[Found]) -> list[_Named]:
    return [(str(one.value), one.first, one.last) for one in found if one.type == "cadence"]


def _widths(sentence: Sentence) -> Iterator[_Named]:
    """ "Seven semitones", "seven half-steps", "three whole tones"."""
    words = sentence.words
    for at, kind in enumerate(sentence.kinds):
        unit = words[at + 1 : at + 4] if kind == "0" else []
        last, each = at + 1, 1
        if unit and unit[0] in ("half", "whole"):
            last, each = at + 2 + (unit[1:2] == ["-"]), 1 if unit[0] == "half" else 2
        stepped = unit[last - at - 1 : last - at] != [] and words[last] in _STEPS
        if stepped and (last > at + 1 or words[last] in WIDTHS) and _free(sentence, at, last):
            yield str(int(sentence.tokens[at].value) * each), at, last


def _classes(sentence: Sentence) -> Iterator[_Named]:
    """ "Compound duple", "triple"."""
    words, at = sentence.words, 0
    while at < len(words):
        end = at
        while end < len(words) and words[end] in _CLASSES:
            end += 1
        if end > at and _free(sentence, at, at):
            yield " ".join(words[at:end]), at, end - 1
        at = max(end, at + 1)


def _counts(sentence: Sentence) -> Iterator[_Named]:
    """ "Three beats", "two main beats"."""
    words = sentence.words
    for at, kind in enumerate(sentence.kinds):
        last = at + 1 + (words[at + 1 : at + 2] != [] and words[at + 1] in _STRESSED)
        counted = kind == "0" and words[last : last + 1] != [] and words[last] in _BEATS
        if counted and _free(sentence, at, last):
            yield str(int(sentence.tokens[at].value)), at, last


def _lengths(sentence: Sentence) -> Iterator[_Named]:
    """ "Four quarter notes" of a bar, not "two eighths to a beat"."""
    words = sentence.words
    for at, kind in enumerate(sentence.kinds):
        unit = _UNITS.get(words[at + 1]) if kind == "0" and at + 1 < len(words) else None
        of_beats = not {"beat", "beats", "group", "groups"}.isdisjoint(words[at : at + 6])
        of_beats = of_beats or "of" in words[max(0, at - 2) : at]
        if unit is not None and not of_beats and _free(sentence, at, at + 1):
            last = at + 1 + (words[at + 2 : at + 3] in (["notes"], ["note"]))
            yield f"{int(sentence.tokens[at].value)}/{unit}", at, last


def _closes(sentence: Sentence, found: Sequence[Found]) -> Iterator[_Named]:
    """ "V moves to I", "on the tonic"."""
    words = sentence.words
    for one in found:
        if one.type == "roman" and isinstance(one.value, tuple):
            yield " ".join(one.value), one.first, one.last
    for at, word in enumerate(words):
        on = words[at - 1 : at] == ["on"] or words[max(0, at - 2) : at] == ["on", "the"]
        if word in _STOPS and on and _free(sentence, at, at):
            yield _STOPS[word], at, at


def _modes(sentence: Sentence, _: Sequence[Found]) -> list[_Named]:
    names: list[_Named] = []
    for at, word in enumerate(sentence.words):
        if word in _MODES:
            tonic = sentence.kinds[max(0, at - 1)] in "NA"
            name = f"{sentence.tokens[at - 1].value.name} {word}" if tonic else word
            names.append((name, at - tonic, at))
    return names


def _altered(sentence: Sentence) -> Iterator[_Named]:
    """ "A flattened second", "its raised sixth"."""
    words = sentence.words
    for at in range(len(words) - 1):
        shift, degree = _SHIFTS.get(words[at]), _DEGREES.get(words[at + 1])
        ends = sentence.kinds[at + 2 : at + 3] in ("", ",", ";", ")")
        sure = ends or (words[at] not in ("major", "minor") and sentence.kinds[at + 2] != "k")
        if shift and degree and sure and _COMPARES.isdisjoint(words[max(0, at - 2) : at]):
            yield f"{shift} {degree}", at, at + 1


def _notes(sentence: Sentence) -> Iterator[_Named]:
    """ "A B flat": one note, and no row of them."""
    for at, kind in enumerate(sentence.kinds):
        lead = sentence.words[at - 1 : at]
        alone = sentence.kinds[at + 1 : at + 2] in ("", ",", ";", ")") and _free(sentence, at, at)
        if kind == "N" and alone and lead in (["a"], ["an"], ["the"], ["of"], ["has"]):
            yield sentence.tokens[at].value.name, at, at


_NAMES: dict[str, Callable[[Sentence, Sequence[Found]], list[_Named]]] = {
    "interval": _intervals, "meter": _meters, "cadence": _cadences, "mode": _modes,
}  # fmt: skip
_METRIC = _CLASSES | _BEATS | _UNITS.keys()


def _marked(sentence: Sentence) -> frozenset[str]:
    """The types of which a sentence may mark a name."""
    bag, kinds = sentence.bag, sentence.kinds
    it = sentence.words[0] in _IT
    signs = {
        "interval": "0" in kinds and not bag.isdisjoint(_STEPS),
        "meter": ("X" in kinds or it) and not bag.isdisjoint(_METRIC),
        "cadence": "R" in kinds or (not bag.isdisjoint(_STOPS) and "on" in bag),
        "mode": ("O" in kinds or it) and ("N" in kinds or not bag.isdisjoint(_SHIFTS)),
    }
    return frozenset(type_ for type_, shown in signs.items() if shown)
