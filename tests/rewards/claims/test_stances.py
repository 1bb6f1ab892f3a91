"""The stance of an author is read alike for every type of claim, in many wordings."""

from __future__ import annotations

import pytest

NAMES = {
    "an oboe": "instrument oboe", "6/8": "meter 6/8", "a tango": "genre tango",
    "Andante": "tempo_term andante", "a half cadence": "cadence HC", "a rondo": "form rondo",
}  # fmt: skip
"""A name, and the claim that it is. "X" stands for it below."""
SAID = {
    "asserted": (
        "I would mark it X.", "I would settle on X.", "I'd go with X.", "I would pick X.",
        "I'd opt for X.", "My answer would be X.", "I'd put my money on X.", "So the answer is X.",
        "It can only be X.", "It has to be X.", "It must be X.", "Everything points to X.",
        "There is no doubt that it is X.", "I have no doubt about X.", "Nothing contradicts X.",
        "Nothing but X fits.", "It is none other than X.", "It is undeniably X.",
        "Not only X is plain to hear.", "It couldn't be anything but X.",
        "It can't be anything other than X.", "Even so, it is X.", "If I hear correctly, it is X.",
        "As if that were not enough, it is X.", "It is X after all.", "In the end I stay with X.",
        "I'm sticking with X.", "I am confident it's X.", "Surely X.", "Yes, X.", "Right: X.",
        "That makes it X.", "Hence X.", "We are left with X.", "X it is.",
        "X remains the only option.", "X, without question.", "X, I am certain.",
        "X is what I hear.", "X wins.", "X. Definitely.", "My ear tells me X.",
        "Listening again, I hear X.", "The evidence favours X.", "That settles it: X.",
        "So much is clear: X.", "Without hesitation: X.", "No question, X.", "Undoubtedly X.",
        "Clearly X, not something else.", "Call it X.", "I call this X.",
        "I hear X here, nothing else.", "What I hear is X.", "It turns out to be X.",
        "It proves to be X.", "On reflection, X.", "On second thought it is X.", "No, it is X.",
        "Wait, it is X.", "Actually X.", "Sorry, X.", "Correction: X.", "I stand by X.",
        "I maintain that it is X.", "Unless I am deaf, it is X.", "Though it is brief, it is X.",
        "Although quiet, this is X.", "If you ask me, X.", "You can tell it's X.",
        "Everyone can hear X.", "Any musician will recognise X.", "It is none of those but X.",
        "It is X rather than anything else.", "It is X, as the question suggests.",
        "It is X, contrary to the title.", "It is X, which surprised me.",
        "It is X, so the caption is wrong.", "It is X, not without charm.", "The result: X.",
        "Verdict: X.", "Final answer: X.", "Answer: X.", "Conclusion: X.", "Therefore: X.",
    ),
    "denied": (
        "It is not X.", "It isn't X.", "This is no X.", "It cannot be X.",
        "It can't possibly be X.", "It is hardly X.", "It is anything but X.", "Certainly not X.",
        "Not X, that much is clear.", "Never X.", "I don't hear X.", "I can't hear X in this.",
        "There's nothing to support X.", "I see no case for X.", "I rule out X.", "We can drop X.",
        "Forget X.", "So much for X.", "X is out.", "X is ruled out.", "X can be dropped.",
        "X can be ruled out.", "X doesn't fit.", "X does not fit at all.", "X won't do.",
        "X isn't it.", "X it isn't.", "X is wrong.", "X is not what I hear.",
        "X makes no sense here.", "X fails.", "X is off the table.", "X? No.", "X? Certainly not.",
        "X? Not here.", "X? I don't think so.", "Is it X? No.", "It would be wrong to call it X.",
        "The claim that it is X is false.",
        "One could mistake it for X, but it is something else.", "I'd never call it X.",
        "I wouldn't say it's X.", "I do not believe it is X.", "It has nothing to do with X.",
        "It is far from X.", "It's the opposite of X.", "Not X but something else.",
        "Instead of X we get something else.", "Rather than X it is something else.",
        "Anything but X.", "There is no X here.", "No sign of X.", "No hint of X.",
        "No trace of X.", "Nothing of X remains.", "It lacks X.", "It is free of X.",
        "It avoids X.", "Nobody would call it X.", "No one could take it for X.",
        "Nothing about it is X.", "This excludes X.", "This speaks against X.",
        "That argues against X.", "That eliminates X.", "I reject X.", "I dismiss X.",
        "Excluded: X.", "Ruled out: X.", "Wrong: X.", "X: no.", "X: excluded.", "X: ruled out.",
        "X: wrong.", "X: impossible.", "X - no.", "X, no.", "X is excluded.", "X is impossible.",
        "X is absent.", "X is not possible.", "X is not it.", "X is not an option.",
        "X is not convincing.", "X is out of the question.", "X can't be right.",
        "X cannot be right.", "X cannot be it.", "X does not work.", "X doesn't work.",
        "X doesn't hold up.", "X never appears.", "X is nowhere to be heard.",
        "X was never an option.", "X has to go.", "X has been excluded.", "X has been ruled out.",
        "X, on the other hand, is out.", "X, by contrast, is impossible.", "X I can exclude.",
        "X I would not accept.", "X I do not hear.", "As for X, no.", "As to X: not here.",
        "The caption says X, which is wrong.",
    ),
    "hedged": (
        "Perhaps X.", "Maybe X.", "Possibly X.", "Probably X.", "It could be X.",
        "It may well be X.", "It might be X.", "I think it's X, but I'm not sure.", "I suspect X.",
        "I'd guess X.", "My guess is X.", "My best guess: X.", "I lean toward X.",
        "I'm inclined to say X.", "I'm not certain, but X seems likely.", "X, perhaps.",
        "X, I think.", "X or so it seems.", "X is possible.", "X seems plausible.",
        "X can't be excluded.", "X cannot be ruled out.", "X? Possibly.", "X? Maybe.",
        "X, most likely.", "Presumably X.", "Apparently X.", "If anything, X.",
        "If pressed, I'd say X.", "It's hard to tell, maybe X.", "There is a chance that it's X.",
        "It is likely X.", "I would tentatively say X.", "I cannot exclude X.",
        "It sounds like X, I think.", "It seems to be X.", "It appears to be X.",
        "It is presumably X.", "Most likely it's X.", "In all likelihood X.", "I believe it's X.",
        "I assume X.", "I reckon X.", "I'd tentatively put X.", "As far as I can tell, X.",
        "I'm fairly sure it's X.", "I'm not entirely sure about X.", "Not sure, X?",
        "X, I suppose.", "X, I guess.", "X, I believe.", "X, presumably.", "X - maybe.",
        "X (probably).", "X (?).", "X, but I am not certain.", "X, though I could be wrong.",
        "X at a guess.", "X might be right.", "X may be right.", "X could also be argued.",
        "X or something close.", "X or similar.", "Arguably X.", "Conceivably X.",
        "It could just as well be X.",
    ),
    "retracted": (
        "At first I thought X, but no.", "Initially I heard X.", "My first thought was X.",
        "My first impression was X, which was wrong.", "I first wrote X.",
        "I had it down as X, wrongly.", "I was going to say X, but then I listened again.",
        "I almost said X.", "X was my first guess.", "X was my initial idea.",
        "X - no, wait, that's wrong.", "X. Scratch that.", "X... no, that was wrong.",
        "I said X, but I take it back.", "I used to think it was X.",
        "For a moment I believed it was X.", "I mistook it for X.",
        "What I took for X was something else.", "I first took it for X.",
        "First I heard X, now I don't.", "I initially noted X.", "At first glance X.",
        "My initial guess was X.", "I wrote X at first.", "I'd written X before I listened again.",
        "I had assumed X.", "It first struck me as X.", "On first hearing I said X.",
        "X, I thought at first.", "X, or so I thought.", "X. No, wait.", "X. Hmm, no.",
        "X, sorry, no.", "So X... wait, no.", "I retract X.", "I withdraw X.",
    ),
    "hypothetical": (
        "If it were X, we would notice.", "Were it X, we would notice.",
        "Had it been X, we would notice.", "Suppose it were X.", "Let's assume X for a moment.",
        "Assuming X, the rest would follow.", "One would expect X.", "I expected X.",
        "I considered X.", "Imagine X instead.", "With X it would sound fuller.",
        "For X we would need more.", "Under the hypothesis of X this makes sense.",
        "A beginner might say X.", "You could write it as X.", "It would then be X.",
        "That would make it X.", "Then it would be X.", "I'd have expected X.",
        "I had hoped for X.", "If so, X.", "Unless it is X.",
    ),
    "silent": (
        "The question asks whether it is X.", "My friend says it is X.", "The title says X.",
        "According to the notes it is X.", "Some call it X.", "Somebody wrote X in the margin.",
        "Is it X?", "Could it be X?", "Some people hear X.", "Others prefer X.",
        "The uploader calls it X.", "One listener claims X.", "What is X?", "Was it X?",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("stance", SAID)
def test_a_stance_is_read_alike_for_every_type(told, name, stance):
    claim = NAMES[name] if stance == "asserted" else f"{NAMES[name]} {stance}"
    expected = [] if stance == "silent" else [claim]
    wrong = {}
    for wording in SAID[stance]:
        bare = name.removeprefix("an ").removeprefix("a ") if " no X" in wording else name
        text = wording.replace("X", bare)
        found = [one for one in told(text[0].upper() + text[1:]) if one.startswith(NAMES[name])]
        if found != expected:
            wrong[text] = found
    assert wrong == {}


@pytest.mark.parametrize("text", [
    "Some people hear X. They are wrong.", "My friend says it is X, and she's wrong.",
    "Folks will tell you it's X. It isn't.", "The blog says X. I disagree.",
    "One might think it is X; it's a mirage.", "Someone might call it X; I wouldn't.",
    "The reviewer hears X; I don't.", "The expert alleges X. I disagree.",
    "It may be X. It isn't.", "Critics call it X. Nonsense.",
    "People guess X, but that's a mistake.", "The uploader claims X. That is false.",
])  # fmt: skip
def test_what_others_say_and_the_author_rejects_is_denied(told, text):
    for name in ("6/8", "a tango", "a rondo"):
        said = [one for one in told(text.replace("X", name)) if one.startswith(NAMES[name])]
        assert said == [f"{NAMES[name]} denied"], name


@pytest.mark.parametrize("text", [
    "Some people hear X. They like it.", "My friend says it is X, and she plays well.",
    "The blog says X. I read it twice.", "The uploader claims X. That is helpful.",
])  # fmt: skip
def test_what_others_say_is_else_no_claim(told, text):
    for name in ("6/8", "a tango", "a rondo"):
        assert not [one for one in told(text.replace("X", name)) if one.startswith(NAMES[name])]


@pytest.mark.parametrize(("text", "expected"), [
    ("Option A is C major, which has no sharps.", ["key C major hypothetical"]),
    ("A) C major - no accidentals, doesn't fit.", ["key C major denied"]),
    ("(B) G major: one sharp, matches what I hear.", ["key G major"]),
    ("C) D major. Two sharps: no.", ["key D major hypothetical"]),
    ("B: E minor would need D sharp.", ["key E minor hypothetical"]),
    ("Option B would move it into G, and there would be one sharp.", ["key G major hypothetical"]),
    ("D major or B minor?", []),
    ("It's tempting to call it C major.", ["key C major hypothetical"]),
    ("I was briefly tempted by C major.", ["key C major retracted"]),
    ("I wondered whether it could be F minor, but C rules.", ["key F minor retracted"]),
    ("I almost went with D minor.", ["key D minor retracted"]),
    ("I wanted to say D minor.", ["key D minor retracted"]),
    ("A beginner might think it is C major.", ["key C major hypothetical"]),
    ("Could it be E minor? The D sharp suggests so.", ["key E minor"]),
    ("Could it be E minor? Quite possibly.", ["key E minor hedged"]),
    ("The bass seems to move, and the key is E minor.", ["key E minor"]),
    ("Of C minor, the parallel, there isn't a trace.", ["key C minor denied"]),
    ("F minor it can't be.", ["key F minor denied"]),
    ("There is little evidence for F minor.", ["key F minor denied"]),
    ("F minor, I thought next.", ["key F minor retracted"]),
    ("The relative minor, F sharp minor, is less convincing.", ["key F# minor hedged"]),
    ("My initial thought was G major.", ["key G major retracted"]),
    ("D minor is still on the table.", ["key D minor hedged"]),
    ("D minor stays in the race.", ["key D minor hedged"]),
    ("D minor is not supported by the harmony.", ["key D minor denied"]),
    ("F major doesn't explain the C sharp.", ["key F major denied"]),
    ("F major can't account for the C sharp.", ["key F major denied"]),
    ("Testing F major: doesn't fit.", ["key F major denied"]),
    ("Let's consider D minor.", ["key D minor hypothetical"]),
    ("Discarding F major, I get D minor.", ["key F major denied", "key D minor"]),
    ("I can't tell if it's D minor or F major.", ["key D minor hedged", "key F major hedged"]),
    ("I don't know if it is D minor.", ["key D minor hedged"]),
    ("It would be a stretch to call it D minor.", ["key D minor denied"]),
    ("I hesitate to call it D minor.", ["key D minor hedged"]),
    ("It is by no means D minor.", ["key D minor denied"]),
    ("It is in no sense D minor.", ["key D minor denied"]),
    ("Without a doubt D minor.", ["key D minor"]),
    ("This is by no means a simple piece in D minor.", ["key D minor"]),
    ("It is by no means slow in D minor.", ["key D minor"]),
    ("There isn't a sense of D minor.", ["key D minor denied"]),
    ("I was wrong: it's D minor.", ["key D minor"]),
    ("Without a reason to hear F major, D minor.", ["key F major denied", "key D minor"]),
    ("I don't doubt that it's D minor.", ["key D minor"]),
    ("C minor, I said to myself.", ["key C minor retracted"]),
    ("To turn it into D major you'd retune the third string.", ["key D major hypothetical"]),
    ("If it were faster I'd dance, and as it stands it is in D minor.", ["key D minor"]),
    ("I was persuaded of C major.", ["key C major retracted"]),
    ("I considered C major, a brighter key, and dismissed it.", ["key C major denied"]),
    ("I weighed C major and decided for A minor.", ["key C major hypothetical", "key A minor"]),
    ("On balance: B flat major.", ["key Bb major hedged"]),
    ("D minor, I presume.", ["key D minor hedged"]),
    ("D minor, I'd guess.", ["key D minor hedged"]),
    ("D minor is defensible.", ["key D minor hedged"]),
    ("D minor, unless my ears fail me.", ["key D minor hedged"]),
    ("That crosses out D minor.", ["key D minor denied"]),
    ("The other candidate, D minor, isn't convincing.", ["key D minor denied"]),
    ("My old friends would say that it is in A minor.", []),
    ("So it is D minor, and not D major, which I had first written.",
     ["key D minor", "key D major retracted"]),
    ("If it closed on G instead of E7, I'd file it in C major.", ["key C major hypothetical"]),
])  # fmt: skip
def test_options_and_first_ideas_are_weighed(told, text, expected):
    assert [one for one in told(text, "key") if one.startswith("key ")] == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("Andante, I presume.", ["tempo_term andante hedged"]),
    ("Allegro, I'd guess.", ["tempo_term allegro hedged"]),
    ("Chicago blues, I would bet.", ["genre chicago blues hedged"]),
    ("It is in 12/8, though 6/4 is defensible.", ["meter 12/8", "meter 6/4 hedged"]),
    ("Double-time, 240 bpm, is absurd.", ["tempo 240 denied"]),
    ("For six bars I was persuaded of 4/4.", ["meter 4/4 retracted"]),
    ("I am persuaded of 4/4.", ["meter 4/4"]),
])  # fmt: skip
def test_presumptions_and_absurdities_are_read_behind_a_name(told, text, expected):
    assert told(text) == expected


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        ("Of piano, harp and guitar, only the harp fits.", ["instrument harp"]),
        ("Out of A minor, C major and F major, C major is the one that works.", ["key C major"]),
        ("Of course, a piano and drums play, with a flute.",
         ["instrument piano", "instrument drums", "instrument flute"]),
    ],
)  # fmt: skip
def test_what_a_list_offers_is_no_claim_and_what_is_chosen_from_it_is(told, text, claims):
    assert told(text) == claims
