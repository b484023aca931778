"""Who is lost and what does it cost, in one minute: the answer, what to do, how sure, and the doubt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.asked import Unanswered, ask
from winback.base.any_base import AnyBase
from winback.base.purchase_base import PurchaseBase
from winback.base.snapshot_base import SnapshotBase
from winback.labels import number_words
from winback.lost.classes import ORDER
from winback.lost.if_back import if_back
from winback.lost.losses_reported import LostReport
from winback.lost.lost_report import lost_report
from winback.lost.lost_shares import LostShares, lost_shares
from winback.lost.money_asked import revenue_as_margin
from winback.lost.reason_figures import ReasonTable
from winback.lost.reason_table import reason_table
from winback.lost.triage import triage
from winback.lost.triaged import Triage, brought_most
from winback.lost.year_in_words import span_in_words, year_in_words
from winback.periods import DAYS_IN_MONTH, format_horizon
from winback.results import Result, Sentences, counted, format_count, join_words
from winback.tables import AnyTable
from winback.uncertainty import share_interval

LATELY = 12.0  # months: who has been away for longer seldom comes back, so the others are called first
URGENT = ORDER[:2]
ROUGH = "It is a rough list, made without a trial; where offers were tried, take the one that the trial gives."
USUAL = ("manager", "segment", "product", "channel", "contract", "plan", "tariff", "region", "country", "geography")
NO_COLUMN = Unanswered("Nothing tells groups of customers apart: name a column to compare them by.")
NO_GROUPS = ("customer_id", "start", "end", "margin", "exit_text")

Report = LostReport | Unanswered
Where = LostReport | LostShares | Unanswered


@dataclass(frozen=True, repr=False, eq=False)
class LostInShort(Result):
    """What a page on the lost says first, from answers that are there; see `lost_in_short`."""

    base: AnyBase = field(repr=False)
    by: str | None  # column by which losses are compared
    report: LostReport | Unanswered = field(repr=False)
    reasons: ReasonTable | Unanswered = field(repr=False)
    calls: Triage | Unanswered = field(repr=False)
    where: Where = field(repr=False)  # groups compared
    frame: pd.DataFrame
    currency: str = "$"
    shown: ClassVar = {
        "n": ("Here at the start", "count"),
        "n_lost": ("Lost of these", "count"),
        "share": ("Share of these", "percent"),
        "n_lost_within": ("Came and lost", "count"),
        "money": ("Brought in the year before", "money"),
        "n_to_call": ("To call first", "count"),
    }

    def describe(self) -> Sentences:
        """Say how many were lost at what cost and why, what a loss is, and the doubt that matters most."""
        counted_how, *doubts = str(self.base.describe()).splitlines()[1:3] or [""]
        doubts = [each for each in (revenue_as_margin(self.base), *doubts) if each]
        sure = _by_themselves(self) or counted_how
        return Sentences.of([each for each in (_answer(self), sure, *doubts[:1]) if each])

    @property
    def read_on(self) -> str:
        """Who should read on, and where."""
        return " ".join(_readers(self))

    def details(self) -> Sentences:
        """Say what a loss is, and what was taken for what when the tables were read."""
        said = self.describe().splitlines()
        how = [each for each in str(self.base.describe()).splitlines()[1:] if each not in said]
        read = self.base.reading or ["The tables were read as they stand: nothing had to be interpreted."]
        return Sentences.of([*how, *read])

    def what_to_do(self) -> Sentences:
        """Say whom to call first, and which reason to look into."""
        said = [each for each in (_call(self), _mend(self)) if each]
        return Sentences.of([" ".join(said)] if said else [])


def lost_in_short(
    base: AnyBase,
    by: str | None = None,
    *,
    sent: AnyTable | None = None,
    mending_cost: Mapping[str, float] | None = None,
) -> LostInShort:
    """Ask a base the first questions about the lost; what its columns cannot answer says so.

    Parameters
    ----------
    base : ContractBase, PurchaseBase or SnapshotBase
    by : str, optional
        Column by which losses are compared; without it a usual one that is there.
    sent, mending_cost
        As for `lost_report` and `reason_table`.

    Raises
    ------
    ValueError
        When there is no such column, or it makes no groups.

    Examples
    --------
    >>> import winback as wb
    >>> found = lost_in_short(wb.load_shop_study().base)
    >>> found.describe().splitlines()[0][:52]
    'In the year to 2024-06-30, 1,330 customers were lost'
    """
    group, report, where = _compared(base, by, sent)
    reasons = _reasons(base, report, mending_cost)
    calls = ask(triage, base)
    figures = pd.DataFrame([_figures(report, calls)])
    found = {"reasons": reasons, "calls": calls, "where": where}
    return LostInShort(base, group, report, **found, frame=figures, currency=base.currency)


def _compared(base: AnyBase, by: str | None, sent: AnyTable | None) -> tuple[str | None, Report, Where]:
    """Return by what groups are compared, the report, and what compares them; a column that was named must do."""
    group = group_of(base, by)
    if isinstance(base, SnapshotBase):
        report, where = ask(lost_report, base), ask(lost_shares, base, by=group) if group else NO_COLUMN
        if by is not None and not where:
            raise ValueError(str(where))
        return group, report, where
    report = ask(lost_report, base, by=group, sent=sent)
    if by is not None and not report and ask(lost_report, base, sent=sent):
        raise ValueError(str(report))
    return group, report, report if group else NO_COLUMN


def _reasons(base: AnyBase, report: LostReport | Unanswered, mending_cost) -> ReasonTable | Unanswered:
    """Return the reasons of the last year, of which the report speaks; of all losses where that year has none."""
    found = None
    if isinstance(report, LostReport):
        since = report.years_back(0)["start"].iloc[0].date()
        found = ask(reason_table, base, mending_cost=mending_cost, since=since)
    return found or ask(reason_table, base, mending_cost=mending_cost)


def _by_themselves(found: LostInShort) -> str:
    """Say what is measured of returns, and that nothing is of offers; nothing where the report tells of no return."""
    if not isinstance(found.report, LostReport) or found.report.organic is None:
        return ""
    within = min(LATELY, found.report.organic.curve.longest / DAYS_IN_MONTH)
    back = found.report.organic.chance(0.0, within).iloc[0]
    share = found.interval(back, "chance", "percent")
    return (
        f"Losses are counted, not estimated; {share} of the lost come back by themselves within "
        f"{format_horizon(within)} months, and how many an offer would bring back only a trial can say."
        f"{_year_ends(found)}"
    )


def _year_ends(found: LostInShort) -> str:
    """Say why the year ends before the data do, where it does."""
    end = found.report.years_back(0)["end"].iloc[-1].date()
    if end >= found.base.until:
        return ""
    return f" The year ends on {end}, as it is too soon to tell of all who left between then and {found.base.until}."


def _figures(report: LostReport | Unanswered, calls: Triage | Unanswered) -> dict[str, float]:
    figures = {}
    if isinstance(report, LostReport):
        year = report.over_last_year
        low, high = share_interval(year["n_lost"], year["n"] or np.nan, report.level)
        share = year["n_lost"] / (year["n"] or np.nan)
        figures = {"n": year["n"], "n_lost": year["n_lost"], "n_lost_within": year["n_lost_within"]}
        parts = [year[f"money_{name}"] for name in ("lost", "lost_within") if year[f"n_{name}"]]
        money = pd.Series(parts, dtype=float).sum(min_count=1)
        figures |= {"share": share, "share_low": low, "share_high": high, "money": money}
    if isinstance(calls, Triage):
        n_all, n_most, n_listed, *_ = to_call_first(calls).values()
        to_call = first_called(calls)
        figures |= {"n_all": n_all, "n_most": n_most, "n_listed": n_listed, "n_to_call": len(to_call)}
        figures["at_stake"] = to_call["value_at_stake"].sum()
    return figures


def to_call_first(calls: Triage) -> dict[str, int]:
    """Return how many are lost, brought most of these, may be called of these, and left within a year of these."""
    listed = calls.call_list()
    steps = {
        "lost today": len(calls.customers),
        "brought most": int(calls.customers["priority"].isin(URGENT).sum()),
        "may be called": int(listed["priority"].isin(URGENT).sum()),
    }
    return steps | ({"left within a year": len(first_called(calls))} if "months_away" in listed else {})


def first_called(calls: Triage) -> pd.DataFrame:
    """Return those on the call list who come first and have left within a year, where days are known."""
    return calls.call_list()[is_called_first(calls)]


def is_called_first(calls: Triage) -> np.ndarray:
    """Say who on the call list comes first and has left within a year, where days are known, shape (n,)."""
    listed = calls.call_list()
    urgent = listed["priority"].isin(URGENT).to_numpy()
    return urgent & (listed["months_away"] <= LATELY).to_numpy() if "months_away" in listed else urgent


def _answer(found: LostInShort) -> str:
    if not found.report:
        return str(found.base.describe()).splitlines()[0]
    row, final = found.frame.iloc[0], found.report.years_back(0)
    if not row["n_lost"] + row["n_lost_within"]:
        return f"Nobody was lost {span_in_words(final)}."
    return f"{year_in_words(row, final, found.currency)}{_why(found)}."


def _why(found: LostInShort) -> str:
    if not found.reasons or not len(found.reasons.reasons):
        return ""
    ever = " of all who were ever lost" if found.reasons.since is None else ""
    return f"; the reason named most{ever} is {found.reasons.reasons.iloc[0]['words']}"


def _call(found: LostInShort) -> str:
    if not found.calls:
        return "Add what customers bring (a margin or an amount), so that it can be said whom to call first."
    row = found.frame.iloc[0]
    if not row["n_to_call"]:
        return ""
    within = f"within {number_words(found.calls.horizon_months)} months"
    lately = "months_away" in found.calls.customers
    most = brought_most(row["n_most"], row["n_all"])
    who = f"{most}, may be called and left within the last year" if lately else f"{most} and may be called"
    n, back = format_count(row["n_to_call"]), if_back(row["at_stake"], found.currency)
    of_all = counted(row["n_all"], "customers who are lost today")
    return f"Of {of_all} call first the {n} who {who}: {within} they would bring {back}, a scenario. {ROUGH}"


def _mend(found: LostInShort) -> str:
    if not found.reasons or "at_stake" not in found.reasons.frame:
        return ""
    rows = found.reasons.reasons
    rows = rows[rows["at_stake"] > 0].sort_values("at_stake", ascending=False, kind="stable")
    if not len(rows):
        return ""
    row = rows.iloc[0]
    stake = found.format(row["at_stake"], "money")
    return (
        f"Find out what it would cost to mend {row['words']}: customers worth {stake} a year left for that alone and "
        "have not come back."
    )


def _readers(found: LostInShort) -> Iterator[str]:
    """Yield who should read on, and where."""
    if found.report:
        yield "For whoever runs the business: what it cost."
    if found.reasons:
        yield "For service and prices: why they left."
    if found.report and found.by is not None:
        yield "For whoever leads a team: where they are lost."
    yield "For the call centre: the list."


def group_of(base: AnyBase, by: str | None = None) -> str | None:
    """Return the column by which losses are compared: the one asked for, or a usual one that is there.

    Raises
    ------
    ValueError
        When there is no such column; with the one that may be meant.
    """
    names = columns_of(base)
    if by is None:
        there = {name.casefold(): name for name in reversed(names)}
        return next((there[name] for name in USUAL if name in there), None)
    if by in names:
        return by
    close = get_close_matches(by, names, n=1)
    meant = f"Did you mean {close[0]}?" if close else f"There are {join_words(names)}." if names else "There is none."
    raise ValueError(f"by: there is no column {by} to compare losses by. {meant}")


def columns_of(base: AnyBase) -> list[str]:
    """Return the columns by which customers can be told apart."""
    if isinstance(base, SnapshotBase):
        return base.further
    if isinstance(base, PurchaseBase):
        return [] if base.people is None else [str(name) for name in base.people]
    names = [str(name) for name in base.contracts if name not in NO_GROUPS]
    return [*names, *(["manager"] if base.served_by is not None and "manager" not in names else [])]
