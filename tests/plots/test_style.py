"""Has an offer one look in every figure, and has nothing else that look?"""

from itertools import permutations

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import rgb_to_hsv, to_hex, to_rgb
from matplotlib.text import Text
from trials import random_values

import winback as wb
from winback import plots
from winback.offers.by_group import offers_by_group
from winback.offers.payback import payback
from winback.plots.style import (
    MARKERS,
    OFFERS,
    OTHERS,
    UNTREATED,
    WIDTH,
    contrast_with_white,
    finish_axes,
    house_styles,
    legible,
    new_axes,
    offer_styles,
)

PHONE = 386  # pixels that a figure has on a phone of 390
CATALOGUE = ("rebate", "visit", "letter", "gift")
RETURN = {"rebate": 0.2, "visit": 0.6, "letter": 0.3, "gift": 0.5, "none": 0.1}


@pytest.fixture(autouse=True)
def _closed_figures():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def trial():
    """Return a trial whose best offer is not the first of its catalogue, nor the first by name."""
    table = random_values(np.random.default_rng(3), 300, **RETURN)
    offers = tuple(wb.Offer(name=name, amount=10, paid="on_acceptance") for name in CATALOGUE)
    return wb.read_trial(table, wb.OfferCatalog(offers) if hasattr(wb, "OfferCatalog") else offers)


names = st.lists(st.text(min_size=1), min_size=1, max_size=12, unique=True)


@given(names, st.data())
def test_an_offer_looks_the_same_among_whichever_others_in_whichever_order(catalogue, data):
    shown = data.draw(st.lists(st.sampled_from(catalogue)))
    whole = offer_styles(catalogue, catalogue)
    assert offer_styles(shown, catalogue) == {name: whole[name] for name in dict.fromkeys(shown)}


@given(names)
def test_the_untreated_are_grey_and_take_no_offers_place(catalogue):
    found = offer_styles([*catalogue, "none"], ["none", *catalogue])
    assert found["none"]["color"] == UNTREATED
    assert {name: found[name] for name in catalogue if name != "none"} == offer_styles(
        [name for name in catalogue if name != "none"], catalogue
    )


def test_an_offer_that_the_catalogue_lacks_takes_no_others_look():
    found = offer_styles(["stranger", *CATALOGUE], CATALOGUE)
    assert len({each["color"] for each in found.values()}) == 5
    assert {name: found[name] for name in CATALOGUE} == offer_styles(CATALOGUE, CATALOGUE)


def test_no_two_of_seventy_offers_share_both_colour_and_marker():
    many = [str(number) for number in range(len(OFFERS) * len(MARKERS))]
    assert len({(each["color"], each["marker"]) for each in offer_styles(many, many).values()}) == len(many)


def test_what_is_no_offer_has_no_offers_colour():
    assert not {*OFFERS, UNTREATED} & set(OTHERS)
    assert {each["color"] for each in house_styles(map(str, range(20))).values()} == set(OTHERS)


@pytest.mark.parametrize(("colour", "contrast"), [("#ffffff", 1.0), ("#000000", 21.0), ("#767676", 4.54)])
def test_contrast_is_that_of_the_guidelines(colour, contrast):
    assert contrast_with_white(colour) == pytest.approx(contrast, abs=0.005)  # grey 46.3%: the well-known edge of AA


@pytest.mark.parametrize("colour", [*OFFERS, *OTHERS, UNTREATED])
def test_words_in_a_colour_are_read_and_keep_its_hue(colour):
    before, after = (rgb_to_hsv(to_rgb(each)) for each in (colour, legible(colour)))
    assert contrast_with_white(legible(colour)) >= 4.5
    assert after[:2] == pytest.approx(before[:2], abs=0.02)
    assert contrast_with_white(colour) < 4.5 or legible(colour) == colour


@pytest.mark.parametrize("colour", [*OFFERS, *OTHERS, UNTREATED])
def test_every_colour_is_seen_on_white(colour):
    # Orange and sky blue of the colour-blind palette lie below 3: markers help.
    assert contrast_with_white(colour) >= 2.2


def _colours(ax) -> dict[str, str]:
    """Return the colour of each line or bar of the legend."""
    handles, labels = ax.get_legend_handles_labels()
    drawn = [handle[0] if isinstance(handle, tuple) else handle for handle in handles]
    return {label: to_hex(line.get_color()) for label, line in zip(labels, drawn, strict=True)}


def _said(trial):
    return {name: to_hex(style["color"]) for name, style in offer_styles(trial.sent, trial.offers.names).items()}


def test_the_comparisons_figures_tell_offers_by_the_catalogue(trial):
    result = wb.compare_offers(trial)
    assert result.frame["offer"].iloc[0] == "visit"
    for ax in plots.plot_profit_and_roi(result).axes:
        points = {int(line.get_ydata()[0]): line for line in ax.lines if len(line.get_xdata()) == 1}
        found = {result.frame["offer"][row]: to_hex(line.get_color()) for row, line in points.items()}
        assert found == _said(trial)
    assert _colours(plots.plot_ranking_against_organic(result)) == _said(trial)
    bars = plots.plot_acceptance_against_cost(result).containers
    found = {bar.get_label(): to_hex(bar.lines[0].get_color()) for bar in bars}
    assert found == _said(trial)


def test_a_comparison_of_bare_figures_tells_offers_in_the_order_given(trial):
    from winback.offers.comparison import comparison_from_moments

    whole = wb.compare_offers(trial)
    for order in permutations(CATALOGUE[:3]):
        bare = comparison_from_moments({name: trial.moments[name] for name in order}, None, whole.settings)
        found = _colours(plots.plot_ranking_against_organic(bare))
        assert found == {name: to_hex(OFFERS[place]) for place, name in enumerate(order)}


def test_survival_by_offer_tells_offers_by_the_catalogue_and_by_anything_else_in_neutrals():
    trial = wb.simulate_telecom_study(5_300, calibrate=False, rng=1).trial
    sent = trial.part(trial.lapsed["offer"].isin(trial.sent).to_numpy())
    curves = wb.survival_curve(sent, by="offer", horizon_months=12)
    ax = plots.plot_survival(curves)
    found = {to_hex(line.get_color()) for line in ax.lines}
    assert found == set(_said(trial).values())
    steps = [line for line in ax.lines if len(line.get_xdata()) > 2]
    found = {name: to_hex(line.get_color()) for name, line in zip(curves.frame["group"], steps, strict=True)}
    assert found == _said(trial)
    reasons = plots.plot_survival(wb.survival_curve(sent, by="reason", horizon_months=12))
    assert not {to_hex(line.get_color()) for line in reasons.lines} & set(_said(trial).values())


SLACK = 1.03  # of a figure's width, which a letter wider than most may take


@pytest.fixture(scope="module")
def study():
    return wb.simulate_telecom_study(5_300, calibrate=False, rng=1).trial


@pytest.mark.parametrize("name", ["profit", "tornado", "flow", "steps", "groups", "payback", "survival"])
def test_on_a_phone_a_figure_is_no_wider_than_drawn_and_its_letters_are_read(study, name):
    result = wb.compare_offers(study)
    draw = {
        "profit": lambda: plots.plot_profit_and_roi(result),
        "tornado": lambda: plots.plot_tornado(result.what_if()),
        "flow": lambda: plots.plot_trial_flow(study),
        "steps": lambda: plots.plot_profit_steps(result),
        "groups": lambda: plots.plot_offers_by_group(offers_by_group(result, "reason")),
        "payback": lambda: plots.plot_payback(payback(result)),
        "survival": lambda: plots.plot_survival(wb.survival_curve(study, by="offer")),
    }[name]
    drawn = draw()
    figure = getattr(drawn, "figure", drawn)
    figure.canvas.draw()
    width = figure.get_tightbbox().width  # inches
    assert width <= SLACK * WIDTH
    words = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text()]
    smallest = min(text.get_fontsize() for text in words)
    assert smallest / 72 * PHONE / (width + 0.2) >= 10  # pixels, of a page whose figures have a narrow margin
    assert min(contrast_with_white(text.get_color()) for text in words) >= 4.5  # none stands on a dark bar


def test_what_is_measured_upwards_stands_between_title_and_axes_at_the_left_edge():
    _, ax = plt.subplots(figsize=(WIDTH, 3), layout="constrained")
    ax.plot([0, 1_000_000])
    finish_axes(ax, "A message of more than one line, which is what most messages are", "x", "money\nof two lines")
    ax.figure.canvas.draw()
    label, title, inside = (each.get_window_extent() for each in (ax.yaxis.label, ax._left_title, ax))
    assert inside.y1 <= label.y0 < label.y1 <= title.y0
    assert label.x0 == pytest.approx(0, abs=2)
    assert title.x0 == pytest.approx(0, abs=2)


def test_beside_another_axes_the_label_is_turned():
    left, right = plt.subplots(1, 2, figsize=(WIDTH, 3), layout="constrained")[1]
    for ax in (left, right):
        finish_axes(ax, "Message", "x", "money")
    assert left.yaxis.label.get_rotation() == 90
    left.figure.canvas.draw()
    assert right._left_title.get_window_extent().x0 == pytest.approx(right.get_window_extent().x0, abs=2)


def test_a_figure_of_ones_own_axes_is_drawn_there():
    own = plt.subplots()[1]
    assert new_axes(own, 3) is own
