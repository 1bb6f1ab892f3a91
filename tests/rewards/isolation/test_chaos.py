"""The promises of isolation: short forms, and long ones marked `chaos`."""

from __future__ import annotations

import random

import pytest

from rewards import Question, parse

FAULTS = """
    DOES = {
        "loop": lambda: [None for _ in iter(int, 1)],
        "regex": lambda: re.match(r"(a+)+$", "a" * 60 + "b"),
        "sleep": lambda: time.sleep(1000),
        "fork": lambda: [os.fork() for _ in range(2)] and time.sleep(1000),
        "escape": lambda: os.fork() or os.setsid() or time.sleep(1000),
        "segv": lambda: ctypes.string_at(0),
        "kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
        "exit": lambda: os._exit(3),
        "memory": lambda: bytearray(10 * 2**30),
    }
    def mine(question, response):
        if response.text in DOES:
            DOES[response.text]()
            time.sleep(1000)
        return int(response.text) / 1000
"""
HANGING = ("loop", "regex", "sleep", "fork", "escape")
DYING = ("segv", "kill", "exit")


def survives(reward, calls: range, rows: int, faults: int, descendants) -> int:
    """Judge that many completions a call with that many faults; the number that hung."""
    before = set(descendants())
    hung = 0
    for call in calls:
        draw = random.Random(call)
        texts = [str(place) for place in range(rows)]
        # As many in the even places, which the first process judges, as in the odd ones.
        even, odd = range(0, rows, 6), range(3, rows, 6)
        for place in draw.sample(even, faults // 2) + draw.sample(odd, faults // 2):
            texts[place] = draw.choice((*HANGING, *HANGING, *DYING, "memory"))
        parts = reward.judge([(Question("q", "?"), parse(text)) for text in texts])
        for text, part in zip(texts, parts, strict=True):
            if text in HANGING:
                assert part.status == "timeout", (call, text, part.why)
            elif text in DYING or text == "memory":
                assert part.status == "error", (call, text, part.why)
            else:
                assert part.value == int(text) / 1000, (call, text, part.why)
        hung += sum(part.status == "timeout" for part in parts)
        # Each of two processes is a keeper with its worker, and nothing else is left.
        assert len(set(descendants()) - before) <= 4
    return hung


def test_six_faults_among_128_completions(isolated, descendants):
    reward = isolated(FAULTS, deadline=0.3, processes=2)
    assert survives(reward, range(1), 128, 6, descendants) > 0


@pytest.mark.chaos
@pytest.mark.parametrize("shard", range(10))
def test_a_thousand_hangs(isolated, descendants, shard):
    before = set(descendants())
    reward = isolated(FAULTS, deadline=0.5, processes=2)
    calls = range(10 * shard, 10 * shard + 10)
    assert survives(reward, calls, 640, 18, descendants) >= 100
    reward.close()
    assert set(descendants()) == before


ORDER = """
    import hashlib
    def one(text): return int(hashlib.md5(text.encode()).hexdigest()[:8], 16) / 2**32

    def mine(text):
        return Verdict(one(text), text)

    @reward("as_a_group", scope="group")
    def group(texts):
        return [Verdict(one(text + max(texts)), text) for text in texts]
"""


def permutes(reward, trials: range) -> None:
    """Permuted completions get permuted parts."""
    for trial in trials:
        draw = random.Random(trial)
        questions = [Question(f"q{i}", "?") for i in range(draw.randrange(1, 4))]
        pairs = [
            (draw.choice(questions), parse(str(draw.randrange(99))))
            for _ in range(draw.randrange(2, 13))
        ]
        order = list(range(len(pairs)))
        draw.shuffle(order)
        parts = [(part.value, part.why) for part in reward.judge(pairs)]
        again = [(part.value, part.why) for part in reward.judge([pairs[i] for i in order])]
        assert again == [parts[i] for i in order], trial
        assert [why for _, why in parts] == [response.text for _, response in pairs]


@pytest.mark.parametrize("name", ["mine", "as_a_group"])
def test_a_hundred_permutations(isolated, name):
    permutes(isolated(ORDER, name=name, processes=2), range(100))


@pytest.mark.chaos
@pytest.mark.parametrize("name", ["mine", "as_a_group"])
def test_ten_thousand_permutations(isolated, name):
    permutes(isolated(ORDER, name=name), range(10_000))
