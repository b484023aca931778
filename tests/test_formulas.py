"""Are formulas read as in R, checked before anything is fitted, and applied alike to other customers?"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import winback as wb
from winback.formula_checks import repeated_columns
from winback.formulas import bind_formula, bind_formulas


@pytest.fixture
def table():
    return pd.DataFrame(
        {
            "customer_id": [11, 12, 13, 14, 15, 16],
            "reason": ["price", "service", "both", "price", "service", "price"],
            "offer": pd.Categorical(
                ["none", "discount", "none", "bundle", "discount", "bundle"], ["none", "discount", "bundle", "unused"]
            ),
            "tenure_before": [1.0, np.e, 3.0, 10.0, 4.0, 7.0],
            "complaints": [3, 2, 1, 0, 5, 1],
            "resolved": [1, 2, 0, 0, 4, 0],
            "heard": [True, False, True, False, False, True],
            "returned": [True, False, True, True, False, False],
        }
    )


def test_numbers(table):
    design = bind_formula("reason + log(tenure_before) + I(complaints - resolved) + heard", table, "tenure")
    expected = ["Intercept", "reason[T.price]", "reason[T.service]", "log(tenure_before)", "I(complaints - resolved)"]
    assert [name for name in design.names if not name.startswith("heard")] == expected
    numbers = dict(zip(design.names, design.matrix(table).T, strict=True))
    assert numbers["reason[T.price]"].tolist() == [1, 0, 0, 1, 0, 1]  # both is the first in the alphabet
    assert numbers["log(tenure_before)"] == pytest.approx(np.log(table["tenure_before"]))
    assert numbers["I(complaints - resolved)"].tolist() == [2, 0, 1, 0, 1, 1]
    (flag,) = (column for name, column in numbers.items() if name.startswith("heard"))
    assert flag.tolist() == [1, 0, 1, 0, 0, 1]
    assert design.columns == ("complaints", "heard", "reason", "resolved", "tenure_before")


def test_the_order_of_a_category_decides_the_first_label(table):
    design = bind_formula("offer", table, "margin")
    assert design.names == ("Intercept", "offer[T.discount]", "offer[T.bundle]")
    assert design.labels["offer"] == ("none", "discount", "bundle")
    assert design.in_words("offer[T.bundle]") == "with the bundle offered rather than nothing"


def test_another_first_label_may_be_chosen(table):
    design = bind_formula('C(reason, contr.treatment("service"))', table, "margin")
    words = [design.in_words(name) for name in design.names[1:]]
    assert words == ["left for price and service rather than for service", "left for price rather than for service"]


def test_in_words(table):
    design = bind_formula("I(complaints - resolved) + log(tenure_before)", table, "margin")
    assert [design.in_words(name).replace("_", " ") for name in design.names] == [
        "Intercept",
        "complaints - resolved",
        "log(tenure before)",
    ]


def test_other_customers_are_coded_alike(table):
    design = bind_formula("reason + complaints", table, "tenure")
    whole = design.matrix(table)
    for row in range(len(table)):
        assert design.matrix(table.iloc[[row]])[0].tolist() == whole[row].tolist()
    mixed = table.iloc[[4, 0, 3]]
    assert design.matrix(mixed).tolist() == whole[[4, 0, 3]].tolist()
    as_category = table.assign(
        reason=table["reason"].astype("category").cat.reorder_categories(["price", "service", "both"])
    )
    assert design.matrix(as_category).tolist() == whole.tolist()


@pytest.mark.parametrize("kind", ["Int64", "float32", "int8", object])
def test_kinds_of_numbers(table, kind):
    design = bind_formula("complaints", table, "tenure")
    if kind is not object:
        assert (
            design.matrix(table.assign(complaints=table["complaints"].astype(kind))).tolist()
            == design.matrix(table).tolist()
        )


def test_matrices_are_as_if_everyone_had_one_label(table):
    for formula in ("offer + complaints", "offer * complaints", "complaints"):
        used = table.assign(complaints=[3, 2, 1, 0, 5, 4])
        design = bind_formula(formula, used, "margin")
        for label, found in zip(("none", "bundle"), design.matrices(used, "offer", ("none", "bundle")), strict=True):
            everyone = used.assign(offer=label) if "offer" in formula else used
            assert found.tolist() == design.matrix(everyone).tolist()


def test_matrices_do_not_share_memory(table):
    first, second = bind_formula("offer", table, "margin").matrices(table, "offer", ("none", "bundle"))
    assert first[:, 2].tolist() == [0] * 6
    assert second[:, 2].tolist() == [1] * 6


def test_terms_of_columns(table):
    design = bind_formula(
        "reason + complaints + reason:complaints",
        table.loc[np.repeat(table.index, 2)].assign(complaints=range(12), customer_id=range(12)),
        "tenure",
    )
    places = {name: place for place, name in enumerate(design.names)}
    assert design.terms_of(["complaints"]) == (places["complaints"],)
    assert len(design.terms_of(["reason"])) == 2
    assert len(design.terms_of(["reason", "complaints"])) == 5
    assert design.terms_of([]) == ()


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("reasn", "`reasn` is named in the tenure formula but is not in the table. Did you mean `reason`"),
        ("returned", "`returned` is an outcome, so it cannot explain tenure"),
        ("complaints ~ reason", "must be a right-hand side only"),
        ("reason + ", "`tenure formula` cannot be read"),
        (" ", "must be text such as 'reason"),
        (7, "must be text such as 'reason"),
        (
            "log(resolved)",
            r"`resolved` makes log\(resolved\) no finite number; 3 of 6 rows \(first: customer 13, row",
        ),
        ("complaints + I(3 * complaints)", r"`I\(3 \* complaints\)` says nothing that the other terms"),
        ("I(complaints - complaints)", "has the same value for everyone"),
        ("reason * offer * complaints", "never occurs"),
    ],
)
def test_refusals(table, formula, said):
    before = table.copy(deep=True)
    with pytest.raises(wb.TableError, match=said):
        bind_formula(formula, table, "tenure")
    pd.testing.assert_frame_equal(table, before, check_exact=True)


def test_a_gap_says_where(table):
    gap = table.assign(complaints=table["complaints"].where(table.index != 2))
    with pytest.raises(
        wb.TableError, match=r"`complaints` must not be missing.*1 of 6 rows \(first: customer 13, row 3"
    ):
        bind_formula("complaints", gap, "tenure")


def test_a_label_that_occurs_only_among_others(table):
    rows = {"tenure": table["returned"].to_numpy()}
    with pytest.raises(
        wb.TableError, match=r"`reason` never occurs as 'service' among those who returned.*merge the label"
    ):
        bind_formulas({"tenure": "reason"}, table, rows)


def test_all_problems_at_once(table):
    with pytest.raises(wb.TableError) as caught:
        bind_formulas({"reacquisition": "a", "tenure": "", "margin": "b ~ c"}, table)
    assert "3 problems" in str(caught.value)


def test_new_labels_and_missing_columns(table):
    design = bind_formula("reason + complaints", table, "tenure")
    with pytest.raises(
        wb.TableError, match=r"`reason` has a label that the model has not seen; 1 of 6 rows \(first: customer 12"
    ):
        design.matrix(table.assign(reason=["price", "moved", "both", "price", "price", "price"]))
    with pytest.raises(wb.TableError, match="`complaints` is named in the tenure formula but is not in the table"):
        design.matrix(table.drop(columns="complaints"))


def test_too_many_labels():
    table = pd.DataFrame({"customer_id": range(60), "age": [f"{number} years" for number in range(60)]})
    with pytest.raises(wb.TableError, match=r"`age` has 60 different labels.*pd\.to_numeric"):
        bind_formula("age", table, "tenure")


@pytest.mark.parametrize(
    "formula", ["scale(complaints)", "center(complaints)", "poly(complaints, 2)", "bs(complaints, df=3)"]
)
def test_functions_that_learn_from_the_data(table, formula):
    try:
        bind_formula(formula, table, "tenure")
    except wb.TableError as error:
        assert "is not defined" not in str(error)  # noqa: PT017


@given(seed=st.integers(0, 2**32 - 1))
def test_repeated_columns(seed):
    rng = np.random.default_rng(seed)
    a, b, c = rng.standard_normal((3, 12))
    numbers = np.column_stack([a, b, 2 * a - 1e3 * b, c, a + c])
    assert repeated_columns(numbers, tuple("abcde")) == ["c", "e"]
    assert repeated_columns(numbers[:, [0, 1, 3]], tuple("abd")) == []


def test_only_the_repeated_column_is_named():
    numbers = np.array([[1.0, 1, 0], [0, 0, 1], [0, 0, 0], [0, 0, 0]])
    assert repeated_columns(numbers, tuple("abc")) == ["b"]


def test_a_number_inside_c_that_was_never_seen_is_refused_and_not_the_first_one():
    table = pd.DataFrame({"customer_id": range(9), "plan": [1, 2, 3] * 3, "age": np.arange(9.0)})
    design = bind_formula("C(plan) + age", table, "tenure")
    with pytest.raises(
        wb.TableError, match=r"`plan` has a label that the model has not seen; 1 of 2 rows .*Use one of: 1, 2, 3"
    ):
        design.matrix(pd.DataFrame({"customer_id": [1, 2], "plan": [9, 1], "age": 1.0}))
    assert design.matrix(table.head(2)).shape == (2, 4)


@pytest.mark.parametrize("spline", ["bs(age, df=4)", "bs(age, df=3) + plan"])
def test_a_number_beyond_a_spline_is_named_with_its_row(spline):
    table = pd.DataFrame({"customer_id": range(40), "plan": [1, 2] * 20, "age": np.linspace(20, 60, 40)})
    design = bind_formula(spline, table, "tenure")
    with pytest.raises(
        wb.TableError, match=r"`age` lies beyond what the tenure formula .*1 of 2 rows .*500\).*Keep to 20 to 60"
    ):
        design.matrix(pd.DataFrame({"customer_id": [1, 2], "plan": [1, 2], "age": [30.0, 500]}))


def test_a_whole_float_inside_c_is_said_as_the_whole_number():
    table = pd.DataFrame({"plan": [1.0, 2.0, 3.0] * 3, "age": [1.0, 5, 2, 4, 3, 9, 8, 7, 6]})
    design = bind_formula("C(plan) + age", table, "tenure")
    assert design.in_words("C(plan)[T.2.0]") == "plan 2 rather than 1"
