"""What are customers worth to whom the model was not fitted? Fitted on one half of a trial, valued on the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from winback.doors import door
from winback.held_out import hold_out
from winback.second_lifetime.second_lifetime_value import second_lifetime_value
from winback.second_lifetime.two_part import fit_two_part
from winback.second_lifetime.valuation import SecondLifetimeValues
from winback.trial.trial import Trial


@door
def values_on_other_half(trial: Trial, formulas: Mapping[str, str] | None = None) -> SecondLifetimeValues:
    """Fit a two-part model on one half of a trial and value the other half by it, under every offer.

    ``formulas`` are as for `winback.fit_two_part`; by default of the usual columns.

    Examples
    --------
    >>> import winback as wb
    >>> trial = wb.load_telecom_study().trial
    >>> len(values_on_other_half(trial).net_values)
    26500
    """
    fit_on, judge_by = hold_out(trial, 0.5)
    return replace(second_lifetime_value(fit_two_part(fit_on, **(formulas or {})), judge_by), unseen=True)
