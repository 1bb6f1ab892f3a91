"""The frozen base of an adapter in 8 bits: LLM.int8 (arXiv 2208.07339), through bitsandbytes.

The decoder's linear layers are held in 8 bits, a scale for each row; what a layer is given is
rounded to 8 bits likewise, but for the columns with an entry of 6 or more, which stay as they
are (section 3 of the paper). Embeddings, norms, the head, the projector and the encoder keep
their precision. Nothing of it learns: it is the ground that a LoRA adapter stands on.

The package's own backward pass keeps what each layer was given, also where gradient
checkpointing is to drop it; so its products are called without it (``Int8Weight``).
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from importlib import metadata
from typing import Any

import torch
from packaging.version import Version
from torch import Tensor
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
            f"8-bit base weights need {PACKAGE}: got {here}, expected {LEAST} or later; run `pip "
            "install -c constraints.txt -e '.[int8]'` in the checkout, or set model.base_8bit=false"
        )


def arguments(model: Any, family: Family, device: str) -> dict[str, Any]:
    """What ``from_pretrained`` is told, so that the decoder alone comes in 8 bits.

    Args:
        model: the ``outline`` of the checkpoint.

    Raises:
        ConfigError: bitsandbytes is not there.
    """
    check_installed()
    logging.getLogger(PACKAGE).setLevel(logging.ERROR)  # of kernels for 4 bits, which nobody asked
    decoder = f"{family.prefix}."
    linear = [name for name, part in model.named_modules() if type(part) is torch.nn.Linear]
    settings = BitsAndBytesConfig(
        load_in_8bit=True,
        llm_int8_skip_modules=[name for name in linear if not name.startswith(decoder)],
    )
    return {"quantization_config": settings, "device_map": {"": device}}


@dataclass(frozen=True, slots=True)
class Int8Weight:
    """W (o, i) of a layer of the package's, and how it is multiplied with.

    Attributes:
        layer: its ``Linear8bitLt``.
    """

    layer: Any

    def times(self, x: Tensor) -> Tensor:
        """W x + b of (R, i), (R, o); no gradient."""
        with torch.no_grad():
            return self.layer(x)

    def dense(self, dtype: torch.dtype) -> Tensor:
        """W, each row its bytes times its largest entry / 127; made anew with each call."""
        scale = self.layer.state.SCB if self.layer.state.SCB is not None else self.layer.weight.SCB
        return self.layer.weight.data.to(dtype).mul_(scale[:, None] / 127)


def int8_weight(module: Any) -> Int8Weight | None:
    """That of a layer in 8 bits; None of any other."""
    # By name, so that the package is imported only where a model holds its layers.
    if type(module).__name__ != "Linear8bitLt" or not type(module).__module__.startswith(PACKAGE):
        return None
    return None if module.state.has_fp16_weights else Int8Weight(module)


def holds(decoder: Any) -> bool:
    """Whether layers of a decoder are held in 8 bits.

    No CUDA graph can record them: which columns stay as they are is looked up in what comes in.
    """
    return any(parameter.dtype is torch.int8 for parameter in decoder.parameters())
