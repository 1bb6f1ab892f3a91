"""Words that are instruments only where the words beside them say so: "a clap", "the kit", "keys".

Conventions
-----------
``words`` are those of a sentence without dashes, ``spot`` the place of the word in them.
"""

from __future__ import annotations

from rewards.claims.text.words import word_set

_MIXED = word_set("mixed male female double children's gospel boys' men's women's")
"""A chorus of these is a choir."""
_CHORISTERS = word_set("voices singers monks men women children boys angels")
_ENTERS = word_set("enters begins comes intervenes sings joins answers replies repeats")
_VOICED = word_set("massed human solo layered stacked sampled wordless sung")
"""Before "voices": people who sing."""
_CHORAL = word_set("unaccompanied mixed choral massed")
_SINGING = word_set("only alone unaccompanied sing singing hum humming chanting chant harmonise")
"""Behind "voices": people who sing."""
_BELLS = word_set("melody hits tones tone pattern strikes sounds tolls rings tolling part")
_STRUCK = word_set(
    "fill fills break breaks roll rolls part groove pattern hits track beat loop intro "
    "introduction solo solos accents strokes entry pickup sound sounds backing work"
)
"""Words behind "drum" that make it drums."""
_CLAPPED = word_set(", and on at lands falls marks pattern sample samples track sound layered")
_CLAPS = word_set("a the one every with and single , reverberant then no") | {""}
_KITS = word_set("a the full small acoustic jazz brushed live rock dry big with , plus no and on")
_NOT_KITS = word_set("lens car bag tool press drum tom")
_NO_PADS = word_set("drum mouse brake felt key thumb finger note velocity launch my")
_PADDED = word_set(
    "a the warm soft airy lush ambient sustained atmospheric dark analog analogue evolving "
    "shimmering hazy swelling gentle deep thick slow dreamy like no one glassy digital low high"
)
_KEYED = word_set(
    "double doubles loop looped loops play plays comp comps stab stabs fill fills answer answers "
    "hold holds sustain provide add adds enter"
)
_SECTIONS = word_set("strings brass percussion instruments section woodwinds winds bells sketch")
_FOLK = word_set(
    "fiddle fiddles bodhran bouzouki accordion concertina banjo flute jig reel session"
)
_UPRIGHTS = word_set("slapped plucked walks walking on in plays thumps , bows") | {""}
_PICKED = word_set("the an strummed picked fingerpicked up old clean steel")
_STRUMS = word_set("strums picks plays on in and , ; carries keeps chugs enters")
DRUMS = word_set("drum drums snare kick guitar bass hat hi cymbal drummer")
WORDS = word_set(
    "drum chorus voices scratching bell chimes triangle ney sampler clap kit pad pads sub upright "
    "winds keys hat ride orchestral acoustic pipes whistle keyboard"
)
"""Words that may be instruments, and mostly are none."""


def meant(words: list[str], spot: int) -> tuple[str, int] | None:
    """The instrument that a word of ``WORDS`` is here, and how many words name it; or None."""
    word = words[spot]
    last = words[spot - 1] if spot else ""
    following = words[spot + 1] if spot + 1 < len(words) else ""
    if word == "drum" and following in _STRUCK:
        return "drums", 2
    name = _meant(words, spot, word, last, following)
    return None if name is None else (name, 1)


def _meant(words: list[str], spot: int, word: str, last: str, following: str) -> str | None:
    if word == "drum":
        return "drums" if last == "no" and following not in ("machine", "loop") else None
    if word == "chorus":
        if last in _MIXED:
            return "choir"
        of = following == "of" and not _CHORISTERS.isdisjoint(words[spot + 2 : spot + 3])
        return "choir" if of or (last == "no" and following in _ENTERS) else None
    if word == "voices":
        if last in _CHORAL:
            return "choir"
        return (
            "voice"
            if last in _VOICED or following in _SINGING or (last == "no" and not following)
            else None
        )
    if word == "scratching":
        made = last in ("of", "some", "turntable", "vinyl", "dj", "no", "any", "record")
        return "turntables" if made else None
    if word == "bell":
        return "bells" if following in _BELLS or last in ("church", "school") else None
    if word == "chimes":
        return "tubular bells" if last in ("these", "those", "some", "of", "tubular") else None
    if word == "clap":
        return "handclaps" if last in _CLAPS and (not following or following in _CLAPPED) else None
    if word == "kit":
        played = last in _KITS or (following == ":" and not last)
        return "drums" if played and following not in _NOT_KITS else None
    if word in ("pad", "pads"):
        padded = last in _PADDED or (word == "pads" and last not in _NO_PADS)
        return "synthesizer" if padded else None
    if word == "upright":
        named = last == "the" or following == "slapped"
        return "double bass" if named and following in _UPRIGHTS | DRUMS else None
    if word == "keys":
        opens = last in ("", "the", ",", ";")
        return "keyboard" if opens and following in _KEYED else None
    if word in ("hat", "ride"):
        on = words[max(0, spot - 2) : spot] in (["on", "the"], ["the", "closed"], ["the", "open"])
        heard = on and not DRUMS.isdisjoint(words)
        return {"hat": "hi hat", "ride": "cymbals"}[word] if heard else None
    if word == "acoustic":
        ends = not following or following in _STRUMS
        return "acoustic guitar" if ends and last in _PICKED else None
    if word == "keyboard":
        played = (
            last == "no" or following in _KEYED or following in ("patch", "part", "pad", "solo")
        )
        return "keyboard" if played else None
    if word == "whistle":
        heard = last in ("", "the", "a", "and", ",", "with") and not _FOLK.isdisjoint(words)
        return "tin whistle" if heard else None
    if word == "orchestral":
        return "orchestra" if following and following not in _SECTIONS else None
    return None
