"""Is a customer who is still here never counted as one who left?"""

import numpy as np
import pandas as pd
import pytest

import winback as wb


def everybody(**more):
    """Return 70 customers, 20 of whom have left: their months are 1 to 70."""
    left = np.arange(70) % 7 < 2
    return pd.DataFrame({"customer_id": range(70), "first_tenure": np.arange(1.0, 71), **more}), left


@pytest.mark.parametrize("name", ["first_ended", "Churn", "Exited", "churned", "gekündigt", "Attrition"])
@pytest.mark.parametrize("words", [(True, False), ("Yes", "No"), (1, 0), ("ja", "nein")])
def test_a_column_of_that_meaning_is_used(name, words):
    table, left = everybody()
    table[name] = [words[0] if each else words[1] for each in left]
    found = wb.survival_curve(table, lifetime="first").to_frame()
    assert found["n"].item() == 70
    assert found["n_ended"].item() == left.sum() == 20


def test_it_is_asked_for_where_all_customers_may_be_in_the_table():
    with pytest.raises(
        wb.TableError, match=r"`first_ended` is missing: it is not known whose first lifetime has ended"
    ):
        wb.survival_curve(everybody()[0], lifetime="first")
    with pytest.raises(wb.TableError, match="`first_ended` is missing"):
        wb.fit_duration(everybody()[0], "1", lifetime="first")


def test_two_columns_of_that_meaning_are_asked():
    with pytest.raises(wb.TableError, match="it may be `churn` or `exited`"):
        wb.survival_curve(everybody(churn=True, exited=False)[0], lifetime="first")


def test_lost_customers_have_all_left():
    table, _ = everybody(returned=False)
    assert wb.survival_curve(table, lifetime="first").to_frame()["n_ended"].item() == 70


def test_a_model_counts_those_still_here_as_longer():
    table, left = everybody(age=np.tile(np.arange(10.0), 7))
    fit = wb.fit_duration(table.assign(churn=left), "age", "weibull", lifetime="first")
    assert (fit.n, fit.n_ended) == (70, 20)


def test_gaps_are_refused():
    table, left = everybody()
    table["first_ended"] = pd.array([None, *left[1:]], dtype="boolean")
    with pytest.raises(wb.TableError, match="`first_ended` must not be missing; 1 of 70 rows"):
        wb.survival_curve(table, lifetime="first")
