"""What was said on leaving, who reported it, and where did they go? Some of what is said is not the reason.

The coded reason is the stated one, and the text says the same in the customer's language. Some who said price had met
an indifferent employee: more of those who had complained, and more where an employee reported it. The truth knows.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from winback.datasets.telecom import company_assumptions as planted
from winback.datasets.telecom.exit_texts import LANGUAGES, TEXTS
from winback.datasets.telecom.leavers import Streams

TO_A_COMPETITOR = ("price", "both", "competitor")
FOLLOWED_THEM = "with their manager"


def draw_exits(lives: pd.DataFrame, followed: np.ndarray, streams: Streams) -> pd.DataFrame:
    """Return ``exit_text``, ``reported_by``, ``went_to`` and ``true_reason`` of each life, as if it had ended."""
    n, reason = len(lives), lives["reason"].astype(object)
    rng = streams["exit_texts"]
    told = rng.uniform(size=n) < planted.TEXT_SHARE
    reporter = rng.choice([*planted.REPORTED_BY], size=n, p=[*planted.REPORTED_BY.values()]).astype(object)
    chance = pd.Series(list(zip(reporter, lives["complaints"] > 0, strict=True))).map(planted.UNTRUE).to_numpy()
    untrue = told & (reason == "price").to_numpy() & (streams["untrue"].uniform(size=n) < chance)
    return pd.DataFrame(
        {
            "exit_text": np.where(told, _texts(lives["reason"], rng), None),
            "reported_by": np.where(told, reporter, None),
            "went_to": _went_to(reason.to_numpy(), followed, streams["went_to"]),
            "true_reason": np.where(untrue, "indifference", reason),
        }
    )


def _texts(reason: pd.Series, rng: np.random.Generator) -> np.ndarray:
    """Draw a phrase for each reason (a category), in a language of the customer's."""
    language = rng.choice([*LANGUAGES], size=len(reason), p=[*LANGUAGES.values()])
    place = rng.uniform(size=len(reason))
    found = np.empty(len(reason), dtype=object)
    for code in LANGUAGES:
        for said, phrases in TEXTS[code].items():
            those = (language == code) & (reason == said).to_numpy()
            found[those] = np.array(phrases, dtype=object)[(place[those] * len(phrases)).astype(int)]
    return found


def _went_to(reason: np.ndarray, followed: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    names, shares = zip(*planted.COMPETITORS.items(), strict=True)
    rival = rng.choice(names, size=len(reason), p=shares).astype(object)
    known = np.isin(reason, TO_A_COMPETITOR) & (rng.uniform(size=len(reason)) < planted.WENT_TO_KNOWN)
    return np.where(followed, FOLLOWED_THEM, np.where(known, rival, None))
