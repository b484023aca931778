"""Does each figure of survival carry its message and its units, and draw every group?"""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from lives import freireich, lives, random_lives

from winback.plots.survival import MOST_STEPS, plot_goodness_of_fit, plot_incidence, plot_survival, plot_time_ratios
from winback.survival.competing import competing_risks
from winback.survival.curves import survival_curve
from winback.survival.durations import fit_duration
from winback.survival.goodness_of_fit import check_fit, verdict


@pytest.fixture(autouse=True)
def _closed_figures():
    yield
    plt.close("all")


def drawn(ax):
    """Draw, so that layout and tick labels are made, and return the axes."""
    ax.figure.canvas.draw()
    return ax


def title(ax):
    return ax.get_title(loc="left").replace("\n", " ")


def ticks(axis):
    return [label.get_text() for label in axis.get_ticklabels() if label.get_text()]


def labelled(ax):
    return {line.get_label(): line for line in ax.lines if not line.get_label().startswith("_")}


def legend(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


# survival curves


def test_survival_has_message_units_and_every_group():
    ax = drawn(plot_survival(survival_curve(freireich(), by="group", horizon_months=23)))
    assert title(ax).startswith("Group treated: stays 9.2 months longer than group control within 23 months [")
    assert ax.get_ylabel() == "share still there"
    assert ax.get_xlabel().startswith("months since the start of the second lifetime")
    assert legend(ax) == ["group control (21)", "group treated (21)"]
    assert all(text.endswith("%") for text in ticks(ax.yaxis))
    assert ax.get_xlim() == (0, 23)


def test_curves_are_drawn_as_they_are_with_a_second_cue():
    result = survival_curve(freireich(), by="group", horizon_months=23)
    lines = labelled(plot_survival(result))
    treated, control = lines["group treated (21)"], lines["group control (21)"]
    assert treated.get_linestyle() != control.get_linestyle()
    assert treated.get_color() != control.get_color()
    months, shares = treated.get_xdata(), treated.get_ydata()
    seen = months <= 23
    np.testing.assert_allclose(shares[seen], result.survival_at(months[seen])["treated"], atol=1e-12)
    assert len(plt.gca().collections) == 2  # one band each


def test_customers_still_watched_are_counted_below():
    ax = plot_survival(survival_curve(freireich(), by="group", horizon_months=23))
    texts = [text.get_text() for text in ax.texts]
    table = freireich()
    for name, group in table.groupby("group"):
        start = texts.index(name) - len(ax.get_xticks())
        counts = [int(text) for text in texts[start : texts.index(name)]]
        assert counts == [(group["second_tenure"] >= month).sum() for month in ax.get_xticks()]


def test_paired_one_group_and_many_groups_are_drawn(rng):
    table = random_lives(rng, n=210, groups=tuple("abcdefg"))
    assert "lifetimes last" in title(plot_survival(survival_curve(table.assign(first_tenure=1.0), by="lifetime")))
    alone = plot_survival(survival_curve(table, horizon_months=30))
    assert title(alone).endswith("are still there after 30 months")
    assert alone.get_legend() is None
    many = plot_survival(survival_curve(table, by="group", horizon_months=20))
    assert len(labelled(many)) == 7
    assert not many.texts  # too many groups to count below


def test_a_given_axes_is_used(rng):
    ax = plt.subplots()[1]
    table = random_lives(rng)
    assert plot_survival(survival_curve(table), ax=ax) is ax
    assert plot_incidence(competing_risks(table), ax=plt.subplots()[1]).get_ylabel() == "share left again"


def test_nobody_leaves_before_the_horizon():
    drawn(plot_survival(survival_curve(lives([9.0] * 4, [False] * 4, group=list("aabb")), by="group")))


# incidence


def test_incidence_draws_every_reason(rng):
    table = random_lives(rng)
    ax = drawn(plot_incidence(competing_risks(table, horizon_months=30)))
    assert title(ax).startswith("Price is the most frequent reason to leave again by month 30")
    assert legend(ax) == ["price", "service"]
    assert all(text.endswith("%") for text in ticks(ax.yaxis))
    grouped = plot_incidence(competing_risks(table, by="group", horizon_months=30))
    assert legend(grouped) == ["price, group a", "service, group a", "price, group b", "service, group b"]
    lines = labelled(grouped)
    assert lines["price, group a"].get_color() == lines["price, group b"].get_color()
    assert lines["price, group a"].get_linestyle() != lines["price, group b"].get_linestyle()


# fit


def test_the_gap_is_marked_where_it_is(rng):
    months = np.array([4.0] * 200 + [30.0] * 200)
    result = check_fit(months, months < 30, lambda t: np.broadcast_to(t, (400, t.shape[-1])) / 10, model="plan")
    ax = drawn(plot_goodness_of_fit(result))
    assert title(ax) == verdict(result)
    (mark,) = [line for line in ax.lines if len(line.get_xdata()) == 2 and line.get_xdata()[0] == line.get_xdata()[1]]
    assert mark.get_xdata()[0] == 4
    np.testing.assert_allclose(mark.get_ydata(), [0.5, np.exp(-0.4)])
    assert "17.0 points" in [text.get_text() for text in ax.texts]
    assert set(labelled(ax)) == {"customers (Kaplan-Meier)", "plan, fitted"}


def test_one_group_of_several_is_drawn(rng):
    table = random_lives(rng, n=600)
    result = fit_duration(table, "1", "weibull").check_shape(table, by="group")
    assert "Group b: the weibull" in title(plot_goodness_of_fit(result, group="b"))
    widest = result.frame.loc[result.frame["gap"].abs().idxmax(), "group"]
    assert f"Group {widest}: the weibull" in title(plot_goodness_of_fit(result))
    with pytest.raises(ValueError, match="There is no group 'c'; there are a, b"):
        plot_goodness_of_fit(result, group="c")


# time ratios


def test_every_term_has_its_row_and_interval(rng):
    table = random_lives(rng, n=600).assign(spend=rng.normal(size=600))
    table["second_tenure"] *= np.where(table["group"] == "b", 2.0, 1.0)
    fit = fit_duration(table, "group + spend", "weibull")
    ax = drawn(plot_time_ratios(fit))
    assert ticks(ax.yaxis) == ["group b rather than a", "spend higher by 1"]
    assert title(ax).startswith("Group b rather than a: ")
    assert "same" in ticks(ax.xaxis)
    assert all(text == "same" or text.endswith("%") for text in ticks(ax.xaxis))
    ratios = fit.params.set_index("term")
    bars = [line for line in ax.lines if len(line.get_xdata()) == 2 and line.get_xdata()[0] != line.get_xdata()[1]]
    ends = ratios.loc[["group[T.b]", "spend"], ["time_ratio_low", "time_ratio_high"]]
    np.testing.assert_allclose([bar.get_xdata() for bar in bars], ends)


def test_a_fit_without_terms_is_an_empty_figure(rng):
    table = random_lives(rng)
    ax = drawn(plot_time_ratios(fit_duration(table, "1", "weibull")))
    assert title(ax) == "No covariate is shown to go with a longer or a shorter stay"


def test_a_long_curve_is_drawn_with_the_steps_that_can_be_seen(rng):
    months = np.sort(rng.uniform(0, 84, 20_000))
    table = pd.DataFrame(
        {"customer_id": range(20_000), "returned": True, "second_tenure": months, "second_ended": True}
    )
    table["second_margin"] = 1.0
    found = survival_curve(table, horizon_months=84)
    line = plot_survival(found).lines[0]
    drawn_months, drawn = line.get_xdata(), line.get_ydata()
    assert 0.8 * MOST_STEPS < len(drawn_months) <= MOST_STEPS + 2
    exact = 1 - np.searchsorted(months, drawn_months, side="right") / 20_000
    np.testing.assert_allclose(drawn[:-1], exact[:-1], atol=1e-9)  # every step drawn is one of the curve
    assert np.abs(np.diff(drawn_months)).max() <= 2 * 84 / MOST_STEPS
