"""Checkpoints from elsewhere: what may run code or lead astray is refused by name."""

from __future__ import annotations

import json
import os
import pickle
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from policies.untrusted import check_safetensors, inspect_untrusted
from rewards.errors import CheckpointError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "model"
    made.mkdir()
    config = {"model_type": "musicflamingo", "text_config": {"hidden_size": 8}}
    (made / "config.json").write_text(json.dumps(config))
    (made / "tokenizer.json").write_text("{}")
    (made / "chat_template.jinja").write_text("{{ messages }}")
    (made / "merges.txt").write_text("a b")
    (made / "README.md").write_text("# tiny")
    save_file({"a": np.arange(6, dtype=np.float32)}, made / "model.safetensors")
    return made


def test_an_ordinary_checkpoint_passes_and_gives_its_config(folder: Path) -> None:
    assert inspect_untrusted(folder)["text_config"] == {"hidden_size": 8}


@pytest.mark.parametrize("attention", [None, "eager", "sdpa"])
def test_a_plain_attention_passes(folder: Path, attention: str | None) -> None:
    config(attn_implementation=attention, quantization_config=None)(folder)
    assert inspect_untrusted(folder)["attn_implementation"] == attention


def put(name: str, data: bytes | str) -> Callable[[Path], object]:
    def make(folder: Path) -> None:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(data if isinstance(data, bytes) else data.encode())

    return make


def config(**values: object) -> Callable[[Path], object]:
    return put("config.json", json.dumps({"model_type": "musicflamingo", **values}))


def index(shard: str) -> Callable[[Path], object]:
    return put("model.safetensors.index.json", json.dumps({"weight_map": {"a": shard}}))


def header(content: bytes, length: int | None = None, data: bytes = b"") -> bytes:
    return struct.pack("<Q", len(content) if length is None else length) + content + data


AUTO_MAP = {"AutoModel": "evil.Model"}
DEEP = {"text_config": [{"auto_map": AUTO_MAP}]}
REFUSED: list[tuple[str, Callable[[Path], object], str]] = [
    ("torch file", put("pytorch_model.bin", b"PK\3\4"), "'pytorch_model.bin', which may hold"),
    ("upper case", put("weights.PT", b""), "'weights.PT', which may hold a pickle"),
    ("inner folder", put("sub/state.pkl", b""), "'state.pkl', which may hold a pickle"),
    ("disguised pickle", put("vocab.txt", pickle.dumps([1])), "'vocab.txt', which may hold"),
    ("disguised zip", put("tokenizer.model", b"PK\3\4.."), "'tokenizer.model', which may hold"),
    ("python file", put("modeling.py", "boo"), "code, 'modeling.py', expected none"),
    ("shared library", put("fast.so", b"\x7fELF"), "an unexpected file, 'fast.so'"),
    ("auto_map", config(auto_map=AUTO_MAP), "'auto_map' in 'config.json'"),
    ("deep auto_map", config(**DEEP), "'auto_map' in 'config.json'"),
    ("auto_map of a tokenizer", put("tokenizer_config.json", json.dumps(DEEP)), "'auto_map'"),
    ("auto_map in upper case", put("CONFIG.JSON", json.dumps(DEEP)), "'auto_map' in 'CONFIG.JSON'"),
    ("kernel", config(attn_implementation="evil/kernel"), "attn_implementation 'evil/kernel' in"),
    ("private kernel", config(_attn_implementation="evil/k"), "_attn_implementation 'evil/k' in"),
    ("deep kernel", config(audio_config={"attn_implementation": "a/b"}), "'a/b' in 'config.json'"),
    ("kernels by part", config(attn_implementation={"": "a/b"}), "{'': 'a/b'} in 'config.json'"),
    ("flash attention", config(attn_implementation="flash_attention_2"), "'flash_attention_2' in"),
    (
        "kernel elsewhere",
        put("config.4.0.0.json", json.dumps({"attn_implementation": "a/b"})),
        "a/b",
    ),
    ("quantized", config(text_config={"quantization_config": {"quant_method": "fp8"}}), "'quantiz"),
    ("config is a list", put("config.json", "[]"), "without an object"),
    ("config is not JSON", put("config.json", "{'a'"), "'config.json' that is not JSON"),
    ("bad UTF-8", put("config.json", b'{"a": "\xff"}'), "'config.json' that is not JSON"),
    ("nested too deep", put("generation_config.json", "[" * 200_000), "is not JSON"),
    ("no config", lambda f: (f / "config.json").unlink(), "no 'config.json'"),
    ("shard outside", index("../other.safetensors"), "the shard '../other.safetensors'"),
    ("absolute shard", index("/etc/passwd"), "the shard '/etc/passwd'"),
    ("missing shard", index("gone.safetensors"), "the shard 'gone.safetensors'"),
    ("no weight map", put("model.safetensors.index.json", "[]"), "no weight_map"),
    ("link outside", lambda f: (f / "a.txt").symlink_to("/etc/passwd"), "a link that leads out"),
    ("broken link", lambda f: (f / "a.txt").symlink_to(f / "gone"), "broken link"),
    ("pipe", lambda f: os.mkfifo(f / "a.txt"), "a device"),
    ("weights in upper case", put("M.SAFETENSORS", b""), "a header of 0 bytes"),
    ("empty weights", put("m.safetensors", b""), "a header of 0 bytes"),
    ("header bomb", put("m.safetensors", header(b"{}", 2**63)), f"a header of {2**63} bytes"),
    ("header no JSON", put("m.safetensors", header(b"nonsense")), "does not fit its file"),
    (
        "offsets beyond the file",
        put(
            "m.safetensors",
            header(b'{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}', data=bytes(8)),
        ),
        "does not fit its file",
    ),
    (
        "shape and size disagree",
        put(
            "m.safetensors",
            header(b'{"a":{"dtype":"F32","shape":[9],"data_offsets":[0,8]}}', data=bytes(8)),
        ),
        "does not fit its file",
    ),
    (
        "bytes to spare",
        put(
            "m.safetensors",
            header(b'{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}', data=bytes(99)),
        ),
        "does not fit its file",
    ),
]


@pytest.mark.parametrize(
    ("make", "sentence"), [row[1:] for row in REFUSED], ids=[r[0] for r in REFUSED]
)
def test_a_hostile_checkpoint_is_refused(
    folder: Path, make: Callable[[Path], object], sentence: str
) -> None:
    make(folder)
    with pytest.raises(CheckpointError, match=f"got .*{sentence}"):
        inspect_untrusted(folder)


def test_links_of_a_hub_cache_pass(folder: Path, tmp_path: Path) -> None:
    cache = tmp_path / "models--a--b"
    snapshot = cache / "snapshots" / "0123"
    snapshot.mkdir(parents=True)
    (cache / "blobs").mkdir()
    for number, path in enumerate(sorted(folder.iterdir())):
        path.rename(cache / "blobs" / f"{number}")
        (snapshot / path.name).symlink_to(f"../../blobs/{number}")
    assert inspect_untrusted(snapshot)["model_type"] == "musicflamingo"
    (cache / "refs").write_text("x")
    (snapshot / "extra.txt").symlink_to("../../refs")
    with pytest.raises(CheckpointError, match="a link that leads out"):
        inspect_untrusted(snapshot)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"gone.*got no folder"):
        inspect_untrusted(tmp_path / "gone")


def test_mutated_headers_give_a_verdict_and_no_crash(folder: Path) -> None:
    random = np.random.default_rng(5)
    path = folder / "model.safetensors"
    good = path.read_bytes()
    refused = 0
    for _ in range(500):
        bad = bytearray(good)
        for at in random.integers(0, len(bad) - 24, 2):
            bad[at] ^= 1 << int(random.integers(8))
        path.write_bytes(bad)
        try:
            check_safetensors(path)
        except CheckpointError:
            refused += 1
    assert refused > 250
