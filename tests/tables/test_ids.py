"""Do ids come out exactly as they went in, whatever stands beside them?"""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

import winback
from winback.tables import TableError, check_lapsed, load_table

LONG = ["204817733095561170", "204817733095561171"]


def loaded(tmp_path, *ids, name="customer_id"):
    path = tmp_path / "ids.csv"
    path.write_text("\n".join([f"{name},offer", *(f"{each},none" for each in ids)]) + "\n")
    return load_table(path)[name]


@pytest.mark.parametrize(
    "ids",
    [
        ["+4917012345678", "+4917012345679"],
        ["0012", "12"],
        ["12345678901234567890", "12345678901234567891"],
        ["1E3", "1000"],
        ["10.10", "10.1"],
        ["77", "+77"],
        ["5", "5.0"],
        ["-0", "0"],
        ["1_000", "1000"],
        ["1,5", "2"],
        ["1e400", "2"],
        ["٣", "3"],
    ],
)
def test_ids_that_a_number_would_make_alike_stay_as_written(tmp_path, ids):
    written = [f'"{each}"' for each in ids]
    assert loaded(tmp_path, *written).tolist() == ids
    assert check_lapsed(pd.DataFrame({"customer_id": loaded(tmp_path, *written)}))["customer_id"].tolist() == ids


def test_whole_numbers_are_numbers(tmp_path):
    assert loaded(tmp_path, "7", "12").dtype == np.int64


def test_an_empty_cell_beside_long_ids_changes_none_of_them(tmp_path):
    ids = loaded(tmp_path, *LONG, "")
    assert ids.isna().tolist() == [False, False, True]
    assert [str(each) for each in ids[:2]] == LONG


@pytest.mark.parametrize("name", ["Kundennummer", "Customer Id", "phone", "customerNo", "zip"])
def test_a_column_that_is_called_an_id_is_one_before_it_is_mapped(tmp_path, name):
    assert loaded(tmp_path, "10.10", "1E3", name=name).tolist() == ["10.10", "1E3"]


@settings(deadline=None, max_examples=200)
@given(ids=st.lists(st.from_regex(r"[-+]?[0-9A-Za-z.]{1,22}", fullmatch=True), min_size=1, max_size=6, unique=True))
def test_every_id_of_a_file_is_given_back(tmp_path_factory, ids):
    assert [str(each) for each in loaded(tmp_path_factory.mktemp("ids"), *ids)] == ids


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ([1001.0, 1002.0], [1001, 1002]),
        ([10.5, 11.0], [10.5, 11.0]),
        (pd.Series([1001, "0012"], dtype=object), ["1001", "0012"]),
        (pd.Series([1001.0, "0012"], dtype=object), ["1001", "0012"]),
        (pd.Series([Decimal("12"), Decimal("13")], dtype=object), [12, 13]),
        (pd.Series([2**70, 2**70 + 1], dtype=object), [str(2**70), str(2**70 + 1)]),
        (pd.array([7, 8], dtype="Int64"), [7, 8]),
        (pd.array([2**64 - 1, 2**64 - 2], dtype="uint64"), [2**64 - 1, 2**64 - 2]),
    ],
)
def test_ids_of_a_frame_are_whole_where_they_were(given, wanted):
    assert check_lapsed(pd.DataFrame({"customer_id": given}))["customer_id"].tolist() == wanted


def test_a_number_and_its_text_are_one_customer():
    with pytest.raises(TableError, match="must be unique"):
        check_lapsed(pd.DataFrame({"customer_id": pd.Series([77, "77"], dtype=object)}))


def test_ids_that_only_blanks_tell_apart_are_refused():
    with pytest.raises(TableError, match=r"`customer_id` has ids that differ only in blanks around them; 1 of 3 rows"):
        check_lapsed(pd.DataFrame({"customer_id": ["7 ", "7", " 8"]}))
    assert check_lapsed(pd.DataFrame({"customer_id": ["7", " 8"]}))["customer_id"].tolist() == ["7", " 8"]


def test_ids_that_a_float_may_have_made_alike_are_refused():
    with pytest.raises(TableError, match=r"more than 15 digits.*; 1 of 2 rows .*as text and export"):
        check_lapsed(pd.DataFrame({"customer_id": [2.0**60, 1.0]}))


@pytest.mark.parametrize("broken", ["#N/A", "#REF!", "#FORMULA! =A1", "12\x00", "a\x07"])
def test_a_broken_cell_is_no_id(broken):
    with pytest.raises(TableError, match=r"`customer_id` holds .*; 1 of 2 rows"):
        check_lapsed(pd.DataFrame({"customer_id": [broken, "b"]}))


def sheet_of(tmp_path, ids, name="customer_id"):
    book = Workbook()
    book.active.append([name, "offer", "returned", "value"])
    for place, each in enumerate(ids):
        book.active.append([each, "call" if place % 2 else "none", place % 3 == 1, 5 if place % 3 == 1 else None])
    book.save(tmp_path / "ids.xlsx")
    return tmp_path / "ids.xlsx"


@pytest.mark.parametrize("more", [[], [None], ["A-7"]], ids=["alone", "beside an empty cell", "beside text"])
@pytest.mark.parametrize("keep", [None, "first", "last"])
@pytest.mark.parametrize("name", ["customer_id", "Kundennummer", "whose"])
def test_ids_that_a_spreadsheet_rounded_are_refused_before_they_are_compared(tmp_path, more, keep, name):
    path = sheet_of(tmp_path, [*range(900719925474099301, 900719925474099307), *more], name)
    offers = [winback.Offer(name="call", amount=1, paid="per_contact")]
    for table in (path, load_table(path)):
        with pytest.raises(TableError, match=r"rounded by the spreadsheet.*6 of .*store the column as text") as refused:
            winback.read_trial(table, offers, keep=keep, columns={"customer_id": name})
        assert not any(word in str(refused.value) for word in ("unique", "keep="))


def test_long_ids_of_a_sheet_that_are_text_stay_as_they_are(tmp_path):
    ids = [str(each) for each in range(900719925474099301, 900719925474099307)]
    assert load_table(sheet_of(tmp_path, ids))["customer_id"].map(str).tolist() == ids
