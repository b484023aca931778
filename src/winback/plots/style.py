"""How do winback's figures look? Colour-blind palette, a second cue beside colour, the message as title."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

import seaborn as sns

INK, QUIET = "#222222", "#767676"
MARKERS = ("o", "s", "D", "^", "v", "P", "X", "*")
LINES = ("-", "--", "-.", ":")


def house_styles(names: Iterable[str]) -> dict[str, dict]:
    """Return colour, marker and line style for each name; neighbours differ in all three.

    Examples
    --------
    >>> sorted(house_styles(["discount"])["discount"])
    ['color', 'linestyle', 'marker']
    """
    palette = sns.color_palette("colorblind")
    return {
        name: {
            "color": palette[position % len(palette)],
            "marker": MARKERS[position % len(MARKERS)],
            "linestyle": LINES[position % len(LINES)],
        }
        for position, name in enumerate(names)
    }


def finish_axes(ax, title: str, xlabel: str = "", ylabel: str = "", width: int = 62) -> None:
    """Set the message as title, units on the axes, and take away what carries no information."""
    ax.set_title("\n".join(textwrap.wrap(title, width)), loc="left", fontsize=10.5, color=INK)
    ax.set_xlabel(xlabel, color=INK)
    ax.set_ylabel(ylabel, color=INK)
    ax.tick_params(colors=INK, length=0)
    ax.grid(True, color="#e6e6e6", linewidth=0.8)
    ax.set_axisbelow(True)
    for side in ax.spines.values():
        side.set_visible(False)


def capitalised(text: str) -> str:
    """Return a text with a capital letter first, the rest as it is.

    Examples
    --------
    >>> capitalised("upgrade earns most at ACME")
    'Upgrade earns most at ACME'
    """
    return text[:1].upper() + text[1:]


def money_axis(axis, currency: str) -> None:
    """Write an axis in money."""
    from winback.results import format_money

    axis.set_major_formatter(lambda amount, _: format_money(amount, currency, digits=0 if abs(amount) >= 10 else 2))


def percent_axis(axis) -> None:
    """Write an axis in percent."""
    axis.set_major_formatter(lambda share, _: f"{100 * share:,.0f}%")


def set_notebook_format() -> None:
    """Let the notebook this is called in store figures as SVG and PNG, the same at every run."""
    import matplotlib as mpl
    from matplotlib_inline.backend_inline import set_matplotlib_formats

    mpl.rcParams["svg.hashsalt"] = "winback"
    set_matplotlib_formats("svg", "png", metadata={"Date": None}, bbox_inches="tight")
