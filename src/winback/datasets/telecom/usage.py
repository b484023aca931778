"""How much did customers use each month, and does it shrink before they leave? A random sample, the same months.

The sample is drawn from everybody who was a customer within these months, whatever became of them. A month counts
where the customer was here on all of its days, so that a month cut short by joining or leaving does not look like one
with little use.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from winback.datasets.telecom import company_assumptions as planted
from winback.datasets.telecom.calendar import MONTH_ZERO

LEVEL = 8.0  # units a month, of a dollar's margin


def volume_months() -> tuple[np.ndarray, np.ndarray]:
    """Return the first and the last day of each month with volume, counted from month 0."""
    months = np.arange(*(np.datetime64(month, "M") for month in planted.VOLUME_MONTHS))
    months = np.append(months, np.datetime64(planted.VOLUME_MONTHS[1], "M"))
    zero = np.datetime64(MONTH_ZERO, "D")
    first, next_first = months.astype("datetime64[D]"), (months + 1).astype("datetime64[D]")
    return (first - zero).astype(np.int64), (next_first - zero).astype(np.int64) - 1


def draw_shrinking(lives: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """Return whose volume shrinks before they leave; never of those whose leaving nobody can mend."""
    mendable = ~lives["reason"].isin(planted.NOBODY_CAN_MEND).to_numpy()
    return mendable & (rng.uniform(size=len(lives)) < planted.SHRINKS)


def volume_sample(lives: pd.DataFrame, size: float, rng: np.random.Generator) -> np.ndarray:
    """Return which lives are those of the sampled customers."""
    first, last = volume_months()
    here = (lives["start"] <= last[-1]) & (lives["end"] >= first[0])
    ids = lives.loc[here, "customer_id"].unique()
    sampled = rng.choice(ids, size=min(round(planted.VOLUME_SAMPLE * size), len(ids)), replace=False)
    return lives["customer_id"].isin(sampled).to_numpy()


def volume_events(lives: pd.DataFrame, shrinks: np.ndarray, size: float, rng: np.random.Generator) -> pd.DataFrame:
    """Return the events ``volume`` of the sample: whole units, dated on the last day of the month.

    Where it shrinks, the k-th last whole month before the loss has the k-th factor of the assumptions.
    """
    first, last = volume_months()
    sampled = np.flatnonzero(volume_sample(lives, size, rng))
    start, end = (lives[name].to_numpy()[sampled] for name in ("start", "end"))
    level = LEVEL * lives["margin"].to_numpy()[sampled].clip(1.0)
    level = level * np.exp(planted.SD_LOG_VOLUME_LEVEL * rng.standard_normal(len(sampled)))
    factors = np.array([*planted.SHRINKING, 1.0])
    before_loss = ((np.datetime64(MONTH_ZERO, "D") + end).astype("datetime64[M]")).astype(np.int64)
    found = []
    for begin, close in zip(first, last, strict=True):
        month = (np.datetime64(MONTH_ZERO, "D") + begin).astype("datetime64[M]").astype(np.int64)
        here = (start <= begin) & (end > close)
        months_left = np.clip(before_loss - month - 1, 0, len(planted.SHRINKING))
        factor = np.where(shrinks[sampled], factors[months_left], 1.0)
        units = level * factor * np.exp(planted.SD_LOG_VOLUME * rng.standard_normal(len(sampled)))
        ids = lives["customer_id"].to_numpy()[sampled]
        rows = pd.DataFrame({"customer_id": ids, "day": close, "event": "volume", "amount": np.rint(units)})
        found.append(rows[here])
    return pd.concat(found, ignore_index=True)
