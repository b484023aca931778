"""Are mean scores right where the data end before customers do? Value over a horizon, from second lives cut off."""

from math import sqrt

import numpy as np
import pandas as pd
import pytest
from coverage_harness import assert_covers
from scipy import stats
from tailored_trials import free

import winback as wb

HORIZON, MARGIN, N_TRIALS = 12.0, 10.0, 120
MEDIAN = {"a": 14.0, "b": 7.0, "none": 10.0}


def draw(rng, n=600):
    """Draw second lives that differ by kind and offer; the calendar cuts off about a third within the horizon."""
    arm, kind = rng.permutation(np.arange(n) % 3), rng.random(n) < 0.5
    back = rng.random(n) < 0.6
    tenure = np.array(list(MEDIAN.values()))[arm] * np.exp(np.where(kind, 0.4, -0.4) + 0.6 * rng.normal(size=n))
    followed = rng.uniform(2, 24, n)
    return pd.DataFrame(
        {
            "customer_id": np.arange(n),
            "kind": np.where(kind, "long", "short"),
            "offer": np.array(list(MEDIAN))[arm],
            "returned": back,
            "second_tenure": np.where(back, np.minimum(tenure, followed), np.nan),
            "second_ended": pd.Series(tenure <= followed, dtype="boolean").where(back),
            "second_margin": np.where(back, MARGIN, np.nan),
        }
    )


def expected_value(median):
    r"""Return .6 x margin x E[min(T, 12)] of the mixture of two lognormals, by integrating its survival function."""
    times = np.linspace(0, HORIZON, 20_001)
    alive = np.mean([stats.lognorm.sf(times, 0.6, scale=median * np.exp(shift)) for shift in (0.4, -0.4)], axis=0)
    return 0.6 * MARGIN * np.trapezoid(alive, times)


@pytest.fixture(scope="module")
def trials():
    found, naive = [], []
    for seed in range(N_TRIALS):
        table = draw(np.random.default_rng(seed))
        scores = wb.offer_scores(
            wb.read_trial(table, free("a", "b"), horizon_months=HORIZON, annual_discount=0.0), rng=seed
        )
        found.append(scores.frame.assign(trial=seed))
        seen = table["second_tenure"].clip(upper=HORIZON).fillna(0) * MARGIN
        naive.append(seen.groupby(table["offer"]).mean())
    return pd.concat(found).set_index("offer"), pd.DataFrame(naive)


@pytest.mark.slow
@pytest.mark.parametrize("offer", MEDIAN)
def test_mean_scores_are_the_truth_and_what_was_seen_is_not(trials, offer):
    found, truth = trials[0].loc[offer], expected_value(MEDIAN[offer])
    assert abs(found["mean"].mean() - truth) < 3 * found["mean"].std() / sqrt(N_TRIALS)
    assert_covers(found["mean_low"], found["mean_high"], truth)
    seen = trials[1][offer]
    assert seen.mean() - truth < -10 * seen.std() / sqrt(N_TRIALS)


def test_without_covariates_mean_scores_are_restricted_means_of_kaplan_meier():
    """Even folds and one margin: the mean of pseudo-observations is share x margin x area under the curve."""
    from lifelines import KaplanMeierFitter
    from lifelines.utils import restricted_mean_survival_time

    table = draw(np.random.default_rng(1))
    folds = table.groupby("offer").cumcount() % 5
    trial = wb.read_trial(table, free("a", "b"), covariates=[], horizon_months=HORIZON, annual_discount=0.0)
    found = wb.offer_scores(trial, folds=folds).frame.set_index("offer")
    for offer, group in table.groupby("offer"):
        back = group[group["returned"]]
        curve = KaplanMeierFitter().fit(back["second_tenure"], back["second_ended"].astype(bool))
        area = restricted_mean_survival_time(curve, t=HORIZON)
        wanted = len(back) / len(group) * MARGIN * area
        assert found.loc[offer, "mean"] == pytest.approx(wanted, rel=1e-3)  # pseudo-observations err by 1/n^2
