"""`etude view`: every rollout of a run in a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from experiments.terminal import say


def view(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.", show_default=False)],
    clips: Annotated[
        Path | None,
        typer.Option(help="The folder of its clips; that which its configuration names."),
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 0,
) -> None:
    """Read, hear and compare all rollouts of a run, in a browser on this machine.

    Every step, also of a run in progress, with the sound that the policy heard, what each
    answer earned and why, and what was made of each claim. The address that is printed holds
    a token. Ctrl-C ends it.
    """
    import time

    from experiments.runfolder import clips_folder
    from experiments.stopping import graceful_stop
    from experiments.viewer.pages import Pages
    from experiments.viewer.server import Viewer

    pages = Pages(run, clips_folder(run) if clips is None else clips)
    try:
        server = Viewer(pages, port)
        with graceful_stop("stopping") as asked_to_stop, server.listening():
            say(
                f"open  {server.url}",
                f"from another machine, first: ssh -L {server.server_port}:127.0.0.1:"
                f"{server.server_port} HOST",
                "Ctrl-C ends it",
            )
            while not asked_to_stop():
                time.sleep(0.1)
    finally:
        pages.close()
