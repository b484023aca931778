"""Do the figures of plans and frontiers carry their message and their units?"""

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from budget_problems import random_profits

import winback as wb
from winback import plots


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def test_the_curve_passes_through_the_plan(rng):
    profits, costs = random_profits(rng, 200)
    plan = wb.allocate_budget(profits, costs=costs, budget=900)
    ax = plots.plot_budget_curve(plan)
    curve, place = ax.lines
    assert list(curve.get_ydata()) == plan.curve()["incremental_profit_total"].tolist()
    assert (place.get_xdata()[0], place.get_ydata()[0]) == (plan.cost_total, plan.profit_total)
    assert f"the next dollar earns ${plan.price_of_money:.2f}" in ax.get_title(loc="left").replace("\n", " ")
    assert ax.get_ylabel() == "predicted incremental profit"


def test_a_plan_without_untreated_customers_is_drawn_as_gross(rng):
    profits, costs = random_profits(rng, 50)
    plan = wb.allocate_budget(profits.drop(columns="none"), costs=costs.drop(columns="none"), budget=200)
    ax = plots.plot_budget_curve(plan)
    assert "gross" in ax.get_title(loc="left")
    assert ax.get_ylabel() == "predicted gross profit"


def test_the_frontier_says_what_customers_cost():
    profits = pd.DataFrame({"upgrade": [90.0] * 100, "bundle": [80.0] * 100, "none": 10.0})
    chances = pd.DataFrame({"upgrade": [0.4] * 100, "bundle": [0.5] * 100, "none": 0.1})
    ax = plots.plot_profit_share_frontier(wb.profit_share_frontier(profits, chances=chances))
    said = ax.get_title(loc="left").replace("\n", " ")
    assert "10 more customers are predicted to cost $1,000 of profit, the last one $100" in said
    marks = [line.get_marker() for line in ax.lines[1:]]
    assert len(set(marks)) == 2
