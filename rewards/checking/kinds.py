"""Kinds of question that the library does not know: one's own, or misspelled.

Facets are held to a list as a row is read; kinds are open, and a misspelled one is judged by
parts that are not meant for it.
"""

from __future__ import annotations

from collections.abc import Mapping

from rewards.errors import few, nearest
from rewards.rubric_routes import KINDS


def own_kinds(kinds: Mapping[str, int]) -> str:
    """A sentence about the kinds of a file that are none of the library's; "" without such.

    Args:
        kinds: kind -> its rows.
    """
    own = sorted(kinds.keys() - {*KINDS})
    if not own:
        return ""
    told = [f"{kinds[kind]} of kind {kind!r}{nearest(kind, KINDS)}" for kind in own]
    return (
        f"rows of a kind that is none of the library's ({', '.join(KINDS)}): {few(told)}; one of "
        "your own may stand"
    )
