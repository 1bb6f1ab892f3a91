"""A checkpoint for others: stock transformers or PEFT files, and a model card.

What a run writes is stock already, but lies beside optimizer and progress. An
export holds the model alone:

==================  =========================================================
from                to
==================  =========================================================
full weights        config, safetensors as they are stored, processor:
                    ``from_pretrained`` opens it
an adapter          ``adapter_config.json`` and its weights: PEFT opens it over
                    the base that it names
an adapter, merged  as full weights in float32; the update is added to the base's own
==================  =========================================================
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from policies import checkpoint
from policies.audio_policy import AudioPolicy
from policies.locate import base_folder, local_folder, named_base
from policies.lora import Opening, open_policy
from policies.outline import precision
from policies.untrusted import ADAPTER
from rewards.errors import CheckpointError, ConfigError

CARD = "README.md"
PAPER = "https://arxiv.org/abs/2511.10289"


def export(
    source: Path, out: Path, *, merge: bool = False, base: str | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Path:  # fmt: skip
    """Write the model of a checkpoint to a new folder, whole or not at all.

    Args:
        source: a checkpoint folder or its name on the hub: full weights or an adapter.
        out: must not exist; what stands beside it is left as it is.
        merge: add an adapter's update to its base and write full weights.
        base: the name by which others find an adapter's base, for example on the hub; if
            None what was trained on, a folder by its absolute path.
        facts: what the card says of the training, name -> value.

    Returns:
        ``out``.

    Raises:
        CheckpointError: the source cannot be loaded, or ``out`` exists.
        ConfigError: ``merge`` or ``base`` without an adapter.
        StorageError: the disk is full.
    """
    source = local_folder(str(source))
    adapted = (source / ADAPTER).exists()
    if (merge or base is not None) and not adapted:
        raise ConfigError(
            f"there is no adapter in '{source}': got full weights and "
            f"{'merge' if merge else 'base'}, expected an adapter; leave it out"
        )
    if merge and base is not None:
        raise ConfigError("a merged model has no base: got merge and base, expected one of both")
    if out.exists():
        raise CheckpointError(
            f"'{out}' is in the way: got something there, expected a new folder; take another name"
        )
    out.parent.mkdir(parents=True, exist_ok=True)
    # Half precision would round an adapter's update away; what is stored is read as it is.
    policy = open_policy(source, Opening(dtype="float32" if adapted else precision(source)))
    if base is not None:
        policy.base_digest = None  # elsewhere its weights may be cut into other files
    if adapted and base is None:
        base = _base_of(source)
    if merge:
        policy.model = policy.model.merge_and_unload()
    card = _card(policy, out.name, base, merged=merge, facts=facts or {})

    def write(folder: Path) -> None:
        policy.save(folder)
        if base is not None and not merge:
            _rename_base(folder / ADAPTER, base)
        (folder / CARD).write_text(card, encoding="utf-8")

    return checkpoint.publish(out, write, keep=None)


def _base_of(adapter: Path) -> str:
    """What an adapter stands on; a folder by a path that holds wherever the export is opened."""
    name, folder = named_base(adapter), base_folder(adapter)
    parts = Path(name).parts
    local = folder.parts[-len(parts) :] == parts  # else it is a copy of the hub's
    return str(folder.resolve()) if local else name


def _rename_base(path: Path, base: str) -> None:
    config = json.loads(path.read_text(encoding="utf-8"))
    config["base_model_name_or_path"] = base
    path.write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def _card(
    policy: AudioPolicy, name: str, base: str | None, *, merged: bool, facts: Mapping[str, Any]
) -> str:
    """The hub's model card: what it is, how it was made, how to load it."""
    adapter = base is not None and not merged
    head = {
        "library_name": "peft" if adapter else "transformers",
        "pipeline_tag": "audio-text-to-text",
        "tags": ["music", "grpo", "etude", policy.base.config.model_type],
    }
    local = base is not None and Path(base).is_absolute()
    if base is not None and not local:  # the hub takes names of its own alone
        head["base_model"] = base
    front = "\n".join(f"{key}: {json.dumps(value)}" for key, value in head.items())
    count = sum(parameter.numel() for parameter in policy.base.parameters())
    kind = "A PEFT adapter" if adapter else "Full weights"
    rows = [("family", policy.base.config.model_type), ("parameters", f"{count:,}")]
    if local:
        rows.append(("base", f"{base}, a folder where it was trained"))
    rows += [(key, str(value)) for key, value in facts.items()]
    rows += [(f"{one} version", metadata.version(one)) for one in ("transformers", "peft")]
    table = "\n".join(f"| {_plain(key)} | {_plain(value)} |" for key, value in rows)
    return f"""---
{front}
---

# {_plain(name)}

{kind} of a music audio-language model, trained by group relative policy optimisation after
Music Flamingo's recipe ({PAPER}) with Etude. It answers with its reasoning in
`<think>` and the answer in `<answer>` where the prompt asks so.

| | |
|---|---|
{table}

```python
{_loading(policy, name, adapter=adapter)}
```

The licence of the base model and of the training data hold for what was made of them.
"""


def _loading(policy: AudioPolicy, name: str, *, adapter: bool) -> str:
    model_class = type(policy.base).__name__
    lines = [f"from transformers import AutoProcessor, {model_class}", ""]
    lines.append(f'processor = AutoProcessor.from_pretrained("{name}")')
    if not adapter:
        return "\n".join([*lines, f'model = {model_class}.from_pretrained("{name}")'])
    lines.insert(0, "from peft import PeftConfig, PeftModel")
    return "\n".join(
        [
            *lines,
            f'base = PeftConfig.from_pretrained("{name}").base_model_name_or_path',
            f"model = {model_class}.from_pretrained(base)",
            f'model = PeftModel.from_pretrained(model, "{name}")',
        ]
    )


def _plain(text: str) -> str:
    """In one cell of a table: names come from files that others may have written."""
    return " ".join(text.replace("|", "\\|").replace("<", "&lt;").split())
