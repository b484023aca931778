"""Who came back by months away: counts, curve, test, what was planted, and is it the delay or the customers?"""

import numpy as np
import pandas as pd
import pytest
from coverage_harness import assert_covers
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.special import expit

import winback as wb
from winback.datasets.telecom import assumptions as planted
from winback.datasets.telecom.second_lives import linear, terms
from winback.outreach import when_to_call
from winback.outreach.reached_later import reached_later
from winback.outreach.return_by_delay import counted_returns, fit_delay_curve, parts_of
from winback.uncertainty import share_interval

OFFERS = [
    wb.Offer(name="call", paid="per_contact", amount=2.0),
    wb.Offer(name="gift", paid="on_acceptance", amount=9.0),
]
RANDOM = "Chance decided who was reached when, so waiting itself is the cause."


def drawn(n=3_000, slope=-0.15, seed=3, arms=("call", "gift", "none"), **more):
    rng = np.random.default_rng(seed)
    away = rng.uniform(0.5, 12.5, n).round(1)
    offer = rng.choice(arms, n)
    back = rng.random(n) < np.where(offer == "none", 0.1, expit(0.4 + slope * away))
    value = np.where(back, rng.gamma(4, 20, n).round(2), np.nan)
    table = {"customer_id": np.arange(n), "months_away": away, "age": rng.integers(20, 70, n), "offer": offer}
    return pd.DataFrame({**table, "returned": back, "value": value, **more})


def read(table, **terms):
    return wb.read_trial(table, OFFERS, **terms)


def curve_by_hand(x, back, bends):
    """Newton on truncated powers, customer by customer: deviance beside the constant, and log odds at any months."""
    knots = np.quantile(np.unique(x), np.linspace(0, 1, bends + 1))

    def basis(at):
        def part(k):
            cube = np.maximum(at - knots[k], 0) ** 3 - np.maximum(at - knots[-1], 0) ** 3
            return cube / (knots[-1] - knots[k])

        return np.column_stack([np.ones_like(at), at, *(part(k) - part(bends - 1) for k in range(bends - 1))])

    design, beta = basis(x), np.zeros(bends + 1)
    for _ in range(30):
        p = expit(design @ beta)
        information = design.T @ (design * (p * (1 - p))[:, None])
        beta += np.linalg.solve(information, design.T @ (back - p))
    p, mean = expit(design @ beta), back.mean()
    ratio = 2 * (np.log(np.where(back, p, 1 - p)).sum() - np.log(np.where(back, mean, 1 - mean)).sum())
    errors = lambda at: np.sqrt(np.einsum("ij,jk,ik->i", basis(at), np.linalg.inv(information), basis(at)))  # noqa: E731
    return ratio, lambda at: basis(at) @ beta, errors


def test_the_curve_is_that_of_a_second_implementation_customer_by_customer():
    table = drawn(900)
    x, back = table["months_away"].to_numpy(), table["returned"].to_numpy()
    curve = fit_delay_curve(x, back)
    ratio, log_odds, errors = curve_by_hand(x, back, 3)
    assert np.allclose(curve.log_odds, log_odds(curve.months), atol=1e-6)
    assert np.allclose(np.sqrt(curve.covariance.diagonal()), errors(curve.months), rtol=1e-4)
    assert curve.p_value == pytest.approx(stats.chi2.sf(ratio, 3), rel=1e-6)
    assert curve.months[[0, -1]].tolist() == [x.min(), x.max()]


def test_returns_are_counted_month_by_month_with_wilsons_interval():
    months, back = np.array([1.0, 1.9, 2.0, 2.5, 4.0]), np.array([True, False, True, True, False])
    frame = counted_returns(months, back, parts_of(months))
    assert frame[["months_from", "months_to", "n", "n_returned"]].to_numpy().tolist() == [
        [1, 2, 2, 1],
        [2, 3, 2, 2],
        [3, 4, 1, 0],
    ]
    assert np.allclose(frame[["returned_low", "returned_high"]].T, share_interval([1, 2, 0], [2, 2, 1]))


def test_what_an_offer_brought_is_above_those_who_were_sent_nothing_after_the_same_months():
    curve = when_to_call(read(drawn())).curve
    by = {name: rows.reset_index(drop=True) for name, rows in curve.groupby("offer")}
    beside = np.interp(by["call"]["months_away"], by["none"]["months_away"], by["none"]["chance"])
    inside = by["call"]["added"].notna()
    assert np.allclose((by["call"]["chance"] - beside - by["call"]["added"])[inside], 0)
    assert by["none"]["added"].isna().all()


@given(st.integers(0, 10**6), st.sampled_from([40, 200]))
@settings(max_examples=8, deadline=None)
def test_laws_of_the_curve(seed, n):
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 24, n) / 2
    back = rng.random(n) < expit(0.5 - 0.1 * x)
    curve = fit_delay_curve(x, back)
    if curve is None:
        assert min(back.sum(), (~back).sum()) < 10
        return
    order = rng.permutation(n)
    assert np.allclose(fit_delay_curve(x[order], back[order]).log_odds, curve.log_odds, atol=1e-8)
    mirrored = fit_delay_curve(x.max() + x.min() - x, back)
    assert np.allclose(mirrored.log_odds[::-1], curve.log_odds, atol=1e-5)
    assert mirrored.p_value == pytest.approx(curve.p_value, rel=1e-5)
    if min(back.sum(), (~back).sum()) >= 30:  # so that twice as many bend no more
        twice = fit_delay_curve(np.repeat(x, 2), np.repeat(back, 2))
        assert np.allclose(twice.log_odds, curve.log_odds, atol=1e-5)
        # Beside the largest: where covariances cross zero, a share of each is less than the fit is iterated to.
        largest = curve.covariance.diagonal().max()
        assert np.allclose(2 * twice.covariance, curve.covariance, rtol=0, atol=1e-4 * largest)
        paired = fit_delay_curve(np.repeat(x, 2), np.repeat(back, 2), np.repeat(np.arange(n), 2))
        assert np.allclose(paired.log_odds, curve.log_odds, atol=1e-5)
    assert 0 <= curve.p_value <= 1
    assert curve.as_good_as_the_best(0.95)[curve.chance.argmax()]


@pytest.mark.parametrize(
    ("slope", "verdict"), [(-0.15, "earlier is better"), (0.0, "no difference is shown"), (0.15, "later is better")]
)
def test_verdicts(slope, verdict):
    found = when_to_call(read(drawn(4_000, slope, seed=1)), random_delays=True)
    assert (found.offers["verdict"] == verdict).all()
    assert found.describe().lower().startswith(f"{verdict} for those sent call and gift.")
    assert bool(found.what_to_do()) == (slope < 0)
    assert slope == 0 or "(p" not in found.describe()
    row = found.offers.loc[(found.offers["first"] - found.offers["last"]).abs().idxmax()]
    ends = found.curve.loc[found.curve["offer"] == row["offer"], "months_away"].iloc[[0, -1]]
    lost = 100 * (row["first"] - row["last"]) / (ends.iloc[1] - ends.iloc[0])
    month = f"about {abs(lost):.0f} of 100 {'fewer' if lost > 0 else 'more'} with each month of waiting"
    assert (month in found.describe()) == (slope != 0)
    assert ("That the time makes no difference is refuted (p" in found.details()) == (slope != 0)
    assert len(found.describe().splitlines()) <= 3


def test_a_best_time_in_between_is_found_and_said_with_the_months_not_told_apart_from_it():
    table = drawn(9_000)
    rng = np.random.default_rng(5)
    away = table["months_away"]
    table["returned"] = rng.random(len(table)) < expit(0.5 - 0.06 * (away - 6) ** 2)
    table["value"] = np.where(table["returned"], 50.0, np.nan)
    found = when_to_call(read(table), offer="call")
    row = found.offers.iloc[0]
    assert row["verdict"] == "best in between"
    assert row["best_from"] <= 6 <= row["best_to"]
    assert f"the curve is highest at about {row['best']:.1f} months" in found.details()


def test_delays_are_causal_only_where_chance_drew_them_and_nothing_speaks_against_it():
    table = drawn()
    assert RANDOM in when_to_call(read(table), random_delays=True).describe()
    seen = when_to_call(read(table)).describe()
    assert "Delays were not drawn at random" in seen
    assert "what is known of them does not show it" in seen
    rng = np.random.default_rng(2)
    older = table.assign(age=(40 + 2 * table["months_away"] + rng.normal(0, 9, len(table))).round())
    assert "and they do (age: higher)" in when_to_call(read(older)).describe()
    refused = when_to_call(read(older), random_delays=True)
    assert not refused.causal
    assert not refused.what_to_do()
    assert "Delays cannot have been drawn at random: those reached later differ (age: higher)" in refused.describe()


def test_the_balance_of_one_number_is_a_score_test_by_hand():
    table = drawn(200)
    away, age = (table[name] - table[name].mean() for name in ("months_away", "age"))
    found = reached_later(table, ["age"], np.zeros(200, dtype=int))
    assert found["p_value"][0] == pytest.approx(stats.chi2.sf((away * age).sum() ** 2 / ((away * age) ** 2).sum(), 1))
    assert found["correlation"][0] == pytest.approx(np.corrcoef(away, age)[0, 1])


def test_who_is_left_out_and_followed_for_less_time_is_said():
    table = drawn(followed=30.0)
    table["followed"] = 30 - table["months_away"]
    table.loc[:4, "months_away"] = np.nan
    found = when_to_call(read(table))
    assert "5 customers left out: months away not known." in found.details()
    assert "followed for less time, the least 17.5 months" in found.details()
    assert found.frame["n"].sum() == len(table) - 5


def test_nothing_is_said_beyond_the_months_seen_and_little_of_few():
    table = drawn(60)
    table.loc[table["offer"] == "gift", ["returned", "value"]] = [True, 5.0]
    found = when_to_call(read(table))
    assert found.offers.set_index("offer")["verdict"]["gift"] == "too few for a curve"
    assert "gift" not in set(found.curve["offer"])
    assert "of less than 0 or more than 13 months nothing is said" in found.details()
    assert str(found)


def test_what_cannot_be_answered_is_refused_with_a_remedy():
    table = drawn(90)
    with pytest.raises(ValueError, match=r"offer 'cal' was not sent. Did you mean 'call'\? Sent were call, gift"):
        when_to_call(read(table), offer="cal")
    with pytest.raises(wb.TableError, match=r"`months_away` is missing.*left_on"):
        when_to_call(read(table.drop(columns="months_away")))
    with pytest.raises(wb.TableError, match="known of nobody who was sent an offer"):
        when_to_call(read(table.assign(months_away=np.where(table["offer"] == "none", 1.0, np.nan))))
    with pytest.raises(ValueError, match="level must be between 0 and 1"):
        when_to_call(read(table), level=95)


def test_the_dependence_planted_in_the_study_is_found():
    study = wb.load_telecom_study()
    trial = study.trial
    found = when_to_call(trial, random_delays=True)
    effects = {name: size for name, size in planted.RETURN_EFFECTS.items() if name != "months_away"}
    others, slope = linear(effects, terms(trial.customers)), planted.RETURN_EFFECTS["months_away"]
    for name, rows in found.curve.groupby("offer"):
        rows = rows.iloc[::10]
        intercept = study.truth.constants.return_intercepts[name]
        chance = [stats.norm.cdf(intercept + others + slope * months).mean() for months in rows["months_away"]]
        error = (rows["chance_high"] - rows["chance_low"]) / (2 * stats.norm.ppf(0.975))
        assert (np.abs(rows["chance"] - chance) < 3 * error).all()
    assert (found.offers["verdict"] == "earlier is better").all()
    assert "That is no finding: in this simulation" in found.details()


@pytest.mark.slow
def test_intervals_cover_and_one_chance_at_all_times_is_seldom_refused():
    rng, low, high, wrong = np.random.default_rng(8), [], [], []
    truth = expit(0.4 - 0.1 * np.linspace(0, 12, 61))[::20]
    for _ in range(400):
        x = rng.integers(0, 25, 800) / 2
        curve = fit_delay_curve(x, rng.random(800) < expit(0.4 - 0.1 * x))
        ends = curve.ends(0.95)
        low.append(ends[0][::20])
        high.append(ends[1][::20])
        wrong.append(fit_delay_curve(x, rng.random(800) < 0.4).p_value < 0.05)
    for place in range(len(truth)):
        assert_covers(np.array(low)[:, place], np.array(high)[:, place], truth[place])
    wrong = np.array(wrong)
    assert_covers(np.where(wrong, 1, 0), np.ones(400), 0)  # the test holds its level


@pytest.mark.slow
def test_households_who_come_back_together_make_no_difference_of_chance():
    rng, alone, together = np.random.default_rng(9), [], []
    for _ in range(300):
        home = np.repeat(np.arange(150), 4)
        x, back = np.repeat(rng.integers(0, 25, 150) / 2, 4), np.repeat(rng.random(150) < 0.5, 4)
        alone.append(fit_delay_curve(x, back).p_value < 0.05)
        together.append(fit_delay_curve(x, back, home).p_value < 0.05)
    assert np.mean(alone) > 0.2
    assert np.mean(together) < 0.05 + 3 * np.sqrt(0.05 * 0.95 / 300)
