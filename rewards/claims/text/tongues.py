"""Sentences of other tongues that name a note: "la nota final es sol", "der Schlusston ist Fis".

A sentence with the "is" of a tongue and one of its nouns is read word by word as English, each word
where it stands; behind the "is" syllables of fixed do and German names are notes. Accents are gone.
"""

from __future__ import annotations

import re

from rewards.claims.text.lexicon import WORDS, Token
from rewards.claims.text.words import word_set
from rewards.spelling.notes import Note, german_note, solfege_note

_ROMANCE = (
    "la=the le=the el=the il=the nota=note note=note ultima=last l'ultima=last derniere=last "
    "dernier=last primera=first premiere=first prima=first finale=final bajo=bass basse=bass "
    "basso=bass soprano=soprano fundamental=root fondamentale=root acorde=chord accord=chord "
    "l'accord=chord accordo=chord tonica=tonic tonique=tonic grave=lowest aguda=highest "
    "aigue=highest del=of de=of du=of dell'accordo=of no=not non=not n'est=not"
)
_GERMAN = (
    "der=the die=the das=the des=of im=of schlusston=finalis ton=note note=note letzte=last "
    "letzten=last erste=first basston=bass bass=bass grundton=root akkord=chord akkords=chord "
    "schlussakkord=chord tonika=tonic sopran=soprano tiefste=lowest hochste=highest nicht=not"
)
_NOUNS = word_set("note bass root chord tonic finalis soprano")
_ENGLISH: dict[str, dict[str, str]] = {
    verb: {word: english for word, _, english in (pair.partition("=") for pair in pairs.split())}
    for verb, pairs in (("es", _ROMANCE), ("est", _ROMANCE), ("e", _ROMANCE), ("ist", _GERMAN))
}
_NAMING = {v: frozenset(w for w, e in t.items() if e in _NOUNS) for v, t in _ENGLISH.items()}
NAMING = frozenset[str]().union(*_NAMING.values()) - _NOUNS
"""Nouns that no English sentence has; beside an "e", which is a note there, one must stand."""
_FOREIGN = {v: t - _NOUNS if v in ("e", "es") else t for v, t in _NAMING.items()}
"""Nouns of which one must stand beside a verb; in order, the first such verb counts."""
_NAME = re.compile(r"h|[cdefgab](?:is|es)?|[ae]s")
SYLLABLES = word_set("do ut re mi fa sol la si")
SIGNS = {
    "bemol": "flat", "bemolle": "flat", "diese": "sharp", "diesis": "sharp", "sostenido": "sharp",
}  # fmt: skip


def verb_of(bag: frozenset[str]) -> str | None:
    """The "is" of another tongue, if the words of a line are of one."""
    for verb, nouns in _FOREIGN.items():
        if verb in bag and not nouns.isdisjoint(bag):
            return verb
    return None


def in_english(line: list[Token], offsets: list[int], verb: str) -> None:
    """Read a line of the tongue of a verb as English, in place."""
    words = [token.word for token in line]
    is_at = words.index(verb)
    for at in range(len(line) - 1, -1, -1):
        token, sign = line[at], words[at + 1] if at + 1 < len(words) else ""
        note = _note(token.word, sign, german=verb == "ist") if at > is_at else None
        if note is not None:
            if sign in SIGNS:
                token = token._replace(end=offsets[at + 1] + line[at + 1].end - offsets[at])
                del line[at + 1], offsets[at + 1]
            line[at] = token._replace(kind="N", value=note)
        elif token.word in ("plus", "mas", "piu") and sign:  # "la note la plus grave"
            first = at - (at > 1 and words[at - 1] == "la")
            del line[first : at + 1], offsets[first : at + 1]
        else:
            word = "is" if at == is_at else _ENGLISH[verb].get(token.word, token.word)
            kind, value = WORDS.get(word, ("w", None)) if word != token.word else token[:2]
            line[at] = token._replace(kind=kind, value=value, word=word)


def _note(word: str, sign: str, *, german: bool) -> Note | None:
    if german:
        return german_note(word) if _NAME.fullmatch(word) else None
    article = word == "la" and sign != "" and sign not in SIGNS
    if word not in SYLLABLES or article:
        return None
    return solfege_note(word, SIGNS.get(sign, ""))
