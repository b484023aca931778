"""How fast is a model of repeat churn, against lifelines, and does another package find the same cure?

Called by: python3 run.py bench; alone: python benchmarks/repeat_churn.py. Against insurance-survival where
WINBACK_CURES, the path of the Python that has it, is set; otherwise it is said how to make that environment.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
from lifelines import CoxPHFitter
from timing import Row, in_turn, show

import winback as wb

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from repeat_churners import churners

N_CUSTOMERS, N_COX = 50_000, 5
FORMULAS = {"formula": "reason + complaints", "hazards": "fast"}
PEER = "WINBACK_CURES"
NO_PEER = (
    "Against insurance-survival: python3 -m venv cures && cures/bin/pip install insurance-survival==0.6.0 && export "
    "WINBACK_CURES=$PWD/cures/bin/python; then again."
)
THEIRS = """
import json, sys, warnings
import pandas as pd
from insurance_survival.cure import WeibullMixtureCure
warnings.simplefilter("ignore")
table = pd.read_csv(sys.argv[1])
fit = WeibullMixtureCure(
    incidence_formula="complaints", latency_formula="fast", n_em_starts=2, max_iter=2000, tol=1e-9, bootstrap_se=False
).fit(table, duration_col="months", event_col="ended")
found = fit.result_
print(json.dumps({"log_likelihood": found.log_likelihood, "cured": found.cure_fraction_mean}))
"""


def rows() -> Iterator[Row]:
    """Time a fit with its standard errors beside Cox fits of the same customers."""
    table = churners(N_CUSTOMERS, 1)
    numbers = pd.get_dummies(table[["reason", "complaints", "fast"]], drop_first=True, dtype=float)
    numbers = numbers.assign(months=table["second_tenure"], ended=table["second_ended"])
    yield in_turn(
        f"fit_repeat_churn on 50,000 with errors / {N_COX} Cox fits of lifelines",
        lambda: wb.fit_repeat_churn(table, **FORMULAS),
        lambda: [CoxPHFitter().fit(numbers, "months", "ended") for _ in range(N_COX)],
        at_most=1.0,
        rounds=3,
    )
    if PEER in os.environ:
        print(beside_another_package())
    else:
        print(NO_PEER)


def beside_another_package(n: int = 5_000) -> str:
    """Fit a single reason by both packages, and say how far apart they are."""
    table = churners(n, 2, first={"price": 1.0}, reasons=("price",))
    ours = wb.fit_repeat_churn(table, "complaints", hazards="fast")
    plain = table[["complaints", "fast"]].assign(months=table["second_tenure"], ended=table["second_ended"].astype(int))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "returned.csv"
        plain.to_csv(path, index=False)
        called = [os.environ[PEER], "-c", THEIRS, str(path)]
        theirs = json.loads(subprocess.run(called, check=True, capture_output=True, text=True).stdout.splitlines()[-1])
    cured = ours.frame["cured"].iloc[-1]
    return (
        f"Share cured {cured:.4f}, by insurance-survival {theirs['cured']:.4f}; log-likelihood "
        f"{ours.log_likelihood:,.3f} and {theirs['log_likelihood']:,.3f}."
    )


if __name__ == "__main__":
    show(rows())
