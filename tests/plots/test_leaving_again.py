"""Does the figure of leaving again draw what was observed and what is fitted, with its message?"""

import matplotlib.pyplot as plt
import numpy as np
from repeat_churners import churners

import winback as wb


def test_observed_and_fitted_shares_are_drawn_and_the_title_is_made_from_them():
    fit = wb.fit_repeat_churn(churners(2_000, 1), hazards="fast")
    ax = wb.plots.plot_leaving_again(fit)
    frame, first = fit.incidence, fit.reasons[0]
    rows = frame[frame["reason"] == first]
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), rows["observed"])
    np.testing.assert_array_equal(ax.lines[1].get_ydata(), rows["fitted"])
    assert ax.lines[0].get_linestyle() != ax.lines[1].get_linestyle()
    title = ax.get_title(loc="left").replace("\n", " ")
    assert title.startswith(f"{rows['observed'].iloc[-1]:.0%} leave again for price within")
    off = np.abs(frame["fitted"] - frame["observed"]).max()
    assert f"off by {100 * off:.1f} points" in title
    assert "as fitted" in [text.get_text() for text in ax.get_legend().get_texts()]
    plt.close("all")
