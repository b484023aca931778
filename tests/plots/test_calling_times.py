"""Does the figure of when to call draw the curves, say in its title what is shown, and is it read on a phone?"""

from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import valid_calls as valid
from matplotlib.colors import to_hex
from matplotlib.text import Text
from scipy.special import expit

import winback as wb
from winback import plots
from winback.outreach import when_to_call
from winback.outreach.calling_times import BETWEEN, NO_BEST
from winback.plots.style import WIDTH, contrast_with_white, offer_styles

PHONE, SLACK = 386, 1.03


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def found(slope=-0.2, offers=("call", "gift", "none"), **how):
    rng, n = np.random.default_rng(4), 2_400
    away, offer = rng.uniform(1, 9, n).round(1), rng.choice(offers, n)
    back = rng.random(n) < np.where(offer == "none", 0.1, expit(0.4 + slope * (away - 5)))
    table = {"customer_id": np.arange(n), "months_away": away, "offer": offer, "returned": back}
    value = np.where(back, 30.0 + rng.random(n), np.nan)
    return when_to_call(wb.read_trial(pd.DataFrame({**table, "value": value}), valid.OFFERS), **how)


def title(ax):
    return ax.get_title(loc="left").replace("\n", " ")


def readable(figure):
    """Hold every letter to the phone: at least 10 pixels of 390, dark enough, and nothing beyond the edge."""
    figure.canvas.draw()
    width = figure.get_tightbbox().width
    assert width <= SLACK * WIDTH
    words = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text()]
    assert min(text.get_fontsize() for text in words) / 72 * PHONE / (width + 0.2) >= 10
    assert min(contrast_with_white(text.get_color()) for text in words) >= 4.5


def test_the_figure_is_read_on_a_phone():
    readable(plots.plot_calling_times(found()).figure)


def test_lines_and_bands_are_the_curves_in_the_offers_colours():
    result = found()
    ax = plots.plot_calling_times(result)
    lines = {line.get_label(): line for line in ax.lines if not line.get_label().startswith("_")}
    looks = offer_styles(["call", "gift", "none"], result.trial.offers.names)
    for name, label in (("call", "call"), ("gift", "gift"), ("none", "sent nothing")):
        rows = result.curve[result.curve["offer"] == name]
        assert np.array_equal(lines[label].get_xydata(), rows[["months_away", "chance"]].to_numpy())
        assert to_hex(lines[label].get_color()) == to_hex(looks[name]["color"])
    edges = [band.get_paths()[0].vertices[:, 1] for band in ax.collections]
    lows = [rows["chance_low"].min() for _, rows in result.curve.groupby("offer", sort=False)]
    assert [edge.min() for edge in edges] == pytest.approx(lows)
    dots = [line for line in ax.lines if line.get_linestyle() == "None"]
    assert all(line.get_marker() == "" for line in lines.values())  # the marks are what was counted
    assert [len(line.get_ydata()) for line in dots] == [8, 8, 8]  # months 1 to 9, counted one by one


@pytest.mark.parametrize("slope", [-0.2, 0.2])
def test_the_title_says_how_many_came_back_early_and_late(slope):
    result = found(slope)
    row = result.offers.loc[(result.offers["first"] - result.offers["last"]).abs().idxmax()]
    months = result.curve.loc[result.curve["offer"] == row["offer"], "months_away"].iloc[[0, -1]].tolist()
    shares = "{:.0%} came back; after {:g} months, {:.0%}".format(row["first"], months[1], row["last"])
    said = f"Sent the {row['offer']} {months[0]:g} month after leaving, {shares}"
    assert title(plots.plot_calling_times(result)) == said


def test_the_title_says_where_no_end_is_best():
    assert title(plots.plot_calling_times(found(0.0))) == "No difference is shown between calling sooner and later"
    result = found(0.2)
    middle = replace(result, offers=result.offers.assign(verdict=BETWEEN, best=5.2))
    most = result.curve.loc[result.curve["offer"] == "call", "chance"].max()
    assert f"; most about 5 months after leaving, {most:.0%}" in title(plots.plot_calling_times(middle))
    unclear = replace(result, offers=result.offers.assign(verdict=NO_BEST))
    assert title(plots.plot_calling_times(unclear)).endswith(": no time is shown to be best")


def test_it_is_said_where_delays_were_not_drawn_at_random():
    assert "not drawn at random" in plots.plot_calling_times(found()).get_xlabel().replace("\n", " ")
    assert "not drawn" not in plots.plot_calling_times(found(random_delays=True)).get_xlabel()


def test_what_cannot_be_drawn_is_refused():
    few = found()
    with pytest.raises(ValueError, match="Too few of those sent an offer"):
        plots.plot_calling_times(replace(few, curve=few.curve[few.curve["offer"] == "none"]))
