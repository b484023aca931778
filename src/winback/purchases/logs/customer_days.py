"""On which days did each customer buy, and for how much? Sorted whole numbers, whatever the log is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import coo_matrix


@dataclass(frozen=True)
class CustomerDays:
    """Every day on which a customer bought, customers and their days ascending.

    Customers are numbered by their place in ``ids``, days as `datetime.date.toordinal` does.
    """

    ids: pd.Index  # (n_customers,) as they are in the log; each has a day
    customer: np.ndarray  # (n_days,) place of the customer
    day: np.ndarray  # (n_days,)
    amount: np.ndarray  # (n_days,) of all purchases of that day; zero where nothing was paid

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
        first, last = (int(day.min()), int(day.max())) if len(day) else (0, 0)
        shape = (len(ids), last - first + 1)
        table = coo_matrix((amount, (codes, day - first)), shape=shape).tocsr()  # adds up, and sorts by counting
        n_days = np.diff(table.indptr)
        bought = n_days > 0
        customer = np.repeat(np.arange(np.count_nonzero(bought)), n_days[bought])
        return cls(ids[bought], customer, table.indices.astype(np.int64) + first, table.data)

    def by_customer(self) -> pd.DataFrame:
        """Return ``customer``, first and last day, number of days, and what was paid on how many days but the first.

        Examples
        --------
        >>> log = np.array([0, 0, 0]), pd.Index(["a"]), np.array([1, 4, 8]), np.array([5.0, 0.0, 2.0])
        >>> CustomerDays.of(*log).by_customer().to_dict("records")
        [{'customer': 'a', 'first_day': 1, 'last_day': 8, 'n_days': 3, 'n_paid': 1, 'repeat_money': 2.0}]
        """
        edge = np.flatnonzero(np.diff(self.customer, prepend=-1))
        n_days = np.diff(edge, append=len(self.customer))
        repeat = np.ones(len(self.day), dtype=bool)
        repeat[edge] = False
        again, money = self.customer[repeat], self.amount[repeat]
        n = len(self.ids)
        return pd.DataFrame(
            {
                "customer": self.ids,
                "first_day": self.day[edge],
                "last_day": self.day[edge + n_days - 1],
                "n_days": n_days,
                "n_paid": np.bincount(again[money > 0], minlength=n),
                "repeat_money": np.bincount(again, weights=money, minlength=n),
            }
        )
