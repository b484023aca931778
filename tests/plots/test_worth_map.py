"""Does the map place every customer, in the colour of the offer that is worth most for them?"""

from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex

import winback as wb
from winback.plots import plot_worth_map
from winback.plots.style import OFFERS, UNTREATED
from winback.plots.worth_map import LARGEST, N_BINS


@pytest.fixture(autouse=True)
def _closed_figures():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def values():
    trial = wb.simulate_telecom_study(5_300, calibrate=False, rng=1).trial
    formulas = {"reacquisition": "offer + reason + months_away", "tenure": "reason", "margin": "reason + first_margin"}
    return wb.second_lifetime_value(wb.fit_two_part(trial, **formulas), trial)


def title(ax):
    return ax.get_title(loc="left").replace("\n", " ")


def marks(ax):
    """Return place, size and colour of every mark."""
    found = []
    for part in ax.collections:
        edges = [to_hex(edge) for edge in part.get_edgecolors()] * len(part.get_offsets())
        found += list(zip(part.get_offsets().data.tolist(), part.get_sizes().tolist(), edges, strict=False))
    return found


def with_best(values, offer_of):
    """Make an offer the best of each customer, by position."""
    net = values.net_values.copy()
    net.iloc[:] = np.minimum(net.to_numpy(), net.to_numpy().min() - 1)
    places = np.array([net.columns.get_loc(offer_of(row)) for row in range(len(net))])
    array = net.to_numpy().copy()
    array[np.arange(len(net)), places] = values.net_values.to_numpy()[np.arange(len(net)), places]
    net.iloc[:] = array
    return replace(values, net_values=net)


def test_marks_are_as_large_as_their_customers_are_many_and_lie_at_their_middle(values):
    found = marks(plot_worth_map(values))
    assert len(found) <= N_BINS**2
    sizes = np.array([size for _, size, _ in found])
    assert sizes.max() == pytest.approx(LARGEST)
    rows = ~values.set_aside
    counts = sizes / sizes.min()
    net = values.net_values.to_numpy()[rows]
    at = np.arange(rows.sum()), net.argmax(axis=1)
    chance = values.chances.to_numpy()[rows][at]
    worth = (net[at] + values.costs.to_numpy()[rows][at]) / chance
    middle = np.average([place for place, _, _ in found], axis=0, weights=counts)
    assert middle == pytest.approx([chance.mean(), worth.mean()], rel=1e-9)


def test_colours_are_those_of_the_offers_that_are_best(values):
    names = values.trial.offers.names
    chosen = with_best(values, lambda row: names[2])
    assert {color for *_, color in marks(plot_worth_map(chosen))} == {OFFERS[2]}
    assert title(plot_worth_map(chosen)).startswith(f"By the model {names[2]} is best for all of 4,500 customers")


def test_where_one_offer_is_best_for_all_the_key_says_what_sizes_mean_and_else_colours_too(values):
    names = values.trial.offers.names
    sizes = ["10 customers", "200 customers"]
    alone, two = (with_best(values, lambda row, n=n: names[row % n]) for n in (1, 2))
    for drawn, colours in ((alone, []), (two, list(names[:2]))):
        ax = plot_worth_map(drawn)
        assert [text.get_text() for text in ax.get_legend().get_texts()] == [*colours, *sizes]
        most = max(size for _, size, _ in marks(ax))
        assert [handle.get_sizes()[0] for handle in ax.get_legend().legend_handles[-2:]][1] <= most


def test_none_is_grey_and_called_no_offer(values):
    ax = plot_worth_map(with_best(values, lambda row: "none"))
    assert {color for *_, color in marks(ax)} == {UNTREATED}
    assert title(ax).startswith("By the model no offer is best for all of")


def test_where_the_best_offer_differs_within_a_mark_it_is_open(values):
    names = values.trial.offers.names
    mixed = with_best(values, lambda row: names[row % 2])
    faces = {to_hex(face) for part in plot_worth_map(mixed).collections for face in part.get_facecolors()}
    assert "#ffffff" in faces
    share = {name: (mixed.net_values[~mixed.set_aside].idxmax(axis=1) == name).mean() for name in names[:2]}
    first = max(share, key=share.get)
    assert f"{first} is best for {share[first]:.0%} of" in title(plot_worth_map(mixed))


def test_the_title_says_whether_chance_and_worth_go_together(values):
    rows = len(values.net_values)
    rising = np.linspace(0.1, 0.9, rows)[:, None] + 0 * values.chances.to_numpy()
    chances = values.chances * 0 + rising
    costs = values.costs * 0
    for worth, said in ((100 + rising, "worth more"), (100 - rising, "worth less")):
        drawn = replace(values, chances=chances, costs=costs, net_values=chances * worth)
        assert title(plot_worth_map(drawn)).endswith(said)
    alike = replace(values, chances=chances * 0 + 0.5, costs=costs, net_values=chances * 0 + 50)
    assert title(plot_worth_map(alike)).endswith("customers")
