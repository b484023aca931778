"""Do second tenures have the shape the model says? Fitted curves of those who returned against Kaplan-Meier."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd
from scipy.special import log_ndtr

from winback.second_lifetime.bivariate_normal import log_bivariate_normal_cdf
from winback.second_lifetime.expected_value import Outlook
from winback.second_lifetime.sample import Sample
from winback.survival.goodness_of_fit import GoodnessOfFit, Test, check_fit, ends_test
from winback.survival.observed_and_fitted import expected_ends
from winback.tables import check_lapsed, in_trial, label_codes


@dataclass(frozen=True)
class ShapeTest(Test):
    """A test of the shape of second tenures, with the largest gap seen between its classes."""

    gap: float  # share of customers
    gap_month: float


def log_share_still_here(outlook: Outlook, months: np.ndarray) -> np.ndarray:
    r"""Return the logarithm of the share still there after so many months, among those who returned.

    .. math:: S(t \mid z = 1) = \Phi_2(a, -e_T(t); \rho_{uT}) / \Phi(a)

    Months broadcast against shape (n, 1); the result has shape (n, m).
    """
    with np.errstate(divide="ignore"):
        y = outlook.family.outcome(months)
    w = np.clip((y - outlook.mean_tenure[:, None]) / outlook.sd_tenure, -1e3, 1e3)
    score, a = outlook.family.score(w), outlook.a[:, None]
    if outlook.rho_return_tenure == 0:
        return log_ndtr(-score)
    return log_bivariate_normal_cdf(a, -score, outlook.rho_return_tenure) - log_ndtr(a)


def shape_test(fit, sample: Sample) -> ShapeTest:
    """Test whether the second tenures a model was fitted to have its shape, see `goodness_of_tenure`."""
    outlook = fit.outlook({equation: matrix[sample.returned] for equation, matrix in sample.matrices.items()})
    n = len(sample.months)
    classes = expected_ends(
        sample.months,
        sample.ended,
        lambda months: -log_share_still_here(outlook, months),
        codes=np.zeros(n, dtype=int),
        names=[""],
        counts=np.ones(n),
    )
    gaps = np.abs((classes["observed"] - classes["expected"]).cumsum().to_numpy()) / n
    widest = int(gaps[:-1].argmax()) if len(gaps) > 1 else 0  # over all months observed and expected nearly agree
    return ShapeTest(**asdict(ends_test(classes)), gap=float(gaps[widest]), gap_month=float(classes["end"][widest]))


def goodness_of_tenure(fit, customers: pd.DataFrame, by: str | None = None) -> GoodnessOfFit:
    """Compare fitted second tenures with what returned customers did, see `SecondLifetimeFit.check_shape`.

    With a joint fit the curve is that of customers who returned: selection is allowed for.
    """
    needs = ["returned", "second_tenure", "second_ended", *([] if by is None else [by])]
    table = check_lapsed(customers, needs=needs)
    table = table[in_trial(table)]
    back = table[table["returned"].to_numpy(dtype=bool)]
    outlook = fit.outlook(next(fit.numbers(back)))
    groups = {}
    if by is not None:
        codes, labels = label_codes(back[by])
        groups = {"codes": codes, "names": [str(label) for label in labels]}
    return check_fit(
        back["second_tenure"].to_numpy(dtype=float),
        back["second_ended"].to_numpy(dtype=bool),
        lambda months: -log_share_still_here(outlook, months),
        model=fit.distribution,
        level=fit.level,
        **groups,
    )
