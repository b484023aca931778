"""How little more scatter of profit would undo the verdict: is the figure right, and said where it matters only?"""

from dataclasses import replace

import pytest
from asked_trials import valued
from scipy.stats import studentized_range

import winback as wb
from winback.offers.told_apart import at_more_scatter, scatter_to_spare
from winback.questions.headline import headline
from winback.questions.which_offer import Tailoring

TELLS_NOTHING = Tailoring(None, {})


@pytest.fixture(scope="module")
def comparison():
    return wb.compare_offers(wb.load_telecom_study().trial)


def test_it_is_lead_over_half_the_interval_which_is_tukeys(comparison):
    pair = comparison.differences.iloc[0]
    critical = studentized_range.ppf(0.95, 4, float("inf")) / 2**0.5  # of all pairs of four arms alike
    times = pair["difference"] / (critical * pair["std_error"])
    assert scatter_to_spare(pair) == pytest.approx(times, rel=0.01)  # 10,000 of much the same spread: hardly leaning


def test_of_the_study_it_is_said_with_the_lead_where_scatter_is_assumed(comparison):
    more = f"if profit varied {scatter_to_spare(comparison.differences.iloc[0]) - 1:.0%} more between customers"
    lead = comparison.describe().splitlines()[1]
    assert lead.startswith("Discount leads upgrade narrowly, by ")
    assert f"{more} than is assumed here, the lead could be chance; that either" in lead
    assert lead.endswith("that either earns more than sending nothing is clear.")
    assert "If profit varied" not in comparison.details()
    assert f"more than chance explains; {at_more_scatter(comparison)}." in headline(comparison, TELLS_NOTHING).lead


def test_that_both_pay_is_said_only_where_both_do(comparison):
    second = comparison.frame.index == comparison.frame.index[1]
    low = comparison.frame["incremental_profit_low"].mask(second, -1.0)
    unsure = replace(comparison, frame=comparison.frame.assign(incremental_profit_low=low))
    assert unsure.describe().splitlines()[1].endswith("the lead could be chance.")


def test_where_scatter_was_measured_it_is_a_detail(comparison):
    measured = replace(comparison, trial=replace(comparison.trial, scatter_assumed=False))
    times = scatter_to_spare(comparison.differences.iloc[0])
    assert measured.describe().splitlines()[1].endswith("they are clearly different.")
    assert headline(measured, TELLS_NOTHING).lead.endswith("more than chance explains.")
    lead = "the lead of discount over upgrade could be chance."
    said = f"If profit varied {times - 1:.0%} more between customers, {lead}"
    assert said in measured.details()


@pytest.mark.parametrize(("more", "told"), [(0.97, True), (1.03, False)])
def test_so_much_more_scatter_does_undo_it(comparison, more, told):
    """Spread every customer's profit about its arm's mean, and compare again."""
    trial, times = comparison.trial, scatter_to_spare(comparison.differences.iloc[0])
    frame = trial.customers[["customer_id", "offer"]].assign(profit=trial.profit, returned=True)
    frame = frame[(frame["offer"] != "none").to_numpy()]
    mean = frame.groupby("offer", observed=True)["profit"].transform("mean")
    frame["value"] = mean + (frame["profit"] - mean) * times * more
    free = [wb.Offer(name=name, amount=0.0, paid="on_acceptance") for name in trial.sent]
    again = wb.compare_offers(wb.read_trial(frame.drop(columns="profit"), free)).differences.iloc[0]
    assert again["difference"] == pytest.approx(comparison.differences["difference"].iloc[0])
    assert again["told_apart"] == told


def test_a_lead_that_much_more_scatter_leaves_says_nothing_of_it():
    wide = wb.compare_offers(valued(0.9, 0.2))
    assert wide.differences["told_apart"].iloc[0]
    assert "If profit varied" not in wide.details() + wide.describe()


def test_a_lead_that_an_assumed_organic_return_changes_says_why(comparison):
    offered = comparison.trial.part((comparison.trial.lapsed["offer"] != "none").to_numpy())
    own, same = (wb.compare_offers(offered.over(organic=0.06, organic_value=value)) for value in (None, 900.0))
    gross = f"${comparison.differences['difference'].iloc[0]:.2f}"
    assert f" ({gross} gross: who comes back anyway is taken to be worth what" in own.describe()
    assert " gross: " not in same.describe()
    assert f"by {gross} per customer" in same.describe()
