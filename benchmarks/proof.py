"""Do intervals and claims hold as often as they say? Long simulations, part by part. Called by: python3 run.py proof.

`python3 run.py proof skewness` runs one part, `--again` also what was run on this source before. Each part writes its
rows to proof/PART.json and all parts to proof.md, so that a run that was cut off goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
TESTS = HERE.parent / "tests"
sys.path[:0] = [
    str(HERE),
    *(str(TESTS / room) for room in ("", "offers", "budgets", "trial", "second_lifetime", "hard")),
    *(str(TESTS / room) for room in ("planning", "base", "lost", "retention")),
]

import proof_churn_risk  # noqa: E402
import proof_parts  # noqa: E402
import proof_repeat_churn  # noqa: E402
import round_trips  # noqa: E402

PARTS: dict[str, Callable[[], list[dict]]] = {
    "skewness": proof_parts.skewness,
    "spending": proof_parts.spending,
    "censoring": proof_parts.censoring,
    "clusters": proof_parts.clusters,
    "heavy_tails": proof_parts.heavy_tails,
    "joint": proof_parts.joint,
    "planning": proof_parts.planning,
    "adjusting": proof_parts.adjusting,
    "libreoffice": round_trips.libreoffice,
    "damages": proof_parts.damages,
    "lapse_rules": proof_parts.lapse_rules,
    "employees": proof_parts.employees,
    "organic_return": proof_parts.organic_return,
    "key_moments": proof_parts.key_moments,
    "churn_risk": proof_churn_risk.churn_risk,
    "keep_or_win_back": proof_parts.keep_or_win_back,
    "repeat_churn": proof_repeat_churn.repeat_churn,
}
HEADINGS = {"what": "What", "nominal": "Nominal", "before": "Before", "now": "Now", "error": "Monte Carlo error"}
HEADINGS |= {"draws": "Draws"}


def fingerprint() -> str:
    """Return what the source is: a part is true of it alone."""
    files = sorted((HERE.parent / "src").rglob("*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:16]


def main(arguments: list[str]) -> None:
    """Run the parts named, or all, that were not run on this source, and write the table of all."""
    wanted = [name for name in arguments if not name.startswith("-")] or list(PARTS)
    unknown = sorted(set(wanted) - set(PARTS))
    if unknown:
        sys.exit(f"There is no part {', '.join(unknown)}; there are {', '.join(PARTS)}.")
    source = fingerprint()
    for name in wanted:
        path = HERE / "proof" / f"{name}.json"
        done = json.loads(path.read_text()) if path.exists() else {}
        if done.get("source") == source and "--again" not in arguments:
            print(f"{name}: done on this source already")
            continue
        start = time.monotonic()
        rows = PARTS[name]()
        path.parent.mkdir(exist_ok=True)
        path.write_text(
            json.dumps({"source": source, "minutes": (time.monotonic() - start) / 60, "rows": rows}, indent=1)
        )
        (HERE / "proof.md").write_text(as_table())
        print(f"{name}: {(time.monotonic() - start) / 60:.1f} minutes")
    print(as_table())


def as_table() -> str:
    """Return all parts that were run as Markdown."""
    lines = ["# Do intervals and claims hold as often as they say?", ""]
    lines += ["Written by `python3 run.py proof`; figures are shares of simulated trials, or ratios in the mean.", ""]
    for name in PARTS:
        path = HERE / "proof" / f"{name}.json"
        if path.exists():
            done = json.loads(path.read_text())
            lines += [f"## {name}", "", "| " + " | ".join(HEADINGS.values()) + " |", "|---" * len(HEADINGS) + "|"]
            lines += ["| " + " | ".join(_cell(row.get(key)) for key in HEADINGS) + " |" for row in done["rows"]]
            lines += ["", f"Took {done['minutes']:.1f} minutes.", ""]
    return "\n".join(lines)


def _cell(value) -> str:
    if value is None:
        return "–"
    return f"{value:.4f}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)


if __name__ == "__main__":
    main(sys.argv[1:])
