"""How does a figure of a few rows look beside a sentence? Small pictures for a card, labels on the marks, no axes.

They take names, figures and texts that are ready, and return the Figure; `as_svg` writes one into a page.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from winback.in_svg import inline
from winback.plots.alt_text import alt_text
from winback.plots.style import INK, POINTS, QUIET, SMALL, UNTREATED
from winback.plots.words import drawn, drawn_name

ACROSS = 9.0  # inches, of a page
CARD = 4.0  # inches: beside a sentence, where two cards stand side by side, and on a phone
ROW, EDGE = 0.34, 0.1  # inches
LONGEST, SHORT = 19, 12  # letters of a name, and beside several panels
LONGEST_UP = 38  # of what is measured upwards, on a phone
BAR = 0.62
WIDE_LETTER = 0.6  # of its height: short names have few narrow letters to make up for wide ones
EDGED = "white"  # around an interval, so that it is seen on a dark bar


@dataclass(frozen=True)
class Row:
    """One bar or mark: its name, from where to where it reaches, what is written at its end, and its colour."""

    name: str
    value: float
    text: str
    begin: float = 0.0
    low: float | None = None
    high: float | None = None
    colour: str = INK
    strong: bool = True
    against: float | None = None  # what this bar alone is held against, as a dashed line across it


@dataclass(frozen=True)
class Panel:
    """Bars that are read against each other, under a heading."""

    rows: Sequence[Row] = field(default_factory=tuple)
    heading: str = ""


def small_bars(rows: Sequence[Row], line: tuple[float | None, str] | None = None, *, across: bool = False) -> Figure:
    """Draw a bar a row, its text at its end; ``line`` is a value that all are held against, with its words.

    Without the value each row is held against its own (``against``), and the words say of what kind that is.

    ``across`` draws it as wide as a page.

    Examples
    --------
    >>> figure = small_bars([Row("price", 0.52, "52%"), Row("service", 0.39, "39%")], (0.06, "6% without an offer"))
    >>> len(figure.axes[0].patches)
    2
    """
    figure, ax, width = _new(rows, 0.22 if line else 0.0, ACROSS if across else CARD)
    _bars(ax, rows, width)
    if line is not None:
        value, words = line
        look = {"color": UNTREATED, "linestyle": (0, (3, 3)), "linewidth": 1.2}
        if value is not None:
            ax.axvline(value, **look)
        for place, row in enumerate(rows):
            if row.against is not None:
                ax.plot([row.against, row.against], [place - 0.48, place + 0.48], **look)
        value = (
            next((row.against for row in reversed(rows) if row.against is not None), 0.0) if value is None else value
        )
        words, look = drawn(words)
        where = {"xytext": (2, -1), "textcoords": "offset points", "va": "top", "ha": "left"}
        ax.annotate(words, (value, len(rows) - 0.5), **where, color=QUIET, fontsize=SMALL - 1, **look)
    return figure


def small_intervals(rows: Sequence[Row], nothing: str) -> Figure:
    """Draw a mark with its interval a row, around a line at zero that says ``nothing``.

    Examples
    --------
    >>> figure = small_intervals([Row("a tree", -12.8, "-$12.84", low=-20.4, high=-5.3)], "no gain")
    >>> figure.axes[0].texts[-1].get_text()
    'no gain'
    """
    figure, ax, width = _new(rows, 0.24)
    low = min([0.0, *(end for row in rows for end in (row.low, row.value) if end is not None)])
    rights = [max(end for end in (row.value, row.high, 0.0) if end is not None) for row in rows]
    high = _room_for(rows, rights, low, width)
    ax.set_xlim(low - 0.03 * (high - low), high)
    ax.axvline(0, color=INK, linewidth=1)
    for place, row in enumerate(rows):
        if row.low is not None:
            ax.plot([row.low, row.high], [place, place], color=QUIET, linewidth=2.4, solid_capstyle="butt")
        ax.plot(row.value, place, "o", color=row.colour, markersize=8)
        _write(ax, row, rights[place], place)
    words, look = drawn(nothing)
    where = {"xytext": (0, -1), "textcoords": "offset points", "va": "top", "ha": "center"}
    ax.annotate(words, (0, len(rows) - 0.5), **where, color=QUIET, fontsize=SMALL - 1, **look)
    return figure


def small_panels(panels: Sequence[Panel]) -> Figure:
    """Draw bars of the same rows side by side, one panel a measure, the best of each in bold.

    Examples
    --------
    >>> rows = [Row("discount", 291.0, "$291"), Row("upgrade", 272.0, "$272")]
    >>> len(small_panels([Panel(rows, "profit"), Panel(rows, "ROI")]).axes)
    2
    """
    names = [row.name for row in panels[0].rows]
    figure, axes = plt.subplots(1, len(panels), figsize=(CARD, _height(names, 0.26, SHORT)))
    left = _names_take(names, letters=SHORT)
    figure.subplots_adjust(left=left, right=1, bottom=0, top=1 - 0.26 / figure.get_figheight(), wspace=0.08)
    for place, (ax, panel) in enumerate(zip(np.atleast_1d(axes), panels, strict=True)):
        _clear(ax, names if place == 0 else [""] * len(names), SHORT)
        _bars(ax, panel.rows, CARD * (1 - left) / len(panels))
        words, look = drawn(panel.heading)
        ax.set_title(words, loc="left", fontsize=SMALL - 1, color=QUIET, pad=3, **look)
    return figure


def untitled(plot: Callable[..., Axes], found: Any, height: float, *, narrow: bool = False) -> Figure:
    """Draw a figure across a page, or for a phone, without its title, which then is a heading above it.

    What is measured upwards stands above the axis, where it has room, and is read without turning one's head.

    Examples
    --------
    >>> import winback as wb
    >>> from winback.plots import plot_profit_steps
    >>> figure = untitled(plot_profit_steps, wb.compare_offers(wb.load_telecom_study().trial), 3)
    >>> float(figure.get_figheight())
    3.0
    """
    figure, ax = plt.subplots(figsize=(CARD if narrow else ACROSS, height), layout="constrained")
    plot(found, ax=ax)
    words, look = drawn(" ".join(ax.get_ylabel().split()), LONGEST_UP if narrow else None)
    ax.set_ylabel("")
    ax.set_title(words, loc="left", fontsize=SMALL, fontweight="normal", color=QUIET, **look)
    return figure


def message_of(plot: Callable[..., Axes], found: Any) -> tuple[str, str]:
    """Return the title of a figure in one line, and the whole figure in words."""
    figure, ax = plt.subplots(layout="constrained")
    plot(found, ax=ax)
    title, words = ax.get_title(loc="left"), alt_text(ax)
    plt.close(figure)
    return " ".join(title.split()), words


def as_svg(figure: Figure, label: str, name: str) -> str:
    """Return a figure as SVG inside a page, its texts as text; it is closed. ``name`` begins all its ids.

    Examples
    --------
    >>> as_svg(small_bars([Row("price", 0.52, "52%")]), "Came back: price 52%.", "one")[:50]
    '<svg role="img" aria-label="Came back: price 52%."'
    """
    file = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "winback", "text.usetex": False}):
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None})
    plt.close(figure)
    return inline(file.getvalue(), label, name)


def _new(rows, below: float, width: float = CARD):
    names = [row.name for row in rows]
    figure, ax = plt.subplots(figsize=(width, _height(names, below)))
    left = _names_take(names, width)
    figure.subplots_adjust(left=left, right=1, top=1, bottom=below / figure.get_figheight())
    _clear(ax, names)
    return figure, ax, width * (1 - left)


def _height(names, more: float, letters: int = LONGEST) -> float:
    lines = max((drawn_name(name, letters)[0].count("\n") + 1 for name in names), default=1)
    return EDGE + more + len(names) * max(ROW, 0.17 * lines + 0.06)


def _names_take(names, width: float = CARD, letters: int = LONGEST) -> float:
    """Return the share of a figure's width that names of rows take."""
    longest = max((len(line) for name in names for line in drawn_name(name, letters)[0].split("\n")), default=0)
    return min((WIDE_LETTER * SMALL * longest + 12) / (POINTS * width), 0.45)


def _room_for(rows, ends, low: float, width: float) -> float:
    """Return where an axis ends, so many inches wide, on which each row's text finds room after its end."""
    takes = [min((0.68 * SMALL * len(row.text) + 14) / (POINTS * width), 0.75) for row in rows]
    spans = [(end - low) / (1 - take) for end, take in zip(ends, takes, strict=True)]
    return low + (max(spans, default=0.0) or 1.0)


def _clear(ax, names, letters: int = LONGEST) -> None:
    """Take away everything but the names of rows, the first row on top."""
    ax.set_ylim(len(names) - 0.5, -0.5)
    ax.set_xticks([])
    ax.set_yticks(range(len(names)), [""] * len(names))
    for place, name in enumerate(names):
        words, look = drawn_name(name, letters)
        where = {"xycoords": ax.get_yaxis_transform(), "xytext": (-7, 0), "textcoords": "offset points"}
        ax.annotate(words, (0, place), **where, ha="right", va="center", fontsize=SMALL, color=INK, **look)
    ax.tick_params(length=0)
    for side in ax.spines.values():
        side.set_visible(False)


def _bars(ax, rows, width: float) -> None:
    """Draw bars with texts at their ends, room for which is left on an axis of so many inches."""
    low = min([0.0, *(end for row in rows for end in (row.begin, row.begin + row.value))])
    ends = [max(row.begin, row.begin + row.value, row.high or 0.0) for row in rows]
    ax.set_xlim(low, _room_for(rows, ends, low, width))
    for place, (row, end) in enumerate(zip(rows, ends, strict=True)):
        ax.barh(place, row.value, BAR, row.begin, color=row.colour, linewidth=0)
        if row.low is not None:
            ax.plot([row.low, row.high], [place, place], color=EDGED, linewidth=4.2, solid_capstyle="butt")
            ax.plot([row.low, row.high], [place, place], color=INK, linewidth=1.8, solid_capstyle="butt")
        _write(ax, row, end, place)
    if low < 0:
        ax.axvline(0, color=INK, linewidth=0.8)


def _write(ax, row: Row, at: float, place: int) -> None:
    words, look = drawn(row.text)
    where = {"xytext": (6, 0), "textcoords": "offset points", "va": "center", "ha": "left"}
    weight = "bold" if row.strong else "normal"
    ax.annotate(words, (at, place), **where, fontsize=SMALL, color=INK, fontweight=weight, **look)
