"""What became of those who were lost? The flow of a trial, from all lost customers to those who are still here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from winback.doors import door
from winback.plots.style import (
    INK,
    QUIET,
    capitalised,
    count_axis,
    finish_axes,
    letters_across,
    new_axes,
    note,
    offer_styles,
    room_beside,
)
from winback.plots.words import columns_below, name_ticks, named, row_height, write_legend_below
from winback.results import counted, format_count, format_percent
from winback.tables import NO_OFFER

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from winback.trial.trial import Trial

AFTER, WITHOUT = "came back after an offer", "came back without one"
SEEN = 0.04  # of all who were lost, from which on a part of a bar has room for its offer's mark
MOST_OFFERS = 8  # told apart in a bar; of more the bar is in ink


STILL = "still here as the data end"


@dataclass(frozen=True)
class _Step:
    """A bar: its name, how many customers of which group, and of how many they are a share."""

    name: str
    counts: dict[str, int]  # by offer; all together where they are not told apart
    of: int | None = None

    @property
    def n(self) -> int:
        return sum(self.counts.values())

    @property
    def text(self) -> str:
        share = f" ({format_percent(self.n / self.of)})" if self.of else ""
        return f"{format_count(self.n)}{share}"


@door
def plot_trial_flow(trial: Trial, ax: Axes | None = None) -> Axes:
    """Draw what became of the lost: who looked promising, was sent an offer or held out, came back, is still here.

    Shares are of the step that a bar comes from. What a table does not tell is left out. Takes what `read_trial`
    returns.

    Examples
    --------
    >>> import winback as wb
    >>> ax = plot_trial_flow(wb.load_telecom_study().trial)
    >>> [text.get_text() for text in ax.texts][:4]
    ['53,000', '45,000 (84.9%)', '40,000', '17,800 (44.5%)']
    """
    steps = _steps(trial)
    names = [step.name for step in steps]
    row = row_height(names, 0.42)
    ax = new_axes(ax, 1.7 + row * len(steps))
    styles = offer_styles(trial.arms, trial.offers.names)
    for place, step in enumerate(steps):
        begin = 0
        for offer, count in step.counts.items():
            color = styles[offer]["color"] if offer in styles else QUIET
            ax.barh(place, count, 0.62, begin, color=color, edgecolor="white", linewidth=0.8)
            if offer in styles and len(step.counts) > 1 and count > SEEN * len(trial.lapsed):
                ax.plot(begin + count / 2, place, marker=styles[offer]["marker"], color="white", markersize=7)
            begin += count
        note(ax, step.text, (begin, place), (5, 0), va="center", fontweight="bold", color=INK)
    finish_axes(ax, _message(trial, steps), "customers", width=letters_across(ax, names))
    name_ticks(ax.yaxis, range(len(steps)), names)
    ax.grid(False, axis="y")
    ax.set_ylim(len(steps) - 0.5, -0.5)
    room_beside(ax, [step.text for step in steps])
    count_axis(ax.xaxis)
    if 1 < len(trial.sent) <= MOST_OFFERS:
        for name in trial.sent:
            look = {"color": styles[name]["color"], "marker": styles[name]["marker"], "markersize": 9}
            ax.plot([], [], linestyle="none", label=named(name), **look)
        write_legend_below(ax, ncols=columns_below(ax, trial.sent, beside=max(map(len, names))))
    return ax


def _steps(trial) -> list[_Step]:
    lapsed = trial.lapsed
    steps = [_Step("lost", {"": len(lapsed)})]
    promising = len(lapsed) - trial.n_not_promising
    if trial.n_not_promising:
        steps.append(_Step("looked promising", {"": promising}, len(lapsed)))
    for sent in (True, False):
        steps += _group(trial, sent)
    return steps


def _group(trial, sent: bool) -> list[_Step]:
    """Return the steps of those who were sent an offer, or of those who were held out."""
    names = trial.sent if sent else tuple(name for name in trial.arms if name == NO_OFFER)
    if not names:
        return []
    back = trial.returned
    group = _Step("sent an offer" if sent else _alone(trial), _count(trial, names, np.ones_like(back)))
    steps = [group, _Step(AFTER if sent else WITHOUT, _count(trial, names, back), group.n)]
    if "second_ended" in trial.customers and back.any():
        here = back & ~trial.customers["second_ended"].fillna(True).to_numpy(dtype=bool)
        steps.append(_Step(f"{STILL}{_watched(trial, here)}", _count(trial, names, here), steps[-1].n))
    return steps


def _watched(trial, here) -> str:
    """Say how long after their return those were watched who are still here: half of them longer."""
    months = trial.customers["second_tenure"].to_numpy(dtype=float)[here]
    if not len(months):
        return ""
    middle = float(np.median(months))
    span = f"{middle / 12:.1f} years" if middle >= 12 else f"{middle:.0f} months"
    return f", half of them over {span} after their return"


def _alone(trial) -> str:
    """Name those who were sent nothing: held out only where chance decided who."""
    return "held out, sent nothing" if trial.design.control == "accepted" else "sent nothing"


def _count(trial, names, rows) -> dict[str, int]:
    """Return how many of some customers each offer has."""
    counts = np.bincount(trial.arm[rows], minlength=len(trial.arms))
    found = {name: int(counts[trial.arms.index(name)]) for name in names}
    return found if len(names) <= MOST_OFFERS else {"": sum(found.values())}


def _message(trial, steps) -> str:
    """Say how many came back after an offer, against those held out where there are such."""
    back = {step.name: step for step in steps}
    after = back[AFTER]
    said = f"Of {counted(after.of, 'customers')} sent an offer {format_percent(after.n / after.of)} came back"
    alone = back.get(WITHOUT)
    who = "held out" if "held out" in _alone(trial) else "sent nothing"
    return capitalised(f"{said}, of those {who} {format_percent(alone.n / alone.of)}" if alone else said)
