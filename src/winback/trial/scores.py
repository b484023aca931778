"""What would each customer have earned under each offer? Cross-fitted scores that average to the truth."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.results import Result, Sentences
from winback.tables import NO_OFFER
from winback.terms.catalog import Offer, OfferCatalog
from winback.trial.assignment import chance_of_own_arm
from winback.trial.predictions import Predictions, check_folds, deal_folds, predictions
from winback.trial.trial import Trial, read_trial
from winback.uncertainty import normal_interval


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
        ``mean_low``, ``mean_high``; ``effect`` against no offer with the same, where there is a control group.
    outcome : str
        profit, value, cost or returned.
    trial : Trial
    folds : numpy.ndarray
        Each customer's fold.
    """

    scores: pd.DataFrame = field(repr=False)
    expected: pd.DataFrame = field(repr=False)
    frame: pd.DataFrame = field(repr=False)
    outcome: str
    trial: Trial = field(repr=False)
    folds: np.ndarray = field(repr=False)
    level: float = 0.95
    currency: str = "$"

    shown_money: ClassVar[Mapping[str, tuple[str, str]]] = {
        "offer": ("Offer", "text"),
        "n": ("Customers", "count"),
        "mean": ("If everybody got it", "money"),
        "effect": ("More than without an offer", "money"),
    }

    @property
    def shown(self) -> Mapping[str, tuple[str, str]]:
        """Columns of the table: shares in percent, money in money."""
        form = "percent" if self.outcome == "returned" else "money"
        return {name: (head, form if kind == "money" else kind) for name, (head, kind) in self.shown_money.items()}

    def describe(self) -> Sentences:
        """Say what everybody would bring under each offer."""
        return Sentences.of(_lines(self))


def offer_scores(
    customers: pd.DataFrame,
    offers: OfferCatalog | Iterable[Offer],
    *,
    outcome: str = "profit",
    covariates: Iterable[str] | None = None,
    model: object = "linear",
    assignment: str = "known",
    folds: int | Iterable[int] = 5,
    rng: int | np.random.Generator | None = 0,
    horizon_months: float | None = None,
    annual_discount: float | None = None,
    level: float = 0.95,
) -> OfferScores:
    r"""Score each customer under each offer, so that averages of scores are what the offers earn [1]_.

    .. math:: \Gamma_{ik} = \mu_k(X_i) + \frac{1\{W_i = k\}}{e_k(X_i)} (Z_i - \mu_k(X_i))

    with :math:`Z` the outcome (profit: value less cost), :math:`W` the offer sent, :math:`e_k` its chance and
    :math:`\mu_k` predicted from customers of other folds. With known chances the average is right whatever
    the predictions; good ones make it surer. Where the data end before a customer does, value is a pseudo-observation
    within the offer's group. Intervals are for averages over customers.

    Parameters
    ----------
    customers, offers, horizon_months, annual_discount
        As in `winback.compare_offers`; ``offer_probability`` may differ between customers.
    outcome : {"profit", "value", "cost", "returned"}
        What is scored.
    covariates : iterable of str, optional
        Columns known before the offer from which outcomes are predicted; by default all that are, or none where an
        arm is too small for so many; ``[]`` for none.
    model : "linear", statsmodels family, or regressor
        How outcomes are predicted: least squares within each offer, a generalised linear model, or any object with
        ``fit(X, y)`` and ``predict(X)`` (it is copied, never changed).
    assignment : {"known", "estimated"}
        Known: ``offer_probability`` where the table has it, else the groups' shares. Estimated: by a multinomial logit
        on the covariates, from other folds; for offers that were not drawn at random but by what the table knows.
    folds : int or sequence of int
        Number of folds, or each customer's fold (one per row of ``customers``, numbered from 0).
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
        When the table is broken, a chance is not between 0 and 1, or an offer is absent from a fold.

    References
    ----------
    .. [1] Robins, J. M., Rotnitzky, A. & Zhao, L. P. (1994). Estimation of regression coefficients when some
       regressors are not always observed. JASA 89. Cross-fitting: Chernozhukov et al. (2018), Econometrics Journal 21.

    Examples
    --------
    >>> import winback as wb
    >>> study = wb.load_telecom_study()
    >>> found = wb.offer_scores(study.lapsed, study.offers)
    >>> found.frame[["offer", "mean"]].head(2).round(0)
          offer   mean
    0  discount  360.0
    1   upgrade  341.0
    """
    normal_interval(0.0, 1.0, level)  # refuses what is not a level
    settings = {"horizon_months": horizon_months, "annual_discount": annual_discount, "assignment": assignment}
    trial = read_trial(customers, offers, covariates=covariates, **settings)
    dealt = _folds(folds, trial, customers, rng)
    scores, expected = trial_scores(trial, outcome, dealt, model, assignment)
    ids = pd.Index(trial.customers["customer_id"], name="customer_id")
    columns = pd.Index(trial.arms, name="offer")
    return OfferScores(
        scores=pd.DataFrame(scores, ids, columns),
        expected=pd.DataFrame(expected, ids, columns),
        frame=score_means(scores, trial, level),
        outcome=outcome,
        trial=trial,
        folds=dealt,
        level=level,
        currency=trial.catalog.currency,
    )


def trial_scores(
    trial: Trial, outcome: str, folds: np.ndarray, model: object = "linear", assignment: str = "known"
) -> tuple[np.ndarray, np.ndarray]:
    """Return scores and predictions of an outcome for a trial's customers under each arm, (n, n_arms) each.

    Parameters are those of `offer_scores`; ``folds`` is each customer's fold.
    """
    check_folds(folds, trial.arm, trial.arms, trial.matrix.shape[1] if model == "linear" else 0)
    found = predictions(model, trial.matrix, trial.outcome(outcome), trial.arm, folds)
    chance = chance_of_own_arm(trial, assignment, trial.matrix, folds)
    return cross_fitted_scores(found, trial.outcome(outcome), trial.arm, chance, folds)


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

    Returns
    -------
    scores, expected : numpy.ndarray, shape (n, n_arms)
        NaN for the customers of the fold ``without``.
    """
    expected = np.full((len(arm), int(arm.max()) + 1), np.nan)
    for fold in range(int(folds.max()) + 1):
        if fold != without:
            rows = folds == fold
            expected[rows] = found.outside((fold,) if without is None else (fold, without), rows)
    return arm_scores(expected, outcome, arm, chance), expected


def score_means(scores: np.ndarray, trial: Trial, level: float) -> pd.DataFrame:
    """Return mean score and effect against no offer, one row per arm."""
    root = np.sqrt(len(scores))

    def with_interval(name, columns):
        mean, error = columns.mean(axis=0), columns.std(axis=0, ddof=1) / root
        low, high = normal_interval(mean, error, level)
        return {name: mean, f"{name}_std_error": error, f"{name}_low": low, f"{name}_high": high}

    frame = pd.DataFrame({"offer": trial.arms, "n": np.bincount(trial.arm), **with_interval("mean", scores)})
    if trial.has_control:
        against = scores - scores[:, [trial.arms.index(NO_OFFER)]]
        effects = pd.DataFrame(with_interval("effect", against))
        effects[frame["offer"] == NO_OFFER] = np.nan
        frame = pd.concat([frame, effects], axis=1)
    return frame


def _folds(folds, trial: Trial, customers: pd.DataFrame, rng) -> np.ndarray:
    if np.ndim(folds) == 0:
        return deal_folds(trial.arm, folds, np.random.default_rng(rng))
    given = np.asarray(folds)
    if len(given) != len(customers) or not np.issubdtype(given.dtype, np.integer) or given.min() < 0:
        raise ValueError(
            f"folds must be one whole number from 0 per customer ({len(customers):,} of them), or a number."
        )
    ids = pd.Index(customers["customer_id"])
    chosen = given[ids.get_indexer(trial.customers["customer_id"])]
    return np.unique(chosen, return_inverse=True)[1]


def _lines(found: OfferScores) -> Iterator[str]:
    form = "percent" if found.outcome == "returned" else "money"
    what = "would return" if found.outcome == "returned" else f"of {found.outcome} per customer"
    for row in found.frame.sort_values("mean", ascending=False).to_dict("records"):
        if row["offer"] == NO_OFFER:
            continue
        mean, low, high = (found.format(row[name], form) for name in ("mean", "mean_low", "mean_high"))
        line = f"With {row['offer']} sent to everybody, {mean} {what} [{low}, {high}]"
        if "effect" in row:
            effect, low, high = (found.format(row[name], form) for name in ("effect", "effect_low", "effect_high"))
            line += f"; {effect} more than without an offer [{low}, {high}]"
        yield f"{line}."
    if not found.trial.has_control and found.outcome != "cost":
        yield "No random group was left without an offer, so these figures are gross: some would have come back anyway."
