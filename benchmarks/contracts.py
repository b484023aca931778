"""How fast are models of contracts, against lifelines' Weibull fit of the same customers as rows?"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
from lifelines import WeibullFitter
from timing import Row, in_turn, show

import winback as wb

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from contract_data import HIGH_END


def rows() -> Iterator[Row]:
    """Time both models against lifelines."""
    left = HIGH_END[:8]  # survivors after 0 to 7 years: eight columns of counts
    years = np.repeat(np.arange(1, 9), [*-np.diff(left), left[-1]])
    ended = years < 8

    def lifelines():
        return WeibullFitter().fit(np.minimum(years, 7), ended)

    for name, bound, fit in (
        ("sBG", 0.25, partial(wb.fit_contracts, model="sbg")),
        ("BdW", 0.5, partial(wb.fit_contracts, model="bdw")),
    ):
        what = f"{name} on eight years / lifelines, Weibull"
        yield in_turn(what, lambda fit=fit: fit(left, period="Y"), lifelines, at_most=bound, rounds=31)


if __name__ == "__main__":
    show(rows())
