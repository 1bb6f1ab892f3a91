"""What `etude reward test` tries a reward with, and what it found out, line by line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from experiments.columns import lines_of
from experiments.terminal import say, table
from experiments.text import excerpt
from rewards.dry_run import DryRun, Gold
from rewards.dry_run_passes import Pairs, Pass
from rewards.dry_run_siblings import Siblings
from rewards.errors import ConfigError
from rewards.isolation import Isolated
from rewards.rubric_routes import Route

_SHOWN = 200  # characters of a text


@dataclass(frozen=True, slots=True)
class Trial:
    """A reward in a file, as it is to be tried.

    Attributes:
        spec: FILE.py:NAME.
        params: its keyword arguments.
        limits: deadline, memory and processes; those of ``Isolated`` where none is given.
        when: the questions it is for, None for all.
        part: which part of which file it is, in words; "" of none.
    """

    spec: str
    params: Mapping[str, Any] = field(default_factory=dict)
    limits: Mapping[str, Any] = field(default_factory=dict)
    when: Route | None = None
    part: str = ""

    def over(self, params: Mapping[str, Any], limits: Mapping[str, Any]) -> Trial:
        """The trial with these instead, where they are given; a limit of None is not."""
        given = {name: value for name, value in limits.items() if value is not None}
        return replace(self, params={**self.params, **params}, limits={**self.limits, **given})

    def reward(self) -> Isolated:
        """The reward in its process; raises ConfigError where it cannot be used."""
        return Isolated(self.spec, params=self.params, **self.limits)

    def admitted(self, pairs: Pairs) -> Pairs:
        """The completions of questions that it is for.

        Raises:
            ConfigError: there are none.
        """
        found = [pair for pair in pairs if self.when is None or self.when.admits(pair[0])]
        if pairs and not found:
            raise ConfigError(
                f"{self.part} judges none of these {len(pairs)} completions: got no question that "
                f"it is for, expected some whose {self.when}; give others with --on, or change its "
                "when"
            )
        return found

    def told(self, reward: Isolated) -> str:
        """With what it is tried, in words."""
        settings = [f"{name}={value}" for name, value in self.params.items()]
        settings += [f"deadline {reward.deadline:g} s each"]
        settings += [f"{reward.memory_gb:g} GiB"] if self.part else []
        return f"{self.part}{': ' if self.part else ''}{', '.join(settings)}"


def trial_of(named: str, file: Path, *, trust_code: bool) -> Trial:
    """The trial of a part of a rubric, by its FILE.py:NAME or its name.

    Raises:
        ConfigError: see ``experiments/rubrics.py``.
    """
    from experiments.rubrics import part_in_file, read_rubric

    with read_rubric(file, trust_code=trust_code) as rubric:
        part = part_in_file(rubric, named, file)
    return Trial(part.reward, part.params, part.limits, part.when, f"part {part.name} of {file}")


def show_dry_run(found: DryRun) -> None:
    """What was found, one line each, with what there is to think about."""
    rows = found.rows
    lines: list[tuple[str, str, str]] = []

    def line(what: str, value: str, remark: str = "") -> None:
        lines.append((what, value, remark))

    line("applies to", f"{len(rows.values)} of {rows.count}")
    if found.siblings.partly:
        line("some siblings only", *_partly(found.siblings))
    if rows.values:
        line("value, mean", f"{rows.mean:.3f}")
        line("spread", f"{rows.spread:.3f}")
        line("spread among siblings", *_among_siblings(found))
        line("exactly 0", f"{rows.share_at(0):.1%}")
        line("exactly 1", f"{rows.share_at(1):.1%}")
    if found.gold is not None:
        line("gold answers, mean", *_golden(found.gold))
    line("failed", f"{rows.failed} of {rows.count}", _first(rows))
    if rows.unrun:
        line("not run", f"{rows.unrun} of {rows.count}", rows.failures[-1].why)
    if found.hostile is not None:
        tried = found.hostile
        line("failed, hostile texts", f"{tried.failed} of {tried.count}", _first(tried))
        if tried.unrun:
            line("not run, hostile texts", f"{tried.unrun} of {tried.count}")
        line("differ, judged again", f"{found.again} of {rows.count}", found.again_example)
        line("differ, reverse order", f"{found.reordered} of {rows.count}", found.reordered_example)
    for name, percent in (("p50", 50), ("p99", 99), ("longest", 100)):
        if rows.seconds:
            line(f"time, {name}", f"{1000 * rows.percentile(percent):.3f} ms")
    if found.hostile is not None and found.hostile.seconds:
        line("longest, hostile texts", f"{1000 * found.hostile.percentile(100):.3f} ms")
    for row in lines_of(lines):
        say(*row)
    if found.left_out:
        say(f"left out, for {found.left_out}: hostile texts, judging again, reverse order")


def show_values(pairs: Pairs, found: DryRun, most: int) -> None:
    """So many completions of the lowest and of the highest value; each of them once."""
    worth = {
        (question.id, response.text): (part.value, question.text, response.text, part.why)
        for (question, response), part in zip(pairs, found.parts, strict=True)
        if part.value is not None
    }
    ranked = sorted(worth.values(), key=lambda row: row[0])
    for end, rows in (("lowest", ranked[:most]), ("highest", ranked[most:][-most:])):
        if rows:
            say("")
            heads = (end, "question", "completion", "why")
            table(
                heads,
                [
                    (f"{value:.3f}", *(excerpt(one, _SHOWN) for one in said))
                    for value, *said in rows
                ],
                texts=3,
            )


def _partly(siblings: Siblings) -> tuple[str, str]:
    """In how many questions the reward applies to some completions only, and why that may be."""
    remark, block = f"question{'' if siblings.partly == 1 else 's'}", siblings.block
    if block:
        remark += (
            f": a completion without {'an' if block == 'answer' else 'a'} {block} block is 0 "
            "before the function is called, where its siblings do not apply; write "
            f"{block}=None in the function's arguments, and it decides for all of them"
        )
    return str(siblings.partly), remark


def _among_siblings(found: DryRun) -> tuple[str, str]:
    """The spread within a question, or why there is none to tell."""
    siblings = found.siblings
    if not siblings.groups:
        return "-", "no question has two different completions that were scored"
    return f"{siblings.spread:.3f}", "of one question only" if siblings.groups == 1 else ""


def _golden(gold: Gold) -> tuple[str, str]:
    """What gold answers earn, the lowest of them, and what it may mean that some earn nothing."""
    worth, remark = gold.values, f"of {len(gold.values)}"
    if gold.lowest:
        remark += f"; lowest {gold.lowest}"
    if 0 < worth.count(0.0) < len(worth):
        remark += (
            f"; {worth.count(0.0)} earn 0: is the reward for these questions? Else None, or a route"
        )
    return f"{sum(worth) / len(worth):.3f}", remark


def _first(found: Pass) -> str:
    return found.failures[0].why if found.failed else ""
