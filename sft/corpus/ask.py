"""What is asked of an excerpt: its facets, how they are worded, what may be chosen.

Conventions
-----------
What is true of an excerpt, and how one would think it through, is in ``truths.py``. A
multiple-choice question lists four options as lines "A. F major"; its answer is the text of
the option. A question's topic is its facet, its id "<clip>/<facet>".

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
from rewards.records import Clip, Question
from sft.corpus import truths
from sft.corpus.excerpts import TEMPI, Excerpt
from sft.corpus.names import QUALITIES, name
from sft.corpus.options import mode_options, note_options, pick_options, shuffled
from sft.corpus.phrases import Phrase
from sft.corpus.synth import TIMBRES
from sft.option_lines import option_lines
from sft.records import Trace

EVEN_METERS = ("2/4", "4/4")
"""No ear tells these apart with certainty: a question offers one of them."""


@dataclass(frozen=True, slots=True)
class Facet:
    """One thing that can be asked.

    Attributes:
        name: as in the table above.
        field: the field of ``Facts`` that holds the truth.
        wordings: ways to ask.
        applies: whether the excerpts of a phrase can be asked.
        answer: the gold answer.
        think: the chain of thought.
        options: four answers in random order, the right one among them.
        open: False where it is only asked with options.
        weight: how often it is asked, beside the others that apply.
    """

    name: str
    field: str
    wordings: tuple[str, ...]
    applies: Callable[[Phrase], bool]
    answer: Callable[[Excerpt], str]
    think: Callable[[Excerpt], str]
    options: Callable[[Excerpt, np.random.Generator], tuple[str, ...]]
    open: bool = True
    weight: float = 1.0


# --- options ---------------------------------------------------------------------------------


def _chord_options(excerpt: Excerpt, rng: np.random.Generator) -> tuple[str, ...]:
    place = truths.final_root(excerpt) + excerpt.steps
    return mode_options(place, QUALITIES[excerpt.phrase.quality or ""], rng)


def _key_options(excerpt: Excerpt, rng: np.random.Generator) -> tuple[str, ...]:
    return mode_options(excerpt.phrase.tonic + excerpt.steps, excerpt.phrase.mode, rng)


def _meter_options(excerpt: Excerpt, rng: np.random.Generator) -> tuple[str, ...]:
    own = excerpt.phrase.meter
    even = own if own in EVEN_METERS else str(rng.choice(EVEN_METERS))
    return shuffled([even, *(meter for meter in truths.METERS if meter not in EVEN_METERS)], rng)


def _tempo_options(excerpt: Excerpt, rng: np.random.Generator) -> tuple[str, ...]:
    others = [f"{t} BPM" for t in TEMPI[excerpt.phrase.source] if t != excerpt.tempo]
    return pick_options(truths.tempo(excerpt), others, rng)


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
        applies=lambda phrase: phrase.source == source,
        answer=lambda excerpt: name(spelled(excerpt)),
        think=truths.think_ending,
        options=lambda excerpt, rng: note_options(spelled(excerpt), rng),
    )


FACETS: dict[str, Facet] = {
    facet.name: facet
    for facet in (
        Facet(
            "final_chord",
            "chord",
            ("What is the final chord?", "Name the last chord.", "Which chord ends the phrase?"),
            lambda phrase: phrase.source == "chorale",
            truths.chord,
            truths.think_ending,
            _chord_options,
        ),
        _note_facet(
            "final_root",
            ("What is the root of the final chord?", "Name the root of the last chord."),
            truths.final_root,
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
            lambda phrase: phrase.confirmed,
            truths.key,
            truths.think_key,
            _key_options,
            weight=2.0,
        ),
        Facet(
            "meter",
            "meter",
            ("What is the meter?", "Which meter is it in?"),
            lambda phrase: phrase.source == "tune" and phrase.meter in truths.METERS,
            lambda excerpt: excerpt.phrase.meter,
            truths.think_meter,
            _meter_options,
            open=False,
        ),
        Facet(
            "tempo",
            "tempo",
            ("What is the tempo?", "How fast is the beat?"),
            lambda phrase: phrase.source == "tune",
            truths.tempo,
            truths.think_tempo,
            _tempo_options,
            open=False,
        ),
        Facet(
            "instrument",
            "instruments",
            ("Which instrument plays?", "What instrument is this?"),
            lambda phrase: True,
            lambda excerpt: excerpt.timbre,
            truths.think_instrument,
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
        text = f"{text} Choose from the following options.\n{option_lines(choices)}"
    facts = truths.facts_of(excerpt)
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
