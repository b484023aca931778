"""Are chances on the watch list those that were planted, where the model is smooth over what months really do?"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from repeat_churners import churners

import winback as wb
from winback.retention.counted_months import counted_months, offers_of, times_expected

QUIET, LATER, SEEKERS, END, LEAVE = 3.0, 0.03, 0.15, 6.0, 2.0  # nobody leaves at first; some leave with their offer
AGES, WITHIN = np.array([0.4, 1.7, 4.2, 6.9]), 2.5
OFFERS = ("discount", "none")  # of which the first one ends
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
    found = counted_months(fit.sample, fit.outlook(fit.sample.table), 12)
    z = (found.left[0] - found.expected[0]) / np.sqrt(found.expected[0])
    assert np.abs(z).max() < 3.5
    assert (z**2).sum() < 32.9  # chi-squared of 12 beyond which lies one in a thousand


def test_counts_are_those_of_the_table():
    table = drawn(500, 5)
    fit = wb.fit_repeat_churn(table, "1", hazards="1")
    found = counted_months(fit.sample, fit.outlook(fit.sample.table), 60)
    of = fit.sample.table["offer"].to_numpy()[:, None] == found.offers.to_numpy()
    np.testing.assert_allclose(found.left[:-1].sum(axis=1), (of & (fit.sample.cause >= 0)[:, None]).sum(axis=0))
    np.testing.assert_allclose(found.watched[:-1].sum(axis=1), fit.sample.months @ of)
    hazards = -np.log(fit.outlook(fit.sample.table).still_here(fit.sample.months))
    np.testing.assert_allclose(found.expected[:-1].sum(axis=1), hazards @ of)
    counted, expected = found.ahead(np.array(["discount", "unheard of"]), np.array([5.0, 5.0]), 1.0)
    assert counted.tolist() == [found.left[0, 5], 0.0]
    assert expected == pytest.approx([found.expected[0, 5], 0.0])
    not_given = offers_of(table.drop(columns="offer"))
    counted, expected = found.ahead(not_given, np.full(500, 5.0), 1.0)  # beside all of them
    assert set(counted) == {found.left[:-1, 5].sum()}
    assert expected == pytest.approx(found.expected[:-1, 5].sum())


@given(st.floats(0, 1e4), st.floats(0, 1e4))
def test_the_factor_lies_between_the_count_and_the_model(counted, expected):
    times, low, high = times_expected(np.array([counted]), np.array([expected]), 0.95)[:, 0]
    assert low <= times <= high
    ends = sorted([1.0, counted / expected if expected > 0 else np.inf])
    assert ends[0] * (1 - 1e-9) <= times <= ends[1] * (1 + 1e-9) or expected < 1e-9
    assert (low < 1 < high) or max(counted, expected) > 1  # too few to say anything
