"""Is the value of a returned customer right when more, or fewer, of them return?"""

from dataclasses import replace

import numpy as np
import pytest

import winback as wb
from winback.plots import plot_value_by_acceptance
from winback.second_lifetime.expected_value import expected_value_slopes
from winback.second_lifetime.offer_value import mean_slopes, summed_slopes
from winback.uncertainty import normal_quantile

FORMULAS = {
    "reacquisition": "offer + reason + referrals + I(complaints - complaints_resolved) + complaints_resolved"
    " + contact_attempts + months_away",
    "tenure": "offer + reason + log(first_tenure) + referrals + I(complaints - complaints_resolved)",
    "margin": "offer + reason + first_margin + referrals",
}
MONEY = {"horizon_months": 48, "annual_discount": 0.0}


@pytest.fixture(scope="module")
def found():
    """Fit the study without deal seekers, and find what would happen to its discount."""
    study = wb.simulate_telecom_study(deal_seekers=0, calibrate=False, rng=11)
    fit = wb.fit_joint(study.lapsed, **FORMULAS)
    eligible = study.lapsed[study.lapsed["eligible"]]
    shares = [0.11, 0.40, 0.74]
    return study, fit, fit.value_by_acceptance(eligible, offer="discount", shares=shares, **MONEY)


def true_values(study, shares):
    """Return what a returned customer is worth when the threshold of return is moved, by the simulation itself."""
    from winback.datasets.telecom import second_lives
    from winback.datasets.telecom.study import PARTS

    streams = dict(zip(PARTS, np.random.default_rng(11).spawn(len(PARTS)), strict=True))
    hidden = second_lives.draw_hidden(len(study.lapsed), 0.0, streams)
    latent = second_lives.return_latent(study.lapsed, hidden)[study.lapsed["eligible"]]
    outcomes = study.truth.potential_outcomes[study.lapsed["eligible"].to_numpy()]
    money = outcomes["second_margin_discount"] * outcomes["second_tenure_discount"].clip(upper=48)
    return [money[latent > np.quantile(latent, 1 - share)].mean() for share in shares]


@pytest.mark.slow
def test_the_joint_model_stays_near_the_truth_and_the_two_part_model_does_not(found):
    study, _, result = found
    truth = np.array(true_values(study, result.frame["share"]))
    joint, two_part = (result.frame[name].to_numpy() / truth - 1 for name in ("joint", "two_part"))
    assert (np.abs(joint) < 0.04).all()
    assert two_part[0] < -0.06
    assert two_part[-1] > 0.04


@pytest.mark.slow
def test_values_fall_as_more_return(found):
    _, _, result = found
    assert (np.diff(result.frame["joint"]) < 0).all()
    said = str(result.describe())
    assert "falls from" in said
    assert "% interval), says the joint model" in said
    assert "extrapolated" in said


@pytest.mark.slow
def test_as_things_are_nothing_is_moved(found):
    study, fit, result = found
    eligible = study.lapsed[study.lapsed["eligible"]]
    same = fit.value_by_acceptance(eligible, offer="discount", shares=[result.observed_share], **MONEY)
    values = wb.second_lifetime_value(fit, wb.read_trial(eligible, study.offers, **MONEY))
    total = (values.net_values["discount"] + values.costs["discount"]).sum()
    assert same.frame["joint"][0] == pytest.approx(total / values.chances["discount"].sum())


@pytest.mark.slow
@pytest.mark.parametrize("share", [0, 1, -0.2, 40])
@pytest.mark.slow
def test_shares_that_are_none_are_refused(found, share):
    study, fit, _ = found
    with pytest.raises(ValueError, match="between 0 and 1"):
        fit.value_by_acceptance(study.lapsed.head(50), offer="discount", shares=[share], **MONEY)


@pytest.mark.slow
def test_an_unknown_offer_is_named(found):
    study, fit, _ = found
    with pytest.raises(ValueError, match="knows nothing about 'gift'"):
        fit.value_by_acceptance(study.lapsed.head(50), offer="gift", **MONEY)


# intervals


SHORT = {"reacquisition": "offer + contact_attempts", "tenure": "1", "margin": "1"}


@pytest.fixture(scope="module")
def small():
    study = wb.simulate_telecom_study(5_300, calibrate=False, deal_seekers=0, rng=1)
    return study, wb.fit_joint(study.trial, **SHORT)


def by_differences(fit, customers, shares, column):
    """Return how values at the shares move with each parameter, by central differences, (n_shares, p)."""
    slopes = []
    for place, error in enumerate(np.sqrt(np.diag(fit.covariance))):
        step = 1e-3 * error * (np.arange(len(fit.theta)) == place)
        ends = [
            replace(fit, theta=fit.theta + side * step)
            .value_by_acceptance(customers, offer="discount", shares=shares, **MONEY)
            .frame[column]
            for side in (1, -1)
        ]
        slopes.append((ends[0] - ends[1]) / (2 * step[place]))
    return np.array(slopes).T


def test_intervals_are_those_of_differences_by_hand(small):
    """The second implementation moves every parameter, correlations and spreads too, and finds the shift anew."""
    study, fit = small
    customers, shares = study.lapsed[study.lapsed["eligible"]].head(200), [0.2, 0.7]
    found = fit.value_by_acceptance(customers, offer="discount", shares=shares, **MONEY)
    slopes, z = by_differences(fit, customers, shares, "joint"), normal_quantile(fit.level)
    reach = z * np.sqrt(np.einsum("ij,jk,ik->i", slopes, fit.covariance, slopes))
    assert (found.frame["joint_high"] - found.frame["joint"]).to_numpy() == pytest.approx(reach, rel=1e-3)
    assert (found.frame["joint"] - found.frame["joint_low"]).to_numpy() == pytest.approx(reach, rel=1e-3)
    fall = slopes[1] - slopes[0]
    assert found.change == pytest.approx(found.frame["joint"][1] - found.frame["joint"][0])
    assert found.change_high - found.change == pytest.approx(z * np.sqrt(fall @ fit.covariance @ fall), rel=1e-3)


def test_a_sum_moves_as_the_customers_do(small):
    study, _ = small
    fit = wb.fit_two_part(study.trial, **SHORT, link="logit")
    values = wb.second_lifetime_value(fit, study.trial)
    numbers = next(fit.numbers(values.customers, ["none"]))
    terms = (study.trial.horizon_months, study.trial.annual_discount)
    total = summed_slopes(fit, numbers, expected_value_slopes(fit.outlook(numbers), *terms))
    rows = np.arange(len(values.customers))
    assert total == pytest.approx(mean_slopes(values, "none", rows) * len(rows), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(
    ("ends", "words"),
    [
        ((-353.6, -454.0, -253.2), "falls from $1,706 to $1,353 (by $253 to $454, 95% interval), says the joint model"),
        ((353.6, 253.2, 454.0), "rises from $1,706 to $1,353 (by $253 to $454, 95% interval)"),
        ((-20.0, -90.0, 50.0), "is not shown to move ($1,706 and $1,353, apart by [-$90.00, +$50.00])"),
    ],
)
def test_the_answer_says_how_far_it_may_be(small, ends, words):
    study, fit = small
    found = fit.value_by_acceptance(study.lapsed.head(50), offer="discount", shares=[0.1, 0.8], **MONEY)
    frame = found.frame.assign(joint=[1706.4, 1352.8])
    change, low, high = ends
    moved = replace(found, frame=frame, change=change, change_low=low, change_high=high, doubts=())
    assert words in moved.describe()
    assert "in doubt" not in moved.describe()
    doubted = replace(moved, doubts=("tenures have another shape",))
    assert "says the joint model, which is in doubt: tenures have another shape." in doubted.describe()
    assert "that is in doubt" in plot_value_by_acceptance(doubted).get_title(loc="left").replace("\n", " ")
