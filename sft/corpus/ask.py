"""What is asked of an excerpt, and how one would think it through.

Conventions
-----------
Names are spelled as in the transposed score; facts carry ``spelling=False``, for an ear
cannot tell D# from Eb. Traces say only what follows from the score. Facets about one
ending share one form of trace, so that what is learned for one serves the others.
A multiple-choice question lists four options as lines "A. F major"; its answer is the
text of the option. A question's topic is its facet, its id "<clip>/<facet>".

| facet | fact | asked of | form | classes |
|---|---|---|---|---|
| final_chord | chord | chorales | open, choice | 24 |
| final_root | note | chorales | open, choice | 12 |
| final_bass | note | chorales | open, choice | 12 |
| final_soprano | note | chorales | open, choice | 12 |
| last_note | note | tunes | open, choice | 12 |
| key | key | endings that confirm it | open, choice | 24 |
| meter | meter | tunes in 2/4, 4/4, 3/4, 6/8, 9/8 | choice | 4 |
| tempo | tempo | tunes | choice | 5 |
| instrument | instruments | all | open, choice | 6 |
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from policies.seeds import generator
from rewards.records import Clip, Facts, Question
from sft.corpus.excerpts import TEMPI, Excerpt
from sft.corpus.names import QUALITIES, name
from sft.corpus.options import (
    lines,
    mode_options,
    note_options,
    pick_options,
    shuffled,
)
from sft.corpus.synth import TIMBRES
from sft.records import Trace

METERS = {
    "6/8": "two beats to a bar, each in three parts",
    "9/8": "three beats to a bar, each in three parts",
    "3/4": "three beats to a bar, each in two parts",
    "2/4": "two beats to a bar, each in two parts",
    "4/4": "four beats to a bar, each in two parts",
}
EVEN_METERS = ("2/4", "4/4")
"""No ear tells these apart with certainty: a question offers one of them."""

MARKS = {
    "organ": "The tone is held steadily and its octaves ring along.",
    "piano": "The tone is struck and dies away, the upper partials first.",
    "flute": "The tone is held, pure and soft, with few partials.",
    "clarinet": "The tone is held and hollow, with odd partials only.",
    "violin": "The tone swells slowly, bright, with vibrato.",
    "vibraphone": "The tone is struck and rings long, like a metal bar.",
}


@dataclass(frozen=True, slots=True)
class Facet:
    """One thing that can be asked.

    Attributes:
        name: as in the table above.
        field: the field of ``Facts`` that holds the truth.
        wordings: ways to ask.
        applies: whether an excerpt can be asked.
        answer: the gold answer.
        think: the chain of thought.
        options: four answers in random order, the right one among them.
        open: False where it is only asked with options.
        weight: how often it is asked, beside the others that apply.
    """

    name: str
    field: str
    wordings: tuple[str, ...]
    applies: Callable[[Excerpt], bool]
    answer: Callable[[Excerpt], str]
    think: Callable[[Excerpt], str]
    options: Callable[[Excerpt, np.random.Generator], tuple[str, ...]]
    open: bool = True
    weight: float = 1.0


# --- truths ----------------------------------------------------------------------------------


def _is_chorale(excerpt: Excerpt) -> bool:
    return excerpt.phrase.source == "chorale"


def _is_tune(excerpt: Excerpt) -> bool:
    return excerpt.phrase.source == "tune"


def _final_root(excerpt: Excerpt) -> int:
    """Place of the final chord's root before transposition; a tune's last note."""
    return excerpt.phrase.bass if excerpt.phrase.root is None else excerpt.phrase.root


def _root(excerpt: Excerpt) -> str:
    return excerpt.name(_final_root(excerpt))


def _chord(excerpt: Excerpt) -> str:
    return f"{_root(excerpt)} {QUALITIES[excerpt.phrase.quality or '']}"


def _bass(excerpt: Excerpt) -> str:
    return excerpt.name(excerpt.phrase.bass)


def _top(excerpt: Excerpt) -> str:
    return excerpt.name(excerpt.phrase.top)


def _key(excerpt: Excerpt) -> str:
    return f"{excerpt.name(excerpt.phrase.tonic)} {excerpt.phrase.mode}"


def _tempo(excerpt: Excerpt) -> str:
    return f"{excerpt.tempo} BPM"


def facts_of(excerpt: Excerpt) -> Facts:
    """All that is known of a clip, but for ``note``, which depends on the question."""
    phrase = excerpt.phrase
    return Facts(
        key=_key(excerpt) if phrase.confirmed else None,
        tempo=float(excerpt.tempo),
        meter=phrase.meter,
        chord=f"{_root(excerpt)}:{phrase.quality}" if phrase.root is not None else None,
        instruments=(excerpt.timbre,),
        spelling=False,
    )


# --- chains of thought -----------------------------------------------------------------------


def _think_ending(excerpt: Excerpt) -> str:
    if _is_tune(excerpt):
        return f"The tune ends on {_top(excerpt)}."
    return (
        f"The bass ends on {_bass(excerpt)} and the soprano on {_top(excerpt)}. "
        f"The final chord is {_chord(excerpt)}."
    )


def _think_key(excerpt: Excerpt) -> str:
    return f"{_think_ending(excerpt)} The key is {_key(excerpt)}."


def _think_meter(excerpt: Excerpt) -> str:
    return f"I count {METERS[excerpt.phrase.meter]}. The meter is {excerpt.phrase.meter}."


def _think_tempo(excerpt: Excerpt) -> str:
    return f"A beat lasts {60 / excerpt.tempo:.2f} seconds. The tempo is {excerpt.tempo} BPM."


def _think_instrument(excerpt: Excerpt) -> str:
    return f"{MARKS[excerpt.timbre]} The instrument is a {excerpt.timbre}."


# --- options ---------------------------------------------------------------------------------


def _chord_options(excerpt: Excerpt, rng: np.random.Generator) -> tuple[str, ...]:
    place = _final_root(excerpt) + excerpt.steps
    return mode_options(place, QUALITIES[excerpt.phrase.quality or ""], rng)


def _key_options(excerpt: Excerpt, rng: np.random.Generator) -> tuple[str, ...]:
    return mode_options(excerpt.phrase.tonic + excerpt.steps, excerpt.phrase.mode, rng)


def _meter_options(excerpt: Excerpt, rng: np.random.Generator) -> tuple[str, ...]:
    own = excerpt.phrase.meter
    even = own if own in EVEN_METERS else str(rng.choice(EVEN_METERS))
    return shuffled([even, *(meter for meter in METERS if meter not in EVEN_METERS)], rng)


def _tempo_options(excerpt: Excerpt, rng: np.random.Generator) -> tuple[str, ...]:
    others = [f"{t} BPM" for t in TEMPI[excerpt.phrase.source] if t != excerpt.tempo]
    return pick_options(_tempo(excerpt), others, rng)


def _instrument_options(excerpt: Excerpt, rng: np.random.Generator) -> tuple[str, ...]:
    return pick_options(excerpt.timbre, [t for t in TIMBRES if t != excerpt.timbre], rng)


# --- the table -------------------------------------------------------------------------------


def _note_facet(
    name_: str, wordings: tuple[str, ...], place: Callable[[Excerpt], int], source: str
) -> Facet:
    def spelled(excerpt: Excerpt) -> int:
        return place(excerpt) + excerpt.steps

    return Facet(
        name=name_,
        field="note",
        wordings=wordings,
        applies=lambda excerpt: excerpt.phrase.source == source,
        answer=lambda excerpt: name(spelled(excerpt)),
        think=_think_ending,
        options=lambda excerpt, rng: note_options(spelled(excerpt), rng),
    )


FACETS: dict[str, Facet] = {
    facet.name: facet
    for facet in (
        Facet(
            "final_chord",
            "chord",
            ("What is the final chord?", "Name the last chord.", "Which chord ends the phrase?"),
            _is_chorale,
            _chord,
            _think_ending,
            _chord_options,
        ),
        _note_facet(
            "final_root",
            ("What is the root of the final chord?", "Name the root of the last chord."),
            _final_root,
            "chorale",
        ),
        _note_facet(
            "final_bass",
            ("What is the last bass note?", "On which note does the bass end?"),
            lambda excerpt: excerpt.phrase.bass,
            "chorale",
        ),
        _note_facet(
            "final_soprano",
            ("What is the last soprano note?", "On which note does the soprano end?"),
            lambda excerpt: excerpt.phrase.top,
            "chorale",
        ),
        _note_facet(
            "last_note",
            ("What is the last note?", "On which note does the tune end?", "Name the final note."),
            lambda excerpt: excerpt.phrase.top,
            "tune",
        ),
        Facet(
            "key",
            "key",
            ("What is the key?", "In which key is this music?", "Name the key of the piece."),
            lambda excerpt: excerpt.phrase.confirmed,
            _key,
            _think_key,
            _key_options,
            weight=2.0,
        ),
        Facet(
            "meter",
            "meter",
            ("What is the meter?", "Which meter is it in?"),
            lambda excerpt: _is_tune(excerpt) and excerpt.phrase.meter in METERS,
            lambda excerpt: excerpt.phrase.meter,
            _think_meter,
            _meter_options,
            open=False,
        ),
        Facet(
            "tempo",
            "tempo",
            ("What is the tempo?", "How fast is the beat?"),
            _is_tune,
            _tempo,
            _think_tempo,
            _tempo_options,
            open=False,
        ),
        Facet(
            "instrument",
            "instruments",
            ("Which instrument plays?", "What instrument is this?"),
            lambda excerpt: True,
            lambda excerpt: excerpt.timbre,
            _think_instrument,
            _instrument_options,
            weight=0.5,
        ),
    )
}


def ask(
    excerpt: Excerpt, facet: Facet, clip: Clip, seed: int, choice_share: float
) -> tuple[Question, Trace]:
    """The question about one facet of an excerpt, and its trace.

    ``choice_share`` of the questions of a facet that may be open have options.
    """
    id_ = f"{excerpt.id}/{facet.name}"
    rng = generator(seed, "ask", id_)
    answer = facet.answer(excerpt)
    text = facet.wordings[int(rng.integers(len(facet.wordings)))]
    choices: tuple[str, ...] = ()
    if rng.random() < choice_share or not facet.open:
        choices = facet.options(excerpt, rng)
        text = f"{text} Choose from the following options.\n{lines(choices)}"
    facts = facts_of(excerpt)
    if facet.field == "note":
        facts = replace(facts, note=answer)
    question = Question(
        id=id_,
        text=text,
        clip=clip,
        facet=facet.field,
        choices=choices,
        answer=answer,
        facts=facts,
        source=excerpt.phrase.id,
        topic=facet.name,
    )
    return question, Trace(id_, facet.think(excerpt), answer)
