"""Customers whose chance of leaving in each month is known, and what was known of them when it began.

Month by month a customer who is here leaves with log odds of ``A`` + B log(1 + months as a customer) + C in the months
after a complaint + D on the small plan; complaints come at random. Who shrinks uses less in the months before leaving.
"""

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy.special import expit

import winback as wb

A, B, D = -3.6, -0.2, 0.5
C = {1: 1.6, 2: 1.0, 3: 0.4}  # months since the last complaint; later none
COMPLAINT = 0.04  # a month
FIRST = np.datetime64("2021-01")
N_MONTHS = 36
FACTORS = (1.0, 0.40, 0.55, 0.70, 0.85)  # of the volume in the last whole months, the last one first after "not yet"


def drawn(n=2_000, *, rng=0, volumes=False, later=0.0, complaints=COMPLAINT):
    """Return contracts, events, and one row per customer and month at risk with its true chance of leaving.

    ``later`` is added to the log odds of the last six months.
    """
    rng = np.random.default_rng(rng)
    begin, came = rng.integers(0, N_MONTHS - 6, n), rng.integers(1, 28, n)  # joins on a day within a month
    small, shrinks = rng.random(n) < 0.5, rng.random(n) < 0.5
    left = np.full(n, -1)
    last = np.full(n, -(10**6))  # month of the last complaint
    rows, events = [], []
    for month in range(N_MONTHS):
        here = np.flatnonzero((begin < month) & (left < 0))
        tenure, since = month - begin[here] - 1, month - last[here]
        odds = A + B * np.log1p(tenure) + D * small[here] + sum(more * (since == each) for each, more in C.items())
        chance = expit(odds + later * (month >= N_MONTHS - 6))
        gone = rng.random(len(here)) < chance
        known = {"customer_id": here, "month": month, "tenure": tenure, "since": np.where(since < 100, since, np.nan)}
        rows.append(pd.DataFrame({**known, "small": small[here], "chance": chance, "left": gone}))
        left[here[gone]] = month
        complains = here[~gone & (rng.random(len(here)) < complaints)]
        last[complains] = month
        events.append(pd.DataFrame({"customer_id": complains, "month": month, "event": "complaint", "amount": np.nan}))
    first = FIRST.astype("datetime64[D]")
    day = rng.integers(1, 27, n)
    months = (FIRST + np.arange(N_MONTHS)).astype("datetime64[D]")
    start, end = months[begin] + came, months[np.maximum(left, 0)] + day
    contracts = pd.DataFrame({"customer_id": np.arange(n), "start": start, "end": pd.Series(end).where(left >= 0)})
    contracts = contracts.assign(margin=10.0 + 20 * small, plan=np.where(small, "small", "large"))
    if volumes:
        events.append(_volumes(rng, begin, left, shrinks))
    happened = pd.concat(events, ignore_index=True)
    on = months[happened["month"]] + np.where(happened["event"] == "volume", 27, 14)
    happened = happened.drop(columns="month").assign(date=on)
    return contracts, happened, pd.concat(rows, ignore_index=True).assign(first=first)


def _volumes(rng, begin, left, shrinks):
    parts = []
    for month in range(N_MONTHS):
        here = np.flatnonzero((begin < month) & ((left < 0) | (left > month)))
        ahead = np.where(left[here] < 0, 99, left[here] - month)
        factor = np.where(shrinks[here], np.array([*FACTORS, 1.0])[np.clip(ahead, 0, 5)], 1.0)
        amount = 100 * factor * np.exp(0.1 * rng.standard_normal(len(here)))
        parts.append(pd.DataFrame({"customer_id": here, "month": month, "event": "volume", "amount": amount}))
    return pd.concat(parts, ignore_index=True)


def read(contracts, events):
    """Return the base; the months are 36, and two more tell who was lost."""
    return wb.read_contracts(contracts, events, until="2024-01-31")


def base_at_risk(n=2_000, **how):
    """Return the base, and the truth month by month."""
    contracts, events, truth = drawn(n, **how)
    return read(contracts, events), truth


def covering(draws, *, n=1_500, seed=20160301):
    """Return, for each draw, which intervals hold the truth, and whether a right model is said to miss later months.

    ``plain_...`` are the tenths where only chance is in their intervals, not what the parameters leave open.
    """
    rows = []
    for rng in np.random.default_rng(seed).spawn(draws):
        base, truth = base_at_risk(n, rng=rng)
        fit = wb.fit_churn_risk(base, "log1p(tenure) + since_complaint + plan")
        params, check = fit.params.set_index("term"), fit.check(months=6)
        held = {
            name: params.loc[term, "low"] <= truth <= params.loc[term, "high"]
            for name, term, truth in (("plan", "plan[T.small]", D), ("complaint", "since_complaint[T.1 month]", C[1]))
        }
        expected, low, high = check.total
        plain = 1.96 * np.sqrt(expected)
        said = {"misses": not low <= check.n_lost <= high, "plain_misses": abs(check.n_lost - expected) > plain}
        tenth = check.frame.iloc[0]
        half = 1.96 * np.sqrt(tenth["n"] * tenth["expected_share"] * (1 - tenth["expected_share"]))
        said["tenth"], said["plain_tenth"] = tenth["inside"], abs(tenth["observed"] - tenth["expected"]) <= half
        _, low, high = check.ahead
        said["ahead"] = low <= (check.customers["left_in"] > 0).sum() <= high
        slope = _true_slope(fit.refitted(fit.starts[:-7]), truth[truth["month"] >= N_MONTHS - 6])
        said["slope"] = check.slope_low <= slope <= check.slope_high
        rows.append({**held, **said})
    return pd.DataFrame(rows)


def _true_slope(fit, truth):
    """Return the slope of the true log odds of later months on those that a fit says."""
    known = truth.assign(since_complaint=truth["since"], plan=np.where(truth["small"], "small", "large"))
    columns = fit.table_of_levels.columns
    values = [each.values_of(known[each.name]) for each in columns]
    places = [found if each.labels else each.places(found) for each, found in zip(columns, values, strict=True)]
    levels = np.column_stack([each.level_of[place] for each, place in zip(columns, places, strict=True)])
    design = sm.add_constant(fit.odds(levels))
    return sm.GLM(truth["chance"].to_numpy(), design, family=sm.families.Binomial()).fit().params[1]
