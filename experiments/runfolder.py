"""A run folder's own papers: the resolved configuration and the environment.

config.yaml   what `--print-config` shows, with the checkpoint that a run in it stood for
env.json      what it was begun and gone on with (``experiments/environment.py``)
.lock         while a command works there: which process (``rollouts/lock.py``)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.resuming import CONFIG, PAPERS
from rewards.errors import CheckpointError, ConfigError, DataError, EtudeError

if TYPE_CHECKING:
    from experiments.schemas import GrpoRun, QuickstartRun, SftRun
    from rollouts.run import GrpoSpec

OWN = (
    *PAPERS, ".lock", "answers", "checkpoints", "cold_start", "metrics.jsonl", "model",
    "report.html", "results.json", "rollouts", "start", "tensorboard", "trainer", "updates",
)  # fmt: skip
"""What a run writes in its folder; every other name there is free."""
_IDLE = "; it has done nothing yet: unless it is just starting, delete it and begin anew"


@contextmanager
def run_folder(
    config: SftRun | GrpoRun | QuickstartRun, *, resume: bool
) -> Iterator[Callable[[], None]]:
    """``open_run`` around a run, alone in its folder. One that fails before it did anything
    leaves no papers: the corrected command begins in the same folder.

    Yields:
        ``go_on``, to be called once nothing of the run can be refused any more.

    Raises:
        CheckpointError: another process works there.
        ConfigError: what it would log to is not installed.
    """
    from rollouts.event_files import check_logger
    from rollouts.lock import alone

    check_logger(config.logger)
    check_is_folder(config.out)
    with alone(config.out):
        begun = open_run(config.out, config, resume=resume)
        try:
            yield partial(go_on, config.out, config, begun=begun)
        except EtudeError:
            if begun and not _worked(config):
                for paper in PAPERS:
                    (config.out / paper).unlink(missing_ok=True)
            raise


def open_run(folder: Path, config: Any, *, resume: bool) -> bool:
    """Begin a run folder, True, or see that one can be gone on with, False.

    Raises:
        CheckpointError: if a fresh run would overwrite another.
        ConfigError: if the folder is a file; on resume, if what may not change has: names
            the keys (``experiments/resuming.py``).
    """
    from experiments.config import load, to_yaml
    from experiments.environment import write_environment
    from experiments.resuming import check_goes_on
    from rollouts.files import publish

    check_is_folder(folder)
    path = folder / CONFIG
    if path.exists() and not resume:
        raise CheckpointError(
            f"'{folder}' holds a run already: got {CONFIG}, expected no run there; give "
            f"--resume to go on with it, or another folder{'' if _worked(config) else _IDLE}"
        )
    if path.exists():
        check_goes_on(load(type(config), [path], []), config)
        return False
    publish(path, to_yaml(config).encode())
    write_environment(folder, config)
    return True


def go_on(folder: Path, config: Any, *, begun: bool) -> None:
    """Take over what may change; of a run that goes further, put its end away.

    Args:
        begun: just now; else it is noted with what the run is gone on with.
    """
    from experiments.config import load, to_yaml
    from experiments.environment import note_resumption
    from experiments.resuming import STEPS, differences, forget_end
    from rollouts.files import publish

    if not begun:
        note_resumption(folder, config)
    changed = differences(load(type(config), [folder / CONFIG], []), config)
    if STEPS in changed:
        forget_end(folder)
    if changed:
        publish(folder / CONFIG, to_yaml(config).encode())


def check_is_folder(folder: Path) -> None:
    """Refuse a run folder that is a file, or lies in one."""
    for place in (folder, *folder.parents):
        if place.exists() and not place.is_dir():
            raise ConfigError(
                f"out: '{folder}' cannot be a run folder: got a file at '{place}', expected a "
                "folder or nothing; name another"
            )


def check_not_of_run(out: Path) -> None:
    """Refuse to write where a run keeps its own: it would go on, or be judged, by something else.

    Raises:
        DataError: names the run and what is free in it.
    """
    # The last part is not followed: a link there is replaced, and what it leads to stays.
    place = out.parent.resolve() / out.name
    for folder in place.parents:
        name = place.relative_to(folder).parts[0]
        if name in OWN and all((folder / paper).is_file() for paper in PAPERS):
            raise DataError(
                f"{out}: got '{name}' of a run as the output, which the run '{folder}' keeps for "
                "itself, expected another place; take another name in it, or another folder"
            )


def _worked(config: SftRun | GrpoRun | QuickstartRun) -> bool:
    """Whether the run has written more than its papers; a cold start builds its start anew."""
    from experiments.schemas import SftRun
    from rollouts.lock import LOCK

    idle = (*PAPERS, LOCK, *(["start"] if isinstance(config, SftRun) else []))
    return any(
        path.is_file() and path.stat().st_size > 0
        for entry in config.out.iterdir()
        if entry.name not in idle
        for path in (entry, *entry.rglob("*"))
    )


def read_run(folder: Path, *, trust_code: bool = False) -> GrpoSpec:
    """How a GRPO run was made, from its configuration.

    Args:
        trust_code: its rubric may name code and keys (``experiments/rubrics.py``).

    Raises:
        ConfigError: if the folder has no configuration of a GRPO run, or one that names code.
    """
    from experiments import specs
    from experiments.rubrics import check_stranger
    from experiments.schemas import QuickstartRun, SftRun
    from policies.locate import local_folder
    from rewards.questions import read_questions

    path = folder / CONFIG
    if not path.exists():
        raise ConfigError(f"'{folder}' is no run folder: got no {CONFIG}, expected one; check it")
    config = read_config(path)
    if isinstance(config, SftRun):
        raise ConfigError(f"'{folder}' is a cold start: got no GRPO run, expected one; check it")
    if not trust_code:
        check_stranger(config.rubric)
    if isinstance(config, QuickstartRun):
        data = config.data_folder
        if not data.is_dir():
            raise ConfigError(
                f"the data of the run '{folder}' is not at '{data}': a relative path starts where "
                "the run was started; go there and call again"
            )
        train, dev = (read_questions(data / f"{split}.jsonl") for split in ("train", "dev"))
        return specs.grpo_spec(folder, folder / "cold_start", data, train, dev, config)
    root, start = specs.clips_root(config.data), local_folder(config.model.path)
    train = read_questions(config.data.questions)
    return specs.grpo_spec(folder, start, root, train, specs.questions(config.data.dev), config)


def clips_folder(folder: Path) -> Path:
    """Where the clips of a run lie, by its configuration.

    Raises:
        ConfigError: there is no configuration, or it names another place than there is.
    """
    from experiments import specs
    from experiments.schemas import QuickstartRun

    path = folder / CONFIG
    if not path.exists():
        raise ConfigError(f"'{folder}' is no run folder: got no {CONFIG}, expected one; check it")
    config = read_config(path)
    quick = isinstance(config, QuickstartRun)
    root = config.data_folder if quick else specs.clips_root(config.data)
    if not root.is_dir():
        raise ConfigError(
            f"the clips of the run '{folder}' are not at '{root}': a relative path starts where "
            "the run was started; go there and call again, or give --clips"
        )
    return root


def read_config(path: Path) -> SftRun | GrpoRun | QuickstartRun:
    """The configuration of a command, told apart by its sections.

    Raises:
        ConfigError: it is none of them, or something in it is wrong.
    """
    from experiments.config import load
    from experiments.schemas import GrpoRun, QuickstartRun, SftRun
    from experiments.yaml_text import read_yaml

    try:
        sections = read_yaml(path)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from error
    if not isinstance(sections, dict):
        raise ConfigError(f"'{path}' is no configuration: got no sections, expected some; check it")
    if "data_folder" in sections:
        return load(QuickstartRun, [path], [])
    return load(SftRun if "sft" in sections else GrpoRun, [path], [])
