"""The ``etude`` command.

A command is a function in ``experiments/commands/`` and one line in ``build``.
Neither this module nor those import torch, Ray or transformers at their top:
help and wrong arguments answer at once. What a command needs, it imports inside.
"""

from __future__ import annotations

import errno
import functools
import importlib.util
import inspect
import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.terminal import Speaker, say, take_any_character

if TYPE_CHECKING:
    import typer

PACKAGES = ("rewards", "policies", "rollouts", "sft", "experiments")
INTERRUPTED = 130  # 128 + SIGINT, as shells count


def main() -> None:
    """The entry point of the console script."""
    logging.lastResort = Speaker(logging.WARNING)
    take_any_character()
    hidden = hidden_package()
    if hidden:
        say(f"etude: {hidden}", err=True)
        sys.exit(1)
    try:
        build()(prog_name="etude")
    except KeyboardInterrupt:
        # Before a command began; `_calm` answers for the commands themselves.
        say("etude: stopped", err=True)
        sys.exit(INTERRUPTED)


def build() -> typer.Typer:
    """The application with all its commands."""
    import typer

    from experiments.commands.audit import audit
    from experiments.commands.bench import bench
    from experiments.commands.compare import compare
    from experiments.commands.data import check, scores
    from experiments.commands.data_import import bring
    from experiments.commands.doctor import doctor
    from experiments.commands.eval import ask, evaluate
    from experiments.commands.policy import export
    from experiments.commands.quickstart import quickstart
    from experiments.commands.replay import replay
    from experiments.commands.reward import new, serve, tree, try_out
    from experiments.commands.score import score
    from experiments.commands.train import grpo, sft
    from experiments.commands.version import root
    from experiments.commands.view import view

    app = typer.Typer(
        no_args_is_help=True,
        add_completion=False,
        # A traceback is for bugs, and then plain: local variables may hold what
        # does not belong on a screen.
        pretty_exceptions_enable=False,
    )
    app.callback()(root)
    for command in (quickstart, sft, grpo, score, bench, ask, replay, view, audit, compare, doctor):
        _add(app, command)
    _add(app, evaluate, "eval")

    data = typer.Typer(no_args_is_help=True, help="Make and check data sets.")
    _add(data, scores)
    _add(data, check)
    _add(data, bring, "import")
    app.add_typer(data, name="data")

    reward = typer.Typer(
        no_args_is_help=True, help="Begin and try out a reward of your own; show or serve a rubric."
    )
    _add(reward, new)
    _add(reward, try_out, "test")
    _add(reward, tree)
    _add(reward, serve)
    app.add_typer(reward, name="reward")

    policy = typer.Typer(no_args_is_help=True, help="Pass a trained model on.")
    _add(policy, export)
    app.add_typer(policy, name="policy")
    return app


def _add(app: typer.Typer, command: Callable[..., None], name: str | None = None) -> None:
    from experiments.arguments import Command

    app.command(name, cls=Command)(_calm(command))


def hidden_package() -> str | None:
    """A sentence where another module stands in the way of one of ours, else None.

    The packages have everyday names; a ``rewards.py`` in the folder one works in
    wins over ours as soon as that folder is on Python's path.
    """
    home = Path(__file__).resolve().parents[1]
    for name in PACKAGES:
        spec = importlib.util.find_spec(name)
        found = Path(spec.origin).resolve() if spec and spec.origin else None
        if found != home / name / "__init__.py":
            where = found or (spec and list(spec.submodule_search_locations or [])) or "nothing"
            return (
                f"another module hides the package '{name}': got {where}, expected "
                f"{home / name}; rename it, or take its folder off PYTHONPATH"
            )
    return None


def _calm(command: Callable[..., None]) -> Callable[..., None]:
    """The command, its errors as one sentence: exit status 1, or 130 for Ctrl-C."""

    @functools.wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        import typer

        from rewards.errors import EtudeError

        try:
            command(*args, **kwargs)
        except EtudeError as error:
            say(*f"etude: {error}".split("\n"), err=True)
            raise typer.Exit(1) from error
        except OSError as error:
            # Of a path, which merely to look for raises this; all others are ours to answer for.
            refused = error.errno in (errno.EACCES, errno.EPERM, errno.ENAMETOOLONG)
            if error.filename is None or not refused:
                raise
            got = f"etude: cannot use '{error.filename}': got {error.strerror}, expected a path"
            say(f"{got} that the system takes and you may enter; check it", err=True)
            raise typer.Exit(1) from error
        except KeyboardInterrupt as stop:
            say("", f"etude: {' '.join(['stopped', *map(str, stop.args)])}", err=True)
            raise typer.Exit(INTERRUPTED) from stop

    run.__doc__ = _flowing(command.__doc__ or "")
    return run


def _flowing(docstring: str) -> str:
    """A line for each paragraph: typer would keep our line ends inside the terminal's."""
    paragraphs = inspect.cleandoc(docstring).split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


if __name__ == "__main__":
    main()
