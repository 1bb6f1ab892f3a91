"""A look at a checkpoint folder from elsewhere, before any library opens it.

========================================  =================================
a folder may hold                         it may not hold
========================================  =================================
safetensors with a sane header            pickle, by name or by first bytes
JSON without ``auto_map``                 Python files, ``auto_map``: code
attention "eager" or "sdpa"               another, which may be a kernel of the hub
weights as they are                       ``quantization_config``
tokenizer, template and text files        any other kind of file
an index of shards in the same folder     an index that points elsewhere
links into the same hub cache             links elsewhere, devices
a LoRA adapter in safetensors             an adapter that opens other folders
========================================  =================================

A file that may be opened may still say what no model can be built from; ``opened`` is around
the library that builds it.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from safetensors import SafetensorError, safe_open

from policies.manifest import MANIFEST, PICKLE_SUFFIXES
from rewards.errors import CheckpointError, EtudeError, first_line

ADAPTER, ADAPTER_WEIGHTS = "adapter_config.json", "adapter_model.safetensors"
MAX_JSON_BYTES = 64 * 2**20
MAX_HEADER_BYTES = 100 * 2**20
_TEXT = (".json", ".jinja", ".md", ".txt", ".model", ".tiktoken", ".yaml", ".png", ".jpg", ".svg")
_ATTENTIONS = (None, "eager", "sdpa")
_NAMES = ("LICENSE", "NOTICE", ".gitattributes", MANIFEST)
# A zip (what torch.save writes) and the pickle protocols 2 to 5.
_PICKLE_STARTS = (b"PK\x03\x04", b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")


def inspect_untrusted(folder: Path) -> dict[str, Any]:
    """Its ``config.json``, after everything in the folder was found harmless.

    Args:
        folder: a checkpoint in the layout of transformers.

    Raises:
        CheckpointError: names the file, what it holds and what was expected.
    """
    _check_files(folder)
    return _object(folder, "config.json")


def inspect_adapter(folder: Path) -> dict[str, Any]:
    """Its ``adapter_config.json``, after everything in the folder was found harmless.

    Args:
        folder: a LoRA adapter in the layout of PEFT.

    Raises:
        CheckpointError: names the file, what it holds and what was expected.
    """
    _check_files(folder)
    if not (folder / ADAPTER_WEIGHTS).is_file():  # PEFT would look for a pickle instead
        _refuse(folder, f"no {ADAPTER_WEIGHTS!r}", "one", "convert its weights to safetensors")
    config = _object(folder, ADAPTER)
    if config.get("peft_type") != "LORA":  # others open folders and checkpoints that they name
        _refuse(
            folder,
            f"peft_type {config.get('peft_type')!r:.80} in {ADAPTER!r}",
            "'LORA'",
            "choose a LoRA adapter",
        )
    return config


@contextmanager
def opened(fault: str, remedy: str) -> Iterator[None]:
    """Around a library that opens a folder: what it raises becomes one sentence.

    A configuration by a stranger ends in whatever the line that first uses it raises: an
    unknown activation in a KeyError, no heads in a ZeroDivisionError.

    Args:
        fault: what could not be done, with the folder.
        remedy: what was expected, and what to do.

    Raises:
        CheckpointError: for any error but one of Etude's own, which passes.
    """
    try:
        yield
    except EtudeError:
        raise
    except Exception as error:
        got = f"{type(error).__name__} ({first_line(error)})"
        raise CheckpointError(f"{fault}: got {got}, {remedy}") from error


def check_safetensors(path: Path) -> None:
    """Reads the header alone: lengths, dtypes, shapes and offsets must agree.

    Raises:
        CheckpointError: they do not, or the file is cut or has bytes to spare.
    """
    size = path.stat().st_size
    with open(path, "rb") as file:
        head = file.read(8)
    (length,) = struct.unpack("<Q", head) if len(head) == 8 else (0,)
    if not 2 <= length <= min(size - 8, MAX_HEADER_BYTES):
        _refuse(
            path.parent,
            f"a header of {length} bytes in {path.name!r} of {size} bytes",
            f"2 to {max(0, min(size - 8, MAX_HEADER_BYTES))}",
            "download it again",
        )
    try:
        with safe_open(path, framework="np"):
            pass
    except (SafetensorError, OSError) as error:
        raise CheckpointError(
            f"checkpoint {str(path.parent)!r}: got a header in {path.name!r} that does not fit "
            f"its file ({error}), expected dtypes, shapes and offsets that do; download it again"
        ) from error


def _refuse(folder: Path, got: str, expected: str, remedy: str) -> NoReturn:
    raise CheckpointError(f"checkpoint {str(folder)!r}: got {got}, expected {expected}; {remedy}")


def _files(folder: Path) -> Iterator[Path]:
    """Every file below ``folder``; a link may lead into its hub cache only."""
    if not folder.is_dir():
        _refuse(folder, "no folder", "one with config.json and safetensors", "check the path")
    home = folder.resolve()
    # The hub keeps files in blobs/ and links to them from snapshots/<commit>/.
    blobs = home.parents[1] / "blobs" if home.parent.name == "snapshots" else home
    for path in sorted(home.rglob("*")):
        if path.is_symlink() and not (
            path.resolve().is_relative_to(home) or path.resolve().is_relative_to(blobs)
        ):
            _refuse(folder, f"{path.name!r}, a link that leads out", "a file", "copy the file")
        if path.is_dir():
            continue
        if not path.is_file():
            _refuse(folder, f"{path.name!r}, a device or broken link", "a file", "leave it out")
        yield path


def _check_files(folder: Path) -> None:
    for path in _files(folder):
        _check_kind(folder, path)
        name = path.name.lower()
        if name.endswith(".safetensors"):
            check_safetensors(path)
        elif name.endswith(".json"):
            content = _read_json(folder, path)
            for key, value in _entries(content):
                _check_entry(folder, path, key, value)
            if name.endswith(".safetensors.index.json"):
                _check_index(folder, path, content)


def _check_kind(folder: Path, path: Path) -> None:
    suffix = path.suffix.lower()
    with open(path, "rb") as file:
        start = file.read(4)
    # A safetensors header may begin with any length, so any first bytes.
    like_pickle = suffix not in (".safetensors", ".png") and start.startswith(_PICKLE_STARTS)
    if suffix in PICKLE_SUFFIXES or like_pickle:
        _refuse(
            folder,
            f"{path.name!r}, which may hold a pickle that runs code",
            "safetensors",
            "choose a revision with safetensors or convert it where it can do no harm",
        )
    if suffix == ".py":
        _refuse(folder, f"code, {path.name!r}", "none", "choose a revision without code")
    elif suffix not in (".safetensors", *_TEXT) and path.name not in _NAMES:
        _refuse(
            folder,
            f"an unexpected file, {path.name!r}",
            "safetensors, JSON, tokenizer and text files",
            "leave it out",
        )


def _read_json(folder: Path, path: Path) -> Any:
    size = path.stat().st_size
    if size > MAX_JSON_BYTES:
        _refuse(folder, f"{size} bytes of {path.name!r}", f"at most {MAX_JSON_BYTES}", "look at it")
    try:
        return json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise CheckpointError(
            f"checkpoint {str(folder)!r}: got {path.name!r} that is not JSON ({error}), expected "
            "JSON; download it again"
        ) from error


def _object(folder: Path, name: str) -> dict[str, Any]:
    path = folder / name
    if not path.is_file():
        _refuse(folder, f"no {name!r}", "one", "name the folder of a whole checkpoint")
    content = _read_json(folder, path)
    if not isinstance(content, dict):
        _refuse(folder, f"a {name!r} without an object", "one", "download it again")
    return content


def _entries(content: Any) -> Iterator[tuple[str, Any]]:
    """Keys and values at any depth; without recursion, for deep files."""
    stack = [content]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            yield from value.items()
            stack.extend(value.values())
        elif isinstance(value, list):
            stack.extend(value)


def _check_entry(folder: Path, path: Path, key: str, value: Any) -> None:
    if key == "auto_map" and value:
        _refuse(
            folder,
            f"'auto_map' in {path.name!r}, which runs code from the checkpoint",
            "none",
            "choose a revision of a family that transformers has",
        )
    # transformers obeys both names, and fetches a kernel of the hub by either.
    if key in ("attn_implementation", "_attn_implementation") and value not in _ATTENTIONS:
        _refuse(
            folder,
            f"{key} {value!r:.80} in {path.name!r}, which may name code elsewhere",
            "'eager' or 'sdpa'",
            "leave the line out",
        )
    if key == "quantization_config" and value:
        _refuse(
            folder,
            f"'quantization_config' in {path.name!r}",
            "weights as they are",
            "choose full weights, which model.base_8bit holds in 8 bits",
        )


def _check_index(folder: Path, path: Path, content: Any) -> None:
    shards = content.get("weight_map") if isinstance(content, dict) else None
    if not isinstance(shards, dict):
        _refuse(folder, f"no weight_map in {path.name!r}", "one", "download it again")
    for shard in sorted({str(value) for value in shards.values()}):
        plain = shard.endswith(".safetensors") and Path(shard).name == shard
        if not plain or not (path.parent / shard).is_file():
            _refuse(
                folder,
                f"the shard {shard!r} in {path.name!r}",
                "a safetensors file of the same folder",
                "download it again",
            )
