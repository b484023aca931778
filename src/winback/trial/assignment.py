"""How likely was each customer to get the offer they got? Known chances, or estimated ones."""

from __future__ import annotations

import warnings

import numpy as np

from winback.tables import LAPSED_TABLE, ProblemList
from winback.trial.predictions import independent_columns, with_one
from winback.trial.trial import Trial

SMALLEST = 0.01  # an estimated chance below this gives one customer the weight of a hundred


def chance_of_own_arm(trial: Trial, folds: np.ndarray) -> np.ndarray:
    """Return each customer's chance of the arm they are in, known or estimated from other folds, shape (n,)."""
    if trial.assignment == "known":
        return trial.probability
    matrix = trial.matrix
    chance = np.empty(len(trial.arm))
    for fold in range(folds.max() + 1):
        rows = folds == fold
        every = _estimated(matrix[~rows], trial.arm[~rows], matrix[rows])
        chance[rows] = every[np.arange(rows.sum()), trial.arm[rows]]
    problems = ProblemList(LAPSED_TABLE, trial.customers, is_part=True)
    text = f"was sent to customers whose estimated chance of it is below {SMALLEST:g}"
    problems.add_rows("offer", chance < SMALLEST, text, "Leave such customers out: nobody like them got other offers.")
    problems.raise_if_any()
    return chance


def _estimated(matrix, arm, wanted) -> np.ndarray:
    """Return the chances of all arms by a multinomial logit, shape (n_wanted, n_arms)."""
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
