"""The charts of the report: what is drawn, and that no number stops it."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments.report import write_report
from experiments.report.charts import (
    BOTTOM,
    COLOURS,
    HEIGHT,
    LEFT,
    TOP,
    Chart,
    Series,
    draw,
    moving_mean,
    thin,
    ticks,
)
from experiments.report.curves import cold_start_charts, grpo_charts
from experiments.report.results import read_results
from rollouts.metrics import read_metrics


def curve(title: str, records: list[dict[str, Any]]) -> Chart | None:
    return next((chart for chart in grpo_charts(records, None) if chart.title == title), None)


def test_the_shares_of_the_advantage_are_drawn_in_the_colours_of_the_parts(full_run: Path) -> None:
    records = read_metrics(full_run / "metrics.jsonl")
    parts, shares = curve("Reward parts", records), curve("Shares of the advantage", records)
    assert parts is not None
    assert shares is not None
    assert [(s.label, s.colour) for s in shares.series] == [
        (s.label, s.colour) for s in parts.series
    ]
    assert [s.label for s in shares.series] == ["accuracy", "format", "theory"]
    ends = {series.label: series.points[-1][1] for series in shares.series}
    assert sum(ends.values()) == pytest.approx(1)
    assert ends["accuracy"] > ends["theory"] > ends["format"]
    assert shares.percent
    assert "Shares of the advantage" in write_report(full_run).read_text()


def test_no_two_lines_of_a_chart_have_one_colour(full_run: Path) -> None:
    bounds = dict.fromkeys(("clip_fraction", "clip_low", "clip_high"), 0.1)
    records = [*read_metrics(full_run / "metrics.jsonl"), {"stage": "grpo", "step": 0, **bounds}]
    for chart in (*cold_start_charts(records), *grpo_charts(records, None)):
        colours = [series.colour % COLOURS for series in chart.series]
        assert len({*colours}) == len(colours), chart.title


def test_dev_accuracy_is_held_against_chance_where_that_was_measured(full_run: Path) -> None:
    records, results = read_metrics(full_run / "metrics.jsonl"), read_results(full_run)
    assert results is not None
    for found, mark in ((results, ("chance", results.overall["chance"])), (None, None)):
        (dev,) = (one for one in grpo_charts(records, found) if one.title == "Dev accuracy")
        assert dev.mark == mark


def test_shares_are_read_as_per_cent_and_nothing_else_is(full_run: Path) -> None:
    line = {"stage": "grpo", "step": 0, "zero_variance": 0.5, "clip_low": 0.1}
    records = [*read_metrics(full_run / "metrics.jsonl"), line]
    charts = [*cold_start_charts(records), *grpo_charts(records, None)]
    assert {chart.title for chart in charts if chart.percent} == {
        "Dev accuracy", "Shares of the advantage", "Groups without signal", "Clipped tokens",
    }  # fmt: skip
    assert [chart.percent for chart in charts if chart.title == "Dev accuracy"] == [True, True]


def test_the_first_step_of_a_run_is_a_point_at_the_left() -> None:
    svg = ElementTree.fromstring(draw(Chart("a", "", (Series("a", ((7.0, 0.5),)),))))
    (dot,) = svg.iter("circle")
    assert float(dot.get("cx", 0)) == LEFT
    assert "7" in [t.text for t in svg.iter("text")]


def test_a_part_that_has_all_of_the_advantage_makes_no_chart_of_shares(full_run: Path) -> None:
    steps = [r for r in read_metrics(full_run / "metrics.jsonl") if r["stage"] == "grpo"]
    alone = [{**step, "part_share": {"accuracy": 1.0}} for step in steps]
    empty = [{**step, "part_share": {}} for step in steps]
    foreign = [{**step, "part_share": [1, 2]} for step in steps]
    for records in (alone, empty, foreign):
        assert curve("Shares of the advantage", records) is None


def test_the_chart_of_the_kl_leaves_its_estimate_to_the_configuration() -> None:
    drawn = curve(
        "Distance from the start", [{"stage": "grpo", "step": s, "kl": 0.1} for s in (0, 1)]
    )
    assert drawn is not None
    assert "by grpo.kl" in drawn.note
    assert not re.search(r"\bk[123]\b", drawn.note)


@pytest.mark.parametrize("value", [1e308, -1e308, 5e-324, 0.0, 1e30, True])
def test_no_number_in_the_metrics_stops_the_report(tmp_path: Path, value: float) -> None:
    line = {"stage": "grpo", "reward": value, "parts": {"a": value, "b": -value}}
    lines = [json.dumps({**line, "step": step}) for step in (0, 10**400, -5, 1)]
    (tmp_path / "metrics.jsonl").write_text("\n".join(lines))
    write_report(tmp_path)


def test_ticks_are_round_and_within() -> None:
    assert ticks(0, 1, 5) == pytest.approx([0, 0.5, 1.0])
    assert ticks(0.53, 0.69, 5) == pytest.approx([0.55, 0.6, 0.65])
    for low, high in ((1e-6, 2e-6), (-3, 900), (1e20, 3e20)):
        found = ticks(low, high, 5)
        assert 1 < len(found) <= 5
        assert low <= found[0] < found[-1] <= high * (1 + 1e-9)


def test_thinning_keeps_the_mean_and_the_last_point() -> None:
    points = [(float(i), float(i % 7)) for i in range(10_000)]
    thinned = thin(points)
    assert len(thinned) <= 400
    assert thinned[-1] == points[-1]
    assert np.mean([y for _, y in thinned]) == pytest.approx(3.0, abs=0.05)


def test_a_moving_mean_leaves_a_line_straight() -> None:
    points = [(float(i), 2.0 * i) for i in range(100)]
    assert moving_mean(points)[20:80] == points[20:80]


def test_a_moving_mean_is_over_a_tenth_of_the_points() -> None:
    points = [(float(i), float(i == 100)) for i in range(200)]
    assert [i for i, (_, y) in enumerate(moving_mean(points)) if y] == [*range(90, 111)]
    assert moving_mean(points)[100] == (100.0, pytest.approx(1 / 21))


def test_a_point_lies_where_the_ticks_of_its_axes_say() -> None:
    line = Series("a", ((100.0, 0.0), (150.0, 0.5), (200.0, 1.0)))
    svg = ElementTree.fromstring(
        draw(Chart("Share", "", (line,), percent=True, mark=("chance", 0.5)))
    )
    ticks = {t.text: t for t in svg.iter("text") if t.get("class") == "tick"}
    places = [float(ticks[name].get("x", 0)) for name in ("100", "150", "200")]
    heights = [float(ticks[name].get("y", 0)) - 3.5 for name in ("0%", "50%", "100%")]
    (drawn,) = (p.get("points", "").split() for p in svg.iter("polyline"))
    assert [float(point.split(",")[0]) for point in drawn] == pytest.approx(places)
    assert [float(point.split(",")[1]) for point in drawn] == pytest.approx(heights, abs=0.11)
    lines = {one.get("class"): one for one in svg.iter("line")}
    assert float(lines["mark"].get("y1", 0)) == pytest.approx(heights[1], abs=0.11)
    assert float(lines["grid"].get("x1", 0)) == places[0]
    assert float(lines["grid"].get("x2", 0)) == places[2]
    dots = [(float(c.get("cx", 0)), float(c.get("cy", 0))) for c in svg.iter("circle")]
    assert dots == [tuple(map(float, point.split(","))) for point in drawn]


@pytest.mark.parametrize(
    ("values", "percent", "from_zero"),
    [((1.0, 3.0), False, True), ((5.0, 6.0), False, False), ((0.5, 0.6), True, True)],
)
def test_an_axis_begins_at_zero_unless_that_would_flatten_the_line(
    values: tuple[float, float], percent: bool, from_zero: bool
) -> None:
    line = Series("a", tuple(enumerate(values)))
    svg = ElementTree.fromstring(draw(Chart("a", "", (line,), percent=percent)))
    lowest = max(float(one.get("y1", 0)) for one in svg.iter("line"))
    assert (lowest == HEIGHT - BOTTOM) == from_zero
    heights = [float(dot.get("cy", 0)) for dot in svg.iter("circle")]
    assert TOP < heights[1] < heights[0] < HEIGHT - BOTTOM


def test_labels_of_a_chart_never_touch() -> None:
    lines = tuple(Series(f"part {i}", ((0.0, 0.9), (9.0, i / 1000)), i) for i in range(9))
    svg = ElementTree.fromstring(draw(Chart("Parts", "", lines)))
    heights = sorted(
        float(t.get("y", 0)) for t in svg.iter("text") if "label" in t.get("class", "")
    )
    assert len(heights) == 9
    assert min(np.diff(heights)) >= 12.9
    assert heights[-1] < HEIGHT - 20
    assert not re.search(
        r"\d[eE][+-]?\d", " ".join(p.get("points", "") for p in svg.iter("polyline"))
    )
