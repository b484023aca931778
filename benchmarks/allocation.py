"""How fast is a plan under a budget, against HiGHS on the same linear programme, and does it grow in proportion?"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from timing import Row, in_turn, show

import winback as wb

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from budget_problems import random_profits, whole_programme

N_OFFERS = 4


def _plan(n: int, **limits):
    profits, costs = random_profits(np.random.default_rng(n), n, N_OFFERS)
    return lambda: wb.allocate_budget(profits, costs=costs, **limits)


def _programme(n: int, **limits):
    profits, costs = random_profits(np.random.default_rng(n), n, N_OFFERS)
    return lambda: whole_programme(profits, costs, **limits)


def rows() -> Iterator[Row]:
    """Time plans against HiGHS; in the last row one side is ten smaller plans."""
    n = 20_000
    money = {"budget": 5.0 * n}
    several = money | {"max_customers": n // 4, "caps": {"discount": (n // 50, n // 10)}}
    yield in_turn("plan, 20,000 x 4, budget / HiGHS", _plan(n, **money), _programme(n, **money), at_most=0.05, rounds=3)
    yield in_turn(
        "plan, 20,000 x 4, three limits / HiGHS", _plan(n, **several), _programme(n, **several), at_most=0.1, rounds=3
    )
    small = _plan(100_000, budget=500_000.0)
    yield in_turn(
        "plan, 1,000,000 x 4 / ten of 100,000 x 4",
        _plan(1_000_000, budget=5_000_000.0),
        lambda: [small() for _ in range(10)],
        at_most=1.5,
    )


if __name__ == "__main__":
    show(rows())
