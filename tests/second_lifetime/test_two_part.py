"""Does the two-part model agree with statsmodels, lifelines and matrix algebra?"""

import lifelines
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.special import ndtr
from simulated_lives import FORMULAS, MARGIN, TENURE, lost_customers

import winback as wb
from winback.labels import label_of
from winback.second_lifetime.two_part_fit import heckman_step, mills_ratio

AFT = {
    "lognormal": (lifelines.LogNormalAFTFitter, "mu_", "sigma_", 1),
    "weibull": (lifelines.WeibullAFTFitter, "lambda_", "rho_", -1),
    "loglogistic": (lifelines.LogLogisticAFTFitter, "alpha_", "beta_", -1),
}


@pytest.fixture(scope="module")
def table():
    customers = lost_customers(7, 1_500)
    return customers.assign(reason=np.where(customers.index % 3 == 0, "service", "price"))


@pytest.fixture(scope="module")
def back(table):
    return table[table["returned"]].reset_index(drop=True)


def rows_of(fit, equation):
    rows = fit.params[fit.params["equation"] == equation]
    return rows.set_index("term")


def fit_two_part(table, **more):
    formulas = {"reacquisition": "x + driver + reason", "tenure": "x + reason", "margin": "x"}
    return wb.fit_two_part(table, **formulas | more)


@pytest.mark.parametrize(("link", "model"), [("probit", sm.Probit), ("logit", sm.Logit)])
def test_return_is_statsmodels(table, link, model):
    rows = rows_of(fit_two_part(table, link=link), "reacquisition")
    design = sm.add_constant(table[["x", "driver"]].assign(service=table["reason"] == "service").astype(float))
    design = design[["const", "service", "x", "driver"]]
    other = model(table["returned"].astype(float), design).fit(disp=0)
    names = ["Intercept", "reason[T.service]", "x", "driver"]
    assert rows.loc[names, "estimate"].to_numpy() == pytest.approx(other.params.to_numpy(), rel=1e-6)
    assert rows.loc[names, "std_error"].to_numpy() == pytest.approx(other.bse.to_numpy(), rel=1e-5)
    assert rows.loc[names, "p_value"].to_numpy() == pytest.approx(other.pvalues.to_numpy(), rel=1e-4, abs=1e-12)
    ends = rows.loc[names, ["low", "high"]].to_numpy()
    assert ends == pytest.approx(other.conf_int().to_numpy(), rel=1e-4, abs=1e-5)


def test_margin_is_least_squares(table, back):
    rows = rows_of(fit_two_part(table), "margin")
    other = sm.OLS(back["second_margin"], sm.add_constant(back[["x"]])).fit()
    assert rows.loc[["Intercept", "x"], "estimate"].to_numpy() == pytest.approx(other.params.to_numpy(), rel=1e-10)
    assert rows.loc[["Intercept", "x"], "std_error"].to_numpy() == pytest.approx(other.bse.to_numpy(), rel=1e-10)
    assert rows.loc["sd", "estimate"] == pytest.approx(np.sqrt(other.scale), rel=1e-10)


@pytest.mark.parametrize("distribution", AFT)
def test_tenure_is_lifelines(table, back, distribution):
    fit = fit_two_part(table, distribution=distribution)
    rows = rows_of(fit, "tenure")
    fitter, place, shape, power = AFT[distribution]
    data = back[["second_tenure", "x"]].assign(service=(back["reason"] == "service") * 1.0)
    data["ended"] = back["second_ended"].astype(bool)
    other = fitter().fit(data, "second_tenure", "ended")
    names = ["Intercept", "x", "reason[T.service]"]
    found = rows.loc[names]
    assert found["estimate"].to_numpy() == pytest.approx(other.params_[place][["Intercept", "x", "service"]], abs=5e-4)
    errors = other.standard_errors_[place][["Intercept", "x", "service"]]
    assert found["std_error"].to_numpy() == pytest.approx(errors.to_numpy(), rel=1e-3)
    assert np.log(rows.loc["sd", "estimate"]) == pytest.approx(power * other.params_[shape]["Intercept"], abs=5e-4)
    error = other.standard_errors_[shape]["Intercept"] * rows.loc["sd", "estimate"]
    assert rows.loc["sd", "std_error"] == pytest.approx(error, rel=1e-3)


@pytest.mark.parametrize("distribution", AFT)
def test_log_likelihood_is_the_sum_of_three(table, back, distribution):
    fit = fit_two_part(table, distribution=distribution, tenure="x")
    fitter = AFT[distribution][0]
    data = back[["second_tenure", "x"]].assign(ended=back["second_ended"].astype(bool))
    stay = fitter().fit(data, "second_tenure", "ended").log_likelihood_
    chance = fit.chance_of_return(table)
    choice = np.log(np.where(table["returned"], chance, 1 - chance)).sum()
    margin = sm.OLS(back["second_margin"], sm.add_constant(back[["x"]])).fit().llf
    assert fit.log_likelihood == pytest.approx(choice + stay + margin, abs=1e-4)


def test_normal_tenure_without_running_ones_is_least_squares():
    table = lost_customers(3, 800, running=0.0, family="gaussian")
    fit = wb.fit_two_part(table, **FORMULAS, distribution="gaussian")
    back = table[table["returned"]]
    other = sm.OLS(back["second_tenure"], sm.add_constant(back[["x"]])).fit()
    rows = rows_of(fit, "tenure")
    assert rows.loc[["Intercept", "x"], "estimate"].to_numpy() == pytest.approx(other.params.to_numpy(), rel=1e-8)
    assert rows.loc["sd", "estimate"] == pytest.approx(np.sqrt(other.ssr / len(back)), rel=1e-8)
    assert "spread of tenure" in rows["in_words"].tolist()


# Heckman's two steps


def two_steps(outcome, design, table, first):
    """Heckman (1979) in matrices, with the standard errors of Greene (1981)."""
    back = table["returned"].to_numpy()
    w = sm.add_constant(table[["x", "driver"]]).to_numpy()
    a = (w @ first.params.to_numpy())[back]
    ratio = np.exp(-0.5 * a**2) / np.sqrt(2 * np.pi) / ndtr(a)
    x = np.column_stack([design, ratio])
    inverse = np.linalg.inv(x.T @ x)
    beta = inverse @ x.T @ outcome
    delta = np.diag(ratio * (ratio + a))
    left = outcome - x @ beta
    variance = left @ left / len(left) + beta[-1] ** 2 * np.trace(delta) / len(left)
    rho2 = beta[-1] ** 2 / variance
    q = rho2 * (x.T @ delta @ w[back]) @ first.cov_params().to_numpy() @ (w[back].T @ delta @ x)
    middle = x.T @ (np.eye(len(a)) - rho2 * delta) @ x + q
    return beta, np.sqrt(np.diag(variance * inverse @ middle @ inverse)), np.sqrt(variance)


@pytest.mark.parametrize("equation", ["tenure", "margin"])
def test_mills_ratio_is_heckmans(equation):
    table = lost_customers(11, 1_200, running=0.0)
    fit = wb.fit_two_part(table, **FORMULAS, mills_ratio=True)
    first = sm.Probit(table["returned"].astype(float), sm.add_constant(table[["x", "driver"]])).fit(disp=0)
    back = table[table["returned"]]
    outcome = np.log(back["second_tenure"]) if equation == "tenure" else back["second_margin"]
    beta, errors, sigma = two_steps(outcome.to_numpy(), sm.add_constant(back[["x"]]).to_numpy(), table, first)
    rows = rows_of(fit, equation).loc[["Intercept", "x", "mills_ratio"]]
    assert rows["estimate"].to_numpy() == pytest.approx(beta, rel=1e-6)
    assert rows["std_error"].to_numpy() == pytest.approx(errors, rel=1e-6)
    assert fit.mills[equation].sigma == pytest.approx(sigma, rel=1e-6)
    assert fit.mills[equation].rho == pytest.approx(beta[-1] / sigma, rel=1e-6)


def test_mills_ratio_undoes_the_selection():
    table = lost_customers(5, 40_000, running=0.0)
    plain, corrected = (wb.fit_two_part(table, **FORMULAS, mills_ratio=on) for on in (False, True))
    for equation, truth in (("tenure", TENURE), ("margin", MARGIN)):
        rows = rows_of(corrected, equation).loc[["Intercept", "x"]]
        far = (rows["estimate"] - truth) / rows["std_error"]
        assert far.abs().max() < 3.5
        rows = rows_of(plain, equation).loc[["Intercept", "x"]]
        assert ((rows["estimate"] - truth) / rows["std_error"]).abs().max() > 8
    assert corrected.mills["tenure"].rho == pytest.approx(0.4, abs=0.1)
    assert "correlation of return and tenure of 0." in corrected.describe()


def test_running_second_lifetimes_leave_tenure_uncorrected(table):
    fit = fit_two_part(table, mills_ratio=True)
    assert set(fit.mills) == {"margin"}
    running = int((~table["second_ended"].dropna().astype(bool)).sum())
    assert f"Tenure is not corrected by the Mills ratio: {running} second lifetimes are still running" in fit.describe()


@pytest.mark.parametrize("more", [{"link": "logit"}, {"distribution": "weibull"}])
def test_mills_ratio_needs_normal_errors(table, more):
    with pytest.raises(ValueError, match="mills_ratio=True needs link='probit' and a lognormal or gaussian"):
        fit_two_part(table, mills_ratio=True, **more)


def test_mills_ratio_far_out():
    assert mills_ratio(-300.0) == pytest.approx(300.00333, rel=1e-6)
    assert mills_ratio(40.0) == 0.0 or mills_ratio(40.0) < 1e-300


def test_heckmans_step_alone(rng):
    x, w = np.ones((50, 1)), np.column_stack([np.ones(50), rng.standard_normal(50)])
    linear = w @ [0.2, 0.9]
    outcome = 3.0 + 2.0 * mills_ratio(linear)
    step = heckman_step(outcome, x, linear, w, 0.01 * np.eye(2))
    assert step.coefficients == pytest.approx([3.0, 2.0])
    assert step.residual_sd == pytest.approx(0, abs=1e-10)
    assert step.r_squared == pytest.approx(1)


# predictions


@pytest.mark.parametrize("link", ["probit", "logit"])
def test_predictions_are_the_models(table, link):
    fit = fit_two_part(table, link=link)
    found = fit.predict(table, horizon_months=24)
    assert found["chance_of_return"].to_numpy() == pytest.approx(fit.chance_of_return(table), rel=1e-9)
    assert found["chance_of_return"].mean() == pytest.approx(table["returned"].mean(), abs=2e-2)
    margin = rows_of(fit, "margin")["estimate"]
    assert found["margin_if_returned"].to_numpy() == pytest.approx(margin["Intercept"] + margin["x"] * table["x"])
    assert found["tenure_if_returned"].between(0, 24).all()
    assert list(found["customer_id"]) == list(table["customer_id"])


def test_logit_and_probit_of_the_same_chances(table):
    """The linear part of a logit is put on the probit scale, also where chances are extreme."""
    fit = fit_two_part(table, link="logit")
    far = pd.concat([table.head(2)] * 2, ignore_index=True).assign(
        driver=[-40.0, -8.0, 8.0, 40.0], customer_id=range(4)
    )
    found = fit.predict(far)
    assert np.isfinite(found[["chance_of_return", "tenure_if_returned", "margin_if_returned"]]).all(axis=None)
    assert found["chance_of_return"].to_numpy() == pytest.approx(fit.chance_of_return(far), rel=1e-9)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"link": "cloglog"}, "link must be probit or logit; got 'cloglog'"),
        ({"distribution": "gamma"}, "distribution must be one of lognormal"),
        ({"level": 95}, "level must be between 0 and 1"),
    ],
)
def test_unknown_settings_are_refused(table, more, said):
    with pytest.raises(ValueError, match=said):
        fit_two_part(table, **more)


def test_parameters_add_up(table):
    fit = fit_two_part(table)
    frame = fit.to_frame()
    assert frame["z"].dropna().to_numpy() == pytest.approx((frame["estimate"] / frame["std_error"])[frame["z"].notna()])
    assert not frame.drop(columns=["z", "p_value"]).isna().any(axis=None)
    assert frame.loc[frame["z"].isna(), "term"].tolist() == ["sd", "sd"]
    wide = fit_two_part(table, level=0.99).params
    assert ((wide["high"] - wide["low"]) > (frame["high"] - frame["low"])).all()
    assert (fit.n, fit.n_returned) == (1_500, int(table["returned"].sum()))
    assert fit.n_ended == int(table["second_ended"].sum())


@pytest.mark.parametrize(("name", "value"), [("second_margin", 1e7), ("second_tenure", 1e-9)])
def test_a_value_that_lies_far_out_is_named(name, value):
    table = lost_customers(4, 1_000)
    first = int(table["returned"].to_numpy(dtype=bool).argmax())
    assert not wb.fit_two_part(table, **FORMULAS).cautions
    table.loc[first, [name, "second_ended"]] = [value, True]
    for fit in (wb.fit_two_part(table, **FORMULAS), wb.fit_joint(table, **FORMULAS)):
        said = str(fit.describe())
        assert f"1 of {fit.n_returned:,} values of {label_of(name)} lie more than 8 spreads" in said
        assert f"customer {table['customer_id'][first]} with {value:g}" in said
