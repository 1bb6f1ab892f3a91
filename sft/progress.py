"""What long work says of itself while it lasts."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Told of a stage, how much of it is done and how much there is."""
