"""`etude view`: every rollout of a run in a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from experiments.terminal import say
from rewards.errors import ConfigError


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

    from experiments.outputs import check_clips
    from experiments.resuming import CONFIG
    from experiments.runfolder import clips_folder
    from experiments.stopping import graceful_stop
    from experiments.viewer.pages import Pages
    from experiments.viewer.server import Viewer

    if clips is None:
        clips = clips_folder(run)
    elif not any((run / name).exists() for name in (CONFIG, "rollouts")):
        raise ConfigError(
            f"'{run}' is no run folder: got no {CONFIG} and no rollouts/, expected one of them; "
            "check the path"
        )
    else:
        check_clips(clips)
    pages = Pages(run, clips)
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
