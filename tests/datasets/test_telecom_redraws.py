"""Is every draw a study of its own, and does the truth hold what the assumptions say?"""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

import winback as wb

pytestmark = pytest.mark.slow

ARMS = ("discount", "upgrade", "bundle", "tailored")
SUCCESS = {"discount": 0.45, "upgrade": 0.41, "bundle": 0.47, "tailored": 0.45, "none": 0.06}
OUTCOMES = ["returned", "second_tenure", "second_ended", "second_margin", "second_reason"]


def redraw(seed, **more):
    return wb.simulate_telecom_study(**{"calibrate": False, "rng": seed, **more})


@pytest.fixture(scope="module")
def with_seekers():
    return redraw(1)


@pytest.fixture(scope="module")
def without_seekers():
    return redraw(1, deal_seekers=0)


def acceptance(study):
    return study.lapsed[study.lapsed["eligible"]].groupby("offer", observed=True)["returned"].mean()


# seeds and sizes


def test_the_same_seed_gives_the_same_table():
    pd.testing.assert_frame_equal(redraw(5, n_customers=5_300).lapsed, redraw(5, n_customers=5_300).lapsed)


def test_a_generator_of_that_seed_gives_the_same_table():
    drawn = redraw(np.random.default_rng(5), n_customers=5_300)
    pd.testing.assert_frame_equal(redraw(5, n_customers=5_300).lapsed, drawn.lapsed)


@pytest.mark.parametrize("seeds", [(5, 6), (None, None)])
def test_another_seed_gives_another_table(seeds):
    one, other = (redraw(seed, n_customers=5_300).lapsed["first_tenure"] for seed in seeds)
    assert (one != other).mean() > 0.9


def test_the_study_is_the_default_draw(study):
    pd.testing.assert_frame_equal(wb.simulate_telecom_study(rng=2016).lapsed, study.lapsed)


@pytest.mark.parametrize("n", [530, 5_300, 106_000])
def test_the_groups_keep_their_shares(n):
    table = redraw(1, n_customers=n).lapsed
    sizes = table[table["eligible"]].groupby("offer", observed=True).size()
    assert sizes.to_dict() == {**dict.fromkeys(ARMS, 10 * n // 53), "none": 5 * n // 53}


def test_a_calibrated_draw_shows_the_published_success_with_any_seed_and_size():
    drawn = wb.simulate_telecom_study(5_300, rng=8)
    assert acceptance(drawn).to_dict() == SUCCESS


def test_a_calibrated_draw_shows_the_published_roi_with_any_seed_and_size():
    drawn = wb.simulate_telecom_study(5_300, rng=8)
    roi = wb.compare_offers(drawn.trial).frame.set_index("offer")["gross_roi"]
    assert roi[["discount", "upgrade", "bundle"]].tolist() == pytest.approx([6.68, 7.93, 3.02], abs=2e-4)


# draws that vary as a real trial does


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_acceptance_varies_by_chance_and_by_no_more(seed):
    found = acceptance(redraw(seed)).drop("none")
    for arm, share in found.items():
        chance = np.sqrt(2 * SUCCESS[arm] * (1 - SUCCESS[arm]) / 10_000)  # the intercept came from a sample as well
        assert 0 < abs(share - SUCCESS[arm]) < 4 * chance


def test_the_constants_are_those_of_the_study(study, with_seekers):
    assert with_seekers.truth.constants == study.truth.constants
    assert with_seekers.value_window == study.value_window


# deal seekers


def seekers_under(arm, with_seekers, without_seekers):
    one, other = with_seekers.truth.potential_outcomes, without_seekers.truth.potential_outcomes
    return one[f"second_tenure_{arm}"] != other[f"second_tenure_{arm}"]


def test_one_in_ten_acceptors_is_a_deal_seeker(with_seekers, without_seekers):
    seekers = seekers_under("discount", with_seekers, without_seekers)
    acceptors = with_seekers.truth.potential_outcomes["returned_discount"]
    assert seekers[acceptors].mean() == pytest.approx(0.10, abs=4 * np.sqrt(0.1 * 0.9 / acceptors.sum()))


@pytest.mark.parametrize(("arm", "end"), [("discount", 6), ("upgrade", 3), ("bundle", 6)])
def test_deal_seekers_leave_within_two_months_of_their_offers_end(arm, end, with_seekers, without_seekers):
    seekers = seekers_under(arm, with_seekers, without_seekers)
    assert with_seekers.truth.potential_outcomes.loc[seekers, f"second_tenure_{arm}"].between(end, end + 2).all()


def test_a_tailored_deal_seeker_leaves_at_the_end_of_the_offer_assigned(with_seekers, without_seekers):
    seekers = seekers_under("tailored", with_seekers, without_seekers)
    end = with_seekers.lapsed["reason"].astype(object).map({"price": 6, "service": 3, "both": 6})
    months_after = with_seekers.truth.potential_outcomes["second_tenure_tailored"] - end
    assert months_after[seekers].between(-1e-9, 2 + 1e-9).all()


@pytest.mark.parametrize("error", ["returned_discount", "second_tenure_discount", "second_margin_discount"])
def test_deal_seekers_are_like_others_in_all_else(error, with_seekers, without_seekers):
    seekers = seekers_under("discount", with_seekers, without_seekers)
    outcome = without_seekers.truth.potential_outcomes[error].astype(float)
    apart = outcome[seekers].mean() - outcome[~seekers].mean()
    assert abs(apart) < 4 * outcome.std() * np.sqrt(1 / seekers.sum() + 1 / (~seekers).sum())


def test_who_returns_without_an_offer_seeks_no_deal(with_seekers, without_seekers):
    assert not seekers_under("none", with_seekers, without_seekers).any()


def test_without_deal_seekers_customers_trial_and_returns_stay_the_same(with_seekers, without_seekers):
    pd.testing.assert_frame_equal(
        with_seekers.lapsed.drop(columns=OUTCOMES), without_seekers.lapsed.drop(columns=OUTCOMES)
    )
    assert (with_seekers.lapsed["returned"] == without_seekers.lapsed["returned"]).all()


def test_more_deal_seekers_mean_fewer_long_second_lives(with_seekers):
    many = redraw(1, deal_seekers=0.3)
    long = [(each.lapsed["second_tenure"] > 8).sum() for each in (with_seekers, many)]
    assert long[1] / long[0] == pytest.approx(0.7 / 0.9, abs=0.02)


# errors


@pytest.fixture(scope="module")
def explained(without_seekers):
    """Return probability's latent, and what tenure and margin leave unexplained under the discount."""
    table, truth = without_seekers.lapsed, without_seekers.truth
    size = truth.parameters.set_index(["equation", "term"])["value"]
    terms = pd.DataFrame(
        {
            "service": table["reason"] == "service",
            "both": table["reason"] == "both",
            "referrals": table["referrals"],
            "unresolved": table["complaints"] - table["complaints_resolved"],
            "complaints_resolved": table["complaints_resolved"],
            "contact_attempts": table["contact_attempts"],
            "months_away": table["months_away"],
            "first_margin": table["first_margin"],
            "log_first_tenure": np.log(table["first_tenure"]),
        }
    ).astype(float)

    def fitted(equation, intercept):
        return size[equation, intercept] + sum(size[equation].get(name, 0) * terms[name] for name in terms)

    outcomes = truth.potential_outcomes
    return pd.DataFrame(
        {
            "returned": outcomes["returned_discount"],
            "latent": fitted("reacquisition", "intercept, discount"),
            "tenure": np.log(outcomes["second_tenure_discount"]) - fitted("tenure", "intercept"),
            "margin": outcomes["second_margin_discount"] - fitted("margin", "intercept, discount"),
        }
    )


@pytest.mark.parametrize(("error", "sd"), [("tenure", 0.75), ("margin", 12)])
def test_the_unexplained_part_has_mean_zero_and_the_assumed_spread(explained, error, sd):
    n = len(explained)
    assert explained[error].mean() == pytest.approx(0, abs=4 * sd / np.sqrt(n))
    assert explained[error].std() == pytest.approx(sd, abs=4 * sd / np.sqrt(2 * n))


def test_tenure_and_margin_errors_correlate_as_assumed(explained):
    found = explained["tenure"].corr(explained["margin"])
    assert found == pytest.approx(-0.10, abs=4 * (1 - 0.1**2) / np.sqrt(len(explained)))


@pytest.mark.parametrize(("error", "sd", "correlation"), [("tenure", 0.75, 0.30), ("margin", 12, 0.20)])
def test_who_returns_beyond_expectation_stays_and_earns_beyond_it_as_assumed(explained, error, sd, correlation):
    """E[e (returned - p)] = correlation x density at the threshold."""
    surprise = explained["returned"] - norm.cdf(explained["latent"])
    product, density = surprise * explained[error] / sd, norm.pdf(explained["latent"]).mean()
    std_error = product.std() / np.sqrt(len(product)) / density
    assert product.mean() / density == pytest.approx(correlation, abs=4 * std_error)
    assert 4 * std_error < 0.04  # the test can tell .30 from .25


# refusals


@pytest.mark.parametrize("n", [0, 529, -1])
def test_too_few_customers_are_refused(n):
    with pytest.raises(ValueError, match=rf"n_customers must be a whole number from 530, .*; got {n}\."):
        wb.simulate_telecom_study(n)


@pytest.mark.parametrize("share", [-0.1, 1, 10, float("nan")])
def test_a_share_of_deal_seekers_that_is_none_is_refused(share):
    with pytest.raises(ValueError, match=rf"deal_seekers must be a share from 0 to under 1; got {share}\."):
        wb.simulate_telecom_study(deal_seekers=share)


def test_a_share_of_deal_seekers_that_cannot_be_calibrated_says_so():
    with pytest.raises(ValueError, match=r"deal_seekers.*calibrate"):
        wb.simulate_telecom_study(5_300, deal_seekers=0.8)


@pytest.mark.parametrize("wrong", [{"n_customers": 5_300.5}, {"n_customers": "many"}, {"deal_seekers": "a tenth"}])
def test_what_is_no_number_is_refused_by_name(wrong):
    (name,) = wrong
    with pytest.raises(ValueError, match=name):
        wb.simulate_telecom_study(**wrong)
