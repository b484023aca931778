"""Do the figures show where a model's money is off, and whom a contact costs more than it brings?"""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from winback.plots import plot_contact_worth, plot_model_check
from winback.second_lifetime.contact_worth import ContactWorth
from winback.second_lifetime.model_check import ModelCheck


@pytest.fixture(autouse=True)
def _closed_figures():
    yield
    plt.close("all")


def title(ax):
    return ax.get_title(loc="left").replace("\n", " ")


def checked(**gaps):
    """Return a model's check in which each offer is too much by so much, give or take 10."""
    frame = pd.DataFrame({"offer": list(gaps), "gap": list(gaps.values()), "measured": 100.0})
    return ModelCheck(frame.assign(gap_low=frame["gap"] - 10, gap_high=frame["gap"] + 10), 24.0)


def test_offers_that_are_off_are_full_and_named():
    found = checked(letter=-30.0, call=5.0, none=2.0)
    found.frame.loc[3] = ["every offer", -15.0, 100.0, -25.0, -5.0]
    ax = plot_model_check(found)
    assert title(ax) == "The model's money is off by more than chance with the letter offered"
    assert [label.get_text() for label in ax.get_yticklabels()] == ["letter", "call", "no offer", "every offer"]
    marks = {tuple(line.get_ydata()): line.get_markerfacecolor() for line in ax.lines if line.get_marker() == "o"}
    assert marks[(1, 2)] == "white"
    assert marks[(0, 3)] != "white"
    assert {text.get_text() for text in ax.texts} == {"-$30.00", "+$5.00", "+$2.00", "-$15.00"}


def test_where_no_offer_is_off_the_title_says_so_unless_all_together_are():
    found = checked(letter=9.0, call=8.0)
    found.frame.loc[2] = ["every offer", 8.5, 100.0, -1.0, 18.0]
    assert title(plot_model_check(found)).endswith("the money that the trial measured, within chance")
    found.frame.loc[2] = ["every offer", -8.5, 100.0, -16.0, -1.0]
    said = "the model expects $8.50 too little per customer, beyond chance; of no offer alone is that clear"
    assert title(plot_model_check(found)) == f"Over all offers together {said}"


def contacts(shares, measured):
    costs = [50.0, 100.0, 200.0]
    frame = pd.DataFrame({"contact_cost": costs, "share": shares, "expected": [40.0, 80.0, 150.0]})
    frame = frame.assign(n=(1000 * frame["share"]).astype(int), measured=measured)
    return ContactWorth(frame.assign(measured_low=frame["measured"] - 9, measured_high=frame["measured"] + 9), 1000)


def test_who_is_left_alone_lies_below_the_line_with_the_share():
    ax = plot_contact_worth(contacts([0.0, 0.05, 0.2], [np.nan, np.nan, 160.0]))
    assert title(ax) == "If a contact costs $200, 20.0% of customers are better left alone"
    assert [label.get_text() for label in ax.get_xticklabels()] == ["$100\n5.0%", "$200\n20.0%"]  # at 50 nobody is
    (expected,) = [line for line in ax.lines if line.get_label() == "expected by the model"]
    assert (expected.get_ydata() < expected.get_xdata()).all()
    assert [bar.get_label() for bar in ax.containers] == ["measured"]
    measured = ax.containers[0].lines[0]
    assert measured.get_xdata().tolist() == [200.0]
    assert measured.get_zorder() > expected.get_zorder()  # where both lie on one spot, neither hides the other
    assert measured.get_markersize() < expected.get_markersize() - 4


def test_without_a_measured_gain_only_the_model_is_drawn_and_nobody_is_refused():
    ax = plot_contact_worth(contacts([0.1, 0.1, 0.2], [np.nan] * 3))
    assert not ax.containers
    with pytest.raises(ValueError, match="Everybody is worth a contact"):
        plot_contact_worth(contacts([0.0, 0.0, 0.0], [np.nan] * 3))
