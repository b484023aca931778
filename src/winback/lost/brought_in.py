r"""What did each customer bring in within the year before they left? One definition for the report, triage and reasons.

Counted is what came in, up to the last day of the contract or the last purchase, and nothing is projected: who was here
for three months brought in three months' margin. Of those who are still here it is the last year of the data.
Where nothing but the months of a stay is known, the last twelve of them count.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from winback.base.base import Base
from winback.base.contract_base import ContractBase
from winback.base.purchase_base import PurchaseBase
from winback.base.snapshot_base import SnapshotBase
from winback.periods import DAYS_IN_MONTH, DAYS_IN_YEAR
from winback.tables.ids import as_index

YEAR_OF_PURCHASES = 365  # days; a purchase on the same day a year earlier is the one before


def brought_in(base: Base) -> np.ndarray:
    """Return what each life of a base brought in within the year before its end, (m,); missing: not known."""
    if isinstance(base, SnapshotBase):
        customers = base.customers
        months = np.minimum(customers["tenure"].to_numpy(dtype=float), 12)
        return months * (customers["margin"].to_numpy(dtype=float) if "margin" in customers else np.nan)
    if isinstance(base, PurchaseBase):
        n_days, (amount, last) = base.lives.n_days, _paid(base)
        paid, after = np.zeros(len(amount) + 1), np.cumsum(n_days)
        np.cumsum(amount, out=paid[1:])
        within_year = base.days.day > np.repeat(last - YEAR_OF_PURCHASES, n_days)  # the last days of each life
        begins = np.append(True, ~within_year[:-1]) & within_year
        begins[after - n_days] = within_year[after - n_days]
        return paid[after] - paid[np.flatnonzero(begins)]
    return brought_in_before(base, base.all_lives.end)


def brought_in_before_first_loss(base: Base) -> pd.Series:
    """Return what each customer brought in within the year before the end of the first life, by customer."""
    money = brought_in(base)
    if isinstance(base, SnapshotBase):
        return pd.Series(money, index=base.customers["customer_id"])
    is_shop = isinstance(base, PurchaseBase)
    lives = base.lives if is_shop else base.all_lives
    ids = as_index(base.summary.customers["customer_id"]) if is_shop else base.ids
    first = lives.number == 1
    return pd.Series(money[first], index=ids[lives.customer[first]])


def brought_in_before(base: ContractBase, day: ArrayLike) -> np.ndarray:
    """Return what each life under contract brought in within the year before a day, (m,); missing: no margin known."""
    lives, day = base.all_lives, np.broadcast_to(day, len(base.all_lives.end))
    spans = base.spans.only(np.flatnonzero(~np.isnan(base.spans.margin)))
    life = lives.at(spans.customer, spans.start)
    spans, life = spans.only(np.flatnonzero(life >= 0)), life[life >= 0]
    days = np.maximum(np.minimum(spans.end, day[life]) - np.maximum(spans.start, day[life] - DAYS_IN_YEAR), 0)
    money = np.bincount(life, weights=spans.margin * days / DAYS_IN_MONTH, minlength=len(lives.end))
    return np.where(np.bincount(life, minlength=len(lives.end)) > 0, money, np.nan)


def turnover(base: ContractBase | PurchaseBase) -> np.ndarray:
    """Return what all customers together brought in within the year before each life's end, (m,)."""
    if isinstance(base, PurchaseBase):
        amount, last = _paid(base)
        first = int(base.days.day.min())
        total = np.append(0.0, np.cumsum(np.bincount(base.days.day - first, weights=amount)))
        reached = last - first + 1
        return total[reached] - total[np.maximum(reached - YEAR_OF_PURCHASES, 0)]
    spans, end = base.spans, base.all_lives.end
    first, margin = int(spans.start.min()), np.nan_to_num(spans.margin) / DAYS_IN_MONTH
    change = np.bincount(spans.start - first, weights=margin, minlength=base.last - first + 2)
    change -= np.bincount(spans.end - first, weights=margin, minlength=base.last - first + 2)
    total = np.append(0.0, np.cumsum(np.cumsum(change)))  # by the morning of each day
    days = first + np.arange(len(total))
    return np.interp(end, days, total) - np.interp(end - DAYS_IN_YEAR, days, total)


def _paid(base: PurchaseBase) -> tuple[np.ndarray, np.ndarray]:
    """Return the margin of each purchase day, missing where nothing tells, and the last purchase of each life."""
    share = (base.margin_share or 1.0) if base.summary.log.amount else np.nan
    amount = base.days.amount if share == 1.0 else base.days.amount * share
    return amount, base.days.day[np.cumsum(base.lives.n_days) - 1]
