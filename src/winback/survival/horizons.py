"""Up to which month are stays counted? The horizon that is asked for, or as long as enough customers were watched."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from winback.discounting import check_horizon
from winback.pseudo_observations import longest_supported_horizon
from winback.survival.groups import FEW, Lifetimes
from winback.survival.watched_from import n_watched


def shared_horizon(lives: Lifetimes, horizon_months: float | None) -> float:
    """Return the horizon asked for, if every group was seen for so long; else the longest well watched of all."""
    groups = range(len(lives.names))
    if horizon_months is None:
        return float(min(*(_well_watched(lives, group) for group in groups), lives.months.max()))
    limits = [longest_supported_horizon(*lives.of(group)) for group in groups]
    shortest = int(np.argmin(limits))
    horizon = check_horizon(horizon_months)
    if limits[shortest] < horizon:
        raise ValueError(
            f"horizon_months = {horizon:g} reaches beyond the data: in group {lives.names[shortest]!r} nobody was seen "
            f"for longer than {limits[shortest]:g} months. Choose a horizon of at most "
            f"{np.floor(limits[shortest] * 10) / 10:g}; beyond it only a model speaks."
        )
    return horizon


def _well_watched(lives: Lifetimes, group: int) -> float:
    """Return the last whole month in which `FEW` of a group, or half of a smaller one, were watched; any if all ended.

    Where hardly anybody is left one customer moves the curve by much. Of a group smaller than `FEW` the longest stay
    seen: its figures come with a warning of their own.
    """
    months, ended = lives.of(group)
    longest = longest_supported_horizon(months, ended)
    if len(months) < FEW or np.isinf(longest):
        return longest
    times = np.unique(months)
    enough = times[n_watched(months, lives.since_of(group), times) >= min(FEW, len(months) / 2)]
    last = float(enough[-1]) if len(enough) else longest
    return float(np.floor(last)) if 1 <= last < longest else last


def months_counted(horizon_in_words: str, sizes: ArrayLike, well_watched: bool) -> str:
    """Say by which rule months are counted up to a horizon that nobody named, for groups of these sizes.

    Examples
    --------
    >>> months_counted("34 months", [90, 70], well_watched=True)[:65]
    'Months are counted up to 34 months, the last in which at least 30'
    """
    sizes = np.asarray(sizes)
    if not well_watched or sizes.min() < FEW:
        whom = "every group" if len(sizes) > 1 else "these customers"
        return f"The horizon of {horizon_in_words} is the longest about which the data speak for {whom}."
    whom = f"at least {FEW} customers" if sizes.min() >= 2 * FEW else "at least half of the smallest group"
    each = " of every group" if len(sizes) > 1 and sizes.min() >= 2 * FEW else ""
    return f"Months are counted up to {horizon_in_words}, the last in which {whom}{each} were still watched."
