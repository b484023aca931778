"""What do a base and a trial say of each third of value? Hazards and margins, returns and their money."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.stats import chi2

from winback.base.contract_base import ContractBase
from winback.base.contract_lives import as_number
from winback.offers.strategy_inputs import FIGURES, THIRDS, Inputs, third_of, thirds_of_value
from winback.periods import DAYS_IN_MONTH
from winback.results import format_count
from winback.tables import NO_OFFER, Problem, TableError
from winback.terms.organic import assumed_organic
from winback.trial import moments as m
from winback.trial.chances import check_one_chance
from winback.trial.group_moments import group_moments
from winback.trial.trial import Trial
from winback.uncertainty import normal_interval, share_interval

QUARTER = 3.0  # months: money does not come in so unevenly that more would show
RECENT_MONTHS = 12  # a whole year, so that no season counts twice; older losses say less of those who are here now


def inputs_of_base(base: ContractBase, level: float) -> Inputs:
    """Return customers who are here by thirds of monthly margin, and the hazard of such customers in the last year."""
    lives, known = base.all_lives, ~np.isnan(base.all_lives.margin)
    here = lives.runs & known
    if not here.any():
        text = "is not known of anybody who is here" if lives.runs.any() else "is of nobody: all have left"
        raise TableError(FIGURES, [Problem("margin", text, 0, "", "Give contracts with margins that still run.")])
    _, edges = thirds_of_value(lives.margin[here], np.ones(here.sum()))
    third = third_of(np.where(known, lives.margin, 0.0), edges)
    until = base.last - base.grace_days  # later losses are not sure yet
    since = max(until - round(RECENT_MONTHS * DAYS_IN_MONTH), -np.inf if base.since is None else as_number(base.since))
    at_risk = np.clip(np.minimum(lives.end, until) - np.maximum(lives.start, since), 0, None) / DAYS_IN_MONTH
    lost = lives.ended & (lives.end > since) & (lives.end <= until)
    rows = pd.DataFrame({"segment": third, "here": here, "margin": lives.margin, "lost": lost, "months": at_risk})[
        known
    ]
    by = rows[rows["segment"].isin(rows.loc[rows["here"], "segment"])].groupby("segment")
    n, lost, months = (by[name].sum().to_numpy(dtype=float) for name in ("here", "lost", "months"))
    if (months <= 0).any():
        text = f"was watched for less than the grace period of {base.grace_days} days"
        raise TableError(FIGURES, [Problem("hazard", text, 0, "", "State the figures of each segment.")])
    margin = rows[rows["here"]].groupby("segment")["margin"].mean().to_numpy()
    hazard, low, high = (1 - np.exp(-rate / months) for rate in (lost, *_poisson_ends(lost, level)))
    figures = pd.DataFrame({"hazard": hazard, "margin": margin})
    names = [THIRDS[place] for place in by.groups]
    counted = figures.assign(segment=np.arange(len(n)), n=n, hazard_low=low, hazard_high=high)
    note = (
        f"How many leave is taken from {format_count(lost.sum())} losses in the last {RECENT_MONTHS} months, by thirds "
        "of monthly margin among those who are here; that it goes on so is assumed."
    )
    return Inputs(counted, figures.assign(segment=names, n=n), edges=edges, notes=(note,))


def _poisson_ends(count: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Return Garwood's (1936) exact interval of expected counts."""
    tail = (1 - level) / 2
    low = np.where(count > 0, chi2.ppf(tail, 2 * np.maximum(count, 1)) / 2, 0.0)
    return low, chi2.ppf(1 - tail, 2 * count + 2) / 2


def with_trial(inputs: Inputs, trial: Trial, offer: str, level: float, horizon_months: int) -> Inputs:
    """Return the inputs with what came of an offer in a trial, and of no offer: by thirds of value where these are."""
    check_one_chance(trial.lapsed)
    split = inputs.edges is not None and "first_margin" in trial.customers
    groups = third_of(trial.customers["first_margin"].to_numpy(), inputs.edges) if split else np.zeros(len(trial.arm))
    names = [THIRDS.index(name) for name in inputs.segments["segment"]] if split else [0]
    rows = [_of_segment(trial, offer, groups == place, level) for place in names]
    found = pd.DataFrame(rows * (1 if split else len(inputs.segments)), index=inputs.segments.index)
    if twice := [name for name in found if name in inputs.segments]:
        text = "is in the table, and measured by the trial"
        raise TableError(FIGURES, [Problem(twice[0], text, 0, "", "Leave one of them out.")])
    notes = (*inputs.notes, *_notes(trial, offer, split, horizon_months))
    one = frozenset() if split else frozenset(name for name in found if not name.endswith(("_low", "_high")))
    segments = pd.concat([inputs.segments, found], axis=1)
    assumed = inputs.assumed | ({"organic"} if trial.organic is not None else set())
    return replace(inputs, segments=segments, notes=notes, shared=inputs.shared | one, assumed=assumed)


def _of_segment(trial: Trial, offer: str, inside: np.ndarray, level: float) -> Mapping[str, float]:
    """Return chance, value and cost of an offer in one segment, and what came back without an offer."""
    names = [offer, *([NO_OFFER] if trial.has_control else [])]
    place = [names.index(arm) if arm in names else -1 for arm in trial.arms]
    groups = np.where(inside, np.array(place)[trial.arm], -1)
    few = [name for number, name in enumerate(names) if (trial.returned & (groups == number)).sum() < 2]
    if few:
        text = f"cannot be told: fewer than two customers of a segment came back of {few[0]}"
        raise TableError(FIGURES, [Problem("win_back_value", text, 0, "", "State figures of each segment instead.")])
    arms = group_moments(trial.customers, names, groups, (trial.value, trial.cost))
    contact = float(np.mean(trial.cost[(groups == 0) & ~trial.returned])) if (~trial.returned[groups == 0]).any() else 0
    found = dict(_returns(arms[offer], contact, level, "win_back_chance", "win_back_value"))
    found |= {"win_back_contact_cost": contact, "win_back_cost": found.pop("cost")}
    if trial.has_control:
        alone = dict(_returns(arms[NO_OFFER], 0.0, level, "organic", "organic_value"))
        return found | {name: value for name, value in alone.items() if name != "cost"}
    if trial.organic is not None:
        some = assumed_organic(trial.organic, trial.customers[inside])
        found |= {"organic": some.middle, "organic_low": some.low, "organic_high": some.high}
        if trial.offers.organic_value is not None:
            found["organic_value"] = trial.offers.organic_value
    return found


def _returns(arm: m.ArmMoments, contact: float, level: float, chance: str, value: str) -> Iterator[tuple[str, float]]:
    """Yield the share who returned and what one of them brought, with intervals; that of value is net of its cost.

    The share and the mean of those who returned are uncorrelated, so the two may be drawn apart.
    """
    back, worth, cost = arm.mean[0]
    independent = arm.n_independent[0]
    ends = share_interval(back * independent, independent, level)
    yield from zip((chance, f"{chance}_low", f"{chance}_high"), (back, *map(float, ends)), strict=True)
    one = (worth - cost + contact) / back
    error = np.sqrt(arm.variance(m.PROFIT - one * m.RETURNED)[0]) / back
    ends = normal_interval(worth / back, error, level)
    yield from zip((value, f"{value}_low", f"{value}_high"), (worth / back, *map(float, ends)), strict=True)
    yield "cost", (cost - contact) / back


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
    away = months_away(trial)
    n = format_count((trial.arm == trial.arms.index(offer)).sum())
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
