"""Do reasons compete as they should: shares that add to one, and intervals that hold?"""

import warnings

import numpy as np
import pandas as pd
import pytest
from coverage_harness import assert_covers
from hypothesis import given, settings
from hypothesis import strategies as st
from lives import TREATED, lives, random_lives
from sentences import all_of, hold_to_three

from winback.pseudo_observations import pseudo_months
from winback.survival.competing import STILL_THERE, competing_risks, headline
from winback.survival.curves import survival_curve
from winback.survival.incidence import cumulative_incidence, incidence_interval, incidence_variance, months_lost
from winback.tables import TableError
from winback.uncertainty import share_interval

SEEDS = st.integers(0, 2**32 - 1)


def tied(seed, n=60):
    """Draw lives in whole months, so that ends for several reasons and cut-offs fall together."""
    rng = np.random.default_rng(seed)
    table = random_lives(rng, n)
    return table.assign(second_tenure=np.ceil(table["second_tenure"] / 4))


# published values


def test_one_cause_is_freireichs_table_with_greenwoods_errors():
    found = cumulative_incidence(TREATED[0], np.array(TREATED[1]) - 1, n_causes=1)
    assert (1 - found.share[:, 0]).round(3).tolist() == [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    errors = np.sqrt(incidence_variance(found)[:, 0])
    assert errors.round(4).tolist() == [0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346]


# second implementation


def test_lifelines_says_the_same_where_no_months_are_tied(rng):
    from lifelines import AalenJohansenFitter

    table = random_lives(rng)
    cause = table["second_reason"].map({"price": 0, "service": 1}).fillna(-1).astype(int)
    found = cumulative_incidence(table["second_tenure"], cause, 2)
    for place in (0, 1):
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            other = AalenJohansenFitter().fit(table["second_tenure"], cause + 1, place + 1)
        shares = other.cumulative_density_.iloc[:, 0].loc[found.months]
        np.testing.assert_allclose(found.share[:, place], shares, rtol=1e-10)
        middle = slice(5, -5)
        variance = other.variance_.loc[found.months].to_numpy()[middle]
        np.testing.assert_allclose(incidence_variance(found)[middle, place], variance, rtol=1e-8)
        low, high = incidence_interval(found.share[:, place], incidence_variance(found)[:, place], 200)
        bounds = other.confidence_interval_.loc[found.months].to_numpy()
        bounds = np.sort(bounds, axis=1)[middle]
        np.testing.assert_allclose(np.column_stack([low, high])[middle], bounds, rtol=1e-8)


# laws


@settings(max_examples=6, deadline=None)
@given(SEEDS)
def test_reasons_and_those_still_there_add_to_one(seed):
    table = tied(seed)
    result = competing_risks(table, by="group")
    wide = result.curves.pivot_table(index=["group", "months"], columns="reason", values="share")
    np.testing.assert_allclose(wide.sum(axis=1), 1, rtol=1e-12)
    still = survival_curve(table, by="group", horizon_months=result.horizon_months)
    left = result.frame.groupby("group")[["share", "months_lost", "n_left"]].sum()
    np.testing.assert_allclose(left["share"], 1 - still.frame["still_there"], atol=1e-12)
    np.testing.assert_allclose(left["months_lost"], result.horizon_months - still.frame["restricted_mean"], rtol=1e-9)
    frame = result.frame
    assert frame["share"].between(frame["share_low"] - 1e-12, frame["share_high"] + 1e-12).all()
    assert frame[["share_low", "share_high"]].stack().between(0, 1).all()


@settings(max_examples=6, deadline=None)
@given(SEEDS)
def test_where_nobody_is_cut_off_shares_are_plain_shares(seed):
    table = tied(seed).assign(second_ended=True)
    table["second_reason"] = table["second_reason"].fillna("moved")
    result = competing_risks(table, horizon_months=5).frame.set_index("reason")
    early = table["second_tenure"] <= 5
    for reason, row in result.iterrows():
        mine = early & (table["second_reason"] == reason)
        assert row["share"] == pytest.approx(mine.mean())
        assert row["n_left"] == mine.sum()
        assert row["share_std_error"] ** 2 == pytest.approx(mine.mean() * (1 - mine.mean()) / len(table))
        lost = np.where(mine, 5 - table["second_tenure"], 0.0)
        assert row["months_lost"] == pytest.approx(lost.mean())
        assert row["months_lost_std_error"] == pytest.approx(lost.std() / np.sqrt(len(table)))


@settings(max_examples=10, deadline=None)
@given(SEEDS)
def test_months_lost_to_one_cause_have_the_error_of_the_restricted_mean(seed):
    table = random_lives(np.random.default_rng(seed), n=100)
    ended = table["second_ended"].to_numpy()
    found = cumulative_incidence(table["second_tenure"], np.where(ended, 0, -1), 1)
    lost, error = months_lost(found, 24.0)
    pseudo = pseudo_months(table["second_tenure"], ended, 24.0)
    assert lost[0] == pytest.approx(24 - pseudo.mean())
    assert error[0] == pytest.approx(pseudo.std() / 10, rel=1e-6)


def test_the_result_is_the_same_at_every_call():
    pd.testing.assert_frame_equal(competing_risks(tied(3)).curves, competing_risks(tied(3)).curves)
    state = np.random.get_state()[1][:5].tolist()  # noqa: NPY002
    competing_risks(tied(3))
    assert np.random.get_state()[1][:5].tolist() == state  # noqa: NPY002


# recovery and coverage


def truths(horizon, mean=20.0, share=0.7):
    """Causes of constant share: incidence and months lost are that share of all."""
    left = 1 - np.exp(-horizon / mean)
    return share * left, share * (horizon - mean * left)


def test_recovers_the_truth(rng):
    row = competing_risks(random_lives(rng, n=20_000), horizon_months=40).frame.iloc[0]
    share, lost = truths(40)
    assert abs(row["share"] - share) < 4 * row["share_std_error"]
    assert abs(row["months_lost"] - lost) < 4 * row["months_lost_std_error"]


@pytest.mark.slow
def test_intervals_hold(record_property):
    rng, found = np.random.default_rng(20160301), []
    for _ in range(200):
        table = random_lives(rng, n=200)
        row = competing_risks(table, horizon_months=30).frame.iloc[0]
        found.append(row[["share_low", "share_high", "months_lost_low", "months_lost_high"]].to_numpy(dtype=float))
    low, high, lost_low, lost_high = np.array(found).T
    share, lost = truths(30)
    record_property("share", str(assert_covers(low, high, share)))
    record_property("months lost", str(assert_covers(lost_low, lost_high, lost)))


# what is said


def test_sentences_name_the_most_frequent_reason(rng):
    result = competing_risks(random_lives(rng), horizon_months=30)
    text = f"{result.describe()}\n{result.details()}"
    hold_to_three(result)
    assert headline(result).startswith("price is the most frequent reason to leave again by month 30: ")
    assert "% are still there." in text
    assert "Months lost per customer within 30 months: price" in text
    assert "Reasons compete" in text
    grouped = competing_risks(random_lives(rng), by="group")
    assert "Group a: left again by month" in grouped.details()
    assert "the last in which at least 30 customers of every group were still watched" in grouped.details()
    hold_to_three(grouped)


def test_a_horizon_found_in_the_data_is_said_rounded(rng):
    table = random_lives(rng, n=300)
    result = competing_risks(table.assign(second_tenure=table["second_tenure"].clip(upper=29.9302)))
    assert result.horizon_months == pytest.approx(29.9302)
    assert " by month 29.9: " in headline(result)
    assert "29.93" not in all_of(result)


def test_groups_with_different_reasons_are_told_apart():
    table = lives([1, 2, 3, 4], [True] * 4, second_reason=["price", "price", "service", "service"], group=list("aabb"))
    assert headline(competing_risks(table, by="group")).endswith("price 100% (group a) and service 100% (group b)")


def test_a_horizon_before_any_end_has_shares_of_zero():
    table = lives([5, 6, 9, 9], [True, True, False, False], second_reason=["price", "service", None, None])
    result = competing_risks(table, horizon_months=2)
    assert result.frame["share"].tolist() == [0, 0]
    np.testing.assert_allclose(
        result.frame["share_high"], share_interval(0, 4)[1]
    )  # all four were watched for 2 months
    assert set(result.curves["reason"]) == {"price", "service", STILL_THERE}


# bad input


def test_reasons_must_fit_the_ends(rng):
    table = random_lives(rng, n=30)
    with pytest.raises(TableError, match="`second_reason` is missing from the table"):
        competing_risks(table.drop(columns="second_reason"))
    with pytest.raises(TableError, match=r"must not be missing for those who left again; \d+ of 30 rows \(first: cust"):
        competing_risks(table.assign(second_reason=None))
    with pytest.raises(TableError, match="must be empty for those who have not left again"):
        competing_risks(table.assign(second_reason="price"))
    with pytest.raises(TableError, match="nobody has left again"):
        competing_risks(table.assign(second_ended=False, second_reason=None))
    with pytest.raises(ValueError, match="beyond the data"):
        competing_risks(table, horizon_months=600)
