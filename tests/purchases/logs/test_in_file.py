"""Does a log that stays in its Parquet file say what it says in memory, and in how little of it?"""

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

import winback as wb
from winback.base.any_base import read_base
from winback.base.purchase_base import PurchaseBase
from winback.base.questions import what_can_be_asked
from winback.purchases.logs.in_file import LogInFile
from winback.purchases.logs.log import PurchaseLog
from winback.tables import parquet_files

pytest.importorskip("pyarrow")
SOME = {"customer_id": ["a", "b", "a"], "date": pd.to_datetime(["2024-01-01", "2024-01-05", "2024-02-01"])}
SOME = pd.DataFrame(SOME | {"amount": [1.5, 2.0, 3.0], "channel": ["web", "shop", "web"]})


@pytest.fixture(scope="module")
def drawn():
    """Return a log in no order, with rows that are none, some written twice, and several a day."""
    rng = np.random.default_rng(15)
    who = rng.integers(0, 400, 6_000)
    day = np.datetime64("2023-01-01", "us") + rng.integers(0, 700 * 24, 6_000) * np.timedelta64(1, "h")
    amount = rng.gamma(2, 20, 6_000).round(2)
    amount[::50], amount[7::70], amount[9::90] = -5.0, 0.0, np.nan
    log = pd.DataFrame({"customer_id": who, "date": day, "amount": amount, "discount": rng.integers(0, 2, 6_000)})
    return pd.concat([log, log.head(40)], ignore_index=True)


AS = {
    "whole numbers": lambda who: who,
    "whole numbers far apart": lambda who: who.astype("int64") * 10**12,
    "text": lambda who: "K" + who.astype(str).str.zfill(5),
    "numbers as text": lambda who: who.astype(str),
    "numbers with zeros in front": lambda who: who.astype(str).str.zfill(5),
    "numbers as text, some missing": lambda who: who.astype(str).mask(who % 9 == 4),
    "text, some missing or blank": lambda who: ("K" + who.astype(str)).mask(who % 9 == 4).mask(who % 9 == 5, "  "),
    "whole numbers, some missing": lambda who: who.astype("Int64").mask(who % 9 == 4),
    "categories": lambda who: ("K" + who.astype(str)).astype("category"),
}


@pytest.mark.slow
@pytest.mark.parametrize("ids", AS)
def test_a_file_read_column_by_column_says_what_the_whole_one_says(drawn, tmp_path, monkeypatch, ids):
    """The other reader goes cell by cell: it shares no line with the first but that of the log itself."""
    path = tmp_path / "log.parquet"
    drawn.assign(customer_id=AS[ids](drawn["customer_id"])).to_parquet(path, row_group_size=500)
    found = wb.read_purchases(path)
    assert isinstance(found.summary.log.frame, LogInFile)
    monkeypatch.setattr(parquet_files, "READERS", ("polars",))
    assert_same_base(found, wb.read_purchases(path))


@pytest.mark.parametrize("name", ["shop", "cdnow"])
def test_figures_of_a_file_are_those_of_its_frame_to_the_bit(name, tmp_path):
    log = public_log(name)
    log.to_parquet(tmp_path / "log.parquet", row_group_size=10_000)
    assert_same_base(wb.read_purchases(tmp_path / "log.parquet"), wb.read_purchases(log))


def public_log(name):
    if name == "shop":
        return wb.load_shop_study().purchases
    from purchase_logs import skip_without

    skip_without("CDNOW_master.txt")
    return wb.load_cdnow(sample=False).purchases


def assert_same_base(found: PurchaseBase, other: PurchaseBase):
    same = pd.testing.assert_frame_equal
    same(found.summary.customers, other.summary.customers, check_exact=True)
    same(found.summary.frame, other.summary.frame, check_exact=True)
    assert found.reading == other.reading
    assert found.describe().splitlines()[1:] == other.describe().splitlines()[1:]  # the first names the source
    assert str(found.details()) == str(other.details())
    reports = [wb.lost_report(base) for base in (found, other)]
    for part in ("periods", "returns", "accounts"):
        same(*(getattr(report, part) for report in reports), check_exact=True)
    same(found.lapsed().to_frame(), other.lapsed().to_frame(), check_exact=True)
    same(wb.triage(found).customers, wb.triage(other).customers, check_exact=True)
    stages = [wb.base_stages(base) for base in (found, other)]
    same(stages[0].customers, stages[1].customers, check_exact=True)
    assert stages[0].without == stages[1].without
    held = [base.summary.hold_out() for base in (found, other)]
    same(held[0].customers, held[1].customers, check_exact=True)


def test_columns_that_nothing_is_asked_of_are_not_read(tmp_path, monkeypatch):
    path = tmp_path / "log.parquet"
    SOME.to_parquet(path)
    read = []
    whole = parquet_files.columns_in_parquet

    def noting(path, theirs, label):
        read.extend(theirs.values())
        return whole(path, theirs, label)

    monkeypatch.setattr("winback.purchases.logs.in_file.columns_in_parquet", noting)
    wb.read_purchases(path, until="2024-03-01")
    assert read == ["customer_id", "date", "amount"]


OTHER = {
    "dates as text": {"date": ["2024-01-01", "2024-01-05", "2024-02-01"]},
    "amounts as text": {"amount": ["1,50 €", "2,00 €", "3,00 €"]},
    "dates with a zone": {"date": SOME["date"].dt.tz_localize("Europe/Berlin")},
}


@pytest.mark.parametrize("what", OTHER)
def test_where_cells_must_tell_the_whole_file_is_read(what, tmp_path):
    path = tmp_path / "log.parquet"
    SOME.assign(**OTHER[what]).to_parquet(path)
    base = wb.read_purchases(path, until="2024-03-01")
    assert isinstance(base.summary.log.frame, pd.DataFrame)
    assert base.summary.customers["customer_id"].tolist() == ["a", "b"]
    assert base.summary.frame.set_index("what")["amount"]["purchases"] == 6.5


def test_the_file_is_named_by_its_own_headings_and_recognised(tmp_path):
    theirs = {"customer_id": "Customer ID", "date": "InvoiceDate", "amount": "Revenue"}
    SOME.rename(columns=theirs).to_parquet(tmp_path / "log.parquet")
    base = read_base(tmp_path / "log.parquet", until="2024-03-01")
    assert isinstance(base.summary.log.frame, LogInFile)
    assert base.summary.log.names == ["customer_id", "date", "amount", "channel"]
    assert base.reading[0] == "Read as a log of purchases: customer and date."
    assert len(base.made_with) == len(set(base.made_with)) == 1
    asked = what_can_be_asked(base).set_index("question")["possible"]
    assert asked["what customers are worth"]
    assert asked["whom to call first"]
    by_column = wb.read_purchases(tmp_path / "log.parquet", until="2024-03-01")
    pd.testing.assert_frame_equal(base.summary.customers, by_column.summary.customers)


def test_a_guest_is_counted_wherever_the_log_lies(tmp_path):
    log = SOME.assign(customer_id=["gast", "b", "gast"])
    log.to_parquet(tmp_path / "log.parquet")
    file = LogInFile.at(tmp_path / "log.parquet")
    for frame in (log, file):
        assert PurchaseLog(frame, "customer_id", "date", "amount").n_rows_of("gast") == 2
    assert "'gast' is one customer with 2 purchases" in wb.read_purchases(tmp_path / "log.parquet").doubts[0]


def test_what_is_no_parquet_file_is_no_log_in_one(tmp_path):
    (tmp_path / "broken.parquet").write_bytes(b"PAR1")
    for name in ("broken.parquet", "missing.parquet", "log.csv"):
        assert LogInFile.at(tmp_path / name) is None
    with pytest.raises(wb.TableError, match="cannot be read as a Parquet file"):
        wb.read_purchases(tmp_path / "broken.parquet")


N, MOST = 1_000_000, 320e6  # bytes beyond those of the imports; cell by cell it would be about twice as many
MEASURED = """
import json, resource, sys
import numpy as np, pandas as pd, pyarrow as pa, pyarrow.parquet as pq
import winback as wb
wb.read_purchases(pd.DataFrame({"customer_id": ["a", "a"], "date": pd.to_datetime(["2024-01-01", "2024-05-01"])}))
wb.lost_report, wb.triage, wb.base_stages
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
before = peak()
base = wb.read_purchases(sys.argv[1])
report = wb.lost_report(base)
n_lapsed = len(base.lapsed().to_frame())
stages, listed = wb.base_stages(base), wb.triage(base).call_list()
print(json.dumps([before, peak(), base.n, n_lapsed, len(listed)]))
"""


@pytest.mark.slow
def test_a_million_purchases_are_read_and_reported_in_little_memory(tmp_path):
    rng = np.random.default_rng(1)
    who = rng.integers(0, N // 7, N)
    ids = pd.Series(np.arange(N // 7)).astype(str).str.zfill(9).radd("K")
    day = np.datetime64("2021-01-01", "us") + rng.integers(0, 1_000 * 86_400, N) * np.timedelta64(1, "s")
    log = pd.DataFrame({"customer_id": ids.to_numpy()[who], "date": day, "amount": rng.gamma(2, 20, N).round(2)})
    log["order"] = pd.Series(np.arange(N)).astype(str).radd("ORD-")
    log.to_parquet(tmp_path / "log.parquet", row_group_size=100_000)
    before, peak, n, n_lapsed, n_listed = measured(tmp_path / "log.parquet")
    assert n > 0.9 * len(ids)
    assert min(n_lapsed, n_listed) > 100
    assert peak - before < MOST


def measured(path):
    """Return what a process of its own says; one that is started by a large one inherits its peak."""
    launched = "import subprocess, sys; sys.exit(subprocess.run(sys.argv[1:]).returncode)"
    command = [sys.executable, "-I", "-S", "-c", launched, sys.executable, "-c", MEASURED, str(path)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
