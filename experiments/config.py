"""Configurations: YAML files, then ``key=value`` overrides, into a frozen dataclass.

A schema is a tree of dataclasses (``experiments/schemas/``). Its annotations
say the types, ``number()`` the ranges, ``Literal`` the choices, ``__post_init__``
what several fields have to agree on. Everything wrong is reported at once. The single
values are read in ``experiments/config_values.py``.

A mapping that the schema leaves open (``dict[str, Any]``) is taken whole: what a
file or an override gives replaces the schema's default, it does not mix with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from omegaconf import OmegaConf

from experiments.config_values import converted, in_short, section_of
from experiments.yaml_text import MAX_DEPTH, parse_yaml, read_yaml
from rewards.errors import ConfigError, likest

Schema = TypeVar("Schema")
_MOST_PROBLEMS = 50
_OVERRIDE = "override"


@dataclass(slots=True)
class _Reading:
    """What is known while a configuration is read.

    Attributes:
        known: every path of the schema, for "did you mean".
        origins: path -> the file or override that gave its value.
        problems: one sentence each.
        torn: a file could not be read, so that what seems missing may stand in it.
    """

    known: list[str]
    origins: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    torn: bool = False

    def report(self, path: str, sentence: str) -> None:
        origin = self.origins.get(path)
        place = f"{origin}: " if origin else ""
        self.problems.append(f"{place}{path + ': ' if path else ''}{sentence}")
        if len(self.problems) >= _MOST_PROBLEMS:
            self.problems.append("and perhaps more: reading ended here")
            self.end()

    def forget(self, path: str) -> None:
        """What was said below a path is replaced by what comes."""
        below = f"{path}."
        self.origins = {one: by for one, by in self.origins.items() if not one.startswith(below)}

    def end(self) -> None:
        """Raise where there are problems."""
        if self.problems:
            lines = "".join(f"\n  - {problem}" for problem in self.problems)
            raise ConfigError(f"the configuration cannot be used, to mend:{lines}")


def load(schema: type[Schema], files: Sequence[Path], overrides: Sequence[str]) -> Schema:
    """An instance of ``schema`` from YAML files, each over the one before, then overrides.

    Args:
        schema: a dataclass; a field without a default has to be given.
        files: YAML files; ``experiments/yaml_text.py`` says what is refused.
        overrides: ``"grpo.steps=40"``: dots go into sections, the value is YAML.

    Raises:
        ConfigError: with one line for each thing that is wrong.
    """
    reading = _Reading(list(_paths(schema)))
    tree: dict[str, Any] = {}
    for path in files:
        _read_layer(path, tree, reading)
    for override in overrides:
        _read_override(override, tree, reading)
    _decide(schema, tree, "", [*map(str, files), _OVERRIDE], reading)
    config = _build(schema, tree, "", reading)
    reading.end()
    return config  # type: ignore[return-value]


def settings(overrides: Sequence[str]) -> dict[str, Any]:
    """What ``"words=3"`` and the like set, where there is no schema: a reward's parameters.

    Raises:
        ConfigError: with one line for each thing that is wrong.
    """
    reading = _Reading([])
    tree: dict[str, Any] = {}
    for override in overrides:
        _read_override(override, tree, reading)
    reading.end()
    return tree


def to_yaml(config: Any) -> str:
    """The configuration as YAML that ``load`` reads back to an equal one."""
    return OmegaConf.to_yaml(OmegaConf.create(_plain(asdict(config))))


def _read_layer(path: Path, tree: dict[str, Any], reading: _Reading) -> None:
    try:
        layer = read_yaml(path)
    except ConfigError as error:
        reading.problems.append(f"{path}: {error}")
        reading.torn = True
        return
    if isinstance(layer, dict):
        _merge(tree, layer, "", str(path), reading)
    elif layer is not None:
        reading.problems.append(f"{path}: got {in_short(layer)}, expected keys with values")
        reading.torn = True


def _read_override(override: str, tree: dict[str, Any], reading: _Reading) -> None:
    key, equals, text = override.partition("=")
    names = key.split(".")
    if not equals or not all(names) or len(names) > MAX_DEPTH:
        reading.problems.append(f"override '{override}': expected key=value, such as seed=2")
        return
    try:
        value = parse_yaml(text)
    except ConfigError as error:
        reading.problems.append(f"override '{override}': {error}")
        return
    if isinstance(value, Mapping):
        _drop(tree, names)  # a whole mapping replaces; single keys are set by dots
        reading.forget(key)
    for name in reversed(names):
        value = {name: value}
    _merge(tree, value, "", _OVERRIDE, reading)


def _drop(tree: dict[str, Any], names: Sequence[str]) -> None:
    """Forget what earlier layers said under these names."""
    for name in names[:-1]:
        below = tree.get(name)
        if not isinstance(below, dict):
            return
        tree = below
    tree.pop(names[-1], None)


def _merge(
    tree: dict[str, Any], layer: Mapping[Any, Any], prefix: str, origin: str, reading: _Reading
) -> None:
    """Lay ``layer`` over ``tree``: mappings mix, anything else replaces."""
    for key, value in layer.items():
        name = str(key)
        reading.origins[prefix + name] = origin
        if isinstance(value, Mapping):
            below = tree.get(name)
            tree[name] = below if isinstance(below, dict) else {}
            _merge(tree[name], value, f"{prefix}{name}.", origin, reading)
        else:
            if isinstance(tree.get(name), dict):
                reading.forget(prefix + name)
            tree[name] = value


def _decide(
    schema: type, tree: dict[str, Any], prefix: str, origins: Sequence[str], reading: _Reading
) -> None:
    """Of two fields of which one stands instead of the other, the one that is given later counts.

    In one file both may stand, as in the configuration of a run: the other counts then.
    """
    hints = get_type_hints(schema)
    for entry in fields(schema):
        below, section = tree.get(entry.name), section_of(hints[entry.name])
        if section and isinstance(below, dict):
            _decide(section, below, f"{prefix}{entry.name}.", origins, reading)
        other = entry.metadata.get("instead_of")
        path = prefix + entry.name
        if other is None or path not in reading.origins:
            continue
        rival = reading.origins.get(prefix + other)
        if rival is None or origins.index(rival) < origins.index(reading.origins[path]):
            tree[other] = None
        elif rival == _OVERRIDE == reading.origins[path] and tree[other] is not None:
            reading.report(
                path, f"got both {prefix}{other} and {path}, expected one of them; leave one out"
            )


def _build(schema: type, tree: Mapping[str, Any], prefix: str, reading: _Reading) -> Any:
    """An instance of one section, or None where something in it was reported."""
    hints = get_type_hints(schema)
    before = len(reading.problems)
    for name in tree.keys() - hints.keys():
        reading.report(prefix + name, f"unknown key, {_nearest(name, prefix, hints, reading)}")
    values: dict[str, Any] = {}
    for entry in fields(schema):
        path = prefix + entry.name
        if entry.name not in tree:
            absent = entry.default is MISSING and entry.default_factory is MISSING
            if absent and not reading.torn:
                reading.report(path, f"missing: give it in the file or as {path}=...")
            continue
        section = section_of(hints[entry.name])
        given = tree[entry.name]
        if section and isinstance(given, Mapping):
            values[entry.name] = _build(section, given, f"{path}.", reading)
        else:
            values[entry.name], wrong = converted(entry, hints[entry.name], given)
            if wrong:
                reading.report(path, wrong)
    if reading.torn or len(reading.problems) > before:
        return None
    try:
        return schema(**values)
    except ConfigError as error:
        reading.report(prefix.rstrip("."), str(error))
        return None


def _paths(schema: type, prefix: str = "") -> Iterator[str]:
    hints = get_type_hints(schema)
    for entry in fields(schema):
        yield prefix + entry.name
        section = section_of(hints[entry.name])
        if section:
            yield from _paths(section, f"{prefix}{entry.name}.")


def _nearest(name: str, prefix: str, here: Mapping[str, Any], reading: _Reading) -> str:
    """A remedy: a like name of this section, the same name elsewhere, or what there is."""
    elsewhere = [path for path in reading.known if path.rpartition(".")[2] == name]
    if like := likest(name, here):
        elsewhere = [prefix + like]
    elif not elsewhere and (far := likest(prefix + name, reading.known, cutoff=0.75)):
        elsewhere = [far]
    if elsewhere:
        return f"did you mean {' or '.join(elsewhere[:3])}?"
    return f"expected one of {', '.join(sorted(here))}"


def _plain(value: Any) -> Any:
    """Paths as text, tuples as lists: what YAML can hold."""
    if isinstance(value, Mapping):
        return {name: _plain(below) for name, below in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(below) for below in value]
    return str(value) if isinstance(value, Path) else value
