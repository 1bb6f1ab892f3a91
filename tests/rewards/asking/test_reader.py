"""Several readings of one text: what each of them lists counts."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from typing import Any

import pytest

from rewards import Abstention, Question
from rewards.asking.reader import Reader, agreed
from rewards.asking.settings import Settings
from rewards.claims.records import Claim

ASKED = Question("q", "What is the key?")
TEXT = "It is in D, in three."
KEY = Claim("key", "D major", 9, 10, "think")
METER = Claim("meter", "3/4", 12, 20, "think")
NOTE = Claim("note", "F#", 0, 2, "think", frozenset(("bass",)))


def reply(*claims: Any) -> bytes:
    """The body of a reply that lists claims."""
    message = {"role": "assistant", "content": json.dumps({"claims": claims})}
    return json.dumps({"choices": [{"message": message, "finish_reason": "stop"}]}).encode()


def entry(type_: str, value: str, quote: str) -> dict[str, Any]:
    """A claim of a reply."""
    plain = {"polarity": "asserted", "modality": "asserted", "subject": "", "time": None}
    return {"quote": quote, "type": type_, "value": value, **plain}


def test_what_all_readings_list_stands_as_the_first_has_it():
    elsewhere = Claim("meter", "3/4", 15, 20, "think", frozenset(("chorus",)))
    assert agreed([[KEY, METER, NOTE], [elsewhere, KEY], [METER]]) == (METER,)
    assert agreed([[KEY, METER], [METER, KEY]]) == (KEY, METER)
    assert agreed([[KEY, METER]]) == (KEY, METER)
    assert agreed([[KEY], []]) == ()


@pytest.mark.parametrize(
    "other",
    [
        Claim("key", "D major", 9, 10, "think", polarity="denied"),
        Claim("key", "D major", 9, 10, "think", modality="hedged"),
        Claim("key", "D minor", 9, 10, "think"),
        Claim("modulation", "D major", 9, 10, "think"),
    ],
)
def test_another_value_type_or_stance_is_no_agreement(other):
    assert agreed([[KEY, METER], [other, METER]]) == (METER,)


def test_one_sound_is_one_value():
    assert agreed([[NOTE], [Claim("note", "Gb", 0, 2, "think")]]) == (NOTE,)


@pytest.fixture
def reader(stub: Any):
    def asked(readings: int, texts: Sequence[str] = (TEXT,), parallel: int = 1) -> list[Any]:
        model = Reader(Settings(stub.url, "m", "", 1, 20.0, parallel, 99), readings)
        return list(model.claims(ASKED, texts).values())

    return asked


def test_the_first_reading_is_the_likeliest_and_the_others_are_drawn_by_their_seeds(reader, stub):
    key, meter = entry("key", "D major", "in D"), entry("meter", "3/4", "in three")
    stub.script = [reply(key, meter), reply(meter, key), reply(meter)]
    ((found,),) = reader(3)
    assert (found.value, TEXT[found.start : found.end]) == ("3/4", "in three")
    told = [(asked["temperature"], asked.get("seed")) for asked in stub.asked]
    assert told == [(0, None), (0.7, 1), (0.7, 2)]
    reader(3)
    assert [one.type for one in reader(1)[0]] == ["key", "meter"]
    assert len(stub.asked) == 3  # each reading is remembered


@pytest.mark.parametrize(("silent", "asked"), [(0, 1), (1, 3), (2, 3)])
def test_readings_of_which_one_is_no_answer_are_none(reader, stub, silent, asked):
    stub.script = [reply()] * silent + [(500, {}, b"")] + [reply()] * 2
    assert reader(3) == [Abstention("the model read no claims: status 500")]
    assert len(stub.asked) == asked, "without the first nobody asks for the others"


def test_a_text_that_is_silent_does_not_silence_the_next_and_is_not_asked_for_again(reader, stub):
    def act(found: Any, handler: Any, body: dict[str, Any]) -> None:
        silent = TEXT in body["messages"][-1]["content"]
        content = reply(entry("key", "D major", "in D"))
        handler.send_response(500 if silent else 200)
        handler.end_headers()
        handler.wfile.write(b"" if silent else content)

    stub.script = [act]
    silent, found = reader(3, [TEXT, "All is in D."])
    assert isinstance(silent, Abstention)
    assert [one.value for one in found] == ["D major"]
    assert len(stub.asked) == 1 + 3


def test_readings_of_one_text_but_the_first_are_asked_for_side_by_side(reader, stub):
    together = threading.Barrier(2)

    def act(found: Any, handler: Any, body: dict[str, Any]) -> None:
        if "seed" in body:
            together.wait(10.0)  # raises where the two are not there at once
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(reply(entry("key", "D major", "in D")))

    stub.script = [act]
    ((found,),) = reader(3, parallel=3)
    assert found.value == "D major"
