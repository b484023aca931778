r"""What is a contact with this customer honestly expected to earn? Predictions, judged on customers they have not seen.

Predicted profit :math:`\hat p_i` of the recommended offer (over no offer where that is known) is regressed on, for
the trial's customers who would be contacted, each decided for and predicted without the customer's own fold:

.. math:: \Gamma_{i, \pi(X_i)} - \Gamma_{i 0} = a + b\,(\hat p_i - \bar p) + \text{error}

The best linear predictor (Chernozhukov, Demirer, Duflo & Fernandez-Val 2018): b = 1 where predictions can be taken at
their word, 0 where they say nothing. A customer's honest value is :math:`a + b (\hat p - \bar p)`; where b is not shown
to be above zero, it is a for everybody.

What customers of mean prediction :math:`\hat p` are expected to earn on average is a mean of the trial's own scores,
weighted so that their predictions have that mean, too:
:math:`\omega_i = 1 + (\hat p - \bar p)(\hat p_i - \bar p) / s_p^2`; the interval is that of this mean.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from winback.clusters import part_of, sums_within
from winback.money import format_alike
from winback.tables import NO_OFFER
from winback.trial.assumed import with_assumed
from winback.trial.beside import covariates_beside
from winback.trial.predictions import predictions
from winback.trial.scores import trial_scores
from winback.trial.skewed_scores import mean_of_scores, own_arm
from winback.trial.trial import Trial
from winback.uncertainty import normal_quantile

PARTS = 5
FOLDS = 5


@dataclass(frozen=True)
class HonestValue:
    """How honest values follow from predictions.

    Attributes
    ----------
    average : float
        Mean profit of a contact in the trial, by offers recommended without the customer's own fold: a.
    slope, slope_std_error : float
        How far predictions can be taken at their word: b; shown to be above zero at ``level`` for an order to be given.
    groups : pandas.DataFrame
        Fifths of the trial's customers who would be contacted, by prediction, with what was measured.
    """

    average: float
    slope: float
    slope_std_error: float
    groups: pd.DataFrame = field(repr=False)
    trial: Trial = field(repr=False)
    centre: float  # mean prediction
    level: float
    centred: np.ndarray = field(repr=False)  # (m,) predictions of the trial's contacts, less their mean
    earned: np.ndarray = field(repr=False)  # (m,) their scores
    rows: np.ndarray = field(repr=False)  # (m,) who they are in the trial
    counts: np.ndarray = field(repr=False)  # (m,) what their own arm counts in the scores

    @property
    def ranks(self) -> bool:
        """Whether predictions are shown to tell customers apart."""
        return bool(self.slope - normal_quantile(self.level) * self.slope_std_error > 0)

    def expected(self, customers: pd.DataFrame, offers: pd.Series) -> np.ndarray:
        """Return each customer's honest expected profit under an offer, shape (n,); 0 where it is no offer."""
        predicted = predicted_profit(self.trial, customers, offers)
        return np.where(offers == NO_OFFER, 0.0, self.average + self._slope_taken * (predicted - self.centre))

    @property
    def _slope_taken(self) -> float:
        return min(self.slope, 1.0) if self.ranks else 0.0

    def around(self, mean: float) -> tuple[float, float]:
        """Return low and high of what customers earn on average whose honest values have this mean.

        It holds where a contact with them earns what one earned with customers of the trial of the same prediction.
        """
        weights, slope = np.ones(len(self.earned)), 0.0
        if self.ranks:
            away, slope = (mean - self.average) / self._slope_taken, self.slope
            weights = 1.0 + away * self.centred / np.mean(self.centred**2)
        rest = self.earned - self.average - slope * self.centred  # neither mean nor slope is left in it
        made = {"rows": self.rows, "level": self.level}
        _, _, low, high = mean_of_scores(self.trial, mean + weights * rest, weights * self.counts, **made)
        return float(low), float(high)

    def pays(self, expected: np.ndarray) -> bool:
        """Say whether contacts with these honest values are shown to pay: all, or the best fifth of an order."""
        means = [expected.mean()] if len(expected) else []
        if means and self.ranks:
            means.append(np.sort(expected)[-max(len(expected) // PARTS, 1) :].mean())
        return any(self.around(mean)[0] > 0 for mean in means)

    def says(self, currency: str) -> str:
        """Say whether the order of customers means anything."""
        first, last = format_alike(self.groups["measured"].iloc[[0, -1]], currency)
        if self.ranks:
            return (
                f"The order is worth something: in the trial the most promising fifth earned {first} each, the least "
                f"promising {last}, as predicted from the others alone. Neighbouring fifths may differ by chance only."
            )
        return (
            "No order was shown to pay: in the trial, predictions did not tell customers apart beyond chance (the most "
            f"promising fifth earned {first} each, the least promising {last}), so all have the average and rank 1."
        )


def honest_value(
    trial: Trial, decided: np.ndarray | None = None, *, rng: int | np.random.Generator | None = 0, level: float = 0.95
) -> HonestValue:
    """Return how far predictions of profit can be taken at their word, measured in the trial.

    ``decided``, shape (n_splits, n), is what each customer of the trial would get, decided without them, as positions
    among its choices; by default the offer that earns most when everybody gets it.
    """
    folds = trial.folds(FOLDS, np.random.default_rng(rng))
    scores, _ = both = [with_assumed(trial, each) for each in trial_scores(trial, "profit", folds)]
    if decided is None:  # without the customers themselves, as is predicted: what was best for these looks too good
        best = [scores[folds != fold].mean(axis=0).argmax() for fold in range(FOLDS)]
        decided = np.array(best)[folds][None]
    earned, predicted, rows, counts = _of_contacts([*both, own_arm(trial)], trial, decided, folds)

    def measured(part):
        return mean_of_scores(trial, earned[part], counts[part], rows=rows[part], level=level)

    centre = float(predicted.mean())
    slope = _slope(predicted - centre, earned, part_of(trial.clusters, rows))
    settings = {"groups": _fifths(predicted, measured), "trial": trial, "centre": centre, "level": level}
    settings |= {"centred": predicted - centre, "earned": earned, "rows": rows, "counts": counts}
    return HonestValue(float(earned.mean()), *slope, **settings)


def predicted_profit(trial: Trial, customers: pd.DataFrame, offers: pd.Series) -> np.ndarray:
    """Return predicted profit of customers under their offers, over no offer where that is known or assumed.

    Predicted by least squares from the whole trial, and of what is not known of a customer from the trial's average;
    who has more of something, or less, than anybody in the trial is taken for the nearest who was there
    (`winback.trial.beside`). What a customer is predicted does not depend on who else is asked about.
    """
    return _predicted(trial, customers, offers, np.zeros(len(trial.arm), dtype=int), [()])[0]


def predicted_without(trial: Trial, customers: pd.DataFrame, offers: pd.Series, folds: np.ndarray) -> np.ndarray:
    """Return the same, predicted without each of the folds in turn, in which the trial's customers are, (k, m)."""
    return _predicted(trial, customers, offers, folds, [(fold,) for fold in range(folds.max() + 1)])


def _predicted(
    trial: Trial, customers: pd.DataFrame, offers: pd.Series, folds: np.ndarray, left_out: list[tuple[int, ...]]
) -> np.ndarray:
    matrix = np.concatenate(covariates_beside(trial, customers))
    n, m, other = len(trial.arm), len(customers), folds.max() + 1
    arm, profit = np.append(trial.arm, np.zeros(m, dtype=int)), np.append(trial.profit, np.zeros(m))
    found = predictions("linear", matrix, profit, arm, np.append(folds, np.full(m, other)))
    wanted, chosen = np.arange(n, n + m), pd.Index(trial.choices).get_indexer(offers)
    each = (with_assumed(trial, found.outside((*out, other), wanted), customers) for out in left_out)
    return np.array([over_none(trial, money)[np.arange(m), chosen] for money in each])


def _of_contacts(
    tables: list[np.ndarray], trial: Trial, decided: np.ndarray, folds: np.ndarray
) -> tuple[np.ndarray, ...]:
    """Return gains earned and predicted of those who would be contacted, averaged over their splits.

    Beside them their rows, and what their own arms count in the gains.

    Who is left alone gains nothing by any prediction, and would make an order of the others look good. Where too few
    would be contacted for fifths, everybody is returned. Predictions of each fold get the same mean: a fold that did
    well by chance is predicted by the others, which did worse, and of weak predictions nothing else would be seen.
    """
    contacted = np.array([name != NO_OFFER for name in trial.choices])[decided]
    times = contacted.sum(axis=0)
    kept = times > 0 if (times > 0).sum() >= 2 * PARTS else np.ones(len(times), dtype=bool)
    tables, rows = [over_none(trial, money) for money in tables], np.arange(len(times))  # nothing where left alone
    gains = [sum(money[rows, chosen] for chosen in decided) for money in tables]
    earned, predicted, counts = (gain[kept] / np.maximum(times[kept], 1) for gain in gains)
    folds = folds[kept]
    means = np.bincount(folds, predicted) / np.maximum(np.bincount(folds), 1)
    return earned, predicted - means[folds] + predicted.mean(), np.flatnonzero(kept), counts


def over_none(trial: Trial, money: np.ndarray) -> np.ndarray:
    """Return money under each choice less that without an offer, where there is such a column; else as it is."""
    return money - money[:, [trial.choices.index(NO_OFFER)]] if NO_OFFER in trial.choices else money


def _slope(predicted: np.ndarray, earned: np.ndarray, clusters: np.ndarray | None = None) -> tuple[float, float]:
    """Return the slope of least squares with its robust standard error; 0 where all predictions are the same."""
    square = float(predicted @ predicted)
    if not square > 1e-18 * len(predicted) * max(np.abs(earned).max(initial=0.0), 1e-300) ** 2:
        return 0.0, 0.0
    slope = float(predicted @ earned) / square
    parts = predicted * (earned - earned.mean() - slope * predicted)
    parts = parts if clusters is None else sums_within(parts, clusters)
    return slope, float(np.sqrt((parts**2).sum())) / square


def _fifths(predicted: np.ndarray, measured: Callable) -> pd.DataFrame:
    rows = []
    for part, members in enumerate(np.array_split(np.argsort(-predicted, kind="stable"), PARTS), start=1):
        mean, _, low, high = measured(members)
        row = {"part": part, "n": len(members), "predicted": predicted[members].mean(), "measured": mean}
        rows.append(row | {"measured_low": float(low), "measured_high": float(high)})
    return pd.DataFrame(rows)
