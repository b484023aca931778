"""When did they come and leave, why, who was judged promising, and who was sent which offer? The lost customers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from winback.datasets.telecom import assumptions as assumed
from winback.tables import NO_OFFER

Streams = Mapping[str, np.random.Generator]

MEDIAN_TENURE, SD_LOG_FIRST_TENURE, SHORTEST_TENURE = 30.0, 0.80, 0.5  # months
MEDIAN_MARGIN = {"price": 36.0, "service": 42.0, "both": 40.0}  # $ per month, before the study's own scaling
SD_LOG_MARGIN = 0.35
COMPLAINT_RATES = {"price": 0.30, "service": 0.80, "both": 0.90}  # complaints per customer
REFERRAL_RATE, RESOLVED_SHARE = 0.35, 0.55
MORE_ATTEMPTS, ATTEMPT_SHARE = 4, 0.40  # one attempt, and up to four more
SCREENING_PENALTY = {"both": 2.4, "unresolved": 0.8}  # the firm's noisy score, in units of its noise
SET_ASIDE = "set aside"


def draw_leavers(n: int, streams: Streams) -> pd.DataFrame:
    """Draw the first lifetimes of ``n`` lost customers, rounded as they are published.

    Each part has a random stream of its own, so that a change of one never changes another. Returned are the
    first-lifetime columns of the lapsed table, with ``left_month`` (calendar) and ``followed``.
    """
    left_month = streams["calendar"].uniform(assumed.FIRST_LOSS, assumed.LAST_LOSS, n).round(1)
    months_away = streams["outreach"].uniform(*assumed.MONTHS_AWAY, n).round(1)
    reasons = list(assumed.REASON_SHARES)
    reason = streams["reason"].choice(len(reasons), size=n, p=list(assumed.REASON_SHARES.values()))
    complaints = streams["complaints"].poisson(np.array([COMPLAINT_RATES[name] for name in reasons])[reason])
    median_margin = np.array([MEDIAN_MARGIN[name] for name in reasons])[reason]
    return pd.DataFrame(
        {
            "customer_id": np.arange(1, n + 1),
            "left_month": left_month,
            "first_tenure": draw_tenures(left_month, streams["first_tenure"]),
            "first_margin": median_margin * np.exp(SD_LOG_MARGIN * streams["first_margin"].standard_normal(n)),
            "reason": pd.Categorical.from_codes(reason, categories=reasons),
            "referrals": streams["referrals"].poisson(REFERRAL_RATE, n),
            "complaints": complaints,
            "complaints_resolved": streams["resolved"].binomial(complaints, RESOLVED_SHARE),
            "months_away": months_away,
            "contact_attempts": 1 + streams["attempts"].binomial(MORE_ATTEMPTS, ATTEMPT_SHARE, n),
            "followed": (assumed.STUDY_END - left_month - months_away).round(1),
        }
    )


def draw_tenures(left_month: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw log-normal tenures that began no earlier than the first contract (inverse of the truncated cdf)."""
    longest = left_month - assumed.CONTRACTS_SINCE

    def z_of(months):
        return (np.log(months) - np.log(MEDIAN_TENURE)) / SD_LOG_FIRST_TENURE

    low, high = ndtr(z_of(SHORTEST_TENURE)), ndtr(z_of(longest))
    z = ndtri(low + rng.uniform(size=len(left_month)) * (high - low))
    return np.minimum(np.exp(np.log(MEDIAN_TENURE) + SD_LOG_FIRST_TENURE * z), longest).round(1)


def group_sizes(n: int) -> dict[str, int]:
    """Return how many customers each arm and the random holdout get out of ``n`` leavers."""
    return {group: round(n * share) for group, share in assumed.GROUP_SHARES.items()}


def assign_groups(leavers: pd.DataFrame, streams: Streams) -> np.ndarray:
    """Return each leaver's group: an arm, ``none`` (held out at random) or ``set aside`` (judged not promising)."""
    n = len(leavers)
    sizes = group_sizes(n)
    unresolved = leavers["complaints"] - leavers["complaints_resolved"] > 0
    score = (
        streams["screening"].standard_normal(n)
        - SCREENING_PENALTY["both"] * (leavers["reason"] == "both").to_numpy()
        - SCREENING_PENALTY["unresolved"] * unresolved.to_numpy()
    )
    promising = np.argsort(-score, kind="stable")[: sum(sizes.values())]
    groups = np.full(n, SET_ASIDE, dtype=object)
    groups[streams["arms"].permutation(promising)] = np.repeat(list(sizes), list(sizes.values()))
    return groups


def trial_columns(groups: np.ndarray) -> pd.DataFrame:
    """Return the columns of the lapsed table that tell of the trial: eligible, offer and its probability."""
    sizes = group_sizes(len(groups))
    promising = groups != SET_ASIDE
    chance = {group: size / sum(sizes.values()) for group, size in sizes.items()}
    return pd.DataFrame(
        {
            "eligible": promising,
            "offer": pd.Categorical(np.where(promising, groups, NO_OFFER), categories=[*sizes]),
            "offer_probability": pd.Series(groups).map(chance).astype(float).round(6),
        }
    )
