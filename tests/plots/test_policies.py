"""Do the figures of policies carry their message, in every case, and draw what the frames say?"""

from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pytest
from tailored_trials import by_segment, free

import winback as wb
from winback import plots

OFFERS = free("a", "b")
CHANCES = {"a": {"x": 0.7, "y": 0.1}, "b": {"x": 0.1, "y": 0.6}, "none": {"x": 0.1, "y": 0.1}}
RIGHT, WRONG, SAME = {"x": "a", "y": "b"}, {"x": "b", "y": "a"}, {"x": "a", "y": "a"}


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def table():
    return by_segment(np.random.default_rng(1), 900, **CHANCES)[0]


@pytest.fixture(scope="module")
def judged(table):
    rules = {"right": RIGHT, "wrong": WRONG, "all a": SAME}
    return {
        name: wb.evaluate_policy(wb.read_trial(table, OFFERS), rule, by="segment", splits=wb.Splits(repeats=2))
        for name, rule in rules.items()
    }


def misstated(table, rule, **shares):
    splits = wb.Splits(repeats=1)
    return wb.evaluate_policy(wb.read_trial(table, OFFERS), rule, by="segment", splits=splits).misstated(**shares)


def title(ax):
    return ax.get_title(loc="left").replace("\n", " ")


def test_every_policy_is_drawn_with_its_interval(judged):
    ax = plots.plot_policy_gains(judged)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["right", "wrong", "all a"]
    spans = [line for line in ax.lines if len(line.get_xdata()) == 2 and line.get_linewidth() == 2.4]
    marks = {mark: [line for line in ax.lines if line.get_marker() == mark] for mark in "oDx"}
    for place, each in enumerate(judged.values()):
        row = each.frame.iloc[0]
        assert list(spans[place].get_xdata()) == [row["honest_gain_low"], row["honest_gain_high"]]
        assert marks["o"][place].get_xdata()[0] == row["honest_gain"]
        assert marks["D"][place].get_xdata()[0] == row["in_sample_gain"]
        assert marks["x"][place].get_xdata()[0] == row["predicted_gain"]
        assert marks["o"][place].get_ydata()[0] == place
    assert len(ax.get_legend().get_texts()) == 3
    assert ax.get_xlabel() == "gain per customer over a for everybody"
    assert ax.get_ylim()[0] > ax.get_ylim()[1]  # the first stands on top


def test_the_title_says_which_policies_pay(table, judged):
    assert title(plots.plot_policy_gains(judged)) == "Right earns more than one offer for all"
    both = {"one": judged["right"], "two": judged["right"]}
    assert title(plots.plot_policy_gains(both)) == "One and two earn more than one offer for all"
    tree = wb.learn_policy(wb.read_trial(table, OFFERS), by="segment", splits=wb.Splits(repeats=2))
    assert title(plots.plot_policy_gains({"the tree": tree})) == "The tree earns more than one offer for all"


def test_the_title_says_that_none_pays_and_which_lose(judged):
    none = "No tailoring is shown to earn more than one offer for all"
    assert title(plots.plot_policy_gains({"all a": judged["all a"]})) == none
    assert title(plots.plot_policy_gains({"wrong": judged["wrong"]})) == f"{none}; wrong loses by it"
    losing = {"one": judged["wrong"], "two": judged["wrong"], "all a": judged["all a"]}
    assert title(plots.plot_policy_gains(losing)) == f"{none}; one and two lose by it"


def test_a_loss_that_may_be_chance_is_not_said_to_be_one(judged):
    unsure = replace(judged["wrong"], frame=judged["wrong"].frame.assign(honest_gain=-3.0, honest_gain_high=1.0))
    assert title(plots.plot_policy_gains({"wrong": unsure})) == (
        "No tailoring is shown to earn more than one offer for all"
    )


def test_no_offer_as_the_best_single_one_is_named_so(table):
    ruinous = [wb.Offer(name=name, amount=900, paid="on_acceptance") for name in "ab"]
    found = wb.evaluate_policy(wb.read_trial(table, ruinous), RIGHT, by="segment", splits=wb.Splits(repeats=1))
    assert plots.plot_policy_gains({"rule": found}).get_xlabel() == "gain per customer over no offer for everybody"


def test_no_policy_is_refused():
    with pytest.raises(ValueError, match="There is no policy to draw"):
        plots.plot_policy_gains({})


def test_an_axes_of_ones_own_is_drawn_on(judged):
    _, ax = plt.subplots()
    assert plots.plot_policy_gains(judged, ax) is ax


def test_untrue_reasons_with_the_share_that_the_rule_bears(table):
    found = misstated(table, RIGHT, shares=[0.5, 0, 0.25])
    ax = plots.plot_misstated_reasons(found)
    assert (
        title(ax)
        == f"The rule bears {found.break_even:.0%} of customers with an untrue segment before its gain is gone"
    )
    zero, curve, mark = ax.lines
    assert list(curve.get_xdata()) == [0, 0.25, 0.5]
    assert (
        list(curve.get_ydata())
        == found.frame["gain"].tolist()[1:2] + found.frame["gain"].tolist()[2:] + (found.frame["gain"].tolist()[:1])
    )
    assert mark.get_xdata()[0] == found.break_even
    assert set(zero.get_ydata()) == {0}
    assert ax.get_xlabel() == "share of customers whose stated segment is untrue"
    assert ax.get_ylabel().replace("\n", " ") == "gain per customer over a for everybody"


def test_a_share_beyond_those_drawn_has_no_mark(table):
    found = misstated(table, RIGHT, shares=[0, 0.1])
    assert found.break_even > 0.1
    assert len(plots.plot_misstated_reasons(found).lines) == 2


def test_untrue_reasons_where_there_is_nothing_to_lose(table):
    found = misstated(table, WRONG)
    ax = plots.plot_misstated_reasons(found)
    assert title(ax) == "Even with every segment true, the rule earns no more than a for everybody"
    assert len(ax.lines) == 2


@pytest.mark.parametrize("share", [1.3, np.inf])
def test_untrue_reasons_that_take_nothing_away(table, share):
    found = replace(misstated(table, RIGHT), break_even=share)
    ax = plots.plot_misstated_reasons(found)
    assert title(ax) == "Untrue reasons do not take the gain away"
    assert len(ax.lines) == 2
