"""What do customers with contracts and buyers have in common? `Base`, one of winback's two nouns."""

from __future__ import annotations

import datetime
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import pandas as pd

from winback.base.lapsed import Lapsed
from winback.doors import door
from winback.results import Result, Sentences, counted
from winback.tables import FIRST_LIVES, LAPSED_TABLE, AnyTable


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Base(Result):
    """All customers over time, read and checked once."""

    until: datetime.date | None  # last day on which the data were recorded; None: they have no calendar
    currency: str = "$"  # sign or code put before money
    source: str = "a table"  # where the customers come from
    reading: tuple[str, ...] = field(default=(), repr=False)  # what was taken for what when the tables were read
    doubts: tuple[str, ...] = field(default=(), repr=False)  # what may not be what it was taken for
    kinds: ClassVar[tuple[str, ...]] = (LAPSED_TABLE, FIRST_LIVES)
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "state": ("Customers", "text"),
        "n": ("Number", "count"),
        "share": ("Share", "percent"),
    }

    @property
    @abstractmethod
    def n(self) -> int:
        """Customers who were watched."""

    @property
    def subtitle(self) -> Sentences:
        """One line for the head of a page."""
        return Sentences(f"{self.source}: {counted(self.n, 'customers')} until {self.until}")

    def needs_calendar(self, what: str) -> None:
        """Refuse a question that only dates can answer, where there are none."""
        if self.until is None:
            raise ValueError(
                f"{what} needs a calendar, and {self.source} says how long customers stayed, not when they came and "
                "left. Give a table with the first and the last day of each contract."
            )

    @abstractmethod
    def lapsed(self, asof: datetime.date | str | None = None, sent: AnyTable | None = None) -> Lapsed:
        """Return one row per lost customer, as known on a day."""

    @abstractmethod
    def first_lives(self) -> pd.DataFrame:
        """Return one row per customer: the length of the first life, and whether it has ended."""

    @door
    def table_of(self, kind: str) -> pd.DataFrame:
        """Return the table of lapsed customers or that of first lives, for functions that take such a table."""
        if kind == LAPSED_TABLE:
            return self.lapsed().frame
        if kind == FIRST_LIVES:
            return self.first_lives()
        raise ValueError(f"A base has a {LAPSED_TABLE} and a {FIRST_LIVES}, and no {kind}.")
