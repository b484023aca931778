"""What are customers worth to whom the model was not fitted? Fitted on one half of a trial, valued on the other."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from winback.doors import door
from winback.held_out import hold_out
from winback.second_lifetime.second_lifetime_value import second_lifetime_value
from winback.second_lifetime.two_part import fit_two_part
from winback.second_lifetime.valuation import SecondLifetimeValues
from winback.trial.trial import Trial

COMPLAINTS = "complaints"


def formulas_of(trial: Trial) -> dict[str, str]:
    """Return formulas of return, tenure and margin with the offer and everything that is known beforehand.

    Offers act on return more or less by the number of complaints where that is known, else by the first number there
    is, so that a model may send different customers different offers.

    Examples
    --------
    >>> import winback as wb
    >>> formulas_of(wb.load_telecom_study().trial)["margin"][:28]
    'offer + first_tenure + first'
    """
    known = [_quoted(name) for name in trial.covariates]
    if not known:
        raise ValueError("Nothing is known of customers beforehand, so no model can tell what they are worth.")
    every = " + ".join(["offer", *known])
    numbers = [name for name in trial.covariates if pd.api.types.is_numeric_dtype(trial.customers[name])]
    crossed = [_quoted(name) for name in ([COMPLAINTS] if COMPLAINTS in numbers else numbers[:1])]
    return {
        "reacquisition": " + ".join([every, *(f"offer:{name}" for name in crossed)]),
        "tenure": every,
        "margin": every,
    }


def _quoted(name: str) -> str:
    return name if name.isidentifier() else f"`{name}`"


@door
def values_on_other_half(trial: Trial, formulas: Mapping[str, str] | None = None) -> SecondLifetimeValues:
    """Fit a two-part model on one half of a trial and value the other half by it, under every offer.

    ``formulas`` are as for `winback.fit_two_part`; by default those of `formulas_of`.

    Examples
    --------
    >>> import winback as wb
    >>> trial = wb.load_telecom_study().trial
    >>> len(values_on_other_half(trial).net_values)
    26500
    """
    fit_on, judge_by = hold_out(trial, 0.5)
    return second_lifetime_value(fit_two_part(fit_on, **(formulas or formulas_of(trial))), judge_by)
