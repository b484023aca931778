"""How do winback's figures look? Colour-blind palette, a second cue beside colour, the message as title."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import cycle

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from matplotlib.ticker import Formatter, MaxNLocator, StrMethodFormatter

from winback.plots.words import AS_WRITTEN, drawn, drawn_name
from winback.results import format_money

INK, QUIET = "#222222", "#767676"
MARKERS = ("o", "s", "D", "^", "v", "P", "X", "*")
LONGEST_NOTE = 60  # letters in a line
LETTER = 5.45  # points that a letter of a title takes
MOST_TICKS = 30  # of an axis, made beforehand where a currency would be read as mathematics
LINES = ("-", "--", "-.", ":")


def house_styles(names: Iterable[str]) -> dict[str, dict]:
    """Return colour, marker and line style for each name; neighbours differ in all three.

    Examples
    --------
    >>> sorted(house_styles(["discount"])["discount"])
    ['color', 'linestyle', 'marker']
    """
    looks = zip(cycle(sns.color_palette("colorblind")), cycle(MARKERS), cycle(LINES), strict=False)
    parts = ("color", "marker", "linestyle")
    return {name: dict(zip(parts, look, strict=True)) for name, look in zip(names, looks, strict=False)}


def finish_axes(ax, title: str, xlabel: str = "", ylabel: str = "", width: int = 62) -> None:
    """Set the message as title, units on the axes, and take away what carries no information."""
    wrapped, look = drawn(title, width)
    ax.set_title(wrapped, loc="left", fontsize=10.5, color=INK, **look)
    below = min(90, int(1.3 * letters_across(ax)))  # which may reach under what stands beside the axes
    for write, label, longest in ((ax.set_xlabel, xlabel, below), (ax.set_ylabel, ylabel, 45)):
        words, look = drawn(label, longest)
        write(words, color=INK, **look)
    ax.tick_params(colors=INK, length=0)
    ax.grid(True, color="#e6e6e6", linewidth=0.8)
    ax.set_axisbelow(True)
    for side in ax.spines.values():
        side.set_visible(False)


def points_across(ax) -> float:
    """Return how wide an axes is before it is laid out, in points."""
    return 72 * ax.get_position().width * ax.figure.get_figwidth()


def letters_across(ax, names: Iterable[str] = (), beside: float = 0.0) -> int:
    """Return how many letters of a title stand above an axes in one line, names of rows or a scale standing beside."""
    longest = max((len(line) for name in names for line in drawn_name(name)[0].split("\n")), default=0)
    taken = max(LETTER * 1.1 * longest - 72 * ax.get_position().x0 * ax.figure.get_figwidth(), 0) + beside
    return max(int((points_across(ax) - taken) / LETTER), 20)


def room_beside(ax, texts: Iterable[str], size: float = 10) -> None:
    """Make room at the right of an axis that begins at 0 for texts that end its bars."""
    longest = max((len(text) for text in texts), default=0)
    taken = min((longest * 0.58 * size + 10) / points_across(ax), 0.6)
    ax.set_xlim(0, ax.dataLim.x1 / (1 - taken) if ax.dataLim.x1 > 0 else 1)


def new_axes(ax, height: float):
    """Return the axes to draw on: those given, else those of a new figure."""
    return ax or plt.subplots(figsize=(9, height), layout="constrained")[1]


def note(ax, text: str, at: tuple, shift: tuple, **look) -> None:
    """Write a text so many points away from a place."""
    words, how = drawn(text, LONGEST_NOTE)
    ax.annotate(words, at, shift, textcoords="offset points", **how, **look)


def band(ax, x, low, high, color, alpha: float = 0.15, **how) -> None:
    """Fill the interval around a line."""
    ax.fill_between(x, low, high, color=color, alpha=alpha, linewidth=0, **how)


def capitalised(text: str) -> str:
    """Return a text with a capital letter first, the rest as it is.

    Examples
    --------
    >>> capitalised("upgrade earns most at ACME")
    'Upgrade earns most at ACME'
    """
    return text[:1].upper() + text[1:]


class _Money(Formatter):
    """Writes ticks in money, all with as many digits as the step between them needs."""

    def __init__(self, currency: str):
        self.currency = currency

    def __call__(self, amount: float, place: int | None = None) -> str:
        """Write one tick."""
        ticks = np.append(np.asarray(self.locs, dtype=float), amount)
        return format_money(amount, self.currency, digits=_digits(ticks))


class _Percent(Formatter):
    """Writes ticks in percent, all with as many digits as the step between them needs."""

    def __call__(self, share: float, place: int | None = None) -> str:
        """Write one tick."""
        ticks = 100 * np.append(np.asarray(self.locs, dtype=float), share)
        return f"{100 * share:,.{1 if _digits(ticks) else 0}f}%"


def _digits(ticks) -> int:
    """Return the fewest decimals that tell ticks as they are: none, cents, or more below a cent."""
    steps = np.diff(np.unique(ticks))
    slack = 1e-6 * steps.min() if len(steps) else 1e-9
    for digits in (0, 2, 3, 4, 5):
        if np.abs(ticks - np.round(ticks, digits)).max() <= slack + 1e-12 * np.abs(ticks).max():
            return digits
    return 6


def money_axis(currency: str, *axes) -> None:
    """Write axes in money."""
    currency, look = drawn(currency)
    for axis in axes:
        axis.set_major_formatter(_Money(currency))
        if "fontfamily" in look:
            axis.set_tick_params(labelfontfamily=look["fontfamily"])
        for tick in axis.get_major_ticks(MOST_TICKS) if currency.count("$") > 1 else ():
            tick.label1.set(**AS_WRITTEN)


def percent_axis(*axes) -> None:
    """Write axes in percent."""
    for axis in axes:
        axis.set_major_formatter(_Percent())


def count_axis(*axes) -> None:
    """Write axes in whole numbers."""
    for axis in axes:
        room = points_across(axis.axes) / 60 if axis.axis_name == "x" else 6
        axis.set_major_locator(MaxNLocator(nbins=int(np.clip(room, 2, 6)), integer=True))
        axis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))


def period_names(days, period) -> list[str]:
    """Write first days of periods, of a month or a year without the day."""
    alike = period.unit in "MY" and (days.dt.day == 1).all()
    return list(days.dt.strftime("%Y-%m" if alike else "%Y-%m-%d"))


def set_notebook_format() -> None:
    """Let the notebook this is called in store figures as SVG and PNG, the same at every run."""
    import matplotlib as mpl
    from matplotlib_inline.backend_inline import set_matplotlib_formats

    mpl.rcParams["svg.hashsalt"] = "winback"
    mpl.rcParams["text.usetex"] = False  # which settings of a machine may ask for
    # The PNG stands in where SVG cannot be shown: as large as a figure is read there.
    set_matplotlib_formats("svg", "png", metadata={"Date": None}, bbox_inches="tight", dpi=72)
