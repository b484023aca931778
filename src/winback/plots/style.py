"""How do winback's figures look? A colour per offer, neutrals elsewhere, a second cue, the message as title.

An offer's look is that of its place in the campaign's catalogue, so that it is the same in every figure of a report,
whichever offers a figure shows and in whichever order. What is no offer is drawn in ink and greys, beyond three of a
kind in muted colours that no offer has.
"""

from __future__ import annotations

from collections.abc import Iterable

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import to_hex, to_rgb
from matplotlib.text import Text
from matplotlib.ticker import AutoLocator, Formatter, MaxNLocator, StrMethodFormatter
from matplotlib.transforms import ScaledTranslation, blended_transform_factory

from winback.colours import OFFERS, UNTREATED, offer_places
from winback.money import in_unit, large_unit
from winback.plots.words import AS_WRITTEN, drawn, drawn_name
from winback.results import format_money
from winback.tables import NO_OFFER

INK, QUIET = "#1b2530", "#5b6875"
OTHERS = (INK, "#7d8894", "#46586a", "#8a6a4f", "#6f5f8f", "#4f7f86", "#a26769", "#7a8450")
LOSS, GAIN = OTHERS[6], OTHERS[5]  # what is lost, or loses more, and what is won
MARKERS = ("o", "s", "D", "^", "v", "P", "X", "*", "p")
WIDTH = 5.2  # inches: on a phone of 390 pixels the smallest letters are still larger than 10
TITLE, LABEL, SMALL = 12.5, 11.5, 10.5  # points
LONGEST_NOTE = 46  # letters in a line
READ = 4.5  # contrast of words with paper, as WCAG 2 asks for
MOST_TICKS = 30  # of an axis, made beforehand where a currency would be read as mathematics
POINTS, LETTER, BOLD = 72, 0.54, 0.62  # points of an inch; width of a letter over its height, on average; a bold one's
LINE, GAP = 1.25, 5  # height of a line over that of its letters; points between label, title and axes
FEWEST_LETTERS = 16  # in a line, however narrow
ROOM = 1.1  # of a label, over the length of its axis before the layout is made
LINES = ("-", "--", "-.", ":")


def house_styles(names: Iterable[str]) -> dict[str, dict]:
    """Return colour, marker and line style for each name of what is no offer; neighbours differ in all three.

    Examples
    --------
    >>> sorted(house_styles(["observed"])["observed"])
    ['color', 'linestyle', 'marker']
    """
    return {name: _look(OTHERS, place) for place, name in enumerate(dict.fromkeys(names))}


def offer_styles(names: Iterable[str], catalogue: Iterable[str]) -> dict[str, dict]:
    """Return colour, marker and line style of offers, each by its place in the campaign's catalogue; none is grey.

    Examples
    --------
    >>> catalogue = ("discount", "upgrade")
    >>> offer_styles(["upgrade"], catalogue)["upgrade"] == offer_styles(catalogue, catalogue)["upgrade"]
    True
    """
    places = offer_places(names, catalogue)
    alone = {"color": UNTREATED, "marker": "h", "linestyle": ":"}
    return {name: alone if name == NO_OFFER else _look(OFFERS, place) for name, place in places.items()}


def _look(colours: tuple, place: int) -> dict:
    parts = {"color": colours, "marker": MARKERS, "linestyle": LINES}
    return {part: each[place % len(each)] for part, each in parts.items()}


def legible(colour: str) -> str:
    """Return a colour as words are written in: as it is, or as much darker as it takes to be read on white.

    Examples
    --------
    >>> legible("#1b2530"), legible("#de8f05")
    ('#1b2530', '#a46a04')
    """
    parts = np.array(to_rgb(colour))
    shades = (to_hex(parts * share) for share in np.arange(1.0, 0.0, -0.01))
    return next(shade for shade in shades if contrast_with_white(shade) >= READ)


def contrast_with_white(colour) -> float:
    """Return how a colour stands out from white paper, by the formula of WCAG 2: 1 for white, 21 for black."""
    parts = np.array(to_rgb(colour))
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(1.05 / (linear @ [0.2126, 0.7152, 0.0722] + 0.05))


def finish_axes(ax, title: str, xlabel: str = "", ylabel: str = "", width: int = 90) -> Text:
    """Set the message as title, which is returned, units on the axes, and take away what carries no information.

    Where an axes stands alone across its figure, title and what is measured upwards begin at the figure's left edge,
    one above the other: both are read from left to right, and no long name of a row makes them narrow.
    """
    _label_upwards(ax, ylabel) if _is_alone(ax) else _label_beside(ax, ylabel)
    shown = _set_message(ax, title, width)
    below = int(min(ROOM * letters_across(ax), ROOM * width))  # it may reach under what stands beside the axes
    words, look = drawn(xlabel, max(below, FEWEST_LETTERS))
    ax.set_xlabel(words, color=INK, fontsize=LABEL, **look)
    ax.tick_params(colors=INK, length=0, labelsize=SMALL)
    ax.grid(True, color="#dfe4e8", linewidth=0.8)
    ax.set_axisbelow(True)
    for side in ax.spines.values():
        side.set_visible(False)
    return shown


def _is_alone(ax) -> bool:
    """Tell whether nothing stands beside an axes but a scale."""
    place = ax.get_subplotspec()
    return place is not None and len(place.colspan) == place.get_gridspec().ncols


def _set_message(ax, title: str, width: int) -> Text:
    """Write the title over the axes; where it is alone, over the whole figure and what is measured upwards."""
    alone = _is_alone(ax)
    longest = POINTS * ax.figure.get_figwidth() / (BOLD * TITLE) if alone else min(width, letters_across(ax))
    words, look = drawn(title, max(int(longest), FEWEST_LETTERS))
    label = ax.get_ylabel() if alone else ""
    pad = GAP + (LINE * LABEL * (label.count("\n") + 1) if label else 0)
    shown = ax.set_title(words, loc="left", fontsize=TITLE, fontweight="semibold", color=INK, pad=pad, **look)
    if alone:
        shown.set_transform(_at_the_edge(ax) + ax.titleOffsetTrans)
    return shown


def _label_upwards(ax, ylabel: str) -> None:
    """Write what is measured upwards above the axes, from the figure's left edge on."""
    words, look = drawn(ylabel, int(POINTS * ax.figure.get_figwidth() / (LETTER * LABEL)))
    how = {"rotation": 0, "ha": "left", "va": "bottom", "color": QUIET, "fontsize": LABEL}
    label = ax.set_ylabel(words, **how, **look)
    up = ScaledTranslation(0, GAP / POINTS, ax.figure.dpi_scale_trans)
    ax.yaxis.set_label_coords(0, 1, transform=_at_the_edge(ax) + up)
    label.set_in_layout(False)  # the title makes room for it


def _label_beside(ax, ylabel: str) -> None:
    """Write what is measured upwards along the axis."""
    longest = int(ROOM * POINTS * ax.get_position().height * ax.figure.get_figheight() / (LETTER * LABEL))
    words, look = drawn(ylabel, max(longest, FEWEST_LETTERS))
    ax.set_ylabel(words, color=INK, fontsize=LABEL, **look)


def _at_the_edge(ax):
    """Return what places at the figure's left edge, as high as the axes."""
    return blended_transform_factory(ax.figure.transFigure, ax.transAxes)


def points_across(ax) -> float:
    """Return how wide an axes is before it is laid out, in points."""
    return POINTS * ax.get_position().width * ax.figure.get_figwidth()


def letters_across(ax, names: Iterable[str] = (), beside: float = 0.0) -> int:
    """Return how many letters of a title stand above an axes in one line, names of rows or a scale standing beside."""
    longest = max((len(line) for name in names for line in drawn_name(name)[0].split("\n")), default=0)
    taken = max(LETTER * SMALL * longest - POINTS * ax.get_position().x0 * ax.figure.get_figwidth(), 0) + beside
    return max(int((points_across(ax) - taken) / (LETTER * TITLE)), FEWEST_LETTERS)


def room_beside(ax, texts: Iterable[str], size: float = SMALL, begins: float = 0.0) -> None:
    """Make room at the right of an axis that begins at 0, or before, for texts that end its bars."""
    longest = max((len(text) for text in texts), default=0)
    taken = min((longest * 0.58 * size + 10) / points_across(ax), 0.6)
    ax.set_xlim(begins, begins + (ax.dataLim.x1 - begins) / (1 - taken) if ax.dataLim.x1 > begins else begins + 1)


def new_axes(ax, height: float):
    """Return the axes to draw on: those given, else those of a new figure."""
    return ax or plt.subplots(figsize=(WIDTH, height), layout="constrained")[1]


def note(ax, text: str, at: tuple, shift: tuple, **look) -> None:
    """Write a text so many points away from a place."""
    words, how = drawn(text, LONGEST_NOTE)
    look = {"fontsize": SMALL} | look
    ax.annotate(words, at, shift, textcoords="offset points", **how, **look)


def band(ax, x, low, high, color, alpha: float = 0.13, **how) -> None:
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


class MoneyTicks(Formatter):
    """Writes ticks in money, all with as many digits as the step between them needs."""

    def __init__(self, currency: str):
        self.currency = currency

    def __call__(self, amount: float, place: int | None = None) -> str:
        """Write one tick."""
        ticks = np.append(np.asarray(self.locs, dtype=float), amount)
        unit = large_unit(ticks)
        few = _digits(ticks / unit, (0, 1, 2))
        if unit == 1 or few > 2:  # so close to each other that hundredths of a million do not tell them
            return format_money(amount, self.currency, digits=_digits(ticks))
        return in_unit(amount, unit, few, self.currency)


class PercentTicks(Formatter):
    """Writes ticks in percent, all with as many digits as the step between them needs."""

    def __call__(self, share: float, place: int | None = None) -> str:
        """Write one tick."""
        ticks = 100 * np.append(np.asarray(self.locs, dtype=float), share)
        return f"{100 * share:,.{1 if _digits(ticks) else 0}f}%"


def _digits(ticks, some=(0, 2, 3, 4, 5)) -> int:
    """Return the fewest decimals that tell ticks as they are: none, cents, or more below a cent; else 6."""
    steps = np.diff(np.unique(ticks))
    slack = 1e-6 * steps.min() if len(steps) else 1e-9
    for digits in some:
        if np.abs(ticks - np.round(ticks, digits)).max() <= slack + 1e-12 * np.abs(ticks).max():
            return digits
    return 6


def money_axis(currency: str, *axes) -> None:
    """Write axes in money."""
    currency, look = drawn(currency)
    for axis in axes:
        if axis.axis_name == "x" and isinstance(axis.get_major_locator(), AutoLocator):
            axis.get_major_locator().set_params(nbins=_most_ticks(axis, currency))
        axis.set_major_formatter(MoneyTicks(currency))
        if "fontfamily" in look:
            axis.set_tick_params(labelfontfamily=look["fontfamily"])
        for tick in axis.get_major_ticks(MOST_TICKS) if currency.count("$") > 1 else ():
            tick.label1.set(**AS_WRITTEN)


def _most_ticks(axis, currency: str) -> int:
    """Return how many amounts of money find room beside each other."""
    names = getattr(axis.axes.yaxis.get_major_formatter(), "seq", ())  # of rows: what they take is not the axis's
    taken = LETTER * SMALL * max((len(line) for name in names for line in name.split("\n")), default=0)
    margin = POINTS * axis.axes.get_position().x0 * axis.axes.figure.get_figwidth()
    room = points_across(axis.axes) - max(taken - margin, 0)
    for n in range(9, 2, -1):  # the closer they lie, the more digits tell them apart
        found = MaxNLocator(nbins=n, steps=[1, 2, 2.5, 5, 10]).tick_values(*axis.get_view_interval())
        longest = max(len(text) for text in MoneyTicks(currency).format_ticks(found))
        if n * LETTER * SMALL * (longest + 3) <= room:
            return n
    return 2


def percent_axis(*axes) -> None:
    """Write axes in percent."""
    for axis in axes:
        axis.set_major_formatter(PercentTicks())


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
