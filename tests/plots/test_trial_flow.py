"""Does the flow of a trial count whom the trial counts, and leave out what it does not know?"""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex
from trials import random_values

import winback as wb
from winback.plots import plot_trial_flow
from winback.plots.style import OFFERS, UNTREATED


@pytest.fixture(autouse=True)
def _closed_figures():
    yield
    plt.close("all")


def read(table, **arms):
    offers = [wb.Offer(name=name, amount=1, paid="on_acceptance") for name in arms if name != "none"]
    return wb.read_trial(table, offers)


def values(**arms):
    return random_values(np.random.default_rng(3), 200, **arms)


def rows(ax):
    """Return the names of the rows."""
    return [label.get_text().replace("\n", " ") for label in ax.get_yticklabels()]


def sums(ax):
    """Return how many customers each row counts."""
    found = {}
    for bar in ax.patches:
        if bar.get_width() and bar.get_height() > 0.5:
            place = round(bar.get_y() + 0.31)
            found[place] = found.get(place, 0) + bar.get_width()
    return found


def title(ax):
    return ax.get_title(loc="left").replace("\n", " ")


def test_the_study_flows_from_all_lost_to_those_still_here():
    trial = wb.load_telecom_study().trial
    ax = plot_trial_flow(trial)
    customers = trial.customers
    back = customers[customers["returned"]]
    here = back[~back["second_ended"].astype(bool)]
    sent = [(frame["offer"] != "none").sum() for frame in (customers, back, here)]
    alone = [(frame["offer"] == "none").sum() for frame in (customers, back, here)]
    expected = [len(trial.lapsed), int(trial.lapsed["eligible"].sum()), *sent, *alone]
    assert list(sums(ax).values()) == expected
    assert [text.get_text().split(" ")[0] for text in ax.texts] == [f"{n:,}" for n in expected]
    assert title(ax) == "Of 40,000 customers sent an offer 44.5% came back, of those held out 6.0%"
    assert [text.get_text() for text in ax.get_legend().get_texts()] == list(trial.sent)


def test_who_is_still_here_is_said_with_how_long_they_were_watched():
    trial = wb.load_telecom_study().trial
    customers = trial.customers
    here = customers["returned"] & ~customers["second_ended"].fillna(True).astype(bool) & (customers["offer"] != "none")
    years = customers.loc[here, "second_tenure"].median() / 12
    names = [label.get_text().replace("\n", " ") for label in plot_trial_flow(trial).get_yticklabels()]
    assert f"still here as the data end, half of them over {years:.1f} years after their return" in names


def test_what_a_table_lacks_is_left_out():
    arms = {"call": 0.4, "visit": 0.3}
    ax = plot_trial_flow(read(values(**arms), **arms))
    assert rows(ax) == ["lost", "sent an offer", "came back after an offer"]
    assert title(ax).endswith("came back")


def test_offers_have_their_colours_and_those_held_out_are_grey():
    arms = {"call": 0.4, "visit": 0.3, "none": 0.1}
    ax = plot_trial_flow(read(values(**arms), **arms))
    sent = [to_hex(bar.get_facecolor()) for bar in ax.patches if round(bar.get_y() + 0.31) == 1]
    alone = {to_hex(bar.get_facecolor()) for bar in ax.patches if round(bar.get_y() + 0.31) > 2}
    assert sent[:2] == list(OFFERS[:2])
    assert alone == {UNTREATED}


def test_one_offer_needs_no_legend_and_many_are_not_told_apart():
    assert plot_trial_flow(read(values(call=0.4), call=0.4)).get_legend() is None
    arms = {f"offer {number}": 0.4 for number in range(9)}
    ax = plot_trial_flow(read(values(**arms), **arms))
    assert ax.get_legend() is None
    assert sums(ax)[1] == 1800


def test_nobody_came_back_of_those_held_out():
    arms = {"call": 0.5, "none": 0.0}
    ax = plot_trial_flow(read(values(**arms), **arms))
    ax.figure.canvas.draw()
    assert title(ax).endswith("came back, of those held out 0.0%")
    assert ax.texts[-1].get_text() == "0 (0.0%)"


def test_odd_names_are_drawn_as_written():
    arms = {"$5_off_$10": 0.4, "_blank": 0.4}
    ax = plot_trial_flow(read(values(**arms), **arms))
    ax.figure.canvas.draw()
    assert [text.get_text().strip() for text in ax.get_legend().get_texts()] == list(arms)
