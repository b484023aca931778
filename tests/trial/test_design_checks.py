"""Is a trial that can be read accepted, a broken one noticed, and is the alarm right as rarely as chance demands?"""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats
from trials import measured, random_values

import winback as wb
from winback.results import state_p_value
from winback.terms.catalog import Offer
from winback.trial.balance import covariate_matrix, group_balance
from winback.trial.design_checks import check_design

OFFERS = [Offer(name=name, amount=10, paid="on_acceptance") for name in ("discount", "upgrade", "bundle")]


@pytest.fixture
def trial(rng):
    """Draw a fair trial of 3 x 400 customers, with two things known of them beforehand."""
    table = random_values(rng, 400, discount=0.4, upgrade=0.4, none=0.1)
    return table.assign(age=rng.normal(45, 12, len(table)), region=rng.choice(["north", "south"], len(table)))


def finding(check, table, offers=None, **more):
    rows = check_design(table, offers, **more).to_frame().set_index("check")
    return tuple(rows.loc[check, ["verdict", "finding"]])


# the study


def test_the_study_passes_every_check(study):
    report = check_design(study.lapsed, study.offers)
    assert report.control == "accepted"
    assert set(report.to_frame()["verdict"]) == {"ok"}
    assert report.describe() == "The trial can be read: every check was passed."


def test_with_nothing_known_beforehand_randomisation_is_said_to_be_untested(study):
    told = check_design(study.lapsed[["customer_id", "offer", "returned", "eligible"]]).describe()
    assert "randomisation is not tested" in told
    assert "passed" not in told


def test_a_check_that_could_not_be_made_is_not_passed(study):
    unplanned = study.lapsed.drop(columns="offer_probability")
    assert check_design(unplanned).describe() == "The trial can be read: every check that could be made was passed."


@pytest.fixture(params=["no column eligible", "all called eligible"])
def set_aside_as_control(request, study):
    """Put those judged not promising in the place of the holdout."""
    held_out = study.lapsed["eligible"] & (study.lapsed["offer"] == "none")
    table = study.lapsed[~held_out].drop(columns=["eligible", "offer_probability"])
    return table if request.param == "no column eligible" else table.assign(eligible=True)


def test_those_set_aside_are_refused_as_a_control_group(set_aside_as_control):
    report = check_design(set_aside_as_control)
    assert report.control == "refused"
    assert report.control_reason.startswith("The 8,000 customers without an offer differ from those with one beyond ")
    assert '(p < 0.001), most in "left for price and service" (+1.8' in report.control_reason
    assert "not a random control group and are not used as one" in report.control_reason


@pytest.mark.slow
def test_without_a_random_control_group_figures_are_gross_and_say_why(study, set_aside_as_control):
    result = wb.compare_offers(wb.read_trial(set_aside_as_control, study.offers))
    assert result.control is None
    assert not [name for name in result.frame if name.startswith("incremental")]
    text = result.describe()
    assert text.startswith("Among the offers, discount earns most, $361 gross profit per customer offered")
    assert "The untreated are no fair yardstick, so all figures are gross" in text
    assert result.design.control_reason in result.details()
    assert result.design.control_reason.startswith("The 8,000 customers without an offer")
    assert "$361 incremental" not in text + result.details()


def test_mixing_those_set_aside_into_the_holdout_is_refused_as_well(study):
    assert check_design(study.lapsed.drop(columns=["eligible", "offer_probability"])).control == "refused"


# sample ratio


def test_group_sizes_as_planned_are_accepted(trial):
    verdict, text = finding("sample ratio", trial, planned_shares={"discount": 1, "upgrade": 1, "none": 1})
    assert (verdict, text) == ("ok", "Group sizes agree with the planned shares (p = 1.000).")


def test_lost_customers_are_noticed_by_the_planned_shares(trial):
    verdict, text = finding("sample ratio", trial.iloc[150:], planned_shares={"discount": 1, "upgrade": 1, "none": 1})
    expected = stats.chisquare([250, 400, 400]).pvalue
    assert verdict == "warning"
    assert f"do not agree with the planned shares ({state_p_value(expected)}): customers were lost or added" in text


def test_lost_customers_are_noticed_by_the_chance_of_the_offer(study):
    lost = study.lapsed.query("offer == 'discount'").index[:600]
    verdict, text = finding("sample ratio", study.lapsed.drop(lost), study.offers)
    assert verdict == "warning"
    assert "do not agree with the column offer_probability" in text


def test_groups_of_unequal_size_without_a_plan_are_no_alarm(trial):
    verdict, text = finding("sample ratio", trial.iloc[150:])
    assert (verdict, text) == ("note", "Groups differ in size; no plan is known (offer_probability).")


def test_a_plan_that_lacks_a_group_is_refused(trial):
    with pytest.raises(
        ValueError, match="planned_shares must give a share above 0 for every group; it lacks none and upgrade"
    ):
        check_design(trial, planned_shares={"discount": 0.5})


def test_a_planned_group_without_customers_is_noticed(trial):
    plan = {"discount": 1, "upgrade": 1, "none": 1, "bundle": 1}
    assert finding("sample ratio", trial, planned_shares=plan)[0] == "warning"


@pytest.mark.parametrize("share", [0, -1, float("nan")])
def test_a_planned_share_that_is_none_is_refused(trial, share):
    with pytest.raises(ValueError, match="planned_shares must give a share above 0 for every group"):
        check_design(trial, planned_shares={"discount": share, "upgrade": 1, "none": 1})


# balance


def test_customers_alike_beforehand_are_accepted(trial):
    assert finding("balance", trial)[0] == finding("control group", trial)[0] == "ok"


def test_an_offer_sent_to_other_customers_is_noticed(trial):
    trial.loc[trial["offer"] == "upgrade", "age"] += 6
    verdict, text = finding("balance", trial)
    assert verdict == "warning"
    assert text.startswith("upgrade went to customers who differed beforehand (p < 0.001)")
    assert 'most in "age" (+0.4' in text


def test_a_control_group_that_differs_is_refused_by_name(trial):
    trial.loc[trial["offer"] == "none", "region"] = "south"
    report = check_design(trial)
    assert report.control == "refused"
    assert 'most in "region ' in report.control_reason


def test_a_small_difference_is_a_warning_where_customers_are_marked_eligible(rng):
    table = random_values(rng, 30_000, discount=0.4, none=0.1).assign(eligible=True)
    table["age"] = rng.normal(45, 12, len(table)) + 0.6 * (table["offer"] == "none")
    assert check_design(table).control == "accepted"
    assert finding("control group", table)[0] == "warning"
    assert check_design(table.drop(columns="eligible")).control == "refused"


@pytest.fixture
def known(rng):
    """Draw what is known of 400 customers: skewed numbers, a flag, labels, with some values missing."""
    labels = pd.Series(rng.choice(["price", "service", "both"], 400))
    return pd.DataFrame(
        {
            "spend": rng.lognormal(3, 1, 400),
            "age": pd.Series(rng.normal(45, 12, 400)).where(rng.random(400) > 0.1),
            "loyal": rng.random(400) < 0.3,
            "reason": labels.where(rng.random(400) > 0.1),
        }
    )


def test_the_balance_test_is_the_f_test_of_a_regression(rng, known):
    matrix, labels = covariate_matrix(known, list(known))
    independent = sm.add_constant(matrix[:, np.array(labels) != "loyal no"])
    groups = rng.integers(0, 3, 400)
    for code, found in enumerate(group_balance(matrix, labels, groups, 3)):
        regression = sm.OLS((groups == code).astype(float), independent).fit()
        assert found.p_value == pytest.approx(regression.f_pvalue, rel=1e-8)


def test_the_largest_difference_is_that_of_means_in_standard_deviations(rng, known):
    complete = known.assign(age=rng.normal(45, 12, 400)).drop(columns=["reason", "loyal"])
    groups = (complete["age"] + rng.normal(0, 12, 400) > 50).astype(int).to_numpy()
    matrix, labels = covariate_matrix(complete, list(complete))
    found = group_balance(matrix, labels, groups, 2)[1]
    age = complete["age"]
    assert found.covariate == "age"
    expected = (age[groups == 1].mean() - age[groups == 0].mean()) / age.std(ddof=0)
    assert found.largest_difference == pytest.approx(expected, rel=1e-12)


def test_false_alarms_are_as_rare_as_their_p_values_say(rng, known):
    matrix, labels = covariate_matrix(known, list(known))
    groups = np.repeat([0, 1], [250, 150])
    p_values = [group_balance(matrix, labels, rng.permutation(groups), 2)[1].p_value for _ in range(300)]
    assert stats.kstest(p_values, "uniform").pvalue > 0.01


@pytest.mark.slow
def test_fair_trials_keep_their_control_group(rng, known):
    """At p < .001 a false alarm in 300 fair trials has a chance of 26%, four have one of 3 in 10,000."""
    table = measured(discount=[1.0] * 250, none=[1.0] * 150).join(known)
    reports = [check_design(table.assign(offer=rng.permutation(table["offer"]))) for _ in range(300)]
    assert sum(report.control == "refused" for report in reports) < 4


def test_without_anything_known_beforehand_balance_is_said_to_be_untested(trial):
    bare = trial.drop(columns=["age", "region"])
    assert finding("balance", bare) == (
        "note",
        "Nothing known before the offer is in the table, so balance is untested.",
    )
    verdict, text = finding("control group", bare)
    assert (verdict, text) == (
        "note",
        "Whether the 400 customers without an offer are a random control cannot be tested.",
    )
    assert check_design(bare).control == "accepted"


@pytest.mark.parametrize("known", ["a constant", "more columns than customers"])
def test_a_balance_that_cannot_be_tested_is_not_reported_as_passed(trial, rng, known):
    table = trial.drop(columns=["age", "region"]).assign(country="NZ")
    if known == "more columns than customers":
        table = table.groupby("offer").head(4).assign(**{f"x{each}": rng.normal(size=12) for each in range(20)})
    assert finding("balance", table)[0] == "note"
