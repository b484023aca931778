"""What does a figure say to who cannot see it? Its message, its axes and its main values, read from what is drawn."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.container import ErrorbarContainer
from matplotlib.dates import AutoDateFormatter, ConciseDateFormatter, DateFormatter, num2date
from matplotlib.figure import Figure
from matplotlib.text import Annotation
from matplotlib.ticker import FixedLocator, FuncFormatter

from winback.doors import door
from winback.in_svg import slim
from winback.plots.style import MoneyTicks, PercentTicks
from winback.results import format_money, format_percent

if TYPE_CHECKING:
    from matplotlib.axis import Axis

FONTS = "'DejaVu Sans', Verdana, sans-serif"  # as wide as each other; where neither is there, others are narrower
MOST_VALUES = 16  # read out: more nobody keeps in mind
WHOLE = 0.05  # of a percent: a share that is written without decimals
LONGEST = 900  # letters in all
DATES = (AutoDateFormatter, ConciseDateFormatter, DateFormatter)
NEAR = 0.45  # of a row, within which what is written belongs to it


@door
def alt_text(figure: Axes | Figure) -> str:
    """Return a figure in words: title, axes and main values of every panel, as read from what is drawn.

    Examples
    --------
    >>> import winback as wb
    >>> from winback.plots import plot_profit_steps
    >>> text = alt_text(plot_profit_steps(wb.compare_offers(wb.load_telecom_study().trial)))
    >>> text[:58], text.endswith("gained: $291 [$278, $304].")
    ('Discount earns $291 more per customer than sending nothing', True)
    """
    panels = [figure] if isinstance(figure, Axes) else figure.axes
    said = " ".join(filter(None, map(_panel, panels)))
    return said if len(said) <= LONGEST else f"{said[:LONGEST].rsplit(' ', 1)[0]} …"


def _panel(ax: Axes) -> str:
    """Return one panel in words."""
    title = _line(ax.get_title(loc="left") or ax.get_title())
    labels = [_line(label) for label in (ax.get_ylabel(), ax.get_xlabel())]
    axes = " by ".join(filter(None, labels))
    values = list(dict.fromkeys(islice(_values(ax), MOST_VALUES)))
    parts = [title, axes[:1].upper() + axes[1:], "; ".join(values)]
    return " ".join(part if part.endswith((".", "!", "?")) else f"{part}." for part in parts if part)


def _line(text: str) -> str:
    return " ".join(str(text).split())


def _values(ax: Axes) -> Iterator[str]:
    """Yield the main values: what is written beside named rows, else the marks there, else where each line runs."""
    is_map = any(isinstance(part, QuadMesh) for part in ax.collections)
    rows, columns = (_names(axis, is_map) for axis in (ax.yaxis, ax.xaxis))
    columns = columns if is_map or not rows else {}  # ticks of a scale that are said in words
    if rows or columns:
        found = list(_written(ax, rows, columns)) or list(_marked(ax, rows, columns))
        if found:
            yield from found
            return
    yield from _lines(ax)
    if not (rows or columns):
        yield from (_line(text.get_text()) for text in ax.texts if isinstance(text.xycoords, str | tuple))


def _names(axis: Axis, is_map: bool) -> dict[float, str]:
    """Return the names of an axis by their places; nothing where it has a scale of numbers, but on a map of cells."""
    locator = axis.get_major_locator()
    if not isinstance(locator, FixedLocator):
        return {}
    said = map(_line, axis.get_major_formatter().format_ticks(locator.locs))
    names = dict(zip(map(float, locator.locs), said, strict=True))
    return names if is_map or not all(map(_is_number, names.values())) else {}


def _is_number(name: str) -> bool:
    return not name.strip("0123456789.,+-−%$€£ ")


def _nearest(names: dict[float, str], at: float) -> float | None:
    """Return the row or column that a place belongs to, if any."""
    place = min(names, key=lambda each: abs(each - at), default=None)
    return place if place is not None and abs(place - at) < NEAR else None


def _written(ax: Axes, rows, columns) -> Iterator[str]:
    """Yield what is written beside each row or column, with its name."""
    found: dict[tuple, list[str]] = {}
    for text in ax.texts:
        if isinstance(text, Annotation) and text.xycoords == "data":
            place = _nearest(rows, text.xy[1]), _nearest(columns, text.xy[0])
            found.setdefault(place, []).append(_line(text.get_text()))
    for (row, column), said in found.items():
        name = ", ".join(filter(None, (rows.get(row, ""), columns.get(column, ""))))
        yield f"{name}: {' '.join(said)}" if name else " ".join(said)


def _marked(ax: Axes, rows, columns) -> Iterator[str]:
    """Yield the first mark of each row or column, with its name."""
    seen = set()
    for line in ax.lines:
        x, y = (np.asarray(each, dtype=float) for each in line.get_data(orig=False))
        if line.get_marker() in ("None", None, "") or not len(x):
            continue
        for across, up in zip(x, y, strict=True):
            place = _nearest(rows, up) if rows else _nearest(columns, across)
            if place is not None and place not in seen:
                seen.add(place)
                said = _number(ax.xaxis, across) if rows else _number(ax.yaxis, up)
                yield f"{(rows or columns)[place]}: {said}"


def _lines(ax: Axes) -> Iterator[str]:
    """Yield from where to where each named line runs, and where each named mark stands."""
    bars = {bar.lines[0]: bar.get_label() for bar in ax.containers if isinstance(bar, ErrorbarContainer)}
    labels = {line: _line(bars.get(line, line.get_label())) for line in ax.lines}
    nameless = all(label.startswith("_") for label in labels.values())
    for line, label in labels.items():
        x, y = (np.asarray(each, dtype=float) for each in line.get_data(orig=False))
        there = np.isfinite(x) & np.isfinite(y)
        if there.any() and (len(x) > 2 if nameless else not label.startswith("_")):
            ends = dict.fromkeys(zip(x[there][[0, -1]], y[there][[0, -1]], strict=True))
            said = " to ".join(f"{_number(ax.yaxis, up)} at {_number(ax.xaxis, across)}" for across, up in ends)
            yield said if nameless else f"{label}: {said}"
    for part in ax.collections:
        label, marks = _line(part.get_label()), part.get_offsets()
        if not label.startswith("_") and len(marks) > 1:
            low, high = marks.min(axis=0), marks.max(axis=0)
            up = f"{_number(ax.yaxis, low[1])} to {_number(ax.yaxis, high[1])}"
            yield f"{label}: {len(marks)} marks, {_number(ax.xaxis, low[0])} to {_number(ax.xaxis, high[0])}, {up}"


def _number(axis: Axis, value: float) -> str:
    """Write a number as its axis does."""
    formatter = axis.get_major_formatter()
    if isinstance(formatter, DATES):
        return f"{num2date(value):%Y-%m-%d}"
    if isinstance(formatter, MoneyTicks):
        return format_money(value, formatter.currency)
    if isinstance(formatter, PercentTicks):
        return format_percent(value, 0 if abs(100 * value - round(100 * value)) < WHOLE else 1)
    if isinstance(formatter, FuncFormatter):
        return _line(formatter(value))
    return f"{value:,.0f}" if abs(value) >= 100 or value == round(value) else f"{value:,.3g}"


def described_svg(svg: str, text: str) -> str:
    """Return an SVG as one picture with a text for those who hear it, its long list of fonts cut short."""
    own = ", ".join(f"'{name}'" for name in mpl.rcParams["font.sans-serif"] if name != "sans-serif")
    svg = slim(svg.replace(f"{own}, sans-serif", FONTS))
    return svg.replace("<svg ", f'<svg role="img" aria-label={quoteattr(text)} ', 1)


def describe_figures_of(shell) -> None:
    """Let every figure of a notebook carry its text: in the SVG itself, and beside both formats as ``alt``."""
    for kind in ("image/svg+xml", "image/png"):
        formatter = shell.display_formatter.formatters[kind]
        formatter.for_type(Figure, _Described(formatter.for_type(Figure), kind))


class _Described:
    """Draws a figure as before, with its text."""

    def __init__(self, draw, kind: str):
        self.draw, self.kind = (draw.draw if isinstance(draw, _Described) else draw), kind

    def __call__(self, figure: Figure):
        """Return the picture with its metadata, as a shell wants it."""
        data = self.draw(figure)
        if data is None:
            return None
        text = alt_text(figure)
        return (described_svg(data, text) if self.kind == "image/svg+xml" else data), {"alt": text}
