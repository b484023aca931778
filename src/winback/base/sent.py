"""To whom was which offer sent, and were they lost by then? The table of offers sent, joined with losses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from winback.base.contract_tables import AS_IT_IS, Asked, customers_of, read_tables
from winback.base.lapsed import Lapsed
from winback.base.lapsed_table import Losses
from winback.results import join_words
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


def lapsed_with_offers(
    losses: Losses,
    found: Sent,
    table: Callable[[Losses, np.ndarray, np.ndarray, Mapping[str, int]], Lapsed],
) -> Lapsed:
    """Return the lost customers who were sent an offer, or drawn to be sent nothing, each seen from that day.

    ``table`` makes the table of some customers, each seen from a day, saying how many are left out and why.
    """
    day = np.zeros(len(losses.ids), dtype=np.int64)
    day[found.customer] = found.day
    lost, back = losses.state(day)
    at = found.customer
    pending = losses.has_end[at] & (losses.end[at] <= found.day) & (losses.sure_from[at] > found.day)
    kept = np.flatnonzero(lost[at] & ~back[at])
    unsent = losses.lost.copy()
    unsent[at] = False
    left_out = {
        "back before their offer": int(back[at].sum()),
        "pending on the day of their offer": int(pending.sum()),
        "not lost on the day of their offer": int((~lost[at] & ~pending).sum()),
        "with an offer but unknown to the base": found.n_strangers,
        LATE: found.n_late,
        "lost but not in the table of offers sent": int(unsent.sum()),
    }
    result = table(losses, at[kept], found.day[kept], left_out)
    own = [name for name in found.frame if name not in result.frame]
    known = [str(name) for name in found.frame if name in result.frame and name != "customer_id"]
    said = f"Columns of the offers sent that the base knows itself are not used: {join_words(known)}."
    notes = [said] if known else []
    theirs = found.frame[own].iloc[kept].reset_index(drop=True).loc[result.frame.index]  # some rows may be left out
    frame = pd.concat([result.frame, theirs], axis=1).reset_index(drop=True)
    return replace(result, frame=frame, with_offers=True, notes=(*notes, *found.notes, *result.notes))
