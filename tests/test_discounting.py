"""Is later money weighted as the formula says, and is a wrong rate or horizon refused in words?"""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from winback.discounting import (
    check_annual_discount,
    check_horizon,
    discount_factor,
    discounted_months,
    monthly_force,
)

months = st.floats(0.01, 240)
rates = st.floats(0.001, 0.9)
RATES = (0.0, 1e-9, 0.01, 0.10, 0.5, 0.99)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("length", [0.03, 1.0, 24.0, 600.0])
def test_discounted_months_are_the_integral_of_the_factor(length, rate):
    integral, _ = quad(lambda t: (1 + rate) ** (-t / 12), 0, length, epsabs=0, epsrel=1e-12)
    assert discounted_months(length, rate) == pytest.approx(integral, rel=1e-11)


@pytest.mark.parametrize(("years", "factor"), [(0, 1.0), (1, 0.8), (2, 0.64), (3, 0.512)])
def test_a_year_costs_a_fifth_at_a_rate_of_a_quarter(years, factor):
    assert discount_factor(12 * years, 0.25) == pytest.approx(factor, rel=1e-14)


@pytest.mark.parametrize("rate", [0.10, 0.5])
def test_money_without_end_is_worth_12_months_over_the_logarithm(rate):
    assert discounted_months(np.inf, rate) == pytest.approx(12 / np.log(1 + rate), rel=1e-14)


def test_a_year_at_ten_percent_is_worth_its_known_number_of_months():
    assert discounted_months(12, 0.10) == pytest.approx((1 - 1 / 1.1) * 12 / np.log(1.1), rel=1e-14)


def test_the_force_over_a_year_is_the_annual_rate():
    assert np.exp(12 * monthly_force(0.07)) == pytest.approx(1.07, rel=1e-14)


@pytest.mark.parametrize("rate", RATES)
def test_no_months_are_worth_nothing(rate):
    assert discounted_months(0, rate) == 0


@given(length=st.floats(0, 1e6))
def test_at_rate_zero_months_are_plain_months(length):
    assert discounted_months(length, 0) == length
    assert discount_factor(length, 0) == 1


@given(length=months, rate=st.floats(1e-12, 1e-9))
def test_a_tiny_rate_loses_no_digits(length, rate):
    missing = rate / 12 * length**2 / 2  # A(t) = t - k t^2 / 2 + ..., with k = d / 12 + ...
    assert discounted_months(length, rate) == pytest.approx(length - missing, rel=1e-14)


@given(first=months, second=months, rate=st.one_of(st.just(0.0), rates))
def test_a_stream_is_its_first_part_and_its_second_part_discounted(first, second, rate):
    parts = discounted_months(first, rate) + discount_factor(first, rate) * discounted_months(second, rate)
    assert discounted_months(first + second, rate) == pytest.approx(parts, rel=1e-13)


@given(length=months, longer=st.floats(0.01, 120), rate=rates)
def test_longer_is_worth_more_and_later_is_worth_less(length, longer, rate):
    assert discounted_months(length + longer, rate) > discounted_months(length, rate)
    assert discount_factor(length + longer, rate) < discount_factor(length, rate)


@given(length=months, rate=rates, more=st.floats(1e-4, 0.09))
def test_a_higher_rate_makes_money_worth_less(length, rate, more):
    assert discounted_months(length, rate + more) < discounted_months(length, rate) < length
    assert discount_factor(length, rate + more) < discount_factor(length, rate) < 1


@pytest.mark.parametrize("function", [discounted_months, discount_factor])
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 3)])
def test_the_shape_is_kept(function, shape):
    assert np.shape(function(np.ones(shape), 0.1)) == shape


@pytest.mark.parametrize("rate", [0.0, 0.1])
def test_the_callers_months_are_not_changed_through_the_result(rate):
    lengths = np.array([1.0, 2.0])
    discounted_months(lengths, rate)[:] = -1
    assert lengths.tolist() == [1, 2]


@pytest.mark.parametrize(
    ("rate", "said"),
    [
        (10, r"10\. Write 0\.1 for 10%\."),
        (7.5, r"7\.5\. Write 0\.075 for 7\.5%\."),
        (1, r"1\."),
        (-0.1, r"-0\.1\.$"),
        (150, r"150\.$"),
        (float("nan"), r"nan\.$"),
        (float("inf"), r"inf\.$"),
    ],
)
def test_a_rate_out_of_range_is_refused(rate, said):
    with pytest.raises(ValueError, match=f"^annual_discount must be a rate from 0 to under 1 a year; got {said}"):
        check_annual_discount(rate)


@pytest.mark.parametrize("rate", [None, True, "10%", [0.1]])
def test_what_is_no_number_is_no_rate(rate):
    said = f"annual_discount must be a rate such as 0.10 for 10% a year; got {rate!r}."
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        check_annual_discount(rate)


@pytest.mark.parametrize("function", [discount_factor, discounted_months])
def test_every_weight_refuses_a_percentage_for_a_rate(function):
    with pytest.raises(ValueError, match=r"annual_discount .*Write 0\.1 for 10%"):
        function(12, 10)


@pytest.mark.parametrize("rate", [0, 0.0, 0.10, np.float64(0.10), 0.999])
def test_a_rate_is_returned_as_it_is(rate):
    assert check_annual_discount(rate) == rate


@pytest.mark.parametrize("horizon", [0, -3, 1e308, float("inf"), float("-inf"), float("nan")])
def test_a_horizon_out_of_range_is_refused(horizon):
    with pytest.raises(
        ValueError,
        match=rf"^horizon_months must be above 0 and at most 1,000,000; got {horizon:g}\.$".replace("+", r"\+"),
    ):
        check_horizon(horizon)


@pytest.mark.parametrize("horizon", [None, True, "24", np.True_, [24]])
def test_what_is_no_number_is_no_horizon(horizon):
    said = f"horizon_months must be a number of months, such as 24; got {horizon!r}."
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        check_horizon(horizon)


@pytest.mark.parametrize("horizon", [24, 0.5, np.int64(60)])
def test_a_horizon_is_returned_as_it_is(horizon):
    assert check_horizon(horizon) == horizon


def test_at_rate_zero_the_farthest_money_counts_in_full():
    assert discount_factor(np.inf, 0) == 1
