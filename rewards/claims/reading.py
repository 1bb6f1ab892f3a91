"""From a completion to its claims.

Conventions
-----------
Only the first ``READ`` characters of the think part and of the answer are read. What is asked,
quoted, copied from the prompt or said by somebody else is no claim. A claim that is repeated
is kept each time; ``distinct`` makes one of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from rewards.claims.absent import absent_concluded, denied
from rewards.claims.context import Context
from rewards.claims.grammar.harmony import (
    by_degree,
    cadences,
    departures,
    functions,
    numerals,
    roots,
    signatures,
)
from rewards.claims.grammar.harmony import reader as harmony
from rewards.claims.grammar.names import forms, option_heads, vocabulary
from rewards.claims.grammar.names.kinds import specified
from rewards.claims.grammar.notes import intervals
from rewards.claims.grammar.notes import reader as notes
from rewards.claims.grammar.pitch import degrees
from rewards.claims.grammar.pitch.comparisons import collected
from rewards.claims.grammar.pitch.items import items
from rewards.claims.grammar.pitch.octaves import octaves
from rewards.claims.grammar.textbook import reader as textbook
from rewards.claims.grammar.textbook.asked import conclusions
from rewards.claims.grammar.textbook.definitions import definitions
from rewards.claims.grammar.time import meters, tempi
from rewards.claims.prefilter import stretches
from rewards.claims.records import CLAIMS, Claim, Section
from rewards.claims.relations import asked_relation
from rewards.claims.repeats import without_bare_modes, without_members
from rewards.claims.sameness import same_value
from rewards.claims.shown import shown
from rewards.claims.stance.corrections import corrected, cues
from rewards.claims.stance.queries import asked_about, asks, asks_for
from rewards.claims.stance.replies import Replies
from rewards.claims.stance.reviews import Reviews, tests_hypotheses
from rewards.claims.stance.statements import stated
from rewards.claims.text import layouts
from rewards.claims.text.folding import Folded, folded
from rewards.claims.text.latex import unmarked
from rewards.claims.text.letters import chosen
from rewards.claims.text.prompts import blanked
from rewards.claims.text.sentences import Sentence, sentences
from rewards.claims.text.words import word_set
from rewards.claims.tonics import homed, seated, settled
from rewards.claims.verify.theory import holds
from rewards.records import Question, Response
from rewards.response import spans
from rewards.spelling.chords import parse_chord
from rewards.spelling.keys import Key, parse_key
from rewards.spelling.modes import parse_mode

READ = 8192
_LABEL = re.compile(r"\W{0,3}[A-H]\W{0,3}")
MOST_CLAIMS = 200
"""Past so many claims a section is not read on: no musician says as much in 8 kB."""
_DEGREES = ("note", "chord", "roman")
"""Facets of which a degree of the scale may tell the value."""
_TALK = word_set("tempo bpm speed pace fast")


def read(question: Question, response: Response) -> tuple[Claim, ...]:
    """The claims of both sections, in order, spans in the raw completion."""
    return _read(response.text, question.text, question.choices, question.facet)


def read_text(text: str, facet: str | None) -> list[Claim]:
    """The claims of a text of its own, such as an option, as an answer; spans in that text."""
    return _section("answer", folded(text[:READ]), "", (), facet)


def distinct(claims: Sequence[Claim]) -> list[Claim]:
    """Each proposition once, as it stands at the end.

    What was doubted and later asserted, denied or taken back is that; what was asserted and
    later taken back is taken back. An assertion and a denial of one value stay two.
    """
    kept: dict[tuple[object, ...], list[Claim]] = {}
    for claim in claims:
        name = claim.type, same_value(claim.type, claim.value), _said_of(claim)
        said = kept.setdefault(name, [])
        if not said:
            said.append(claim)
            continue
        doubts = [c for c in said if c.modality in ("hedged", "hypothetical")]
        firm = [c for c in said if c not in doubts]
        if claim.modality == "retracted":
            kept[name] = [c for c in firm if c.polarity != claim.polarity] + [claim]
        elif claim.modality == "asserted":
            alike = [c for c in firm if c.polarity == claim.polarity]
            back = any(c.modality == "retracted" for c in alike)
            kept[name] = [c for c in firm if not (back and c in alike)]
            if back or not alike:
                kept[name].append(claim)
    return sorted((c for said in kept.values() for c in said), key=lambda claim: claim.start)


def _said_of(claim: Claim) -> object:
    """What tells two claims of one value apart: the voice of a note, the time of a chord."""
    if claim.type == "note":
        return claim.subject
    return (claim.time, claim.subject) if claim.type == "chord" else None


@lru_cache(maxsize=256)
def _read(text: str, prompt: str, choices: tuple[str, ...], facet: str | None) -> tuple[Claim, ...]:
    found: list[Claim] = []
    think, answer = spans(text)
    if think is not None:
        start, end = think
        raw = text[start : min(end, start + READ)]
        thoughts = _section("think", folded(raw, start), prompt, choices, facet)
        found += absent_concluded(thoughts, text, prompt)
    if answer is not None:
        start, end = answer
        raw = text[start : min(end, start + READ)]
        if not (choices and _LABEL.fullmatch(raw[:8])):  # the letter of an option is no note
            said = denied(_answer(raw, prompt, choices, facet, _home(found)), prompt)
            found += [replace(one, start=one.start + start, end=one.end + start) for one in said]
    return tuple(specified(without_bare_modes(found)))


@lru_cache(maxsize=256)
def _answer(
    raw: str, prompt: str, choices: tuple[str, ...], facet: str | None, home: Key | None
) -> tuple[Claim, ...]:
    """The claims of an answer, spans in it: siblings of a group often give the same."""
    return tuple(_section("answer", folded(raw), prompt, choices, facet, home))


def _section(
    section: Section,
    text: Folded,
    prompt: str,
    choices: tuple[str, ...],
    facet: str | None,
    key: Key | None = None,
) -> list[Claim]:
    labels = "ABCDEFGH"[: len(choices)]
    relation = asked_relation(prompt, facet)
    key = key or (relation and relation.key)
    context = Context(facet, labels, choices, section == "answer", relation, key)
    claims: list[Claim] = []
    places: list[tuple[int, int]] = []
    spoken = layouts.plain(text.text, choices)
    weighs = bool(labels) or tests_hypotheses(spoken)
    replies, reviews = Replies(spoken), Reviews(CLAIMS.get(facet or "", facet), labels)
    for sentence in _sentences(spoken, prompt, choices, facet):
        if len(claims) >= MOST_CLAIMS:
            break
        context.before, context.found = context.found, []
        _read_sentence(sentence, context)
        claims = replies.replied(sentence, context.found, claims)
        if not (replies.denied and "but" in sentence.bag):  # "..., but no" takes nothing back
            places += [(text.raw(place), reach) for place, reach in cues(sentence)]
        context.wondered = asks_for(sentence)
        if sentence.asked:
            context.tempo_said = context.tempo_said or not _TALK.isdisjoint(sentence.bag)
            notes.wonder(sentence, context)
            if asks(sentence):
                replies.left(sentence, asked_about(sentence, context.found, section, text), ())
                continue
        said: Sequence[Claim] = ()
        if context.found:
            said = stated(sentence, context.found, section, text, replies.at_risk)
            claims += said
            for one in context.found:
                if one.bare:
                    context.bare[text.raw(sentence.span(one.first, one.last)[0])] = one.bare
            quick = sentence.asked and len(sentence.words) < 8
            replies.left(sentence, said if quick else [], said)
            _remember(context, said)
        if weighs:
            claims = reviews.weighed(sentence, said, claims)
    if section == "think" and facet:
        claims += _lettered(spoken, choices, facet, claims, text)
    claims = roots.joined(without_members(claims), context.bare)
    claims = homed(seated(settled(claims, context.bare, facet)))
    if places:
        claims = corrected(sorted(claims, key=lambda claim: claim.start), places)
    return claims


def _sentences(
    spoken: str, prompt: str, choices: tuple[str, ...], facet: str | None
) -> Iterator[Sentence]:
    """The sentences that may hold a claim, without what is copied from the prompt."""
    own = unmarked(blanked(spoken, prompt, choices))
    for place, stretch in stretches(own, option_heads.heads(facet, choices).keys()):
        yield from sentences(stretch, place, prompt)


def _lettered(
    spoken: str, choices: tuple[str, ...], facet: str, claims: Sequence[Claim], text: Folded
) -> Iterator[Claim]:
    """What the option is whose letter ends a sentence ("the answer is (B)"), where no words do."""
    wanted = CLAIMS.get(facet, facet)
    told = chosen(spoken, choices)
    if told is None or any(one.type == wanted and one.plain for one in claims):
        return
    place, at = told
    for one in read_text(choices[place], facet):
        if one.type == wanted and one.plain:
            yield replace(one, start=text.raw(at), end=text.raw(at + 1), section="think")


def _home(claims: list[Claim]) -> Key | None:
    """The key that was plainly asserted first, for the answer that refers to it."""
    keys = [claim for claim in claims if claim.type == "key" and claim.plain]
    return parse_key(str(keys[0].value)) if keys else None


def _read_sentence(sentence: Sentence, context: Context) -> None:
    """Call the readers whose signs the sentence shows."""
    signs = sentence.once(shown)
    if "vocabulary" in signs:
        vocabulary.read(sentence, context)
    if context.choices and option_heads.heads(context.facet, context.choices):
        option_heads.read(sentence, context)
    if "forms" in signs or context.facet == "form":
        forms.read(sentence, context)
    if "functions" in signs and context.relation is None:
        functions.read(sentence, context)
    if "cadences" in signs:
        cadences.read(sentence, context)
    used: set[int] = set()
    by_degrees = context.facet in _DEGREES and "degrees" in signs
    if "names" in signs or by_degrees or (context.pair is not None and "s" in sentence.kinds):
        named = sentence.once(items)
        if "C" in sentence.kinds:
            named = octaves(sentence, context.facet, named)
        used = textbook.read(sentence, context, named)
        if context.relation is not None:
            conclusions(sentence, context, named)
        free = [item for item in named if item.first not in used or collected(sentence, item)]
        if by_degrees:
            free = degrees.without_homes(sentence, free)
        harmony.read(sentence, context, free)
        notes.read(sentence, context, free)
        if by_degrees:
            by_degree.read(sentence, context)
            notes.read(sentence, context, by_degree.notes(sentence, context, used))
    if "departures" in signs:
        departures.read(sentence, context)
    if "signatures" in signs:
        signatures.read(sentence, context)
    if "numerals" in signs:
        numerals.read(sentence, context)
    if "meters" in signs:
        meters.read(sentence, context)
    if "tempi" in signs:
        tempi.read(sentence, context)
    if "intervals" in signs:
        intervals.read(sentence, context)
    roots.read(sentence, context)
    if used:
        context.found = [
            found for found in context.found if found.type == "textbook" or found.first not in used
        ]
    for told in definitions(sentence, context.found, context.before):
        if all(holds(str(one.value)) is False for one in told):  # a true one says nothing
            context.add(told[0])


def _remember(context: Context, claims: list[Claim]) -> None:
    """The key that was named last, for what refers to it; tonics, and the mode of each."""
    named, chord, asked = False, None, context.facet in ("key", "key_signature", "mode")
    for claim in claims:
        if claim.type in ("key", "mode") and claim.plain:
            mode = parse_mode(str(claim.value))
            context.tonic = (mode and mode.tonic) or context.tonic
    for claim in reversed(claims):
        if claim.type == "textbook" and context.key is None and ":" not in str(claim.value):
            context.key = parse_key(str(claim.value).removeprefix("members of ").split(" is ")[0])
        if claim.type == "chord" and claim.plain:
            named_chord = parse_chord(str(claim.value))
            if named_chord is not None and named_chord.root is not None:
                context.rooted.add(named_chord.root.pitch_class)
            chord = chord or named_chord
            context.chord = chord or context.chord
        if claim.type not in ("key", "modulation") or claim.polarity != "asserted":
            continue
        if claim.modality == "hypothetical" and context.key is not None:
            continue
        key = parse_key(str(claim.value))
        if key is None:
            continue
        if not named:
            context.key, named = key, True
        if claim.plain and claim.type == "key" and (context.home is None or asked):
            context.home = key
        if claim.start not in context.bare:
            context.modes.setdefault(key.tonic.pitch_class, key.mode)
