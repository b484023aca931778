"""Does what was brought hang on one customer? A row with a slip of the pen decides every mean that it is in."""

from __future__ import annotations

import numpy as np
import pandas as pd

from winback.labels import label_of
from winback.results import format_count, format_percent
from winback.trial.finding import Finding

CHECK = "one customer"
MONEY = ("value", "second_margin")
FEW = 30  # customers who brought something; of fewer one is a large part anyway
LARGE = 0.10  # of all that was brought: the mean of any group then says more of this customer than of the others


def check_one_customer(table: pd.DataFrame) -> list[Finding]:
    """Return a warning for each column of money of which one customer has a tenth or more; none where none has.

    Examples
    --------
    >>> table = pd.DataFrame({"customer_id": range(1, 101), "value": 5.0})
    >>> check_one_customer(table)
    []
    >>> table.loc[3, "value"] = 9_999.0
    >>> check_one_customer(table)[0].finding
    'Customer 4 has 95% of all "value" (2,000 times the next largest), and decides every mean. Is the row right?'
    """
    found = (_said(table["customer_id"], table[name], name) for name in MONEY if name in table)
    return [Finding(CHECK, "warning", text) for text in found if text]


def _said(ids: pd.Series, column: pd.Series, name: str) -> str:
    money = np.abs(column.to_numpy(dtype=float, na_value=0.0))
    money = np.where(np.isfinite(money), money, 0.0)
    if (money > 0).sum() < FEW:
        return ""
    first = int(money.argmax())
    share = money[first] / money.sum()
    if share < LARGE:
        return ""
    times = format_count(money[first] / np.partition(money, -2)[-2])
    who = f'Customer {ids.iloc[first]} has {format_percent(share, 0)} of all "{label_of(name)}"'
    return f"{who} ({times} times the next largest), and decides every mean. Is the row right?"
