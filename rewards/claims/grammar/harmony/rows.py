"""Claims of progressions: names in a row, parted by dashes, commas, "to" or "then".

Conventions
-----------
A row is a progression where chords are among its names, where the sentence or the question speaks
of chords, or where two chords are said to alternate. A row of bare notes is one only where chords
are spoken of: else it may be a melody or a chord that is spelled.
"""

from __future__ import annotations

from rewards.claims.context import Context, Found, after, before
from rewards.claims.grammar.pitch.glosses import glossed, parts
from rewards.claims.grammar.pitch.item import Item
from rewards.claims.grammar.pitch.sense_words import CHORDAL
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import word_set
from rewards.spelling.chords import parse_chord
from rewards.spelling.harte import harte

_ROW_WORDS = word_set(
    "& to then and followed by into resolving resolves moving moves leading leads going goes back "
    "finally a an falls falling before yields yielding gives giving way again up down"
)
_ROW_NOUNS = word_set("chords changes progression loop vamp sequence turnaround")
_SPELLS = word_set("hence so thus spells makes spelling form forms")
_SPELLED = word_set("spelled spelt spells contains containing notes tones pitches")
_LISTS = frozenset((",", " ", "and"))
_LINES = word_set(
    "soprano alto tenor bass melody tune voice voices top line cello violin viola flute oboe "
    "clarinet bassoon trumpet singer"
)
"""Who moves from note to note."""
_TONES = word_set("thirds fifths sevenths ninths tones tritone suspension suspensions")
"""What of chords moves from note to note, whatever is asked."""
_TOLD_WORDS = word_set(
    "through via drops descends climbs steps slides next which leading returning it on ends lands "
    "closes continues with starts begins resolve lead move leads ending closing finishing finishes "
    "starting beginning tonic dominant subdominant submediant mediant supertonic"
)
"""What parts the chords of a row that is told: "on Am, goes to F, then C and ends on G"."""
_OFFICES = word_set("tonic dominant subdominant submediant mediant supertonic")
_ALL_WORDS = _ROW_WORDS | _TOLD_WORDS
_OPENS = word_set("starts begins opens ends continues closes starting ending")
_COUNTERS = word_set("bar bars beat beats measure measures of")
_ASIDES = word_set("after for at by with as then though")
"""What begins an aside between two chords: "on A7 and then, after a silence, on D"."""
_LONGEST = 5
_UNITS = word_set("bar bars beat beats measure measures seconds counts")
_CLOSES = word_set("cadence plagal authentic amen deceptive turnaround")
_SOUNDS = word_set(
    "plays play playing played puts put strikes strike strums strum hits hit hammers holds hold "
    "adds add cycles outlines slams takes comes get gets"
)
"""What is done with chords, and not with keys: "the harp strikes G minor and C minor"."""
_CHORDS = frozenset(("chords", "harmony", "harmonies", "triads"))
_CUES = _ROW_NOUNS - {"turnaround"} | {"harmony"}
_APART = word_set(
    "both choices options candidates rule rules ruled excludes exclude eliminates eliminate leaves "
    "choose share differ relatives conceivable possible neither either or difference distance torn"
)
"""Words of names that are weighed."""
_WEIGHED = word_set(
    ", ; : ( ) like than not no of as and but because that if is are for nor could couldn't would "
    "wouldn't can can't do does don't doesn't were was aren't in need needs require requires"
)
"""What may stand before names of chords that do not sound in turn."""
_ARTICLES = word_set("a an the on over to with out")
_KEY_PLANS = word_set(
    "key keys modulates modulating modulation modulations tonalities tonality modulate"
)
"""Words of sentences whose rows are of keys."""
_PAIRS = word_set(
    "alternate alternates alternating alternation rocks rocking oscillates oscillating toggles "
    "seesaws sways loop loops vamp vamps chords harmonies triads changes progression shuttles "
    "cycles drifts drift turns"
)
"""Words that make a row of two names that an "and" joins."""


_ONLY = word_set("just only simply merely")


def rows(sentence: Sentence, context: Context, found: list[Item]) -> set[int]:
    """Take down progressions; the ids of the items that belong to one."""
    taken: set[int] = set()
    if len(found) < 2:
        return taken
    at = 0
    while at < len(found):
        row = [found[at]]
        signs: set[str] = set()
        chordal, spelled_out = context.chords_asked, False
        while at + len(row) < len(found) and len(row) < 64:
            other = found[at + len(row)]
            chordal = chordal or row[-1].kind == "chord"
            between = joint(sentence, row[-1], other, chordal=chordal)
            spelled_out = between is not None and _starts_anew(sentence, row, signs, other)
            keyed = between is not None and len(row) == 1 and _keyed(sentence, row[0], between)
            told = context.facet == "chord" and between is not None and "which" in between
            if between is None or spelled_out or keyed or told:  # "G7, which resolves to C"
                break
            signs |= between
            row.append(other)
        offered = (
            "or" in after(sentence, row[-1].last, 2)
            and "R" not in sentence.kinds[row[-1].last :][:4]
        )
        if (
            len(row) > 1
            and not (signs <= _LISTS and offered)  # "D7sus4, G over D, or Dm11"
            and not _diatonic(sentence, row[0].first)
            and _is_progression(sentence, context, row, signs)
        ):
            chords = [item.chord or parse_chord(f"{item.note.name} major") for item in row]
            value = tuple(harte(chord) for chord in chords if chord is not None)
            if len(row) > 2 or value[0] != value[1]:
                context.add(Found("progression", value, row[0].first, row[-1].last))
                taken.update(id(item) for item in row)
        elif (spelled_out and len(row) > 1) or (len(row) > 2 and _diatonic(sentence, row[0].first)):
            taken.update(id(item) for item in row)
        at += len(row)
    return taken


def joint(sentence: Sentence, one: Item, other: Item, *, chordal: bool = False) -> set[str] | None:
    """What parts two names of a row; None if they belong to none.

    ``chordal``: a chord stands earlier in the row.
    """
    start = _past_duration(sentence, one.last + 1)
    start += sentence.kinds[start] == "k" and one.kind == "chord"  # "a D7 chord to a G chord"
    if other.first - start > 2 * _LONGEST:
        return None
    between = list(range(start, _before_count(sentence, start, other.first)))
    if "(" in sentence.kinds and glossed(sentence):
        between = parts(sentence, start, other.first)
    commas = [spot for spot in between if sentence.words[spot] == ","]
    if len(commas) == 2 and sentence.words[commas[0] + 1] in _ASIDES:
        between = [spot for spot in between if not commas[0] <= spot < commas[1]]
    if len(between) > _LONGEST or one.kind == "mode" or other.kind == "mode":
        return None
    if one.kind == "note" and sentence.words[one.last][-1].isdigit():
        return None  # "my B3 goes G flat major"
    if not between:
        return {" "}
    told = chordal or "chord" in (one.kind, other.kind) or not sentence.bag.isdisjoint(_ROW_NOUNS)
    words = _ALL_WORDS if told else _ROW_WORDS
    if sentence.kinds[start : other.first] == ")(":
        return {"|"}  # "[Fm] [Db] [Ab]"
    signs = {sentence.words[spot] for spot in between}
    if not signs.isdisjoint(("gives", "giving")) and "way" not in signs:
        return None
    if "with" in signs and signs.isdisjoint(_OPENS):
        return None  # "E minor seven, with A7 slipped in"
    described = "then" in signs or one.kind == other.kind == "chord"  # "then a quick G"
    allowed = all(
        sentence.kinds[spot] in "-,|/"
        or sentence.words[spot] in words
        or (told and sentence.words[spot] == "the" and sentence.words[spot + 1] in _OFFICES)
        or (described and spot - 1 in between and sentence.words[spot - 1] in ("a", "an"))
        for spot in between
    )
    return signs or {" "} if allowed else None


def _before_count(sentence: Sentence, start: int, end: int) -> int:
    """Before the "two of" of "four bars E7, two of A7"."""
    kinds, words = sentence.kinds, sentence.words
    if end - start < 2:
        return end
    at = end
    while at > start and (
        words[at - 1] in _COUNTERS or (kinds[at - 1] == "0" and words[at - 1].isalpha())
    ):
        at -= 1
    return at if "0" in kinds[at:end] and at > start else end


def _starts_anew(sentence: Sentence, row: list[Item], signs: set[str], other: Item) -> bool:
    """ "C major and F minor, C - Fm - C": dashes behind a comma; "Dm and G, and a C chord"."""
    dashes = sentence.kinds[other.last + 1 : other.last + 2] == "-"
    between = sentence.words[row[-1].last + 1 : other.first]
    if between in ([",", "and", "a"], [",", "and", "an"]):
        return True
    several = len(row) > 1 or row[0].kind != "chord"
    comma = between in ([","], [":"])
    return comma and dashes and several and not signs & {"-", "->", "|"}


def _keyed(sentence: Sentence, item: Item, between: set[str]) -> bool:
    """ "in A minor, Am-F-C-G": the key before a row is none of it."""
    lead = before(sentence, item.first, 2)
    keyed = lead[-1:] == ["in"] or lead == ["key", "of"]
    return keyed and between <= {",", ":"} and item.kind in ("triad", "note")


def _past_duration(sentence: Sentence, at: int) -> int:
    """Behind the "for two bars" of "G for two bars, then C", and behind the "(2 bars)"."""
    words, kinds = sentence.words, sentence.kinds
    if kinds[at : at + 2] == "(0" and kinds[at + 3 : at + 4] == ")" and words[at + 2] in _UNITS:
        return at + 4
    if words[at : at + 1] != ["for"] or kinds[at + 1 : at + 2] not in ("0", "a"):
        return at
    end = at + 3 if words[at + 2 : at + 3] and words[at + 2] in _UNITS else at + 2
    return end + (kinds[end : end + 1] == ";")


def _diatonic(sentence: Sentence, first: int) -> bool:
    """ "In G major the diatonic chords are G, Am, Bm ...": those of any such key."""
    return not {"diatonic", "primary", "available"}.isdisjoint(before(sentence, first, 5))


def _is_progression(sentence: Sentence, context: Context, row: list[Item], signs: set[str]) -> bool:
    named = sum(item.kind == "chord" for item in row)
    notes = sum(item.kind == "note" for item in row)
    pair = len(row) == 2
    if pair and row[0].kind == "note" != row[1].kind and row[0].note.same(row[1].note):
        return False  # "the bass steps to A and an A minor chord sounds"
    spaced = " " in signs and len(signs) > 1 and "|" not in signs
    if any(item.kind == "key" for item in row) or (spaced and named < 2):
        return False
    lead = before(sentence, row[0].first, 6)
    if pair and named == 0 and lead[-1:] in (["both"], ["either"]):
        return False  # "those chords belong to both G major and E minor"
    if notes == len(row) and not _TONES.isdisjoint(before(sentence, row[0].first, 6)):
        return False  # "the sevenths fall: C-B, F-E"
    if row[0].kind == "note" and sentence.words[row[0].first - 1] in _SPELLED:
        return False
    plan = context.facet == "modulations" and "chords" not in sentence.bag
    if named == 0 and (plan or _plans(sentence, row)):
        return False
    if notes < len(row) and signs != {"/"} and _sounded(sentence, context, row, named):
        return True
    ends = sentence.kinds[row[-1].last + 1 : row[-1].last + 2] in ("", ",", ";", ")")
    closes = not sentence.bag.isdisjoint(_CLOSES)
    marked = lead[-1:] in ([","], [":"], ["("])
    if pair and signs == {"and"}:
        return _alternate(sentence, row, named) or (named > 0 and closes and marked and ends)
    leads = "to" in signs or "->" in signs
    to = "to" in signs or (signs == {"-"} and ends)
    cued = context.facet in ("chords", "progression") or not sentence.bag.isdisjoint(_CUES)
    cued = cued or (context.facet == "cadence" and to and sentence.bag.isdisjoint(_LINES))
    if named:
        dash = row[0].last + 1
        apart = sentence.words[dash] == "-" and sentence.start(dash) > sentence.end(dash - 1)
        moved = leads or "then" in signs or (signs == {"-"} and (ends or apart))
        return not pair or (signs != {" "} and (moved or cued or named == 2))
    marked = marked or (lead[-1:] == ["from"] and "cadence" in lead[-3:])
    if closes and marked and _LINES.isdisjoint(lead):
        return True  # "a plagal cadence, F to C"
    if notes < len(row):
        mixed = len(row) > 3 and notes > 0 and signs <= {",", "and", "then"}
        steps = not pair and not signs.isdisjoint(("-", "->", "then", "to"))
        return mixed or steps or (cued and signs != {"and"})
    if not _LINES.isdisjoint(lead):
        return False  # "the melody moves to G and then to A"
    if signs <= {",", "and"} or signs == {" "}:
        spelled = not _SPELLS.isdisjoint(after(sentence, row[-1].last, 2))
        listed = not pair and signs != {" "} and not spelled
        return listed and _listed_chords(sentence, row[0].first)
    return cued


def _sounded(sentence: Sentence, context: Context, row: list[Item], named: int) -> bool:
    """ "it closes with A7 and D minor", "the harp strikes G minor and C minor by turns"."""
    lead = before(sentence, row[0].first, 8)
    near = {*lead, *after(sentence, row[-1].last, 5)}
    if not near.isdisjoint(_APART) or (not named and not near.isdisjoint(_KEY_PLANS)):
        return False
    while lead and (lead[-1] in _ARTICLES or lead[-2:-1] in (["a"], ["an"], ["the"])):
        lead.pop()  # "a lush"
    near = lead[-1] if lead else ""
    if near == "between":
        return named > 0
    if lead[-2:] in (["they", "are"], ["these", "are"]):
        return context.facet in CHORDAL
    return near in _SOUNDS or (named > 0 and near != "" and near not in _WEIGHED)


def _plans(sentence: Sentence, row: list[Item]) -> bool:
    """Does the sentence speak of keys, and not only of the one that its chords are in?"""
    if sentence.bag.isdisjoint(_KEY_PLANS):
        return False
    behind = sentence.words[row[-1].last + 1 : row[-1].last + 5]
    return behind != ["in", "the", "key", "of"]


def _alternate(sentence: Sentence, row: list[Item], named: int) -> bool:
    """ "Em7 and Gmaj7 alternate", "two chords, G minor and C minor", "the vamp is just D and C"."""
    lead = before(sentence, row[0].first, 3)
    while lead and lead[-1] in _ONLY:
        lead.pop()
    if lead[-1:] in ([":"], ["is"], ["was"]) and not _ROW_NOUNS.isdisjoint(lead[-2:]):
        return True
    bag = sentence.bag
    spoken = not bag.isdisjoint(_CHORDS) and bag.isdisjoint(("key", "keys"))
    return not bag.isdisjoint(_PAIRS) and (named > 0 or spoken)


def _listed_chords(sentence: Sentence, at: int) -> bool:
    """ "the chords are E, B and A", "A, D and E, the three-chord trick": no notes of one chord."""
    if not sentence.bag.isdisjoint(("notes", "tones", "pitches", "note", "spells", "spell")):
        return False
    if {"three", "chord"} <= sentence.bag and "trick" in sentence.bag:
        return True
    lead = before(sentence, at, 7)
    return not _ROW_NOUNS.isdisjoint(lead) and "chord" not in lead
