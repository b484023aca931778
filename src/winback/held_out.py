"""Is a forecast right on what it has not seen? Customers held out, outcomes by rank, a verdict and its words.

A forecast of return, of purchases or of contracts is judged in the same three steps: what was held out is predicted,
predictions and outcomes are added up over parts (tenths of the customers, later periods) with the interval of what
chance explains, and the gap is called a fit, a miss or too little to tell by `verdict`. What is predicted, and what
chance does to it, each room knows for itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from numbers import Real
from typing import Protocol, Self, TypeVar

import numpy as np
import pandas as pd

from winback.doors import ArgumentError, door
from winback.results import Result
from winback.tables.foreign import is_foreign, to_pandas

TENTHS = 10


class Parted(Protocol):
    """A noun that can be cut into parts under the same terms: a `Trial`."""

    lapsed: pd.DataFrame

    def part(self, rows: np.ndarray) -> Self:
        """Return the same of some of its customers, shape (n,) of bool."""


Customers = TypeVar("Customers", pd.DataFrame, Parted)


@door
def hold_out(
    customers: Customers, share: float = 0.3, *, rng: int | np.random.Generator | None = 0
) -> tuple[Customers, Customers]:
    """Split customers at random: those to fit on, and those held out to judge the fit by.

    A log of purchases is split by date instead, see `PurchaseSummary.hold_out`.

    Parameters
    ----------
    customers : pandas.DataFrame or Trial
        Any table, one row per customer, or a trial: both parts are then trials under the same terms.
    share : float
        Held out.
    rng : int, Generator or None
        Seed or generator; None splits afresh.

    Examples
    --------
    >>> import pandas as pd
    >>> fit_on, judge_by = hold_out(pd.DataFrame({"customer_id": range(10)}), 0.3)
    >>> len(fit_on), len(judge_by)
    (7, 3)
    """
    if not isinstance(share, Real) or not 0 < share < 1:
        raise ValueError(f"share must be between 0 and 1, such as 0.3; got {share!r}.")
    customers = to_pandas(customers) if is_foreign(customers) else customers
    is_table = isinstance(customers, pd.DataFrame)
    if not is_table and not hasattr(customers, "part"):
        raise ArgumentError(f"customers must be a pandas DataFrame or a Trial; got {type(customers).__name__}.")
    n, part = (len(customers), customers.__getitem__) if is_table else (len(customers.lapsed), customers.part)
    chosen = np.zeros(n, dtype=bool)
    chosen[np.random.default_rng(rng).permutation(n)[: round(share * n)]] = True
    return part(~chosen), part(chosen)


@dataclass(frozen=True)
class Ranking:
    """Customers by a prediction, most first.

    Customers with equal predictions are not ranked among each other: wherever one is cut off from the others, all of
    them count with their mean outcome. So nothing here depends on the order of the rows.
    """

    place: np.ndarray = field(repr=False)  # (n,) class of equal predictions of each customer, the highest first
    counts: np.ndarray = field(repr=False)  # (m,) customers in each class

    @classmethod
    def of(cls, predicted: np.ndarray, n: np.ndarray | None = None) -> Ranking:
        """Rank customers by a prediction; where rows are several customers each, ``n`` says how many."""
        _, place = np.unique(-predicted, return_inverse=True)
        return cls(place, np.bincount(place, n).astype(np.int64))

    def tenths(self) -> list[np.ndarray]:
        """Return for each tenth how much of each customer is in it, shape (n,); 0 to 1 within a class that is cut.

        Examples
        --------
        >>> [part.round(2).tolist() for part in Ranking.of(np.array([1.0, 5.0, 5.0])).tenths()]
        [[0.0, 0.5, 0.5], [0.0, 0.5, 0.5], [1.0, 0.0, 0.0]]
        """
        return [(inside / self.counts)[self.place] for inside in self._inside_tenths()]

    def _inside_tenths(self) -> Iterator[np.ndarray]:
        """Yield for each tenth how many customers of each class are in it, shape (m,)."""
        n = self.counts.sum()
        edges = np.unique(np.ceil(np.arange(TENTHS + 1) * n / TENTHS))
        ends = np.cumsum(self.counts)
        for low, high in pairwise(edges):
            yield np.maximum(np.minimum(ends, high) - np.maximum(ends - self.counts, low), 0)

    def by_tenth(self, **sums: np.ndarray) -> pd.DataFrame:
        """Return ``tenth``, ``n`` and the sum over each tenth of what is named, shape (n,) each.

        Examples
        --------
        >>> value = np.arange(20.0)
        >>> Ranking.of(value).by_tenth(value=value).head(2).to_dict("list")
        {'tenth': [1, 2], 'n': [2, 2], 'value': [37.0, 33.0]}
        """
        parts = list(self._inside_tenths())
        means = {name: np.bincount(self.place, weights=each) / self.counts for name, each in sums.items()}
        columns = {"tenth": np.arange(1, len(parts) + 1), "n": [int(part.sum()) for part in parts]}
        return pd.DataFrame(columns | {name: [float(part @ mean) for part in parts] for name, mean in means.items()})

    def concentration(self, outcome: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return shares of customers, highest first, and the shares of all outcomes they have, each (m + 1,)."""
        reached = np.cumsum(np.bincount(self.place, weights=outcome))
        total = reached[-1] if reached[-1] > 0 else np.nan
        customers = np.cumsum(self.counts) / self.counts.sum()
        return np.append(0.0, customers), np.append(0.0, reached / total)

    def gini(self, outcome: np.ndarray) -> float:
        """Return twice the area between the concentration of outcomes and an equal share for everybody.

        Examples
        --------
        >>> bought = np.array([4.0, 0.0, 0.0, 0.0])
        >>> Ranking.of(bought).gini(bought), Ranking.of(np.ones(4)).gini(bought)
        (0.75, 0.0)
        """
        customers, reached = self.concentration(outcome)
        return float(np.diff(customers) @ (reached[1:] + reached[:-1]) - 1)


@dataclass(frozen=True, repr=False)
class HeldOutCheck(Result):
    """How a forecast compares with what was held out, at the ``level`` of its intervals.

    ``frame`` has one row per part that is judged by itself, with ``inside``: whether prediction and outcome agree
    within chance.
    """

    frame: pd.DataFrame = field(repr=False)
    level: float

    @property
    def covered(self) -> tuple[int, int]:
        """In how many parts prediction and outcome agree within chance, and in how many there are."""
        return int(self.frame["inside"].sum()), len(self.frame)


@dataclass(frozen=True)
class Limits:
    """From where on a gap between forecast and outcome counts, in the unit of the gap."""

    small: float  # a miss below it changes no plan
    large: float  # chance alone should not be able to hide so much
    wide: float  # half of an interval that any model of these customers would pass
    exact: float  # rounds to nothing


def verdict(model: str, says: str, gap: tuple[float, float, float], limits: Limits, unsure: tuple[str, str]) -> str:
    """Return in one sentence whether a model fits, misses, or cannot be told to, as for the title of a figure.

    Parameters
    ----------
    says : str
        What the model predicts, beside what came: "it predicts 3% too many purchases".
    gap : tuple of float
        Predicted less observed, with the low and the high that chance leaves it.
    unsure : tuple of str
        What there are too few of to tell, and the interval in words, where that is said.

    Examples
    --------
    >>> limits = Limits(small=0.02, large=0.05, wide=0.10, exact=0.0005)
    >>> says, unsure = "it expects 3 points too many", ("customers", " [0, 6]")
    >>> verdict("sBG", says, (0.03, 0.01, 0.05), limits, unsure)
    'The sBG misses: it expects 3 points too many, more than chance'
    >>> verdict("sBG", says, (0.03, -0.01, 0.07), limits, unsure)
    'The sBG fits: it expects 3 points too many, no more than chance'
    >>> verdict("sBG", says, (0.03, -0.2, 0.26), limits, unsure)
    'Too few customers to tell whether the sBG fits: it expects 3 points too many [0, 6]'
    """
    size, (_, low, high) = abs(gap[0]), gap
    if not low <= 0 <= high:
        return f"The {model} misses{', but little' if size < limits.small else ''}: {says}, more than chance"
    if size > limits.large or high - low > 2 * limits.wide:
        few, interval = unsure
        return f"Too few {few} to tell whether the {model} fits: {says}{interval}"
    return f"The {model} fits: {says}{'' if size < limits.exact else ', no more than chance'}"


def number_of(inside: int, of: int, parts: str = "tenths") -> str:
    """Return so many of the parts in words; fewer than ten customers have no tenths.

    Examples
    --------
    >>> number_of(10, 10), number_of(7, 10), number_of(0, 8, "periods"), number_of(3, 3)
    ('All 10 tenths', '7 of 10 tenths', 'None of the 8 periods', 'All 3 groups')
    """
    parts = "groups" if parts == "tenths" and of != TENTHS else parts
    if of == 1:
        return f"{'The' if inside else 'Not even the'} only {parts.removesuffix('s')}"
    if inside == of:
        return f"All {of} {parts}"
    return f"{inside} of {of} {parts}" if inside else f"None of the {of} {parts}"


def lie_inside(inside: int, of: int, parts: str = "tenths") -> str:
    """Say how many of the parts lie in their interval, as within a sentence.

    Examples
    --------
    >>> lie_inside(7, 10), lie_inside(1, 8, "held-out periods")
    ('7 of 10 tenths lie in their interval', '1 of 8 held-out periods lies in its interval')
    """
    one = inside == 1 or of == 1
    said = f"{number_of(inside, of, parts)} {'lies in its' if one else 'lie in their'} interval"
    return said[0].lower() + said[1:]


def what_intervals_hold(level: float, chance: str) -> str:
    """Say what the intervals of a forecast hold; ``chance`` goes on with whose chance, and what is in no interval."""
    return (
        f"Intervals at {level:.0%} are for what will be observed: they hold the uncertainty of the parameters and the "
        f"chance in {chance}"
    )
