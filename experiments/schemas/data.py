"""What is asked: section ``data``, as files of one's own or made of real scores."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from experiments.config_values import number


@dataclass(frozen=True, slots=True)
class DataConfig:
    """Questions and traces as JSONL; clips are relative to their file.

    Accuracy on ``dev`` and ``test`` is of the questions of kind ``qa`` with a gold answer; the
    others are left out, which is told.

    Attributes:
        questions: what is asked in training.
        dev: what choices are made by; null: no evaluation while training.
        test: what figures are reported on, and nothing is chosen by.
        traces: chains of thought for the cold start.
    """

    questions: Path
    dev: Path | None = None
    test: Path | None = None
    traces: Path | None = None


@dataclass(frozen=True, slots=True)
class ScoresConfig:
    """A data set from real scores, as ``sft.corpus.folder.CorpusSettings`` has it.

    Attributes:
        seed: of the excerpts and their sound; a run's own seed leaves them alone.
        tunes: how many tunes are read beside the chorales.
        train, dev, test: clips of each split.
        chorales: share of clips that come from chorales.
        facets: which questions are asked, or null for all kinds there are.
        per_clip: questions about one clip, of different facets.
        choice_share: share of multiple choice where a facet may also be open.
        processes: workers for reading and rendering; changes no byte.
    """

    seed: int = number(0, least=0)
    tunes: int = number(1100, least=0)
    train: int = number(3000, least=1)
    dev: int = number(150, least=1)
    test: int = number(250, least=1)
    chorales: float = number(0.6, least=0, most=1)
    facets: tuple[str, ...] | None = None
    per_clip: int = number(2, least=1)
    choice_share: float = number(0.4, least=0, most=1)
    processes: int = number(2, least=1)
