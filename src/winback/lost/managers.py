r"""What hangs on one employee, and do customers follow who leaves? `manager_concentration`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.base.base import Base
from winback.base.contract_base import ContractBase
from winback.doors import ArgumentError, door
from winback.labels import number_words
from winback.lost.departures import ALONE, SEVERAL, departures_of, difference_in_differences, rates_around
from winback.lost.served import served_now, service_of, teams_together
from winback.periods import DAYS_IN_MONTH
from winback.results import Result, Sentences, counted, format_count, format_percent, join_words
from winback.uncertainty import normal_quantile

WHERE = ("left", "stayed")


@dataclass(frozen=True, repr=False, kw_only=True)
class ManagerConcentration(Result):
    """What hangs on employees, see `manager_concentration`.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per employee who serves somebody on the last day: ``manager``, ``team``, ``n`` customers, ``n_alone``
        (nobody else serves them), ``value`` a year (a customer of several counts for each in equal parts), ``share`` of
        all that is served, ``share_of_team``.
    teams : pandas.DataFrame
        One row per team: ``team``, ``n_managers``, ``value``, ``share``, ``largest_share`` and ``herfindahl`` within
        the team (1: all hangs on one).
    departures : pandas.DataFrame
        One row for customers ``served`` by one and by several: ``n_departures``, losses a month before and after of who
        left (``left_before``, ``left_after``) and of those who stayed, ``losses`` after, ``n_customers`` then, and
        ``ratio`` with its interval: how many times as often customers leave after a departure. Empty where no departure
        is known.
    """

    frame: pd.DataFrame = field(repr=False)
    teams: pd.DataFrame = field(repr=False)
    departures: pd.DataFrame = field(repr=False)
    rates: pd.DataFrame = field(repr=False)  # losses and customer-months of each departure
    months: float
    level: float
    money: bool  # False: customers are counted in place of money
    n_served: int
    n_alone: int  # of those served, by one employee
    value_alone: float  # share of the value served that hangs on one employee each
    n_unserved: int
    notes: tuple[str, ...] = ()
    currency: str = "$"
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "manager": ("Employee", "text"),
        "team": ("Team", "text"),
        "n": ("Customers", "count"),
        "n_alone": ("Served by nobody else", "count"),
        "value": ("Brings a year", "money"),
        "share": ("Share of all", "percent"),
        "share_of_team": ("Share of the team", "percent"),
    }

    def describe(self) -> Sentences:
        """Say how much hangs on one employee, whether customers follow who leaves, and the doubt that matters most."""
        return Sentences.of([_hangs(self), _follow(self), *_doubts(self)][:3])

    def details(self) -> Sentences:
        """Say how departures were looked at, and what was taken for what."""
        return Sentences.of([*[*_doubts(self)][1:], *_how(self), *self.notes])


@door
def manager_concentration(
    base: ContractBase, *, months: float = 3.0, teams: Mapping[str, str] | None = None, level: float = 0.95
) -> ManagerConcentration:
    r"""Say how much of a base hangs on one employee each, and how many customers follow one who leaves.

    With :math:`s_k` the shares of a team's value, its Herfindahl index is :math:`\sum_k s_k^2`: 1 where all hangs
    on one, 1 / n where n share it evenly. Losses after a departure are set against those before it, and against those
    of employees who stayed, in the same days; see `winback.lost.departures`.

    Parameters
    ----------
    base : ContractBase
        From `read_contracts`, with ``served_by`` (who served whom from when to when); without it the contracts'
        ``manager`` tells who serves whom now, and nothing can be said of departures, which are events ``manager_left``
        with ``manager``.
    months : float
        Length of the time before and after a departure.
    teams : mapping, optional
        Employee -> team. Without it a team is those who serve customers together.
    level : float
        Of the intervals.

    Raises
    ------
    ValueError
        When nothing tells who serves whom.

    References
    ----------
    .. [1] Palmatier, Scheer & Steenkamp (2007). Customer Loyalty to Whom? Managing the Benefits and Risks of
       Salesperson-Owned Loyalty. Journal of Marketing Research 44(2).

    Examples
    --------
    >>> import pandas as pd, winback as wb
    >>> contracts = pd.DataFrame({
    ...     "customer_id": [1, 2, 3], "start": "2023-01-01", "end": None, "margin": [60.0, 20.0, 20.0],
    ...     "manager": ["ann", "bob", "bob"]})
    >>> base = wb.read_contracts(contracts, until="2024-12-31")
    >>> found = wb.manager_concentration(base, teams={"ann": "x", "bob": "x"})
    >>> found.to_frame()[["manager", "n", "share"]].to_dict("list")
    {'manager': ['ann', 'bob'], 'n': [1, 2], 'share': [0.6, 0.4]}
    >>> round(float(found.teams["herfindahl"].iloc[0]), 2)
    0.52
    """
    normal_quantile(level)
    _check(base, months)
    service = service_of(base)
    pairs, money = served_now(base, service)
    frame = _by_employee(pairs, teams_together(service, pairs) if teams is None else teams)
    frame = frame if money else frame.assign(value=np.nan)
    left, n_days = departures_of(base), round(months * DAYS_IN_MONTH)
    rates = pd.DataFrame()
    if base.served_by is not None and len(left) and len(service):
        rates = rates_around(service, left, n_days, (int(service["since"].min()), base.last))
    alone, n_served = pairs[pairs["alone"]], pairs["customer"].nunique()
    return ManagerConcentration(
        frame=frame,
        teams=_by_team(frame),
        departures=_departures(rates, level),
        rates=rates,
        months=months,
        level=level,
        money=money,
        n_served=n_served,
        n_alone=len(alone),
        value_alone=float(alone["value"].sum() / (pairs["value"].sum() or np.nan)),
        n_unserved=int(base.all_lives.runs.sum()) - n_served,
        notes=tuple(_notes(base, frame, rates, teams, n_left=len(left))),
        currency=base.currency,
    )


def _check(base, months: float) -> None:
    if isinstance(base, Base):
        base.needs_calendar("What hangs on one employee")
    if not isinstance(base, ContractBase):
        raise ArgumentError(
            f"manager_concentration: `base` must be one of read_contracts, which says who serves whom; got "
            f"{type(base).__name__}."
        )
    if not 0 < months <= 120:
        raise ValueError(f"months must be above 0 and at most 120; got {months!r}.")
    if base.served_by is None and "manager" not in base.contracts:
        raise ValueError(
            "Nothing tells who serves whom: add a column manager to the contracts, or give read_contracts the table "
            "served_by (customer_id, manager, from, to)."
        )


def _by_employee(pairs: pd.DataFrame, teams: Mapping[str, str]) -> pd.DataFrame:
    """Return one row per employee, who has the most first."""
    found = pairs.groupby("manager").agg(n=("value", "size"), n_alone=("alone", "sum"), value=("value", "sum"))
    found = found.sort_values("value", ascending=False, kind="stable").reset_index()
    found.insert(1, "team", found["manager"].map(lambda name: teams.get(name, name)))
    total = found.groupby("team")["value"].transform("sum")
    found["share"] = found["value"] / (found["value"].sum() or np.nan)
    found["share_of_team"] = found["value"] / total.where(total != 0)
    return found


def _by_team(frame: pd.DataFrame) -> pd.DataFrame:
    """Return one row per team: its value, the largest share in it, and its Herfindahl index."""
    by = frame.assign(square=frame["share_of_team"] ** 2).groupby("team", sort=False)
    found = by.agg(
        n_managers=("manager", "size"),
        value=("value", "sum"),
        share=("share", "sum"),
        largest_share=("share_of_team", "max"),
        herfindahl=("square", "sum"),
    )
    return found.reset_index()


def _departures(rates: pd.DataFrame, level: float) -> pd.DataFrame:
    """Return what followed departures, of customers served by one and by several."""
    rows = []
    for served in (ALONE, SEVERAL) if len(rates) else ():
        part = rates[rates["served"] == served]
        total = part.groupby(["group", "after"])[["losses", "months", "n_customers"]].sum()
        left_after = total.loc[("left", True)]
        if not left_after["n_customers"]:
            continue
        hazard = total["losses"] / total["months"].where(total["months"] > 0)
        told = {f"{group}_{when}": hazard[(group, when == "after")] for group in WHERE for when in ("before", "after")}
        row = {
            "served": served,
            "n_departures": part["manager"].nunique(),
            "n_customers": int(left_after["n_customers"]),
        }
        row |= {"losses": int(left_after["losses"]), **told}
        rows.append(row | difference_in_differences(part, level))
    return pd.DataFrame(rows)


def _notes(base, frame: pd.DataFrame, rates: pd.DataFrame, teams, n_left: int) -> Iterator[str]:
    if frame["value"].isna().all():
        yield "The contracts have no margin, so shares are of customers, not of money."
    if base.served_by is None:
        yield "Without a table of who served whom from when to when, each customer counts as served by one employee."
    if teams is None:
        yield "A team is taken to be those who serve customers together; say teams where that is not so."
    elif missing := sorted(set(frame["manager"]) - set(teams)):
        yield f"No team was given of {join_words(missing[:3])}; who has none counts as one alone."
    n_used = rates["manager"].nunique() if len(rates) else 0
    if n_left > n_used and base.served_by is not None:
        yield f"{counted(n_left - n_used, 'departures')} lie too near to the ends of the data and are not looked at."


def _hangs(found: ManagerConcentration) -> str:
    if not found.n_served:
        return "Nobody who is here is served by an employee of their own."
    what = "of what they bring" if found.money else "of them"
    top = found.frame.iloc[0]
    alone = f", {format_percent(found.value_alone)} {what} by one employee alone" if found.money else ""
    return (
        f"{format_count(found.n_served)} customers who are here are served by {counted(len(found.frame), 'employees')}"
        f"{alone}; most hangs on {top['manager']}, {format_percent(top['share'])} {what}."
    )


def _follow(found: ManagerConcentration) -> str:
    known = found.departures[found.departures["ratio"].notna()] if len(found.departures) else found.departures
    if not len(known):
        return "Whether customers follow who leaves cannot be told: no departure with losses around it is known."
    said = [
        f"{found.interval(row, 'ratio', 'times')} times as often where they were served {row['served']}"
        for _, row in known.iterrows()
    ]
    n = counted(known["n_departures"].max(), "departures")
    after = f"In the {number_words(found.months)} months after an employee left ({n})"
    return f"{after}, customers left {join_words(said)}."


def _doubts(found: ManagerConcentration) -> Iterator[str]:
    if len(found.departures):
        yield (
            "That is what happened after departures, set against employees who stayed: whatever else came to the same "
            "customers at the same time is in it."
        )
    if found.n_unserved:
        who = counted(found.n_unserved, "customers")
        yield f"{who} who are here have no employee of their own and are not in the shares."


def _how(found: ManagerConcentration) -> Iterator[str]:
    if len(found.departures) and found.departures["ratio"].notna().any():
        yield (
            "The intervals allow for how few departures there are: each departure counts as one case, however many "
            "customers it touched."
        )
    for _, row in found.departures.iterrows():
        before, after = (format_percent(row[f"left_{when}"]) for when in ("before", "after"))
        others = [format_percent(row[f"stayed_{when}"]) for when in ("before", "after")]
        yield (
            f"Served {row['served']}: after {counted(row['n_departures'], 'departures')} "
            f"{format_count(row['losses'])} of {format_count(row['n_customers'])} left, {after} a month against "
            f"{before} before; of employees who stayed {others[1]} against {others[0]}."
        )
