"""Which customers of a base left after how many periods? Its first lives as rows of customers."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from winback.base.contract_base import ContractBase
from winback.periods import Period, PeriodError
from winback.tables import Problem, TableError
from winback.value.contracts.counts import CUSTOMERS

PERIODS, ENDED = "periods", "ended"


def customers_in_periods(
    base: ContractBase, period: str | Period | None, asked: Mapping[str, str | None]
) -> tuple[pd.DataFrame, dict[str, str | None]]:
    """Return one row per customer of a base, and the columns that say how long each stayed.

    Raises
    ------
    TableError
        When some customers came before the base was watched, so that it is not known who of those like them had left;
        when columns are named that the base has anyway; when the period is none.
    """
    problems = []
    for name in ("tenure", "ended"):
        if asked[name] is not None:
            remedy = f"Leave {name}= out."
            problems.append(Problem(name, "is what the base knows of its customers", 0, "", remedy))
    if base.since is not None and (base.first_lives()["first_watched_from"] > 0).any():
        said = f"is {base.since}: who left before that is not known, and renewals are counted from the first one"
        remedy = (
            f"Fit those who began on that day or later: fit_contracts(base.in_periods(period), tenure={PERIODS!r}, "
            f"ended={ENDED!r}, period=period)."
        )
        problems.append(Problem("since", said, 0, "", remedy))
    customers = pd.DataFrame()
    try:
        customers = base.in_periods(period)
    except PeriodError as error:
        problems.append(Problem("period", error.problem, 0, "", error.remedy or "Say how long one period is."))
    if problems:
        raise TableError(CUSTOMERS, problems)
    return customers, {**asked, "tenure": PERIODS, "ended": ENDED}
