"""Is the best offer chosen as surely as planned, and is no more lost than planned?"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.special import ndtr, ndtri

import winback as wb
from winback.planning import Choice
from winback.planning.sizes import (
    chance_of_best,
    chances_of_each,
    customers_for_best,
    customers_for_loss,
    largest_loss,
)

# published


@pytest.mark.parametrize(
    ("k", "probability", "distance"),
    [(2, 0.90, 1.8124), (3, 0.90, 2.2302), (4, 0.90, 2.4516), (2, 0.95, 2.3262), (3, 0.95, 2.7101), (4, 0.95, 2.9162)],
)
def test_bechhofers_table_1(k, probability, distance):
    """Standardised distances sqrt(n) delta / sigma, to the four printed digits."""
    assert chance_of_best(np.ones(k), 1, zone=distance) == pytest.approx(probability, abs=2e-5)


def test_the_minimax_loss_of_two_offers_is_the_maximum_of_x_times_phi_of_minus_x():
    found = minimize_scalar(lambda x: -x * ndtr(-x), bounds=(0.1, 3), method="bounded")
    assert largest_loss(np.array([5.0, 4.0])) == pytest.approx(-3 * found.fun, rel=1e-6)


# closed forms and laws


@settings(max_examples=30)
@given(gap=st.floats(0.01, 5), first=st.floats(0.1, 9), second=st.floats(0.1, 9), n=st.integers(2, 50))
def test_of_two_offers_the_better_is_chosen_with_the_normal_probability(gap, first, second, n):
    expected = ndtr(gap * np.sqrt(n / (first + second)))
    assert chances_of_each(np.array([gap, 0]), np.array([first, second]), n)[0] == pytest.approx(expected, abs=1e-8)


@settings(max_examples=30)
@given(
    profit=st.lists(st.floats(-5, 5), min_size=2, max_size=5),
    spread=st.lists(st.floats(0.5, 3), min_size=5, max_size=5),
    n=st.integers(1, 100),
)
def test_one_of_the_offers_is_chosen(profit, spread, n):
    variance = np.square(spread[: len(profit)])
    assert chances_of_each(np.array(profit), variance, n).sum() == pytest.approx(1, abs=1e-6)


@settings(max_examples=6)
@given(
    lead=st.floats(0, 3),
    others=st.lists(st.floats(0, 4), min_size=3, max_size=3),
    spread=st.lists(st.floats(0.5, 3), min_size=4, max_size=4),
)
def test_no_true_profits_lose_more_or_are_harder_than_planned_for(lead, others, spread):
    """Whatever the others earn below the best: neither the zone's chance nor the largest loss is beaten."""
    variance = np.square(spread)
    profit = -np.array([0, *(lead + np.array(others))])
    chances = chances_of_each(profit, variance, 1)
    assert chances @ -profit <= largest_loss(variance) * (1 + 1e-6)
    assert chances[0] >= chance_of_best(variance, 1, zone=lead) - 1e-9


@settings(max_examples=20)
@given(
    variance=st.lists(st.floats(10, 1000), min_size=2, max_size=5),
    probability=st.floats(0.55, 0.99),
    zone=st.floats(0.1, 5),
)
def test_the_size_is_the_smallest_with_that_probability(variance, probability, zone):
    variance = np.array(variance)
    n = customers_for_best(probability, variance, zone=zone)
    assert chance_of_best(variance, n, zone=zone) >= probability - 1e-7
    if n > 2:
        assert chance_of_best(variance, n - 1, zone=zone) < probability + 1e-7


def test_half_the_loss_takes_four_times_as_many():
    n = customers_for_loss(0.4, np.array([3e5, 4e5, 5e5]))
    assert customers_for_loss(0.2, np.array([3e5, 4e5, 5e5])) == pytest.approx(4 * n, abs=4)


def test_choosing_takes_fewer_than_proving(published):
    frame = wb.plan_trial(published).frame.set_index("question")
    assert frame.loc["best of 3 offers", "n_per_arm"] < frame.loc["discount against upgrade", "n_per_arm"] / 5
    expected = (ndtri(0.9) / (ndtri(0.975) + ndtri(0.8))) ** 2
    pair = wb.plan_trial(published.iloc[:2]).frame
    assert pair["n_per_arm"].iloc[1] == np.ceil(22456.088759690003 * expected)


# simulation


def assumed(gaps):
    """Return offers alike but for a contact cost, which sets their distance in profit and leaves the variance."""
    return pd.DataFrame(
        {
            "offer": [f"offer {number}" for number in range(len(gaps))],
            "acceptance": 0.3,
            "cost": 10.0,
            "value": 100.0,
            "value_variation": 1.0,
            "paid": "on_acceptance",
            "contact_cost": gaps,
        }
    )


def share_chosen(rng, gaps, n, n_trials):
    """Return how often each offer has the highest mean: of those back, exponential values sum to a gamma."""
    back = rng.binomial(n, 0.3, (n_trials, len(gaps)))
    means = (rng.gamma(np.maximum(back, 1e-12)) * 100 - back * 10) / n - np.array(gaps)
    return np.bincount(means.argmax(axis=1), minlength=len(gaps)) / n_trials


@pytest.mark.parametrize(("gaps", "difference"), [((0.0, 2.0, 5.0), None), ((0.0, 2.0, 2.0), 2.0)])
def test_the_best_is_chosen_as_often_as_planned(rng, gaps, difference):
    """At the profits assumed, and in the hardest case of an indifference zone."""
    frame = wb.plan_trial(assumed(gaps), difference=difference, choice=Choice(0.9)).frame
    (row,) = frame[frame["kind"] == "best"].itertuples()
    n_trials = 20_000
    share = share_chosen(rng, gaps, row.n_per_arm, n_trials)[0]
    assert abs(share - 0.9) < 3 * np.sqrt(0.9 * 0.1 / n_trials)


def test_no_choice_loses_more_than_planned_and_the_worst_loses_that(rng):
    frame = wb.plan_trial(assumed((0.0, 1.0, 2.0)), choice=Choice(expected_loss=0.5)).frame
    (n,) = frame.loc[frame["kind"] == "loss", "n_per_arm"]
    n_trials, losses, errors = 20_000, [], []
    for gap in np.arange(0.4, 4, 0.3):
        wrong = 1 - share_chosen(rng, (0.0, gap, gap), n, n_trials)[0]
        losses.append(gap * wrong)
        errors.append(gap * np.sqrt(wrong * (1 - wrong) / n_trials))
    losses, errors = np.array(losses), np.array(errors)
    assert (losses < 0.5 + 3 * errors).all()
    worst = losses.argmax()
    assert abs(losses[worst] - 0.5) < 3 * errors[worst]
