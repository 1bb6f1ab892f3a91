"""`etude eval` and `etude ask`: a checkpoint on a file of questions, or on one."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

Model = Annotated[
    str, typer.Option(help="A checkpoint folder or a name on the hub.", show_default=False)
]
Device = Annotated[str, typer.Option(help="auto, cpu or cuda.")]


def evaluate(
    model: Model,
    questions: Annotated[Path, typer.Option(help="A questions file.", show_default=False)],
    rubric: Annotated[
        Path | None, typer.Option(help="A rubric, as YAML: its parts are averaged too.")
    ] = None,
    sound: Annotated[str, typer.Option(help="own, other (another's clip) or silence.")] = "own",
    samples: Annotated[
        int, typer.Option(min=1, help="Answers to each question; 1 means one greedy answer.")
    ] = 1,
    temperature: Annotated[float, typer.Option(min=0.01, help="Of several samples.")] = 1.0,
    max_new_tokens: Annotated[int, typer.Option(min=1)] = 64,
    suffix: Annotated[str, typer.Option(help="Appended to every question.")] = "",
    seed: Annotated[int, typer.Option(min=0)] = 1,
    device: Device = "auto",
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Keep the answers here.")] = None,
) -> None:
    """Accuracy per topic; with --samples K also pass@k, best-of-n by the rubric, and its parts.

    The rubric is format and accuracy if none is given. Exit status 1 if one of its rewards failed.
    """
    if sound not in ("own", "other", "silence"):
        raise typer.BadParameter(f"--sound: got {sound!r}, expected own, other or silence")
    from experiments.asking import save_answers
    from experiments.judging import failures, judged, show_accuracy, show_rubric, show_samples
    from experiments.rubrics import read_rubric
    from experiments.screen import screen
    from experiments.specs import pick_device
    from policies.audio import ClipReader
    from policies.evaluate import evaluate as ask_all
    from policies.lora import open_policy
    from policies.sampling import SamplingSettings
    from rewards import registry
    from rewards.questions import read_questions
    from rewards.rubric import Rubric

    asked = read_questions(questions)
    chosen = Rubric.of(["format", "accuracy"]) if rubric is None else read_rubric(rubric).settled()
    settings = SamplingSettings(temperature if samples > 1 else 0.0, 1.0, max_new_tokens)
    with screen() as shown, ClipReader(questions.parent) as reader:
        stage = shown.stage("held-out questions", len(asked))
        policy = open_policy(model, suffix=suffix, device=pick_device(device))
        answered = ask_all(
            policy, asked, reader.read, registry.get("accuracy"), settings,
            seed=seed, samples=samples, sound=sound, progress=stage.at,
        )  # fmt: skip
        stage.done()
    if out is not None:
        save_answers(out, answered)
    show_accuracy(answered)
    if samples == 1 and rubric is None:
        return
    with chosen:
        scores = judged(answered, chosen)
    if samples > 1:
        show_samples(answered, scores)
    show_rubric(scores)
    failed = failures(scores)
    for name, (count, why) in failed.items():
        times = "once" if count == 1 else f"{count} times"
        typer.echo(f"reward '{name}' failed {times}, first: {why}", err=True)
    if failed:
        raise typer.Exit(1)


def ask(
    model: Model,
    question: Annotated[str, typer.Argument(help="What to ask.", show_default=False)],
    clip: Annotated[Path | None, typer.Option(help="A recording.", show_default=False)] = None,
    start: Annotated[float, typer.Option(min=0, help="Where the clip begins, in seconds.")] = 0.0,
    duration: Annotated[float | None, typer.Option(min=0, help="Its length, in seconds.")] = None,
    temperature: Annotated[float, typer.Option(min=0, help="0 is greedy.")] = 0.0,
    max_new_tokens: Annotated[int, typer.Option(min=1)] = 256,
    suffix: Annotated[str, typer.Option(help="Appended to the question.")] = "",
    seed: Annotated[int, typer.Option(min=0)] = 1,
    device: Device = "auto",
) -> None:
    """One question to a checkpoint; the answer as it streams."""
    from experiments.screen import hush
    from experiments.specs import pick_device
    from policies.audio import ClipReader
    from policies.lora import open_policy
    from policies.sampler import sample
    from policies.sampling import SamplingSettings
    from rewards.records import Clip, Question

    hush()
    about = None if clip is None else Clip(str(clip), start=start, duration=duration)
    with ClipReader(None) as reader:
        heard = None if about is None else reader.read(about)
    policy = open_policy(model, suffix=suffix, device=pick_device(device))
    prompt = policy.prompt(Question("ask", question, about), heard)
    written = ""

    def show(ids: list[int]) -> None:
        nonlocal written
        text = policy.processor.tokenizer.decode(ids, skip_special_tokens=True)
        if not text.endswith("\N{REPLACEMENT CHARACTER}"):  # half a character is not shown yet
            sys.stdout.write(text[len(written) :])
            sys.stdout.flush()
            written = text

    sample(
        policy, [prompt], [[seed]], SamplingSettings(temperature, 1.0, max_new_tokens), stream=show
    )
    typer.echo()
