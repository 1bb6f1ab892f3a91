"""Options that the text of a question labels in another order than ``choices`` lists them.

Conventions
-----------
A label in an answer is a place in ``choices``: B, or 2, is the second. So "(A) C major (B) D major"
over ``["D major", "C major"]`` pays the wrong letter. A label is read where the words of an option
stand right behind it.
"""

from __future__ import annotations

from rewards.fields import show
from rewards.numbering import unlabelled
from rewards.patterns import Pattern
from rewards.records import Question

_LABEL = Pattern(r"(?<!\w)[(\[]?([A-Z]|[1-9]\d?)[)\].:]\s*")


def mislabelled(question: Question) -> str | None:
    """The first label of the text whose option stands elsewhere in the list, or None."""
    options = [option.casefold().strip() for option in unlabelled(question.choices)]
    text = question.text.casefold()
    if len(text) != len(question.text):  # a letter that folds to two: places do not agree
        return None
    for label in _LABEL.finditer(question.text):
        behind = text[label.end() :]
        fits = [option for option in options if option and behind.startswith(option)]
        if not fits:
            continue
        place = options.index(max(fits, key=len))
        asked = int(label[1]) - 1 if label[1].isdigit() else ord(label[1]) - ord("A")
        if place != asked:
            return (
                f"choices: the text labels {show(question.choices[place])} as {label[1]}, but it "
                f"is number {place + 1} of the list, by which a label in an answer is read"
            )
    return None
