"""What are all customers worth together, and what would one churn rate for everybody have said?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from winback.periods import Period
from winback.purchases.purchase_fit import PurchaseFit
from winback.purchases.spend import SpendFit
from winback.purchases.table import read_groups
from winback.value.ahead import read_ahead
from winback.value.base_table import read_counted, read_weights
from winback.value.base_worth import BaseValue
from winback.value.contracts.checks import all_checked
from winback.value.contracts.contract_fit import ContractFit
from winback.value.naive import Naive
from winback.value.segments import widest_contrast
from winback.value.terms import expected_money, read_terms
from winback.value.valuing import valued


def base_value(
    fit: ContractFit | PurchaseFit,
    customers: pd.DataFrame | Sequence[int] | Mapping[int, int] | pd.Series,
    *,
    margin: float | str | SpendFit,
    annual_discount: float,
    horizon: str | Period | None = None,
    margin_share: float = 1.0,
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
    customers, weights = read_counted(fit, customers, weights)
    ahead = read_ahead(fit, customers, moment)
    terms, counts, (segments, codes) = all_checked(
        lambda: read_terms(ahead, margin, margin_share, annual_discount, horizon),
        lambda: read_weights(customers, weights),
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
    n, found = counts.sum(), dict(zip(("", "_low", "_high"), money.total(counts, level), strict=True))
    return (
        {"segment": name, "n": round(n)}
        | {f"value{end}": total for end, total in found.items()}
        | {f"per_customer{end}": total / n for end, total in found.items()}
    )
