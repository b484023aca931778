"""Does the model of spend obey the laws, say whether frequent buyers spend more, and refuse what it cannot use?"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shoppers import spenders

import winback as wb
from winback.purchases.gamma_gamma import Correlation, correlation
from winback.tables import TableError

TRUTH = (6.0, 4.0, 15.0)
SEEDS = st.integers(0, 2**32 - 1)
NUMBERS = ["estimate", "std_error", "low", "high"]


@settings(max_examples=4, deadline=None)
@given(SEEDS)
def test_counts_say_the_same_as_rows(seed):
    rng = np.random.default_rng(seed)
    table = spenders(rng, TRUTH, 300)
    counts = rng.integers(1, 4, len(table))
    rows = wb.fit_spend(table.loc[table.index.repeat(counts)])
    cells = wb.fit_spend(table.assign(customers=counts), weights="customers")
    np.testing.assert_allclose(cells.params[NUMBERS], rows.params[NUMBERS], rtol=1e-7)
    assert (cells.n, cells.n_one_time) == (rows.n, rows.n_one_time)
    assert cells.log_likelihood == pytest.approx(rows.log_likelihood)
    assert cells.correlation.value == pytest.approx(rows.correlation.value)


@settings(max_examples=4, deadline=None)
@given(SEEDS, st.floats(1e-3, 1e5))
def test_money_in_another_currency_is_the_same_money(seed, rate):
    table = spenders(np.random.default_rng(seed), TRUTH, 300)
    exchanged = table.assign(mean_spend=table["mean_spend"] * rate)
    before, after = wb.fit_spend(table), wb.fit_spend(exchanged)
    expected = before.params[NUMBERS].to_numpy() * np.array([1, 1, rate])[:, None]
    np.testing.assert_allclose(after.params[NUMBERS], expected, rtol=1e-7)
    np.testing.assert_allclose(after.predict(exchanged), before.predict(table) * rate, rtol=1e-7)
    assert after.mean_spend == pytest.approx(before.mean_spend * rate)


@settings(max_examples=4, deadline=None)
@given(SEEDS)
def test_expected_spend_lies_between_the_customers_own_and_everybodys(seed):
    table = spenders(np.random.default_rng(seed), TRUTH, 400)
    fit = wb.fit_spend(table)
    expected, own = fit.predict(table)["expected"], table["mean_spend"]
    again = table["frequency"] > 0
    assert (np.sign(expected - fit.mean_spend) == np.sign(own - fit.mean_spend))[again].all()
    assert ((expected - fit.mean_spend).abs() < (own - fit.mean_spend).abs())[again].all()
    np.testing.assert_allclose(expected[~again], fit.mean_spend)


def test_many_spenders_are_climbed_on_a_sample_and_finished_on_all(rng):
    table = spenders(rng, TRUTH, 40_000)
    fit = wb.fit_spend(table)
    assert fit.n > 20_000
    mixed = wb.fit_spend(table.sample(frac=1, random_state=1))
    np.testing.assert_allclose(mixed.params[NUMBERS], fit.params[NUMBERS], rtol=1e-8)


def test_what_is_spent_is_said(rng):
    fit = wb.fit_spend(spenders(rng, TRUTH, 2000))
    text = fit.describe()
    assert f"{fit.n:,} repeat buyers; {fit.n_one_time:,} customers without a repeat purchase are left out" in text
    assert f"worth {fit.format(fit.mean_spend, 'money')} on average" in text
    assert "The correlation of frequency and spend is" in text
    assert len(str(fit).splitlines()) <= 12
    assert fit.params["term"].tolist() == ["p", "q", "v"]


def test_frequent_buyers_who_spend_more_are_named(rng):
    table = spenders(rng, TRUTH, 3000)
    weak = wb.fit_spend(table.assign(mean_spend=table["mean_spend"] * (1 + table["frequency"] / 30)))
    assert "frequent buyers spend more" in weak.describe()
    clear = wb.fit_spend(table.assign(mean_spend=table["mean_spend"] * np.exp(table["frequency"])))
    assert "assumption fails; do not use it as it is" in clear.describe()
    assert Correlation(0.02, -0.03, 0.07).in_words().endswith("no relation is seen, as the model assumes.")
    assert Correlation(-0.1, -0.15, -0.05).in_words().endswith("so little that the model may be used.")
    assert Correlation(-0.3, -0.35, -0.25).in_words().split("; ")[0].endswith("spend less, which the model leaves out")
    assert "cannot be told" in correlation(np.ones(30), np.arange(30.0), np.ones(30), 0.95).in_words()


def test_the_edges_are_findings():
    rng = np.random.default_rng(1)
    frequency, own = rng.integers(2, 9, 500), rng.gamma(3.0, 10.0, 500)
    constant = wb.fit_spend(pd.DataFrame({"frequency": 50 * frequency, "mean_spend": np.full(500, 7.0)}))
    assert constant.converged
    assert constant.edge
    alike = rng.gamma(2.0 * frequency, 10.0 / frequency)
    one_kind = wb.fit_spend(pd.DataFrame({"frequency": frequency, "mean_spend": alike}))
    assert one_kind.converged
    assert one_kind.edge.startswith("customers do not differ") or one_kind.params["estimate"][1] > 20
    assert one_kind.params["estimate"][0] == pytest.approx(2.0, rel=0.15)
    differ = wb.fit_spend(pd.DataFrame({"frequency": frequency, "mean_spend": own}))
    assert differ.converged
    heavy = pd.DataFrame({"frequency": frequency, "mean_spend": np.exp(rng.standard_cauchy(500).clip(-50, 50))})
    fit = wb.fit_spend(heavy)
    assert np.isinf(fit.mean_spend)
    assert "not finite: q is" in fit.describe()
    with pytest.raises(ValueError, match="expected spend of one-time buyers is not finite"):
        fit.predict(pd.DataFrame({"frequency": [0], "mean_spend": [np.nan]}))


def test_problems_are_listed_at_once(rng):
    table = spenders(rng, TRUTH, 60).astype({"frequency": float})
    table = table[table["frequency"] > 0].reset_index(drop=True)
    table.loc[3, "mean_spend"], table.loc[4, "frequency"] = -5.0, 1.5
    with pytest.raises(TableError) as error:
        wb.fit_spend(table)
    assert "2 problems" in str(error.value)
    assert "`mean_spend` must be above 0 for repeat buyers; 1 of" in str(error.value)
    assert "Drop customers whose purchases were all refunded, or average purchases without" in str(error.value)
    with pytest.raises(TableError, match="`mean_spend` must be a finite number"):
        wb.fit_spend(table.assign(frequency=2, mean_spend=np.nan))
    with pytest.raises(TableError, match="is above 0 for 0 customers, too few"):
        wb.fit_spend(table.assign(frequency=0))
    with pytest.raises(TableError, match="`spend` is missing from the table"):
        wb.fit_spend(table, mean_spend="spend")


def test_a_problem_of_spend_in_one_row_hides_none_in_another(rng):
    table = spenders(rng, TRUTH, 60).astype({"frequency": float}).assign(frequency=2.0, mean_spend=9.0, n=2.0)
    table.loc[1, "frequency"], table.loc[2, "mean_spend"] = 0.5, -4.0
    table.loc[3, "mean_spend"], table.loc[4, "n"] = np.inf, 0
    with pytest.raises(TableError) as error:
        wb.fit_spend(table, weights="n")
    assert sorted(error.value.problems["column"]) == ["frequency", "mean_spend", "mean_spend", "n"]
    assert (error.value.problems["n_rows"] == 1).all()
    twice = pd.concat([table, table[["mean_spend"]]], axis=1)
    with pytest.raises(TableError, match="`mean_spend` is the name of more than one column"):
        wb.fit_spend(twice)
    with pytest.raises(TableError, match="`mean_spend` holds no numbers"):
        wb.fit_spend(table.assign(mean_spend=pd.Timedelta("1D")))
