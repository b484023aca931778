"""What is each lost customer worth under each offer, net of its cost? Second lifetime value."""

from __future__ import annotations

import numpy as np

from winback.doors import door
from winback.second_lifetime.fitted import SecondLifetimeFit, check_is_fit
from winback.second_lifetime.joint_fit import JointFit
from winback.second_lifetime.offer_value import value_offers
from winback.second_lifetime.two_part_fit import TwoPartFit
from winback.second_lifetime.valuation import SecondLifetimeValues
from winback.tables import AnyTable, check_lapsed
from winback.trial.same_terms import check_is_trial
from winback.trial.trial import Trial


@door
def second_lifetime_value(
    fit: SecondLifetimeFit, trial: Trial, customers: AnyTable | None = None, *, model: str = "recommended"
) -> SecondLifetimeValues:
    r"""Value each lost customer under each offer, net of what the offer costs.

    .. math:: E[z\,m\,A(\min(T, H))] - E[\text{cost}], \qquad A(t) = (1 - e^{-kt}) / k

    Return, tenure and margin are taken together: with the joint model they are correlated, and treating them as
    independent can be far off. The integral is written out in `winback.second_lifetime.expected_value`. The cost is
    due by its trigger: per contact with certainty, on acceptance with the chance of return, while active by the month.

    Parameters
    ----------
    fit : JointFit or TwoPartFit
        From `fit_joint` or `fit_two_part` (without the Mills ratio).
    trial : Trial
        From `read_trial`, with offers the model has seen. A tailored offer that was never sent as such is composed of
        the offers it assigns. A horizon beyond the longest second tenure seen is allowed and said to be extrapolated
        (``trial.over(horizon_months=60)``); ``math.inf`` counts without end.
    customers : pandas.DataFrame, path or Trial, optional
        Lapsed customers with the columns of the formulas, by default the trial's; nothing that happened after the
        offer is looked at.
    model : {"recommended", "joint", "two_part"}
        Whose answer is given. Recommended: the joint model's unless it is in doubt. The other one is shown beside it.

    Returns
    -------
    SecondLifetimeValues
        ``to_frame()`` is customers x offers; ``averages`` and ``segments(by)`` have intervals by the delta method.

    Raises
    ------
    TableError
        When the table lacks columns or has gaps or labels unknown to the model.
    ValueError
        When horizon or rate are missing, or an offer is unknown to the model.

    Examples
    --------
    >>> import winback as wb
    >>> study = wb.simulate_telecom_study(5_300, calibrate=False, rng=1)
    >>> fit = wb.fit_two_part(study.trial, reacquisition="offer + reason", tenure="reason", margin="reason")
    >>> values = wb.second_lifetime_value(fit, study.trial.over(horizon_months=24, annual_discount=0.1))
    >>> values.to_frame().shape
    (5300, 5)
    """
    check_is_fit(fit)
    check_is_trial(trial)
    chosen, beside = _models(fit, model)
    table = trial.lapsed if customers is None else check_lapsed(customers)
    found = value_offers(chosen, trial, table)
    return SecondLifetimeValues(**found, fit=chosen, beside=beside, customers=table, trial=trial)


def _models(fit, model) -> tuple[SecondLifetimeFit, SecondLifetimeFit | None]:
    if isinstance(fit, TwoPartFit) and fit.mills:
        raise ValueError(
            "A fit with the Mills ratio is about those who returned and has no joint model to value others by. Use "
            "fit_joint, or fit_two_part without mills_ratio."
        )
    if model not in ("recommended", "joint", "two_part"):
        raise ValueError(f"model must be recommended, joint or two_part; got {model!r}.")
    if not isinstance(fit, JointFit):
        if model == "joint":
            raise ValueError("This is a two-part fit; model='joint' needs a fit from fit_joint.")
        return fit, None
    joint_first = model == "joint" or (model == "recommended" and fit.trusted)
    if model == "joint" and not np.isfinite(fit.covariance).all():
        why = "; ".join(fit.doubts)
        raise ValueError(f"The joint fit has no standard errors, so its values would have none: {why}")
    return (fit, fit.two_part) if joint_first else (fit.two_part, fit)
