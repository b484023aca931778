"""What became of each customer with contracts? Lives, first losses and first lifetimes, from the checked tables."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Self

import numpy as np
import pandas as pd

from winback.base.base import Base
from winback.base.contract_tables import AFTER, contracts_until, events_until, served_until
from winback.base.customers import places_among
from winback.base.events import counts_until, event_names
from winback.base.involuntary import had_to
from winback.base.lapsed_table import Losses
from winback.base.lives import Lives, Spans, lives_of
from winback.base.whole_periods import whole_periods
from winback.doors import door, door_of_settings
from winback.periods import DAYS_IN_MONTH, Period, parse_period
from winback.tables.ids import as_index
from winback.tables.months_from_dates import SHORTEST, last_day


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ContractLives(Base):
    """The lives of customers with contracts; `ContractBase` says what they come to.

    ``contracts``, ``events`` and ``served_by`` are the checked tables, the contracts as known on the last day.
    """

    until: datetime.date
    contracts: pd.DataFrame = field(repr=False)
    events: pd.DataFrame | None = field(default=None, repr=False)
    served_by: pd.DataFrame | None = field(default=None, repr=False)
    since: datetime.date | None = None  # earlier time is not at risk
    grace_days: int = 30
    involuntary: tuple[str, ...] = ()  # reasons of those who did not choose to leave
    made_with: tuple[tuple[str, str], ...] = ()

    @cached_property
    def ids(self) -> pd.Index:
        """The customers, in the order of the table."""
        return as_index(self.contracts["customer_id"].drop_duplicates())

    @cached_property
    def last(self) -> int:
        """Last day of the data as a whole number."""
        return as_number(self.until)

    @cached_property
    def spans(self) -> Spans:
        """The contracts as spans of days."""
        runs = self.contracts["end"].isna().to_numpy()
        margin = self.contracts["margin"] if "margin" in self.contracts else pd.Series(np.nan, self.contracts.index)
        return Spans(
            customer=pd.factorize(self.contracts["customer_id"])[0],
            start=days_of(self.contracts["start"]),
            end=np.where(runs, self.last, days_of(self.contracts["end"])),
            runs=runs,
            margin=margin.to_numpy(dtype=float, na_value=np.nan),
        )

    @cached_property
    def all_lives(self) -> Lives:
        """The lives of all customers, those that ended before the base was watched left out."""
        found = lives_of(self.spans, self.last, self.grace_days)
        return found if self.since is None else found.only(found.runs | (found.end > as_number(self.since)))

    @cached_property
    def lives(self) -> pd.DataFrame:
        """One row per life, by customer: ``life`` (1: the first), ``start``, ``end`` (missing: still runs), ``ended``,
        ``pending``, ``margin`` a month; where a reason is known ``reason`` and ``involuntary`` of those that ended.
        """  # noqa: D205
        found = self.all_lives
        frame = pd.DataFrame(
            {
                "customer_id": self.ids[found.customer],
                "life": found.number,
                "start": dates_of(found.start),
                "end": pd.Series(dates_of(found.end)).mask(found.runs),
                "ended": found.ended,
                "pending": found.pending,
                "margin": found.margin,
            }
        )
        if "reason" not in self.contracts:
            return frame
        reason = self.contracts["reason"].iloc[found.last].reset_index(drop=True).where(found.ended)
        return frame.assign(reason=reason, involuntary=self.had_to(reason))

    @property
    def n(self) -> int:
        """Customers who were watched."""
        return int((self.all_lives.number == 1).sum())

    def had_to(self, reason: pd.Series) -> pd.Series:
        """Return who did not choose to leave, by the reason stated; missing where none is."""
        return had_to(reason, self.involuntary)

    @door
    def as_of(self, day: datetime.date | str) -> Self:
        """Return the base as it was known on a day: nothing that came later is in it.

        Examples
        --------
        >>> import pandas as pd, winback as wb
        >>> contracts = pd.DataFrame({"customer_id": [1], "start": ["2023-01-01"], "end": ["2024-01-31"]})
        >>> base = wb.read_contracts(contracts, until="2024-12-31")
        >>> base.as_of("2023-12-31").to_frame()["n"].tolist(), base.to_frame()["n"].tolist()
        ([1, 0, 0, 0], [0, 0, 1, 0])
        """
        end = self.day_within(day, "day")
        known = contracts_until(self.contracts, end).reset_index(drop=True)
        if not len(known):
            raise ValueError(f"Nobody was a customer on {end:%Y-%m-%d}: all contracts begin later.")
        events = None if self.events is None else events_until(self.events, end)
        served_by = None if self.served_by is None else served_until(self.served_by, end)
        then = replace(self, contracts=known, events=events, served_by=served_by, until=end.date())
        if then.n == 0:
            raise ValueError(f"Nobody was watched by {end:%Y-%m-%d}: all contracts had ended by {self.since}.")
        return then

    def day_within(self, given: datetime.date | str, name: str) -> pd.Timestamp:
        """Return a day on which the base was watched, or refuse it by its name."""
        day = last_day(given, name=name)
        if day.date() > self.until:
            raise ValueError(f"{name} ({day:%Y-%m-%d}) must not be after the end of the data ({self.until}).")
        if self.since is not None and (day.date() - self.since).days <= self.grace_days:
            raise ValueError(
                f"{name} ({day:%Y-%m-%d}) must be more than {self.grace_days} days after since ({self.since}), when "
                "the base began to be watched."
            )
        return day

    @cached_property
    def losses(self) -> Losses:
        """The first loss of each customer, and what is known of it."""
        found, n = self.all_lives, len(self.ids)
        first, second = found.of_number(1, n), found.of_number(2, n)
        lost, came_back = (first >= 0) & found.ended[first], second >= 0
        last = self.contracts.iloc[found.last[first]].reset_index(drop=True)
        known = last.drop(columns=["customer_id", "start", "end", "margin"], errors="ignore")
        second_reason = None
        if "reason" in known:
            known = known.assign(involuntary=self.had_to(known["reason"]))
            second_reason = self.contracts["reason"].iloc[found.last[second]].reset_index(drop=True)
        return Losses(
            ids=self.ids,
            start=found.start[first],
            end=found.end[first],
            has_end=(first >= 0) & ~found.runs[first],
            sure_from=found.end[first] + self.grace_days,
            lost=lost,
            margin=found.margin[first],
            came_back=came_back,
            back=found.start[second],
            second_end=found.end[second],
            second_ended=came_back & found.ended[second],
            second_margin=found.margin[second],
            second_reason=second_reason,
            counts=self._counts(found.start[first], found.end[first]),
            known=known,
            n_lives=np.bincount(found.customer, minlength=n),
        )

    @cached_property
    def happened(self) -> pd.DataFrame:
        """What events tell of these customers, empty without any.

        ``customer`` (place among `ids`), ``event`` (its name as names are compared), ``day`` (a whole number), and
        ``amount`` (missing where none is given).
        """
        if self.events is None:
            return pd.DataFrame({"customer": [], "event": [], "day": [], "amount": []})
        amount = self.events["amount"].to_numpy(dtype=float, na_value=np.nan) if "amount" in self.events else np.nan
        columns = {
            "customer": places_among(self.events["customer_id"], self.ids),
            "event": event_names(self.events["event"]),
            "day": days_of(self.events["date"]),
            "amount": amount,
        }
        return pd.DataFrame(columns).query("customer >= 0").reset_index(drop=True)

    def _counts(self, start: np.ndarray, end: np.ndarray) -> dict[str, np.ndarray]:
        if self.events is None:
            return {}
        customer, event, day = (self.happened[name].to_numpy() for name in ("customer", "event", "day"))
        return counts_until(customer, day, event, start, end)

    def first_lives(self) -> pd.DataFrame:
        """Return one row per customer: how long the first life lasted, and whether it has ended.

        Whether a contract was followed by another is known for the last day but the grace period only, so all lives are
        seen up to that day: who had a contract then had not left. Customers who began later have not been seen for any
        time and are left out. Beside it stands what was known when the life began (of its first contract), and the
        reason of those who left.
        """
        found, cut = self.all_lives, self.last - self.grace_days
        rows = np.flatnonzero((found.number == 1) & (found.ended | (found.start < cut)))
        if not len(rows):
            raise ValueError(
                f"No customer has been watched for longer than the grace period of {self.grace_days} days: how long "
                "they stay cannot be seen yet."
            )
        start, ended = found.start[rows], found.ended[rows]
        first = self.contracts.iloc[found.first[rows]].reset_index(drop=True)
        columns = {
            "customer_id": self.ids[found.customer[rows]],
            "first_tenure": np.maximum(np.where(ended, found.end[rows], cut) - start, SHORTEST) / DAYS_IN_MONTH,
            "first_ended": ended,
        }
        if self.since is not None:
            columns["first_watched_from"] = np.maximum(as_number(self.since) - start, 0) / DAYS_IN_MONTH
        columns["started_on"] = dates_of(start)
        if "reason" in first:
            reason = self.contracts["reason"].iloc[found.last[rows]].reset_index(drop=True).where(ended)
            columns |= {"reason": reason, "involuntary": self.had_to(reason)}
        left = ("customer_id", "start", "end", *AFTER)
        return pd.DataFrame({**columns, **{name: first[name] for name in first if name not in (*left, *columns)}})

    @door_of_settings
    def in_periods(self, period: str | Period) -> pd.DataFrame:
        """Return each customer's whole periods in the first life, for `fit_contracts`.

        Those who were here before the base was watched are left out: when others like them left is not known.

        Returns
        -------
        pandas.DataFrame
            ``customer_id``, ``periods`` as a customer (the last one counted for those who left), ``ended``, and what
            was known when the life began.
        """
        unit, lives = parse_period(period), self.first_lives()
        if "first_watched_from" in lives:
            lives = lives[lives["first_watched_from"] == 0].reset_index(drop=True)
        start, ended = days_of(lives["started_on"]), lives["first_ended"].to_numpy()
        days = np.rint(lives["first_tenure"].to_numpy() * DAYS_IN_MONTH).astype(int)
        full, begun = whole_periods(start, start + days, unit)
        known = lives.drop(columns=["first_tenure", "first_ended", "first_watched_from", "reason", "involuntary"],
                           errors="ignore")  # fmt: skip
        known.insert(1, "periods", np.where(ended, np.maximum(begun, 1), full))
        known.insert(2, "ended", ended)
        return known

    @door_of_settings
    def still_here(self, period: str | Period) -> pd.DataFrame:
        """Return the customers who are here on the last day, for `lifetime_value` and `base_value`.

        Of those who are back the periods are counted from their return, as if they had come for the first time.

        Returns
        -------
        pandas.DataFrame
            ``customer_id``, ``next_renewal`` (1: the first one), ``margin`` of one period where margins are known (of
            the contracts that run on the last day, added up, whatever was paid before), and what else the contract
            says.
        """
        unit, found = parse_period(period), self.all_lives
        rows = np.flatnonzero(found.runs)
        if not len(rows):
            raise ValueError(f"Nobody has a contract on {self.until}: there is nobody to value.")
        full, _ = whole_periods(found.start[rows], np.full(len(rows), self.last), unit)
        known = self.contracts.iloc[found.last[rows]].reset_index(drop=True)
        columns = {"customer_id": self.ids[found.customer[rows]], "next_renewal": full + 1}
        if "margin" in known:
            columns["margin"] = self.margins_on(self.last + 1)[found.customer[rows]] * unit.days / DAYS_IN_MONTH
        left = {"customer_id", "start", "end", *AFTER, *columns}
        return pd.DataFrame({**columns, **{name: known[name] for name in known if name not in left}})

    def margins_on(self, day: int) -> np.ndarray:
        """Return each customer's money per month of the contracts that run on a day; missing: none is known."""
        now = self.spans.only(self.spans.run_on(day) & ~np.isnan(self.spans.margin))
        money = np.bincount(now.customer, weights=now.margin, minlength=len(self.ids))
        return np.where(np.bincount(now.customer, minlength=len(self.ids)) > 0, money, np.nan)


def as_number(day: datetime.date) -> int:
    """Return a day as a whole number."""
    return int(np.datetime64(day, "D").astype(int))


def days_of(dates: pd.Series) -> np.ndarray:
    """Return dates as whole numbers of days; a missing one is far in the past."""
    return dates.to_numpy().astype("datetime64[D]").astype(np.int64)


def dates_of(days: np.ndarray) -> np.ndarray:
    """Return whole numbers of days as dates."""
    return days.astype("datetime64[D]").astype("datetime64[ns]")
