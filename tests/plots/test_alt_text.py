"""Does every figure say its message and its main values to who cannot see it, and does a notebook carry that?"""

import re
from functools import partial
from types import SimpleNamespace
from xml.etree import ElementTree

import matplotlib.pyplot as plt
import pytest
from IPython.core.formatters import DisplayFormatter
from IPython.core.pylabtools import select_figure_formats
from matplotlib.figure import Figure

import winback as wb
from winback import plots
from winback.plots.alt_text import FONTS, LONGEST, alt_text, describe_figures_of, described_svg
from winback.plots.style import finish_axes, money_axis, note, percent_axis
from winback.plots.words import name_ticks


@pytest.fixture(autouse=True)
def _closed_figures():
    yield
    plt.close("all")


def test_panels_say_title_axes_and_each_offers_figure(comparison):
    text = alt_text(plots.plot_profit_and_roi(comparison))
    for panel, column in (
        ("Discount earns most, narrowly.", "profit"),
        ("Upgrade returns most per dollar spent.", "roi"),
    ):
        assert panel in text
        for row in comparison.frame.itertuples():
            value = getattr(row, f"incremental_{column}")
            assert f"{row.offer}: {f'${value:.0f}' if column == 'profit' else f'{value:.0%}'}" in text


def test_a_waterfall_says_every_step(comparison):
    text = alt_text(plots.plot_profit_steps(comparison))
    assert text.endswith(
        "returners bring: $415; discount costs: -$54; would have come anyway: -$70; gained: $291 [$278, $304]."
    )


def test_points_and_lines_say_where_they_stand_and_run(comparison):
    points = alt_text(plots.plot_acceptance_against_cost(comparison))
    assert "bundle: 47% at $106" in points
    assert points.endswith("without an offer 6.0%.")
    lines = alt_text(plots.plot_ranking_against_organic(comparison))
    assert "discount: 668% at 0% to 0% at 31.1%" in lines


def test_a_line_without_a_name_is_told_as_well():
    _, ax = plt.subplots()
    ax.plot([0, 0.5, 1], [4.0, 3.0, 2.5])
    finish_axes(ax, "It falls", "share", "money")
    percent_axis(ax.xaxis)
    money_axis("€", ax.yaxis)
    assert alt_text(ax) == "It falls. Money by share. €4.00 at 0% to €2.50 at 100%."


def test_rows_that_are_called_alike_are_told_apart():
    _, ax = plt.subplots()
    for place, number in enumerate((7, 9)):
        note(ax, str(number), (1, place), (0, 0))
    name_ticks(ax.yaxis, [0, 1], ["still here", "still here"])
    finish_axes(ax, "Two", "customers")
    assert alt_text(ax) == "Two. Customers. still here: 7; still here: 9."


def test_cells_of_a_map_are_named_by_row_and_column():
    log = wb.simulate_shop_study(200).purchases
    fit = wb.fit_purchases(wb.summarize_purchases(log, period="W"), "mbg_nbd")
    ax = plots.plot_chance_active(fit)
    row, column = ax.get_yticklabels()[0].get_text(), ax.get_xticklabels()[0].get_text()
    assert f"{row}, {column}: {ax.texts[0].get_text()}" in alt_text(ax)


def test_counts_below_an_axis_are_left_to_who_sees_them():
    study = wb.simulate_telecom_study(5_300, calibrate=False, rng=1)
    curves = wb.survival_curve(study.lapsed, by="reason", horizon_months=12)
    text = alt_text(plots.plot_survival(curves))
    assert text.count(";") == 1 + len(curves.frame) - 1
    assert "left for price" in text


def test_a_long_text_is_cut_at_a_word():
    _, ax = plt.subplots()
    for number in range(16):
        ax.plot([0, 1], [0, 1], label=f"{'a very long name of something that is drawn ' * 2}{number}")
    text = alt_text(ax)
    assert len(text) <= LONGEST + 2
    assert text.endswith(" …")


def test_an_empty_figure_says_nothing():
    assert alt_text(plt.figure()) == ""


def a_shell(**settings):
    shell = SimpleNamespace(display_formatter=DisplayFormatter())
    select_figure_formats(shell, {"svg", "png"}, metadata={"Date": None}, **settings)
    describe_figures_of(shell)
    return shell


def test_a_notebook_stores_the_text_in_the_picture_and_beside_it():
    _, ax = plt.subplots()
    ax.plot([0, 1], [2, 3], label="<a> & \"b\" 'c'")
    finish_axes(ax, "More & <more>", "x", "y")
    data, beside = a_shell().display_formatter.format(ax.figure, include={"image/svg+xml", "image/png"})
    root = ElementTree.fromstring(data["image/svg+xml"].encode())  # what this test has made itself
    assert root.get("role") == "img"
    assert root.get("aria-label") == alt_text(ax)
    assert "<a> & \"b\" 'c'" in alt_text(ax)
    assert beside["image/svg+xml"] == beside["image/png"] == {"alt": alt_text(ax)}
    assert isinstance(data["image/png"], str | bytes)


def test_letters_are_text_whose_fonts_are_named_briefly():
    _, ax = plt.subplots()
    finish_axes(ax, "Some $5 words", "x", "y")
    with plt.rc_context({"svg.fonttype": "none"}):
        data, _ = a_shell().display_formatter.format(ax.figure, include={"image/svg+xml"})
    root = ElementTree.fromstring(data["image/svg+xml"].encode())  # what this test has made itself
    texts = [each for each in root.iter() if each.tag.endswith("text")]
    assert "Some $5 words" in [each.text for each in texts]
    assert all(FONTS in each.get("style") and "Bitstream" not in each.get("style") for each in texts)


def test_describing_twice_says_it_once():
    shell = a_shell()
    describe_figures_of(shell)
    _, ax = plt.subplots()
    finish_axes(ax, "Once")
    data, _ = shell.display_formatter.format(ax.figure, include={"image/svg+xml"})
    assert data["image/svg+xml"].count("aria-label") == 1


def test_a_figure_with_nothing_on_it_is_not_shown():
    data, _ = a_shell().display_formatter.format(Figure(), include={"image/svg+xml"})
    assert "image/svg+xml" not in data


def test_only_the_first_tag_is_described():
    assert described_svg("<svg a='1'><svg b='2'/></svg>", "x").count("role") == 1


# what figures of the study say, as a law: the title is there, and a value


def figures(comparison):
    from winback.offers.by_group import offers_by_group
    from winback.offers.payback import payback

    trial = comparison.trial
    yield partial(plots.plot_trial_flow, trial)
    yield partial(plots.plot_offers_by_group, offers_by_group(comparison, "reason"))
    yield partial(plots.plot_payback, payback(comparison))
    yield partial(plots.plot_profit_steps, comparison)
    yield partial(plots.plot_acceptance_against_cost, comparison)


def test_every_text_begins_with_the_title_and_holds_values(comparison):
    for draw in figures(comparison):
        ax = draw()
        text, title = alt_text(ax), " ".join(ax.get_title(loc="left").split())
        assert text.startswith(title)
        assert sum(letter.isdigit() for letter in text[len(title) :]) > 3
        assert "\n" not in text


def test_figures_of_days_are_said_in_days():
    """A line through days holds dates, not numbers."""
    base = wb.load_shop_study().base
    report = wb.lost_report(base, by="channel")
    figures = [draw(report) for draw in (plots.plot_flow, plots.plot_losses, plots.plot_funnel, plots.plot_returns)]
    figures += [plots.plot_cohorts(report), plots.plot_buyer(base)]
    for figure in figures:
        text = alt_text(figure)
        assert sum(letter.isdigit() for letter in text) > 3
    assert re.search(r"called lost: .* at 20\d\d-\d\d-\d\d", alt_text(figures[-1])), alt_text(figures[-1])
