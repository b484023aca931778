"""Does a fitted model say what the customers did? Curves and ends beside each other, `check_fit` of any model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import chdtrc

from winback.results import Sentences, format_percent, state_p_value
from winback.survival.groups import EVERYBODY, GroupsResult
from winback.survival.observed_and_fitted import expected_ends, fitted_and_observed
from winback.uncertainty import normal_quantile

FEWEST_WATCHED = 30  # beyond, the Kaplan-Meier curve is too unsure to blame the model
CONSERVATIVE = (
    "The test is conservative: the parameters were estimated from the same customers, so a small p-value means even "
    "more than it says."
)
MORE = (
    "With many customers the test also finds misses too small to matter: read the gap first.",
    f"Gaps are looked for while {FEWEST_WATCHED} customers are watched; they compare the mean of the customers' fitted "
    "curves with the Kaplan-Meier curve.",
)
SMALL_GAP, LARGE_GAP = 0.02, 0.05  # share of customers: two points, five points


@dataclass(frozen=True, repr=False)
class GoodnessOfFit(GroupsResult):
    """How far a model of tenure lies from what the customers did.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per group: ``group``, ``n``, ``n_ended``, the largest ``gap`` (share of customers: how many more are
        still there than the model says) and its ``gap_month``, ``chi_square``, ``degrees``, ``p_value``.
    curves : pandas.DataFrame
        One row per group and month: ``group``, ``months``, ``observed`` share still there with ``low`` and ``high``,
        ``fitted`` share, ``at_risk``.
    classes : pandas.DataFrame
        One row per group and class of months: ``group``, ``start``, ``end``, ``observed`` and ``expected`` ends.
    model : str
        What is checked.
    said : mapping
        Each group in words.
    """

    frame: pd.DataFrame
    curves: pd.DataFrame = field(repr=False)
    classes: pd.DataFrame = field(repr=False)
    model: str
    level: float
    said: Mapping[str, str] = field(default_factory=dict, repr=False)
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "group": ("Group", "text"),
        "n": ("Customers", "count"),
        "n_ended": ("Left", "count"),
        "gap": ("Largest gap", "percent"),
        "gap_month": ("In month", "months"),
        "chi_square": ("Chi-square", "number"),
        "degrees": ("Degrees of freedom", "count"),
        "p_value": ("p-value", "p_value"),
    }

    def describe(self) -> Sentences:
        """Say whether the model fits, of several groups that of the widest gap first, and how far the test goes."""
        return Sentences.of([_tested(self, self.order[0]), CONSERVATIVE])

    def details(self) -> Sentences:
        """Say how well the other groups are fitted, and how gaps are looked for."""
        return Sentences.of([*(_tested(self, group) for group in self.order[1:]), *MORE])

    @property
    def order(self) -> list[int]:
        """Positions of the groups, that of the widest gap first."""
        return np.argsort(-self.frame["gap"].abs().to_numpy(), kind="stable").tolist()


@dataclass(frozen=True)
class Test:
    """A chi-squared test."""

    __test__ = False  # for pytest, which takes its name for a class of tests

    statistic: float
    degrees: int
    p_value: float


def chi_squared_test(statistic: float, degrees: int) -> Test:
    """Return the test of a statistic.

    Examples
    --------
    >>> round(chi_squared_test(3.841, 1).p_value, 3)
    0.05
    """
    return Test(float(statistic), degrees, float(chdtrc(degrees, max(statistic, 0.0))))


def ends_test(classes: pd.DataFrame) -> Test:
    """Test observed ends against expected ones, from `expected_ends`, see `check_fit`."""
    expected = np.maximum(classes["expected"], 1e-300)
    return chi_squared_test(((classes["observed"] - expected) ** 2 / expected).sum(), len(classes))


def check_fit(
    months: ArrayLike,
    ended: ArrayLike,
    cumulative_hazard: Callable[[np.ndarray], np.ndarray],
    *,
    codes: ArrayLike | None = None,
    names: Sequence[str] = (EVERYBODY,),
    counts: ArrayLike | None = None,
    since: ArrayLike | None = None,
    model: str = "model",
    level: float = 0.95,
) -> GoodnessOfFit:
    r"""Compare what customers did with what a model expected of them.

    The mean of the customers' fitted survival curves is set beside the Kaplan-Meier curve. For the test, ends are
    counted in classes of time with equally many ends; the model expects in class k [1]_

    .. math:: E_k = \sum_i H_i(\min(T_i, b_k)) - H_i(\min(T_i, a_k)), \qquad
              \chi^2 = \sum_k (O_k - E_k)^2 / E_k

    The p-value takes :math:`\chi^2` with one degree of freedom per class. Estimated parameters bring the model nearer
    to the data than that, so the test is conservative: a small p-value means even more than it says.

    Parameters
    ----------
    months, ended : array_like, shape (n,)
        Observed length; False where the data end first.
    cumulative_hazard : callable
        Takes months that broadcast against (n, 1), returns each customer's cumulative hazard, -log of the fitted share
        still there.
    codes : array_like of int, shape (n,), optional
        Position of each customer's group in ``names``.
    names : sequence of str
        The groups.
    counts : array_like, shape (n,), optional
        How many customers each row stands for.
    since : array_like, shape (n,), optional
        Months that had passed when each came under observation.
    model : str
        What is checked, as in "the lognormal".
    level : float
        Confidence level of the Kaplan-Meier intervals and of the verdict.

    Returns
    -------
    GoodnessOfFit

    References
    ----------
    .. [1] Hollander, M. & Pena, E. A. (1992). A chi-squared goodness-of-fit test for randomly censored data. JASA 87.

    Examples
    --------
    >>> import numpy as np
    >>> months = np.random.default_rng(0).exponential(10, 500)
    >>> check_fit(months, months > 0, lambda t: np.broadcast_to(t / 10, (500, t.shape[-1]))).frame.p_value.round(2)[0]
    np.float64(0.54)
    """
    normal_quantile(level)
    months, ended = np.asarray(months, dtype=float), np.asarray(ended, dtype=bool)
    codes = np.zeros(len(months), dtype=int) if codes is None else np.asarray(codes, dtype=int)
    counts = np.ones(len(months)) if counts is None else np.asarray(counts, dtype=float)
    since = np.zeros(len(months)) if since is None else np.asarray(since, dtype=float)
    rows = {"codes": codes, "names": names, "counts": counts, "since": since}
    classes = expected_ends(months, ended, cumulative_hazard, **rows)
    curves = fitted_and_observed(months, ended, cumulative_hazard, **rows, level=level)
    rows = [
        _figures(name, curves, classes, counts[codes == g].sum(), counts[(codes == g) & ended].sum())
        for g, name in enumerate(names)
    ]
    return GoodnessOfFit(pd.DataFrame(rows), curves, classes, model, level)


def _figures(name, curves, classes, n, n_ended) -> dict:
    curve, counted = curves[curves["group"] == name], classes[classes["group"] == name]
    sure = curve[curve["at_risk"] >= min(FEWEST_WATCHED, n / 2)]
    gap = (sure["observed"] - sure["fitted"]).to_numpy()
    widest = int(np.abs(gap).argmax())
    test = ends_test(counted)
    return {
        "group": name,
        "n": int(n),
        "n_ended": int(n_ended),
        "gap": float(gap[widest]),
        "gap_month": float(sure["months"].iloc[widest]),
        "chi_square": test.statistic,
        "degrees": test.degrees,
        "p_value": test.p_value,
    }


def verdict(result: GoodnessOfFit, group: int = 0) -> str:
    """Return in one sentence whether the model fits a group, as for the title of a figure."""
    row = result.frame.iloc[group]
    the = "The" if row["group"] == EVERYBODY else f"{result.in_words(row['group'])}: the"
    size, month = format_percent(abs(row["gap"])).removesuffix("%"), f"{row['gap_month']:.0f}"
    say = f"{size} points {'fewer' if row['gap'] > 0 else 'more'} have left by month {month} than it says"
    if row["p_value"] >= 1 - result.level and abs(row["gap"]) > LARGE_GAP:
        return f"{the} data are too few to tell whether the {result.model} fits: {size} points apart in month {month}"
    if row["p_value"] >= 1 - result.level:
        return f"{the} {result.model} fits: at most {size} points apart (month {month})"
    if abs(row["gap"]) < SMALL_GAP:
        return f"{the} {result.model} misses, but little: at most {say}"
    return f"{the} {result.model} misses: {say}"


def _tested(result, group: int) -> str:
    row = result.frame.iloc[group]
    chi_square = f"chi-square {row['chi_square']:,.1f} on {row['degrees']} degrees of freedom"
    return f"{verdict(result, group)} ({chi_square}, {state_p_value(row['p_value'])})."
