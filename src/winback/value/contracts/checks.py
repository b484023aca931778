"""Is this question to a contract model one it can answer? Periods, renewals, margins and horizons, checked together."""

from __future__ import annotations

from collections.abc import Callable
from numbers import Real

import numpy as np
from numpy.typing import ArrayLike

BEFORE_RENEWAL, AFTER_PAYMENT = "before_renewal", "after_payment"
MOMENTS = {
    BEFORE_RENEWAL: "just before their renewal: the payment due now counts if it is made",
    AFTER_PAYMENT: "just after a payment, which does not count: the next one is a period away",
}


def all_checked(*checks: Callable[[], object]) -> list:
    """Return what the checks return, or raise one error with everything that they refuse.

    Examples
    --------
    >>> all_checked(lambda: 1, lambda: whole_periods([2], "age"))
    [1, array([2.])]
    """
    found, refused = [], []
    for check in checks:
        try:
            found.append(check())
        except ValueError as error:
            refused.append(error)
    if len(refused) == 1:
        raise refused[0]
    if refused:
        raise ValueError("\n".join(map(str, refused)))
    return found


def whole_periods(values: ArrayLike, name: str, least: int = 0) -> np.ndarray:
    """Return whole numbers of periods from ``least`` on, or refuse them by name.

    Examples
    --------
    >>> whole_periods(3, "next_renewal", least=1)
    array([3.])
    """
    try:
        numbers = np.atleast_1d(np.asarray(values, dtype=float))
    except (TypeError, ValueError):
        numbers = np.array([np.nan])
    bad = ~((numbers >= least) & (numbers == np.floor(numbers)) & (numbers < 2**53))
    if numbers.ndim != 1 or bad.any() or not len(numbers):
        first = f"{numbers[bad][0]:g}" if numbers.ndim == 1 and bad.any() else repr(values)
        first = repr(values) if first == "nan" else first
        hint = " 1 is the first renewal: customers in their first period." if name == "next_renewal" else ""
        raise ValueError(f"{name} must be whole numbers of at least {least}; got {first}.{hint}")
    return numbers


def margin_per_period(margin: ArrayLike) -> np.ndarray:
    """Return margins as numbers, or refuse them."""
    try:
        numbers = np.asarray(margin, dtype=float)
    except (TypeError, ValueError):
        numbers = np.array(np.nan)
    if not np.isfinite(numbers).all():
        raise ValueError(f"margin must be money per period, finite and not missing; got {margin!r}.")
    return numbers


def payments_counted(horizon_periods: int | None) -> int | None:
    """Return the number of payments counted, None for all to come, or refuse it."""
    if horizon_periods is None:
        return None
    if not isinstance(horizon_periods, Real) or isinstance(horizon_periods, bool | np.bool_):
        raise ValueError(f"horizon_periods must be a number of periods or None for no end; got {horizon_periods!r}.")
    if not 1 <= horizon_periods < 1e6 or horizon_periods != int(horizon_periods):
        raise ValueError(f"horizon_periods must be a whole number of periods from 1 on; got {horizon_periods:g}.")
    return int(horizon_periods)


def moment_of(moment: str) -> str:
    """Return the moment of valuation, or refuse it."""
    if moment not in MOMENTS:
        raise ValueError(f"moment must be {' or '.join(map(repr, MOMENTS))}; got {moment!r}.")
    return moment
