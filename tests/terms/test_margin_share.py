"""Is revenue turned into margin only where the analyst says so, and a percentage taken off what was paid?"""

import numpy as np
import pandas as pd
import pytest

import winback as wb

TABLE = pd.DataFrame(
    {
        "customer_id": range(8),
        "offer": ["ten off", "none"] * 4,
        "returned": [True, True, True, False] * 2,
        "value": [100.0, 50, 200, 0, 400, 30, 60, 0],
    }
)
TEN_OFF = wb.Offer(name="ten off", percent_of_value=0.10, paid="on_acceptance", contact_cost=1)


def test_a_percentage_is_taken_off_what_each_returned_customer_brings():
    trial = wb.read_trial(TABLE, [TEN_OFF])
    assert trial.cost[trial.arm == 0].tolist() == [11, 21, 41, 7]
    assert trial.value[trial.arm == 0].tolist() == [100, 200, 400, 60]


def test_with_a_margin_share_value_is_margin_and_the_percentage_is_of_the_price():
    trial = wb.read_trial(TABLE, [TEN_OFF], margin_share=0.25)
    np.testing.assert_allclose(trial.value[trial.arm == 0], [25, 50, 100, 15])
    np.testing.assert_allclose(trial.cost[trial.arm == 0], [11, 21, 41, 7])
    assert "Value is 25.0% of the revenue in the table." in trial.reading
    again = wb.read_trial(trial, trial.offers)
    np.testing.assert_allclose(again.value, trial.value)  # a trial is in margin already


def test_it_may_cost_no_more_than_a_sum():
    capped = wb.Offer(name="ten off", percent_of_value=0.10, max_cost=15, paid="on_acceptance")
    trial = wb.read_trial(TABLE, [capped])
    assert trial.cost[trial.arm == 0].tolist() == [10, 15, 15, 6]


def test_second_margins_may_be_revenue_too():
    study = wb.simulate_telecom_study(5_300, calibrate=False, rng=2)
    whole, third = (wb.read_trial(study.lapsed, study.offers, margin_share=share) for share in (1.0, 0.3))
    np.testing.assert_allclose(third.value, 0.3 * whole.value)
    np.testing.assert_allclose(third.cost, whole.cost)


def test_the_offers_file_may_say_both(tmp_path):
    path = tmp_path / "offers.toml"
    path.write_text(
        'margin_share = 0.25\n[[offer]]\nname = "ten off"\npercent_of_value = 0.1\npaid = "on_acceptance"\n'
    )
    trial = wb.read_trial(TABLE, path)
    np.testing.assert_allclose(trial.value[trial.arm == 0], [25, 50, 100, 15])
    np.testing.assert_allclose(trial.cost[trial.arm == 0], [10, 20, 40, 6])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"percent_of_value": 10},
            r"percent_of_value must be a share above 0 and up to 1, got 10\. Write 0\.1",
        ),
        ({"percent_of_value": 0}, "must be a share above 0"),
        ({"percent_of_value": 0.1, "amount": 5}, "Give either amount, amount_per_month or percent"),
        ({"percent_of_value": 0.1, "paid": "per_contact"}, "is paid on_acceptance"),
        ({"percent_of_value": 0.1, "months": 3}, "months does not go with percent_of_value"),
    ],
)
def test_a_percentage_that_cannot_be_is_refused(changes, said):
    with pytest.raises(ValueError, match=said):
        wb.Offer(**{"name": "x", "paid": "on_acceptance", **changes})


@pytest.mark.parametrize("share", [30, 0, -0.1, "a third", True])
def test_a_margin_share_that_is_none_is_refused(share):
    with pytest.raises(ValueError, match=r"margin_share`? must be a (share above 0 and up to 1|number or None)"):
        wb.read_trial(TABLE, [TEN_OFF], margin_share=share)


def test_a_percentage_of_second_lives_is_refused_with_the_way_out():
    study = wb.simulate_telecom_study(5_300, calibrate=False, rng=2)
    offers = [wb.Offer(name=name, percent_of_value=0.1, paid="on_acceptance") for name in study.offers.names]
    with pytest.raises(wb.TableError, match=r"`value` is missing, and offer 'discount' costs a percentage of it"):
        wb.read_trial(study.lapsed, offers, horizon_months=12, annual_discount=0)


def test_the_page_says_what_it_costs():
    said = str(wb.compare_offers(wb.read_trial(TABLE, [TEN_OFF])).assumptions())
    assert "ten off costs 10.0% of what a customer brings" in said.lower()
