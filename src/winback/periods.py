"""How long is a period? "D", "W", "30D", "M", "Y" as days, years, words and discount factors.

A bare number has no unit, so it is no period: a horizon that silently means months of 30 days is the commonest error of
lifetime values. A year has 365.25 days, a month is a twelfth of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import isfinite

import numpy as np
from numpy.typing import ArrayLike

from winback.discounting import check_annual_discount

PAYMENTS = "each period is paid at its start; a payment t years from now counts (1 + annual rate)^(-t)"
PURCHASES = "a purchase t years after the end of the data counts (1 + annual rate)^(-t)"
DAYS_IN_YEAR = 365.25
DAYS_IN_MONTH = DAYS_IN_YEAR / 12
_DAYS = {"D": 1.0, "W": 7.0, "M": DAYS_IN_MONTH, "Y": DAYS_IN_YEAR}
_WORDS = {"D": "day", "W": "week", "M": "month", "Y": "year"}
_WRITTEN = re.compile(r"(?P<count>[1-9]\d{0,4})?(?P<unit>[DWMY])")
_INSTEAD = {"Q": "3M", "H": "1D", "m": "M", "d": "D", "w": "W", "y": "Y", "A": "Y"}


class PeriodError(ValueError):
    """What was given is no period; ``problem`` and ``remedy`` are its message, apart."""

    def __init__(self, name: str, problem: str, remedy: str = ""):
        super().__init__(f"{name} {problem}. {remedy}".rstrip())
        self.problem, self.remedy = problem, remedy


@dataclass(frozen=True)
class Period:
    """A length of time that repeats: so many days, weeks, months or years, see `parse_period`.

    Examples
    --------
    >>> four_weeks = Period(4, "W")
    >>> four_weeks.days, str(four_weeks), four_weeks.in_words, four_weeks.count(3)
    (28.0, '4W', '4 weeks', '3 periods of 4 weeks')
    """

    n_units: int
    unit: str  # D, W, M or Y

    def __post_init__(self):
        """Refuse what `parse_period` would refuse."""
        if not _WRITTEN.fullmatch(f"{self.n_units}{self.unit}"):
            raise PeriodError("period", *_refusal(f"{self.n_units}{self.unit}"))

    @property
    def days(self) -> float:
        """Length in days."""
        return self.n_units * _DAYS[self.unit]

    @property
    def years(self) -> float:
        """Length in years of 365.25 days."""
        return self.n_units / 12 if self.unit == "M" else self.days / DAYS_IN_YEAR

    @property
    def in_words(self) -> str:
        """As a sentence says it: ``week``, ``30 days``."""
        return _WORDS[self.unit] if self.n_units == 1 else f"{self.n_units} {_WORDS[self.unit]}s"

    def count(self, number: float) -> str:
        """Write so many of this period: ``1 week``, ``5.9 years``, ``3 periods of 30 days``."""
        figure = f"{number:,.0f}" if not isfinite(number) or number == round(number) else f"{number:,.1f}"
        plural = "" if figure == "1" else "s"
        unit, of = (self.in_words, "") if self.n_units == 1 else ("period", f" of {self.in_words}")
        return f"{figure} {unit}{plural}{of}"

    def force(self, annual_discount: float) -> float:
        """Return the continuous rate per period of an annual discount rate.

        Examples
        --------
        >>> round(Period(1, "Y").force(0.10), 6)
        0.09531
        """
        return float(np.log1p(check_annual_discount(annual_discount)) * self.years)

    def discount_factor(self, annual_discount: float, n_periods: ArrayLike = 1) -> np.ndarray:
        r"""Return what one unit of money is worth today that comes so many periods from now.

        .. math:: (1 + d)^{-k y}

        where :math:`y` is the length of the period in years: the annual rate is converted once, by compounding.

        Examples
        --------
        >>> round(float(Period(1, "M").discount_factor(0.25, 12)), 6)
        0.8
        """
        force = self.force(annual_discount)
        return np.exp(-force * np.asarray(n_periods, dtype=float)) if force else np.ones(np.shape(n_periods))

    def __str__(self) -> str:
        """Write the period as `parse_period` reads it."""
        return self.unit if self.n_units == 1 else f"{self.n_units}{self.unit}"


def parse_period(period: str | Period, name: str = "period") -> Period:
    """Read a period: a unit (D, W, M, Y), with a count before it where there is more than one.

    Raises
    ------
    PeriodError
        When it is none: a bare number, an unknown unit, a count of zero.

    Examples
    --------
    >>> parse_period("30D").days, parse_period("M").years * 12, parse_period("W").in_words
    (30.0, 1.0, 'week')
    >>> parse_period(30)
    Traceback (most recent call last):
        ...
    winback.periods.PeriodError: period must be written as a count and one of D, W, M, Y, such as "W", "30D" or "M"; got
    30. A bare number has no unit: write "30D" for 30 days.
    """
    if isinstance(period, Period):
        return period
    found = _WRITTEN.fullmatch(period.strip()) if isinstance(period, str) else None
    if not found:
        raise PeriodError(name, *_refusal(period))
    return Period(int(found["count"] or 1), found["unit"])


def periods_in(horizon: str | Period, period: Period, whole: bool = False) -> float:
    """Return how many periods a horizon such as "3Y" has.

    Contracts are paid period by period: with ``whole``, a horizon of no whole number of them is refused.

    Examples
    --------
    >>> periods_in("3Y", Period(1, "M"), whole=True), round(periods_in("1Y", Period(1, "W")), 2)
    (36.0, 52.18)
    """
    length = parse_period(horizon, "horizon")
    number = length.years / period.years
    if whole and (abs(number - round(number)) > 1e-9 * number or number < 0.5):
        raise ValueError(
            f'horizon must be a whole number of periods of one {period.in_words}; "{length}" is {number:.4g} of them. '
            f'Write it in the same unit, such as "{max(1, round(number)) * period.n_units}{period.unit}".'
        )
    return float(round(number)) if whole else float(number)


def _refusal(period) -> tuple[str, str]:
    """Return what is wrong, and how to write it instead."""
    text = str(period).strip()
    hint = ""
    if re.fullmatch(r"\d+(\.\d*)?", text):
        hint = f'A bare number has no unit: write "{text}D" for {text} days.'
    elif re.fullmatch(r"\d*[A-Za-z]", text) and text[-1] in _INSTEAD:
        hint = f'Write "{_INSTEAD[text[-1]]}".' if len(text) == 1 else f'Use the unit in "{_INSTEAD[text[-1]]}".'
    return f'must be written as a count and one of D, W, M, Y, such as "W", "30D" or "M"; got {period!r}', hint


def format_horizon(months: float) -> str:
    """Write a number of months that was chosen, or found in the data, as in a sentence.

    Examples
    --------
    >>> format_horizon(36), format_horizon(29.9302), format_horizon(12.5), format_horizon(0.0329)
    ('36', '29.9', '12.5', '0.033')
    """
    return f"{months:.2g}" if months < 1 else f"{round(months, 1):,.1f}".removesuffix(".0")
