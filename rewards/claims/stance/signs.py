"""Where a sentence denies, doubts, supposes or takes back: the words that are meant so.

Conventions
-----------
"I would say", "no doubt", "not only", "if you ask me" and their like are no signs. How far a sign
reaches is told in ``cues.py``.
"""

from __future__ import annotations

from rewards.claims.stance.clauses import clauses
from rewards.claims.stance.cue_words import (
    ASSUMING,
    CROSSES,
    CUES,
    DENY,
    DENY_PAIRS,
    DOUBT_AFTER,
    EXPLAINS,
    FIRST,
    GIVEN_UP,
    HEDGE,
    HEDGE_PAIRS,
    IDEAS,
    IDLE_IFS,
    IDLE_LEADS,
    NO_DENIAL,
    NOTED,
    OPINION,
    PAIRED,
    PRINTS,
    READY,
    SIGNS,
    SPEAKING,
    SUPPOSE,
    TAKEN_BACK,
    TAKEN_PAIRS,
    VERDICTS,
    WEIGHED,
    WRITERS,
)
from rewards.claims.stance.leanings import aims
from rewards.claims.text import layouts
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import phrases, word_set

_DISAPPOINTS = frozenset(("but", "yet", "instead", "got", "get", "came"))
_DECIDE = ("decide", "choose", "tell", "say", "know", "determine")
WONDERS = phrases("tell|know|sure|unclear|decide|determine|unsure")
"""What one cannot do "if" it is so: the "if" is a "whether"."""
_AWAITED = phrases("waiting|hoping|listening|waited|hoped")
_CONFUSIONS = phrases("be mistaken|be confused|be taken")
_GUESSES = (
    "guess", "estimate", "bet", "answer", "verdict", "choice", "reading", "label", "term", "name",
    "word", "conclusion",
)  # fmt: skip
_AS_FAR = ["as", "far", "as", "i", "can", "tell"]
_ANSWERED = (",", ".", ":", "-", "it", "that", "this", "i", "we", "he", "she", "they", "wait")
"""Behind a "no" that answers: "no it is a guitar"."""
_HAVE = word_set("be include contain feature use involve hear outline show carry")
"""What something "seems to" do where the author is not sure of it."""
_MARKS = ("", *",;:)")
_SHORT = word_set("for be less than above below past")
"""Words by which something falls short of a name."""
_BY_NO_MEANS = (["by", "no", "means"], ["in", "no", "sense"])
_NAMES = ("N", "A", "C", "G", "M", "O", "X", "R")
_WISHES = phrases("like|want|wish|care")
"""Behind "may": "singers may like to know that ..." doubts nothing."""


class Signs:
    """The places of a sentence where its author denies, doubts, supposes or takes back.

    Attributes:
        deny, hedge, doubt, suppose, taken: tokens of each sort; ``doubt`` reaches back.
        none: the sentence asserts all that it says.
        clause, hard: the ``clauses`` of a sentence that has a sign.
    """

    def __init__(self, sentence: Sentence) -> None:
        words = sentence.words
        self.sentence, self.words, self.kinds = sentence, words, sentence.kinds
        self.deny: list[int] = []
        self.hedge: list[int] = []
        self.doubt: list[int] = []
        self.suppose: list[int] = []
        self.taken: list[int] = []
        self.clause: list[int] = []
        self.hard: list[int] = []
        for at, word in enumerate(words):
            if word in CUES and (word in SIGNS or self._lead(at) in PAIRED[word]):
                if not self.clause:
                    self.clause, self.hard = sentence.once(clauses)
                self._take_down(at, word)
        signs = self.deny or self.hedge or self.doubt or self.suppose or self.taken
        self.none = not signs and sentence.bag.isdisjoint(SPEAKING)

    def _lead(self, at: int) -> str:
        """The word before one, over an adverb: "I briefly wondered"."""
        if at > 1 and self.words[at - 1].endswith("ly"):
            return self.words[at - 2]
        return self.words[at - 1] if at else ""

    def _take_down(self, at: int, word: str) -> None:
        """Add a word to the sorts that it is a sign of."""
        words = self.words
        pair = (self._lead(at), word)
        if word == "no" and words[at - 1 : at + 2] in _BY_NO_MEANS and self._named(at + 1):
            self.deny.append(at + 1)
        far = pair == ("far", "from") and words[max(0, at - 2) : at - 1] == ["not"]
        denies = (word in DENY and self._denies(at)) or (pair in DENY_PAIRS and not far)
        if denies or (word in _SHORT and self._falls_short(at)):
            self.deny.append(at)
        written = word in ("could", "might", "may") and self._writes(at)
        if not written and (far or self._doubts(at, word, pair)):
            self.hedge.append(at)
        if pair in DOUBT_AFTER or word == layouts.ASKED:
            self.doubt.append(at)
        if word in ("would", "'d") and words[0] == "to":
            self.suppose.append(0)  # "to turn it into D major you'd retune"
        if written or self._imagines(at, word):
            self.suppose.append(at)
        if word in FIRST and at + 1 < len(words) and words[at + 1] in IDEAS:
            self.taken.append(at + 1)
        taken = word in TAKEN_BACK or pair in TAKEN_PAIRS or (word == "to" and self._meant(at))
        if taken or (word in NOTED and self._given_up(at)):
            self.taken.append(at)

    def _named(self, at: int) -> bool:
        """ "By no means D major", "in no sense in 3/4": stands a value right behind?"""
        behind = at + 1 + (self.words[at + 1 : at + 2] in (["in"], ["a"]))
        return self.kinds[behind : behind + 1] in _NAMES

    def _doubts(self, at: int, word: str, pair: tuple[str, str]) -> bool:
        """Does a word leave open what stands behind it?"""
        words = self.words
        return (
            (word in HEDGE and self._hedges(at))
            or (pair in HEDGE_PAIRS and self._reaches_on(at))
            or word == "possible"
            or (word == "if" and words[at - 1 : at] in WONDERS)
            or (word == "would" and not EXPLAINS.isdisjoint(words[at + 1 : at + 2]))
            or (word in ("sure", "certain", "confident") and self._unsure(at))
            or (word == "tell" and words[max(0, at - 5) : at + 1] == _AS_FAR)
        )

    def _imagines(self, at: int, word: str) -> bool:
        """Does a word speak of what is not so, or not known to be?"""
        return (
            (word in SUPPOSE and self._supposes(at))
            or (word == "'d" and aims(self.words, at))
            or (word == "for" and self.words[at - 1 : at] in _AWAITED)
            or (word == "had" and self._had(at))
            or (word in WEIGHED and self._weighs(at))
            or (word == "assume" and at == 0)
        )

    def _had(self, at: int) -> bool:
        """ "Had it come", ", and had that come I'd be calling it authentic"."""
        if at == 0 or self.kinds[at - 1] in ",;:(":
            return True
        return self.words[at - 1] == "and" and not {"would", "'d"}.isdisjoint(self.words[at:])

    def _meant(self, at: int) -> bool:
        """ "I was about to write G major", "I was all set to answer D"."""
        lead = self.words[max(0, at - 5) : at]
        return lead[-1:] != [] and lead[-1] in READY and "i" in lead and "was" in lead

    def _given_up(self, at: int) -> bool:
        """ "First I wrote G major", "I'd marked it Adagio in pencil, but"."""
        lead = self.words[max(0, at - 2) : at]
        own = lead[-1:] in (["i"], ["we"]) or lead[-2:] in (
            ["i", "'d"], ["i", "had"], ["i", "'ve"], ["we", "had"], ["i", "have"], ["we", "'d"],
        )  # fmt: skip
        if not own:
            return False
        if "first" in self.words[max(0, at - 4) : at]:
            return True
        late = self.words[at + 1 :]
        return not GIVEN_UP.isdisjoint(late) and self.words[at] not in ("have", "had", "heard")

    def _reaches_on(self, at: int) -> bool:
        """False for "drop D, I think, drums", which doubts what is before it."""
        if self.words[at] in ASSUMING:
            return at + 1 < len(self.words) and self.kinds[at + 1] not in ",;:)"
        return (
            self.words[at] != "to"
            or self.words[at - 1][:4] not in ("seem", "appe")
            or not _HAVE.isdisjoint(self.words[at + 1 : at + 2])
        )

    def _unsure(self, at: int) -> bool:
        """ "Not sure", "fairly certain", "not entirely sure"."""
        lead = self.words[max(0, at - 2) : at]
        return lead[-1:] in (["not"], ["pretty"], ["fairly"], ["nearly"], ["almost"]) or (
            lead[:1] == ["not"] and (lead[1].endswith("ly") or lead[1] in ("quite", "so", "too"))
        )

    def _writes(self, at: int) -> bool:
        """ "A modern editor could print", "you might also write"."""
        after = [word for word in self.words[at + 1 : at + 4] if word not in ("also", "just")]
        if not after or after[0] not in PRINTS:
            return False
        return not WRITERS.isdisjoint(self.words[max(0, at - 8) : at])

    def _weighs(self, at: int) -> bool:
        """ "I briefly considered G minor": a thought, and no more."""
        return not {"i", "we"}.isdisjoint(self.words[max(0, at - 3) : at])

    def _falls_short(self, at: int) -> bool:
        """ "too quick for Andante", "too low to be a violin", "more Adagio than Andante"."""
        words = self.words
        if words[at] == "for" and words[max(0, at - 2) : at] == ["so", "much"]:
            return True
        if words[at] == "for" and words[max(0, at - 2) : at - 1] in (["mistake"], ["confuse"]):
            return True
        if words[at] == "for" or (words[at] == "be" and words[at - 1 : at] == ["to"]):
            return "too" in words[max(0, at - 5) : at]
        if words[at] == "less":
            return "than" in words[at + 2 : at + 4]  # "less angry than tense"
        if words[at] == "than":
            lead = words[max(0, at - 4) : at]
            return "less" not in lead and any(
                word in ("rather", "more") or word.endswith("er") for word in lead
            )
        beyond = words[at] in ("above", "below", "past") and words[at - 1 : at] in (
            ["are"], ["is"], ["well"], ["far"], ["just"], ["'s"],
        )  # fmt: skip
        return beyond and self.kinds[at + 1 : at + 2] == "w"

    def _denies(self, at: int) -> bool:
        """False for idioms, and for "no," that answers something said before."""
        words = self.words
        after = words[at + 1] if at + 1 < len(words) else ""
        opens = at < 3 or self.kinds[at - 1] in ",;:("
        if self.sentence.asked and opens and words[at].endswith("n't"):
            return False  # "couldn't G7 and C7 be the other way round?"
        if words[at] in CROSSES:
            return at == 0 or self.kinds[at - 1] in ",;-:("  # else of what stands before it
        if words[at] == "not" and words[at + 2 : at + 3] in (["sure"], ["certain"]):
            return False
        if words[at] in ("no", "nope", "without", "not") and after in NO_DENIAL:
            return after == "to" and not {"w", ""} >= {self.kinds[at + 2 : at + 3]}
        if words[at] == "don't" and after in ("let", "worry", "mind"):
            return False
        if after == "any" and not NO_DENIAL.isdisjoint(words[at + 2 : at + 3]):
            return False
        if words[at : at + 3] == ["without", "a", "doubt"]:
            return False
        if after == "doubt" and words[at].endswith("n't"):
            return False
        if words[at] in ("no", "nope") and (after in _ANSWERED or not after):
            return False
        if words[at] == "drop":
            return at > 0 and words[at - 1] in ("can", "i", "we", "may", "must", "let's", "could")
        if after in ("left", "leave", "leaves", "leaving", "stop", "stops"):
            return False
        if after in ("strays", "stray") and "from" in words[at + 2 : at + 4]:
            return False
        if after in _DECIDE and {"between", "whether", "if"} & {*words[at : at + 4]}:
            return False  # "I can't decide between D and G"
        return not (at and words[at - 1] == "why")

    def _hedges(self, at: int) -> bool:
        """False for "I guess four", and for "could be mistaken for"."""
        if self.words[at] in ("may", "might") and self.words[at + 1 : at + 2] in _WISHES:
            return False
        if self.words[at] == "leaning" and self.words[at + 1 : at + 2] in (["on"], ["upon"]):
            return not {"i", "i'm", "we", "'m"}.isdisjoint(self.words[max(0, at - 3) : at])
        if self.words[at - 1 : at + 1] == ["i", "guess"] and self.kinds[at + 1 : at + 2] in _MARKS:
            return False  # "moderato I guess, neo-soul by the sag"
        if self.words[at] == "guess" and self.kinds[at + 1 : at + 2] == "0":
            return self.words[at - 1 : at] == ["'d"]
        return self.words[at + 1 : at + 3] not in _CONFUSIONS

    def _supposes(self, at: int) -> bool:
        """False for "I would say", "as expected", "even if" and their like."""
        words, word = self.words, self.words[at]
        last = words[at - 1 : at]
        if word == "would":
            return self._would(at)
        if word == "if":
            return self._if(at)
        if word.startswith("expect"):
            return self._expects(at)
        if word == "otherwise":  # "otherwise the music is desolate"
            return at > 0 or self._counterfactual()
        if word == "should":  # "should a flute join in", not "it should be"
            return at == 0 and not self.sentence.asked
        if word == "were":  # "were the piece in C", not "they were in C"
            opens = at == 0 or self.clause[at] != self.clause[at - 1]
            return opens or last in (["it"], ["there"])
        if word == "unless":
            return words[at + 1 : at + 2] not in (["i"], ["i'm"], ["my"])
        if word in ASSUMING and last in (["i"], ["we"]):
            return word == "suppose" and self._reaches_on(at)
        return word != "option"

    def _would(self, at: int) -> bool:
        words, after = self.words, self.words[at + 1 : at + 3]
        if words[max(0, at - 2) : at] in (["as", "one"], ["as", "you"], ["as", "we"]):
            return False  # "it goes, as one would wish, to D7"
        if after and after[0] in VERDICTS | {"mistake", "confuse"}:
            return False
        if after[:1] == ["not"] and after[-1] in OPINION:
            return False
        if after == ["be", "my"]:
            return False  # "E minor would be my answer"
        if after[:1] == ["be"] and (self._concludes(at) or (at and words[at - 1] in _GUESSES)):
            return False  # "the third is B flat, so the key would be G minor", "my guess would be"
        said = [word for word in words[at + 1 : at + 4] if not word.endswith("ly")]
        return not (at and words[at - 1] in ("i", "we") and said and said[0] in OPINION)

    def _expects(self, at: int) -> bool:
        """True where what was expected may not have come."""
        words, last = self.words, self.words[at - 1] if at else ""
        past = words[at] == "expected"
        if past and last in ("the", "an", "as"):
            return False  # "the expected cadence arrives", "as expected"
        if last in ("singer", "ear", "player", "dancer", "voice", "melody"):
            return False  # "the singer expects home"
        return past or last not in ("i", "we") or not _DISAPPOINTS.isdisjoint(words[at:])

    def _if(self, at: int) -> bool:
        words, after = self.words, self.words[at + 1 : at + 3]
        if words[at - 1 : at] in WONDERS:
            return False
        if tuple(after) in IDLE_LEADS or (at and words[at - 1] in ("as", "even")):
            return False
        started = at == 0 or self.clause[at] == 0 or self.kinds[at - 1] in ",;:("
        idle = at and after and after[0] in IDLE_IFS
        return not idle or (started and self._counterfactual())

    def _concludes(self, at: int) -> bool:
        """ "So the key would be": does a conclusion begin right before?"""
        start = at
        while start and at - start < 5 and self.kinds[start - 1] not in ",;:(":
            start -= 1
            if self.words[start] in ("so", "therefore", "thus", "hence"):
                return not self._counterfactual_words(start)
        return False

    def _counterfactual_words(self, at: int) -> bool:
        """Does an "if" or a "were" stand before a token?"""
        return not {"if", "were", "had", "would", "unless"}.isdisjoint(self.words[:at])

    def _counterfactual(self) -> bool:
        return not self.sentence.bag.isdisjoint(("would", "were", "had", "'d", "wouldn't"))
