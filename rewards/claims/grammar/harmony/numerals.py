"""Claims of Roman numerals: one, or several in a row."""

from __future__ import annotations

from itertools import pairwise

from rewards.claims.context import Context, Found
from rewards.claims.degrees import DEGREES, NUMERALS
from rewards.claims.grammar.harmony.neighbours import beside
from rewards.claims.grammar.pitch.glosses import glossed, past, to_numeral
from rewards.claims.grammar.pitch.inversions import ORDERS
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import word_set
from rewards.spelling.romans import parse_roman

_JOINS = word_set(
    "& to then and by followed resolving resolves moves going goes into before back finally "
    "leading leads moving returning go return returns end ends"
)
_BESIDE = word_set("the a an chord triad up down on over")
"""What may stand before a member of a row, or behind it, beside a joint."""
_NAMED = {
    ("cadential", "six"): "I64", ("cadential", "6"): "I64", ("cadential", "6/4"): "I64",
    ("cadential", "64"): "I64", ("neapolitan", "sixth"): "bII6",
    ("neapolitan", "chord"): "bII6", ("german", "sixth"): "Ger65", ("italian", "sixth"): "It6",
    ("french", "sixth"): "Fr43", ("german", "augmented"): "Ger65",
}  # fmt: skip
_TONICISED = word_set("tonicization tonicisation tonicizations tonicisations one place instead")
_APPLIED = {
    "dominant": "V", "subdominant": "IV", "supertonic": "ii", "mediant": "iii", "submediant": "vi",
}  # fmt: skip
_CHORDS = frozenset(range(1, 8))
"""The numbers of chords in a key."""
_MOST, _WIDEST = 16, 5
"""Members of a row, and words and marks between two of them."""
_BEHIND = word_set("in of is with at as again or which throughout for here")
"""What goes on behind a numeral I, and not behind a speaker."""
_NO_CHORDS = word_set("song songs loop progression trick vamp pattern structure sequence change")
_LOOSE = word_set("v ii iii iv vi vii")
_COUNTED = word_set(
    "section movement part act no war chapter volume book symphony mvt figure type level phase "
    "scene variation strain king henry george louis pope take track disc opus suite number world "
    "step point item bar bars measure measures beat beats verse verses stanza lines"
)
_OPTIONS = word_set("options choices candidates alternatives answers")


def read(sentence: Sentence, context: Context) -> None:
    """Take down the numerals of a sentence."""
    kinds = sentence.kinds
    if kinds == "I" and context.facet == "roman":
        context.add(Found("roman", sentence.values[0], 0, 0))
    if "R" in kinds and not any(tell(sentence) for tell in (_offered, _diatonic, _in_columns)):
        _signs(sentence, context)
    if "0" in kinds:
        _spoken(sentence, context)
    if "cadential" in sentence.bag or "sixth" in sentence.bag or "neapolitan" in sentence.bag:
        words = sentence.words
        for at in range(len(words) - 1):
            form = _NAMED.get((words[at], words[at + 1]))
            if form is not None:
                long = words[at + 1] == "six" and len(words) > at + 3
                context.add(Found("roman", form, at, at + 3 if long else at + 1))


def _in_columns(sentence: Sentence) -> bool:
    """ "| Am | vi | iii |": what a chord is in each of several keys."""
    kinds = sentence.kinds
    return sentence.words[0] == "|" and kinds[1:2] in ("C", "N") and kinds[2:5] == "-R-" and (
        kinds[5:6] in ("R", "I")
    )  # fmt: skip


def rows(sentence: Sentence, kinds: str, start: int) -> list[int]:
    """The tokens of a row of members (of these kinds) from ``start`` on, parted by joints."""
    row = [start]
    at = start + 1
    words = sentence.words
    beside = kinds != "0" and glossed(sentence)
    while at < len(words) and len(row) < _MOST:
        gap, joined = 0, False
        at = past(sentence, at) if beside else at
        while at < len(words) and gap < _WIDEST:
            joint = sentence.kinds[at] in "-,|" or words[at] in _JOINS
            named = beside and sentence.kinds[at] in "AN"
            if not joint and (named or words[at] not in _BESIDE):
                break
            at, gap, joined = at + 1, gap + 1, joined or joint
        at = to_numeral(sentence, at) if beside and joined else at
        if at >= len(words) or sentence.kinds[at] not in kinds or (gap and not joined):
            break
        if sentence.kinds[at] == "I" and _speaks(sentence, at):
            break
        row.append(at)
        at += 1
    return row


def _speaks(sentence: Sentence, at: int) -> bool:
    """ "were it iii, I would": is an "I" the author, not a chord?"""
    following = sentence.words[at + 1] if at + 1 < len(sentence.words) else ""
    plain = sentence.kinds[at + 1 : at + 2] == "w" and following not in _BEHIND
    return plain and sentence.words[at - 1] in (",", "and", "then")


def _signs(sentence: Sentence, context: Context) -> None:
    kinds, words = sentence.kinds, sentence.words
    at = 0
    while at < len(kinds):
        starts = kinds[at] == "R" or (
            kinds[at] == "I" and (_row_follows(sentence, at) or _stated(sentence, at))
        )
        if not starts:
            at += 1
            continue
        row = rows(sentence, "RI", at)
        forms = tuple(sentence.values[spot] for spot in row)
        if len(row) == 1 and words[at + 1 : at + 2] == ["of"] and kinds[at + 2 : at + 3] == "R":
            applied = parse_roman(f"{forms[0]}/{sentence.values[at + 2]}")
            forms, row = (applied or forms[0],), [at, at + 2]
        degree = _APPLIED.get(words[at + 3]) if len(words) > at + 3 else None
        if len(row) == 1 and degree and words[at + 1 : at + 3] == ["of", "the"]:
            applied = parse_roman(f"{forms[0]}/{degree}")
            forms, row = (applied or forms[0],), [at, at + 3]  # "V7 of the dominant"
        behind = words[row[-1] + 1 : row[-1] + 4]
        if len(row) == 2 and behind[:2] == ["and", "back"]:
            forms = (*forms, forms[0])  # "from I to IV and back"
        loose = len(row) == 1 and words[at] in _LOOSE
        if not (loose and (_counts(sentence, context, at) or not _meant(sentence, at))):
            value = forms if len(forms) != 1 else forms[0]
            last = row[-1] + (words[row[-1] + 1 : row[-1] + 2] in (["chord"], ["triad"]))
            told = not (_defines(sentence, at) or pivots(sentence) or _stood_for(sentence, at))
            if len(forms) == 1 and told:
                value, last = _inverted(sentence, forms[0], last)
                place = beside(sentence, context, row[0], row[-1])
                context.add(Found("roman", value, row[0], last, place))
            elif len(forms) > 1:
                context.add(Found("roman", value, row[0], last))
        at = row[-1] + 1


def _inverted(sentence: Sentence, form: str, last: int) -> tuple[str, int]:
    """ "ii in first inversion": a numeral with the figures of its inversion."""
    words = sentence.words
    at = last + 1 + (words[last + 1 : last + 2] in (["in"], [","]))
    at += words[at : at + 1] == ["in"]
    if words[at + 1 : at + 2] != ["inversion"] or words[at] not in ORDERS:
        return form, last
    place = ORDERS[words[at]]
    root, seventh = (form[:-1], True) if form[-1:] == "7" else (form, False)
    if root[-1:].isdigit() or "/" in form or (place == 3 and not seventh):
        return form, last
    figures = ("65", "43", "42") if seventh else ("6", "64")
    return parse_roman(root + figures[place - 1]) or form, at + 1


def _defines(sentence: Sentence, at: int) -> bool:
    """ "The tonic is I, the supertonic is ii": what numerals mean."""
    words = sentence.words
    lead = words[max(0, at - 4) : at]
    if lead[-1:] not in (["is"], ["="]):
        return False
    rest = [word for word in lead[:-1] if word not in ("chord", "triad")]
    return rest[-1:] != [] and rest[-1] in DEGREES and rest[-2:-1] in (["the"], [","], [])


def _stated(sentence: Sentence, at: int) -> bool:
    """ "C (I)", "the last chord is I", "V7 resolves to i"."""
    kinds, words = sentence.kinds, sentence.words
    if not at or kinds[at - 1 : at + 2] == "(I)":
        return at > 1 and kinds[at - 2] in "NCMk"
    return words[at - 1] in ("is", "to") and ("R" in kinds or "chord" in sentence.bag)


def _row_follows(sentence: Sentence, at: int) -> bool:
    """ "I - IV - V", not "I hear"."""
    row = rows(sentence, "RI", at)
    if len(row) < 2:
        return False
    return any(sentence.kinds[spot] == "R" for spot in row)


def _counts(sentence: Sentence, context: Context, at: int) -> bool:
    """ "(ii) the third is F", "III. Cadence": the number of an item, and no chord."""
    kinds = sentence.kinds
    following = kinds[at + 1 : at + 2]
    if at == 0:
        return context.facet != "roman" and following in ("", ")", ":", "-")
    if kinds[at - 1] != "(" or following != ")":
        return False
    named = at > 1 and kinds[at - 2] in "CNAMkqRdn"
    return not named and kinds[at + 2 : at + 3] not in ("", ",", ".", ";", ":")


def _offered(sentence: Sentence) -> bool:
    """ "The options were ii, IV and V"."""
    head = sentence.words[: sentence.kinds.index("R")]
    return not _OPTIONS.isdisjoint(head) and ";" not in sentence.kinds and "i" not in sentence.bag


def pivots(sentence: Sentence) -> bool:
    """ "vi in E major and ii in B major": of a chord that was named before."""
    words, kinds = sentence.words, sentence.kinds
    placed = {
        words[at + 2]
        for at, kind in enumerate(kinds)
        if kind == "R"
        and kinds[at - 1 : at] != "-"
        and words[at + 1 : at + 2] == ["in"]
        and kinds[at + 2 : at + 3] in ("N", "A")
    }
    return len(placed) > 1


def _diatonic(sentence: Sentence) -> bool:
    """ "the diatonic triads are E (I), F#m (ii) ...": those of any such key."""
    return "diatonic" in sentence.bag and glossed(sentence)


def _stood_for(sentence: Sentence, at: int) -> bool:
    """ "a substitute for V7", "a tonicisation of ii": of what is not there."""
    lead = sentence.words[max(0, at - 4) : at]
    lead = [word for word in lead if word not in ("the", "a")]
    if lead[-1:] == ["for"]:
        return not {"substitute", "substitutes", "stands", "stand-in", "replacement"}.isdisjoint(
            lead
        )
    return lead[-1:] == ["of"] and not _TONICISED.isdisjoint(lead)


def _meant(sentence: Sentence, at: int) -> bool:
    """A lone V is a numeral but after "section", "movement" and the like."""
    return sentence.words[at - 1] not in _COUNTED if at else True


def _spoken(sentence: Sentence, context: Context) -> None:
    """ "two-five-one", "four to one"; "1 6 4 5" where a progression is asked."""
    kinds = sentence.kinds
    at = kinds.find("0")
    while at >= 0:
        lone = kinds.find("0", at + 1, at + _WIDEST + 2) < 0
        row = [at] if lone else rows(sentence, "0", at)
        if len(row) > 1:
            values = [sentence.values[spot] for spot in row]
            if _progresses(sentence, context, values, row):
                forms = tuple(NUMERALS["major"][int(value) - 1] for value in values)
                context.add(Found("roman", forms, row[0], row[-1]))
        elif _numbered(sentence, at) and sentence.values[at] in (2, 4, 5, 6):
            form = NUMERALS["major"][int(sentence.values[at]) - 1]
            context.add(Found("roman", form, at, at + 1))
        at = kinds.find("0", row[-1] + 1)


def _progresses(sentence: Sentence, context: Context, values: list[float], row: list[int]) -> bool:
    """Are the numbers of a row those of chords, and no count?"""
    words = sentence.words
    if not _CHORDS.issuperset(values) or sentence.kinds[row[-1] + 1 : row[-1] + 2] == "k":
        return False
    if all(b == a + 1 for a, b in pairwise(values)):
        return False
    digits = [words[spot].isdigit() for spot in row]
    if all(digits):
        return len(row) > 2 and (context.chords_asked or _nashville(sentence, values, row))
    return (
        not any(digits)
        and (row[0] == 0 or words[row[0] - 1] not in _COUNTED)
        and (len(row) > 2 or 1 in values)
        and _joined(sentence, row)
    )


def _nashville(sentence: Sentence, values: list[float], row: list[int]) -> bool:
    """ "1-6-4-5", "1-5-6-4 in G": by dashes, over the tonic and the dominant or subdominant."""
    dashed = all(sentence.kinds[spot - 1] == "-" for spot in row[1:])
    around = len(values) > 3 and {1.0, 4.0, 5.0} & set(values) == {1.0, 4.0, 5.0}
    steps = {b - a for a, b in pairwise(values)}
    return dashed and around and len(steps) > 1


def _numbered(sentence: Sentence, at: int) -> bool:
    """ "the four chord", "a five chord", and no "four chord loop"."""
    words = sentence.words
    if at + 1 == len(words) or words[at + 1] != "chord" or not words[at].isalpha():
        return False
    following = words[at + 2] if at + 2 < len(words) else ""
    return words[at - 1 : at] in (["the"], ["a"], ["that"]) and following not in _NO_CHORDS


def _joined(sentence: Sentence, row: list[int]) -> bool:
    """By dashes or "to", not by commas: "beats one and three"."""
    between = {sentence.words[a + 1] for a, b in pairwise(row) if b > a + 1}
    return bool(between) and between <= {"-", "to", "->"}
