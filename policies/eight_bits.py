"""The frozen base of an adapter in 8 bits: LLM.int8 (arXiv 2208.07339), through bitsandbytes.

The decoder's linear layers are held in 8 bits, a scale for each row; what a layer is given is
rounded to 8 bits likewise, but for the columns with an entry of 6 or more, which stay as they
are (section 3 of the paper). Embeddings, norms, the head, the projector and the encoder keep
their precision. Nothing of it learns: it is the ground that a LoRA adapter stands on.
"""

from __future__ import annotations

import logging
from importlib import metadata
from pathlib import Path
from typing import Any

import torch
from packaging.version import Version
from transformers import BitsAndBytesConfig

from policies.families import Family
from rewards.errors import ConfigError

PACKAGE, LEAST = "bitsandbytes", "0.46.1"


def check_installed() -> None:
    """
    Raises:
        ConfigError: bitsandbytes is not there, or older than transformers can use.
    """
    try:
        here = metadata.version(PACKAGE)
    except metadata.PackageNotFoundError:
        here = "none"
    if here == "none" or Version(here) < Version(LEAST):
        raise ConfigError(
            f"8-bit base weights need {PACKAGE}: got {here}, expected {LEAST} or later; run "
            "`pip install -e '.[int8]'`, or set model.base_8bit=false"
        )


def arguments(folder: Path, family: Family, device: str) -> dict[str, Any]:
    """What ``from_pretrained`` is told, so that the decoder alone comes in 8 bits.

    Raises:
        ConfigError: bitsandbytes is not there.
    """
    check_installed()
    logging.getLogger(PACKAGE).setLevel(logging.ERROR)  # of kernels for 4 bits, which nobody asked
    config_class: Any = family.model_class.config_class
    config = config_class.from_pretrained(folder)
    with torch.device("meta"):
        model = family.model_class(config)
    decoder = f"{family.prefix}."
    linear = [name for name, part in model.named_modules() if type(part) is torch.nn.Linear]
    settings = BitsAndBytesConfig(
        load_in_8bit=True,
        llm_int8_skip_modules=[name for name in linear if not name.startswith(decoder)],
    )
    return {"quantization_config": settings, "device_map": {"": device}}


def holds(decoder: Any) -> bool:
    """Whether layers of a decoder are held in 8 bits.

    No CUDA graph can record them: which columns stay as they are is looked up in what comes in.
    """
    return any(parameter.dtype is torch.int8 for parameter in decoder.parameters())
