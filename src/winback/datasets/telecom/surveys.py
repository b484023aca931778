r"""How satisfied were customers, and how did they rate their seller? Both dated, and drawn given whether they stayed.

Satisfaction hardly differs between those who stay and those who leave; the rating of the seller differs by the odds

.. math:: \frac{P(\text{top} \mid \text{stays}) / P(\text{other} \mid \text{stays})}
               {P(\text{top} \mid \text{leaves}) / P(\text{other} \mid \text{leaves})},

which are those of staying for a year, too (an odds ratio is the same from either side).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from winback.datasets.telecom import company_assumptions as planted
from winback.datasets.telecom.calendar import day_of

SHORTEST_LIFE = 30  # days that one must have been a customer to be asked
BEST_OF_SATISFIED = 0.5  # of those who say 4 or 5
LOWER = {4: 0.4, 3: 0.3, 2: 0.2, 1: 0.1}  # ratings that are not the best
NOT_SATISFIED = {3: 0.6, 2: 0.3, 1: 0.1}


def survey_events(lives: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return the answers: events ``satisfaction`` and ``seller_rating``, 1 to 5 each."""
    start, end = lives["start"].to_numpy(), lives["end"].to_numpy()
    found = []
    for month in planted.SURVEYS:
        day = day_of(month)
        here = (start <= day - SHORTEST_LIFE) & (end > day)
        asked = np.flatnonzero(here & (rng.uniform(size=len(lives)) < planted.ASKED))
        stays = end[asked] > day + planted.STAY_DAYS
        answers = {"satisfaction": _satisfaction(stays, rng), "seller_rating": _seller_rating(stays, rng)}
        ids = lives["customer_id"].to_numpy()[asked]
        for event, answer in answers.items():
            found.append(pd.DataFrame({"customer_id": ids, "day": day, "event": event, "amount": answer}))
    return pd.concat(found, ignore_index=True)


def _satisfaction(stays: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    chance = np.where(stays, planted.SATISFIED[True], planted.SATISFIED[False])
    satisfied = rng.uniform(size=len(stays)) < chance
    best = rng.uniform(size=len(stays)) < BEST_OF_SATISFIED
    return np.where(satisfied, np.where(best, 5.0, 4.0), _answers(NOT_SATISFIED, len(stays), rng))


def _seller_rating(stays: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    odds = planted.TOP_RATED_STAYERS / (1 - planted.TOP_RATED_STAYERS) / planted.RATING_ODDS
    chance = np.where(stays, planted.TOP_RATED_STAYERS, odds / (1 + odds))
    return np.where(rng.uniform(size=len(stays)) < chance, 5.0, _answers(LOWER, len(stays), rng))


def _answers(shares: dict[int, float], n: int, rng: np.random.Generator) -> np.ndarray:
    return rng.choice(np.array([*shares], dtype=float), size=n, p=[*shares.values()])
