"""What somebody else says: no claim, unless the author rejects it (see ``rejections``)."""

from __future__ import annotations

from rewards.claims.stance.clauses import clauses
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import word_set

_REPORTS = word_set(
    "claims claimed claim swears swear wrote write writes insists insist insisted thinks think "
    "lists list listed says said say argues argued finds find tagged tags typed pencilled marked "
    "label call calls called believes believe reckons reckon heard hears labels labelled suggested "
    "hear prefer prefers suggests thought gives gave maintains told tells sure convinced adamant "
    "file files filed guess guesses guessed alleges alleged reported advertises advertised tell "
    "filing object according asks wonders objects objected protest protests complain complains"
)
_OTHERS = word_set(
    "friends whoever anyone nobody critics people some he she they friend reviewer listener user "
    "uploader comment uploader's sites somebody someone roommate teacher brother sister everyone "
    "op intern informant poster commenter colleague colleagues neighbour neighbor boss wife "
    "husband daughter son kid kids mate producer predecessor composer label metadata title tag "
    "sleeve description listeners others reviewers fans wikipedia internet forum professor student "
    "students whatever question prompt mother father mum mom dad uncle aunt cousin partner "
    "bandmate annotator folks commentators commentator expert experts ppl blog blogs site tourists "
    "y'all bunch commenters wiki sis guy claimant "
    "guide tutorial neighbours reviewer's sheet leaflet programme"
)
_OWNERS = word_set("my our his her your their")
_PARTS = word_set("key tempo meter pitch mode theme melody tonic signature chord pulse")
_OWN = word_set("i me we us")
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


def reported(sentence: Sentence) -> list[tuple[int, int]]:
    """Where somebody else's words begin, and the stretch that each of them fills."""
    words, found = sentence.words, []
    other = "original" in sentence.bag and words[:2] == ["the", "original"]
    if other and sentence.kinds[2:3] in ("w", ",") and (
        words[2:3] != [] and words[2] not in _PARTS
    ):  # fmt: skip
        found.append((1, sentence.once(clauses)[1][1]))  # another recording than the clip
    if sentence.bag.isdisjoint(_REPORTS):
        return found
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
        if lead[-1:] == ["who"] and not _OWN.intersection(lead[-3:-1]):
            found.append((at, sentence.once(clauses)[1][at]))  # "those who hear E minor"
            continue
        if lead[-1:] in (["ear"], ["listener"]) and not {"a", "an"}.isdisjoint(lead[-3:]):
            found.append((at, sentence.once(clauses)[1][at]))  # "a careless ear says A minor"
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
    """ "Others hear an oboe, and I hear a flute", "what they call amen, i.e. plagal"."""
    words = sentence.words
    return any(
        (words[n] in ("i", "we") and words[n - 1 - (words[n - 1] == "and")] in (",", ":", "what"))
        or (words[n] in ("i.e", "namely") and words[n - 1] == ",")
        for n in range(at + 1, first)
    )


def _told(following: list[str], verb: str, lead: list[str]) -> bool:
    """ "the schoolbooks call it plagal": a name that the author takes over."""
    if not _CROWD.isdisjoint(lead):
        return False
    return verb in _NAMING and following in (["it"], ["this"], ["that"], ["such"], ["them"], ["a"])
