"""Does a second way of computing say the same? Formulas with 2F1, integrals over customers, other optimisers, draws."""

from functools import partial
from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import minimize
from scipy.special import beta as beta_function
from scipy.special import betaln, gammaln, hyp2f1
from shoppers import cdnow, donations, donors, shoppers, spenders

import winback as wb
from winback.purchases import gamma_gamma
from winback.purchases.bg_bb import BG_BB
from winback.purchases.bg_nbd import BG_NBD, MBG_NBD
from winback.purchases.cells import PurchaseCells, collapse, one_cell
from winback.purchases.pareto_nbd import PARETO_NBD, time_of_leaving

TIMED = (BG_NBD, MBG_NBD, PARETO_NBD)
HISTORIES = [(0, 0.0, 30.0), (1, 4.0, 39.0), (2, 30.43, 38.86), (9, 20.0, 35.0), (26, 30.86, 31.0), (40, 12.0, 39.0)]
PLACES = [(0.24, 4.4, 0.79, 2.43), (1.7, 9.0, 1.4, 6.0), (0.55, 10.6, 0.61, 11.7), (0.9, 30.0, 2.3, 3.0)]


def cells_of(histories):
    frequency, recency, age = (np.array(each) for each in zip(*histories, strict=True))
    return PurchaseCells(frequency, recency, age, counts=np.ones(len(histories)))


def log_gammas(r, alpha, x):
    return gammaln(r + x) - gammaln(r) + r * np.log(alpha)


def bg_likelihood(parameters, x, last, age, chances):
    """Equation (6) of Fader, Hardie & Lee (2005), as printed; with one chance more to leave, the modified model."""
    r, alpha, a, b = parameters
    here = betaln(a, b + chances) - (r + x) * np.log(alpha + age)
    gone = betaln(a + 1, b + chances - 1) - (r + x) * np.log(alpha + last) if chances else -np.inf
    return log_gammas(r, alpha, x) - betaln(a, b) + np.logaddexp(here, gone)


def pareto_likelihood(parameters, x, last, age):
    """Return the closed form with two 2F1, of Fader & Hardie (2005), equations (20) and (21)."""
    r, alpha, s, beta = parameters
    third = s + 1 if alpha >= beta else r + x
    largest, gap, power = max(alpha, beta), abs(alpha - beta), r + s + x

    def part(time):
        return hyp2f1(power, third, power + 1, gap / (largest + time)) / (largest + time) ** power

    here = (alpha + age) ** -(r + x) * (beta + age) ** -s
    return log_gammas(r, alpha, x) + s * np.log(beta) + np.log(here + s / power * (part(last) - part(age)))


@pytest.mark.parametrize("parameters", PLACES)
def test_likelihoods_are_those_printed(parameters):
    theta, histories = np.log(parameters), HISTORIES[:4]
    cells = cells_of(histories)
    for model, printed in (
        (BG_NBD, lambda *given: bg_likelihood(parameters, *given, given[0])),
        (MBG_NBD, lambda *given: bg_likelihood(parameters, *given, given[0] + 1)),
        (PARETO_NBD, lambda *given: pareto_likelihood(parameters, *given)),
    ):
        expected = [printed(*history) for history in histories]
        np.testing.assert_allclose(model.terms(theta, cells)[0], expected, rtol=1e-10)


def test_time_of_leaving_is_the_integral_far_and_wide(rng):
    for _ in range(60):
        r, s = np.exp(rng.uniform(-4, 4, 2))
        alpha, beta = np.exp(rng.uniform(-6, 9, 2))
        x, age = int(rng.choice([0, 0, 1, 10, 300, 1000])), np.exp(rng.uniform(0, 5))
        last = age * rng.random() if x else 0.0
        found = time_of_leaving((r, alpha, s, beta), one_cell(x, last, age))[0, 0]
        least = min(alpha, beta) + last

        def integrand(grown, r=r + x, alpha=alpha + last, s=s, beta=beta + last, least=least):
            further = least * np.expm1(grown)
            return np.exp(grown - r * np.log1p(further / alpha) - (s + 1) * np.log1p(further / beta))

        ends = np.linspace(0, 1, 41) ** 3 * np.log1p((age - last) / least)
        panels = [quad(integrand, *pair, epsabs=0, epsrel=1e-12)[0] for pair in pairwise(ends)]
        assert found == pytest.approx(np.log(least * sum(panels)), abs=1e-10)


@pytest.mark.parametrize("parameters", PLACES)
def test_bg_nbd_expectation_is_the_printed_one(parameters):
    """Equation (10) of Fader, Hardie & Lee (2005), with 2F1."""
    r, alpha, a, b = parameters
    for x, last, age in HISTORIES:
        for t in (1.0, 39.0):
            z = t / (alpha + age + t)
            hyper = hyp2f1(r + x, b + x, a + b + x - 1, z) * ((alpha + age) / (alpha + age + t)) ** (r + x)
            odds = (x > 0) * a / (b + x - 1) * ((alpha + age) / (alpha + last)) ** (r + x) if x else 0.0
            printed = (a + b + x - 1) / (a - 1) * (1 - hyper) / (1 + odds)
            theta, cell = np.log(parameters), one_cell(x, last, age)
            found = BG_NBD.ahead(theta, cell, t, 0.0)[0] / (1 + np.exp(BG_NBD.log_odds_left(theta, cell)[0]))
            assert found == pytest.approx(printed, rel=1e-9)


@pytest.mark.parametrize("model", TIMED, ids=lambda model: model.name)
@pytest.mark.parametrize("parameters", PLACES[:2])
def test_discounted_purchases_are_the_integral_of_the_rate(model, parameters):
    theta, cell, force = np.log(parameters), one_cell(3, 20.0, 35.0), 0.002

    def rate(u):
        return (model.ahead(theta, cell, u * 1.001, 0.0) - model.ahead(theta, cell, u * 0.999, 0.0))[0] / (0.002 * u)

    ends = [0.01, 1, 10, 50, 200, 1000, 4000, 12000]
    area = sum(quad(lambda u: np.exp(-force * u) * rate(u), *pair)[0] for pair in pairwise(ends))
    area += model.ahead(theta, cell, 0.01, 0.0)[0]
    assert model.ahead(theta, cell, np.inf, force)[0] == pytest.approx(area, rel=1e-5)
    within = sum(quad(lambda u: np.exp(-force * u) * rate(u), *pair)[0] for pair in ((0.01, 1), (1, 10), (10, 50)))
    within += model.ahead(theta, cell, 0.01, 0.0)[0]
    assert model.ahead(theta, cell, 50.0, force)[0] == pytest.approx(within, rel=1e-5)


def test_bg_bb_likelihood_is_the_average_over_customers():
    """Integrate the likelihood of one customer's chances over both Beta distributions."""
    alpha, beta, gamma, delta = 1.2, 0.75, 0.66, 2.78
    nodes, weights = np.polynomial.legendre.leggauss(400)
    place, weights = ((nodes + 1) / 2) ** 4, weights * 2 * ((nodes + 1) / 2) ** 3  # powers tame the ends at zero
    p, density_p = 1 - place, weights * (1 - place) ** (alpha - 1) * place ** (beta - 1) / beta_function(alpha, beta)
    theta, density = place, weights * place ** (gamma - 1) * (1 - place) ** (delta - 1) / beta_function(gamma, delta)
    for x, last, n in [(0, 0, 6), (1, 3, 6), (3, 4, 6), (6, 6, 6)]:
        here = (1 - theta) ** n
        area = (density_p @ (p**x * (1 - p) ** (n - x))) * (density @ here)
        for j in range(last, n):
            area += (density_p @ (p**x * (1 - p) ** (j - x))) * (density @ (theta * (1 - theta) ** j))
        found = BG_BB.terms(np.log([alpha, beta, gamma, delta]), one_cell(x, float(last), float(n)))[0][0]
        assert np.exp(found) == pytest.approx(area, rel=1e-6)


def test_bg_bb_expectation_is_the_printed_one():
    """Fader, Hardie & Shang (2010), equation (13)."""
    alpha, beta, gamma, delta = 1.2, 0.75, 0.66, 2.78
    theta = np.log([alpha, beta, gamma, delta])
    for x, last, n, m in [(0, 0, 6, 1), (3, 4, 6, 5), (6, 6, 6, 30)]:
        cell = one_cell(x, float(last), float(n))
        likelihood = np.exp(BG_BB.terms(theta, cell)[0][0])
        gammas = [np.exp(gammaln(1 + delta + k) - gammaln(gamma + delta + k)) for k in (n, n + m)]
        share = np.exp(betaln(alpha + x + 1, beta + n - x) - betaln(alpha, beta))
        scale = delta / (gamma - 1) * np.exp(gammaln(gamma + delta) - gammaln(1 + delta))
        printed = share * scale * (gammas[0] - gammas[1]) / likelihood
        stays = 1 / (1 + np.exp(BG_BB.log_odds_left(theta, cell)[0]))
        assert stays * BG_BB.ahead(theta, cell, m, 0.0)[0] == pytest.approx(printed, rel=1e-9)


def gamma_gamma_cells(rng):
    table = spenders(rng, (6.0, 4.0, 15.0), 80)
    table = table[table["frequency"] > 0]
    counts = rng.integers(1, 4, len(table)).astype(float)
    return gamma_gamma.SpendCells(table["frequency"].to_numpy(), table["mean_spend"].to_numpy(), counts=counts)


def test_gamma_gamma_likelihood_is_the_average_over_customers(rng):
    p, q, v = 2.5, 3.0, 10.0
    cells = gamma_gamma_cells(rng)
    values, _ = gamma_gamma.terms(np.log([p, q, v]), cells)
    for x, spend, value in list(zip(cells.frequency, cells.spend, values, strict=True))[:5]:

        def integrand(nu, shape=p * x, spend=spend, x=x):
            density = shape * np.log(nu * x) + (shape - 1) * np.log(spend) - nu * x * spend - gammaln(shape)
            return np.exp(density + q * np.log(v) + (q - 1) * np.log(nu) - v * nu - gammaln(q))

        area = quad(integrand, 0, np.inf, epsabs=0, epsrel=1e-11)[0]
        assert np.exp(value) == pytest.approx(area, rel=1e-8)


@pytest.mark.parametrize("model", [*TIMED, BG_BB], ids=lambda model: model.name)
@pytest.mark.parametrize("parameters", [*PLACES, (9.0, 0.3, 0.02, 8.0)])
def test_gradients_are_the_slopes_of_the_likelihood(model, parameters, rng):
    if model is BG_BB:
        table = donors(rng, (1.2, 0.75, 0.66, 2.78), 300, 9)
        age = table["opportunities"]
    else:
        table = shoppers(rng, "bg_nbd", (0.6, 2.0, 0.5, 4.0), 300, (20, 40), 1 / 7)
        age = table["age"]
    columns = (table["frequency"], table["recency"], age)
    cells = collapse(columns[0].to_numpy(), *(column.to_numpy(dtype=float) for column in columns[1:]))
    assert_slopes(lambda theta: model.terms(theta, cells), np.log(parameters))


def test_gamma_gamma_gradient_is_the_slope_of_the_likelihood(rng):
    cells = gamma_gamma_cells(rng)
    place = np.log([3.0, 2.0, 5.0])
    assert_slopes(lambda theta: gamma_gamma.terms(theta, cells), place)

    def gradient(theta):
        slopes = gamma_gamma.terms(theta, cells)[1] @ cells.counts
        return slopes, gamma_gamma.curvature(theta, cells)

    assert_slopes(gradient, place)


def assert_slopes(terms, theta):
    """Compare with Richardson's extrapolation of central differences, good to about 1e-10."""
    slopes = terms(theta)[1]
    for axis in range(len(theta)):
        step = np.zeros(len(theta))
        step[axis] = 1e-3
        rough, fine = ((terms(theta + step * h)[0] - terms(theta - step * h)[0]) / (2e-3 * h) for h in (2, 1))
        np.testing.assert_allclose(slopes[axis], (4 * fine - rough) / 3, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize(
    "fit",
    [
        partial(wb.fit_purchases, model="bg_nbd"),
        partial(wb.fit_purchases, model="mbg_nbd"),
        partial(wb.fit_purchases, model="pareto_nbd"),
    ],
)
def test_another_optimiser_finds_the_same_top(fit):
    found = fit(cdnow(), period="W", weights="customers")
    cells = found.cells

    def misfit(theta):
        with np.errstate(all="ignore"):
            values, slopes = found.model.terms(theta, cells)
        return -(cells.counts @ values), -(slopes @ cells.counts)

    other = minimize(misfit, np.log([1.0, 5.0, 1.0, 5.0]), jac=True, method="L-BFGS-B", options={"gtol": 1e-6})
    assert found.log_likelihood >= -other.fun - 1e-9
    assert found.log_likelihood == pytest.approx(-other.fun, abs=1e-4)


def test_std_errors_are_those_of_the_observed_information():
    """Differences of the log-likelihood itself, twice, in the donors' fit."""
    fit = wb.fit_purchases(donations(), "bg_bb", period="Y", weights="customers")
    steps = 1e-3 * np.eye(4)

    def value(theta):
        return float(fit.cells.counts @ fit.model.terms(theta, fit.cells)[0])

    information = np.array(
        [
            [-sum(i * j * value(fit.theta + i * a + j * b) for i in (-1, 1) for j in (-1, 1)) / 4e-6 for a in steps]
            for b in steps
        ]
    )
    np.testing.assert_allclose(fit.covariance, np.linalg.inv(information), rtol=1e-3)
    expected = fit.params["estimate"] * np.sqrt(np.diag(fit.covariance))
    np.testing.assert_allclose(fit.params["std_error"], expected)
