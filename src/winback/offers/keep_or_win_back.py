"""Keep customers, wait and win them back, or acquire others instead? `compare_win_back_keep_acquire`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd

from winback.base.contract_base import ContractBase
from winback.discounting import check_annual_discount, check_horizon
from winback.doors import door
from winback.offers import strategy_worth as worth
from winback.offers.comparison import compare_offers
from winback.offers.strategies_compared import Picked, StrategyComparison, StrategyTerms
from winback.offers.strategy_inputs import Inputs, read_figures, with_settings
from winback.offers.strategy_measured import earned_in_trial, inputs_of_base, months_away, with_trial
from winback.offers.strategy_settings import Acquire, ByThemselves, Keep, WinBack
from winback.offers.strategy_words import ALL
from winback.tables import AnyTable
from winback.trial.trial import Trial
from winback.uncertainty import normal_quantile

RULE_OF_THUMB = {"win_back_chance": 0.40, "acquire_chance": 0.05}  # what salespeople say; no source measured it
NO_DIFFERENCE = 1e-9  # of the amounts compared: rounding
NOTHING = 1e-9  # money: what no coin could pay


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

    For each segment: keep everybody, keep the riskiest, wait and win back, both, acquire instead, each against doing
    nothing, per customer at risk and per dollar spent, with the cost, the effect and the margin at which strategies
    stop paying or change places. The equations are (1) to (4) of `winback.offers.strategy_worth`.

    Parameters
    ----------
    figures : pandas.DataFrame, mapping, path, ContractBase or result
        A small table, one row per segment: ``segment``, ``n`` customers, ``hazard`` (chance of leaving within a month),
        ``margin`` (money a month), and, where they differ by segment, the columns that the settings stand for:
        ``keep_cost``, ``share_prevented``; ``win_back_chance``, ``win_back_value``, ``win_back_cost``,
        ``win_back_contact_cost``; ``organic``, ``organic_value``; ``acquire_chance``, ``acquire_value``,
        ``acquire_contact_cost``. Each may have ``<name>_low`` and ``<name>_high`` beside it. Or one row per customer:
        ``customer_id``, ``hazard`` or ``risk`` (of leaving within a month), ``margin``, by ``segment`` or else by
        thirds of margin. Or a base, of which hazards and margins are taken by thirds.
    keep : Keep, optional
        What keeping costs and prevents. Where no trial measured it, the share prevented is an assumption: there is no
        default.
    win_back : WinBack or Trial, optional
        Chance, value and cost of winning back, or the trial that measured them (its best offer on profit), by the
        same thirds of value.
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
        ``_high``, ``leads`` and ``told_apart`` (from the one that leads its segment). ``break_even`` and ``contacts``
        are frames by segment.

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
    timing, trial = _timing(trial, win_back, acquire, horizon_months, annual_discount)
    inputs = inputs_of_base(figures, level) if isinstance(figures, ContractBase) else read_figures(figures)
    if trial is not None:
        offer = compare_offers(trial, level=level).frame["offer"].iloc[0]
        inputs, win_back = with_trial(inputs, trial, offer, level, timing.horizon_months), None
    inputs = with_settings(inputs, keep, win_back, by_themselves, acquire)
    currency = getattr(figures, "currency", currency) if isinstance(figures, ContractBase) else currency
    terms = StrategyTerms(timing, keep.riskiest if keep is not None else Keep.riskiest, level)
    return _compared(inputs, terms, currency)


def _timing(trial, win_back, acquire, horizon_months, annual_discount) -> tuple[worth.Timing, Trial | None]:
    """Return which months count, and the trial at the discount rate that holds."""
    if trial is not None and annual_discount is not None and trial.horizon_months is not None:
        trial = trial.over(annual_discount=annual_discount)
    known = trial is not None and trial.horizon_months is not None
    if horizon_months is None and known:
        horizon_months = float(np.floor(trial.horizon_months))
    months = check_horizon(horizon_months)
    if months != round(months) or months > 600:
        raise ValueError(f"horizon_months must be a whole number of months, at most 600; got {months:g}.")
    rate = check_annual_discount(trial.annual_discount if annual_discount is None and known else annual_discount)
    away = months_away(trial) if trial is not None else getattr(win_back, "months_away", 0.0)
    if trial is not None:
        earned = earned_in_trial(trial, int(months))
    else:
        earned = worth.earned_evenly(getattr(win_back, "value_months", None), rate)
    new = worth.earned_evenly(getattr(acquire, "value_months", None), rate)
    return worth.Timing(int(months), rate, away, earned, new), trial


@dataclass(frozen=True)
class Figures:
    """What the strategies come to at some inputs; arrays of shape (..., segments and all customers)."""

    gains: np.ndarray  # (strategies, ..., segments + 1)
    spending: np.ndarray
    break_even: Mapping[str, np.ndarray]  # (..., segments)
    strategies: tuple[str, ...]

    @property
    def per_dollar(self) -> np.ndarray:
        """Gain over spending; missing where nothing is spent."""
        spent = self.spending > NOTHING
        return np.divide(self.gains, self.spending, out=np.full(self.gains.shape, np.nan), where=spent)


def _compared(inputs: Inputs, terms: StrategyTerms, currency: str, scenario: str = "") -> StrategyComparison:
    """Return the strategies compared at the inputs themselves, with intervals from draws of them."""
    rows = {name: inputs.rows[name].to_numpy() for name in ("hazard", "margin")}
    kept = kept_share(rows["hazard"], inputs.rows["n"].to_numpy(), terms.riskiest)
    at = _figures(inputs, rows, inputs.estimates(), kept, timing=terms.timing)
    drawn = inputs.draws(terms.level)
    draws = None if drawn is None else _figures(inputs, *drawn, kept, timing=terms.timing)
    draws = None if draws is None or draws.gains.ndim == at.gains.ndim else draws  # what is unsure decides nothing
    ends = {
        name: _ends(each, None if draws is None else draws.break_even[name], terms.level)
        for name, each in at.break_even.items()
    }
    break_even = {"segment": inputs.segments["segment"]}
    for name, three in ends.items():
        break_even |= dict(zip((name, f"{name}_low", f"{name}_high"), three, strict=True))
    frame = _frame(inputs, at, draws, terms)
    made = {"inputs": inputs, "terms": terms, "currency": currency, "scenario": scenario}
    picked = _picked(inputs, terms) if "share_prevented" in inputs.segments else None
    again = partial(_rule_of_thumb, inputs, terms, currency)
    return StrategyComparison(frame, pd.DataFrame(break_even), picked=picked, again=again, **made)


def _figures(inputs: Inputs, rows: Mapping, x: Mapping, kept: np.ndarray, *, timing: worth.Timing) -> Figures:
    """Return what the strategies come to, at the estimates or at draws of them."""
    sums, share = worth.summed_over_months(rows["hazard"], timing), inputs.share
    one = worth.PerCustomer.of(sums, rows["margin"], share)
    risky = worth.PerCustomer.of(sums, rows["margin"], share * kept[:, None])
    found = worth.gains_and_spending(one, risky, kept @ share, x)
    weights = inputs.segments["n"].to_numpy() / inputs.segments["n"].sum()
    shape = np.broadcast_shapes(*(np.shape(each) for pair in found.values() for each in pair))
    both = np.array([[np.broadcast_to(each, shape) for each in pair] for pair in found.values()])
    both = np.concatenate([both, (both @ weights)[..., None]], axis=-1)
    points = worth.break_even(one, rows["margin"] @ share, x)
    return Figures(both[:, 0], both[:, 1], points, tuple(found))


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


def _picked(inputs: Inputs, terms: StrategyTerms) -> Picked:
    """Return what keeping as many as the riskiest earns if they are picked by what keeping them gains."""
    sums = worth.summed_over_months(inputs.rows["hazard"].to_numpy(), terms.timing)
    place, n = (inputs.rows[name].to_numpy() for name in ("segment", "n"))
    x = {name: np.broadcast_to(each, len(inputs.segments))[place] for name, each in inputs.estimates().items()}
    saved = sums[:, 0] * inputs.rows["margin"].to_numpy() - x["organic"] * x["organic_value"] * sums[:, 2]
    gain = x["share_prevented"] * saved - x["keep_cost"]
    by_gain = kept_share(gain, n, terms.riskiest)
    return Picked(float(by_gain @ (n * gain) / n.sum()), float(n[gain > 0].sum() / n.sum()))


def _ends(at: np.ndarray, draws: np.ndarray | None, level: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return figures with low and high, the quantiles of their draws; the figures themselves where all is certain."""
    if draws is None or draws.ndim == at.ndim:
        return at, at, at
    axis = at.ndim - 1  # draws come before the segments
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2], axis=axis)
    return at, low, high


def _frame(inputs: Inputs, at: Figures, draws: Figures | None, terms: StrategyTerms) -> pd.DataFrame:
    """Return one row per segment and strategy, all customers last."""
    n = np.append(inputs.segments["n"], inputs.segments["n"].sum())
    leads, apart = _told_apart(at, draws, terms.level)
    frame = pd.DataFrame({"segment": np.repeat([*inputs.segments["segment"], ALL], len(at.strategies))})
    frame["n"] = np.repeat(n, len(at.strategies))
    frame["strategy"] = np.tile(at.strategies, len(n))
    for name in ("gain", "spending", "per_dollar"):
        part = "gains" if name == "gain" else name
        ends = _ends(getattr(at, part), None if draws is None else getattr(draws, part), terms.level)
        for end, each in zip(("", "_low", "_high"), ends, strict=True):
            frame[f"{name}{end}"] = each.T.ravel()
            if name == "gain":
                frame[f"gain_total{end}"] = frame["n"] * frame[f"gain{end}"]
    return frame.assign(leads=leads.T.ravel(), told_apart=apart.T.ravel())


def _told_apart(at: Figures, draws: Figures | None, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Return which strategy leads each segment, and which are clearly different from it, allowing for all compared."""
    first = at.gains.argmax(axis=0)
    leads = np.arange(len(at.strategies))[:, None] == first
    behind = at.gains.max(axis=0) - at.gains
    low = behind
    if draws is not None:
        pieces = np.moveaxis(draws.gains, 1, -1)  # strategies, segments, draws
        gaps = np.take_along_axis(pieces, first[None, :, None], axis=0) - pieces
        low = np.quantile(gaps, (1 - level) / 2 / max(len(at.strategies) - 1, 1), axis=-1)
    return leads, low > NO_DIFFERENCE * np.abs(at.gains).max()


def _rule_of_thumb(inputs: Inputs, terms: StrategyTerms, currency: str) -> StrategyComparison:
    """Return the comparison with the chances of the rule of thumb in place of those measured or stated."""
    if missing := [name for name in RULE_OF_THUMB if name not in inputs.segments]:
        what = "acquire=" if missing[0].startswith("acquire") else "win_back="
        raise ValueError(f"The rule of thumb sets winning back beside acquiring, and {what} was not stated.")
    stated = {f"{name}{end}": share for name, share in RULE_OF_THUMB.items() for end in ("", "_low", "_high")}
    said = (
        f"{RULE_OF_THUMB['acquire_chance']:.0%} of strangers and {RULE_OF_THUMB['win_back_chance']:.0%} of those lost"
    )
    scenario = f"If the rule of thumb held, by which {said} buy when contacted"
    changed = replace(inputs, segments=inputs.segments.assign(**stated), shared=inputs.shared | {*RULE_OF_THUMB})
    return _compared(changed, terms, currency, scenario)
