"""Are the numbers found that others found for the win-back data of Kumar & Petersen (2012), chapter 7?

The specification is that of a public re-run of the chapter; the numbers were computed in R and in Python.
"""

import os

import numpy as np
import pytest
import statsmodels.api as sm
from lifelines import CoxPHFitter
from scipy.special import ndtr

import winback as wb
from winback.datasets.public import DAYS_PER_MONTH

SPECIFICATION = {
    "reacquisition": "first_days + offer_value + days_away + gender + age",
    "tenure": "first_days + offer_value + days_away + price_change + gender + age",
    "margin": "first_days + offer_value + price_change + gender + age",
}
COVARIATES = ["first_days", "offer_value", "days_away", "price_change", "gender", "age"]


@pytest.fixture(scope="module")
def book():
    if not os.environ.get("WINBACK_DATA_DIR"):
        pytest.skip("WINBACK_DATA_DIR is not set: no copy of customerWinBack.rda to read")
    return wb.load_winback_book().lapsed


@pytest.fixture(scope="module")
def two_step(book):
    return wb.fit_two_part(book, **SPECIFICATION, distribution="gaussian", mills_ratio=True)


@pytest.fixture(scope="module")
def probit_design(book):
    return sm.add_constant(book[["first_days", "offer_value", "days_away", "gender", "age"]].astype(float))


def rows_of(fit, equation):
    rows = fit.params[fit.params["equation"] == equation]
    return rows.set_index("term")


def printed(values, reference):
    """Demand equality to one unit of the last printed digit of a reference, given as text."""
    for value, text in zip(values, reference.split(), strict=True):
        digits = len(text.partition(".")[2])
        assert abs(value - float(text)) <= 1.01 * 10.0**-digits, (value, text)


# the table


def test_the_table(book):
    assert (len(book), int(book["returned"].sum())) == (500, 295)
    assert book["second_ended"].dropna().all()
    assert not book.loc[~book["returned"], ["second_tenure", "second_margin", "second_value"]].notna().any(axis=None)
    assert (~book["returned"] & (book["price_change"] != 0)).sum() == 118  # contrary to its help page
    back = book[book["returned"]]
    assert (back["second_margin"] * back["second_tenure"]).to_numpy() == pytest.approx(back["second_value"].to_numpy())
    assert (book["first_days"] / book["first_tenure"]).to_numpy() == pytest.approx(DAYS_PER_MONTH)


# return


def test_probit(two_step):
    rows = rows_of(two_step, "reacquisition")
    printed(rows["estimate"], "-1.498854154 .009105693 .157116638 -.033347283 -.206351018 -.038771779")
    printed(rows["std_error"], ".6617965 .00088819 .02582452 .00364546 .1944639 .00703678")


def test_probit_log_likelihood(book, two_step):
    chance = two_step.chance_of_return(book)
    printed([np.log(np.where(book["returned"], chance, 1 - chance)).sum()], "-116.1752947")
    share = book["returned"].mean()
    printed([500 * (share * np.log(share) + (1 - share) * np.log(1 - share))], "-338.4292734")


def test_expected_information_gives_the_other_standard_errors(book, probit_design, two_step):
    family = sm.families.Binomial(sm.families.links.Probit())
    other = sm.GLM(book["returned"].astype(float), probit_design, family=family).fit(tol=1e-12)
    printed(other.bse, ".6628088 .00086416 .02605790 .00357798 .1950101 .00708297")
    assert rows_of(two_step, "reacquisition")["estimate"].to_numpy() == pytest.approx(other.params.to_numpy(), rel=1e-7)


def test_hit_rate(book, two_step):
    hits = two_step.check(book, threshold=0.5).hits.iloc[0]
    printed(hits[["hit_rate", "sensitivity", "specificity"]], ".864 .88136 .83902")


# second tenure, in days


def test_two_step_tenure(two_step):
    rows = rows_of(two_step, "tenure")
    terms = ["Intercept", *COVARIATES, "mills_ratio"]
    days = rows.loc[terms, "estimate"] * DAYS_PER_MONTH
    printed(days, "152.638748 1.21242469 2.35051809 -.97247003 -7.83838802 10.3349193 -2.50635238 19.1368271")
    errors = rows.loc[terms, "std_error"] * DAYS_PER_MONTH
    printed(errors, "13.47780 .0112504 .4559091 .0544557 .1153209 3.689239 .1280700 6.554760")


def test_two_step_spread_and_correlation(two_step):
    step = two_step.mills["tenure"]
    printed([step.sigma * DAYS_PER_MONTH, step.rho, step.r_squared], "30.396733 .6295686 .9904784")
    assert "0.63" in two_step.describe()


def test_value(book, two_step, probit_design):
    """Value on the Mills ratio and on Phi x E[duration], the days expected without the ratio's own term."""
    linear = probit_design.to_numpy() @ rows_of(two_step, "reacquisition")["estimate"].to_numpy()
    rows = rows_of(two_step, "tenure")["estimate"] * DAYS_PER_MONTH
    ratio = np.exp(-0.5 * linear**2) / np.sqrt(2 * np.pi) / ndtr(linear)
    days = rows["Intercept"] + book[COVARIATES].astype(float).to_numpy() @ rows[COVARIATES].to_numpy()
    found = {}
    for name, expected in {"without": days, "with": days + rows["mills_ratio"] * ratio}.items():
        value = book[["first_days", "offer_value", "price_change", "gender", "age"]].astype(float)
        value = sm.add_constant(value.assign(ratio=ratio, expected=ndtr(linear) * expected))
        back = book["returned"].to_numpy()
        found[name] = sm.OLS(book.loc[back, "second_value"], value[back]).fit()
    reference = "337.817302 .93246190 1.62478758 -7.73026281 14.1585962 -2.15522850 124.054057 .70135734"
    printed(found["with"].params, reference)
    printed([found["with"].rsquared], ".9851227")


# survival of those who returned, in days


@pytest.mark.parametrize(
    ("distribution", "reference"),
    [("weibull", "-1751.5461"), ("loglogistic", "-1812.9689"), ("lognormal", "-1915.9522")],
)
def test_survival(book, distribution, reference):
    in_days = book.assign(second_tenure=book["second_days"])
    fit = wb.fit_two_part(in_days, **SPECIFICATION, distribution=distribution)
    chance = fit.chance_of_return(book)
    margin = sm.OLS(
        book.loc[book["returned"], "second_margin"],
        sm.add_constant(
            book.loc[book["returned"], ["first_days", "offer_value", "price_change", "gender", "age"]].astype(float)
        ),
    ).fit()
    rest = np.log(np.where(book["returned"], chance, 1 - chance)).sum() + margin.llf
    printed([fit.log_likelihood - rest], reference)


def test_cox(book):
    back = book.loc[book["returned"], [*COVARIATES, "second_days"]].astype(float)
    back[COVARIATES] = (back[COVARIATES] - back[COVARIATES].mean()) / back[COVARIATES].std()
    cox = CoxPHFitter().fit(back, "second_days", fit_options={"precision": 1e-12})
    printed([cox.log_likelihood_], "-737.8619445")


# the guard


def test_log_normal_tenure_is_noticed_as_wrong(book):
    fit = wb.fit_two_part(book, **SPECIFICATION, distribution="lognormal", mills_ratio=True)
    printed([fit.mills["tenure"].rho], "-1.104")
    assert "correlation of return and tenure of -1.104, outside [-1, 1]" in fit.describe()
    assert "try another distribution" in fit.describe()


def test_normal_tenure_is_not(two_step):
    assert "outside" not in two_step.describe()


def test_joint_models_of_both_shapes(book):
    wrong, right = (wb.fit_joint(book, **SPECIFICATION, distribution=name) for name in ("lognormal", "gaussian"))
    assert any(
        "implies a correlation of return and tenure of -1.10, outside [-1, 1]" in doubt for doubt in wrong.doubts
    )
    assert not any("outside [-1, 1]" in doubt for doubt in right.doubts)
    assert right.converged
    assert right.log_likelihood > wrong.log_likelihood + 100
    for fit in (wrong, right):  # what explains return explains tenure as well, and 295 returned
        assert not fit.trusted
        assert fit.recommended is fit.two_part
        assert any("no column explains return without" in doubt for doubt in fit.doubts)
        assert any("only 295 customers returned" in doubt for doubt in fit.doubts)
