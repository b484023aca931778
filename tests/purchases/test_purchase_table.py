"""Are rows of customers that no model of purchases can use refused, every problem at once and in words?"""

import warnings
from functools import partial

import numpy as np
import pandas as pd
import pytest
from shoppers import donors, shoppers

import winback as wb
from winback.tables import TableError

FITS = {
    "bg_nbd": partial(wb.fit_purchases, model="bg_nbd"),
    "mbg_nbd": partial(wb.fit_purchases, model="mbg_nbd"),
    "pareto_nbd": partial(wb.fit_purchases, model="pareto_nbd"),
}


def drawn(rng, n=800):
    return shoppers(rng, "bg_nbd", (0.6, 6.0, 0.8, 2.4), n, (27, 39), 1 / 7)


def test_every_problem_of_the_table_is_listed_at_once(rng):
    table = drawn(rng, n=40).astype({"frequency": float})
    table.loc[0, "frequency"], table.loc[1, "frequency"], table.loc[2, "age"] = -1, 1.5, -1
    table.loc[3, "recency"] = -2
    with pytest.raises(TableError) as error:
        wb.fit_purchases(table, "bg_nbd", period="W")
    text = str(error.value)
    assert "3 problems" in text
    assert "`frequency` must count repeat purchases: 0, 1, 2, ...; 2 of 40 rows (first: customer 0, row 1, -1)" in text
    assert "`recency` must be at least 0" in text
    assert "`age` must be at least 0: time since the first purchase; 1 of 40 rows" in text


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
        wb.fit_purchases(table, "bg_nbd", period="W", age="T")
    with pytest.raises(TableError, match="is known for 9 customers watched after their first purchase"):
        wb.fit_purchases(table.head(9), "bg_nbd", period="W")
    with pytest.raises(TableError, match="`customers` must count customers: 1, 2, 3"):
        wb.fit_purchases(table.assign(customers=0), "bg_nbd", period="W", weights="customers")
    with pytest.raises(TableError, match="`recency` holds no numbers"):
        wb.fit_purchases(table.assign(recency=pd.Timestamp("1997-01-01")), "bg_nbd", period="W")
    with pytest.raises(ValueError, match="period must be written as a count and one of D, W, M, Y"):
        wb.fit_purchases(table, "bg_nbd", period="week")
    with pytest.raises(ValueError, match="level must be between 0 and 1"):
        wb.fit_purchases(table, "bg_nbd", period="W", level=95)
    with pytest.raises(TypeError, match=r"must be a (pandas DataFrame|table)"):
        wb.fit_purchases([1, 2], "bg_nbd", period="W")
    fit = wb.fit_purchases(drawn(rng), "bg_nbd", period="W")
    for periods in (0, -1, "39", np.nan):
        with pytest.raises(ValueError, match=r"periods`? must be (above 0 and finite|a number)"):
            fit.predict(table, periods)
    with pytest.raises(ValueError, match="without one there is no end"):
        fit.residual_purchases(table, 0.0)
    with pytest.raises(ValueError, match=r"Write 0.1 for 10%"):
        fit.residual_purchases(table, 10)
    with pytest.raises(ValueError, match="got 'region'"):
        fit.total(table, 10, by="region")
    with pytest.raises(TableError, match="`age` must be at least 0"):
        fit.predict(table.assign(age=-1.0), 10)
    new = pd.DataFrame({"frequency": [0], "recency": [0], "age": [0]})
    assert fit.predict(new, 10)["expected"][0] == pytest.approx(fit.expected_purchases(10)["expected"][0])


def test_opportunities_are_checked(rng):
    table = donors(rng, (1.2, 0.8, 0.7, 3.0), 60, 6)
    with pytest.raises(TableError, match="`recency` must count opportunities"):
        wb.fit_purchases(table.assign(recency=table["recency"] + 0.5), "bg_bb", period="Y")
    with pytest.raises(TableError, match="`frequency` must not be above `recency`"):
        wb.fit_purchases(table.assign(frequency=6, recency=5), "bg_bb", period="Y")


def test_text_and_whole_numbers_are_read_as_numbers(rng):
    table = drawn(rng, n=300)
    text = table.assign(frequency=table["frequency"].astype(str), age=table["age"].astype("Float64"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = [wb.fit_purchases(each, "bg_nbd", period="W").params for each in (text, table)]
    pd.testing.assert_frame_equal(*found)


def test_a_problem_in_one_row_hides_none_in_another(rng):
    table = drawn(rng, n=40).astype({"frequency": float}).assign(customers=1.0)
    table.loc[1, "frequency"], table.loc[2, "recency"], table.loc[3, "age"] = np.nan, np.inf, -1
    table.loc[4, ["frequency", "recency"]], table.loc[5, "customers"] = (2, 90), 0
    with pytest.raises(TableError) as error:
        wb.fit_purchases(table, "bg_nbd", period="W", weights="customers")
    rows = error.value.problems.set_index(["column", "n_rows"])
    assert rows.index.tolist() == [
        ("frequency", 1),
        ("recency", 1),
        ("age", 1),
        ("recency", 1),
        ("customers", 1),
    ]
    assert "(first: customer 4, row 5, 90)" in str(error.value)
    assert "is missing from the table" in refusal(table.drop(columns="age"))
    assert "must not be above" not in refusal(table.drop(columns="age"))  # what is missing is not wrong as well


def refusal(table, **names):
    with pytest.raises(TableError) as error:
        wb.fit_purchases(table, "bg_nbd", period="W", **names)
    return str(error.value)


@pytest.mark.parametrize(
    "column",
    [
        [True, False] * 20,
        pd.array([True, None] * 20, dtype="boolean"),
        pd.array([True, None] * 20, dtype=object),
        pd.Timedelta("7D"),
        pd.Timestamp("2024-01-01"),
        pd.Period("2024-01"),
        1 + 2j,
    ],
    ids=["bool", "boolean", "objects", "timedelta", "timestamp", "period", "complex"],
)
def test_what_is_no_number_is_not_read_as_one(rng, column):
    for name in ("frequency", "age"):
        assert f"`{name}` holds no numbers" in refusal(drawn(rng, n=40).assign(**{name: column}))


@pytest.mark.parametrize(("value", "said"), [(0, "count customers"), (0.5, "count customers"), (None, "finite number")])
def test_weights_count_customers(rng, value, said):
    table = drawn(rng, n=40).assign(customers=pd.array([2.0] * 39 + [value], dtype="Float64"))
    assert f"`customers` must {'be a ' if value is None else ''}{said}" in refusal(table, weights="customers")
    assert "1 of 40 rows (first: customer 39, row 40" in refusal(table, weights="customers")


def test_columns_named_twice_are_refused(rng):
    table = drawn(rng, n=40)
    assert "`age` is named for more than one thing" in refusal(table, recency="age")
    assert "`age` is the name of more than one column" in refusal(pd.concat([table, table[["age"]]], axis=1))


def test_ten_customers_are_enough_and_ids_are_not_needed(rng):
    table = drawn(rng, n=10).drop(columns="customer_id")
    for fit in FITS.values():
        assert fit(table, period="W").n == 10


@pytest.mark.parametrize("name", FITS)
def test_who_first_bought_on_the_last_day_tells_nothing(rng, name):
    table = drawn(rng, n=400)
    today = pd.DataFrame({"customer_id": [-1] * 25, "frequency": 0, "recency": 0.0, "age": 0.0})
    without, including = (FITS[name](some, period="W") for some in (table, pd.concat([table, today])))
    assert including.n == without.n + 25
    np.testing.assert_allclose(including.params["estimate"], without.params["estimate"], rtol=1e-5)
    assert including.log_likelihood == pytest.approx(without.log_likelihood, abs=1e-6)
    with pytest.raises(TableError, match="known for 0 customers watched after their first purchase"):
        FITS[name](today, period="W")


def test_customers_without_a_group_are_not_left_out_of_totals(rng):
    table = drawn(rng, n=40)
    fit = wb.fit_purchases(table, "bg_nbd", period="W")
    shops = table.assign(shop=["north", None] * 20)
    assert fit.total(shops, 10, by="shop")[["group", "n"]].to_dict("list") == {
        "group": ["north", "(missing)"],
        "n": [20, 20],
    }
