"""Do the steps add up to what is gained, and does the title claim no more than the interval?"""

from functools import cache

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex
from trials import measured, random_values

import winback as wb
from winback.plots import plot_profit_steps
from winback.plots.style import OFFERS


@pytest.fixture(autouse=True)
def _closed_figures():
    yield
    plt.close("all")


@cache
def compared(amount=10, organic=None, **arms):
    table = random_values(np.random.default_rng(3), 200, **arms)
    offers = [wb.Offer(name=name, amount=amount, paid="on_acceptance") for name in arms if name != "none"]
    return wb.compare_offers(wb.read_trial(table, offers, organic=organic))


def bars(ax):
    """Return where each bar begins and ends."""
    return [(bar.get_y(), bar.get_y() + bar.get_height()) for bar in ax.patches]


def title(ax):
    return ax.get_title(loc="left").replace("\n", " ")


def test_the_study_is_drawn_as_the_comparison_says(comparison):
    ax = plot_profit_steps(comparison)
    row = comparison.frame.iloc[0]
    value, cost, gain = (
        row["gross_profit"] + row["cost_per_customer"],
        row["cost_per_customer"],
        row["incremental_profit"],
    )
    assert np.allclose(bars(ax), [(0, value), (value, value - cost), (row["gross_profit"], gain), (0, gain)])
    assert value - cost - float(comparison.control.mean[0, 1]) == pytest.approx(gain)
    interval = next(line for line in ax.lines if line.get_linewidth() == 2)
    assert list(interval.get_ydata()) == [row["incremental_profit_low"], row["incremental_profit_high"]]
    assert [text.get_text() for text in ax.texts] == ["$415", "-$54", "-$70", "$291\n[$278, $304]"]
    assert title(ax) == "Discount earns $291 more per customer than sending nothing"


@pytest.mark.parametrize("place", range(4))
def test_each_offer_ends_at_its_own_gain_in_its_own_colour(comparison, place):
    name = comparison.trial.sent[place]
    ax = plot_profit_steps(comparison, name)
    last = ax.patches[-1]
    assert last.get_height() == comparison.frame.set_index("offer").loc[name, "incremental_profit"]
    assert to_hex(last.get_facecolor()) == OFFERS[place]
    assert not {to_hex(bar.get_facecolor()) for bar in ax.patches[:-1]} & set(OFFERS)


@pytest.mark.parametrize(
    ("amount", "said"),
    [(10, "earns $"), (900, "loses $"), (None, "is not shown to earn more than sending nothing")],
)
def test_the_title_claims_what_the_interval_shows(amount, said):
    arms = {"visit": 0.3, "none": 0.3} if amount is None else {"visit": 0.5, "none": 0.1}
    result = compared(amount=0 if amount is None else amount, **arms)
    row = result.frame.iloc[0]
    shown = row["incremental_profit_low"] > 0 or row["incremental_profit_high"] < 0
    assert shown == (amount is not None)
    assert said in title(plot_profit_steps(result))


def test_without_control_the_last_bar_is_gross_and_the_title_says_so():
    result = compared(visit=0.5)
    ax = plot_profit_steps(result)
    assert len(ax.patches) == 3
    assert ax.patches[-1].get_height() == result.frame["gross_profit"].iloc[0]
    assert "which is not known" in title(ax)
    assert ax.get_ylabel().startswith("gross")


def test_an_assumed_organic_return_is_called_assumed():
    result = compared(organic=0.1, visit=0.5)
    ax = plot_profit_steps(result)
    assert ax.patches[-1].get_height() == result.frame["incremental_profit"].iloc[0]
    assert "as assumed" in title(ax)
    assert "(assumed)" in ax.get_xticklabels()[2].get_text().replace("\n", " ")


def test_nobody_returned():
    table = measured(visit=[None] * 60, call=[90.0, None] * 30)
    offers = [wb.Offer(name=name, amount=1, paid="per_contact") for name in ("visit", "call")]
    ax = plot_profit_steps(wb.compare_offers(wb.read_trial(table, offers)), "visit")
    ax.figure.canvas.draw()
    assert "loses $1.00" in title(ax)


def test_an_offer_that_was_not_compared_is_refused(comparison):
    with pytest.raises(ValueError, match="no offer 'gift' in this comparison; there are discount"):
        plot_profit_steps(comparison, "gift")


def test_a_name_with_signs_is_drawn_as_written():
    ax = plot_profit_steps(compared(**{"$5_off_$10 for all who stayed away": 0.5, "none": 0.1}))
    ax.figure.canvas.draw()
    assert ax.get_xticklabels()[1].get_text().replace("\n", " ") == "the offer costs"
    assert title(ax).startswith("$5_off_$10 for all who stayed away earns")
