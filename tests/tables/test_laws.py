"""What holds whenever a table is checked, whatever is in it?"""

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from winback.tables import TableError, check_contracts, check_events, check_lapsed, check_purchases


def leavers(n=3):
    """Lost customers without a fault."""
    return pd.DataFrame(
        {
            "customer_id": 101 + np.arange(n),
            "first_tenure": 10.0,
            "first_margin": 5.0,
            "complaints": 1,
            "complaints_resolved": 1,
            "offer": "discount",
            "offer_probability": 0.5,
            "returned": np.arange(n) % 2 == 1,
        }
    )


marks = st.lists(st.booleans(), min_size=1, max_size=12).filter(any).map(np.array)
readable = st.fixed_dictionaries(
    {
        "first_tenure": st.sampled_from([0.03, 12, "7.5", None]),
        "first_margin": st.one_of(st.none(), st.floats(-1e6, 1e6)),
        "complaints": st.sampled_from([1, "3", 2.0, None]),
        "complaints_resolved": st.sampled_from([0, "1", None]),
        "eligible": st.sampled_from([True, "No", 1, " y ", None]),
        "offer": st.sampled_from(["none", " discount", "bundle ", 7, None]),
        "exit_text": st.one_of(st.none(), st.text(max_size=5)),
    }
)
tables = st.lists(readable, min_size=1, max_size=8).map(
    lambda rows: pd.DataFrame(rows, dtype=object).assign(customer_id=range(len(rows)))
)


@pytest.mark.parametrize(
    ("column", "bad"),
    [
        ("first_tenure", 0.0),
        ("first_tenure", "two years"),
        ("first_margin", np.inf),
        ("first_margin", "5 apples"),
        ("complaints", -1),
        ("complaints", 1.5),
        ("complaints_resolved", 2),
        ("offer", None),
        ("offer_probability", 1.01),
        ("returned", "perhaps"),
    ],
)
@settings(deadline=None, max_examples=25)
@given(planted=marks)
def test_the_count_and_the_first_offender_are_those_planted(column, bad, planted):
    table = leavers(len(planted)).astype({column: object})
    table.loc[planted, column] = bad
    first = planted.argmax()
    counted = f"; {planted.sum()} of {len(planted)} rows (first: customer {101 + first}, row {first + 1}, "
    with pytest.raises(TableError, match=rf"^1 problem in .*\n.*`{column}` .*{re.escape(counted)}"):
        check_lapsed(table, needs=["offer"])


@settings(deadline=None)
@given(ids=st.lists(st.integers(1, 6), min_size=1, max_size=12))
def test_every_row_after_a_customers_first_is_a_duplicate(ids):
    n_repeated = len(ids) - len(set(ids))
    if n_repeated == 0:
        assert check_lapsed(pd.DataFrame({"customer_id": ids}))["customer_id"].tolist() == ids
    else:
        with pytest.raises(TableError, match=rf"`customer_id` must be unique.*; {n_repeated} of {len(ids)} rows"):
            check_lapsed(pd.DataFrame({"customer_id": ids}))


@settings(deadline=None, max_examples=40)
@given(table=tables)
def test_checking_a_checked_table_changes_nothing(table):
    once = check_lapsed(table)
    pd.testing.assert_frame_equal(check_lapsed(once), once)


@settings(deadline=None, max_examples=40)
@given(table=tables)
def test_rows_and_their_order_are_kept(table):
    backwards = check_lapsed(table[::-1])
    pd.testing.assert_frame_equal(backwards[::-1], check_lapsed(table))


@settings(deadline=None, max_examples=40)
@given(table=tables)
def test_the_callers_frame_is_not_changed(table):
    same = table.copy(deep=True)
    check_lapsed(table)
    pd.testing.assert_frame_equal(table, same)


@pytest.mark.parametrize("faulty", ["first_margin", "complaints", "returned"])
def test_the_callers_frame_is_not_changed_by_a_check_that_fails(faulty):
    table = leavers().astype(object)
    table.loc[1, faulty] = "x"
    same = table.copy(deep=True)
    with pytest.raises(TableError, match=faulty):
        check_lapsed(table)
    pd.testing.assert_frame_equal(table, same)


def test_the_callers_frame_is_not_changed_through_the_copy():
    table = leavers()
    typed = check_lapsed(table)
    typed.loc[:, ["first_margin", "complaints", "returned"]] = [[0.0, 0, False]] * 3
    pd.testing.assert_frame_equal(table, leavers())


@pytest.mark.parametrize("names", [[7, 7, 7], ["c", "a", "b"], pd.MultiIndex.from_tuples([(1, 1), (1, 1), (0, 2)])])
def test_the_index_does_not_matter_and_is_kept(names):
    table = leavers().set_axis(names, axis=0)
    pd.testing.assert_frame_equal(check_lapsed(table), check_lapsed(leavers()).set_axis(names, axis=0))


@pytest.mark.parametrize("check", [check_lapsed, check_contracts, check_events, check_purchases])
@pytest.mark.parametrize("thing", [None, [1, 2], {"customer_id": [1]}, pd.Series([1])])
def test_what_is_not_a_frame_is_refused_with_its_type(check, thing):
    with pytest.raises(TableError, match=rf"must be a frame of pandas.*, not {type(thing).__name__}\. Read the file"):
        check(thing)


@pytest.mark.parametrize("check", [check_lapsed, check_contracts, check_events, check_purchases])
def test_a_path_is_read(check, tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("customer_id,date,event,amount\n7,2024-01-31,complaint,3\n")
    assert check(path)["customer_id"].tolist() == check(str(path))["customer_id"].tolist() == [7]
    with pytest.raises(FileNotFoundError, match="There is no file leavers"):
        check("leavers.csv")


@pytest.mark.parametrize("check", [check_lapsed, check_contracts, check_events, check_purchases])
def test_a_frame_without_rows_is_refused(check):
    empty = pd.DataFrame({"customer_id": [], "date": [], "event": []})
    with pytest.raises(TableError, match=r"`table` has no rows\. Check that the right file was exported\.$"):
        check(empty)
