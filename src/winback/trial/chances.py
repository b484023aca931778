"""With which chance was each customer sent their offer? As recorded, as the groups' sizes say, or estimated."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd

from winback.tables import LAPSED_TABLE, ProblemList, in_trial, label_codes
from winback.trial.predictions import independent_columns, with_one

SMALLEST = 0.01  # an estimated chance below this gives one customer the weight of a hundred


def other_chance(table: pd.DataFrame, arm: np.ndarray) -> np.ndarray:
    """Return whose recorded chance is not that of the first customer of the arm, (n,); nobody's where arm is -1."""
    if "offer_probability" not in table:
        return np.zeros(len(table), dtype=bool)
    chance = table["offer_probability"].to_numpy()
    known = (arm >= 0) & ~np.isnan(chance)
    usual = np.zeros(arm.max() + 1)
    usual[arm[known][::-1]] = chance[known][::-1]
    return known & (np.abs(chance - usual[arm]) > 1e-6)


def check_one_chance(table: pd.DataFrame) -> None:
    """Refuse offers that went to customers with different chances: plain means within an arm need the same for all.

    Raises
    ------
    TableError
        Naming the customers whose chance differs from that of the others with their offer.
    """
    problems = ProblemList(LAPSED_TABLE, table)
    differs = other_chance(table, np.where(in_trial(table), label_codes(table["offer"])[0], -1))
    remedy = "Compare within groups of equal chance, or use offer_scores, which weighs each customer by it."
    problems.add_rows("offer_probability", differs, "differs between customers of one offer", remedy)
    problems.raise_if_any()


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


def estimated_chance(table: pd.DataFrame, matrix: np.ndarray, arm: np.ndarray, folds: np.ndarray) -> np.ndarray:
    """Return each customer's chance of the own arm by a multinomial logit on other folds' covariates, shape (n,)."""
    chance = np.empty(len(arm))
    for fold in range(folds.max() + 1):
        rows = folds == fold
        every = _estimated(matrix[~rows], arm[~rows], matrix[rows])
        chance[rows] = every[np.arange(rows.sum()), arm[rows]]
    problems = ProblemList(LAPSED_TABLE, table, is_part=True)
    text = f"was sent to customers whose estimated chance of it is below {SMALLEST:g}"
    problems.add_rows("offer", chance < SMALLEST, text, "Leave such customers out: nobody like them got other offers.")
    problems.raise_if_any()
    return chance


def _estimated(matrix, arm, wanted) -> np.ndarray:
    """Return the chances of all arms, shape (n_wanted, n_arms)."""
    from statsmodels.api import MNLogit
    from statsmodels.tools.sm_exceptions import PerfectSeparationError

    explained_by = with_one(matrix)
    kept = independent_columns(explained_by)
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what it warns of is refused below
            fit = MNLogit(arm, explained_by[:, kept]).fit(method="newton", disp=0, maxiter=100)
            chances = fit.predict(with_one(wanted)[:, kept])
            estimated = fit.mle_retvals["converged"] and np.isfinite(chances).all()
    except (np.linalg.LinAlgError, PerfectSeparationError):
        estimated = False
    if not estimated:
        raise ValueError(
            "The chances of the offers cannot be estimated from these covariates, which tell the groups apart almost "
            "or wholly. Name fewer of them."
        )
    return chances
