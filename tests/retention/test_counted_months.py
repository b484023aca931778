"""Are chances on the watch list those that were planted, where the model is smooth over what months really do?"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from repeat_churners import churners

import winback as wb
from winback.retention.counted_months import CameBack, counted_months, times_expected, who_came_alike

QUIET, LATER, SEEKERS, END, LEAVE = 3.0, 0.03, 0.15, 6.0, 2.0  # nobody leaves at first; some leave with their offer
AGES, WITHIN = np.array([0.4, 1.7, 4.2, 6.9]), 2.5
OFFERS = ("discount", "upgrade")  # of which the first one ends
ALIKE = {"price": 1.0}  # why all had left the first time: nothing tells them apart but the offer


def truth(months, offer):
    """Return the chance to be still here after so many months."""
    stay = np.exp(-LATER * np.maximum(months - QUIET, 0))
    seekers = SEEKERS * (offer == "discount")
    return (1 - seekers) * stay + seekers * (1 - np.clip((months - END) / LEAVE, 0, 1))


def drawn(n, rng):
    """Return n returned customers whose hazard has the planted months, by offer."""
    rng = np.random.default_rng(rng)
    table = churners(n, rng, first=ALIKE).assign(offer=rng.choice(OFFERS, n))
    seeker = (rng.uniform(size=n) < SEEKERS) & (table["offer"] == "discount")
    stay = np.where(seeker, END + LEAVE * rng.uniform(size=n), QUIET + rng.exponential(1 / LATER, n))
    seen = rng.uniform(12, 40, n)
    ended = stay <= seen
    reason = pd.Series(rng.choice(["price", "service", "moved"], n)).where(ended, None)
    return table.assign(second_tenure=np.minimum(stay, seen), second_ended=ended, second_reason=reason)


def newly():
    """Return one new customer of each age and offer."""
    table = churners(len(AGES) * len(OFFERS), 1, first=ALIKE).assign(second_ended=False, second_reason=None)
    return table.assign(second_tenure=np.tile(AGES, len(OFFERS)), offer=np.repeat(OFFERS, len(AGES)))


def listed(n, draws, rng):
    """Return the chance, its ends and that of the model, (draws, 4, ages and offers), and the true chances."""
    rng, new, found = np.random.default_rng(rng), newly(), []
    for _ in range(draws):
        frame = (
            wb.fit_repeat_churn(drawn(n, rng), "1", hazards="1")
            .watch_list(new, newly_months=12, within_months=WITHIN)
            .frame
        )
        frame = frame.set_index("customer_id").loc[new["customer_id"]]
        found.append(frame[["chance", "chance_low", "chance_high", "chance_fitted"]].to_numpy().T)
    offer, age = new["offer"].to_numpy(), new["second_tenure"].to_numpy()
    return np.array(found), 1 - truth(age + WITHIN, offer) / truth(age, offer)


@pytest.mark.parametrize(("n", "draws"), [(1_500, 15), pytest.param(4_000, 100, marks=pytest.mark.slow)])
def test_chances_are_the_planted_ones_within_monte_carlo_error(n, draws):
    found, true = listed(n, draws, 1)
    chance, low, high, fitted = np.moveaxis(found, 1, 0)
    error = chance.std(axis=0, ddof=1) / np.sqrt(draws)
    prior = 0.5 / (0.4 * n)  # half a leaver among those still watched with the same offer, 0.4 n or more
    assert (np.abs(chance.mean(axis=0) - true) <= 3 * error + prior).all()
    assert (np.abs(fitted.mean(axis=0) - true) > 20 * fitted.std(axis=0) / np.sqrt(draws)).sum() >= 4  # the model's own
    covered = ((low <= true) & (true <= high))[:, true > 0]
    assert covered.mean() >= 0.95 - 3 * np.sqrt(0.05 * 0.95 / draws)
    assert low[:, true == 0].max() < 1e-4  # nobody leaves in these months


def test_the_order_of_the_model_is_kept_among_those_of_one_offer_and_month():
    table = drawn(3_000, 2).assign(reason=churners(3_000, 2)["reason"])
    new = churners(200, 3).assign(second_tenure=4.2, second_ended=False, second_reason=None)
    new["offer"] = np.repeat(OFFERS, 100)
    frame = (
        wb.fit_repeat_churn(table, "reason + complaints", hazards="fast")
        .watch_list(new, newly_months=12, within_months=WITHIN)
        .frame
    )
    for _, each in frame.groupby("offer"):
        assert each["chance_fitted"].nunique() > 10
        order = each.sort_values("chance_fitted")
        assert order["chance"].is_monotonic_increasing
        assert (order["chance_low"] < order["chance"]).all()
        assert (order["chance"] < order["chance_high"]).all()


def test_where_the_model_is_right_it_is_left_as_it_is():
    """Over months that suit the model, leavers counted are those expected but for chance: a z-score in each cell."""
    table = churners(20_000, 4).assign(offer="discount")
    fit = wb.fit_repeat_churn(table, "reason + complaints", hazards="fast")
    found = counted_months(all_of(fit), fit.outlook, 12)
    z = (found.left[0] - found.expected[0]) / np.sqrt(found.expected[0])
    assert np.abs(z).max() < 3.5
    assert (z**2).sum() < 32.9  # chi-squared of 12 beyond which lies one in a thousand


def test_counts_are_those_of_the_table():
    table = drawn(500, 5)
    fit = wb.fit_repeat_churn(table, "1", hazards="1")
    found = counted_months(all_of(fit), fit.outlook, 60)
    of = fit.sample.table["offer"].to_numpy()[:, None] == found.offers.to_numpy()
    np.testing.assert_allclose(found.left.sum(axis=1), (of & (fit.sample.cause >= 0)[:, None]).sum(axis=0))
    np.testing.assert_allclose(found.watched.sum(axis=1), fit.sample.months @ of)
    hazards = -np.log(fit.outlook(fit.sample.table).still_here(fit.sample.months))
    np.testing.assert_allclose(found.expected.sum(axis=1), hazards @ of)
    counted, expected = found.ahead(np.array(["discount", "unheard of"]), np.array([5.0, 5.0]), 1.0)
    assert counted.tolist() == [found.left[0, 5], 0.0]
    assert expected == pytest.approx([found.expected[0, 5], 0.0])


def all_of(fit):
    return [CameBack.of(fit.sample)]


def unasked(n, rng, leave, first_id=10_000):
    """Return n customers who came back without an offer, and leave at a constant hazard."""
    rng = np.random.default_rng(rng)
    stay, seen = rng.exponential(1 / leave, n), rng.uniform(0, 40, n)
    ended = stay <= seen
    table = churners(n, rng, first=ALIKE).assign(offer="none", second_tenure=np.minimum(stay, seen), second_ended=ended)
    reason = pd.Series(rng.choice(["price", "service", "moved"], n)).where(ended, None)
    return table.assign(customer_id=first_id + np.arange(n), second_reason=reason)


@pytest.mark.parametrize("leave", [0.01, 0.08])
def test_who_came_back_unasked_is_compared_with_those_who_did_and_with_no_arm_of_a_trial(leave):
    """The trial's own control group, called none, too, never leaves: the list must not learn from it."""
    trial = drawn(3_000, 7)
    trial = trial.assign(offer=np.resize(["discount", "none"], 3_000))
    control = trial["offer"] == "none"
    trial.loc[control, "second_ended"] = False
    trial.loc[control, "second_reason"] = None
    fit = wb.fit_repeat_churn(trial, "1", hazards="1")
    table = unasked(4_000, 8, leave)
    frame = fit.watch_list(table, newly_months=6, within_months=3).frame
    assert frame["n_expected"].gt(0).all()
    truth = -np.expm1(-3 * leave)
    assert frame["chance_low"].mean() < truth < frame["chance_high"].mean()
    assert frame["chance"].mean() == pytest.approx(truth, rel=0.15)
    here = table[~table["second_ended"]]  # of these alone nobody has left, which tells nothing
    alone = fit.watch_list(here, newly_months=6, within_months=3)
    np.testing.assert_allclose(alone.frame["chance"], alone.frame["chance_fitted"])
    assert alone.frame["n_counted"].isna().all()
    assert "nobody who came back as they did was counted" in alone.details()
    own = fit.watch_list(trial[control], newly_months=20, within_months=3)  # of the trial's own, its own count
    assert own.frame["n_counted"].eq(0).all()


def test_with_whom_is_compared():
    trial = drawn(300, 9).assign(offer=np.resize(["discount", "none"], 300), customer_id=np.arange(300))
    sample = wb.fit_repeat_churn(trial, "1", hazards="1").sample
    table = unasked(50, 10, 0.05)
    own, more = who_came_alike(sample, table)
    assert own.left.tolist() == table["second_ended"].tolist()
    assert len(more.months) == 150
    assert set(more.table["offer"]) == {"discount"}

    def sizes(table):
        return [len(each.months) for each in who_came_alike(sample, table)]

    assert sizes(table[~table["second_ended"]]) == [0, 150]
    assert sizes(trial) == [300, 0]  # each once
    assert sizes(trial[~trial["second_ended"]]) == [0, 300]


def test_who_is_not_listed_is_counted():
    fit = wb.fit_repeat_churn(drawn(1_000, 11), "1", hazards="1")
    table = unasked(200, 12, 0.02)
    table["reason"] = table["reason"].astype(object)
    table.loc[:99, "reason"] = "quality"
    found = fit.watch_list(table, newly_months=10)
    new = ~table["second_ended"] & (table["second_tenure"] <= 10)
    assert found.n_unlike == new[:100].sum() > 0
    assert len(found.frame) == new[100:].sum()
    assert f"({found.n_unlike} more are not listed)" in found.describe()
    assert f"Not listed are {found.n_unlike} customers" in found.details()


@pytest.mark.slow
def test_as_many_of_a_base_leave_as_the_list_says_over_draws():
    """Of those who came back to a simulated company unasked; its future is known. Within 3 Monte Carlo errors.

    Set right by the control group of its trial alone, several times fewer would be expected: it stays otherwise.
    """
    away, left = [], 0
    for seed in range(80):
        study = wb.simulate_telecom_study(5_300, calibrate=False, rng=seed)
        table = study.base.lapsed().frame
        campaign = table["customer_id"].isin(study.sent["customer_id"])
        table = table[table["returned"] & ~campaign].assign(offer="none")
        frame = wb.fit_repeat_churn(study.trial).watch_list(table, newly_months=12, within_months=6).frame
        truth = study.company.truth
        end = truth[truth["life"] == 2].set_index("customer_id")["end"].reindex(frame["customer_id"])
        within = (end - pd.Timestamp(study.base.until)).dt.days.between(1, 183).sum()
        left += within
        away.append(frame["chance"].sum() - within)
    error = np.std(away, ddof=1) / np.sqrt(len(away))
    assert left > 80
    assert abs(np.mean(away)) < 3 * error
    assert 3 * error < left / len(away) / 2  # so much as a factor of two would be seen


@given(st.floats(0, 1e4), st.floats(0, 1e4))
def test_the_factor_lies_between_the_count_and_the_model(counted, expected):
    times, low, high = times_expected(np.array([counted]), np.array([expected]), 0.95)[:, 0]
    assert low <= times <= high
    ends = sorted([1.0, counted / expected if expected > 0 else np.inf])
    assert ends[0] * (1 - 1e-9) <= times <= ends[1] * (1 + 1e-9) or expected < 1e-9
    assert (low < 1 < high) or max(counted, expected) > 1  # too few to say anything
