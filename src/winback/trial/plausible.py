"""Are the units those that the table should have? Days for months, years for months, revenue for margin.

Nothing is corrected: what looks wrong by what else the table says is named, with what it would be.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from winback.labels import label_of
from winback.periods import DAYS_IN_MONTH
from winback.results import format_count
from winback.tables.currencies import other_currencies
from winback.tables.money_columns import looks_like_revenue
from winback.trial.finding import Finding

CHECK = "units"
LONGEST = 600.0  # months: nobody was a customer for 50 years
TOO_FAR = DAYS_IN_MONTH / 2  # times as long as another length of the same table: months and days are 30 apart
YEARLY = (8.0, 16.0)  # times another margin: one a year and one a month are 12 apart
FEW = 10  # customers below which medians say nothing
OUTLYING = 1_000.0  # times what all but a few are at most: no customer, but a code, a phone number or a slip
LENGTHS = ("first_tenure", "second_tenure", "months_away", "followed")


def check_units(table: pd.DataFrame, horizon_months: float | None) -> list[Finding]:
    """Return a warning for each column whose unit looks wrong by what else the table says; none where all fit."""
    said = [*_too_long(table), *_apart(table, horizon_months), *_yearly(table), *far_out(table)]
    return [Finding(CHECK, "warning", text) for text in said]


def far_out(table: pd.DataFrame) -> Iterator[str]:
    """Yield for each column of numbers the few that are thousands of times what nearly all others are.

    Examples
    --------
    >>> margins = pd.DataFrame({"customer_id": range(1, 101), "first_margin": [40.0] * 99 + [999_999_999.0]})
    >>> next(far_out(margins))
    '"first margin" is 999,999,999 for customer 100; all others are at most 40. If it is wrong, correct it or leave ...'
    """
    for name in table.select_dtypes("number").columns.difference(["customer_id", "cluster"], sort=False):
        sizes = table[name].abs().to_numpy(dtype=float, na_value=np.nan)
        ordered = np.sort(sizes[sizes > 0])[::-1]  # what most have none of is compared among those who have some
        if len(ordered) < 2 * FEW:
            continue
        jumps = np.flatnonzero(ordered[: FEW - 1] > OUTLYING * ordered[1:FEW])
        if len(jumps):
            usual, n = ordered[jumps[-1] + 1], int(jumps[-1])
            worst = int(np.nanargmax(sizes))
            who = f" for customer {table['customer_id'].iloc[worst]}" if "customer_id" in table else ""
            more = f" and alike for {format_count(n)} more" if n else ""
            yield (
                f'"{label_of(name)}" is {format_count(table[name].iloc[worst])}{who}{more}; all others are at most '
                f"{usual:,.10g}. If it is wrong, correct it or leave it empty."
            )


def _too_long(table: pd.DataFrame):
    for name in [name for name in LENGTHS if name in table]:
        longest = float(table[name].quantile(0.95)) if table[name].notna().any() else 0.0
        if longest > LONGEST:
            yield (
                f'"{label_of(name)}" reaches {format_count(longest)} months, {longest / 12:,.0f} years. If it counts '
                f"days, divide it by {DAYS_IN_MONTH:.4g}."
            )


def _apart(table: pd.DataFrame, horizon_months: float | None):
    """Compare lengths of one table, and the horizon: a factor of about 30 is that of days to months."""
    middles = {name: _median(table, name) for name in ("first_tenure", "second_tenure", "followed")}
    middles["the horizon"] = float(horizon_months) if horizon_months and np.isfinite(horizon_months) else None
    pairs = (("second_tenure", "first_tenure"), ("first_tenure", "second_tenure"), ("second_tenure", "the horizon"))
    for name, other in (*pairs, ("followed", "the horizon")):
        one, two = middles[name], middles[other]
        if one and two and one > TOO_FAR * two and one <= LONGEST:
            beside = other if other == "the horizon" else f'"{label_of(other)}"'
            yield (
                f'"{label_of(name)}" is typically {one:,.1f} months, {one / two:,.0f} times {beside} ({two:,.1f}). '
                f"If it counts days, divide it by {DAYS_IN_MONTH:.4g}."
            )


def _yearly(table: pd.DataFrame):
    first, second = _median(table, "first_margin"), _median(table, "second_margin")
    if not first or not second:
        return
    name, ratio = ("second_margin", second / first) if second > first else ("first_margin", first / second)
    if YEARLY[0] <= ratio <= YEARLY[1]:
        yield (
            f'"{label_of(name)}" is typically {ratio:,.0f} times the other margin. Both must be a month: if it is that '
            "of a year, divide it by 12."
        )


def _median(table: pd.DataFrame, name: str) -> float | None:
    if name not in table or table[name].notna().sum() < FEW:
        return None
    return float(table[name].median())


def revenue_doubts(columns: Mapping[str, str], margin_share: float | None) -> list[str]:
    """Say which margin is read from a column that is called revenue, unless the share of margin is known.

    Examples
    --------
    >>> revenue_doubts({"value": "Umsatz 2024"}, None)[0].startswith('"Umsatz 2024" was read as value')
    True
    """
    if margin_share is not None:
        return []
    money = {ours: theirs for ours, theirs in columns.items() if ours in ("value", "second_margin", "first_margin")}
    return [
        f'"{theirs}" was read as {label_of(ours)}, which is margin, not revenue. If it is revenue, say which share of '
        "it is margin (margin_share=0.3), or an offer that only moves sales will seem to pay."
        for ours, theirs in money.items()
        if looks_like_revenue(theirs)
    ]


def currency_doubts(found: frozenset[str], currency: str) -> list[str]:
    """Say that the table's amounts are in another currency than the one they are shown in.

    Examples
    --------
    >>> currency_doubts(frozenset({"EUR"}), "€"), len(currency_doubts(frozenset({"EUR"}), "$"))
    ([], 1)
    """
    shown = other_currencies(found, currency)
    if not shown:
        return []
    return [f"The table has amounts in {shown}, which are shown in {currency}: say currency=, and state costs in it."]
