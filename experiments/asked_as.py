"""How a checkpoint is asked outside of its run: as in the run, unless told otherwise.

    RUN/model, RUN/cold_start, RUN/checkpoints/step_000040 ...   -> RUN/config.yaml

A policy that learnt to answer within 48 tokens, up to a stop text, behind a suffix and in
bfloat16 is another one without them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from experiments.resuming import CONFIG, PAPERS
from experiments.runfolder import read_config
from experiments.schemas import ModelConfig, SamplingConfig
from rewards.errors import ConfigError

_HELD = ("suffix", "dtype", "fine_head", "base_8bit")


@dataclass(frozen=True, slots=True)
class AskedAs:
    """How a checkpoint is asked.

    Attributes:
        model: how it is held; its path counts for nothing.
        sampling: how completions are drawn.
        source: the configuration that says so, None where there is none.
        typed: names of the settings that the command line said.
    """

    model: ModelConfig
    sampling: SamplingConfig
    source: Path | None = None
    typed: frozenset[str] = frozenset()

    def told(
        self,
        *,
        suffix: str | None,
        temperature: float | None,
        max_new_tokens: int | None,
        stop: Sequence[str] | None,
    ) -> AskedAs:
        """With what the command line says; None leaves a setting as it is.

        Raises:
            ConfigError: a stop text is empty.
        """
        given = {
            "temperature": temperature,
            "max_new_tokens": max_new_tokens,
            "stop": tuple(stop) if stop else None,
        }
        drawn = {name: value for name, value in given.items() if value is not None}
        model = self.model if suffix is None else replace(self.model, suffix=suffix)
        typed = frozenset(drawn if suffix is None else {*drawn, "suffix"})
        sampling = replace(self.sampling, **drawn)
        return replace(self, model=model, sampling=sampling, typed=self.typed | typed)

    def __str__(self) -> str:
        """What nobody typed and differs from the defaults, and where it is from; "" without a
        source.
        """
        if self.source is None:
            return ""
        plain = {**asdict(ModelConfig()), **asdict(SamplingConfig())}
        here = {**asdict(self.model), **asdict(self.sampling)}
        names = (*_HELD, *asdict(self.sampling))
        said = [name for name in names if name not in self.typed and here[name] != plain[name]]
        told = ", ".join(f"{name}={_shown(here[name])}" for name in said)
        but = [name for name in names if name in self.typed]
        given = f", but for {' and '.join(but)}" if but else ""
        return f"asked as {self.source} says{given}: {told or 'the defaults'}"


def asked_as(model: str, config: Path | None, max_new_tokens: int) -> AskedAs:
    """As a configuration says; without one, as that of the checkpoint's run.

    Args:
        model: a checkpoint folder or a name on the hub.
        config: a configuration of `etude sft`, `grpo` or `quickstart`, or None.
        max_new_tokens: where nothing says.

    Raises:
        ConfigError: the configuration cannot be used.
    """
    source = config or _of_run(Path(model))
    if source is None:
        return AskedAs(ModelConfig(), SamplingConfig(max_new_tokens=max_new_tokens))
    try:
        run = read_config(source)
    except ConfigError as error:
        sentence = str(error) if config else f"{error}; name another with --config"
        raise ConfigError(f"{source}: {sentence}") from error
    return AskedAs(run.model, run.sampling, source)


def _of_run(model: Path) -> Path | None:
    """The configuration of the run whose folder a checkpoint stands in."""
    for folder in model.absolute().parents[:2]:
        if model.is_dir() and all((folder / paper).is_file() for paper in PAPERS):
            return folder / CONFIG
    return None


def _shown(value: object) -> str:
    return repr(list(value)) if isinstance(value, tuple) else str(value)
