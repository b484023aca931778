"""Does every odd cell end in a right result or an error that names its column, wherever it stands?"""

import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

import winback as wb

OFFERS = [wb.Offer(name="mail", amount=1, paid="per_contact"), wb.Offer(name="call", amount=5, paid="per_contact")]
CELLS = {
    "none": None, "nan": np.nan, "NaT": pd.NaT, "NA": pd.NA, "empty text": "", "zero": 0, "minus": -1, "half": 1.5,
    "true": True, "text": "x", "bytes": b"x", "list": [1], "dict": {}, "object": object(), "decimal": Decimal("1.5"),
    "far date": dt.date(9999, 12, 31), "time": dt.datetime(2024, 1, 1, 12), "numpy date": np.datetime64("2024-01-01"),
    "zone": pd.Timestamp("2024-01-01", tz="UTC"), "year": pd.Period("2024", "Y"), "span": pd.Timedelta(1, "D"),
    "huge": 1e308, "endless": np.inf, "beyond 64 bits": 2**70, "complex": 1j,
    "error": "#N/A", "formula": "#FORMULA! =A1", "like a formula": "=A1",
    "decimal comma": "1,5", "zero byte": "\x00", "ja": "ja", "minus zero": -0.0, "small float": np.float32(1.1),
    "small integer": np.int8(3), "tuple": ("a",), "set": frozenset(), "long text": "x" * 40_000,
}  # fmt: skip
COLUMNS = [
    "customer_id", "offer", "returned", "value", "reason", "complaints", "offer_probability", "eligible", "cluster",
    "left_on", "offered_on", "exit_text", "orders", "region",
]  # fmt: skip


def table(n=24):
    """Return a small trial with a column of every kind."""
    back = np.arange(n) % 2 == 0
    return pd.DataFrame(
        {
            "customer_id": range(n),
            "offer": np.array(["none", "mail", "call"])[np.arange(n) % 3],
            "returned": back,
            "value": np.where(back, 10.0 + np.arange(n), 0.0),
            "reason": np.array(["price", "service"])[np.arange(n) // 12],
            "complaints": np.arange(n) % 4,
            "offer_probability": 1 / 3,
            "eligible": True,
            "cluster": np.arange(n) // 2,
            "left_on": pd.Timestamp("2024-01-01"),
            "offered_on": pd.Timestamp("2024-02-01"),
            "exit_text": "too dear",
            "orders": np.arange(n) % 5,
            "region": np.array(["north", "south", "east", "west"])[np.arange(n) % 4],
        }
    )


@pytest.mark.slow
@pytest.mark.parametrize("everywhere", [False, True])
@pytest.mark.parametrize("column", COLUMNS)
def test_an_odd_cell_is_read_or_refused_by_name(column, everywhere):
    unnamed = []
    for name, cell in CELLS.items():
        odd = table()
        cells = [cell] * len(odd) if everywhere else [cell, *odd[column].astype(object).iloc[1:]]
        odd[column] = pd.Series(cells, dtype=object)
        same = odd.copy(deep=True)
        try:
            assert wb.read_trial(odd, OFFERS).details()
        except ValueError as error:
            unnamed += [] if any(each in str(error) for each in (column, "offer", "value")) else [name]
        assert all(a is b or a == b or a != a for a, b in zip(odd[column], same[column], strict=True))
    assert unnamed == []
