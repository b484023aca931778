"""Which contracts did each life consist of? One, or two where a customer changed plan."""

from __future__ import annotations

import numpy as np
import pandas as pd

from winback.datasets.telecom import company_assumptions as planted
from winback.datasets.telecom.calendar import LAST_DAY, on

SHORTEST_TO_CHANGE = 180  # days of a life within which nobody changes plan
MARGIN_STEP = 0.10  # by how much the margin differs after a change of plan without a gap


def contract_table(lives: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return one row per contract, in order of customer and start; the last day of one still running is missing.

    ``lives`` has what is known of the end besides (``manager``, ``satisfaction``, ``reason``, texts): it stands with
    the last contract of a life, and the manager with every one. Over a life the mean margin, weighted by days, stays.
    """
    start, end = lives["start"].to_numpy(), lives["end"].to_numpy()
    length = np.minimum(end, LAST_DAY) - start
    changed = (length > SHORTEST_TO_CHANGE) & (rng.uniform(size=len(lives)) < planted.PLAN_CHANGES)
    cut = start + (length * rng.uniform(0.2, 0.8, len(lives))).astype(np.int64)
    gap = np.where(rng.uniform(size=len(lives)) < planted.GAP_AT_CHANGE, 2, 1)
    gap = np.where(gap == 2, rng.integers(2, planted.LONGEST_GAP_AT_CHANGE + 1, len(lives)), gap)
    margin = lives["margin"].to_numpy()
    step = np.where(gap == 1, MARGIN_STEP * margin, 0.0)
    days = (cut - start, np.minimum(end, LAST_DAY) - cut - 1)  # where the next contract starts a day later
    first_margin = (margin + step).round(2)
    last_margin = ((margin * sum(days) - first_margin * days[0]) / np.maximum(days[1], 1)).round(2)
    earlier = lives.assign(end=cut, margin=first_margin, is_last=False)[changed]
    later = lives.assign(
        is_last=True,
        start=np.where(changed, cut + gap, start),
        margin=np.where(changed & (gap == 1), last_margin, margin),
    )
    table = pd.concat([earlier, later], ignore_index=True).sort_values(["customer_id", "start"], kind="stable")
    return _as_recorded(table.reset_index(drop=True), lives["reason"].cat.categories)


def _as_recorded(table: pd.DataFrame, reasons: pd.Index) -> pd.DataFrame:
    """Return the table with dates, and without what only comes after the end of the study."""
    ended = (table["end"] <= LAST_DAY).to_numpy()
    lost = ended & table["is_last"].to_numpy()
    end = pd.Series(on(table["end"].to_numpy())).astype("datetime64[ns]").where(ended)
    return pd.DataFrame(
        {
            "customer_id": table["customer_id"],
            "start": pd.Series(on(table["start"].to_numpy())).astype("datetime64[ns]"),
            "end": end,
            "margin": table["margin"],
            "manager": pd.Categorical(table["manager"]),
            "satisfaction": table["satisfaction"].where(table["is_last"]),
            "reason": pd.Categorical(table["reason"].where(lost), categories=reasons),
            **{name: table[name].where(lost) for name in ("exit_text", "reported_by", "went_to")},
        }
    )
