"""Do contract models say what hard data mean, and name everything that is wrong with bad ones?"""

import re
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import winback as wb
from winback.tables import TableError

sys.path.insert(0, str(Path(__file__).parent))
from contract_data import drawn_customers, drawn_survivors

pytestmark = pytest.mark.slow

ROWS = {"tenure": "tenure", "ended": "ended"}
FITS = (partial(wb.fit_contracts, model="sbg"), partial(wb.fit_contracts, model="bdw"))


def hard_survivors():
    """Return 100 cohorts: rare ends, mass exits, few customers, huge counts, rising risks, long series."""
    rng, found = np.random.default_rng(20160301), []
    for _ in range(13):
        found.append(drawn_survivors(rng, 0.02, 20.0, n=5_000, last=6))  # hardly anyone leaves
        found.append(drawn_survivors(rng, 5.0, 0.05, n=1_000, last=6))  # nearly everyone at once
        found.append(drawn_survivors(rng, 0.5, 2.0, n=12, last=5))  # few customers
        found.append([10**9 * n for n in drawn_survivors(rng, 0.5, 2.0, n=500, last=7)])
        found.append(drawn_survivors(rng, 200.0, 800.0, n=2_000, last=8))  # nearly alike
        found.append(drawn_survivors(rng, 3.0, 30.0, 2.5, n=2_000, last=10))  # risks rise fast
        found.append(drawn_survivors(rng, 0.3, 1.0, 0.4, n=2_000, last=120))  # long, and risks fall
        found.append(drawn_survivors(rng, 0.7, 2.0, n=500, last=2))  # two periods
    found += [[1000, 999, 999], [10**6, 10**6, 10**6 - 1, 10**6 - 1], [1000, 1000, 1000, 500, 500], [3, 2, 1]]
    return [cohort for cohort in found if cohort[-1] < cohort[0]][-100:]


@pytest.mark.parametrize("every", [9, pytest.param(1, marks=pytest.mark.slow)])
def test_hard_data_converge_or_say_why_not(every):
    cohorts, n_inside = hard_survivors(), 0
    assert len(cohorts) == 100
    cohorts = cohorts[::every]
    for survivors in cohorts:
        geometric = wb.fit_contracts(survivors, "sbg", period="M")
        for fit in (geometric, wb.fit_contracts(survivors, "bdw", period="M")):
            rows = fit.params
            finite = np.isfinite(rows[["estimate", "std_error"]].to_numpy()).all()
            assert (fit.converged and finite) or fit.edge, survivors
            assert np.isfinite(fit.survival([0, 1, 50])).all()
            assert fit.log_likelihood >= geometric.log_likelihood - 1e-6 - 1e-12 * abs(geometric.log_likelihood)
            assert np.isfinite(fit.residual_lifetime([1, 5], 0.1)).all()
            assert len(fit.describe().splitlines()) >= 2
            n_inside += not fit.edge
    assert n_inside > 0.5 * 2 * len(cohorts)


@pytest.mark.parametrize("fit", FITS)
def test_customers_who_are_all_alike_are_a_finding(fit):
    found = fit([1000, 900, 700, 400, 100], period="Y")
    assert (found.edge, found.converged) == ("alike", True)
    assert "All customers are alike" in found.describe()
    assert "model says the same. Intervals take this as given." in found.describe()
    rows = found.params.set_index("equation")
    assert rows["estimate"].iloc[:2].tolist() == [np.inf, np.inf]
    assert rows["std_error"].iloc[:2].isna().all()
    churn = rows.loc["first_churn"]
    assert churn["low"] < churn["estimate"] < churn["high"]
    if found.model == "sBG":  # the geometric model, whose estimate is losses per period at risk
        share = 900 / (1000 + 900 + 700 + 400)
        assert churn["estimate"] == pytest.approx(share, rel=1e-8)
        assert churn["std_error"] == pytest.approx(np.sqrt(share * (1 - share) / 3000), rel=1e-6)
        np.testing.assert_allclose(found.survival([1, 4]), [1 - share, (1 - share) ** 4], rtol=1e-8)
        assert "the geometric model" in found.describe()
    else:
        assert "risk of leaving rises with time: c = 2.4" in found.describe()
        assert found.against_sbg.statistic == pytest.approx(2 * (found.log_likelihood + 1832.593), abs=1e-2)


@pytest.mark.parametrize("survivors", [[5000, 4994, 4991, 4985, 4980, 4974, 4971], [1000, 900, 700, 400, 100]])
def test_alike_customers_have_the_standard_errors_of_a_discrete_weibull(survivors):
    """S(t) = exp(-q t^c): the limit itself, its curvature by differences."""
    found = wb.fit_contracts(survivors, "bdw", period="M").params.set_index("equation")
    lost, t = -np.diff(survivors), np.arange(1.0, len(survivors))

    def log_likelihood(place):
        q, c = np.log1p(np.exp(place[0])), np.exp(place[1])
        gone = lost @ (np.log(-np.expm1(-q * (t**c - (t - 1) ** c))) - q * (t - 1) ** c)
        return gone - survivors[-1] * q * t[-1] ** c

    churn, c = found["estimate"][["first_churn", "c"]]
    top, steps = np.array([np.log(churn / (1 - churn)), np.log(c)]), np.eye(2) * 1e-3
    corners = [[[log_likelihood(top + i * a + j * b) for i, j in ((1, 1), (1, -1), (-1, 1), (-1, -1))] for b in steps]
               for a in steps]  # fmt: skip
    information = -(np.array(corners) @ [1, -1, -1, 1]) / 4e-6
    errors = np.sqrt(np.diag(np.linalg.inv(information))) * [churn * (1 - churn), c]
    np.testing.assert_allclose(found["std_error"][["first_churn", "c"]], errors, rtol=1e-4)


@pytest.mark.parametrize("fit", FITS)
def test_nobody_left_after_the_first_period(fit):
    found = fit([1000, 400, 400, 400], period="W")
    assert found.edge == "only_at_first"
    assert "Nobody left after the first week" in found.describe()
    assert found.params.set_index("equation").loc["first_churn", "estimate"] == pytest.approx(0.6)
    np.testing.assert_allclose(found.survival([0, 1, 50]), [1, 0.4, 0.4], rtol=1e-6)


@pytest.mark.parametrize("fit", FITS)
@pytest.mark.parametrize("survivors", [[1000, 0], [1000, 0, 0, 0]])
def test_everybody_left_at_once(fit, survivors):
    found = fit(survivors, period="W")
    assert found.edge == "at_once"
    assert "Everybody left at the end of the first week" in found.describe()
    assert found.survival([1, 2]).max() < 1e-9
    assert found.residual_lifetime([1, 2, 3], 0.1).max() < 1e-9


def test_two_periods_cannot_tell_the_shape():
    found = wb.fit_contracts([1000, 900, 850], "bdw", period="Y")
    assert found.edge == "no_shape"
    assert "c = 1 is held" in found.describe()
    np.testing.assert_allclose(found.survival([1, 2]), [0.9, 0.85], rtol=1e-6)
    assert found.against_sbg.statistic == 0


def test_what_the_data_do_not_tell_has_no_interval():
    found = wb.fit_contracts([1000, 1000, 1000, 500, 500], "bdw", period="W")
    assert found.edge == "untold"
    assert found.params["std_error"].isna().all()
    assert "do not tell them apart" in found.describe()
    assert found.project([2])[["still_here_low", "still_here_high"]].isna().all(axis=None)


def test_alike_with_covariates_is_a_logistic_regression(rng):
    n = 2000
    old = rng.random(n) < 0.5
    stays = np.ceil(rng.weibull(3.0, n) * np.where(old, 6, 4)).astype(int)
    table = pd.DataFrame({"tenure": np.minimum(stays, 8), "ended": stays <= 8, "old": np.where(old, "old", "young")})
    found = wb.fit_contracts(table, "sbg", period="M", formula="old", **ROWS)
    assert found.edge == "alike"
    odds = found.params[found.params["equation"] == "log odds of churn"]["estimate"].to_numpy()
    shares = table.groupby("old")["ended"].sum() / table.groupby("old")["tenure"].sum()
    logits = np.log(shares / (1 - shares)).to_numpy()
    np.testing.assert_allclose(odds, [logits[0], logits[1] - logits[0]], rtol=1e-6)
    assert "log odds of churn" in found.describe()


# bad data


@pytest.mark.parametrize("fit", FITS)
def test_every_problem_of_every_cohort_is_named_at_once(fit):
    cohorts = [[1000, 900, 950], [0, 0], [100, -5, 3], [50.5, 40], [10, np.nan, 8], [10, 9, 8, 7, 6]]
    with pytest.raises(TableError, match="problems in the counts of survivors") as error:
        fit(cohorts, period=30)
    said = str(error.value)
    for part in (
        "`period` must be written as",
        'write "30D" for 30 days',
        "`cohort 1` rises from 900 to 950 after 2 periods",
        "`cohort 2` begins with nobody",
        "`cohort 3` must not be negative; after 1 period it is -5",
        "`cohort 4` must be whole numbers of customers; after 0 periods it is 50.5",
        "`cohort 5` must not have gaps or text; after 1 period it is nan",
        "`cohort 6` is seen for 4 periods, longer than cohort 5 before it (2)",
    ):
        assert part in said


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ([1000], "shows one period only"),
        ([1000, 900], "shows one period only"),
        ([1000, 1000, 1000], "shows nobody who has left"),
        ([], "must be counts; got list"),
        ("1000", "must be counts; got str"),
        (7, "must be counts; got int"),
        ([1000, "many", 800], "must not have gaps or text; after 1 period it is many"),
        ([100, 86.9, 74.3], "Multiply percentages by the number of customers"),
        ([10**17, 10**16, 10], "too large a count"),
        ([np.nan, np.nan], "must not have gaps"),
        (
            pd.DataFrame({"a": ["x"], "b": ["y"]}),
            "For one row per customer name the columns: tenure='...",
        ),
        (pd.DataFrame(), "has no cohort"),
        (pd.DataFrame({0: [10], 2: [8], 1: [9]}), "has periods 0, 2, 1, which are not one after the other"),
    ],
)
def test_bad_counts_are_refused_in_words(data, said):
    with pytest.raises(TableError, match=re.escape(said)):
        wb.fit_contracts(data, "sbg", period="Y")


@pytest.mark.parametrize("period", [None, 30, "month", "0W", "Q"])
def test_a_missing_or_wrong_period_is_refused(period):
    with pytest.raises(TableError, match="`period` must be written as a count and one of D, W, M, Y"):
        wb.fit_contracts([1000, 900, 850], "sbg", period=period)
    with pytest.raises(TableError, match="`period` must be written"):
        wb.fit_contracts([1000, 900, 850], "bdw")


def test_bad_customers_are_named_together(rng):
    table = drawn_customers(rng, 40)
    ended = table["ended"].astype(object).where(table.index != 5)
    bad = table.assign(tenure=np.where(table.index == 3, -1, table["tenure"]), ended=ended)
    with pytest.raises(TableError) as error:
        wb.fit_contracts(bad, "sbg", period="M", **ROWS)
    said = str(error.value)
    assert "`tenure` must be a whole number of at least 0; 1 of 40 rows (first: customer 3, row 4, -1)" in said
    assert "`ended` must not be missing; 1 of 40 rows (first: customer 5, row 6, missing)" in said
    left = table["ended"].idxmax()
    renewals = table.assign(tenure=table["tenure"].where(table.index != left, 0))
    with pytest.raises(TableError, match=f"must be at least 1 for those who left; 1 of 40 .*customer {left}.*add 1"):
        wb.fit_contracts(renewals, "sbg", period="M", **ROWS)
    with pytest.raises(TableError, match="`tenure='months'` is not a column of the table"):
        wb.fit_contracts(table, "sbg", period="M", tenure="months", ended="ended")
    with pytest.raises(TableError, match="`ended=None` is not a column"):
        wb.fit_contracts(table, "sbg", period="M", tenure="tenure")
    with pytest.raises(TableError, match="`ended` shows nobody who has left"):
        wb.fit_contracts(table.assign(ended=False), "sbg", period="M", **ROWS)
    with pytest.raises(TableError, match="`n` must be at least 1"):
        wb.fit_contracts(table.assign(n=0), "sbg", period="M", weights="n", **ROWS)
    with pytest.raises(TableError, match="`formula` needs one row per customer"):
        wb.fit_contracts([100, 80, 70], "sbg", period="M", formula="channel")


def test_bad_formulas_are_named_in_the_table_of_customers(rng):
    table = drawn_customers(rng, 200)
    with pytest.raises(TableError, match=r"in the table of customers:\n.*`chanel` .*Did you mean `channel`"):
        wb.fit_contracts(table, "sbg", period="M", formula="chanel", **ROWS)
    stays = table.assign(ended=table["ended"] & (table["channel"] == "store"))
    with pytest.raises(TableError, match=r"`channel\[T.store\]` has no effect that can be told among those who left"):
        wb.fit_contracts(stays, "sbg", period="M", formula="channel", **ROWS)
    fit = wb.fit_contracts(table, "sbg", period="M", formula="channel", **ROWS)
    with pytest.raises(TableError, match="has a label that the model has not seen"):
        fit.survival(3, pd.DataFrame({"channel": ["phone"]}))


def test_what_says_nothing_changes_nothing(rng):
    table = drawn_customers(rng, 300)
    unseen = table.assign(tenure=0, ended=False)
    with_unseen = wb.fit_contracts(pd.concat([table, unseen]), "sbg", period="M", **ROWS)
    np.testing.assert_allclose(
        with_unseen.params["estimate"], wb.fit_contracts(table, "sbg", period="M", **ROWS).params["estimate"]
    )
    assert with_unseen.n == 600
    triangle = pd.DataFrame([[100, 80, 70], [90, 75, np.nan], [50, np.nan, np.nan]], index=[2020, 2021, 2022])
    assert wb.fit_contracts(triangle, "sbg", period="Y").n == 240
    np.testing.assert_allclose(
        wb.fit_contracts(triangle, "sbg", period="Y").params["estimate"],
        wb.fit_contracts([[100, 80, 70], [90, 75], [50]], "sbg", period="Y").params["estimate"],
    )
    before = table.copy(deep=True)
    wb.fit_contracts(table, "bdw", period="M", formula="channel", **ROWS)
    pd.testing.assert_frame_equal(table, before)


def test_a_problem_of_one_column_hides_none_of_another(rng):
    table = drawn_customers(rng, 40).astype({"tenure": float, "ended": object}).assign(n=1.0)
    table.loc[1, "tenure"], table.loc[2, "ended"], table.loc[3, "n"] = 2.5, "maybe", 0
    table.loc[4, ["tenure", "ended"]] = 0, True
    with pytest.raises(TableError) as error:
        wb.fit_contracts(table, "sbg", period=12, formula="chanel", weights="n", **ROWS)
    assert error.value.problems["column"].tolist() == ["period", "tenure", "ended", "n", "tenure", "chanel"]
    assert error.value.problems["n_rows"].tolist() == [0, 1, 1, 1, 1, 0]


def test_flags_are_no_counts(rng):
    table = drawn_customers(rng, 40)
    for column in ([True] * 40, pd.array([True, None] * 20, dtype="boolean"), pd.array([True, False] * 20, object)):
        with pytest.raises(TableError, match="`tenure` must be a whole number of at least 0"):
            wb.fit_contracts(table.assign(tenure=column), "sbg", period="M", **ROWS)
    with pytest.raises(TableError, match="must not have gaps or text; after 0 periods it is True"):
        wb.fit_contracts([True, True, False], "sbg", period="M")


def test_columns_of_one_name_and_missing_counts_are_refused(rng):
    table = drawn_customers(rng, 40)
    with pytest.raises(TableError, match="`tenure` is the name of more than one column"):
        wb.fit_contracts(pd.concat([table, table[["tenure"]]], axis=1), "sbg", period="M", **ROWS)
    gap = table.astype({"tenure": "Int64", "ended": "boolean"})
    gap.loc[7, ["tenure", "ended"]] = pd.NA
    with pytest.raises(TableError, match=r"`tenure` must not be missing; 1 of 40 rows \(first: customer 7") as error:
        wb.fit_contracts(gap, "sbg", period="M", **ROWS)
    assert "`ended` must not be missing; 1 of 40 rows" in str(error.value)
    found = wb.fit_contracts(table.drop(columns="customer_id"), "sbg", period="M", **ROWS)  # ids are not needed
    assert found.n == 40


def test_ten_customers_are_fitted_or_the_limit_is_said(rng):
    table = drawn_customers(rng, 10).assign(ended=[True, False] * 5, tenure=[1, 2, 3, 4, 5] * 2)
    table["channel"] = ["online"] * 4 + ["store"] * 6
    for formula in (None, "channel"):
        found = wb.fit_contracts(table, "sbg", period="M", formula=formula, **ROWS)
        assert found.converged or found.edge
