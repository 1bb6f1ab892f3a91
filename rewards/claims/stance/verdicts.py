"""What is said of a candidate: phrases by which an author weighs a value that has been named.

Conventions
-----------
A phrase stands right before the name ("my first draft said D major", "I doubt that it is D
major") or right behind it ("D major loses", "D major, with a grain of salt"), but for articles,
links and adverbs; or a verb later in the sentence takes the name up by its pronoun ("the rest
contradicts it"). Names that are only likened ("pretends to be D major") are no claims.
"""

from __future__ import annotations

from typing import Literal

from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import phrase_set, word_set

Verdict = Literal["asserted", "denied", "hedged", "retracted", "hypothetical", "silent"]
TYPES = word_set(
    "key mode key_signature modulation chord cadence roman interval meter tempo_term form genre"
)
"""Types of which a question has one right value, so that the others are candidates."""
ALSO = word_set("instrument mood tempo")
"""Types of which only what stands before a name tells."""


_BEHIND: dict[Verdict, str] = {
    "denied": (
        "loses|fails|red herring|trap|decoy|distractor|won't do|won't work|won't fit|will not do"
        "|doesn't hold|does not hold|doesn't hold up|makes no sense|can go|is gone|not the case"
        "|out of the question|doesn't convince|does not convince|contradicted|ruled out|falls flat"
        "|no good|no better|in vain"
        "|off the menu|off the table|off the list|off the cards|never in the|never an option"
        "|never alive|is dead|never in question|not in question|not even in question|never in play"
        "|not in play|not at issue|out of court"
        "|never a candidate|not an option|not in the running"
        "|unconvincing|implausible|untenable|a stretch|a mistake|a misreading|a mirage"
    ),
    "hedged": (
        "seems the best|seems the most|looks the best|looks the most|the likeliest|the best guess"
        "|the best bet|on the table|in the race|in the running|in play|a possibility|still possible"
        "|a contender"
        "|viable|still viable|not excluded|not impossible|not out of the question"
        "|distant second|close second|a distant|a close second|as runner - up"
        "|with a grain|with a pinch|with a question|with low confidence|with little confidence"
        "|with some hesitation|with reservations|defensible|arguable|imaginable|thinkable"
        "|don't quote me|unless i'm|unless i am"
        "|unless i 'm|fifty - fifty|give or take|in all likelihood|if i had to|if i must"
        "|if forced|plausible|possible|conceivable|defensible|my best guess|a guess|a plausible"
        "|cannot be dismissed|can't be dismissed|can't be excluded|cannot be excluded"
    ),
    "retracted": (
        "or so i|was my answer|was my guess|i had written|i had thought|i thought at"
        "|i thought first"
    ),
    "hypothetical": "crossed my mind|comes to mind|came to mind|was considered|was tested",
}
_BEFORE: dict[Verdict, str] = {
    "denied": (
        "what sounds like|what sounded like|what seemed like|what looks like|what they sell as"
        "|what they call"
        "|i doubt|i do doubt|i doubt that|improbable that|unlikely to be|unlikely that"
        "|so long|farewell to|goodbye"
        "|beats|outweighs|ousts|trumps|wins over|preferred over|strike|delete|not likely"
        "|no reason to prefer|no reason to choose|no reason to think|no reason to suspect"
        "|no reason to assume|no reason to hear|no case for|falls short"
        "|disposes of|dispose of|away with|knocks out|paid to|the end for|the end of"
        "|sets aside|set aside|setting aside|speaks against|argues against|counts against"
        "|tells against|it against"
        "|cross off|strike off|little suggests|discard|discards"
        "|incompatible with|inconsistent with|at odds with|conflicts with|clashes with"
        "|conflict with|clash with|disagrees with|irreconcilable with|hardly compatible with"
    ),
    "hedged": (
        "i assume|we assume|decide between|"
        "torn between|choose between|waver between|hesitate between|runner - up"
        "|second choice|tell whether|decide whether|runner - up with|distinguish between"
        "|if forced|next best|second best|whether"
    ),
    "retracted": (
        "almost said|nearly said|almost wrote|nearly wrote|first listening say|was persuaded of"
        "|i used to think|i had assumed|take back|took back"
    ),
    "hypothetical": (
        "let's consider|let us consider|let's check|let us check|testing|checking|consider|"
        "let's test|let us test|test|let's try|let us try|let's suppose|let's assume|suppose"
        "|pretend it's|pretend"
        "|assume|assuming|supposing|hypothesis|imagine|say it were|briefly considered|considered"
        "|read in|viewed from|viewed in|seen from|seen in|heard in"
        "|assume instead|suppose instead|toyed with|flirted with|speaking of|promises"
    ),
    "silent": (
        "pretends to be|wants to be|tries to be|claims to be|poses as|passes for|as if in|as though"
        "|disguised as|masquerades as|starts like|begins like|opens like|smells of|reminds me of"
        "|for the space of a crotchet one believes oneself"
    ),
    "asserted": (
        "nothing less than|further than"
        "|anything other than|be anything but|nothing other than|nothing but|none other than"
        "|no other key than|no key but|no other than|no doubting|who doubts"
    ),
}
_SKIPPED = word_set(
    "a an the it it's is 's was be that this key of in with my just only simply probably to on for "
    "really still as too , : 1 2 3 one two three"
)
_LINKS = word_set(
    ", is was 's still remains stays also seems looks appears a an the just only simply but though "
    "although and"
)
_KILLS = word_set(
    "forbids forbid contradicts contradict kills kill excludes exclude disproves disprove refutes "
    "refute precludes preclude spoils spoil sinks sink demolishes removes remove disqualifies "
    "invalidates undermines rejects eliminates"
)
_BEFORE["denied"] += "|" + "|".join(sorted(_KILLS))
_SPARED = word_set("no nothing none not doesn't don't never nobody cannot can't hardly")
_MOST_SKIPPED = 5
_COMMON = _SKIPPED | word_set("as but so")
_STARTS: dict[str, list[tuple[tuple[str, ...], Verdict]]] = {}
_ENDS: dict[str, list[tuple[tuple[str, ...], Verdict]]] = {}
for _place, _table, _by in ((0, _BEHIND, _STARTS), (-1, _BEFORE, _ENDS)):
    for _kind, _text in _table.items():
        for _phrase in phrase_set(_text):
            _by.setdefault(_phrase[_place], []).append((_phrase, _kind))
MARKS = _KILLS | {
    max(phrase, key=lambda word: (word not in _COMMON, len(word)))
    for by in (_STARTS, _ENDS)
    for many in by.values()
    for phrase, _ in many
}
"""The longest word of each phrase, none as common as "the": a sentence without one weighs nothing.
"""


_COMMANDS = word_set(", ; : so then now please i we must hereby therefore")
"""Words behind which "strike" is said of a name, and not of a chord that is struck."""


def verdict(type_: str, sentence: Sentence, first: int, last: int) -> Verdict | None:
    """What the phrases around tokens ``first`` to ``last`` say of them; None if there are none.

    Only a sentence with one of ``MARKS`` needs to be asked.
    """
    if type_ not in TYPES:
        said = _before(sentence.words, first) if type_ in ALSO else None
        if said != "denied":
            return said
        likened = "what" in sentence.words[max(0, first - 6) : first]
        return said if likened else None  # "two beats, the singer": no verb
    return _before(sentence.words, first) or _behind(sentence.words, last)


def _before(words: list[str], first: int) -> Verdict | None:
    for at in range(first - 1, max(-1, first - 2 - _MOST_SKIPPED), -1):
        for phrase, kind in _ENDS.get(words[at], ()):
            start = max(0, at + 1 - len(phrase))
            if tuple(words[start : at + 1]) == phrase:
                if phrase == ("beats",) and words[at + 1] == ",":
                    continue  # "3/4 has three beats, 6/8 two"
                if phrase == ("strike",) and start and words[start - 1] not in _COMMANDS:
                    continue  # "the strings strike D minor"
                lead = words[max(0, start - 3) : start]
                spared = kind == "denied" and not _SPARED.isdisjoint(lead)
                return kind if not spared else "asserted" if "nothing" in lead else None
        if words[at] not in _SKIPPED:
            return None
    return None


def _behind(words: list[str], last: int) -> Verdict | None:
    for at in range(last + 1, min(len(words), last + 2 + _MOST_SKIPPED)):
        for phrase, kind in _STARTS.get(words[at], ()):
            if tuple(words[at : at + len(phrase)]) == phrase:
                return kind
        if words[at] not in _LINKS:
            return None
    return None
