"""What is each customer worth? One surface over contracts and purchases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from winback.periods import Period
from winback.results import Sentences, Shown
from winback.value.ahead import read_ahead
from winback.value.terms import expected_money, read_terms
from winback.value.valued import Valued, valued
from winback.value.wording import describe_values

if TYPE_CHECKING:
    from winback.purchases.purchase_fit import PurchaseFit
    from winback.purchases.spend import SpendFit
    from winback.value.contracts.contract_fit import ContractFit

TENTHS = 10


@dataclass(frozen=True, repr=False, kw_only=True)
class LifetimeValues(Valued):
    """What each customer is still expected to bring, see `lifetime_value`; its other attributes are those of `Valued`.

    Attributes
    ----------
    customers : pandas.DataFrame
        One row per customer, in the order and with the index of the table: ``customer_id`` where it has one;
        ``next_renewal`` (contracts) or ``chance_active`` (purchases); ``expected`` discounted payments or purchases;
        ``value`` with ``value_low`` and ``value_high``, for the expected value, not for what one customer will bring.
    frame : pandas.DataFrame
        One row per tenth of the customers, most valuable first: ``tenth``, ``n``, ``value`` of all of them,
        ``per_customer``, ``share`` of the total and ``cumulative_share``.
    """

    customers: pd.DataFrame = field(repr=False)
    frame: pd.DataFrame = field(repr=False)
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "tenth": ("Tenth, most valuable first", "count"),
        "n": ("Customers", "count"),
        "per_customer": ("Value per customer", "money"),
        "value": ("Value", "money"),
        "share": ("Share of all value", "percent"),
        "cumulative_share": ("Up to here", "percent"),
    }

    def to_frame(self) -> pd.DataFrame:
        """Return one row per customer."""
        return self.customers.copy()

    def carried_by(self, share: float) -> float:
        """Return the share of the total that so large a share of the customers carries, most valuable first.

        Tenths of 15 customers have one or two of them; here the customer at the cut counts in part.
        """
        ranked = -np.sort(-self.customers["value"].to_numpy())
        reached = np.append(0, np.cumsum(ranked)) / ranked.sum()
        return float(np.interp(share * len(ranked), np.arange(len(reached)), reached))

    def table(self) -> pd.DataFrame:
        """Return the tenths, rounded, as text."""
        return self.rounded(self.frame)

    def show(self, best: int | None = None) -> Shown:
        """Return the tenths as a notebook shows them, or so many of the most valuable customers."""
        if best is None:
            return super().show()
        if best < 1:
            raise ValueError(f"best must be a number of customers, at least 1; got {best!r}.")
        columns = {
            "customer_id": ("Customer", "text"),
            "next_renewal": ("Next renewal", "count"),
            "chance_active": ("Chance to be active", "percent"),
            "expected": (f"Expected {self.unit}, discounted", "number"),
            "value": ("Value", "money"),
        }
        return Shown(self.rounded(self.customers.nlargest(best, "value"), columns))

    def describe(self) -> Sentences:
        """Say what the customers are worth, who carries it, and what it rests on."""
        return describe_values(self)


def lifetime_value(
    fit: ContractFit | PurchaseFit,
    customers: pd.DataFrame,
    *,
    margin: float | str | SpendFit,
    annual_discount: float,
    horizon: str | Period | None = None,
    margin_share: float = 1.0,
    next_renewal: str = "next_renewal",
    moment: str | None = None,
    currency: str = "$",
) -> LifetimeValues:
    r"""Value each customer: what is still expected, discounted, times what it brings.

    .. math:: v_i = m \, w_i \, E\Big[\sum_k (1 + d)^{-t_k}\Big]

    over the payments (contracts) or purchases k to come at times :math:`t_k` in years, with :math:`w_i` the money of
    each and m the share of it that is margin. The expectation is `ContractFit.residual_value`'s or
    `PurchaseFit.predict`'s; a customer who may have left counts with his chance to be still there.

    Parameters
    ----------
    fit : ContractFit or PurchaseFit
        From `fit_sbg`, `fit_bdw` or `contract_model`; or from `fit_bg_nbd`, `fit_mbg_nbd`, `fit_pareto_nbd`,
        `fit_bg_bb`.
    customers : pandas.DataFrame
        One row per customer. Contracts: ``next_renewal`` (1 in the first period, 0 for new customers, whose first
        payment is made now), or the tenure and end that the fit was made on; and its covariates. Purchases: the columns
        the fit was made on.
    margin : float, str or SpendFit
        Money per payment or per purchase: the same for all, a column, or a fit of `fit_gamma_gamma`.
    annual_discount : float
        Annual rate as a share, 0.10 for 10%.
    horizon : str or Period, optional
        How far ahead money counts, such as "3Y"; all that is to come without it.
    margin_share : float
        Share of that money that is margin; 1 where it is margin already. With 1 and revenue, values are revenue.
    next_renewal : str
        Column of the next renewal's number.
    moment : {"before_renewal", "after_payment"}, optional
        Contracts: just before the renewal, the payment due now counting if it is made; or just after the previous one.
    currency : str
        Sign or code put before money.

    Returns
    -------
    LifetimeValues

    Raises
    ------
    TableError
        Listing every problem of the customers.
    ValueError
        Listing every problem of the terms.

    References
    ----------
    .. [1] Fader, P. S. & Hardie, B. G. S. (2010). Customer-base valuation in a contractual setting: the perils of
       ignoring heterogeneity. Marketing Science 29(1); Fader, P. S., Hardie, B. G. S. & Lee, K. L. (2005). RFM and
       CLV: using iso-value curves for customer base analysis. Journal of Marketing Research 42(4).

    Examples
    --------
    >>> import pandas as pd, winback as wb
    >>> model = wb.contract_model(3.80, 15.20, period="Y")
    >>> base = pd.DataFrame({"customer_id": [7, 8], "next_renewal": [1, 5], "fee": [120.0, 90.0]})
    >>> found = wb.lifetime_value(model, base, margin="fee", annual_discount=0.10)
    >>> found.to_frame()[["customer_id", "expected", "value"]].round(2).to_dict("list")
    {'customer_id': [7, 8], 'expected': [3.31, 3.84], 'value': [397.18, 345.79]}
    """
    ahead = read_ahead(fit, customers, next_renewal, moment)
    terms = read_terms(ahead, margin, margin_share, annual_discount, horizon)
    money = expected_money(ahead, terms, terms.horizon)
    everybody, value = np.ones(len(ahead)), money.each()
    low, high = money.intervals(fit.level)
    columns = {"customer_id": customers["customer_id"].to_numpy()} if "customer_id" in customers else {}
    columns |= ahead.columns() | {"expected": money.factors[0].each()}
    if terms.spend is not None:
        columns |= {"margin": terms.margin_share * money.factors[1].each()}
    columns |= {"value": value, "value_low": low, "value_high": high}
    return LifetimeValues(
        customers=pd.DataFrame(columns, index=customers.index),
        frame=tenths(value),
        **valued(ahead, terms, money, everybody, money.total(everybody, fit.level)),
        currency=currency,
    )


def tenths(value: np.ndarray) -> pd.DataFrame:
    """Return what each tenth of the customers carries, most valuable first.

    Examples
    --------
    >>> tenths(np.arange(20.0))[["tenth", "n", "value"]].head(2).to_dict("list")
    {'tenth': [1, 2], 'n': [2, 2], 'value': [37.0, 33.0]}
    """
    ranked = -np.sort(-value)
    place = (np.arange(len(value)) * TENTHS) // max(len(value), 1)
    n = np.bincount(place, minlength=TENTHS)
    sums = np.bincount(place, weights=ranked, minlength=TENTHS)
    total = sums.sum()
    share = sums / total if total > 0 and np.isfinite(total) else np.full(TENTHS, np.nan)
    columns = {"tenth": np.arange(1, TENTHS + 1), "n": n, "per_customer": sums / np.maximum(n, 1), "value": sums}
    return pd.DataFrame({**columns, "share": share, "cumulative_share": np.cumsum(share)})[n > 0].reset_index(drop=True)
