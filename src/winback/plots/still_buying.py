"""Who is still a customer, by how often and how lately they bought? The chance to be active, as a map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.colors import LinearSegmentedColormap

from winback.doors import door
from winback.plots.style import INK, finish_axes, new_axes, note
from winback.plots.words import name_ticks
from winback.results import counted, format_percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from winback.purchases.purchase_fit import PurchaseFit

MOST_ROWS, N_STEPS = 8, 8  # of which each is read as a number, also on a phone
MOST_OF_THEM = 0.95  # share of customers who bought again whose number of purchases is drawn
GONE, HERE = "#ffffff", "#7f96ab"  # light enough for ink to be read on them


@door
def plot_chance_active(fit: PurchaseFit, age: float | None = None, ax: Axes | None = None) -> Axes:
    """Draw the chance to be still a customer by repeat purchases and by how long ago the last one was.

    Who bought often and then fell silent is sooner given up than who always bought seldom.

    Parameters
    ----------
    fit : PurchaseFit
        From `fit_purchases`.
    age : float, optional
        Periods since the first purchase of the customers drawn; by default the longest of the data.

    Raises
    ------
    ValueError
        When nobody bought again, or the age is not above 0.

    Examples
    --------
    >>> import winback as wb
    >>> fit = wb.fit_purchases(wb.summarize_purchases(wb.simulate_shop_study(200).purchases, period="W"), "mbg_nbd")
    >>> plot_chance_active(fit).get_ylabel()
    'repeat purchases'
    """
    if fit.n_repeat == 0:
        raise ValueError("Nobody bought again, so nothing tells who is still a customer.")
    age = float(fit.cells.age.max()) if age is None else float(age)
    if not age > 0:
        raise ValueError(f"age must be above 0, in the unit of the fit ({fit.period.in_words}); got {age:g}.")
    silent, often, chance = _grid(fit, age)
    ax = new_axes(ax, 1.5 + 0.34 * len(often))
    shades = LinearSegmentedColormap.from_list("chance", [GONE, HERE])
    x, y = np.arange(len(silent)), np.arange(len(often))
    edges = [np.append(places - 0.5, places[-1] + 0.5) for places in (x, y)]
    ax.pcolormesh(*edges, np.ma.masked_invalid(chance), cmap=shades, vmin=0, vmax=1, edgecolor="white")
    for (row, column), value in np.ndenumerate(chance):
        if np.isfinite(value):
            note(ax, format_percent(value, 0), (column, row), (0, 0), ha="center", va="center", color=INK)
    unit = fit.period
    words = f"{unit.in_words}s" if unit.n_units == 1 else f"periods of {unit.in_words}"
    who = f"of customers who first bought {unit.count(round(age) if age >= 10 else round(age, 1))} ago"
    finish_axes(ax, _message(fit, age, often), f"{words} since the last purchase, {who}", "repeat purchases")
    ax.set_xticks(x, [f"{each:,.4g}" for each in silent])
    name_ticks(ax.yaxis, y, [f"{each:,}" for each in often])
    ax.grid(False)
    return ax


def _grid(fit, age) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return times of silence, numbers of repeat purchases, and the chance to be active, (n_often, n_silent)."""
    often = _numbers(fit.cells, age if fit.columns.whole else np.inf)
    silent = np.linspace(0, age, N_STEPS + 1)[:-1]
    silent = np.unique(np.round(silent)) if fit.columns.whole or age > 2 * N_STEPS else silent
    return silent, often, np.array([_chance(fit, age, silent, each) for each in often])


def _numbers(cells, most) -> np.ndarray:
    """Return the numbers of repeat purchases drawn: those of most customers who bought again, at even steps."""
    again = cells.frequency > 0
    frequency, counts = cells.frequency[again], cells.counts[again]
    order = np.argsort(frequency)
    share = np.cumsum(counts[order]) / counts.sum()
    highest = int(min(frequency[order][np.searchsorted(share, MOST_OF_THEM)], most))
    return np.unique(np.round(np.linspace(1, max(highest, 1), MOST_ROWS)).astype(int))


def _chance(fit, age, silent, often) -> np.ndarray:
    """Return the chance after each time of silence; missing where so many purchases cannot have been made."""
    recency = age - np.asarray(silent)
    there = recency >= often if fit.columns.whole else recency > 0
    names = fit.columns
    table = pd.DataFrame({names.frequency: often, names.recency: recency[there], names.age: age})
    chance = np.full(len(recency), np.nan)
    if there.any():
        chance[there] = fit.probability_alive(table)
    return chance


def _message(fit, age, often) -> str:
    """Say after how long a silence a customer is rather gone than here, for who bought once again and who often did."""
    said = [
        f"{_bought(number)} after {silence}"
        for number in dict.fromkeys((often[0], often[-1]))
        if (silence := _given_up(fit, age, number))
    ]
    if not said:
        return "Nobody drawn here is likelier gone than not"
    return f"Likelier gone than not: who bought {', who bought '.join(said)} of silence"


def _bought(number: int) -> str:
    return "once again" if number == 1 else f"{counted(number, 'times')} again"


def _given_up(fit, age, number) -> str:
    """Say how long a silence makes it likelier that a customer is gone; empty where none within the age does."""
    step = 1.0 if fit.columns.whole else age / 200
    silent = np.arange(0, age, step)
    gone = _chance(fit, age, silent, number) < 0.5
    if not gone.any():
        return ""
    found = silent[gone.argmax()]
    return fit.period.count(round(found) if found >= 5 else round(found, 1))
