"""Do the figures of policies carry their message, in every case, and draw what the frames say?"""

from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex
from tailored_trials import by_segment, free

import winback as wb
from winback import plots
from winback.money import format_alike
from winback.plots.style import OFFERS as COLOURS
from winback.plots.style import UNTREATED

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
        assert marks["D"][place].get_ydata()[0] < place - 0.2 < place + 0.2 < marks["x"][place].get_ydata()[0]  # beside
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
    assert ax.get_xlabel().replace("\n", " ") == "share of customers whose stated segment is untrue"
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


# the oracle


@pytest.fixture(scope="module")
def truth():
    table, money = by_segment(np.random.default_rng(1), 900, **CHANCES)
    judged = {
        name: wb.evaluate_policy(wb.read_trial(table, OFFERS), rule, by="segment", splits=wb.Splits(repeats=1))
        for name, rule in {"right": RIGHT, "wrong": WRONG}.items()
    }
    return judged["right"].check(money, beside={"wrong": judged["wrong"]}), money


def bars(ax):
    names = [label.get_text().replace("\n", " ") for label in ax.get_yticklabels()]
    return dict(zip(names, (bar.get_width() for bar in ax.patches), strict=True))


def test_the_oracle_stands_on_top_of_what_each_truly_earned(truth):
    found, money = truth
    drawn = bars(plots.plot_oracle(found))
    best = found.best_single
    expected = {
        "a perfect policy": money.max(axis=1).mean(),
        f"{best} for everybody": money[best].mean(),
        "no offer for anybody": money["none"].mean(),
        **found.frame.set_index("policy")["true_profit"].to_dict(),
    }
    assert drawn == pytest.approx(expected)
    assert next(iter(drawn)) == "a perfect policy"
    assert list(drawn.values()) == sorted(drawn.values(), reverse=True)


def test_the_offer_for_everybody_has_its_own_colour_and_policies_none_of_an_offer(truth):
    found, _ = truth
    ax = plots.plot_oracle(found)
    colours = dict(zip(bars(ax), (to_hex(bar.get_facecolor()) for bar in ax.patches), strict=True))
    places = {"a": 0, "b": 1}
    assert colours[f"{found.best_single} for everybody"] == COLOURS[places[found.best_single]]
    assert colours["no offer for anybody"] == UNTREATED
    assert not {colours["wrong"], colours["a perfect policy"]} & set(COLOURS)


def test_the_title_of_the_oracle_names_the_best_of_the_others(truth):
    found, money = truth
    drawn = bars(plots.plot_oracle(found))
    second = list(drawn)[1]
    share = drawn[second] / money.max(axis=1).mean()
    perfect, best = format_alike([found.oracle, drawn[second]])
    said = f"Of {perfect} that a perfect policy would earn, {second} earns {best} ({share:.0%})"
    assert title(plots.plot_oracle(found)) == said
    assert "simulation" in plots.plot_oracle(found).get_xlabel()


def test_losses_of_an_oracle_are_drawn_to_the_left(truth):
    found, _ = truth
    lost = replace(found, frame=found.frame.assign(true_profit=-5.0))
    ax = plots.plot_oracle(lost)
    assert ax.get_xlim()[0] < -5


# fifths


@pytest.fixture(scope="module")
def contacts(table):
    trial = wb.read_trial(table, OFFERS)
    return wb.learn_policy(trial, by="segment", splits=wb.Splits(repeats=1)).contact_list(trial)


def test_fifths_are_drawn_as_predicted_and_as_measured(contacts):
    ax = plots.plot_uplift_by_fifth(contacts)
    (marks,) = ax.containers
    groups = contacts.groups
    assert list(marks.lines[0].get_ydata()) == groups["measured"].tolist()
    ends = np.array(marks.lines[2][0].get_segments())[:, :, 1]
    np.testing.assert_allclose(ends, groups[["measured_low", "measured_high"]], rtol=1e-9)
    predicted = next(line for line in ax.lines if line.get_marker() == "s")
    assert list(predicted.get_ydata()) == groups["predicted"].tolist()
    assert ax.get_ylabel().replace("\n", " ") == f"{contacts.kind} profit per customer contacted"


@pytest.mark.parametrize("slope", [0.0, 1.0])
def test_the_title_of_fifths_says_whether_predictions_tell_customers_apart(contacts, slope):
    told = replace(contacts, value=replace(contacts.value, slope=slope, slope_std_error=0.1))
    assert title(plots.plot_uplift_by_fifth(told)).startswith(
        "The most promising fifth earned" if slope else "Predictions do not tell customers apart beyond chance"
    )
