"""How much memory and time does a report of the lost take from a Parquet file, beside pandas reading that file?

Called by: python3 run.py bench; alone: python benchmarks/lost.py [ROWS ...]. Ours is all that `winback lost` asks of a
log of purchases: the base, its rule, the report, triage, stages, the table of the lost. Theirs is the frame alone, with
the same three columns. Both are judged by the peak of their process, imports included.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from timing import Row, apart, report, show

HERE = Path(__file__).resolve()
SIZES = (1_000_000, 10_000_000)
ROWS_EACH = 7  # of a customer, on average
PART = 500_000  # rows written together
DAYS = 1_095
MOST_MEMORY = 2.0  # ours / theirs: imports weigh at a million rows, at ten ours hardly needs more than the frame alone
COLUMNS = ["customer_id", "date", "amount"]


def draw(n: int, folder: Path) -> str:
    """Write a shop's log in the order of time: customers who come, buy at rates of their own, and leave."""
    import polars as pl

    rng, n_customers = np.random.default_rng(20161130), n // ROWS_EACH
    rate, start = rng.gamma(0.7, 1.0, n_customers) + 0.02, rng.integers(0, DAYS - 95, n_customers)
    life = np.minimum(rng.exponential(500, n_customers), DAYS - 1 - start) + 1
    who = rng.choice(n_customers, n, p=rate * life / (rate * life).sum())
    day = start[who] + rng.random(n) * life[who]
    order = np.argsort(day)
    who, seconds = who[order], (day[order] * 86_400).astype(np.int64)
    amount = np.where(rng.random(n) < 0.01, -20.0, rng.gamma(2.0, 20.0, n).round(2))
    moment = np.datetime64("2021-01-01", "us") + seconds * np.timedelta64(1, "s")
    log = pl.DataFrame({"customer_id": who, "date": moment, "amount": amount, "order": np.arange(n)})
    texts = [("K" + pl.col("customer_id").cast(pl.String).str.zfill(8)).alias("customer_id")]
    texts.append(("ORDER-" + pl.col("order").cast(pl.String)).alias("order"))
    path = str(folder / f"log-{n}.parquet")
    log.with_columns(texts).write_parquet(path, row_group_size=PART)
    return path


def ours(path: str) -> Callable:
    """Return a call of all that a page on the lost asks, and how many customers it found."""
    import winback as wb

    def asked() -> list[float]:
        base = wb.read_purchases(path)
        said, found = wb.lost_report(base), wb.triage(base)
        str(base), said.details(), len(found.call_list()), wb.base_stages(base)
        return [base.n, len(base.lapsed().to_frame())]

    return asked


def theirs(path: str) -> Callable:
    """Return a call that reads the same columns of the same file."""
    return lambda: [pd.read_parquet(path, columns=COLUMNS)["customer_id"].nunique()]


def rows(sizes=SIZES, rounds: int = 1) -> Iterator[Row]:
    """Measure each size of log."""
    with tempfile.TemporaryDirectory() as folder:
        for n in sizes:
            path = draw(n, Path(folder))
            own, other = ([sys.executable, str(HERE), side, path] for side in ("ours", "theirs"))
            what = f"what a page on the lost asks of {n:,} purchases / pandas reading them"
            yield apart(what, own, other, gap=_customers, memory_at_most=MOST_MEMORY, rounds=rounds)
            Path(path).unlink()


def _customers(own: list[float], _: list[float]) -> str:
    return f"{own[0]:,.0f} customers, {own[1]:,.0f} of them lost before"


if __name__ == "__main__":
    if sys.argv[1:2] in (["ours"], ["theirs"]):
        report({"ours": ours, "theirs": theirs}[sys.argv[1]](sys.argv[2]))
    else:
        show(rows([int(size) for size in sys.argv[1:]] or SIZES))
