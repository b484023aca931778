"""What does spending on the most promising customers honestly earn, beside spending as much on anybody?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from numbers import Real

import numpy as np
import pandas as pd

from winback.budgets.hull import HullWalk
from winback.budgets.solution import money_walk
from winback.budgets.spending import SpendingCurve
from winback.clusters import covariance_of_means, error_of_mean
from winback.doors import door
from winback.policies.honest import over_splits
from winback.policies.honest_value import over_none
from winback.progress import progress
from winback.skewness import skewed_interval
from winback.tables import NO_OFFER
from winback.tables.numbers import LARGEST
from winback.trial.assumed import assumption, with_assumed
from winback.trial.same_terms import check_is_trial
from winback.trial.scores import trial_scores
from winback.trial.skewed_scores import own_arm, score_length
from winback.trial.splits import Splits
from winback.trial.trial import Trial
from winback.uncertainty import max_t_quantile, normal_draws, normal_quantile

N_BUDGETS = 10
MEASURES = ("share_contacted", "predicted", "honest", "untargeted", "lead", "spent")
CURVES = ("honest", "untargeted", "lead")  # with intervals, one at a time and together


@door
def spending_curve(
    trial: Trial,
    budgets: float | Iterable[float] | None = None,
    *,
    splits: Splits = Splits(repeats=5),  # noqa: B008 (frozen)
    level: float = 0.95,
) -> SpendingCurve:
    r"""Measure what budgets earn when they are spent on the most promising customers, and when on anybody.

    For each budget customers and offers are chosen as in `allocate_budget`, in each fold for its share of the money, by
    gains and costs predicted without that fold. The choice :math:`k(i)` is then measured by the scores of
    `offer_scores`:

    .. math:: \hat G(B) = \frac{1}{n} \sum_i \Gamma_{i k(i)} - \Gamma_{i 0}, \qquad
              \hat U(B) = \frac{1}{n} \sum_i \sum_k w_k (\Gamma_{ik} - \Gamma_{i0})

    where :math:`w` are the shares of customers drawn at random that earn most with the same money, found without the
    customer's fold, too. Intervals are of expected gains, paired for the lead; medians over repeated splits. The best
    budget is found by looking, so what is said of it has simultaneous intervals: max-t over all budgets, as
    ``<name>_simultaneous_low`` and ``_high``.

    Parameters
    ----------
    trial : Trial
        From `read_trial`.
    budgets : float or iterable of float, optional
        Money per customer of the trial; by default ten up to what is worth spending.
    splits, level
        As in `evaluate_policy`.

    Examples
    --------
    >>> import winback as wb
    >>> study = wb.simulate_telecom_study(5_300, calibrate=False, rng=1)
    >>> wb.spending_curve(study.trial, [10, 20], splits=wb.Splits(repeats=2)).frame["budget_total"].tolist()
    [45000.0, 90000.0]
    """
    check_is_trial(trial)
    normal_quantile(level)  # refuses what is not a level
    if not trial.sent:
        raise ValueError("Nobody was sent an offer: there is nothing to spend on.")
    wanted = None if budgets is None else _checked(budgets)
    if not trial.cost.any():
        raise ValueError("The offers cost nothing, so no budget limits them; `learn_policy` says who should get which.")
    generator, found = np.random.default_rng(splits.rng), []
    for _ in progress(range(splits.repeats), "splits"):
        split = _Split.of(trial, splits.folds, generator)
        if wanted is None:
            wanted = np.linspace(0, split.worth_spending, N_BUDGETS + 1)[1:]
        found.append((*split.along(wanted), split.at_random(wanted)))
    frame = _frame(wanted, len(trial.arm), found, level)
    at_random = pd.DataFrame(np.mean([shares for *_, shares in found], axis=0), columns=trial.sent)
    kind = "incremental" if NO_OFFER in trial.choices else "gross"
    settings = {"assumed": assumption(trial), "currency": trial.currency, "at_random": at_random}
    return SpendingCurve(frame=frame, kind=kind, n=len(trial.arm), **settings)


def _checked(budgets) -> np.ndarray:
    given = list(budgets) if isinstance(budgets, Iterable) else [budgets]
    if not given or not all(isinstance(budget, Real) and 0 < budget <= LARGEST for budget in given):
        raise ValueError(f"budgets must be one or more amounts of money above 0 per customer; got {budgets!r}.")
    return np.sort(np.array(given, dtype=float))


@dataclass(frozen=True)
class _Split:
    """One split into folds: predicted gains and costs of the offers, and what the scores say; (n, n_offers) each."""

    gains: np.ndarray
    costs: np.ndarray
    score_gains: np.ndarray
    score_costs: np.ndarray
    counts: np.ndarray  # what a customer's own arm counts in the gain of each offer
    length: Callable  # skew length of means in which own arms count so much
    folds: np.ndarray
    clusters: np.ndarray | None
    walks: tuple[HullWalk, ...]  # of each fold

    @classmethod
    def of(cls, trial: Trial, n_folds: int, rng: np.random.Generator) -> _Split:
        folds = trial.folds(n_folds, rng)
        sent = [trial.arms.index(name) for name in trial.sent]
        both = (with_assumed(trial, each) for each in trial_scores(trial, "profit", folds))
        scores, expected = (over_none(trial, each)[:, sent] for each in both)
        score_costs, costs = (each[:, sent] for each in trial_scores(trial, "cost", folds))
        costs = np.maximum(costs, 0.0)
        walks = [money_walk(expected[folds == fold], costs[folds == fold]) for fold in range(folds.max() + 1)]
        money = {"gains": expected, "costs": costs, "score_gains": scores, "score_costs": score_costs}
        counts = over_none(trial, own_arm(trial))[:, sent]
        dealt = {"folds": folds, "clusters": trial.clusters, "walks": tuple(walks)}
        return cls(**money, counts=counts, length=partial(score_length, trial), **dealt)

    @property
    def worth_spending(self) -> float:
        """Money per customer beyond which no offer is predicted to gain more than it costs."""
        return float(sum(walk.x_after[-1] for walk in self.walks) / len(self.folds))

    def choices(self, budget: float) -> np.ndarray:
        """Return who is sent what for a budget per customer, shape (n,); 0 is nothing.

        Each fold spends its own share. Of one purse for all a fold whose customers did well by chance would get less:
        they are predicted by the others, who did worse.
        """
        chosen = np.empty(len(self.folds), dtype=int)
        for fold, walk in enumerate(self.walks):
            inside = self.folds == fold
            chosen[inside] = walk.choices_after(walk.steps_within(budget * inside.sum()))
        return chosen

    def along(self, budgets: np.ndarray) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """Return the measures, their standard errors and skew lengths, (n_budgets, 3, n_measures), and covariances.

        The latter are of the means of each curve at all budgets, of which the best is found by looking.
        """
        points = [self.at(budget) for budget in budgets]
        each = np.array([customers for _, customers in points])  # (n_budgets, n_measures, n)
        joint = {name: covariance_of_means(each[:, MEASURES.index(name)].T, self.clusters) for name in CURVES}
        return np.array([figures for figures, _ in points]), joint

    def at(self, budget: float) -> tuple[np.ndarray, np.ndarray]:
        """Return the measures at a budget per customer, their standard errors and skew lengths, (3, n_measures).

        Beside them each customer's part in the measures, (n_measures, n).
        """
        n, chosen = len(self.gains), self.choices(budget)
        rows, place = np.flatnonzero(chosen), chosen[chosen > 0] - 1
        contacted, predicted, honest, spent, counts = np.zeros((5, n))
        contacted[rows] = 1.0
        tables = {"gains": predicted, "score_gains": honest, "score_costs": spent, "counts": counts}
        for name, filled in tables.items():
            filled[rows] = getattr(self, name)[rows, place]
        untargeted, anybody = self._untargeted(budget)
        each = np.stack([contacted, predicted, honest, untargeted, honest - untargeted, spent])
        lengths = np.zeros(len(each))
        lengths[2:5] = self.length(np.column_stack([counts, anybody, counts - anybody]))
        return np.stack([each.mean(axis=1), error_of_mean(each.T, self.clusters), lengths]), each

    def _untargeted(self, budget: float) -> np.ndarray:
        """Return each customer's mean score when the money is spent at random, by the mix best in the other folds.

        Beside it what the customer's own arm counts in that, (2, n).
        """
        found = np.empty((2, len(self.folds)))
        for fold, mix in enumerate(self._mixes(budget)):
            inside = self.folds == fold
            found[:, inside] = [each[inside] @ mix for each in (self.score_gains, self.counts)]
        return found

    def _mixes(self, budget: float) -> np.ndarray:
        """Return the shares of customers to send each offer at random, best in the other folds, (n_folds, n_offers)."""
        tables = [
            [each[self.folds != fold].mean(axis=0) for each in (self.score_gains, self.score_costs)]
            for fold in range(self.folds.max() + 1)
        ]
        return np.array([_mix(gain, np.maximum(cost, 0.0), budget) for gain, cost in tables])

    def at_random(self, budgets: np.ndarray) -> np.ndarray:
        """Return the shares of customers sent each offer when money is spent at random, (n_budgets, n_offers)."""
        sizes = np.bincount(self.folds) / len(self.folds)
        return np.array([sizes @ self._mixes(budget) for budget in budgets])


def _mix(gain: np.ndarray, cost: np.ndarray, budget: float) -> np.ndarray:
    """Return the shares of customers, drawn at random, to send each offer for most gain within a budget each."""
    walk = money_walk(gain[None], cost[None])
    n_steps, shares = walk.steps_within(budget), np.zeros(len(gain) + 1)
    now = int(walk.choices_after(n_steps)[0])
    shares[now] = 1.0
    if n_steps < len(walk.slope):
        part = (budget - walk.x_after[n_steps]) / walk.run[n_steps]
        shares[now] -= part
        shares[walk.after[n_steps]] += part
    return shares[1:]


def _frame(budgets, n: int, found, level: float) -> pd.DataFrame:
    """Return medians over splits, with intervals that allow for the splits, one at a time and for all budgets."""
    figures, joint = np.array([each for each, *_ in found]), [each for _, each, _ in found]
    columns = {"budget": budgets, "budget_total": budgets * n}
    for place, name in enumerate(MEASURES):
        middle, error = over_splits(figures[:, :, 0, place], figures[:, :, 1, place])
        columns[name] = middle
        if name in CURVES:
            length = np.median(figures[:, :, 2, place], axis=0)
            together = max_t_quantile(normal_draws(np.mean([each[name] for each in joint], axis=0)), level)
            for kind, reach in (("", normal_quantile(level)), ("_simultaneous", together)):
                low, high = skewed_interval(middle, error, length, reach)
                columns |= {f"{name}{kind}_low": low, f"{name}{kind}_high": high}
    return pd.DataFrame(columns)
