"""What did each customer bring and cost? From the table of a trial to (returned, value, cost), arm by arm."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from winback.discounting import check_annual_discount, check_horizon
from winback.pseudo_observations import longest_supported_horizon, pseudo_months
from winback.tables import (
    NO_OFFER,
    SECOND_LIFETIME,
    Problem,
    ProblemList,
    TableError,
    check_lapsed,
    in_trial,
    label_codes,
)
from winback.terms.catalog import OfferCatalog
from winback.terms.costs import offer_costs
from winback.trial.moments import ArmMoments, arm_moments


def typed_trial(customers: pd.DataFrame, catalog: OfferCatalog, one_chance_per_offer: bool = True) -> pd.DataFrame:
    """Return the checked table of a trial whose offers are all in the catalog.

    Plain means within an arm need one chance of the offer for everyone in it; scores (`offer_scores`) do not.

    Raises
    ------
    TableError
        Listing every problem: of the columns, offers that the catalog lacks, arms of one customer.
    """
    direct = isinstance(customers, pd.DataFrame) and "value" in customers
    if direct and set(SECOND_LIFETIME) & set(customers):
        text, remedy = "is there beside second_ columns", "Keep measured value or second lives, and drop the other."
        raise TableError("table of lapsed customers", [Problem("value", text, 0, "", remedy)])
    table = check_lapsed(customers, needs=["offer", "returned", *(["value"] if direct else SECOND_LIFETIME)])
    problems = ProblemList("table of lapsed customers", table)
    codes, names = label_codes(table["offer"])
    unknown = np.isin(codes, [code for code, name in enumerate(names) if name not in (*catalog.names, NO_OFFER)])
    remedy = f"Add it to the offers (they have {', '.join(catalog.names)}), or write none for untreated customers."
    problems.add_rows("offer", unknown, "names an offer whose cost is not stated", remedy)
    compared = in_trial(table)
    sizes = np.bincount(codes[compared], minlength=len(names))
    alone = (sizes == 1)[codes] & compared
    problems.add_rows("offer", alone, "is the offer of a single customer", "Drop it; 2 is the least, 30 better.")
    if not any(size and name in catalog.names for size, name in zip(sizes, names, strict=True)):
        problems.add("offer", "has no customer with an offer to compare", "Check the column and `eligible`.")
    elif not table["returned"].to_numpy(dtype=bool)[compared].any():
        problems.add("returned", "is false for every customer: there is nothing to value", "Check the export.")
    if one_chance_per_offer:
        _check_probabilities(table, codes, compared, problems)
    problems.raise_if_any()
    return table


def _check_probabilities(table, codes, compared, problems):
    """Plain means within an arm need the same chance of the offer for everyone in it."""
    if "offer_probability" in table:
        chance = table["offer_probability"].to_numpy()
        known = compared & ~np.isnan(chance)
        usual = np.zeros(codes.max() + 1)
        usual[codes[known][::-1]] = chance[known][::-1]  # that of the first customer with the offer
        varies = known & (np.abs(chance - usual[codes]) > 1e-6)
        remedy = "Compare within groups of equal chance, or use offer_scores, which weighs each customer by it."
        problems.add_rows("offer_probability", varies, "differs between customers of one offer", remedy)


def value_settings(
    table: pd.DataFrame, catalog: OfferCatalog, horizon_months: float | None, annual_discount: float | None
) -> tuple[float | None, float | None]:
    """Return the horizon and the discount rate that apply: the arguments, else the catalog's.

    Raises
    ------
    ValueError
        When second lifetimes are valued and one is missing, or value was measured directly and one is given.
    """
    horizon = catalog.horizon_months if horizon_months is None else horizon_months
    discount = catalog.annual_discount if annual_discount is None else annual_discount
    if "value" in table:
        if horizon is not None or discount is not None:
            raise ValueError(
                "`value` was measured directly, within a horizon of its own: horizon_months and annual_discount "
                "cannot be applied to it. Leave both out, here and in the offers file."
            )
        return None, None
    if horizon is None:
        hint = ""
        followed = table["followed"][in_trial(table)] if "followed" in table else pd.Series(dtype=float)
        if followed.notna().any():
            shortest = float(followed.min())
            hint = f" Everybody was followed for {shortest:g} months: that is the longest without a correction."
        raise ValueError(f"horizon_months is required: over how many months is a second lifetime valued?{hint}")
    if discount is None:
        raise ValueError("annual_discount is required: 0.10 for 10% a year, 0 for plain money.")
    return check_horizon(horizon), check_annual_discount(discount)


def customer_values(arm: pd.DataFrame, horizon_months: float | None, annual_discount: float | None) -> np.ndarray:
    """Return each customer's value: as measured, or margin times months within the horizon; 0 for those not back.

    Where the data end before a customer does, months are pseudo-observations within the arm, each multiplied by its
    own customer's margin.
    """
    if "value" in arm:
        return arm["value"].fillna(0.0).to_numpy()
    returned = arm["returned"].to_numpy(dtype=bool)
    back = arm[returned]
    months = pseudo_months(
        back["second_tenure"].to_numpy(dtype=float),
        back["second_ended"].to_numpy(dtype=bool),
        horizon_months,
        annual_discount,
    )
    values = np.zeros(len(arm))
    values[returned] = months * back["second_margin"].to_numpy(dtype=float)
    return values


@dataclass(frozen=True)
class TrialOutcomes:
    """What each customer of a trial did, brought and cost; arrays of shape (n,) over all rows of the table."""

    arms: tuple[str, ...]  # the catalog's offers that were sent, in its order, then ``none`` where anyone was untreated
    arm: np.ndarray  # position in arms; -1: not in the trial
    returned: np.ndarray  # bool
    value: np.ndarray  # money within the horizon; 0 where arm is -1
    cost: np.ndarray


def trial_outcomes(
    table: pd.DataFrame, catalog: OfferCatalog, horizon_months: float | None, annual_discount: float | None
) -> TrialOutcomes:
    """Return each customer's arm, return, value and cost in a checked trial."""
    used = {"customer_id", "returned", *SECOND_LIFETIME, "value", *(offer.tailored_by for offer in catalog)}
    codes, names = label_codes(table["offer"])
    codes = np.where(in_trial(table), codes, -1)
    if horizon_months is not None:
        _refuse_beyond_data(table, codes, names, horizon_months)
    returned = table["returned"].to_numpy(dtype=bool)
    table = table[[name for name in table.columns if name in used]]
    arms = [name for name in (*catalog.names, NO_OFFER) if name in names and (codes == names.index(name)).any()]
    position, value, cost = np.full(len(table), -1), np.zeros(len(table)), np.zeros(len(table))
    for place, name in enumerate(arms):
        rows = codes == names.index(name)
        arm = table[rows]
        position[rows] = place
        value[rows] = customer_values(arm, horizon_months, annual_discount)
        if name != NO_OFFER:
            cost[rows] = offer_costs(arm, catalog[name], catalog, horizon_months, annual_discount or 0.0)
    return TrialOutcomes(tuple(arms), position, returned, value, cost)


def trial_moments(
    table: pd.DataFrame, catalog: OfferCatalog, horizon_months: float | None, annual_discount: float | None
) -> dict[str, ArmMoments]:
    """Return the moments of each arm of a checked trial, untreated included under ``none``."""
    seen = trial_outcomes(table, catalog, horizon_months, annual_discount)
    groups = ((name, seen.arm == place) for place, name in enumerate(seen.arms))
    return {name: arm_moments(seen.returned[rows], seen.value[rows], seen.cost[rows]) for name, rows in groups}


def _refuse_beyond_data(table, codes, names, horizon_months):
    """Name the group that was seen for the shortest time, if the horizon reaches beyond it."""
    months, ended = table["second_tenure"].to_numpy(), table["second_ended"].to_numpy(dtype=bool, na_value=True)
    back = table["returned"].to_numpy(dtype=bool)
    groups = {name: back & (codes == code) for code, name in enumerate(names)}
    limits = {name: longest_supported_horizon(months[rows], ended[rows]) for name, rows in groups.items()}
    shortest = min(limits, key=limits.get)
    if limits[shortest] < horizon_months:
        whose = "untreated customers" if shortest == NO_OFFER else f"customers with offer {shortest!r}"
        limit = np.floor(limits[shortest] * 10) / 10
        raise ValueError(
            f"horizon_months = {horizon_months:g} reaches beyond the data: among {whose} no second lifetime was seen "
            f"for longer than {limits[shortest]:g} months. Choose a horizon of at most {limit:g}; beyond it only a "
            "model speaks."
        )
