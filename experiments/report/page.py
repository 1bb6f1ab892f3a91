"""``RUN/report.html``: one page that needs nothing else, not even a network.

Everything in it that a model, a data set or a stranger wrote is text: jinja2
escapes each value, control characters are shown, the page holds no script and
its content policy would not run one. Sound is embedded as ``data:``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from experiments.endings import remarks
from experiments.judged_claims import VERDICTS
from experiments.report.charts import draw
from experiments.report.curves import cold_start_charts, grpo_charts
from experiments.report.exhibits import Sounds, choose
from experiments.report.results import OVERALL, Results, read_results
from experiments.resuming import PAPERS
from experiments.text import excerpt, shorten, visible
from rewards.errors import DataError
from rollouts.files import OnSkip, publish, read_bounded
from rollouts.journal import steps
from rollouts.metrics import read_metrics

MAX_TEXT_BYTES = 2**20


@dataclass(frozen=True, slots=True)
class Source:
    """A text file of the run folder, shown as it is."""

    name: str
    text: str


def write_report(run: Path, data: Path | None = None) -> Path:
    """Make ``report.html`` in a run folder from whatever the folder holds.

    Sections without data are left out; files that cannot be used are named at
    the foot of the page.

    Args:
        run: the run folder.
        data: the folder of the questions file, where relative clip paths of the
            journal start; the run folder itself if None. A clip outside of it is
            shown as missing.

    Returns:
        the path of the page.

    Raises:
        DataError: if ``run`` is no folder.
        StorageError: if the page cannot be written.
    """
    if not run.is_dir():
        raise DataError(f"no run folder at {run}: expected the folder of a run; check the path")
    skipped: list[str] = []

    def on_skip(path: Path, reason: str) -> None:
        skipped.append(f"{path.relative_to(run)}: {reason}")

    results = _results(run, on_skip)
    metrics_path = run / "metrics.jsonl"
    records = read_metrics(metrics_path, on_skip) if metrics_path.exists() else []
    with Sounds(run if data is None else data) as sounds:
        exhibits = choose(run, sounds, on_skip)
    page = (
        environment()
        .get_template("page.html")
        .render(
            name=run.resolve().name,
            results=results,
            cold_start=cold_start_charts(records),
            grpo=grpo_charts(records, results),
            remarks=remarks(records, Path(run.resolve().name)),
            exhibits=exhibits,
            step_count=len(steps(run)),
            sources=_sources(run, on_skip),
            skipped=skipped,
        )
    )
    path = run / "report.html"
    publish(path, page.encode())
    return path


def _results(run: Path, on_skip: OnSkip) -> Results | None:
    """The results with the row over all topics last, or None and a note why."""
    try:
        results = read_results(run)
    except DataError as error:
        on_skip(run / "results.json", str(error))
        return None
    if results is None:
        return None
    rows = sorted(results.rows, key=lambda row: row.topic == OVERALL)
    return replace(results, rows=tuple(rows))


def _sources(run: Path, on_skip: OnSkip) -> list[Source]:
    sources = []
    for name in PAPERS:
        path = run / name
        if path.exists():
            try:
                text = read_bounded(path, MAX_TEXT_BYTES).decode("utf-8", "replace")
            except DataError as error:
                on_skip(path, str(error))
            else:
                sources.append(Source(name, text))
    return sources


def environment(*folders: Path) -> Environment:
    """Templates of these folders and of the report; every value that they print is text."""
    made = Environment(
        loader=FileSystemLoader([*folders, Path(__file__).parent]),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Callable[..., Any]] = {
        "draw": draw,
        "excerpt": excerpt,
        "shorten": shorten,
        "percent": _percent,
        "signed": _signed,
        "share": _share,
    }
    made.filters.update(filters)
    made.globals["verdicts"] = VERDICTS
    return made


def _finalize(value: Any) -> Any:
    """Applied to every value the template prints, before it is escaped."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f}"


def _signed(value: float, digits: int = 2) -> str:
    """With its sign, minus as the typographic one: "+0.35", "−1.20"."""
    return f"{value:+.{digits}f}".replace("-", "−")


def _share(value: float) -> str:
    """A number as a CSS percentage, kept within 0 and 100 whatever it is."""
    return f"{100 * min(max(value, 0.0), 1.0):.1f}%"
