"""Train, dev and test by what the music shares.

Conventions
-----------
The *ending* of a line is its last eight melody notes as intervals in semitones, so the
same in every transposition. Two pieces are kin if they bear the same title, or if they
share at least half of the endings of the one that has fewer (chorale melodies recur
under other titles, tunes under other names). Kin and kin of kin stand in one split.
No seed: a family goes where the hash of its first member's id sends it, and one of more
than ``LARGE`` pieces goes to train, lest one hash decide a tenth of the data.

Stock phrases join unrelated chorales (all of them, were one shared ending enough to be
kin). So lines are kept apart one by one: what ends like a line of test is taken out of
train and dev, what ends like a line of dev out of train.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from itertools import combinations

from sft.corpus.phrases import Phrase, melody_endings
from sft.corpus.piece import Piece

SPLITS = ("train", "dev", "test")
LARGE = 40


def split_phrases(
    pieces: Sequence[Piece], phrases: Iterable[Phrase], dev: float = 0.08, test: float = 0.17
) -> dict[str, tuple[Phrase, ...]]:
    """The phrases of each split; ``dev`` and ``test`` are shares of the families."""
    home = split_pieces(pieces, dev, test)
    chosen: dict[str, list[Phrase]] = {split: [] for split in SPLITS}
    for phrase in phrases:
        chosen[home[phrase.piece]].append(phrase)
    taken: set[tuple[int, ...]] = set()
    kept: dict[str, tuple[Phrase, ...]] = {}
    for split in reversed(SPLITS):
        kept[split] = tuple(phrase for phrase in chosen[split] if phrase.ending not in taken)
        taken.update(phrase.ending for phrase in chosen[split])
    return {split: kept[split] for split in SPLITS}


def split_pieces(pieces: Sequence[Piece], dev: float, test: float) -> dict[str, str]:
    """Piece id -> "train", "dev" or "test"."""
    home: dict[str, str] = {}
    for family in families(pieces):
        share = _unit_hash(family[0])
        where = "dev" if share < dev else "test" if share >= 1.0 - test else "train"
        home.update((piece, "train" if len(family) > LARGE else where) for piece in family)
    return home


def families(pieces: Sequence[Piece]) -> list[tuple[str, ...]]:
    """The connected components of kinship, each sorted, as piece ids."""
    parent = {piece.id: piece.id for piece in pieces}

    def find(node: str) -> str:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for one, other in _kin(pieces):
        parent[find(one)] = find(other)
    groups: dict[str, list[str]] = {}
    for piece in pieces:
        groups.setdefault(find(piece.id), []).append(piece.id)
    return sorted(tuple(sorted(group)) for group in groups.values())


def _kin(pieces: Sequence[Piece]) -> Iterable[tuple[str, str]]:
    endings = {piece.id: melody_endings(piece) for piece in pieces}
    bearers: dict[object, list[str]] = {}
    for piece in pieces:
        for ending in endings[piece.id]:
            bearers.setdefault((piece.source, ending), []).append(piece.id)
        if title := plain_title(piece.title):
            bearers.setdefault(title, []).append(piece.id)
    shared: Counter[tuple[str, str]] = Counter()
    for mark, ids in bearers.items():
        if isinstance(mark, str):
            yield from ((ids[0], other) for other in ids[1:])
        else:
            shared.update(combinations(sorted(ids), 2))
    for (one, other), count in shared.items():
        if 2 * count >= min(len(endings[one]), len(endings[other])):
            yield one, other


def plain_title(title: str) -> str:
    """Letters and digits only, without accents, the type of a tune, or a leading article.

    >>> plain_title("THE BANJO -- REEL"), plain_title("Ich dank' dir, lieber Herre")
    ('banjo', 'ichdankdirlieberherre')
    """
    text = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    text = re.split(r"\s-+\s", text)[0]
    return re.sub(r"[^a-z0-9]", "", re.sub(r"^\s*(the|a|an)\s+|,\s*the\b", " ", text))


def _unit_hash(text: str) -> float:
    digest = blake2b(text.encode(), digest_size=8, person=b"split").digest()
    return int.from_bytes(digest, "big") / 2**64
