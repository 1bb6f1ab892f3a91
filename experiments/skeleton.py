"""The file and the test that `etude reward new` writes, for one completion or for a group."""

from __future__ import annotations

import keyword
import re
import sys
from importlib.util import find_spec
from pathlib import Path

from rewards import registry
from rewards.arguments import Scope
from rewards.errors import ConfigError

REWARD = '''"""Reward `NAME`: is the answer short?

Conventions
-----------
===========================  ==================================================
answer                       value
===========================  ==================================================
at most `words` words        1
longer                       `words` / their number, so that shorter pays
no answer block              0: this function is not called
===========================  ==================================================

Try it:       etude reward test NAME.py:NAME
On a run:     etude reward test NAME.py:NAME --on RUN
In a rubric:  parts: {NAME: {reward: "NAME.py:NAME", weight: 0.1, words: 12}}
"""

from rewards import Verdict


# A reward asks for what it needs by name: answer, think, text (the whole completion),
# gold, choices, facts, facet, kind, clip, or question and response themselves. What a
# rubric may set stands behind the *.
def NAME(answer, *, words: int = 12):
    # Wrong or senseless output of the model is a low value with a reason, never an
    # exception: one that is raised is an error, which stops a run if there are many.
    count = len(answer.split())
    if count <= words:
        return Verdict(1.0, f"words: {count}, wanted at most {words}")
    # A value lies in [0, 1]. A plain number would do as well; None would mean that
    # this reward does not apply; Abstention("why"), of rewards too, would say why.
    return Verdict(words / count, f"words: {count}, more than {words}")
'''

GROUP_REWARD = '''"""Reward `NAME`: does a completion answer what its siblings do not?

Conventions
-----------
===========================  ==================================================
answer                       value
===========================  ==================================================
k of n siblings give it too  1 - k / n
no answer block              0
no siblings                  does not apply
===========================  ==================================================

Siblings are completions of one question: of the same id or, without one, equal.

Try it:       etude reward test NAME.py:NAME
On a run:     etude reward test NAME.py:NAME --on RUN
In a rubric:  parts: {NAME: {reward: "NAME.py:NAME", weight: 0.1, requires: [format]}, format: {}}
"""

from rewards import Abstention, Verdict, reward


# A reward over a group gets lists in the order of the completions, with None where one has
# no such block: answers, thinks, texts or responses; what belongs to the question stays one:
# gold, choices, facts, facet, kind, clip, question. It returns a list as long. What a rubric
# may set stands behind the *.
@reward("NAME", scope="group")
def NAME(answers, *, case: bool = False):
    if len(answers) == 1:
        return [Abstention("it has no siblings")]
    said = [answer if case or answer is None else answer.lower() for answer in answers]
    return [one(answer, said) for answer in said]


def one(answer, said):
    if answer is None:
        return Verdict(0.0, "there is no answer block")
    shared, siblings = said.count(answer) - 1, len(said) - 1
    return Verdict(1 - shared / siblings, f"{shared} of {siblings} siblings answer the same")
'''

TEST = '''"""What reward `NAME` promises. Run me: python -m pytest test_NAME.py"""

from pathlib import Path

from rewards import Question, parse
from rewards.isolation import Isolated

FILE = Path(__file__).with_name("NAME.py")
QUESTION = Question("q", "In which key does the piece end?", answer="D major")


def judge(*answers, **params):
    """The parts of these answers, judged as a run judges them: in a process of its own."""
    completions = [parse(f"<think>Let me hear.</think><answer>{a}</answer>") for a in answers]
    with Isolated(f"{FILE}:NAME", params=params) as reward:
        return reward.judge([(QUESTION, completion) for completion in completions])


# Of the reward as it was begun: once it is your own, change QUESTION to one that it is for, and
# the first three tests to what it promises, answers and values; the last holds for any.
def test_the_gold_answer_earns_1():
    assert judge(QUESTION.answer)[0].value == 1.0


def test_a_longer_answer_earns_less():
    short, long, longer = judge("D", "D " * 24, "D " * 48)
    assert short.value > long.value > longer.value


def test_the_limit_can_be_set():
    assert judge("D major, I think", words=2)[0].value == 0.5


def test_what_a_cheat_would_try_is_judged_without_an_error():
    parts = judge("", "<answer>", "D\\x00", "D " * 60_000, "{" * 10_000)
    assert all(part.status == "scored" for part in parts), [part.why for part in parts]
'''

GROUP_TEST = '''"""What reward `NAME` promises. Run me: python -m pytest test_NAME.py"""

from pathlib import Path

from rewards import Question, parse
from rewards.isolation import Isolated

FILE = Path(__file__).with_name("NAME.py")
QUESTION = Question("q", "In which key does the piece end?")


def judge(*answers, **params):
    """The parts of these answers, siblings, judged as a run judges them."""
    completions = [parse(f"<think>Let me hear.</think><answer>{a}</answer>") for a in answers]
    with Isolated(f"{FILE}:NAME", params=params) as reward:
        return reward.judge([(QUESTION, completion) for completion in completions])


# Of the reward as it was begun: once it is your own, change each test to what it promises,
# answers and values; that any order gives each its value holds for any.
def test_what_no_sibling_answers_earns_1_and_what_all_answer_0():
    assert [part.value for part in judge("D major", "B minor")] == [1.0, 1.0]
    assert [part.value for part in judge("D", "D", "D")] == [0.0, 0.0, 0.0]


def test_any_order_of_the_siblings_gives_each_its_value():
    parts = judge("A", "B", "A"), judge("B", "A", "A")
    assert [[part.value for part in found] for found in parts] == [[0.5, 1, 0.5], [1, 0.5, 0.5]]


def test_case_can_count():
    assert [part.value for part in judge("a", "A", case=True)] == [1.0, 1.0]


def test_a_completion_without_siblings_is_not_judged():
    assert [part.status for part in judge("D major")] == ["not_applicable"]
'''

FORMS = {"completion": (REWARD, TEST), "group": (GROUP_REWARD, GROUP_TEST)}


def write_skeleton(name: str, folder: Path, scope: Scope = "completion") -> tuple[Path, Path]:
    """Write NAME.py and test_NAME.py; both or none.

    Raises:
        ConfigError: the name is no name of a function, taken or that of a module, or a file is
            there.
    """
    if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("_"):
        near = re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_").lower()
        usable = near.isidentifier() and not keyword.iskeyword(near)
        raise ConfigError(
            f"a reward needs the name of a function: got {name!r}, expected one such as "
            f"{near if usable else 'brevity'}"
        )
    if name in registry.names():
        raise ConfigError(f"reward {name!r} is built in; expected another name, my_{name} perhaps")
    if _is_module(name):
        raise ConfigError(
            f"{name}.py would hide the module {name!r} from its test and from the rewards beside "
            f"it; expected another name, my_{name} perhaps"
        )
    pair = folder / f"{name}.py", folder / f"test_{name}.py"
    for path in pair:
        if path.exists():
            raise ConfigError(f"{path} is there already; expected a new file; choose another name")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, text in zip(pair, FORMS[scope], strict=True):
            path.write_text(text.replace("NAME", name), encoding="utf-8")
    except OSError as failure:
        raise ConfigError(
            f"{folder}: cannot be written ({failure.strerror or failure}); expected a folder"
        ) from failure
    return pair


def _is_module(name: str) -> bool:
    """Whether Python knows a module of this name; a mere folder, which has no origin, is none."""
    if name in sys.stdlib_module_names:
        return True
    found = find_spec(name)
    return found is not None and found.origin is not None
