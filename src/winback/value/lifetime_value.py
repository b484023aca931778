"""What is each customer worth? One surface over contracts and purchases."""

from __future__ import annotations

import numpy as np
import pandas as pd

from winback.doors import door
from winback.held_out import Ranking
from winback.periods import Period
from winback.purchases.purchase_fit import PurchaseFit
from winback.purchases.spend import SpendFit
from winback.value.ahead import read_ahead
from winback.value.contracts.contract_fit import ContractFit
from winback.value.of_base import customers_to_value, share_of_margin
from winback.value.terms import expected_money, read_terms
from winback.value.valued import valued
from winback.value.values import LifetimeValues


@door
def lifetime_value(
    fit: ContractFit | PurchaseFit,
    customers: pd.DataFrame,
    *,
    margin: float | str | SpendFit,
    annual_discount: float,
    horizon: str | Period | None = None,
    margin_share: float | None = None,
    moment: str | None = None,
) -> LifetimeValues:
    r"""Value each customer: what is still expected, discounted, times what it brings.

    .. math:: v_i = m \, w_i \, E\Big[\sum_k (1 + d)^{-t_k}\Big]

    over the payments (contracts) or purchases k to come at times :math:`t_k` in years, with :math:`w_i` the money of
    each and m the share of it that is margin. The expectation is `ContractFit.residual_value`'s or
    `PurchaseFit.predict`'s; a customer who may have left counts with his chance to be still there.

    Parameters
    ----------
    fit : ContractFit or PurchaseFit
        From `fit_contracts` or `fit_purchases`.
    customers : pandas.DataFrame or Base
        A base: those under contract on its last day, by the next renewal, with ``margin`` of one period; or all buyers.
        Else one row per customer. Contracts: ``next_renewal`` (1 in the first period, 0 for new customers, whose first
        payment is made now), or the tenure and end that the fit was made on; and its covariates. Purchases: the columns
        the fit was made on.
    margin : float, str or SpendFit
        Money per payment or per purchase: the same for all, a column, or a fit of `fit_spend`.
    annual_discount : float
        Annual rate as a share, 0.10 for 10%.
    horizon : str or Period, optional
        How far ahead money counts, such as "3Y"; all that is to come without it.
    margin_share : float, optional
        Share of that money that is margin; without it that of a base that was read with one, where ``margin`` is a fit
        of spend, else 1: the money is margin already. With 1 and revenue, values are revenue.
    moment : {"before_renewal", "after_payment"}, optional
        Contracts: just before the renewal, the payment due now counting if it is made; or just after the previous one.

    Returns
    -------
    LifetimeValues
        In the currency of the spend's fit, or in dollars; see its ``in_currency``.

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
    >>> from winback.value.contracts.fits import contract_model
    >>> model = contract_model(3.80, 15.20, period="Y")
    >>> base = pd.DataFrame({"customer_id": [7, 8], "next_renewal": [1, 5], "fee": [120.0, 90.0]})
    >>> found = wb.lifetime_value(model, base, margin="fee", annual_discount=0.10)
    >>> found.to_frame()[["customer_id", "expected", "value"]].round(2).to_dict("list")
    {'customer_id': [7, 8], 'expected': [3.31, 3.84], 'value': [397.18, 345.79]}
    """
    margin_share = share_of_margin(customers, margin, margin_share)
    customers = customers_to_value(fit, customers)
    ahead = read_ahead(fit, customers, moment)
    terms = read_terms(ahead, margin, margin_share, annual_discount, horizon)
    money = expected_money(ahead, terms)
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
    )


def tenths(value: np.ndarray) -> pd.DataFrame:
    """Return what each tenth of the customers carries, most valuable first."""
    frame = Ranking.of(value).by_tenth(value=value)
    total = frame["value"].sum()
    share = frame["value"] / (total if total > 0 and np.isfinite(total) else np.nan)
    frame.insert(2, "per_customer", frame["value"] / frame["n"])
    return frame.assign(share=share, cumulative_share=share.cumsum())
