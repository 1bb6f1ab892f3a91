"""Which genres, moods and forms a text names: senses of a word, descriptions, contrasts."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(("text", "expected"), [
    ("It has a strong rock feel.", ["rock"]),
    ("It sounds like rock.", ["rock"]),
    ("A four-on-the-floor house beat.", ["house"]),
    ("The pattern is typical of house.", ["house"]),
    ("Dub rather than reggae.", ["dub", "reggae denied"]),
    ("A slow soul burner.", ["soul"]),
    ("A drum machine: house.", ["house"]),
    ("Country in every fibre.", ["country"]),
    ("A quick march, 2/4.", ["march"]),
    ("Baroque through and through.", ["baroque"]),
    ("A Baroque keyboard piece.", ["baroque"]),
    ("A cinematic soundtrack.", ["soundtrack"]),
    ("An orchestral film cue.", ["soundtrack"]),
    ("Nothing baroque about it.", ["baroque denied"]),
    ("No trace of swing.", ["swing denied"]),
    ("Not quite rock.", ["rock denied"]),
    ("Rock can be ruled out.", ["rock denied"]),
    ("It argues against rock and pop.", ["rock denied", "pop denied"]),
    ("Reggae: the offbeat skank is missing.", ["reggae denied"]),
    ("Blues? There is no blues progression here.", ["blues denied"]),
    ("Cumbia's scraper pattern is missing.", []),
    ("The harmony hints at gospel.", []),
    ("My house is noisy.", []),
    ("Baroque, in triple time.", ["baroque"]),
    ("Romantic in manner.", ["romantic classical"]),
    ("Drums steady, rock of the seventies.", ["rock"]),
    ("Rock solid playing.", []),
    ("A house by the sea.", []),
    ("It has jazz influences.", []),
    ("A folk singer tells a joke.", []),
    ("Punk energy.", []),
    ("Ambient noise from the street.", []),
    ("A chorale texture.", []),
    ("Village dance music.", []),
    ("Unlike most pop songs it has no bridge.", []),
    ("It lacks the swagger and the guitars of metal.", []),
    ("Post-punk is the label on the sleeve.", []),
    ("The soul of the piece is its bass.", []),
])  # fmt: skip
def test_a_genre_is_read_where_it_is_meant(told, text, expected):
    found = [one for one in told(text) if one.startswith("genre")]
    assert found == [f"genre {name}" for name in expected]


@pytest.mark.parametrize(("text", "expected"), [
    ("Jazz would have extended chords.", ["jazz denied"]),
    ("A gigue would gallop.", ["gigue denied"]),
    ("Trance would have given me a melody.", ["trance denied"]),
    ("A sarabande is slow and triple; we have duple.", ["sarabande denied"]),
    ("Trap usually has rolling hi-hats, and there are none here.", ["trap denied"]),
    ("A slip jig has three equal threes and this limps.", ["slip jig denied"]),
    ("Thrash gallops at 180 and above; what I'm given crawls.", ["thrash metal denied"]),
    ("A bolero strolls; what we have here marches.", ["bolero denied"]),
    ("The gavotte is duple and begins mid-bar: discarded.", ["gavotte denied"]),
    ("A gigue runs in compound time, which isn't what I hear.", ["gigue denied"]),
    ("Fado means a guitarra, whereas this is purely instrumental.", ["fado denied"]),
    ("Nu metal? I'd expect rapping, and neither shows up.", ["nu metal denied"]),
    ("The waltz moves gently.", ["waltz"]),
    ("The waltz is slow and sad.", ["waltz"]),
    ("Salsa has a clave.", []),
    ("A tango has a habanera bass and this has it.", []),
    ("A sarabande is slow, and so is this.", ["sarabande"]),
    ("(A) Rock is out because it lacks drive.", ["rock denied"]),
    ("Jazz: no syncopation.", ["jazz denied"]),
    ("I weighed trance and decided for house music.", ["trance denied", "house"]),
    ("I considered a tango and dismissed it.", ["tango denied"]),
    ("I considered a tango.", ["tango hypothetical"]),
    ("This doesn't mean that the motet is in D major.", ["motet"]),
])  # fmt: skip
def test_a_genre_that_is_only_defined_or_weighed_is_not_there(told, text, expected):
    found = [one for one in told(text) if one.startswith("genre")]
    assert found == [f"genre {name}" for name in expected]


@pytest.mark.parametrize(("text", "expected"), [
    ("A gentle piano melody.", ["calm"]),
    ("There is a sense of tension.", ["tense"]),
    ("I would describe it as playful.", ["playful"]),
    ("The man sings wistfully.", ["sad"]),
    ("Cool and confident on the surface.", ["cool"]),
    ("Techno, dark and driving.", ["dark", "energetic"]),
    ("Dark as hell.", ["dark"]),
    ("Wry and playful.", ["playful"]),
    ("One feels hope in the last bars.", ["uplifting"]),
    ("The energy level is high.", []),
    ("The mood shifts from sad to hopeful.", ["sad", "uplifting"]),
    ("An energetic example of it.", ["energetic"]),
    ("An upbeat pop song.", ["upbeat"]),
    ("Sad? The tempo is too fast for that.", ["sad denied"]),
    ("Solemn? Yes.", ["solemn"]),
    ("It begins with an upbeat.", []),
    ("An upbeat tempo.", []),
    ("A relaxed tempo.", []),
    ("A sad minor chord.", []),
    ("A dramatic pause.", []),
    ("Aggressive drumming.", []),
    ("A dark and woody tone.", []),
    ("Happy to explain.", []),
    ("Sad to say, the file ends.", []),
    ("A gentle touch.", []),
])  # fmt: skip
def test_a_mood_is_one_of_the_clip_and_not_of_a_sound(told, text, expected):
    found = [one for one in told(text) if one.startswith("mood")]
    assert found == [f"mood {name}" for name in expected]


@pytest.mark.parametrize(("text", "expected"), [
    ("The letters run A B A C A.", ["ABACA"]),
    ("Three parts: A, B and A prime.", ["ABA'"]),
    ("The sections line up as A, A, B, A.", ["AABA"]),
    ("The layout is A-A-B-A.", ["AABA"]),
    ("Strains: AABBACCDD.", ["AABBACCDD"]),
    ("Rounded binary form.", ["rounded binary"]),
    ("Its plan is verse-chorus with a bridge.", ["verse-chorus"]),
    ("The structure is verse, chorus, verse, chorus.", ["verse-chorus"]),
    ("Sonata form it isn't.", ["sonata denied"]),
    ("Sonata form requires a development, and there is none.", ["sonata denied"]),
    ("A rondo would need more episodes.", ["rondo denied"]),
    ("Strophic is out.", ["strophic denied"]),
    ("A set of variations.", ["theme and variations"]),
    ("Small variations in timing.", []),
    ("Variations of the riff.", []),
    ("Counting letters: E, F, G, A, B, C.", []),
    ("The chords are A, B and A.", []),
    ("The form of the answer is A, B, C or D.", []),
    ("The parts and the letters are clear.", []),
    ("The bass part goes A, B, A.", []),
    ("The section moves from A to B minor.", []),
    ("The verse and the chorus are loud.", []),
])  # fmt: skip
def test_a_form_is_read_by_its_letters_or_its_name(told, text, expected):
    found = [one for one in told(text) if one.startswith("form")]
    assert found == [f"form {name}" for name in expected]
