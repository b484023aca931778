"""On which days did each customer buy, and for how much? Sorted whole numbers, whatever the log is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import coo_matrix

from winback.tables.ids import as_index


@dataclass(frozen=True)
class CustomerDays:
    """Every day on which a customer bought, customers and their days ascending.

    Customers are numbered by their place in ``ids``, days as `datetime.date.toordinal` does.
    """

    ids: pd.Index  # (n_customers,) as they are in the log; each has a day
    start: np.ndarray  # (n_customers + 1,) where each customer's days begin, and the end
    day: np.ndarray  # (n_days,) int32
    amount: np.ndarray  # (n_days,) of all purchases of that day; zero where nothing was paid

    @property
    def customer(self) -> np.ndarray:
        """Return the place of each day's customer."""
        return np.repeat(np.arange(len(self.ids), dtype=np.int32), np.diff(self.start))

    @property
    def bought_on(self) -> np.ndarray:
        """Return the days on which somebody bought, ascending."""
        first = int(self.day.min()) if len(self.day) else 0
        return np.flatnonzero(np.bincount(self.day - first)) + first

    @classmethod
    def of(cls, codes: np.ndarray, ids: pd.Index, day: np.ndarray, amount: np.ndarray) -> CustomerDays:
        """Add up purchases in any order; ids without one are left out.

        Examples
        --------
        >>> codes, day, amount = np.array([0, 2, 0, 0]), np.array([9, 5, 7, 9]), np.array([1.0, 2.0, 3.0, 4.0])
        >>> days = CustomerDays.of(codes, pd.Index(["a", "b", "c"]), day, amount)
        >>> list(days.ids), days.customer.tolist(), days.day.tolist(), days.amount.tolist()
        (['a', 'c'], [0, 0, 1], [7, 9, 5], [3.0, 5.0, 2.0])
        """
        shape = (len(ids), int(day.max(initial=0)) + 1)
        table = coo_matrix((amount, (codes, day)), shape=shape).tocsr()  # adds up, and sorts
        bought = np.diff(table.indptr) > 0
        return cls(ids[bought], table.indptr[np.append(True, bought)], table.indices, table.data)

    def in_order_of(self, ids: pd.Series) -> CustomerDays:
        """Return the same with customers in another order: engines hand over groups in any.

        Raises
        ------
        ValueError
            When these are other customers.

        Examples
        --------
        >>> codes, day, amount = np.array([0, 0, 1]), np.array([7, 9, 5]), np.array([1.0, 2.0, 3.0])
        >>> days = CustomerDays.of(codes, pd.Index(["a", "b"]), day, amount)
        >>> found = days.in_order_of(pd.Series(["b", "a"]))
        >>> list(found.ids), found.customer.tolist(), found.day.tolist(), found.amount.tolist()
        (['b', 'a'], [0, 1, 1], [5, 7, 9], [3.0, 1.0, 2.0])
        """
        place = self.ids.get_indexer(as_index(ids))
        if len(place) != len(self.ids) or (place < 0).any():
            raise ValueError("The log has other customers than before: read it again, or from a table that stays.")
        if (place == np.arange(len(place))).all():
            return self
        n = np.diff(self.start)[place]
        start = np.append(0, np.cumsum(n))
        rows = np.arange(start[-1]) + np.repeat(self.start[:-1][place] - start[:-1], n)
        return CustomerDays(self.ids[place], start, self.day[rows], self.amount[rows])

    def by_customer(self) -> pd.DataFrame:
        """Return ``customer``, first and last day, number of days, and what was paid on how many days but the first.

        Examples
        --------
        >>> log = np.array([0, 0, 0]), pd.Index(["a"]), np.array([1, 4, 8]), np.array([5.0, 0.0, 2.0])
        >>> CustomerDays.of(*log).by_customer().to_dict("records")
        [{'customer': 'a', 'first_day': 1, 'last_day': 8, 'n_days': 3, 'n_paid': 1, 'repeat_money': 2.0}]
        """
        first, last = self.start[:-1], self.start[1:] - 1
        later = self.amount.copy()
        later[first] = 0.0
        return pd.DataFrame(
            {
                "customer": self.ids,
                "first_day": self.day[first].astype(np.int64),
                "last_day": self.day[last].astype(np.int64),
                "n_days": (last - first + 1).astype(np.int64),
                "n_paid": np.add.reduceat(later > 0, first, dtype=np.int64) if len(later) else 0,
                "repeat_money": np.add.reduceat(later, first) if len(later) else 0.0,
            },
            copy=False,
        )
