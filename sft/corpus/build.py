"""A whole data set: scores to clips, questions and traces in a folder.

| file | holds |
|---|---|
| `clips/*.wav` | mono 16-bit PCM, 16 kHz, 3 s |
| `train.jsonl`, `dev.jsonl`, `test.jsonl` | questions, one JSON object a line |
| `traces.jsonl` | the chain of thought and answer of each train question |
| `priors.json` | shares of the facts of the train questions, for the reward `theory` |
| `manifest.json` | settings, versions, counts and hashes; written last |

The same settings give the same bytes. The folder appears whole or not at all: it is
written beside its place and renamed once all of it is on the disk.
"""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from policies.audio import sha256_of
from policies.seeds import generator
from policies.wav import wav_bytes
from rewards.claims.priors import marginals
from rewards.claims.priors import write as write_priors
from rewards.errors import EtudeError, StorageError
from rewards.questions import write_questions
from rewards.records import Clip, Question
from rewards.whole_file import sync
from sft.corpus.ask import FACETS, Facet, ask
from sft.corpus.excerpts import SECONDS, Excerpt, deal, sound
from sft.corpus.folder import (
    CLIPS,
    FILES,
    MANIFEST,
    CorpusSettings,
    DataSummary,
    check_replaceable,
    check_settings,
    existing,
    hash_of,
    identity,
    summary,
    work_folder,
)
from sft.corpus.phrases import Phrase, phrases
from sft.corpus.scores import load_pieces
from sft.corpus.split import SPLITS, split_phrases
from sft.corpus.workers import workers
from sft.progress import Progress
from sft.records import Trace, write_traces


def build(
    out: Path, settings: CorpusSettings | None = None, progress: Progress | None = None
) -> DataSummary:
    """Builds the data set in the folder ``out``, or finds it there.

    One that is damaged, or of another version, is built anew. Where another process built the
    same meanwhile, that one stays: runs may read its clips already. What a build that was killed
    has left beside it is removed once nothing was written there for an hour.

    Raises:
        ConfigError: for settings out of range, or a folder that holds something else, beside the
            data set too, or a data set of other settings, which runs may refer to (see
            ``folder.folder_for``).
        DataError: if the scores are missing, or a worker was killed.
        StorageError: the disk refused; what stood in ``out`` before is as it was.
    """
    settings = settings or CorpusSettings()
    check_settings(settings)
    ready = existing(out, settings)
    if ready is not None:
        return ready
    check_replaceable(out)
    pieces = load_pieces(settings.tunes, settings.processes, progress)
    by_split = split_phrases(pieces, phrases(pieces))
    excerpts = {
        split: tuple(
            deal(
                [phrase for phrase in by_split[split] if _fitting(phrase, settings)],
                getattr(settings, split), split, settings.seed, settings.chorales,
            )
        )
        for split in SPLITS
    }  # fmt: skip
    work = work_folder(out)
    try:
        (work / CLIPS).mkdir(parents=True)
        manifest = _write(work, settings, excerpts, progress)
        if (built := existing(out, settings)) is not None:
            return built
        if out.exists():
            shutil.rmtree(out)
        os.replace(work, out)
        sync(out.parent)
    except EtudeError:
        raise
    except OSError as failure:
        raise StorageError(
            f"{out}: the data set cannot be written ({failure.strerror or failure}); expected a "
            "place with room for it; make room or name another folder, then give the command again"
        ) from failure
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return summary(out, manifest, reused=False)


# --- writing ---------------------------------------------------------------------------------


def _write(
    folder: Path,
    settings: CorpusSettings,
    excerpts: dict[str, tuple[Excerpt, ...]],
    progress: Progress | None,
) -> dict[str, Any]:
    every = [excerpt for split in SPLITS for excerpt in excerpts[split]]
    hashes = _render_all(every, folder / CLIPS, settings.processes, progress)
    asked = {
        split: [pair for e in excerpts[split] for pair in _ask_all(e, hashes[e.id], settings)]
        for split in SPLITS
    }
    for split in SPLITS:
        write_questions(folder / f"{split}.jsonl", [question for question, _ in asked[split]])
    write_traces(folder / "traces.jsonl", [trace for _, trace in asked["train"]])
    write_priors(marginals(question for question, _ in asked["train"]), folder / "priors.json")
    manifest = {
        "identity": identity(settings),
        "clips": {split: len(excerpts[split]) for split in SPLITS},
        "phrases": {split: len({e.phrase.id for e in excerpts[split]}) for split in SPLITS},
        "questions": {split: _count_facets(asked[split]) for split in SPLITS},
        "majority": {split: _majorities(asked[split]) for split in SPLITS},
        "minor_endings": {split: _minor_share(excerpts[split]) for split in SPLITS},
        "audio": sha256("".join(hashes[e.id] for e in every).encode()).hexdigest(),
        "files": {name: hash_of(folder / name) for name in FILES},
    }
    text = json.dumps(manifest, indent=1, ensure_ascii=False) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8")
    for name in (*FILES, MANIFEST, "clips", "."):
        sync(folder / name)
    return manifest


def _render_all(
    excerpts: Sequence[Excerpt], folder: Path, processes: int, progress: Progress | None
) -> dict[str, str]:
    """Writes the clips, onto the disk; excerpt id -> hash of its decoded samples."""
    # By instrument, so that a worker finds most of its tones made already.
    order = sorted(excerpts, key=lambda excerpt: (excerpt.timbre, excerpt.id))
    batches = [order[i : i + 200] for i in range(0, len(order), 200)]
    hashes: dict[str, str] = {}
    with workers(processes) as pool:
        for part in pool.map(_render_batch, batches, [folder] * len(batches)):
            hashes.update(part)
            if progress is not None:
                progress("rendering clips", len(hashes), len(order))
    return hashes


def _render_batch(excerpts: Sequence[Excerpt], folder: Path) -> dict[str, str]:
    hashes: dict[str, str] = {}
    for excerpt in excerpts:
        # In whole steps of the file, as they are read again.
        samples_S = np.round(sound(excerpt) * 32767).astype(np.int16) / 32768
        (folder / f"{excerpt.id}.wav").write_bytes(wav_bytes(samples_S))
        hashes[excerpt.id] = sha256_of(samples_S)
    for name in hashes:  # once all are written: the disk takes many at a time
        sync(folder / f"{name}.wav")
    return hashes


def _ask_all(
    excerpt: Excerpt, digest: str, settings: CorpusSettings
) -> list[tuple[Question, Trace]]:
    clip = Clip(path=f"clips/{excerpt.id}.wav", sha256=digest, duration=SECONDS)
    return [
        ask(excerpt, facet, clip, settings.seed, settings.choice_share)
        for facet in _pick_facets(excerpt, settings)
    ]


def _pick_facets(excerpt: Excerpt, settings: CorpusSettings) -> list[Facet]:
    rng = generator(settings.seed, "facets", excerpt.id)
    fitting = _fitting(excerpt.phrase, settings)
    weights = np.array([facet.weight for facet in fitting])
    count = min(settings.per_clip, len(fitting))
    picked = rng.choice(len(fitting), size=count, replace=False, p=weights / weights.sum())
    return [fitting[i] for i in sorted(picked)]


def _fitting(phrase: Phrase, settings: CorpusSettings) -> list[Facet]:
    return [FACETS[name] for name in settings.facets if FACETS[name].applies(phrase)]


# --- counting --------------------------------------------------------------------------------


def _count_facets(asked: Sequence[tuple[Question, Trace]]) -> dict[str, int]:
    counts = Counter(question.counted_as for question, _ in asked)
    return {facet: counts[facet] for facet in FACETS if counts[facet]}


def _majorities(asked: Sequence[tuple[Question, Trace]]) -> dict[str, float]:
    answers: dict[str, Counter[str | None]] = {}
    for question, _ in asked:
        answers.setdefault(question.counted_as, Counter())[question.answer] += 1
    return {
        facet: round(max(answers[facet].values()) / answers[facet].total(), 4)
        for facet in FACETS
        if facet in answers
    }


def _minor_share(excerpts: Sequence[Excerpt]) -> float:
    qualities = [e.phrase.quality for e in excerpts if e.phrase.quality is not None]
    return round(qualities.count("min") / len(qualities), 4) if qualities else 0.0
