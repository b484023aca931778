"""Who was judged promising, and who was sent which offer? Screening and random groups."""

from __future__ import annotations

import numpy as np
import pandas as pd

from winback.datasets.telecom.assumptions import GROUP_SHARES
from winback.datasets.telecom.leavers import Streams
from winback.tables import NO_OFFER

SCREENING_PENALTY = {"both": 2.4, "unresolved": 0.8}  # the firm's noisy score, in units of its noise
SET_ASIDE = "set aside"


def group_sizes(n: int) -> dict[str, int]:
    """Return how many customers each arm and the random holdout get out of ``n`` leavers.

    Examples
    --------
    >>> group_sizes(53_000)
    {'discount': 10000, 'upgrade': 10000, 'bundle': 10000, 'tailored': 10000, 'none': 5000}
    """
    return {group: round(n * share) for group, share in GROUP_SHARES.items()}


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
