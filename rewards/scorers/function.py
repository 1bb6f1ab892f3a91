"""Reward ``function``: relations of keys and scale degrees, a question of theory alone.

Conventions
-----------
Applies where the question asks a relation of the table about a key ("What is the dominant
of E flat major?") and has an answer; that answer is the truth. A key without a mode is
major. By sound unless ``facts.spelling`` is true.

====================================  =================================
relation                              truth is
====================================  =================================
tonic, supertonic, mediant,           a note; an answer that names its
subdominant, dominant, submediant,    triad or key is read by the root
subtonic, leading tone
relative, parallel major or minor     a key
====================================  =================================

====================================================  =====
the answer is                                         value
====================================================  =====
the note (or key), the asked one repeated or not      1.0
another, none, several                                0.0
the right root with the wrong mode                    0.0
====================================================  =====
"""

from __future__ import annotations

from functools import lru_cache

from rewards.answers import bare, clean
from rewards.kinds import kind_of, values
from rewards.patterns import Pattern
from rewards.records import Question, Response, Verdict
from rewards.registry import reward
from rewards.scorers.typed import answer_text
from rewards.spelling.keys import Key, find_keys, parse_key
from rewards.spelling.notes import Note, find_notes, parse_note
from rewards.text import plain

_RELATION = Pattern(
    r"\b(?:(relative|parallel)(?:\s+(?:major|minor|key))*|supertonic|tonic|submediant|mediant"
    r"|subdominant|dominant|subtonic|leading[\s-]+(?:tone|note))\b(?!\s*(?:7|seventh|9|ninth|chord"
    r"\s+(?:used|heard|played)))",
    2,
)
_ABOUT = Pattern(r"\b(?:of|in|to|for)\s+(?:the\s+(?:key|scale)\s+(?:of\s+)?)?", 2)
_LETTER = Pattern(r"([A-G](?:##|#|x|bb|b)?|[A-G][\s-](?:sharp|flat))(?![\w#])")
# Of the asked key's own mode: "the dominant of C is G major".
_QUALITY = {"dominant": {"major": ("major",), "minor": ("major", "minor")},
            "subdominant": {"major": ("major",), "minor": ("minor",)},
            "tonic": {"major": ("major",), "minor": ("minor",)}}  # fmt: skip


@reward("function")
def function(question: Question, response: Response) -> Verdict | None:
    """1 if the answer is ``question.answer`` in a question that asks a tabled relation."""
    if question.answer is None or question.facet not in (None, "function"):
        return None
    asked = relation_of(question.text)
    if asked is None:
        return None
    text = answer_text(question, response)
    if isinstance(text, Verdict):
        return text
    relation, about = asked
    gold = clean(question.answer)
    if plain(bare(text)) == plain(bare(gold)):
        return Verdict(1.0, "the answer is the gold answer")
    spelled = bool(question.facts.spelling)
    if relation in ("relative", "parallel"):
        return _keys(gold, text, about, spelled)
    return _notes(relation, gold, text, about, spelled)


@lru_cache(maxsize=4096)
def relation_of(text: str) -> tuple[str, Key] | None:
    """The relation that a question asks, and the key it is about.

    >>> relation_of("What is the relative minor of F major?")[0]
    'relative'
    """
    text = clean(text) or ""
    for found in _RELATION.finditer(text):
        about = _ABOUT.match(text[found.end() :].lstrip(" ,"))
        if about is None:
            continue
        rest = text[found.end() :].lstrip(" ,")[about.end() :]
        keys = [mention for mention in find_keys(rest) if mention.start <= 1]
        if keys:
            key = keys[0].value
        else:
            letter = _LETTER.match(rest)
            note = parse_note(letter[1]) if letter else None
            if note is None:
                continue
            key = Key(note, "major")
        word = found[1] or found[0]
        return word.lower().replace("-", " ").replace("note", "tone"), key
    return None


def _keys(gold: str, text: str, about: Key, spelled: bool) -> Verdict:
    truth = parse_key(gold) or next((m.value for m in find_keys(gold)), None)
    if truth is None:
        return Verdict(0.0, f"{text[:60]!r} is not {gold[:60]!r}")
    said = values(kind_of("key"), text, spelled=spelled)
    if len(said) > 1:
        said = [key for key in said if not key.same(about)]
    if len(said) != 1:
        return Verdict(0.0, f"the answer names {len(said)} keys, expected 1")
    same = truth.same(said[0], spelled=spelled)
    if not same and parse_note(bare(text)) is not None:
        # "C" for "C minor" where the question says which mode it wants.
        same = truth.tonic.same(said[0].tonic, spelled=spelled)
    return Verdict(float(same), f"{said[0].name} is {'' if same else 'not '}{truth.name}")


def _notes(relation: str, gold: str, text: str, about: Key, spelled: bool) -> Verdict:
    truth, mode = _root(gold)
    if truth is None:
        return Verdict(0.0, f"{text[:60]!r} is not {gold[:60]!r}")
    said = _said(text)
    if len(said) > 1:
        said = [one for one in said if not one[0].same(about.tonic)]
    if len(said) != 1:
        return Verdict(0.0, f"the answer names {len(said)} notes, expected 1")
    note, quality = said[0]
    same = truth.same(note, spelled=spelled)
    allowed = (mode,) if mode else _QUALITY.get(relation, {}).get(about.mode)
    if same and quality and allowed and quality not in allowed:
        return Verdict(0.0, f"{note.name} {quality} is not {gold}")
    return Verdict(float(same), f"{note.name} is {'' if same else 'not '}{truth.name}")


def _root(text: str) -> tuple[Note | None, str | None]:
    note = parse_note(bare(text))
    if note is not None:
        return note, None
    said = _said(text)
    return said[0] if len(said) == 1 else (None, None)


def _said(text: str) -> list[tuple[Note, str | None]]:
    """The distinct notes of a text, each with the mode that stands beside it."""
    note = parse_note(bare(text))
    if note is not None:
        return [(note, None)]
    modes = {m.start: m.value for m in find_keys(text) if m.end - m.start > 2}
    said: dict[int, tuple[Note, str | None]] = {}
    for one in values(kind_of("note"), text):
        at = next((m.start for m in find_notes(text) if m.value.same(one)), -1)
        key = modes.get(at)
        said[one.pitch_class] = (one, key.mode if key and key.mode in ("major", "minor") else None)
    if not said:
        for key in values(kind_of("key"), text):
            said[key.tonic.pitch_class] = (key.tonic, key.mode)
    return list(said.values())
