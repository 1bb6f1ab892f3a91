"""What is told of a genre in general: "salsa has congas", "a gigue would gallop".

Conventions
-----------
A clause that begins with the name of a genre and says what it has, needs or would have tells
nothing of the clip: neither the genre nor what stands in the clause is a claim. A genre that
"would" do something is not there; nor is one whose description a contrast follows ("a sarabande
is slow and triple; we have duple", "trap has rolling hats, and there are none").
"""

from __future__ import annotations

from collections.abc import Callable

from rewards.claims.text.words import word_set

_TELLS = word_set(
    "has have wants needs requires demands uses likes lives would calls asks go goes means "
    "presupposes"
)
_MOVES = word_set(
    "runs gallops strolls moves lilts swings sits rests rolls bounces hops rocks walks races "
    "drives lopes sways stomps"
)
_REJECTED = word_set("discarded rejected excluded eliminated out wrong dismissed impossible")
_IS = word_set("is are starts begins")
VERBS = _TELLS | _IS | _MOVES | {"'d"}
"""Words without which nothing is told in general."""
_ADVERBS = word_set("usually typically often always normally generally")
_OPENINGS = word_set(", ; : and but while ) since because")
_CALLED = word_set("heard playing likely possible plausible what also suggested indicated more the "
                   "my clear obvious right correct not n't out too wrong")  # fmt: skip
_ENDS = word_set("; but so")
_JOINTS = word_set(", ; and but yet while whereas")
_HERE = word_set("which what this here these we i there our ours nothing none no it")
_PLAIN = word_set("plain true real proper ordinary typical good normal standard classic genuine")
_ANYONE = word_set("you one we they people")
_NO = word_set("no not none nothing neither nor never nowhere without absent missing lacks")
_ALSO = word_set("also too indeed exactly so same matches match fits fit precisely just does do")
_FAR = 22


def definitions(
    words: list[str], ends: Callable[[int], int]
) -> tuple[frozenset[int], frozenset[int]]:
    """The places that only define a genre, and the places of genres that are denied.

    ``ends(at)`` is the length of the genre's name that ends at a place, 0 for none.
    """
    silent: set[int] = set()
    denied: set[int] = set()
    for at in range(1, len(words)):
        verb = words[at]
        if verb not in VERBS:
            continue
        told = verb in _TELLS and words[at + 1 : at + 2] not in (["been"], ["to"])
        told = told and words[at - 1] != "would"
        anyone = verb in ("would", "'d") and words[at - 1] in _ANYONE
        if not (told or anyone or verb in _IS or verb in _MOVES):
            continue
        end = at - 1 - anyone
        if words[end] in _ADVERBS or words[end].endswith("ly"):
            end -= 1
        bare = _unmodified(words, end) if verb == "would" else end
        slow, end = bare < end, bare
        size = ends(end) if end >= 0 else 0
        start = end - size + 1
        before = start - 1 - (words[start - 1] in _PLAIN)
        article = words[before : before + 1] in (["a"], ["an"])
        opens = start == 0 or words[start - 1] in _OPENINGS or article
        if anyone and article and before and words[before - 1] not in _OPENINGS:
            continue  # "for a tango we would need more"
        if not size or not opens or words[max(0, start - 2) : start] == ["is", "a"]:
            continue
        stop = next((n for n in range(at, len(words)) if words[n] in _ENDS), len(words))
        contrast = _contrasted(words, at) or _rejected(words, at)
        described = article and words[at + 1 : at + 2] != [] and words[at + 1] not in _CALLED
        described = described or verb in _MOVES
        if slow:
            denied.add(start)
        if anyone:
            silent.update(range(start, words.index(",", at) if "," in words[at:stop] else stop))
        elif verb == "would":
            silent.update(range(at, stop))
        elif contrast and (told or described):
            denied.add(start)
            if not _none(words, contrast):
                silent.update(range(at, contrast))
        elif told and verb not in ("go", "goes"):
            silent.update(range(start, stop))
    return frozenset(silent), frozenset(denied)


def _unmodified(words: list[str], end: int) -> int:
    """The place before an "at this speed" or an "in that tempo" that ends at ``end``."""
    at = next((n for n in range(end, max(0, end - 4), -1) if words[n] in ("this", "that")), 0)
    return at - 2 if at > 1 and words[at - 1] in ("at", "in", "with") else end


def _contrasted(words: list[str], at: int) -> int:
    """Where a contrast with the clip begins behind a verb; 0 if there is none."""
    for spot in range(at + 1, min(len(words) - 1, at + _FAR)):
        if words[spot] not in _JOINTS:
            continue
        rest = words[spot + 1 : spot + 9]
        if rest[:2] in (["so", "no"], ["so", "not"], ["hence", "no"]):
            return spot
        while rest[:1] and rest[0] in ("but", "and", "yet", "whereas", "while", "at"):
            rest = rest[1:]
        if words[spot] == "and" and rest[:1] == ["the"] and "here" in rest:
            return spot  # "..., and the fellow singing here groans"
        if not rest or rest[0] not in _HERE:
            continue
        marked = words[at - 2 : at - 1] in (["a"], ["an"]) or words[at - 3 : at - 2] == ["a"]
        if words[spot] == "and" and marked and rest[0] in ("this", "here"):
            return 0 if {"it", "one"} & {*rest} else spot
        denies = any(word in _NO or word.endswith("n't") for word in rest)
        parted = words[spot] in (";", "but", "whereas", "while")
        contrasts = parted and rest[0] in ("this", "here", "we", "these", "what")
        if denies or ((contrasts or rest[0] == "ours") and _ALSO.isdisjoint(rest)):
            return spot
    return 0


def _rejected(words: list[str], at: int) -> int:
    """ "The gavotte is duple and begins mid-bar: discarded"."""
    closes = len(words) > at + 3 and words[-1] in _REJECTED and words[-2] in (":", ",", ";")
    return len(words) - 2 if closes else 0


def _none(words: list[str], at: int) -> bool:
    """ "and there are none": what is told of is denied, too."""
    return "none" in words[at : at + 5]
