"""YAML as configurations need it: literal values, bounded, nothing that runs or grows.

Conventions
-----------
Scalars are those of YAML 1.2's core: ``yes`` is text, ``1:30`` is text, ``1e-4``
is a number. Refused, each with a sentence: Python tags, anchors and aliases (a
few of them expand to gigabytes), ``${...}`` (a reference can read the
environment, and a resolved configuration is written into the run folder),
duplicate keys, more than ``MAX_BYTES``, ``MAX_EVENTS`` or ``MAX_DEPTH``.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from rewards.errors import ConfigError

MAX_BYTES = 1_000_000
MAX_EVENTS = 20_000
MAX_DEPTH = 32


class _CoreLoader(yaml.CSafeLoader):
    """PyYAML's safe loader, the fast one of its wheels; YAML 1.2, no duplicate keys."""

    yaml_implicit_resolvers: dict = {}  # noqa: RUF012 - PyYAML's own name and kind

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                line = key.start_mark.line + 1
                raise ConfigError(f"a key: got a list or mapping in line {line}, expected text")
            if key.value in seen:
                line = key.start_mark.line + 1
                raise ConfigError(
                    f"the key '{key.value}' stands twice, again in line {line}; leave one out"
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


for _tag, _pattern, _first in (
    ("null", r"(?:~|null|Null|NULL|)", ["~", "n", "N", ""]),
    ("bool", r"(?:true|True|TRUE|false|False|FALSE)", list("tTfF")),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)", list("-+0123456789")),
    (
        "float",
        r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?|[-+]?\.inf|\.nan",
        list("-+.0123456789"),
    ),
):
    _CoreLoader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(f"(?:{_pattern})$"), _first
    )


def parse_yaml(text: str) -> Any:
    """The value of one YAML document; None for an empty one.

    Raises:
        ConfigError: not YAML, or something that this module refuses.
    """
    if len(text) > MAX_BYTES:
        raise ConfigError(f"too long: got {len(text)} characters, expected at most {MAX_BYTES}")
    if "${" in text:
        found = re.search(r"\$\{[^}]{0,40}\}?", text)
        raise ConfigError(
            f"references are not read: got '{found.group() if found else '${'}', "
            "expected the value itself; write it out"
        )
    try:
        _refuse_hostile_events(text)
        # The loader is a SafeLoader: it makes mappings, lists and scalars only.
        return yaml.load(text, Loader=_CoreLoader)
    except yaml.YAMLError as error:
        raise ConfigError(f"not YAML: got {_one_line(error)}; mend the line") from error
    except ValueError as error:
        if isinstance(error, ConfigError):
            raise
        raise ConfigError(f"not YAML: {error}") from error


def read_yaml(path: Path) -> Any:
    """``parse_yaml`` of a file of UTF-8 text.

    Raises:
        ConfigError: missing, not a file, too large, or as ``parse_yaml``.
    """
    if not path.is_file():
        kind = "a folder" if path.is_dir() else "nothing"
        raise ConfigError(f"no such file: got {kind} at this path, expected a YAML file")
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise ConfigError(f"too large: got {size} bytes, expected at most {MAX_BYTES}")
    try:
        return parse_yaml(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, OSError) as error:
        raise ConfigError(f"cannot be read: got {error}, expected UTF-8 text") from error


def _refuse_hostile_events(text: str) -> None:
    """Go through the document flat, before anything is built from it."""
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=_CoreLoader)):
        line = event.start_mark.line + 1
        if count > MAX_EVENTS:
            raise ConfigError(
                f"too long: got more than {MAX_EVENTS} values by line {line}, expected fewer"
            )
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise ConfigError(
                f"anchors and aliases are not read: got '{event.anchor}' in line {line}; "
                "write the value out"
            )
        tag = getattr(event, "tag", None)
        if tag is not None:
            raise ConfigError(f"tags are not read: got '{tag}' in line {line}; write a plain value")
        depth += isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent))
        depth -= isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent))
        if depth > MAX_DEPTH:
            raise ConfigError(
                f"too deep: got more than {MAX_DEPTH} levels in line {line}, expected fewer"
            )


def _one_line(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    return f"{problem} in line {mark.line + 1}" if mark is not None else problem
