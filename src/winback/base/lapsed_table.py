r"""Who was lost by a day, what was known of them then, and what has come of it since? One row per lost customer.

Who came back before the day is left out, never told by what came later. A return on the day itself counts as one
after it, as a customer may take up an offer on the day on which it goes out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from winback.periods import DAYS_IN_MONTH
from winback.tables import LAPSED
from winback.tables.months_from_dates import SHORTEST

MAY_STAY = ("reason", "exit_text", "cluster", "left_on", "contact_attempts")  # of the names of LAPSED


@dataclass(frozen=True, eq=False)
class Losses:
    """The first loss of n customers, and their second life; days are whole numbers."""

    ids: pd.Index  # (n,)
    start: np.ndarray  # (n,) first day of the first life
    end: np.ndarray  # (n,) its last day
    has_end: np.ndarray  # (n,) bool: no contract of the first life runs any more
    sure_from: np.ndarray  # (n,) day from which on it is known to be a loss
    lost: np.ndarray  # (n,) bool: it has ended for sure
    margin: np.ndarray  # (n,) money per month of the first life
    came_back: np.ndarray  # (n,) bool
    back: np.ndarray  # (n,) first day of the second life, where there is one
    second_end: np.ndarray  # (n,) its last day, that of the data where it goes on
    second_ended: np.ndarray  # (n,) bool
    second_margin: np.ndarray  # (n,)
    second_reason: pd.Series | None  # (n,)
    counts: Mapping[str, np.ndarray] = field(default_factory=dict)  # of what happened until the loss
    known: pd.DataFrame = field(default_factory=pd.DataFrame)  # (n rows) what else was known at the loss
    n_lives: np.ndarray | None = None  # (n,) lives of each customer so far

    def state(self, day: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return who was known to be lost on a day, and who of them had come back before it, (n,) each."""
        lost = self.lost & (self.sure_from <= day)
        return lost, lost & self.came_back & (self.back < day)


def lapsed_table(losses: Losses, rows: np.ndarray, day: np.ndarray, until: int) -> pd.DataFrame:
    """Return one row per lost customer (`LAPSED`), seen from a day of each.

    Parameters
    ----------
    losses : Losses
    rows : numpy.ndarray of int, shape (m,)
        Whose rows are made.
    day : numpy.ndarray of int, shape (m,)
        The day from which they are seen.
    until : int
        Last day of the data.
    """
    first, back = losses.end[rows] - losses.start[rows], losses.came_back[rows]
    followed = until - day
    stay = np.maximum(losses.second_end[rows] - losses.back[rows], SHORTEST)
    known = losses.known.iloc[rows].reset_index(drop=True)
    own = {name: known[name] for name in ("reason", "involuntary", "manager", "satisfaction") if name in known}
    columns = {
        "customer_id": losses.ids[rows],
        "first_tenure": np.maximum(first, SHORTEST) / DAYS_IN_MONTH,
        "first_margin": losses.margin[rows],
        **own,
        **{name: counts[rows] for name, counts in losses.counts.items()},
        "left_on": (losses.end[rows]).astype("datetime64[D]").astype("datetime64[ns]"),
        "months_away": (day - losses.end[rows]) / DAYS_IN_MONTH,
        "followed": np.where(followed > 0, followed, np.nan) / DAYS_IN_MONTH,
        "returned": back,
        "second_tenure": np.where(back, stay, np.nan) / DAYS_IN_MONTH,
        "second_ended": pd.Series(losses.second_ended[rows], dtype="boolean").where(back),
        "second_margin": np.where(back, losses.second_margin[rows], np.nan),
    }
    if losses.second_reason is not None:
        ended = back & losses.second_ended[rows]
        columns["second_reason"] = losses.second_reason.iloc[rows].reset_index(drop=True).where(ended)
    if np.isnan(losses.margin).all():  # money is not known at all
        columns = {name: column for name, column in columns.items() if not name.endswith("_margin")}
    ours = {column.name for column in LAPSED} - set(MAY_STAY)
    further = {name: known[name] for name in known if name not in columns and name not in ours}
    return pd.DataFrame({**columns, **further}, copy=False)
