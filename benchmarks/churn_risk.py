"""How fast, and in how much memory, is a risk of leaving fitted to millions of customers' months?

Called by: python3 run.py bench; alone: python benchmarks/churn_risk.py. Ours is the fit to all months, from the base.
Theirs is statsmodels' logit of single rows of a tenth of the months, once the rows are there: what it would take of all
is ten times as much, so the bound of the ratio, 1, is a tenth of that time. Memory is that of the process, base and
all.
"""

from __future__ import annotations

import pickle
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from timing import Row, apart, in_turn, report, show

import winback as wb
from winback.retention.person_months import months_of
from winback.retention.risk_table import level_frame

HERE = Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[1] / "tests"))

MONTHS, TENTH = 5_000_000, 500_000  # of customers
EACH = 14.8  # months of a customer, on average
FORMULA = "bs(tenure, degree=2, knots=[3, 8, 16]) + since_complaint + plan + month_of_year"
MOST_MEMORY = 2_000  # MB


def write(n_months: int, path: Path) -> None:
    """Write contracts and events of customers with so many months together."""
    from at_risk import drawn

    contracts, events, _ = drawn(round(n_months / EACH), rng=1)
    path.write_bytes(pickle.dumps((contracts, events)))


def base_of(path: str) -> wb.ContractBase:
    """Return the base of a file."""
    from at_risk import read

    return read(*pickle.loads(Path(path).read_bytes()))


def ours(path: str) -> Callable:
    """Return a call of the fit."""
    base = base_of(path)
    return lambda: wb.fit_churn_risk(base, FORMULA).coefficients


def theirs(path: str) -> Callable:
    """Return a call of the same logit on single rows."""
    import statsmodels.api as sm

    base = base_of(path)
    fit = wb.fit_churn_risk(base, FORMULA)
    columns = fit.table_of_levels.columns
    parts = [(fit.levels(known), known.left) for known in months_of(base, columns, fit.starts)]
    levels, left = (np.concatenate(each) for each in zip(*parts, strict=True))
    table = level_frame(levels, columns)

    def fitted() -> np.ndarray:
        model = sm.GLM(left.astype(float), fit.design.matrix(table), family=sm.families.Binomial())
        return model.fit(tol=1e-10, tol_criterion="params").params

    return fitted


def rows(n_months: int = MONTHS, rounds: int = 3) -> Iterator[Row]:
    """Measure the fit, and the score of one customer."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / name for name in ("all", "tenth", "few")]
        for size, path in zip((n_months, n_months // 10, TENTH // 10), paths, strict=True):
            write(size, path)
        own, other = ([sys.executable, str(HERE), *each] for each in (("ours", paths[0]), ("theirs", paths[1])))
        what = f"fit_churn_risk on {n_months:,} months / single rows of a tenth of them"
        row = apart(what, [*map(str, own)], [*map(str, other)], at_most=1.0, rounds=rounds, gap=_sizes)
        yield row
        if row.peaks[0] > MOST_MEMORY:
            sys.exit(f"fit_churn_risk took {row.peaks[0]:,.0f} MB; at most {MOST_MEMORY:,}.")
        yield from _score(str(paths[2]))


def _sizes(own: list[float], other: list[float]) -> str:
    return f"{len(own)} and {len(other)} coefficients"


def _score(path: str) -> Iterator[Row]:
    """Time one customer from a mapping beside one row through the formula: at most a twentieth, under a millisecond."""
    fit = wb.fit_churn_risk(base_of(path), FORMULA)
    customer = {"tenure": 7, "since_complaint": 2, "plan": "small", "month_of_year": 3}
    columns = fit.table_of_levels.columns
    levels = np.array([[each.level_of[each.place_of(customer[each.name])] for each in columns]])

    def by_formula() -> float:
        return float((fit.design.matrix(level_frame(levels, columns)) @ fit.coefficients)[0])

    yield in_turn(
        "score of one customer / one row through the formula",
        lambda: sum(fit.score(customer) for _ in range(100)),
        lambda: sum(by_formula() for _ in range(100)),
        at_most=0.05,
    )


if __name__ == "__main__":
    if sys.argv[1:2] in (["ours"], ["theirs"]):
        report({"ours": ours, "theirs": theirs}[sys.argv[1]](sys.argv[2]))
    else:
        show(rows())
