"""How fast is winback? Ratios against a peer or a bound, measured in one run. Called by: python3 run.py bench.

Stops with an error that names the bounds missed, where there are any.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median

import allocation
import churn_risk
import contracts
import logs
import lost
import nbformat
import outreach
import pandas as pd
import policies
import purchases
import repeat_churn
import scores
import second_lifetimes
import waiting
from timing import Row, in_turn, show

import winback as wb
from winback.kernel import run_notebook
from winback.pages.page import notebook_page
from winback.report import write_report

LEAVERS = Path(__file__).parents[1] / "data" / "telecom" / "leavers.csv.gz"


def python(code: str) -> Callable[[], object]:
    """Return a call that runs code in a new Python process."""
    return lambda: subprocess.run([sys.executable, "-c", code], check=True)


def kernel_alone() -> None:
    """Start a kernel, run a notebook of one empty answer, and make a page of it."""
    cell = nbformat.v4.new_code_cell("None")
    notebook_page(run_notebook(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Nothing"), cell])))


def rows() -> Iterator[Row]:
    """Time what every analyst does first, then each part of the package."""
    study = wb.load_telecom_study()
    lifelines = python("import lifelines")
    yield in_turn("import winback / import lifelines", python("import winback"), lifelines, at_most=1.0)
    compare = python("from winback import compare_offers")
    yield in_turn("import compare_offers / import lifelines", compare, lifelines, at_most=1.0)
    yield in_turn(
        "compare_offers on the study / pandas reading its table",
        lambda: wb.compare_offers(study.trial),
        lambda: pd.read_csv(LEAVERS),
        at_most=1.0,
        rounds=15,
    )
    with tempfile.TemporaryDirectory() as out:
        report = in_turn(
            "the whole report / a kernel's start and an empty page",
            lambda: write_report(out=out),
            kernel_alone,
            rounds=3,
        )
    own = median(whole - empty for whole, empty in report.seconds)
    yield replace(report, note=f"its own work apart from the kernel's start: {own:.1f} s")
    for part in (contracts, second_lifetimes, repeat_churn, churn_risk, allocation, waiting, logs, lost, outreach):
        yield from part.rows()
    for part in (purchases, policies, scores):
        if part.PEER in os.environ:
            yield from part.rows()
        else:
            print(part.NO_PEER)


if __name__ == "__main__":
    show(rows())
