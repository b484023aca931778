"""Do the curves say how long customers stay, by how much longer, and how surely?"""

import numpy as np
import pandas as pd
import pytest
from coverage_harness import assert_covers
from hypothesis import given, settings
from hypothesis import strategies as st
from lives import freireich, lives, random_lives
from sentences import hold_to_three
from statsmodels.duration.survfunc import SurvfuncRight

from winback.questions import how_long
from winback.survival.curves import survival_curve

SEEDS = st.integers(0, 2**32 - 1)


def rows(result):
    return result.to_frame().set_index("group")


# published values: Freireich's trial, as in Kalbfleisch & Prentice and in every textbook since


def test_freireich_kaplan_meier_table():
    result = survival_curve(freireich(), by="group", horizon_months=23)
    shares = result.survival_at([6, 7, 10, 13, 16, 22, 23])["treated"]
    assert shares.round(3).tolist() == [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    assert rows(result)["median"].to_dict() == {"control": 8.0, "treated": 23.0}


def test_freireich_log_rank():
    """Chi-square 16.79 on 1 degree of freedom."""
    assert survival_curve(freireich(), by="group").log_rank == pytest.approx(4.17e-5, rel=0.01)


def test_mean_remission_of_the_controls_is_their_plain_mean():
    control = rows(survival_curve(freireich(), by="group", horizon_months=23)).loc["control"]
    assert control["restricted_mean"] == pytest.approx(182 / 21)
    assert control["std_error"] == pytest.approx(6.4677 / np.sqrt(21), rel=1e-4)


# second implementations


def test_curves_agree_with_statsmodels(rng):
    table = random_lives(rng)
    result = survival_curve(table, by="group", horizon_months=40)
    for name, group in table.groupby("group"):
        other = SurvfuncRight(group["second_tenure"], group["second_ended"].astype(int))
        np.testing.assert_allclose(result.survival_at(other.surv_times)[name], other.surv_prob, rtol=1e-12)
        assert rows(result).loc[name, "median"] == other.quantile(0.5)
        assert (rows(result).loc[name, ["median_low", "median_high"]] == other.quantile_ci(0.5, method="cloglog")).all()


def test_standard_error_is_near_that_of_the_jackknife(rng):
    """Leave one customer out at a time; area under the step curve computed here."""
    table, horizon = random_lives(rng, n=80), 40.0
    one = rows(survival_curve(table, horizon_months=horizon)).loc["all"]
    means = [area(table.drop(index=row), horizon) for row in table.index]
    assert one["restricted_mean"] == pytest.approx(area(table, horizon), rel=1e-12)
    assert one["std_error"] == pytest.approx(np.sqrt(79 * np.var(means)), rel=0.03)


def area(table, horizon):
    other = SurvfuncRight(table["second_tenure"], table["second_ended"].astype(int))
    times = np.append(other.surv_times[other.surv_times < horizon], horizon)
    return float(np.diff(times, prepend=0.0) @ np.append(1.0, other.surv_prob)[: len(times)])


# laws


@settings(max_examples=6, deadline=None)
@given(SEEDS, st.sampled_from(["second", "first"]))
def test_shares_fall_and_figures_stay_within_their_intervals(seed, lifetime):
    result = survival_curve(random_lives(np.random.default_rng(seed), n=60), by="group", lifetime=lifetime)
    for _, curve in result.curves.groupby("group"):
        assert (curve["survival"].diff().dropna() <= 1e-12).all()
        assert (curve["low"] <= curve["survival"] + 1e-12).all()
        assert (curve["survival"] <= curve["high"] + 1e-12).all()
        assert curve["low"].between(0, 1).all()
        assert curve["high"].between(0, 1).all()
    frame = result.to_frame()
    assert frame["restricted_mean"].between(0, result.horizon_months).all()
    assert frame["still_there"].between(frame["still_there_low"], frame["still_there_high"]).all()
    assert not (frame["median_low"] > frame["median"]).any()
    assert not (frame["median_high"] < frame["median"]).any()


@settings(max_examples=4, deadline=None)
@given(SEEDS)
def test_a_group_alone_is_the_group_beside_others(seed):
    table = random_lives(np.random.default_rng(seed), groups=("a", "b", "c"))
    together = rows(survival_curve(table, by="group", horizon_months=24)).loc["b"]
    alone = rows(survival_curve(table[table["group"] == "b"], horizon_months=24)).loc["all"]
    pd.testing.assert_series_equal(together, alone, check_names=False)


@settings(max_examples=4, deadline=None)
@given(SEEDS, st.floats(0.1, 30))
def test_time_in_another_unit_scales_months_and_nothing_else(seed, unit):
    table = random_lives(np.random.default_rng(seed))
    other = table.assign(second_tenure=table["second_tenure"] * unit)
    before = survival_curve(table, by="group", horizon_months=24)
    after = survival_curve(other, by="group", horizon_months=24 * unit)
    np.testing.assert_allclose(after.frame["restricted_mean"], unit * before.frame["restricted_mean"])
    np.testing.assert_allclose(after.frame["still_there"], before.frame["still_there"])
    np.testing.assert_allclose(after.differences["p_value"], before.differences["p_value"], rtol=1e-6)


def test_differences_are_those_of_the_means():
    result = survival_curve(freireich(), by="group", horizon_months=23)
    frame, pair = rows(result), result.differences.iloc[0]
    assert (pair["first"], pair["second"]) == ("control", "treated")
    assert pair["difference"] == pytest.approx(-np.ptp(frame["restricted_mean"]))
    assert pair["std_error"] == pytest.approx(np.hypot(*frame["std_error"]))
    assert pair["p_value"] < 0.001


def test_more_than_six_groups_are_compared_with_the_first(rng):
    result = survival_curve(random_lives(rng, n=210, groups=tuple("abcdefg")), by="group", horizon_months=24)
    assert len(result.differences) == 6
    assert set(result.differences["second"]) == {"a"}
    assert len(survival_curve(random_lives(rng, groups=tuple("abcdef")), by="group").differences) == 15


# first against second lifetimes


def test_pairing_takes_away_what_customers_have_in_common(rng):
    first = rng.uniform(1, 30, 50)
    table = lives(first + 3, [True] * 50, first_tenure=first)
    result = survival_curve(table, by="lifetime", horizon_months=40)
    pair = result.differences.iloc[0]
    assert (pair["first"], pair["second"]) == ("second", "first")
    assert pair["difference"] == pytest.approx(3)
    assert pair["std_error"] < 1e-12
    assert result.log_rank is None
    assert result.paired
    assert result.describe().startswith("Second lifetimes last 3.0 months longer than first ones within 40 months [3.0")
    assert "customer's own first one" in result.details()
    hold_to_three(result)


def test_first_lives_count_in_full_as_their_money_does_where_few_were_longer(rng, study):
    sent = study.trial.part((study.lapsed["offer"] != "none").to_numpy())
    result = survival_curve(sent, by="lifetime", horizon_months=84)
    hold_to_three(result)
    full, within = result.in_full, result.differences.iloc[0]
    lives = how_long.lives_of(sent.lapsed, 84.0).months.frame.iloc[0]  # what the front page says
    for end in ("", "_low", "_high"):
        assert full[end.removeprefix("_") or "difference"] == pytest.approx(lives[f"difference{end}"])
        assert within[end.removeprefix("_") or "difference"] == pytest.approx(lives[f"difference_within{end}"])
    assert result.describe().startswith(
        f"Second lifetimes last {full['difference']:.1f} months longer than first ones ["
    )
    assert f"the difference is {within['difference']:.1f} months [" in result.details()
    assert f"{within['difference']:.1f} months" not in result.describe()  # one pair of figures over one span
    long = lives_of_two(rng, share_longer=0.2)
    assert "both up to" not in long.describe()
    assert " within 84 months [" in long.describe()
    alike = lives_of_two(rng, share_longer=0.04)
    assert alike.describe().startswith("Second lifetimes are not shown to be longer or shorter than first ones (")
    hold_to_three(long, alike)


def lives_of_two(rng, share_longer, n=400):
    """Return curves of paired lifetimes, of which some first ones are longer than 84 months and second ones are not."""
    first = rng.uniform(30, 50, n)
    second = first + rng.normal(0, 3, n)
    second[: int(n * share_longer)] = 83.0
    first[: int(n * share_longer)] = rng.uniform(84, 90, int(n * share_longer))
    if share_longer > 0.1:
        second += 5
    table = lives(second.clip(1), [True] * n, first_tenure=first)
    return survival_curve(table, by="lifetime", horizon_months=84)


def test_paired_difference_is_the_mean_difference_where_nobody_is_cut_off(rng):
    table = lives(rng.exponential(20, 90), [True] * 90, first_tenure=rng.exponential(15, 90) + 0.1)
    pair = survival_curve(table, by="lifetime", horizon_months=24).differences.iloc[0]
    longer = table["second_tenure"].clip(upper=24) - table["first_tenure"].clip(upper=24)
    assert pair["difference"] == pytest.approx(longer.mean())
    assert pair["std_error"] == pytest.approx(longer.sem())


# recovery and coverage


def exponential_mean(mean, horizon):
    return mean * (1 - np.exp(-horizon / mean))


def test_recovers_the_truth(rng):
    result = survival_curve(random_lives(rng, n=20_000), by="group", horizon_months=40)
    for row in result.frame.itertuples():
        assert abs(row.restricted_mean - exponential_mean(20, 40)) < 4 * row.std_error
        assert abs(row.still_there - np.exp(-2)) < 4 * (row.still_there_high - row.still_there_low) / 3.92
        assert row.median == pytest.approx(20 * np.log(2), rel=0.05)


@pytest.mark.slow
def test_intervals_hold(record_property):
    rng, found = np.random.default_rng(20160301), []
    for _ in range(100):
        table = random_lives(rng, n=300)
        result = survival_curve(table, by="group", horizon_months=30)
        one, pair = result.frame.iloc[0], result.differences.iloc[0]
        shares, means = ["still_there_low", "still_there_high"], ["restricted_mean_low", "restricted_mean_high"]
        found.append([*one[[*means, *shares, "median_low", "median_high"]], pair["low"], pair["high"]])
    truths = exponential_mean(20, 30), np.exp(-1.5), 20 * np.log(2), 0.0
    for place, (name, truth) in enumerate(zip(("mean", "share", "median", "difference"), truths, strict=True)):
        low, high = np.array(found, dtype=float)[:, 2 * place : 2 * place + 2].T
        record_property(name, str(assert_covers(low, high, truth)))


@pytest.mark.slow
def test_paired_interval_holds_and_an_unpaired_one_would_not(record_property):
    """Lives of one customer are alike (correlation of log months .7), so ignoring the pairs is too careful."""
    rng, n, horizon, found, unpaired = np.random.default_rng(20160301), 300, 30.0, [], []
    for _ in range(200):
        own, first, second = rng.normal(0, 0.75, (3, n))
        first = np.exp(2.5 + np.sqrt(0.7) * own + np.sqrt(0.3) * first)
        second = np.exp(2.5 + np.sqrt(0.7) * own + np.sqrt(0.3) * second)
        followed = rng.uniform(10, 60, n)
        table = lives(np.minimum(second, followed), second <= followed, first_tenure=first)
        result = survival_curve(table, by="lifetime", horizon_months=horizon)
        found.append(result.differences.iloc[0][["difference", "low", "high"]].to_numpy(dtype=float))
        unpaired.append(1.96 * np.hypot(*result.frame["std_error"]))
    difference, low, high = np.array(found).T
    record_property("paired", str(assert_covers(low, high, 0.0)))
    assert (np.abs(difference) <= unpaired).mean() > 0.98
