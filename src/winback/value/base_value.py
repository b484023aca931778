"""What are all customers worth together, and what would one churn rate for everybody have said?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from winback.periods import Period
from winback.purchases.table import EVERYBODY, read_groups
from winback.results import Sentences, Shown
from winback.value.ahead import read_ahead
from winback.value.base_table import (
    check_annual_churn,
    check_others,
    read_counted,
    read_weights,
)
from winback.value.contracts.checks import all_checked
from winback.value.segments import Contrast, widest_contrast
from winback.value.terms import expected_money, read_terms
from winback.value.valued import Valued, valued
from winback.value.wording import describe_base

if TYPE_CHECKING:
    from winback.purchases.purchase_fit import PurchaseFit
    from winback.purchases.spend import SpendFit
    from winback.value.contracts.contract_fit import ContractFit


@dataclass(frozen=True, repr=False, kw_only=True)
class BaseValue(Valued):
    """What a customer base is expected to bring, see `base_value`; its other attributes are those of `Valued`.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per segment: ``segment``, ``n``, ``value`` of all its customers and ``per_customer``, each with ``_low``
        and ``_high``; ``share`` of the total; ``constant_churn``, the naive figure, and ``gap``, how far it lies from
        the value, as a share of it (missing where either is below zero).
    constant_churn, annual_churn, gap : float
        The naive figure, the one rate behind it, and how far it lies from the total, as a share of it.
    n_active : int
        Customers whom the naive figure counts.
    active_within : Period or None
        Without a contract: how long ago a customer of the naive figure bought last.
    contrast : Contrast or None
        The most and the least valuable segment, per customer, with the interval of the difference.
    word_of_mouth : pandas.DataFrame
        Empty unless asked for; else what losing one customer costs if each took so many ``others`` along:
        ``per_customer`` with ``_low`` and ``_high``.
    """

    frame: pd.DataFrame = field(repr=False)
    constant_churn: float
    annual_churn: float
    gap: float
    n_active: int
    active_within: Period | None
    contrast: Contrast | None
    others_lost: float
    by: str | None
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "segment": ("Segment", "text"),
        "n": ("Customers", "count"),
        "per_customer": ("Value per customer", "money"),
        "value": ("Value", "money"),
        "share": ("Share of all value", "percent"),
        "constant_churn": ("With constant churn", "money"),
        "gap": ("Constant churn is off by", "percent0"),
    }

    @property
    def word_of_mouth(self) -> pd.DataFrame:
        """What losing one customer costs on average if each takes others of average value along."""
        others = np.array([0.0, self.others_lost / 2, self.others_lost]) if self.others_lost else np.empty(0)
        ends = {"": self.total, "_low": self.total_low, "_high": self.total_high}
        return pd.DataFrame(
            {"others": others} | {f"per_customer{end}": total / self.n * (1 + others) for end, total in ends.items()}
        )

    def show_word_of_mouth(self) -> Shown:
        """Return what losing one customer costs if others are taken along, as a notebook shows it."""
        columns = {
            "others": ("Others taken along", "times"),
            "per_customer": ("Losing one customer costs", "money"),
        }
        return Shown(self.rounded(self.word_of_mouth, columns))

    def table(self) -> pd.DataFrame:
        """Return the segments and the whole base, rounded, as text."""
        if self.by is None:
            return self.rounded(self.frame)
        ends = {"": self.total, "_low": self.total_low, "_high": self.total_high}
        whole = {"segment": EVERYBODY, "n": self.n, "share": 1.0}
        whole |= {f"value{end}": total for end, total in ends.items()}
        whole |= {f"per_customer{end}": total / self.n for end, total in ends.items()}
        whole |= {"constant_churn": self.constant_churn, "gap": self.gap}
        return self.rounded(pd.concat([self.frame, pd.DataFrame([whole])], ignore_index=True))

    def describe(self) -> Sentences:
        """Say what the base is worth, and how far constant churn is off."""
        return describe_base(self)


def base_value(
    fit: ContractFit | PurchaseFit,
    customers: pd.DataFrame | Sequence[int] | Mapping[int, int] | pd.Series,
    *,
    margin: float | str | SpendFit,
    annual_discount: float,
    horizon: str | Period | None = None,
    margin_share: float = 1.0,
    by: str | None = None,
    weights: str | None = None,
    annual_churn: float | None = None,
    active_within: str | Period | None = None,
    others_lost: float = 0.0,
    next_renewal: str = "next_renewal",
    moment: str | None = None,
    currency: str = "$",
) -> BaseValue:
    r"""Value a customer base, whole and by segment, beside the figure of constant churn.

    The naive figure gives everybody one churn rate (`winback.value.constant_churn`). Contracts: unless given, the share
    of those who were customers a period ago and no longer are, as the model has it for the ages of this base.
    Purchases: who has not bought for ``active_within`` is taken for lost at the last purchase, all others for customers
    who buy and leave at the average rates.

    Parameters
    ----------
    fit, margin, annual_discount, horizon, margin_share, next_renewal, moment, currency
        As in `lifetime_value`.
    customers : pandas.DataFrame, sequence, mapping or pandas.Series
        As in `lifetime_value`; or, under contract, the number of customers before their first, second, ... renewal in
        this order, or next renewal -> customers.
    by : str, optional
        Column of the segments; ``next_renewal`` where customers were counted.
    weights : str, optional
        Column that counts the customers each row stands for.
    annual_churn : float, optional
        Share of customers who leave within a year, for the naive figure, where one is in use.
    active_within : str or Period, optional
        Purchases: how recent the last one of a customer must be for the naive figure. A year; half of the longest time
        watched, if that is shorter.
    others_lost : float
        Word of mouth: how many others each lost customer takes along in all, directly or through others. Off at 0. It
        changes ``word_of_mouth`` alone, never the value of the base: those others are in it already.

    Returns
    -------
    BaseValue

    Raises
    ------
    TableError
        Listing every problem of the customers.
    ValueError
        Listing every problem of the terms.

    References
    ----------
    .. [1] Fader, P. S. & Hardie, B. G. S. (2010). Customer-base valuation in a contractual setting: the perils of
       ignoring heterogeneity. Marketing Science 29(1).

    Examples
    --------
    >>> import winback as wb
    >>> model = wb.contract_model(3.80, 15.20, period="Y")
    >>> base = wb.base_value(model, [20500, 15200, 11340, 7961, 4391], margin=1, annual_discount=0.10)
    >>> round(base.total), round(base.annual_churn, 4), f"{base.gap:.0%}"
    (207438, 0.1902, '-12%')
    """
    customers, weights = read_counted(fit, customers, next_renewal, weights)
    ahead = read_ahead(fit, customers, next_renewal, moment)
    terms, counts, (segments, codes), churn, others = all_checked(
        lambda: read_terms(ahead, margin, margin_share, annual_discount, horizon),
        lambda: read_weights(customers, weights),
        lambda: read_groups(customers, by),
        lambda: check_annual_churn(annual_churn),
        lambda: check_others(others_lost),
    )
    money = expected_money(ahead, terms, terms.horizon)
    naive = ahead.constant_churn(terms.annual_discount, terms.horizon, counts, churn, active_within)
    naive_money = naive.payments * terms.money * _average_purchase(ahead, terms, counts)
    frame = pd.DataFrame(
        [_segment(name, counts * (codes == code), money, naive_money, fit.level) for code, name in enumerate(segments)]
    )
    total = money.total(counts, fit.level)
    constant = _sum(naive_money, counts)
    shares = frame["value"] / total[0] if np.isfinite(total[0]) and total[0] else np.nan
    return BaseValue(
        frame=frame.assign(share=shares),
        constant_churn=constant,
        annual_churn=naive.annual_churn,
        gap=_gap(constant, total[0]),
        n_active=round(naive.n_active),
        active_within=naive.active_within,
        contrast=widest_contrast(frame, codes, counts, money, fit.level),
        others_lost=others,
        by=by,
        **valued(ahead, terms, money, counts, total),
        currency=currency,
    )


def _segment(name, counts, money, naive_money, level) -> dict:
    """Return one segment's row."""
    n, found = counts.sum(), dict(zip(("", "_low", "_high"), money.total(counts, level), strict=True))
    constant = _sum(naive_money, counts)
    return (
        {"segment": name, "n": round(n)}
        | {f"value{end}": total for end, total in found.items()}
        | {f"per_customer{end}": total / n for end, total in found.items()}
        | {"constant_churn": constant, "gap": _gap(constant, found[""])}
    )


def _sum(values, counts) -> float:
    return float(values[counts > 0] @ counts[counts > 0])


def _gap(constant, total) -> float:
    """Return how far one amount lies from another, as a share of it; missing where either is no gain."""
    return constant / total - 1 if 0 < total < np.inf and 0 <= constant < np.inf else np.nan


def _average_purchase(ahead, terms, counts) -> float:
    """Return the money of an average repeat purchase, where it is not known by itself: the naive figure's."""
    if terms.spend is None:
        return 1.0
    spend = pd.to_numeric(ahead.customers[terms.spend.spend]).to_numpy(dtype=float)
    purchases = counts * np.where(np.isfinite(spend), ahead.rows.frequency, 0)
    return float(purchases @ np.nan_to_num(spend) / purchases.sum()) if purchases.sum() else 0.0
