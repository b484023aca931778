"""What can be asked of the simulated shop? Everything refused is named in one error."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from math import isfinite
from numbers import Integral, Real

from winback.datasets.retail.assumptions import MEANINGS, PURCHASES, SPEND

EARLIEST, LATEST = date(1900, 1, 1), date(2150, 1, 1)
SHORTEST = 28  # days of log
MOST_LATER = 36_500  # days
MOST_A_WEEK = 7.0  # more than one purchase a day cannot be told apart by day


def check_arguments(n_customers, first_day, until, *, later_days, mistakes, purchases, spend) -> tuple[date, date]:
    """Return the first and last day of the log, or raise one ValueError with everything that is wrong.

    Examples
    --------
    >>> more = {"later_days": 0, "mistakes": True, "purchases": PURCHASES, "spend": SPEND}
    >>> check_arguments(3, "2024-01-01", "2024-06-30", **more)[1]
    datetime.date(2024, 6, 30)
    """
    begin, end = _day(first_day), _day(until)
    wrong = [
        *_wrong_days(begin, end, first_day, until),
        *_wrong_count("n_customers", n_customers, 1, 10_000_000),
        *_wrong_count("later_days", later_days, 0, MOST_LATER),
        *([] if isinstance(mistakes, bool) else [f"mistakes must be True or False; got {mistakes!r}."]),
        *_wrong_parameters("purchases", purchases, PURCHASES),
        *_wrong_parameters("spend", spend, SPEND),
    ]
    if not wrong:
        wrong = list(_too_much(purchases, spend))
    if wrong:
        raise ValueError("\n".join(wrong))
    return begin, end


def _day(given) -> date | None:
    try:
        return date.fromisoformat(given) if isinstance(given, str) else date(given.year, given.month, given.day)
    except (AttributeError, TypeError, ValueError):
        return None


def _wrong_days(begin, end, first_day, until) -> Iterator[str]:
    for name, day, given in (("first_day", begin, first_day), ("until", end, until)):
        if day is None or not EARLIEST <= day <= LATEST:
            years = f"{EARLIEST.year} to {LATEST.year}"
            yield f"{name} must be a date such as 2024-06-30, in the years {years}; got {given!r}."
    if begin and end and (end - begin).days < SHORTEST:
        given = f"{(end - begin).days} days, {begin} to {end}"
        yield f"until must be at least {SHORTEST} days after first_day; got {given}."


def _wrong_count(name, given, least, most) -> Iterator[str]:
    if not isinstance(given, Integral) or isinstance(given, bool) or not least <= given <= most:
        yield f"{name} must be a whole number from {least} to {most:,}; got {given!r}."


def _wrong_parameters(name, given, default) -> Iterator[str]:
    names = ", ".join(default)
    if not isinstance(given, Mapping):
        yield f"{name} must name {names}, such as {dict(default)}; got {given!r}."
        return
    if set(given) != set(default):
        yield f"{name} must name {names} and nothing else; got {', '.join(map(str, given)) or 'nothing'}."
    for letter in default:
        value = given.get(letter, 1.0)
        if not isinstance(value, Real) or isinstance(value, bool) or not (isfinite(value) and value > 0):
            yield f"{name}: {letter} must be a number above 0 ({MEANINGS[letter]}); got {value!r}."


def _too_much(purchases, spend) -> Iterator[str]:
    rate = purchases["r"] / purchases["alpha"]
    if rate > MOST_A_WEEK:
        yield f"purchases: r / alpha must be at most {MOST_A_WEEK:g} purchases a week; got {rate:g}."
    if spend["q"] <= 1:
        yield f"spend: q must be above 1, or customers have no mean spend; got {spend['q']:g}."
