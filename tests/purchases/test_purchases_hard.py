"""Do fits of purchases converge on hard data, or name the edge of the model on which they lie?"""

from functools import partial

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shoppers import cdnow, donors, purchases_before, shoppers

import winback as wb
from winback.purchases.bg_nbd import BG_NBD, MBG_NBD
from winback.purchases.cells import PurchaseCells, collapse
from winback.purchases.limits import most_who_buy_again
from winback.purchases.pareto_nbd import PARETO_NBD

pytestmark = pytest.mark.slow

FITS = {
    "bg_nbd": partial(wb.fit_purchases, model="bg_nbd"),
    "mbg_nbd": partial(wb.fit_purchases, model="mbg_nbd"),
    "pareto_nbd": partial(wb.fit_purchases, model="pareto_nbd"),
}
ALL_FITS = FITS | {"bg_bb": partial(wb.fit_purchases, model="bg_bb")}
KINDS = ("hardly leave", "buy every day", "are few", "ten years", "never leave", "buy once")
DAY = 1 / 7


def hard(kind, seed):
    """Draw customers who hardly leave, buy every day, are few, are seen by day for ten years, never leave, ..."""
    rng = np.random.default_rng(seed)
    if kind == "buy once":
        age = rng.integers(1, 400, rng.integers(10, 500)) * DAY
        return pd.DataFrame({"frequency": 0, "recency": 0.0, "age": age})
    model, parameters, n, ages, day = {
        "hardly leave": ("bg_nbd", (0.8, 6.0, 0.02, 9.0), 500, (20, 60), DAY),
        "buy every day": ("bg_nbd", (1.5, 0.3, 0.05, 6.0), 400, (50, 100), DAY),
        "are few": ("bg_nbd", (0.25, 4.4, 0.8, 2.4), 50, (27, 39), DAY),
        "ten years": ("pareto_nbd", (0.55, 80.0, 0.6, 300.0), 400, (200, 3650), 1.0),
        "never leave": ("pareto_nbd", (0.8, 6.0, 0.02, 2000.0), 500, (20, 60), DAY),
    }[kind]
    return shoppers(rng, model, parameters, n, ages, day)


def hard_donors(kind, seed):
    """Draw the same kinds with opportunities, up to 520 of them: every week for ten years."""
    rng = np.random.default_rng(seed)
    parameters, n, opportunities = {
        "hardly leave": ((1.2, 0.8, 0.02, 9.0), 500, 10),
        "buy every day": ((8.0, 1.0, 0.05, 60.0), 400, 365),
        "are few": ((1.2, 0.8, 0.7, 3.0), 50, 6),
        "ten years": ((0.5, 20.0, 0.6, 200.0), 400, 520),
        "never leave": ((1.2, 0.8, 1e-9, 1.0), 500, 10),
        "buy once": ((1e-9, 1.0, 0.7, 3.0), 100, 10),
    }[kind]
    return donors(rng, parameters, n, opportunities)


def fitted(name, kind, seed):
    """Return a fit and its table; nothing may overflow on the way."""
    table = (hard_donors if name == "bg_bb" else hard)(kind, seed)
    with np.errstate(divide="raise", over="raise", invalid="raise"):
        return ALL_FITS[name](table, period="D" if kind == "ten years" else "W"), table


def assert_usable(fit, table, horizon=20):
    """Demand a maximum with standard errors, or an edge that is named and said."""
    assert fit.converged
    assert np.isfinite(fit.params["std_error"]).all() or fit.edge
    assert (f"On the edge of the model: {fit.edge}" in fit.describe()) == bool(fit.edge)
    found = fit.predict(table, horizon)
    assert np.isfinite(found if fit.n_repeat else found["expected"]).all(axis=None)
    assert (found["expected"] >= 0).all()


@pytest.mark.parametrize("name", ALL_FITS)
@pytest.mark.parametrize("kind", KINDS)
def test_hard_data(kind, name):
    assert_usable(*fitted(name, kind, seed=KINDS.index(kind)))


@pytest.mark.slow
@pytest.mark.parametrize("name", ALL_FITS)
def test_converges_in_100_of_100_hard_data_sets(name, record_property):
    inside = dict.fromkeys(KINDS, 0)
    for seed in range(100, 200):
        kind = KINDS[seed % len(KINDS)]
        fit, table = fitted(name, kind, seed)
        assert_usable(fit, table)
        inside[kind] += not fit.edge
    assert inside["buy once"] == 0
    assert inside["buy every day"] + inside["ten years"] == 33  # these tell every parameter
    record_property("with standard errors", str(inside))


def test_the_hard_data_are_as_hard_as_they_say():
    heavy, long = hard("buy every day", 1), hard("ten years", 3)
    assert (heavy["frequency"] >= 300).sum() >= 50
    assert long["age"].max() > 3600
    assert (long["age"] % 1 == 0).all()
    assert (hard_donors("buy every day", 1)["frequency"] >= 300).sum() >= 50


def test_nobody_drops_out_is_a_finding_and_names_the_nbd():
    for name, fit in FITS.items():
        found = fit(hard("never leave", 5), period="W")
        assert found.edge == "nobody drops out in these data: the NBD says the same", name
        assert "On the edge of the model: nobody drops out in these data" in found.describe()
        assert found.params["std_error"].isna().tolist() == [False, False, True, True]
        assert (found.probability_alive(hard("never leave", 5)) > 1 - 1e-9).all()
        r, alpha = found.params["estimate"][:2]
        assert found.expected_purchases(52)["expected"][0] == pytest.approx(52 * r / alpha)
        table = hard("never leave", 5)
        kept = found.predict(table, 10)["expected"]
        np.testing.assert_allclose(kept, 10 * (r + table["frequency"]) / (alpha + table["age"]), rtol=1e-9)


def test_customers_who_buy_at_one_rate_are_a_finding(rng):
    n = 600
    rate, age = np.full(n, 0.3), rng.uniform(20, 40, n)
    frequency, recency = purchases_before(rng, rate, age, np.full(n, 0.15))
    table = pd.DataFrame({"frequency": frequency, "recency": recency, "age": age})
    fits = [fit(table, period="W") for fit in FITS.values()]
    assert all(fit.converged for fit in fits)
    vague = [fit for fit in fits if "same rate: a Poisson process" in fit.edge or fit.params["estimate"][0] > 5]
    assert len(vague) == 3
    for fit in fits[:1]:
        r, alpha = fit.params["estimate"][:2]
        assert r / alpha == pytest.approx(0.3, rel=0.1)


def once(ages, **more):
    return pd.DataFrame({"frequency": 0, "recency": 0.0, "age": np.asarray(ages, dtype=float), **more})


@pytest.mark.parametrize("name", ALL_FITS)
def test_one_time_buyers_alone_are_a_finding(name):
    ages = np.repeat([10.0, 20, 30], [20, 30, 50])
    table = once(ages, opportunities=ages, shop=np.tile(["north", "south"], 50))
    fit = ALL_FITS[name](table, period="W")
    assert (fit.converged, fit.n_repeat, fit.log_likelihood) == (True, 0, 0.0)
    assert fit.edge == "nobody bought again in these data: a model without repeat purchases says the same"
    assert fit.params[["estimate", "std_error", "low", "high"]].isna().all(axis=None)
    for found in (fit.predict(table, 9), fit.residual_purchases(table, 0.1), fit.total(table, 9, by="shop")):
        assert (found["expected"] == 0).all()
        assert found["high"].isna().all()  # a few may still buy a lot
    assert np.isnan(fit.probability_alive(table)).all()
    assert fit.predict(table.assign(frequency=1, recency=3.0), 9)["expected"].isna().all()
    said, unit = fit.describe(), "opportunities" if name == "bg_bb" else "weeks"
    assert "No parameter has an estimate, and whether anybody has left cannot be told" in said
    assert f"50 were seen for 30 {unit} or longer: at 95% confidence at most 5.82% of customers buy again" in said
    assert "– [" not in str(fit)


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 400), st.floats(0.5, 0.99))
def test_the_highest_share_who_may_buy_again_is_exact(n, level):
    """Were the share as high, nobody of n would buy again with a chance of 1 - level."""
    cells = PurchaseCells(np.zeros(1, dtype=int), np.zeros(1), np.array([8.0]), counts=np.array([float(n)]))
    time, seen, share = most_who_buy_again(cells, level)
    assert (time, seen) == (8.0, n)
    assert (1 - share) ** n == pytest.approx(1 - level)


def test_the_rate_of_zero_is_the_limit_of_the_likelihood():
    """No parameters are more likely; towards a rate of zero all are as likely, whoever has left."""
    cells = collapse(np.zeros(9, dtype=int), np.zeros(9), np.arange(1.0, 10))
    for model in (BG_NBD, MBG_NBD, PARETO_NBD):
        for third, fourth in ((0.5, 3.0), (2.0, 2.0)):
            near, far = (
                float(cells.counts @ model.terms(np.log([r, 5.0, third, fourth]), cells)[0]) for r in (1e-9, 1e-1)
            )
            assert far < near < 0
            assert near == pytest.approx(0, abs=1e-7)


def test_heavy_buyers_and_long_horizons_stay_finite():
    fit = wb.fit_purchases(cdnow(), "pareto_nbd", period="W", weights="customers")
    table = pd.DataFrame(
        {"frequency": [2000, 2000, 1, 0], "recency": [500, 10, 1e-3, 0], "age": [500.5, 3000, 3000, 0]}
    )
    for each in (fit, wb.fit_purchases(cdnow(), "bg_nbd", period="W", weights="customers")):
        with np.errstate(divide="raise", over="raise", invalid="raise"):
            found = each.predict(table, 1e5)
            assert np.isfinite(found).all(axis=None)
            assert np.isfinite(each.residual_purchases(table, 0.001)).all(axis=None)
        assert each.probability_alive(table)[[0, 1]].round(2).tolist() == [1, 0]
