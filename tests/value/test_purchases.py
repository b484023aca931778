"""Do fits of purchases obey the laws, say what they found, and refuse what they cannot use?"""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shoppers import cdnow, donations, donors, shoppers

import winback as wb
from winback.tables import TableError
from winback.value.purchase_cells import collapse, collapse_rows

SEEDS = st.integers(0, 2**32 - 1)
FITS = {"bg_nbd": wb.fit_bg_nbd, "mbg_nbd": wb.fit_mbg_nbd, "pareto_nbd": wb.fit_pareto_nbd}
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
    ahead = [fit.residual_transactions(each, 0.1) for fit, each in ((in_days, days), (in_weeks, weeks))]
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
    assert (fit.residual_transactions(table, 0.2)["expected"] > less).all()
    growth = fit.expected_purchases([5, 10, 20, 40])["expected"]
    assert (growth.diff().dropna() > 0).all()
    assert growth.iloc[1] < 2 * growth.iloc[0]


def test_parts_of_the_base_add_up(rng):
    table = drawn(rng).assign(shop=lambda t: np.where(t["customer_id"] % 3 == 0, "north", "south"))
    fit = wb.fit_bg_nbd(table, period="W")
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
    fit, mixed = wb.fit_bg_nbd(table, period="W"), table.sample(frac=1, random_state=2)
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
    fit = wb.fit_bg_nbd(table, period="W")
    assert len(fit.cells) > 20_000
    distance = (np.log(fit.params["estimate"]) - np.log(TRUTH["bg_nbd"])) / np.sqrt(np.diag(fit.covariance))
    assert (distance.abs() < 4).all()
    gradient = fit.model.terms(fit.theta, fit.cells)[1] @ fit.cells.counts
    assert np.abs(gradient).max() < 1e-6


# what is said


def test_a_fit_speaks(rng):
    fit = wb.fit_bg_nbd(cdnow(), period="W", weights="customers")
    lines = fit.describe().splitlines()
    assert lines[0].startswith("2,357 customers, of whom 946 (40.1%) bought again; BG/NBD, unit of time a week")
    assert "here 1,411: the MBG/NBD and the Pareto/NBD do not" in fit.describe()
    assert "not for what one customer will do" in lines[-1]
    assert len(str(fit).splitlines()) <= 12
    assert "alpha" in fit._repr_html_()
    pareto = wb.fit_pareto_nbd(cdnow(), period="W", weights="customers").describe()
    assert "half of all new customers have dropped out after" in pareto
    assert "holds everyone" not in pareto
    giving = wb.fit_bg_bb(donations(), period="Y", weights="customers").describe()
    assert "buys at 0.6162 of the opportunities on average" in giving
    assert "within the first opportunity" in giving


def test_opportunities(rng):
    table = donors(rng, (1.2, 0.8, 0.7, 3.0), 2000, 8)
    fit = wb.fit_bg_bb(table, period="Y")
    assert fit.converged
    some = fit.predict(table, 4)
    assert (some["expected"] < 4).all()
    longest, all_of_it = fit.predict(table, 2000, 0.1)["expected"], fit.residual_transactions(table, 0.1)["expected"]
    np.testing.assert_allclose(longest, all_of_it, rtol=1e-9)
    with pytest.raises(ValueError, match=r"whole number of opportunities; got 2.5"):
        fit.predict(table, 2.5)
    never = table.assign(frequency=8, recency=8).iloc[:50]
    assert "buy at every opportunity" in wb.fit_bg_bb(never, period="Y").boundary


# bad input


def test_every_problem_of_the_table_is_listed_at_once(rng):
    table = drawn(rng, n=40).astype({"frequency": float})
    table.loc[0, "frequency"], table.loc[1, "frequency"], table.loc[2, "age"] = -1, 1.5, 0
    table.loc[3, "recency"] = -2
    with pytest.raises(TableError) as error:
        wb.fit_bg_nbd(table, period="W")
    text = str(error.value)
    assert "3 problems" in text
    assert "`frequency` must count repeat purchases: 0, 1, 2, ...; 2 of 40 rows (first: customer 0, row 1, -1)" in text
    assert "`recency` must be at least 0" in text
    assert "`age` must be above 0: time since the first purchase; 1 of 40 rows" in text


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"recency": 50.0}, "`recency` must not be above `age`"),
        ({"frequency": 0, "recency": 5.0}, "`recency` must be 0 where `frequency` is 0; 1 of 40 rows"),
        ({"frequency": 2, "recency": 0.0}, "`recency` must be above 0 where `frequency` is"),
        ({"frequency": np.nan}, "`frequency` must be a finite number; 1 of 40 rows"),
        ({"age": np.inf}, "`age` must be a finite number"),
    ],
)
def test_impossible_customers_are_named(rng, change, message):
    table = drawn(rng, n=40).astype({"frequency": float})
    for name, value in change.items():
        table.loc[7, name] = value
    for fit in FITS.values():
        with pytest.raises(TableError, match="customer 7") as error:
            fit(table, period="W")
        assert message in str(error.value)


def test_settings_and_columns_are_named(rng):
    table = drawn(rng, n=40)
    with pytest.raises(TableError, match="`T` is missing from the table"):
        wb.fit_bg_nbd(table, period="W", age="T")
    with pytest.raises(TableError, match=r"is known for 9 customers, too few. At least 10 are needed"):
        wb.fit_bg_nbd(table.head(9), period="W")
    with pytest.raises(TableError, match="`customers` must count customers: 1, 2, 3"):
        wb.fit_bg_nbd(table.assign(customers=0), period="W", weights="customers")
    with pytest.raises(TableError, match="`recency` holds no numbers"):
        wb.fit_bg_nbd(table.assign(recency=pd.Timestamp("1997-01-01")), period="W")
    with pytest.raises(ValueError, match="period must be written as a count and one of D, W, M, Y"):
        wb.fit_bg_nbd(table, period="week")
    with pytest.raises(ValueError, match="level must be between 0 and 1"):
        wb.fit_bg_nbd(table, period="W", level=95)
    with pytest.raises(TypeError, match="must be a pandas DataFrame"):
        wb.fit_bg_nbd([1, 2], period="W")
    fit = wb.fit_bg_nbd(drawn(rng), period="W")
    for periods in (0, -1, "39", np.nan):
        with pytest.raises(ValueError, match="periods must be above 0 and finite"):
            fit.predict(table, periods)
    with pytest.raises(ValueError, match="without one there is no end"):
        fit.residual_transactions(table, 0.0)
    with pytest.raises(ValueError, match=r"Write 0.1 for 10%"):
        fit.residual_transactions(table, 10)
    with pytest.raises(ValueError, match="there is no 'region'"):
        fit.total(table, 10, by="region")
    with pytest.raises(TableError, match="`age` must be at least 0"):
        fit.predict(table.assign(age=-1.0), 10)
    new = pd.DataFrame({"frequency": [0], "recency": [0], "age": [0]})
    assert fit.predict(new, 10)["expected"][0] == pytest.approx(fit.expected_purchases(10)["expected"][0])


def test_opportunities_are_checked(rng):
    table = donors(rng, (1.2, 0.8, 0.7, 3.0), 60, 6)
    with pytest.raises(TableError, match="`recency` must count opportunities"):
        wb.fit_bg_bb(table.assign(recency=table["recency"] + 0.5), period="Y")
    with pytest.raises(TableError, match="`frequency` must not be above `recency`"):
        wb.fit_bg_bb(table.assign(frequency=6, recency=5), period="Y")


def test_text_and_whole_numbers_are_read_as_numbers(rng):
    table = drawn(rng, n=300)
    text = table.assign(frequency=table["frequency"].astype(str), age=table["age"].astype("Float64"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        same(wb.fit_bg_nbd(text, period="W"), wb.fit_bg_nbd(table, period="W"))
