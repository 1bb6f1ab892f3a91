"""Chords in running text, and which of them only describe another.

Conventions
-----------
A chord is read as far as it makes sense, and the reading ends at the end of a word. A key
("in C major", "the ii of G major") is no chord; "the dominant seventh of C" is G7.

==============================================  ===========================
text                                            chords
==============================================  ===========================
C major (C E G); Am7, i.e. A C E G              one: notes only describe
C E G; A-C-E-G                                  one: notes spell it out
C major (C/E); A minor, more precisely Am7      the second, it says more
Am7 (A minor)                                   the first
C major or C/E; Am7, C6                         two
ii7 in G major, V7 of C                         one: a numeral with its key
==============================================  ===========================
"""

from __future__ import annotations

import re
from itertools import pairwise

from rewards.patterns import Pattern
from rewards.spelling.chord_fields import includes, with_quality
from rewards.spelling.chord_words import QUALITY_WORDS, turned
from rewards.spelling.chords import parse_chord
from rewards.spelling.harte import NO_CHORD, QUALITIES, Chord
from rewards.spelling.mentions import Mention
from rewards.spelling.notes import ACCIDENTAL, parse_note, unaccented
from rewards.spelling.numeral_chords import chord_in_key

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
_LETTER = r"[A-G](?:##|#|bb?|x|[\s-](?:sharp|flat))?[0-8]?"
_NOTE_NAME = Pattern(_LETTER)
_NAMED_ROLE = Pattern(rf"{_LETTER}\s*\((?:the )?(?:root|third|fifth|seventh|ninth|[1357])\)?")
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
_ROLE = (
    r"(?:root|bass|third|fifth|seventh|ninth|lowest note|top(?: note)?|leading tone|chord tone"
    r"|notes?|tone)"
)
_ROLE_BEFORE = Pattern(
    rf"\b{_ROLE}(?:\s*[,:=]\s*|\s+(?:is|being|of|on)?\s*)(?:an? |the )?$|\bbecause of (?:the )?$",
    _I,
)
_ROLE_AFTER = Pattern(
    rf",?\s*(?:\(\s*)?(?:is|being|as|in|at|on)?\s*(?:the|its|a)?\s*(?:(?:major|minor|perfect"
    rf"|diminished|augmented) )?{_ROLE}\b",
    _I,
)
_LABEL = Pattern(r"\(?[A-F]\)\s+|(?:option|choice)\s+\(?[A-F]\)?\s*[:.)-]?\s*", _I)
_NONE_SAID = Pattern(r"(?:N\.?\s?C\.?|no chords?|none)\s*(?:[,(;:.-]|because|since|as)", _I)
_LISTED_A = Pattern(r"[,:]\s+$")
_BEFORE_SMALL_A = Pattern(r"\b(?:is|has|with|hear|as|like|of)\s+$")
_NO_CHORD_AFTER = Pattern(
    r"-(?:chord|bar|part|note|beat)\b|\s*(?:interval|scale|key\b|tonality|mode\b)", _I
)
_OPENS = Pattern(
    r"\(|->|→|:|=|\s-\s|-|,|\bnotes?\b|\bconsist|\bcontain|\bmade\b|\bspell|\btones?\b|\bwith\b"
    r"|\bform|\bmak(?:e|ing)|\bi\.?e\b|\bi\.\s?e|\bnamely\b|\bthat is\b|\bare\b|\broot\b",
    _I,
)
_OPEN = Pattern(
    r"\b(?:or|not|rather|instead|could|might|also|either|maybe|perhaps|possibly|vs|versus)\b"
    r"|[?%]",
    _I,
)
_SAID_AGAIN = Pattern(
    r"\s*(?:\bchord\b|\btriad\b)?\s*(?:[(=:]|[,;]?\s*\(?(?:i\.?\s?e\.?|that is|namely"
    r"|more (?:precisely|specifically|exactly)|to be (?:precise|exact|specific)|specifically"
    r"|or rather|also (?:written|called|known as)|lead sheet|symbol|written|notated|viz)\b)"
    r"[\s:,(]*(?:as )?(?:an? |the )?",
    _I,
)
_JOINT = Pattern(
    r"[\s,;/&+-]*(?:\band\b|\bthen\b|\bthe\b|\b(?:major|minor|perfect|diminished)\b"
    r"|\b(?:root|third|fifth|seventh|ninth)\b|[\s,:()&-])*",
    _I,
)
_SPELLED = Pattern(
    r"(?:(?:the )?(?:chord )?(?:notes?|tones?)(?: are| is|:)?\s*)?"
    rf"({_LETTER}(?:(?:\s*-\s*|\s*,\s*(?:and )?|\s+and |\s+){_LETTER}){{2,4}})",
)
_TURN_ORDER = tuple(QUALITIES[name] for name in ("maj", "min", "dim", "7", "maj7", "minmaj7"))
"""Chords of which each inversion is told from all other chords by its notes."""


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


def described_chords(text: str) -> list[Mention[Chord]]:
    """The chords of a text without those that only describe another (see the table)."""
    spelled = spelled_out(text)
    if spelled is not None:
        return [Mention(spelled, 0, len(text))]
    found = find_chords(text)
    if not found:
        none = _NONE_SAID.match(text)
        if none:
            return [Mention(NO_CHORD, 0, none.end())]
        chord = chord_in_key(text)
        return [Mention(chord, 0, len(text))] if chord else []
    label = _LABEL.match(text)
    if label and len(found) > 1 and found[0].start < label.end() <= found[1].start:
        found = found[1:]
    if len(found) < 2:
        return with_quality(text, found[0])
    found = _without_notes(text, found)
    kept = list(found)
    for first, second in pairwise(found):
        between = text[first.end : second.start]
        if _OPEN.search(text[first.start : second.end]) or not _SAID_AGAIN.fullmatch(between):
            continue
        if includes(first.value, second.value) and first in kept:
            kept.remove(first)
        elif includes(second.value, first.value) and second in kept:
            kept.remove(second)
    return with_quality(text, kept[0]) if len(kept) == 1 else kept


def _without_notes(text: str, found: list[Mention[Chord]]) -> list[Mention[Chord]]:
    """Without the notes that spell a chord out."""
    roles = [m for m in found if _NAMED_ROLE.fullmatch(text[m.start : m.end])]
    named = [m for m in found if m not in roles and not _NOTE_NAME.fullmatch(text[m.start : m.end])]
    high = [m for m in found if text[m.end - 1].isdigit()]
    if not named and len(high) == 1:  # the G7 of "G, B, D, F: G7" is no note of its octave
        named = high
    lead = named[0] if named else found[0]
    if lead.value.root is None:
        return found
    notes = [m for m in found if m not in named and m is not lead]
    tones = {*lead.value.all_pitch_classes}
    roles += [m for m in notes if _has_role(text, m)]
    roles = [m for m in roles if m.value.pitch_classes & tones]
    if roles and named:
        found = [m for m in found if m not in roles]
        notes = [m for m in notes if m not in roles]
    if not notes or (not named and len(notes) < 2):
        return found
    between = text[min(lead.end, notes[-1].end) : max(lead.start, notes[0].start)]
    low, high = min(lead.start, notes[0].start), max(lead.end, notes[-1].end)
    if not _OPENS.search(between) or _OPEN.search(text[low:high]):
        return found
    classes = {m.value.root.pitch_class for m in notes if m.value.root}
    listed = len(notes) > 1 and all(
        _JOINT.fullmatch(text[a.end : b.start]) for a, b in pairwise(notes)
    )
    if classes <= tones and (listed or len(notes) > 2 or "(" in between or "root" in between):
        return [m for m in found if m not in notes]
    return found


def _has_role(text: str, mention: Mention[Chord]) -> bool:
    """ "the third is E", "with G in the bass": a note of the chord, no chord."""
    before = text[max(0, mention.start - _LOOK_BACK) : mention.start]
    return bool(_ROLE_BEFORE.search(before) or _ROLE_AFTER.match(text, mention.end))


def spelled_out(text: str) -> Chord | None:
    """The chord whose notes are listed, and nothing else: "A C E G", "E-G-C".

    The first note is the root if that makes a chord; else it may be inverted.
    """
    found = _SPELLED.fullmatch(text.rstrip("."))
    if found is None:
        return None
    notes = [parse_note(m[0].rstrip("012345678")) for m in _NOTE_NAME.finditer(found[1])]
    roots = [note for note in notes if note is not None]
    for at, root in enumerate(roots):
        mask = sum({1 << (note.pitch_class - root.pitch_class) % 12 for note in roots})
        if mask in QUALITIES.values() and (at == 0 or mask in _TURN_ORDER):
            return Chord(root, mask, (roots[0].pitch_class - root.pitch_class) % 12)
    return None
