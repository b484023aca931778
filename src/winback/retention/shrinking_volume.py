"""Does a customer who uses less leave soon? How many losses an alarm comes before, how early, and how often in vain.

The alarm goes off at the start of a month where the last three whole months come to less than a share of the three
before. It is judged by what came: a loss is *caught* where the alarm went off at the start of one of the months up to
it, and an alarm is *false* where the customer was not lost within as many months.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.base.contract_base import ContractBase
from winback.doors import ArgumentError, door
from winback.periods import DAYS_IN_MONTH
from winback.results import Result, Sentences, counted, format_count, format_percent
from winback.retention.bands import trend_column
from winback.retention.person_months import TREND, History, month_starts
from winback.retention.risk_words import event_in_words
from winback.tables.likeness import to_choose_from
from winback.uncertainty import share_interval

BELOW = 0.75  # a quarter less: three months of ordinary ups and downs seldom come to it
OTHERS = (0.5, 0.6, 0.7, 0.8, 0.9)  # shown beside
LONGEST = 24  # months


@dataclass(frozen=True, repr=False, kw_only=True)
class ShrinkingVolume(Result):
    """How well an alarm of shrinking amounts foretells losses.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per alarm: ``below`` which share it goes off, ``n_losses`` of customers with amounts, share ``caught``
        with ``_low`` and ``_high``, ``lead_months`` (median, from the first alarm within the months to the loss),
        ``n_alarms`` (new ones, that could be followed), share ``false`` with ``_low`` and ``_high``, ``flagged`` share
        of customers at the start of a month.
    now : pandas.DataFrame
        Who is flagged on the last day: ``customer_id``, ``trend`` (last three whole months over the three before),
        ``margin``; steepest first.
    """

    frame: pd.DataFrame = field(repr=False)
    now: pd.DataFrame = field(repr=False)
    event: str
    below: float
    within_months: int
    lost_anyway: float  # share of customers with amounts who were lost within the months, flagged or not
    level: float
    currency: str = "$"
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "below": ("Alarm below", "percent0"),
        "caught": ("Losses caught", "percent"),
        "lead_months": ("Months ahead", "number"),
        "n_alarms": ("Alarms", "count"),
        "false": ("False alarms", "percent"),
        "flagged": ("Flagged each month", "percent"),
    }

    @property
    def chosen(self) -> pd.Series:
        """The row of the alarm asked for."""
        return self.frame[self.frame["below"] == self.below].iloc[0]

    def describe(self) -> Sentences:
        """Say how many losses the alarm comes before, how often it is false, and the doubt."""
        return Sentences.of(_answer(self))

    def what_to_do(self) -> Sentences:
        """Say whom to call."""
        if self.now.empty:
            return Sentences()
        return Sentences.of([f"Call the {counted(len(self.now), 'customers')} flagged now, the largest first."])


@door
def shrinking_volume(
    base: ContractBase, *, event: str = "volume", below: float = BELOW, within_months: int = 3, level: float = 0.95
) -> ShrinkingVolume:
    """Judge an alarm of shrinking amounts by the losses that came.

    Parameters
    ----------
    base : ContractBase
        With events of this name that have amounts, at least one in each month.
    event : str
    below : float
        The alarm goes off where three months come to less than this share of the three before.
    within_months : int
        That an alarm is meant for.
    level : float
        Confidence level of intervals.

    Raises
    ------
    ValueError
        When there are no such amounts for six months, or nobody with amounts was lost.

    Examples
    --------
    >>> import winback as wb
    >>> found = shrinking_volume(wb.simulate_telecom_study(5_300, calibrate=False, rng=1).base)
    >>> bool(found.chosen["caught"] > 0.4), bool(found.chosen["lead_months"] > 1)
    (True, True)
    """
    if not isinstance(base, ContractBase):
        raise ArgumentError("Alarms are asked of contracts with dates: give what read_contracts returns.")
    if not 0 < below < 1:
        raise ValueError(f"below must be a share between 0 and 1, such as 0.75; got {below:g}.")
    if not 1 <= within_months <= LONGEST:
        raise ValueError(f"within_months must be from 1 to {LONGEST}; got {within_months}.")
    there = base.happened[base.happened["amount"].notna().to_numpy()]
    if event not in set(there["event"]):
        raise ValueError(f"There are no amounts of {event!r}. {to_choose_from(event, sorted(set(there['event'])))}")
    shares = np.array(sorted({below, *OTHERS}))
    watched = _Watched(base, f"{TREND}{event}", shares, within_months)
    if watched.n_seen == 0:
        raise ValueError(f"Nobody has amounts of {event!r} in six whole months one after the other: no trend is known.")
    if watched.n_losses == 0:
        raise ValueError(f"Nobody with amounts of {event!r} was lost: there is nothing to judge an alarm by.")
    return ShrinkingVolume(
        frame=watched.frame(level),
        now=watched.now(below),
        event=event,
        below=below,
        within_months=within_months,
        lost_anyway=watched.n_lost_soon / max(watched.n_followed, 1),
        level=level,
        currency=base.currency,
    )


class _Watched:
    """Goes through the months, and counts what each alarm came to."""

    def __init__(self, base: ContractBase, column: str, shares: np.ndarray, within: int):
        self.base, self.column, self.shares, self.within = base, column, shares, within
        lives, k = base.all_lives, len(shares)
        self.history = History(base, [trend_column(column)])
        self.recent = np.zeros(
            (len(lives.start), k), dtype=np.int64
        )  # bits: alarms of the last months, the latest first
        self.n_seen = self.n_losses = self.n_followed = self.n_lost_soon = 0
        self.caught, self.alarms, self.false, self.flags = (np.zeros(k) for _ in range(4))
        self.leads: list[list[np.ndarray]] = [[] for _ in range(k)]
        starts = month_starts(base)
        self.first_day = int(self.history.events_of(column)[0].min())
        for place in range(len(starts) - 1):
            if starts[place] > self.first_day:
                self._month(starts, place)

    def _month(self, starts: np.ndarray, place: int):
        known = self.history.at(int(starts[place]), int(starts[place + 1]))
        trend = known.told[self.column]
        seen = ~np.isnan(trend)
        flag = trend[:, None] < self.shares
        new = flag & ((self.recent[known.life] & 1) == 0)
        self.recent[known.life] = ((self.recent[known.life] << 1) | flag) & (2**self.within - 1)
        self.n_seen += seen.sum()
        self.flags += flag.sum(axis=0)
        self._losses(known.life[seen & known.left], starts[: place + 1])
        if place + self.within < len(starts):
            end = starts[place + self.within]
            soon = self.base.all_lives.ended[known.life] & (self.base.all_lives.end[known.life] < end)
            self.n_followed += seen.sum()
            self.n_lost_soon += (seen & soon).sum()
            self.alarms += new.sum(axis=0)
            self.false += (new & ~soon[:, None]).sum(axis=0)

    def _losses(self, rows: np.ndarray, starts: np.ndarray):
        """Count the losses of a month, and how early each was flagged."""
        recent, end = self.recent[rows], self.base.all_lives.end[rows]
        self.n_losses += len(rows)
        self.caught += (recent > 0).sum(axis=0)
        for alarm in range(len(self.shares)):
            some = recent[:, alarm] > 0
            earliest = np.floor(np.log2(recent[some, alarm])).astype(int)  # alarm, months before this start
            self.leads[alarm].append((end[some] - starts[-1 - earliest]) / DAYS_IN_MONTH)

    def frame(self, level: float) -> pd.DataFrame:
        """Return one row per alarm."""
        caught, false = (
            share_interval(part, np.maximum(of, 1), level)
            for part, of in ((self.caught, self.n_losses), (self.false, self.alarms))
        )
        leads = [np.median(found) if len(found := np.concatenate(each)) else np.nan for each in self.leads]
        with np.errstate(invalid="ignore"):
            shares = {"caught": self.caught / self.n_losses, "false": self.false / self.alarms}
        ends = {"caught_low": caught[0], "caught_high": caught[1], "false_low": false[0], "false_high": false[1]}
        counts = {"n_losses": self.n_losses, "n_alarms": self.alarms.astype(int), "flagged": self.flags / self.n_seen}
        return pd.DataFrame({"below": self.shares, **counts, **shares, **ends, "lead_months": leads})

    def now(self, below: float) -> pd.DataFrame:
        """Return who is flagged on the last day."""
        known = History(self.base, [trend_column(self.column)]).at(self.base.last + 1)
        trend, lives = known.told[self.column], self.base.all_lives
        rows = np.flatnonzero(trend < below)
        life = known.life[rows]
        found = {"customer_id": self.base.ids[lives.customer[life]], "trend": trend[rows], "margin": lives.margin[life]}
        return pd.DataFrame(found).sort_values("trend", ignore_index=True)


def _answer(found: ShrinkingVolume) -> Iterator[str]:
    row, what = found.chosen, event_in_words(found.event)
    less = format_percent(1 - found.below, 0)
    early = f", half of them {row['lead_months']:.1f} months ahead or more" if row["caught"] > 0 else ""
    yield (
        f"A fall of {what} by over {less} in three months comes before {found.interval(row, 'caught', 'percent')} "
        f"of {format_count(row['n_losses'])} losses{early}."
    )
    if row["n_alarms"]:
        anyway = format_percent(found.lost_anyway)
        yield (
            f"Of {counted(row['n_alarms'], 'alarms')} {found.interval(row, 'false', 'percent')} were false: no loss "
            f"within {found.within_months} months; of all {anyway} do."
        )
    yield (
        "Judged on the months in which the alarm was chosen, among customers whose amounts are known for six whole "
        "months; a loss that comes with a fall need not come from it."
    )
