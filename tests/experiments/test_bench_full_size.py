"""The scripts for a GPU, at a size for any machine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from experiments.bench import attention, full_size


@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_every_form_of_a_step_runs_and_both_agree(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "found.json"
    small = ("--size", "tiny", "--group", "2", "--tokens", "4", "--repeats", "1")
    full_size.main([*small, "--seconds", "1", "--out", str(out)])
    printed = capsys.readouterr().out
    found = json.loads(out.read_text())
    assert "mean |ours - plain| 0.0000 nats" in printed
    assert [row["what"] for row in found["rows"]] == [
        "learner, ours",
        "learner, ours, checkpointing",
        "learner, plain, 2 rows at once",
        "learner, plain, 2 rows at once, checkpointing",
        "sampler, ours",
        "sampler, generate",
    ]
    assert all(row["seconds"] > 0 and row["share"] > 0 for row in found["rows"])


def test_the_bench_of_attention_measures_what_a_mask_gives(
    capsys: pytest.CaptureFixture[str],
) -> None:
    attention.main(["--prefix", "6", "--group", "2", "--tokens", "3"])
    assert "ours" in capsys.readouterr().out
    case = attention.drawn(6, 2, 3, "cpu")
    of = torch.tensor([-1] * 6 + [0] * 3 + [1] * 3)
    places = torch.arange(12)
    reads = (places[:, None] >= places) & ((of == of[:, None]) | (of == -1))
    expected = torch.nn.functional.scaled_dot_product_attention(
        case.q, case.k, case.v, reads, scale=attention.SCALE, enable_gqa=True
    )
    assert torch.allclose(attention.ours(case)(False), expected, atol=1e-5)
