"""Does the figure of pairs draw every difference where it is, full where clearly different, and say so?"""

import matplotlib.pyplot as plt
import pandas as pd
import pytest

import winback as wb
from winback.plots import plot_differences


def marks(ax):
    return [line for line in ax.lines if line.get_marker() == "o"]


def test_every_pair_is_drawn_at_its_difference_full_where_told_apart():
    comparison = wb.compare_offers(wb.load_telecom_study().trial)
    ax = plot_differences(comparison)
    pairs = comparison.differences
    assert [mark.get_xdata()[0] for mark in marks(ax)] == pairs["difference"].tolist()
    full = [mark.get_markerfacecolor() != "white" for mark in marks(ax)]
    assert full == pairs["told_apart"].tolist()
    bars = [line.get_xdata() for line in ax.lines if len(line.get_xdata()) == 2 and line.get_marker() == "None"][1:]
    assert [list(bar) for bar in bars] == pairs[["difference_low", "difference_high"]].to_numpy().tolist()
    plt.close()


def trial_of(*shares, n=200):
    rows = [(f"offer {place}", i < share * n) for place, share in enumerate(shares) for i in range(n)]
    rows += [("none", i < 0.05 * n) for i in range(n)]
    frame = pd.DataFrame(rows, columns=["offer", "returned"])
    frame = frame.assign(customer_id=range(len(frame)), value=100.0 * frame["returned"])
    offers = [wb.Offer(name=f"offer {place}", amount=1.0, paid="on_acceptance") for place in range(len(shares))]
    return wb.compare_offers(wb.read_trial(frame, offers))


def test_the_title_says_who_is_not_told_apart():
    title = plot_differences(trial_of(0.5, 0.5)).get_title(loc="left")
    assert title.replace("\n", " ") == "Offer 0 is not clearly different from offer 1"
    plt.close()
    assert plot_differences(trial_of(0.6, 0.2)).get_title(loc="left").replace("\n", " ").endswith("from offer 1")
    plt.close()


def test_one_offer_has_no_pair():
    with pytest.raises(ValueError, match="no pair of offers"):
        plot_differences(trial_of(0.5))
