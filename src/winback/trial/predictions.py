r"""What would each customer bring under each offer, by what others like them brought? Cross-fitted predictions.

Customers are dealt into folds. What is predicted for a customer never uses that customer's own fold, so a prediction
cannot follow the customer's own outcome. Nested: where a policy is learned on some folds and judged on another, the
predictions it learns from leave out the judging fold as well.

A line is not drawn out without end: who has more of something than all whom a prediction was learned from, by more than
these are apart, is predicted as one who is that far out, and so for less. One wrong cell would else be worth millions.
"""

from __future__ import annotations

import copy
import warnings
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from winback.results import counted
from winback.trial.covariates import FEWEST_PER_COLUMN

CONSTANT = 1e-10  # a column's variance by its mean square, below which it is the same for all but for rounding


@dataclass(frozen=True)
class Predictions(ABC):
    """Predictions of one outcome under each arm, from customers outside some folds."""

    matrix: np.ndarray  # (n, p) known beforehand
    outcome: np.ndarray  # (n,)
    arm: np.ndarray  # (n,)
    folds: np.ndarray  # (n,)

    @abstractmethod
    def outside(self, folds: tuple[int, ...], rows: np.ndarray) -> np.ndarray:
        """Return predictions for rows, from customers in no fold of ``folds``, shape (n_rows, n_arms)."""

    @cached_property
    def _ends(self) -> np.ndarray:
        """The least and the most that customers of a fold and arm have, shape (2, n_folds, n_arms, p)."""
        shape = (self.folds.max() + 1, self.arm.max() + 1, self.matrix.shape[1])
        ends = np.array([np.full(shape, np.inf), np.full(shape, -np.inf)])
        for fold, arm in np.ndindex(*shape[:2]):
            rows = self.matrix[(self.folds == fold) & (self.arm == arm)]
            if len(rows):
                ends[:, fold, arm] = rows.min(axis=0), rows.max(axis=0)
        return ends

    def _known(self, folds: tuple[int, ...], rows: np.ndarray) -> Iterator[np.ndarray]:
        """Yield for each arm the rows' matrix, no further out than its customers in no fold of ``folds`` are apart."""
        used = np.setdiff1d(np.arange(self._ends.shape[1]), folds)
        wanted = self.matrix[rows]
        for least, most in zip(self._ends[0, used].min(axis=0), self._ends[1, used].max(axis=0), strict=True):
            yield np.clip(wanted, least - (most - least), most + (most - least))


@dataclass(frozen=True)
class LinearPredictions(Predictions):
    """Least squares within each arm. Sums of products are kept by fold, so that leaving folds out costs nothing."""

    @cached_property
    def _sums(self) -> np.ndarray:
        """Sums of products of (1, covariates, outcome), shape (n_folds, n_arms, p + 2, p + 2)."""
        n_folds, n_arms, width = self.folds.max() + 1, self.arm.max() + 1, self.matrix.shape[1] + 2
        everything = np.column_stack([np.ones(len(self.arm)), self.matrix, self.outcome])
        sums = np.zeros((n_folds, n_arms, width, width))
        for fold in range(n_folds):
            for arm in range(n_arms):
                rows = everything[(self.folds == fold) & (self.arm == arm)]
                sums[fold, arm] = rows.T @ rows
        return sums

    def outside(self, folds: tuple[int, ...], rows: np.ndarray) -> np.ndarray:
        """Return predictions, see `Predictions`."""
        used = np.setdiff1d(np.arange(len(self._sums)), folds)
        sums = self._sums[used].sum(axis=0)
        size, means = sums[:, :1, 0], sums[:, 0, 1:] / sums[:, 0, :1]
        moments = sums[:, 1:, 1:] / size[:, :, None] - means[:, :, None] * means[:, None, :]
        variance, raw = (np.einsum("kii->ki", each)[:, :-1] for each in (moments, sums[:, 1:, 1:] / size[:, :, None]))
        moving = variance > CONSTANT * raw  # a label that none of these customers has: it must not stand in for one
        scale = np.where(moving, np.sqrt(np.where(moving, variance, 1.0)), np.inf)
        correlation = moments[:, :-1, :-1] / (scale[:, :, None] * scale[:, None, :])
        inverse = np.linalg.pinv(correlation, rcond=1e-10, hermitian=True)
        coefficients = np.einsum("kij,kj->ki", inverse, moments[:, :-1, -1] / scale) / scale
        intercepts = means[:, -1] - (means[:, :-1] * coefficients).sum(axis=1)
        known = zip(self._known(folds, rows), coefficients, strict=True)
        return intercepts + np.column_stack([matrix @ slopes for matrix, slopes in known])


@dataclass(frozen=True)
class ModelPredictions(Predictions):
    """A model of the caller's, fitted anew within each arm: a statsmodels family, or anything with fit and predict."""

    model: object
    _fitted: dict = field(default_factory=dict, repr=False)

    def outside(self, folds: tuple[int, ...], rows: np.ndarray) -> np.ndarray:
        """Return predictions, see `Predictions`."""
        key = frozenset(folds)
        if key not in self._fitted:
            outside = ~np.isin(self.folds, folds)
            self._fitted[key] = [self._fit(outside & (self.arm == arm)) for arm in range(self.arm.max() + 1)]
        known = list(self._known(folds, rows))
        fitted = zip(self._fitted[key], known, strict=True)
        found = [np.ravel(predict(matrix)).astype(float) for predict, matrix in fitted]
        if any(each.shape != (len(known[0]),) or not np.isfinite(each).all() for each in found):
            raise ValueError(
                f"{_name(self.model)} does not predict one finite number per customer. Use another model, or fewer "
                "covariates."
            )
        return np.column_stack(found)

    def _fit(self, rows):
        matrix, outcome = self.matrix[rows], self.outcome[rows]
        if hasattr(self.model, "fit"):
            model = copy.deepcopy(self.model)
            fitted = model.fit(matrix, outcome)
            return (fitted if hasattr(fitted, "predict") else model).predict
        import statsmodels.api as sm

        matrix = with_one(matrix)
        kept = independent_columns(matrix)
        try:
            with np.errstate(all="ignore"), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                fitted = sm.GLM(outcome, matrix[:, kept], family=self.model).fit()
        except (ValueError, np.linalg.LinAlgError) as problem:
            raise ValueError(
                f"{_name(self.model)} cannot be fitted to this outcome, which reaches from {outcome.min():g} to "
                f'{outcome.max():g} ({problem}). Use another family, or model="linear".'
            ) from problem
        return lambda wanted: fitted.predict(with_one(wanted)[:, kept])


def _name(model) -> str:
    return type(model).__name__


def with_one(matrix: np.ndarray) -> np.ndarray:
    """Return a matrix with a column of ones before its own, for the intercept."""
    return np.column_stack([np.ones(len(matrix)), matrix])


def independent_columns(matrix: np.ndarray) -> np.ndarray:
    """Return the places of columns of which none is a sum of others: fits by iteration go astray on such sums.

    Examples
    --------
    >>> independent_columns(np.array([[1.0, 2.0, 0.0], [1.0, 2.0, 1.0], [1.0, 2.0, 3.0]])).tolist()
    [1, 2]
    """
    from scipy.linalg import qr

    triangle, order = qr(matrix, mode="r", pivoting=True)
    size = np.abs(np.diagonal(triangle))
    return np.sort(order[: int((size > 1e-8 * size[0]).sum())])


def predictions(model, matrix: np.ndarray, outcome: np.ndarray, arm: np.ndarray, folds: np.ndarray) -> Predictions:
    """Return cross-fitted predictions by a model: ``"linear"``, a statsmodels family, or a regressor."""
    check_model(model)
    if isinstance(model, str):
        return LinearPredictions(matrix, outcome, arm, folds)
    return ModelPredictions(matrix, outcome, arm, folds, model)


def check_model(model: object) -> None:
    """Refuse what is no model that outcomes can be predicted by; a trial does so when it is read."""
    if (isinstance(model, str) and model == "linear") or (hasattr(model, "fit") and hasattr(model, "predict")):
        return
    from statsmodels.genmod.families import Family

    if isinstance(model, Family):
        return
    raise ValueError(
        f'model must be "linear", a statsmodels family such as families.Poisson(), or a regressor with fit and '
        f"predict; got {model!r}."
    )


def deal_folds(
    arm: np.ndarray, n_folds: int, rng: np.random.Generator, fewest: int = 2, clusters: np.ndarray | None = None
) -> np.ndarray:
    """Deal customers into folds at random, each arm evenly; nested predictions leave out two folds, so need three.

    Those of one cluster stay together: what is learned from some must not be judged on others who do alike.
    """
    if isinstance(n_folds, bool) or not isinstance(n_folds, int | np.integer) or n_folds < fewest:
        raise ValueError(f"folds must be a whole number of at least {fewest}; got {n_folds!r}.")
    if n_folds > len(arm):
        raise ValueError(f"folds must be at most the number of customers, {len(arm):,}; got {n_folds!r}.")
    if clusters is not None:
        _, first, own = np.unique(clusters, return_index=True, return_inverse=True)
        return deal_folds(arm[first], n_folds, rng, fewest)[own]
    order = rng.permutation(len(arm))
    order = order[np.argsort(arm[order], kind="stable")]
    folds = np.empty(len(arm), dtype=int)
    folds[order] = np.arange(len(arm)) % n_folds
    return folds


def check_folds(folds: np.ndarray, arm: np.ndarray, arms: tuple[str, ...], n_columns: int, n_left_out: int = 1) -> None:
    """Refuse folds with which nothing can be predicted, see `fold_problems`."""
    if problems := fold_problems(folds, arm, arms, n_columns, n_left_out):
        raise ValueError(
            f"Outcomes cannot be predicted: {'; '.join(problems)}. Use fewer folds, fewer covariates (covariates=[] "
            "uses averages), or leave the offer out."
        )


def fold_problems(
    folds: np.ndarray, arm: np.ndarray, arms: tuple[str, ...], n_columns: int, n_left_out: int = 1
) -> list[str]:
    """Return, as words, folds that an arm is absent from, and arms too small to be predicted when folds are left out.

    Outcomes are predicted from ``n_columns``; one fold is left out at once, or two where scores are nested.
    """
    counts = np.zeros((folds.max() + 1, len(arms)), dtype=int)
    np.add.at(counts, (folds, arm), 1)
    problems = []
    for place, name in enumerate(arms):
        column = np.sort(counts[:, place])
        needed = max(2, FEWEST_PER_COLUMN * (n_columns + 1)) if n_columns else 2
        left = column[: len(column) - n_left_out].sum()
        if column[0] == 0:
            problems.append(f"{name!r} has no customer in {(counts[:, place] == 0).sum()} of {len(counts)} folds")
        elif left < needed:
            problems.append(
                f"{name!r} has {counted(left, 'customers')} outside the folds left out, and predictions from "
                f"{counted(n_columns, 'columns')} "
                f"need {needed}"
            )
    return problems
