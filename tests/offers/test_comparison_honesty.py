"""Does a comparison claim no more than its data can say?"""

import numpy as np
import pytest
from scipy import stats
from trials import critical_values, measured

import winback as wb
from winback.terms.catalog import Offer

FEW = "intervals not reliable"


def paid(*names, amount=10.0, contact_cost=1.0):
    return [Offer(name=name, amount=amount, paid="on_acceptance", contact_cost=contact_cost) for name in names]


def an_arm(n_returned, n=200, worth=100.0, seed=1):
    """Draw values of an arm in which exactly so many returned."""
    values = worth * np.random.default_rng(seed).standard_gamma(1.0, n_returned)
    return [*values, *[None] * (n - n_returned)]


@pytest.mark.parametrize("n_returned", [0, 1, 5, 29])
def test_an_arm_with_fewer_than_30_returned_is_marked_in_its_row_and_in_words(n_returned):
    result = wb.compare_offers(
        wb.read_trial(measured(small=an_arm(n_returned), large=an_arm(90)), paid("small", "large"))
    )
    row = result.frame.set_index("offer").loc["small"]
    assert row["few_returned"]
    assert row["remark"].startswith(f"only {n_returned} returned: {FEW}")
    assert f"Too few returned to trust the intervals of small ({n_returned})" in result.describe()


@pytest.mark.parametrize("n_returned", [30, 199])
def test_from_30_to_199_returned_intervals_are_said_to_be_a_little_too_narrow(n_returned):
    result = wb.compare_offers(
        wb.read_trial(measured(some=an_arm(n_returned, n=500), many=an_arm(250, n=500)), paid("some", "many"))
    )
    row = result.frame.set_index("offer").loc["some"]
    assert not row["few_returned"]
    assert row["remark"].startswith(f"just {n_returned} returned: intervals a little too narrow")
    assert f"Fewer than 200 returned under some ({n_returned})" in result.details()


def test_where_200_returned_everywhere_nothing_is_remarked_of_intervals():
    trial = measured(one=an_arm(200, n=500), two=an_arm(450, n=500, seed=2), none=an_arm(200, n=500, seed=3))
    result = wb.compare_offers(wb.read_trial(trial, paid("one", "two")))
    assert not result.frame["remark"].str.contains("interval").any()
    assert "returned under" not in result.describe() + result.details()
    assert "Too few returned" not in result.describe()


def test_incremental_figures_against_a_control_with_few_returned_are_marked():
    result = wb.compare_offers(wb.read_trial(measured(large=an_arm(90), none=an_arm(5, n=80, seed=2)), paid("large")))
    assert result.frame["remark"].str.contains(FEW).all()


def test_a_control_with_few_returned_is_named_also_beside_a_marked_offer():
    trial = measured(large=an_arm(90), small=an_arm(12), none=an_arm(5, n=80, seed=2))
    assert "the untreated (5)" in wb.compare_offers(wb.read_trial(trial, paid("large", "small"))).describe()


@pytest.mark.parametrize("kind", ["gross", "incremental"])
def test_simultaneous_intervals_hold_95_percent_of_the_normal_distribution(kind):
    """The error of the control is in every incremental figure, and in no gross one."""
    trial = measured(one=an_arm(90), two=an_arm(150, seed=2), three=an_arm(40, seed=3), none=an_arm(40, n=100, seed=4))
    frame = wb.compare_offers(wb.read_trial(trial, paid("one", "two", "three"))).frame
    variance, organic = frame["gross_profit_std_error"] ** 2, frame["incremental_profit_std_error"].iloc[0] ** 2
    shared = organic - variance.iloc[0] if kind == "incremental" else 0.0
    ends = critical_values(frame, kind) * frame[f"{kind}_profit_std_error"].to_numpy()
    normal = stats.multivariate_normal(np.zeros(3), np.diag(variance) + shared, seed=1)
    assert normal.cdf(ends, lower_limit=-ends) == pytest.approx(0.95, abs=3e-4)


def test_of_a_single_offer_both_intervals_are_the_same():
    row = wb.compare_offers(wb.read_trial(measured(one=an_arm(90)), paid("one"))).frame.iloc[0]
    assert row["gross_profit_simultaneous_low"] == pytest.approx(row["gross_profit_low"], rel=1e-9)


def test_the_chances_leave_room_for_sending_nothing():
    trial = measured(
        one=an_arm(60, worth=10.0), two=an_arm(60, worth=10.0, seed=2), none=an_arm(50, worth=10.0, seed=3)
    )
    result = wb.compare_offers(wb.read_trial(trial, paid("one", "two")))
    assert (result.frame["incremental_profit"] < 0).all()
    assert result.frame["probability_best"].sum() < 0.5


def test_offers_that_surely_lose_are_not_said_to_include_zero():
    result = wb.compare_offers(wb.read_trial(measured(one=an_arm(90)), paid("one", amount=500.0)))
    assert result.frame["gross_profit_high"].iloc[0] < 0
    assert "includes zero" not in result.describe()


def test_an_arm_where_nobody_returned_and_nothing_was_paid_is_compared():
    offers = paid("small", "large", contact_cost=0.0)
    frame = wb.compare_offers(wb.read_trial(measured(small=an_arm(0), large=an_arm(90)), offers)).frame.set_index(
        "offer"
    )
    assert frame.loc["small", "gross_profit"] == 0


def test_a_free_offer_is_compared():
    offers = [*paid("large"), Offer(name="free", amount=0, paid="on_acceptance")]
    frame = wb.compare_offers(
        wb.read_trial(measured(large=an_arm(90), free=an_arm(80, seed=2)), offers)
    ).frame.set_index("offer")
    assert np.isnan(frame.loc["free", "gross_roi"])


def test_an_interval_of_organic_returns_gives_an_interval_also_when_returned_customers_lose_money():
    row = wb.compare_offers(
        wb.read_trial(measured(one=an_arm(90, worth=-50.0)), paid("one"), organic=(0.0, 0.5))
    ).frame.iloc[0]
    assert row["incremental_profit_low"] < row["incremental_profit"] < row["incremental_profit_high"]


def test_under_an_assumed_organic_return_the_answer_is_by_incremental_profit():
    trial = measured(one=an_arm(400, n=1000, worth=200.0), two=an_arm(900, n=1000, worth=80.0, seed=2))
    result = wb.compare_offers(wb.read_trial(trial, paid("one", "two", amount=1.0), organic=0.5))
    incremental = result.frame.set_index("offer")["incremental_profit_low"]
    assert incremental["two"] > 0 > incremental["one"]
    assert "Send no offer" not in result.describe()
