"""Who returned for good, and who will leave again for the same reason? Mixture cure with competing risks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy.linalg import block_diag

from winback.doors import ArgumentError, door
from winback.formulas import bind_formula
from winback.newton import climb
from winback.orthonormal import orthonormal
from winback.retention.long_enough import follow_up
from winback.retention.repeat_churn_fit import RepeatChurn
from winback.retention.repeat_churn_likelihood import Returned, log_likelihood
from winback.retention.repeat_churn_sample import (
    ALL_CURED,
    CONTAINED,
    CURED,
    NONE_CURED,
    NOTHING_TO_CURE,
    TOO_SHORT,
    Equations,
    Sample,
    returned_sample,
    usual_terms,
)
from winback.survival.goodness_of_fit import chi_squared_test
from winback.tables import AnyTable
from winback.uncertainty import normal_quantile

EDGE = 25.0  # log odds of a share that is all but one
MOST_LOG_ODDS = 14.0  # log odds: a chance of one in a million is none
CLEAR = 3.0  # log-likelihood: one edge is twenty times as likely as the other


@dataclass(frozen=True)
class Top:
    """Where a likelihood is highest."""

    theta: np.ndarray
    covariance: np.ndarray
    value: float
    converged: bool


@door
def fit_repeat_churn(
    lapsed: AnyTable,
    formula: str | None = None,
    *,
    hazards: str | None = None,
    several: Mapping[str, Iterable[str]] | None = None,
    level: float = 0.95,
) -> RepeatChurn:
    r"""Fit who returned cured of their first reason for leaving, and when the others leave again, for what.

    A share :math:`1 - \pi` of those who returned can no longer leave for the reason :math:`k_0` that drove them away
    the first time; everybody can leave for the other reasons. With Weibull hazards :math:`h_k` and survival
    :math:`S_k` of each reason [1]_

    .. math:: S(t) = [\pi S_{k_0}(t) + 1 - \pi] \prod_{j \ne k_0} S_j(t), \qquad \pi = (1 + e^{-z'\gamma})^{-1}

    by maximum likelihood, written out in `winback.retention.repeat_churn_likelihood`. A cure can be told from not
    having left yet in two ways: customers were watched for long enough, which is tested first
    (`winback.retention.long_enough`), or enough others, who left first for another reason, are seen to leave for this
    one. Where neither is so, or where the best share is none or all, plain hazards of each reason are shown, and it is
    said so.

    Parameters
    ----------
    lapsed : pandas.DataFrame, path, Lapsed, Trial or Base
        Table of lapsed customers with ``reason``, ``returned``, ``second_tenure``, ``second_ended`` and
        ``second_reason``.
    formula : str, optional
        Right-hand side of susceptibility :math:`z'\gamma`, of what is known when customers return; by default
        ``reason`` where enough left for each.
    hazards : str, optional
        Right-hand side of what multiplies all hazards alike, :math:`h_k(t) e^{x'b}`; by default ``reason + offer``
        as far as enough left of each. ``"1"``: nothing.
    several : mapping, optional
        Label of several reasons -> those it contains; who is cured of it is cured of all of them, and who is cured of
        one of them cannot leave for it. By default ``both`` contains price and service, ``other`` nothing.
    level : float
        Of all intervals.

    Returns
    -------
    RepeatChurn
        ``to_frame()`` has one row per first reason: customers back, how many left again for it, the share cured.

    Raises
    ------
    TableError
        Listing every problem of the table or the formulas; when too few have left again.
    ValueError
        When the likelihood has no maximum.

    References
    ----------
    .. [1] Kumar, V., Leszkiewicz, A. & Herbst, A. (2018). Are you back for good or still shopping around? Journal of
       Marketing Research 55(2).

    Examples
    --------
    >>> import winback as wb
    >>> fit = wb.fit_repeat_churn(wb.load_telecom_study().lapsed)
    >>> fit.to_frame()[["reason", "n", "n_again", "cured"]].round(2)
        reason      n  n_again  cured
    0    price  11005     2597   0.46
    1  service   7001     1150   0.61
    2     both    254       83   0.55
    3      all  18260     3830   0.52
    """
    normal_quantile(level)
    for label, contained in (several or {}).items():
        if isinstance(contained, str):
            raise ArgumentError(f"several[{label!r}] must be a list of reasons; got {contained!r}.")
    sample = returned_sample(lapsed, CONTAINED | {label: tuple(each) for label, each in (several or {}).items()})
    can_be = sample.can_be
    hazards = usual_terms(sample, ("reason", "offer"), slice(None)) if hazards is None else hazards
    tried = [formula] if formula is not None else list(dict.fromkeys([usual_terms(sample, ("reason",), can_be), "1"]))
    watched = follow_up(sample.months[can_be], sample.again[can_be]) if can_be.any() else None
    equations, top, state, nobody = _fitted(sample, tried, hazards, watched)
    if not top.converged:
        raise ValueError(
            "Repeat churn cannot be fitted: the likelihood has no maximum. Check that second stays differ in length, "
            "or leave terms of `hazards` out."
        )
    gain = top.value - nobody.value if state == CURED else 0.0
    return RepeatChurn(
        sample=sample,
        equations=equations,
        theta=top.theta,
        covariance=top.covariance,
        state=state,
        no_cure=chi_squared_test(2 * gain, len(equations.formula.names)),
        follow_up=watched,
        log_likelihood=top.value,
        level=level,
        offers=getattr(lapsed, "offers", None),
        planted=getattr(lapsed, "planted", {}).get("cured", {}),
        currency=getattr(lapsed, "currency", "$"),
    )


def _fitted(sample: Sample, tried, hazards, watched) -> tuple[Equations, Top, str, Top]:
    """Return the best fit that can be shown, what it is, and the best one with nobody cured."""
    of_first = Equations.of(sample, tried[0], hazards)  # whatever is wrong with a formula is said in any case
    alone = replace(of_first, formula=bind_formula("1", sample.table, "formula"))
    data = alone.returned(sample)
    nobody = _highest(data, share=1.0)
    if watched is None:
        return alone, nobody, NOTHING_TO_CURE, nobody
    everybody = _highest(data, share=0.0) if watched.latest_exit == 0 else None
    if everybody is not None and everybody.value > nobody.value + CLEAR:
        return alone, everybody, ALL_CURED, nobody
    if not (watched.long_enough or sample.compared):
        return alone, nobody, TOO_SHORT, nobody
    for formula in tried:
        equations = alone if formula == "1" else of_first
        top = _highest(equations.returned(sample), start=nobody)
        if top.converged:
            return equations, top, CURED, nobody
    everybody = _highest(data, share=0.0)
    edge = (nobody, NONE_CURED) if nobody.value >= everybody.value else (everybody, ALL_CURED)
    return alone, *edge, nobody


def _highest(data: Returned, *, share: float | None = None, start: Top | None = None) -> Top:
    """Return the maximum of the likelihood, with a share of susceptible customers that is held where one is given."""
    working, back = _uncorrelated(data)
    gamma, levels = slice(data.z.shape[1]), slice(data.z.shape[1], data.z.shape[1] + data.n_reasons)
    place, free = np.zeros(data.n_places), np.ones(data.n_places, dtype=bool)
    place[levels] = np.log(np.maximum(data.ends.sum(axis=0), 0.5) / data.months.sum())
    if start is not None:
        place[gamma.stop :] = start.theta[gamma.stop - data.n_places :]
        place = np.linalg.solve(back, place)
        place[gamma] = 0.0
    if share is not None:
        place[gamma], free[gamma] = EDGE if share else -EDGE, False

    def is_known(theta: np.ndarray) -> bool:
        return share is not None or bool(np.abs(working.z @ theta[gamma]).max() < MOST_LOG_ODDS)

    peak = climb(lambda theta: log_likelihood(theta, working), place, free=free, known=is_known)
    return Top(back @ peak.place, back @ peak.covariance @ back.T, peak.value, peak.converged)


def _uncorrelated(data: Returned) -> tuple[Returned, np.ndarray]:
    """Return the same customers with designs whose columns are alike in size and uncorrelated, and the way back."""
    mean, n_gamma = data.x.mean(axis=0), data.z.shape[1]
    z, of_z = orthonormal(data.z, data.curable)
    x, of_x = orthonormal(data.x - mean)
    back = np.linalg.inv(block_diag(of_z, np.eye(2 * data.n_reasons), of_x))
    at_x = slice(n_gamma + 2 * data.n_reasons, None)
    back[n_gamma : n_gamma + data.n_reasons, at_x] = -mean @ back[at_x, at_x]
    return replace(data, z=z, x=x), back
