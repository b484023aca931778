"""Is a frame of another package the same table as one of pandas, every whole number included?"""

import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

import winback as wb
from winback.tables import as_table, check_lapsed, load_table
from winback.tables.foreign import is_foreign, to_pandas

pl = pytest.importorskip("polars")
duckdb = pytest.importorskip("duckdb")

CELLS = {
    "customer_id": [204817733095561170, 204817733095561171, None],
    "huge": [12345678901234567890, 1, None],
    "offer": ["none", "call", None],
    "returned": [True, False, None],
    "whole": [1, 2, 3],
    "money": [Decimal("1.50"), Decimal("2.25"), None],
    "share": [0.5, None, 0.25],
    "day": [dt.date(2024, 5, 3), None, dt.date(2024, 5, 4)],
    "far": [dt.date(9999, 12, 31), dt.date(2024, 5, 3), None],
}


def in_polars():
    return pl.DataFrame(
        {name: pl.Series(name, cells, dtype=pl.UInt64) if name == "huge" else cells for name, cells in CELLS.items()}
    )


def in_duckdb():
    database = duckdb.connect()
    database.execute(
        "create table t (customer_id bigint, huge hugeint, offer varchar, returned boolean, whole integer, "
        "money decimal(9, 2), share double, day date, far date)"
    )
    database.executemany("insert into t values (?, ?, ?, ?, ?, ?, ?, ?, ?)", list(zip(*CELLS.values(), strict=True)))
    return database.table("t")


def in_pyarrow():
    pa = pytest.importorskip("pyarrow")
    cells = {**CELLS, "huge": pa.array(CELLS["huge"], pa.uint64())}
    return pa.table(cells)


@pytest.mark.parametrize("make", [in_polars, lambda: in_polars().lazy(), in_duckdb, in_pyarrow])
def test_every_cell_is_the_same(make):
    assert is_foreign(make())
    frame = to_pandas(make())
    assert list(frame) == list(CELLS)
    assert frame["customer_id"].tolist() == [204817733095561170, 204817733095561171, pd.NA]
    assert frame["huge"].tolist()[:2] == ["12345678901234567890", "1"]
    assert frame["offer"].tolist()[:2] == ["none", "call"]
    assert frame["returned"].tolist() == [True, False, pd.NA]
    assert frame["whole"].dtype == np.int64
    assert frame["money"].dtype == frame["share"].dtype == np.float64
    assert frame["money"].tolist()[:2] == [1.5, 2.25]
    assert frame["day"].dt.strftime("%Y-%m-%d").tolist()[0] == "2024-05-03"
    assert frame["far"].tolist()[0] == dt.date(9999, 12, 31)


@pytest.mark.parametrize("make", [pl.DataFrame, lambda cells: duckdb.from_df(pd.DataFrame(cells))])
def test_a_verb_takes_such_a_frame(make):
    cells = {"customer_id": [1, 2], "offer": ["none", "disc"], "returned": [True, False]}
    assert check_lapsed(make(cells))["returned"].tolist() == [True, False]


def test_a_trial_from_polars_is_the_same_as_from_pandas():
    study = wb.simulate_telecom_study(5_300, calibrate=False, rng=2)
    table = study.lapsed.astype({name: object for name in study.lapsed.select_dtypes("category")})
    cells = {name: [None if pd.isna(cell) else cell for cell in table[name].tolist()] for name in table}
    trial = wb.read_trial(pl.DataFrame(cells, strict=False), study.offers)
    expected = wb.compare_offers(wb.read_trial(study.lapsed, study.offers)).to_frame()
    pd.testing.assert_frame_equal(wb.compare_offers(trial).to_frame(), expected)


def test_an_empty_frame_is_one():
    assert as_table(pl.DataFrame({"customer_id": []})).shape == (0, 1)


def test_pandas_frames_and_other_things_are_left_alone():
    frame = pd.DataFrame({"a": [1]})
    assert as_table(frame) is frame
    assert not is_foreign([1])


@pytest.mark.parametrize("reader", ["polars", "duckdb", "pyarrow"])
def test_a_parquet_file_is_read_by_whichever_is_installed(tmp_path, monkeypatch, reader):
    pytest.importorskip(reader)
    from winback.tables import parquet_files

    path = tmp_path / "table.parquet"
    in_polars().select(["customer_id", "offer", "whole"]).write_parquet(path)
    monkeypatch.setattr(parquet_files, "READERS", (reader,))
    frame = load_table(path)
    assert frame["customer_id"].tolist() == [204817733095561170, 204817733095561171, pd.NA]
    assert frame["whole"].tolist() == [1, 2, 3]


def test_without_a_reader_one_sentence_says_what_to_install(tmp_path, monkeypatch):
    from winback.tables import parquet_files

    monkeypatch.setattr(parquet_files, "READERS", ("no_such_reader",))
    (tmp_path / "table.parquet").write_bytes(b"PAR1")
    with pytest.raises(wb.TableError, match=r"pip install winback\[parquet\]"):
        load_table(tmp_path / "table.parquet")


def test_verbs_take_frames_of_other_packages():
    """A polars frame was refused as 'must be a pandas DataFrame, not DataFrame'."""
    study = wb.simulate_telecom_study(5_300, calibrate=False, rng=2)
    columns = ["customer_id", "reason", "first_tenure", "returned", "second_tenure", "second_ended"]
    table = study.lapsed[columns].astype({"reason": object})
    cells = {name: [None if pd.isna(cell) else cell for cell in table[name].tolist()] for name in table}
    other = pl.DataFrame(cells, strict=False)
    for verb in (
        lambda frame: wb.survival_curve(frame, by="reason").to_frame(),
        lambda frame: wb.fit_duration(frame, "reason", "lognormal").params,
    ):
        pd.testing.assert_frame_equal(verb(other), verb(table))
    summary = {"offer": ["a", "b"], "acceptance": [0.2, 0.3], "value": [100.0, 90.0], "cost": [5.0, 6.0]}
    economics = [
        wb.offer_economics(frame(summary), paid="on_acceptance").to_frame() for frame in (pl.DataFrame, pd.DataFrame)
    ]
    pd.testing.assert_frame_equal(*economics)
    kept, judged = wb.hold_out(other, 0.25)
    assert len(kept) + len(judged) == len(table)
