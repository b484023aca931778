"""What does a pilot say of one customer's profit? Its mean and variance by arm, and how sure that variance is."""

from __future__ import annotations

import numpy as np
import pandas as pd

from winback.planning.figures import ProfitFigures
from winback.tables import NO_OFFER, ProblemList
from winback.terms.organic import organic_shares
from winback.trial import moments as m
from winback.trial.design_findings import FEW_RETURNED
from winback.trial.outcomes import check_one_chance
from winback.trial.trial import Trial


def check_pilot(trial: Trial) -> None:
    """Refuse a trial that cannot be planned from, listing everything that is wrong with it.

    Raises
    ------
    TableError
        When an offer went to customers with different chances, or naming every arm in which too few returned to know
        a variance.
    """
    check_one_chance(trial.lapsed)
    problems = ProblemList("pilot", trial.customers)
    for name in compared_arms(trial):
        count = int(trial.moments[name].n_returned[0])
        if count < FEW_RETURNED:
            text = f"{name!r} has {count} who returned, and below {FEW_RETURNED} the spread of profit is not known"
            problems.add("offer", text, "Leave the arm out, or plan from a table of assumed figures.")
    problems.raise_if_any()


def compared_arms(trial: Trial) -> tuple[str, ...]:
    """Return the arms that a plan is made from: the untreated only where they are a random control group."""
    return trial.arms if trial.design.control == "accepted" else trial.sent


def arm_customers(trial: Trial, name: str) -> pd.DataFrame:
    """Return the customers of one arm."""
    return trial.customers[trial.arm == trial.arms.index(name)]


def pilot_figures(trial: Trial) -> ProfitFigures:
    r"""Return each arm's profit and variance, with the variance's standard error.

    That of a variance :math:`s^2` with fourth central moment :math:`\mu_4` is :math:`\sqrt{(\mu_4 - s^4) / n}`.
    """
    arms = compared_arms(trial)
    stacked = m.stack_arms([trial.moments[name] for name in arms])
    profit, variance_of_mean = m.profit(stacked)
    variance = variance_of_mean * stacked.n
    errors = [variance_error(trial.profit[trial.arm == trial.arms.index(name)]) for name in arms]
    columns = [stacked.mean[:, 0], profit, variance, errors, stacked.n]
    if NO_OFFER not in arms and None not in (trial.organic, trial.offers.organic_value):
        columns = [np.append(column, one) for column, one in zip(columns, _assumed_untreated(trial), strict=True)]
        arms = [*arms, NO_OFFER]
    return ProfitFigures.ordered(arms, *columns)


def _assumed_untreated(trial: Trial) -> tuple[float, ...]:
    """Return acceptance, profit, variance, its error and n of customers without an offer, as the catalog assumes them.

    Their values vary, relative to the mean, as those of the customers who returned with an offer.
    """
    share = float(organic_shares(trial.organic, trial.customers)[:, 1].mean())
    values = trial.value[trial.returned]
    value = trial.offers.organic_value
    spread = value * float(values.std(ddof=1) / values.mean())
    return share, share * value, share * (spread**2 + value**2) - (share * value) ** 2, 0.0, np.inf


def variance_error(values: np.ndarray) -> float:
    """Return the standard error of the variance of a sample.

    Examples
    --------
    >>> import numpy as np
    >>> round(variance_error(np.array([0.0, 0.0, 0.0, 4.0])), 3)
    1.732
    """
    squares = (values - values.mean()) ** 2
    return float(np.sqrt(squares.var() / len(values)))
