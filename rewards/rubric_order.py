"""The order in which a rubric's parts are composed: before each what it depends on."""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

from rewards.errors import ConfigError


def in_order(graph: Mapping[str, tuple[str, ...]]) -> list[str]:
    """The parts as configured, but before each those that it depends on.

    Args:
        graph: part -> the parts that it depends on.

    Raises:
        ConfigError: they depend on each other in a circle.
    """
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as cycle:
        raise ConfigError(
            f"the parts depend on each other in a circle: {' -> '.join(cycle.args[1])}"
        ) from cycle
    order: dict[str, None] = {}
    waiting = [*graph][::-1]  # a stack of its own: a chain of parts may be long
    while waiting:
        name = waiting[-1]
        before = [other for other in graph[name] if other not in order]
        if before:
            waiting += reversed(before)
        else:
            order.setdefault(waiting.pop())
    return [*order]
