"""What do a base and a trial say of each third of value? Hazards and margins, returns and their money."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from winback.base.contract_base import ContractBase
from winback.base.contract_lives import as_number
from winback.offers.strategy_inputs import (
    INPUTS,
    LEAVING,
    THIRDS,
    Inputs,
    edges_of_thirds,
    refused,
    third_of,
    with_ends,
)
from winback.periods import DAYS_IN_MONTH
from winback.results import format_count
from winback.retention.person_months import customers_of
from winback.retention.risk_ahead import ahead_of
from winback.retention.risk_fit import ChurnRisk
from winback.tables import NO_OFFER
from winback.terms.organic import assumed_organic
from winback.trial.chances import check_one_chance
from winback.trial.group_moments import group_moments
from winback.trial.moments import PROFIT, RETURNED, ArmMoments
from winback.trial.trial import Trial
from winback.uncertainty import count_interval, normal_interval, share_interval

QUARTER = 3.0  # months: money does not come in so unevenly that more would show
RECENT_MONTHS = 12  # a whole year, so that no season counts twice; older losses say less of those who are here now


def last_year(base: ContractBase) -> tuple[float, float]:
    """Return the days, as numbers, after and up to which the losses of the last year are."""
    until = base.last - base.grace_days  # later losses are not sure yet
    since = until - round(RECENT_MONTHS * DAYS_IN_MONTH)
    return since if base.since is None else max(since, as_number(base.since)), until


def inputs_of_base(base: ContractBase, level: float) -> Inputs:
    """Return customers who are here by thirds of monthly margin, and the hazard of such customers in the last year."""
    lives, now = base.all_lives, base.margins_on(base.last + 1)
    here = now[lives.customer[lives.runs]]
    if np.isnan(here).all():
        text = "is not known of anybody who is here" if len(here) else "is of nobody: all have left"
        raise refused("margin", text, "Give contracts with margins that still run.")
    here = here[~np.isnan(here)]
    edges = edges_of_thirds(here, np.ones(len(here)))
    since, until = last_year(base)
    days = np.clip(np.minimum(lives.end, until) - np.maximum(lives.start, since), 0, None)
    lost, known = lives.ended & (lives.end > since) & (lives.end <= until), ~np.isnan(lives.margin)
    rows = pd.DataFrame({"lost": lost, "days": days})[known]
    thirds = pd.Series(here).groupby(third_of(here, edges)).agg(["size", "mean"]).set_axis(["n", "margin"], axis=1)
    thirds = thirds.join(rows.groupby(third_of(lives.margin[known], edges)).sum()).fillna(0.0).astype(float)
    if (thirds["days"] <= 0).any():
        text = f"was watched for less than the grace period of {base.grace_days} days"
        raise refused("hazard", text, "State the figures of each segment.")
    ends = (thirds["lost"], *count_interval(thirds["lost"], level))
    hazards = (1 - np.exp(-count / (thirds["days"] / DAYS_IN_MONTH)) for count in ends)
    segments = thirds[["n", "margin"]].assign(segment=[THIRDS[place] for place in thirds.index])
    segments = segments.assign(**dict(zip(with_ends("hazard"), hazards, strict=True))).reset_index(drop=True)
    note = (
        f"How many leave is taken from {format_count(thirds['lost'].sum())} losses in the last {RECENT_MONTHS} months, "
        "by thirds of monthly margin among those who are here; that it goes on so is assumed."
    )
    return Inputs(segments, edges=edges, notes=(note,))


def inputs_of_risk(fit: ChurnRisk, level: float, months: int) -> Inputs:
    """Return customers who are here with their own chances of leaving month by month, by thirds of monthly margin.

    How many of a third leave is as unsure as the parameters of the risk leave it; those are one for all thirds.
    """
    base, known = fit.base, fit.here(fit.base)
    margin = customers_of(base, known)["margin"].to_numpy()
    if np.isnan(margin).all():
        raise refused("margin", "is not known of anybody who is here", "Give contracts with margins that still run.")
    edges = edges_of_thirds(some := margin[~np.isnan(margin)], np.ones(len(some)))
    third = np.where(np.isnan(margin), len(THIRDS), third_of(margin, edges))
    ahead = ahead_of(fit, known, months, third)
    rows = ahead.seen & (third < len(THIRDS))
    leaves, found = ahead.leaves[rows], pd.DataFrame({"segment": third[rows], "n": 1.0, "margin": margin[rows]})
    by = found.assign(within=leaves.sum(axis=1)).groupby("segment")
    thirds = by.agg(n=("n", "sum"), margin=("margin", "mean"), within=("within", "sum"))
    error = ahead.errors(fit.covariance_ahead)[thirds.index] / thirds["within"]
    ends = np.maximum(normal_interval(1.0, error, level), 0.0)
    segments = thirds.assign(segment=[THIRDS[place] for place in thirds.index]).drop(columns="within")
    segments = segments.assign(**dict(zip(with_ends(LEAVING), (1.0, *ends), strict=True))).reset_index(drop=True)
    customers = found.assign(segment=found["segment"].rank(method="dense").astype(int) - 1)
    note = (
        f"Who leaves when is the fitted risk of each of {format_count(len(customers))} customers, month by month, the "
        "same as behind the list of whom to keep, by thirds of monthly margin; how right it is, later months tell."
    )
    shared = frozenset({LEAVING})
    return Inputs(segments, customers, shared=shared, edges=edges, notes=(note,), leaves=leaves)


def with_trial(inputs: Inputs, trial: Trial, offer: str, level: float, horizon_months: int) -> Inputs:
    """Return the inputs with what came of an offer in a trial, and of no offer: by thirds of value where these are."""
    check_one_chance(trial.lapsed)
    segments, n = inputs.segments, len(inputs.segments)
    split = inputs.edges is not None and "first_margin" in trial.customers
    if split:
        third = third_of(trial.customers["first_margin"], inputs.edges)
        rows = [_of_segment(trial, offer, third == THIRDS.index(name), level) for name in segments["segment"]]
    else:
        rows = [_of_segment(trial, offer, np.full(len(trial.arm), True), level)] * n
    found = pd.DataFrame(rows, index=segments.index)
    if twice := [name for name in found if name in segments]:
        raise refused(twice[0], "is in the table, and measured by the trial", "Leave one of them out.")
    notes = (*inputs.notes, *_notes(trial, offer, split, horizon_months))
    shared = inputs.shared if split else inputs.shared | {*found} & {*INPUTS}
    assumed = inputs.assumed | ({"organic"} if trial.organic is not None else set())
    return replace(inputs, segments=segments.join(found), notes=notes, shared=shared, assumed=assumed)


def _of_segment(trial: Trial, offer: str, inside: np.ndarray, level: float) -> dict[str, float]:
    """Return chance, value and cost of an offer in one segment, and what came back without an offer."""
    names = [offer, *([NO_OFFER] if trial.has_control else [])]
    groups = np.select([inside & (trial.arm == trial.arms.index(name)) for name in names], range(len(names)), -1)
    for place, name in enumerate(names):
        if (trial.returned & (groups == place)).sum() < 2:
            text = f"cannot be told: fewer than two customers of a segment came back of {name}"
            raise refused("win_back_value", text, "State figures of each segment instead.")
    arms = group_moments(trial.customers, names, groups, (trial.value, trial.cost))
    away = (groups == 0) & ~trial.returned
    told = trial.contact_cost  # of everybody, also of those who returned: whom contacts cost more may return more
    contact = float(told[groups == 0].mean() + (trial.cost - told)[away].mean()) if away.any() else 0.0
    found, cost = _returns(arms[offer], contact, level, ("win_back_chance", "win_back_value"))
    found |= {"win_back_contact_cost": contact, "win_back_cost": cost}
    if trial.has_control:
        return found | _returns(arms[NO_OFFER], 0.0, level, ("organic", "organic_value"))[0]
    if trial.organic is not None:
        some = assumed_organic(trial.organic, trial.customers[inside])
        found |= dict(zip(with_ends("organic"), (some.middle, some.low, some.high), strict=True))
        if trial.offers.organic_value is not None:
            found["organic_value"] = trial.offers.organic_value
    return found


def _returns(arm: ArmMoments, contact: float, level: float, names: tuple[str, str]) -> tuple[dict[str, float], float]:
    """Return the share who returned and what one of them brought, with intervals, and what one cost beyond a contact.

    The share and the mean of those who returned are uncorrelated, so the two may be drawn apart. The interval of value
    is that of value net of its cost.
    """
    back, worth, cost = arm.mean[0]
    n = arm.n_independent[0]
    error = np.sqrt(arm.variance(PROFIT - (worth - cost + contact) / back * RETURNED)[0]) / back
    shares = back, *share_interval(back * n, n, level)
    values = worth / back, *normal_interval(worth / back, error, level)
    found = zip((*with_ends(names[0]), *with_ends(names[1])), map(float, (*shares, *values)), strict=True)
    return dict(found), (cost - contact) / back


def earned_in_trial(trial: Trial, horizon_months: int) -> Callable | None:
    """Return which share of what returned customers brought came in within so many months; None: it is not known.

    It is read at each quarter of a year; between those money comes in evenly.
    """
    whole = trial.value.sum()
    if trial.horizon_months is None or whole <= 0:
        return None
    months = np.arange(QUARTER, min(horizon_months, trial.horizon_months) + QUARTER, QUARTER)
    until = [trial.over(horizon_months=min(float(month), trial.horizon_months)).value.sum() for month in months]
    return lambda since: np.interp(since, [0, *months], [0.0, *(np.array(until) / whole)])


def _notes(trial: Trial, offer: str, split: bool, horizon_months: int) -> Iterator[str]:
    away, n = months_away(trial), format_count((trial.arm == trial.arms.index(offer)).sum())
    where = "by the same thirds of value" if split else "the same figures for every segment"
    picked = ", the best of its offers on profit, which picking flatters a little" if len(trial.sent) > 1 else ""
    yield f"Winning back is what {n} lost customers who were sent {offer} did in a trial{picked}: {where}."
    yield (
        f"They were contacted {away:.1f} months after they had left on average; that customers who are still here, "
        "once lost, would do alike is an extrapolation."
    )
    if trial.horizon_months is not None and horizon_months - away > trial.horizon_months:
        yield (
            f"What one who returned brings later than {trial.horizon_months:.1f} months after the return is not known "
            "from the trial and not counted, while margins of those who stay are: that favours keeping."
        )


def months_away(trial: Trial) -> float:
    """Return how long after the loss customers of a trial were contacted on average; 0 where it is not known."""
    known = trial.customers.get("months_away")
    return 0.0 if known is None or known.isna().all() else float(known.mean())
