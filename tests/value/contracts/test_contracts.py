"""Do contract models give the published figures, agree with plain integration, and find what was simulated?"""

import sys
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import minimize
from scipy.special import betaln
from scipy.stats import beta as beta_distribution

import winback as wb
from winback.value.contracts.fits import contract_model

sys.path.insert(0, str(Path(__file__).parent))
from contract_data import COHORTS, HIGH_END, REGULAR, drawn_customers, drawn_periods, drawn_survivors

SEEDS = st.integers(0, 2**32 - 1)
ROWS = {"tenure": "tenure", "ended": "ended"}


def estimates(fit):
    return fit.params["estimate"].to_numpy()


# published values


@pytest.mark.parametrize(
    ("survivors", "years", "expected", "log_likelihood"),
    [
        (HIGH_END, 7, [0.6681, 3.8061], -1611.158),
        (REGULAR, 7, [0.7041, 1.1820], -1680.265),
        (HIGH_END, 4, [1.2810, 7.7904], -1225.135),
        (REGULAR, 4, [0.7637, 1.2958], -1401.559),
    ],
)
def test_fader_hardie_2007_sbg(survivors, years, expected, log_likelihood):
    fit = wb.fit_contracts(survivors[: years + 1], "sbg", period="Y")
    assert estimates(fit).round(4).tolist() == expected
    assert round(fit.log_likelihood, 3) == log_likelihood
    assert (fit.n, fit.n_ended, fit.converged, fit.edge) == (1000, 1000 - survivors[years], True, "")


@pytest.mark.parametrize(
    ("survivors", "years", "expected", "log_likelihood"),
    [
        (HIGH_END, 7, [0.2143, 1.4266, 1.7236], -1605.314),
        (REGULAR, 7, [0.4556, 0.7793, 1.2835], -1679.603),
        (HIGH_END, 4, [0.2593, 1.7226, 1.5844], -1222.749),
        (REGULAR, 4, [0.5230, 0.8943, 1.1964], -1401.383),
    ],
)
def test_fader_hardie_liu_davin_steenburgh_2018_bdw(survivors, years, expected, log_likelihood):
    fit = wb.fit_contracts(survivors[: years + 1], "bdw", period="Y")
    assert estimates(fit).round(4).tolist() == expected
    assert round(fit.log_likelihood, 3) == log_likelihood
    geometric = wb.fit_contracts(survivors[: years + 1], "sbg", period="Y").log_likelihood
    assert fit.against_sbg.log_likelihood == pytest.approx(geometric)
    assert fit.against_sbg.statistic == pytest.approx(2 * (fit.log_likelihood - geometric))


def test_year_12_of_high_end_is_missed_by_8_7_points_and_by_half_a_point():
    years, seen = HIGH_END[:5], 0.394
    assert round(100 * (seen - wb.fit_contracts(years, "sbg", period="Y").survival(12)[0]), 1) == 8.7
    assert round(100 * (seen - wb.fit_contracts(years, "bdw", period="Y").survival(12)[0]), 1) == 0.5


def test_fader_hardie_2010_several_cohorts():
    fit = wb.fit_contracts(COHORTS, "sbg", period="Y")
    assert estimates(fit).round(2).tolist() == [3.80, 15.19]
    assert round(fit.log_likelihood, 3) == -40255.837
    assert (fit.n, fit.n_cohorts, fit.last_period) == (40_000, 4, 4)


def test_fader_hardie_2010_residual_lifetimes():
    first = contract_model(3.80, 15.20, period="Y").residual_lifetime([1, 2, 3, 4, 5], 0.10)
    assert first.round(2).tolist() == [3.31, 3.45, 3.59, 3.72, 3.84]
    # printed under (.067, .267), which are 1/15 and 4/15 rounded: the rounded ones give 7.67 in the first place
    exact = contract_model(1 / 15, 4 / 15, period="Y").residual_lifetime([1, 2, 3, 4, 5], 0.10)
    assert exact.round(3).tolist() == [7.681, 9.462, 9.856, 10.061, 10.192]
    assert exact.round(2).tolist() == [7.68, 9.46, 9.86, 10.06, 10.19]


def test_high_end_residual_lifetimes_and_that_of_a_new_customer():
    model = contract_model(0.668, 3.806, period="Y")
    assert model.residual_lifetime([1, 2, 3, 4], 0.10).round(4).tolist() == [5.4149, 5.9018, 6.2943, 6.6203]
    assert round(model.discounted_lifetime(0.10), 4) == 5.9226


def test_fader_hardie_2010_valuation_of_actives():
    money = {"margin": 1, "annual_discount": 0.10}
    first = contract_model(3.80, 15.20, period="Y")
    ago = 19_000 + 14_000 + 9_720 + 5_307
    left = 1 - (15200 + 11340 + 7961 + 4391) / ago
    base = wb.base_value(first, [20500, 15200, 11340, 7961, 4391], **money).against_constant_churn(left)
    assert round(base.total) == 207_438
    assert (round(base.constant_churn), round(1 - base.annual_churn, 4)) == (182_301, 0.8098)
    assert "the constant-churn figure is 12% lower" in base.describe()
    second = contract_model(1 / 15, 4 / 15, period="Y")
    assert round(wb.base_value(second, [20500, 15200, 13300, 11074, 7235], **money).total) == 617_531


def test_without_the_counts_of_a_year_ago_the_model_supplies_the_constant_retention():
    model = contract_model(3.80, 15.20, period="Y")
    base = wb.base_value(model, [20500, 15200, 11340, 7961, 4391], margin=1, annual_discount=0.10)
    assert round(1 - base.annual_churn, 4) == 0.8098
    assert base.constant_churn == pytest.approx(182_301, rel=1e-4)


# second implementation


def share_left(alpha, beta, power):
    """Average (1 - theta)^power over customers, by plain integration."""
    value, _ = quad(lambda x: (1 - x) ** power, 0, 1, weight="alg", wvar=(alpha - 1, beta - 1), epsabs=0, epsrel=1e-12)
    return value / np.exp(betaln(alpha, beta))


@pytest.mark.parametrize(("alpha", "beta", "c"), [(0.668, 3.806, 1.0), (0.2143, 1.4266, 1.7236), (5.0, 2.0, 0.6)])
def test_survival_is_the_average_over_customers(alpha, beta, c):
    model = contract_model(alpha, beta, c=c, period="Y")
    expected = [share_left(alpha, beta, t**c) for t in range(1, 13)]
    np.testing.assert_allclose(model.survival(np.arange(1, 13)), expected, rtol=1e-9)
    given = share_left(alpha, beta, 3.0**c)
    np.testing.assert_allclose(
        model.survival_from_now(3, [1, 4]), [expected[3] / given, expected[6] / given], rtol=1e-9
    )


@pytest.mark.parametrize("survivors", [HIGH_END[:8], REGULAR[:8], HIGH_END])
def test_a_general_optimizer_with_beta_functions_finds_the_same(survivors):
    lost, t = -np.diff(survivors), np.arange(len(survivors))

    def minus_log_likelihood(logs):
        a, b, c = np.exp(logs)
        left = np.exp(betaln(a, b + t**c) - betaln(a, b))
        return -(lost @ np.log(-np.diff(left)) + survivors[-1] * np.log(left[-1]))

    other = minimize(
        minus_log_likelihood, [-1.0, 0.5, 0.3], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-9}
    )
    fit = wb.fit_contracts(survivors, "bdw", period="Y")
    np.testing.assert_allclose(estimates(fit), np.exp(other.x), rtol=1e-4)
    assert fit.log_likelihood == pytest.approx(-other.fun, abs=1e-6)
    step = 1e-3  # observed information by differences
    shifts = np.eye(3) * step
    f = minus_log_likelihood
    x = np.log(estimates(fit))
    hessian = [
        [(f(x + i + j) - f(x + i - j) - f(x - i + j) + f(x - i - j)) / (4 * step**2) for j in shifts] for i in shifts
    ]
    errors = np.sqrt(np.diag(np.linalg.inv(hessian))) * estimates(fit)
    np.testing.assert_allclose(fit.params["std_error"], errors, rtol=1e-3)


def test_shares_of_simulated_customers(rng):
    fit = contract_model(0.5, 2.0, c=1.4, period="M")
    theta = rng.beta(0.5, 2.0, 200_000)
    for t in (1, 3, 9):
        share = ((1 - theta) ** (t**1.4)).mean()
        assert fit.survival(t)[0] == pytest.approx(share, abs=4e-3)
    assert beta_distribution(0.5, 2.0).mean() == pytest.approx(1 - fit.survival(1)[0])


# laws


@settings(max_examples=10, deadline=None)
@given(SEEDS)
def test_rows_in_any_order_counts_and_survivors_say_the_same(seed):
    rng = np.random.default_rng(seed)
    stays, ended = drawn_periods(rng, 0.7, 2.0, n=300)
    rows = pd.DataFrame({"tenure": stays.astype(int), "ended": ended})
    cells = rows.groupby(["tenure", "ended"]).size().rename("n").reset_index()
    survivors = [300, *(int(300 - (ended & (stays <= t)).sum()) for t in range(1, 9))]
    for fit in (partial(wb.fit_contracts, model="sbg"), partial(wb.fit_contracts, model="bdw")):
        one = fit(rows, period="M", **ROWS)
        for other in (
            fit(rows.sample(frac=1, random_state=1), period="M", **ROWS),
            fit(cells, period="M", weights="n", **ROWS),
            fit(survivors, period="M"),
            fit(pd.DataFrame([survivors]), period="M"),
            fit(rows.assign(ended=rows["ended"].map({True: "yes", False: "no"})), period="M", **ROWS),
        ):
            columns = ["estimate", "std_error", "low", "high"]
            np.testing.assert_allclose(other.params[columns], one.params[columns], rtol=1e-7)
            assert (other.n, other.n_ended) == (one.n, one.n_ended)
            assert other.log_likelihood == pytest.approx(one.log_likelihood, rel=1e-10)


@settings(max_examples=10, deadline=None)
@given(SEEDS, st.sampled_from([2, 10, 1000]))
def test_more_of_the_same_adds_certainty_and_nothing_else(seed, times):
    survivors = drawn_survivors(np.random.default_rng(seed), 0.6, 2.5, n=2000)
    for fit in (partial(wb.fit_contracts, model="sbg"), partial(wb.fit_contracts, model="bdw")):
        one, many = fit(survivors, period="M"), fit([times * n for n in survivors], period="M")
        if one.edge:
            continue
        np.testing.assert_allclose(estimates(many), estimates(one), rtol=1e-6)
        np.testing.assert_allclose(many.params["std_error"] * np.sqrt(times), one.params["std_error"], rtol=1e-5)
        assert many.log_likelihood == pytest.approx(times * one.log_likelihood)


@settings(max_examples=30, deadline=None)
@given(st.floats(0.02, 50), st.floats(0.02, 50), st.floats(0.3, 3), st.integers(0, 40))
def test_curves_keep_to_their_bounds(alpha, beta, c, age):
    model, ahead = contract_model(alpha, beta, c=c, period="W"), np.arange(12)
    left = model.survival_from_now(age, ahead)
    assert left[0] == 1
    assert (np.diff(left) <= 1e-15).all()
    assert ((left >= 0) & (left <= 1)).all()
    retention = model.retention(ahead + 1)
    assert ((retention >= 0) & (retention <= 1)).all()
    np.testing.assert_allclose(np.cumprod(retention), model.survival(ahead + 1), rtol=1e-9, atol=1e-300)
    if c <= 1:
        assert (np.diff(retention) >= -1e-12).all()  # those likely to leave go first


@settings(max_examples=10, deadline=None)
@given(st.floats(0.1, 9), st.floats(0.1, 9))
def test_the_bdw_with_c_of_one_is_the_sbg(alpha, beta):
    sbg = contract_model(alpha, beta, period="Y")
    bdw = contract_model(alpha, beta, c=1 + 1e-9, period="Y")
    np.testing.assert_allclose(sbg.survival(np.arange(20)), bdw.survival(np.arange(20)), rtol=1e-7)
    np.testing.assert_allclose(sbg.residual_lifetime([1, 7], 0.08), bdw.residual_lifetime([1, 7], 0.08), rtol=1e-7)


def test_a_period_of_another_name_changes_the_value_alone():
    year, quarter = (wb.fit_contracts(HIGH_END, "sbg", period=name) for name in ("Y", "3M"))
    np.testing.assert_array_equal(estimates(year), estimates(quarter))
    slow = quarter.discounted_lifetime(0.1)
    assert slow > year.discounted_lifetime(0.1)
    assert slow == pytest.approx(year.discounted_lifetime(1.1**0.25 - 1))
    assert year.expected_lifetime() == quarter.expected_lifetime() == np.inf


# covariates


def test_one_formula_for_two_groups_is_two_fits(rng):
    table = drawn_customers(rng, 900)
    for fit in (partial(wb.fit_contracts, model="sbg"), partial(wb.fit_contracts, model="bdw")):
        both = fit(table, period="M", formula="channel", **ROWS)
        assert both.converged
    both = wb.fit_contracts(table, "sbg", period="M", formula="channel", **ROWS)
    apart = {name: wb.fit_contracts(group, "sbg", period="M", **ROWS) for name, group in table.groupby("channel")}
    assert both.log_likelihood == pytest.approx(sum(one.log_likelihood for one in apart.values()))
    some = pd.DataFrame({"channel": ["online", "store"]})
    for row, name in enumerate(some["channel"]):
        np.testing.assert_allclose(both.survival([1, 5], some)[row], apart[name].survival([1, 5]), rtol=1e-6)
        together, alone = (
            one.residual_value([2], margin=30, annual_discount=0.1, customers=who)
            for one, who in ((both, some.iloc[[row]]), (apart[name], None))
        )
        np.testing.assert_allclose(together.to_numpy(), alone.to_numpy(), rtol=1e-5)


def test_no_covariates_in_a_formula_are_no_formula(rng):
    table = drawn_customers(rng)
    plain, flat = (
        wb.fit_contracts(table, "bdw", period="M", **ROWS),
        wb.fit_contracts(table, "bdw", period="M", formula="1", **ROWS),
    )
    np.testing.assert_allclose(np.exp(flat.params["estimate"][:2]), plain.params["estimate"][:2], rtol=1e-6)
    assert flat.params["equation"].tolist() == ["log gamma", "log delta", "c"]


def test_effects_are_recovered_and_far_covariates_do_no_harm(rng):
    table = drawn_customers(rng, 20_000)
    fit = wb.fit_contracts(table, "sbg", period="M", formula="channel", **ROWS)
    truth = np.array([0.3, -0.6, np.log(3), 0.0])  # against online, the first label
    assert (np.abs(estimates(fit) - truth) < 4 * fit.params["std_error"]).all()
    near = rng.normal(size=len(table)).round(1)
    one = wb.fit_contracts(table.assign(x=near), "sbg", period="M", formula="x", **ROWS)
    far = wb.fit_contracts(table.assign(x=2e5 + 1e3 * near), "sbg", period="M", formula="x", **ROWS)
    np.testing.assert_allclose(1e3 * estimates(far)[1::2], estimates(one)[1::2], rtol=1e-4)
    with pytest.raises(ValueError, match="customers must be given: the parameters depend on x"):
        one.survival(3)


def test_customers_who_all_leave_at_one_rate_have_a_retention_that_stays():
    """10,000 customers of whom four fifths stay each year: no rise is said between figures that read alike."""
    said = wb.fit_contracts([10_000, 8_000, 6_400, 5_120, 4_096, 3_277], "sbg", period="Y").describe()
    assert "Retention stays at 80.0% a year: all leave at about the same rate." in said
    assert "rises" not in said
