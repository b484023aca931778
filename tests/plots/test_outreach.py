"""Does the calendar show each day's contacts, what is possible, and which channels are full?"""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from paying_plans import plan_of

import winback as wb
from winback.outreach import Channel, Playbook, Rule, Step
from winback.plots import alt_text, plot_calendar
from winback.plots.outreach import CLOSED, FOOT, TALLEST
from winback.plots.style import GAIN


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def plan():
    steps = (Step("letter", brings_offer=True), Step("call", after_days=3))
    channels = (Channel("letter"), Channel("call", per_day=4))
    book = Playbook(channels, (Rule("all", steps, within_days=60),), quiet_weekdays=("Sunday",))
    return plan_of(book, "2026-01-02")  # a Friday


def test_each_bar_is_a_day_s_contacts_and_each_line_what_is_possible(plan):
    ax, days = plot_calendar(plan), plan.calendar()
    assert [label.get_text() for label in ax.get_yticklabels()] == ["letter", "call"]
    bars = [bar for bar in ax.patches if bar.get_width() == 0.8]
    shaded = [bar for bar in ax.patches if bar.get_width() == 1.0]
    for place, (name, rows) in enumerate(days.groupby("channel", sort=False)):
        rows = rows.assign(day=(rows["begins"] - pd.Timestamp(plan.start)).dt.days)
        rows = rows[rows["day"] < 31]
        top = max(rows["planned"].max(), 4 if name == "call" else 0)
        own = [bar for bar in bars if bar.get_y() == place + FOOT]
        drawn = [-bar.get_height() / TALLEST * top for bar in own]
        np.testing.assert_allclose(drawn, rows["planned"], atol=1e-9)
        assert [plt.matplotlib.colors.to_hex(bar.get_facecolor()) == GAIN for bar in own].count(True) == 1
        n_quiet = int((rows["begins"].dt.weekday == 6).sum())
        assert sum(bar.get_y() == place + FOOT for bar in shaded) == n_quiet
    assert all(plt.matplotlib.colors.to_hex(bar.get_facecolor()) == CLOSED for bar in shaded)
    (lines,) = ax.collections  # letters have no limit
    reached = [path.vertices[0, 1] for path in lines.get_paths() if np.isfinite(path.vertices).all()]
    np.testing.assert_allclose(reached, 1 + FOOT - TALLEST)
    assert len(reached) == (days[days["channel"] == "call"].head(31)["capacity"] > 0).sum()


def test_the_message_says_what_is_done_on_which_days_and_the_axis_ends_with_the_last_contact(plan):
    month = plan.frame[plan.frame["date"] < pd.Timestamp(plan.start) + pd.Timedelta(days=31)]
    calls = month[month["channel"] == "call"].groupby("date").size()
    ax = plot_calendar(plan)
    said = " ".join(ax.get_title(loc="left").split())
    n_letters = int((plan.frame["step"] == 1).sum())
    begins, ends = calls.index.min(), calls.index.max()
    assert said == f"{n_letters} letters 2 January and {calls.sum()} calls {begins.day} to {ends.day} January"
    last = (month["date"].max() - pd.Timestamp(plan.start)).days
    assert last < ax.get_xlim()[1] < last + 1
    key = " ".join(ax.get_xlabel().split())
    assert key == "day; black line: at most 4 calls a day; grey: Sunday, no contact"
    assert f"call: {calls.sum()} contacts, at most 4 a day" in alt_text(plot_calendar(plan))
    assert f"letter: {n_letters} contacts, no limit" in alt_text(plot_calendar(plan))


def test_a_plan_in_which_nobody_is_contacted_has_an_empty_calendar(plan):
    nobody = wb.outreach_plan(plan.listed, start="2026-01-02", back=plan.listed.frame["customer_id"])
    assert plot_calendar(nobody).get_title(loc="left") == "Nobody is contacted within a month"
