"""Does the plan end in a step, is the sureness of a choice said, and are a trial and a table reconciled?"""

import pandas as pd
import pytest

import winback as wb
from winback import planning
from winback.minute import MOST_WORDS, opening
from winback.planning.how_sure import how_sure
from winback.planning.two_sources import two_sources

TABLE = pd.DataFrame(
    {"offer": ["discount", "upgrade"], "acceptance": [0.45, 0.41], "cost": [120.0, 105.0], "value": [921.6, 937.65]}
).assign(paid="on_acceptance", value_variation=1.0)
NONE = {
    "offer": "none",
    "acceptance": 0.06,
    "cost": 0.0,
    "value": 900.0,
    "paid": "on_acceptance",
    "value_variation": 1.0,
}
PAIR = [("discount", "upgrade")]


@pytest.fixture(scope="module")
def trial():
    return wb.load_telecom_study().trial


@pytest.fixture(scope="module")
def of_trial(trial):
    return wb.compare_offers(trial), wb.plan_trial(trial, compare=PAIR, holdout=0.1)


def test_the_next_step_says_how_many_and_when_to_read():
    plan = wb.plan_trial(TABLE, compare=PAIR)
    n = f"{plan.split.n_per_arm:,.0f}"
    assert plan.what_to_do().startswith(f"Draw {n} customers at random for each of 2 offers, and read the trial once")
    assert (
        f" {plan.frame.loc[plan.frame['kind'] == 'best', 'n_per_arm'].iloc[0]:,.0f} for each are enough"
        in plan.what_to_do()
    )


def test_those_left_without_an_offer_are_counted(of_trial):
    plan = of_trial[1]
    assert f"leave {plan.split.n_holdout:,.0f} without one" in plan.what_to_do()
    assert len(plan.what_to_do().splitlines()) == 1


def test_of_those_at_hand_nothing_more_is_asked():
    plan = wb.plan_trial(pd.concat([TABLE, pd.DataFrame([NONE])]), n_available=9_000)
    assert " of those at hand, and read" in plan.what_to_do()
    assert "enough to choose" not in plan.what_to_do()


def test_one_offer_and_households_are_said():
    rows = pd.concat([TABLE.head(1), pd.DataFrame([NONE])])
    assert "for the offer, leave " in wb.plan_trial(rows).what_to_do()
    whole = planning.InClusters(rows, size=3.0, correlation=0.2)
    assert " by " in wb.plan_trial(whole).what_to_do().split(" at random")[0]


def test_how_sure_is_one_short_sentence_with_the_figures_of_both(of_trial):
    comparison, plan = of_trial
    found = how_sure(comparison, holdout=0.1)
    answer = opening(found).answer
    assert len(answer.split()) < MOST_WORDS - 20
    assert f"{plan.frame['n_per_arm'].iloc[0]:,.0f} customers per offer" in answer
    assert "99.7%" in answer
    assert found.plan.frame.equals(plan.frame)
    assert found.plan.follow_up["follow_up_months"].tolist() == [7, 14, 21]
    assert found.what_to_do() == plan.what_to_do()
    assert len(found.describe().splitlines()) == 3
    assert len(found.to_frame()) == len(plan.frame)


def test_where_nothing_pays_no_offer_is_called_the_best(trial):
    dear = trial.part((trial.lapsed["offer"] != "none").to_numpy()).over(organic=0.44, organic_value=900.0)
    comparison = wb.compare_offers(dear)
    assert comparison.frame["incremental_profit_low"].iloc[0] <= 0
    found = how_sure(comparison, ("discount", "none"), holdout=0.2)
    assert found.describe().startswith("No offer is shown to pay; to find the ")
    assert " that discount adds takes " in found.describe()


def test_sizes_and_break_evens_of_a_trial_and_a_table_are_set_side_by_side(of_trial):
    comparison, plan = of_trial
    table_plan, table = wb.plan_trial(TABLE, compare=PAIR), wb.offer_economics(TABLE.drop(columns="value_variation"))
    sizes, evens = two_sources(comparison, plan, table, table_plan).splitlines()
    for each in (plan, table_plan):
        assert f"{each.frame['n_per_arm'].iloc[0]:,.0f}" in sizes
    for each in (comparison, table):
        assert f"{100 * each.frame['break_even_organic'].iloc[0]:.1f}%" in evens
    assert f"${comparison.settings.organic_value:,.0f}" in evens


def test_where_they_share_nothing_nothing_is_reconciled(of_trial):
    comparison, plan = of_trial
    other = TABLE.assign(offer=["one", "two"])
    table_plan, table = wb.plan_trial(other), wb.offer_economics(other.drop(columns="value_variation"))
    assert two_sources(comparison, plan, table, table_plan) == ""


def test_without_a_word_on_the_untreated_no_holdout_is_asked_for(trial):
    gross = trial.part((trial.lapsed["offer"] != "none").to_numpy())
    for each in (gross, gross.over(organic=0.05)):
        found = how_sure(wb.compare_offers(each), holdout=0.1)
        assert found.plan.holdout.empty
        assert "without one" not in found.what_to_do()


def test_one_offer_with_nothing_beside_it_has_no_next_trial(trial):
    alone = trial.part((trial.lapsed["offer"] == "discount").to_numpy())
    with pytest.raises(ValueError, match="nothing a next trial could compare"):
        how_sure(wb.compare_offers(alone))
