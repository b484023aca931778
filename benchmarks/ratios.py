"""How fast is winback? Ratios against a peer or a bound, measured in one run. Called by: python3 run.py bench.

Absolute times depend on the machine; a ratio of two medians, taken in turn in the same run, hardly does.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import allocation
import contracts
import nbformat
import pandas as pd
import policies
import purchases
import scores
import second_lifetimes
from timing import in_turn

import winback as wb
from winback.report import notebook_page, run_notebook, write_report

LEAVERS = Path(__file__).parents[1] / "data" / "telecom" / "leavers.csv.gz"


def python(code: str) -> Callable[[], object]:
    """Return a call that runs code in a new Python process."""
    return lambda: subprocess.run([sys.executable, "-c", code], check=True)


def kernel_alone() -> None:
    """Start a kernel, run a notebook of one empty answer, and make a page of it."""
    cell = nbformat.v4.new_code_cell("None")
    notebook_page(run_notebook(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Nothing"), cell])))


def main():
    """Print one line per ratio."""
    study = wb.load_telecom_study()
    with tempfile.TemporaryDirectory() as out:
        rows = [
            (
                "import winback / import lifelines",
                1.0,
                in_turn(python("import winback"), python("import lifelines"), 5),
            ),
            (
                "import compare_offers / import lifelines",
                1.0,
                in_turn(python("from winback import compare_offers"), python("import lifelines"), 5),
            ),
            (
                "compare_offers on the study / pandas reading its table",
                1.0,
                in_turn(lambda: wb.compare_offers(study.trial), lambda: pd.read_csv(LEAVERS), 15),
            ),
            (
                "the whole report / a kernel's start and an empty page",
                None,
                in_turn(lambda: write_report(out=out), kernel_alone, 3),
            ),
        ]
    whole, empty = rows[-1][2]
    rows += [*contracts.rows(), *second_lifetimes.rows(), *allocation.rows()]
    table = [
        {"what": what, "ours, s": ours, "theirs, s": theirs, "ratio": ours / theirs, "bound": bound or ""}
        for what, bound, (ours, theirs) in rows
    ]
    print(pd.DataFrame(table).to_string(index=False, float_format="{:.3f}".format))
    print(f"The report's own work apart from the kernel's start: {whole - empty:.1f} s.")
    purchases.main(rounds=3)
    policies.main(rounds=3)
    scores.main(rounds=3)


if __name__ == "__main__":
    main()
