"""Does the figure of a plan and its outcome draw both with their intervals, and say which of them was more?"""

from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pytest
import valid_calls as valid
from matplotlib.text import Text

from winback.money import format_alike
from winback.plots import plot_came_as_forecast
from winback.plots.style import WIDTH, contrast_with_white

PHONE, SLACK = 386, 1.03


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def checked(times=1.0):
    """Return a plan held against outcomes, each so many times as much worth."""
    came = valid.came_of_it()
    return valid.contacts_planned().check(came.assign(value=came["value"] * times))


def title(ax):
    return ax.get_title(loc="left").replace("\n", " ")


def test_each_row_is_a_group_with_what_came_and_what_was_forecast():
    found = checked()
    rows = found.frame[found.frame["figure"] == "profit"]
    ax = plot_came_as_forecast(found)
    ends = [[path.vertices[:, 0] for path in lines.get_paths()] for lines in ax.collections]
    for name, segments in zip(("measured", "forecast"), ends, strict=True):
        (points,) = [line for line in ax.lines if line.get_label().startswith({"measured": "actual"}.get(name, name))]
        assert np.array_equal(points.get_xdata(), rows[name])
        assert np.allclose(segments, rows[[f"{name}_low", f"{name}_high"]])
    beside = [(text.get_text(), text.xy[1]) for text in ax.texts]
    assert beside == list(zip(format_alike(rows["measured"], found.currency), range(len(rows)), strict=True))
    ax.figure.canvas.draw()
    assert all(text.get_window_extent().x1 <= ax.figure.bbox.x1 for text in ax.texts)
    assert [label.get_text().replace("\n", " ") for label in ax.get_yticklabels()] == rows["group"].tolist()


@pytest.mark.parametrize(("times", "ratio"), [(8.0, 9.69), (0.3, -0.13)])
def test_what_chance_does_not_explain_is_said_with_its_size(times, ratio):
    found = checked(times)
    profit = found.to_change.set_index("figure").loc["profit"]
    assert profit["ratio"] == pytest.approx(ratio, abs=0.01)
    forecast = found.frame.query("by == 'all' and figure == 'profit'")["forecast"].item()
    shown = title(plot_came_as_forecast(found))
    how = f"{ratio - 1:.0%} more than forecast" if ratio > 0 else f"where ${forecast:.2f} was forecast"
    assert how in shown
    assert shown.endswith("more than chance explains")


def test_less_than_forecast_is_called_so():
    found = checked()
    less = replace(found, ratios=found.ratios.assign(ratio=0.8, low=0.7, high=0.9))
    assert "20% less than forecast" in title(plot_came_as_forecast(less))


def test_what_chance_may_explain_is_not_said_to_differ():
    found = checked()
    alike = replace(found, ratios=found.ratios.assign(low=0.5, high=1.5))
    assert title(plot_came_as_forecast(alike)).endswith("they may differ by chance")
    unknown = replace(found, ratios=found.ratios.head(0))
    assert "chance" not in title(plot_came_as_forecast(unknown))


def test_it_is_read_on_a_phone():
    figure = plot_came_as_forecast(checked()).figure
    figure.canvas.draw()
    width = figure.get_tightbbox().width
    assert width <= SLACK * WIDTH
    words = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text()]
    assert min(text.get_fontsize() for text in words) / 72 * PHONE / (width + 0.2) >= 10
    assert min(contrast_with_white(text.get_color()) for text in words) >= 4.5
