"""Which constants make the published figures hold exactly in this sample?

The steps follow one another and none needs an optimiser: (1) each group's return intercept is minus an order statistic
of the latent; (2) first margins are scaled to the first lifetime value; (3) the tenure intercept follows from the
tenure ratio; (4) each arm's margin intercept is linear in the value of an acceptor; (5) the window in which value is
counted is a root in one dimension, for the second lifetime value.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from winback.datasets.telecom import assumptions as assumed
from winback.datasets.telecom import second_lives
from winback.datasets.telecom.leavers import SET_ASIDE
from winback.tables import NO_OFFER

SHORTEST_WINDOW, LONGEST_WINDOW = 12.0, 34.0  # months; everyone offered something is followed for 34


def calibrate(leavers: pd.DataFrame, groups: np.ndarray, hidden: second_lives.Hidden) -> second_lives.Constants:
    """Return the constants with which this sample shows the published figures exactly."""
    intercepts, accepted = _return_intercepts(second_lives.return_latent(leavers, hidden), groups)
    everyone = np.isin(groups, assumed.ARMS) & accepted
    returned = leavers[everyone]
    scale = float(assumed.FIRST_VALUE / (returned["first_margin"] * returned["first_tenure"]).mean())
    leavers = leavers.assign(first_margin=(scale * leavers["first_margin"]).round(2))
    tenure_intercept = _tenure_intercept(leavers, groups, hidden, accepted)
    tenures = {
        arm: _tenures(leavers, hidden, arm, tenure_intercept)[(groups == arm) & accepted] for arm in assumed.ARMS
    }
    rest = second_lives.margin_without_intercept(leavers, hidden)
    margins = {arm: rest[(groups == arm) & accepted] for arm in assumed.ARMS}
    costs = {arm: _cost_of_acceptors(leavers, groups, accepted, arm) for arm in assumed.ARMS}

    def margin_intercepts(window):
        return {arm: _margin_intercept(arm, costs[arm], margins[arm], tenures[arm], window) for arm in assumed.ARMS}

    def excess_value(window):
        shifts = margin_intercepts(window)
        value = [
            (shifts[arm] + margins[arm]) * np.minimum(tenures[arm], assumed.SECOND_VALUE_MONTHS) for arm in assumed.ARMS
        ]
        return np.concatenate(value).mean() - assumed.SECOND_VALUE

    if excess_value(SHORTEST_WINDOW) * excess_value(LONGEST_WINDOW) > 0:
        raise ValueError(
            "With this sample and share of deal_seekers no value window reaches the published second lifetime value: "
            "choose a smaller share or more customers, or calibrate=False."
        )
    window = float(brentq(excess_value, SHORTEST_WINDOW, LONGEST_WINDOW, xtol=1e-10))
    shifts = margin_intercepts(window)
    shifts[NO_OFFER] = shifts["discount"]  # assumed: organic returners earn as the discount's
    return second_lives.Constants(intercepts, tenure_intercept, shifts, scale, window)


def _return_intercepts(latent, groups):
    """Place each group's threshold between two neighbouring customers, so that the exact share returns."""
    shares = {**assumed.SUCCESS, NO_OFFER: assumed.ORGANIC_RETURN, SET_ASIDE: assumed.ORGANIC_RETURN_SET_ASIDE}
    intercepts, accepted = {}, np.zeros(len(latent), dtype=bool)
    for group, share in shares.items():
        members = groups == group
        descending = np.sort(latent[members])[::-1]
        n_back = round(share * len(descending))
        intercepts[group] = -float(descending[n_back - 1 : n_back + 1].mean())
        accepted[members] = intercepts[group] + latent[members] > 0
    return intercepts, accepted


def _tenure_intercept(leavers, groups, hidden, accepted):
    """Solve (sum over acceptors of second tenure) = ratio x (sum of first tenure), deal seekers' part being fixed."""
    fixed = free = first = 0.0
    for arm in assumed.ARMS:
        members = (groups == arm) & accepted
        tenure = second_lives.tenure_without_intercept(leavers, hidden, arm)
        months = second_lives.leave_with_the_offer(tenure, leavers, hidden, arm)[members]
        seekers = hidden.deal_seeker[members]
        fixed += months[seekers].sum()
        free += months[~seekers].sum()
        first += leavers["first_tenure"].to_numpy()[members].sum()
    return float(np.log((assumed.TENURE_RATIO * first - fixed) / free))


def _tenures(leavers, hidden, arm, intercept):
    tenure = np.exp(intercept) * second_lives.tenure_without_intercept(leavers, hidden, arm)
    return np.maximum(second_lives.leave_with_the_offer(tenure, leavers, hidden, arm), 0.01).round(2)


def _cost_of_acceptors(leavers, groups, accepted, arm):
    """Return the mean cost per acceptor; a tailored offer costs what it assigns."""
    return second_lives.of_offer(assumed.OFFERS, arm, leavers["reason"][(groups == arm) & accepted], "full_cost").mean()


def _margin_intercept(arm, cost, margins, tenures, window):
    """Solve mean((intercept + margin) x min(tenure, window)) = cost x (1 + ROI)."""
    months = np.minimum(tenures, window)
    return float((cost * (1 + assumed.ROI[arm]) - (margins * months).mean()) / months.mean())
