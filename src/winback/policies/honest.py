r"""What does a way of deciding gain on customers it has not seen? Cross-fitted gains over repeated splits.

For each split into folds, the policy and the best single offer are learned from the scores of all folds but one, and
judged on the scores of that one; the scores learned from were predicted without the judging fold, too. The gain is the
mean of paired differences

.. math:: \hat G = \frac{1}{n} \sum_i \Gamma_{i, \pi_{-f(i)}(X_i)} - \Gamma_{i, b_{-f(i)}}, \qquad
          SE^2 = \frac{1}{n (n - 1)} \sum_i (\Delta_i - \bar\Delta)^2

and over repeated splits the median, with :math:`SE^2 = \text{median}(SE_s^2 + (\hat G_s - \hat G)^2)` (Chernozhukov et
al. 2018, Econometrics Journal 21, definition 3.3).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from winback.policies.candidates import Policy
from winback.progress import progress
from winback.results import join_words
from winback.skewness import standardised
from winback.trial.assumed import with_assumed
from winback.trial.predictions import check_folds, predictions
from winback.trial.scores import cross_fitted_scores
from winback.trial.skewed_scores import own_arm, score_length
from winback.trial.splits import Splits
from winback.trial.trial import Trial
from winback.uncertainty import mean_interval

BEST_SINGLE, STATUS_QUO = "best single offer", "status quo"


@dataclass(frozen=True)
class HonestGains:
    """Gains of a policy over repeated splits.

    Attributes
    ----------
    repeats : pandas.DataFrame
        One row per split and yardstick: ``repeat``, ``against``, ``honest`` gain per customer, ``std_error``,
        ``in_sample`` (learned and judged on the same customers), ``predicted`` (what the predictions, or the model,
        promise) and ``best_single``, the offer found best in this split.
    customer_gains : numpy.ndarray, shape (n_repeats, n)
        Honest gain over the best single offer of each customer's score; noisy one by one.
    scores, expected : numpy.ndarray, shape (n, n_choices)
        Scores and predictions, averaged over splits.
    decided, single : numpy.ndarray of int, shape (n_repeats, n)
        What the policy chose for each customer, and the best single offer, both learned without the customer's fold;
        positions among the choices, as is ``status_quo``, (n,), what each customer gets today.
    folds : numpy.ndarray of int, shape (n_repeats, n)
        Into which each split dealt the customers.
    """

    repeats: pd.DataFrame
    customer_gains: np.ndarray = field(repr=False)
    scores: np.ndarray = field(repr=False)
    expected: np.ndarray = field(repr=False)
    choices: tuple[str, ...]
    decided: np.ndarray = field(repr=False)
    single: np.ndarray = field(repr=False)
    status_quo: np.ndarray | None = field(repr=False)
    folds: np.ndarray | None = field(repr=False, default=None)

    def summary(self, against: str) -> dict[str, float]:
        """Return medians over splits, with the standard error that allows for the splits."""
        rows = self.repeats[self.repeats["against"] == against]
        gain, error = over_splits(rows["honest"], rows["std_error"])
        skewness = float(standardised(rows["skew_length"].median(), error))
        middle = rows[["in_sample", "predicted"]].median().add_suffix("_gain").to_dict()
        return {"honest_gain": float(gain), "std_error": float(error), "skewness": skewness, **middle}

    def true_gains(self, profits: pd.DataFrame) -> pd.DataFrame:
        """Return ``true_gain`` per customer of the decisions judged, where a simulation knows it; rows as ``repeats``.

        ``profits`` has each customer's true profit under each choice, in the order of the trial's customers.
        """
        lacking = [name for name in self.choices if name not in profits]
        if lacking or len(profits) != self.decided.shape[1]:
            raise ValueError(
                f"True profits must have one row for each of {self.decided.shape[1]:,} customers and a column for each "
                f"of {join_words(self.choices)}; there are {len(profits):,} rows, and {join_words(lacking)} lacking."
            )
        money, rows = profits[list(self.choices)].to_numpy(dtype=float), np.arange(len(profits))
        yardsticks = {BEST_SINGLE: self.single}
        if self.status_quo is not None:
            yardsticks[STATUS_QUO] = np.broadcast_to(self.status_quo, self.decided.shape)
        true = [
            (repeat, against, (money[rows, chosen] - money[rows, instead[repeat]]).mean())
            for repeat, chosen in enumerate(self.decided)
            for against, instead in yardsticks.items()
        ]
        return pd.DataFrame(true, columns=["repeat", "against", "true_gain"])


def over_splits(estimates: ArrayLike, std_errors: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Return the median over splits (first axis), and the standard error that allows for the splits."""
    estimates, std_errors = np.asarray(estimates, dtype=float), np.asarray(std_errors, dtype=float)
    middle = np.median(estimates, axis=0)
    return middle, np.sqrt(np.median(std_errors**2 + (estimates - middle) ** 2, axis=0))


def honest_gains(
    trial: Trial, policy: Policy, choices: tuple[str, ...], status_quo: np.ndarray | None, splits: Splits
) -> HonestGains:
    """Return what a policy gains, split after split; the status quo as positions among the choices, shape (n,)."""
    generator, matrix = np.random.default_rng(splits.rng), trial.matrix
    columns = np.array([trial.choices.index(name) for name in choices])
    everyone, own, rows, kept = np.arange(len(trial.arm)), own_arm(trial)[:, columns], [], []
    for repeat in progress(range(splits.repeats), "splits"):
        folds = trial.folds(splits.folds, generator)
        check_folds(folds, trial.arm, trial.arms, matrix.shape[1] if trial.model == "linear" else 0, n_left_out=2)
        found = predictions(trial.model, matrix, trial.profit, trial.arm, folds)
        parts = (found, trial.profit, trial.arm, trial.chance(folds), folds)

        def tables(without=None, parts=parts):
            """Return scores and predictions of the choices, shape (n, n_choices), made without a fold."""
            return [with_assumed(trial, each)[:, columns] for each in cross_fitted_scores(*parts, without=without)]

        scores, expected = tables()
        decided, single = _decide_by_fold(trial, policy, choices, folds, tables)
        seen = policy.decide(trial, choices, scores, everyone, everyone)
        best = int(scores.mean(axis=0).argmax())
        promised = expected if seen.promised is None else seen.promised
        yardsticks = {BEST_SINGLE: (single, np.full(len(everyone), best))}
        if status_quo is not None:
            yardsticks[STATUS_QUO] = (status_quo, status_quo)
        for against, (unseen, known) in yardsticks.items():
            paired = scores[everyone, decided] - scores[everyone, unseen]
            in_sample = (scores[everyone, seen.choice] - scores[everyone, known]).mean()
            predicted = (promised[everyone, seen.choice] - promised[everyone, known]).mean()
            mean, error, *_ = mean_interval(paired, clusters=trial.clusters)
            length = score_length(trial, own[everyone, decided] - own[everyone, unseen])
            row = {"repeat": repeat, "against": against, "honest": mean, "std_error": error, "skew_length": length}
            row["in_sample"] = in_sample
            rows.append(row | {"predicted": predicted, "best_single": choices[best]})
            if against == BEST_SINGLE:
                kept.append((paired, scores, expected, decided, single, folds.astype(np.int16)))
    gains, scores, expected, *judged = (np.stack(each) for each in zip(*kept, strict=True))
    figures = {"customer_gains": gains, "scores": scores.mean(axis=0), "expected": expected.mean(axis=0)}
    figures |= dict(zip(("decided", "single", "folds"), judged, strict=True))
    return HonestGains(pd.DataFrame(rows), choices=choices, status_quo=status_quo, **figures)


def _decide_by_fold(trial, policy: Policy, choices, folds, tables) -> tuple[np.ndarray, np.ndarray]:
    """Return each customer's choice, and the best single offer, both learned without the customer's fold."""
    decided, single = np.empty((2, len(folds)), dtype=np.int16)  # kept for every split: small
    for fold in range(folds.max() + 1):
        learn_from, judge = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        scores, _ = tables(without=fold)
        single[judge] = scores[learn_from].mean(axis=0).argmax()
        decided[judge] = policy.decide(trial, choices, scores, learn_from, judge).choice
    return decided, single
