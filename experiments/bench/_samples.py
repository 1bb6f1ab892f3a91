"""One realistic question per reward, with answers, for ``experiments.bench.rewards``.

``plain`` is the same judgement with mir_eval or music21 as one would write it in a
notebook: on text that already has the library's own spelling, with no check of it.
Rewards for which neither library has the work have none. Over time, ``load`` makes the
library's arrays out of reference and answer; ``plain`` on arrays that are ready is the
library's bare cost.

Lists are as long as in 30 s of the chorales that the quickstart draws on, at its tempi: in
the median those have 34 notes of melody (23 to 49 in nine of ten), 16 chords that change by
half notes (12 to 22), 37 beats.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from rewards.records import Facts, Question


@dataclass(frozen=True, slots=True)
class Sample:
    """What a reward is timed on.

    Attributes:
        facts: of the question.
        answers: right, wrong, in prose, hedged, empty of sense: a mixed group.
        timed: over time (a list of events) rather than one label.
        asked: other fields of the question.
        think: the thoughts before every answer, where they are judged.
        plain: judges once with a library, what ``load`` gives if there is one; or None.
        load: the arrays of reference and answer, made anew.
    """

    facts: Mapping[str, Any]
    answers: tuple[str, ...]
    timed: bool = False
    asked: Mapping[str, Any] = field(default_factory=dict)
    think: str = "The bass walks down and the last phrase comes to rest."
    plain: Callable[..., object] | None = None
    load: Callable[[], tuple[Any, ...]] | None = None

    @property
    def of_thoughts(self) -> bool:
        """True where a whole chain of thought is judged."""
        return self.think == THOUGHTS

    def question(self) -> Question:
        """The question of the sample."""
        asked: dict[str, Any] = {"id": "bench", "text": "What do you hear?"} | dict(self.asked)
        return Question(facts=Facts(**self.facts), **asked)


BEATS = tuple(round(0.5 * k + 0.01 * (k % 3), 3) for k in range(30))
NOTES = tuple((k * 0.5, k * 0.5 + 0.4, str(60 + k * 5 % 13)) for k in range(30))
MELODY = tuple((0.875 * k, round(220.0 * 2 ** (k * 5 % 13 / 12), 2)) for k in range(34))
CHORDS = tuple((k * 2.0, k * 2.0 + 2.0, ("C:maj", "A:min", "F:maj", "G:7")[k % 4])
               for k in range(15))  # fmt: skip
SECTIONS = tuple((k * 15.0, k * 15.0 + 15.0, ("verse", "chorus", "bridge")[k % 3])
                 for k in range(8))  # fmt: skip
CHOIR = {"soprano": "C5 D5 B4 C5 A4 G4 F4 E4", "alto": "G4 A4 G4 G4 F4 D4 D4 C4",
         "tenor": "E4 F4 D4 E4 C4 B3 A3 G3", "bass": "C4 D4 G3 C3 F3 G3 D3 C3"}  # fmt: skip
LINES = {name: line.split() for name, line in CHOIR.items()}
PARTS = tuple((float(k), pitch, name) for name, line in LINES.items()
              for k, pitch in enumerate(line))  # fmt: skip
THOUGHTS = (
    "Two sharps are heard, F# and C#, so the key is D major. The pulse goes in three, so the "
    "meter is 3/4. From A to D is a perfect fourth. The chord at the end is A7, which wants to "
    "resolve."
)
LYRICS = "the river runs down to the sea and carries every word that you once said to me " * 3


def listed(rows: tuple[tuple[Any, ...], ...], shift: float = 0.0) -> str:
    """Rows as JSON, their times shifted."""
    times = 1 if len(rows[0]) == 2 else 2
    return json.dumps([[round(v + shift, 3) if i < times else v for i, v in enumerate(row)]
                       for row in rows])  # fmt: skip


def tabled(rows: tuple[tuple[Any, ...], ...]) -> str:
    """Rows as lines, a label file."""
    return "\n".join(
        " ".join(f"{v:.3f}" if isinstance(v, float) else v for v in row) for row in rows
    )


def _times(shift: float, unit: str = "") -> str:
    return ", ".join(f"{time + shift:.3f}{unit}" for time in BEATS)


def _plain_key() -> object:
    import mir_eval

    return mir_eval.key.weighted_score("D major", "A major")


def _plain_chord() -> object:
    import mir_eval

    return mir_eval.chord.tetrads(["A:min7"], ["A:min"])


def _load_events() -> tuple[Any, ...]:
    import numpy as np

    return np.array(BEATS), np.array([float(word) for word in _times(0.02).split(",")])


def _plain_events(kind: str) -> Callable[..., object]:
    def judge(truth: Any, said: Any) -> object:
        import mir_eval

        return getattr(mir_eval, kind).f_measure(truth, said)

    return judge


def _load(rows: tuple[tuple[Any, ...], ...], shift: float) -> Callable[[], tuple[Any, ...]]:
    """Intervals and labels of the reference and of the answer; columns where rows are pairs."""

    def load() -> tuple[Any, ...]:
        import numpy as np

        made: list[Any] = []
        for side in (rows, json.loads(listed(rows, shift))):
            if len(rows[0]) == 2:
                made += list(np.array(side, dtype=float).T)
            else:
                made += [np.array([row[:2] for row in side]), [row[2] for row in side]]
        return tuple(made)

    return load


def _load_notes() -> tuple[Any, ...]:
    import mir_eval
    import numpy as np

    truth, pitches, said, others = _load(NOTES, 0.01)()
    pitches, others = (
        mir_eval.util.midi_to_hz(np.array([float(p) for p in side])) for side in (pitches, others)
    )
    return truth, pitches, said, others


def _plain_chords(truth: Any, labels: list[str], said: Any, others: list[str]) -> object:
    import mir_eval

    adjusted: Any = mir_eval.util.adjust_intervals(said, others, truth.min(), truth.max(), "N", "N")
    said, others = adjusted
    times, ours, theirs = mir_eval.util.merge_labeled_intervals(truth, labels, said, others)
    right = mir_eval.chord.sevenths(ours, theirs)
    durations = mir_eval.util.intervals_to_durations(times)
    return mir_eval.chord.weighted_accuracy(right, durations) * mir_eval.chord.seg(truth, said)


def _plain_segments(truth: Any, labels: list[str], said: Any, others: list[str]) -> object:
    import mir_eval

    return mir_eval.segment.detection(truth, said, window=0.5, trim=True)


def _plain_notes(truth: Any, pitches: Any, said: Any, others: Any) -> object:
    import mir_eval

    return mir_eval.transcription.precision_recall_f1_overlap(
        truth,
        pitches,
        said,
        others,
        offset_ratio=None,  # type: ignore[arg-type]
    )


def _plain_melody(*columns: Any) -> object:
    from mir_eval import melody

    voiced = melody.to_cent_voicing(*columns)
    judges = (melody.overall_accuracy, melody.raw_pitch_accuracy, melody.raw_chroma_accuracy)
    return [judge(*voiced) for judge in judges]


def _plain_counterpoint() -> object:
    from music21.voiceLeading import VoiceLeadingQuartet

    found = 0
    for upper, lower in combinations(LINES.values(), 2):
        for k in range(len(upper) - 1):
            four = VoiceLeadingQuartet(upper[k], upper[k + 1], lower[k], lower[k + 1])
            found += four.parallelFifth() + four.parallelOctave() + four.voiceCrossing()
            found += four.hiddenFifth() + four.hiddenOctave()
    return found


def _plain_roman() -> object:
    from music21.roman import RomanNumeral

    return RomanNumeral("V7", "D").pitchClasses == RomanNumeral("V", "D").pitchClasses


def _plain_progression() -> object:
    from music21.harmony import ChordSymbol

    pairs = (("C", "C"), ("Am", "Am"), ("F", "Dm"), ("G7", "G7"))
    return [ChordSymbol(a).root() == ChordSymbol(b).root() for a, b in pairs]


def _plain_interval() -> object:
    from music21.interval import Interval

    return Interval("d5").semitones == Interval("a4").semitones


def _plain_note() -> object:
    from music21.pitch import Pitch

    return Pitch("F#").pitchClass == Pitch("G-").pitchClass


def _plain_meter() -> object:
    from music21.meter import TimeSignature

    return TimeSignature("6/8").beatCount == TimeSignature("3/4").beatCount


def _plain_signature() -> object:
    from music21.key import Key

    return Key("A-").sharps == Key("c").sharps


def _plain_mode() -> object:
    from music21.key import Key

    return Key("A", "dorian").pitches == Key("A", "minor").pitches


def _plain_function() -> object:
    from music21.key import Key

    return Key("E-").pitchFromDegree(5) == Key("B-").tonic


SAMPLES: dict[str, Sample] = {
    "accuracy": Sample({}, ("D major", "(B)", "The answer is D major.", "G", "neither", "A or B"),
        asked={"choices": ("G major", "D major", "A minor", "E minor"), "answer": "D major"}),
    "format": Sample({}, ("D major", "A, of course", "", "V7")),
    "tags": Sample({}, ("D major", "A, of course", "", "V7")),
    "length": Sample({}, ("D major", "A, of course, as the bass says", "", "V7")),
    "repetition": Sample({}, ("D major", "la la la la la la la la", "", "V7")),
    "diversity": Sample({}, ("D major", "la la la la la la la la", "", "V7")),
    "structured": Sample({"metadata": {"genre": "jazz", "tempo": "120 BPM", "key": "D major"}},
        ("A jazz tune in D major at 120 BPM.", "A slow piano piece.", "No drums, jazz guitar."),
        asked={"kind": "caption"}),
    "theory": Sample({"key": "D major", "meter": "3/4", "chord": "A:7"}, ("D major", "B minor",
        "a D major waltz", "nothing"), think=THOUGHTS),
    "consistency": Sample({"key": "D major"}, ("D major", "B minor", "A major", "G major"),
        asked={"facet": "key"}, think=THOUGHTS),
    "answer": Sample({"key": "D major"}, ("D major", "The piece is in B minor.", "unclear"),
        asked={"facet": "key", "answer": "D major"}),
    "key": Sample({"key": "D major"}, ("D major", "The piece is in B minor.", "D-Dur", "A major",
        "not D major but G major", "D major or B minor", "unclear"), plain=_plain_key),
    "mode": Sample({"mode": "A dorian"}, ("A dorian", "A minor", "It is in A Dorian mode.",
        "D major", "A mixolydian or dorian"), plain=_plain_mode),
    "key_signature": Sample({"key_signature": -3}, ("3 flats", "three flats", "E flat major",
        "B flat, E flat and A flat", "two sharps"), plain=_plain_signature),
    "tempo": Sample({"tempo": 96.0}, ("96 BPM", "around 97", "The tempo is 192 BPM.", "60 or 120",
        "fast")),
    "tempo_term": Sample({"tempo_term": "Allegro"}, ("Allegro", "It is an Andante.", "fast",
        "140 BPM", "Largo or Presto")),
    "meter": Sample({"meter": "6/8"}, ("6/8", "six-eight time", "It is in 3/4.", "4/4 or 6/8",
        "common time"), plain=_plain_meter),
    "chord": Sample({"chord": "A:min7"}, ("Am7", "A minor seventh", "It is an A minor chord.", "C6",
        "Am7 or C6", "noise"), plain=_plain_chord),
    "note": Sample({"note": "F#"}, ("F#", "G flat", "The last note is F sharp.", "F", "F or G"),
        plain=_plain_note),
    "interval": Sample({"interval": "d5"}, ("d5", "tritone", "It is a diminished fifth.",
        "augmented fourth", "a fifth or a sixth"), plain=_plain_interval),
    "roman": Sample({"roman": "V7", "key": "D major"}, ("V7", "V65", "The chord is a V7.",
        "dominant seventh", "IV or V"), plain=_plain_roman),
    "function": Sample({}, ("Bb", "B flat major", "The dominant of E flat major is B flat.", "Ab"),
        asked={"text": "What is the dominant of E flat major?", "answer": "Bb"},
        plain=_plain_function),
    "cadence": Sample({"cadence": "PAC"}, ("PAC", "a perfect authentic cadence", "half cadence",
        "It ends with an imperfect authentic cadence.", "plagal or deceptive")),
    "progression": Sample({"progression": ("C:maj", "A:min", "F:maj", "G:7")}, (
        "C Am F G7", "I vi IV V7 in C major", "The chords are C, A minor, F and G7.",
        "C - Am - Dm - G", "F"),
        plain=_plain_progression),
    "form": Sample({"form": "AABA"}, ("AABA", "ABA", "The form is AABA.", "rondo",
        "verse-chorus")),
    "modulation": Sample({"modulations": ((10.0, "G major"), (20.0, "E minor")), "key": "D major"},
        ("10.00 s G major, 20.00 s E minor", "It modulates to G major at 0:10.", "no modulation",
         "at 9.50 s to A major")),
    "instruments": Sample({"instruments": ("piano", "double bass", "drums")}, ("piano, bass, drums",
        "A piano trio with upright bass and drum kit.", "violin and cello", "piano, no drums")),
    "genre": Sample({"genre": ("jazz", "bebop")}, ("bebop", "jazz and blues",
        "It is a hard bop tune.", "rock")),
    "mood": Sample({"mood": ("melancholic", "calm")}, ("sad and calm", "melancholic",
        "a joyful mood", "energetic, tense")),
    "lyrics": Sample({"lyrics": LYRICS}, (LYRICS, LYRICS[30:], LYRICS.replace("river", "rivers"),
        "la la la")),
    **{name: Sample({name: BEATS}, (*map(_times, (0.0, 0.02)), _times(0.1, " s"),
        f"[{_times(0.04)}]"),
        timed=True, load=_load_events, plain=_plain_events("onset" if name == "onsets" else "beat"))
       for name in ("beats", "downbeats", "onsets")},
    "notes": Sample({"notes": NOTES}, (*(listed(NOTES, s) for s in (0.0, 0.01, 0.2)),
        tabled(NOTES)),
        timed=True, load=_load_notes, plain=_plain_notes),
    "melody": Sample({"melody": MELODY}, (*(listed(MELODY, s) for s in (0.0, 0.005, 0.1)),
        tabled(MELODY)),
        timed=True, load=_load(MELODY, 0.005), plain=_plain_melody),
    "chords": Sample({"chords": CHORDS}, (*(listed(CHORDS, s) for s in (0.0, 0.1, 1.0)),
        tabled(CHORDS)),
        timed=True, load=_load(CHORDS, 0.1), plain=_plain_chords),
    "segments": Sample({"segments": SECTIONS}, (*(listed(SECTIONS, s) for s in (0.0, 0.2, 3.0)),
        tabled(SECTIONS)),
        timed=True, load=_load(SECTIONS, 0.2), plain=_plain_segments),
    "counterpoint": Sample({"counterpoint": PARTS}, ("parallel fifths between alto and bass",
        "parallel octaves and voice crossing", "no errors",
        "No crossing, but the spacing is wide."),
        plain=_plain_counterpoint),
}  # fmt: skip
"""Reward -> what it is timed on. A registered reward that is missing here is an error."""
