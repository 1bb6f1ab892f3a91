"""What a user's reward returns or raises, and the part it becomes."""

from __future__ import annotations

from pathlib import Path

import pytest

from rewards import Question, parse

FORMS = """
class Odd(Verdict): pass
class Liar(dict):
    def items(self): raise OSError("no items")
    def __iter__(self): raise OSError("no items")
    def keys(self): raise OSError("no items")
class Loud:
    def __repr__(self): raise SystemExit(9)
    __str__ = __float__ = __repr__
def scalars():
    import numpy as np
    return np
FORMS = {
    "True": lambda: True, "False": lambda: False, "text": lambda: "1.0", "bytes": lambda: b"1",
    "list": lambda: [1.0], "tuple": lambda: (1.0, "why"), "dict": lambda: {"value": 1.0},
    "set": lambda: {1.0}, "object": lambda: object(), "type": lambda: Verdict,
    "function": lambda: mine, "generator": lambda: (x for x in [1.0]), "range": lambda: range(1),
    "nan": lambda: math.nan, "inf": lambda: math.inf, "-inf": lambda: -math.inf,
    "below": lambda: -1e-9, "above": lambda: 1.0000001, "two": lambda: 2, "huge": lambda: 10**400,
    "complex": lambda: 1 + 0j, "decimal": lambda: __import__("decimal").Decimal(1),
    "fraction": lambda: __import__("fractions").Fraction(1, 2),
    "float32": lambda: scalars().float32(0.5), "float64": lambda: scalars().float64(0.5),
    "int64": lambda: scalars().int64(1), "bool_": lambda: scalars().bool_(True),
    "array": lambda: scalars().ones(1), "0-d": lambda: scalars().array(1.0),
    "exception": lambda: ValueError("returned"), "loud": lambda: Loud(), "odd": lambda: Odd(1.0),
    "v True": lambda: Verdict(True), "v text": lambda: Verdict("1"),
    "v None": lambda: Verdict(None),
    "v nan": lambda: Verdict(math.nan), "v -0.1": lambda: Verdict(-0.1),
    "v float32": lambda: Verdict(scalars().float32(0.5)), "v loud": lambda: Verdict(Loud()),
    "why None": lambda: Verdict(1.0, None), "why bytes": lambda: Verdict(1.0, b"why"),
    "details list": lambda: Verdict(1.0, "", [1]),
    "details object": lambda: Verdict(1.0, "", {"x": object()}),
    "details nan": lambda: Verdict(1.0, "", {"x": math.nan}),
    "details liar": lambda: Verdict(1.0, "", Liar(x=1)),
    "details long": lambda: Verdict(1.0, "", {"x": "a" * 2**22}),
}
def mine(question, response):
    return FORMS[response.text]() if response.text in FORMS else Verdict(1.0, " ".join(FORMS))
"""


def test_forty_wrong_returns_are_errors_that_name_the_reward(isolated, ask):
    reward = isolated(FORMS.replace('" ".join', '"|".join'))
    forms = ask(reward, "all of them")[0].why.split("|")
    assert len(forms) >= 40
    parts = ask(reward, *forms, "all of them")
    for form, part in zip(forms, parts, strict=False):
        assert (part.value, part.status) == (None, "error"), form
        raised = form in ("details liar", "loud", "v loud")  # what looking at them raises
        assert raised or part.why.startswith("RewardError: reward 'mine' "), (form, part.why)
    assert parts[-1].value == 1.0


KINDS = """
class Unprintable(Exception):
    def __str__(self): raise RuntimeError("no text")
class Exits(Exception):
    def __str__(self): raise SystemExit(1)
class Own(BaseException): pass
def deep(n=0): return deep(n + 1)
def stop(): return next(iter(()))
def group(): raise ExceptionGroup("many", [ValueError("one"), KeyError("two")])
def chained():
    try: 1 / 0
    except ZeroDivisionError as error: raise ValueError("second") from error
KINDS = {
    "ZeroDivisionError": lambda: 1 / 0, "KeyError": lambda: {}["x"], "IndexError": lambda: [][1],
    "AttributeError": lambda: None.x, "NameError": lambda: nowhere, "TypeError": lambda: 1 + "",
    "ValueError": lambda: int("x"), "OverflowError": lambda: math.exp(1e9),
    "RecursionError": deep, "MemoryError": lambda: bytearray(10 * 2**30), "StopIteration": stop,
    "SystemExit": lambda: sys.exit(3), "KeyboardInterrupt": lambda: raises(KeyboardInterrupt()),
    "GeneratorExit": lambda: raises(GeneratorExit()),
    "AssertionError": lambda: raises(AssertionError),
    "OSError": lambda: raises(OSError(28, "full")), "FileNotFoundError": lambda: open("/no/such"),
    "UnicodeDecodeError": lambda: b"\\xff".decode(),
    "UnicodeEncodeError": lambda: "\\ud800".encode(),
    "LookupError": lambda: "x".encode("klingon"),
    "ModuleNotFoundError": lambda: __import__("nowhere"),
    "ExceptionGroup": group, "Unprintable": lambda: raises(Unprintable()),
    "Exits": lambda: raises(Exits()), "Own": lambda: raises(Own("mine alone")),
    "BaseException": lambda: raises(BaseException("bare")), "PermissionError":
    lambda: raises(PermissionError("no")), "TimeoutError": lambda: raises(TimeoutError("slow")),
    "NotImplementedError": lambda: raises(NotImplementedError), "EOFError": lambda: input(),
    "SyntaxError": lambda: eval("1 +"), "BrokenPipeError": lambda: raises(BrokenPipeError()),
    "LongError": lambda: raises(type("LongError", (Exception,), {})("x" * 10**6)),
    "StopAsyncIteration": lambda: raises(StopAsyncIteration()),
    "Warning": lambda: raises(Warning("w")),
}
def raises(error): raise error
def mine(question, response):
    return KINDS[response.text]() if response.text in KINDS else Verdict(1.0, " ".join(KINDS))
"""


def test_thirty_kinds_of_exception_are_errors_with_type_and_line(isolated, ask):
    reward = isolated(KINDS)
    kinds = ask(reward, "all of them")[0].why.split()
    assert len(kinds) >= 30
    parts = ask(reward, *kinds, "all of them")
    for kind, part in zip(kinds, parts, strict=False):
        assert (part.value, part.status) == (None, "error"), kind
        assert kind in part.why
        assert ("may take 2 GiB, for more raise memory_gb" in part.why) == (kind == "MemoryError")
        assert ", at mine.py line " in part.why
        assert len(part.why) < 600
    assert parts[-1].value == 1.0


def test_an_error_names_the_innermost_line_of_the_file(isolated, ask):
    reward = isolated("""
        def inner(text):
            return json.loads(text)["value"]

        def mine(question, response):
            return inner(response.text)
    """)
    (part,) = ask(reward, "{")
    source = Path(reward.spec.rpartition(":")[0]).read_text().splitlines()
    (line,) = (number for number, text in enumerate(source, start=1) if "json.loads" in text)
    assert part.why.startswith("JSONDecodeError: ")
    assert part.why.endswith(f", at mine.py line {line}")


def test_a_verdict_a_number_and_none_come_back_as_they_are(isolated, ask):
    reward = isolated("""
        def mine(question, response):
            return {"v": Verdict(0.25, "a quarter \\ud800", {"x": [1, None]}), "n": 0.5, "i": 1,
                    "none": None, "third": 1 / 3}[response.text]
    """)
    parts = ask(reward, "v", "n", "i", "none", "third")
    assert [part.value for part in parts] == [0.25, 0.5, 1.0, None, 1 / 3]
    assert [part.status for part in parts] == ["scored"] * 3 + ["not_applicable", "scored"]
    assert parts[0].why == "a quarter \\ud800"
    assert parts[0].details == {"x": [1, None]}
    assert all(part.seconds >= 0 and part.weight == 1.0 for part in parts)


def test_arguments_come_by_name_and_parameters_from_the_configuration(isolated, ask):
    reward = isolated(
        """
        def mine(answer, gold, *, share: float = 0.5):
            return Verdict(share if answer == gold else 0.0, answer)
        """,
        params={"share": 0.75},
    )
    right, wrong, none = ask(
        reward, "<answer>C major</answer>", "<answer>A minor</answer>", "no block"
    )
    assert (right.value, wrong.value, none.value) == (0.75, 0.0, 0.0)
    assert none.why == "there is no answer block"


def test_any_text_reaches_the_reward_as_it_is(isolated, ask):
    texts = ["", "\x00", "\ud800", "\n" * 1000, "a" * 200_000, "𝄞♯", '{"call": 1}']
    reward = isolated("""
        def mine(question, response):
            return Verdict(1.0, "", {"code points": list(map(ord, response.text[:2000]))})
    """)
    for text, part in zip(texts, ask(reward, *texts), strict=True):
        assert part.details == {"code points": list(map(ord, text[:2000]))}


GROUP = """
    @reward("of_a_group", scope="group")
    def mine(question, texts):
        if "raise" in texts: raise ValueError("one for all")
        if "short" in texts: return [1.0]
        if "number" in texts: return 1.0
        if "one" in texts: return [True if text == "one" else 0.5 for text in texts]
        if "hang" in texts:
            while True: pass
        return [Verdict(1.0 if text == max(texts) else 0.0, question.id) for text in texts]
"""


def test_a_group_reward_gets_all_responses_of_a_question_at_once(isolated, ask):
    reward = isolated(GROUP)
    assert reward.scope == "group"
    assert [part.value for part in ask(reward, "a", "c", "b")] == [0.0, 1.0, 0.0]


def test_groups_may_be_interleaved(isolated):
    reward = isolated(GROUP)
    one, two = Question("one", "?"), Question("two", "?")
    parts = reward.judge([(one, parse("a")), (two, parse("x")), (one, parse("b"))])
    assert [(part.value, part.why) for part in parts] == [(0.0, "one"), (1.0, "two"), (1.0, "one")]


def test_a_fault_of_a_group_is_the_error_of_each_of_its_responses(isolated, ask):
    reward = isolated(GROUP)
    for fault in ("raise", "short", "number"):
        parts = ask(reward, "a", fault, "b")
        assert [part.status for part in parts] == ["error"] * 3, fault
        assert len({part.why for part in parts}) == 1


def test_one_wrong_value_of_a_group_is_the_error_of_its_response(isolated, ask):
    assert [part.value for part in ask(isolated(GROUP), "a", "one", "b")] == [0.5, None, 0.5]


def test_a_group_that_hangs_costs_no_other_group_its_values(isolated):
    reward = isolated(GROUP, deadline=0.3)
    groups = [Question(str(i), "?") for i in range(3)]
    texts = (("a", "b"), ("hang", "b"), ("a", "b"))
    pairs = [(q, parse(t)) for q, two in zip(groups, texts, strict=True) for t in two]
    assert [part.status for part in reward.judge(pairs)] == [
        "scored", "scored", "timeout", "timeout", "scored", "scored",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ("while True: pass", "timeout"),
        ("time.sleep(0.4); os._exit(3)", "error"),
        ("time.sleep(0.4); 1 / 0", "error"),
    ],
)
def test_what_failed_took_the_time_that_it_cost_and_a_group_shares_it(
    isolated, ask, fault: str, status: str
):
    for head, count in (("", 1), ('@reward("of_a_group", scope="group")', 40)):
        scope = "texts" if head else "response"
        reward = isolated(
            f"""
            {head}
            def mine({scope}):
                {fault}
            """,
            deadline=0.4 if status == "timeout" else 5.0,
        )
        parts = ask(reward, *["a"] * count)
        assert {part.status for part in parts} == {status}
        assert 0.39 <= sum(part.seconds for part in parts) < 8.0
        assert len({part.seconds for part in parts}) == 1


def test_what_was_not_run_took_no_time(isolated, ask, monkeypatch):
    monkeypatch.setattr("rewards.isolation.isolated.LOST_SECONDS", 0.0)
    reward = isolated("def mine(response): time.sleep(60)", deadline=0.2)
    parts = ask(reward, *["a"] * 6)
    assert any(part.unrun for part in parts)
    assert [part.seconds == 0 for part in parts] == [part.unrun for part in parts]


def test_no_pairs_are_no_parts(isolated):
    assert isolated("def mine(question): return 1.0").judge([]) == []


def test_details_of_a_group_are_bounded_together(isolated, ask):
    reward = isolated("""
        @reward("long", scope="group")
        def mine(texts):
            return [Verdict(1.0, "", {"x": "a" * 10**6}) for _ in texts]
    """)
    assert [part.value for part in ask(reward, *"abcd")] == [1.0] * 4
    parts = ask(reward, *"abcdefgh")
    assert [part.status for part in parts] == ["error"] * 8
    assert "'long' gave a group's reasons and details" in parts[0].why
