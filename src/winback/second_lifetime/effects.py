"""Which behaviour and which reason predict return, and by how much? Odds and percentage points."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd
from scipy.special import expit, ndtr

from winback.formula_checks import CODED
from winback.results import Result, Sentences, format_percent, join_words
from winback.second_lifetime.bivariate_normal import normal_density
from winback.second_lifetime.fitted import SecondLifetimeFit
from winback.uncertainty import normal_quantile


@dataclass(frozen=True, repr=False)
class ReturnEffects(Result):
    """What moves the chance of return, see `return_effects`.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per term: ``term``, ``in_words``, ``change`` (of the chance of return, as a share: what the label makes
        against the first label, or one more unit of a number, averaged over the customers), ``change_std_error``,
        ``change_low``, ``change_high``, ``p_value``; with a logit ``odds_ratio`` and its interval.
    link : str
    n : int
        Customers averaged over.
    """

    frame: pd.DataFrame = field(repr=False)
    link: str
    n: int
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "in_words": ("What differs", "text"),
        "change": ("Chance of return, in points", "percent"),
        "odds_ratio": ("Odds of return, times", "times"),
        "p_value": ("p-value", "p_value"),
    }

    def describe(self) -> Sentences:
        """Say what raises and what lowers the chance of return, strongest first."""
        return Sentences.of(_lines(self))


def return_effects(fit: SecondLifetimeFit, customers: pd.DataFrame) -> ReturnEffects:
    r"""Say how much each term moves the chance of return.

    For a label the average over customers of :math:`F(x'\alpha)` with the label less that with the first label of its
    column; for a number the average slope :math:`f(x'\alpha) \alpha_j`. Standard errors by the delta method. With a
    logit the odds ratio :math:`e^{\alpha_j}` is the same for everybody and is given as well.

    Parameters
    ----------
    fit : JointFit or TwoPartFit
        From `fit_joint` or `fit_two_part`.
    customers : pandas.DataFrame
        Who is averaged over, with the columns of the reacquisition formula; rows whose ``eligible`` is false are left
        out.

    Returns
    -------
    ReturnEffects

    Examples
    --------
    >>> import winback as wb
    >>> study = wb.simulate_telecom_study(5_300, calibrate=False, rng=1)
    >>> fit = wb.fit_two_part(study.lapsed, reacquisition="reason", tenure="reason", margin="reason", link="logit")
    >>> wb.return_effects(fit, study.lapsed).frame[["in_words", "change", "odds_ratio"]].round(2)
                           in_words  change  odds_ratio
    0  reason service against price   -0.15        0.54
    1     reason both against price   -0.37        0.14
    """
    if "eligible" in customers:
        customers = customers[customers["eligible"].fillna(False).to_numpy(dtype=bool)]
    design = fit.designs["reacquisition"]
    numbers = design.matrix(customers)
    place = fit.places["reacquisition"]
    alpha, covariance = fit.theta[place], fit.covariance[place, place]
    z = normal_quantile(fit.level)
    rows = []
    for place, name in enumerate(design.names):
        if name == "Intercept":
            continue
        change, slopes = _average_change(numbers, alpha, place, _siblings(design.names, name), fit.link)
        error = float(np.sqrt(slopes @ covariance @ slopes))
        row = {"term": name, "in_words": design.in_words(name), "change": change, "change_std_error": error}
        row |= {"change_low": change - z * error, "change_high": change + z * error}
        own = float(np.sqrt(covariance[place, place]))
        row["p_value"] = 2 * ndtr(-abs(alpha[place] / own))
        if fit.link == "logit":
            ends = alpha[place] + np.array([0, -z, z]) * own
            row |= dict(zip(("odds_ratio", "odds_ratio_low", "odds_ratio_high"), np.exp(ends), strict=True))
        rows.append(row)
    return ReturnEffects(pd.DataFrame(rows), fit.link, len(customers))


def _siblings(names, name) -> list[int]:
    """Return the positions of all labels of a label's column; none for a number."""
    found = CODED.match(name)
    if not found:
        return []
    return [
        place for place, other in enumerate(names) if other.startswith(f"{found['factor']}[T.") and ":" not in other
    ]


def _average_change(numbers, alpha, place, siblings, link) -> tuple[float, np.ndarray]:
    """Return the average change of the chance of return, and how it moves with the coefficients."""
    share, density, density_slope = _LINKS[link]
    if siblings:
        without = numbers.copy()
        without[:, siblings] = 0.0
        with_it = without.copy()
        with_it[:, place] = 1.0
        a1, a0 = with_it @ alpha, without @ alpha
        slopes = (density(a1) @ with_it - density(a0) @ without) / len(numbers)
        return float((share(a1) - share(a0)).mean()), slopes
    a = numbers @ alpha
    slopes = alpha[place] * (density_slope(a) @ numbers) / len(numbers)
    slopes[place] += density(a).mean()
    return float(density(a).mean() * alpha[place]), slopes


def _logit_density(a):
    return expit(a) * expit(-a)


_LINKS = {
    "probit": (ndtr, normal_density, lambda a: -a * normal_density(a)),
    "logit": (expit, _logit_density, lambda a: _logit_density(a) * (1 - 2 * expit(a))),
}


def _lines(effects) -> Iterator[str]:
    frame = effects.frame
    clear = frame[(frame["change_low"] > 0) | (frame["change_high"] < 0)]
    for sign, verb in ((1, "more"), (-1, "less")):
        rows = clear[np.sign(clear["change"]) == sign].sort_values("change", key=abs, ascending=False)
        if len(rows):
            listed = join_words(_said(row) for row in rows.to_dict("records"))
            yield f"Return is {verb} likely with {listed}."
    unclear = frame.loc[~frame.index.isin(clear.index), "in_words"]
    if len(unclear):
        yield f"Not shown to matter: {join_words(unclear)}."
    yield (
        "Points are percentage points of the chance of return, other things equal, averaged over the customers: a "
        "label against the first one of its column, or one more unit of a number."
    )


def _said(row) -> str:
    points = f"{'+' if row['change'] > 0 else '-'}{format_percent(abs(row['change'])).removesuffix('%')} points"
    odds = f", odds x {row['odds_ratio']:.2f}" if "odds_ratio" in row else ""
    return f"{row['in_words']} ({points}{odds})"
