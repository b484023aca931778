"""Are lifetimes and values of contracts the sums they stand for, and is the base's worth the sum of its customers?"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import betaln, hyp2f1

import winback as wb
from winback.value.contracts.fits import contract_model
from winback.value.contracts.payments import RELATIVE_ERROR, expected_payments, hypergeometric
from winback.value.contracts.survival import log_survival, psi_differences, trigamma

SURVIVORS = [1000, 869, 743, 653, 593, 551, 517, 491]
MONEY = {"margin": 25.0, "annual_discount": 0.1}
POSITIVE = st.floats(0.05, 30)


def summed(alpha, beta, c, factor, first, given, n):
    """Add payments one by one, with beta functions."""
    t = np.arange(first, first + n, dtype=float)
    log_left = betaln(alpha, beta + t**c) - betaln(alpha, beta + float(given) ** c)
    return np.exp(log_left + np.log(factor) * (t - first)).sum()


# sums


@settings(max_examples=20, deadline=None)
@given(POSITIVE, POSITIVE, st.floats(0.4, 2.5), st.integers(1, 9), st.floats(0.02, 0.5))
def test_residual_lifetimes_are_sums_of_payments(alpha, beta, c, n, rate):
    for shape in (1.0, c):
        model = contract_model(alpha, beta, c=shape, period="Y")
        factor = 1 / (1 + rate)
        expected = summed(alpha, beta, shape, factor, n, n - 1, 3000)
        assert model.residual_lifetime(n, rate)[0] == pytest.approx(expected, rel=1e-8)
        some = model.residual_lifetime(n, rate, horizon_periods=7)[0]
        assert some == pytest.approx(summed(alpha, beta, shape, factor, n, n - 1, 7), rel=1e-8)
        later = model.residual_lifetime(n, rate, moment="after_payment")[0]
        assert later == pytest.approx(factor * expected, rel=1e-8)
        assert model.discounted_lifetime(rate) == pytest.approx(
            1 + model.residual_lifetime(1, rate)[0] * factor, rel=1e-8
        )


@pytest.mark.parametrize("period", ["D", "W", "M"])
@pytest.mark.parametrize(("gamma", "delta", "c"), [(0.2, 1.4, 1.7), (2.0, 5.0, 0.8), (0.05, 9.0, 0.5)])
def test_sums_of_short_periods_keep_to_their_stated_error(period, gamma, delta, c):
    model = contract_model(gamma, delta, c=c, period=period)
    factor, sums, n = float(model.period.discount_factor(0.1)), 0.0, 200_000
    for start in range(0, n, 50_000):
        piece = summed(gamma, delta, c, factor, start, 0, 50_000)
        sums += piece * factor**start
    assert model.discounted_lifetime(0.1) == pytest.approx(sums, rel=RELATIVE_ERROR)


def test_without_discount_lifetimes_are_the_known_means_or_infinite():
    assert contract_model(3.0, 5.0, period="Y").expected_lifetime() == pytest.approx(7 / 2, rel=1e-9)
    assert contract_model(1.5, 5.0, period="W").expected_lifetime() == pytest.approx(5.5 / 0.5, rel=1e-9)
    assert contract_model(1.0, 5.0, period="W").expected_lifetime() == np.inf
    assert contract_model(0.6, 5.0, c=1.6, period="W").expected_lifetime() == np.inf
    assert contract_model(0.6, 5.0, c=1.7, period="W").expected_lifetime() < np.inf
    value = wb.base_value(wb.fit_contracts(SURVIVORS, "sbg", period="Y"), [5], margin=1, annual_discount=0.0)
    assert value.total == np.inf
    assert "The value has no limit" in value.describe()


@settings(max_examples=30, deadline=None)
@given(POSITIVE, POSITIVE, st.floats(0.05, 0.98))
def test_the_continued_fraction_is_the_hypergeometric_function(alpha, beta, z):
    assert float(hypergeometric(alpha, beta, z)) == pytest.approx(hyp2f1(1, beta, alpha + beta, z), rel=1e-11)


def test_the_continued_fraction_holds_where_scipy_gives_no_number():
    assert np.isnan(hyp2f1(1, 4000.0, 5000.0, 0.99))
    assert float(hypergeometric(1e10, 4e10, 0.998)) == pytest.approx(1 / (1 - 0.8 * 0.998), rel=1e-9)
    tiny = expected_payments(np.log([[0.1], [0.2], [1.0]]), np.zeros(1), np.zeros(1), 1 - 1e-8, None)[0]
    assert tiny == pytest.approx(hyp2f1(1, 0.2, 0.3, 1 - 1e-8), rel=1e-6)


@settings(max_examples=50, deadline=None)
@given(st.floats(-6, 5), st.floats(-6, 5), st.floats(-6, 5))
def test_survival_keeps_digits_where_beta_functions_lose_them(log_a, log_b, log_u):
    a, b, u = np.exp([log_a, log_b, log_u])
    assert float(log_survival(a, b, u)) == pytest.approx(betaln(a, b + u) - betaln(a, b), rel=1e-9, abs=1e-12)
    assert float(log_survival(a, b, u)) == pytest.approx(float(log_survival(u, b, a)), rel=1e-13)
    for big in (1e6, 1e12):  # customers alike: the geometric model
        assert float(log_survival(big * a, big * b, 3.0)) == pytest.approx(-3 * np.log1p(a / b), rel=1e-2)
    steps = np.arange(5.0)
    rising = -np.log1p(1e-9 / (b + steps)).sum()
    assert float(log_survival(1e-9, b, 5.0)) == pytest.approx(rising, rel=1e-8)
    once, twice = psi_differences(b, 5.0)
    assert float(once) == pytest.approx((1 / (b + steps)).sum(), rel=1e-12)
    assert float(twice) == pytest.approx((1 / (b + steps) ** 2).sum(), rel=1e-12)
    assert float(trigamma(b) - trigamma(b + 5)) == pytest.approx((1 / (b + steps) ** 2).sum(), rel=1e-9)


# values


def test_projections_and_predictions_have_one_row_per_thing():
    fit = wb.fit_contracts(SURVIVORS, "sbg", period="Y")
    ahead = fit.project([0, 1, 5], age=2)
    assert ahead["still_here"].tolist() == pytest.approx(fit.survival_from_now(2, [0, 1, 5]).tolist())
    assert ahead["retention"].tolist()[1:] == pytest.approx(fit.retention([3, 7]).tolist())
    assert np.isnan(ahead["retention"][0])
    assert (ahead["still_here_low"][1:] < ahead["still_here"][1:]).all()
    table = pd.DataFrame({"due": [1, 3, 1], "fee": [10.0, 20, 30]}, index=list("abc"))
    found = fit.predict(table, next_renewal="due", margin="fee", annual_discount=0.1)
    assert found.index.tolist() == ["a", "b", "c"]
    each = fit.residual_lifetime([1, 3, 1], 0.1)
    assert found["value"].tolist() == pytest.approx((each * table["fee"]).tolist())
    new = fit.new_customer_value(**MONEY)
    assert new["lifetime"][0] == pytest.approx(fit.discounted_lifetime(0.1))
    assert new["value_low"][0] < new["value"][0] < new["value_high"][0]


# bad questions


def test_every_wrong_part_of_a_question_is_named_at_once():
    fit = wb.fit_contracts(SURVIVORS, "sbg", period="Y")
    with pytest.raises(ValueError, match="next_renewal must be whole numbers of at least 1; got 0") as error:
        fit.residual_value([0], margin=None, annual_discount=10, horizon_periods=0, moment="later")
    assert len(str(error.value).splitlines()) == 5
    assert "Write 0.1 for 10%" in str(error.value)
    assert "margin must be money per period" in str(error.value)
    with pytest.raises(TypeError, match="missing a required argument: 'annual_discount'"):
        fit.residual_value([1], margin=1)
    for ages in (-1, 1.5, np.nan, "old", [[1]]):
        with pytest.raises(ValueError, match="whole numbers of at least 0"):
            fit.survival(ages)
    with pytest.raises(ValueError, match="periods must be whole numbers of at least 1; got 0"):
        fit.retention([0, 1])
    with pytest.raises(ValueError, match="next_renewal has 2 numbers for 3 customers"):
        fit.residual_value([1, 2], customers=pd.DataFrame({"x": [1, 2, 3]}), **MONEY)


def test_wrong_parameters_are_named_at_once():
    with pytest.raises(ValueError, match="alpha must be a number above 0; got 0") as error:
        contract_model(0, float("nan"), c=-1, period=12)
    assert len(str(error.value).splitlines()) == 4


def test_wrong_columns_of_customers_are_named():
    fit, money = wb.fit_contracts(SURVIVORS, "sbg", period="Y"), {"annual_discount": 0.1}
    table = pd.DataFrame({"customer_id": [7, 8, 9], "due": [1, 0, 2.5], "fee": [10.0, np.nan, np.inf]})
    with pytest.raises(wb.TableError) as error:
        fit.predict(table, next_renewal="due", margin="fee", **money)
    assert "`due` must be a whole number of at least 1; 2 of 3 rows (first: customer 8, row 2, 0)" in str(error.value)
    assert "`fee` must be a finite number; 2 of 3 rows (first: customer 8, row 2, missing)" in str(error.value)
    with pytest.raises(wb.TableError, match="`renewal` is missing from the table"):
        fit.predict(table, next_renewal="renewal", margin=1.0, **money)
