"""Does the calendar show each day's contacts, what is possible, and which channels are full?"""

from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from paying_plans import plan_of

import winback as wb
from winback.outreach import Channel, Playbook, Rule, Step
from winback.plots import alt_text, plot_calendar
from winback.plots.outreach import CLOSED, FOOT, FREE, TALLEST, _numbered
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


def bars(ax, colour):
    """Return the bars of a colour that are there to be seen."""
    return [bar for bar in ax.patches if plt.matplotlib.colors.to_hex(bar.get_facecolor()) == colour]


def test_each_bar_is_a_day_s_contacts_before_what_is_possible_that_day(plan):
    ax, days = plot_calendar(plan), plan.calendar()
    assert [label.get_text() for label in ax.get_yticklabels()] == ["letter", "call"]
    last = int(ax.get_xlim()[1])
    for place, (name, rows) in enumerate(days.groupby("channel", sort=False)):
        rows = rows.assign(day=(rows["begins"] - pd.Timestamp(plan.start)).dt.days)
        rows = rows[rows["day"] <= last]
        top = max(rows["planned"].max(), 4 if name == "call" else 0)
        made, free = (
            [-bar.get_height() / TALLEST * top for bar in bars(ax, colour) if bar.get_y() == place + FOOT]
            for colour in (GAIN, FREE)
        )
        np.testing.assert_allclose(made, rows["planned"], atol=1e-9)
        np.testing.assert_allclose(free, rows["capacity"] if name == "call" else 0 * rows["planned"], atol=1e-9)
        shaded = [round(bar.get_x() + 0.5) for bar in bars(ax, CLOSED) if bar.get_y() == place + 0.5]
        assert shaded == rows["day"][rows["begins"].dt.weekday == 6].tolist()


def written(ax):
    """Return the words in the figure with the day and the row at which they stand, but the notes of the rows."""
    found = [(text.get_text(), round(text.xy[0]), round(text.xy[1])) for text in ax.texts]
    return [each for each in found if "contact" not in each[0]]


def test_each_bar_has_its_number_and_a_day_without_contacts_its_name(plan):
    ax = plot_calendar(plan)
    sundays = {(word, row) for word, day, row in written(ax) if (pd.Timestamp(plan.start).weekday() + day) % 7 == 6}
    assert sundays == {("Sun", 0)}  # once each, in the first row; in a month there is no room for the whole name
    numbers = [(word, day) for word, day, row in written(ax) if row == 1 and word.isdigit()]
    calls = plan.frame[plan.frame["channel"] == "call"].groupby("date").size()
    of_days = {(date - pd.Timestamp(plan.start)).days: str(n) for date, n in calls.items()}
    assert numbers == [(n, day) for day, n in of_days.items() if day < 31]


def test_in_a_week_days_are_named_in_full_and_where_numbers_find_no_room_they_stand_where_it_changes():
    book = Playbook((Channel("letter", per_day=30),), (Rule("all", (Step("letter", brings_offer=True),)),))
    week = plot_calendar(plan_of(replace(book, quiet_weekdays=("Saturday",), quiet_days=("01-05",)), "2026-01-02"))
    assert [each for each in written(week) if not each[0].isdigit()] == [("Saturday", 1, 0), ("closed", 3, 0)]
    planned = np.array([1000.0, 1000.0, 1000.0, 900.0, 0.0, 900.0])
    assert _numbered(planned, 40.0 * np.arange(6), 40.0) == [0, 1, 2, 3, 5]
    assert _numbered(planned, 12.0 * np.arange(6), 12.0) == [0, 3, 5]
    assert _numbered(planned, 5.0 * np.arange(6), 5.0) == [0, 5]  # no two of them touch


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
    assert key == "day (pale: room for more)"
    assert f"call: {calls.sum()} contacts, at most 4 a day" in alt_text(plot_calendar(plan))
    assert f"letter: {n_letters} contacts, no limit" in alt_text(plot_calendar(plan))


def test_a_plan_in_which_nobody_is_contacted_has_an_empty_calendar(plan):
    nobody = wb.outreach_plan(plan.listed, start="2026-01-02", back=plan.listed.frame["customer_id"])
    assert plot_calendar(nobody).get_title(loc="left") == "Nobody is contacted within a month"
