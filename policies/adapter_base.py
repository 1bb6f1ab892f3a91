"""Whether the model that an adapter stands on is still the same.

Conventions
-----------
Beside an adapter lies ``base.json`` with a digest of samples of its base's weights. Training
changes every weight, so another model, or the same trained anew, differs in them; a flipped bit
need not.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from rewards.errors import CheckpointError

FILE = "base.json"
_SAMPLES, _BYTES = 32, 4096  # of each file of weights


def weights_digest(folder: Path) -> str:
    """blake2b-256 (hexadecimal) of samples of a checkpoint's weights."""
    total = hashlib.blake2b(digest_size=32)
    for path in sorted(folder.glob("*.safetensors")):
        size = path.stat().st_size
        total.update(f"{path.name} {size} ".encode())
        with path.open("rb") as file:
            for place in range(_SAMPLES):
                file.seek(size * place // _SAMPLES)
                total.update(file.read(_BYTES))
    return total.hexdigest()


def write_digest(adapter: Path, digest: str) -> None:
    """Put the digest of its base's weights beside an adapter."""
    (adapter / FILE).write_text(json.dumps({"weights": digest}) + "\n", encoding="utf-8")


def check_digest(adapter: Path, digest: str) -> None:
    """Refuse an adapter over other weights than it was trained on; one that tells none is taken.

    Raises:
        CheckpointError: the base was replaced, or ``base.json`` is damaged.
    """
    try:
        told = json.loads((adapter / FILE).read_text(encoding="utf-8"))["weights"]
    except FileNotFoundError:
        return
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise CheckpointError(
            f"'{adapter / FILE}' cannot be read ({type(error).__name__}): expected the digest of "
            "the base; take another checkpoint"
        ) from error
    if told != digest:
        raise CheckpointError(
            f"the base of the adapter '{adapter}' was replaced: got other weights than those that "
            "it was trained on; restore them, or begin another run on the new ones"
        )
