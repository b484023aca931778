"""Is the joint likelihood that of the model as stated, and are its gradient and Hessian its derivatives?"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import fisk, lognorm, norm, weibull_min

from winback.second_lifetime.joint_likelihood import JointData, hessian, log_likelihood
from winback.second_lifetime.parameters import correlation_slopes, correlations_of
from winback.survival.families import FAMILIES

SEEDS = st.integers(0, 2**32 - 1)
SHARES = {"all ended": 1.0, "some running": 0.5, "all running": 0.0}


def some_parameters(rng):
    """Draw parameters of `some_data`; correlations up to about .9."""
    return np.concatenate([[0.5], 0.3 * rng.standard_normal(6), rng.uniform(-0.4, 0.6, 2), rng.uniform(-1.3, 1.3, 3)])


def some_data(rng, family, ended_share, n_lost=4, n_back=9):
    """Draw parameters, covariates, and outcomes from the model with other errors than its own."""
    theta, n_ended, one = some_parameters(rng), round(ended_share * n_back), np.ones((n_back, 1))
    x_tenure, x_margin = (np.column_stack([one, rng.standard_normal((n_back, 1))]) for _ in range(2))
    data = JointData(
        x_lost=np.column_stack([np.ones(n_lost), rng.standard_normal((n_lost, 2))]),
        x_back=np.column_stack([one, rng.standard_normal((n_back, 2))]),
        x_tenure=x_tenure,
        x_margin=x_margin,
        y=x_tenure @ theta[3:5] + np.exp(theta[7]) * rng.uniform(-1.2, 0.7, n_back),
        margin=x_margin @ theta[5:7] + np.exp(theta[8]) * rng.uniform(-1, 1, n_back),
        n_ended=n_ended,
        family=FAMILIES[family],
    )
    return data, theta


def differences(function, theta, step=2e-3):
    """Differentiate by central differences at three steps, the errors of order h^2 and h^4 removed."""
    columns = []
    for direction in np.eye(len(theta)):
        near, middle, far = (
            (function(theta + size * direction) - function(theta - size * direction)) / (2 * size)
            for size in (step, 2 * step, 4 * step)
        )
        columns.append((16 * (4 * near - middle) / 3 - (4 * middle - far) / 3) / 15)
    return np.stack(columns, axis=-1)


@pytest.mark.parametrize("ended", SHARES)
@pytest.mark.parametrize("family", FAMILIES)
@settings(max_examples=6, deadline=None, derandomize=True)
@given(seed=SEEDS)
def test_gradient(family, ended, seed):
    rng = np.random.default_rng(seed)
    data, theta = some_data(rng, family, SHARES[ended])
    _, gradient = log_likelihood(theta, data)
    numeric = differences(lambda t: log_likelihood(t, data)[0], theta)
    assert (np.abs(gradient - numeric) / np.maximum(1, np.abs(gradient))).max() < 1e-8


@pytest.mark.parametrize("ended", SHARES)
@pytest.mark.parametrize("family", FAMILIES)
@settings(max_examples=3, deadline=None, derandomize=True)
@given(seed=SEEDS)
def test_hessian(family, ended, seed):
    rng = np.random.default_rng(seed)
    data, theta = some_data(rng, family, SHARES[ended])
    found = hessian(theta, data)
    numeric = differences(lambda t: log_likelihood(t, data)[1], theta)
    assert (np.abs(found - numeric) / np.maximum(1, np.abs(numeric).max())).max() < 1e-6
    assert found == pytest.approx(found.T, rel=1e-6, abs=1e-6)


# a second derivation, from the statement of the model


def tenure_distribution(family, mean, sd):
    """Return scipy's distribution of tenure itself."""
    if family == "lognormal":
        return lognorm(s=sd, scale=np.exp(mean))
    if family == "weibull":
        return weibull_min(c=1 / sd, scale=np.exp(mean))
    if family == "loglogistic":
        return fisk(c=1 / sd, scale=np.exp(mean))
    return norm(mean, sd)


def density_of_one(a, tenure, margin, rho, months, money):
    """Return the density of (z = 1, T = months, M = money) by the Gaussian copula and the errors' correlations."""
    return_tenure, return_margin, tenure_margin = rho
    e = np.array([norm.ppf(tenure.cdf(months)), norm.ppf(margin.cdf(money))])
    inner = np.array([[1, tenure_margin], [tenure_margin, 1]])
    weights = np.linalg.solve(inner, [return_tenure, return_margin])
    chance = norm.sf(-a, loc=weights @ e, scale=np.sqrt(1 - weights @ [return_tenure, return_margin]))
    copula = np.exp(-0.5 * e @ (np.linalg.inv(inner) - np.eye(2)) @ e) / np.sqrt(np.linalg.det(inner))
    return chance * copula * tenure.pdf(months) * margin.pdf(money)


def given_share(share, a, tenure, margin, rho, money):
    """Return the same density per share of tenures passed, which is bounded."""
    months = tenure.ppf(share)
    return density_of_one(a, tenure, margin, rho, months, money) / tenure.pdf(months)


def directly(theta, data):
    """Evaluate the log-likelihood customer by customer; ended ones by densities, running ones by an integral."""
    alpha, beta, delta = theta[:3], theta[3:5], theta[5:7]
    sd_tenure, sd_margin = np.exp(theta[7:9])
    rho = correlations_of(theta[9:])
    total = norm.logcdf(-data.x_lost @ alpha).sum()
    for row in range(len(data.y)):
        tenure = tenure_distribution(data.family.name, data.x_tenure[row] @ beta, sd_tenure)
        margin = norm(data.x_margin[row] @ delta, sd_margin)
        y = data.y[row]
        months = np.exp(y) if data.family.log_tenure else y
        jacobian = months if data.family.log_tenure else 1.0  # the likelihood is that of y
        rest = (data.x_back[row] @ alpha, tenure, margin, rho)
        if row < data.n_ended:
            total += np.log(jacobian * density_of_one(*rest, months, data.margin[row]))
            continue
        share = quad(lambda p, rest=rest, row=row: given_share(p, *rest, data.margin[row]), tenure.cdf(months), 1)[0]
        total += np.log(share)
    return total


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_it_is_the_likelihood_of_the_model(family, seed):
    rng = np.random.default_rng(seed)
    data, theta = some_data(rng, family, 0.6, n_lost=3, n_back=5)
    assert log_likelihood(theta, data)[0] == pytest.approx(directly(theta, data), abs=1e-7)


@pytest.mark.parametrize("family", FAMILIES)
def test_probabilities_sum_to_one(family):
    """A customer returns and is still here from the start on, or does not return: the chances add up to one."""
    theta = np.array([0.3, -0.2, 0.1, 0.4, 0.2, -0.1, 0.3, -0.1, 0.2, 0.9, -0.5, 0.7])
    one = np.ones((1, 1))
    x_return, x_other = np.array([[1.0, 0.4, -0.7]]), np.array([[1.0, 0.5]])

    def share(money):
        data = JointData(x_return[:0], x_return, x_other, x_other, -30 * one[0], np.array([money]), 0, FAMILIES[family])
        return np.exp(log_likelihood(theta, data)[0])

    back = sum(quad(share, low, low + 2, epsabs=1e-13)[0] for low in range(-14, 14, 2))
    assert back == pytest.approx(norm.cdf(x_return[0] @ theta[:3]), abs=1e-9)


# parameters and correlations


@given(st.lists(st.floats(-3, 3), min_size=3, max_size=3))
def test_every_free_parameter_is_a_correlation_matrix(free):
    a, b, c = correlations_of(np.array(free))
    eigenvalues = np.linalg.eigvalsh([[1, a, b], [a, 1, c], [b, c, 1]])
    assert eigenvalues[0] > -1e-12
    numeric = differences(correlations_of, np.array(free))
    assert correlation_slopes(np.array(free)) == pytest.approx(numeric, abs=1e-9)


def test_uncorrelated_is_the_sum_of_three_models(rng):
    data, theta = some_data(rng, "weibull", 0.5)
    theta[-3:] = 0
    w = (data.y - data.x_tenure @ theta[3:5]) * np.exp(-theta[7])
    tenure = np.where(np.arange(len(w)) < data.n_ended, w - theta[7], 0.0) - np.exp(w)
    margin = norm.logpdf(data.margin, data.x_margin @ theta[5:7], np.exp(theta[8]))
    chance = norm.logcdf(-data.x_lost @ theta[:3]).sum() + norm.logcdf(data.x_back @ theta[:3]).sum()
    assert log_likelihood(theta, data)[0] == pytest.approx(chance + tenure.sum() + margin.sum(), abs=1e-11)
