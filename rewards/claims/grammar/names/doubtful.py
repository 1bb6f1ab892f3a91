"""Words that are instruments only where the words beside them say so: "a clap", "the kit", "keys".

Conventions
-----------
A word is the instrument of the first of its frames that holds. ``words`` are those of a sentence
without dashes, ``spot`` the place of the word in them; "" stands for the word before the first and
behind the last.
"""

from __future__ import annotations

from dataclasses import dataclass

from rewards.claims.text.words import word_set

_NOTHING = frozenset(("",))
_NO = word_set("no")
_STRUCK = word_set(
    "fill fills break breaks roll rolls part groove pattern hits track beat loop intro "
    "introduction solo solos accents strokes entry pickup sound sounds backing work"
)
_SINGING = word_set("only alone unaccompanied sing singing hum humming chanting chant harmonise")
_KEYED = word_set(
    "double doubles loop looped loops play plays comp comps stab stabs fill fills answer answers "
    "hold holds sustain provide add adds enter"
)
_PADDED = word_set(
    "a the warm soft airy lush ambient sustained atmospheric dark analog analogue evolving "
    "shimmering hazy swelling gentle deep thick slow dreamy like no one glassy digital low high"
)
_FOLK = word_set(
    "fiddle fiddles bodhran bouzouki accordion concertina banjo flute jig reel session"
)
DRUMS = word_set("drum drums snare kick guitar bass hat hi cymbal drummer")
_ON_THE = word_set("on the|the closed|the open", "|")
_UPRIGHTS = word_set("slapped plucked walks walking on in plays thumps , bows") | _NOTHING | DRUMS


@dataclass(frozen=True, slots=True)
class _Frame:
    """The words beside a word that make it an instrument; where None stands, any do.

    Attributes:
        name: the instrument.
        before, behind: the word that stands there, or the two words.
        never_before, never_behind: words of which none stands there.
        among: words of which the sentence has one.
        size: how many words name the instrument.
    """

    name: str
    before: frozenset[str] | None = None
    behind: frozenset[str] | None = None
    never_before: frozenset[str] = frozenset()
    never_behind: frozenset[str] = frozenset()
    among: frozenset[str] | None = None
    size: int = 1

    def holds(self, words: list[str], spot: int) -> bool:
        """Do the words around a word stand in the frame?"""
        last = words[spot - 1] if spot else ""
        following = words[spot + 1] if spot + 1 < len(words) else ""
        two_before, two_behind = words[max(0, spot - 2) : spot], words[spot + 1 : spot + 3]
        return (
            (self.before is None or last in self.before or " ".join(two_before) in self.before)
            and (
                self.behind is None
                or following in self.behind
                or " ".join(two_behind) in self.behind
            )
            and last not in self.never_before
            and following not in self.never_behind
            and (self.among is None or not self.among.isdisjoint(words))
        )


_FRAMES: dict[str, tuple[_Frame, ...]] = {
    "drum": (_Frame("drums", behind=_STRUCK, size=2), _Frame("drums", _NO)),
    "chorus": (
        _Frame("choir", word_set("mixed male female double children's gospel boys' men's women's")),
        _Frame("choir", behind=word_set("of voices|of singers|of monks|of men|of women|of children|"
                                        "of boys|of angels", "|")),
        _Frame("choir", _NO, word_set("enters begins comes intervenes sings joins answers replies "
                                      "repeats")),
    ),
    "voices": (
        _Frame("choir", word_set("unaccompanied mixed choral massed")),
        _Frame("voice", word_set("human solo layered stacked sampled wordless sung")),
        _Frame("voice", behind=_SINGING),
        _Frame("voice", _NO, _NOTHING),
    ),
    "scratching": (
        _Frame("turntables", word_set("of some turntable vinyl dj no any record")),
    ),
    "bell": (
        _Frame("bells", word_set("church school")),
        _Frame("bells", behind=word_set("melody hits tones tone pattern strikes sounds tolls rings "
                                        "tolling part")),
    ),
    "chimes": (_Frame("tubular bells", word_set("these those some of tubular")),),
    "clap": (
        _Frame("handclaps", word_set("a the one every with and single , reverberant then no")
               | _NOTHING,
               word_set(", and on at lands falls marks pattern sample samples track sound layered")
               | _NOTHING),
    ),
    "kit": (
        _Frame("drums", _NOTHING, word_set(":")),
        _Frame("drums", word_set("a the full small acoustic jazz brushed live rock dry big with , "
                                 "plus no and on"),
               never_behind=word_set("lens car bag tool press drum tom")),
    ),
    "pad": (_Frame("synthesizer", _PADDED),),
    "pads": (
        _Frame("synthesizer", never_before=word_set(
            "drum mouse brake felt key thumb finger note velocity launch my")),
    ),
    "upright": (
        _Frame("double bass", word_set("the"), _UPRIGHTS),
        _Frame("double bass", behind=word_set("slapped")),
    ),
    "keys": (_Frame("keyboard", word_set("the , ;") | _NOTHING, _KEYED),),
    "hat": (_Frame("hi hat", _ON_THE, among=DRUMS),),
    "ride": (_Frame("cymbals", _ON_THE, among=DRUMS),),
    "acoustic": (
        _Frame("acoustic guitar",
               word_set("the an strummed picked fingerpicked up old clean steel"),
               word_set("strums picks plays on in and , ; carries keeps chugs enters") | _NOTHING),
    ),
    "keyboard": (
        _Frame("keyboard", _NO),
        _Frame("keyboard", behind=_KEYED | word_set("patch part pad solo")),
    ),
    "whistle": (_Frame("tin whistle", word_set("the a and , with") | _NOTHING, among=_FOLK),),
    "orchestral": (
        _Frame("orchestra", never_behind=_NOTHING | word_set(
            "strings brass percussion instruments section woodwinds winds bells sketch")),
    ),
}  # fmt: skip
WORDS = frozenset(_FRAMES)
"""Words that may be instruments, and mostly are none."""


def meant(words: list[str], spot: int) -> tuple[str, int] | None:
    """The instrument that a word of ``WORDS`` is here, and how many words name it; or None."""
    for frame in _FRAMES.get(words[spot], ()):
        if frame.holds(words, spot):
            return frame.name, frame.size
    return None
