"""Which number without "bpm" is a tempo, and how numbers are said.

Conventions
-----------
A number is a tempo in one of these frames; the plainer the number, the more it needs.

=============  ==========================================================================
frame          examples
=============  ==========================================================================
per            126 to the quarter; 98 of them per minute; fifty-four on the metronome
beat           crotchet = 152; the dotted pulse at 60; half note equals 112
noun           Tempo 116 on my phone; the speed remains 70; a pulse of 88
at             a shuffle at 118; I'd put it at one-fifty
said           I'd say 112; feels more like 78; around 150.; seventy-six or thereabouts
related        half, double or nearly a tempo that was named: "or 70 if you nod"
item           of a list of facts: "pop, 118, she's belting"; "the fast reading, 140,"
read off       the app blinks 63; the label printed 144; my phone shows 98
pointed at     where a tempo was named: "the 120 in my draft was careless"
counted        where the talk is of tempo: "I get 132", "so 190", "which makes 96"
=============  ==========================================================================
"""

from __future__ import annotations

from collections.abc import Sequence

from rewards.claims.context import Context
from rewards.claims.grammar.time.tempo_numbers import SAID, kin, polite
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import phrases, word_set

CUES = word_set(
    "tempo pulse metronome speed bpm clocked running session grid tapped tapping beats crotchet "
    "quarter minim pace click dotted tempi marking clock = fast slow slower faster steps m.m mm "
    "minute bpms beat-per-minute tapped count counted foot toe tap taps stopwatch nod tactus "
    "uptempo midtempo reading half-time halftime double-time doubletime double halve halving"
)
_TALK = word_set("tempo pulse metronome bpm speed pace tempi")
_LEAD = word_set(
    "at around about to near approximately roughly is was got be say = of feels like nearly almost "
    "gives : circa ca approx over exactly bpm ~ sits maybe perhaps probably just between as means "
    "makes under equals counted count tapped really actually steady so it's clocked reading get "
    "find measured measure put remains stays keeps averaging hence therefore that's shy close"
)
_GOES = word_set(
    "runs run running goes moves loops rolls rolling cruises cruising gallops gallop sits clocks "
    "clock put tag peg place beatmatch clocked set chugs marches swings flows walks trots rushes "
    "races drives pumps strolls ambles sways bounces settles hovers it this but and takes take "
    "groove groover track banger jam lope shuffle grooves pulses plods crawls skips dances"
)
_GAITS = word_set(
    "stroll walk crawl trot gallop sprint jog march dirge sprinter's walking brisk slow fast quick "
    "leisurely moderate relaxed lively"
)
_NEARLY = word_set(
    "around about roughly near circa ca approximately nearly almost some exactly say just shy of "
    "under over close to a an brisk steady easy slow fast leisurely maybe perhaps probably like "
    "more something ~ c approx precisely solid straight constant relaxed well only"
)
_UNITS = word_set(
    "seconds second s sec secs bars bar measures measure years minutes minute hz ms % percent "
    "times sharps flats semitones steps notes beats voices parts people players th st nd rd hits "
    "degrees rpm cents db khz hertz per-cent strings keys players copies singers frames taps "
    "feet mm cm kilos euros dollars tracks pages lines o'clock samples"
)
_NUMBERED = word_set("bar measure m no op track take page opus number figure take mm midi bwv k")
_EVENTS = word_set(
    "cuts closes opens peaks made met joins stops fades finishes resumes limiter crossfade "
    "volume attended retired cutoff knob outro "
    "begins starts enters enter comes ends drops arrives appears returns changes switches "
    "modulates happens occurs begin start filter cutoff age aged degrees volume born died solo"
)
_JUDGES = word_set("say call make get feels feel reckon guess hear read clock tag nod land")
_FACTS = frozenset(("genre", "key", "mode", "meter", "tempo_term"))
"""Types among which a number that is an item of its own is a tempo."""
_FIGURES = word_set(
    "reading count estimate figure value tempo pulse rate speed pace feel trot walk"
)
_SOURCES = word_set(
    "app software detector tracker phone metronome tool plugin algorithm label sleeve session tag "
    "file wiki watch display counter readout machine computer analyser analyzer tap beat-tracker "
    "script daw sheet booklet"
)
_SHOWS = word_set(
    "says shows reads gives reports displays blinks prints printed gave showed said claims "
    "suggests returns returned insists estimates lists spits flashes proposes"
)
_GOES_ON = word_set(
    "i in from is was on reading figure at would came comes that seems feels which because and "
    "but as for when though while by"
)
_SAYING = tuple([",", word] for word in ("say", "oh", "well", "roughly", "about", "perhaps", "uh"))
""""It crawls at, say, 64"."""
_OR_SO = phrases("or so|or thereabouts|give or|or just|or slightly")
_SUMS = word_set("divided dividing over times x * plus minus multiplied subtract add")


def is_tempo(
    sentence: Sentence, context: Context, first: int, last: int, value: float, *, cued: bool
) -> bool:
    """Is a number without a unit a tempo? ``cued``: the talk is of tempo."""
    if value < 30 or _counts(sentence, first, last):
        return False
    if _of_beats(sentence, first) or _of_noun(sentence, first):
        return True
    heard = {found.type for found in context.found}
    loose = cued or bool(heard)
    if (40 if cued else 60) <= value <= 260 and (
        _at(sentence, first, last, loose) or _judged(sentence, first, last, loose)
    ):
        return True
    if _related(sentence, first, last, value, context.tempi):
        return True
    if 40 <= value <= 260 and (
        _paced(sentence, first, last)
        or _item(sentence, first, last, heard)
        or _read_off(sentence, first, last)
        or (context.tempi and _pointed_at(sentence, first, last))
    ):
        return True
    return cued and _counted(sentence, first, last, value, context.facet == "tempo")


def _ends(sentence: Sentence, last: int) -> bool:
    """Does a clause end with a number, or with "or so" behind it?"""
    words = sentence.words
    if last + 1 == len(words) or sentence.kinds[last + 1] in ",;:)":
        return True
    if words[last + 1] in SAID or polite(words[last + 1 : last + 4]):
        return True
    return words[last + 1 : last + 3] in _OR_SO


def _counts(sentence: Sentence, first: int, last: int) -> bool:
    """ "40 seconds", "bar 64", "sixty over 0.8", "98 to 102": no tempo, or only a part of one."""
    words, kinds = sentence.words, sentence.kinds
    following = words[last + 1] if last + 1 < len(words) else ""
    near = words[first - 1] if first else ""
    if following in ("-", "to") and kinds[last + 2 : last + 3] == "0":
        return True
    if near == "between" and following == "and":
        return True
    if near == "and" and "between" in words[max(0, first - 4) : first - 2]:
        return True
    if near in ("to", "-") and first > 1 and kinds[first - 2] == "0":
        wide = sentence.tokens[first - 2].value < 0.8 * sentence.tokens[first].value
        if wide:
            return True  # "from 90 to 120", "forty to sixty"
    if following in _UNITS or (following and kinds[last + 1] in "u0s/"):
        beats = following in ("beats", "steps", "taps") and _opened(sentence, first)
        return not (beats and (last + 2 >= len(words) or kinds[last + 2] in ",;)"))
    if near in _NUMBERED or (first and kinds[first - 1] in "/0"):
        return True
    if following in _SUMS or near in ("than", "times", "x", "*", "dividing", "by", "minus", "plus"):
        return True
    if following == "in" and words[last + 2 : last + 4] == ["half", "a"]:
        return True  # "thirty-eight in half a minute"
    return following in ("w", "=") and kinds[last + 2 : last + 3] == "0"


def _opened(sentence: Sentence, first: int) -> bool:
    return first == 0 or sentence.kinds[first - 1] in ",;:"


def _back(sentence: Sentence, first: int) -> int:
    """The place before a number and what blurs it: "roughly", "close to"."""
    at = first - 1
    while (
        at >= 0
        and first - at < 7
        and (
            sentence.words[at] in _NEARLY
            or (sentence.words[at] == "," and sentence.words[at - 2 : at] in _SAYING)
        )
    ):
        at -= 1 if sentence.words[at] in _NEARLY else 3
    return at


def _of_beats(sentence: Sentence, first: int) -> bool:
    """ "Crotchet = 152", "half note equals 112", "the dotted pulse at 60"."""
    words = sentence.words
    at = _back(sentence, first)
    if at >= 0 and words[at] in ("=", "equals", "at", "is", ":"):
        at -= 1
    name = words[at] if at >= 0 else ""
    if name == "note":
        return words[at - 1 : at] in (["quarter"], ["half"], ["eighth"], ["dotted"], ["a"])
    if name in ("quarter", "crotchet", "minim", "quaver"):
        return True
    return name == "pulse" and at < first - 1


def _of_noun(sentence: Sentence, first: int) -> bool:
    """ "Tempo 116", "the speed remains 70", "the pulse sits near 92", "the beat might be 76"."""
    words = sentence.words
    at = first - 1
    while at >= 0 and first - at < 6 and (words[at] in _NEARLY or words[at] in _LEAD):
        at -= 1
    while at >= 0 and words[at] in ("might", "may", "could", "must", "should", "not", "hovers"):
        at -= 1
    if at < 0:
        return False
    return words[at] in _TALK or (words[at] == "beat" and at < first - 1)


def _at(sentence: Sentence, first: int, last: int, loose: bool) -> bool:
    """ "A shuffle at 118", "I'd put it at one-fifty", "but at 132 that idea evaporates"."""
    words = sentence.words
    at = _back(sentence, first)
    if words[max(0, first - 3) : first - 1] in (["at", "a"], ["at", "an"]):
        at = first - 3  # "at a lively 104"
    if at < 0 or words[at] != "at":
        return False
    if at == 0:
        return _ends(sentence, last)
    head = words[max(0, at - 7) : at]
    if not sentence.bag.isdisjoint(_TALK):
        return True
    runs = loose or not _GOES.isdisjoint(head[-4:])
    return runs and _EVENTS.isdisjoint(head)


def _judged(sentence: Sentence, first: int, last: int, loose: bool) -> bool:
    """ "I'd say 112", "feels more like 78 to me", ", around 150.", "76 or thereabouts"."""
    words = sentence.words
    at = _back(sentence, first)
    ends = _ends(sentence, last)
    vague = words[last + 1 : last + 3]
    opened = at < 0 or sentence.kinds[at] in ",;:"
    if vague in (["or", "thereabouts"], ["-", "ish"]) or (opened and vague == ["or", "so"]):
        return True
    if opened and polite(words[last + 1 : last + 4]):
        return True
    if at >= 0 and words[at] in ("feels", "feel") and at < first - 1:
        return True
    at -= at > 0 and words[at] == "it"
    own = at > 0 and not {"i", "'d", "i'd", "we"}.isdisjoint(words[max(0, at - 2) : at])
    if (
        own
        and ends
        and (loose or sentence.tokens[last].value >= 80 or last > first)
        and (words[at] in _JUDGES or words[first - 1] == "say")
    ):
        return words[at] in ("say", "call", "reckon", "guess") or words[first - 1] == "say"
    blurred = words[first - 1 : first] and words[first - 1] in (
        "around",
        "about",
        "roughly",
        "circa",
    )
    return bool(blurred) and ends and opened and (loose or last + 1 == len(words))


def _related(
    sentence: Sentence, first: int, last: int, value: float, before: Sequence[float]
) -> bool:
    """ "Or 70 if you nod in half time", "maybe 133", "not 70"."""
    if not 30 <= value <= 400 or not kin(value, before):
        return False
    words = sentence.words
    lead = words[first - 1] if first else ""
    return _ends(sentence, last) or lead in _LEAD or lead in ("or", "not", "at", "than", "get")


def _item(sentence: Sentence, first: int, last: int, heard: set[str]) -> bool:
    """ "Pop, 118, she's belting", "E minor, 104.", "the fast reading, 140,"."""
    words = sentence.words
    opened = _opened(sentence, _back(sentence, first) + 1)
    if not opened or not _ends(sentence, last):
        return False
    head = words[max(0, first - 7) : max(0, first - 1)]
    if head[-1:] and head[-1] in _FIGURES:
        return True
    return not _FACTS.isdisjoint(heard) and len(words) > last + 1 - first


def _read_off(sentence: Sentence, first: int, last: int) -> bool:
    """ "The app blinks 63", "software says 61, which is silly"."""
    words = sentence.words
    at = _back(sentence, first)
    if at < 1 or words[at] not in _SHOWS or _SOURCES.isdisjoint(words[max(0, at - 4) : at]):
        return False
    return _ends(sentence, last) or words[last + 1] in _GOES_ON


def _pointed_at(sentence: Sentence, first: int, last: int) -> bool:
    """ "The 128 I jotted down", "the wiki's 150 is false", "the 60 reading"."""
    words = sentence.words
    named = words[first - 1 : first] in (["the"], ["that"], ["this"], ["'s"], ["earlier"])
    return named and words[last + 1 : last + 2] != [] and words[last + 1] in _GOES_ON


def _paced(sentence: Sentence, first: int, last: int) -> bool:
    """ "116 is a stroll", "one hop a bar, I'd say 108", "132 beats, give or take one"."""
    words, kinds = sentence.words, sentence.kinds
    following = words[last + 1 : last + 5]
    if first and words[first - 1] == "not" and following[:1] == ["but"]:
        return kinds[last + 2 : last + 3] == "0"  # "not 120 but 60 bpm"
    if following[:2] == ["is", "a"] and not _GAITS.isdisjoint(following[2:]):
        return True
    opened = first == 0 or kinds[first - 1] in ",;:"
    beats = following[:1] in (["beats"], ["steps"], ["paces"], ["strides"])
    ends = last + 2 >= len(words) or kinds[last + 2] in ",;)"
    return opened and beats and ends


def _counted(sentence: Sentence, first: int, last: int, value: float, asked: bool) -> bool:
    """A number that can only be a tempo, where the talk is of tempo."""
    words, kinds = sentence.words, sentence.kinds
    if asked or (len(words) == last + 1 - first and 40 <= value <= 220):
        return True  # "The speed? 110."
    ends = last + 1 == len(words) or kinds[last + 1] in ",;:)" or words[last + 1] in SAID
    if value >= 40 and ends and not sentence.bag.isdisjoint(_TALK):
        return True
    return first > 0 and words[first - 1] in _LEAD
