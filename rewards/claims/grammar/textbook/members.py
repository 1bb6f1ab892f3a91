"""Propositions of what a chord, a scale or a signature is made of: "A7 is A C# E G"."""

from __future__ import annotations

from rewards.claims.context import Context, Found
from rewards.claims.grammar.pitch.item import Item
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import word_set
from rewards.spelling.chords import parse_chord
from rewards.spelling.described_chords import chord_of_notes
from rewards.spelling.harte import Chord, harte
from rewards.spelling.modes import parse_mode
from rewards.spelling.notes import Note

HAS = word_set(
    "has carries have contains takes uses needs bears possesses gets wears had requires demands "
    "counts with having carrying includes include holds"
)
_ABOUT = word_set(
    "mode notes note tones pitches the a an chord triad scale spelled of as seventh from and its "
    "members exactly up , with tonic has have consists made only just would in be degrees "
    "ascending then whose built composed formed"
)
"""What else may stand between a chord or scale and its notes."""
_LISTING = word_set(", and -")
_ARTICLES = word_set("is are make makes form forms spell spells gives a an the which = equals :")
_BESIDE = word_set("- -> , a an i.e or thus namely that is ( : = hence")
_TELLS = word_set(
    "is are so makes make spells spell gives give form forms = i'd members called hence thus "
    "which 's be namely therefore notes"
)
"""Words between notes and a chord of just these notes."""
_ANYHOW = word_set("the members make form spell give are")
"""Words between notes and a chord that is always made of them, and not heard there."""
_SPELLING = word_set("members notes tones pitches set spell spells make makes form forms")
_CHORD_HAS = word_set(
    "the final last closing ending chord triad harmony : = - is has contains of notes tones with "
    "i hear it so then consists spelled sounds sounding are ends on"
)
"""Words of a sentence that tells only which notes the asked chord has."""
_DEFINES = word_set("is = equals contains consists has holds comprises spells")
_OPENS = word_set("and but so since because as while whereas for")
_CLIP = word_set("it this that mode key scale tonality answer piece")
_ADVERBS = word_set("so then just clearly plainly simply therefore thus hence surely probably")
_SOON = 8
"""Characters within which "those" are the notes of the sentence before."""
_THAT_IS = word_set("i.e which namely that thus meaning with")
"""Words behind a name that is put forward and then explained."""
_PUT = _THAT_IS | {"then"}
_TOLD = 9
_THOSE = word_set("those these that this they together it")
_SPELLS = word_set(
    "make makes form forms spell spells give gives is be spelled contains has scale runs are : ( "
    "equals yields consists comprises holds ="
)


def members(sentence: Sentence, context: Context, found: list[Item]) -> set[int]:
    """ "A C# E G, which is A7", "D major is spelled D F# A"."""
    words, used = sentence.words, set()
    if "O" in sentence.kinds:
        found = [_moded(sentence, item) for item in found]
    if context.spelled is not None and not _THOSE.isdisjoint(words[:2]):
        used |= _those(sentence, context, found, *context.spelled)
    context.spelled = None
    at = 0
    while at < len(found):
        row = _row(words, found, at)
        half = len(row) // 2
        if half > 2 and [i.note for i in row[:half]] == [i.note for i in row[half:]]:
            at, row = at + half, row[half:]  # "it is E, G, B, and E, G, B is E minor"
        signed = _signature_of(sentence, found, row) if len(row) > 1 else None
        if signed is not None:
            text, first = signed
            context.add(Found("textbook", text, first, row[-1].last))
            used |= set(range(first, row[-1].last + 1))
        elif len(row) > 2:
            used |= _made_of(sentence, context, found, row)
        at += max(1, len(row))
    return used


def _row(words: list[str], found: list[Item], at: int) -> list[Item]:
    """The notes of ``found``, from one on, that are listed: "A, C and E"."""
    end, behind = at, found[at].first
    while end < len(found):
        item = found[end]
        if item.kind != "note" or item.first - behind > 2:
            break
        if not _LISTING.issuperset(words[behind : item.first]):
            break
        end, behind = end + 1, item.last + 1
    return found[at:end]


def _made_of(sentence: Sentence, context: Context, found: list[Item], row: list[Item]) -> set[int]:
    """Take down what three notes or more are said to be; returns the tokens that are no claim."""
    owner = _owner(sentence, found, row) or _quality_of(sentence, row)
    owner = owner or _home_scale(sentence, context, row)
    if owner is None:
        context.spelled = tuple(item.note for item in row), sentence.end(-1)
        _sounding(sentence, context, row)
        return set()
    notes = " ".join(item.note.name for item in row)
    text = f"members of {_name(sentence, owner, len(row))} is {notes}"
    first, last = min(owner.first, row[0].first), max(owner.last, row[-1].last)
    context.add(Found("textbook", text, first, last))
    return set(range(_start(sentence, owner, row[0]), _end(sentence, owner, row[-1])))


def _name(sentence: Sentence, owner: Item, count: int) -> str:
    """What so many notes are the members of, as the proposition names it."""
    altered = {"harmonic", "melodic"} & {*sentence.words[owner.first : owner.last]}
    if owner.kind == "mode" or altered:
        return " ".join((owner.note.name, *altered, str(owner.mode)))
    minor = owner.kind == "triad" and owner.mode == "minor" and count == 3
    chord = owner.chord if owner.kind == "chord" or minor else None
    return harte(_upright(chord)) if chord else owner.key.name


def _start(sentence: Sentence, owner: Item, note: Item) -> int:
    """The first token that is no claim by itself, of an owner and its first note."""
    words, first = sentence.words, min(owner.first, note.first)
    before = words[owner.first - 1 : owner.first]
    defined = owner.first < note.first and _defines(sentence, owner, note)
    if before in (["a"], ["an"]) or defined:
        return first  # "an F major chord has F, A and C": any such chord
    explained = not _PUT.isdisjoint(words[owner.last + 1 : note.first])
    put = owner.last < note.first and _put_forward(sentence, owner)
    # "it is G major, i.e. G, B and D"; "in D major the scale is ...": the owner is claimed, too
    claimed = owner.kind == "chord" or explained or put or before == ["in"]
    return note.first if claimed else first


def _end(sentence: Sentence, owner: Item, note: Item) -> int:
    """The token behind the last that is no claim by itself, of an owner and its last note."""
    link = sentence.words[note.last + 1 : owner.first]
    heard = owner.kind == "chord" and {*link}.isdisjoint(_ANYHOW)
    if owner.first > note.last and (heard or "chord" in link):
        return owner.first  # "F, A and C sound, so the chord is F major"
    return max(owner.last, note.last) + 1


def _sounding(sentence: Sentence, context: Context, row: list[Item]) -> None:
    """ "C-E-G.", "the last chord has F, A and C.": where a chord is asked, that is it."""
    first, last = row[0].first, row[-1].last
    alone = last + 1 == len(sentence.words) and _CHORD_HAS.issuperset(sentence.words[:first])
    chord = chord_of_notes([item.note for item in row]) if alone else None
    if chord is not None and context.facet == "chord":
        place = frozenset(("final",)) if "final" in sentence.bag or "last" in sentence.bag else ()
        context.add(Found("chord", harte(_upright(chord)), first, last, frozenset(place)))


def _defines(sentence: Sentence, owner: Item, first: Item) -> bool:
    """ "G7 is G B D F": is all that its clause says of a chord what it is made of?"""
    opens = owner.first == 0 or sentence.kinds[owner.first - 1] in ",;:-("
    opens = opens or sentence.words[owner.first - 1] in _OPENS
    verb = sentence.words[owner.last + 1] if owner.last + 1 < len(sentence.words) else ""
    return opens and verb in _DEFINES and first.first > owner.last + 1


def _put_forward(sentence: Sentence, owner: Item) -> bool:
    """ "So it is D mixolydian, spelled D E ...", "Mode: E phrygian (E F ...)": the clip's own."""
    words = sentence.words
    lead = words[max(0, owner.first - 4) : owner.first]
    while lead and lead[-1] in _ADVERBS:
        lead.pop()
    if not lead or lead[-1] == ":":
        return words[owner.last + 1 : owner.last + 2] == ["("]
    if "if" in sentence.bag:
        return False
    told = lead[-1] in ("is", "'s", "=") and not _CLIP.isdisjoint(lead[-2:-1])
    return told or lead[-1] in ("it's", "that's") or lead[-2:] in (["you", "get"], ["we", "get"])


def _triad(owner: Item, row: list[Item]) -> bool:
    chord = owner.chord or parse_chord(owner.key.name)
    return chord is not None and {item.note.pitch_class for item in row} == {
        *chord.all_pitch_classes
    }


def _those(
    sentence: Sentence, context: Context, found: list[Item], notes: tuple[Note, ...], end: int
) -> set[int]:
    """ "... A, C sharp and E. Those are the members of A major": of the sentence before."""
    owner = next((item for item in found[:1] if item.kind != "note"), None)
    if owner is None or sentence.start(0) - end >= _SOON:
        return set()
    chord = owner.chord or parse_chord(owner.key.name)
    tones = {note.pitch_class for note in notes}
    told = not _SPELLING.isdisjoint(sentence.words[: owner.first])
    if chord is None or not told or tones != {*chord.all_pitch_classes}:
        return set()
    spelt = " ".join(note.name for note in notes)
    text = f"members of {harte(_upright(chord))} is {spelt}"
    context.add(Found("textbook", text, 0, found[0].last))
    return set(range(owner.first if owner.kind == "chord" else owner.last + 1))


def _moded(sentence: Sentence, item: Item) -> Item:
    """ "Dorian on D", "the Phrygian scale on E": the mode that a note ends the name of."""
    words, at = sentence.words, item.first - 2
    at -= at > 0 and words[at] in ("scale", "mode")
    if item.kind != "note" or at < 0 or sentence.kinds[at] != "O":
        return item
    on = words[item.first - 1] in ("on", "from")
    mode = sentence.values[at]
    return Item("mode", at, item.last, item.note, mode=mode) if on else item


def _scale(owner: Item, row: list[Item]) -> bool:
    scale = parse_mode(f"{owner.note.name} {owner.mode}")
    tones = {(item.note.pitch_class - owner.note.pitch_class) % 12 for item in row}
    return scale is not None and tones == scale.steps


def _upright(chord: Chord) -> Chord:
    """A chord without its bass: the tones are the same."""
    return Chord(chord.root, chord.intervals, 0, chord.upper)


def _signature_of(sentence: Sentence, found: list[Item], row: list[Item]) -> tuple[str, int] | None:
    """ "D major has F# and C#": the proposition, and the token where it begins."""
    left = [item for item in found if item.last < row[0].first]
    if not left or left[-1].kind not in ("key", "triad"):
        return None
    order = [item.note.fifths for item in row]
    lead = sentence.words[max(0, row[0].first - 6) : row[0].first]
    named = 7 * (("sharps" in lead) - ("flats" in lead))
    if named and all(len(sentence.words[item.first]) == 1 for item in row):
        order = [fifths + named for fifths in order]  # "the sharps of E major are F, C, G and D"
    sharps = all(6 <= fifths <= 12 for fifths in order)
    if not sharps and not all(-8 <= fifths <= -2 for fifths in order):
        return None
    between = sentence.words[left[-1].last + 1 : row[0].first]
    told = not HAS.isdisjoint(between) or (named and between in (["are"], [":"], ["are", ":"]))
    if len(between) > 3 or not told or "not" in between:
        return None
    first = 6 if sharps else -2
    step = 1 if sharps else -1
    if sorted(order, reverse=not sharps) != [first + step * n for n in range(len(order))]:
        return None
    return f"signature of {left[-1].key.name} is {step * len(order)}", left[-1].first


def _quality_of(sentence: Sentence, row: list[Item]) -> Item | None:
    """ "C E G# is an augmented triad", "the dominant seventh D F# A C": a chord on the first."""
    words, kinds = sentence.words, sentence.kinds
    at = row[-1].last + 1
    while at < len(words) and at < row[-1].last + 4 and words[at] in _ARTICLES:
        at += 1
    end = at
    while end < len(words) and (kinds[end] in "Mqk" or _hyphen(kinds, end)):
        end += 1
    if end == at or _SPELLS.isdisjoint(words[row[-1].last + 1 : at]):
        end = row[0].first
        end -= end > 1 and kinds[end - 1] in ",:(" and kinds[end - 2] in "qk"
        at = end
        while at and (kinds[at - 1] in "Mqk" or _hyphen(kinds, at - 1)):
            at -= 1
        if end - at < 2:
            return None
    name = " ".join(word for word in words[at:end] if word != "-")
    chord = parse_chord(f"{row[0].note.name} {name}")
    if chord is None or chord.root is None:
        return None
    first, last = min(at, row[0].first), max(end - 1, row[-1].last)
    return Item("chord", first, last, row[0].note, chord)


def _hyphen(kinds: str, at: int) -> bool:
    """That of "minor-major seventh"?"""
    return kinds[at] == "-" and at > 0 and kinds[at - 1] in "Mq" and kinds[at + 1 : at + 2] in "Mq"


def _home_scale(sentence: Sentence, context: Context, row: list[Item]) -> Item | None:
    """ "Its scale is E F# G# A B C# D#": of the key that was named last."""
    key = context.key
    lead = sentence.words[max(0, row[0].first - 5) : row[0].first]
    if key is None or len(row) < 5 or "scale" not in lead or _SPELLS.isdisjoint(lead):
        return None
    return Item("key", row[0].first, row[-1].last, key.tonic, mode=key.mode)


def _owner(sentence: Sentence, found: list[Item], row: list[Item]) -> Item | None:
    """The chord or scale that the notes of a row are said to be."""
    words = sentence.words
    right = [item for item in found if item.first > row[-1].last and item.kind != "note"]
    left = [item for item in found if item.last < row[0].first]
    gap = words[row[-1].last + 1 : right[0].first] if right else []
    last = [item for item in found if right and item.first < right[0].first][-1:]
    told = right and len(gap) < _TOLD and (_BESIDE.issuperset(gap) or not _TELLS.isdisjoint(gap))
    exact = _scale if right and right[0].kind == "mode" else _triad
    if told and last == row[-1:] and exact(right[0], row):
        return right[0]  # "A-C-E, an A minor triad", "F A C, so the chord is F major"
    rooted = right and any(item.note.same(right[0].note) for item in row)
    if rooted and last == row[-1:] and len(gap) <= 5 and not (_SPELLS - {":"}).isdisjoint(gap):
        return right[0]
    if left and row[0].first - left[-1].last <= 6:
        between = set(words[left[-1].last + 1 : row[0].first])
        dashed = between == {"-"} and left[-1].kind == "chord" and "," in words[row[0].last :]
        if dashed and _triad(left[-1], row):
            return left[-1]  # "D7 - D, F#, A, C"
        scale = "scale" in between or "scale" in words[max(0, left[-1].first - 2) : left[-1].first]
        if not between <= _SPELLS | _ABOUT | _THAT_IS:
            return None  # "A flat major has five flats: B, E, A, D and G"
        told = _SPELLS | _THAT_IS if left[-1].kind != "note" else _SPELLS
        if told & between and (left[-1].kind != "note" or scale):
            return left[-1]
    return None
