"""On whom do managers spend their time? Contacts and hours of one year, most of them on customers who bring little."""

from __future__ import annotations

import numpy as np
import pandas as pd

from winback.datasets.telecom import company_assumptions as planted
from winback.datasets.telecom.calendar import LAST_DAY, MONTH_ZERO

HOURS_A_CONTACT = 1.0
SHORTEST_ENTRY = 0.25  # hours


def effort_events(lives: pd.DataFrame, manager: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    """Return the time sheets of those served by managers: events ``contact`` (how many) and ``hours`` of the year.

    Customers with the lowest margins, who bring under `LOW_PROFIT` of the year's profit, get `LOW_HOURS` of the hours.
    They are dated on the last day in the year on which the customer was here.
    """
    begin, close = _year()
    start, end = lives["start"].to_numpy(), lives["end"].to_numpy()
    kept = (manager >= 0) & (start <= close) & (end > begin)
    last = np.minimum(end[kept] - 1, close)
    margin = lives["margin"].to_numpy()[kept]
    profit = margin * (last - np.maximum(start[kept], begin) + 1)
    order = np.argsort(margin, kind="stable")
    low = np.zeros(kept.sum(), dtype=bool)
    low[order[np.cumsum(profit[order]) < planted.LOW_PROFIT * profit.sum()]] = True
    total = planted.HOURS_EACH * kept.sum()
    mean = np.where(low, planted.LOW_HOURS * total / low.sum(), (1 - planted.LOW_HOURS) * total / (~low).sum())
    hours = rng.gamma(planted.HOURS_SHAPE, mean / planted.HOURS_SHAPE)
    hours = np.maximum(np.rint(hours / SHORTEST_ENTRY) * SHORTEST_ENTRY, SHORTEST_ENTRY)
    contacts = 1 + rng.poisson(hours / HOURS_A_CONTACT)
    ids = lives["customer_id"].to_numpy()[kept]
    return pd.concat(
        [
            pd.DataFrame({"customer_id": ids, "day": last, "event": event, "amount": amount})
            for event, amount in (("contact", contacts.astype(float)), ("hours", hours))
        ],
        ignore_index=True,
    )


def _year() -> tuple[int, int]:
    zero, year = np.datetime64(MONTH_ZERO, "D"), planted.EFFORT_YEAR
    begin, after = (np.datetime64(f"{each}-01-01", "D") - zero for each in (year, year + 1))
    return int(begin.astype(int)), min(int(after.astype(int)) - 1, LAST_DAY)
