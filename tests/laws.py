"""Which laws does every estimator obey? One suite; an estimator joins it with one entry in test_laws.py.

An entry says how a table is drawn, how the answer is computed and what its columns are. Columns are named by regular
expressions, which must match something: a law about no column would be no law.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Estimator:
    """An estimator, seen as a function from a table to a frame of named numbers."""

    name: str
    draw: Callable[[np.random.Generator], pd.DataFrame]
    estimate: Callable[[pd.DataFrame, float], pd.DataFrame]  # the float multiplies money that is not in the table
    money_in: tuple[str, ...] = ()  # columns of the table in money
    money: str = ""  # columns of the answer in money; all others are ratios, counts or labels; empty: none is
    customer: str | None = "customer_id"  # None: rows are not customers, so the laws about customers do not apply
    estimates: str = ""  # what doubling the table leaves
    totals: str = ""  # what it doubles: counts and sums
    std_errors: str = ""  # what it divides by about the root of two
    groups: str | None = None  # column of the groups, all of one size, within which variance is estimated
    tolerance: float = 1e-9  # to which answers must agree; what is found by search is found no more exactly
    dear: bool = False  # a table takes it a second or so: everyday tests hold it to a few laws only
    freedom: int = 0  # degrees of freedom lost in each: 1 for sample variances, 0 for likelihoods

    def __str__(self) -> str:
        return self.name


def row_order_does_not_matter(one: Estimator, table: pd.DataFrame) -> None:
    _same(one.estimate(table, 1.0), one.estimate(table.sample(frac=1, random_state=1), 1.0), one.tolerance)


def a_strange_index_does_not_matter(one: Estimator, table: pd.DataFrame) -> None:
    strange = table.set_axis(pd.Index(np.arange(len(table)) % 2, name=table.columns[-1]))
    _same(one.estimate(table, 1.0), one.estimate(strange, 1.0), one.tolerance)


def the_callers_table_is_not_changed(one: Estimator, table: pd.DataFrame) -> None:
    before = table.copy(deep=True)
    one.estimate(table, 1.0)
    pd.testing.assert_frame_equal(table, before, check_exact=True)


def further_columns_change_nothing(one: Estimator, table: pd.DataFrame) -> None:
    further = table.assign(country="NZ", note=[f"row {number}" for number in range(len(table))], zero=0.0)
    _same(one.estimate(table, 1.0), one.estimate(further, 1.0), one.tolerance)


def money_in_another_currency_is_the_same_money(one: Estimator, table: pd.DataFrame, rate: float = 7.25) -> None:
    """Money is multiplied by the rate, and nothing else is changed."""
    exchanged = table.assign(**{name: table[name] * rate for name in one.money_in})
    before, after = one.estimate(table, 1.0), one.estimate(exchanged, rate)
    in_money = _columns(before, one.money) if one.money else []
    _same(before.assign(**(before[in_money] * rate)), after, one.tolerance)


def names_of_customers_do_not_matter(one: Estimator, table: pd.DataFrame) -> None:
    renamed = table.assign(**{one.customer: [f"Ms {number * 7919 % 1009}" for number in range(len(table))]})
    _same(one.estimate(table, 1.0), one.estimate(renamed, 1.0), one.tolerance)


def doubling_the_table_adds_certainty_and_nothing_else(one: Estimator, table: pd.DataFrame) -> None:
    r"""Estimates stay and totals double; std errors shrink by :math:`\sqrt{(n - f) / (2n - f)}`, n rows a group."""
    doubled = pd.concat([table, table.assign(**{one.customer: -1 - np.arange(len(table))})], ignore_index=True)
    before, after = one.estimate(table, 1.0), one.estimate(doubled, 1.0)
    sizes = {len(table)} if one.groups is None else set(table.groupby(one.groups).size())
    (n,) = sizes  # one size, or the law has no single factor
    factors = {one.estimates: 1.0, one.totals: 2.0, one.std_errors: np.sqrt((n - one.freedom) / (2 * n - one.freedom))}
    for pattern, factor in factors.items():
        if pattern:
            columns = _columns(before, pattern)
            _same(before[columns] * factor, after[columns], one.tolerance)


LAWS = (
    row_order_does_not_matter,
    a_strange_index_does_not_matter,
    the_callers_table_is_not_changed,
    further_columns_change_nothing,
    money_in_another_currency_is_the_same_money,
)
LAWS_OF_CUSTOMERS = (names_of_customers_do_not_matter, doubling_the_table_adds_certainty_and_nothing_else)


def cases(*estimators: Estimator) -> list[tuple[Estimator, Callable]]:
    """Return every pair of an estimator and a law that applies to it."""
    return [(one, law) for one in estimators for law in LAWS + (LAWS_OF_CUSTOMERS if one.customer else ())]


def _columns(frame: pd.DataFrame, pattern: str) -> list[str]:
    names = list(frame.filter(regex=pattern))
    assert names, f"no column of the answer matches {pattern!r}"
    return names


def _same(expected: pd.DataFrame, found: pd.DataFrame, tolerance: float) -> None:
    """Demand equal frames, up to rounding."""
    pd.testing.assert_frame_equal(expected, found, rtol=tolerance, atol=tolerance, check_dtype=False)
