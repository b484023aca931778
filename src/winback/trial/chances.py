"""With which chance was each customer sent their offer, as recorded or as the groups' sizes say?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from winback.tables import LAPSED_TABLE, ProblemList


def chances_differ(table: pd.DataFrame, arm: np.ndarray) -> bool:
    """Say whether customers of one arm were recorded with different chances, so that groups must differ."""
    if "offer_probability" not in table:
        return False
    chance = table["offer_probability"][arm >= 0].groupby(arm[arm >= 0])
    return bool((chance.max() - chance.min() > 1e-6).any())


def own_probability(table: pd.DataFrame, arm: np.ndarray, n_arms: int, whole: bool) -> np.ndarray:
    """Return the chance of each customer's own arm: as recorded, else the arm's share of the customers."""
    sizes = np.bincount(arm, minlength=n_arms)
    if "offer_probability" not in table or table["offer_probability"].isna().all():
        return (sizes / len(arm))[arm]
    chance = table["offer_probability"].to_numpy(dtype=float)
    problems = ProblemList(LAPSED_TABLE, table, is_part=True)
    remedy = "Fill it in for every customer of the trial, or drop the column: then the groups' shares are used."
    problems.add_rows("offer_probability", np.isnan(chance), "is missing for some", remedy)
    if n_arms > 1:
        remedy = "Leave these customers out: nothing can be learned where only one offer was possible."
        problems.add_rows("offer_probability", chance >= 1, "must be below 1", remedy)
    problems.raise_if_any()
    if not whole:  # recorded chances count a group that is not compared: let those of the arms sum to one
        chance = chance * np.bincount(arm, weights=1 / chance, minlength=n_arms).mean() / len(arm)
    return chance
