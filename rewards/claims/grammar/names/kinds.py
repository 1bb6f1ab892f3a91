"""Which kind of an instrument the words around its name tell: "guitars through a fuzz box".

Conventions
-----------
A word behind the name tells as far as the next instrument, a semicolon or a "but"; before the
name only two words tell. Where a denial stands between, nothing is told.
"""

from __future__ import annotations

from functools import lru_cache

from rewards.claims.records import Claim
from rewards.claims.text.words import word_set
from rewards.spelling.ontology import ontology

_NOT = word_set("not no without never isn't aren't wasn't less lacks nor neither")
_WALLS = word_set("; : but while whereas against over under beneath behind then , and with plus")
_PARTS = word_set("; : but while whereas against over under beneath behind then")
_MALE = word_set("his male man men guy gentleman baritone tenor masculine boy")
_FEMALE = word_set("her female woman women girl lady soprano feminine")
_RANGES = word_set("baritone tenor soprano")
_FAR = 12
_NEAR = 2

_ELECTRIC = word_set(
    "distorted distortion overdriven overdrive fuzz fuzzed amp amps amplifier amplified whammy "
    "chug chugs chugging chugged palm wah shred shreds shredding shredded feedback electric "
    "pedalboard stratocaster telecaster humbucker humbuckers crunch crunchy"
)
_KINDS: dict[str, tuple[tuple[frozenset[str], str], ...]] = {
    "guitar": (
        (_ELECTRIC, "electric guitar"),
        (word_set("nylon flamenca classical"), "classical guitar"),
        (word_set("steel acoustic unplugged"), "acoustic guitar"),
    ),
    "bass": (
        (word_set("electric pick thumb pops slaps slapped plectrum fretless"), "bass guitar"),
        (word_set("bow bowed arco pizzicato upright"), "double bass"),
    ),
    "drums": ((word_set("programmed quantised quantized sequenced"), "drum machine"),),
    "french horn": (
        (word_set("stab stabs punch punches punching punctuate saxes"), "brass"),
    ),
    "harp": (
        (word_set("licks lick bent bends bending mic shuffle bluesy wails wailing"), "harmonica"),
    ),
}  # fmt: skip
_LINKS = word_set("is are was were sounds remains seems : , ( belongs")
_STOPS = word_set(", ; and but with over in for")
NAMES = _KINDS.keys() | {"voice"}
"""Names of which kinds are told."""
_HEADS = word_set("guitar voice bass organ synthesizer clarinet flute")
"""What "the guitar" means where an electric guitar is heard: that one."""
_SINGLE = frozenset(("male voice", "female voice"))


def told(words: list[str], spot: int, size: int, name: str, until: int) -> str:
    """The kind that is told of the instrument ``name`` at ``spot``, or the name itself.

    ``until`` is the place of the next instrument.
    """
    if name == "voice":
        return _whose(words, spot, size) or name
    around = set(words) if name == "harp" else _around(words, spot, size, until)
    for marks, kind_ in _KINDS.get(name, ()):
        if not marks.isdisjoint(around):
            return kind_
    return name


def _around(words: list[str], spot: int, size: int, until: int) -> set[str]:
    found: set[str] = set()
    for at in range(spot - 1, max(-1, spot - 1 - _NEAR), -1):
        if words[at] in _WALLS:
            break
        found.add(words[at])
    end = min(len(words), spot + size + _FAR, until)
    behind = spot + size + (words[spot + size : spot + size + 1] == [":"])
    for at in range(behind, end):
        if words[at] in _PARTS:
            break
        found.add(words[at])
    return found if _NOT.isdisjoint(found) else set()


def _whose(words: list[str], spot: int, size: int) -> str | None:
    """ "a low male voice", "the singer is a woman", "vocals: female"."""
    near = [word for word in words[max(0, spot - 3) : spot] if word not in (",",)]
    after = words[spot + size : spot + size + 6]
    told_: list[str] = near[::-1][:2]
    if after[:1] != [] and after[0] in _LINKS:
        for word in after[1:]:
            if word in _STOPS:
                break
            told_.append(word)
    if not _NOT.isdisjoint(told_):
        return None
    for word in told_:
        if word in _RANGES:
            return f"{word} voice"
    if not _FEMALE.isdisjoint(told_):
        return "female voice"
    return "male voice" if not _MALE.isdisjoint(told_) else None


def specified(claims: list[Claim]) -> list[Claim]:
    """Without the "guitar" of a text that has an acoustic guitar: one instrument, said twice.

    What only the answer says more closely, the think part has said as it did.
    """
    heard = [claim for claim in claims if claim.type == "instrument" and claim.plain]
    if len(heard) < 2:
        return claims
    thought: set[str] = set()
    either: set[str] = set()
    for claim in heard:
        above = _above(str(claim.value))
        either |= above
        if claim.section == "think":
            thought |= above
    if not either:
        return claims
    return [
        claim
        for claim in claims
        if claim.type != "instrument"
        or claim.value not in (thought if claim.section == "think" else either)
        or not claim.plain
    ]


@lru_cache(maxsize=1024)
def _above(name: str) -> frozenset[str]:
    """The broader names that an instrument makes needless."""
    kinds = ontology("instruments").ancestors(name)
    single = "voice" not in kinds or not _SINGLE.isdisjoint((name, *kinds))
    return _HEADS.intersection(kinds) if single else frozenset()
