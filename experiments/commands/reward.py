"""`etude reward`: a reward of your own, begun and tried out; a rubric shown, and served."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.commands.config import TrustCode
from experiments.terminal import say
from experiments.text import counted

if TYPE_CHECKING:
    from rewards.adapters.server import RewardServer


def new(
    name: Annotated[str, typer.Argument(help="Of the function.", show_default=False)],
    out: Annotated[Path, typer.Option(help="The folder to write into.")] = Path("."),
    group: Annotated[
        bool, typer.Option("--group", help="Over all completions of a question at once.")
    ] = False,
) -> None:
    """Write NAME.py, a reward that runs as it is, and test_NAME.py, its test."""
    from experiments.skeleton import write_skeleton

    file, test = write_skeleton(name, out, "group" if group else "completion")
    say(f"reward  {file}")
    say(f"test    {test}   (python -m pytest {test})")
    say(f"try it  etude reward test {file}:{name}")


def try_out(
    spec: Annotated[
        str,
        typer.Argument(
            metavar="FILE.py:NAME",
            help="The reward; with --rubric the name of its part will do.",
            show_default=False,
        ),
    ],
    params: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[KEY=VALUE]...", help="Its parameters: words=3", show_default=False
        ),
    ] = None,
    on: Annotated[
        Path | None,
        typer.Option(
            metavar="RUN|FILE.jsonl",
            help="Completions of a run, or stored ones; a small sample if not given.",
            show_default=False,
        ),
    ] = None,
    rubric: Annotated[
        Path | None,
        typer.Option(
            metavar="RUBRIC.yaml|RUN",
            help="Try it as a part of this rubric has it: parameters, limits, questions it is for.",
            show_default=False,
        ),
    ] = None,
    rows: Annotated[int, typer.Option(min=1, help="Completions at most.")] = 1000,
    show: Annotated[
        int, typer.Option(min=0, help="List so many of the lowest and of the highest value.")
    ] = 0,
    deadline: Annotated[
        float | None,
        typer.Option(
            min=0.01, help="Seconds for each completion.", show_default="the rubric's, or 10"
        ),
    ] = None,
    memory_gb: Annotated[
        float | None,
        typer.Option(min=0.25, help="GiB for the process.", show_default="the rubric's, or 2"),
    ] = None,
    trust_code: TrustCode = False,
) -> None:
    """Try a reward on completions and hostile texts, twice, in a process that may die.

    Exit status 1, with the reasons, if it should not be used yet. With
    --rubric, KEY=VALUE, --deadline and --memory-gb count over what the part
    says; its values are those before clip, factors and gates.
    """
    from experiments.completions import read_pairs
    from experiments.config import settings
    from experiments.tried import Trial, show_dry_run, show_values, trial_of
    from rewards.dry_run import dry_run
    from rewards.dry_run_inputs import SAMPLE, SIBLINGS

    asked = Trial(spec) if rubric is None else trial_of(spec, rubric, trust_code=trust_code)
    limits = {"deadline": deadline, "memory_gb": memory_gb}
    asked = asked.over(settings(params or []), limits)
    with asked.reward() as reward:
        if on is None:
            sample = SIBLINGS if reward.scope == "group" else SAMPLE
            pairs, place = list(sample), "the built-in sample"
        else:
            pairs, place = read_pairs(on, rows)
        pairs = asked.admitted(pairs)
        questions = len({question.id for question, _ in pairs})
        said = f"{counted(len(pairs), 'completion')} of {counted(questions, 'question')}"
        say(f"{said}: {place}; {asked.told(reward)}")
        found = dry_run(reward, pairs)
        said = reward.output
    show_dry_run(found)
    if show:
        show_values(pairs, found, show)
    if found.faults:
        for fault in found.faults:
            say(f"fault: {fault}", err=True)
        failed = found.rows.failed or (found.hostile is not None and found.hostile.failed)
        if failed and said.strip():
            last = said.strip().splitlines()[-1][:200]
            say(f"its last line, not always of that completion: {last}", err=True)
        raise typer.Exit(1)
    say("no fault found")


def tree(
    rubric: Annotated[
        Path,
        typer.Argument(
            metavar="RUBRIC.yaml|RUN",
            help="A rubric, as YAML, or of a run folder, or: default.",
            show_default=False,
        ),
    ],
    step: Annotated[
        int | None,
        typer.Option(
            min=0,
            help="Show the weights as they are at this step of a run.",
            show_default=False,
        ),
    ] = None,
    trust_code: TrustCode = False,
) -> None:
    """Show a rubric as a tree: what each part weighs, depends on and is for."""
    from experiments.rubrics import read_rubric

    with read_rubric(rubric, trust_code=trust_code) as read:
        say(*str(read if step is None else read.at(step)).split("\n"))


def serve(
    rubric: Annotated[
        Path | None, typer.Option(help="A rubric, as YAML; a schedule counts with its end.")
    ] = None,
    rewards: Annotated[
        str | None, typer.Option(help="Names, such as format,key; the default rubric if not given.")
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 0,
    token: Annotated[
        str | None,
        typer.Option(
            envvar="ETUDE_REWARD_TOKEN",
            help="What requests must show; a random one is printed if not given.",
        ),
    ] = None,
    missing: Annotated[
        float | None,
        typer.Option(help="What a completion without a score counts as; refused if not given."),
    ] = None,
    max_mb: Annotated[float, typer.Option(min=0.001, help="MB of a request at most.")] = 16.0,
    deadline: Annotated[float, typer.Option(min=0.1, help="Seconds for a request.")] = 60.0,
    trust_code: TrustCode = False,
) -> None:
    """Answer OpenRLHF and slime on this machine: a rubric as their remote reward.

    A label is the gold answer, or a question as JSON. Beside a gold answer
    may stand question, or facet, facts, choices, kind and id.

    Ctrl-C lets the requests at hand finish.
    """
    if rewards is not None and rubric is not None:
        raise typer.BadParameter("got both --rewards and --rubric, expected one; leave one out")
    import time

    from experiments.rubrics import read_rubric
    from experiments.stopping import graceful_stop
    from rewards.adapters.server import RewardServer
    from rewards.rubric import Rubric

    if rubric is not None:
        chosen = read_rubric(rubric, trust_code=trust_code)
    elif rewards is not None:
        chosen = Rubric.of(name.strip() for name in rewards.split(","))
    else:
        chosen = Rubric.default()
    most = int(max_mb * 1e6)
    with chosen, graceful_stop("stopping: the requests at hand are answered") as asked_to_stop:
        server = RewardServer(
            chosen, port, token, missing=missing, max_bytes=most, deadline=deadline
        )
        with server.listening():
            _tell(server, chosen, shown=token is None)
            while not asked_to_stop():
                time.sleep(0.1)
    say(f"{counted(server.answered, 'request')} answered, {server.refused} refused")


def _tell(server: RewardServer, rubric: object, *, shown: bool) -> None:
    """Where it listens and how trainers reach it."""
    secret = server.token if shown else "TOKEN"
    say(*str(rubric).rstrip().split("\n"))
    say(f"listening  {server.url}")
    if shown:
        say(f"token      {secret}")
    say(f"OpenRLHF   --reward.remote_url '{server.url}?token={secret}'")
    say(f"slime      --rm-type remote_rm --rm-url '{server.url}?token={secret}'")
