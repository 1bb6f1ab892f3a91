"""What "D major" stands for: a key, a chord, or a name that is only compared.

Conventions
-----------
A chord where the words before it speak of chords ("it ends on", "the last sonority"), where the
name behind it in a row is one, or where the question asks for chords and nothing speaks of a key.
A key where its clause speaks of keys ("in", "tonality", "home"), says what the music is ("it is",
"points to") or holds nothing but the name; where the question asks for a key, wherever it is not
only compared. All else ("the refrain adds D minor") stands for nothing that can be told.
"""

from __future__ import annotations

from typing import Literal

from rewards.claims.context import Context, after, before
from rewards.claims.cue_words import HARD
from rewards.claims.grammar.items import Item
from rewards.claims.grammar.moves import KEYISH, aimed
from rewards.claims.sentences import Sentence
from rewards.claims.words import word_set

Sense = Literal["key", "chord"] | None
_CHORDAL = frozenset(("cadence", "roman", "progression", "chords"))
_CHORD_CUES = word_set(
    "chord chords triad triads sonority harmony harmonies progression ends ended finishes finish "
    "lands closes resolves resolving resolved cadences arrives followed sounds vamp loop changes "
    "sequence option spells outlines arpeggiates arpeggiated strums strummed strikes hits plays "
    "rings landing closing ending finishing built voicing inversion"
)
_CHORD_NOUNS = _CHORD_CUES - word_set(
    "cadences arrives followed changes option closing landing ending finishing rings plays closes "
    "ends ended finishes finish"
)
"""Those that speak of a chord even where a key is asked."""
_TAKES = word_set(
    "adds receives inserts substitutes picks replaced hit strike strum struck strummed frets "
    "presses stabs"
)
"""Verbs whose object is a chord, where nothing stands between but "by" and the like."""
_TINGES = word_set("touch flash hint splash glimpse moment dash colour color shade stab hits burst")
_KEY_CUES = word_set("in into key tonality signature tonic centre center scale home keys")
_STRONG_KEY = word_set("key tonality keys tonic home tonal tonally centre center tonalities")
_KEY_NOUNS = _STRONG_KEY | word_set("signature accidentals toned pitch-centre keyed")
_KEY_TALK = word_set(
    "in into key tonality signature tonic centre center scale home keys major minor"
)
_APPOSED = word_set(
    "chord triad harmony sonority tonic dominant subdominant submediant mediant supertonic"
)
_CHORD_DEGREES = word_set("supertonic submediant mediant subdominant dominant")
_WEAK = word_set("sounds ending closing end plays built rings resolves harmony landing")
"""Words of chords that speak of keys as well, where a key is asked."""
_SOUNDING = word_set(
    "arrives follows appears arrive sounds next enters resolves comes rings leads struck choked "
    "held ringing sounded strummed flashes"
)
_NO_CHORD = word_set(
    "piece song tune work feel context sound ballad waltz lament jam groove number movement riff "
    "tonality opening blues section passage episode"
)
"""What is in a key, behind its name."""
_OWN = frozenset(("i", "we"))
_STRETCHES = word_set(
    "stretch passage bars measures section spell episode minutes area region world"
)
_ONTO = word_set("on onto upon")
_SEATED = word_set("centred centered centers centres based rooted pivots anchored focused")
_FILLERS = word_set(
    "so yes hence then therefore thus clearly definitely probably maybe perhaps possibly either or "
    "and not no likely surely obviously fine ok okay still just now again simply plainly certainly "
    "plain straight good old evidently apparently presumably rather nor neither never most quite "
    "pretty very much firmly well oh ah right kind sort of kinda sorta a an the my our its this "
    "that also all"
)
"""What may stand before a name that fills its clause."""
_ADVERBS = _FILLERS - word_set("an the my our its this that a")
_MODALS = word_set(
    "could might may must can can't cannot should would couldn't wouldn't will 'd 'll"
)
_LINKS = word_set(
    "is 's it's that's was be being are remains stays sounds feels seems looks becomes became like "
    "as reads called = sound feel been"
)
_BARE = _FILLERS | _LINKS | _MODALS
"""Words that say of a name only that it is."""
_SUBJECTS = word_set(
    "it it's this that that's which he piece song track music tune movement excerpt clip recording "
    "answer everything whole we i verdict guess result conclusion choice work prelude loop one all "
    "candidate best fit ear reading impression what here"
)
_OPINIONS = word_set(
    "go going went opt vote settle plump call called label tag hear read put place set write mark "
    "lean leans leaning point points pointing suggest suggests suggesting imply implies implying "
    "indicate indicates indicating mean means meaning make makes making give gives giving leave "
    "leaves leaving confirm confirms establish establishes fit fits suit suits match matches "
    "support supports favour favours favor favors prefer choose pick answer say says saying "
    "conclude declare announce announced think guess suspect bet rule rules ruled exclude excludes "
    "eliminate eliminates discard reject contradict contradicts consider considered tried weigh "
    "between versus vs yield yields define defines anchors anchor argues argue speaks file filed "
    "gravitate gravitates gravitating opted settled took take takes heard identify identified "
    "assume assumed spell note notes noted certain sure confident hinting hints hint candidates "
    "about concur concluded decides dwells hangs hovers denies denied against swear believe "
    "thought wrote believed guessed marked aligns line lines consistent compatible agree agrees "
    "expect expected name named announces decided decide final toward towards"
)
"""Words by which an author comes to a key."""
_BEHIND = word_set(
    "throughout feel piece tune song all again confirmed excluded wins works fits rules then with "
    "for from if because since as and but so or at where when plausible likely i we obviously "
    "clearly is it though although - it's up by without which after before until , / possibly "
    "probably perhaps maybe indeed first ballad waltz in"
)
_JOINS = word_set("or and , nor / its relative the either a vs versus minor major not parallel but")
_STEPS = word_set("to into straight directly back up down then on and")
_TELLS = word_set("shares share contains needs requires differs uses lacks has have")
"""Words behind a key of which something is said in general."""
_RELATED = word_set("shares share differs relatives siblings related differ neighbours neighbors")
_FROM_KEYS = word_set(
    "travels moves goes modulates proceeds passes shifts modulation journey departs starts "
    "starting turns rises sets modulating moving"
)
_FROM = word_set("from with to as than")
_PARTS = word_set("clarinet sax saxophone trumpet horn part capo page paper stick fingering")
_WRITTEN = word_set("written notated finger fingered fingers reads read shapes notation")
_RECALLS = word_set("reminds reminiscent recalls compare resembles famous bach's mozart's")
"""Words of other pieces, whose keys are no claims."""
_COMPARES = word_set(
    "differs differ compared foreign belong belongs native same common alien shared shares "
    "relative identical equivalent unrelated opposed borrowed needed"
)
_LOOK_BACK = 14


def sense(
    sentence: Sentence, context: Context, item: Item, last: tuple[Item, Sense] | None
) -> Sense:
    """What a name of the kinds "triad" and "key" stands for; ``last`` is the name before it."""
    if sentence.kinds[max(0, item.first - 2) : item.first] == "Rw" and (
        sentence.words[item.first - 1] == "of"
    ):
        return None  # "vii of D minor"
    if item.kind == "triad" and _is_chord(sentence, context, item):
        return None if told(sentence, item) else "chord"
    if last is not None and last[1] == "chord" and _follows(sentence, last[0], item):
        return "chord"
    if compared(sentence, item):
        return None
    if context.facet in KEYISH or aimed(sentence, item) or _keyed(sentence, item):
        return "key"
    leads_on = last is not None and sentence.words[last[0].last + 1 : item.first] == ["to"]
    if last is not None and last[1] == "key" and leads_on and context.facet == "modulations":
        return "key"
    if last is not None and last[1] == "key" and _joined(sentence, last[0], item):
        return "key"
    return None


def _joined(sentence: Sentence, one: Item, other: Item) -> bool:
    between = sentence.words[one.last + 1 : other.first]
    return len(between) <= 4 and _JOINS.issuperset(between)


def _follows(sentence: Sentence, one: Item, other: Item) -> bool:
    """ "from G7 straight to C major"."""
    between = sentence.words[one.last + 1 : other.first]
    return 0 < len(between) <= 3 and between[-1] in ("to", "into") and _STEPS.issuperset(between)


def _clause(sentence: Sentence, item: Item) -> tuple[list[str], list[str], str]:
    """The words of a name's clause before and behind it, and the mark before the clause."""
    words, kinds = sentence.words, sentence.kinds
    start, end = item.first, item.last + 1
    while start and item.first - start < _LOOK_BACK:
        if kinds[start - 1] in ",;:()T" or words[start - 1] in HARD:
            break
        start -= 1
    while end < len(words) and end - item.last < _LOOK_BACK and kinds[end] not in ",;:()":
        end += 1
    return words[start : item.first], words[item.last + 1 : end], words[start - 1] if start else ""


def _keyed(sentence: Sentence, item: Item) -> bool:
    """Do the words around a name make it a key?"""
    lead, tail, mark = _clause(sentence, item)
    while lead and lead[-1] in _ADVERBS:
        lead = lead[:-1]
    near = lead[-1] if lead else ""
    if near == "from" and not _FROM_KEYS.isdisjoint(before(sentence, item.first, 9)):
        return True
    if near in ("in", "into", "unlike"):
        return True
    if not _KEY_NOUNS.isdisjoint(lead) or not _KEY_NOUNS.isdisjoint(tail[:4]):
        return True
    if mark == ":" and not _KEY_NOUNS.isdisjoint(before(sentence, item.first, 4)):
        return True
    if near in _LINKS and (not _SUBJECTS.isdisjoint(lead) or _BARE.issuperset(lead[:-1])):
        return True
    if tail[:1] and tail[0] in _NO_CHORD:
        return True
    if near == "of" and not _STRETCHES.isdisjoint(lead[-2:-1]):
        return True
    if not _OPINIONS.isdisjoint(lead[-6:]):
        return True
    return fragment(sentence, item)


def fragment(sentence: Sentence, item: Item) -> bool:
    """Is a name all that its clause says?"""
    lead, tail, mark = _clause(sentence, item)
    return _FILLERS.issuperset(lead) and _stands_alone(sentence, item, tail, mark)


def _stands_alone(sentence: Sentence, item: Item, tail: list[str], mark: str) -> bool:
    """ "Synthwave, F minor, 104": but for "1: A minor" and "a raised third, C major"."""
    if tail and tail[0] not in _BEHIND:
        return False
    head = before(sentence, item.first, _LOOK_BACK)
    if mark == ":" and sentence.kinds[max(0, item.first - 2) : item.first] == "0:":
        return False
    if mark == "," and head[-3:-2] in (["bar"], ["measure"], ["m"]):
        return False
    return not mark or {"chord", "sonority", "triad", "harmony"}.isdisjoint(head)


def told(sentence: Sentence, item: Item) -> bool:
    """ "D minor has F natural": is something said of a name in general?"""
    behind = after(sentence, item.last, 2)
    if behind[:1] == ["would"]:
        return behind[-1] in ("share", "differ")
    return bool(behind) and behind[0] in _TELLS and behind[1:] not in (["been"], ["as"], ["it"])


def compared(sentence: Sentence, item: Item) -> bool:
    """ "E flat is foreign to G major", "G major and E minor are relatives"."""
    lead, tail, _ = _clause(sentence, item)
    if lead[-1:] and lead[-1] in _FROM and not _COMPARES.isdisjoint(lead[-7:]):
        return True
    if not sentence.bag.isdisjoint(_PARTS) and not _WRITTEN.isdisjoint(lead):
        return True  # "the clarinet part is written in D"
    if lead[-1:] in (["outside"], ["beyond"]) or not sentence.bag.isdisjoint(_RECALLS):
        return True
    if lead[-2:] in (["out", "of"], ["member", "of"], ["part", "of"], ["members", "of"]):
        return True
    if sentence.words[item.last + 1 : item.last + 2] == ["scale"] and lead[-1:] in (["a"], ["an"]):
        return True
    return not _RELATED.isdisjoint(tail[:5])


def _is_chord(sentence: Sentence, context: Context, item: Item) -> bool:
    lead = before(sentence, item.first, 8)
    near = lead[-1] if lead else ""
    apposed = len(lead) > 1 and near == "," and lead[-2] in _APPOSED
    if apposed and lead[-2] in ("chord", "triad", "harmony", "sonority"):
        return True
    if near == "of" and not _TINGES.isdisjoint(lead[-2:-1]):
        return True
    takes = lead[-2:-1] if near in ("by", "with", "a", "an", "the") else lead[-1:]
    if not _TAKES.isdisjoint(takes):
        return True
    like = False
    for word in reversed(lead[:-2] if apposed else lead):
        if word in (",", ";", ":", "(", ")"):
            if word == ":" and lead[lead.index(":") - 1] in ("triad", "chord", "sonority"):
                return True
            break
        if apposed and word == "tonic":
            continue
        if word in _STRONG_KEY or word in ("feels", "feel"):
            return False
        if word == "like":
            like = True
        weak = (like and word == "sounds") or (context.facet == "key" and word in _WEAK)
        weak = weak or (word == "changes" and near == "to")
        if word in (_CHORD_NOUNS if context.facet in KEYISH else _CHORD_CUES) and not weak:
            return True
        if word in ("in", "into") and near in ("in", "into", "the"):
            return False
    tail = after(sentence, item.last, 4)
    behind = tail[:1] in ([","], ["("]) and not _CHORD_DEGREES.isdisjoint(tail[1:4])
    if behind and "relative" not in tail:
        return True
    if near in ("a", "an"):
        return not tail or tail[0] not in _NO_CHORD
    if "picardy" in sentence.bag and item.mode == "major" and near != "in":
        return True
    if context.chords_asked and placed(sentence, item, time_of(sentence, item.first)):
        return True
    if near in ("in", "into") or {"home", "tonic", "throughout", "all"} & set(tail):
        return False
    if context.facet not in _CHORDAL | {"chord"} and aimed(sentence, item):
        return False
    if tail[:1] and tail[0] in _SOUNDING and context.facet not in KEYISH:
        return True
    own = not _OWN.isdisjoint(lead) and not _OPINIONS.isdisjoint(lead)
    if near in _ONTO and not own and _SEATED.isdisjoint(lead[-3:]):
        return True
    if context.facet == "chord":
        if not sentence.bag.isdisjoint(("tonality", "key")):
            return False
        return near not in _KEY_CUES
    if not lead and tail[:1] == [","]:
        return False
    return context.facet in _CHORDAL and not (set(lead) | set(tail[:2])) & _KEY_TALK


def placed(sentence: Sentence, item: Item, time: float | None) -> bool:
    """Behind a time or the number of a bar."""
    lead = before(sentence, item.first, 2)
    return time is not None or (len(lead) == 2 and lead[0] in ("m", "mm", "bar", "measure"))


def time_of(sentence: Sentence, at: int) -> float | None:
    """The time that stands before a token, or right behind it."""
    kinds = sentence.kinds
    if "T" not in kinds:
        return None
    for spot in range(at + 1, min(len(kinds), at + 5)):
        if kinds[spot] == "T" and sentence.words[spot - 1] in ("at", "(", "from"):
            return sentence.tokens[spot].value
        if kinds[spot] in ",;":
            break
    for spot in range(at - 1, -1, -1):
        if kinds[spot] == "T":
            return sentence.tokens[spot].value
    for spot in range(at + 1, min(len(kinds), at + 6)):
        if kinds[spot] == "T":
            return sentence.tokens[spot].value
    return None
