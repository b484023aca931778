"""Which columns of each answer about the lost does a page show? At most five, those that decide."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from winback.asked import Unanswered, ask
from winback.base.base import Base
from winback.base.questions import what_can_be_asked
from winback.lost.classes import LET_GO, Classes
from winback.lost.if_back import SHARES
from winback.lost.in_short import LATELY, is_called_first
from winback.lost.losses_in_words import beside_others
from winback.lost.losses_reported import LostReport
from winback.lost.lost_customers import lost_customers
from winback.lost.lost_shares import LostShares
from winback.lost.managers import ManagerConcentration
from winback.lost.reason_figures import ReasonTable
from winback.lost.small_groups import LESS, MORE, NOT_COMPARED
from winback.lost.triaged import Triage
from winback.money import format_alike
from winback.results import Sentences, Shown, format_percent
from winback.survival.curves import SurvivalCurves, survival_curve

MOST_ROWS, FEW_GROUPS = 10, 6


def questions(base: Base) -> Shown:
    """Show what the columns that are there can answer, and what the other questions take."""
    asked = what_can_be_asked(base)
    columns = {
        "Question": asked["question"].str[:1].str.upper() + asked["question"].str[1:],
        "Can be asked": np.where(asked["possible"], "yes", "no"),
        "Needs": asked["needs"].where(asked["possible"], asked["why_not"]),
    }
    return Shown(pd.DataFrame(columns))


def others(report: LostReport, kinds: Iterable[str]) -> Shown:
    """Show published figures of some kinds, as they were published, and one's own beside them."""
    rows = report.beside()
    return report.show_beside(rows[~rows["converted"] & rows["kind"].isin(kinds)])


def others_in_words(report: LostReport) -> Sentences:
    """Say what is lost in a year and in a month, beside what others lose."""
    return Sentences.of([beside_others(report)])


def stays(base: Base, by: str | None = None) -> SurvivalCurves | Unanswered:
    """Return how long customers stay, by group where there are few."""
    found = ask(survival_curve, base, by) if by else None
    few = isinstance(found, SurvivalCurves) and len(found.to_frame()["group"].unique()) <= FEW_GROUPS
    return found if few else ask(survival_curve, base)


def groups(report: LostReport | LostShares, most: int = MOST_ROWS) -> Shown:
    """Show the groups that differ beyond chance, and the others that seem to lose most."""
    rows = report.groups[report.groups["verdict"] != NOT_COMPARED]
    rows = rows.assign(told=rows["verdict"].isin([MORE, LESS])).sort_values(
        ["told", "shrunken"], ascending=False, kind="stable"
    )
    columns = {
        "group": ("Group", "text"),
        "n_lost": ("Lost", "count"),
        "share_lost": (report.in_words[0].capitalize(), "percent"),
        "common": ("At the rate of all", "percent"),
        "verdict": ("Beyond chance?", "text"),
    }
    return Shown(report.rounded(rows.head(most), columns))


def reasons(table: ReasonTable, most: int = MOST_ROWS) -> Shown:
    """Show what was named most, what it cost and who came back."""
    names = ("words", "n", "share", "money", "returned")
    return Shown(table.rounded(table.frame.head(most), {name: table.shown[name] for name in names}))


def mending(table: ReasonTable, chances: Iterable[float] = SHARES, most: int = MOST_ROWS) -> Shown | Unanswered:
    """Show what mending each reason would be worth a year, were so many of those to come back who left for it alone.

    Where it is known what mending costs, show that instead, and how many of them must come back for it to pay.
    """
    rows = table.reasons
    if "at_stake" not in rows or not (rows["at_stake"] > 0).any():
        return Unanswered("What is at stake is not known: that takes what customers bring (margin).")
    if rows["mending_cost"].notna().any():
        names = ("words", "n_away", "at_stake", "mending_cost", "least_chance")
        columns = {**table.shown, "n_away": ("Still away, left for it alone", "count")}
        return Shown(table.rounded(rows[rows["mending_cost"].notna()], {name: columns[name] for name in names}))
    rows = rows[rows["at_stake"] > 0].sort_values("at_stake", ascending=False, kind="stable").head(most)
    columns = {"words": ("Reason", "text"), "at_stake": table.shown["at_stake"]}
    for chance in chances:
        rows = rows.assign(**{f"at_{chance}": chance * rows["at_stake"]})
        columns[f"at_{chance}"] = (f"If {format_percent(chance, 0)} came back", "money")
    return Shown(table.rounded(rows, columns))


def priorities(calls: Triage, shares: Iterable[float] = SHARES) -> Shown:
    """Show the four priorities: how many may be called, and what these would bring if so many of them came back."""
    listed = calls.customers[calls.customers["not_listed"] == ""]
    by = listed.groupby("priority", observed=False)["value_at_stake"].agg(["size", "sum"]).reset_index()
    columns = {"priority": ("Priority", "text"), "size": ("May be called", "count")}
    for share in shares:
        by[f"at_{share}"] = share * by["sum"]
        columns[f"at_{share}"] = (f"If {format_percent(share, 0)} came back", "money")
    return Shown(calls.rounded(by[by["size"] > 0], columns))


def calls(triage: Triage, most: int = MOST_ROWS) -> Shown:
    """Show the first of the call list, of those who left within a year where days are known."""
    rows = _in_order(triage)
    if "left_on" in rows:
        rows = rows[rows["months_away"] <= LATELY]
        rows = rows.assign(left_on=rows["left_on"].dt.strftime("%Y-%m-%d"))
    columns = {
        "customer_id": ("Customer", "text"),
        "place": ("Place", "count"),
        "left_on": ("Left on", "text"),
        "yearly_margin": ("Brought a year", "money"),
        "value_at_stake": ("Would bring, if back", "money"),
    }
    return Shown(triage.rounded(rows.head(most), columns))


def returns(report: LostReport) -> Shown | Unanswered:
    """Show who is back by when, and the chance of those still away."""
    if report.organic is None:
        return Unanswered("Nobody was lost, so nobody could come back.")
    return report.show_returns()


def effort(triage: Triage) -> Shown | Unanswered:
    """Show the share of time and of profit of customers who bring much, less and least."""
    if triage.effort is None:
        return Unanswered("On whom time is spent is not known: that takes events named contact or hours.")
    columns = {
        "abc": ("Customers who bring most (A) to least (C)", "text"),
        "n": ("Served last year", "count"),
        "profit_share": ("Share of profit", "percent"),
        "hours_share": ("Share of hours", "percent"),
        "contacts_share": ("Share of contacts", "percent"),
    }
    return Shown(triage.rounded(triage.effort_by_class(), columns))


def managers(found: ManagerConcentration, most: int = MOST_ROWS) -> Shown:
    """Show the employees on whom most hangs."""
    names = ("manager", "n", "n_alone", "value", "share")
    return Shown(found.rounded(found.to_frame().head(most), {name: found.shown[name] for name in names}))


def call_list(base: Base, triage: Triage | Unanswered) -> pd.DataFrame:
    """Return whom to call first: of the urgent those who left within a year, then all others by priority.

    Where no money is known nobody is ranked: who left last comes first, without those who must not be called.
    """
    if triage:
        return _in_order(triage)
    lost = lost_customers(base, Classes().period_days)
    unwanted = np.zeros(len(lost.place), dtype=bool)
    for _, rows in lost.marks:
        unwanted |= rows
    frame = lost.frame.drop(columns="yearly_margin")[~unwanted]
    if "left_on" in frame:
        frame = frame.sort_values("left_on", ascending=False, kind="stable", ignore_index=True)
    return frame


def _in_order(triage: Triage) -> pd.DataFrame:
    """Return the call list in the order in which the page says to call."""
    listed, first = triage.call_list(), is_called_first(triage)
    listed = pd.concat([listed[first], listed[~first]], ignore_index=True)
    return listed.assign(place=np.arange(1, len(listed) + 1))


def most_an_offer_may_cost(triage: Triage, chances: Iterable[float] = SHARES) -> Shown:
    """Show what an offer may cost at most per contact that brings so many more back than come by themselves."""
    found = triage.most_an_offer_may_cost(chances)
    found = found[found["priority"] != LET_GO] if len(found) else found  # who is called by nobody gets no offer
    if not len(found):
        return Shown(pd.DataFrame())
    table = {"Priority": found["priority"].unique().tolist()}
    table["One back brings"] = found.groupby("priority", sort=False)["value_at_stake"].first().tolist()
    for chance, rows in found.groupby("chance", sort=False):
        table[f"{format_percent(chance, 0)} more back"] = rows["most_per_contact"].tolist()
    frame = pd.DataFrame(table)
    for name in frame.columns[1:]:
        frame[name] = format_alike(frame[name], triage.currency)
    return Shown(frame)
