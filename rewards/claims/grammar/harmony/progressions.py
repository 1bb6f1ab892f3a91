"""Whether names in a row are a progression: chords that sound in turn.

Conventions
-----------
A row is a progression where chords are among its names, where the sentence or the question speaks
of chords, or where two chords are said to alternate. A row of bare notes is one only where chords
are spoken of: else it may be a melody or a chord that is spelled.
"""

from __future__ import annotations

from dataclasses import dataclass

from rewards.claims.context import Context, after, before
from rewards.claims.grammar.harmony.joints import ROW_NOUNS
from rewards.claims.grammar.pitch.item import Item
from rewards.claims.grammar.pitch.sense_words import CHORDAL
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import word_set

_SPELLED = word_set("spelled spelt spells contains containing notes tones pitches")
_LISTS = frozenset((",", " ", "and"))
_LEADS = frozenset(("to", "->", "then", "-"))
_LINES = word_set(
    "soprano alto tenor bass melody tune voice voices top line cello violin viola flute oboe "
    "clarinet bassoon trumpet singer"
)
"""Who moves from note to note."""
_TONES = word_set("thirds fifths sevenths ninths tones tritone suspension suspensions")
"""What of chords moves from note to note, whatever is asked."""
_CLOSES = word_set("cadence plagal authentic amen deceptive turnaround")
_SOUNDS = word_set(
    "plays play playing played puts put strikes strike strums strum hits hit hammers holds hold "
    "adds add cycles outlines slams takes comes get gets"
)
"""What is done with chords, and not with keys: "the harp strikes G minor and C minor"."""
_CHORDS = frozenset(("chords", "harmony", "harmonies", "triads"))
_CUES = ROW_NOUNS - {"turnaround"} | {"harmony"}
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


@dataclass(slots=True)
class Row:
    """Names that stand in a row, two or more, and what parts them.

    Attributes:
        signs: the words and marks between its names.
        lead: the six words before it.
        notes, chords: how many of its names are bare notes, and how many name a chord for sure;
            the others ("D minor") may be keys.
    """

    sentence: Sentence
    context: Context
    items: list[Item]
    signs: set[str]
    lead: list[str]
    notes: int
    chords: int

    @property
    def first(self) -> int:
        """The token that it begins with."""
        return self.items[0].first

    @property
    def last(self) -> int:
        """The token that it ends with."""
        return self.items[-1].last

    @property
    def pair(self) -> bool:
        """Does it hold no more than two names?"""
        return len(self.items) == 2


def row_of(sentence: Sentence, context: Context, items: list[Item], signs: set[str]) -> Row:
    """Names that ``signs`` part, as a row."""
    kinds = [item.kind for item in items]
    lead = before(sentence, items[0].first, 6)
    return Row(sentence, context, items, signs, lead, kinds.count("note"), kinds.count("chord"))


def is_progression(row: Row) -> bool:
    """Do the names of a row sound in turn, as chords?"""
    if _names_no_chords(row) or _offered(row):
        return False
    if row.notes < len(row.items) and row.signs != {"/"} and _sounded(row):
        return True
    if row.pair and row.signs == {"and"}:
        return _alternate(row)
    if row.chords:
        return not row.pair or row.chords == 2 or not _LEADS.isdisjoint(row.signs) or _cued(row)
    if _closes(row):
        return True
    if row.notes < len(row.items):
        return _in_steps(row)
    return _of_roots(row)


def _names_no_chords(row: Row) -> bool:
    """Do the names stand for keys, for notes, or for nothing that sounds in turn?"""
    one, other = row.items[:2]
    near = row.lead[-1] if row.lead else ""
    if row.pair and one.kind == "note" != other.kind and one.note.same(other.note):
        return True  # "the bass steps to A and an A minor chord sounds"
    if " " in row.signs and len(row.signs) > 1 and "|" not in row.signs and row.chords < 2:
        return True
    if row.notes == len(row.items) and not _TONES.isdisjoint(row.lead):
        return True  # "the sevenths fall: C-B, F-E"
    if near in ("both", "either") or (one.kind == "note" and near in _SPELLED):
        return True  # "those chords belong to both G major and E minor"
    modulates = row.context.facet == "modulations" and "chords" not in row.sentence.bag
    return not row.chords and (modulates or _plans(row))


def _plans(row: Row) -> bool:
    """Does the sentence speak of keys, and not only of the one that its chords are in?"""
    if row.sentence.bag.isdisjoint(_KEY_PLANS):
        return False
    return after(row.sentence, row.last, 4) != ["in", "the", "key", "of"]


def _offered(row: Row) -> bool:
    """ "D7sus4, G over D, or Dm11": are the names options?"""
    if "or" not in after(row.sentence, row.last, 2) or not row.signs <= _LISTS:
        return False
    return "R" not in row.sentence.kinds[row.last : row.last + 4]


def _sounded(row: Row) -> bool:
    """ "it closes with A7 and D minor", "the harp strikes G minor and C minor by turns"."""
    lead = before(row.sentence, row.first, 8)
    if not _APART.isdisjoint((*lead, *after(row.sentence, row.last, 5))):
        return False
    while lead and (lead[-1] in _ARTICLES or lead[-2:-1] in (["a"], ["an"], ["the"])):
        lead.pop()  # "a lush"
    if lead[-2:] in (["they", "are"], ["these", "are"]):
        return row.context.facet in CHORDAL
    near = lead[-1] if lead else ""
    return near in _SOUNDS or (row.chords > 0 and near != "" and near not in _WEIGHED)


def _alternate(row: Row) -> bool:
    """ "Em7 and Gmaj7 alternate", "two chords, G minor and C minor", "the vamp is just D and C"."""
    lead = before(row.sentence, row.first, 3)
    while lead and lead[-1] in _ONLY:
        lead.pop()
    if not ROW_NOUNS.isdisjoint(lead[-2:]):
        return True
    bag = row.sentence.bag
    spoken = not bag.isdisjoint(_CHORDS) and bag.isdisjoint(("key", "keys"))
    return _closes(row) or (not bag.isdisjoint(_PAIRS) and (row.chords > 0 or spoken))


def _closes(row: Row) -> bool:
    """ "A plagal cadence, F to C", "a cadence from F to C"."""
    if row.sentence.bag.isdisjoint(_CLOSES):
        return False
    return row.lead[-1:] in ([","], [":"], ["("]) or "cadence" in row.lead[-3:]


def _cued(row: Row) -> bool:
    """Does the question or the sentence speak of chords that follow each other?"""
    facet, bag = row.context.facet, row.sentence.bag
    if facet in ("chords", "progression") or not bag.isdisjoint(_CUES):
        return True
    return facet == "cadence" and "to" in row.signs and bag.isdisjoint(_LINES)


def _in_steps(row: Row) -> bool:
    """ "D minor - G - C", "D minor, G, C and F": names of which some may be keys."""
    mixed = len(row.items) > 3 and row.notes > 0 and row.signs <= {",", "and", "then"}
    steps = not row.pair and not _LEADS.isdisjoint(row.signs)
    return mixed or steps or _cued(row)


def _of_roots(row: Row) -> bool:
    """ "The chords are D, G and A", "the vamp is D-G": bare names of chords, and of no notes?"""
    if not _LINES.isdisjoint(row.lead) or row.signs == {" "}:
        return False  # "the melody moves to G and then to A"
    return _listed_chords(row) if row.signs <= {",", "and"} else _cued(row)


def _listed_chords(row: Row) -> bool:
    """ "the chords are E, B and A", "A, D and E, the three-chord trick": no notes of one chord."""
    bag = row.sentence.bag
    if not bag.isdisjoint(("notes", "tones", "pitches", "note", "spells", "spell")):
        return False
    return "trick" in bag or not ROW_NOUNS.isdisjoint(before(row.sentence, row.first, 7))
