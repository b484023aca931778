"""Does everything asked of a trial take customers of one household as one draw?"""

import households as hh
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

import winback as wb
from winback.clusters import drawn_whole
from winback.policies.honest_value import honest_value
from winback.tables import TableError


@pytest.fixture(scope="module")
def found():
    return hh.trial(np.random.default_rng(20160301), 1_000, 4, lift=0.5)


@pytest.fixture(scope="module")
def alone():
    """Return the same as if customers were independent."""
    return hh.trial(np.random.default_rng(20160301), 1_000, 4, lift=0.5, cluster=None)


def robust_error(values, clusters):
    fit = sm.OLS(values, np.ones(len(values))).fit(cov_type="cluster", cov_kwds={"groups": clusters})
    return fit.bse[0]


def test_the_column_named_becomes_the_cluster_and_is_no_covariate(found):
    assert found.cluster == "household"
    assert len(np.unique(found.clusters)) == 1_000
    assert "household" not in found.customers
    assert set(found.known) == {"income", "age"}


def test_a_column_of_that_name_is_taken_without_being_named(rng):
    table = hh.table(rng, 100, 3).rename(columns={"household": "cluster"})
    assert len(np.unique(wb.read_trial(table, hh.OFFERS).clusters)) == 100


def test_a_column_that_is_not_there_is_refused(rng):
    with pytest.raises(TableError, match="`flat` is not a column"):
        hh.trial(rng, 50, 3, cluster="flat")


def test_scores_are_as_sure_as_statsmodels_says(found):
    scores = wb.offer_scores(found)
    rows = scores.frame.set_index("offer")
    for name in ("letter", "none"):
        expected = robust_error(scores.scores[name].to_numpy(), found.clusters)
        assert rows.loc[name, "mean_std_error"] == pytest.approx(expected, rel=1e-9)
    gained = (scores.scores["letter"] - scores.scores["none"]).to_numpy()
    assert rows.loc["letter", "effect_std_error"] == pytest.approx(robust_error(gained, found.clusters), rel=1e-9)


def test_folds_keep_households_together_and_arms_even(found):
    folds = wb.offer_scores(found).folds
    assert drawn_whole(found.clusters, folds)
    assert np.bincount(folds).min() > 0.95 * len(folds) / 5
    counts = pd.crosstab(folds, found.arm)
    assert (counts.max() - counts.min()).max() <= 4  # one household


def test_folds_that_split_a_household_are_refused(found):
    with pytest.raises(ValueError, match="one household together"):
        wb.offer_scores(found, folds=np.arange(len(found.lapsed)) % 5)


def test_gains_of_a_policy_are_as_sure_as_statsmodels_says(found):
    rule = {True: "letter", False: None}
    table = found.lapsed.assign(rich=found.lapsed["income"] > 0)
    trial = wb.read_trial(table, hh.OFFERS)
    judged = wb.evaluate_policy(trial, rule, by="rich", splits=wb.Splits(repeats=1))
    expected = robust_error(judged.gains.customer_gains[0], trial.clusters)
    assert judged.repeats["std_error"].iloc[0] == pytest.approx(expected, rel=1e-9)


def test_fifths_and_the_slope_are_wider_than_of_independent_customers(found, alone):
    groups = [honest_value(each).groups for each in (found, alone)]
    widths = [(each["measured_high"] - each["measured_low"]).mean() for each in groups]
    assert widths[0] > 1.05 * widths[1]


def test_a_spending_curve_is_wider_than_of_independent_customers(found, alone):
    curves = [wb.spending_curve(each, [0.2, 0.4], splits=wb.Splits(repeats=2)).frame for each in (found, alone)]
    widths = [(frame["honest_high"] - frame["honest_low"]).mean() for frame in curves]
    assert widths[0] > 1.2 * widths[1]


def test_a_comparison_is_as_sure_as_statsmodels_says(found):
    row = wb.compare_offers(found).frame.iloc[0]
    outcome = np.where(found.arm == 0, found.profit, found.value)
    sent = sm.add_constant((found.arm == 0).astype(float))
    fit = sm.OLS(outcome, sent).fit(cov_type="cluster", cov_kwds={"groups": found.clusters})
    assert row["incremental_profit"] == pytest.approx(fit.params[1], rel=1e-10)
    assert row["incremental_profit_std_error"] == pytest.approx(fit.bse[1], rel=3e-3)


def test_shares_returned_allow_for_households(found, alone):
    wide, narrow = (wb.compare_offers(each).frame.iloc[0] for each in (found, alone))
    width, expected = (row["acceptance_high"] - row["acceptance_low"] for row in (wide, narrow))
    ratio = robust_error(found.returned[found.arm == 0].astype(float), found.clusters[found.arm == 0])
    share = found.returned[found.arm == 0].mean()
    ratio /= np.sqrt(share * (1 - share) / (found.arm == 0).sum())
    assert width == pytest.approx(ratio * expected, rel=0.01)


def test_all_that_is_asked_of_a_trial_of_two_offers_runs(rng):
    trial = hh.trial(rng, 600, 3, names=("letter", "call", "none"), shares=(0.4, 0.3, 0.3), whole=False, lift=1.0)
    comparison = wb.compare_offers(trial)
    assert comparison.differences["std_error"].iloc[0] > 0
    assert str(comparison.describe())
    learned = wb.learn_policy(trial, by=["income"], splits=wb.Splits(repeats=2))
    assert len(learned.contact_list(trial.lapsed.drop(columns=["offer", "returned", "value"])).frame)
