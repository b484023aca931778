"""Keep customers, wait and win them back, or acquire others instead? `compare_win_back_keep_acquire`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd

from winback.base.contract_base import ContractBase
from winback.discounting import check_annual_discount, check_horizon
from winback.doors import door
from winback.offers import strategy_worth as worth
from winback.offers.comparison import compare_offers
from winback.offers.strategies_compared import Picked, StrategyComparison, StrategyTerms
from winback.offers.strategy_inputs import LEAVING, Inputs, read_figures, with_ends, with_settings
from winback.offers.strategy_measured import earned_in_trial, inputs_of_base, inputs_of_risk, months_away, with_trial
from winback.offers.strategy_reasons import with_comparable
from winback.offers.strategy_settings import Acquire, ByThemselves, Keep, WinBack
from winback.offers.strategy_words import ALL
from winback.results import format_percent
from winback.retention.risk_fit import ChurnRisk
from winback.tables import AnyTable
from winback.trial.trial import Trial
from winback.uncertainty import normal_quantile

RULE_OF_THUMB = {"win_back_chance": 0.40, "acquire_chance": 0.05}  # what salespeople say; no source measured it
NO_DIFFERENCE = 1e-9  # of the amounts compared: rounding


@door
def compare_win_back_keep_acquire(
    figures: AnyTable | Mapping,
    *,
    keep: Keep | None = None,
    win_back: WinBack | Trial | None = None,
    by_themselves: ByThemselves | None = None,
    acquire: Acquire | None = None,
    horizon_months: float | None = None,
    annual_discount: float | None = None,
    currency: str = "$",
    level: float = 0.95,
) -> StrategyComparison:
    r"""Compare keeping customers at risk with winning back those who leave, and with acquiring others in their place.

    For each segment: keep everybody, the riskiest, or (where these are a part) those whom it pays, wait and win back,
    both, acquire instead, each against doing nothing, per customer at risk and per dollar spent, with the cost, the
    effect and the margin at which strategies stop paying or change places. The equations are (1) to (4) of
    `winback.offers.strategy_worth`.

    Parameters
    ----------
    figures : pandas.DataFrame, mapping, path, ChurnRisk, ContractBase or result
        A small table, one row per segment: ``segment``, ``n`` customers, ``hazard`` (chance of leaving within a month),
        ``margin`` (money a month), and, where they differ by segment, the columns that the settings stand for:
        ``keep_cost``, ``share_prevented``; ``win_back_chance``, ``win_back_value``, ``win_back_cost``,
        ``win_back_contact_cost``; ``organic``, ``organic_value``; ``acquire_chance``, ``acquire_value``,
        ``acquire_contact_cost``; and ``comparable``, the share of losses that winning back is for. Each may have
        ``<name>_low`` and ``<name>_high`` beside it. Or one row per customer:
        ``customer_id``, ``hazard`` or ``risk`` (of leaving within a month), ``margin``, by ``segment`` or else by
        thirds of margin. Or the fitted risk of a base (`fit_churn_risk`), each customer's own, month by month, by
        thirds of margin. Or the base alone, of which hazards and margins are taken by thirds.
    keep : Keep, optional
        What keeping costs and prevents. Where no trial measured it, the share prevented is an assumption: there is no
        default.
    win_back : WinBack or Trial, optional
        Chance, value and cost of winning back, or the trial that measured them (its best offer on profit), by the
        same thirds of value. Of a base whose reasons are known, the losses that are for other reasons than those of the
        trial, or would not be judged promising, are counted as nothing.
    by_themselves : ByThemselves, optional
        Who returns without an offer; a trial with untreated customers tells.
    acquire : Acquire, optional
        Chance, value and contact cost of a stranger.
    horizon_months : float, optional
        Whole months from today that count; by default those of the trial.
    annual_discount : float, optional
        Discount rate a year, such as 0.10; by default that of the trial.
    currency : str
        Shown before money; a base and a trial have their own.
    level : float
        Of all intervals, those given among them.

    Returns
    -------
    StrategyComparison
        ``to_frame()`` has one row per segment and strategy, all customers last: ``gain`` per customer at risk,
        ``gain_total``, ``spending`` per customer and ``per_dollar`` = gain / spending, each with ``_low`` and
        ``_high``, ``leads`` and ``told_apart`` (from the one that leads its segment). ``break_even`` is a frame
        by segment.

    Raises
    ------
    TableError
        Listing everything that is wrong with the figures and with what is assumed.
    ValueError
        When horizon, discount rate or level are none.

    Notes
    -----
    Intervals are quantiles of what independent draws of the inputs come to, each drawn so that its low, itself and its
    high are its quantiles; an input stated for all segments is one draw for all. Inputs without an interval are taken
    for certain, and intervals are then too narrow.

    Examples
    --------
    >>> import winback as wb
    >>> figures = {"segment": ["low", "high"], "n": [800, 200], "hazard": [0.05, 0.03], "margin": [10, 60],
    ...            "win_back_value": [60.0, 500.0]}
    >>> found = wb.compare_win_back_keep_acquire(
    ...     figures, horizon_months=12, annual_discount=0.1, keep=wb.offers.Keep(cost=5, share_prevented=(0.2, 0.4)),
    ...     win_back=wb.offers.WinBack(chance=0.4, value=None, cost=20), by_themselves=wb.offers.ByThemselves(0.05),
    ...     acquire=wb.offers.Acquire(chance=0.05, value=90, contact_cost=3))
    >>> found.frame.loc[found.frame["leads"], ["segment", "strategy"]].to_numpy().tolist()
    [['low', 'acquire instead'], ['high', 'keep and win back'], ['all customers', 'keep and win back']]
    """
    normal_quantile(level)
    if not isinstance(win_back, WinBack | Trial | None):
        raise ValueError(f"win_back must be a trial or WinBack(...), not {type(win_back).__name__}.")
    trial = win_back if isinstance(win_back, Trial) else None
    if trial is not None and trial.horizon_months is not None:
        trial = trial if annual_discount is None else trial.over(annual_discount=annual_discount)
        horizon_months = np.floor(trial.horizon_months) if horizon_months is None else horizon_months
        annual_discount = trial.annual_discount
    timing = _timing(win_back if trial is None else trial, acquire, horizon_months, annual_discount)
    inputs = _read(figures, level, timing.horizon_months)
    base = figures.base if isinstance(figures, ChurnRisk) else figures
    if trial is not None:
        offer = compare_offers(trial, level=level).frame["offer"].iloc[0]
        inputs, win_back = with_trial(inputs, trial, offer, level, timing.horizon_months), None
        inputs = with_comparable(inputs, base, trial, level)
    inputs = with_settings(inputs, keep, win_back, by_themselves, acquire)
    currency = base.currency if isinstance(base, ContractBase) else currency
    terms = StrategyTerms(timing, keep.riskiest if keep is not None else Keep.riskiest, level)
    return _compared(inputs, terms, currency)


def _read(figures: object, level: float, months: int) -> Inputs:
    if isinstance(figures, ChurnRisk):
        return inputs_of_risk(figures, level, months)
    return inputs_of_base(figures, level) if isinstance(figures, ContractBase) else read_figures(figures)


def _timing(win_back, acquire, horizon_months, annual_discount) -> worth.Timing:
    """Return which months count, and when what is won back and what is new comes in."""
    months = check_horizon(horizon_months)
    if months != round(months) or months > 600:
        raise ValueError(f"horizon_months must be a whole number of months, at most 600; got {months:g}.")
    rate = check_annual_discount(annual_discount)
    new = worth.earned_evenly(getattr(acquire, "value_months", None), rate)
    if isinstance(win_back, Trial):
        return worth.Timing(int(months), rate, months_away(win_back), earned_in_trial(win_back, int(months)), new)
    back = worth.earned_evenly(getattr(win_back, "value_months", None), rate)
    return worth.Timing(int(months), rate, getattr(win_back, "months_away", 0.0), back, new)


def _compared(inputs: Inputs, terms: StrategyTerms, currency: str, scenario: str = "") -> StrategyComparison:
    """Return the strategies compared at the inputs themselves, with intervals from draws of them."""
    at, drawn = (_figures(inputs, terms, inputs.values(some)) for some in ({}, inputs.draws(terms.level)))
    n = np.append(inputs.segments["n"], inputs.segments["n"].sum())
    frame = pd.DataFrame({"segment": np.repeat([*inputs.segments["segment"], ALL], len(at.strategies))})
    frame = frame.assign(n=np.repeat(n, len(at.strategies)), strategy=np.tile(at.strategies, len(n)))
    money = _with_ends(at.money, drawn.money, terms.level) | _told_apart(at, drawn, terms.level)
    frame = frame.assign(**{name: each.T.ravel() for name, each in money.items()})
    break_even = inputs.segments[["segment"]].assign(**_with_ends(at.break_even, drawn.break_even, terms.level))
    picked = _picked(inputs, terms) if "share_prevented" in inputs.segments else None
    again = partial(_again, inputs, terms, currency, scenario)
    said = {"currency": currency, "scenario": scenario}
    return StrategyComparison(frame, break_even, inputs, terms, again=again, picked=picked, **said)


class Figures(NamedTuple):
    """What the strategies come to at draws of the inputs."""

    strategies: list[str]
    money: dict[str, np.ndarray]  # (strategies, draws, segments and all customers)
    break_even: dict[str, np.ndarray]  # (draws, segments)


def _figures(inputs: Inputs, terms: StrategyTerms, x: Mapping[str, np.ndarray]) -> Figures:
    """Return what the strategies come to, at the inputs or at draws of them."""
    rows, n = inputs.rows, inputs.segments["n"].to_numpy()
    place = rows["segment"].to_numpy()
    share = (place[:, None] == np.arange(len(n))) * (rows["n"].to_numpy() / n[place])[:, None]  # of its segment
    sums, times = inputs.losses(x, terms.timing), x.get(LEAVING, 1.0)

    def of(kept: np.ndarray) -> tuple[worth.Leavers, np.ndarray]:
        return worth.Leavers(x, *(each * times for each in sums @ (share * kept[:, None]))), kept @ share

    every, _ = of(np.ones(len(rows)))
    found = worth.gains_and_spending(every, {name: of(kept) for name, kept in _parts(inputs, terms).items()})
    alike = np.broadcast_shapes((1, len(n)), *(np.shape(part) for pair in found.values() for part in pair))
    both = np.array([[np.broadcast_to(part, alike) for part in pair] for pair in found.values()])
    gain, spending = np.moveaxis(np.concatenate([both, (both @ (n / n.sum()))[..., None]], axis=-1), 1, 0)
    per_dollar = np.divide(gain, spending, out=np.full(gain.shape, np.nan), where=spending > worth.NOTHING_TO_DIVIDE_BY)
    money = {"gain": gain, "gain_total": gain * [*n, n.sum()], "spending": spending, "per_dollar": per_dollar}
    return Figures([*found], money, {name: np.atleast_2d(point) for name, point in worth.break_even(every).items()})


def kept_share(score: np.ndarray, n: np.ndarray, share: float) -> np.ndarray:
    """Return which share of each row is among the customers who score highest; those who score alike are cut alike.

    Examples
    --------
    >>> kept_share(np.array([0.1, 0.3, 0.1]), np.array([30, 10, 60]), 0.2).round(3).tolist()
    [0.111, 1.0, 0.111]
    """
    levels, place = np.unique(-score, return_inverse=True)
    here = np.bincount(place, weights=n, minlength=len(levels))
    before = np.cumsum(here) - here
    return np.clip((share * n.sum() - before) / here, 0.0, 1.0)[place]


def _parts(inputs: Inputs, terms: StrategyTerms) -> dict[str, np.ndarray]:
    """Return which share of each row is kept where not everybody is: the riskiest, and those whom it pays.

    Those whom it pays are picked at the figures as they are; where that is everybody, or nobody, it is no strategy of
    its own.
    """
    if "share_prevented" not in inputs.segments:
        return {}
    n, pays = inputs.rows["n"].to_numpy(), _gain_of_keeping(inputs, terms) > 0
    found = {worth.RISKIEST: kept_share(inputs.risk(terms.timing.horizon_months), n, terms.riskiest)}
    return found | ({worth.PAYING: pays.astype(float)} if 0 < pays.sum() < len(pays) else {})


def _gain_of_keeping(inputs: Inputs, terms: StrategyTerms) -> np.ndarray:
    """Return what keeping one of each row gains, at the figures as they are."""
    place = inputs.rows["segment"].to_numpy()
    x = {name: each[place] for name, each in inputs.values().items()}
    return worth.Leavers(x, *inputs.losses(x, terms.timing)).kept()[0]


def _picked(inputs: Inputs, terms: StrategyTerms) -> Picked:
    """Return what keeping as many as the riskiest earns if they are picked by what keeping them gains."""
    n, gain = inputs.rows["n"].to_numpy(), _gain_of_keeping(inputs, terms)
    by_gain = kept_share(gain, n, terms.riskiest)
    return Picked(float(by_gain @ (n * gain) / n.sum()), float(n[gain > 0].sum() / n.sum()))


def _with_ends(at: Mapping, drawn: Mapping, level: float) -> dict[str, np.ndarray]:
    """Return each figure, and quantiles of its draws as its low and high."""
    found = {}
    for name, each in at.items():
        low, high = np.quantile(drawn[name], [(1 - level) / 2, (1 + level) / 2], axis=-2)
        found |= dict(zip(with_ends(name), (each[..., 0, :], low, high), strict=True))
    return found


def _told_apart(at: Figures, drawn: Figures, level: float) -> dict[str, np.ndarray]:
    """Return which strategy leads each segment, and which are clearly different from it, allowing for all compared."""
    gain, draws = at.money["gain"], drawn.money["gain"]
    first = gain.argmax(axis=0, keepdims=True)
    gaps = np.take_along_axis(draws, first, axis=0) - draws
    low = np.quantile(gaps, (1 - level) / 2 / max(len(gain) - 1, 1), axis=1)
    leads = np.arange(len(gain))[:, None] == first[0]
    return {"leads": leads, "told_apart": low > NO_DIFFERENCE * np.abs(gain).max()}


def _again(
    inputs: Inputs, terms: StrategyTerms, currency: str, scenario: str, *, months: int | None = None
) -> StrategyComparison:
    """Return the comparison over other months, or by the rule of thumb."""
    if months is None:
        return _rule_of_thumb(inputs, terms, currency)
    return _compared(inputs, replace(terms, timing=replace(terms.timing, horizon_months=months)), currency, scenario)


def _rule_of_thumb(inputs: Inputs, terms: StrategyTerms, currency: str) -> StrategyComparison:
    """Return the comparison with the chances of the rule of thumb in place of those measured or stated."""
    if missing := [name for name in RULE_OF_THUMB if name not in inputs.segments]:
        what = "acquire=" if missing[0].startswith("acquire") else "win_back="
        raise ValueError(f"The rule of thumb sets winning back beside acquiring, and {what} was not stated.")
    stated = {each: share for name, share in RULE_OF_THUMB.items() for each in with_ends(name)}
    back, new = (format_percent(share, 0) for share in RULE_OF_THUMB.values())
    scenario = f"If the rule of thumb held, by which {new} of strangers and {back} of those lost buy when contacted"
    changed = replace(inputs, segments=inputs.segments.assign(**stated), shared=inputs.shared | {*RULE_OF_THUMB})
    return _compared(changed, terms, currency, scenario)
