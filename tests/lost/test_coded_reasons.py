"""Does the coded reason get to the customer it belongs to, in whatever table it is wanted?"""

import pandas as pd
import pytest

import winback as wb

TABLE = pd.DataFrame({"customer_id": ["07", "08", "09"], "exit_text": ["too expensive", "why?", None]}, index=[5, 5, 6])
CODED = wb.code_reasons(TABLE)


def reasons(table):
    return table["reason"].astype(object).where(table["reason"].notna(), None).tolist()


def test_the_table_that_was_coded_gets_a_column():
    found = CODED.with_reasons()
    assert reasons(found) == ["price", "other", None]
    assert list(found) == ["customer_id", "exit_text", "reason"]
    assert found.index.tolist() == [5, 5, 6]
    assert reasons(CODED.with_reasons(others=None)) == ["price", None, None]
    assert reasons(CODED.with_reasons(others="none of these")) == ["price", "none of these", None]


def test_another_table_gets_it_by_customer():
    other = pd.DataFrame({"Kundennummer": ["09", "07", "11", "07"]})
    assert reasons(CODED.with_reasons(other)) == [None, "price", None, "price"]


def test_contracts_of_one_customer_keep_their_own_reasons():
    contracts = pd.DataFrame({"customer_id": [1, 1, 2], "exit_text": ["too expensive", "moved abroad", "rude staff"]})
    coded = wb.code_reasons(contracts)
    assert reasons(coded.with_reasons()) == ["price", "moved", "service"]
    assert reasons(coded.with_reasons(contracts.drop(columns="exit_text"))) == ["price", "moved", "service"]
    with pytest.raises(wb.TableError, match=r"`customer_id` has more than one text; 1 of 3 rows \(first: row 2, 1\)"):
        coded.with_reasons(pd.DataFrame({"customer_id": [2]}))


def test_a_list_of_texts_goes_to_a_table_of_as_many_rows():
    coded = wb.code_reasons(["too expensive", "?"])
    assert reasons(coded.with_reasons(pd.DataFrame({"a": [1, 2]}))) == ["price", "other"]
    with pytest.raises(wb.TableError, match=r"has 1 rows, and 2 texts were coded\. Give both a `customer_id`"):
        coded.with_reasons(pd.DataFrame({"a": [1]}))
    with pytest.raises(wb.TableError, match="a list of texts was coded"):
        coded.with_reasons()


def test_a_column_that_is_there_is_not_written_over():
    table = TABLE.assign(reason="price")
    with pytest.raises(wb.TableError, match=r'`reason` is in the table already\. .*column="coded_reason"'):
        wb.code_reasons(table).with_reasons()
    assert wb.code_reasons(table).with_reasons(column="coded")["coded"].notna().sum() == 2


def test_ids_of_another_world_are_refused():
    with pytest.raises(wb.TableError, match="has no customer whose text was coded"):
        CODED.with_reasons(pd.DataFrame({"customer_id": ["x", "y"]}))


def test_coded_reasons_are_a_group_for_what_follows():
    table = pd.DataFrame(
        {"customer_id": range(6), "exit_text": ["too expensive", "moved abroad"] * 3, "returned": True}
        | {"second_tenure": [1, 2, 3, 4, 5, 6], "second_ended": True}
    )
    curves = wb.survival_curve(wb.code_reasons(table).with_reasons(), "reason")
    assert set(curves.to_frame()["group"]) == {"price", "moved"}
