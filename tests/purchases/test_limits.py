"""Nobody drops out in these data: does the limit of how many might hold, and is it the likelihood's?"""

from functools import partial

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from scipy.special import ndtri
from shoppers import donors, shoppers

import winback as wb
from winback.purchases.model import NOBODY

pytestmark = pytest.mark.slow

FITS = {
    "bg_nbd": partial(wb.fit_purchases, model="bg_nbd"),
    "mbg_nbd": partial(wb.fit_purchases, model="mbg_nbd"),
    "bg_bb": partial(wb.fit_purchases, model="bg_bb"),
}


def loyal(name, seed, chance=0.0, n=300):
    """Draw customers whose mean chance to drop out is small or zero, and fit them."""
    rng, last = np.random.default_rng(seed), (max(9 * chance, 1e-9), 9 * (1 - chance))
    if name == "bg_bb":
        table = donors(rng, (1.2, 0.8, *last), n, 10)
    else:
        table = shoppers(rng, name, (0.8, 6.0, *last), n, (20, 60), 1 / 7)
    return FITS[name](table, period="W"), table


def at_the_edge(name, **more):
    """Return the first of the fits in which nobody drops out."""
    return next(found for found in (loyal(name, seed, **more) for seed in range(20)) if NOBODY in found[0].edge)


@pytest.mark.parametrize("name", FITS)
def test_another_optimiser_finds_the_same_limit(name):
    """At the limit the log-likelihood, highest over all else, is lower by half the square of the quantile."""
    fit, _ = at_the_edge(name)
    highest = fit.highest_dropout

    def misfit(free):
        first, second, size = free
        last = np.log([highest, 1 - highest]) + size
        return -float(fit.cells.counts @ fit.model.terms(np.array([first, second, *last]), fit.cells)[0])

    best = minimize(misfit, [*fit.theta[:2], 0.0], method="Nelder-Mead", options={"xatol": 1e-6, "fatol": 1e-8})
    assert fit.log_likelihood + best.fun == pytest.approx(ndtri(0.95) ** 2 / 2, abs=5e-3)


@pytest.mark.parametrize(
    "name", ["bg_bb", *(pytest.param(each, marks=pytest.mark.slow) for each in ("bg_nbd", "mbg_nbd"))]
)
def test_the_limit_is_said_and_falls_with_more_customers(name):
    fit, table = at_the_edge(name)
    assert (
        f"a mean chance to drop out of up to {fit.highest_dropout:.1%} agrees with the data as well" in fit.describe()
    )
    more = FITS[name](pd.concat([table] * 4), period="W")
    assert more.edge == fit.edge
    assert more.highest_dropout < fit.highest_dropout
    surer = FITS[name](table, period="W", level=0.99)
    assert surer.highest_dropout > fit.highest_dropout


def test_there_is_no_limit_where_customers_drop_out_or_where_the_mean_has_none():
    fit, _ = loyal("bg_nbd", 1, chance=0.3, n=1000)
    assert np.isnan(fit.highest_dropout)
    assert "agrees with the data as well" not in fit.describe()
    table = shoppers(np.random.default_rng(5), "pareto_nbd", (0.8, 6.0, 0.02, 2000.0), 500, (20, 60), 1 / 7)
    rates = wb.fit_purchases(table, "pareto_nbd", period="W")  # a vanishing share may leave at any rate
    assert NOBODY in rates.edge
    assert np.isnan(rates.highest_dropout)
    assert np.isnan(wb.fit_purchases(table, "bg_nbd", period="W", level=0.4).highest_dropout)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "chance"), [("bg_nbd", 0.003), ("mbg_nbd", 0.003), ("bg_bb", 0.001)])
def test_the_limit_holds(name, chance, record_property):
    """Of all data sets, those at the edge whose limit is too low are at most what the level allows."""
    trials, n_edge, n_missed = 60, 0, 0
    for seed in range(trials):
        fit, _ = loyal(name, seed, chance)
        if NOBODY in fit.edge:
            n_edge += 1
            n_missed += fit.highest_dropout < chance
    record_property("at the edge", n_edge)
    assert n_edge >= 5
    assert n_missed <= 0.05 * trials
