"""Where a checkpoint lies: a folder, a name on the Hugging Face hub, the base of an adapter.

Conventions
-----------
An adapter names its base as its run did, often by a path relative to where the run was started.
It is looked for there, and then below each folder above the adapter: a tree of runs may be copied,
or asked from elsewhere.

A name may be longer than a path can be, or lie in a folder that is closed to us: `os.path` answers
False for it, `pathlib` raises.
"""

from __future__ import annotations

import os.path
from pathlib import Path

from policies.untrusted import inspect_adapter
from rewards.errors import CheckpointError


def local_folder(name: Path | str) -> Path:
    """The folder of a checkpoint; one on the hub is downloaded once.

    Raises:
        CheckpointError: if there is neither a folder nor a hub checkpoint of this name; the hub
            is not asked for what can only be a path.
    """
    if os.path.isdir(name):
        return Path(name)
    if _is_path(str(name)):
        got = "a file" if os.path.exists(name) else "nothing"
        raise CheckpointError(
            f"no checkpoint '{name}': got {got} at this path, expected a folder; check the path, "
            "a relative one starts where the command does"
        )
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    patterns = ["*.json", "*.safetensors", "*.jinja", "*.txt", "*.model"]
    try:
        return Path(snapshot_download(str(name), allow_patterns=patterns))
    except (HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, OSError) as error:
        raise CheckpointError(
            f"no checkpoint '{name}': got neither a folder nor an answer from the hub "
            f"({type(error).__name__}), expected one of both; check the path or the network"
        ) from error


def _is_path(name: str) -> bool:
    """Whether a name can be no "owner/name" of the hub, or lies in a folder that is here.

    >>> _is_path("./cold"), _is_path("runs/cold/model"), _is_path("nobody/has-this")
    (True, True, False)
    """
    above = Path(name).parent
    return (
        name.startswith((".", "/", "~"))
        or name.count("/") > 1
        or (above != Path() and os.path.isdir(above))
    )


def named_base(adapter: Path) -> str:
    """What an adapter says that it stands on: a path, or a name on the hub.

    Raises:
        CheckpointError: the adapter is damaged, or names none.
    """
    name = inspect_adapter(adapter).get("base_model_name_or_path")
    if not isinstance(name, str) or not name or "\0" in name:
        raise CheckpointError(
            f"the adapter '{adapter}' names no base: got {name!r:.80} in its "
            "'base_model_name_or_path', expected a folder or a name on the hub; take another "
            "adapter, or write the name"
        )
    return name


def base_folder(adapter: Path) -> Path:
    """The folder of an adapter's base, as ``local_folder``.

    Raises:
        CheckpointError: the adapter is damaged, or its base is not there.
    """
    name = named_base(adapter)
    for above in (Path(), *adapter.resolve().parents):
        if os.path.isfile(above / name / "config.json"):
            return above / name
    try:
        return local_folder(name)
    except CheckpointError as error:
        raise CheckpointError(f"the base of the adapter '{adapter}' is missing: {error}") from error
