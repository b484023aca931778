"""Who is lost among customers of whom only tenure and status are known? `SnapshotBase`, customers without a calendar.

How long they stayed is known, and who is lost, not when: curves by tenure, shares, groups, reasons and money can be
asked; periods, cohorts, returns and everything else that takes dates cannot, and no date is made up for it.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from winback.base import snapshot_words
from winback.base.base import Base
from winback.base.involuntary import had_to
from winback.base.lapsed import Lapsed
from winback.base.lapsed_table import MAY_STAY
from winback.doors import door
from winback.periods import DAYS_IN_MONTH, Period
from winback.provenance import Provenance, sha256_of
from winback.results import Sentences, counted
from winback.tables import LAPSED, AnyTable
from winback.tables.months_from_dates import SHORTEST
from winback.uncertainty import share_interval

HERE, LOST = "here", "lost"
OURS = ("customer_id", "tenure", "lost", "margin", "reason", "exit_text")
_OF_LAPSED = {column.name for column in LAPSED} - set(MAY_STAY)


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class SnapshotBase(Base):
    """Customers as they stood when the table was made, read and checked once; see `winback.base.any_base.read_base`.

    ``customers`` has one row per customer: ``customer_id``, ``tenure`` in months, ``lost``, where known ``margin`` a
    month, ``reason`` and ``exit_text``, and the table's further columns.
    """

    until: None = None
    customers: pd.DataFrame = field(repr=False)
    lost_within: Period | None = None  # those lost left within this last stretch of time; None: not known
    margin_share: float | None = None  # share of revenue that was taken for margin
    is_revenue: bool = False  # what customers pay stands for margin, as no share is known
    involuntary: tuple[str, ...] = ()  # reasons of those who did not choose to leave
    made_with: tuple[tuple[str, str], ...] = ()

    @cached_property
    def provenance(self) -> Provenance:
        """Data with their hash, seeds and versions."""
        return Provenance.of(self.source, self.n, sha256_of(self.customers), self.made_with)

    @property
    def n(self) -> int:
        """Customers in the table."""
        return len(self.customers)

    @property
    def n_lost(self) -> int:
        """Of these, lost."""
        return int(self.customers["lost"].sum())

    @property
    def subtitle(self) -> Sentences:
        """One line for the head of a page."""
        return Sentences(f"{self.source}: {counted(self.n, 'customers')} as they stood when the table was made")

    @property
    def further(self) -> list[str]:
        """The table's further columns, to tell customers apart by."""
        return [name for name in self.customers if name not in OURS]

    def to_frame(self) -> pd.DataFrame:
        """Return one row per state: ``state`` (here, lost), ``n`` customers, ``share`` of all with ``_low``, ``_high``.

        The share lost is of all in the table, over the time within which they were lost: one that is not known, unless
        it was said. The interval is Wilson's, for customers like these.
        """
        n = np.array([self.n - self.n_lost, self.n_lost])
        low, high = share_interval(n, self.n, 0.95)
        return pd.DataFrame({"state": [HERE, LOST], "n": n, "share": n / self.n, "share_low": low, "share_high": high})

    def describe(self) -> Sentences:
        """Say how many are lost, over which time, and the doubt that matters most."""
        return Sentences.of(snapshot_words.answer_lines(self))

    def details(self) -> Sentences:
        """Say what else is in doubt, what cannot be asked, and what was taken for what."""
        return Sentences.of(snapshot_words.detail_lines(self))

    @door
    def lapsed(self, asof: datetime.date | str | None = None, sent: AnyTable | None = None) -> Lapsed:
        """Return one row per lost customer, without anything that takes a date: no months away, no return.

        Raises
        ------
        ValueError
            When a day or offers sent on a day are given.
        """
        for given, what in ((asof, "A day to look from"), (sent, "What offers brought back")):
            if given is not None:
                self.needs_calendar(what)
        rows = self.customers[self.customers["lost"]].reset_index(drop=True)
        columns = {"customer_id": rows["customer_id"], "first_tenure": _lasting(rows["tenure"])}
        if "margin" in rows:
            columns["first_margin"] = rows["margin"]
        if "reason" in rows:
            columns |= {"reason": rows["reason"], "involuntary": had_to(rows["reason"], self.involuntary)}
        left = {"tenure", "lost", "margin", *columns}
        further = {name: rows[name] for name in rows if name not in left and name not in _OF_LAPSED}
        return Lapsed(
            frame=pd.DataFrame({**columns, **further}),
            until=None,
            left_out={"still here": self.n - len(rows)},
            notes=tuple(f"{doubt}." for doubt in self.doubts),
            source=self.source,
            currency=self.currency,
        )

    def first_lives(self) -> pd.DataFrame:
        """Return one row per customer: months as a customer, and whether they have ended; further columns beside.

        Who has been here for no time has not been watched yet and is left out. Where those lost left within a stretch
        of time that was said, nobody was watched before it (``first_watched_from``): who had left by then is not in
        the table.
        """
        kept = self.customers[self.customers["lost"] | (self.customers["tenure"] > 0)].reset_index(drop=True)
        if not len(kept):
            raise ValueError("No customer has been here for any time: how long they stay cannot be seen yet.")
        tenure = _lasting(kept["tenure"])
        columns = {"customer_id": kept["customer_id"], "first_tenure": tenure, "first_ended": kept["lost"]}
        if self.lost_within is not None:
            columns["first_watched_from"] = np.maximum(tenure - self.lost_within.days / DAYS_IN_MONTH, 0.0)
        if "reason" in kept:
            reason = kept["reason"].where(kept["lost"])
            columns |= {"reason": reason, "involuntary": had_to(reason, self.involuntary)}
        left = {"tenure", "lost", "exit_text", *columns}
        return pd.DataFrame({**columns, **{name: kept[name] for name in kept if name not in left}})


def _lasting(tenure: pd.Series) -> pd.Series:
    """Return months as a customer; who left on the first day stayed for one."""
    return tenure.clip(lower=SHORTEST / DAYS_IN_MONTH)
