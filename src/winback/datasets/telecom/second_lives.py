r"""What would each customer do under each offer? Return, second tenure and margin with correlated errors.

.. math:: z^* = a_k + w'\alpha + u, \quad \log T = b + x'\beta + \sigma_T e_T, \quad m = d_k + q'\delta + \sigma_M e_M

A customer returns when :math:`z^* > 0`. The errors :math:`(u, e_T, e_M)` are one draw per customer, the same under
every offer: they are what the company does not know about that customer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from winback.datasets.telecom import assumptions as assumed
from winback.datasets.telecom.leavers import Streams
from winback.tables import NO_OFFER

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


def offer_end(leavers: pd.DataFrame, arm: str) -> np.ndarray:
    """Return the month in which each customer's offer ends; NaN without an offer."""
    months = {offer.name: offer.months for offer in assumed.OFFERS}
    if arm == NO_OFFER:
        return np.full(len(leavers), np.nan)
    tailored = next(offer for offer in assumed.OFFERS if offer.name == arm).tailored
    if not tailored:
        return np.full(len(leavers), float(months[arm]))
    return leavers["reason"].astype(object).map({reason: months[name] for reason, name in tailored.items()}).to_numpy()


def leave_with_the_offer(tenure: np.ndarray, leavers: pd.DataFrame, hidden: Hidden, arm: str) -> np.ndarray:
    """Return second tenures in which deal seekers leave soon after their offer's end."""
    end = offer_end(leavers, arm)
    return np.where(hidden.deal_seeker & ~np.isnan(end), end + hidden.extra_months, tenure)


def potential_outcomes(leavers: pd.DataFrame, groups: np.ndarray, hidden: Hidden, constants: Constants) -> pd.DataFrame:
    """Return what each customer does under each offer and without one.

    Returns
    -------
    pandas.DataFrame
        For each arm ``returned_<arm>``, ``second_tenure_<arm>`` (months, uncensored, 0.01) and
        ``second_margin_<arm>`` (cents). Tenure and margin are those the customer would have on returning.
    """
    latent = return_latent(leavers, hidden)
    margin = margin_without_intercept(leavers, hidden)
    outcomes = {"customer_id": leavers["customer_id"].to_numpy()}
    for arm in ARMS:
        intercept = np.full(len(leavers), constants.return_intercepts[arm])
        if arm == NO_OFFER:
            intercept = np.where(groups == "set aside", constants.return_intercepts["set aside"], intercept)
        tenure = np.exp(constants.tenure_intercept) * tenure_without_intercept(leavers, hidden, arm)
        tenure = leave_with_the_offer(tenure, leavers, hidden, arm)
        outcomes[f"returned_{arm}"] = intercept + latent > 0
        outcomes[f"second_tenure_{arm}"] = np.maximum(tenure, 0.01).round(2)
        outcomes[f"second_margin_{arm}"] = (constants.margin_intercepts[arm] + margin).round(2)
    return pd.DataFrame(outcomes)
