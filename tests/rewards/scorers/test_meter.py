"""The meter reward: names of meters, grouping classes, hedges."""

from __future__ import annotations

import pytest

CASES = {
    "3/4": {
        1.0: "3/4|3 / 4|3/4 time|three-four|three four time|3-4 time|waltz time|in three|in 3"
        "|3 over 4"
        "|3/4 (not 6/8)|not 6/8 but 3/4|3/4, i.e. three beats per bar|3/4 (triple meter)"
        "|¾|3⁄4|３/４"
        "|three-quarter time|Dreivierteltakt|3/4-Takt|The time signature is 3/4.|\\frac{3}{4}"
        "|It's a waltz in 3/4|3/4 with three beats in each measure|3/4 (waltz)|3 4|waltz (3/4)"
        "|3/4, with 3 beats in each bar|three quarter notes per bar|3/4, three quarter notes a bar"
        "|three crotchets in a bar|3/4 rather than 6/8|3/4 time: oom-pah-pah|3/4 at 120 BPM"
        "|3/4 (six eighth notes per bar)|3/4 in one|time signature: 3/4|3:4",
        0.5: "3/8|3/2|triple meter|simple triple|three beats per bar|ternary",
        0.3: "6/8",
        0.0: "4/4|9/8|3|3/0|3/5|999999999/4|-3/4|3/4/4|nan||3/4 or 6/8|3/4 and 4/4|2/4, 3/4, 4/4"
        "|0.75"
        "|it is not 3/4|3/4 is wrong|either 3/4 or 6/8|3/4 / 6/8|alternating 3/4 and 2/4|triplets"
        "|3/4 then 4/4|neither 3/4 nor 4/4|compound meter|a 3/8 and then a 3/4|three eighth notes",
    },
    "4/4": {
        1.0: "4/4|common time|C|4/4 feel|four-four|in four|4/4 (common time)|common time (4/4)|𝄴"
        "|a common-time piece|4 4|four quarter beats per bar|four crotchets in a bar|4/4, i.e. C"
        "|time signature C|Common time, C|tempo ordinario|4/4 (eight eighth notes per bar)"
        "|4/4 felt in two|4/4 (not cut time)|Viervierteltakt|four over four|4/4 swing feel",
        0.5: "2/4|2/2|cut time|8/8|quadruple|duple meter|four beats to the bar"
        "|simple quadruple meter|¢|alla breve|two beats per bar|4/8|4/2",
        0.0: "12/8|3/4|4/4 or 2/2|it is either 2/4, 3/4, 4/4 or 6/8|common time or cut time",
    },
    "6/8": {
        1.0: "6/8|six-eight|six eight time|in six|3+3/8|compound duple meter (6/8)|Sechsachteltakt"
        "|6/8, felt in two beats per bar|6/8 in two|6/8, felt in two|six eighth notes per measure"
        "|6/8, two groups of three eighth notes|two dotted quarter notes per bar|six quavers a bar"
        "|6/8 (compound meter)|6/8 with a lilting feel in two|6 8|(3+3)/8|3/8+3/8|6/8 (a jig)",
        0.5: "12/8|6/4|compound duple|compound meter|compound time|6/16|two beats per bar",
        0.3: "3/4",
        0.0: "2/4|9/8|6|8/6",
    },
    "2/2": {1.0: "2/2|cut time|alla breve|cut common time|2/2 (cut time)", 0.5: "4/4|2/4"},
    "9/8": {
        1.0: "9/8|nine-eight|2+2+2+3/8|9/8, compound triple|9/8 (compound meter)|9/8 in three",
        0.5: "compound meter|compound triple|9/4",
        0.0: "6/8|12/8|in two",
    },
    "12/8": {1.0: "12/8|twelve eight|12/8 in four|12/8 with four beats per bar|12/8 shuffle"},
    "7/8": {
        1.0: "⅞|7/8 (2+2+3)|3/8 + 2/8 + 2/8|7/8 grouped as 3+2+2|7/8|2+2+3/8"
        "|(2+2+3)/8|seven-eight|in seven",
        0.5: "7/4",
        0.0: "5/8|6/8",
    },
    "5/4": {1.0: "5/4|five-four|in five|3+2/4", 0.5: "5/8|quintuple", 0.0: "4/4"},
}


@pytest.mark.parametrize(
    ("meter", "answer", "credit"),
    [
        (meter, answer, credit)
        for meter, table in CASES.items()
        for credit, answers in table.items()
        for answer in answers.split("|")
    ],
)
def test_answer_earns_its_credit(value, meter, answer, credit):
    assert value("meter", answer, facts={"meter": meter}) == credit


def test_three_four_for_six_eight_earns_less_than_its_own_class(value):
    hemiola = value("meter", "3/4", facts={"meter": "6/8"})
    assert 0 < hemiola < value("meter", "12/8", facts={"meter": "6/8"}) < 1


def test_names_of_the_reference_are_read_too(value):
    assert value("meter", "4/4", facts={"meter": "common time"}) == 1.0


def test_applies_only_where_a_meter_is_asked(judge):
    assert judge("meter", "3/4").status == "not_applicable"
    assert judge("meter", "3/4", facts={"meter": "free"}).status == "not_applicable"
    asked = judge("meter", "3/4", facts={"meter": "3/4", "key": "C major"}, facet="key")
    assert asked.status == "not_applicable"


def test_a_reference_that_is_no_meter_is_an_error(judge):
    assert judge("meter", "3/4", facts={"meter": "sideways"}).status == "error"
