"""Propositions of signatures: "D major has two sharps", "both carry three flats".

Conventions
-----------
Counts are positive for sharps and negative for flats. "E major with four sharps" speaks of the
clip, unless another key is at home there ("a pianist would write B major, with five sharps").
"""

from __future__ import annotations

from itertools import pairwise

from rewards.claims.context import Context, Found
from rewards.claims.grammar.pitch.item import Item
from rewards.claims.grammar.textbook.members import HAS
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import phrases, word_set
from rewards.spelling.keys import Key
from rewards.spelling.signatures import of_key

_DEMANDS = word_set("need demand require want show carry take wear call keep give contain use get")
"""What a key "would" do with its sharps."""
SHARES = word_set("share shares both same")
_MODALS = word_set("would should must will does also 'd itself already still")
_FILLERS = word_set("only just also exactly the same its a key signature of - in all")
_KEEP = word_set("share shares have has carry carries use uses take contain")
_ALIKE = word_set("share shares same")
_HOLD = _KEEP | word_set("both each all key signature a the same of with its as")
_MARKS = phrases("sharps|flats|accidentals|sharp|flat")
_OWNED = phrases(
    "belong to|belongs to|correspond to|corresponds to|are the signature of|is the signature of|"
    "is the signature for"
)
_OPENINGS = phrases(", which|, whose signature|'s signature|'s key signature|'s|,|as a key")
"""What may stand between a key and the verb that gives it signs."""
_OPENS = frozenset(opening[0] for opening in _OPENINGS)
_TOO = phrases("too|as well|also|likewise|does too")
_IDLE = word_set("alone only would could can both key")
_PUTS = word_set(
    "in is 's be say write says writes pick choose with suggests as : answer implies so hence thus"
)
"""What puts a key forward of which something is said in passing."""
_THUS = word_set("so hence thus therefore and , because")
_MOST_FILLERS = 5


def signatures(sentence: Sentence, context: Context, found: list[Item]) -> set[int]:
    """ "D major has two sharps"; after it "B flat three" goes on."""
    words, used = sentence.words, set()
    unit = last_count = 0
    for item in found:
        if item.kind not in ("note", "triad", "key"):
            continue
        if last_count and (
            words[item.last + 1 : item.last + 3] in _TOO or _does(words, item.first)
        ):
            _add(context, item.key, last_count, (item.first, item.last))
            apposed = words[item.first - 1] == ","
            used |= set() if apposed else set(range(item.first, item.last + 1))
            continue
        at, told = _tail(sentence, context, item)
        counted = _count(sentence, at)
        if counted is None:
            continue
        count, last = counted
        if last > at or not count:
            unit = (count > 0) - (count < 0)
            if not (told or (last_count and _joined(words, item, at))):
                continue
        elif unit or (told and _listed(words, at)):
            unit = unit or _unit(context, item)
            count *= unit
        else:
            continue
        last_count = count
        context.signs = unit
        _add(context, item.key, count, (item.first, last))
        if words[last + 1 : last + 2] == ["with"]:  # "shares its three sharps with A major"
            for other in [one for one in found if one.first == last + 2]:
                _add(context, other.key, count, (other.first, other.last))
                context.pair = item.key, other.key
                used |= set(range(other.first, other.last + 1))
        behind = words[item.last + 1 : item.last + 3]
        put = behind == [",", "which"] or "with" in behind
        put = put and item.first > 0 and words[item.first - 1] in _PUTS
        put = put or behind[:1] == ["("]  # "it is in E major, which has four sharps", "E (four)"
        used |= set(range(item.last + 1 if put else item.first, last + 1))
    return used


def _does(words: list[str], first: int) -> bool:
    """ "So does E minor", "as does", "and so has"."""
    lead = words[max(0, first - 5) : first]
    does = "does" in lead and lead[lead.index("does") - 1] in ("so", "as")
    return does or lead[-2:] in (["so", "has"], ["so", "have"])


def _joined(words: list[str], item: Item, at: int) -> bool:
    """ "F sharp major has six sharps and G flat major six flats": no verb of its own."""
    return at == item.last + 1 and words[item.first - 1] in ("and", ",", ";", "while", "but")


def _add(context: Context, key: Key, count: int, span: tuple[int, int]) -> None:
    """Take a proposition down; the "no" of "no sharps" denies nothing."""
    text = f"signature of {key.name} is {count}"
    sure = None if count else "asserted"
    context.add(Found("textbook", text, *span, polarity=sure))


def _tail(sentence: Sentence, context: Context, item: Item) -> tuple[int, bool]:
    """Where the count of a key may stand, and whether a verb gives it to the key."""
    words = sentence.words
    at = item.last + 1
    if words[at : at + 1] == ["("] and sentence.kinds[at + 3 : at + 4] == ")":
        return at + 1, True  # "D flat major (five flats)"
    opening: list[str] = []
    if words[at : at + 1] and words[at] in _OPENS:
        opening = next((one for one in _OPENINGS if words[at : at + len(one)] == one), [])
    verb = words[at + len(opening) : at + len(opening) + 1]
    if opening != [","] or (verb and verb[0] in HAS):
        at += len(opening)
    start = at
    while words[at : at + 1] and words[at] in _MODALS and at < start + 2:
        at += 1
    verb = words[at] if at < len(words) else ""
    headed = verb == ":" and item.first == 0 and sentence.kinds[at + 2 : at + 4] == "s"
    if headed or (verb in ("->", "=") and sentence.kinds[at + 1 : at + 2] == "0"):
        return at + 1, True
    if verb == "with":
        at += 1 + (verb == ",")
        own = words[at : at + 1] == ["its"]
        home = context.home or context.key
        foreign = home is not None and home.name != item.key.name
        return at + _fillers(words, at), own or foreign  # else that of the clip
    if verb in HAS or verb in ("having", "carrying", "shares") or (at > start and verb in _DEMANDS):
        return at + 1 + _fillers(words, at + 1), True
    return start, False


def _fillers(words: list[str], at: int) -> int:
    end = at
    while end < len(words) and end - at < _MOST_FILLERS and words[end] in _FILLERS:
        end += 1
    return end - at


def _count(sentence: Sentence, at: int) -> tuple[int, int] | None:
    """The count of signs that stands at a token, without its unit if it has none; its end."""
    kinds, words = sentence.kinds, sentence.words
    if words[at : at + 1] == ["single"] and words[at + 1 : at + 2] in _MARKS:
        return (-1 if words[at + 1].startswith("flat") else 1), at + 1
    if words[at : at + 1] in (["no"], ["zero"]) and words[at + 1 : at + 2] in _MARKS:
        last = at + 1
        return 0, last
    if kinds[at : at + 1] != "0" or not 1 <= sentence.values[at] <= 7:
        return None
    count = int(sentence.values[at])
    if kinds[at + 1 : at + 2] == "s":
        return (-count if words[at + 1].startswith("flat") else count), at + 1
    return count, at


def _unit(context: Context, item: Item) -> int:
    """Sharps or flats, where only a number is told: those that the key has."""
    signs = of_key(item.key) or context.signs
    return 1 if signs > 0 else -1


def owners(sentence: Sentence, context: Context, found: list[Item]) -> set[int]:
    """ "Three sharps belong to A major", "G major and E minor share one sharp"."""
    words, kinds = sentence.words, sentence.kinds
    keys = [item for item in found if item.kind in ("key", "triad")]
    used: set[int] = set()
    who = next((at for at, word in enumerate(words) if word in ("both", "they")), None)
    if who is not None and context.pair is not None:
        at = who + 1 + (words[who + 1 : who + 2] == ["both"])
        at += 2 * (words[at : at + 2] in (["of", "them"], ["of", "these"]))
        counted = _count(sentence, at + 1 + _fillers(words, at + 1))
        if words[at : at + 1] and words[at] in _HOLD and counted is not None:
            for key in context.pair:
                _add(context, key, counted[0], (who, counted[1]))
            return set(range(who, counted[1] + 1))
    used |= _of_it(sentence, context, keys)
    for one, other in pairwise(keys):
        used |= _shared(sentence, context, one, other) or _alike(sentence, context, one, other)
    at = kinds.find("0s")
    counted = _count(sentence, at) if at >= 0 else None
    if counted is None or used:
        return used
    behind = [item for item in keys if item.first > at]
    ahead = [item for item in keys if item.last < at]
    owner: Item | None = None
    link = [word for word in words[at + 2 : behind[0].first] if word not in _IDLE] if behind else []
    if link in _OWNED:
        owner = behind[0]
        if len(behind) > 1 and words[owner.last + 1 : behind[1].first] in (["or"], ["and"]):
            other = behind[1]  # "one flat would belong to F major or D minor"
            _add(context, other.key, counted[0], (other.first, other.last))
            used |= set(range(other.first, other.last + 1))
    elif ahead and words[ahead[-1].last + 1 : at] in (["is"], [":"], ["="]):
        lead = words[max(0, ahead[-1].first - 2) : ahead[-1].first]
        owner = ahead[-1] if lead == ["signature", "of"] else None
    if owner is not None:
        first, last = min(owner.first, at), max(owner.last, at + 1)
        _add(context, owner.key, counted[0], (first, last))
        used |= {*range(owner.first, owner.last + 1), at, at + 1}
    return used


def _shared(sentence: Sentence, context: Context, one: Item, other: Item) -> set[int]:
    """ "C major and A minor have no sharps", "G major shares its signature with E minor"."""
    words = sentence.words
    between, at = words[one.last + 1 : other.first], other.last + 1
    alike = not _ALIKE.isdisjoint(between) and "signature" in between
    if not alike or not _HOLD.issuperset(between) or one.mode == other.mode:
        return set()
    text = f"relative of {one.key.name} is {other.key.name}"
    last = max(other.last, at - 1)
    context.add(Found("textbook", text, one.first, last))
    return set(range(one.first, last + 1))


def _of_it(sentence: Sentence, context: Context, keys: list[Item]) -> set[int]:
    """ "C# minor is the relative of E major, so it has four sharps": of the first of the two."""
    words = sentence.words
    if not keys or not any(one.type == "textbook" for one in context.found):
        return set()
    for at in range(keys[-1].last + 1, len(words) - 2):
        if words[at] == "it" and words[at + 1] in HAS and words[at - 1] in _THUS:
            counted = _count(sentence, at + 2 + _fillers(words, at + 2))
            if counted is not None and counted[1] > at + 2:
                _add(context, keys[0].key, counted[0], (at, counted[1]))
                return set(range(at, counted[1] + 1))
    return set()


def _alike(sentence: Sentence, context: Context, one: Item, other: Item) -> set[int]:
    """ "B flat major and G minor both have two flats"."""
    words, at = sentence.words, other.last + 1
    both = words[at : at + 1] in (["both"], ["each"])
    verb = at + both
    has = words[verb : verb + 1] != [] and words[verb] in _KEEP
    counted = _count(sentence, verb + 1 + _fillers(words, verb + 1)) if has else None
    if counted is None or counted[1] == verb or words[one.last + 1 : other.first] != ["and"]:
        return set()
    for key in (one, other):
        _add(context, key.key, counted[0], (key.first, counted[1]))
    return set(range(one.first, counted[1] + 1))


def _listed(words: list[str], at: int) -> bool:
    rest = words[at + 1 : at + 3]
    return not rest or rest[0] in (",", ";", "and", "while") or rest == ["as", "well"]
