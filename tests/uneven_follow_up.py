"""What if some are followed for a shorter time, and stay longer? Trials in which a segment decides both."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

import winback as wb
from winback.trial.follow_up import FollowUp

HORIZON, MARGIN, RETURN, COST = 12.0, 10.0, 0.5, 5.0
STAY = {"a": {"x": 18.0, "y": 6.0}, "none": {"x": 14.0, "y": 5.0}}  # mean months of an exponential stay
OFFERS = [wb.Offer(name="a", amount=COST, paid="per_contact")]
LONG, SHORT = (9.0, 30.0), (1.0, 14.0)  # months followed after coming back, uniform between the two


def draw(rng, n=2_000, shorter_in=("a", "none"), stay=STAY) -> pd.DataFrame:
    """Draw an offer and a control group; in the arms named, segment x is followed for a shorter time."""
    sent, is_x, back = rng.permutation(np.arange(n) % 2) == 0, rng.random(n) < 0.5, rng.random(n) < RETURN
    offer, segment = np.where(sent, "a", "none"), np.where(is_x, "x", "y")
    means = pd.DataFrame(stay).stack()
    tenure = rng.exponential(means.loc[list(zip(segment, offer, strict=True))].to_numpy())
    short = is_x & np.isin(offer, shorter_in)
    followed = np.where(short, rng.uniform(*SHORT, n), rng.uniform(*LONG, n))
    return pd.DataFrame(
        {
            "customer_id": np.arange(n),
            "segment": segment,
            "age": rng.normal(45, 12, n).round(1),
            "offer": offer,
            "returned": back,
            "second_tenure": np.where(back, np.minimum(tenure, followed), np.nan),
            "second_ended": pd.Series(tenure <= followed, dtype="boolean").where(back),
            "second_margin": np.where(back, MARGIN, np.nan),
        }
    )


def read(table, horizon=HORIZON, offers=OFFERS) -> wb.Trial:
    """Read a table as a trial that does not discount."""
    return wb.read_trial(table, offers, horizon_months=horizon, annual_discount=0.0)


def with_one_curve(trial) -> wb.Trial:
    """Return the trial as if all had been followed alike: one curve for each arm, as was done before."""
    same = replace(trial)
    same.__dict__["follow_up"] = FollowUp()
    return same


def true_value(offer, stay=STAY) -> float:
    """Return what a customer brings: the mean of an exponential stay within the horizon in closed form."""
    means = np.array(list(stay[offer].values()))
    return RETURN * MARGIN * float((means * (1 - np.exp(-HORIZON / means))).mean())


TRUE_PROFIT = true_value("a") - true_value("none") - COST


def figures(trial) -> dict[str, float]:
    """Return what a trial says: the mean value of each arm, and the incremental profit with its interval."""
    values = {offer: trial.value[trial.arm == place].mean() for place, offer in enumerate(trial.arms)}
    row = wb.compare_offers(trial).frame.iloc[0]
    names = {"profit": "", "low": "_low", "high": "_high"}
    return values | {name: row[f"incremental_profit{end}"] for name, end in names.items()}


def drawn_figures(draws, **how) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the figures of many trials, as they were with one curve for each arm, and as they are.

    The one in a thousand is left out whose control group is refused, for being unlike the others by chance.
    """
    before, now = [], []
    for seed in range(draws):
        trial = read(draw(np.random.default_rng(seed), **how))
        if trial.has_control:
            before.append(figures(with_one_curve(trial)))
            now.append(figures(trial))
    return pd.DataFrame(before), pd.DataFrame(now)
