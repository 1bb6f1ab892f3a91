"""Places in a row that are told from its end: "the second-to-last chord", "the penultimate"."""

from __future__ import annotations

from collections.abc import Sequence

from rewards.claims.text.words import phrases

_BUT_ONE = phrases("second to last|next to last|second from last|last but one")


def last_but_one(lead: Sequence[str]) -> bool:
    """Do the words before a name say that it is the last but one?"""
    if "last" not in lead:
        return "penultimate" in lead
    said = [word for word in lead if word != "-"]
    return "penultimate" in said or any(said[n : n + 3] in _BUT_ONE for n in range(len(said)))
