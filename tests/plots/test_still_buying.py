"""Does the map show the model's chances, and do the periods add up to what was tracked?"""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

import winback as wb
from winback.plots import plot_chance_active, plot_tracking, plot_tracking_by_period
from winback.plots.held_out import MOST_POINTS


@pytest.fixture(autouse=True)
def _closed_figures():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def log():
    return wb.simulate_shop_study(300).purchases


@pytest.fixture(scope="module")
def held_out(log):
    return wb.summarize_purchases(log, period="W").hold_out()


@pytest.fixture(scope="module")
def fit(held_out):
    return wb.fit_purchases(held_out, "mbg_nbd")


def title(ax):
    return ax.get_title(loc="left").replace("\n", " ")


def ticks(axis):
    return [float(label.get_text().replace(",", "")) for label in axis.get_ticklabels()]


def grid(ax):
    silent, often = ticks(ax.xaxis), ticks(ax.yaxis)
    return silent, often, np.ma.getdata(ax.collections[0].get_array()).reshape(len(often), len(silent))


def test_every_cell_is_the_models_chance_and_is_written(fit):
    ax = plot_chance_active(fit, age=80)
    silent, often, chance = grid(ax)
    for row, number in enumerate(often):
        table = pd.DataFrame({"frequency": int(number), "recency": 80 - np.array(silent), "age": 80.0})
        assert np.allclose(chance[row], fit.probability_alive(table), rtol=1e-12)
    assert [text.get_text() for text in ax.texts] == [f"{share:.0%}" for share in chance.ravel()]
    assert ax.get_ylim()[0] < ax.get_ylim()[1]
    assert "80 weeks ago" in ax.get_xlabel().replace("\n", " ")


def test_the_longer_the_silence_the_smaller_the_chance_and_the_more_so_the_more_was_bought(fit):
    _, _, chance = grid(plot_chance_active(fit))
    assert (np.diff(chance, axis=1) <= 0).all()
    assert chance[-1, -1] <= chance[0, -1]


def test_the_title_names_the_silence_after_which_a_customer_is_likelier_gone(fit):
    words = title(plot_chance_active(fit, age=100)).split()
    weeks = float(words[words.index("after") + 1])
    table = pd.DataFrame({"frequency": 1, "recency": 100 - np.array([weeks - 1, weeks + 1]), "age": 100.0})
    before, after = fit.probability_alive(table)
    assert before > 0.5 > after
    assert title(plot_chance_active(fit, age=0.5)) == "Nobody drawn here is likelier gone than not"


def test_opportunities_are_whole_and_no_more_is_bought_than_there_was_chance():
    donors = pd.DataFrame({"frequency": [0, 1, 2, 3, 1, 2, 5], "recency": [0, 1, 4, 5, 2, 3, 6], "opportunities": 6})
    donors = pd.concat([donors] * 30, ignore_index=True)
    fit = wb.fit_purchases(donors, "bg_bb", period="Y")
    silent, often, chance = grid(plot_chance_active(fit))
    assert silent == [0, 1, 2, 3, 4, 5] or all(float(each).is_integer() for each in silent)
    drawn = plot_chance_active(fit).collections[0].get_array().mask.reshape(chance.shape)
    for row, column in np.ndindex(chance.shape):
        assert drawn[row, column] == (6 - silent[column] < often[row])


def test_what_cannot_be_drawn_is_refused(fit):
    with pytest.raises(ValueError, match="age must be above 0, in the unit of the fit"):
        plot_chance_active(fit, age=-1.0)
    alone = pd.DataFrame({"frequency": 0, "recency": 0.0, "age": np.linspace(1, 50, 60)})
    with pytest.raises(ValueError, match="Nobody bought again"):
        plot_chance_active(wb.fit_purchases(alone, "mbg_nbd", period="W"))


def line(ax, label):
    return next(each for each in ax.lines if each.get_label() == label)


@pytest.mark.parametrize("period", ["W", "M", "D"])
def test_periods_add_up_to_what_was_bought(log, period):
    summary = wb.summarize_purchases(log, period=period).hold_out()
    check = wb.fit_purchases(summary, "mbg_nbd").check(summary)
    ax = plot_tracking_by_period(check)
    for name, label in (("observed", "observed"), ("expected", "expected (MBG/NBD)")):
        drawn = line(ax, label)
        months, rates = drawn.get_xdata(), drawn.get_ydata()
        assert len(months) <= MOST_POINTS + 1
        first, last = (
            check.tracking.loc[check.tracking["periods"] <= each + 1e-9, name].iloc[-1] for each in months[[0, -1]]
        )
        total = (rates[1:] * np.diff(months)).sum()
        assert total == pytest.approx(last - first, rel=0.02)


def test_where_no_period_is_averaged_each_is_drawn_as_counted(fit, held_out):
    check = fit.check(held_out)
    drawn = line(plot_tracking_by_period(check), "observed")
    counted = check.tracking.set_index("periods")["observed"].diff() / np.diff(
        check.tracking["periods"], prepend=np.nan
    )
    assert np.allclose(drawn.get_ydata(), counted.loc[drawn.get_xdata()], rtol=1e-9)


def test_the_title_tells_the_rates_of_what_was_held_out(fit, held_out):
    check = fit.check(held_out)
    ax = plot_tracking_by_period(check)
    drawn = line(ax, "observed")
    split = check.tracking.loc[~check.tracking["held_out"], "periods"].iloc[-1]
    later = drawn.get_ydata()[drawn.get_xdata() > split].mean()
    rate = f"{later:,.0f}" if later >= 10 else f"{later:,.2g}"
    assert title(ax).startswith(f"Held out, customers bought {rate} times a week")
    assert ax.patches[0].get_x() == plot_tracking(check).patches[0].get_x() == split
    assert to_hex(drawn.get_color()) != to_hex(line(ax, "expected (MBG/NBD)").get_color())
