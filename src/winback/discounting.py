r"""What is money worth that is earned later? An annual rate and months become weights.

One timing convention throughout the package: a margin of :math:`m` per month is earned evenly through the month, time
runs in months from the day of the offer, and an annual rate :math:`d` discounts by :math:`(1 + d)^{-t/12}`. A discount
rate of zero counts plain money.
"""

from __future__ import annotations

from math import log1p
from numbers import Real

import numpy as np
from numpy.typing import ArrayLike

TIMING = "margin is earned evenly through each month; money t months after the offer counts (1 + annual rate)^(-t/12)"
LONGEST_HORIZON = 1_000_000  # months: beyond any business, and money over so many still has room in a number


def check_annual_discount(annual_discount: float) -> float:
    """Return the annual rate as a share; a ValueError refuses one that is missing, negative, or 1 and above.

    Examples
    --------
    >>> check_annual_discount(0.1)
    0.1
    """
    if not _is_number(annual_discount):
        raise ValueError(f"annual_discount must be a rate such as 0.10 for 10% a year; got {annual_discount!r}.")
    rate = float(annual_discount)
    if not 0 <= rate < 1:
        hint = f" Write {rate / 100:g} for {rate:g}%." if 1 <= rate <= 100 else ""
        raise ValueError(f"annual_discount must be a rate from 0 to under 1 a year; got {rate:g}.{hint}")
    return rate


def check_horizon(horizon_months: float) -> float:
    """Return the horizon in months; a ValueError refuses one that is missing, not above zero, or endless.

    Examples
    --------
    >>> check_horizon(24)
    24.0
    """
    if not _is_number(horizon_months):
        raise ValueError(f"horizon_months must be a number of months, such as 24; got {horizon_months!r}.")
    months = float(horizon_months)
    if not 0 < months <= LONGEST_HORIZON:
        raise ValueError(f"horizon_months must be above 0 and at most {LONGEST_HORIZON:,}; got {months:g}.")
    return months


def _is_number(value) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool | np.bool_)


def monthly_force(annual_discount: float) -> float:
    r"""Return the continuous monthly rate :math:`k = \log(1 + d) / 12` of an annual rate :math:`d`.

    Examples
    --------
    >>> round(monthly_force(0.10), 6)
    0.007943
    """
    return log1p(check_annual_discount(annual_discount)) / 12


def discount_factor(months: ArrayLike, annual_discount: float) -> np.ndarray:
    r"""Return what one unit of money in so many months is worth today, :math:`e^{-kt} = (1 + d)^{-t/12}`.

    Examples
    --------
    >>> discount_factor([0, 12], 0.25).round(6).tolist()
    [1.0, 0.8]
    """
    force, months = monthly_force(annual_discount), np.asarray(months, dtype=float)
    return np.ones_like(months) if force == 0 else np.exp(-force * months)


def discounted_months(months: ArrayLike, annual_discount: float) -> np.ndarray:
    r"""Return what one unit of money per month, for so many months, is worth today, in months' worth of money.

    .. math:: A(t) = \int_0^t e^{-ku}\,du = (1 - e^{-kt}) / k, \qquad A(t) = t \text{ when } k = 0

    Examples
    --------
    >>> discounted_months([0, 12], 0.0).tolist()
    [0.0, 12.0]
    >>> round(float(discounted_months(12, 0.10)), 3)
    11.446
    """
    force = monthly_force(annual_discount)
    months = np.asarray(months, dtype=float)
    return months.copy() if force == 0 else -np.expm1(-force * months) / force
