"""Are plans and frontiers measured under the terms of their values, and refused under others?"""

import matplotlib.pyplot as plt
import pytest

import winback as wb

FORMULAS = dict.fromkeys(("reacquisition", "tenure", "margin"), "offer + reason")
BOTH_TERMS = r"under other terms \(value over 12 months, .*\) than this trial has \(value over 27.784 months, "


@pytest.fixture(scope="module")
def half(study):
    """Return the half of the study's trial that no model was fitted on, and values at 12 months of its customers."""
    fit_on, judge_by = wb.hold_out(study.trial, 0.5)
    fit = wb.fit_two_part(fit_on, **FORMULAS)
    return judge_by, wb.second_lifetime_value(fit, judge_by.over(horizon_months=12))


@pytest.fixture(scope="module")
def plan(half):
    return wb.allocate_budget(half[1], budget=400_000)


def test_a_plan_at_12_months_is_measured_at_12_months(plan):
    """Under the offers' own horizon the measure said $2,747,233, more than twice what it is."""
    measured = plan.measure()
    assert "predicted were $1.28 million" in measured.describe()
    assert "these choices gain $1.21 million in all" in measured.describe()
    assert measured.measured.n == plan.n


def test_a_trial_at_another_horizon_is_refused_with_both_terms_named(half, plan):
    with pytest.raises(ValueError, match=f"The plan was made {BOTH_TERMS}"):
        plan.measure(half[0])
    with pytest.raises(ValueError, match=f"The frontier was made {BOTH_TERMS}"):
        wb.profit_share_frontier(half[1]).measure(half[0])


def test_the_same_trial_brought_to_the_terms_measures_the_same(half, plan):
    assert plan.measure(half[0].over(horizon_months=12)).measured == plan.measure().measured


def test_a_frontier_is_measured_under_the_terms_of_its_values_too(half, plan):
    frontier = wb.profit_share_frontier(half[1]).measure()
    first = wb.allocate_budget(half[1]).measure().measured
    row = frontier.frame.iloc[0]
    assert row["measured_profit_total"] == pytest.approx(first.total, rel=1e-9)
    assert row["measured_profit_total_low"] == pytest.approx(first.low, rel=1e-9)


def test_a_plan_from_a_frame_says_under_which_terms_it_was_measured(half):
    judge_by, values = half
    plan = wb.allocate_budget(values.net_values, costs=values.costs, budget=400_000)
    said = plan.measure(judge_by).describe()
    assert "(incremental, value over 27.784 months, no interest taken off)" in said
    with pytest.raises(ValueError, match="made from a frame, which remembers no trial"):
        plan.measure()
    with pytest.raises(ValueError, match=r"The plan is in \$, and this trial in EUR"):
        plan.measure(judge_by.over(currency="EUR"))
    with pytest.raises(TypeError, match="takes a trial, not DataFrame"):
        plan.measure(judge_by.lapsed)


def test_values_that_know_their_terms_take_no_others(half):
    judge_by, values = half
    with pytest.raises(wb.TableError, match="`offers` are those of the trial that the values were made under"):
        wb.allocate_budget(values, judge_by.offers, budget=400_000)
    with pytest.raises(wb.TableError, match="`customers` are those of the trial"):
        wb.profit_share_frontier(values, customers=judge_by.lapsed)


def test_a_measured_gain_stands_beside_the_predicted_one_in_the_figure_too(plan):
    ax = wb.plots.plot_budget_curve(plan.measure())
    title = ax.get_title(loc="left").replace("\n", " ")
    plt.close(ax.figure)
    assert "is predicted to gain $1.28 million, and measured $1.21 million [" in title
