"""What a run goes on with: the configuration it was begun with.

    RUN/config.yaml       counts
    KEY=VALUE             says the same, or one of ``FREE``, or raises ``grpo.steps``
    CONFIG, the defaults  name the run by their ``out``; where they say otherwise, it is told

A run of 200 steps that was begun with 100 is the run that had 200 from the start only
where nothing in the first 100 depended on their number: `longer` says when.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, TypeVar

from experiments.config import load
from experiments.config_values import shown
from rewards.errors import ConfigError

Run = TypeVar("Run")

FREE = (
    "out",
    "grpo.actors",
    "grpo.checkpoint_every",
    "grpo.checkpointing",
    "grpo.cluster",
    "grpo.gradients",
    "grpo.head_chunk",
    "grpo.keep_every",
    "grpo.micro_tokens",
    "grpo.offload",
    "logger",
    "sft.checkpoint_every",
    "sft.checkpointing",
    "sft.micro_batch_size",
    "sft.offload",
)
"""What no result depends on, but for the rounding of sums: place, memory, processes, views."""

STEPS = "grpo.steps"
CONFIG = "config.yaml"
PAPERS = (CONFIG, "env.json")
"""What every run folder begins with."""
_SHOWN = 6


def resumed(config: Run, overrides: Sequence[str]) -> tuple[Run, str]:
    """The configuration of the run that ``config.out`` holds, and what is to be told of it.

    Args:
        config: as file and overrides have it; its ``out`` alone counts where there is a run.
        overrides: ``"grpo.steps=40"``, over the run's own.

    Raises:
        ConfigError: the run's configuration cannot be read, or an override is wrong.
    """
    folder: Path = config.out  # type: ignore[attr-defined]
    path = folder / CONFIG
    if not path.exists():
        return config, f"'{folder}' holds no run yet: it begins here"
    own = replace(load(type(config), [path], overrides), out=folder)  # type: ignore[type-var]
    unlike = {name: now for name, (_, now) in differences(config, own).items()}
    told = [f"{name}={shown(value)}" for name, value in [*unlike.items()][:_SHOWN]]
    more = f" and {len(unlike) - _SHOWN} more" if len(unlike) > _SHOWN else ""
    return own, f"goes on as {path} says: {', '.join(told)}{more}" if told else ""


def check_place(files: Sequence[Path], config: Any) -> None:
    """Refuse to go on elsewhere than where the configuration of a run lies, such as in a copy.

    Raises:
        ConfigError: names both folders.
    """
    for file in files:
        here, there = file.parent, config.out
        is_run = file.name == CONFIG and all((here / paper).is_file() for paper in PAPERS)
        if is_run and here.resolve() != Path(there).resolve():
            raise ConfigError(
                f"'{file}' is that of a run in another folder: got out '{there}', expected "
                f"'{here}'; give out={here} to go on with this copy, or name "
                f"{Path(there) / CONFIG}"
            )


def differences(before: Any, after: Any) -> dict[str, tuple[Any, Any]]:
    """Path -> its value in two configurations, of what differs; None where it is absent."""
    one, other = (dict(_leaves(asdict(config))) for config in (before, after))
    return {
        path: (one.get(path), other.get(path))
        for path in sorted({*one, *other})
        if one.get(path) != other.get(path)
    }


def check_goes_on(before: Any, after: Any) -> None:
    """Refuse to go on with another configuration.

    Raises:
        ConfigError: names every key that may not change, its value and the run's.
    """
    wrong = [
        f"{path}: got {shown(got)}, the run has {shown(had)}{why}"
        for path, (had, got) in differences(before, after).items()
        if path not in FREE and (why := _objection(path, before, after)) is not None
    ]
    if wrong:
        raise ConfigError(
            f"the run in '{after.out}' was begun with another configuration: {'; '.join(wrong)}; "
            "resume with the values it was begun with, or start another run"
        )


def _objection(path: str, before: Any, after: Any) -> str | None:
    """Why a value may not change, to be put behind it; None where it may."""
    if path != STEPS:
        return ""
    why = longer(before, after)
    return None if why is None else f" ({why})"


def longer(before: Any, after: Any) -> str | None:
    """Why a run may not get these steps, or None where it is as if it had had them ever."""
    old, new, grpo = before.grpo.steps, after.grpo.steps, before.grpo
    if old is None or new is None or new < old:
        return "steps may be raised, not lowered or left to the epochs"
    if grpo.schedule != "constant":
        return f"the learning rate of every step depends on it, by schedule {grpo.schedule}"
    if round(grpo.warmup * old) != round(grpo.warmup * new):
        return "the learning rate depends on it: warm-up is a share of the steps"
    if grpo.staleness and _reached(after.out) >= old:
        return (
            f"step {old} would have been sampled before the update of step {old - 1}, by weights "
            "that are gone: the end of a run samples nothing ahead"
        )
    dev = getattr(before.data, "dev", None) is not None  # a quickstart has clips here, always
    if dev and grpo.evaluate_every and old % grpo.evaluate_every and _reached(after.out) >= old:
        return (
            f"step {old} was evaluated because it was the last, and evaluations choose the best "
            f"checkpoint: a longer run would not have done so, with evaluate_every "
            f"{grpo.evaluate_every}"
        )
    return None


def forget_end(run: Path) -> None:
    """Put away what the end of a run wrote, for it goes further; checkpoints stay."""
    from policies.checkpoint_folder import discard

    if (run / "model").exists():
        discard(run / "model")
    for column in ("after", "GRPO", "other_clip", "silence"):
        (run / "answers" / f"{column}.jsonl").unlink(missing_ok=True)
    (run / "results.json").unlink(missing_ok=True)


def _reached(run: Path) -> int:
    from policies.checkpoint_folder import published, step_of

    return max((step_of(path) or 0 for path in published(run / "checkpoints")), default=0)


def _leaves(tree: Mapping[Any, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in tree.items():
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", list(value) if isinstance(value, tuple) else value
