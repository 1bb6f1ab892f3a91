"""What somebody else says, and what the author rejects in so many words.

Conventions
-----------
What others say is no claim, unless the author rejects it: "some hear a waltz; they are wrong"
denies the waltz. So do "One might fancy G major; it's a mirage" and a sentence of its own: "I
disagree."
"""

from __future__ import annotations

from rewards.claims.stance.clauses import clauses
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import word_set

_REPORTS = word_set(
    "claims claimed claim swears swear wrote write writes insists insist insisted thinks think "
    "lists list listed says said say argues argued finds find tagged tags typed pencilled marked "
    "call calls called believes believe reckons reckon heard hears labels labelled suggested "
    "hear prefer prefers suggests thought gives gave maintains told tells sure convinced adamant "
    "file files filed guess guesses guessed alleges alleged reported advertises advertised tell "
    "filing object according asks wonders objects objected protest protests complain complains"
)
_OTHERS = word_set(
    "friends "
    "whoever anyone nobody critics people some he she they friend reviewer listener user "
    "uploader comment "
    "uploader's sites somebody someone roommate teacher brother sister everyone op intern "
    "informant poster commenter colleague colleagues neighbour neighbor boss wife husband daughter "
    "son kid kids mate producer predecessor composer label metadata title tag sleeve description "
    "listeners others reviewers fans wikipedia internet forum professor student students whatever "
    "question prompt mother father mum mom dad uncle aunt cousin partner bandmate annotator folks "
    "commentators commentator expert experts ppl blog blogs site tourists  guide "
    "tutorial neighbours reviewer's sheet leaflet programme"
)
_OWNERS = word_set("my our his her your their")
_NAMING = word_set("call calls called")
_MODALS = word_set("would will might may could can")
_NOUNS = word_set("thought guess guesses reported tell")
_ADVERBS = word_set("always still also once never often just even usually keeps both all")
_CROWD = word_set(
    "uploader poster commenter reviewer listener user people they some others he she someone "
    "everyone reviewers critics fans listeners users"
)
_THINGS = word_set(
    "foot tuner phone stopwatch finger fingers ear ears gut instinct hearing money guess notes "
    "first app metronome watch"
)
_SUBJECTS = word_set("it that this they he she i we neither")
_NOT = word_set(
    "isn't aren't wasn't weren't doesn't don't didn't wouldn't won't can't couldn't ain't never"
)
_BE = word_set("is are was were 's 're does do did would will can could")
_WRONG = word_set(
    "wrong mistaken incorrect nonsense false impossible untrue misleading misled rubbish wishful"
)
_DISAGREE = word_set("disagree object differ beg dissent disagrees objects errs err")
_FALSE_THINGS = word_set(
    "mirage illusion mistake feint bluff trap myth misreading error stretch lie misunderstanding "
    "red fallacy cliche trick"
)
_AGREEING = word_set("agree buy follow accept believe share")
_LEADS = word_set("but and yet however though , - still well no nope")
_ADVERBIAL = word_set("just simply really quite both all clearly plainly again actually here")
REJECTIONS = _NOT | _WRONG | _DISAGREE | _FALSE_THINGS | {"not", "nothing"}
"""Words without which nothing is rejected so."""


def rejects(sentence: Sentence, at: int = 0) -> bool:
    """Does the clause that begins at a token reject what was said before it?"""
    words = sentence.words
    while at < len(words) and words[at] in _LEADS:
        at += 1
    if words[at : at + 1] and words[at] in _WRONG:
        return _closes(sentence, at + 1)
    if words[at : at + 1] == ["my"] or words[at : at + 1] == ["the"]:
        return words[at + 2 : at + 3] != [] and words[at + 2] in _DISAGREE
    if words[at : at + 1] == [] or words[at] not in _SUBJECTS:
        return False
    rest = [n for n in range(at + 1, min(len(words), at + 8)) if words[n] not in _ADVERBIAL]
    if not rest:
        return False
    first = rest[0]
    if words[first] in _DISAGREE:
        return True
    after = rest[1] if len(rest) > 1 else len(words)
    if words[first] == "never" and after < len(words):
        return _closes(sentence, after + 1)
    negative = first if words[first] in _NOT else None
    if words[first] in _BE and words[after : after + 1] == ["not"]:
        negative = after
    if negative is not None:
        agrees = words[negative + 1 : negative + 2]
        return _closes(sentence, negative + 1) or bool(agrees and agrees[0] in _AGREEING)
    if words[first] in _BE:
        wrong = words[after : after + 1]
        if wrong and wrong[0] in _WRONG:
            return True
        if wrong in (["a"], ["an"], ["pure"]):
            return not _FALSE_THINGS.isdisjoint(words[after + 1 : after + 3])
    return words[first] in ("does", "do", "did") and words[after : after + 4] == [
        "nothing", "of", "the", "kind",
    ]  # fmt: skip


def rejected(sentence: Sentence, last: int) -> bool:
    """Does a later clause of a sentence reject what ends at token ``last``?"""
    if sentence.bag.isdisjoint(REJECTIONS):
        return False
    words, kinds = sentence.words, sentence.kinds
    return any(
        rejects(sentence, at)
        for at in range(last + 2, len(words))
        if kinds[at - 1] in ",;:-(" or words[at - 1] in ("but", "and", "yet")
    )


def _closes(sentence: Sentence, at: int) -> bool:
    """Does a clause end there?"""
    words, kinds = sentence.words, sentence.kinds
    return at >= len(words) or kinds[at] in ",;:)-" or words[at] in ("though", "but", "at", "here")


def reported(sentence: Sentence) -> list[tuple[int, int]]:
    """Where somebody else's words begin, and the stretch that each of them fills."""
    if sentence.bag.isdisjoint(_REPORTS):
        return []
    words, found = sentence.words, []
    for at, word in enumerate(words):
        if word not in _REPORTS:
            continue
        lead = words[max(0, at - 5) : at]
        if word == "according":
            if {"me", "my", "what", "our"}.isdisjoint(words[at + 1 : at + 4]):
                found.append((at, sentence.once(clauses)[1][at]))
            continue
        if word in ("hear", "hears") and not {"everyone", "anyone", "nobody"}.isdisjoint(lead):
            continue
        if (
            {"i", "we"} & set(lead[-2:])
            or "if" in lead[-3:]
            or _told(words[at + 1 : at + 2], word, lead)
        ):
            continue
        owner = lead[:-1] if lead and lead[-1] in _ADVERBS | _MODALS else lead
        owned = (
            word not in _NOUNS
            and len(owner) > 1
            and owner[-2] in _OWNERS
            and owner[-1] not in _THINGS
        )
        if owned or _OTHERS & set(lead) or (at == 0 and word in ("insists", "swears")):
            found.append((at, sentence.once(clauses)[1][at]))
    return found


def own(sentence: Sentence, at: int, first: int) -> bool:
    """ "Where others hear an oboe, I hear a flute"."""
    words = sentence.words
    return any(
        words[n] in ("i", "we") and words[n - 1] in (",", ":", "what") for n in range(at + 1, first)
    )


def _told(following: list[str], verb: str, lead: list[str]) -> bool:
    """ "the schoolbooks call it plagal": a name that the author takes over."""
    if not _CROWD.isdisjoint(lead):
        return False
    return verb in _NAMING and following in (["it"], ["this"], ["that"], ["such"], ["them"], ["a"])
