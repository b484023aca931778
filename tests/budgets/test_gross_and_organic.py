"""Is a plan gross where nobody was left untreated, and incremental where organic return is known or assumed?"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from budget_problems import catalog, random_profits

import winback as wb
from winback.budgets.measured import Measured
from winback.money import format_money


@pytest.fixture
def gross(rng):
    """Draw profits without `none`, and their costs."""
    profits, costs = random_profits(rng, 400)
    return profits.drop(columns="none"), costs.drop(columns="none")


def planned(gross, **terms):
    return wb.allocate_budget(gross[0], catalog(gross[0], **terms), costs=gross[1], budget=3_000)


def test_without_none_everything_is_labelled_gross(gross):
    plan = wb.allocate_budget(gross[0], costs=gross[1], budget=3_000)
    assert plan.kind == "gross"
    assert not plan.frame.filter(like="incremental").columns.tolist()
    assert not plan.assignments.filter(like="incremental").columns.tolist()
    assert "Predicted gross profit" in plan.table()
    assert "gross: what these customers would bring without an offer is unknown" in plan.describe()
    assert plan.assignments.query("offer == 'none'")["expected_profit"].isna().all()


def test_an_assumed_organic_return_is_a_column_none(gross):
    assumed = planned(gross, organic=0.1, organic_value=150)
    known = wb.allocate_budget(gross[0].assign(none=15.0), costs=gross[1], budget=3_000)
    pd.testing.assert_frame_equal(assumed.assignments, known.assignments)
    pd.testing.assert_frame_equal(assumed.frame, known.frame)
    assert "and rest on an assumed organic return of 10.0%" in assumed.describe()


def test_an_interval_is_decided_at_its_middle_and_shown_at_both_ends(gross):
    plan = planned(gross, organic=(0.05, 0.25), organic_value=100)
    middle = planned(gross, organic=0.15, organic_value=100)
    assert plan.assignments["offer"].equals(middle.assignments["offer"])
    assert plan.profit_total == pytest.approx(middle.profit_total, rel=1e-12)
    low, high = (plan.frame[f"incremental_profit_total_{end}"].sum() for end in ("low", "high"))
    assert low == pytest.approx(middle.profit_total - 10 * plan.n_contacted)
    assert high == pytest.approx(middle.profit_total + 10 * plan.n_contacted)
    sent = plan.assignments.query("standing == 'contacted'")
    assert plan.n_doubtful == (sent["expected_profit"] <= 25).sum()
    assert 0 < plan.n_doubtful < plan.n_contacted
    assert f"at the high end {plan.n_doubtful} of those contacted are not worth it" in plan.details()


def test_segments_have_their_own_share(gross):
    profits, costs = gross
    region = np.where(np.arange(len(profits)) % 2, "north", "south")
    customers = pd.DataFrame({"customer_id": profits.index, "region": region}).sample(frac=1, random_state=1)
    shares = {"north": 0.1, "south": 0.4}
    offers = catalog(profits, organic={"region": shares}, organic_value=50.0)
    plan = wb.allocate_budget(profits, offers, costs=costs, budget=3_000, customers=customers)
    alone = pd.Series(region, profits.index).map(shares) * 50
    known = wb.allocate_budget(profits.assign(none=alone), costs=costs, budget=3_000)
    pd.testing.assert_frame_equal(plan.assignments, known.assignments)
    assert "organic return by region, 25.0% on average" in plan.describe()


def test_at_the_break_even_organic_return_the_same_plan_gains_nothing(gross):
    plan = planned(gross, organic_value=150)
    profit = plan.assignments.query("standing == 'contacted'")["expected_profit"]
    assert (profit - plan.break_even_organic * 150).sum() == pytest.approx(0, abs=1e-9)
    assert plan.kind == "gross"
    assert f"an organic return of {plan.break_even_organic:.1%}" in plan.details()


def test_without_a_value_of_organic_returners_it_is_said_in_money(gross):
    plan = wb.allocate_budget(gross[0], costs=gross[1], budget=3_000)
    assert f"would bring less than ${plan.break_even_profit:.2f} each" in plan.details()
    assert np.isnan(plan.break_even_organic)


def test_with_none_no_break_even_is_needed(rng):
    profits, costs = random_profits(rng)
    assert "each without an offer" not in wb.allocate_budget(profits, costs=costs).details()


@pytest.fixture(scope="module")
def values():
    study = wb.simulate_telecom_study(5_300, calibrate=False, rng=1)
    fit = wb.fit_two_part(study.lapsed, reacquisition="offer + reason", tenure="reason", margin="reason")
    return wb.second_lifetime_value(fit, study.trial.over(horizon_months=24, annual_discount=0.1))


def test_values_of_a_model_bring_their_costs_and_currency(values):
    plan = wb.allocate_budget(values, budget=50_000)
    kept = ~values.set_aside
    frames = values.net_values[kept], values.costs[kept]
    same = wb.allocate_budget(frames[0], costs=frames[1], budget=50_000)
    pd.testing.assert_frame_equal(plan.assignments, same.assignments)
    assert plan.currency == values.currency
    assert f"{(~kept).sum()} customers who were not eligible are left out" in plan.details()
    assert plan.n == kept.sum()


def test_what_the_plan_gains_is_said_to_be_predicted_unless_it_was_measured(values):
    plan = wb.allocate_budget(values, budget=50_000)
    assert "All gains are predicted by what also chose the customers" in plan.describe()
    measured = replace(plan, measured=Measured(5.0, 1.0, 9.0, plan.n))
    assert "in the trial these choices gain $5.00 in all [$1.00, $9.00]" in measured.describe()
    assert f"predicted were {format_money(plan.profit_total)}" in measured.describe()
    assert "also chose the customers" not in measured.describe()


def test_the_frontier_of_a_models_values_starts_at_the_most_profit(values):
    frontier = wb.profit_share_frontier(values)
    kept = ~values.set_aside
    gain = values.net_values.drop(columns="none").max(axis=1) - values.net_values["none"]
    assert frontier.frame["incremental_profit_total"].iloc[0] == pytest.approx(gain[kept].clip(lower=0).sum())
    most = (values.chances.max(axis=1) - values.chances["none"])[kept].sum()
    assert frontier.frame["n_regained"].iloc[-1] == pytest.approx(most)
    assert f"{(~kept).sum()} customers who were not eligible are left out" in frontier.details()
