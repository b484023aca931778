r"""What if a reason is mended? What is at stake, what it costs, and which chance of return makes up for it.

At stake is what those brought in a year who named this reason and no other, and are still away: to mend one of two
reasons is not known to win anybody back. With cost c and value at stake V the least share of it that must come back
within a year is

.. math:: p^* = c / V                                                                                          \tag{1}

Which share would come back nothing in a table of losses measures; a chance is the analyst's, and so is what follows
from it.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from numbers import Real

import numpy as np
import pandas as pd

from winback.lost.stated import WHAT, Stated
from winback.tables import ProblemList
from winback.tables.dates import parse_date
from winback.tables.months_from_dates import last_day

REMEDIED_ON = "remedied_on"
LARGEST = 1e15  # more money than there is: larger whole numbers lose their last digits
Chances = float | Mapping[str, float]


def check_by_reason(given: Mapping[str, float] | None, names: tuple[str, ...], name: str, most: float = np.inf) -> None:
    """Refuse figures of reasons that nobody named, or that make no sense."""
    for reason, figure in (given or {}).items():
        if reason not in names:
            raise ValueError(f"{name}: nobody left for {reason!r}; the reasons are {', '.join(names)}.")
        if isinstance(figure, bool) or not isinstance(figure, Real) or not 0 <= figure <= min(most, LARGEST):
            bound = f"between 0 and {most:g}" if np.isfinite(most) else "0 or more"
            raise ValueError(f"{name} of {reason!r} must be a number, {bound}; got {figure!r}.")


def mended(stated: Stated, yearly: np.ndarray | None, costs: Mapping[str, float], chance: Chances) -> pd.DataFrame:
    """Return per reason ``n_away``, ``mending_cost`` and, where money is known, what is at stake and what follows.

    ``yearly`` is what each customer brought in a year, (n,), missing where it is not known. Columns ``at_stake`` and
    ``least_chance`` are counted; ``recovered`` and ``net`` follow from the ``chance`` that is assumed.
    """
    away = stated.alone & ~stated.returned[:, None]
    columns: dict[str, np.ndarray] = {"n_away": away.sum(axis=0)}
    of_each = chance if isinstance(chance, Mapping) else dict.fromkeys(stated.names, chance)
    cost, chances = (
        np.array([each.get(name, np.nan) for name in stated.names], dtype=float) for each in (costs, of_each)
    )
    columns["mending_cost"] = cost
    if yearly is not None:
        mendable = ~stated.involuntary | ~np.isnan(cost)  # who died does not come back; a failed payment may be mended
        stake = np.where(mendable, np.nan_to_num(yearly) @ away, np.nan)
        columns["at_stake"] = stake
        columns["least_chance"] = np.divide(cost, stake, out=np.full(len(cost), np.nan), where=stake > 0)
        columns["chance"] = chances
        columns["recovered"] = stake * chances
        columns["net"] = stake * chances - cost
    return pd.DataFrame(columns)


def since_remedied(
    stated: Stated, dates: Mapping[str, datetime.date | str] | None, until: datetime.date | None
) -> pd.DataFrame:
    """Return per reason when it was remedied, who left for it since, and before for as long a time.

    Columns ``remedied_on``, ``n_since``, ``n_as_long_before`` and ``n_waiting``: who named it and no other, left by
    that day, and is still away, for whom the reason has gone. Nothing where no reason has such a day.
    """
    days = _days(stated, dates)
    if not days or until is None:
        return pd.DataFrame(index=range(len(stated.names)))
    end = pd.Timestamp(until)
    on = pd.to_datetime([days.get(name, pd.NaT) for name in stated.names]).to_numpy().astype("datetime64[ns]")
    if late := [name for name, day in days.items() if day > end]:
        raise ValueError(f"remedied: {late[0]!r} is after the end of the data ({until}), so nothing is known since.")
    left = stated.lost["left_on"].to_numpy().astype("datetime64[ns]")[:, None]
    there = stated.named & ~np.isnat(on)
    waiting = stated.alone & there & (left <= on) & ~stated.returned[:, None]
    counts = {
        "n_since": there & (left > on),
        "n_as_long_before": there & (left <= on) & (left > on - (end.to_numpy() - on)),
        "n_waiting": waiting,
    }
    found = pd.DataFrame({REMEDIED_ON: on, **{name: each.sum(axis=0) for name, each in counts.items()}})
    return found.astype(dict.fromkeys(counts, "Int64")).mask(found[REMEDIED_ON].isna())


def _days(stated: Stated, given: Mapping[str, datetime.date | str] | None) -> dict[str, pd.Timestamp]:
    """Return the day on which each reason was remedied, as given or from the column."""
    if given is not None:
        if odd := [name for name in given if name not in stated.names]:
            raise ValueError(f"remedied: nobody left for {odd[0]!r}; the reasons are {', '.join(stated.names)}.")
        return {name: last_day(day, name=f"remedied[{name!r}]") for name, day in given.items()}
    if REMEDIED_ON not in stated.lost:
        return {}
    problems = ProblemList(WHAT, stated.lost)
    read = parse_date(stated.lost[REMEDIED_ON])
    problems.add_rows(REMEDIED_ON, read.unread, "must be dates", "Write them as 2024-12-31.")
    problems.raise_if_any()
    found = {}
    for place, name in enumerate(stated.names):
        rows = stated.alone[:, place]
        days = pd.Series(read.column.to_numpy()[rows]).dropna().unique()
        if len(days) > 1:
            said = f"has {len(days):,} different days for {name}"
            problems.add(REMEDIED_ON, said, "Give one day per reason: remedied={reason: day}.")
        elif len(days):
            found[name] = pd.Timestamp(days[0])
    problems.raise_if_any()
    return found
