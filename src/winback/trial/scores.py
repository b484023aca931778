"""What would each customer have earned under each offer? Cross-fitted scores that average to the truth."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from winback.clusters import drawn_whole
from winback.doors import door
from winback.results import Result, Sentences
from winback.tables import NO_OFFER
from winback.terms.organic import organic_shares
from winback.trial.assumed import assumption, organic_values
from winback.trial.predictions import Predictions, check_folds, predictions
from winback.trial.same_terms import check_is_trial
from winback.trial.skewed_scores import mean_of_scores, own_arm
from winback.trial.trial import Trial
from winback.uncertainty import normal_quantile

OUTCOMES = ("profit", "value", "cost", "returned")


@dataclass(frozen=True, repr=False, kw_only=True)
class OfferScores(Result):
    """Each customer's score under each offer, see `offer_scores`.

    Attributes
    ----------
    scores : pandas.DataFrame
        One row per customer of the trial (index ``customer_id``), one column per offer, ``none`` where there is a
        random control group. One customer's score is noisy; averages over customers are not.
    expected : pandas.DataFrame
        The predictions inside the scores, of the same shape: what others like the customer brought.
    frame : pandas.DataFrame
        One row per offer: ``offer``, ``n`` customers sent it, ``mean`` outcome if everybody got it with ``std_error``,
        ``mean_low``, ``mean_high``; ``effect`` against no offer with the same, where that is known or assumed.
    """

    scores: pd.DataFrame = field(repr=False)
    expected: pd.DataFrame = field(repr=False)
    frame: pd.DataFrame = field(repr=False)
    outcome: str
    trial: Trial = field(repr=False)
    folds: np.ndarray = field(repr=False)  # (n,) each customer's
    level: float = 0.95
    currency: str = "$"

    @property
    def form(self) -> str:
        """Format of the outcome: shares in percent, money in money."""
        return "percent" if self.outcome == "returned" else "money"

    @property
    def shown(self) -> Mapping[str, tuple[str, str]]:
        """Columns of the table, with heading and format."""
        means = {"mean": ("If everybody got it", self.form), "effect": ("More than without an offer", self.form)}
        return {"offer": ("Offer", "text"), "n": ("Customers", "count"), **means}

    def describe(self) -> Sentences:
        """Say what everybody would bring under the two best offers, and what that does not tell."""
        return Sentences.of([*_each_offer(self)[:2], *_doubt(self)])

    def details(self) -> Sentences:
        """Say what everybody would bring under each of the other offers."""
        return Sentences.of(_each_offer(self)[2:])


@door
def offer_scores(
    trial: Trial,
    *,
    outcome: str = "profit",
    folds: int | Iterable[int] = 5,
    rng: int | np.random.Generator | None = 0,
    level: float = 0.95,
) -> OfferScores:
    r"""Score each customer under each offer, so that averages of scores are what the offers earn [1]_.

    .. math:: \Gamma_{ik} = \mu_k(X_i) + \frac{1\{W_i = k\}}{e_k(X_i)} (Z_i - \mu_k(X_i))

    with :math:`Z` the outcome (profit: value less cost), :math:`W` the offer sent, :math:`e_k` its chance and
    :math:`\mu_k` predicted from customers of other folds, by the trial's ``model`` on its ``covariates``. With known
    chances the average is right whatever the predictions; good ones make it surer. Where the data end before a
    customer does, value is a pseudo-observation within the offer's group. Intervals are for averages over customers;
    effects against an assumed organic return reach over the range assumed.

    Parameters
    ----------
    trial : Trial
        From `read_trial`; ``offer_probability`` may differ between customers.
    outcome : {"profit", "value", "cost", "returned"}
        What is scored.
    folds : int or sequence of int
        Number of folds, or each customer's fold (one per row of ``trial.lapsed``, numbered from 0).
    rng : int, Generator or None
        Seed of the folds.
    level : float
        Of the intervals.

    Returns
    -------
    OfferScores

    Raises
    ------
    TableError, ValueError
        When a chance is not between 0 and 1, or an offer is absent from a fold.

    References
    ----------
    .. [1] Robins, J. M., Rotnitzky, A. & Zhao, L. P. (1994). Estimation of regression coefficients when some
       regressors are not always observed. JASA 89. Cross-fitting: Chernozhukov et al. (2018), Econometrics Journal 21.

    Examples
    --------
    >>> import winback as wb
    >>> found = wb.offer_scores(wb.load_telecom_study().trial)
    >>> found.frame[["offer", "mean"]].head(2).round(0)
          offer   mean
    0  discount  360.0
    1   upgrade  341.0
    """
    check_is_trial(trial)
    normal_quantile(level)  # refuses what is not a level
    dealt = _folds(folds, trial, rng)
    scores, expected = trial_scores(trial, outcome, dealt)
    ids = pd.Index(trial.customers["customer_id"], name="customer_id")
    columns = pd.Index(trial.arms, name="offer")
    return OfferScores(
        scores=pd.DataFrame(scores, ids, columns),
        expected=pd.DataFrame(expected, ids, columns),
        frame=score_means(scores, trial, outcome, level),
        outcome=outcome,
        trial=trial,
        folds=dealt,
        level=level,
        currency=trial.currency,
    )


def outcome_of(trial: Trial, name: str) -> np.ndarray:
    """Return profit, value, cost or returned of the customers in a trial, as numbers."""
    if name not in OUTCOMES:
        raise ValueError(f"outcome must be one of {', '.join(OUTCOMES)}; got {name!r}.")
    return np.asarray(getattr(trial, name), dtype=float)


def trial_scores(trial: Trial, outcome: str, folds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return scores and predictions, as of `offer_scores`, under each arm, (n, n_arms) each."""
    check_folds(folds, trial.arm, trial.arms, trial.matrix.shape[1] if trial.model == "linear" else 0)
    seen = outcome_of(trial, outcome)
    found = predictions(trial.model, trial.matrix, seen, trial.arm, folds)
    return cross_fitted_scores(found, seen, trial.arm, trial.chance(folds), folds)


def arm_scores(predicted: np.ndarray, outcome: np.ndarray, arm: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Return the scores of some customers from their predictions under each arm, shape (n, n_arms)."""
    scores = predicted.copy()
    rows = np.arange(len(arm))
    scores[rows, arm] += (outcome - predicted[rows, arm]) / chance
    return scores


def cross_fitted_scores(
    found: Predictions,
    outcome: np.ndarray,
    arm: np.ndarray,
    chance: np.ndarray,
    folds: np.ndarray,
    without: int | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Return scores and predictions of all customers, or of those outside a fold, predicted without that fold, too.

    Both are of shape (n, n_arms), NaN for the customers of the fold ``without``.
    """
    expected = np.full((len(arm), int(arm.max()) + 1), np.nan)
    for fold in range(int(folds.max()) + 1):
        if fold != without:
            rows = folds == fold
            expected[rows] = found.outside((fold,) if without is None else (fold, without), rows)
    return arm_scores(expected, outcome, arm, chance), expected


def score_means(scores: np.ndarray, trial: Trial, outcome: str, level: float) -> pd.DataFrame:
    """Return mean score and effect against no offer, known or assumed, one row per arm."""
    frame = pd.DataFrame({"offer": trial.arms, "n": np.bincount(trial.arm)})
    own = own_arm(trial)[:, : len(trial.arms)]
    frame = frame.assign(**mean_intervals("mean", scores, own, outcome, trial=trial, level=level))
    if trial.has_control:
        none = [trial.arms.index(NO_OFFER)]
        of_effects = scores - scores[:, none], own - own[:, none]
        effects = pd.DataFrame(mean_intervals("effect", *of_effects, outcome, trial=trial, level=level))
        effects[frame["offer"] == NO_OFFER] = np.nan
        frame = pd.concat([frame, effects], axis=1)
    elif trial.organic is not None and outcome != "cost":
        frame = frame.assign(**_over_assumed(scores, own, trial, outcome, level))
    return frame


def mean_intervals(
    name: str, columns: np.ndarray, counts: np.ndarray, outcome: str, *, trial: Trial, level: float
) -> dict[str, np.ndarray]:
    """Return means over customers with standard errors and intervals, named, one value per column."""
    ends = (name, f"{name}_std_error", f"{name}_low", f"{name}_high")
    return dict(zip(ends, mean_of_scores(trial, columns, counts, outcome=outcome, level=level), strict=True))


def _over_assumed(scores, own, trial, outcome, level) -> dict[str, np.ndarray]:
    """Return effects over an assumed organic return; intervals reach from its highest to its lowest share."""
    worth = np.ones(len(trial.arms)) if outcome == "returned" else organic_values(trial)
    shares = organic_shares(trial.organic, trial.customers)
    low, middle, high = (
        mean_intervals("effect", scores - shares[:, [end]] * worth, own, outcome, trial=trial, level=level)
        for end in range(3)
    )
    return {**middle, "effect_low": high["effect_low"], "effect_high": low["effect_high"]}


def _folds(folds, trial: Trial, rng) -> np.ndarray:
    if np.ndim(folds) == 0:
        return trial.folds(folds, np.random.default_rng(rng))
    given = np.asarray(folds)
    n = len(trial.lapsed)
    if len(given) != n or not np.issubdtype(given.dtype, np.integer) or given.min() < 0:
        raise ValueError(f"folds must be one whole number from 0 per customer ({n:,} of them), or a number.")
    dealt = np.unique(given[trial.kept], return_inverse=True)[1]
    if trial.clusters is not None and not drawn_whole(trial.clusters, dealt):
        raise ValueError(
            f"folds must keep customers of one {trial.cluster} together: they do alike. Give a number of folds."
        )
    return dealt


def _each_offer(found: OfferScores) -> list[str]:
    """Return a sentence for each offer, the best first."""
    what = "would return" if found.outcome == "returned" else f"of {found.outcome} per customer"
    lines = []
    for row in found.frame.sort_values("mean", ascending=False).to_dict("records"):
        if row["offer"] == NO_OFFER:
            continue
        mean, low, high = found.formats([row["mean"], row["mean_low"], row["mean_high"]], found.form)
        line = f"With {row['offer']} sent to everybody, {mean} {what} [{low}, {high}]"
        if "effect" in row:
            effect, low, high = found.formats([row["effect"], row["effect_low"], row["effect_high"]], found.form)
            line += f"; {effect} more than without an offer [{low}, {high}]"
        lines.append(f"{line}.")
    return lines


def _doubt(found: OfferScores) -> Iterator[str]:
    if assumption(found.trial):
        yield assumption(found.trial)
    elif not found.trial.has_control and found.outcome != "cost":
        yield "No random group was left without an offer, so these figures are gross: some would have come back anyway."
