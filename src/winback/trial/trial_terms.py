"""Under which terms is a trial valued? Those that `Trial.over` may change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypedDict

from winback.doors import ArgumentError
from winback.results import join_words
from winback.terms.organic import Organic
from winback.trial.covariates import asked_covariates

ASSIGNMENTS = ("known", "estimated")


class TrialTerms(TypedDict, total=False):
    """What a trial is valued on, see `winback.read_trial`."""

    horizon_months: float | None
    annual_discount: float | None
    currency: str
    organic: Organic | None
    organic_value: float | None
    adjust: Iterable[str]
    planned_shares: Mapping[str, float] | None
    covariates: Iterable[str] | None
    model: object
    assignment: str
    contact_costs: object | None  # a playbook, or another object with contact_costs(customers); None: none


OF_THE_TRIAL = ("planned_shares", "model", "assignment", "covariates")  # all others are terms of its offers
THAT_REVALUE = ("horizon_months", "annual_discount", "contact_costs")


def terms_apart(terms: Mapping[str, object]) -> tuple[dict[str, object], dict[str, object]]:
    """Return the terms that are fields of a trial, and those that are fields of its offers; others are refused.

    Examples
    --------
    >>> terms_apart({"horizon_months": 12, "covariates": "age"})
    ({'covariates_asked': ('age',)}, {'horizon_months': 12})
    """
    if unknown := sorted(set(terms) - set(TrialTerms.__annotations__)):
        known = ", ".join(TrialTerms.__annotations__)
        raise ArgumentError(f"{join_words(unknown)} is no term of a trial; there are {known}.")
    own = {name: value for name, value in terms.items() if name in OF_THE_TRIAL}
    if "covariates" in own:
        own["covariates_asked"] = asked_covariates(own.pop("covariates"))
    return own, {name: value for name, value in terms.items() if name not in OF_THE_TRIAL}
