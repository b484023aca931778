"""Who makes up a base: how many customers does each row stand for?"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from winback.purchases.table import read_counts, read_numbers
from winback.tables import ProblemList
from winback.value.ahead import CUSTOMERS, NEXT_RENEWAL
from winback.value.contracts.checks import all_checked, whole_periods
from winback.value.contracts.contract_fit import ContractFit

COUNTED = "n"


def read_counted(fit, customers, weights: str | None):
    """Return customers who were counted by their next renewal as a table, and the column that counts them."""
    if isinstance(customers, pd.DataFrame) or not isinstance(fit, ContractFit):
        return customers, weights
    if isinstance(customers, Mapping | pd.Series):
        pairs = dict(customers)
        renewals, counts = all_checked(
            lambda: whole_periods(list(pairs), NEXT_RENEWAL, least=1),
            lambda: whole_periods(list(pairs.values()), "customers"),
        )
    else:
        counts = all_checked(lambda: whole_periods(customers, "customers"))[0]
        renewals = np.arange(1.0, len(counts) + 1)
    if not counts.sum():
        raise ValueError("customers has nobody in it.")
    some = counts > 0
    return pd.DataFrame({NEXT_RENEWAL: renewals[some].astype(int), COUNTED: counts[some]}), COUNTED


def read_weights(customers: pd.DataFrame, weights: str | None) -> np.ndarray:
    """Return how many customers each row stands for, shape (n,)."""
    if weights is None:
        return np.ones(len(customers))
    problems = ProblemList(CUSTOMERS, customers)
    counts = read_numbers(customers, weights, problems)
    problems.raise_if_any()
    counts = read_counts(counts, weights, problems)
    problems.raise_if_any()
    return counts
