"""Who left, when, why, and what did they do before? First lifetimes of the lost customers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from winback.datasets.telecom.assumptions import (
    CONTRACTS_SINCE,
    FIRST_LOSS,
    LAST_LOSS,
    MONTHS_AWAY,
    REASON_SHARES,
    STUDY_END,
)

Streams = Mapping[str, np.random.Generator]

MEDIAN_TENURE, SD_LOG_FIRST_TENURE, SHORTEST_TENURE = 30.0, 0.80, 0.5  # months
MEDIAN_MARGIN = {"price": 36.0, "service": 42.0, "both": 40.0}  # $ per month, before the study's own scaling
SD_LOG_MARGIN = 0.35
COMPLAINT_RATES = {"price": 0.30, "service": 0.80, "both": 0.90}  # complaints per customer
REFERRAL_RATE, RESOLVED_SHARE = 0.35, 0.55
MORE_ATTEMPTS, ATTEMPT_SHARE = 4, 0.40  # one attempt, and up to four more


def draw_leavers(n: int, streams: Streams) -> pd.DataFrame:
    """Draw the first lifetimes of ``n`` lost customers, rounded as they are published.

    Parameters
    ----------
    n : int
        Customers.
    streams : mapping
        One random stream per part, so that a change of one part never changes another.

    Returns
    -------
    pandas.DataFrame
        The first-lifetime columns of the lapsed table, with ``left_month`` (calendar) and ``followed``.
    """
    left_month = streams["calendar"].uniform(FIRST_LOSS, LAST_LOSS, n).round(1)
    months_away = streams["outreach"].uniform(*MONTHS_AWAY, n).round(1)
    reasons = list(REASON_SHARES)
    reason = streams["reason"].choice(len(reasons), size=n, p=list(REASON_SHARES.values()))
    complaints = streams["complaints"].poisson(np.array([COMPLAINT_RATES[name] for name in reasons])[reason])
    median_margin = np.array([MEDIAN_MARGIN[name] for name in reasons])[reason]
    return pd.DataFrame(
        {
            "customer_id": np.arange(1, n + 1),
            "left_month": left_month,
            "first_tenure": _draw_tenures(left_month, streams["first_tenure"]),
            "first_margin": median_margin * np.exp(SD_LOG_MARGIN * streams["first_margin"].standard_normal(n)),
            "reason": pd.Categorical.from_codes(reason, categories=reasons),
            "referrals": streams["referrals"].poisson(REFERRAL_RATE, n),
            "complaints": complaints,
            "complaints_resolved": streams["resolved"].binomial(complaints, RESOLVED_SHARE),
            "months_away": months_away,
            "contact_attempts": 1 + streams["attempts"].binomial(MORE_ATTEMPTS, ATTEMPT_SHARE, n),
            "followed": (STUDY_END - left_month - months_away).round(1),
        }
    )


def _draw_tenures(left_month: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw log-normal tenures that began no earlier than the first contract (inverse of the truncated cdf)."""
    longest = left_month - CONTRACTS_SINCE

    def z_of(months):
        return (np.log(months) - np.log(MEDIAN_TENURE)) / SD_LOG_FIRST_TENURE

    low, high = ndtr(z_of(SHORTEST_TENURE)), ndtr(z_of(longest))
    z = ndtri(low + rng.uniform(size=len(left_month)) * (high - low))
    return np.minimum(np.exp(np.log(MEDIAN_TENURE) + SD_LOG_FIRST_TENURE * z), longest).round(1)
