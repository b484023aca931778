"""Does a formula run only what it may, and is everything else refused before anything is run?"""

import contextlib
import os
import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import winback as wb
from winback.formula_language import FUNCTIONS, OF_CONTRASTS, OF_NUMPY, called_in, with_functions
from winback.formulas import bind_formula


@pytest.fixture
def table():
    rng = np.random.default_rng(1)
    return pd.DataFrame({
        "customer_id": range(60),
        "reason": np.array(["price", "service", "both"])[np.arange(60) % 3],
        "months": rng.gamma(2, 6, 60) + 0.1,
        "calls": rng.integers(1, 9, 60),
        "my col": rng.normal(5, 1, 60),
    })  # fmt: skip


HOSTILE = [
    'months.to_csv("ran")',
    "__import__('os').system('touch ran')",
    "I(__import__('os').system('touch ran'))",
    "np.save('ran', months)",
    "np.lib.format.os.system('touch ran')",
    "I(months.to_csv('ran'))",
    "{open('ran', 'w')}",
    "I(eval('1'))",
    "log(months.values.tofile('ran'))",
    "C(reason, contr.custom(open('ran', 'w')))",
    "C(reason, levels=open('ran', 'w'))",
    "I([open('ran', 'w') for _ in [1]])",
    "I((lambda: open('ran', 'w'))())",
    "I(months if open('ran', 'w') else calls)",
    "I(f'{open(1)}')",
    "poly(months, degree=open('ran', 'w'))",
    "Q(open('ran', 'w'))",
    "np.log(months, calls)",  # would write into a column
    "np.log(months, out=calls)",
    "bs(months, **{'df': 4})",
    "log(*[months])",
    "I(months[0])",
    "I(months.real)",
    "I('text')",
    "I(`my col`.sum())",
    "I(9**9**9**9)",
    "bs(months, df=1000000000)",
    "poly(months, 1000000)",
    "hashed(reason, levels=10)",
    "lag(months)",
    "print(months)",
]


@pytest.mark.parametrize("formula", HOSTILE)
def test_what_is_not_of_the_language_is_refused_and_does_not_run(table, tmp_path, monkeypatch, formula):
    monkeypatch.chdir(tmp_path)
    before = table.copy(deep=True)
    with pytest.raises(wb.TableError, match=r"tenure formula` (says .* not of the formula language|cannot be read)"):
        bind_formula(formula, table, "tenure")
    assert os.listdir(tmp_path) == []
    pd.testing.assert_frame_equal(table, before)


def test_the_refusal_names_what_may_be_said(table):
    with pytest.raises(wb.TableError) as caught:
        bind_formula("months.mean()", table, "tenure")
    said = str(caught.value)
    assert "says 'months.mean()', which is not of the formula language" in said
    for name in (*FUNCTIONS, *(f"np.{each}" for each in OF_NUMPY), *(f"contr.{each}" for each in OF_CONTRASTS)):
        assert name in said
    assert "with_functions" in said


GOOD = [
    *(f"{name}(months)" for name in ("log", "log1p", "log2", "log10", "exp", "sqrt", "abs", "center", "scale")),
    *(f"np.{name}(months)" for name in OF_NUMPY if name not in ("sign", "tanh")),
    *(f"C(reason, contr.{name})" for name in ("helmert()", "sum()", "poly()", "diff()")),
    'C(reason, contr.treatment("service"))',
    'C(reason, contr.treatment(base="service"))',
    'C(reason, Treatment(reference="service"))',
    'C(reason, levels=["service", "price", "both"])',
    "poly(months, 2)",
    "poly(months, degree=3, raw=True)",
    "bs(months, df=4)",
    "bs(months, knots=[5, 10.5], degree=2)",
    "0 + cr(months, df=4)",
    "I(months - calls)",
    "I(-months / (calls + 1) ** 2)",
    "{months * calls}",
    "log(`my col` + 20)",
    'I(reason == "price")',
    "I(calls > 3)",
    "(months + calls) ** 2",
    "reason * months",
    "months:calls + reason",
    "Q('my col')",
    "0 + reason",
]


@pytest.mark.parametrize("formula", GOOD)
def test_what_is_of_the_language_is_computed(table, formula):
    design = bind_formula(formula, table, "tenure")
    assert np.isfinite(design.matrix(table)).all()
    assert design.matrix(table.iloc[[3]])[0].tolist() == pytest.approx(design.matrix(table)[3].tolist())


def test_the_numbers_are_those_of_numpy(table):
    design = bind_formula("sqrt(months) + log1p(calls) + I(calls > 3)", table, "tenure")
    numbers = pd.DataFrame(design.matrix(table), columns=design.names)
    assert numbers["sqrt(months)"].to_numpy() == pytest.approx(np.sqrt(table["months"]))
    assert numbers["log1p(calls)"].to_numpy() == pytest.approx(np.log1p(table["calls"]))


def test_own_functions_are_handed_over_as_functions(table):
    formula = with_functions("in_years(months) + capped(calls, most=3)", in_years=lambda months: months / 12,
                             capped=lambda counts, most: np.minimum(counts, most))  # fmt: skip
    design = bind_formula(formula, table, "tenure")
    numbers = pd.DataFrame(design.matrix(table.head(5)), columns=design.names)
    assert numbers["in_years(months)"].to_numpy() == pytest.approx(table["months"].head(5) / 12)
    assert numbers["capped(calls, most=3)"].tolist() == table["calls"].head(5).clip(upper=3).tolist()
    with pytest.raises(wb.TableError, match="not of the formula language"):
        bind_formula(str(formula), table, "tenure")


def test_own_functions_are_checked():
    with pytest.raises(ValueError, match="log is a function of the formula language"):
        with_functions("log(x)", log=abs)
    with pytest.raises(ValueError, match="half must be a function"):
        with_functions("half(x)", half=0.5)


def test_an_own_function_that_fails_is_a_table_error(table):
    def fails(_):
        raise KeyError("x")

    with pytest.raises(wb.TableError, match="cannot be computed"):
        bind_formula(with_functions("f(months)", f=fails), table, "tenure")


@pytest.mark.parametrize("name", ["log", "scale", "np"])
def test_a_column_may_not_hide_a_function_that_is_used(table, name):
    used = {"log": "log(months)", "scale": "scale(months)", "np": "np.log(months)"}[name]
    with pytest.raises(wb.TableError, match=f"`{name}` is a function of the formula language"):
        bind_formula(used, table.assign(**{name: 1.0}), "tenure")
    assert name in bind_formula(name, table.assign(**{name: table["months"]}), "tenure").names


def test_what_a_formula_calls():
    assert called_in("C(reason) + np.log (x) + log + a.b + I(sqrt(x))") == {"C", "np", "I", "sqrt"}


@pytest.mark.parametrize(
    "formula", ["(reason + months + calls) ** 9", "*".join(["months"] * 30), "months+" * 900 + "1"]
)
def test_a_formula_that_would_never_end_is_refused_at_once(table, formula):
    started = time.monotonic()
    with pytest.raises(wb.TableError, match="cannot be read"):
        bind_formula(formula, table, "tenure")
    assert time.monotonic() - started < 2


WORDS = st.sampled_from(
    [*"+-*/:()[]{}`'\"~^.,=<>&%@!#\\\n0", "**", "months", "calls", "reason", "my col", "log", "np.", "I(", "C(",
     "contr.", "lambda", "import", "1", "2.5", "None", "é", "\0", "if", "__class__", ".__init__", "open", " "]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(words=st.lists(WORDS, max_size=8))
def test_any_text_is_a_design_or_a_table_error(words):
    table = pd.DataFrame({"months": [1.0, 2, 4, 8], "calls": [1, 3, 2, 5], "reason": list("abab"), "my col": range(4)})
    with contextlib.suppress(wb.TableError):
        assert np.isfinite(bind_formula("".join(words), table, "tenure").matrix(table)).all()


def test_huge_numbers_are_no_warning(table):
    design = bind_formula("I(calls * 1e307) + months:I(1e300)", table, "tenure")
    assert np.isfinite(design.matrix(table)).all()
