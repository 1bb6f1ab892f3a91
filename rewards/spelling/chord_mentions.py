"""Chords in running text, as far as they make sense.

Conventions
-----------
The reading of a chord ends at the end of a word. A key ("in C major", "the ii of G major")
is no chord; "the dominant seventh of C" is G7. Which of the chords only describe another,
``rewards/spelling/described_chords.py`` tells.
"""

from __future__ import annotations

import re

from rewards.patterns import Pattern
from rewards.spelling.chord_words import QUALITY_WORDS, turned
from rewards.spelling.chords import parse_chord
from rewards.spelling.harte import Chord
from rewards.spelling.mentions import Mention
from rewards.spelling.notes import ACCIDENTAL, unaccented

_MOST_CANDIDATES = 64
_MOST_WORDS = 12
_MOST_CUTS = 6
_I = re.IGNORECASE
_START = Pattern(
    rf"(?<![\w#°ø])([A-G])(x(?=m)|{ACCIDENTAL})|(?<![\w#°ø'])([a-g])"
    rf"(?=[#b]{{0,2}}:[a-z]|(?:[#b]|[\s-](?:sharp|flat))?[\s-]+(?:{QUALITY_WORDS})(?![a-z])"
    rf"|[#b]?(?:m(?:aj|in)?[679]|maj7|min7|dim|aug|sus|m7b5|°|ø)(?![a-z]))({ACCIDENTAL})"
)
_GLUED = Pattern(r":?[\w#+°øΔ^(*][\w#+°øΔ^()/,{}<>*-]{0,40}|[Δ^ø°+(-][\w#+°øΔ^()/,{}<>*-]{0,40}")
_CUT = Pattern(r"[/(,<{-]")
_BASS = (
    r"\s*(?:\bover\b|\bslash\b|\bwith\b|\bon\b|/)\s+(?:an? )?"
    r"[A-G](?:#|b(?![a-z])|[\s-](?:sharp|flat))?"
    r"(?:\s+(?:in|as|at) (?:the )?(?:bass(?: note)?|bottom|lowest note)"
    r"|(?![\w#°ø:]|\s*(?:maj|min|dim|aug)))"
)
_NEXT = Pattern(
    rf"[\s/-]*\(?(?:{QUALITY_WORDS})\)?(?![a-z])(?:\.(?=\s*\d))?"
    r"|\s+(?:with|plus|and) (?:an? (?:added |extra )?|added )(?=\w)"
    r"(?=(?:major |minor |suspended |flat\w* |lowered |sharp\w* |raised |diminished |augmented "
    r"|\W)?(?:sixth|seventh|ninth|eleven|thirteen|fifth|fourth|second|6th|11|13|9|7th|9th"
    r"|5th|4th|2nd))"
    rf"|\s*[-+#b]?\d{{1,2}}(?![\d.]|\s?%)"
    rf"|\s*\((?:[#b]?\d{{1,2}}|maj7?|M7|add ?\d+|sus ?\d)\)|{_BASS}"
    r"|,?\s*(?:\(|in )*(?:the )?(?:root[\s-]position|(?:first|second|third|1st|2nd|3rd)"
    r"[\s-]inversion)\)?"
    r"|,?\s*\(?(?:with|over) (?:the|its) (?:root|third|3rd|fifth|5th|seventh|7th)"
    r" (?:in the bass|as (?:the )?bass(?: note)?|at the bottom)\)?",
    _I,
)
_NAMED_A = Pattern(r"\s*(?:$|[.,;:!?)/|→⇒>]|chord[.\s]*$|major|or\b|and\b|is\b|->|-)")
_BEFORE_A = Pattern(r"\b(?:an|the|chord|is|root|note|or|and)\s+$|[:(]\s*$")
_WORD_FOLLOWS = Pattern(r"\s+[a-z]")
_OR_QUALITY = Pattern(
    r"\s*(?:/|,?\s*or|and)\s*(?:an? )?((?:major|minor|diminished|augmented|dominant|maj|min|dim"
    r"|aug|sus[24]?)(?:[ -]?(?:seventh|7th|7))?|seventh|7th)\b",
    _I,
)
_CONTEXT = Pattern(
    r"\b(?:in|into) (?:the )?(?:key of )?$|\bkey of $|\b(?:key|scale)(?: is|:) $"
    r"|(?:\b(?:[ivIV]{1,3}[°ø]?(?:7|6|65|43|42|64)?|(?:sub)?dominant(?: seventh| 7(?:th)?)?"
    r"|(?:super|sub|leading)[\s-]?ton(?:e|ic)|(?:sub)?mediant|(?:relative|parallel) (?:major|minor)"
    r"|(?:relative|parallel) (?:major|minor)?"
    r"|second|third|fourth|fifth|sixth|seventh)(?: chord| degree)? ?(?:of|in|to) "
    r"|\b(?:relative|parallel) (?:major|minor) (?:is|being|:|=) )"
    r"(?:the (?:key of )?)?$",
    _I,
)
_RESOLVED = Pattern(
    r"\b(?:resolv\w+|lead\w*|mov\w+|go(?:es|ing)?|head\w*|return\w*|point\w*|pull\w*)"
    r"(?: back)? (?:in)?to (?:the (?:key of )?)?$",
    _I,
)
_OFFERED = Pattern(r"\bor (?:the |an? )?$", _I)
_LOOK_BACK = 48
_CHORD_WORD = Pattern(r"\s*(?:chord|triad|harmony|interval|third|scale|key)\b")
_LISTED_A = Pattern(r"[,:]\s+$")
_BEFORE_SMALL_A = Pattern(r"\b(?:is|has|with|hear|as|like|of)\s+$")
_NO_CHORD_AFTER = Pattern(
    r"-(?:chord|bar|part|note|beat)\b|\s*(?:interval|scale|key\b|tonality|mode\b)", _I
)


def find_chords(
    text: str, most: int = _MOST_CANDIDATES, *, row: bool = False
) -> list[Mention[Chord]]:
    """The chords that a folded text names, in order; at most ``most`` places are tried.

    In a ``row`` of chords, one that another "moves to" counts too.
    """
    found = [
        Mention(chord, start, end)
        for start, end, words in turned(unaccented(text))
        if (chord := parse_chord(words)) is not None
    ]
    taken = list(found)
    at = 0
    for _ in range(most):
        start = _START.search(text, at)
        if start is None:
            break
        inside = next((m for m in taken if m.start <= start.start() < m.end), None)
        mention = None if inside else _longest(text, start)
        at = inside.end if inside else mention.end if mention else start.start() + 1
        if mention and any(m.start < mention.end and mention.start < m.end for m in taken):
            continue
        since = found[-1].end if found and row else 0
        if mention and not _no_chord(text, mention, since, row=row):
            found.append(mention)
            found.extend(_other_quality(text, mention))
    return sorted(found, key=lambda m: m.start)


def _longest(text: str, root: re.Match[str]) -> Mention[Chord] | None:
    """The longest reading that begins with this root."""
    ends = [root.end()]
    glued = _GLUED.match(text, root.end())
    if glued:
        ends += [root.end() + cut.start() for cut in _CUT.finditer(glued[0]) if cut.start()][
            :_MOST_CUTS
        ]
        ends.append(root.end() + len(glued[0]))
        ends.append(root.end() + len(glued[0].rstrip(",-)(/:")))
    at = ends[-1]
    for _ in range(_MOST_WORDS):
        word = _NEXT.match(text, at)
        if word is None or word.end() == at:
            break
        at = word.end()
        ends.append(at)
    for end in sorted(set(ends), reverse=True):
        piece = text[root.start() : end]
        if piece[-1] == ")" and piece.count(")") > piece.count("("):
            piece = piece[:-1]
        if piece[-1] in ",-" or (len(text) > end and text[end - 1 : end + 1].isalnum()):
            continue
        chord = parse_chord(piece.rstrip())
        if chord is not None:
            return Mention(chord, root.start(), root.start() + len(piece.rstrip()))
    return None


def _other_quality(text: str, mention: Mention[Chord]) -> list[Mention[Chord]]:
    """ "C minor or major" offers two chords on one root."""
    other = _OR_QUALITY.match(text, mention.end)
    root = mention.value.root
    chord = parse_chord(f"{root.name} {other[1]}") if other and root else None
    return [Mention(chord, mention.start, mention.end)] if chord else []


def _no_chord(text: str, mention: Mention[Chord], since: int, *, row: bool) -> bool:
    """An article, a word or a key that only looks like a chord; what stands before ``since``
    belongs to another ("G dominant seventh to C")."""
    piece = text[mention.start : mention.end]
    before = text[max(since, mention.start - _LOOK_BACK) : mention.start]
    context = _CONTEXT.search(before)
    if context and not _OFFERED.search(before[: context.start()]):
        return True
    if not row and _RESOLVED.search(before):
        return True
    if _NO_CHORD_AFTER.match(text, mention.end):
        return True
    if piece == "A":
        return not (_NAMED_A.match(text, mention.end) or _BEFORE_A.search(before))
    if piece in ("Do", "Go"):  # G diminished, but also a verb
        return _WORD_FOLLOWS.match(text, mention.end) is not None
    if not piece.startswith("a "):
        return False
    chord_follows = _CHORD_WORD.match(text, mention.end) is not None
    listed = not row and _LISTED_A.search(before) is not None
    return chord_follows or listed or _BEFORE_SMALL_A.search(before) is not None
