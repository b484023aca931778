"""What if nobody was left untreated? Assumed organic return: a value, an interval, or by segment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real

import numpy as np
import pandas as pd

from winback.labels import label_of
from winback.tables import LAPSED_TABLE, ProblemList
from winback.tables.likeness import to_choose_from

Organic = float | tuple[float, float] | Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class AssumedOrganic:
    """Organic return assumed where no control group exists: low = high unless an interval was given."""

    low: float
    high: float
    says: str  # how it was given, in words

    @property
    def middle(self) -> float:
        """The share at which estimates are made."""
        return (self.low + self.high) / 2


def assumed_organic(organic: Organic, offered: pd.DataFrame) -> AssumedOrganic:
    """Read the analyst's assumption about customers who return without an offer.

    Parameters
    ----------
    organic : float, (low, high), or {column: {value: share}}
        One share for all, an interval of shares, or a share per segment, averaged over the customers offered.
    offered : pandas.DataFrame
        Checked customers who were sent an offer.

    Raises
    ------
    ValueError
        When a share is outside [0, 1] or the interval is upside down.
    TableError
        When the segments' column is missing or has values without a share.
    """
    if isinstance(organic, Mapping):
        mean = float(_segment_shares(organic, offered).mean())
        return AssumedOrganic(mean, mean, f"{organic_in_words(organic)}, {mean:.1%} on average")
    return AssumedOrganic(*_ends(organic), organic_in_words(organic))


def organic_in_words(organic: Organic) -> str:
    """Return the assumption as in a sentence, whoever the customers are.

    Examples
    --------
    >>> organic_in_words((0.02, 0.08)), organic_in_words({"reason": {"price": 0.1}})
    ('an assumed organic return of 2.0% to 8.0%', 'an assumed organic return by reason for leaving')
    """
    if isinstance(organic, Mapping):
        return f"an assumed organic return by {label_of(next(iter(organic)))}"
    low, high = _ends(organic)
    return f"an assumed organic return of {low:.1%}" + ("" if low == high else f" to {high:.1%}")


def organic_shares(organic: Organic, customers: pd.DataFrame) -> np.ndarray:
    """Return each customer's assumed chance to return without an offer: low, middle and high.

    Shape (n, 3); all three are the same unless an interval was given. `assumed_organic` averages the same shares.

    Examples
    --------
    >>> organic_shares((0.1, 0.2), pd.DataFrame({"customer_id": [7, 8]})).round(2).tolist()
    [[0.1, 0.15, 0.2], [0.1, 0.15, 0.2]]
    """
    if isinstance(organic, Mapping):
        return np.repeat(_segment_shares(organic, customers)[:, None], 3, axis=1)
    low, high = _ends(organic)
    return np.tile([low, (low + high) / 2, high], (len(customers), 1))


def _ends(organic) -> tuple[float, float]:
    ends = (organic, organic) if np.ndim(organic) == 0 else tuple(organic)
    if len(ends) != 2:
        raise ValueError(f"organic must be one share, (low, high), or {{column: {{value: share}}}}; got {organic!r}.")
    low, high = _share(ends[0]), _share(ends[1])
    if low > high:
        raise ValueError(f"organic must be (low, high); got ({low:g}, {high:g}).")
    return low, high


def _segment_shares(organic, customers) -> np.ndarray:
    """Return the share of each customer's segment, (n,)."""
    if len(organic) != 1 or not isinstance(next(iter(organic.values())), Mapping):
        raise ValueError("organic by segment must be {column: {value: share}} with one column.")
    ((column, shares),) = organic.items()
    shares = {value: _share(share) for value, share in shares.items()}
    problems_of_shares(organic, customers).raise_if_any()
    return customers[column].astype(object).map(shares).to_numpy(dtype=float)


def problems_of_shares(organic: Organic, customers: pd.DataFrame) -> ProblemList:
    """Return what keeps shares by segment from these customers: no such column, or values without a share."""
    problems = ProblemList(LAPSED_TABLE, customers, is_part=True)
    for column, shares in organic.items() if isinstance(organic, Mapping) else ():
        if column not in customers:
            remedy = f"Add it, or give one share for all. {to_choose_from(column, customers.columns)}"
            problems.add(column, "is missing, and `organic` uses it", remedy)
            continue
        unknown = ~customers[column].astype(object).isin(list(shares)).to_numpy()
        remedy = f"Give a share for it; there are shares for {', '.join(map(str, shares))}."
        problems.add_rows(column, unknown, "has values without an organic return", remedy)
    return problems


def check_organic_value(organic_value: float | None) -> None:
    """Refuse a value of an organic returner that is no amount of money above zero."""
    is_number = isinstance(organic_value, Real) and not isinstance(organic_value, bool | np.bool_)
    if organic_value is not None and not (is_number and 0 < organic_value < np.inf):
        raise ValueError(f"organic_value must be an amount of money above 0; got {organic_value!r}.")


def _share(value) -> float:
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real) or not 0 <= value <= 1:
        raise ValueError(f"organic must be a share from 0 to 1; got {value!r}.")
    return float(value)
