"""How is money written? Cents only below 100, millions to three digits, alike, and never a fraction of a cent."""

from __future__ import annotations

import math
from collections.abc import Iterable

DASH, NO_UPPER, NO_LOWER = "–", "no upper limit", "no lower limit"  # stand where there is no number
CENTS = 2  # digits of money below
WHOLE_FROM = 100  # this much, where cents decide nothing
JUST_BELOW, JUST_ABOVE = "just below 0", "just above 0"  # an end of an interval that would round to 0 keeps its side
NOISE = 1e-9  # what is left of zero where two equal sums are subtracted
IN_CENTS = ("$", "€", "USD", "EUR")
LARGE = {1e12: "trillion", 1e9: "billion", 1e6: "million"}  # from here on three digits are all that a reader keeps
KEPT = 3


def format_money(amount: float, currency: str = "$", digits: int | None = None, signed: bool = False) -> str:
    """Write money with its sign and currency, cents only below 100.

    From a million on three digits are kept. ``digits`` are for steps, which are exact; without them less than a cent is
    said in words.

    Examples
    --------
    >>> format_money(360.7213), format_money(19.33), format_money(0.28491), format_money(-3607213)
    ('$361', '$19.33', '$0.28', '-$3.61 million')
    >>> format_money(12, "EUR"), format_money(0.0067), format_money(-0.0067), format_money(0)
    ('EUR 12.00', 'under 1 cent', 'just below 0', '$0.00')
    """
    return format_alike([amount], currency, signed)[0] if digits is None else _money(amount, currency, digits, signed)


def format_alike(
    amounts: Iterable[float], currency: str = "$", signed: bool = False, *, exact: bool = False
) -> list[str]:
    """Write several amounts in one format, those of a column or of a sentence: no cents where one of them is 100.

    ``exact`` is for tables, which are looked up and added: there millions stay whole.

    Examples
    --------
    >>> format_alike([291.03, 19.33, 0.2, -1250])
    ['$291', '$19', 'under $1', '-$1,250']
    >>> format_alike([99.99, 0.004])
    ['$99.99', 'under 1 cent']
    >>> format_alike([998_500, 1_295_550.4]), format_alike([998_500, 1_295_550.4], exact=True)
    (['$998,500', '$1.30 million'], ['$998,500', '$1,295,550'])
    """
    amounts = [float(amount) for amount in amounts]
    whole = any(math.isfinite(amount) and round(abs(amount), CENTS) >= WHOLE_FROM for amount in amounts)
    digits = 0 if whole else CENTS
    write = _money if exact else _short
    return [_tiny(amount, currency, digits, signed) or write(amount, currency, digits, signed) for amount in amounts]


def money_interval(estimate: float, low: float, high: float, currency: str = "$", signed: bool = False) -> str:
    """Write an amount of money and its interval in one format.

    Examples
    --------
    >>> money_interval(291.03, 278.35, 303.71), money_interval(0.42, -0.1, 0.94, signed=True)
    ('$291 [$278, $304]', '+$0.42 [-$0.10, +$0.94]')
    >>> money_interval(291.03, -0.35, 583.71)
    '$291 [just below 0, $584]'
    """
    figure, *ends = format_alike((estimate, low, high), currency, signed)
    return f"{figure} [{', '.join(ends)}]"


def large_unit(amounts: Iterable[float]) -> float:
    """Return the unit in which amounts are written that are this large: a million, say; 1 where they are not.

    Examples
    --------
    >>> large_unit([0, 2_500_000]), large_unit([999_000])
    (1000000.0, 1.0)
    """
    most = max((abs(amount) for amount in amounts if math.isfinite(amount)), default=0.0)
    return next((unit for unit in LARGE if most >= unit), 1.0)


def in_unit(amount: float, unit: float, digits: int, currency: str = "$", signed: bool = False) -> str:
    """Write money in millions or another large unit.

    Examples
    --------
    >>> in_unit(2_500_000, 1e6, 1), in_unit(0, 1e6, 1)
    ('$2.5 million', '$0')
    """
    return (
        f"{_money(amount / unit, currency, digits, signed)} {LARGE[unit]}" if amount else _money(0, currency, 0, signed)
    )


def _short(amount: float, currency: str, digits: int, signed: bool) -> str:
    """Write an amount from a million on to three digits."""
    if not math.isfinite(amount) or round(abs(amount)) < min(LARGE):
        return _money(amount, currency, digits, signed)
    kept = float(f"{amount:.{KEPT - 1}e}")
    unit = large_unit([kept])
    whole = len(str(int(abs(kept) / unit)))  # not rounded: 9.85 has one digit before its point
    return in_unit(kept, unit, max(0, KEPT - whole), currency, signed)


def _money(amount: float, currency: str, digits: int, signed: bool) -> str:
    if not math.isfinite(amount):
        return not_finite(amount)
    number = f"{abs(amount):,.{digits}f}"
    sign = "" if float(number.replace(",", "")) == 0 else "-" if amount < 0 else "+" if signed else ""
    return f"{sign}{_in_currency(number, currency)}"


def _tiny(amount: float, currency: str, digits: int, signed: bool) -> str:
    """Return the words for an amount below the smallest coin that is shown, else nothing."""
    if not NOISE < abs(amount) < 10**-digits - NOISE:
        return ""
    if amount < 0 or signed:
        return JUST_BELOW if amount < 0 else JUST_ABOVE
    least = "1 cent" if digits and currency in IN_CENTS else _in_currency("0.01" if digits else "1", currency)
    return f"under {least}"


def _in_currency(number: str, currency: str) -> str:
    return f"{currency}{' ' if currency.isalpha() else ''}{number}"


def not_finite(number: float) -> str:
    """Return what is written where there is no number, or no end to it.

    Examples
    --------
    >>> not_finite(float("nan")), not_finite(float("inf"))
    ('–', 'no upper limit')
    """
    return DASH if math.isnan(number) else NO_UPPER if number > 0 else NO_LOWER
