"""How fast the rewards judge: `python -m experiments.bench.rewards [NAME ...]`.

One process, one core, two tables. Rates, on the mixed answers of
``experiments/bench/_samples.py``, medians of rounds in which the forms take
turns, in processor time, because the machine may have other work:

- warm: scores per second where answers repeat, as in the groups of a run;
- cold: the same where every answer is a text that was never seen; the goal of answers over
  time, at usual sizes: 30 beats, onsets or notes, 34 points of melody, 15 chords, 8 sections;
- naive: the same judgement as one would write it with mir_eval or music21, from text in
  the library's own spelling;
- bare: the library's calls alone, on arrays that are ready, for answers over time;
- warm x, cold x: our rates over the naive one, above 1 where we are faster.

Bounds, over the texts of ``experiments/bench/_hostile.py`` with nothing remembered
(``experiments/bench/_bounds.py``): the longest time [ms] to 8 kB and to 128 kB, the largest
t(2n) / t(n) from 64 kB to 1 MB, and on which text. What misses its goal has a "!".
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

from experiments.bench._bounds import Bound, bounds, judged
from experiments.bench._samples import SAMPLES, Sample
from rewards import get, names, parse
from rewards.errors import ConfigError
from rewards.records import Question, Response
from rewards.registry import Reward

ROUNDS, SECONDS = 5, 0.04  # of measuring each rate
LABELS, TIMED, THOUGHTS, IMPORT_MS, WORST_MS, GROWTH = 20_000, 2_000, 1_000, 150.0, 100.0, 2.5

WORDS = (
    ("Listening", "Hearing it", "By ear", "At first", "On balance", "To me", "Clearly", "Overall"),
    ("the low strings", "the bass line", "that last phrase", "the opening", "its final bar"),
    ("settles", "hints", "points that way", "repeats", "rises", "fades", "returns", "lingers"),
    ("softly", "plainly", "at length", "in time", "again", "slowly", "once more", "at last"),
)


def main() -> None:
    """Print two lines per reward, then the time of import.

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
    columns = ("warm/s", "cold/s", "naive/s", "bare/s", "warm x", "cold x")
    print(f"{'rates':<14}" + "".join(f"{column:>11} " for column in columns))
    for name in asked:
        print(_rates_line(get(name), name, SAMPLES[name]), flush=True)
    print(f"\n{'bounds':<14} {'8 kB':>6}  on{'':<34} {'128 kB':>6}  on{'':<36} {'growth':>6}  on")
    for name, bound in bounds(asked).items():
        print(_bound_line(name, bound), flush=True)
    bare, loaded = _import_ms(""), _import_ms("; [rewards.get(name) for name in rewards.names()]")
    print(
        f"\nimport rewards: {bare:.0f} ms{_missed(bare > IMPORT_MS)}, every reward {loaded:.0f} ms"
    )


def _rates_line(reward: Reward, name: str, sample: Sample) -> str:
    rate = rates(reward, sample)
    warm, cold, naive = rate["warm"], rate["cold"], rate.get("naive")
    goal = THOUGHTS if sample.of_thoughts else TIMED if sample.timed else LABELS
    slow = sample.timed and cold < TIMED
    shown = [f"{warm:,.0f}{_missed(warm < goal)}", f"{cold:,.0f}{_missed(slow)}"]
    shown += [f"{rate[form]:,.0f} " if form in rate else "- " for form in ("naive", "bare")]
    shown += [f"{ours / naive:,.2f} " if naive else "- " for ours in (warm, cold)]
    return f"{name:<14}" + "".join(f"{text:>12}" for text in shown)


def _bound_line(name: str, bound: Bound) -> str:
    worst, growth = _missed(bound.medium > WORST_MS), _missed(bound.growth > GROWTH)
    shown = f"{bound.growth:>6.2f}{growth} {bound.growth_on}" if bound.growth else f"{'-':>6}"
    return (
        f"{name:<14} {bound.small:>6.1f}  {bound.small_on:<36} "
        f"{bound.medium:>6.1f}{worst} {bound.medium_on:<38} {shown}"
    ).rstrip()


def rates(reward: Reward, sample: Sample) -> dict[str, float]:
    """Scores per second: warm, cold, and naive and bare where there is such a form."""
    question = sample.question()
    group = [_completion(text, sample.think) for text in sample.answers]
    again, fresh = itertools.cycle(group), _fresh(sample)
    forms: dict[str, Callable[[], float]] = {
        "warm": lambda: _rate(reward, question, again),
        "cold": lambda: _rate(reward, question, fresh),
    }
    judge, load = sample.plain, sample.load
    if judge is not None and load is None:
        forms["naive"] = lambda: _rate_of(judge)
    elif judge is not None and load is not None:
        ready = load()
        forms["naive"] = lambda: _rate_of(lambda: judge(*load()))
        forms["bare"] = lambda: _rate_of(lambda: judge(*ready))
    for response in group + list(itertools.islice(fresh, len(group))):
        judged(reward, question, response)
    rounds = [{name: turn() for name, turn in forms.items()} for _ in range(ROUNDS)]
    return {name: statistics.median(one[name] for one in rounds) for name in forms}


def _missed(missed: bool) -> str:
    return "!" if missed else " "


def _completion(answer: str, think: str) -> Response:
    return parse(f"<think>{think}</think><answer>{answer}</answer>")


def _rate(reward: Reward, question: Question, responses: Iterator[Response]) -> float:
    """Scores per second; the making of the texts is no part of it."""
    done, spent = 0, 0.0
    while spent < SECONDS:
        batch = list(itertools.islice(responses, 64))
        began = time.process_time()
        for response in batch:
            judged(reward, question, response)
        spent += time.process_time() - began
        done += len(batch)
    return done / spent


def _rate_of(call: Callable[[], object]) -> float:
    done, began = 0, time.process_time()
    while (spent := time.process_time() - began) < SECONDS:
        for _ in range(16):
            call()
        done += 16
    return done / spent


def _fresh(sample: Sample) -> Iterator[Response]:
    """The answers for ever, no text twice: times are moved, words put before the rest."""
    phrases = itertools.cycle(itertools.product(*WORDS))
    for turn in itertools.count():
        answer = sample.answers[turn % len(sample.answers)]
        parts = re.split(r"(\d+\.\d+)", answer)
        if sample.timed and len(parts) > 1:
            parts[1::2] = [f"{float(part) + turn * 1e-6:.7f}" for part in parts[1::2]]
            yield _completion("".join(parts), sample.think)
        else:
            phrase = f"{' '.join(next(phrases))} ({'x' * (turn // 1000 % 50 + 3)})."
            yield _completion(f"{phrase} {answer}", f"{phrase} {sample.think}")


def _import_ms(then: str) -> float:
    """Median of five fresh interpreters that import ``rewards`` and go on with ``then``."""
    clock = "time.perf_counter()"
    code = f"import time; t = {clock}; import rewards{then}; print({clock} - t)"
    runs = [subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
            for _ in range(5)]  # fmt: skip
    return 1e3 * statistics.median(float(run.stdout) for run in runs)


if __name__ == "__main__":
    main()
