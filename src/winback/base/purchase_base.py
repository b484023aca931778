"""Who buys still, who was called lost and when, and who came back? `PurchaseBase`, the customers of a shop."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.base import purchase_words
from winback.base.base import Base
from winback.base.buyer_lapsed import lapsed_buyers
from winback.base.buyer_lives import BuyerLives, buyer_lives
from winback.base.false_alarms import FalseAlarms, false_alarms
from winback.base.fitted_rules import fit_rule
from winback.base.gap_model import fit_gaps
from winback.base.lapse_rule import LapseRule, to_dates
from winback.base.lapsed import Lapsed
from winback.base.purchase_days import PurchaseDays, Seen
from winback.base.rule_choice import RuleChoice, choose_rule
from winback.base.rules import DAYS, RuleNotFittedError, Setting, Silence
from winback.doors import door
from winback.periods import DAYS_IN_MONTH
from winback.provenance import Provenance, sha256_of
from winback.purchases.logs.customer_days import CustomerDays
from winback.purchases.logs.summary import PurchaseSummary
from winback.results import Sentences
from winback.tables import CUSTOMERS_TABLE, FIRST_LIVES, LAPSED_TABLE, AnyTable
from winback.tables.months_from_dates import SHORTEST


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class PurchaseBase(Base):
    """Customers who buy without a contract, over time, read and checked once; see `read_purchases`.

    ``summary`` is what each has bought (`winback.summarize_purchases`), ``people`` what else is known of them, in the
    same order. The rule that calls customers lost is ``rule``; where none was asked for, ``choice`` says how it came.
    """

    until: datetime.date
    summary: PurchaseSummary = field(repr=False)
    people: pd.DataFrame | None = field(default=None, repr=False)
    asked: Setting | None = None
    margin_share: float | None = None  # None: what was paid is taken for margin
    made_with: tuple[tuple[str, str], ...] = ()
    kinds: ClassVar[tuple[str, ...]] = (LAPSED_TABLE, FIRST_LIVES, CUSTOMERS_TABLE)

    @cached_property
    def provenance(self) -> Provenance:
        """Data with their hash, seeds and versions."""
        return Provenance.of(self.source, self.n, sha256_of(self.summary.customers), self.made_with)

    @property
    def n(self) -> int:
        """Customers who have bought."""
        return len(self.summary.customers)

    @cached_property
    def days(self) -> CustomerDays:
        """The days on which each customer bought, in the order of ``customers``."""
        if self.summary.days is not None:
            return self.summary.days
        days = self.summary.log.read().customer_days(self.until.toordinal())
        return days.in_order_of(self.summary.customers["customer_id"])

    @cached_property
    def purchase_days(self) -> PurchaseDays:
        """The same, as lapse rules take them."""
        return PurchaseDays(self.days.customer, self.days.day, self.until.toordinal())

    @property
    def seen(self) -> Seen:
        """The customers as known on the last day; sooner told than kept for millions."""
        return self.purchase_days.asof(self.until.toordinal())

    @cached_property
    def _alarms(self) -> dict[tuple[int, float], FalseAlarms]:
        return {}

    @cached_property
    def choice(self) -> RuleChoice | None:
        """How the rule was chosen; None where it was asked for, or the log is too short to choose."""
        return self._chosen(self.purchase_days)

    def _chosen(self, days: PurchaseDays) -> RuleChoice | None:
        try:
            return None if self.asked is not None else choose_rule(days)
        except RuleNotFittedError:
            return None

    @cached_property
    def rule(self) -> LapseRule:
        """The rule that says who is lost, fitted to the log."""
        return self._rule(self.purchase_days)

    def _rule(self, days: PurchaseDays) -> LapseRule:
        chosen = self.choice if days is self.purchase_days else self._chosen(days)
        setting = self.asked or (Silence(DAYS) if chosen is None else chosen.setting)
        return fit_rule(setting, days, days.until)

    @cached_property
    def lives(self) -> BuyerLives:
        """When each was a customer: from a first purchase to the day on which they were called lost."""
        return buyer_lives(self.days, self.until.toordinal(), self.rule)

    @cached_property
    def customers(self) -> pd.DataFrame:
        """One row per customer: purchases so far, what else is known of them, and where they stand on the last day.

        To what `summarize_purchases` says come ``silent_days``, ``lost``, ``lost_on`` (the day on which the customer
        was called lost, or will be if silent until then; missing: never), and ``next_purchase`` with ``_low`` and
        ``_high``: when the next one is to be expected of those who buy again, median and 95% interval; none where too
        few have bought again to tell.
        """
        return self.customers_at(np.arange(self.n))

    def customers_at(self, place: np.ndarray) -> pd.DataFrame:
        """Return the rows of ``customers`` at some places: of a few much sooner than of all."""
        everybody = self.seen
        seen = everybody.at(place)
        columns = {"silent_days": seen.silent, "lost": self.rule.is_lost(seen)}
        columns["lost_on"] = to_dates(self.rule.lost_on(seen)).astype("datetime64[s]")
        try:
            found = fit_gaps(everybody).next_purchase(seen)
        except RuleNotFittedError:
            found = None
        if found is not None:
            for name, days in (("", found.median), ("_low", found.low), ("_high", found.high)):
                columns[f"next_purchase{name}"] = to_dates(days).astype("datetime64[s]")
        frame = self.summary.customers.iloc[place].reset_index(drop=True).assign(**columns)
        return frame if self.people is None else frame.join(self.people.iloc[place].reset_index(drop=True))

    @door
    def table_of(self, kind: str) -> pd.DataFrame:
        """Return the table of lapsed customers, of first lifetimes or of customers, for functions that take it."""
        return self.customers if kind == CUSTOMERS_TABLE else super().table_of(kind)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per state on the last day: ``state``, ``n`` customers, ``share`` of all.

        ``here``: never called lost; ``back``: called lost, and bought again; ``lost``.
        """
        last, lives = self.lives.is_last, self.lives
        lost, first = lives.ended[last], lives.number[last] == 1
        counts = [int(each.sum()) for each in (~lost & first, ~lost & ~first, lost)]
        return pd.DataFrame({"state": ["here", "back", "lost"], "n": counts, "share": np.array(counts) / self.n})

    @door
    def false_alarms(self, within: int = DAYS, *, level: float = 0.95) -> FalseAlarms:
        """Measure at earlier dates of the log how many of those the rule called lost bought again.

        Parameters
        ----------
        within : int
            Days in which a purchase makes a false alarm.
        level : float
            Confidence level of the intervals.

        Raises
        ------
        ValueError
            When the log is too short for that.

        Examples
        --------
        >>> import winback as wb
        >>> wb.load_shop_study().base.false_alarms().to_frame()["n_lost"].gt(0).all()
        np.True_
        """
        asked = within, level
        if asked not in self._alarms:
            self._alarms[asked] = false_alarms(self.purchase_days, self.rule.setting, within=within, level=level)
        return self._alarms[asked]

    def describe(self) -> Sentences:
        """Say how many customers there are and are lost, how often the rule is wrong, and the doubt that matters."""
        return Sentences.of(purchase_words.answer_lines(self))

    def details(self) -> Sentences:
        """Say how the rule was chosen, what was dropped from the log, and what was taken for what."""
        return Sentences.of(purchase_words.detail_lines(self))

    def first_lives(self) -> pd.DataFrame:
        """Return one row per customer: how long the first life lasted, and whether it has ended."""
        lives, rows = self.lives, np.flatnonzero(self.lives.number == 1)
        frame = pd.DataFrame(
            {
                "customer_id": self.summary.customers["customer_id"].to_numpy(),
                "first_tenure": np.maximum(lives.end[rows] - lives.start[rows], SHORTEST) / DAYS_IN_MONTH,
                "first_ended": lives.ended[rows],
                "started_on": to_dates(lives.start[rows]).astype("datetime64[s]"),
            }
        )
        return frame if self.people is None else pd.concat([frame, self.people], axis=1)

    @door
    def lapsed(
        self,
        asof: datetime.date | str | None = None,
        sent: AnyTable | None = None,
        *,
        within_months: float | None = None,
    ) -> Lapsed:
        """Return one row per lost customer: what was known of them on a day, and what has come of it since.

        Parameters
        ----------
        asof : date or text, optional
            The day from which all are seen: who was called lost by then, by the rule as it was fitted then, and had not
            bought again before. Without it each is seen as of the day on which they were called lost.
        sent : pandas.DataFrame or path, optional
            Offers sent (`winback.tables.SENT`): ``customer_id``, ``offer`` or ``none``, ``offered_on``, which is then
            the day from which each is seen, by the rule as it was known on the day of the first one. Those without a
            row are left out.
        within_months : float, optional
            Measure directly what each brought within so many months of the day from which they are seen, the day
            itself included: ``value`` in place of a second stay. Required with ``sent``, as buyers pay at once and not
            by the month. Those who were not followed for so long are left out.

        Returns
        -------
        Lapsed
            Ready for `fit_two_part` and `second_lifetime_value`, with ``sent`` for `read_trial`. Stays reach to the
            day on which a customer was called lost; margins are money per month of a stay, of one that has not ended
            per month until it will have, if no purchase follows. Those back from a first loss are not in it, also
            where they were lost once more; they are counted.

        Raises
        ------
        TableError
            Listing every problem of the offers sent.
        ValueError
            When the day is not within the data, both are given, or offers without ``within_months``.

        Examples
        --------
        >>> import pandas as pd, winback as wb
        >>> log = pd.DataFrame({"customer_id": [1, 1, 2], "date": ["2024-01-01", "2024-09-01", "2024-02-01"]})
        >>> base = wb.read_purchases(log, until="2024-12-31", lost=90)
        >>> base.lapsed("2024-07-01").to_frame()[["customer_id", "months_away", "returned"]].round(1)
           customer_id  months_away  returned
        0            1          3.0      True
        1            2          2.0     False
        """
        return lapsed_buyers(self, asof, sent, within_months)

    def rule_on(self, day: int) -> LapseRule:
        """Return the rule as it was known on a day, a number as of `datetime.date.toordinal`."""
        known = self.purchase_days
        kept = known.day <= day
        return self.rule if day >= known.until else self._rule(PurchaseDays(known.code[kept], known.day[kept], day))
