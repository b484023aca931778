"""Is the risk of leaving that of single rows, is the truth found, and is the rest refused?"""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from at_risk import D, base_at_risk, drawn, read
from lifelines import CoxTimeVaryingFitter

import winback as wb
from winback.retention.person_months import month_starts, months_of
from winback.retention.risk_table import level_frame
from winback.tables import TableError

FORMULA = "log1p(tenure) + since_complaint + plan"


@pytest.fixture(scope="module")
def at_risk():
    return base_at_risk(2_500, rng=1)


@pytest.fixture(scope="module")
def fit(at_risk):
    return wb.fit_churn_risk(at_risk[0], FORMULA)


def rows_of(fit):
    """Return one row per customer and month, as a plain table, and who left."""
    columns, parts, left = fit.table_of_levels.columns, [], []
    for known in months_of(fit.base, columns, fit.starts):
        parts.append(fit.levels(known))
        left.append(known.left)
    return level_frame(np.concatenate(parts), columns), np.concatenate(left)


@pytest.mark.parametrize(
    "formula",
    [FORMULA, "bs(tenure, degree=2, knots=[4, 12]) + since_complaint", "plan * since_complaint + tenure", None],
)
def test_estimates_from_cells_are_those_of_single_rows(at_risk, formula):
    fit = wb.fit_churn_risk(at_risk[0], formula)
    table, left = rows_of(fit)
    assert len(table) == fit.n
    assert fit.n_cells < fit.n / 3
    plain = sm.GLM(left.astype(float), fit.design.matrix(table), family=sm.families.Binomial())
    found = plain.fit(tol=1e-12, tol_criterion="params", maxiter=50)
    np.testing.assert_allclose(fit.coefficients, found.params, atol=1e-8)
    np.testing.assert_allclose(np.sqrt(np.diag(fit.covariance)), found.bse, rtol=1e-6)
    assert fit.log_likelihood == pytest.approx(found.llf, rel=1e-9)


def test_numbers_looked_up_are_those_of_the_formula(fit):
    table, _ = rows_of(fit)
    levels = np.concatenate(
        [fit.levels(known) for known in months_of(fit.base, fit.table_of_levels.columns, fit.starts)]
    )
    np.testing.assert_allclose(fit.table_of_levels.matrix(levels), fit.design.matrix(table))
    np.testing.assert_allclose(fit.odds(levels), fit.design.matrix(table) @ fit.coefficients)


def test_the_truth_lies_in_the_intervals(at_risk, fit):
    params = fit.params.set_index("term")
    plan = params.loc["plan[T.small]"]
    assert abs(plan["estimate"] - D) < 3 * plan["std_error"]
    for level, wanted in (("1 month", 1.6), ("2 months", 1.0), ("3 months", 0.4), ("4 to 6 months", 0.0)):
        row = params.loc[f"since_complaint[T.{level}]"]
        assert abs(row["estimate"] - wanted) < 3 * row["std_error"], level
    tenure = params.loc["log1p(tenure)"]
    assert abs(tenure["estimate"] + 0.2) < 3 * tenure["std_error"]


def test_row_order_counts_for_nothing_and_everybody_twice_is_half_as_unsure(fit):
    contracts, events, _ = drawn(2_500, rng=1)
    mixed = wb.fit_churn_risk(read(contracts.sample(frac=1, random_state=1), events.iloc[::-1]), FORMULA)
    np.testing.assert_allclose(mixed.coefficients, fit.coefficients, rtol=1e-9)
    twice = [pd.concat([each, each.assign(customer_id=each["customer_id"] + 10_000)]) for each in (contracts, events)]
    double = wb.fit_churn_risk(read(*twice), FORMULA)
    np.testing.assert_allclose(double.coefficients, fit.coefficients, atol=1e-8)
    np.testing.assert_allclose(double.covariance, fit.covariance / 2, rtol=1e-6)
    assert (double.n, double.n_cells) == (2 * fit.n, fit.n_cells)


def test_without_a_formula_all_that_tells_something_is_taken():
    base, _ = base_at_risk(1_500, rng=2, volumes=True)
    fit = wb.fit_churn_risk(base)
    assert fit.formula.startswith("bs(tenure, degree=2, knots=[")
    assert {each.name for each in fit.table_of_levels.columns} == {
        "tenure",
        "since_complaint",
        "trend_volume",
        "month_of_year",
    }
    top = fit.to_frame().sort_values("odds").iloc[-1]
    assert top["in_words"].startswith("volume down by over 40%")
    assert "volume down by over 40%" in fit.describe()
    few = wb.fit_churn_risk(base_at_risk(80, rng=2)[0], months=24)
    assert few.formula.startswith("log1p(tenure)")


def test_fewer_months_are_the_latest_ones(at_risk):
    fit = wb.fit_churn_risk(at_risk[0], "tenure", months=6)
    assert fit.n == (at_risk[1]["month"] >= 30).sum()
    assert len(fit.starts) == 7
    assert fit.starts[-1] == month_starts(at_risk[0])[-1]


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("tenuer", r"`tenuer` is not known of customers before they leave\. Did you mean `tenure`\?"),
        ("since_complaints", r"Did you mean `since_complaint`\?"),
        ("end", "`end` is known of those who left only"),
        ("reason", "`reason` is known of those who left only, or not on which day"),
        ("went_to", "`went_to` is known of those who left only"),
        ("tenure +", "churn formula"),
        ("left ~ tenure", "must be a right-hand side only"),
        ("os.system(tenure)", "is not of the formula language"),
        ("came_back", "`came_back` is the same for nearly all who left"),
        ("tenure + I(2 * tenure)", "says nothing that the other terms of the churn formula do not say"),
        ("plan + C(plan)", "says nothing that the other terms|never occurs|is a function"),
    ],
)
def test_a_formula_that_cannot_be_used_is_refused(at_risk, formula, said):
    contracts, events, _ = drawn(500, rng=1)
    ended = contracts["end"].notna()
    contracts = contracts.assign(reason=np.where(ended, "price", None), went_to=np.where(ended, "Fonix", None))
    with pytest.raises(TableError, match=said) as refused:
        wb.fit_churn_risk(read(contracts, events), formula)
    assert "lost customers" not in str(refused.value)


def test_terms_that_foretell_all_losses_have_no_end():
    contracts, events, _ = drawn(1_500, rng=1)
    large = contracts["plan"] == "large"
    nobody = contracts.assign(end=contracts["end"].where(~large))
    with pytest.raises(TableError, match="`plan` is the same for nearly all who left"):
        wb.fit_churn_risk(read(nobody, events), "tenure + plan")
    complained = contracts["customer_id"].isin(events["customer_id"])
    crossed = read(contracts.assign(end=contracts["end"].where(~(large & complained))), events)
    assert len(wb.fit_churn_risk(crossed, "plan + since_complaint").params)
    with pytest.raises(ValueError, match="foretell who left without exception"):
        wb.fit_churn_risk(crossed, "plan * since_complaint")


@pytest.mark.slow
def test_a_second_opinion_in_continuous_time_agrees():
    """Cox's model with covariates that change: as few leave within a month, logs of odds and of hazards are alike."""
    base, truth = base_at_risk(3_000, rng=7)
    fit = wb.fit_churn_risk(base, "bs(tenure, knots=[3, 8, 16]) + since_complaint + plan").params.set_index("term")
    known = truth[["customer_id", "left"]].assign(start=truth["tenure"], stop=truth["tenure"] + 1)
    terms = {"since_complaint[T.1 month]": truth["since"] == 1, "since_complaint[T.2 months]": truth["since"] == 2}
    terms |= {"since_complaint[T.3 months]": truth["since"] == 3, "plan[T.small]": truth["small"]}
    later = {"4 to 6 months": (4, 6), "7 to 12 months": (7, 12), "over 12 months": (13, 99)}
    terms |= {f"since_complaint[T.{said}]": truth["since"].between(*ends) for said, ends in later.items()}
    rows = known.assign(**terms).astype(float)
    cox = CoxTimeVaryingFitter().fit(rows, id_col="customer_id", event_col="left", start_col="start", stop_col="stop")
    for term in terms:
        assert cox.params_[term] == pytest.approx(fit.loc[term, "estimate"], abs=0.12), term
        assert cox.standard_errors_[term] == pytest.approx(fit.loc[term, "std_error"], rel=0.1), term
