"""What is each lost customer worth under each offer, net of its cost? Second lifetime value."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from winback.discounting import check_annual_discount, check_horizon
from winback.second_lifetime.fitted import SecondLifetimeFit, check_is_fit
from winback.second_lifetime.joint import JointFit
from winback.second_lifetime.offer_value import Horizon, value_offers
from winback.second_lifetime.two_part import TwoPartFit
from winback.second_lifetime.valuation import SecondLifetimeValues
from winback.tables import NO_OFFER, check_lapsed
from winback.terms.catalog import Offer, OfferCatalog, as_catalog


def second_lifetime_value(
    fit: SecondLifetimeFit,
    customers: pd.DataFrame,
    offers: OfferCatalog | Iterable[Offer],
    *,
    horizon_months: float | None = None,
    annual_discount: float | None = None,
    model: str = "recommended",
) -> SecondLifetimeValues:
    r"""Value each lost customer under each offer, net of what the offer costs.

    .. math:: E[z\,m\,A(\min(T, H))] - E[\text{cost}], \qquad A(t) = (1 - e^{-kt}) / k

    Return, tenure and margin are taken together: with the joint model they are correlated, and treating them as
    independent can be far off. The integral is written out in `winback.second_lifetime.expected_value`. The cost is
    due by its trigger: per contact with certainty, on acceptance with the chance of return, while active by the month.

    Parameters
    ----------
    fit : JointFit or TwoPartFit
        From `fit_joint` or `fit_two_part` (without the Mills ratio).
    customers : pandas.DataFrame
        Lapsed customers with the columns of the formulas; nothing that happened after the offer is looked at.
    offers : OfferCatalog or list of Offer
        Offers the model has seen. A tailored offer that was never sent as such is composed of the offers it assigns.
    horizon_months, annual_discount : float
        Over how long money is counted, and the rate a year; required unless the catalog has them. A horizon beyond the
        longest second tenure seen is allowed and said to be extrapolated; ``math.inf`` counts without end.
    model : {"recommended", "joint", "two_part"}
        Whose answer is given. Recommended: the joint model's unless it is in doubt. The other one is shown beside it.

    Returns
    -------
    SecondLifetimeValues
        ``to_frame()`` is customers x offers; ``averages`` and ``segments(by)`` have intervals by the delta method.

    Raises
    ------
    TableError
        When the table lacks columns or has gaps or labels unknown to the model.
    ValueError
        When horizon or rate are missing, or an offer is unknown to the model.

    Examples
    --------
    >>> import winback as wb
    >>> study = wb.simulate_telecom_study(5_300, calibrate=False, rng=1)
    >>> fit = wb.fit_two_part(study.lapsed, reacquisition="offer + reason", tenure="reason", margin="reason")
    >>> values = wb.second_lifetime_value(fit, study.lapsed, study.offers, horizon_months=24, annual_discount=0.1)
    >>> values.to_frame().shape
    (5300, 5)
    """
    check_is_fit(fit)
    chosen, beside = _models(fit, model)
    catalog = as_catalog(offers)
    table = check_lapsed(customers)
    horizon = _horizon(catalog, horizon_months, annual_discount, table, chosen)
    columns = [*catalog.names, *([NO_OFFER] if NO_OFFER in chosen.offers else [])]
    return SecondLifetimeValues(
        **value_offers(chosen, table, catalog, horizon, columns),
        fit=chosen,
        beside=beside,
        customers=table,
        catalog=catalog,
        horizon=horizon,
        currency=catalog.currency,
    )


def _models(fit, model) -> tuple[SecondLifetimeFit, SecondLifetimeFit | None]:
    if isinstance(fit, TwoPartFit) and fit.mills:
        raise ValueError(
            "A fit with the Mills ratio is about those who returned and has no joint model to value others by. Use "
            "fit_joint, or fit_two_part without mills_ratio."
        )
    if model not in ("recommended", "joint", "two_part"):
        raise ValueError(f"model must be recommended, joint or two_part; got {model!r}.")
    if not isinstance(fit, JointFit):
        if model == "joint":
            raise ValueError("This is a two-part fit; model='joint' needs a fit from fit_joint.")
        return fit, None
    joint_first = model == "joint" or (model == "recommended" and fit.trusted)
    if model == "joint" and not np.isfinite(fit.covariance).all():
        raise ValueError(
            "The joint fit has no standard errors, so its values would have none: " + "; ".join(fit.doubts)
        )
    return (fit, fit.two_part) if joint_first else (fit.two_part, fit)


def _horizon(catalog, horizon_months, annual_discount, table, fit) -> Horizon:
    months = catalog.horizon_months if horizon_months is None else horizon_months
    rate = catalog.annual_discount if annual_discount is None else annual_discount
    if months is None:
        hint = f" The longest second tenure seen is {fit.longest:g} months; beyond it the model extrapolates."
        raise ValueError(f"horizon_months is required: over how many months is a second lifetime valued?{hint}")
    if rate is None:
        raise ValueError("annual_discount is required: 0.10 for 10% a year, 0 for plain money.")
    if months == np.inf:
        if fit.distribution == "loglogistic":
            raise ValueError("Log-logistic tenures have too heavy a tail to be counted without end: state a horizon.")
        return Horizon(np.inf, check_annual_discount(rate))
    return Horizon(check_horizon(months), check_annual_discount(rate))
