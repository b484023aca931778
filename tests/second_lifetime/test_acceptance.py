"""Is the value of a returned customer right when more, or fewer, of them return?"""

import numpy as np
import pytest

import winback as wb

pytestmark = pytest.mark.slow

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


def test_the_joint_model_stays_near_the_truth_and_the_two_part_model_does_not(found):
    study, _, result = found
    truth = np.array(true_values(study, result.frame["share"]))
    joint, two_part = (result.frame[name].to_numpy() / truth - 1 for name in ("joint", "two_part"))
    assert (np.abs(joint) < 0.04).all()
    assert two_part[0] < -0.06
    assert two_part[-1] > 0.04


def test_values_fall_as_more_return(found):
    _, _, result = found
    assert (np.diff(result.frame["joint"]) < 0).all()
    said = str(result.describe())
    assert "falls from" in said
    assert "extrapolated" in said


def test_as_things_are_nothing_is_moved(found):
    study, fit, result = found
    eligible = study.lapsed[study.lapsed["eligible"]]
    same = fit.value_by_acceptance(eligible, offer="discount", shares=[result.observed_share], **MONEY)
    values = wb.second_lifetime_value(fit, wb.read_trial(eligible, study.offers, **MONEY))
    total = (values.net_values["discount"] + values.costs["discount"]).sum()
    assert same.frame["joint"][0] == pytest.approx(total / values.chances["discount"].sum())


@pytest.mark.parametrize("share", [0, 1, -0.2, 40])
def test_shares_that_are_none_are_refused(found, share):
    study, fit, _ = found
    with pytest.raises(ValueError, match="between 0 and 1"):
        fit.value_by_acceptance(study.lapsed.head(50), offer="discount", shares=[share], **MONEY)


def test_an_unknown_offer_is_named(found):
    study, fit, _ = found
    with pytest.raises(ValueError, match="knows nothing about 'gift'"):
        fit.value_by_acceptance(study.lapsed.head(50), offer="gift", **MONEY)
