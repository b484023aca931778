"""Who makes up a base: how many customers does each row stand for, in which segment, and what is asked of them?"""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Real

import numpy as np
import pandas as pd

from winback.purchases.table import read_counts, read_numbers
from winback.tables import ProblemList
from winback.value.ahead import CUSTOMERS
from winback.value.contracts.checks import all_checked, whole_periods
from winback.value.contracts.contract_fit import ContractFit

COUNTED = "n"


def read_counted(fit, customers, next_renewal: str, weights: str | None):
    """Return customers who were counted by their next renewal as a table, and the column that counts them."""
    if isinstance(customers, pd.DataFrame) or not isinstance(fit, ContractFit):
        return customers, weights
    if isinstance(customers, Mapping | pd.Series):
        pairs = dict(customers)
        renewals, counts = all_checked(
            lambda: whole_periods(list(pairs), "next_renewal", least=1),
            lambda: whole_periods(list(pairs.values()), "customers"),
        )
    else:
        counts = all_checked(lambda: whole_periods(customers, "customers"))[0]
        renewals = np.arange(1.0, len(counts) + 1)
    if not counts.sum():
        raise ValueError("customers has nobody in it.")
    some = counts > 0
    return pd.DataFrame({next_renewal: renewals[some].astype(int), COUNTED: counts[some]}), COUNTED


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


def check_annual_churn(annual_churn: float | None) -> float | None:
    """Return the share of customers who leave within a year, or refuse it."""
    if annual_churn is None:
        return None
    is_number = isinstance(annual_churn, Real) and not isinstance(annual_churn, bool)
    if not is_number or not 0 <= annual_churn < 1:
        hint = f" Write {annual_churn / 100:g} for {annual_churn:g}%." if is_number and 1 <= annual_churn <= 100 else ""
        raise ValueError(f"annual_churn must be a share from 0 to under 1 a year; got {annual_churn!r}.{hint}")
    return float(annual_churn)


def check_others(others_lost: float) -> float:
    """Return how many others each lost customer takes along, or refuse it."""
    is_number = isinstance(others_lost, Real) and not isinstance(others_lost, bool)
    if not is_number or not 0 <= others_lost < np.inf:
        raise ValueError(f"others_lost must be a number of customers, at least 0; got {others_lost!r}.")
    return float(others_lost)
