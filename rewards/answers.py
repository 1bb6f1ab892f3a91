"""From the answer block to the text that is the answer.

Conventions
-----------
``clean`` folds the text and takes away what does not matter to its value: a
LaTeX box, bold and code marks, quotes, enclosing brackets, a code fence, the
object of a JSON answer, emoji at the ends, a final full stop, and lead-ins such
as "The final answer is:" or "La respuesta es". What is struck out ("~~D major~~",
``<del>``, ``<s>``) is taken back: it goes as a whole. ``bare`` also drops an article.
"""

from __future__ import annotations

import json
import re
import unicodedata
from functools import lru_cache
from html import unescape
from typing import Any

from rewards.patterns import Pattern
from rewards.text import READ_LIMIT, fold

_ARTICLE = Pattern(
    r"^(?:(?:the|an)\s+|a\s+(?!(?:(?:flat|sharp|natural)\s+)?(?:flat|sharp|natural|major|minor|maj"
    r"|min|dur|moll|dorian|phrygian|lydian|mixolydian|aeolian|ionian|locrian)$))(?=\S)",
    re.IGNORECASE,
)
_LATEX = Pattern(r"\\(?!begin|end|[dt]?frac|sqrt)[a-zA-Z]{2,14}\s*\{")
_LATEX_SIGN = (
    (Pattern(r"\\sharp(?![a-z])"), "#"), (Pattern(r"\\flat(?![a-z])"), "b"),
    (Pattern(r"\\natural(?![a-z])"), "♮"), (Pattern(r"\\circ(?![a-z])"), "°"),
    (Pattern(r"\\(?:approx|sim)\b"), "~"),
    (Pattern(r"\\(?:[bx]?cancel|sout|not|neq?)(?![a-zA-Z])"), " not "),
    (Pattern(r"\\[dt]?frac\s*\{(\d{1,2})\}\s*\{(\d{1,2})\}"), r"\1/\2"),
    (Pattern(r"\\[dt]?frac\s*(\d)\s*(\d)(?!\d)"), r"\1/\2"),
    (Pattern(r"\\[,;: ]"), " "), (Pattern(r"\\[()\[\]]"), ""),
)  # fmt: skip
_OPENING = (
    r"(?:(?:so|thus|hence|therefore|then|well|ok(?:ay)?|yes|overall|finally|in conclusion"
    r"|wait|hmm+|actually|all ?right|alright"
    r"|listening closely|based on [^,.;]{1,60}),?\s+)?"
)
_OPINION = (
    r"(?:let's|(?:i|we)(?:'d|'ll)?) (?:would |will )?(?:think|believe|guess|say|choose"
    r"|pick|select|go with|answer"
    r"|hear|am (?:fairly |quite |pretty )?(?:sure|certain|confident))(?:\s+(?:that|for|with))?"
    r"(?:\s+(?:it is|it's|this is))?"
)
_ANNOUNCEMENT = (
    r"(?:my|the|a)?\s*(?:(?:final|correct|right|best|most likely|likely|actual|clear|chosen"
    r"|selected)\s+)*(?:(?:answer|option|choice|selection|pick|selected)"
    r"(?:\s+(?:is|would be|must be|should be|seems to be)\s*:?|\s*[:=])"
    r"|ans(?:wer)?\.?(?=\s+\(?[A-Z]\b)|ans\.?\s*[:=])"
)
_POINTER = (
    r"(?:it|this|that)(?: is|'s| must be| would be| should be| sounds like| seems to be"
    r"| appears to be)"
)
_ABROAD = Pattern(
    r"^(?:(?:also|donc|entonces|quindi|portanto|daher|所以|因此)[\s,]*)?"
    r"(?:(?:l[ae']|die|der|das|el|il|o|a|ma|mi|meine|minha|la mia|sua)\s*)?"
    r"(?:(?:richtige|korrekte|correct[ae]|corretta|correta|bonne|endg.ltige|final)\s+)?"
    r"(?:r[eé]ponse|respuesta|antwort|l.sung|risposta|resposta|opci[oó]n|opzione|op[cç][aã]o"
    rf"|{fold('ответ')}|(?:正确|最终|正確)?(?:的)?(?:答案|选项|選項)|正解|答え|정답|답)"
    r"(?:\s+(?:correct[ae]|corretta|correta|finale?|definitiva))?"
    r"\s*(?:(?:es|est|ist|lautet|[eè]|é)\b|应该是|應該是|是|为|為|は|은|는)?\s*:?\s*"
    r"(?=\W{0,3}[A-Za-z\d])|^(?:我(?:会|認為|认为|觉得)?)?(?:应该|應該)?(?:选择|选|選擇|選)\s*(?=[A-Z(])",
    re.IGNORECASE,
)
_ABROAD_END = Pattern(r"(?<=[A-Za-z)])\s*(?:です|だ|입니다|이다|项|項)?[。.]?$")
_LEAD_IN = Pattern(rf"^{_OPENING}(?:{_OPINION}|{_ANNOUNCEMENT}|{_POINTER})\s+", re.IGNORECASE)
_HEDGE_IN = Pattern(
    r"^(?:no doubt(?=[,:])|without (?:a |any )?doubt(?=[,:])"
    r"|probably|most likely|likely|clearly|certainly|definitely|surely|perhaps|maybe|possibly"
    r"|obviously|undoubtedly|apparently|presumably|simply|hmm+[.…]*"
    r"|(?:well|al ?right|wait|ok(?:ay)?|so)(?=,(?!\s*(?:no|or|maybe)\b))"
    r"|just(?! (?:about|under|over|above|below)\b))\s*[,:]?\s+",
    re.IGNORECASE,
)
# "V^{6}_5" and "V_5^6" alike; outside of LaTeX a caret is a sign of its own ("C^7").
_STACKED = Pattern(r"_\{?(\w{1,3})\}?\^\{?(\w{1,3})\}?")
_SCRIPT = Pattern(r"[\^_]\{([^{}]{0,12})\}|[\^_](?=[\w#+°ø])")
_FENCE = Pattern(r"(?:```|~~~)(?:\w{0,12}[^\S\n]*\n|\s*)")
_FIELDS = (
    ("label", "letter", "choice", "option", "selected", "selected_option", "correct_option"),
    (
        "answer",
        "final_answer",
        "final answer",
        "correct_answer",
        "text",
        "value",
        "result",
        "prediction",
        "response",
        "output",
    ),
)
# A key among them is what the chord is read in, not the answer.
_MUSIC = frozenset(
    """
    key chord root quality bass inversion roman roman_numeral numeral cadence tempo bpm meter
    time_signature mode tonic interval form note
    """.split()  # noqa: SIM905 - a list of quoted words would hide them
)
_BESIDE = frozenset(
    {"confidence", "probability", "certainty", "reason", "reasoning", "explanation", "rationale"}
)
# Signs of music at the edge of an answer that are no ornament.
_MUSIC_SIGNS = frozenset("°♩♪♫♬♮Δ")
_MARKUP = Pattern(
    r"</?(?:b|i|u|s|em|strong|p|span|div|li|ul|ol|pre|h[1-6]|code|br|mark)\s?/?>|<\|\w{1,24}\|>"
    r"|<(?:eos|bos|pad|end_of_turn|end_of_text)>",
    re.IGNORECASE,
)
# A "<s>" or "</s>" without its other half is a token. From each mark a text is read as far
# as the next one only.
_STRUCK = Pattern(
    r"(?<!~)~~(?!~)[^~]+~~(?!~)|(?:.[\u0335\u0336])+"
    r"|<(?:del|strike)\s?>(?:[^<]|<(?!/?(?:del|strike|s)\s?>))*(?:</(?:del|strike)\s?>|$)"
    r"|<s>(?:[^<]|<(?!/?(?:del|strike|s)\s?>))*</s>",
    re.IGNORECASE | re.DOTALL,
)
# "!D major" is code for "not D major"; "D major!" is none.
_CROSS = Pattern(r"[❌✗✘]|(?<!\S)!(?=[\w(\[])|(?<!\S)!=(?=\s?\w)")
# "C major ❌": a mark behind what it crosses.
_CROSSED = Pattern(
    r"(?m)(?:^|(?<=[✅✓✔]))([^\n❌✗✘✅✓✔]{1,80}?)[^\S\n]*[❌✗✘](?=[^\S\n]*(?:$|\w[^\n❌✗✘]{0,80}[✅✓✔]))"
)
_EMPHASIS = Pattern(r"(?<![\w*])([*_])([^\s*_](?:[^*_\n]{0,40}[^\s*_])?)\1(?![\w*])")
# What follows the answer under a heading of its own, and leaves nothing open.
_EXPLANATION = Pattern(
    r"\s*\n\s*#{0,4}\s*(?:explanation|reason(?:s|ing)?|justification|rationale|analysis|why|because"
    r"|erkl.rung|begr.ndung|explicaci.n|explication|spiegazione|解释|理由|説明)\s*[:\n](.*)",
    re.IGNORECASE | re.DOTALL,
)
LEAVES_OPEN = Pattern(
    r"\b(?:or|maybe|perhaps|possibly|alternatively|could|might|may|also|actually|instead|answer"
    r"|conclu\w+|therefore|thus|hence)\b|[?/]",
    re.IGNORECASE,
)
"""What makes more of an explanation: it offers, corrects or concludes."""
_PAIRS = {"(": ")", "[": "]", "{": "}", "<": ">", '"': '"', "'": "'", "*": "*", "_": "_", "$": "$"}


def clean(text: str) -> str:
    """The folded answer without dress; "" for an answer longer than ``READ_LIMIT``.

    >>> clean("**The final answer is: \\\\boxed{D major}.**")
    'D major'
    """
    text = text.strip()
    return _clean(text) if len(text) <= READ_LIMIT else ""


@lru_cache(maxsize=1024)
def _clean(text: str) -> str:
    text = _unpacked(text)
    text = fold(unescape(text) if "&" in text and ";" in text else text)
    if len(text) > 2 * READ_LIMIT:
        return ""
    if "\\" in text or text.count("$") > 1:
        text = _unlatex(text)
    text = _CROSSED.sub(r" not \1; ", unstruck(text))
    text = _CROSS.sub(" not ", text).strip()
    if "<" in text:
        text = _MARKUP.sub("", text).strip() or text
    text = text.replace("**", "").replace("__", "").replace('"', "").replace("$", "")
    emphatic = text.count("*") > 1 or text.count("_") > 1
    text = _EMPHASIS.sub(r"\2", text) if emphatic else text
    text = re.sub(r"[^\S\n]+", " ", text)
    text = _unexplained(re.sub(r"\s*\n\s*", "\n", text))
    while True:
        shorter = _undress(text)
        shorter = _HEDGE_IN.sub("", _LEAD_IN.sub("", shorter, count=1), count=1)
        shorter = _abroad(shorter)
        if shorter == text or not shorter.strip():
            return text.strip()
        text = shorter


def unstruck(text: str) -> str:
    """A folded text without what is struck out in it; linear."""
    return _STRUCK.sub(" ", text)


def bare(text: str) -> str:
    """A cleaned text without a leading article; the A of "A minor" is none."""
    return _ARTICLE.sub("", text, count=1)


def _unexplained(text: str) -> str:
    """Without a last part that is headed "Explanation:" or the like."""
    found = _EXPLANATION.search(text)
    if found is None or not text[: found.start()].strip() or LEAVES_OPEN.search(found[1]):
        return text
    return text[: found.start()]


def _unpacked(text: str) -> str:
    """The answer inside a code fence or a JSON object, if it is in one."""
    fence = _FENCE.match(text)
    if fence and text.endswith(text[:3]) and len(text) >= fence.end() + 3:
        text = text[fence.end() : -3].strip()
    if not (text.startswith("{") and text.endswith("}") and ":" in text):
        return text
    for written in (text, text.replace("'", '"')):
        try:
            read = json.loads(written)
        except (ValueError, RecursionError):
            continue
        return _said_in(read) or text
    return text


def _said_in(read: dict[str, Any]) -> str:
    """What the object says: its label and answer, else its fields of music; "" for neither."""
    fields = {str(name).lower().strip(): item for name, item in read.items()}
    inner = [item for item in fields.values() if isinstance(item, dict)]
    if len(fields) == len(inner) == 1:
        return _said_in(inner[0])
    answered = [
        str(fields[name])
        for names in _FIELDS
        for name in names
        if isinstance(fields.get(name), (str, int, float))
    ]
    of_music = [name for name in fields if name not in _BESIDE]
    plain = all(name in _MUSIC and isinstance(fields[name], (str, int, float)) for name in of_music)
    if answered or not of_music or not plain:
        return ". ".join(answered)
    if len(of_music) == 1:
        return str(fields[of_music[0]])
    return ", ".join(f"{name.replace('_', ' ')}: {fields[name]}" for name in of_music)


def _abroad(text: str) -> str:
    """Without "La respuesta es", "答案是" and the like."""
    lead = _ABROAD.match(text)
    if lead is None or lead.end() == len(text):
        return text
    return _ABROAD_END.sub("", text[lead.end() :], count=1)


def _ornament(character: str) -> bool:
    """An emoji, a check mark, an arrow."""
    if character.isascii() or character in _MUSIC_SIGNS:
        return False
    return unicodedata.category(character) in ("So", "Sk") or character in "→⇒←"


def _undress(text: str) -> str:
    text = text.strip().rstrip(",;!").strip()
    while text and _ornament(text[0]):
        text = text[1:].lstrip()
    while text and _ornament(text[-1]):
        text = text[:-1].rstrip()
    if text.endswith(".") and not re.search(r"(?:^|[\s(])(?:[A-Za-z]\.)+$", text):
        text = text.rstrip(".").rstrip()
    # A quotation opens with ">", but "> 120" is a bound.
    text = text.lstrip("'*#>- ") if re.match(r"(?!>\s*\d)['*#>-]+\s", text) else text
    text = re.sub(r"^\[[xX]\]\s+", "", text)
    if (
        len(text) > 2
        and _PAIRS.get(text[0]) == text[-1]
        and text.count(text[0]) == (2 if text[0] == text[-1] else 1)
    ):
        inside = text[1:-1].strip()
        # "(C)" keeps its brackets: they make a letter the label of an option.
        return inside if len(inside) > 1 or text[0] not in "([" else text
    return text


def _unlatex(text: str) -> str:
    for pattern, sign in _LATEX_SIGN:
        text = pattern.sub(sign, text)
    opened = len(_LATEX.findall(text))
    text = _LATEX.sub("", text)
    for _ in range(opened):
        at = text.find("}")
        text = text[:at] + text[at + 1 :] if at >= 0 else text
    return _SCRIPT.sub(r"\1", _STACKED.sub(r"^\2_\1", text))
