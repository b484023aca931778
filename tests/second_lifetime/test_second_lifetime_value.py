"""Are values, costs, segments and intervals those of the fitted model?"""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from coverage_harness import assert_covers
from scipy.special import ndtr
from simulated_lives import TELECOM_FORMULAS as TRUE_FORMULAS
from simulated_lives import true_theta

import winback as wb
from winback.discounting import discounted_months
from winback.results import format_money
from winback.second_lifetime.expected_value import expected_value

OFFERS = [
    wb.Offer(name="discount", amount_per_month=20, months=6, paid="while_active", contact_cost=2),
    wb.Offer(name="upgrade", amount_per_month=35, months=3, paid="on_acceptance"),
    wb.Offer(name="bundle", amount=225, paid="per_contact", contact_cost=1),
    wb.Offer(
        name="tailored", tailored_by="reason", tailored={"price": "discount", "service": "upgrade", "both": "bundle"}
    ),
]
FORMULAS = {
    "reacquisition": "offer + reason + referrals + contact_attempts + months_away",
    "tenure": "offer + reason + referrals",
    "margin": "offer + reason + first_margin",
}
COUNTED = {"horizon_months": 24, "annual_discount": 0.1}


@pytest.fixture(scope="module")
def small():
    return wb.simulate_telecom_study(5_300, calibrate=False, deal_seekers=0, rng=5)


@pytest.fixture(scope="module")
def trial(small):
    return wb.read_trial(small.lapsed, OFFERS, **COUNTED)


@pytest.fixture(scope="module")
def fit(small):
    return wb.fit_joint(small.lapsed, **FORMULAS)


@pytest.fixture(scope="module")
def customers(small):
    return small.lapsed[small.lapsed["eligible"]].head(200).reset_index(drop=True)


@pytest.fixture(scope="module")
def values(fit, trial, customers):
    return wb.second_lifetime_value(fit, trial, customers)


def outlook_of(fit, customers, offer):
    return fit.outlook(next(fit.numbers(customers, [offer])))


def test_shape(values, customers):
    frame = values.to_frame()
    assert list(frame.columns) == ["discount", "upgrade", "bundle", "tailored", "none"]
    assert list(frame.index) == list(customers["customer_id"])
    assert np.isfinite(frame).all(axis=None)


def test_value_is_expected_value_less_cost(values, fit, customers):
    for offer in ("discount", "upgrade", "bundle", "none"):
        outlook = outlook_of(values.fit, customers, offer)
        gross = values.net_values[offer] + values.costs[offer]
        assert gross.to_numpy() == pytest.approx(expected_value(outlook, 24, 0.1), rel=1e-12)
        assert values.chances[offer].to_numpy() == pytest.approx(ndtr(outlook.a), rel=1e-12)


def test_costs_by_trigger(values, customers):
    """While active by simulating months; on acceptance by the chance; per contact for everybody."""
    chance = values.chances
    assert values.costs["upgrade"].to_numpy() == pytest.approx(105 * chance["upgrade"])
    assert values.costs["bundle"].to_numpy() == pytest.approx(226.0)
    assert (values.costs["none"] == 0).all()
    outlook = outlook_of(values.fit, customers.head(3), "discount")
    rho, rng = outlook.rho_return_tenure, np.random.default_rng(1)
    u, other = rng.standard_normal((2, 400_000))
    score = rho * u + np.sqrt(1 - rho**2) * other
    for place in range(3):
        months = np.minimum(np.exp(outlook.mean_tenure[place] + outlook.sd_tenure * score), 6)
        paid = 20 * (outlook.a[place] + u > 0) * discounted_months(months, 0.1)
        assert abs(values.costs["discount"].iloc[place] - 2 - paid.mean()) < 4 * paid.std() / np.sqrt(len(u))


def test_an_active_cost_stops_at_the_horizon(fit, small, customers):
    endless = wb.Offer(name="discount", amount_per_month=20, paid="while_active")
    short = wb.read_trial(small.lapsed, [endless, *OFFERS[1:]], horizon_months=3, annual_discount=0.0)
    found = wb.second_lifetime_value(fit, short, customers)
    assert (found.costs["discount"] <= 60 * found.chances["discount"] + 1e-9).all()


def test_a_tailored_offer_that_was_sent_is_an_arm_of_its_own(values, customers):
    gross = values.net_values["tailored"] + values.costs["tailored"]
    outlook = outlook_of(values.fit, customers, "tailored")
    assert gross.to_numpy() == pytest.approx(expected_value(outlook, 24, 0.1))
    service = (customers["reason"] == "service").to_numpy()
    assert values.costs["tailored"][service].to_numpy() == pytest.approx(105 * values.chances["tailored"][service])


@pytest.mark.slow
def test_a_tailored_offer_never_sent_is_composed(small, trial, customers):
    table = small.lapsed[small.lapsed["offer"] != "tailored"]
    fit = wb.fit_two_part(table, **FORMULAS)
    found = wb.second_lifetime_value(fit, trial, customers)
    assert "tailored" not in fit.offers
    for reason, offer in OFFERS[3].tailored.items():
        rows = (customers["reason"] == reason).to_numpy()
        for frame in (found.net_values, found.costs, found.chances, found.std_errors):
            assert frame["tailored"][rows].to_numpy() == pytest.approx(frame[offer][rows].to_numpy())
    average = found.averages.set_index("offer").loc["tailored"]
    assert average["net_value"] == pytest.approx(found.net_values["tailored"].mean())


def test_segments_are_the_means_of_their_customers(values, customers):
    found = values.segments("reason").set_index(["segment", "offer"])
    reason = customers["reason"].astype(str).to_numpy()
    for (segment, offer), row in found.iterrows():
        inside = reason == segment
        assert row["n"] == inside.sum()
        assert row["net_value"] == pytest.approx(values.net_values[offer][inside].mean())
        assert row["cost"] == pytest.approx(values.costs[offer][inside].mean())
        assert row["value"] == pytest.approx(row["net_value"] + row["cost"])
        assert row["chance_of_return"] == pytest.approx(values.chances[offer][inside].mean())
        if offer != "none":
            assert row["gain"] == pytest.approx(row["net_value"] - found.loc[(segment, "none"), "net_value"])
    assert found.groupby(level="offer")["n"].sum().eq(len(customers)).all()
    with pytest.raises(ValueError, match="no column 'raeson'"):
        values.segments("raeson")


@pytest.mark.slow
def test_a_segment_of_one_has_that_customers_interval(fit, trial, customers):
    values = wb.second_lifetime_value(fit, trial, customers.head(10))
    alone = values.segments("customer_id").query("segment == @customers['customer_id'].iloc[4]").set_index("offer")
    low, high = values.intervals()
    for offer in ("discount", "tailored", "none"):
        assert alone.loc[offer, "net_value_std_error"] == pytest.approx(values.std_errors[offer].iloc[4], rel=1e-6)
        assert alone.loc[offer, "net_value_low"] == pytest.approx(low[offer].iloc[4], rel=1e-6)
        assert alone.loc[offer, "net_value_high"] == pytest.approx(high[offer].iloc[4], rel=1e-6)


@pytest.mark.slow
def test_intervals_are_those_of_a_parametric_draw(fit, trial, customers):
    """Parameters drawn from their covariance, shrunk so that the model is as good as linear, then scaled back."""
    few, shrink = customers.head(15), 0.05
    counted = wb.second_lifetime_value(fit, trial, few, model="joint")
    draws = np.random.default_rng(2).multivariate_normal(fit.theta, shrink**2 * fit.covariance, 120)
    drawn = []
    for theta in draws:
        moved = replace(fit, theta=theta)
        drawn.append(wb.second_lifetime_value(moved, trial, few, model="joint").net_values.to_numpy())
    spread = np.std(drawn, axis=0, ddof=1) / shrink
    ratio = counted.std_errors.to_numpy() / spread
    assert np.abs(np.log(ratio)).max() < 5 / np.sqrt(2 * 120)
    averages = counted.averages.set_index("offer")
    mean_spread = np.std(np.mean(drawn, axis=1), axis=0, ddof=1) / shrink
    assert averages["net_value_std_error"].to_numpy() == pytest.approx(mean_spread, rel=4 / np.sqrt(2 * 120))
    gains = np.mean(drawn, axis=1)[:, :4] - np.mean(drawn, axis=1)[:, 4:]
    assert averages["gain_std_error"].to_numpy()[:4] == pytest.approx(
        gains.std(axis=0, ddof=1) / shrink, rel=4 / np.sqrt(2 * 120)
    )


@pytest.mark.slow
@pytest.mark.parametrize("link", ["probit", "logit"])
def test_slopes_of_the_two_part_model(small, trial, customers, link):
    """Standard errors by differences of the value in every parameter."""
    fit, few = wb.fit_two_part(small.lapsed, **FORMULAS, link=link), customers.head(10)
    base = wb.second_lifetime_value(fit, trial, few)
    columns = []
    for place in range(len(fit.theta) - 3):
        step = 1e-4 * math.sqrt(fit.covariance[place, place])
        ends = []
        for side in (1, -1):
            theta = fit.theta.copy()
            theta[place] += side * step
            moved = replace(fit, theta=theta)
            ends.append(wb.second_lifetime_value(moved, trial, few).net_values.to_numpy())
        columns.append((ends[0] - ends[1]) / (2 * step))
    slopes = np.stack(columns, axis=-1)
    variance = np.einsum("ijk,kl,ijl->ij", slopes, fit.covariance[:-3, :-3], slopes)
    assert base.std_errors.to_numpy() == pytest.approx(np.sqrt(variance), rel=1e-3)


def test_models(fit, trial, customers):
    few = customers.head(10)
    joint, apart = (wb.second_lifetime_value(fit, trial, few, model=name) for name in ("joint", "two_part"))
    recommended = wb.second_lifetime_value(fit, trial, few)
    assert recommended.fit is fit.recommended
    assert (joint.fit, joint.beside) == (fit, fit.two_part)
    assert (apart.fit, apart.beside) == (fit.two_part, fit)
    mine, other = joint.averages, apart.averages
    assert mine["net_value_beside"].to_numpy() == pytest.approx(other["net_value"].to_numpy())
    assert other["net_value_beside"].to_numpy() == pytest.approx(mine["net_value"].to_numpy())
    assert not np.allclose(joint.net_values, apart.net_values)
    pd.testing.assert_frame_equal(
        apart.net_values,
        wb.second_lifetime_value(fit.two_part, trial, few).net_values,
        check_exact=False,
    )


def test_horizon_and_rate(fit, trial, customers, small):
    few = customers.head(20)
    with pytest.raises(ValueError, match=r"horizon_months is required: over how many months is a second lifetime"):
        wb.read_trial(small.lapsed, OFFERS, annual_discount=0.1)
    with pytest.raises(ValueError, match="annual_discount is required"):
        wb.read_trial(small.lapsed, OFFERS, horizon_months=24)
    assert wb.second_lifetime_value(fit, small.trial, few).trial.horizon_months == small.value_window
    endless = wb.second_lifetime_value(fit, trial.over(horizon_months=math.inf), few)
    assert (endless.net_values > wb.second_lifetime_value(fit, trial, few).net_values).all(axis=None)
    assert "beyond the longest second lifetime seen" in endless.describe()
    for wrong in (0, -3, math.nan):
        with pytest.raises(ValueError, match=rf"^horizon_months must be above 0 and at most 1,000,000; got {wrong}\.$"):
            trial.over(horizon_months=wrong)
    with pytest.raises(ValueError, match=r"^over: `horizon_months` must be a number or None; got '24'\.$"):
        trial.over(horizon_months="24")
    with pytest.raises(ValueError, match=r"Write 0\.1 for 10%"):
        trial.over(annual_discount=10)


def test_refusals(fit, small, trial, customers):
    few = customers.head(20)
    unseen = wb.Offer(name="cruise", amount=1, paid="per_contact")
    with pytest.raises(ValueError, match="knows nothing about 'cruise'; it knows discount, upgrade"):
        wb.second_lifetime_value(fit, wb.read_trial(small.lapsed, [*OFFERS, unseen], **COUNTED), few)
    with pytest.raises(wb.TableError, match="`reason` has a label that the model has not seen"):
        wb.second_lifetime_value(
            fit,
            wb.read_trial(small.lapsed.query("offer != 'tailored'"), OFFERS[:3], **COUNTED),
            few.assign(reason="moved"),
        )
    with pytest.raises(wb.TableError, match="`referrals` must not be missing"):
        wb.second_lifetime_value(fit, trial, few.assign(referrals=np.nan))
    part = wb.Offer(name="tailored", tailored_by="reason", tailored={"price": "discount"})
    with pytest.raises(wb.TableError, match="`reason` has values that offer 'tailored' assigns nothing to"):
        wb.read_trial(small.lapsed, [*OFFERS[:3], part], **COUNTED)
    with pytest.raises(ValueError, match="model must be recommended, joint or two_part; got 'best'"):
        wb.second_lifetime_value(fit, trial, few, model="best")
    with pytest.raises(ValueError, match="needs a fit from fit_joint"):
        wb.second_lifetime_value(fit.two_part, trial, few, model="joint")
    mills = wb.fit_two_part(small.lapsed, **FORMULAS, mills_ratio=True)
    with pytest.raises(ValueError, match="A fit with the Mills ratio is about those who returned"):
        wb.second_lifetime_value(mills, trial, few)
    heavy = wb.fit_two_part(small.lapsed, **FORMULAS, distribution="loglogistic")
    with pytest.raises(ValueError, match="too heavy a tail"):
        wb.second_lifetime_value(heavy, trial.over(horizon_months=math.inf), few)


def test_outcomes_are_not_looked_at(fit, trial, customers, values):
    hidden = customers.drop(columns=["returned", "second_tenure", "second_ended", "second_margin", "offer"])
    found = wb.second_lifetime_value(fit, trial, hidden)
    pd.testing.assert_frame_equal(found.net_values, values.net_values)


def test_rows_and_money(fit, trial, customers, values):
    mixed = customers.sample(frac=1, random_state=3)
    found = wb.second_lifetime_value(fit, trial, mixed)
    pd.testing.assert_frame_equal(found.net_values.loc[values.net_values.index], values.net_values, rtol=1e-4)
    said = values.describe()
    best = values.averages.query("offer != 'none'").sort_values("net_value").iloc[-1]
    assert f"{best['offer']} is worth most" in said
    assert f"{format_money(best['net_value'])} per lost customer" in said


@pytest.mark.slow
def test_intervals_of_redrawn_studies_hold_the_expected_value():
    """The expected value under the true parameters, for those valued; 20 small studies, all offers but no offer."""
    low, high, truth = [], [], []
    for seed in range(20):
        study = wb.simulate_telecom_study(5_300, calibrate=False, deal_seekers=0, rng=[8, seed])
        fit = wb.fit_joint(study.lapsed, **TRUE_FORMULAS)
        valued = study.lapsed[study.lapsed["eligible"]].head(100)
        found = wb.second_lifetime_value(
            fit, wb.read_trial(valued, study.offers, horizon_months=24, annual_discount=0.0), model="joint"
        )
        true = replace(fit, theta=true_theta(fit, study))
        right = wb.second_lifetime_value(
            true, wb.read_trial(valued, study.offers, horizon_months=24, annual_discount=0.0), model="joint"
        )
        rows = found.averages.head(4)
        low.append(rows["net_value_low"])
        high.append(rows["net_value_high"])
        truth.append(right.net_values.mean().iloc[:4])
    for place in range(4):
        assert_covers(*(np.array(ends)[:, place] for ends in (low, high, truth)))
