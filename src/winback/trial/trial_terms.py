"""Under which terms is a trial valued? Those that `Trial.over` may change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypedDict

from winback.terms.organic import Organic

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
