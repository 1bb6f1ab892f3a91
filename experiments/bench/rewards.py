"""How fast the rewards judge: `python -m experiments.bench.rewards [NAME ...]`.

One process, one core. For every registered reward, on the mixed answers of
``experiments/bench/_samples.py``:

- warm: scores per second where answers repeat, as in the groups of a run;
- cold: the same where every answer is a text that was never seen;
- plain: our time over that of the same judgement by mir_eval or music21, in turn
  with it (below 1 we are faster). The library is given its own spelling of one
  answer, ours are the mixed texts: warm for labels, cold for answers over time;
- worst: the longest time [ms] over hostile answers to 128 kB, and on which;
- growth: the largest t(2n) / t(n) on the way to 1 MB, from 1 ms on.

What misses its goal has a "!" behind it. Timings include the parsing of the
completion only in worst and growth.
"""

from __future__ import annotations

import itertools
import re
import statistics
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator

from experiments.bench._samples import SAMPLES, Sample
from rewards import get, names, parse
from rewards.errors import ConfigError
from rewards.records import Question, Response
from rewards.registry import Reward

THINK = "<think>The bass walks down and the last phrase comes to rest.</think>"
SECONDS = 0.25  # of measuring each rate
LABELS, TIMED, IMPORT_MS, WORST_MS, PLAIN, GROWTH = 20_000, 2_000, 150.0, 100.0, 2.5, 2.6

HOSTILE = (
    "A ", "a-", "1, ", "-1", "C#", "D major ", "D major or ", "not ", "no ", "( ", "(", "[", "{",
    "[1,2,", "1:1 ", "/", "V7/", "°", "В", "\u200b", "e\u0301", "\u0301\u0327", "\\boxed{", "$",
    "C:maj(", "ﷺ", "one hundred and ", "the answer is ", "or ", "Am7/C6 ", "1-", "between 1 and ",
    "\n", "piano and ", "0.5 1.0 C:maj\n", "0.1, 440\n", "[0.0, 0.5, 60], ", "x" * 63 + " ",
    "parallel fifths between ", "la ", "neither nor ", "\ud55c", "AB", "'", '"', "1e9 ",
)  # fmt: skip
SIZES = (900, 4_000, 16_000, 128_000)
LARGE = (125_000, 250_000, 500_000, 1_000_000)
WORDS = (
    ("Listening", "Hearing it", "By ear", "At first", "On balance", "To me", "Clearly", "Overall"),
    ("the low strings", "the bass line", "that last phrase", "the opening", "its final bar"),
    ("settles", "hints", "points that way", "repeats", "rises", "fades", "returns", "lingers"),
    ("softly", "plainly", "at length", "in time", "again", "slowly", "once more", "at last"),
)


def main() -> None:
    """Print one line per reward, then the time of import.

    Raises:
        ConfigError: a registered reward has no sample, or an argument is no reward.
    """
    asked = sys.argv[1:] or names()
    missing = [name for name in asked if name not in SAMPLES]
    if missing:
        raise ConfigError(
            f"no sample for the rewards {', '.join(missing)}; add one to "
            "experiments/bench/_samples.py"
        )
    warnings.simplefilter("ignore")  # mir_eval's, on odd answers
    print(f"{'reward':<14} {'warm/s':>9} {'cold/s':>9} {'plain':>8} {'worst ms':>9}  on"
          f"{'growth':>30}")  # fmt: skip
    for name in asked:
        print(_line(get(name), name, SAMPLES[name]), flush=True)
    bare, loaded = _import_ms(""), _import_ms("; [rewards.get(name) for name in rewards.names()]")
    print(
        f"\nimport rewards: {bare:.0f} ms{_missed(bare > IMPORT_MS)}, every reward {loaded:.0f} ms"
    )


def _line(reward: Reward, name: str, sample: Sample) -> str:
    question = sample.question()
    group = [_completion(text) for text in sample.answers]
    warm = _rate(reward, question, itertools.cycle(group))
    cold = _rate(reward, question, _fresh(sample))
    ratio = _against_plain(reward, question, sample)
    worst, on = _worst(reward, question)
    growth = _growth(reward, question)
    goal = TIMED if sample.timed else LABELS
    shown = f"{growth:.1f}" if growth else "-"
    plain = f"{ratio:.2f}{_missed(ratio > PLAIN)}" if ratio is not None else "-"
    return (
        f"{name:<14} {warm:>8,.0f}{_missed(warm < goal)} {cold:>8,.0f}  {plain:>8} "
        f"{worst:>8.1f}{_missed(worst > WORST_MS)}  {on:<26} {shown:>5}{_missed(growth > GROWTH)}"
    )


def _missed(missed: bool) -> str:
    return "!" if missed else " "


def _completion(answer: str) -> Response:
    return parse(f"{THINK}<answer>{answer}</answer>")


def _rate(reward: Reward, question: Question, responses: Iterator[Response]) -> float:
    """Scores per second, after a warm-up; batches keep the clock out of the figure."""
    for response in itertools.islice(responses, 16):
        reward(question, response)
    done, spent = 0, 0.0
    while spent < SECONDS:
        batch = list(itertools.islice(responses, 64))
        began = time.perf_counter()
        for response in batch:
            reward(question, response)
        spent += time.perf_counter() - began
        done += len(batch)
    return done / spent


def _against_plain(reward: Reward, question: Question, sample: Sample) -> float | None:
    """Our time over the library's: both in turn, medians of 5."""
    if sample.plain is None:
        return None
    cycle = itertools.cycle([_completion(text) for text in sample.answers])
    texts = _fresh(sample, seed=1) if sample.timed else cycle
    sample.plain()
    ours, theirs = [], []
    for _ in range(5):
        batch = list(itertools.islice(texts, 256))
        began = time.perf_counter()
        for response in batch:
            reward(question, response)
        ours.append((time.perf_counter() - began) / len(batch))
        theirs.append(1.0 / _rate_of(sample.plain))
    return statistics.median(ours) / statistics.median(theirs)


def _rate_of(call: Callable[[], object]) -> float:
    done, began = 0, time.perf_counter()
    while (spent := time.perf_counter() - began) < SECONDS / 5:
        call()
        done += 1
    return done / spent


def _fresh(sample: Sample, seed: int = 0) -> Iterator[Response]:
    """The answers for ever, no text twice: times are moved, words put before the rest."""
    phrases = itertools.cycle(itertools.product(*WORDS))
    for turn in itertools.count():
        answer = sample.answers[turn % len(sample.answers)]
        parts = re.split(r"(\d+\.\d+)", answer)
        if sample.timed and len(parts) > 1:
            shift = turn * 1e-6 + seed * 5e-7
            parts[1::2] = [f"{float(part) + shift:.7f}" for part in parts[1::2]]
            yield _completion("".join(parts))
        else:
            phrase = " ".join(next(phrases))
            yield _completion(f"{phrase} ({'x' * (turn // 1000 % 50 + 3)}). {answer}")


def _worst(reward: Reward, question: Question) -> tuple[float, str]:
    worst, on = 0.0, ""
    for piece, size in itertools.product(HOSTILE, SIZES):
        body = piece * (size // len(piece))
        for where, text in (
            ("answer", f"{THINK}<answer>{body}</answer>"),
            ("think", f"<think>{body}</think><answer>D major</answer>"),
        ):
            took = _milliseconds(reward, question, text)
            if took > min(worst, WORST_MS):  # again: the machine may have been busy
                took = min(took, _milliseconds(reward, question, f"{text} "))
            if took > worst:
                worst, on = took, f"{piece.strip()[:8]!a} {where} {size // 1000 or 0.9}k"
    return worst, on


def _growth(reward: Reward, question: Question) -> float:
    """The largest t(2n) / t(n), medians of three, where t(n) is a millisecond or more."""
    largest = 0.0
    for piece in HOSTILE[:: max(1, len(HOSTILE) // 12)]:
        times = []
        for size in LARGE:
            text = f"{THINK}<answer>{piece * (size // len(piece))}</answer>"
            times.append(
                statistics.median(_milliseconds(reward, question, text + " " * k) for k in range(3))
            )
        ratios = [b / a for a, b in itertools.pairwise(times) if a >= 1.0]
        largest = max([largest, *ratios])
    return largest


def _milliseconds(reward: Reward, question: Question, text: str) -> float:
    began = time.process_time()
    reward(question, parse(text))
    return 1e3 * (time.process_time() - began)


def _import_ms(then: str) -> float:
    """Median of five fresh interpreters that import ``rewards`` and go on with ``then``."""
    clock = "time.perf_counter()"
    code = f"import time; t = {clock}; import rewards{then}; print({clock} - t)"
    runs = [subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
            for _ in range(5)]  # fmt: skip
    return 1e3 * statistics.median(float(run.stdout) for run in runs)


if __name__ == "__main__":
    main()
