"""Which option an answer is a long piece of: "stays on one note" of "It stays on one note".

Conventions
-----------
Half of the option's words at least, at its beginning or end; what is left over may not tell
it from the other options, nor deny what is said.
"""

from __future__ import annotations

from rewards.option_forms import form
from rewards.options import SUBJECT, Option
from rewards.patterns import Pattern

_ONE = Pattern(r" 1$")  # "the acoustic one"; the form has numbers in digits
# Words that "the same" may leave out of "it stays the same".
_COPULAS = frozenset("is are stays stay remains remain becomes gets the a an".split())  # noqa: SIM905
_NEGATES = frozenset({"not", "no", "never", "without", "neither", "nor", "none"})


def excerpt(options: tuple[Option, ...], text: str) -> int | None:
    """The one option of which the text is a long piece (rule 4)."""
    words = _ONE.sub("", SUBJECT.sub("", form(text))).replace(",", "").split()
    wholes = [option.form.replace(",", "").split() for option in options]
    held = [i for i, whole in enumerate(wholes) if f" {' '.join(words)} " in f" {' '.join(whole)} "]
    if len(held) != 1 or not words or options[held[0]].strict:
        return None
    index, whole = held[0], SUBJECT.sub("", options[held[0]].form).replace(",", "").split()
    left = set(whole) - set(words) - _COPULAS
    others = {word for i, other in enumerate(wholes) if i != index for word in other}
    ends, rest = whole[-len(words) :] == words, whole[len(words) :]
    begins = whole[: len(words)] == words and rest not in wholes
    telling = (ends or begins) and left <= others
    size = len([word for word in whole if word not in _COPULAS])
    enough = 2 * len(words) >= size and (len(words) >= 3 or telling)
    return index if enough and not left & _NEGATES else None
