"""To whom was which offer sent, and were they lost by then? The table of offers sent, joined with losses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from winback.base.contract_tables import AS_IT_IS, Asked, customers_of, read_tables
from winback.tables import AnyTable

LATE = "with an offer after the end of the data"


@dataclass(frozen=True, eq=False)
class Sent:
    """Offers sent to customers with contracts, m of them, none after the last day of the data."""

    frame: pd.DataFrame  # (m rows) the typed table
    customer: np.ndarray  # (m,) place of the customer
    day: np.ndarray  # (m,) day of the offer
    n_late: int  # offers after the last day of the data, which are left out
    n_strangers: int  # offers to customers without a contract, which are left out
    notes: tuple[str, ...] = ()


def read_sent(sent: AnyTable, ids: pd.Index, until: int, asked: Asked = AS_IT_IS) -> Sent:
    """Read and check the table of offers sent.

    Raises
    ------
    TableError
        Listing every problem; also when none of its customers has a contract.
    """
    checked = read_tables({"sent": sent}, asked)["sent"]
    customer, _ = customers_of("sent", checked, ids)
    day = checked.frame["offered_on"].to_numpy().astype("datetime64[D]").astype(np.int64)
    late = (day > until) & (customer >= 0)
    kept = (customer >= 0) & ~late
    frame = checked.frame[kept].reset_index(drop=True)
    n_strangers = int((customer < 0).sum())
    return Sent(
        frame, customer[kept], day[kept], n_late=int(late.sum()), n_strangers=n_strangers, notes=tuple(checked.notes)
    )
