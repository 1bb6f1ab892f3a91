from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
import torch

from experiments.bench import learner as bench
from policies.tiny import TinySizes, build_tiny


@pytest.mark.parametrize("form", bench.FORMS)
def test_both_forms_of_the_bench_compute_the_same_gradients(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    texts = ["What is the key? <think>It closes on D.</think> <answer>D major</answer>"]
    build_tiny(tmp_path, texts, sizes=TinySizes(), seed=1)
    policy = bench._policy(tmp_path, form)
    prompt = bench._prompt(policy, 40)
    ids = [(20, 21, 22, 23), (24, 25), (26,)]
    found = []
    monkeypatch.setattr(policy.model, "zero_grad", lambda: None)  # to look at them first
    for run in (bench._ours, partial(bench._ours, pieces=2), bench._plain):
        for parameter in policy.model.parameters():
            parameter.grad = None
        run(policy, prompt, ids)
        grads = {n: p.grad for n, p in policy.model.named_parameters() if p.grad is not None}
        found.append(grads)
    *ours, theirs = found
    largest = max(float(g.abs().max()) for g in theirs.values())
    for one in ours:
        assert one.keys() == theirs.keys() != set()
        for name, gradient in theirs.items():
            assert torch.allclose(one[name], gradient, rtol=0, atol=1e-5 * largest), name


def test_a_line_has_times_memory_and_floors_and_marks_what_was_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    build_tiny(tmp_path, ["What?"], sizes=TinySizes(), seed=1)
    monkeypatch.setattr(bench, "REPEATS", 1)
    one = bench.Bench(bench._policy(tmp_path, "full"), "full", 1e11, threads=1)
    one.print_line(bench.Shape(30, 2, 6))
    line = capsys.readouterr().out.split()
    assert line[:4] == ["full", "30", "2", "6"]
    assert len(line) == 13
    # What the plain form takes grows as 2 + x^2; a row of another length has no part.
    one.known.update({bench.Shape(a, 3, 6): bench.Run(2.0 + a**2, 1e6) for a in (10, 20, 30)})
    one.print_line(bench.Shape(60, 3, 6), extrapolate=True)
    line = capsys.readouterr().out.split()
    assert line[4] == "~3602.00s"
    assert line[7] == "~1"
    assert len(line) == 13
