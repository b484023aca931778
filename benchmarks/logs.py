"""How fast is a log summarised where it lies, side by side with queries written by hand for the same result?

Called by: python3 run.py bench; alone: python benchmarks/logs.py [TASK ...]. Each side runs in fresh processes, in
turn, from the same Parquet files to a row per customer, the fate of every row and the rows that are equal; drawing the
log is not timed. pandas has its log in memory, beside a plain group-by by customer that tells nothing else. CDNOW's is
summarised beside clvkit, where WINBACK_CLVKIT names the Python of an environment with it and WINBACK_DATA_DIR the file.
"""

from __future__ import annotations

import os
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from timing import Row, apart, report, show

HERE = Path(__file__).resolve()
CLVKIT, DATA = "WINBACK_CLVKIT", "WINBACK_DATA_DIR"
TASKS = {  # engine, rows, files: bounds of time and memory, ours / theirs
    "duckdb 1000000 1": (1.5, None),
    "duckdb 1000000 2": (1.5, None),
    "duckdb 10000000 1": (1.5, None),
    "duckdb 10000000 2": (1.5, None),
    "polars 1000000 1": (1.5, 1.2),
    "polars 10000000 1": (1.5, 1.2),
    "polars 10000000 2": (1.5, 1.2),
    "pandas 1000000 1": (3.0, None),
    "pandas 10000000 1": (3.0, None),
}
ROWS_EACH = 25  # of a customer
FATES = """
SELECT CAST(date AS DATE) AS day, count(*) AS n, sum(amount) AS amount, count_if(amount = 0) AS n_free,
    CASE WHEN customer_id IS NULL THEN 0 WHEN date IS NULL THEN 1 WHEN amount IS NULL THEN 2 WHEN amount < 0 THEN 4
    ELSE 5 END AS fate
FROM read_parquet($files) GROUP BY ALL
"""
CUSTOMERS = """
WITH rows AS (
    SELECT customer_id, date, amount, count(*) AS n FROM read_parquet($files)
    WHERE customer_id IS NOT NULL AND date IS NOT NULL AND amount >= 0 AND date < $end GROUP BY ALL
), days AS (
    SELECT customer_id, CAST(date AS DATE) AS day, sum(amount * n) AS amount, sum(n - 1) AS n_equal
    FROM rows GROUP BY ALL
)
SELECT customer_id, min(day) AS first_day, max(day) AS last_day, count(*) AS n_days, sum(n_equal) AS n_equal,
    count_if(amount > 0) - CAST(arg_min(amount, day) > 0 AS INT) AS n_paid, sum(amount) - arg_min(amount, day) AS money
FROM days GROUP BY customer_id
"""
KNOWN = "SELECT count(DISTINCT customer_id) FROM read_parquet($files)"


def draw(n: int, n_files: int, folder: Path) -> list[str]:
    """Write purchases in no order, some of zero, some refunds and some written twice, into so many files."""
    import polars as pl

    rng = np.random.default_rng(20160301)
    moment = np.datetime64("2022-01-01", "us") + rng.integers(0, 900 * 86_400, n) * np.timedelta64(1, "s")
    amount = np.where(rng.random(n) < 0.02, rng.choice([0.0, -20.0], n), rng.gamma(2.0, 20.0, n).round(2))
    log = pl.DataFrame({"customer_id": rng.integers(0, n // ROWS_EACH, n), "date": moment, "amount": amount})
    log = pl.concat([log.head(n - n // 1000), log.head(n // 1000)])
    paths = [str(folder / f"log-{n}-{n_files}-{part}.parquet") for part in range(n_files)]
    for part, path in enumerate(paths):
        log[part * n // n_files : (part + 1) * n // n_files].write_parquet(path)
    return paths


def ours(engine: str, files: list[str]) -> Callable:
    """Return a call of winback's, and the sums of what it says."""
    import winback as wb

    summarize = wb.summarize_purchases  # imported here
    summarize(pd.DataFrame({"customer_id": [1], "date": "2024-01-01", "amount": [1.0]}), period="D")
    if engine == "pandas":
        log = pd.read_parquet(files)
        return lambda: answer_of(summarize(log, period="D"))[:1]
    if engine == "duckdb":
        from duckdb import read_parquet as scanned
    else:
        from polars import scan_parquet as scanned
    return lambda: answer_of(summarize(scanned(files), period="D"))


def answer_of(found) -> np.ndarray:
    """Return sums over customers, and what became of the rows."""
    seen, n = found.customers, found.frame.set_index("what")["n"]
    sums = seen["frequency"].sum(), seen["n_paid"].sum(), (seen["mean_spend"] * seen["n_paid"]).sum()
    equal, free = n["rows equal to another in customer, date and amount"], n["purchases of zero, left out of spend"]
    return np.array([len(seen), *sums, n["refunds (below zero)"], free, n["purchases"], 1 + equal], dtype=float)


def by_hand(engine: str, files: list[str]) -> Callable:
    """Return the same written by hand."""
    if engine == "pandas":
        log = pd.read_parquet(files)
        asked = {"first": ("date", "min"), "last": ("date", "max"), "n": ("date", "size"), "money": ("amount", "sum")}
        return lambda: [len(log.groupby("customer_id").agg(**asked))]
    return lambda: sums_by_hand(*{"duckdb": in_sql, "polars": in_polars}[engine](files))


def in_sql(files: list[str]):
    """Return fates by day and customers, as pandas frames."""
    import duckdb

    with duckdb.connect() as session:
        fates = session.execute(FATES, {"files": files}).df()
        session.execute(KNOWN, {"files": files}).fetchone()
        end = fates["day"].max() + pd.Timedelta(days=1)
        return fates, session.execute(CUSTOMERS, {"files": files, "end": end}).df()


def in_polars(files: list[str]):
    """Return fates by day and customers, as polars frames."""
    import polars as pl

    log, amount, day = pl.scan_parquet(files), pl.col("amount"), pl.col("date").cast(pl.Date).alias("day")
    missing = {name: pl.col(name).is_null() for name in ("customer_id", "date", "amount")}
    fate = pl.when(missing["customer_id"]).then(0).when(missing["date"]).then(1).when(missing["amount"]).then(2)
    fate = fate.when(amount < 0).then(4).otherwise(5).alias("fate")
    counts = pl.len().alias("n"), amount.sum(), (amount == 0).sum().alias("n_free")
    fates = log.group_by(day, fate).agg(*counts)
    rows = log.filter(~missing["customer_id"], ~missing["date"], amount >= 0)
    rows = rows.group_by("customer_id", "date", "amount").agg(pl.len().cast(pl.Int64).alias("n"))
    days = rows.group_by("customer_id", day).agg((amount * pl.col("n")).sum(), (pl.col("n") - 1).sum().alias("n_equal"))
    first = amount.sort_by("day").first()
    customers = days.group_by("customer_id").agg(
        pl.col("day").min().alias("first_day"),
        pl.col("day").max().alias("last_day"),
        pl.len().cast(pl.Int64).alias("n_days"),
        pl.col("n_equal").sum(),
        ((amount > 0).sum().cast(pl.Int64) - (first > 0).cast(pl.Int64)).alias("n_paid"),
        (amount.sum() - first).alias("money"),
    )
    return pl.collect_all([fates, customers, log.select(pl.col("customer_id").n_unique())])[:2]


def sums_by_hand(fates, customers) -> np.ndarray:
    """Return the sums of `answer_of`; pandas and polars add up alike."""
    n, fate = (np.asarray(fates[name]) for name in ("n", "fate"))
    sums = (customers["n_days"] - 1).sum(), customers["n_paid"].sum(), customers["money"].sum()
    counts = n[fate == 4].sum(), fates["n_free"].sum(), n[fate == 5].sum(), 1 + customers["n_equal"].sum()
    return np.array([len(customers), *sums, *counts], dtype=float)


def cdnow(side: str, path: str) -> Callable:
    """Return a summary of CDNOW's sample, ours or clvkit's."""
    log = pd.read_csv(path, sep=r"\s+", header=None, names=["all", "customer_id", "date", "n_cds", "amount"])
    log["date"] = pd.to_datetime(log["date"].astype(str), format="%Y%m%d")
    if side == "ours":
        import winback as wb

        summarize = wb.summarize_purchases
        return lambda: [len(summarize(log, period="W").customers)]
    from clvkit import CustomerBase

    warnings.simplefilter("ignore")  # it says what it does with free orders
    read = CustomerBase.from_transactions
    return lambda: [len(read(log, collapse="D", time_unit="W").to_pandas())]


def rows(tasks=TASKS, rounds: int = 3) -> Iterator[Row]:
    """Time each task, and CDNOW where its file and clvkit are at hand."""
    with tempfile.TemporaryDirectory() as folder:
        for task in tasks:
            engine, n, n_files = task.split()
            files = draw(int(n), int(n_files), Path(folder))
            own, other = ([sys.executable, str(HERE), side, engine, *files] for side in ("ours", "by_hand"))
            what = f"{engine}, {int(n):,} rows in {n_files} / " + ("a group-by" if engine == "pandas" else "by hand")
            time, memory = TASKS[task]
            yield apart(what, own, other, at_most=time, memory_at_most=memory, rounds=rounds)
            for path in files:
                os.remove(path)
    if CLVKIT in os.environ and DATA in os.environ:
        path = os.path.join(os.environ[DATA], "CDNOW_sample.txt")
        own, other = (
            [python, str(HERE), side, "cdnow", path]
            for python, side in ((sys.executable, "ours"), (os.environ[CLVKIT], "clvkit"))
        )
        yield apart("summary of CDNOW / clvkit", own, other, at_most=1.0, rounds=rounds)
    else:
        print(f"Against clvkit: python3 -m venv clv && clv/bin/pip install clvkit==0.2.1; {CLVKIT}=clv/bin/python.")


if __name__ == "__main__":
    if sys.argv[1:2] in (["ours"], ["by_hand"], ["clvkit"]):
        side, engine, *files = sys.argv[1:]
        report(cdnow(side, *files) if engine == "cdnow" else {"ours": ours, "by_hand": by_hand}[side](engine, files))
    else:
        show(rows(sys.argv[1:] or TASKS))
