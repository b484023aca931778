"""Do fits of purchases obey their laws, and say what they found?"""

from functools import partial

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shoppers import cdnow, donations, donors, shoppers

import winback as wb
from winback.purchases.cells import collapse, collapse_rows

SEEDS = st.integers(0, 2**32 - 1)
FITS = {
    "bg_nbd": partial(wb.fit_purchases, model="bg_nbd"),
    "mbg_nbd": partial(wb.fit_purchases, model="mbg_nbd"),
    "pareto_nbd": partial(wb.fit_purchases, model="pareto_nbd"),
}
TRUTH = {
    "bg_nbd": (0.6, 6.0, 0.8, 2.4),
    "mbg_nbd": (0.8, 6.0, 0.9, 2.4),
    "pareto_nbd": (0.8, 8.0, 0.8, 12.0),
}
NUMBERS = ["estimate", "std_error", "low", "high"]


def drawn(rng, model="bg_nbd", n=800, day=1 / 7):
    return shoppers(rng, model, TRUTH[model], n, (27, 39), day)


def counted(table):
    columns = ["frequency", "recency", "age"]
    return table.groupby(columns).size().rename("customers").reset_index()


def same(first, second, rtol=1e-8):
    np.testing.assert_allclose(first.params[NUMBERS], second.params[NUMBERS], rtol=rtol)


# laws


@settings(max_examples=3, deadline=None)
@given(SEEDS, st.sampled_from(list(FITS)))
def test_counts_say_the_same_as_rows(seed, model):
    table = drawn(np.random.default_rng(seed), model)
    rows, cells = FITS[model](table, period="W"), FITS[model](counted(table), period="W", weights="customers")
    same(rows, cells)
    assert (rows.n, rows.n_repeat) == (cells.n, cells.n_repeat)
    assert rows.log_likelihood == pytest.approx(cells.log_likelihood, rel=1e-12)
    totals = rows.total(table, 52), cells.total(counted(table), 52, weights="customers")
    np.testing.assert_allclose(totals[0].iloc[:, 1:], totals[1].iloc[:, 1:], rtol=1e-8)


@settings(max_examples=3, deadline=None)
@given(SEEDS, st.sampled_from(list(FITS)))
def test_days_instead_of_weeks_change_the_scales_alone(seed, model):
    table = drawn(np.random.default_rng(seed), model)
    days = table.assign(recency=(table["recency"] * 7).round(), age=(table["age"] * 7).round())
    weeks = days.assign(recency=days["recency"] / 7, age=days["age"] / 7)
    in_weeks, in_days = FITS[model](weeks, period="W"), FITS[model](days, period="D")
    factor = np.ones(4)
    factor[list(in_weeks.model.timed)] = 7
    expected = in_weeks.params[NUMBERS].to_numpy() * factor[:, None]
    np.testing.assert_allclose(in_days.params[NUMBERS], expected, rtol=1e-7)
    jacobian = table["frequency"].sum() * np.log(7)
    assert in_days.log_likelihood == pytest.approx(in_weeks.log_likelihood - jacobian, rel=1e-11)
    np.testing.assert_allclose(in_days.predict(days, 7 * 26), in_weeks.predict(weeks, 26), rtol=1e-7)
    ahead = [fit.residual_purchases(each, 0.1) for fit, each in ((in_days, days), (in_weeks, weeks))]
    np.testing.assert_allclose(*ahead, rtol=1e-7)


@settings(max_examples=3, deadline=None)
@given(SEEDS, st.sampled_from(list(FITS)))
def test_order_and_doubling(seed, model):
    table = drawn(np.random.default_rng(seed), model)
    fit = FITS[model](table, period="W")
    same(fit, FITS[model](table.sample(frac=1, random_state=1), period="W"))
    twice = FITS[model](pd.concat([table, table]), period="W")
    np.testing.assert_allclose(twice.params["estimate"], fit.params["estimate"], rtol=1e-7)
    np.testing.assert_allclose(twice.params["std_error"] * np.sqrt(2), fit.params["std_error"], rtol=1e-6)


@settings(max_examples=5, deadline=None)
@given(SEEDS, st.sampled_from(list(FITS)))
def test_expectations_are_bounded_and_grow(seed, model):
    table = drawn(np.random.default_rng(seed), model)
    fit = FITS[model](table, period="W")
    alive = fit.probability_alive(table)
    assert ((alive >= 0) & (alive <= 1)).all()
    short, long = fit.predict(table, 10), fit.predict(table, 40)
    assert (short["expected"] < long["expected"]).all()
    assert (long["expected"] < 4 * short["expected"] * (1 + 1e-12)).all()  # the rate falls as customers leave
    assert ((long["low"] <= long["expected"]) & (long["expected"] <= long["high"])).all()
    plain, less = long["expected"], fit.predict(table, 40, 0.2)["expected"]
    assert (less < plain).all()
    assert (less > plain * 1.2 ** (-40 * 7 / 365.25)).all()
    assert (fit.residual_purchases(table, 0.2)["expected"] > less).all()
    growth = fit.expected_purchases([5, 10, 20, 40])["expected"]
    assert (growth.diff().dropna() > 0).all()
    assert growth.iloc[1] < 2 * growth.iloc[0]


def test_parts_of_the_base_add_up(rng):
    table = drawn(rng).assign(shop=lambda t: np.where(t["customer_id"] % 3 == 0, "north", "south"))
    fit = wb.fit_purchases(table, "bg_nbd", period="W")
    whole, parts = fit.total(table, 26), fit.total(table, 26, by="shop")
    assert parts["group"].tolist() == ["north", "south"]
    assert parts["n"].sum() == 800
    assert parts["expected"].sum() == pytest.approx(whole["expected"][0])
    assert fit.predict(table, 26)["expected"].sum() == pytest.approx(whole["expected"][0])
    each = fit.expectations(table, 26)
    slope = (each.slopes[:, each.rows]).sum(axis=1)
    assert whole["std_error"][0] == pytest.approx(np.sqrt(slope @ fit.covariance @ slope))
    assert whole["std_error"][0] < each.std_errors().sum() * (1 + 1e-9)


def test_predictions_keep_the_index_and_order(rng):
    table = drawn(rng, n=300)
    fit, mixed = wb.fit_purchases(table, "bg_nbd", period="W"), table.sample(frac=1, random_state=2)
    found = fit.predict(mixed, 12)
    assert (found.index == mixed.index).all()
    pd.testing.assert_frame_equal(found.sort_index(), fit.predict(table, 12))


def test_collapsing_is_exact_and_ordered(rng):
    table = drawn(rng, n=2000)
    arrays = table["frequency"].to_numpy(), table["recency"].to_numpy(), table["age"].to_numpy()
    cells, expected = collapse(*arrays), counted(table).sort_values(["frequency", "age", "recency"])
    np.testing.assert_array_equal(cells.counts, expected["customers"])
    np.testing.assert_array_equal(cells.recency, expected["recency"])
    again, rows = collapse_rows(*arrays)
    for name, values in zip(("frequency", "recency", "age"), arrays, strict=True):
        np.testing.assert_array_equal(getattr(again, name)[rows], values)
    huge = collapse(arrays[0] + 2**50, *arrays[1:])
    assert len(huge) == 2000  # too large for one integer: kept row by row


def test_many_customers_are_climbed_on_a_sample_and_finished_on_all(rng):
    """Times that are never equal leave a cell for each customer."""
    table = drawn(rng, n=24_000, day=None)
    fit = wb.fit_purchases(table, "bg_nbd", period="W")
    assert len(fit.cells) > 20_000
    distance = (np.log(fit.params["estimate"]) - np.log(TRUTH["bg_nbd"])) / np.sqrt(np.diag(fit.covariance))
    assert (distance.abs() < 4).all()
    gradient = fit.model.terms(fit.theta, fit.cells)[1] @ fit.cells.counts
    assert np.abs(gradient).max() < 1e-6


# what is said


def test_a_fit_speaks(rng):
    fit = wb.fit_purchases(cdnow(), "bg_nbd", period="W", weights="customers")
    lines = fit.describe().splitlines()
    assert lines[0].startswith("2,357 customers, of whom 946 (40.1%) bought again; BG/NBD, unit of time a week")
    assert "here 1,411: the MBG/NBD and the Pareto/NBD do not" in fit.describe()
    assert "not for what one customer will do" in lines[-1]
    assert len(str(fit).splitlines()) <= 12
    assert "alpha" in fit._repr_html_()
    pareto = wb.fit_purchases(cdnow(), "pareto_nbd", period="W", weights="customers").describe()
    assert "half of all new customers have dropped out after" in pareto
    assert "holds everyone" not in pareto
    giving = wb.fit_purchases(donations(), "bg_bb", period="Y", weights="customers").describe()
    assert "buys at 0.6162 of the opportunities on average" in giving
    assert "buys at the first opportunity with chance" in giving


def test_opportunities(rng):
    table = donors(rng, (1.2, 0.8, 0.7, 3.0), 2000, 8)
    fit = wb.fit_purchases(table, "bg_bb", period="Y")
    assert fit.converged
    some = fit.predict(table, 4)
    assert (some["expected"] < 4).all()
    longest, all_of_it = fit.predict(table, 2000, 0.1)["expected"], fit.residual_purchases(table, 0.1)["expected"]
    np.testing.assert_allclose(longest, all_of_it, rtol=1e-9)
    with pytest.raises(ValueError, match=r"whole number of opportunities; got 2.5"):
        fit.predict(table, 2.5)
    never = table.assign(frequency=8, recency=8).iloc[:50]
    assert "buy at every opportunity" in wb.fit_purchases(never, "bg_bb", period="Y").edge
