"""Which charts a run's metrics make."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from experiments.report.charts import Chart, Point, Series
from experiments.report.results import Results

Record: TypeAlias = Mapping[str, Any]
Read: TypeAlias = Callable[[Record], Any]

MAX_SERIES = 9


def cold_start_charts(records: Sequence[Record]) -> list[Chart]:
    """Loss and dev accuracy of the cold start; charts without data are left out."""
    training, evaluation = _stage(records, "sft"), _stage(records, "sft_eval")
    loss = _series("loss", training, _key("loss"), smooth=True)
    return _with_data(
        Chart("Loss", "Cross-entropy on completions, nats per token.", (loss,)),
        Chart(
            "Dev accuracy",
            "Greedy answers to held-out pieces, while it learns to answer.",
            _accuracies(evaluation),
            percent=True,
        ),
    )


def grpo_charts(records: Sequence[Record], results: Results | None) -> list[Chart]:
    """What GRPO earned and how healthy it was; charts without data are left out."""
    training, evaluation = _stage(records, "grpo"), _stage(records, "grpo_eval")

    def line(label: str, read: Read, colour: int = 0) -> Series:
        return _series(label, training, read, colour=colour, smooth=True)

    chance = (results.overall if results else {}).get("chance")
    parts = _names(training, "parts")  # of one colour in both charts
    return _with_data(
        Chart(
            "Reward", "Mean total over all rollouts of a step.", (line("reward", _key("reward")),)
        ),
        Chart(
            "Dev accuracy",
            "Greedy answers to held-out pieces, per topic.",
            _accuracies(evaluation),
            percent=True,
            mark=None if chance is None else ("chance", chance),
        ),
        Chart(
            "Reward parts", "Mean of each part where it applied.", _each(training, "parts", parts)
        ),
        Chart(
            "Shares of the advantage",
            "How much each part decides which answers become likelier; they add up to 100 %.",
            _shares(training, parts),
            percent=True,
        ),
        Chart(
            "Spread of the rewards",
            "Standard deviation over a step and within a group, which alone is learnt from.",
            (
                line("step", _key("reward_std")),
                line("group", _key("reward_group_std"), colour=1),
            ),
        ),
        Chart(
            "Entropy",
            "Nats per token, of what was learnt from; surprisal, mean -log p of all that was "
            "sampled. Near 0 there is nothing left to explore.",
            (
                line("entropy", _key("entropy")),
                line("surprisal", _key("surprisal"), colour=1),
            ),
        ),
        Chart(
            "Length of completions",
            "Tokens.",
            (
                line("mean", _key("mean", "length")),
                line("longest", _key("max", "length"), colour=1),
            ),
        ),
        Chart(
            "Sampler gap",
            "Mean distance between the sampler's and the learner's log-probs, nats.",
            (line("gap", _key("sampler_gap")),),
        ),
        Chart(
            "Groups without signal",
            "Groups whose rollouts all earned the same, and completions cut at the limit.",
            (
                line("no spread", _key("zero_variance")),
                line("cut off", _key("truncated"), colour=1),
            ),
            percent=True,
        ),
        Chart("Gradient norm", "Before clipping.", (line("norm", _key("grad_norm")),)),
        Chart(
            "Clipped tokens",
            "Share of tokens whose ratio left the trust region, at either bound.",
            (
                line("clipped", _key("clip_fraction")),
                line("lower", _key("clip_low"), colour=1),
                line("upper", _key("clip_high"), colour=2),
            ),
            percent=True,
        ),
        Chart(
            "Distance from the start",
            "Estimate of the KL to the reference by grpo.kl, nats per token.",
            (line("KL", _key("kl")),),
        ),
        Chart(
            "Seconds per step",
            "Wall time of the phases of a step.",
            _each(training, "seconds", _names(training, "seconds")),
        ),
    )


def _stage(records: Iterable[Record], stage: str) -> list[Record]:
    return sorted((r for r in records if r["stage"] == stage), key=lambda r: r["step"])


def _key(name: str, within: str | None = None) -> Read:
    """Reads ``name`` from a record, or from the mapping that it has under ``within``."""

    def read(record: Record) -> Any:
        inside = record.get(within) if within else record
        return inside.get(name) if isinstance(inside, Mapping) else None

    return read


def _series(
    label: str,
    records: Iterable[Record],
    read: Read,
    *,
    colour: int = 0,
    main: bool = True,
    smooth: bool = False,
) -> Series:
    points: list[Point] = []
    for record in records:
        value = read(record)
        # Beyond these bounds an axis cannot be computed, nor read.
        if isinstance(value, int | float) and abs(value) < 1e30 and abs(record["step"]) < 1e12:
            points.append((float(record["step"]), float(value)))
    return Series(label, tuple(points), colour, main, smooth)


def _names(records: Iterable[Record], within: str) -> list[str]:
    """Keys of the mappings under ``within``, in the order they first appear."""
    found: dict[str, None] = {}
    for record in records:
        inside = record.get(within)
        found |= dict.fromkeys(inside if isinstance(inside, Mapping) else ())
    return [*found][:MAX_SERIES]


def _accuracies(records: Sequence[Record]) -> tuple[Series, ...]:
    topics = [
        _series(name, records, _key(name, "topics"), colour=i + 1, main=False)
        for i, name in enumerate(_names(records, "topics"))
    ]
    return (_series("overall", records, _key("accuracy")), *topics)


def _each(records: Sequence[Record], within: str, names: Sequence[str]) -> tuple[Series, ...]:
    """A line for each name, of the numbers that the records have under ``within``."""
    return tuple(
        _series(name, records, _key(name, within), colour=i, smooth=True)
        for i, name in enumerate(names)
    )


def _shares(records: Sequence[Record], parts: Sequence[str]) -> tuple[Series, ...]:
    """None where one part has all of the advantage: nothing is shared."""
    shares = _each(records, "part_share", parts)
    return shares if sum(bool(series.points) for series in shares) > 1 else ()


def _with_data(*charts: Chart) -> list[Chart]:
    return [chart for chart in charts if any(series.points for series in chart.series)]
