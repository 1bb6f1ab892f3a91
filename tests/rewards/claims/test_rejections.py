"""What is said and then rejected, by the same sentence or the next: by pattern, for every type."""

from __future__ import annotations

import pytest

NAMES = {
    "6/8": "meter 6/8", "a tango": "genre tango", "Andante": "tempo_term andante",
    "a half cadence": "cadence HC", "a rondo": "form rondo", "an oboe": "instrument oboe",
}  # fmt: skip
"""A name, and the claim that it is. "X" stands for it below."""
PATTERNS = {
    "the words behind a name reject it": ("denied", (
        "X is easily dismissed.", "X is easy to exclude.", "X isn't worth considering.",
        "X finds no support.", "X gets no confirmation here.", "X makes little sense.",
        "X, with all its trappings, finds no support.", "X seems wrong.", "X seems out of place.",
        "X can't be the answer.", "X cannot be the answer, given the bass.", "X isn't borne out.",
        "X is not permitted.", "X falls too.", "X drops out as well.", "Thereby X goes too.",
        "X I would hardly call it.", "X I can't make out.", "X we both rule out.",
        "X, which one might expect, it is not.", "X: doesn't fit.", "X: none.", "X, none.",
        "That knocks X out.", "This rules X out.", "I cross X off.", "So X can be struck.",
    )),
    "a later clause rejects it": ("denied", (
        "X is well known; I hear something else, so not that one.",
        "X has a different feel, so no.", "X has a different feel, which I don't hear.",
        "X has a different feel, which isn't the case here.",
        "X would need more, and there is none.", "X would need something else; not present.",
        "I considered X and dismissed it.", "I looked for X and found none.",
        "I waited for X and it never came.",
    )),
    "somebody's word is rejected": ("denied", (
        "The playlist says X, and I don't trust it.", "The file name says X, which is silly.",
        "The software says X, and that's wrong.", "The file is tagged X; wrong.",
        "A journalist called it X, which is nonsense.", "Somebody claims X; I don't hear it.",
        "One has read that this is X; I cannot share the view.",
        "The label printed X on the sleeve, and I'd call that wrong.",
        "The caption mentions X; there is none.", "Someone told me it was X. They're mistaken.",
        "The patient described it as X; I do not hear it so.",
    )),
    "the next sentence rejects it": ("denied", (
        "X? Ruled out.", "X? Out.", "X? Doesn't fit.", "X? There is none.", "X? Forget it.",
        "X? It has a different feel. Out.", "It may be X. Rejected.", "Perhaps X. Not that one.",
    )),
    "what the author noted is lost": ("retracted", (
        "Earlier I'd noted X; that was a slip.", "I had pencilled X, which was a mistake.",
        "I had first scribbled X; that falls through.", "I wrote X; I take that back.",
        "I'd briefly called it X and withdraw that.", "I marked it X. That was a mistake.",
        "I put X down. Withdrawn.", "I said X to the class and I was wrong.",
        "The X in my draft was careless.", "The X I jotted down earlier was wrong.",
    )),
    "a first idea is given up": ("retracted", (
        "My opening hunch, X, didn't survive.", "My initial estimate was X.",
        "A first assumption was X.", "X was my reflex.", "X was a thought.",
        "I was ready to write X.", "I was about to answer X, but no.", "I wrongly noted X.",
    )),
    "a doubt follows": ("hedged", (
        "X, though I'm not confident.", "X. Perhaps.", "X, I'd venture.", "X, at a guess.",
        "I reckon, but don't quote me, it's X.", "I seem to hear X.",
        "I'm nearly certain it's X.", "I have a feeling it's X.",
    )),
    "it is supposed": ("hypothetical", (
        "Should it become X later, I'd change my mind.", "With a change there'd be X.",
        "Then it'd be X.", "Under that assumption it's X.", "Let's pretend it's X.",
    )),
    "nothing rejects it": ("asserted", (
        "It is X, which isn't unusual.", "It is X; it doesn't hurry.", "It is X; I don't doubt it.",
        "It is X, that isn't in doubt.", "It is X and it never lets go.", "X, as expected.",
        "It is X, so that is settled.", "It is X, though it doesn't look it.",
        "It is X, and I won't hear otherwise.", "The others are ruled out, hence X.",
        "Everything else is out, so it's X.", "It never stops being X.", "X, if I may say so.",
        "The general label would be X.", "I would notate it as X.",
        "It is X, that goes on and on, all the way to the end.",
    )),
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("pattern", PATTERNS)
def test_what_is_rejected_later_is_not_claimed(told, name, pattern):
    stance, wordings = PATTERNS[pattern]
    claim = NAMES[name] if stance == "asserted" else f"{NAMES[name]} {stance}"
    wrong = {}
    for wording in wordings:
        text = wording.replace("X", name)
        found = [one for one in told(text[0].upper() + text[1:]) if one.startswith(NAMES[name])]
        if found != [claim]:
            wrong[text] = found
    assert wrong == {}


@pytest.mark.parametrize("verb", [
    "kills", "removes", "disposes of", "sinks", "puts paid to", "spells the end for",
    "speaks against", "does away with", "rules out",
])  # fmt: skip
def test_a_verb_that_ends_a_candidate_ends_the_list_behind_it(told, verb):
    assert told(f"That {verb} D dorian and D lydian.") == [
        "mode D dorian denied", "mode D lydian denied",
    ]  # fmt: skip
    assert told(f"Nothing {verb} D dorian.") in (["mode D dorian"], ["mode D dorian hedged"])


@pytest.mark.parametrize(("text", "expected"), [
    ("A reel is four-square, so no reel.", ["genre reel denied"]),
    ("A rondo? Too long a word, so no. It is binary.", ["form rondo denied", "form binary"]),
    ("It is an operetta, or zarzuela as we call it.", ["genre operetta", "genre zarzuela"]),
    ("The tune sits in F major; its relative minor, D minor, never appears.", ["key F major"]),
    ("It lasts (I mistook it for a tango), and a guitar answers.",
     ["genre tango retracted", "instrument guitar"]),
])  # fmt: skip
def test_a_rejection_reaches_what_it_speaks_of(told, text, expected):
    assert [one for one in told(text) if not one.startswith("textbook")] == expected


@pytest.mark.parametrize("title", ["the home key", "home", "the tonic", "our key", "tonal centre"])
@pytest.mark.parametrize(("verdict", "stance"), [
    ("is ruled out", " denied"), ("is off the table, there's no B flat", " denied"),
    ("does not work", " denied"), ("makes sense", ""), ("works, no B flat is heard", ""),
])  # fmt: skip
def test_what_is_said_of_a_note_as_the_tonic_is_said_of_the_key(told, title, verdict, stance):
    assert told(f"F as {title} {verdict}.") in ([f"key F{stance}"], [f"key F major{stance}"])
