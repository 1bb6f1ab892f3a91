"""What is asked, what is true, what was answered and how it was judged.

Conventions
-----------
Times are seconds, tempi beats per minute, values of a verdict lie in [0, 1].
Records are frozen: each stage makes a new one out of the one before.
The JSON form of each, with its checks, lives in ``rewards/questions.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

Status = Literal["scored", "not_applicable", "error", "timeout"]
NOT_RUN = "not run"
"""How the reason of a failed part begins whose reward was not asked."""


@dataclass(frozen=True, slots=True)
class Clip:
    """A stretch of a recording.

    Attributes:
        path: the audio file, absolute or relative to its questions file.
        sha256: of the decoded mono float32 samples at 16 kHz, or None before
            the clip was first decoded.
        start: offset into the file [s], at least 0.
        duration: length [s], or None for the rest of the file.
    """

    path: str
    sha256: str | None = None
    start: float = 0.0
    duration: float | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """The ground truth that a row can verify; every field may be absent.

    ``Question.facet`` names the field that is asked; the others serve as the
    truth that a chain of thought is checked against.

    Attributes:
        key: "D major".
        mode: "A dorian".
        key_signature: sharps (positive) or flats (negative), -7 to 7.
        tempo: beats per minute.
        tempo_term: "Allegro".
        meter: "6/8".
        chord: Harte syntax, "A:min7".
        chord_metric: the level of comparison, one of mir_eval's (`root`,
            `thirds`, `majmin`, `triads`, `sevenths`, `tetrads`, `mirex`, each
            also `_inv`); None takes the level of the reference.
        progression: Harte chords in order.
        chords: (start [s], end [s], Harte).
        roman: "V7", read in ``key``.
        cadence: "PAC", "IAC", "HC", "PC", "DC" or "Phrygian".
        interval: "d5".
        note: one pitch class, "F#" (the last note of a tune, a bass note).
        modulations: (time [s], key).
        form: "AABA", or a name such as "rondo".
        segments: (start [s], end [s], label).
        beats, downbeats, onsets: times [s], ascending.
        notes: (start [s], end [s], pitch), a pitch as scientific name "F#4" or
            as MIDI number in text, "66".
        melody: (time [s], frequency [Hz]) in ascending time; 0 Hz is silence.
        counterpoint: the given parts, as ABC text or as (onset [quarters],
            pitch, part), pitches as in ``notes``.
        instruments, genre, mood: names.
        lyrics: the words.
        metadata: category -> value, the truth of Music Flamingo's structured
            thinking reward.
        spelling: True where an item is judged by spelling, False where by
            sound; None where the row does not say.
    """

    key: str | None = None
    mode: str | None = None
    key_signature: int | None = None
    tempo: float | None = None
    tempo_term: str | None = None
    meter: str | None = None
    chord: str | None = None
    chord_metric: str | None = None
    progression: tuple[str, ...] | None = None
    chords: tuple[tuple[float, float, str], ...] | None = None
    roman: str | None = None
    cadence: str | None = None
    interval: str | None = None
    note: str | None = None
    modulations: tuple[tuple[float, str], ...] | None = None
    form: str | None = None
    segments: tuple[tuple[float, float, str], ...] | None = None
    beats: tuple[float, ...] | None = None
    downbeats: tuple[float, ...] | None = None
    onsets: tuple[float, ...] | None = None
    notes: tuple[tuple[float, float, str], ...] | None = None
    melody: tuple[tuple[float, float], ...] | None = None
    counterpoint: str | tuple[tuple[float, str, str], ...] | None = None
    instruments: tuple[str, ...] | None = None
    genre: tuple[str, ...] | None = None
    mood: tuple[str, ...] | None = None
    lyrics: str | None = None
    metadata: Mapping[str, str] | None = None
    spelling: bool | None = None

    def __post_init__(self) -> None:
        for name in _ROWS:
            value = getattr(self, name)
            if isinstance(value, list):
                object.__setattr__(self, name, _hashable(value))


def _hashable(rows: list[Any]) -> tuple[Any, ...]:
    """A list as Python code may give a fact, in the form that rewards remember verdicts by."""
    return tuple(_hashable(row) if isinstance(row, list) else row for row in rows)


_ROWS = tuple(one.name for one in fields(Facts) if "tuple" in str(one.type))


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that is asked of the policy, with what is needed to judge it.

    Attributes:
        id: unique within a questions file.
        text: the question as a person would put it, options included.
        clip: the recording, or None for a question about theory alone.
        kind: "qa", "caption", ...: what a rubric routes by.
        facet: the field of ``Facts`` that is asked, or None: then every typed
            reward whose fact is present applies.
        choices: the options of a multiple-choice question, without labels.
        answer: the gold answer as text, or None.
        topic: what tables count the question under, such as "final_bass", where
            several are asked for one fact; None means the facet, else the kind.
        facts: what is known to be true of the clip.
        source: the piece or data set the row comes from.
    """

    id: str
    text: str
    clip: Clip | None = None
    kind: str = "qa"
    facet: str | None = None
    choices: tuple[str, ...] = ()
    answer: str | None = None
    facts: Facts = field(default_factory=Facts)
    source: str | None = None
    topic: str | None = None

    @property
    def counted_as(self) -> str:
        """The topic, else the facet, else the kind."""
        return self.topic or self.facet or self.kind


@dataclass(frozen=True, slots=True)
class Response:
    """A completion, parsed. Made by ``rewards.response.parse``, which never raises on a text.

    Attributes:
        text: the raw completion, exactly as sampled.
        think: inside of the think block, or None.
        answer: inside of the one answer block, or None.
    """

    text: str
    think: str | None
    answer: str | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a reward function returns: a value in [0, 1] and one sentence of why."""

    value: float
    why: str = ""
    details: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Abstention:
    """What a reward function returns where it gives no value, and can say why.

    None says less: that the reward does not apply to the question, or not to the completion.
    """

    why: str


@dataclass(frozen=True, slots=True)
class Part:
    """One reward's share of a score.

    ``value`` is None unless ``status`` is "scored". ``weight`` is at least 0.
    """

    value: float | None
    weight: float
    status: Status
    why: str = ""
    details: Mapping[str, Any] | None = None
    seconds: float = 0.0

    @property
    def failed(self) -> bool:
        """True where the reward raised, broke its contract or took too long."""
        return self.status in ("error", "timeout")

    @property
    def unrun(self) -> bool:
        """True of a failed part where the reward was not even asked: too much was lost before."""
        return self.failed and self.why.startswith(NOT_RUN)


@dataclass(frozen=True, slots=True)
class Score:
    """The parts by name. Totals are derived, never stored.

    Attributes:
        renormalise: whether the weights of the parts without a value are shared by the
            others; if not they count, and the part as 0.
    """

    parts: Mapping[str, Part]
    renormalise: bool = True

    @property
    def mass(self) -> float:
        """The sum of the weights that the total is divided by; 0 if nothing counts."""
        counted = self.parts.values() if not self.renormalise else self._scored()
        return sum(part.weight for part in counted)

    @property
    def total(self) -> float | None:
        """Weighted mean of the scored parts, in [0, 1]; None if none is scored or one failed.

        What a failed part would have been worth is not known, so nothing is made of the rest.
        """
        scored = self._scored()
        if not scored or not self.valid:
            return None
        return sum(p.weight * p.value for p in scored) / self.mass  # type: ignore[operator]

    @property
    def valid(self) -> bool:
        """False where a reward failed (error or timeout): such a score trains nothing."""
        return all(not part.failed for part in self.parts.values())

    def _scored(self) -> list[Part]:
        return [p for p in self.parts.values() if p.value is not None and p.weight > 0]
