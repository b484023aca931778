"""What would one churn rate for everybody say? The figure that most companies know, beside the model's."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from winback.periods import Period
from winback.value.contracts.checks import AFTER_PAYMENT
from winback.value.contracts.payments import log_stays

ROUNDING = 1e-9  # of times: 28 days by way of years are 27.999999999999996


@dataclass(frozen=True)
class ConstantChurn:
    """What each customer would still pay or buy if all were alike."""

    payments: np.ndarray = field(repr=False)  # (n,) discounted, payments or purchases; 0 for those held to have left
    annual_churn: float  # share of customers who leave within a year
    n_active: float  # customers who are held to be still there
    active_within: Period | None = None  # purchases: how recent their last one is


def of_contracts(
    logs: np.ndarray,
    renewals: np.ndarray,
    counts: np.ndarray,
    *,
    period: Period,
    annual_discount: float,
    horizon: int | None,
    moment: str,
    annual_churn: float | None = None,
) -> ConstantChurn:
    r"""Give everybody one retention rate r: each is worth :math:`\sum_k r^{k+1} (1 + d)^{-k}` payments.

    Of new customers (next renewal 0) the first payment is sure: they are worth :math:`\sum_k r^k (1 + d)^{-k}`.

    Unless given, r is what a glance at two successive counts of this base shows: the share of those who were customers
    one period ago and still are, as the model has it for these ages.
    """
    given = None if annual_churn is None else (1 - annual_churn) ** period.years
    retention = _seen_retention(logs, renewals, counts) if given is None else given
    factor = float(period.discount_factor(annual_discount))
    ratio = retention * factor
    ends = 1.0 if horizon is None else 1 - ratio**horizon
    with np.errstate(divide="ignore"):
        each = (factor if moment == AFTER_PAYMENT else 1.0) * ends / np.float64(1 - ratio)
    pays = np.where(renewals == 0, 1.0, retention)
    churn = 1 - retention ** (1 / period.years)
    return ConstantChurn(pays * each, float(churn), float(counts.sum()))


def _seen_retention(logs, renewals, counts) -> float:
    """Return the share of last period's customers who are still here; of new ones alone, the one expected next."""
    older = renewals > 1
    if not (older & (counts > 0)).any():
        share = np.exp(log_stays(logs, np.ones(len(renewals))))
        return float((counts * share).sum() / counts.sum())
    before = np.maximum(renewals - 1, 1)
    last = np.exp(log_stays(logs, before - 1) - log_stays(logs, before))  # 1 / retention of the period just ended
    return float(counts[older].sum() / (counts * last)[older].sum())


def of_purchases(
    frequency: np.ndarray,
    recency: np.ndarray,
    age: np.ndarray,
    counts: np.ndarray,
    *,
    active_within: float,
    period: Period,
    annual_discount: float,
    horizon: float,
    annual_churn: float | None = None,
) -> ConstantChurn:
    r"""Give everybody who bought of late one rate of buying and one of leaving.

    Who has not bought within ``active_within`` is held to have left at the last purchase. All others are held to be
    customers who buy at one rate :math:`\lambda` and leave at one rate :math:`\mu`, purchases and leavers per time as
    a customer. Each active customer is worth :math:`\lambda (1 - e^{-(\mu + k) t}) / (\mu + k)` purchases.
    Times are in periods, the horizon may be infinite, and an annual churn may be in use already.

    Examples
    --------
    >>> x, last, age, n = np.array([3, 1]), np.array([9.0, 2.0]), np.array([10.0, 10.0]), np.ones(2)
    >>> terms = {"period": Period(1, "Y"), "annual_discount": 0.10, "horizon": np.inf}
    >>> naive = of_purchases(x, last, age, n, active_within=4.0, **terms)
    >>> naive.payments.round(2).tolist()   # 4 purchases and 1 leaver in 12 years as a customer
    [1.87, 0.0]
    """
    active = age - recency <= active_within * (1 + ROUNDING)
    exposure = float(counts @ np.where(active, age, recency))
    rate = float(counts @ frequency) / exposure if exposure else 0.0
    if annual_churn is not None:
        churn = -np.log1p(-annual_churn) * period.years
    else:
        churn = float(counts[~active].sum()) / exposure if exposure else np.inf
    total = churn + period.force(annual_discount)
    span = -np.expm1(-total * horizon) / total if total else horizon
    each = rate * span if np.isfinite(churn) else 0.0
    annual = -np.expm1(-churn / period.years)
    return ConstantChurn(np.where(active, each, 0.0), float(annual), float(counts[active].sum()))
