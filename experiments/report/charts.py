"""Small line charts as inline SVG: no script, no fonts, no pictures from elsewhere.

Conventions
-----------
Coordinates are SVG user units, which are CSS pixels at the width a chart is
designed for, so that labels keep their size. Colours are the page's CSS
variables ``--s0`` to ``--s5`` (colour-blind safe, light and dark); a line is
also named at its right end, so colour is never the only carrier. All text is
escaped here: what comes out is safe ``Markup``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from markupsafe import Markup, escape

from experiments.text import shorten, visible

Point: TypeAlias = tuple[float, float]

WIDTH, HEIGHT = 372.0, 208.0
LEFT, RIGHT, TOP, BOTTOM = 38.0, 114.0, 10.0, 26.0
MAX_POINTS = 400
LABEL_GAP = 13.0
COLOURS = 6


@dataclass(frozen=True, slots=True)
class Series:
    """One line.

    Attributes:
        label: stands at the right end of the line.
        points: (x, y) in order of x; a y of None breaks nothing, it is left out
            before this record is made.
        colour: index of the page's palette.
        main: drawn strongly; others are drawn as context.
        smooth: draw the values faintly and their moving mean over them.
    """

    label: str
    points: tuple[Point, ...]
    colour: int = 0
    main: bool = True
    smooth: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """A titled chart with one sentence on how to read it.

    ``percent`` prints y as per cent and fixes the axis to start at 0; ``mark``
    is a horizontal line of reference with its label.
    """

    title: str
    note: str
    series: tuple[Series, ...]
    percent: bool = False
    mark: tuple[str, float] | None = None


@dataclass(frozen=True, slots=True)
class _Frame:
    """Maps data to the plot area."""

    x0: float
    x1: float
    y0: float
    y1: float

    def x(self, value: float) -> float:
        return LEFT + (value - self.x0) / (self.x1 - self.x0) * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        return HEIGHT - BOTTOM - (value - self.y0) / (self.y1 - self.y0) * (HEIGHT - TOP - BOTTOM)


def draw(chart: Chart) -> Markup:
    """The chart as an ``<svg>``; its title and note are the page's to print."""
    frame = _frame(chart)
    body = [_grid(chart, frame)]
    if chart.mark:
        y = frame.y(chart.mark[1])
        body.append(_line("mark", LEFT, y, WIDTH - RIGHT, y))
    for series in sorted(chart.series, key=lambda s: s.main):
        body.append(_curve(series, frame))
    body.append(_labels(chart, frame))
    return Markup('<svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        _n(WIDTH), _n(HEIGHT), visible(chart.title), Markup("").join(body)
    )


def number(value: float, percent: bool) -> str:
    """A value as a label prints it: 64.1 % or three significant digits."""
    return f"{100 * value:.1f}%" if percent else f"{value:.3g}"


def ticks(low: float, high: float, most: int) -> list[float]:
    """At most ``most`` round values (1, 2 or 5 times a power of ten) from low to high."""
    raw = (high - low) / max(most - 1, 1)
    power = 10 ** math.floor(math.log10(raw))
    step = next(f * power for f in (1, 2, 5, 10) if f * power >= raw * (1 - 1e-9))
    first = math.ceil(low / step - 1e-9)
    return [i * step for i in range(first, math.floor(high / step + 1e-9) + 1)]


def thin(points: Sequence[Point], most: int = MAX_POINTS) -> list[Point]:
    """At most ``most`` points: means of neighbours, the last point as it is."""
    if len(points) <= most:
        return list(points)
    size = math.ceil(len(points) / (most - 1))
    blocks = [points[i : i + size] for i in range(0, len(points), size)]
    means = [
        (sum(x for x, _ in block) / len(block), sum(y for _, y in block) / len(block))
        for block in blocks
    ]
    return [*means[:-1], points[-1]]


def moving_mean(points: Sequence[Point]) -> list[Point]:
    """Each y replaced by the mean over a window of a tenth of the points around it.

    The window is cut short at the ends, not narrowed evenly: there the mean lags
    a little, but the last point, which readers quote, is no single noisy value.
    """
    reach = max(1, len(points) // 20)
    smoothed = []
    for i, (x, _) in enumerate(points):
        window = points[max(0, i - reach) : i + reach + 1]
        smoothed.append((x, sum(y for _, y in window) / len(window)))
    return smoothed


def _frame(chart: Chart) -> _Frame:
    xs = [x for series in chart.series for x, _ in series.points] or [0.0]
    ys = [y for series in chart.series for _, y in series.points]
    ys += [chart.mark[1]] if chart.mark else []
    low, high = min(ys, default=0.0), max(ys, default=1.0)
    # Shares and magnitudes are read from zero unless that would flatten them.
    if chart.percent or 0 <= low < high / 2:
        low = min(low, 0.0)
    flat = high - low <= 1e-9 * max(abs(low), abs(high), 1e-3)
    margin = max(0.1 * abs(high), 1e-3) if flat else 0.06 * (high - low)
    y0 = low if low == 0 else low - margin
    return _Frame(min(xs), max(xs) if max(xs) > min(xs) else min(xs) + 1, y0, high + margin)


def _grid(chart: Chart, frame: _Frame) -> Markup:
    parts = []
    for value in ticks(frame.y0, frame.y1, 5):
        y = frame.y(value)
        parts.append(_line("grid", LEFT, y, WIDTH - RIGHT, y))
        text = f"{100 * value:.4g}%" if chart.percent else f"{value:.4g}"
        parts.append(_text("tick", LEFT - 6, y + 3.5, text, "end"))
    for value in ticks(frame.x0, frame.x1, 4):
        if value == int(value):
            parts.append(_text("tick", frame.x(value), HEIGHT - 8, f"{value:,.0f}", "middle"))
    parts.append(_text("tick", WIDTH - RIGHT + 22, HEIGHT - 8, "step", "start"))
    return Markup("").join(parts)


def _curve(series: Series, frame: _Frame) -> Markup:
    points = thin(series.points)
    if not points:
        return Markup("")
    style = f"s{series.colour % COLOURS}"
    parts = []
    if _smoothed(series):
        parts.append(_path(points, frame, f"{style} faint"))
        points = moving_mean(points)
    parts.append(_path(points, frame, f"{style} {'main' if series.main else 'side'}"))
    if len(points) <= 24:
        radius = 2.6 if series.main else 1.8
        parts += [
            Markup('<circle class="{}" cx="{}" cy="{}" r="{}"/>').format(
                style, _n(frame.x(x)), _n(frame.y(y)), radius
            )
            for x, y in points
        ]
    return Markup("").join(parts)


def _smoothed(series: Series) -> bool:
    return series.smooth and len(series.points) > 20


def _path(points: Sequence[Point], frame: _Frame, style: str) -> Markup:
    places = " ".join(f"{_n(frame.x(x))},{_n(frame.y(y))}" for x, y in points)
    return Markup('<polyline class="{}" points="{}"/>').format(style, places)


def _labels(chart: Chart, frame: _Frame) -> Markup:
    """Names at the right ends of the lines, moved apart where they would collide."""
    wanted = []
    for series in chart.series:
        if series.points:
            shown = moving_mean(thin(series.points)) if _smoothed(series) else series.points
            y, value = frame.y(shown[-1][1]), number(shown[-1][1], chart.percent)
            wanted.append((y, f"s{series.colour % COLOURS}", series.label, value, series.main))
    if chart.mark:
        value = number(chart.mark[1], chart.percent)
        wanted.append((frame.y(chart.mark[1]), "plain", chart.mark[0], value, False))
    wanted.sort()
    heights = _spread([y for y, *_ in wanted], TOP, HEIGHT - BOTTOM)
    parts = [
        Markup('<text class="label {}{}" x="{}" y="{}">{} <tspan>{}</tspan></text>').format(
            style,
            " strong" if main else "",
            _n(WIDTH - RIGHT + 10),
            _n(height + 4),
            visible(shorten(label, 11)),
            value,
        )
        for height, (_, style, label, value, main) in zip(heights, wanted, strict=True)
    ]
    return Markup("").join(parts)


def _spread(heights: Sequence[float], top: float, bottom: float) -> list[float]:
    """Ascending heights moved as little as needed to stand ``LABEL_GAP`` apart."""
    gap = min(LABEL_GAP, (bottom - top) / max(len(heights) - 1, 1))
    placed: list[float] = []
    for height in heights:
        placed.append(max(height, placed[-1] + gap) if placed else height)
    limit = bottom
    for i in reversed(range(len(placed))):
        placed[i] = min(placed[i], limit)
        limit = placed[i] - gap
    return placed


def _line(style: str, x1: float, y1: float, x2: float, y2: float) -> Markup:
    return Markup('<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(
        style, _n(x1), _n(y1), _n(x2), _n(y2)
    )


def _text(style: str, x: float, y: float, text: str, anchor: str) -> Markup:
    return Markup('<text class="{}" x="{}" y="{}" text-anchor="{}">{}</text>').format(
        style, _n(x), _n(y), anchor, escape(text)
    )


def _n(value: float) -> str:
    """A coordinate, short and never in exponent form."""
    return f"{value:.1f}".removesuffix(".0")
