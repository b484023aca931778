"""How are purchases that were held out judged? What a model expected of each customer beside what came."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.interpolate import CubicSpline
from scipy.special import expit

from winback.doors import ArgumentError
from winback.expectations import ExpectedMoney
from winback.held_out import Ranking
from winback.purchases.cells import one_cell
from winback.purchases.check import PurchaseCheck
from winback.purchases.logs.summary import HeldOutPurchases
from winback.purchases.outcomes import Judged
from winback.purchases.spend import SpendFit
from winback.purchases.table import read_rows
from winback.purchases.wording import purchase_doubts, spend_doubts

MOST_DAYS = 48  # at which the model is asked; a cubic spline between them is exact to 1e-6 of the last value


def judge_purchases(fit, held_out: HeldOutPurchases, spend: SpendFit | None) -> PurchaseCheck:
    """Judge a model of purchases by what its customers bought afterwards, see `PurchaseFit.check`."""
    _check(fit, held_out, spend)
    customers = held_out.customers
    ones = np.ones(len(customers))
    purchases = ExpectedMoney(ones, (fit.expectations(customers, held_out.periods),))
    bought = customers["held_out_frequency"].to_numpy(dtype=float)
    judged = [Judged("purchases", purchases, bought, fit.level, ones)]
    if spend is not None:
        each = spend.expectations(customers)
        paid, known = (customers[name].to_numpy(dtype=float) for name in ("held_out_spend", fit.columns.frequency))
        money = ExpectedMoney(spend.paid_share * ones, (*purchases.factors, each))
        units = each.each(), each.each() / (1 + known)
        judged.append(Judged("money", money, paid, fit.level, *units, of=judged[0]))
    return PurchaseCheck(
        frame=_tenths(Ranking.of(purchases.each()).tenths(), judged),
        totals=pd.DataFrame([one.total() for one in judged]),
        tracking=_track(fit, held_out),
        lorenz=pd.concat([one.lorenz() for one in judged], ignore_index=True),
        model=fit.model.name,
        n=len(customers),
        periods=held_out.periods,
        period=held_out.period,
        level=fit.level,
        doubts=purchase_doubts(fit, read_rows(customers, fit.columns, fit=False).age) + spend_doubts(spend),
        currency=held_out.currency,
    )


def _tenths(tenths, judged) -> pd.DataFrame:
    """Return the tenths with purchases and, where there is a second measure, money."""
    n = np.array([weights.sum() for weights in tenths])
    frame = judged[0].by_tenth(tenths)
    frame = frame.assign(predicted_each=frame["predicted"] / n, observed_each=frame["observed"] / n)
    frame.insert(0, "tenth", np.arange(1, len(n) + 1))
    frame.insert(1, "n", np.round(n).astype(int))
    return pd.concat([frame, *(one.by_tenth(tenths).rename(columns=_money) for one in judged[1:])], axis=1)


def _money(name: str) -> str:
    head, _, end = name.partition("_")
    return f"{head}_money_{end}" if end else f"{head}_money"


def _track(fit, held_out) -> pd.DataFrame:
    r"""Return observed and expected cumulative repeat purchases at the end of each period.

    .. math:: \sum_{d \le t} n_d \, E[X(t - d)]

    with :math:`n_d` customers whose first purchase was on day d, of whom nothing else is known. Periods are counted
    from the end of the calibration in both directions, so that none lies on both sides; the first and the last one may
    be shorter.
    """
    daily, days = held_out.daily, held_out.period.days
    start, end = int(daily["day"].iloc[0]), int(daily["day"].iloc[-1])
    split = held_out.calibration_until.toordinal()
    number = np.arange(-np.floor((split - start) / days), np.floor((end - split) / days) + 1)
    at = np.unique(np.append(split + np.round(number * days), end)).astype(int)
    at = at[(at >= start) & (at <= end)]
    expected = np.convolve(daily["new_customers"], expected_by_day(fit, end - start, days))
    return pd.DataFrame(
        {
            "day": at,
            "periods": (at - start) / days,
            "observed": daily["repeat_purchases"].cumsum().to_numpy()[at - start],
            "expected": expected[at - start],
            "held_out": at > split,
        }
    )


def expected_by_day(fit, n_days: int, days_in_period: float) -> np.ndarray:
    """Return the repeat purchases expected of a new customer 0, 1, ..., ``n_days`` after the first one."""
    nodes = np.unique(np.round(n_days * np.linspace(0, 1, MOST_DAYS + 1) ** 2)).astype(int)
    new, theta = one_cell(), fit.theta
    stays = float(expit(-fit.model.log_odds_left(theta, new))[0])
    later = [float(fit.model.ahead(theta, new, day / days_in_period, 0.0)[0]) for day in nodes[1:]]
    values = stays * np.append(0.0, later)
    if len(nodes) < 4:
        return np.interp(np.arange(n_days + 1), nodes, values)
    return CubicSpline(nodes, values)(np.arange(n_days + 1))


def _check(fit, held_out, spend):
    """Refuse what cannot be judged, or has seen what it is to be judged by."""
    sources = {"held_out": "the hold_out() of a summary", "spend": "fit_spend"}
    kinds = {"held_out": HeldOutPurchases, "spend": SpendFit | None}
    for name, value in {"held_out": held_out, "spend": spend}.items():
        if not isinstance(value, kinds[name]):
            raise ArgumentError(f"{name} must come from {sources[name]}; got {type(value).__name__}.")
    if fit.columns.whole:
        raise ValueError(
            f"The {fit.model.name} counts opportunities, a log of purchases days: fit the BG/NBD, the MBG/NBD or the "
            "Pareto/NBD to held_out.customers."
        )
    if fit.n_repeat == 0:
        raise ValueError("Nobody bought again until the end of the calibration: nothing is predicted. Split later.")
    if fit.period != held_out.period:
        raise ValueError(f"fit counts time in {fit.period}, held_out in {held_out.period}: use the same period.")
    longest, watched = float(fit.cells.age.max()), float(held_out.customers["age"].max())
    if longest > watched * (1 + 1e-9):
        raise ValueError(
            f"fit has watched customers for {longest:,.1f} periods, the calibration only for {watched:,.1f}: it has "
            "seen what it is to be judged by. Fit held_out.customers."
        )
    if spend is not None:
        _check_spend(spend, held_out.customers, fit.columns.frequency)


def _check_spend(spend, customers, frequency):
    """Refuse a model of spend without amounts to judge it by, or of more customers than the calibration has."""
    if "held_out_spend" not in customers:
        raise ValueError("spend needs amounts: name their column in summarize_purchases.")
    n, n_repeat = len(customers), int((customers[frequency] > 0).sum())
    if spend.n > n_repeat or spend.n + spend.n_one_time > n:
        raise ValueError(
            f"spend was fitted to {spend.n:,} repeat buyers of {spend.n + spend.n_one_time:,} customers, the "
            f"calibration has {n_repeat:,} of {n:,}: it has seen what it is to be judged by. Fit held_out.customers."
        )
