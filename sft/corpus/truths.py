"""What is true of an excerpt, in the words of an answer and of a thought.

Conventions
-----------
Names are spelled as in the transposed score; facts carry ``spelling=False``, for an ear
cannot tell D# from Eb. A thought says only what follows from the score. Those about one
ending share one form, so that what is learned for one question serves the others.
"""

from __future__ import annotations

from rewards.records import Facts
from sft.corpus.excerpts import Excerpt
from sft.corpus.names import QUALITIES

METERS = {
    "6/8": "two beats to a bar, each in three parts",
    "9/8": "three beats to a bar, each in three parts",
    "3/4": "three beats to a bar, each in two parts",
    "2/4": "two beats to a bar, each in two parts",
    "4/4": "four beats to a bar, each in two parts",
}
MARKS = {
    "organ": "The tone is held steadily and its octaves ring along.",
    "piano": "The tone is struck and dies away, the upper partials first.",
    "flute": "The tone is held, pure and soft, with few partials.",
    "clarinet": "The tone is held and hollow, with odd partials only.",
    "violin": "The tone swells slowly, bright, with vibrato.",
    "vibraphone": "The tone is struck and rings long, like a metal bar.",
}


def final_root(excerpt: Excerpt) -> int:
    """Place of the final chord's root before transposition; a tune's last note."""
    return excerpt.phrase.bass if excerpt.phrase.root is None else excerpt.phrase.root


def _root(excerpt: Excerpt) -> str:
    return excerpt.name(final_root(excerpt))


def chord(excerpt: Excerpt) -> str:
    return f"{_root(excerpt)} {QUALITIES[excerpt.phrase.quality or '']}"


def _bass(excerpt: Excerpt) -> str:
    return excerpt.name(excerpt.phrase.bass)


def _top(excerpt: Excerpt) -> str:
    return excerpt.name(excerpt.phrase.top)


def key(excerpt: Excerpt) -> str:
    return f"{excerpt.name(excerpt.phrase.tonic)} {excerpt.phrase.mode}"


def tempo(excerpt: Excerpt) -> str:
    return f"{excerpt.tempo} BPM"


def facts_of(excerpt: Excerpt) -> Facts:
    """All that is known of a clip, but for ``note``, which depends on the question."""
    phrase = excerpt.phrase
    return Facts(
        key=key(excerpt) if phrase.confirmed else None,
        tempo=float(excerpt.tempo),
        meter=phrase.meter,
        chord=f"{_root(excerpt)}:{phrase.quality}" if phrase.root is not None else None,
        instruments=(excerpt.timbre,),
        spelling=False,
    )


def think_ending(excerpt: Excerpt) -> str:
    if excerpt.phrase.source == "tune":
        return f"The tune ends on {_top(excerpt)}."
    return (
        f"The bass ends on {_bass(excerpt)} and the soprano on {_top(excerpt)}. "
        f"The final chord is {chord(excerpt)}."
    )


def think_key(excerpt: Excerpt) -> str:
    return f"{think_ending(excerpt)} The key is {key(excerpt)}."


def think_meter(excerpt: Excerpt) -> str:
    return f"I count {METERS[excerpt.phrase.meter]}. The meter is {excerpt.phrase.meter}."


def think_tempo(excerpt: Excerpt) -> str:
    return f"A beat lasts {60 / excerpt.tempo:.2f} seconds. The tempo is {excerpt.tempo} BPM."


def think_instrument(excerpt: Excerpt) -> str:
    return f"{MARKS[excerpt.timbre]} The instrument is a {excerpt.timbre}."
