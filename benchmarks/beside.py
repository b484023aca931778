"""Is a comparison of offers as fast as it was in another checkout? Called by: python benchmarks/beside.py CHECKOUT.

Both compare the offers of the study, in processes of their own and in turn; the ratio of processor time is judged.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from statistics import median

HERE = Path(__file__).resolve().parents[1]
ROUNDS, CALLS = 7, 5
CALL = """
import time
import winback as wb
study = wb.load_telecom_study()
terms = {"horizon_months": 24.0, "annual_discount": 0.1}
def compare():
    if hasattr(wb, "read_trial"):
        return wb.compare_offers(wb.read_trial(study.lapsed, study.offers, **terms))
    return wb.compare_offers(study.lapsed, study.offers, **terms)
compare()
start = time.process_time()
for _ in range(%d):
    compare()
print((time.process_time() - start) / %d)
"""


def seconds(checkout: Path) -> float:
    """Return the processor time of one comparison, reading and checking the table included."""
    environment = os.environ | {"PYTHONPATH": str(checkout / "src"), "OPENBLAS_NUM_THREADS": "1"}
    called = [sys.executable, "-c", CALL % (CALLS, CALLS)]
    return float(subprocess.run(called, env=environment, capture_output=True, text=True, check=True).stdout)


def main(arguments: list[str]) -> None:
    """Print both times and the median of the paired ratios."""
    if len(arguments) != 1:
        sys.exit("Name the folder of the other checkout, which holds src/winback.")
    pairs = [(seconds(HERE), seconds(Path(arguments[0]).resolve())) for _ in range(ROUNDS)]
    ours, theirs = (median(side) for side in zip(*pairs, strict=True))
    print(f"here {ours:.3f} s, there {theirs:.3f} s, ratio {median(one / other for one, other in pairs):.2f}")


if __name__ == "__main__":
    main(sys.argv[1:])
