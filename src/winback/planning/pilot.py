"""What does a pilot say of one customer's profit? Its mean and variance by arm, and how sure that variance is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from winback.planning.figures import ProfitFigures
from winback.tables import NO_OFFER, ProblemList, in_trial, label_codes
from winback.terms.catalog import OfferCatalog
from winback.terms.costs import offer_costs
from winback.terms.organic import organic_shares
from winback.trial import moments as m
from winback.trial.design_checks import check_typed_design
from winback.trial.design_findings import FEW_RETURNED
from winback.trial.outcomes import customer_values, trial_moments, typed_trial, value_settings


@dataclass(frozen=True)
class Pilot:
    """A checked pilot: its customers, what the offers cost and over which horizon they are valued."""

    customers: pd.DataFrame  # those in the trial; the untreated only where they are a fair yardstick
    catalog: OfferCatalog
    horizon_months: float | None  # None: value was measured directly
    annual_discount: float | None
    refusal: str = ""  # why the untreated were left out

    def moments(self, horizon_months: float | None = None) -> dict[str, m.ArmMoments]:
        """Return each arm's moments, over the pilot's horizon or a shorter one."""
        horizon = self.horizon_months if horizon_months is None else horizon_months
        return trial_moments(self.customers, self.catalog, horizon, self.annual_discount)

    def arm(self, name: str) -> pd.DataFrame:
        """Return the customers of one arm."""
        codes, names = label_codes(self.customers["offer"])
        return self.customers[codes == names.index(name)]

    def profits(self, name: str) -> np.ndarray:
        """Return each customer's profit in one arm, shape (n,)."""
        arm = self.arm(name)
        values = customer_values(arm, self.horizon_months, self.annual_discount)
        if name == NO_OFFER:
            return values
        rate = self.annual_discount or 0.0
        return values - offer_costs(arm, self.catalog[name], self.catalog, self.horizon_months, rate)


def checked_pilot(customers: pd.DataFrame, catalog: OfferCatalog, horizon_months, annual_discount) -> Pilot:
    """Return a pilot fit to plan from, or list everything that is wrong with it.

    Raises
    ------
    TableError
        Listing every problem of the table, and every arm in which too few returned to know a variance.
    """
    table = typed_trial(customers, catalog)
    horizon, discount = value_settings(table, catalog, horizon_months, annual_discount)
    design = check_typed_design(table, catalog)
    table = table[in_trial(table)]
    if design.control == "refused":
        table = table[(table["offer"].astype(object) != NO_OFFER).to_numpy()]
    problems = ProblemList("pilot", table)
    back = table["returned"].to_numpy(dtype=bool)
    codes, names = label_codes(table["offer"])
    counts = np.bincount(codes[back], minlength=len(names))
    for name, count in zip(names, counts, strict=True):
        if count < FEW_RETURNED:
            text = f"{name!r} has {count} who returned, and below {FEW_RETURNED} the spread of profit is not known"
            problems.add("offer", text, "Leave the arm out, or plan from a table of assumed figures.")
    problems.raise_if_any()
    return Pilot(table, catalog, horizon, discount, design.control_reason if design.control == "refused" else "")


def pilot_figures(pilot: Pilot) -> ProfitFigures:
    r"""Return each arm's profit and variance, with the variance's standard error.

    That of a variance :math:`s^2` with fourth central moment :math:`\mu_4` is :math:`\sqrt{(\mu_4 - s^4) / n}`.
    """
    arms = pilot.moments()
    stacked = m.stack_arms(list(arms.values()))
    profit, variance_of_mean = m.profit(stacked)
    variance = variance_of_mean * stacked.n
    errors = [variance_error(pilot.profits(name)) for name in arms]
    columns = [stacked.mean[:, 0], profit, variance, errors, stacked.n]
    if NO_OFFER not in arms and None not in (pilot.catalog.organic, pilot.catalog.organic_value):
        columns = [np.append(column, one) for column, one in zip(columns, _assumed_untreated(pilot), strict=True)]
        arms = [*arms, NO_OFFER]
    return ProfitFigures.ordered(arms, *columns)


def _assumed_untreated(pilot: Pilot) -> tuple[float, ...]:
    """Return acceptance, profit, variance, its error and n of customers without an offer, as the catalog assumes them.

    Their values vary, relative to the mean, as those of the customers who returned with an offer.
    """
    share = float(organic_shares(pilot.catalog.organic, pilot.customers)[:, 1].mean())
    back = pilot.customers[pilot.customers["returned"].to_numpy(dtype=bool)]
    values = customer_values(back, pilot.horizon_months, pilot.annual_discount)
    value = pilot.catalog.organic_value
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
