"""Real answers with a few signs changed: still a value in [0, 1] with a reason."""

from __future__ import annotations

import random

import pytest

from experiments.bench._bounds import judged
from experiments.bench._samples import SAMPLES
from rewards import Abstention, Verdict, get, names, parse

SIGNS = " ,.;:/|-–()[]{}<>\"'#♯b♭0123456789ABCDEFGabgImVix°øΔ+*=~\n\t\u200bВ５é你"


def mutated(text: str, rng: random.Random) -> str:
    """One to six edits: a sign dropped, put in, replaced, doubled; two halves exchanged."""
    signs = list(text)
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(signs)) if signs else 0
        edit = rng.randrange(5)
        if edit == 0 and signs:
            del signs[at]
        elif edit == 1:
            signs.insert(at, rng.choice(SIGNS))
        elif edit == 2 and signs:
            signs[at] = rng.choice(SIGNS)
        elif edit == 3:
            signs[at:at] = signs[at : at + rng.randint(1, 8)]
        else:
            signs = signs[at:] + signs[:at]
    return "".join(signs)


@pytest.mark.parametrize("name", names())
def test_a_mutated_answer_is_judged(name: str) -> None:
    reward, sample = get(name), SAMPLES[name]
    question, rng = sample.question(), random.Random(name)
    for _ in range(300):
        said = mutated(rng.choice(sample.answers), rng)
        completion = parse(f"<think>one two three</think><answer>{said}</answer>")
        verdict = judged(reward, question, completion)
        if isinstance(verdict, Abstention):
            assert verdict.why, said
        elif verdict is not None:
            assert isinstance(verdict, Verdict)
            assert 0.0 <= verdict.value <= 1.0, said
            assert verdict.why, said
