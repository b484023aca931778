"""What is set beside the value of a base? The figure of one churn rate for everybody, and segment beside segment."""

from __future__ import annotations

from dataclasses import dataclass, field
from numbers import Real

import numpy as np
import pandas as pd

from winback.expectations import ExpectedMoney
from winback.periods import Period
from winback.uncertainty import normal_quantile
from winback.value.ahead import ContractsAhead, PurchasesAhead
from winback.value.terms import Terms


@dataclass(frozen=True)
class Naive:
    """What the naive figure of a base is made from."""

    ahead: ContractsAhead | PurchasesAhead = field(repr=False)
    terms: Terms
    counts: np.ndarray = field(repr=False)  # (n,) customers that each row stands for
    codes: np.ndarray = field(repr=False)  # (n,) segment of each row

    def beside(
        self,
        frame: pd.DataFrame,
        total: float,
        annual_churn: float | None = None,
        active_within: str | Period | None = None,
    ) -> dict[str, object]:
        """Return the fields of `BaseValue` that the naive figure fills: beside its segments and its total."""
        churn = _check_annual_churn(annual_churn)
        found = self.ahead.constant_churn(self.terms, self.counts, churn, active_within)
        each = found.payments * self.terms.money * _average_purchase(self.ahead, self.terms, self.counts)
        parts = [self._sum(each, self.codes == code) for code in range(len(frame))]
        gaps = [_gap(part, value) for part, value in zip(parts, frame["value"], strict=True)]
        whole = self._sum(each, np.ones(len(each), dtype=bool))
        return {
            "frame": frame.assign(constant_churn=parts, gap=gaps),
            "constant_churn": whole,
            "annual_churn": found.annual_churn,
            "gap": _gap(whole, total),
            "n_active": round(found.n_active),
            "active_within": found.active_within,
        }

    def _sum(self, each, inside) -> float:
        rows = inside & (self.counts > 0)
        return float(each[rows] @ self.counts[rows])


def _check_annual_churn(annual_churn: float | None) -> float | None:
    """Return the share of customers who leave within a year, or refuse it."""
    if annual_churn is None:
        return None
    is_number = isinstance(annual_churn, Real) and not isinstance(annual_churn, bool)
    if not is_number or not 0 <= annual_churn < 1:
        hint = f" Write {annual_churn / 100:g} for {annual_churn:g}%." if is_number and 1 <= annual_churn <= 100 else ""
        raise ValueError(f"annual_churn must be a share from 0 to under 1 a year; got {annual_churn!r}.{hint}")
    return float(annual_churn)


def _gap(constant, total) -> float:
    """Return how far one amount lies from another, as a share of it; missing where either is no gain."""
    return constant / total - 1 if 0 < total < np.inf and 0 <= constant < np.inf else np.nan


def _average_purchase(ahead, terms, counts) -> float:
    """Return the money of an average repeat purchase, where it is not known by itself: the naive figure's."""
    if terms.spend is None:
        return 1.0
    spend = pd.to_numeric(ahead.customers[terms.spend.spend]).to_numpy(dtype=float)
    paid = pd.to_numeric(ahead.customers[terms.spend.counted_in(ahead.customers)]).to_numpy(dtype=float)
    purchases = counts * np.where(np.isfinite(spend), paid, 0)
    each = float(purchases @ np.nan_to_num(spend) / purchases.sum()) if purchases.sum() else 0.0
    return each * terms.spend.paid_share


@dataclass(frozen=True)
class Contrast:
    """How much more a customer of the most valuable segment is worth than one of the least.

    The interval allows for uncertain parameters, for the chance in who is in a segment, and for having picked two
    segments out of many.
    """

    first: object
    last: object
    difference: float
    low: float
    high: float


def widest_contrast(frame: pd.DataFrame, codes: np.ndarray, counts: np.ndarray, money: ExpectedMoney, level: float):
    r"""Return the contrast of the segments with the highest and the lowest value per customer, None without two.

    The variance of the difference is that of the parameters, which both segments share, plus :math:`s^2 / n` of
    each: customers of a segment differ, and others might have been in it. All pairs of segments count for the
    interval's level (Bonferroni).
    The frame has a row per segment in the order of the codes, the codes the segment of each row of customers, of whom
    it stands for so many.
    """
    mean, n = frame["per_customer"].to_numpy(), frame["n"].to_numpy()
    if len(frame) < 2 or not np.isfinite(mean).all():
        return None
    first, last = int(mean.argmax()), int(mean.argmin())
    if min(n[first], n[last]) < 2:
        return None
    weights = counts * ((codes == first) / n[first] - (codes == last) / n[last])
    variance = money.total_error(weights) ** 2
    for code in (first, last):
        inside = codes == code
        spread = counts[inside] @ np.square(money.each()[inside] - mean[code]) / (n[code] - 1)
        variance += spread / n[code]
    n_pairs = len(frame) * (len(frame) - 1) / 2
    reach = normal_quantile(1 - (1 - level) / n_pairs) * np.sqrt(variance)
    gap = float(mean[first] - mean[last])
    names = frame["segment"].tolist()
    return Contrast(names[first], names[last], gap, gap - reach, gap + reach)
