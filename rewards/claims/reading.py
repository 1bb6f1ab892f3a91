"""From a completion to its claims.

Conventions
-----------
Only the first ``READ`` characters of the think part and of the answer are read. What is asked,
quoted, copied from the prompt or said by somebody else is no claim. A claim that is repeated
is kept each time; ``distinct`` makes one of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from rewards.claims.context import Context, Found
from rewards.claims.corrections import corrected, cues
from rewards.claims.cues import Cues
from rewards.claims.folding import Folded, folded
from rewards.claims.grammar import (
    cadences,
    forms,
    harmony,
    intervals,
    meters,
    notes,
    numerals,
    signatures,
    tempi,
    textbook,
    vocabulary,
)
from rewards.claims.grammar.items import items
from rewards.claims.prompts import blanked
from rewards.claims.records import Claim, Section
from rewards.claims.sameness import same_value
from rewards.claims.sentences import Sentence, sentences
from rewards.claims.words import word_set
from rewards.records import Question, Response
from rewards.response import spans
from rewards.spelling.keys import parse_key

READ = 8192
_ASKS = word_set(
    "is are was were does do did can could would should what which who whose how why where when "
    "am has have will"
)
_REPORTS = word_set(
    "claims claimed claim swears swear wrote write insists insist thinks think lists list says said "
    "say argues"
)
_TALK = word_set("tempo bpm speed pace")
_OTHERS = word_set(
    "my the some people he she they friend reviewer uploader comment uploader's sites somebody "
    "roommate teacher brother sister everyone"
)


def read(question: Question, response: Response) -> tuple[Claim, ...]:
    """The claims of both sections, in order, spans in the raw completion."""
    return _read(response.text, question.text, question.choices, question.facet)


def read_text(text: str, facet: str | None) -> list[Claim]:
    """The claims of a text of its own, such as an option, as an answer; spans in that text."""
    return _section("answer", folded(text[:READ]), 0, "", (), facet)


def distinct(claims: Sequence[Claim]) -> list[Claim]:
    """Each proposition once, as it stands at the end.

    What was doubted and later asserted, denied or taken back is that; what was asserted and
    later taken back is taken back. An assertion and a denial of one value stay two.
    """
    kept: dict[tuple[object, ...], list[Claim]] = {}
    for claim in claims:
        name = claim.type, same_value(claim.type, claim.value), _said_of(claim)
        said = kept.setdefault(name, [])
        doubts = [c for c in said if c.modality in ("hedged", "hypothetical")]
        firm = [c for c in said if c not in doubts]
        if claim.modality in ("hedged", "hypothetical"):
            if not said:
                said.append(claim)
        elif claim.modality == "retracted":
            kept[name] = [c for c in firm if c.polarity != claim.polarity] + [claim]
        else:
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
    for section, span in (("think", think), ("answer", answer)):
        if span is not None:
            start = span[0]
            raw = text[start : min(span[1], start + READ)]
            found += _section(section, folded(raw), start, prompt, choices, facet)  # type: ignore[arg-type]
    return tuple(found)


def _section(
    section: Section,
    text: Folded,
    offset: int,
    prompt: str,
    choices: tuple[str, ...],
    facet: str | None,
) -> list[Claim]:
    context = Context(facet=facet)
    claims: list[Claim] = []
    places: list[tuple[int, bool]] = []
    wondered: list[Claim] = []  # what was asked, and may be denied by the next sentence
    for sentence in sentences(blanked(text.text, prompt, choices)):
        places += cues(sentence)
        context.found = []
        _read_sentence(sentence, context)
        if wondered and _refuses(sentence):
            types = {one.type for one in context.found}
            claims += [
                replace(claim, polarity="denied", modality="asserted")
                for claim in wondered
                if claim.type not in types
            ]
        wondered = []
        if sentence.asked and not _TALK.isdisjoint(sentence.bag):
            context.tempo_said = True
        if sentence.asked and _asks(sentence):
            wondered = _stanced(sentence, context.found, section) if context.found else []
            continue
        if context.found:
            said = _stanced(sentence, context.found, section)
            claims += said
            wondered = said if sentence.asked and len(sentence.words) < 8 else []
            _remember(context, claims)
    claims = _without_members(claims)
    if places:
        claims = corrected(sorted(claims, key=lambda claim: claim.start), places)
    return [
        replace(claim, start=offset + text.raw(claim.start), end=offset + text.raw(claim.end))
        for claim in claims
    ]


def _without_members(claims: list[Claim]) -> list[Claim]:
    """Without chords that only repeat one of a progression."""
    rows = [claim for claim in claims if claim.type == "progression"]
    if not rows:
        return claims
    members = {
        same_value("chord", name)
        for row in rows
        if isinstance(row.value, tuple)
        for name in row.value
    }
    first = min(row.start for row in rows)
    return [
        claim
        for claim in claims
        if claim.type != "chord"
        or claim.subject
        or not claim.plain
        or claim.start < first
        or same_value("chord", claim.value) not in members
    ]


def _refuses(sentence: Sentence) -> bool:
    """ "No.", "I can't hear one", "..., so no"."""
    words = sentence.words
    if words[0] in ("no", "nope", "nah", "not", "hardly") or words[-2:] == ["so", "no"]:
        return True
    denies = any(word.endswith("n't") or word in ("not", "cannot") for word in words)
    return denies and not sentence.bag.isdisjoint(("one", "any", "it", "so", "that"))


def _asks(sentence: Sentence) -> bool:
    words = [
        word for word in sentence.words[:3] if word not in (",", "or", "and", "so", "but", "then")
    ]
    return bool(words) and words[0] in _ASKS


def _read_sentence(sentence: Sentence, context: Context) -> None:
    kinds = sentence.kinds
    vocabulary.read(sentence, context)
    forms.read(sentence, context)
    cadences.read(sentence, context)
    named = items(sentence) if any(kind in kinds for kind in "NACGnM") else []
    used = textbook.read(sentence, context, named) if named else set()
    free = [item for item in named if item.first not in used]
    harmony.read(sentence, context, free)
    if free:
        notes.read(sentence, context, free)
    if "s" in kinds or "no" in sentence.bag:
        signatures.read(sentence, context)
    if "R" in kinds or "0" in kinds or "sixth" in sentence.bag or "cadential" in sentence.bag:
        numerals.read(sentence, context)
    meters.read(sentence, context)
    tempi.read(sentence, context)
    intervals.read(sentence, context)
    if used:
        context.found = [
            found for found in context.found if found.type == "textbook" or found.first not in used
        ]


def _stanced(sentence: Sentence, found: list[Found], section: Section) -> list[Claim]:
    """The propositions of a sentence as claims."""
    stances = Cues(sentence)
    reported = _reported(sentence)
    claims = []
    tokens = sentence.tokens
    latest = len(tokens) - 1
    for one in sorted(found, key=lambda one: (one.first, one.last)):
        if (
            reported is not None
            and one.first > reported[0]
            and stances.hard[one.first] == reported[1]
        ):
            continue
        others = [o.last for o in found if o.last < one.first and o.type != one.type]
        polarity, modality = stances.stance(one.type, one.first, one.last, max(others, default=-1))
        if one.type == "textbook" and modality == "hypothetical":
            modality = "asserted"
        if sentence.asked and modality == "asserted" and one.last >= latest - 3:
            modality = "hedged"
        if one.type == "note" and modality == "hypothetical":
            continue
        if one.type == "key_signature" and modality == "hypothetical":
            if any(cue > one.last for cue in stances.suppose):
                continue  # "one sharp would mean G major" says something of G major
            modality = "asserted"
        claims.append(
            Claim(
                one.type, one.value, tokens[one.first].start, tokens[one.last].end, section,
                one.subject, one.time, one.polarity or polarity, one.modality or modality,
            )
        )  # fmt: skip
    return _alternatives(sentence, _in_lists(sentence, claims))


def _in_lists(sentence: Sentence, claims: list[Claim]) -> list[Claim]:
    """ "not A, B or C", "A and B are out": what is said of one end is said of the list."""
    if not any(claim.polarity == "denied" for claim in claims):
        return claims
    made = list(claims)
    joints = [_lists(sentence, one, other) for one, other in zip(made, made[1:], strict=False)]
    for n in range(1, len(made)):
        if joints[n - 1] in ("or", "nor") or (
            n < len(joints) and joints[n - 1] and "or" in joints[n:]
        ):
            if made[n - 1].polarity == "denied":
                made[n] = replace(made[n], polarity="denied")
    for n in range(len(made) - 2, -1, -1):
        if joints[n] in ("and", "or", "nor", "/") and made[n + 1].polarity == "denied":
            made[n] = replace(made[n], polarity="denied", modality="asserted")
    return made


def _lists(sentence: Sentence, one: Claim, other: Claim) -> str | None:
    """The last word that joins two claims of one type in a list."""
    if one.type != other.type:
        return None
    between = [t.word for t in sentence.tokens if one.end <= t.start < other.start]
    rest = [word for word in between if word not in ("a", "an", "the")]
    return rest[-1] if rest and set(rest) <= {",", "or", "and", "nor", "/"} else None


def _alternatives(sentence: Sentence, claims: list[Claim]) -> list[Claim]:
    """ "D major or B minor", "two keys fit: D major and B minor": both are doubtful."""
    weighed = not sentence.bag.isdisjoint(("either", "candidates", "both", "possibilities"))
    weighed = weighed or {"two", "keys"} <= sentence.bag
    joints = ("or", "/", "and", ",") if weighed else ("or", "/", "vs", "versus")
    ors = [token.start for token in sentence.tokens if token.word in joints]
    if not ors:
        return claims
    made = list(claims)
    for n, one in enumerate(claims):
        for m in range(n + 1, min(n + 4, len(claims))):
            other = claims[m]
            joined = any(one.end <= place < other.start for place in ors)
            near = other.start - one.end <= 24 and one.type == other.type
            if joined and near and one.polarity == other.polarity == "asserted":
                for place in (n, m):
                    if made[place].modality == "asserted":
                        made[place] = replace(made[place], modality="hedged")
    return made


def _reported(sentence: Sentence) -> tuple[int, int] | None:
    """Where somebody else's words begin, and the stretch they fill."""
    if sentence.bag.isdisjoint(_REPORTS) or sentence.bag.isdisjoint(_OTHERS):
        return None
    for at, word in enumerate(sentence.words):
        if word in _REPORTS and "i" not in sentence.words[max(0, at - 2) : at]:
            if _OTHERS & set(sentence.words[max(0, at - 5) : at]):
                return at, Cues(sentence).hard[at]
    return None


def _remember(context: Context, claims: list[Claim]) -> None:
    """The key that was named last, for what refers to it."""
    for claim in reversed(claims):
        if claim.type in ("key", "modulation") and claim.polarity == "asserted":
            context.key = parse_key(str(claim.value))
            return
