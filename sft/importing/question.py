"""From a draft to a question of ours, and its trace.

Conventions
-----------
``text``     as it is, without a mark for the sound (``places.py``); options that it does not show
             are written behind it, ``A. x`` a line
``choices``  those that the row lists, else those that stand in the text (``offered.py``)
``answer``   the text of an option where there are some
``kind``     as the user or the row says; else ``caption`` for a text that asks for a description,
             without options, and is answered by ``CAPTION_WORDS`` words or more; else ``qa``
``facts``    those of the row, and the answer under the facet, where the reward of that facet can
             read it and pays the answer in full: then the answer is judged by what it means

A question is taken only as a questions file could hold it (``rewards/questions.py``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from rewards import registry
from rewards.checking.sections import unheld
from rewards.contract import checked
from rewards.errors import DataError, EtudeError
from rewards.facts import ALIASES, facts_from_json
from rewards.fields import show
from rewards.patterns import Pattern
from rewards.questions import question_from_json
from rewards.records import Question, Verdict
from rewards.response import parse
from rewards.scorers.answer import reward_of
from sft.importing.answers import by_label, option_of
from sft.importing.cells import literal, words
from sft.importing.offered import labelled, offered
from sft.importing.places import PLACE, without_place
from sft.importing.records import Draft, Made, Options, Unusable, Where
from sft.option_lines import MOST_OPTIONS, option_lines

CAPTION_WORDS = 20
REMARKS = {
    "blank": "list a blank option, which is left out",
    "twice": "list an option twice, which stands there once now",
    "either": "have an answer that is the text of one option and the label of another, in a file "
    "with labels for answers: the text was taken",
    "unread": "have an answer that the reward of its facet cannot read as the fact, so it is "
    "compared as text",
}
"""What was read in a way that its user may want to know, behind "N rows"."""
LABEL = "label"
"""An answer that is a label: of no interest but where others might be."""
_DESCRIBES = Pattern(
    r"\b(?:describ\w*|descriptions?|caption\w*|summar\w+|overview)\b", re.IGNORECASE
)
_NAMES = frozenset({"instruments", "genre", "mood"})
_BETWEEN = Pattern(r"[;,]")
_UNNAMED = "?"


def made(
    draft: Draft, where: Where, clip: str | None, *, facet: str | None, kind: str | None
) -> Made:
    """The question of a draft; its id is "" where the draft has none.

    Args:
        where: the row, for ``Made``.
        clip: path of the recording below the folder that is written, or None.
        facet: the fact that every answer is, or None: that of the draft.
        kind: of every question, or None: that of the draft, else told by text and answer.

    Raises:
        Unusable: no questions file could hold it, or the answer is none of the options.
    """
    remarks: dict[str, str] = {}
    if clip is None and (place := PLACE.search(draft.text)):
        raise Unusable(
            f"question: got {show(place[0])}, a place for sound, and no recording, expected one",
            "clip",
        )
    text, choices, listed = _options(replace(draft, text=without_place(draft.text)), remarks)
    answer = draft.answer
    if choices and answer is not None:
        answer = _right(listed, answer, remarks)
    facet = facet or draft.facet
    question = _checked(
        {
            "id": draft.id or _UNNAMED,
            "text": text,
            "clip": _clip(draft, clip),
            "kind": kind or draft.kind or _kind(text, choices, answer, facet),
            "facet": facet,
            "choices": list(choices) or None,
            "answer": answer,
            "facts": {name: _stated(name, value) for name, value in draft.facts.items()},
            "topic": draft.topic,
            "source": draft.source,
        }
    )
    question = _with_fact(question, remarks)
    if draft.think is not None:
        if answer is None:
            raise Unusable("answer: got nothing, expected what the reasoning comes to", "answer")
        for fault in unheld(words(draft.think, "think", "answer"), answer):
            raise Unusable(fault, "answer")
    question = question if draft.id else replace(question, id="")
    return Made(where, question, draft.think, remarks)


def _checked(obj: Mapping[str, Any]) -> Question:
    given = {name: value for name, value in obj.items() if value is not None}
    try:
        return question_from_json(given, where="")
    except DataError as failure:
        raise Unusable(str(failure).removeprefix(": ")) from failure


def _clip(draft: Draft, path: str | None) -> dict[str, Any] | None:
    if path is None:
        return None
    stretch = {"start": draft.start, "duration": draft.duration}
    return {"path": path, **{name: value for name, value in stretch.items() if value is not None}}


def _options(draft: Draft, remarks: dict[str, str]) -> tuple[str, tuple[str, ...], Options]:
    """The text with its options, these, and the list in which a label of the answer has its place.

    That is the row's own: what is left out of it here would shift the labels behind.
    """
    shown, listed = labelled(draft.text), draft.options.texts
    if not listed:
        found = () if draft.kind == "caption" else offered(draft.text, draft.answer)
        return draft.text, _different(found), Options(found)
    if set(shown) == set(listed):
        return draft.text, _different(shown), Options(shown)
    filled = tuple(filter(None, listed))
    choices = tuple(dict.fromkeys(filled))
    if len(filled) < len(listed):
        remarks["blank"] = show(listed)
    if len(choices) < len(filled):
        remarks["twice"] = show(listed)
    if len(choices) < 2 or len(choices) > MOST_OPTIONS:
        raise Unusable(
            f"choices: got {len(choices)} different options, expected 2 to {MOST_OPTIONS}"
        )
    lines = option_lines(choices)
    text = "\n".join((draft.text, "Choose from the following options:", lines))
    return text, choices, draft.options


def _right(listed: Options, answer: str, remarks: dict[str, str]) -> str:
    """The option that the answer is."""
    right = option_of(listed.texts, answer, listed.labels)
    if not right:
        raise Unusable(f"answer: got {show(answer)}, which is a blank option", "answer")
    labelled_so = by_label(listed, answer)
    if labelled_so is not None:
        remarks[LABEL if labelled_so == right else "either"] = show(answer)
    return right


def _different(choices: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(choices)) < len(choices):
        raise Unusable(f"choices: got {show(choices)}, expected different options")
    return choices


def _kind(text: str, choices: tuple[str, ...], answer: str | None, facet: str | None) -> str:
    if choices or facet or answer is None or len(answer.split()) < CAPTION_WORDS:
        return "qa"
    return "caption" if _DESCRIBES.search(text) else "qa"


def _with_fact(question: Question, remarks: dict[str, str]) -> Question:
    """With the answer as the fact that is asked, where it is one and the row states none."""
    facet, answer = question.facet, question.answer
    if facet is None or answer is None or facet == "function":
        return question
    if getattr(question.facts, facet) is not None:
        return question
    problems: list[str] = []
    stated = facts_from_json({facet: _value(facet, answer)}, problems)
    fact = getattr(stated, facet)
    if not problems and fact is not None:
        known = replace(question, facts=replace(question.facts, **{facet: fact}))
        if _pays(known, answer):
            return known
    remarks["unread"] = f"{facet}: {show(answer)}"
    return question


def _pays(question: Question, answer: str) -> bool:
    """True if the reward of the facet reads the fact and pays the answer in full."""
    name = reward_of(question)
    if name is None:
        return True
    try:
        found = checked(name, registry.get(name)(question, parse(f"<answer>{answer}</answer>")))
    except EtudeError:
        return False
    return isinstance(found, Verdict) and found.value == 1.0


def _stated(name: str, value: Any) -> Any:
    """What a cell states as a fact: as ``_value``, and a signature is a number in a table, too.

    Not of an answer: 3 may be three flats there.
    """
    if name == "key_signature" and not isinstance(value, bool):
        with suppress(TypeError, ValueError, OverflowError):
            return int(value) if float(value).is_integer() else value
    return _value(name, value)


def _value(name: str, value: Any) -> Any:
    """What the text of a cell is as a fact: a number, a list, names; else the text."""
    name = ALIASES.get(name, name)
    if not isinstance(value, str):
        return value
    text = value.strip()
    if name == "tempo":
        try:
            return float(text.lower().removesuffix("bpm").strip())
        except ValueError:
            return text
    if text.startswith(("[", "{")):
        found = literal(text)
        if found is None and name in _NAMES:
            raise Unusable(f"{name}: got {show(text)}, expected a list of names")
        return text if found is None else found
    if name in _NAMES:
        return [part.strip() for part in _BETWEEN.split(text) if part.strip()]
    return text
