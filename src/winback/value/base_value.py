"""What are all customers worth together, and what would one churn rate for everybody have said?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from winback.doors import door_of_settings
from winback.periods import Period
from winback.purchases.purchase_fit import PurchaseFit
from winback.purchases.spend import SpendFit
from winback.purchases.table import read_counts, read_groups, read_numbers
from winback.tables import ProblemList
from winback.value.ahead import CUSTOMERS, NEXT_RENEWAL, read_ahead
from winback.value.base_worth import BaseValue, totals_and_each
from winback.value.contracts.checks import all_checked, whole_periods
from winback.value.contracts.contract_fit import ContractFit
from winback.value.naive import Naive, widest_contrast
from winback.value.of_base import customers_to_value, share_of_margin
from winback.value.terms import expected_money, read_terms
from winback.value.valued import valued

COUNTED = "n"


@door_of_settings
def base_value(
    fit: ContractFit | PurchaseFit,
    customers: pd.DataFrame | Sequence[int] | Mapping[int, int] | pd.Series,
    *,
    margin: float | str | SpendFit,
    annual_discount: float,
    horizon: str | Period | None = None,
    margin_share: float | None = None,
    by: str | None = None,
    weights: str | None = None,
    moment: str | None = None,
) -> BaseValue:
    r"""Value a customer base, whole and by segment, beside the figure of constant churn.

    The naive figure gives everybody one churn rate (`winback.value.constant_churn`). Contracts: the share of those who
    were customers a period ago and no longer are, as the model has it for the ages of this base. Purchases: who has not
    bought for a year is taken for lost at the last purchase, all others for customers who buy and leave at the average
    rates. ``against_constant_churn`` of the result takes another rate, or another time than a year.

    Parameters
    ----------
    fit, margin, annual_discount, horizon, margin_share, moment
        As in `lifetime_value`.
    customers : pandas.DataFrame, sequence, mapping or pandas.Series
        As in `lifetime_value`; or, under contract, the number of customers before their first, second, ... renewal in
        this order, or next renewal -> customers.
    by : str, optional
        Column of the segments; ``next_renewal`` where customers were counted.
    weights : str, optional
        Column that counts the customers each row stands for.

    Returns
    -------
    BaseValue

    Raises
    ------
    TableError
        Listing every problem of the customers.
    ValueError
        Listing every problem of the terms.

    References
    ----------
    .. [1] Fader, P. S. & Hardie, B. G. S. (2010). Customer-base valuation in a contractual setting: the perils of
       ignoring heterogeneity. Marketing Science 29(1).

    Examples
    --------
    >>> import winback as wb
    >>> from winback.value.contracts.fits import contract_model
    >>> model = contract_model(3.80, 15.20, period="Y")
    >>> base = wb.base_value(model, [20500, 15200, 11340, 7961, 4391], margin=1, annual_discount=0.10)
    >>> round(base.total), round(base.annual_churn, 4), f"{base.gap:.0%}"
    (207438, 0.1902, '-12%')
    """
    margin_share = share_of_margin(customers, margin, margin_share)
    customers, weights = _counted(fit, customers_to_value(fit, customers), weights)
    ahead = read_ahead(fit, customers, moment)
    terms, counts, (segments, codes) = all_checked(
        lambda: read_terms(ahead, margin, margin_share, annual_discount, horizon),
        lambda: _weights(customers, weights),
        lambda: read_groups(customers, by),
    )
    money, naive = expected_money(ahead, terms), Naive(ahead, terms, counts, codes)
    rows = [_segment(name, counts * (codes == code), money, fit.level) for code, name in enumerate(segments)]
    total = money.total(counts, fit.level)
    figures = naive.beside(pd.DataFrame(rows), total[0])
    frame = figures.pop("frame")
    shares = frame["value"] / total[0] if np.isfinite(total[0]) and total[0] else np.nan
    return BaseValue(
        frame=frame.assign(share=shares),
        contrast=widest_contrast(frame, codes, counts, money, fit.level),
        by=by,
        naive=naive,
        **figures,
        **valued(ahead, terms, money, counts, total),
    )


def _segment(name, counts, money, level) -> dict:
    """Return one segment's row."""
    return {"segment": name, "n": round(counts.sum())} | totals_and_each(money.total(counts, level), counts.sum())


def _counted(fit, customers, weights: str | None):
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


def _weights(customers: pd.DataFrame, weights: str | None) -> np.ndarray:
    """Return how many customers each row stands for, shape (n,)."""
    if weights is None:
        return np.ones(len(customers))
    problems = ProblemList(CUSTOMERS, customers)
    counts = read_numbers(customers, weights, problems)
    problems.raise_if_any()
    counts = read_counts(counts, weights, problems)
    problems.raise_if_any()
    return counts
