"""Is every rung of the ladder the figure that stands elsewhere, and is there none where it cannot be known?"""

import pandas as pd
import pytest
from sentences import hold_to_three

import winback as wb
from winback.offers.money_ladder import BACK, SENT, money_ladder
from winback.plots import plot_money_ladder
from winback.second_lifetime.first_and_second import first_and_second_value


@pytest.fixture(scope="module")
def study():
    return wb.load_telecom_study()


@pytest.fixture(scope="module")
def comparison(study):
    return wb.compare_offers(study.trial)


def test_every_rung_is_a_figure_found_elsewhere(study, comparison):
    ladder = money_ladder(comparison)
    first, amounts = comparison.frame.iloc[0], ladder.frame["amount"]
    assert ladder.long_months == 84
    sent = study.lapsed.query("offer != 'none'")
    whole = first_and_second_value(sent, horizon_months=84, annual_discount=0.0).frame["second_value"].iloc[0]
    assert amounts[0] == pytest.approx(whole, rel=0.001)  # there one curve for all, here one for each offer
    own = first_and_second_value(sent[sent["offer"] == "discount"], horizon_months=84, annual_discount=0.0).frame
    assert amounts[1] == pytest.approx(
        own["second_value"].iloc[0], rel=0.001
    )  # there whoever was followed alike, here each arm
    assert amounts[2] == first["value_per_returned"]
    assert amounts[3] == pytest.approx(first["value_per_returned"] - 120.0)
    assert amounts[4:].tolist() == [first["gross_profit"], first["incremental_profit"]]
    assert ladder.frame["of"].tolist() == [BACK] * 4 + [SENT] * 2
    hold_to_three(ladder)


def test_who_leads_over_more_months_is_said(study, comparison):
    ladder = money_ladder(comparison)
    over = wb.compare_offers(study.trial.over(horizon_months=84, annual_discount=0.0))
    assert f"{over.frame['offer'].iloc[0]} is first, $" in ladder.describe()


def test_the_value_within_the_horizon_is_named_beside_that_over_longer(comparison):
    ladder = money_ladder(comparison)
    within = ladder.format(comparison.frame["value_per_returned"].iloc[0], "money")
    said = ladder.describe().splitlines()[0]
    offer, months = comparison.frame["offer"].iloc[0], comparison.settings.horizon_months
    assert f" by way of {within} (after {offer}, over {months:.1f} months, before its cost) to " in said


def test_later_money_that_counts_less_is_named(study):
    ladder = money_ladder(wb.compare_offers(study.trial.over(annual_discount=0.1)))
    assert ladder.frame["rung"].str.contains("less interest of 10.0% a year").sum() == 1
    assert ladder.frame["amount"][2] < 921


def test_value_measured_directly_has_no_longer_time():
    rows = [(offer, i < share * 300) for offer, share in {"a": 0.5, "none": 0.1}.items() for i in range(300)]
    frame = pd.DataFrame(rows, columns=["offer", "returned"]).assign(customer_id=range(600))
    frame["value"] = 100.0 * frame["returned"]
    trial = wb.read_trial(frame, [wb.Offer(name="a", amount=10.0, paid="on_acceptance")])
    ladder = money_ladder(wb.compare_offers(trial))
    assert ladder.frame["amount"].tolist() == pytest.approx([100.0, 90.0, 45.0, 35.0])
    assert ladder.long_months is None
    assert plot_money_ladder(ladder).get_title(loc="left").replace("\n", " ").endswith("is gained per customer sent it")


def test_gross_amounts_are_called_gross(study):
    offered = study.trial.part((study.trial.lapsed["offer"] != "none").to_numpy())
    ladder = money_ladder(wb.compare_offers(offered))
    assert ladder.frame["rung"].iloc[-1] == "with those who did not come back"
    assert "gross" in plot_money_ladder(ladder).get_title(loc="left")
