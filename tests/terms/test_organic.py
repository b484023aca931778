"""Is an assumed organic return used as it was given, said to be assumed, and refused where it cannot be?"""

import numpy as np
import pytest
from trials import random_values

import winback as wb
from winback.terms.catalog import Offer

OFFERS = [Offer(name=name, amount=10, paid="on_acceptance") for name in ("discount", "upgrade")]


@pytest.fixture
def trial(rng):
    """Draw a trial without untreated customers, of two kinds."""
    table = random_values(rng, 300, discount=0.4, upgrade=0.3)
    return table.assign(region=rng.choice(["north", "south"], len(table), p=[0.3, 0.7]))


def compared(table, **assumed):
    return wb.compare_offers(wb.read_trial(table, OFFERS, **assumed)).frame.set_index("offer")


def test_without_an_assumption_nothing_incremental_is_shown(trial):
    assert not compared(trial).filter(regex="incremental").columns.tolist()


def test_an_organic_returner_is_worth_as_much_as_one_who_accepts(trial):
    frame = compared(trial, organic=0.05)
    expected = frame["gross_profit"] - 0.05 * frame["value_per_returned"]
    assert frame["incremental_profit"].to_numpy() == pytest.approx(expected.to_numpy(), rel=1e-12)
    roi = expected / frame["cost_per_customer"]
    assert frame["incremental_roi"].to_numpy() == pytest.approx(roi.to_numpy(), rel=1e-12)


def test_an_organic_returner_is_worth_what_is_said(trial):
    frame = compared(trial, organic=0.05, organic_value=300)
    assert (frame["gross_profit"] - frame["incremental_profit"]).to_numpy() == pytest.approx(15, rel=1e-12)


def test_it_agrees_with_the_summary_figures(trial):
    frame = compared(trial, organic=0.05, organic_value=300)
    summary = frame.reset_index()[["offer", "acceptance"]].assign(value=frame["value_per_returned"].to_numpy(), cost=10)
    economics = wb.offer_economics(summary, paid="on_acceptance", organic=0.05, organic_value=300).frame
    for name in ("incremental_profit", "incremental_roi", "break_even_organic"):
        assert economics.set_index("offer")[name].to_dict() == pytest.approx(frame[name].to_dict(), rel=1e-12)


def test_an_interval_reaches_from_the_worst_case_to_the_best(trial):
    both, best, middle, worst = (compared(trial, organic=each) for each in ((0.02, 0.08), 0.02, 0.05, 0.08))
    for name in ("incremental_profit", "incremental_roi", "incremental_profit_total"):
        assert both[name].tolist() == pytest.approx(middle[name].tolist(), rel=1e-12)
        assert both[f"{name}_low"].tolist() == worst[f"{name}_low"].tolist()
        assert both[f"{name}_high"].tolist() == best[f"{name}_high"].tolist()


def test_an_interval_of_one_value_is_that_value(trial):
    assert compared(trial, organic=(0.05, 0.05)).equals(compared(trial, organic=0.05))


def test_shares_by_segment_are_averaged_over_the_customers_offered(trial):
    mean = 0.02 * (trial["region"] == "north").mean() + 0.10 * (trial["region"] == "south").mean()
    found = compared(trial, organic={"region": {"north": 0.02, "south": 0.10}})
    expected = compared(trial, organic=mean)
    assert found["incremental_profit"].tolist() == pytest.approx(expected["incremental_profit"].tolist(), rel=1e-12)


def test_those_judged_not_promising_do_not_count_in_the_average(trial):
    table = trial.assign(eligible=trial["region"] == "north")
    found = compared(table, organic={"region": {"north": 0.02}})["incremental_profit"]
    assert found.tolist() == pytest.approx(compared(table, organic=0.02)["incremental_profit"].tolist(), rel=1e-12)


@pytest.mark.parametrize(
    ("organic", "said"),
    [
        (0.05, "an assumed organic return of 5.0%"),
        ((0.02, 0.08), "an assumed organic return of 2.0% to 8.0%"),
        ({"region": {"north": 0.05, "south": 0.05}}, "an assumed organic return by region, 5.0% on average"),
    ],
)
def test_an_assumption_is_said_to_be_one(trial, organic, said):
    text = wb.compare_offers(wb.read_trial(trial, OFFERS, organic=organic)).describe()
    assert f"No control group: incremental figures rest on {said}, not on data." in text


def test_the_break_even_return_is_always_said_and_its_flip_where_nobody_was_held_out(trial):
    result = wb.compare_offers(wb.read_trial(trial, OFFERS))
    even = result.frame.set_index("offer")["break_even_organic"]
    said = " and ".join(f"{offer} {even[offer]:.1%}" for offer in even.index)
    assert f"An offer stops paying when this share would have returned without it: {said}" in result.details()


def test_where_no_offer_pays_under_the_assumption_the_answer_says_so(trial):
    alone = trial[trial["offer"] == "discount"]
    result = wb.compare_offers(wb.read_trial(alone, OFFERS, organic=0.9))
    assert result.frame["incremental_profit_high"].iloc[0] < 0
    assert not result.describe().startswith("Send discount")


@pytest.mark.parametrize(("amount", "organic_value"), [(1000, None), (10, 50)])
def test_a_break_even_return_that_is_no_share_is_put_in_words(trial, amount, organic_value):
    offers = [Offer(name=name, amount=amount, paid="per_contact") for name in ("discount", "upgrade")]
    result = wb.compare_offers(wb.read_trial(trial, offers, organic_value=organic_value))
    lines = [line for line in result.details().splitlines() if "break-even" in line]
    assert lines
    for line in lines:
        assert "-" not in line.replace("break-even", "")
        assert not [word for word in line.split() if word.endswith("%") and float(word[:-1].replace(",", "")) > 100]


# refusals


def test_it_is_refused_where_the_untreated_show_it(rng):
    trial = random_values(rng, 300, discount=0.4, upgrade=0.3, none=0.1)
    with pytest.raises(ValueError, match="organic is for tables without a control group; here the untreated show it"):
        wb.compare_offers(wb.read_trial(trial, OFFERS, organic=0.05))


def test_it_is_accepted_where_the_untreated_are_no_control_group(rng):
    trial = random_values(rng, 300, discount=0.4, upgrade=0.3, none=0.1)
    trial["age"] = rng.normal(45, 12, len(trial)) + 30 * (trial["offer"] == "none")
    result = wb.compare_offers(wb.read_trial(trial, OFFERS, organic=0.05))
    assert "rest on an assumed organic return of 5.0%" in result.describe()
    assert result.design.control_reason in result.details()


@pytest.mark.parametrize(
    "organic", [-0.1, 5, "5%", float("nan"), True, (0.02, 5), {"region": {"north": 0.1, "south": 2}}]
)
def test_what_is_no_share_is_refused(trial, organic):
    with pytest.raises(ValueError, match=r"organic`? must be a (share from 0 to 1|number or a list of numbers)"):
        compared(trial, organic=organic)


def test_an_interval_upside_down_is_refused(trial):
    with pytest.raises(ValueError, match=r"organic must be \(low, high\); got \(0\.08, 0\.02\)"):
        compared(trial, organic=(0.08, 0.02))


@pytest.mark.parametrize("organic", [{}, {"region": {"north": 0.1, "south": 0.1}, "age": {}}])
def test_segments_of_no_or_two_columns_are_refused(trial, organic):
    with pytest.raises(ValueError, match=r"organic by segment must be \{column: \{value: share\}\} with one column"):
        compared(trial, organic=organic)


def test_a_column_of_segments_that_is_not_there_is_named(trial):
    with pytest.raises(
        wb.TableError, match=r"`tier` is missing, and `organic` uses it\. Add it, or give one share for"
    ):
        compared(trial, organic={"tier": {"gold": 0.1}})


def test_segments_without_a_share_are_counted_and_named(trial):
    n, first = (trial["region"] == "south").sum(), trial.query("region == 'south'")["customer_id"].iloc[0]
    said = (
        rf"`region` has values without an organic return; {n} of 600 rows \(first: customer {first}, south\)\. Give a"
    )
    with pytest.raises(wb.TableError, match=said):
        compared(trial, organic={"region": {"north": 0.1}})


@pytest.mark.parametrize("organic", [(0.1,), (0.1, 0.2, 0.3), {"region": 0.1}])
def test_what_is_no_value_interval_or_segments_is_refused_in_words(trial, organic):
    with pytest.raises(ValueError, match="`organic` must be a number or a list of numbers or a mapping"):
        compared(trial, organic=organic)


@pytest.mark.parametrize("organic_value", [-5, np.inf, np.nan, "300", True])
def test_an_organic_value_that_is_no_amount_is_refused(trial, organic_value):
    with pytest.raises(ValueError, match=r"organic_value`? must be an? (number or None|amount of money above 0); got "):
        compared(trial, organic=0.05, organic_value=organic_value)
