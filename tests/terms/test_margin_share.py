"""Is revenue turned into margin only where the analyst says so, and a percentage taken off what was paid?"""

import numpy as np
import pandas as pd
import pytest
from lifelines import KaplanMeierFitter
from trials import random_lives, second_lives

import winback as wb
from winback.discounting import discounted_months

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


LIVES = {"mail": [(6.0, True, 40.0), None, (20.0, True, 10.0), (3.0, False, 30.0)], "none": [(5.0, True, 8.0), None]}
OVER_A_YEAR = {"horizon_months": 12, "annual_discount": 0.1}


def percent_off(**more):
    return [wb.Offer(name="mail", percent_of_value=0.10, paid="on_acceptance", **more)]


def test_of_second_lives_a_percentage_is_of_what_they_bring_within_the_horizon():
    lives = second_lives(**{**LIVES, "mail": LIVES["mail"][:3]})
    trial = wb.read_trial(lives, percent_off(contact_cost=1), **OVER_A_YEAR)
    brought = discounted_months([6, 12], 0.1) * [40, 10]
    np.testing.assert_allclose(trial.cost[trial.arm == 0], [1 + 0.1 * brought[0], 1, 1 + 0.1 * brought[1]])
    shared = wb.read_trial(lives, percent_off(contact_cost=1), margin_share=0.25, **OVER_A_YEAR)
    np.testing.assert_allclose(shared.cost, trial.cost)  # of the price, which is what the table has
    np.testing.assert_allclose(shared.value, 0.25 * trial.value)


@pytest.mark.parametrize("discount", [0.0, 0.1])
def test_where_the_data_end_before_customers_do_its_mean_is_that_of_the_kaplan_meier_curve(rng, discount):
    """A second implementation, by lifelines, where all margins are alike; else a percentage of what is counted."""
    lives = random_lives(rng, 300, longest=20, mail=0.9, none=0.5)
    trial = wb.read_trial(lives, percent_off(), horizon_months=12, annual_discount=discount)
    np.testing.assert_allclose(trial.cost, np.where(trial.arm == 0, 0.1 * trial.value, 0), atol=1e-9)
    alike = lives.assign(second_margin=lives["second_margin"].where(lives["second_margin"].isna(), 30.0))
    cost = wb.read_trial(alike, percent_off(), horizon_months=12, annual_discount=discount).cost[:300]
    back = alike[(alike["offer"] == "mail") & alike["returned"]]
    curve = KaplanMeierFitter().fit(back["second_tenure"], back["second_ended"].astype(bool)).survival_function_
    times, survival = curve.index.to_numpy(), curve.iloc[:, 0].to_numpy()
    months = (survival * np.diff(discounted_months(np.minimum(np.append(times, 12.0), 12.0), discount))).sum()
    assert cost.sum() == pytest.approx(0.1 * 30 * months * len(back), rel=1e-9)


def test_a_margin_below_0_lowers_no_price():
    lives = second_lives(mail=[(6.0, True, -40.0), (6.0, True, 40.0)], none=LIVES["none"])
    cost = wb.read_trial(lives, percent_off(), horizon_months=12, annual_discount=0).cost
    assert cost[:2].tolist() == [0, 24]


def test_a_cap_holds_where_what_each_brought_is_known_and_is_refused_where_it_is_not():
    lives = second_lives(**LIVES)
    with pytest.raises(ValueError, match=r"for 1 customer the data end .* Leave max_cost out, .* at most 3 months"):
        wb.read_trial(lives, percent_off(max_cost=5), horizon_months=6, annual_discount=0)
    cost = wb.read_trial(lives, percent_off(max_cost=5), horizon_months=3, annual_discount=0).cost
    assert cost[:4].tolist() == [5, 0, 3, 5]


def test_a_tailored_offer_may_give_a_percentage_of_second_lives():
    kinds = {"reason": ["price", "price", "service", "price", "price", "service"]}
    lives = second_lives(**LIVES).assign(**kinds)
    offers = [
        *[wb.Offer(name="off", percent_of_value=0.10, paid="on_acceptance")],
        wb.Offer(name="call", amount=7, paid="per_contact"),
        wb.Offer(name="mail", tailored_by="reason", tailored={"price": "off", "service": "call"}),
    ]
    trial = wb.read_trial(lives, offers, horizon_months=3, annual_discount=0)
    assert trial.cost[:4].tolist() == [12, 0, 7, 9]


def test_a_model_takes_the_percentage_off_what_it_expects():
    study = wb.simulate_telecom_study(5_300, calibrate=False, deal_seekers=0, rng=5)
    fit = wb.fit_two_part(study.lapsed, tenure="offer", margin="offer", reacquisition="offer")
    few = study.lapsed.head(20)
    name = study.offers.names[0]
    free, off, shared = (
        wb.second_lifetime_value(
            fit,
            wb.read_trial(study.lapsed, [offer, *study.offers.offers[1:]], margin_share=share, **OVER_A_YEAR),
            few,
        )
        for offer, share in (
            (wb.Offer(name=name, amount=0, paid="on_acceptance"), None),
            (wb.Offer(name=name, percent_of_value=0.1, paid="on_acceptance"), None),
            (wb.Offer(name=name, percent_of_value=0.1, paid="on_acceptance"), 0.5),
        )
    )
    np.testing.assert_allclose(off.costs[name], 0.1 * free.net_values[name])
    np.testing.assert_allclose(shared.costs[name], 0.2 * free.net_values[name])
    np.testing.assert_allclose(off.std_errors[name], 0.9 * free.std_errors[name])
    capped = wb.Offer(name=name, percent_of_value=0.1, paid="on_acceptance", max_cost=1e9)
    every = study.lapsed.assign(second_ended=study.lapsed["second_ended"].mask(study.lapsed["returned"], True))
    trial = wb.read_trial(every, [capped, *study.offers.offers[1:]], **OVER_A_YEAR)
    with pytest.raises(ValueError, match="takes a percentage off, with max_cost: a model expects"):
        wb.second_lifetime_value(fit, trial, few)


def test_the_page_says_what_it_costs():
    said = str(wb.compare_offers(wb.read_trial(TABLE, [TEN_OFF])).assumptions())
    assert "Ten off costs 10.0% of the margin that a customer brings (of the price it would be more), taken" in said
    said = str(wb.compare_offers(wb.read_trial(TABLE, [TEN_OFF], margin_share=0.25)).assumptions())
    assert "Ten off costs 10.0% of what a customer pays (25.0% of that is margin), taken off as it comes in" in said
