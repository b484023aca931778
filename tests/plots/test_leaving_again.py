"""Does the figure of leaving again draw what was observed and what is fitted, with its message?"""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from repeat_churners import churners

import winback as wb


def test_observed_and_fitted_shares_are_drawn_and_the_title_is_made_from_them():
    fit = wb.fit_repeat_churn(churners(2_000, 1), hazards="fast")
    ax = wb.plots.plot_leaving_again(fit)
    frame, first = fit.incidence, fit.reasons[0]
    assert frame["months"].max() > 24
    assert ax.get_xlim()[1] == 24
    frame = frame[frame["months"] <= 24]
    rows = frame[frame["reason"] == first]
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), rows["observed"])
    np.testing.assert_array_equal(ax.lines[1].get_ydata(), rows["fitted"])
    assert ax.lines[0].get_linestyle() != ax.lines[1].get_linestyle()
    title = ax.get_title(loc="left").replace("\n", " ")
    last = frame.groupby("reason")["observed"].last().sort_values(ascending=False)
    both = " and ".join(f"for {each} ({share:.0%})" for each, share in last.iloc[:2].items())
    assert title == f"Within 24 months {last.sum():.0%} leave again, most often {both}"
    off = np.abs(frame["fitted"] - frame["observed"]).max()
    legend = " ".join(text.get_text() for text in ax.get_legend().get_texts()).replace("\n", " ")
    assert f"by the model, off by up to {100 * off:.1f} points" in legend
    assert "not drawn" not in legend  # of three reasons each has its line
    assert wb.plots.plot_leaving_again(fit, months=6).get_xlim()[1] == 6
    plt.close("all")


def test_the_cured_are_drawn_by_first_reason_the_most_first_and_all_of_them_last():
    fit = wb.fit_repeat_churn(churners(2_000, 1), hazards="fast")
    ax = wb.plots.plot_cured(fit)
    frame = fit.frame[fit.frame["reason"] != "all"].sort_values("cured", ascending=False)
    drawn = [line.get_xdata()[0] for line in ax.lines[1::3]]
    assert drawn == [*frame["cured"], fit.frame["cured"].iloc[-1]]
    assert ax.get_title(loc="left").startswith(f"By the model, {frame['cured'].iloc[0]:.0%} of those")
    assert ax.get_yticklabels()[-1].get_text().startswith("All of them")
    plt.close("all")


def test_where_no_share_is_shown_there_is_no_figure():
    drawn = churners(2_000, 3, watched=(6.0, 14.0), first={"price": 1.0}, reasons=("price", "moved"), cured=0.4)
    fit = wb.fit_repeat_churn(drawn, hazards="1")
    with pytest.raises(ValueError, match="there is no share to draw"):
        wb.plots.plot_cured(fit)
