"""In which stage is each customer, and who moved between two days? The answer of `base_stages`."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import pandas as pd

from winback.results import Result, Sentences, format_count, format_percent, join_words

PARTNER, REGULAR, PRICE, ONE_OFF, OCCASIONAL = "partner", "regular", "price shopper", "one-off", "occasional"
STAGES = (PARTNER, REGULAR, PRICE, ONE_OFF, OCCASIONAL)  # the first that fits
LOST, NEW = "lost", "not yet a customer"
PLURAL = {
    **{PARTNER: "partners", REGULAR: "regulars", PRICE: "price shoppers"},
    **{ONE_OFF: "one-off buyers", OCCASIONAL: "occasional buyers"},
}
NEEDS = {PARTNER: "who brought others", PRICE: "what was bought on discount"}
FEWEST = 30  # of fewer customers in a stage a share that moved is left to the table


@dataclass(frozen=True, repr=False, kw_only=True)
class BaseStages(Result):
    """Customers by stage, see `base_stages`.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per stage, and ``lost``: ``n`` customers, ``share`` of all with its interval, ``money`` of the last year
        and ``money_share``.
    transitions : pandas.DataFrame
        One row per pair: ``before``, ``after``, ``n`` customers, ``share`` of those who were in the first with its
        interval; customers won since were ``not yet a customer``. Empty where the log is too short.
    customers : pandas.DataFrame
        ``customer_id`` and ``stage`` of each; ``not yet a customer``: bought later only.
    """

    frame: pd.DataFrame = field(repr=False)
    transitions: pd.DataFrame = field(repr=False)
    customers: pd.DataFrame = field(repr=False)
    asof: datetime.date
    before: datetime.date | None
    rule: str  # who is lost, in words
    without: tuple[str, ...]  # stages that cannot be told
    money: bool
    source: str = "a log of purchases"
    currency: str = "$"
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "stage": ("Customers", "text"),
        "n": ("Number", "count"),
        "share": ("Share", "percent"),
        "money": ("Brought in the last year", "money"),
        "money_share": ("Share of that", "percent"),
    }

    def moves(self) -> pd.DataFrame:
        """Return the shares that moved as a table: from the stage in a row to that in a column; each row sums to 1."""
        if not len(self.transitions):
            raise ValueError("The log is too short for an earlier day: say one with before.")
        names = self.transitions["before"].unique(), self.transitions["after"].unique()
        return self.transitions.set_index(["before", "after"])["share"].unstack().loc[names]  # noqa: PD010

    def describe(self) -> Sentences:
        """Say who is in which stage, who was lost from which, and the doubt that matters most."""
        return Sentences.of([_answer(self), *_lost_from(self), *_doubts(self)][:3])

    def details(self) -> Sentences:
        """Say what the stages are, and which of them cannot be told."""
        rest = [_answer(self), *_lost_from(self), *_doubts(self)][3:]
        return Sentences.of([*rest, *_how()])


def _answer(found: BaseStages) -> str:
    here = found.frame[found.frame["stage"] != LOST]
    total = here["n"].sum()
    if not total:
        return f"{found.source}: all customers are lost on {found.asof}, and in no stage."
    parts = [
        f"{format_percent(n / total)} are {PLURAL[stage]}" for stage, n in zip(here["stage"], here["n"], strict=True)
    ]
    said = f"Of {format_count(total)} customers who are here on {found.asof}, {join_words(parts)}"
    best = here.head(2 if PARTNER in set(here["stage"]) else 1)
    if not found.money or not here["money"].sum() > 0:
        return f"{said}."
    share = best["money"].sum() / here["money"].sum()
    who = join_words(PLURAL[name] for name in best["stage"])
    return f"{said}; {who} brought {format_percent(share)} of their money of the last year."


def _lost_from(found: BaseStages) -> Iterator[str]:
    if not len(found.transitions):
        return
    moved = found.transitions
    n = moved.groupby("before", sort=False)["n"].sum()
    rows = moved[(moved["after"] == LOST) & moved["before"].isin(STAGES) & moved["before"].map(n).ge(FEWEST)]
    if len(rows):
        parts = [f"{found.interval(row, 'share', 'percent')} of {PLURAL[row['before']]}" for _, row in rows.iterrows()]
        yield f"Lost between {found.before} and {found.asof}: {join_words(parts)}."


def _doubts(found: BaseStages) -> Iterator[str]:
    for name in found.without:
        yield f"Who is a {name} cannot be told, as the log does not say {NEEDS[name]}; they are among the others."
    yield f"Lost means {found.rule}; nobody says goodbye in a shop, so some of the lost will buy again."
    if found.before is None:
        yield "The log does not reach back a year, so nothing is said of who moved between stages."


def _how() -> Iterator[str]:
    yield (
        "Regular: bought on four days or more, in gaps that vary by less than their mean. Partner: a regular who "
        "brought others. Price shopper: on two days or more, more than half of them on discount. One-off: on one day. "
        "Occasional: the rest. The first of partner, regular, price shopper, one-off and occasional that fits counts."
    )
