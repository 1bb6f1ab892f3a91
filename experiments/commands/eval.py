"""`etude eval` and `etude ask`: a checkpoint on a file of questions, or on one."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.commands.asking_options import (
    Config,
    Device,
    Duration,
    MaxNewTokens,
    Model,
    SamplesTemperature,
    Start,
    Stop,
    Suffix,
    Temperature,
)
from experiments.commands.config import TrustCode, model_named
from experiments.terminal import say, write

if TYPE_CHECKING:
    from experiments.asked_as import AskedAs
    from policies.accuracy import Answered
    from policies.evaluate import Sound
    from rewards.records import Question
    from rewards.rubric import Rubric


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
    temperature: SamplesTemperature = None,
    max_new_tokens: MaxNewTokens = None,
    stop: Stop = None,
    suffix: Suffix = None,
    config: Config = None,
    seed: Annotated[int, typer.Option(min=0)] = 1,
    device: Device = "auto",
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", help="Keep the answers here, over an older file; `etude score` reads it."
        ),
    ] = None,
    trust_code: TrustCode = False,
) -> None:
    """Accuracy per topic; with --samples K also pass@k, best-of-n by the rubric, and its parts.

    Accuracy is of questions of kind qa with a gold answer; a dash stands for the others.
    Asked as in the checkpoint's run, where it stands in one: precision, suffix, length, stop
    texts and, with --samples, temperature and cuts. Else 64 tokens and temperature 1.
    The rubric is format and accuracy if none is given. Exit status 1 if one of its rewards failed.
    Ctrl-C keeps what was answered before, in batches of 64 questions, with -o OUT in OUT.part.
    """
    if sound not in ("own", "other", "silence"):
        raise typer.BadParameter(f"--sound: got {sound!r}, expected own, other or silence")
    if temperature is not None and samples == 1:
        raise typer.BadParameter(
            "--temperature is of several samples: got one, which is greedy; give --samples too"
        )
    from experiments.clips import lengths
    from experiments.loading import CLIPS, QUESTIONS, SILENCE
    from experiments.outputs import check_output
    from experiments.screen import slow_stages
    from experiments.silence import silent
    from rewards.questions import read_questions

    with slow_stages() as told:
        asked = read_questions(questions, told(QUESTIONS))
        if out is not None:
            check_output(out, questions)
        known = lengths(questions, asked, told(CLIPS))
        unheard = silent(questions, asked, told(SILENCE))
    if unheard:
        say(unheard, err=True)
    chosen = _rubric(rubric, asked, trust_code)
    model = model_named(model)

    # torch, after all that is refused without
    from experiments.asked_as import asked_as
    from experiments.capacity import check_capacity
    from experiments.eval_tables import show_accuracy
    from policies.locate import local_folder

    how = asked_as(model, config, max_new_tokens=64).told(
        suffix=suffix, temperature=temperature, max_new_tokens=max_new_tokens, stop=stop
    )
    check_capacity(
        local_folder(model), asked, known,
        suffix=how.model.suffix, tokens=how.sampling.max_new_tokens,
    )  # fmt: skip
    _say(how)
    answered = _answered(
        model, how, asked, questions.parent, out,
        seed=seed, samples=samples, sound=sound, device=device,
    )  # fmt: skip
    show_accuracy(answered)
    if samples > 1 or rubric is not None:
        _judge(answered, chosen, several=samples > 1)


def _answered(
    model: str,
    how: AskedAs,
    asked: Sequence[Question],
    clips: Path,
    out: Path | None,
    *,
    seed: int,
    samples: int,
    sound: Sound,
    device: str,
) -> list[Answered]:
    """What the checkpoint answers, its progress shown, and written to ``out``."""
    from experiments.asking import answer_lines
    from experiments.outputs import writer
    from experiments.screen import screen
    from experiments.specs import greedy, opening, sampling_settings
    from policies.audio import ClipReader
    from policies.evaluate import evaluate as ask_all
    from policies.lora import open_policy
    from rewards import registry

    settings = sampling_settings(how.sampling) if samples > 1 else greedy(how.sampling)
    with screen() as shown:
        policy = open_policy(model, opening(how.model, device))
        stage = shown.stage("held-out questions", len(asked))
        place = nullcontext() if out is None else writer(out)
        with ClipReader(clips) as reader, place as stream:

            def keep(row: Answered) -> None:
                if stream is not None:
                    stream.write(answer_lines(row))

            answered = ask_all(
                policy, asked, reader.read, registry.get("accuracy"), settings,
                seed=seed, samples=samples, sound=sound, progress=stage.at, keep=keep,
            )  # fmt: skip
        stage.done()
    return answered


def _judge(answered: Sequence[Answered], rubric: Rubric, *, several: bool) -> None:
    """Show what the rubric makes of the answers; exit status 1 where one of its rewards failed."""
    from experiments.eval_tables import judged, show_rubric, show_samples
    from rewards.failing import failing

    with rubric:
        scores = judged(answered, rubric)
    if several:
        show_samples(answered, scores)
    show_rubric(scores)
    failed = failing(score for row in scores for score in row)
    for name, found in failed.items():
        say(*found.told(name, "completions"), err=True)
    if failed:
        raise typer.Exit(1)


def _rubric(file: Path | None, asked: Sequence[Question], trust_code: bool) -> Rubric:
    """The rubric to judge by; what of it has nothing to judge is said."""
    from experiments.rubrics import read_rubric
    from rewards.rubric import Rubric
    from rewards.rubric_reach import reach
    from rewards.rubric_routes import strange_kinds, unused

    if file is None:
        rubric = Rubric.of(["format", "accuracy"])
    else:
        rubric = read_rubric(file, trust_code=trust_code).settled()
    said = strange_kinds(rubric, {q.kind for q in asked}) or unused(rubric, asked)
    if not said and (left := str(reach(rubric, asked))):
        said = [f"rubric: {left}"]
    for sentence in said:
        say(sentence, err=True)
    return rubric


def ask(
    model: Model,
    question: Annotated[str, typer.Argument(help="What to ask.", show_default=False)],
    clip: Annotated[Path | None, typer.Option(help="A recording.", show_default=False)] = None,
    start: Start = 0.0,
    duration: Duration = None,
    temperature: Temperature = 0.0,
    max_new_tokens: MaxNewTokens = None,
    stop: Stop = None,
    suffix: Suffix = None,
    config: Config = None,
    seed: Annotated[int, typer.Option(min=0)] = 1,
    device: Device = "auto",
) -> None:
    """One question to a checkpoint; the answer as it streams.

    Asked as in the checkpoint's run, where it stands in one, but for the temperature. Else at
    most 256 tokens.
    """
    if clip is None and (start or duration is not None):
        raise typer.BadParameter("--start and --duration are of a clip: got none; give --clip too")
    from experiments.asked_as import asked_as
    from experiments.capacity import check_capacity
    from experiments.clips import Length
    from experiments.screen import hush
    from experiments.specs import opening, sampling_settings
    from policies.audio import ClipReader
    from policies.locate import local_folder
    from policies.lora import open_policy
    from policies.sampler import sample
    from rewards.records import Clip, Question

    hush()
    model = model_named(model)
    how = asked_as(model, config, max_new_tokens=256).told(
        suffix=suffix, temperature=None, max_new_tokens=max_new_tokens, stop=stop
    )
    settings = replace(sampling_settings(how.sampling), temperature=temperature)
    _say(how)
    about = None if clip is None else Clip(str(clip), start=start, duration=duration)
    with ClipReader(None) as reader:
        heard = None if about is None else reader.read(about)
    asked = Question("ask", question, about)
    known = [] if heard is None else [Length(asked.id, heard.seconds)]
    check_capacity(
        local_folder(model), [asked], known,
        suffix=how.model.suffix, tokens=settings.max_new_tokens,
    )  # fmt: skip
    policy = open_policy(model, opening(how.model, device))
    prompt = policy.prompt(asked, heard)
    written = ""

    def show(ids: list[int]) -> None:
        nonlocal written
        text = policy.processor.tokenizer.decode(ids, skip_special_tokens=True)
        if not text.endswith("\N{REPLACEMENT CHARACTER}"):  # half a character is not shown yet
            write(text[len(written) :])
            written = text

    sample(policy, [prompt], [[seed]], settings, stream=show)
    say("")


def _say(how: AskedAs) -> None:
    """Where settings come from that nobody typed."""
    if said := str(how):
        say(said, err=True)
