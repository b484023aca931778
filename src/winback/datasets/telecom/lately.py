"""Who was lost in the last months, is still away, and was never asked? The study's new leavers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd

from winback.base.contract_base import ContractBase
from winback.base.lapsed import LOST_AGAIN, PENDING_THEN, Lapsed
from winback.periods import DAYS_IN_MONTH
from winback.tables import LAPSED


def lost_lately(base: ContractBase, until: date, months: float) -> Lapsed:
    """Return who left for the first time in the last months and is still away, as known on a day.

    Left out, and counted, are those who left too lately for it to be sure, and who left again in these months.

    Examples
    --------
    >>> from winback.base.contracts import read_contracts
    >>> ends = ["2023-05-31", "2024-10-31", "2024-12-20"]
    >>> contracts = pd.DataFrame({"customer_id": [1, 2, 3], "start": "2022-01-01", "end": ends})
    >>> found = lost_lately(read_contracts(contracts, until="2024-12-31"), date(2024, 12, 31), 12)
    >>> found.frame["customer_id"].tolist(), found.left_out["pending on that day"]
    ([2], 1)
    """
    lost, last = base.lapsed(asof=until), base.lives.drop_duplicates("customer_id", keep="last")
    lately = lost.frame[(lost.frame["months_away"] <= months) & ~lost.frame["returned"]]
    away = (pd.Timestamp(until) - last["end"]).dt.days / DAYS_IN_MONTH
    again = last["ended"] & (last["life"] > 1) & (away <= months)
    return replace(
        lost,
        frame=lately.filter([column.name for column in LAPSED]).reset_index(drop=True),
        left_out={PENDING_THEN: lost.left_out[PENDING_THEN], LOST_AGAIN: int(again.sum())},
    )
