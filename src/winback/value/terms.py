"""On what terms is a customer valued? Margin, discount and horizon, checked together and said in every result."""

from __future__ import annotations

from dataclasses import dataclass, field
from numbers import Real

import numpy as np

from winback.discounting import check_annual_discount
from winback.expectations import ExpectedMoney
from winback.periods import Period, parse_period, periods_in
from winback.purchases.spend import SpendFit
from winback.purchases.table import read_numbers
from winback.tables import ProblemList
from winback.tables.likeness import to_choose_from
from winback.tables.numbers import LARGEST
from winback.value.ahead import CUSTOMERS, ContractsAhead, PurchasesAhead
from winback.value.contracts.checks import all_checked


@dataclass(frozen=True)
class Terms:
    """What a valuation rests on."""

    money: np.ndarray = field(repr=False)  # known money of each customer, (n,)
    spend: SpendFit | None = field(repr=False)
    margin_share: float  # of that money
    annual_discount: float
    horizon: Period | None  # None: all that is to come


def read_terms(ahead, margin, margin_share, annual_discount, horizon) -> Terms:
    """Return the terms, or raise one error with everything that is wrong with them."""
    spend = margin if isinstance(margin, SpendFit) else None
    known, share, rate, length = all_checked(
        lambda: _known(margin, ahead),
        lambda: _share(margin_share),
        lambda: check_annual_discount(annual_discount),
        lambda: _horizon(horizon, ahead),
    )
    if length is None and rate == 0 and isinstance(ahead, PurchasesAhead):
        raise ValueError("annual_discount must be above 0 for all purchases to come; or set a horizon, such as '3Y'.")
    return Terms(share * known, spend, share, rate, length)


def expected_money(ahead: ContractsAhead | PurchasesAhead, terms: Terms) -> ExpectedMoney:
    """Return what money is expected of each customer within the horizon."""
    factors, money = [ahead.expected(terms.annual_discount, terms.horizon)], terms.money
    if terms.spend is not None:
        factors.append(terms.spend.expectations(ahead.customers))
        money = money * terms.spend.paid_share
    return ExpectedMoney(money, tuple(factors))


def _share(margin_share) -> float:
    if not isinstance(margin_share, Real) or isinstance(margin_share, bool) or not 0 < margin_share <= 1:
        raise ValueError(f"margin_share must be a share above 0 and up to 1, such as 0.3; got {margin_share!r}.")
    return float(margin_share)


def _horizon(horizon, ahead) -> Period | None:
    if horizon is None:
        return None
    whole = isinstance(ahead, ContractsAhead) or ahead.fit.columns.whole
    periods_in(horizon, ahead.period, whole)
    return parse_period(horizon)


def _known(margin, ahead) -> np.ndarray:
    """Return each customer's known money per payment or purchase."""
    table, contracts = ahead.customers, isinstance(ahead, ContractsAhead)
    if isinstance(margin, SpendFit):
        if contracts:
            raise ValueError("margin of a contract is money per period: a number or a column, no model of purchases.")
        return np.ones(len(ahead))
    if isinstance(margin, Real) and not isinstance(margin, bool):
        if not abs(margin) <= LARGEST:
            raise ValueError(f"margin must be finite money per {ahead.unit[:-1]}; got {margin!r}.")
        return np.full(len(ahead), float(margin))
    problems = ProblemList(CUSTOMERS, table)
    if not isinstance(margin, str) or margin not in table:
        fit = "" if contracts else ", or a gamma-gamma fit"
        there = to_choose_from(margin, table.columns)
        remedy = f"Give money per {ahead.unit[:-1]}: a number or one of the columns{fit}. {there}"
        problems.add(f"margin={margin!r}", "is neither a number nor a column", remedy)
        problems.raise_if_any()
    money = read_numbers(table, margin, problems)
    problems.raise_if_any()
    return money
