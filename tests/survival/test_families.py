"""Are the shapes of second tenures those of scipy, and tied to a normal variable by their quantiles?"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import gumbel_l, logistic, norm

from winback.survival.families import FAMILIES, find_family

SCIPYS = {"lognormal": norm, "weibull": gumbel_l, "loglogistic": logistic, "gaussian": norm}
EVERY = pytest.mark.parametrize("name", FAMILIES)


@EVERY
@given(w=st.floats(-12, 3))
def test_density_and_score_are_scipys(name, w):
    family, other = find_family(name), SCIPYS[name]
    assert family.log_density(w) == pytest.approx(other.logpdf(w), rel=1e-12, abs=1e-12)
    assert family.score(w) == pytest.approx(norm.ppf(other.cdf(w)), rel=1e-7, abs=1e-7)
    step = 1e-5
    slope = (other.logpdf(w + step) - other.logpdf(w - step)) / (2 * step)
    assert family.log_density_slope(w) == pytest.approx(slope, rel=1e-4, abs=1e-4)


@EVERY
@given(score=st.floats(-30, 30))
def test_quantile_undoes_score(name, score):
    family = find_family(name)
    assert family.score(family.quantile(score)) == pytest.approx(score, rel=1e-9, abs=1e-9)


@EVERY
@given(w=st.floats(-20, 3.5))
def test_slope_of_the_score(name, w):
    family, step = find_family(name), 1e-5
    numeric = (family.score(w + step) - family.score(w - step)) / (2 * step)
    assert family.score_slope(w, family.score(w)) == pytest.approx(numeric, rel=1e-5)


@EVERY
def test_outcome_and_tenure_undo_each_other(name):
    months = np.array([0.01, 1.0, 37.5, 900.0])
    family = find_family(name)
    assert family.tenure(family.outcome(months)) == pytest.approx(months, rel=1e-14)


def test_normal_tenures_are_not_below_zero():
    assert find_family("gaussian").tenure(np.array([-3.0, 0.0, 2.0])).tolist() == [0.0, 0.0, 2.0]


def test_an_unknown_shape_is_refused():
    with pytest.raises(ValueError, match=r"one of lognormal, weibull, loglogistic, gaussian; got 'gamma'"):
        find_family("gamma")
