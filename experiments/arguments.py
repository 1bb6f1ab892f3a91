"""What no command takes: an option given twice, and a place without a name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer
from typer.core import TyperCommand


class Command(TyperCommand):
    """A command that loses nothing that was typed.

    Of an option given twice the first would be dropped without a word; an empty place, as an unset
    variable of a shell leaves it, would be the folder one works in.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """As typer parses them.

        Raises:
            typer.BadParameter: one of the two.
        """
        typed = list(args)
        rest = super().parse_args(ctx, args)
        values, _, given = self.make_parser(ctx).parse_args(typed)
        options: list[Any] = self.params
        for option in options:
            name = str(option.name)
            once = not (getattr(option, "multiple", False) or getattr(option, "is_flag", False))
            if once and given.count(option) > 1:
                raise typer.BadParameter(
                    f"got it {given.count(option)} times, expected once; leave one out",
                    ctx, option,
                )  # fmt: skip
            if values.get(name) == "" and isinstance(ctx.params.get(name), Path):
                raise typer.BadParameter(
                    "got an empty name, expected a file or a folder; is a variable not set?",
                    ctx, option,
                )  # fmt: skip
        return rest
