"""How fast claims are read and judged: `python -m experiments.bench.claims`.

One process, one core. Completions of 150 words (about 8 claims) and of 500 words (20 claims)
in groups of eight of one question, as a run makes them; no text is seen twice. For each length:

- parts: completions per second (of processor time, the best of three rounds of 400) of the
  parts of the default rubric together (format, answer, theory, consistency) and of parsing;
- claims: the average number of claims read, and the share of time each part takes;
- plain: completions per second where claims that are read already are only checked with
  music21, as in a notebook: a key, chord or numeral made for each claim, and compared;
- written: the same of completions of sentences in many voices, of so many words and about as many
  claims, from the labelled traces of `--traces FILE.jsonl ...`; no two are siblings (`_written`);
- worst: the longest time [ms] of theory over hostile think parts to 8 kB and to 128 kB.

What misses its goal has a "!" behind it.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import time
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path

from experiments.bench._written import completions
from rewards import Question, get, parse
from rewards.claims.reading import read
from rewards.claims.records import Claim
from rewards.records import Facts, Response

NOTES = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
PARTS = ("format", "answer", "theory", "consistency")
GOALS = {150: 1_000.0, 500: 350.0}
WORST = {8_000: 50.0, 128_000: 100.0}
ROUNDS = 400
GROUP = 8
HOSTILE = (
    "A ", "a-", "1, ", "C#", "D major ", "D major or ", "not ", "( ", "(", "[", "V7/", "°", "В",
    "\u200b", "e\u0301", "C:maj(", "ﷺ", "one hundred and ", "Am7/C6 ", "between 1 and ", "\n",
    "piano and ", "x" * 63 + " ", "la ", "neither nor ", "AB", "'", "V ", "C - ", "E flat ", "? ",
    "not maybe ", "3/4 ", "if would ", "no, ", "cadence ", '"', "A7 is V7 in D. ", ". ", "I - ",
    "half cadence ", "two sharps ", "relative minor of ", "X is in D. ", "A flat B sharp ", "Ab7 ",
)  # fmt: skip

_CLAIMS = (
    "the tonality is {key}, and every phrase relaxes on {tonic}.",
    "the meter is {meter} and the tempo sits around {bpm} bpm.",
    "the chords move {tonic} - {fourth} - {fifth}7 - {tonic} in the second half.",
    "the bass lands on {tonic} while a {instrument} holds the line.",
    "it closes with a perfect authentic cadence, {fifth}7 to {tonic}.",
    "{fifth}7 is V7 in {key}, so nothing remains open.",
    "the dominant of {key} is {fifth}, which the left hand repeats.",
    "it is not {other}, although the third could mislead.",
    "maybe the middle leans toward {other}, I would not swear to it.",
    "the {instrument} answers, and a cello doubles it below.",
)
_FILLER = (
    "the sound stays {one} and the players breathe together, {two} as before.",
    "first I listen to the opening once more and let it settle, {one} and {two}.",
    "there is a {one} hesitation before the line goes on, {two} about itself.",
    "nothing in the recording hurries, and the room answers, {one}, {two}.",
    "what remains is a {one} sustained tone that fades, {two}, into the noise.",
)
_MANNER = (
    "grainy", "rounded", "careful", "distant", "patient", "unhurried", "plain", "close", "dry",
    "veiled", "airy", "steady", "small", "polite", "rough", "hollow", "narrow", "broad", "faint",
)  # fmt: skip
_INSTRUMENTS = ("piano", "violin", "flute", "clarinet", "guitar", "harp", "organ", "trumpet")


def main() -> None:
    """Print a line for each length, one for texts that are given, and the worst times."""
    options = argparse.ArgumentParser(description="How fast claims are read and judged.")
    options.add_argument("--traces", type=Path, nargs="+", default=[], help="labelled traces")
    traces: list[Path] = options.parse_args().traces
    print(f"{'words':<7}{'claims':>7}{'parts/s':>10}{'plain/s':>10}{'ratio':>8}   share of time")
    for words in GOALS:
        source = _rows(words)
        _rate(list(itertools.islice(source, ROUNDS // 2)))  # warms up what is read once
        _print(words, [list(itertools.islice(source, ROUNDS)) for _ in range(3)])
    if traces:
        import_module("mir_eval")  # a reward over time loads it at its first call
    for words in GOALS if traces else ():
        rows = completions(traces, words)
        _rate(rows)  # what words mean is remembered
        # A blank more, and no text is the same.
        rounds = [[(q, text.replace("</think>", f"{' ' * k}</think>")) for q, text in rows]
                  for k in (1, 2, 3)]  # fmt: skip
        _print(words, rounds, by_traces=True)
    for size, goal in WORST.items():
        worst, on = _worst(size)
        missed = "!" if worst > goal else ""
        print(f"worst of theory to {size // 1000} kB: {worst:.1f} ms{missed} on {on}")


def _print(
    words: int, rounds: Sequence[list[tuple[Question, str]]], *, by_traces: bool = False
) -> None:
    """The line of a length, of the best of the rounds."""
    rate, shares = max(map(_rate, rounds), key=lambda result: result[0])
    rows = rounds[0]
    claims = statistics.mean(len(read(q, parse(text))) for q, text in rows[:100])
    missed = "!" if rate < GOALS[words] else " "
    if by_traces:
        beside = f"{'written':>10}{'':>8}"
    else:
        plain = _plain_rate(rows[:8])
        beside = f"{plain:>10,.1f}{rate / plain:>7,.0f}x"
    shown = ", ".join(f"{name} {share:.0%}" for name, share in shares.items())
    print(f"{words:<7}{claims:>7.1f}{rate:>9,.0f}{missed}{beside}   {shown}")


def _rows(words: int) -> Iterator[tuple[Question, str]]:
    """Questions with a completion of about so many words each, for ever."""
    for count in itertools.count():
        turn = count // GROUP
        tonic = NOTES[turn * 5 % 12]
        fourth, fifth = NOTES[(turn * 5 + 5) % 12], NOTES[(turn * 5 + 7) % 12]
        fills = {
            "key": f"{tonic} major", "tonic": tonic, "fourth": fourth, "fifth": fifth,
            "meter": ("3/4", "4/4", "6/8", "2/4")[turn % 4], "bpm": 60 + turn % 97,
            "other": f"{NOTES[(turn * 5 + 9) % 12]} minor",
            "instrument": _INSTRUMENTS[turn % len(_INSTRUMENTS)],
        }  # fmt: skip
        facts = Facts(
            key=fills["key"], meter=fills["meter"], tempo=float(fills["bpm"]), cadence="PAC",
            chord=f"{tonic}:maj", instruments=(fills["instrument"], "cello"),
            progression=(f"{tonic}:maj", f"{fourth}:maj", f"{fifth}:7", f"{tonic}:maj"),
        )  # fmt: skip
        question = Question(f"bench-{turn}", "What is the key?", facet="key", facts=facts,
                            answer=fills["key"])  # fmt: skip
        yield question, _text(words, count, fills)


def _text(words: int, turn: int, fills: dict[str, object]) -> str:
    """A completion: claims among sentences without any."""
    said: list[str] = []
    count = 0
    several = 5 if words < 300 else 10
    for n in itertools.count():
        source = _CLAIMS[n // 3] if n % 3 == 0 and n // 3 < several else None
        one, two = _MANNER[(7 * turn + n) % len(_MANNER)], _MANNER[(turn + 3 * n) % len(_MANNER)]
        filler = _FILLER[n % len(_FILLER)]
        sentence = (source or filler).format(one=one, two=two, **fills)
        said.append(sentence[0].upper() + sentence[1:])
        count += len(sentence.split())
        if count >= words:
            break
    return f"<think>{' '.join(said)}</think>\n<answer>{fills['key']}</answer>"


def _rate(rows: list[tuple[Question, str]]) -> tuple[float, dict[str, float]]:
    """Completions per second of all parts, and the share of each."""
    rewards = {name: get(name) for name in PARTS}
    spent = dict.fromkeys(("parse", *PARTS), 0.0)
    for question, text in rows:
        marks = [time.process_time()]
        response: Response = parse(text)
        marks.append(time.process_time())
        for reward in rewards.values():
            reward(question, response)
            marks.append(time.process_time())
        for name, (one, other) in zip(spent, itertools.pairwise(marks), strict=True):
            spent[name] += other - one
    total = sum(spent.values())
    return len(rows) / total, {name: took / total for name, took in spent.items()}


def _plain_rate(rows: list[tuple[Question, str]]) -> float:
    """Completions per second with music21: the objects of each claim, made and compared."""
    from music21.harmony import ChordSymbol
    from music21.key import Key
    from music21.meter import TimeSignature
    from music21.roman import RomanNumeral

    def judge(question: Question, claims: Sequence[Claim]) -> int:
        key = Key((question.facts.key or "").split()[0].replace("b", "-"))
        right = 0
        for claim in claims:
            value = str(claim.value)
            if claim.type in ("key", "modulation"):
                tonic, mode = value.split()[:2]
                right += Key(tonic.replace("b", "-"), mode) == key
            elif claim.type == "chord":
                root = value.split(":")[0].replace("b", "-")
                right += ChordSymbol(root).root().name == key.tonic.name  # type: ignore[union-attr]
            elif claim.type == "progression" and isinstance(claim.value, tuple):
                for name in claim.value:
                    right += ChordSymbol(name.split(":")[0].replace("b", "-")).pitches != ()
            elif claim.type == "meter":
                right += TimeSignature(value).ratioString == question.facts.meter
            elif claim.type == "textbook":
                right += RomanNumeral("V7", key).pitchClasses != []
        return right

    found = [(question, read(question, parse(text))) for question, text in rows]
    judge(*found[0])
    began = time.process_time()
    for question, claims in found:
        judge(question, claims)
    return len(found) / (time.process_time() - began)


def _worst(size: int) -> tuple[float, str]:
    """The longest time of theory [ms] over hostile think parts of that size."""
    theory = get("theory")
    question, text = next(_rows(150))
    pieces = (*HOSTILE, *text.split(". ")[:4])
    theory(question, parse(text))
    worst, on = 0.0, ""
    for piece in pieces:
        body = piece * (size // len(piece))
        took = []
        for k in range(2):
            response = parse(f"<think>{body}{' ' * k}</think><answer>D major</answer>")
            began = time.process_time()
            theory(question, response)
            took.append(1e3 * (time.process_time() - began))
        if min(took) > worst:
            worst, on = min(took), ascii(piece[:20])
    return worst, on


if __name__ == "__main__":
    main()
