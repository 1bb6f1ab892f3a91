"""Reward ``note``: one pitch class.

Conventions
-----------
By sound (F sharp is G flat) unless ``facts.spelling`` is true. Octaves are not
read: "G4" is G, but "G7" alone names a chord ("the note G7" does not).

===============================  =====
the answer is                    value
===============================  =====
the note                         1.0
another note, none, several,     0.0
a chord, a key
===============================  =====
"""

from __future__ import annotations

from rewards.errors import DataError
from rewards.records import Question, Response, Verdict
from rewards.registry import reward
from rewards.scorers.typed import applies, one_value
from rewards.spelling.notes import parse_note
from rewards.text import fold


@reward("note")
def note(question: Question, response: Response) -> Verdict | None:
    """1 if the answer is the note ``facts.note``, else 0.

    Raises:
        DataError: the fact is no note.
    """
    if not applies(question, "note"):
        return None
    written = fold(question.facts.note or "")
    truth = parse_note(written) or parse_note(f"note {written}")
    if truth is None:
        raise DataError(f"facts.note: got {question.facts.note!r}, expected one such as 'F#'")
    got = one_value("note", question, response)
    if isinstance(got, Verdict):
        return got
    same = truth.same(got, spelled=bool(question.facts.spelling))
    relation = "is" if same else "is not"
    return Verdict(float(same), f"{got.name} {relation} {truth.name}", {"note": got.name})
