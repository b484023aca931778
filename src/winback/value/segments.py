"""Do segments differ in what a customer is worth? The most valuable one against the least."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from winback.expectations import ExpectedMoney
from winback.uncertainty import normal_quantile


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

    Parameters
    ----------
    frame : pandas.DataFrame
        One row per segment in the order of the codes: ``segment``, ``n``, ``per_customer``.
    codes : numpy.ndarray of int, shape (n,)
        Segment of each row.
    counts : numpy.ndarray, shape (n,)
        Customers each row stands for.
    money : ExpectedMoney
        Of the rows.
    level : float
        Confidence level.
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
