"""Claims of thoughts that are laid out: dialogues, check lists, tables, fields, tags, verdicts."""

from __future__ import annotations

import random

import pytest

from rewards import Question, parse
from rewards.claims.reading import read
from rewards.claims.text import layouts

CADENCES = ("perfect authentic", "half", "deceptive", "plagal")


@pytest.mark.parametrize(("text", "claims"), [
    ("Q: Who leaps? A: A clarinet. Q: What lies beneath? A: The piano.",
     ["instrument clarinet", "instrument piano"]),
    ("**Q: Home key?** A: C major. **Q: Is it a waltz?** A: No.",
     ["key C major", "genre waltz denied"]),
    ("**Step 1: listen.** Piano. **Step 2: name it.** Home is C major.",
     ["instrument piano", "key C major"]),
    ('{"instruments": ["piano", "shaker?", "drums"], "tempo_bpm": 96, "final_chord": "Ebmaj7"}',
     ["instrument piano", "instrument shaker hedged", "instrument drums", "tempo 96",
      "chord Eb:maj7"]),
    ('{"vocals": null, "style": "dubstep"}', ["instrument voice denied", "genre dubstep"]),
    ('genre != "dubstep"', ["genre dubstep denied"]),
    ("[x] oboe, from 0:05\n[ ] trombone, no brass\n[?] celesta, played softly",
     ["instrument oboe", "instrument trombone denied", "instrument brass denied",
      "instrument celesta hedged"]),
    ("[key] - **F major:** would need E natural throughout. \u2717\n- **G minor:** fits. \u2713",
     ["key F major denied", "key G minor"]),
    ("**\u2718 Bolero:** too slow a sway\n**\u2718 Milonga:** usually lighter",
     ["genre bolero denied", "genre milonga denied"]),
    ("12/8 \u2717; so 9/8 \u2713.", ["meter 12/8 denied", "meter 9/8"]),
    ("4/4 \u2026 the grid drifts one column per bar \u2718", ["meter 4/4 denied"]),
    ("~~tango~~ waltz", ["genre tango denied", "genre waltz"]),
    ("| plagal | Cm | no |\n| deceptive | D7 | yes |",
     ["cadence PC denied", "chord C:min denied", "cadence DC", "chord D:7"]),
    ("| Am | vi | iii |\n| Dm | ii | vi |", ["chord A:min", "chord D:min"]),
    ("Key: F# minor (55 %), A major (40%), three sharps (95 %).",
     ["key F# minor hedged", "key A major hedged", "key_signature 3"]),
    ("* euphoric 0/5\n* dark 5/5", ["mood euphoric denied"]),
    ("Largo \u2605\u2606\u2606\u2606\u2606\nAllegro \u2605\u2605\u2605\u2605\u2605",
     ["tempo_term largo denied", "tempo_term allegro"]),
    ("<sound>The Rhodes.</sound> <context>E minor, one sharp.</context>",
     ["instrument electric piano", "key E minor", "key_signature 1"]),
    ("**Eliminated** C major, G major", ["key C major denied", "key G major denied"]),
    ("It is in D major.\n----- ruled out -----\nG minor (no B flat), F major",
     ["key D major", "key G minor denied", "key F major denied"]),
    ("AABA form: likely. Tempo 126: certain. Samba: excluded.",
     ["form AABA hedged", "tempo 126", "genre samba denied"]),
    ("\u2669 \u2248 168", ["tempo 168"]),
    ("Loop Bbmaj7 \u2198 Am7 \u2198 Gm7", ["progression Bb:maj7-A:min7-G:min7"]),
    ("[function] H1: tonic.\n  Evidence: one common tone.\n  Verdict: rejected.\nH2: dominant.\n"
     "  Evidence: the tritone.\n  Verdict: accepted.",
     ["function tonic denied", "function dominant"]),
    ("[key] **Rejected reading** \u27f6 a jump to A flat major", ["key Ab major denied"]),
])  # fmt: skip
def test_a_layout_says_what_is_so_and_what_is_not(told, text, claims):
    shown = told(text)
    assert [claim for claim in claims if claim not in shown] == []
    denied = {claim.removesuffix(" denied") for claim in claims if claim.endswith("denied")}
    assert denied.isdisjoint(shown)
    if "tempo_bpm" not in text:
        assert sorted(shown) == sorted(claims)


def _claimed(facet: str, choices: tuple[str, ...], think: str) -> list[str]:
    completion = parse(f"<think>{think}</think><answer>-</answer>")
    claims = read(Question("q", "Which?", facet=facet, choices=choices), completion)
    return [
        f"{claim.type} {claim.value}{' denied' * (claim.polarity == 'denied')}"
        for claim in claims
        if claim.modality == "asserted" and claim.section == "think"
    ]


def test_a_letter_is_that_of_an_option_where_the_item_is_one() -> None:
    choices = ("Largo", "Andante", "Allegro", "Presto")
    notes = "a) baroque scoring: recorder, gamba\nb) D major\nc) common time"
    assert _claimed("tempo_term", choices, notes) == [
        "genre baroque", "instrument recorder", "instrument viola da gamba", "key D major",
        "meter 4/4",
    ]  # fmt: skip
    assert _claimed("tempo_term", choices, "a) Largo is slow\nb) Andante walks") == []


@pytest.mark.parametrize(("facet", "choices", "think", "claims"), [
    ("mode", ("A dorian", "A aeolian", "A mixolydian"), "So mixolydian is out. Hence not aeolian.",
     ["mode A mixolydian denied", "mode A minor denied"]),
    ("cadence", CADENCES, "So half and deceptive are both gone.",
     ["cadence HC denied", "cadence DC denied"]),
    ("cadence", CADENCES, "Deceptive, no, there isn't any surprise.", ["cadence DC denied"]),
    ("genre", ("thrash metal", "doom metal", "power metal"), "Thus doom, by elimination.",
     ["genre doom metal"]),
    ("genre", ("thrash metal", "doom metal", "power metal"), "The power of it. Doom looms.", []),
])  # fmt: skip
def test_an_option_is_known_by_the_word_that_tells_it_from_the_others(
    facet, choices, think, claims
):
    assert [one.replace("aeolian", "minor") for one in _claimed(facet, choices, think)] == claims


@pytest.mark.parametrize("seed", range(40))
def test_the_text_keeps_its_length_whatever_its_layout(seed: int) -> None:
    pieces = (
        "[ ]", "[?]", "[x]", "~~", "**", "Step 2:", "Q:", "A:", "\n", " ", "-", "- ", "a)", "(b)",
        "</t>", "<t>", "!=", '?"', '"', "_", "a_b", "\u2717", "\u274c", "\u2605", "\u2606\u2606",
        "rejected", "ruled out", "----", "D major", "\u2669 \u2248 9", "<think", "A) ", "x", ".",
    )  # fmt: skip
    noise = random.Random(seed)
    text = "".join(noise.choice(pieces) for _ in range(400))
    assert len(layouts.plain(text)) == len(text)
    assert len(layouts.plain(text, ("D major", "x"))) == len(text)
