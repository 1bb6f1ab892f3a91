"""Numbers that somebody puts forward, or a device: "a shuffle at 118", "I'd say 112"."""

from __future__ import annotations

from rewards.claims.grammar.time.tempo_clauses import TALK, ends_clause, lead_in
from rewards.claims.grammar.time.tempo_numbers import polite
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import word_set

_GOES = word_set(
    "runs run running goes moves loops rolls rolling cruises cruising gallops gallop sits clocks "
    "clock put tag peg place beatmatch clocked set chugs marches swings flows walks trots rushes "
    "races drives pumps strolls ambles sways bounces settles hovers it this but and takes take "
    "groove groover track banger jam lope shuffle grooves pulses plods crawls skips dances"
)
_EVENTS = word_set(
    "cuts closes opens peaks made met joins stops fades finishes resumes limiter crossfade "
    "volume attended retired cutoff knob outro "
    "begins starts enters enter comes ends drops arrives appears returns changes switches "
    "modulates happens occurs begin start filter age aged degrees born died solo"
)
_JUDGES = word_set("say call make get feels feel reckon guess hear read clock tag nod land")
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


def put_at(sentence: Sentence, first: int, last: int, loose: bool) -> bool:
    """ "A shuffle at 118", "I'd put it at one-fifty", "but at 132 that idea evaporates"."""
    words = sentence.words
    at = lead_in(sentence, first)
    if words[max(0, first - 3) : first - 1] in (["at", "a"], ["at", "an"]):
        at = first - 3  # "at a lively 104"
    if at < 0 or words[at] != "at":
        return False
    if at == 0:
        return ends_clause(sentence, last)
    head = words[max(0, at - 7) : at]
    if not sentence.bag.isdisjoint(TALK):
        return True
    runs = loose or not _GOES.isdisjoint(head[-4:])
    return runs and _EVENTS.isdisjoint(head)


def judged(sentence: Sentence, first: int, last: int, loose: bool) -> bool:
    """ "I'd say 112", "feels more like 78 to me", ", around 150.", "76 or thereabouts"."""
    words = sentence.words
    at = lead_in(sentence, first)
    ends = ends_clause(sentence, last)
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
        and (loose or sentence.values[last] >= 80 or last > first)
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


def read_off(sentence: Sentence, first: int, last: int) -> bool:
    """ "The app blinks 63", "software says 61, which is silly"."""
    words = sentence.words
    at = lead_in(sentence, first)
    if at < 1 or words[at] not in _SHOWS or _SOURCES.isdisjoint(words[max(0, at - 4) : at]):
        return False
    return ends_clause(sentence, last) or words[last + 1] in _GOES_ON


def pointed_at(sentence: Sentence, first: int, last: int) -> bool:
    """ "The 128 I jotted down", "the wiki's 150 is false", "the 60 reading"."""
    words = sentence.words
    named = words[first - 1 : first] in (["the"], ["that"], ["this"], ["'s"], ["earlier"])
    return named and words[last + 1 : last + 2] != [] and words[last + 1] in _GOES_ON
