"""Is every table and formula that cannot be modelled refused in words, and is what can be modelled modelled?"""

import numpy as np
import pandas as pd
import pytest
from simulated_lives import FORMULAS, lost_customers

import winback as wb

FITS = pytest.mark.parametrize("fit", [wb.fit_two_part, wb.fit_joint], ids=lambda fit: fit.__name__)


@pytest.fixture(scope="module")
def drawn():
    rng = np.random.default_rng(0)
    return lost_customers(5, 600).assign(
        reason=rng.choice(["both", "price", "service"], 600), flag=rng.random(600) < 0.5
    )


def with_returned(table, who, returned):
    """Let some return or not; new second lifetimes are made up."""
    table = table.copy()
    table.loc[who, "returned"] = returned
    new = table["returned"] & table["second_tenure"].isna()
    numbers = np.arange(new.sum())
    table.loc[new, "second_tenure"], table.loc[new, "second_margin"] = 10.0 + numbers % 7, 30.0 + numbers % 11
    table.loc[new, "second_ended"] = True
    gone = ~table["returned"]
    table.loc[gone, ["second_tenure", "second_margin"]] = np.nan
    table.loc[gone, "second_ended"] = pd.NA
    return table


def with_first_back(table, name, value):
    """Give the first customer who returned a value."""
    table = table.copy()
    table.loc[table["returned"].idxmax(), [name, "second_ended"]] = [value, True]
    return table


def score(table, gap=0.0):
    return np.where(table["returned"], 1.0, -1.0) * (gap + table["driver"].abs())


REFUSED = {
    "separated by a flag": (
        lambda t: t.assign(driver=t["returned"] * 1.0),
        r"`driver` separates: of the \d+ customers with driver = 0, none",
    ),
    "separated by a number": (lambda t: t.assign(x=score(t, 1)), "tells who returned without error"),
    "separated by two": (lambda t: t.assign(x=score(t, 1) + 5 * t["driver"]), "tells who returned without error"),
    "quasi-separated": (lambda t: t.assign(x=score(t).clip(-1, 1) * (t.index > 1)), "tells who returned without error"),
    "nobody returned": (lambda t: with_returned(t, t.index, False), "`returned` is false for everyone"),
    "everybody returned": (lambda t: with_returned(t, t.index, True), "`returned` is true for everyone"),
    "nobody left again": (
        lambda t: t.assign(second_ended=t["second_ended"].where(t["second_ended"].isna(), False)),
        "`second_ended` is false for everyone who returned",
    ),
    "a constant": (lambda t: t.assign(x=1.0), "`x` has the same value for everyone"),
    "all the same but for rounding": (lambda t: t.assign(x=1e9 + 1e-6 * t["x"]), "`x` says nothing that the other"),
    "one label": (lambda t: t.assign(x="price"), "`x` has the same value for everyone. Leave it out of the formulas"),
    "a gap": (
        lambda t: t.assign(x=t["x"].where(~t.index.isin([3, 9]))),
        r"`x` must not be missing in the .* and margin formulas; 2 of 600 rows \(first: customer 3, row 4, missing\)",
    ),
    "a nullable gap": (
        lambda t: t.assign(x=t["x"].astype("Float64").where(t.index != 3)),
        r"`x` must not be missing in the .* and margin formulas; 1 of 600 rows \(first: customer 3, row 4",
    ),
    "infinite": (
        lambda t: t.assign(x=t["x"].where(t.index != 4, np.inf)),
        r"`x` is not a finite number; 1 of 600 rows \(first: customer 4, row 5, inf\)",
    ),
    "numbers as text": (lambda t: t.assign(x=t["x"].astype(str)), "`x` holds numbers written as text"),
    "dates": (
        lambda t: t.assign(x=pd.Timestamp(2020, 1, 1) + pd.to_timedelta(t.index, unit="D")),
        "600 different labels",
    ),
    "a tenure of zero": (lambda t: with_first_back(t, "second_tenure", 0.0), "`second_tenure` must be > 0; 1 of 600"),
    "a negative tenure": (lambda t: with_first_back(t, "second_tenure", -3.0), "`second_tenure` must be > 0; 1 of 600"),
    "an infinite tenure": (lambda t: with_first_back(t, "second_tenure", np.inf), "`second_tenure` must be a number"),
    "an infinite margin": (lambda t: with_first_back(t, "second_margin", np.inf), "`second_margin` must be a number"),
    "one margin for all": (
        lambda t: t.assign(second_margin=5 + 0 * t["second_margin"]),
        "`second_margin` follows from the formula's terms without any error",
    ),
    "ids twice": (lambda t: t.assign(customer_id=1), "`customer_id` must be unique.*599 of 600 rows"),
    "nobody eligible": (lambda t: t.assign(eligible=False), "`eligible` is true for nobody"),
    "eligible unknown": (
        lambda t: t.assign(eligible=pd.array([None] * 600, dtype="boolean")),
        "`eligible` is true for nobody",
    ),
    "no rows": (lambda t: t.head(0), "`table` has no rows"),
    "one row": (lambda t: t.head(1), "`returned` is true for everyone"),
    "two rows": (lambda t: t.head(2), "for everyone"),
    "ten rows": (lambda t: t.head(10), "`tenure formula` has 3 unknowns, but there are 2 second lifetimes that ended"),
    "no outcome": (lambda t: t.drop(columns="second_margin"), "`second_margin` is missing from the table"),
    "a second life without return": (lambda t: t.assign(second_tenure=5.0), "`second_tenure` must be empty unless"),
}


@FITS
@pytest.mark.parametrize("what", REFUSED)
def test_refused(drawn, fit, what):
    change, said = REFUSED[what]
    table = change(drawn)
    before = table.copy(deep=True)
    with pytest.raises(wb.TableError, match=f"(?s){said}"):
        fit(table, **FORMULAS)
    pd.testing.assert_frame_equal(table, before, check_exact=True)


@FITS
@pytest.mark.parametrize("label", ["price", "service", "both"])
@pytest.mark.parametrize("returned", [False, True])
def test_a_label_of_whom_all_or_none_returned_is_refused(drawn, fit, label, returned):
    table = with_returned(drawn, drawn["reason"] == label, returned)
    said = rf"(?s)reason.*separates: of the \d+ customers with .*{label}.*{'all' if returned else 'none'} returned"
    with pytest.raises(wb.TableError, match=said):
        fit(table, **FORMULAS | {"reacquisition": "x + driver + reason"})


@FITS
@pytest.mark.parametrize(
    ("equation", "formula", "said"),
    [
        (
            "reacquisition",
            "x + drivr",
            r"`drivr` is named in the reacquisition formula but is not.*Did you mean `driver`",
        ),
        ("tenure", "x + returned", "`returned` is an outcome, so it cannot explain tenure"),
        ("margin", "second_tenure", "`second_tenure` is an outcome, so it cannot explain margin"),
        ("margin", "second_margin ~ x", "`margin formula` must be a right-hand side only"),
        ("margin", "x |", "`margin formula` must be a right-hand side only"),
        ("tenure", "x +", r"`tenure formula` cannot be read: 'x \+'"),
        ("tenure", "log(x", "`tenure formula` cannot be read"),
        ("tenure", "reason == 'price'", "`tenure formula` cannot be read"),
        ("tenure", "", "`tenure formula` must be text.*Write '1' for no covariates"),
        ("tenure", "  ", "`tenure formula` must be text"),
        ("tenure", 7, "`tenure formula` must be text"),
        ("tenure", ["x"], "`tenure formula` must be text"),
        ("reacquisition", "log(x)", r"`x` makes log\(x\) no finite number; \d+ of 600 rows"),
        ("reacquisition", "x + sqrt_of(driver)", "sqrt_of"),
        ("reacquisition", "x + I(2 * x) + driver", r"`I\(2 \* x\)` says nothing that the other terms"),
        ("tenure", "x + flag:x + I(flag * x)", "says nothing that the other terms of the tenure formula"),
        ("reacquisition", "0", "`reacquisition formula` has no terms: '0'"),
        ("tenure", "0", "`tenure formula` has no terms: '0'"),
    ],
)
def test_a_formula_is_refused(drawn, fit, equation, formula, said):
    with pytest.raises(wb.TableError, match=f"(?s){said}") as caught:
        fit(drawn, **FORMULAS | {equation: formula})
    assert "NameError" not in str(caught.value)


def test_all_problems_of_all_formulas_are_said_at_once(drawn):
    with pytest.raises(wb.TableError) as caught:
        wb.fit_joint(drawn, reacquisition="nope + x", tenure="value", margin="x |")
    for said in ("3 problems", "`nope` is named in the reacquisition", "`value` is an outcome", "`margin formula`"):
        assert said in str(caught.value)


@FITS
@pytest.mark.parametrize("name", ["C", "Q", "I"])
def test_a_column_named_like_an_operator(drawn, fit, name):
    table = drawn.rename(columns={"driver": name})
    with pytest.raises(wb.TableError, match=rf"`{name}` is a function of the formula language.*customers\.rename"):
        fit(table, **FORMULAS | {"reacquisition": f"x + {name}"})
    fit(table.assign(driver=table[name]), **FORMULAS)  # it may be there as long as it is not used


BRACKETS = {"price": "pri]ce", "service": "se[T.rvice", "both": "a:b"}
MODELLED = {
    "none running": (lambda t: t.assign(second_ended=t["second_ended"].where(t["second_ended"].isna(), True)), {}),
    "huge numbers": (lambda t: t.assign(x=1e12 * t["x"]), {}),
    "tiny numbers": (lambda t: t.assign(x=1e-12 * t["x"]), {}),
    "large money": (lambda t: t.assign(second_margin=1e9 * t["second_margin"]), {}),
    "small money": (lambda t: t.assign(second_margin=1e-9 * t["second_margin"]), {}),
    "negative margins": (lambda t: t.assign(second_margin=-t["second_margin"]), {}),
    "tenures as text": (lambda t: t.assign(second_tenure=[None if v != v else str(v) for v in t["second_tenure"]]), {}),
    "flags": (lambda t: t, {"reacquisition": "x + driver + flag"}),
    "flags as objects": (lambda t: t.assign(flag=t["flag"].astype(object)), {"reacquisition": "x + driver + flag"}),
    "numbers as labels": (
        lambda t: t.assign(reason=t["reason"].str.len().astype(str).astype("category")),
        {"tenure": "x + reason"},
    ),
    "odd labels": (lambda t: t.assign(reason=t["reason"].map(BRACKETS)), {"reacquisition": "x + driver + reason"}),
    "mixed labels": (
        lambda t: t.assign(reason=t["reason"].map({"price": 1, "service": "x", "both": 2.5})),
        {"reacquisition": "x + driver + reason"},
    ),
    "an odd name": (lambda t: t.rename(columns={"driver": "my driver"}), {"reacquisition": "x + `my driver`"}),
    "no covariates": (lambda t: t, {"tenure": "1", "margin": "1"}),
    "no intercept": (lambda t: t, {"reacquisition": "x + driver - 1"}),
    "an outlying margin": (lambda t: with_first_back(t, "second_margin", 1e9), {}),
    "an outlying loss": (lambda t: with_first_back(t, "second_margin", -1e9), {}),
    "a long tenure": (lambda t: with_first_back(t, "second_tenure", 1e9), {}),
    "a short tenure": (lambda t: with_first_back(t, "second_tenure", 1e-9), {}),
    "twenty rows": (lambda t: t.head(20), {}),
    "a strange index": (lambda t: t.set_axis(["a", "b"] * 300), {}),
}


@FITS
@pytest.mark.parametrize("what", MODELLED)
def test_modelled(drawn, fit, what):
    change, formulas = MODELLED[what]
    table = change(drawn)
    before = table.copy(deep=True)
    found = fit(table, **FORMULAS | formulas)
    figures = found.params[["estimate", "std_error", "low", "high"]]
    said = f"{found.describe()}\n{found.details()}"
    assert np.isfinite(figures).all(axis=None) or "positive definite" in said or "did not settle" in said
    assert found.converged or "did not settle" in said or "positive definite" in said
    assert "nan" not in said.lower().split()
    pd.testing.assert_frame_equal(table, before, check_exact=True)


EXTREME = [
    lambda t: with_first_back(t, "second_margin", 1e155),
    lambda t: t.assign(x=t["x"] + 1j),
]


@FITS
@pytest.mark.parametrize("change", EXTREME)
def test_extremes_are_refused(drawn, fit, change):
    with pytest.raises(wb.TableError):
        fit(change(drawn), **FORMULAS)


@FITS
@pytest.mark.parametrize("name", ["second_tenure", "second_margin"])
def test_outcomes_without_error_are_refused(drawn, fit, name):
    exact = 5 + 0 * drawn[name] if name == "second_tenure" else 3 * drawn["x"] + 0 * drawn[name]
    for table in (drawn.assign(**{name: exact}), drawn.assign(**{name: np.exp(drawn["x"]) + 0 * drawn[name]})):
        with pytest.raises(wb.TableError, match=f"`{name}` follows from the formula's terms without any error"):
            fit(table, **FORMULAS | {"margin": "x + I(exp(x))"})


def test_functions_that_learn_from_the_data_can_be_used(drawn):
    scaled = wb.fit_two_part(drawn, **FORMULAS | {"reacquisition": "x + scale(driver)"})
    plain = wb.fit_two_part(drawn, **FORMULAS)
    assert scaled.log_likelihood == pytest.approx(plain.log_likelihood)
    some = drawn.head(20)
    assert scaled.chance_of_return(some) == pytest.approx(plain.chance_of_return(some))


def test_an_interaction_that_never_occurs(drawn):
    table = with_returned(drawn, (drawn["reason"] == "both") & drawn["flag"], False)
    with pytest.raises(wb.TableError, match=r"separates|without error|never"):
        wb.fit_joint(table, **FORMULAS | {"reacquisition": "x + driver + reason * flag"})


# prediction


@pytest.fixture(scope="module")
def fitted(drawn):
    return wb.fit_two_part(drawn, **FORMULAS | {"reacquisition": "x + driver + reason", "tenure": "x + reason"})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda t: t.drop(columns="driver"), "`driver` is named in the reacquisition formula but is not in the table"),
        (
            lambda t: t.assign(reason="other"),
            r"`reason` has a label that the model has not seen.*Use one of: both, price",
        ),
        (lambda t: t.assign(x=np.nan), "`x` must not be missing"),
        (lambda t: t.assign(x=np.inf), "`x` is not a finite number"),
    ],
)
def test_prediction_is_refused(drawn, fitted, change, said):
    with pytest.raises(wb.TableError, match=said):
        fitted.predict(change(drawn.head(5)))


def test_one_customer_of_one_label_is_predicted_like_among_others(drawn, fitted):
    alone, all_ = fitted.predict(drawn.iloc[[7]]), fitted.predict(drawn)
    assert alone.iloc[0]["chance_of_return"] == pytest.approx(all_.iloc[7]["chance_of_return"], rel=1e-12)


def test_no_frame():
    with pytest.raises(
        wb.TableError, match="must be a frame of pandas, polars, pyarrow or DuckDB, or a path, not list"
    ):
        wb.fit_joint([1, 2], **FORMULAS)
