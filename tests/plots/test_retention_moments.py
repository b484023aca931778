"""Do the figures of key moments say what the result says?"""

import matplotlib.pyplot as plt
import pytest
from jumping_lives import jumping_base

import winback as wb
from winback.plots import alt_text, plot_hazard, plot_key_moments


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def found():
    return wb.key_moments(jumping_base(3_000, rng=3, welcome=3.0))


def test_each_moment_is_a_row_and_what_may_be_chance_an_open_mark(found):
    ax = plot_key_moments(found)
    rows = found.frame.sort_values("ratio", ascending=False)
    title = f"{rows['ratio'].iloc[0]:.2f} times as many leave after the end of the welcome discount"
    assert ax.get_title(loc="left").replace("\n", " ") == title
    labels = [label.get_text().replace("\n", " ") for label in ax.get_yticklabels()]
    assert labels == ["the end of the welcome discount", "a price change"]
    marks = [line for line in ax.lines if line.get_marker() == "o"]
    assert [line.get_xdata()[0] for line in marks] == pytest.approx(rows["ratio"].tolist())
    assert [line.get_markerfacecolor() == "white" for line in marks] == [False, True]
    assert "need not come from it; intervals allow for all" in ax.get_xlabel().replace("\n", " ")
    assert f"{rows['ratio'].iloc[0]:.2f}" in alt_text(ax)


def test_the_hazard_in_windows_stands_above_the_line_without(found):
    ax = plot_hazard(found)
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels[0].replace("\n", " ") == "without these, smoothed: dips where those at a moment are left out"
    assert labels[1:] == ["after the end of the welcome discount"]
    assert ax.get_ylabel() == "leave, a month"
    assert "after the end of the welcome discount in month" in ax.get_title(loc="left").replace("\n", " ")
    assert len(found.marks) == 2
    named = plot_hazard(found, moments="welcome_discount_end").get_legend().get_texts()[0].get_text()
    assert named.replace("\n", " ").startswith("without the moments that matter, smoothed")


def test_without_a_moment_that_has_its_place_in_life_there_is_one_line(found):
    ax = plot_hazard(wb.key_moments(jumping_base(1_500, rng=4), "price_change"))
    assert ax.get_title(loc="left").startswith("Most leave in month ")
    assert ax.get_legend() is None


def test_of_the_ends_of_offers_customers_lost_are_drawn_the_most_first(study):
    found = wb.key_moments(study.trial, of="leaving again")
    ax = plot_key_moments(found)
    rows = found.ranked()
    marks = [line.get_xdata()[0] for line in ax.lines if line.get_marker() == "o"]
    assert marks == pytest.approx(rows["excess"].tolist())
    name = rows["moment"].iloc[0]
    title = ax.get_title(loc="left").replace("\n", " ")
    assert title.startswith(f"{rows['excess'].iloc[0]:,.0f} left with the {name} offer beyond what the months")
    hazard = plot_hazard(found)
    assert f"the {name} offer has ended" in hazard.get_title(loc="left").replace("\n", " ")  # the same one
    assert hazard.get_xlim()[1] == 12
    assert "after 3 or 6 months" in " ".join(
        text.get_text().replace("\n", " ") for text in hazard.get_legend().get_texts()
    )
