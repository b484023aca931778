r"""What would each customer do under each offer? Return, second tenure and margin with correlated errors.

.. math:: z^* = a_k + w'\alpha + u, \quad \log T = b + x'\beta + \sigma_T e_T, \quad m = d_k + q'\delta + \sigma_M e_M

A customer returns when :math:`z^* > 0`. The errors :math:`(u, e_T, e_M)` are one draw per customer, the same under
every offer: they are what the company does not know about that customer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from winback.datasets.telecom import assumptions as assumed
from winback.datasets.telecom.leavers import SET_ASIDE, Streams
from winback.tables import NO_OFFER
from winback.terms.catalog import Offer, OfferCatalog

ARMS = (*assumed.ARMS, NO_OFFER)


@dataclass(frozen=True)
class Constants:
    """What calibration decides; everything else is an assumption."""

    return_intercepts: Mapping[str, float]  # by arm, and for those set aside
    tenure_intercept: float  # log months
    margin_intercepts: Mapping[str, float]  # by arm, $ per month
    first_margin_scale: float
    value_window: float  # months


@dataclass(frozen=True)
class Hidden:
    """What no company sees: the unexplained parts of each customer, shape (n,) each."""

    return_error: np.ndarray
    tenure_error: np.ndarray
    margin_error: np.ndarray
    deal_seeker: np.ndarray  # would leave soon after the offer's end
    extra_months: np.ndarray  # how soon, U(0, 2)


def draw_hidden(n: int, deal_seekers: float, streams: Streams) -> Hidden:
    """Draw the unexplained parts of ``n`` customers."""
    corner = (assumed.RHO_RETURN_TENURE, assumed.RHO_RETURN_MARGIN, assumed.RHO_TENURE_MARGIN)
    correlation = np.array([[1, corner[0], corner[1]], [corner[0], 1, corner[2]], [corner[1], corner[2], 1]])
    errors = np.linalg.cholesky(correlation) @ streams["errors"].standard_normal((3, n))
    rng = streams["deal_seekers"]
    return Hidden(*errors, rng.uniform(size=n) < deal_seekers, rng.uniform(0, 2, n))


def terms(leavers: pd.DataFrame) -> pd.DataFrame:
    """Return the explanatory terms that the effects refer to."""
    return pd.DataFrame(
        {
            "service": (leavers["reason"] == "service").astype(float),
            "both": (leavers["reason"] == "both").astype(float),
            "log_first_tenure": np.log(leavers["first_tenure"]),
            "first_margin": leavers["first_margin"],
            "referrals": leavers["referrals"],
            "unresolved": leavers["complaints"] - leavers["complaints_resolved"],
            "complaints_resolved": leavers["complaints_resolved"],
            "contact_attempts": leavers["contact_attempts"],
            "months_away": leavers["months_away"],
        }
    )


def linear(effects: Mapping[str, float], explained_by: pd.DataFrame) -> np.ndarray:
    """Return the sum of effects times terms, without the terms of the offers."""
    return sum(size * explained_by[term].to_numpy() for term, size in effects.items() if term in explained_by)


def return_latent(leavers: pd.DataFrame, hidden: Hidden) -> np.ndarray:
    """Return the latent inclination to return, before the offer's intercept."""
    return linear(assumed.RETURN_EFFECTS, terms(leavers)) + hidden.return_error


def tenure_without_intercept(leavers: pd.DataFrame, hidden: Hidden, arm: str) -> np.ndarray:
    """Return second tenure in months but for the factor exp(intercept); deal seekers are not yet in it."""
    shift = assumed.TENURE_EFFECTS.get(f"offer_{arm}", 0.0)
    log_months = linear(assumed.TENURE_EFFECTS, terms(leavers)) + assumed.SD_LOG_TENURE * hidden.tenure_error
    return np.exp(shift + log_months)


def margin_without_intercept(leavers: pd.DataFrame, hidden: Hidden) -> np.ndarray:
    """Return second margin in money per month, before the offer's intercept."""
    return linear(assumed.MARGIN_EFFECTS, terms(leavers)) + assumed.SD_MARGIN * hidden.margin_error


def of_offer(offers: Iterable[Offer], arm: str, reasons: pd.Series, figure: str) -> np.ndarray:
    """Return a figure (``months``, ``full_cost``) of the offer that each customer of an arm is sent."""
    named = {offer.name: offer for offer in offers}
    if not named[arm].tailored:
        return np.full(len(reasons), float(getattr(named[arm], figure)))
    figures = {reason: getattr(named[name], figure) for reason, name in named[arm].tailored.items()}
    return reasons.astype(object).map(figures).to_numpy()


def leave_with_the_offer(tenure: np.ndarray, leavers: pd.DataFrame, hidden: Hidden, arm: str) -> np.ndarray:
    """Return second tenures in which deal seekers leave soon after their offer's end."""
    if arm == NO_OFFER:
        return tenure
    end = of_offer(assumed.OFFERS, arm, leavers["reason"], "months")
    return np.where(hidden.deal_seeker, end + hidden.extra_months, tenure)


def potential_outcomes(leavers: pd.DataFrame, groups: np.ndarray, hidden: Hidden, constants: Constants) -> pd.DataFrame:
    """Return what each customer does under each offer and without one.

    For each arm ``returned_<arm>``, ``second_tenure_<arm>`` (months, uncensored, 0.01) and ``second_margin_<arm>``
    (cents). Tenure and margin are those the customer would have on returning.
    """
    latent = return_latent(leavers, hidden)
    margin = margin_without_intercept(leavers, hidden)
    outcomes = {"customer_id": leavers["customer_id"].to_numpy()}
    for arm in ARMS:
        intercept = np.full(len(leavers), constants.return_intercepts[arm])
        if arm == NO_OFFER:
            intercept = np.where(groups == SET_ASIDE, constants.return_intercepts[SET_ASIDE], intercept)
        tenure = np.exp(constants.tenure_intercept) * tenure_without_intercept(leavers, hidden, arm)
        tenure = leave_with_the_offer(tenure, leavers, hidden, arm)
        outcomes[f"returned_{arm}"] = intercept + latent > 0
        outcomes[f"second_tenure_{arm}"] = np.maximum(tenure, 0.01).round(2)
        outcomes[f"second_margin_{arm}"] = (constants.margin_intercepts[arm] + margin).round(2)
    return pd.DataFrame(outcomes)


def true_profits(lapsed: pd.DataFrame, offers: OfferCatalog, outcomes: pd.DataFrame, window: float) -> pd.DataFrame:
    """Return value within the window less cost, eligible customers x arms; costs are due on acceptance."""
    kept = lapsed["eligible"].to_numpy()
    table, outcomes = lapsed[kept], outcomes[kept]
    profits = {}
    for arm in ARMS:
        months = np.minimum(outcomes[f"second_tenure_{arm}"], window)
        cost = 0.0 if arm == NO_OFFER else of_offer(offers, arm, table["reason"], "full_cost")
        worth = outcomes[f"second_margin_{arm}"] * months - cost
        profits[arm] = np.where(outcomes[f"returned_{arm}"], worth, 0.0)
    return pd.DataFrame(profits, index=pd.Index(table["customer_id"], name="customer_id"))
