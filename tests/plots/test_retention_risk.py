"""Do the figures of the risk of leaving say what the results say?"""

from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pytest
from at_risk import base_at_risk

import winback as wb
from winback.plots import alt_text, plot_churn_risk, plot_worth_keeping


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def fit():
    return wb.fit_churn_risk(base_at_risk(3_000, rng=5)[0], "log1p(tenure) + since_complaint + plan")


def test_each_tenth_is_a_mark_where_it_was_expected_and_came(fit):
    check = fit.check(months=6)
    ax = plot_churn_risk(check)
    marks = [line for line in ax.lines if line.get_marker() == "o"]
    assert [line.get_xdata()[0] for line in marks] == pytest.approx(check.frame["expected_share"].tolist())
    assert [line.get_ydata()[0] for line in marks] == pytest.approx(check.frame["observed_share"].tolist())
    assert [line.get_markerfacecolor() != "white" for line in marks] == check.frame["inside"].tolist()
    first = f"{100 * check.frame['observed_share'].iloc[0]:.1f}%"
    assert f"Of the riskiest tenth {first} left" in ax.get_title(loc="left").replace("\n", " ")
    assert first in alt_text(ax)


def test_gain_is_drawn_by_the_share_contacted(fit):
    found = fit.about_to_leave(cost=5, share_prevented=0.2)
    ax = plot_worth_keeping(found)
    lines = {line.get_label(): line for line in ax.lines}
    np.testing.assert_allclose(lines["ranked by gain"].get_ydata()[1:], found.curve["by_gain"])
    np.testing.assert_allclose(lines["ranked by risk alone"].get_ydata()[1:], found.curve["by_risk"])
    assert "list gains about as much: up to" in ax.get_title(loc="left").replace("\n", " ")  # by $9 only
    curve = found.curve.assign(by_risk=found.curve["by_gain"] / 2)
    share = curve["share"][curve["share"] <= len(found.worth_it) / len(found.frame)].iloc[-1]
    gap = curve.loc[curve["share"] == share, "by_risk"].item()  # the further, the wider, up to where it pays to stop
    said = f"With calls for {share:.0%} of customers, this list gains ${gap:,.0f} more than one by risk alone"
    assert plot_worth_keeping(replace(found, curve=curve)).get_title(loc="left").replace("\n", " ") == said
    dear = plot_worth_keeping(fit.about_to_leave(cost=1e6, share_prevented=0.2))
    assert dear.get_title(loc="left") == "Keeping pays for nobody at this cost"
