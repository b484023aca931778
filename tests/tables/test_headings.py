"""Is a name that more than one column has told in the same words, wherever a table comes in?"""

import re

import pandas as pd
import pytest

import winback as wb
from winback.tables.headings import SHARED, refuse_shared_names, shared_names

SAID = "`{}` is the name of more than one column. Rename or drop all but one."


def test_every_shared_name_is_told_once_and_others_are_not():
    names = ["b", "a", "c", "b", "a", "a", 7, 7]
    assert [str(problem) for problem in shared_names(names)] == [SAID.format(name) for name in ("7", "a", "b")]
    assert [problem.column for problem in shared_names(names, ["a", "c", "a", "missing"])] == ["a"]
    assert shared_names(["a", "b"]) == []


def test_a_frame_is_refused_only_for_shared_names():
    frame = pd.DataFrame([[1, 2]], columns=["a", "b"])
    refuse_shared_names(frame, "table")
    with pytest.raises(wb.TableError, match=f"^1 problem in the table of offers:\n  1. {re.escape(SAID.format('a'))}$"):
        refuse_shared_names(frame.set_axis(["a", "a"], axis=1), "table of offers")


def test_the_words_stand_in_one_place(pytestconfig):
    files = [path for path in (pytestconfig.rootpath / "src").rglob("*.py") if SHARED[0] in path.read_text("utf-8")]
    assert [path.name for path in files] == ["headings.py"]


SUMMARY = pd.DataFrame({"offer": ["a", "b"], "acceptance": 0.2, "value": 100.0, "cost": 5.0, "paid": "on_acceptance"})
CUSTOMERS = pd.DataFrame({"customer_id": [1, 2], "months": [1.0, 2.0], "next_renewal": [1, 2], "seen": [3, 4]})
CALLS = {
    "summary of offers": (SUMMARY, "cost", lambda table: wb.offer_economics(table)),
    "lapsed customers": (CUSTOMERS, "months", lambda table: wb.tables.check_lapsed(table)),
    "contracts": (CUSTOMERS, "seen", lambda table: wb.fit_contracts(table, tenure="seen", ended="months", period="M")),
    "purchases": (CUSTOMERS, "seen", lambda table: wb.tables.check_purchases(table, needs=[])),
    "a log": (
        CUSTOMERS,
        "seen",
        lambda table: wb.summarize_purchases(table, customer="customer_id", date="seen", period="W"),
    ),
}


@pytest.mark.parametrize(("table", "name", "call"), CALLS.values(), ids=CALLS)
def test_each_table_is_refused_in_these_words(table, name, call):
    with pytest.raises(wb.TableError, match=re.escape(SAID.format(name))):
        call(pd.concat([table, table[[name]]], axis=1))
