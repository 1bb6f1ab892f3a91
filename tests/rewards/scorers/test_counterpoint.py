"""The counterpoint reward: parts that are added to a given one; any text, any fact."""

from __future__ import annotations

import json
import random
import time
from importlib import import_module

import pytest

from rewards import Facts, Question, get, parse
from rewards.spelling.scores import QUARTER

CANTUS = "D4 F4 E4 D4 G4 F4 A4 G4 F4 E4 D4"
GOOD = "A4 A4 G4 A4 B4 C5 C5 B4 D5 C#5 D5"


def rows(step: float = 1.0, **parts: str) -> tuple[tuple[float, str, str], ...]:
    """The fact of parts by name, one note every ``step`` quarters."""
    return tuple(
        (place * step, pitch, name)
        for name, names in parts.items()
        for place, pitch in enumerate(names.split())
    )


GIVEN = {"counterpoint": rows(4.0, cantus=CANTUS)}
ABC_GIVEN = {"counterpoint": "X:1\nM:4/4\nL:1/1\nK:Ddor\nD|F|E|D|G|F|A|G|F|E|D|]"}


def as_list(names: str, step: float = 4.0, part: str = "upper") -> list[list[object]]:
    return [[place * step, pitch, part] for place, pitch in enumerate(names.split())]


FORMS = {
    "JSON": json.dumps(as_list(GOOD)),
    "fenced": f"```json\n{json.dumps(as_list(GOOD))}\n```",
    "tuples": str([tuple(row) for row in as_list(GOOD)]),
    "objects": json.dumps([dict(zip(("onset", "pitch", "part"), row, strict=True))
                           for row in as_list(GOOD)]),
    "lines": "\n".join(" ".join(map(str, row)) for row in as_list(GOOD)),
    "numbers": "[0,69],[4,69],[8,67],[12,69],[16,71],[20,72],[24,72],[28,71],[32,74],[36,73],"
    "[40,74]",
    "names": GOOD,
    "label": f"Upper voice: {GOOD}",
    "flats": GOOD.replace("C#5", "D♭5"),
    "bare ABC": "A|A|G|A|B|c|c|B|d|^c|d|]",
    "ABC": "X:1\nT:Answer\nM:4/4\nL:1/4\nK:C\nA4|A4|G4|A4|B4|c4|c4|B4|d4|^c4|d4|]",
    "fenced ABC": "```abc\nL:1/4\nK:C\nA4|A4|G4|A4|B4|c4|c4|B4|d4|^c4|d4|]\n```",
    "both voices": "L:1/1\nK:C\nV:1\nA|A|G|A|B|c|c|B|d|^c|d|]\nV:2\nD|F|E|D|G|F|A|G|F|E|D|]",
    "with prose": f"Here is my line:\n{json.dumps(as_list(GOOD))}\nIt ends on the octave.",
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_a_good_line_earns_one_in_every_form(value, form):
    assert value("counterpoint", FORMS[form], facts=ABC_GIVEN) == 1.0
    if form != "bare ABC":
        assert value("counterpoint", FORMS[form], facts=GIVEN) == 1.0


def changed(**places: str) -> str:
    names = [str(name) for name in GOOD.split()]
    for place, pitch in places.items():
        names[int(place[1:])] = pitch
    return " ".join(names)


@pytest.mark.parametrize(
    ("answer", "low", "high"),
    [
        (changed(p3="F4"), 1.0, 1.0),  # a third for a fifth
        (changed(p3="E4"), 0.5, 0.85),  # a ninth against D is a dissonance
        (changed(p1="C5"), 0.6, 0.8),  # two fifths in a row
        (changed(p4="D5", p5="C5"), 0.3, 0.5),  # three
        (changed(p4="D5", p5="C5", p6="E5"), 0.0, 0.2),  # four
        (changed(p5="F5", p6="A5", p7="G5"), 0.0, 0.5),  # three octaves
        (changed(p4="E4"), 0.6, 0.9),  # crosses below
        (" ".join(GOOD.split()[:9]), 0.0, 0.0),  # names: one to each note, or none
        (changed(p8="D6"), 0.6, 0.95),  # out of range and by direct motion
    ],
)
def test_faults_cost_by_weight(value, answer, low, high):
    assert low <= value("counterpoint", answer, facts=GIVEN) <= high


@pytest.mark.parametrize(
    "answer",
    {
        "nothing": "",
        "the given part": CANTUS,
        "the given part as a list": json.dumps(as_list(CANTUS)),
        "the octave above": CANTUS.replace("4", "5"),
        "the octave below": CANTUS.replace("4", "3"),
        "fifths": "A4 C5 B4 A4 D5 C5 E5 D5 C5 B4 A4",
        "a held note": "[[0, 'A4', 'x'], [40, 'A4', 'x']]",
        "a repeated note": " ".join(["A4"] * 11),
        "two notes in turn": "A4 F4 A4 F4 D5 F4 A4 G4 A4 G4 A4".replace("D5", "F4"),
        "silence": "L:1/1\nz|z|z|z|z|z|z|z|z|z|z|",
        "too short": json.dumps(as_list(GOOD)[:4]),
        "one note": "A4",
        "prose": "I would write a line in contrary motion above the cantus firmus.",
        "dissonance throughout": "E4 G4 F4 E4 A4 G4 B4 A4 G4 F4 E4",
        "far beyond the end": json.dumps(as_list(GOOD, step=400.0)),
        "numbers": "1 2 3 4 5 6 7 8 9 10 11",
        "a claim": "No errors.",
        "not numbers": "[[nan, 'A4', 'x'], [inf, 'B4', 'x']]",
        "an endless onset": "[[1e309, 'A4', 'x'], [2e309, 'B4', 'x']]",
    }.values(),
)
def test_what_is_no_counterpoint_earns_nothing(value, answer):
    assert value("counterpoint", answer, facts=GIVEN) == 0.0
    assert value("counterpoint", answer, facts=ABC_GIVEN) == 0.0


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("A4 A4 A4 A4 A4 A4 C5 B4 D5 C5 C5", None),  # four moves
        ("A4 A4 A4 A4 A4 A4 C5 C5 D5 D5 C5", "move 3 times, the given part 10"),
        ("A4 F4 A4 F4 D5 F4 A4 D5 A4 F4 A4", None),
        ("A4 F4 A4 F4 A4 F4 A4 F4 A4 F4 A4", "2 different pitches"),
    ],
)
def test_a_part_has_a_third_of_the_moves_and_three_pitches(judge, answer, why):
    part = judge("counterpoint", answer, facts=GIVEN)
    assert why in part.why if why else part.why.startswith("1 added")


def test_thirds_throughout_earn_no_more_than_three_tenths(value):
    thirds = "F4 A4 G4 F4 B4 A4 C5 B4 A4 G4 F4"
    assert value("counterpoint", thirds, facts=GIVEN) == 0.3


def test_a_part_in_parallel_beside_a_free_one_is_no_mere_copy(judge):
    thirds = as_list("F4 A4 G4 F4 B4 A4 C5 B4 A4 G4 F4", part="middle")
    both = judge("counterpoint", json.dumps(as_list(GOOD) + thirds), facts=GIVEN)
    assert both.why.startswith("2 added")
    assert "only follow" not in both.why
    alone = judge("counterpoint", json.dumps(thirds), facts=GIVEN)
    assert "only follow the given part in parallel" in alone.why


def test_repeating_notes_does_not_thin_out_the_faults(value):
    names = changed(p4="D5", p5="C5").split()
    whole = value("counterpoint", json.dumps(as_list(" ".join(names))), facts=GIVEN)
    halves = [[4.0 * i + 2.0 * k, name, "x"] for i, name in enumerate(names) for k in (0, 1)]
    assert value("counterpoint", json.dumps(halves), facts=GIVEN) <= whole


def test_random_lines_earn_little(value):
    rng = random.Random(5)
    scale = ["D4", "E4", "F4", "G4", "A4", "B4", "C5", "D5", "E5"]
    values = [
        value("counterpoint", " ".join(rng.choices(scale, k=11)), facts=GIVEN) for _ in range(60)
    ]
    assert sum(values) / len(values) < 0.15


def test_random_four_part_writing_earns_little(value):
    rng = random.Random(6)
    facts = {"counterpoint": rows(soprano="C5 D5 E5 F5 E5 D5 C5 B4")}
    total = 0.0
    for _ in range(30):
        parts = {"alto": range(57, 70), "tenor": range(50, 65), "bass": range(42, 58)}
        listed = [[i, str(rng.choice(notes)), name] for name, notes in parts.items()
                  for i in range(8)]  # fmt: skip
        total += value("counterpoint", json.dumps(listed), facts=facts)
    assert total / 30 < 0.15


def test_coverage_scales_the_value(value):
    most = json.dumps(as_list(GOOD)[:9])
    assert 0.7 < value("counterpoint", most, facts=GIVEN) < 0.95


def test_species_with_passing_notes_and_suspensions_is_counterpoint(value):
    facts = {"counterpoint": rows(4.0, cantus="C4 D4 E4 D4 C4")}
    second = [[0, "G4"], [2, "A4"], [4, "B4"], [6, "A4"], [8, "G4"], [10, "C5"], [12, "B4"],
              [16, "C5"]]  # fmt: skip
    assert value("counterpoint", json.dumps(second), facts=facts) == 1.0
    facts = {"counterpoint": rows(4.0, cantus="D4 F4 E4 D4 C4")}
    fourth = [[0, "A4"], [2, "D5"], [10, "C5"], [14, "B4"], [16, "C5"]]
    assert value("counterpoint", json.dumps(fourth), facts=facts) == 1.0


def test_the_leading_tone_counts_where_the_key_is_known(value):
    facts = {"counterpoint": rows(bass="C3 F3 G3 C3")}
    fallen = "\n".join(f"{i} {p} upper" for i, p in enumerate(["E4", "C4", "B3", "E4"]))
    assert value("counterpoint", fallen, facts=facts | {"key": "C major"}) < value(
        "counterpoint", fallen, facts=facts
    )


def test_a_line_out_of_the_range_of_its_name_costs(value):
    facts = {"counterpoint": rows(soprano="C5 D5 E5 F5 E5")}
    low = json.dumps(as_list("A3 F3 C3 D3 C3", 1.0, "alto"))
    assert value("counterpoint", low, facts=facts) < value(
        "counterpoint", low.replace("alto", "second"), facts=facts
    )


def test_a_chorale_of_bach_earns_much_and_its_parts_shifted_in_time_little(value):
    corpus = import_module("music21.corpus")
    parts = list(corpus.parse("bach/bwv66.6").parts)
    soprano, lower = parts[0], parts[1:]
    melody = [n for n in soprano.flatten().notes if n.offset < 24]
    facts = {
        "counterpoint": tuple((float(n.offset), n.pitch.nameWithOctave.replace("-", "b"),
                               "soprano") for n in melody),
    }  # fmt: skip
    names = ("alto", "tenor", "bass")

    def answer(shift: int) -> str:
        return "\n".join(
            f"{round(float(n.offset), 3)} {n.pitch.midi + shift * (place + 1)} {name}"
            for place, (name, part) in enumerate(zip(names, lower, strict=True))
            for n in part.flatten().notes
            if n.offset < 24
        )

    true = value("counterpoint", answer(0), facts=facts)
    assert true > 0.7
    assert value("counterpoint", answer(2), facts=facts) < true - 0.3


@pytest.mark.parametrize(
    "fact",
    ["no music at all", "z4", "C", ((0.0, "H4", "x"), (1.0, "C4", "x")), ((0.0, "C4", "x"),),
     tuple((0.0, str(40 + i), "x") for i in range(12))],
)  # fmt: skip
def test_a_fact_without_notes_is_an_error_and_never_zero(judge, fact):
    part = judge("counterpoint", "none", facts={"counterpoint": fact})
    assert (part.status, part.value) == ("error", None)
    assert "facts.counterpoint" in part.why


def test_absent_fact_or_another_facet_does_not_apply(judge):
    assert judge("counterpoint", "none").status == "not_applicable"
    other = judge("counterpoint", "none", facts=GIVEN | {"key": "D minor"}, facet="key")
    assert other.status == "not_applicable"


def test_without_an_answer_block_nothing_is_earned(value):
    assert value("counterpoint", raw=GOOD, facts=GIVEN) == 0.0


HOSTILE = ["C", "[", "[C", "(3", "[0,60],", "0 C4 x\n", "parallel fifths ", "no ", "soprano and ",
           "leading tone ", "V:1\n", "bar 1 ", "\u200b", "ﷺ", "C4 ", "none ", "1e9 ", "{", '"',
           "parallel fifths and ", "no voice-leading ", "A-", "the range of "]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
@pytest.mark.parametrize("fact", [GIVEN["counterpoint"], rows(upper="G4 A4", lower="C4 D4")])
def test_no_text_raises_or_takes_long(piece, fact):
    question = Question(id="toy", text="?", facts=Facts(counterpoint=fact))
    function = get("counterpoint")
    for size in (900, 3_900, 128_000):
        response = parse(f"<think>a b c</think><answer>{piece * (size // len(piece))}</answer>")
        start = time.process_time()
        verdict = function(question, response)
        assert time.process_time() - start < 2.0
        assert 0.0 <= verdict.value <= 1.0  # type: ignore[attr-defined]


def test_ticks_are_fine_enough_for_triplets(value):
    facts = {"counterpoint": rows(1 / 3, cantus="C4 D4 E4 F4 E4 D4 C4")}
    rounded = [
        [round(i / 3, 2), p, "x"] for i, p in enumerate(["G4", "B4", "C5", "A4", "C5", "B4", "C5"])
    ]
    exact = [[i / 3, p, "x"] for i, (_, p, _) in enumerate(rounded)]
    values = [value("counterpoint", json.dumps(form), facts=facts) for form in (rounded, exact)]
    assert values[0] == values[1] == 1.0
    assert QUARTER % 3 == 0
