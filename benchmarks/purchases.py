"""How fast are models of purchases, side by side with lifetimes in its own environment?

Called by: python3 run.py bench; alone: python benchmarks/purchases.py. Both say how to make the other environment where
WINBACK_PEERS, the path of its Python, is not set.

Each task runs in a fresh process of either library, in turn; importing and making the data are not timed. Both get the
same customers, drawn from CDNOW's estimates and counted by day; the summary's log has 400,000 customers.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from timing import Row, apart, report, show

HERE = Path(__file__).resolve()
TASKS = {  # bound of the ratio ours / theirs
    "bg_nbd 2357": 1 / 8,
    "pareto_nbd 2357": None,
    "gamma_gamma 946": None,
    "bg_nbd 100000": None,
    "pareto_nbd 100000": 1 / 15,
    "bg_nbd 1000000": 1 / 25,
    "gamma_gamma 1000000": 1 / 3,
    "expected 1000000": 1 / 6,
    "summary 5000000": 1 / 8,
}
PEER = "WINBACK_PEERS"
NO_PEER = (
    "Against lifetimes (Python 3.11 or 3.12): python3 -m venv peers && peers/bin/pip install lifetimes==0.11.3 "
    "numpy==1.26.4 pandas==2.1.4 && export WINBACK_PEERS=$PWD/peers/bin/python; then again."
)
TRUTH = {"bg_nbd": (0.2426, 4.4135, 0.7929, 2.4258), "pareto_nbd": (0.5533, 10.5776, 0.6062, 11.6679)}


def draw(task: str, folder: Path) -> Path:
    """Write the customers of a task, or the log to be summarised."""
    sys.path.insert(0, str(HERE.parents[1] / "tests"))
    from shoppers import cdnow, shoppers, spenders

    kind, n = task.split()
    path, rng = folder / f"{kind}{n}.npz", np.random.default_rng(20160301)
    if kind == "summary":
        table = log_of(rng, int(n))
        columns = list(table)
    elif kind == "gamma_gamma":
        table = cdnow("spend") if n == "946" else spenders(rng, (6.25, 3.74, 15.44), int(n)).query("frequency > 0")
        if n == "946":
            table = table.loc[table.index.repeat(table["customers"])]
            table = table.assign(mean_spend=table["total_cents"] / 100 / table["frequency"])
        columns = ["frequency", "mean_spend"]
    else:
        model = "bg_nbd" if kind == "expected" else kind
        if n == "2357":
            table = cdnow().loc[lambda cells: cells.index.repeat(cells["customers"])]
        else:
            table = shoppers(rng, model, TRUTH[model], int(n), (27, 39), 1 / 7)
        columns = ["frequency", "recency", "age"]
    np.savez(path, **{name: np.asarray(table[name]) for name in columns})
    return path


def log_of(rng, n: int, n_customers: int = 400_000, n_days: int = 900) -> dict[str, np.ndarray]:
    """Draw purchases in no order, by day, none below zero: lifetimes has no word for refunds."""
    days = np.datetime64("2022-01-01", "ns") + rng.integers(0, n_days, n) * np.timedelta64(1, "D")
    return {"customer_id": rng.integers(0, n_customers, n), "date": days, "amount": rng.gamma(2.0, 20.0, n).round(2)}


def ours(kind: str, table):
    """Return a call of winback's, and the estimates it gives."""
    import winback as wb

    if kind == "summary":
        summarize, columns = wb.summarize_purchases, ["frequency", "recency", "age", "mean_spend"]
        return lambda: summarize(table, period="D").customers[columns].sum()
    if kind == "gamma_gamma":
        spend = wb.fit_spend
        return lambda: spend(table).params["estimate"]
    if kind == "expected":
        fit = wb.fit_purchases(table.head(20_000), "bg_nbd", period="W")
        return lambda: fit.predict(table, 39, intervals=False)["expected"]
    purchases = wb.fit_purchases  # imported here, as lifetimes is
    return lambda: purchases(table, kind, period="W").params["estimate"]


def theirs(kind: str, table):
    """Return the same call of lifetimes'."""
    import lifetimes

    if kind == "summary":
        summarize, columns = lifetimes.utils.summary_data_from_transaction_data, list(table)
        return lambda: summarize(table, *columns)[["frequency", "recency", "T", "monetary_value"]].sum()
    if kind == "gamma_gamma":
        return lambda: lifetimes.GammaGammaFitter().fit(table["frequency"], table["mean_spend"]).params_
    columns = [table[name] for name in ("frequency", "recency", "age")]
    if kind == "expected":
        fit = lifetimes.BetaGeoFitter().fit(*(column.head(20_000) for column in columns))
        return lambda: fit.conditional_expected_number_of_purchases_up_to_time(39, *columns)
    fitter = {"bg_nbd": lifetimes.BetaGeoFitter, "pareto_nbd": lifetimes.ParetoNBDFitter}[kind]
    return lambda: fitter().fit(*columns).params_


def work(library: str, kind: str, path: str) -> None:
    """Report one task of one library from this process."""
    import warnings

    import pandas as pd

    warnings.simplefilter("ignore")
    with np.load(path) as stored:
        table = pd.DataFrame(dict(stored))
    call = {"winback": ours, "lifetimes": theirs}[library](kind, table)
    report(lambda: np.asarray(call(), dtype=float)[:4])


def rows(rounds: int = 3) -> Iterator[Row]:
    """Time each task, where there is a peer to compare with."""
    with tempfile.TemporaryDirectory() as folder:
        for task, bound in TASKS.items():
            rest = [str(HERE), task.split()[0], str(draw(task, Path(folder)))]
            own, other = [sys.executable, *rest, "winback"], [os.environ[PEER], *rest, "lifetimes"]
            yield apart(f"{task.replace(' ', ', ')} / lifetimes", own, other, at_most=bound, rounds=rounds)


if __name__ == "__main__":
    if len(sys.argv) == 4:
        work(sys.argv[3], *sys.argv[1:3])
    else:
        show(rows() if PEER in os.environ else sys.exit(NO_PEER))
