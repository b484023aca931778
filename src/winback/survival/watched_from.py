r"""Since when was each lifetime watched? Left truncation: time before a customer came under observation is not at risk.

A customer who was there for :math:`a` months when the data began is known because they had not left by then, so they
tell nothing of how many leave before month :math:`a`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from winback.tables import FIRST_LIVES, LAPSED_TABLE, AnyTable, as_table, has_table

WATCHED_FROM = "first_watched_from"


def lifetime_of(customers: AnyTable, lifetime: str | None) -> str:
    """Return which lifetimes are meant: those asked for, else first ones of a base, second ones of lost customers.

    Examples
    --------
    >>> lifetime_of(pd.DataFrame(), None)
    'second'
    """
    if lifetime is None:
        return "first" if has_table(customers, FIRST_LIVES) else "second"
    if lifetime not in ("first", "second"):
        raise ValueError(f"lifetime must be 'first' or 'second'; got {lifetime!r}.")
    return lifetime


def table_of_lifetime(customers: AnyTable, lifetime: str) -> pd.DataFrame:
    """Return the table that has the chosen lifetimes: of a noun its own of all customers, for first ones."""
    whole = lifetime == "first" and has_table(customers, FIRST_LIVES)
    return as_table(customers, FIRST_LIVES if whole else LAPSED_TABLE)


def months_watched_from(table: pd.DataFrame, lifetime: str) -> np.ndarray:
    """Return how long each lifetime had lasted when it came under observation, (n,); second ones are seen to begin.

    Examples
    --------
    >>> table = pd.DataFrame({"first_watched_from": [None, 7.5]})
    >>> months_watched_from(table, "first").tolist(), months_watched_from(table, "second").tolist()
    ([0.0, 7.5], [0.0, 0.0])
    """
    if lifetime != "first" or WATCHED_FROM not in table:
        return np.zeros(len(table))
    return table[WATCHED_FROM].fillna(0).to_numpy(dtype=float)


def n_watched(months: np.ndarray, since: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Return how many customers were watched just before each time: those who came before it and had not left.

    Examples
    --------
    >>> n_watched(np.array([3.0, 5.0]), np.array([0.0, 4.0]), np.array([3.0, 5.0])).tolist()
    [1, 1]
    """
    came = np.searchsorted(np.sort(np.where(since > 0, since, -np.inf)), times, side="left")
    return came - np.searchsorted(np.sort(months), times, side="left")


def entry_of(since: np.ndarray) -> np.ndarray | None:
    """Return when each came under observation, for lifelines; None where all were watched from the start."""
    return since if since.any() else None


def check_always_watched(months: np.ndarray, since: np.ndarray, name: str) -> None:
    """Refuse lifetimes of which some months were watched in nobody: what happens in them cannot be known."""
    if not since.any():
        return
    times = np.unique(months)
    left = n_watched(months, since, times) - np.bincount(np.searchsorted(times, months))
    gaps = np.flatnonzero(left[:-1] == 0)
    gap = 0.0 if since.min() > 0 else times[gaps[0]] if len(gaps) else None
    if gap is not None:
        after = since[since >= gap].min()
        who = "" if name == "all" else f" of {name}"
        raise ValueError(
            f"No customer{who} was watched from month {gap:.4g} to month {after:.4g} of their first stay: how many "
            "leave then cannot be known. Use fewer groups, or only customers who began after the base was watched."
        )
