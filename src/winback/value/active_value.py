"""What are today's customers worth, and what would one churn rate for all have said?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from winback.discounting import check_annual_discount
from winback.periods import Period
from winback.results import Result, Sentences
from winback.tables import ProblemList
from winback.value.contract_checks import (
    AFTER_PAYMENT,
    BEFORE_RENEWAL,
    all_checked,
    margin_per_period,
    moment_of,
    payments_counted,
    retention_for_all,
    whole_periods,
)
from winback.value.contract_errors import gradients, money_interval, slopes
from winback.value.contracts_text import describe_actives

if TYPE_CHECKING:
    from winback.value.contract_model import ContractFit


@dataclass(frozen=True, repr=False)
class ActivesValue(Result):
    """What today's customers are still expected to pay.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per next renewal: ``next_renewal``, ``n``, ``lifetime`` (expected discounted payments of one customer),
        ``value`` of all of them, with ``_low`` and ``_high``.
    total, total_low, total_high : float
        Of the base; one interval for the sum, whose parts share their error.
    constant_retention : float
        The one rate of the naive figure.
    constant_churn : float
        The naive figure: everybody renews at that rate.
    gap : float
        How far the naive figure lies from the total, as a share of the total.
    """

    frame: pd.DataFrame = field(repr=False)
    total: float
    total_low: float
    total_high: float
    constant_retention: float
    constant_churn: float
    gap: float
    n: int
    margin: float
    annual_discount: float
    horizon_periods: int | None
    moment: str
    period: Period
    level: float
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "next_renewal": ("Next renewal", "count"),
        "n": ("Customers", "count"),
        "lifetime": ("Expected discounted payments", "number"),
        "value": ("Value", "money"),
    }

    def to_frame(self) -> pd.DataFrame:
        """Return one row per next renewal."""
        return self.frame.copy()

    def describe(self) -> Sentences:
        """Say what the base is worth, and how far constant churn is off."""
        return describe_actives(self)


def value_actives(
    model: ContractFit,
    actives,
    *,
    margin: float,
    annual_discount: float,
    horizon_periods: int | None = None,
    moment: str = BEFORE_RENEWAL,
    constant_retention: float | None = None,
    next_renewal: str = "next_renewal",
    weights: str | None = None,
) -> ActivesValue:
    r"""Value today's customers with a contract model, beside the figure of constant churn.

    The naive figure gives everybody one retention rate r, so each is worth
    :math:`m \sum_k r^{k+1} (1 + d)^{-k}`. By default r is what a glance at two successive counts of this base shows:
    the share of those who were customers one period ago and still are, as the model has it for these ages
    (of a base in its first period alone, the share expected to renew next).

    Parameters
    ----------
    model : ContractFit
    actives : sequence, mapping, pandas.Series or pandas.DataFrame
        Customers before their first, second, ... renewal in this order; or next renewal -> customers; or one row per
        customer with a column ``next_renewal``, and the covariates of the model.
    margin : float
        Money per period and customer, paid at the period's start.
    annual_discount : float
        Annual rate as a share.
    horizon_periods : int, optional
        Payments counted, the next one first; all of them without.
    moment : {"before_renewal", "after_payment"}
        Just before the renewal, when the payment due now counts if it is made; or just after the previous payment.
    constant_retention : float, optional
        The naive figure's rate, where it was counted or another is in use.
    next_renewal, weights : str
        Columns of ``actives`` where it has one row per customer (or per so many equal ones).

    Returns
    -------
    ActivesValue

    Examples
    --------
    >>> import winback as wb
    >>> model = wb.contract_model(3.80, 15.20, period="Y")
    >>> money = {"margin": 1, "annual_discount": 0.10}
    >>> base = model.value_of_actives([20500, 15200, 11340, 7961, 4391], **money)
    >>> round(base.total), round(base.constant_retention, 4), f"{base.gap:.0%}"
    (207438, 0.8098, '-12%')
    >>> ago = 19000 + 14000 + 9720 + 5307   # one period earlier, of whom 15200 + 11340 + 7961 + 4391 are left
    >>> counted = model.value_of_actives(
    ...     [20500, 15200, 11340, 7961, 4391], constant_retention=(15200 + 11340 + 7961 + 4391) / ago, **money
    ... )
    >>> round(counted.constant_churn)
    182301
    """
    margin, rate, horizon, moment, retention = all_checked(
        lambda: float(margin_per_period(margin)),
        lambda: check_annual_discount(annual_discount),
        lambda: payments_counted(horizon_periods),
        lambda: moment_of(moment),
        lambda: retention_for_all(constant_retention),
    )
    renewals, counts, customers = _base(actives, next_renewal, weights)
    logs, matrix = model.logs(customers)
    if customers is None:
        logs, matrix = np.repeat(logs, len(renewals), axis=1), np.ones((len(renewals), 1))

    def lifetimes(parameters):
        return model.payments(parameters, renewals, rate, horizon, moment)[:, None]

    lifetime, moved = lifetimes(logs)[:, 0], gradients(slopes(lifetimes, logs, model.model), matrix)[:, 0, :]
    frame, total = _summed(model, renewals, counts, lifetime, moved, margin)
    if retention is None:
        retention = _seen_retention(logs, renewals, counts)
    naive = margin * counts.sum() * _constant_payments(retention, model.period, rate, horizon, moment)
    gap = naive / total[0] - 1 if total[0] and np.isfinite(total[0]) else np.nan
    return ActivesValue(
        frame, *total, retention, float(naive), float(gap), round(counts.sum()), margin, rate, horizon, moment,
        model.period, model.level,
    )  # fmt: skip


def _base(actives, next_renewal, weights):
    """Return next renewals, customers for each, and their rows where they have some."""
    if isinstance(actives, pd.DataFrame):
        problems = ProblemList("table of active customers", actives)
        for name in [next_renewal] + ([weights] if weights else []):
            if name not in actives:
                problems.add(name, "is not a column of the table", f"Columns: {', '.join(map(str, actives.columns))}.")
                continue
            number = pd.to_numeric(actives[name], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
            bad = ~((number >= 1) & (number == np.floor(number)) & np.isfinite(number))
            problems.add_rows(
                name, bad, "must be a whole number of at least 1", "Number renewals and customers from 1."
            )
        problems.raise_if_any()
        counts = actives[weights].to_numpy(dtype=float) if weights else np.ones(len(actives))
        return actives[next_renewal].to_numpy(dtype=float), counts, actives
    if isinstance(actives, Mapping | pd.Series):
        pairs = dict(actives)
        found = all_checked(
            lambda: whole_periods(list(pairs), "next_renewal", least=1),
            lambda: whole_periods(list(pairs.values()), "actives"),
        )
    else:
        counts = all_checked(lambda: whole_periods(actives, "actives"))[0]
        found = [np.arange(1.0, len(counts) + 1), counts]
    if not found[1].sum():
        raise ValueError("actives has no customers.")
    return found[0], found[1], None


def _summed(model, renewals, counts, lifetime, moved, margin):
    """Return the value per next renewal and in all; errors are shared, so they are added before they are squared."""
    values, codes = np.unique(renewals, return_inverse=True)
    sums = {
        "n": np.bincount(codes, counts),
        "payments": np.bincount(codes, counts * lifetime),
    }
    slope = np.array([np.bincount(codes, counts * column, minlength=len(values)) for column in moved.T]).T
    rows = np.vstack([slope, slope.sum(axis=0)])
    error = np.sqrt(np.maximum(np.einsum("ni,ij,nj->n", rows, model.covariance, rows), 0))
    payments = np.append(sums["payments"], sums["payments"].sum())
    low, high = money_interval(payments, error, model.level)
    low, high = np.sort([margin * low, margin * high], axis=0)
    each = sums["payments"] / np.maximum(sums["n"], 1)
    columns = {"next_renewal": values.astype(int), "n": sums["n"].astype(int), "lifetime": each}
    frame = pd.DataFrame({**columns, "value": margin * payments[:-1], "value_low": low[:-1], "value_high": high[:-1]})
    return frame, (float(margin * payments[-1]), float(low[-1]), float(high[-1]))


def _seen_retention(logs, renewals, counts) -> float:
    """Return the share of last period's customers who are still here; of new ones alone, the one expected next."""
    from winback.value.contract_payments import log_stays

    older = renewals > 1
    if not (older & (counts > 0)).any():
        share = np.exp(log_stays(logs, np.ones(len(renewals))))
        return float((counts * share).sum() / counts.sum())
    before = np.maximum(renewals - 1, 1)
    last = np.exp(log_stays(logs, before - 1) - log_stays(logs, before))  # 1 / retention of the period just ended
    return float(counts[older].sum() / (counts * last)[older].sum())


def _constant_payments(retention, period, rate, horizon, moment) -> float:
    factor = float(period.discount_factor(rate))
    ratio = retention * factor
    ends = 1.0 if horizon is None else 1 - ratio**horizon
    return retention * (factor if moment == AFTER_PAYMENT else 1.0) * ends / (1 - ratio)
