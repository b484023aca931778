"""Is a departure more than chance? The chi-squared test."""

from __future__ import annotations

from dataclasses import dataclass

from scipy.special import chdtrc


@dataclass(frozen=True)
class Test:
    """A chi-squared test."""

    statistic: float
    degrees: int
    p_value: float


def chi_squared_test(statistic: float, degrees: int) -> Test:
    """Return the test of a statistic.

    Examples
    --------
    >>> round(chi_squared_test(3.841, 1).p_value, 3)
    0.05
    """
    return Test(float(statistic), degrees, float(chdtrc(degrees, max(statistic, 0.0))))


@dataclass(frozen=True)
class ShapeTest(Test):
    """A test of the shape of second tenures, with the largest gap seen between its classes."""

    gap: float  # share of customers
    gap_month: float
