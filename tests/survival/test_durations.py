"""Do the models of tenure find the published effects, agree with another program, and hold their intervals?"""

import warnings

import numpy as np
import pandas as pd
import pytest
from coverage_harness import assert_covers
from hypothesis import given, settings
from hypothesis import strategies as st
from lives import SIGMA, SLOPE, drawn, freireich
from scipy.integrate import quad
from scipy.special import gamma, gammainc, ndtr

from winback.survival.durations import fit_duration

FAMILIES = ("lognormal", "weibull", "loglogistic")
SEEDS = st.integers(0, 2**32 - 1)


def estimates(fit):
    return fit.params.set_index("term")["estimate"]


def std_errors(fit):
    return fit.params.set_index("term")["std_error"]


# published values


def test_freireich_as_survreg_fits_it():
    """Venables & Ripley, Modern Applied Statistics with S, 4th ed., section 13.2: survreg(Surv(time, cens) ~ treat)."""
    fit = fit_duration(freireich(), "C(group, contr.treatment('treated'))", "weibull")
    intercept, control, scale = fit.params["estimate"]
    assert (round(intercept, 3), round(control, 3), round(np.log(scale), 3)) == (3.516, -1.267, -0.312)
    error_intercept, error_control, error_scale = fit.params["std_error"]
    assert (round(error_intercept, 3), round(error_control, 3)) == (0.252, 0.311)
    assert round(error_scale / scale, 3) == 0.147  # of log scale
    assert round(fit.log_likelihood, 1) == -106.6
    assert (fit.n, fit.n_ended) == (42, 30)
    nothing = fit_duration(freireich(), "1", "weibull")
    assert round(nothing.log_likelihood, 1) == -116.4


# second implementation


@pytest.mark.parametrize("family", FAMILIES)
def test_lifelines_says_the_same(family, rng):
    import lifelines

    table = drawn(rng, family, n=600)
    fit = fit_duration(table, "spend + reason", family)
    fitter = {
        "lognormal": lifelines.LogNormalAFTFitter,
        "weibull": lifelines.WeibullAFTFitter,
        "loglogistic": lifelines.LogLogisticAFTFitter,
    }[family]
    data = pd.DataFrame({"spend": table["spend"], "service": (table["reason"] == "service") * 1.0})
    data = data.assign(months=table["second_tenure"], ended=table["second_ended"])
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        other = fitter().fit(data, "months", "ended")
    summary = other.summary.droplevel(0)
    effects = summary.iloc[:-1].loc[["Intercept", "service", "spend"]]
    ours = fit.params.set_index("term").loc[["Intercept", "reason[T.service]", "spend"]]
    np.testing.assert_allclose(ours["estimate"], effects["coef"], atol=2e-3)
    np.testing.assert_allclose(ours["std_error"], effects["se(coef)"], rtol=0.03)
    sign = 1 if family == "lognormal" else -1
    assert fit.sigma == pytest.approx(np.exp(sign * summary["coef"].iloc[-1]), rel=2e-3)
    assert std_errors(fit)["scale"] == pytest.approx(fit.sigma * summary["se(coef)"].iloc[-1], rel=0.03)
    assert fit.log_likelihood == pytest.approx(other.log_likelihood_, abs=0.01)
    assert fit.log_likelihood >= other.log_likelihood_ - 1e-9  # ours is the maximum
    assert fit.aic["aic"].iloc[0] == pytest.approx(other.AIC_, abs=0.02)


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES)
def test_restricted_mean_is_the_area_under_the_curve(family, rng):
    table = drawn(rng, family)
    fit, some = fit_duration(table, "spend + reason", family), table.head(1)
    for discount in (0.0, 0.1):
        ours = fit.restricted_mean(some, 36, discount)
        for place in range(1):
            area, _ = quad(lambda t, p=place, d=discount: (1 + d) ** (-t / 12) * fit.survival(some, [t])[p, 0], 0, 36)
            assert ours[place] == pytest.approx(area, rel=1e-7)


def test_restricted_means_in_closed_form(rng):
    table = drawn(rng)
    some, horizon = table.head(20), 36.0
    normal = fit_duration(table, "spend + reason", "lognormal")
    mu, sigma, log_horizon = normal.log_months(some), normal.sigma, np.log(horizon)
    inside = np.exp(mu + sigma**2 / 2) * ndtr((log_horizon - mu) / sigma - sigma)
    expected = inside + horizon * ndtr(-(log_horizon - mu) / sigma)
    np.testing.assert_allclose(normal.restricted_mean(some, horizon), expected, rtol=1e-9)
    np.testing.assert_allclose(normal.median(some), np.exp(mu))
    weibull = fit_duration(table, "spend + reason", "weibull")
    shape, scale = 1 / weibull.sigma, np.exp(weibull.log_months(some))
    expected = scale * gamma(1 + 1 / shape) * gammainc(1 / shape, (horizon / scale) ** shape)
    np.testing.assert_allclose(weibull.restricted_mean(some, horizon), expected, rtol=1e-9)
    np.testing.assert_allclose(weibull.median(some), scale * np.log(2) ** (1 / shape))


# laws


@pytest.mark.parametrize("family", FAMILIES)
def test_counts_say_the_same_as_rows(family, rng):
    table = drawn(rng, family)
    table = table.assign(spend=table["spend"].round(), second_tenure=table["second_tenure"].round() + 1)
    columns = ["spend", "reason", "second_tenure", "second_ended"]
    cells = table.groupby(columns).size().rename("customers").reset_index()
    cells = cells.assign(customer_id=range(len(cells)), returned=True)
    rows = fit_duration(table, "spend + reason", family)
    counted = fit_duration(cells, "spend + reason", family, weights="customers")
    assert len(cells) < 0.9 * len(table)
    numbers = ["estimate", "std_error", "low", "high"]
    np.testing.assert_allclose(counted.params[numbers], rows.params[numbers], rtol=1e-8, atol=1e-9)
    assert counted.log_likelihood == pytest.approx(rows.log_likelihood)
    assert (counted.n, counted.n_ended) == (rows.n, rows.n_ended)


@settings(max_examples=5, deadline=None)
@given(SEEDS, st.floats(0.05, 40), st.sampled_from(FAMILIES))
def test_time_in_another_unit_moves_the_intercept_alone(seed, unit, family):
    table = drawn(np.random.default_rng(seed), family)
    before = fit_duration(table, "spend + reason", family)
    after = fit_duration(table.assign(second_tenure=table["second_tenure"] * unit), "spend + reason", family)
    shift = after.params["estimate"] - before.params["estimate"]
    np.testing.assert_allclose(shift, np.array([np.log(unit), 0, 0, 0]), atol=1e-7)
    np.testing.assert_allclose(after.params["std_error"], before.params["std_error"], rtol=1e-6)


@settings(max_examples=5, deadline=None)
@given(SEEDS, st.sampled_from(FAMILIES))
def test_chances_fall_and_expected_months_are_bounded(seed, family):
    table = drawn(np.random.default_rng(seed), family)
    fit = fit_duration(table, "spend", family)
    shares = fit.survival(table, np.linspace(0, 90, 31))
    assert (shares[:, 0] == 1).all()
    assert (np.diff(shares, axis=1) <= 0).all()
    short, long = fit.restricted_mean(table, 12), fit.restricted_mean(table, 24)
    assert ((short > 0) & (short < 12) & (short < long) & (long < 24)).all()
    assert (fit.restricted_mean(table, 24, 0.2) < long).all()
    np.testing.assert_allclose(fit.survival(table, fit.median(table))[np.arange(400), np.arange(400)], 0.5)


@pytest.mark.parametrize("family", FAMILIES)
def test_remaining_months_complete_the_months_so_far(family, rng):
    """Months within a + h are those within a, and for those still there the further ones within h."""
    table = drawn(rng, family)
    fit, after, ahead = fit_duration(table, "spend", family), 10.0, 14.0
    whole = fit.restricted_mean(table, after + ahead)
    still = fit.survival(table, [after])[:, 0]
    parts = fit.restricted_mean(table, after) + still * fit.remaining(table, after, ahead)
    np.testing.assert_allclose(parts, whole, rtol=1e-9)
    each = fit.remaining(table, np.full(len(table), after), ahead)
    np.testing.assert_allclose(each, fit.remaining(table, after, ahead))
    assert np.isfinite(fit.remaining(table, 1e6, ahead)).all()


# recovery and coverage


@pytest.mark.parametrize("family", FAMILIES)
def test_recovers_what_was_simulated_and_chooses_the_family(family, rng):
    fit = fit_duration(drawn(rng, family, n=12_000), "spend + reason")
    assert fit.distribution == family
    assert fit.aic["distribution"].iloc[0] == family
    assert fit.aic["aic"].is_monotonic_increasing
    truth = pd.Series({"Intercept": 3, "spend": SLOPE, "reason[T.service]": -0.2, "scale": SIGMA})
    distance = (estimates(fit) - truth) / std_errors(fit)
    assert (distance.abs() < 4).all()


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES)
def test_intervals_hold(family, record_property):
    rng, found = np.random.default_rng(20160301), []
    for _ in range(200):
        params = fit_duration(drawn(rng, family), "spend + reason", family).params.set_index("term")
        found.append(params.loc[["spend", "scale"], ["low", "high"]].to_numpy().ravel())
    low, high, scale_low, scale_high = np.array(found).T
    record_property("effect", str(assert_covers(low, high, SLOPE)))
    record_property("scale", str(assert_covers(scale_low, scale_high, SIGMA)))
