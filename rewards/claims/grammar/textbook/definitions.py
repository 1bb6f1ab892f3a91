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

from collections.abc import Callable, Iterable, Iterator, Sequence

from rewards.claims.context import Found
from rewards.claims.grammar.textbook.marks import (
    COMPARES,
    METRIC,
    SHIFTS,
    STEPS,
    STOPS,
    Named,
    altered,
    classes,
    closes,
    counts,
    lengths,
    notes,
    widths,
)
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import word_set
from rewards.spelling.intervals import parse_interval

Told = tuple[Found, ...]
"""Propositions of one mark, of which the first is said, if one is."""
_MODES = word_set("dorian phrygian lydian mixolydian locrian")
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
_OUT = word_set("drops out falls fails dies goes gone impossible excluded no off")
_IT = word_set("it this that its")
_MARKS = STEPS | METRIC | STOPS.keys() | SHIFTS.keys()
"""Words without one of which, and without notes and numerals, a sentence marks nothing."""
_FAR = 9


def definitions(
    sentence: Sentence, found: Sequence[Found], before: Sequence[Found]
) -> Iterable[Told]:
    """What the marks of a sentence say of its names, or of "it", named in the sentence before.

    ``found``, ``before``: the claims of the two sentences so far.
    """
    marked = _marked(sentence)
    return _defined(sentence, found, before, marked) if marked else ()


def _defined(
    sentence: Sentence, found: Sequence[Found], before: Sequence[Found], marked: list[str]
) -> Iterator[Told]:
    """What is said of the names of the marked types."""
    it = sentence.words[0] in _IT
    names: dict[str, list[Named]] = {}
    for type_ in marked:
        own = _NAMES[type_](sentence, found)
        last = [one for one in before if one.type == type_] if it and not own else []
        names[type_] = own or [(str(one.value), 0, 0) for one in last[-1:]]
    if names.get("interval"):
        yield from _told(sentence, "semitones", names["interval"], widths(sentence))
    if names.get("meter"):
        yield from _told(sentence, "class", names["meter"], classes(sentence))
        yield from _told(sentence, "beats", names["meter"], counts(sentence))
        yield from _told(sentence, "bar", names["meter"], lengths(sentence))
    if names.get("cadence"):
        told = _told(sentence, "close", names["cadence"], closes(sentence, found))
        yield from list(told)[-1:]  # "it goes I-V, V-I": the last is the cadence
    if names.get("mode"):
        yield from _told(sentence, "degree", names["mode"], altered(sentence))
        tonal = [mode for mode in names["mode"] if " " in mode[0]]
        yield from _told(sentence, "note", tonal, notes(sentence))


def _told(
    sentence: Sentence, relation: str, names: list[Named], marks: Iterator[Named]
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


def _belongs(sentence: Sentence, name: Named, mark: tuple[int, int], *, apposed: bool) -> bool:
    """Is a mark put to a name; ``apposed``: also by a comma alone, "9/8, a compound meter"?"""
    words = sentence.words
    _, first, last = name
    if not COMPARES.isdisjoint(words[max(0, first - 3) : first]):
        return False  # "not Dorian", "unlike a perfect fifth"
    if last > mark[1] and not _OUT.isdisjoint(words[last + 1 : last + 3]):
        return False  # "a major third, so Dorian drops out"
    ahead = last < mark[0]
    between = words[last + 1 : mark[0]] if ahead else words[mark[1] + 1 : first]
    leads = _BECAUSE if ahead else _SO
    if apposed and between in ([","], [",", "a"], [",", "an"]):
        return True
    joined = _GLUE | leads >= {*between} and not leads.isdisjoint(between)
    return joined and len(between) <= _FAR


def _intervals(sentence: Sentence, _: Sequence[Found]) -> list[Named]:
    words, names = sentence.words, []
    for at, word in enumerate(words):
        if word in ("octave", "tritone"):
            names.append(("P8" if word == "octave" else "A4", at, at))
        elif word in ("perfect", "major", "minor", "augmented", "diminished"):
            interval = parse_interval(" ".join(words[at : at + 2]))
            if interval is not None and words[at + 2 : at + 3] != ["chord"]:
                names.append((interval.name, at, at + 1))
    return names


def _meters(sentence: Sentence, _: Sequence[Found]) -> list[Named]:
    spots = [at for at, kind in enumerate(sentence.kinds) if kind == "X"]
    return [(sentence.values[at], at, at) for at in spots]


def _cadences(_: Sentence, found: Sequence[Found]) -> list[Named]:
    return [(str(one.value), one.first, one.last) for one in found if one.type == "cadence"]


def _modes(sentence: Sentence, _: Sequence[Found]) -> list[Named]:
    names: list[Named] = []
    for at, word in enumerate(sentence.words):
        if word in _MODES:
            tonic = sentence.kinds[max(0, at - 1)] in "NA"
            name = f"{sentence.values[at - 1].name} {word}" if tonic else word
            names.append((name, at - tonic, at))
    return names


_NAMES: dict[str, Callable[[Sentence, Sequence[Found]], list[Named]]] = {
    "interval": _intervals, "meter": _meters, "cadence": _cadences, "mode": _modes,
}  # fmt: skip


def _marked(sentence: Sentence) -> list[str]:
    """The types of which a sentence may mark a name."""
    bag, kinds = sentence.bag, sentence.kinds
    if bag.isdisjoint(_MARKS) and "R" not in kinds and "N" not in kinds:
        return []
    it = sentence.words[0] in _IT
    marked: list[str] = []
    if "0" in kinds and not bag.isdisjoint(STEPS):
        marked.append("interval")
    if (it or "X" in kinds) and not bag.isdisjoint(METRIC):
        marked.append("meter")
    if "R" in kinds or ("on" in bag and not bag.isdisjoint(STOPS)):
        marked.append("cadence")
    if (it or "O" in kinds) and ("N" in kinds or not bag.isdisjoint(SHIFTS)):
        marked.append("mode")
    return marked
