"""What does the report of lost customers hold? The answer of `lost_report`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import ClassVar

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from winback.base.contract_lives import days_of
from winback.doors import door
from winback.lost import losses_in_words
from winback.lost.loss_counts import COUNTS, MONEY, cohorts_of, count_losses
from winback.lost.organic_return import AHEAD, OrganicReturn
from winback.lost.published_rates import PUBLISHED, Published, over_months
from winback.lost.report_periods import ReportPeriods
from winback.lost.small_groups import funnel_of
from winback.lost.stays import Stays
from winback.periods import DAYS_IN_MONTH, Period
from winback.results import Result, Sentences, Shown
from winback.uncertainty import share_interval

MOST_MONTHS, MOST_CUSTOMERS = 1_200, 1e10  # more than anybody waits or has
A_YEAR = (360, 372)  # days that are called one
LAST_SHOWN = 12  # periods in the table that is shown
IN_GROUPS = {
    "group": ("Group", "text"),
    "n": ("Customers at the start, all periods", "count"),
    "n_lost": ("Lost", "count"),
    "share_lost": ("Share lost per period", "percent"),
    "shrunken": ("Shrunken towards all", "percent"),
    "common": ("At the rate of all", "percent"),
    "verdict": ("Beyond chance?", "text"),
    "money_lost": ("Brought in the year before", "money"),
}
IN_RETURNS = {
    "months": ("Months since the loss", "count"),
    "n_away": ("Still away and watched", "count"),
    "returned": ("Back by then", "percent"),
    "within_year": ("Back within a year more", "percent"),
}
BESIDE = {
    "what": ("Figure", "text"),
    "whose": ("Whose", "text"),
    "evidence": ("Evidence", "text"),
    "published": ("Published", "text"),
    "own": ("Here", "percent"),
}


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class LostReport(Result):
    """Customers lost by period and group, see `lost_report`.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per period, and group where one is asked for: ``start`` and ``end``, ``group``, ``final`` (False: some
        may still come back within the grace period, ``n_pending`` of them), ``n`` customers at its start, ``n_lost``
        of them, ``n_lost_within`` (came and lost within it), ``n_won``, ``n_returned``, ``money_lost`` and
        ``money_lost_within`` (what the lost brought in within the year before), ``share_lost`` with Wilson's ``_low``
        and ``_high``, ``net_lost`` (all who were lost in it, less those who came back).
    periods : pandas.DataFrame
        The same of all customers.
    groups : pandas.DataFrame or None
        One row per group over all final periods: the sums; ``share_lost`` per period with its interval, and with one
        that holds for all groups at once (``_low_together``, ``_high_together``); ``common``, what the group would lose
        at the rates of all in the same periods; ``shrunken`` towards it; ``limit_low`` and ``limit_high`` of a funnel;
        ``verdict``: loses more, loses less, not clearly different, not compared.
    accounts : pandas.DataFrame
        Lost customers who were a large share of turnover, and what they are since they came back.
    organic : OrganicReturn or None
        Time to return without an offer; None where nobody was lost.
    """

    frame: pd.DataFrame
    periods: pd.DataFrame = field(repr=False)
    groups: pd.DataFrame | None = field(repr=False)
    accounts: pd.DataFrame = field(repr=False)
    organic: OrganicReturn | None = field(repr=False)
    by: str | None
    period: Period
    level: float
    account_share: float
    n_pending: int  # customers who left so lately that another contract may still follow
    kind: str  # contracts or purchases
    doubts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    seen: tuple[Stays, ReportPeriods] = field(repr=False)
    source: str = "a table"
    currency: str = "$"
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "first_day": ("From", "text"),
        "n": ("Customers at the start", "count"),
        "n_lost": ("Lost", "count"),
        "share_lost": ("Share lost", "percent"),
        "net_lost": ("Less those back", "percent"),
        "n_lost_within": ("Came and lost within", "count"),
        "n_won": ("Won", "count"),
        "n_returned": ("Back", "count"),
        "n_pending": ("Not known yet", "count"),
        "money_lost": ("Brought in the year before", "money"),
    }

    def table(self) -> pd.DataFrame:
        """Return the groups, those that lose most first, or the last twelve periods; rounded, as text."""
        if self.groups is not None:
            return self.rounded(self.groups.sort_values("shrunken", ascending=False, kind="stable"), IN_GROUPS)
        rows = self.periods.tail(LAST_SHOWN)
        return self.rounded(rows.assign(first_day=rows["start"].dt.strftime("%Y-%m-%d")))

    @cached_property
    def last_year(self) -> pd.Series:
        """Sums over the final periods of the last twelve months, at least one; ``n`` adds up those at each start."""
        return self.years_back(0)[["n", "n_lost", "n_lost_within", "n_won", "n_returned", "money_lost"]].sum(
            min_count=1
        )

    def years_back(self, number: int) -> pd.DataFrame:
        """Return the final periods of the last twelve months, at least one, or of those so many times before."""
        final = self.periods[self.periods["final"]] if self.periods["final"].any() else self.periods
        n = max(round(1 / self.period.years), 1)
        return final.iloc[: max(len(final) - number * n, 0)].tail(n)

    @cached_property
    def over_last_year(self) -> pd.Series:
        """What became within the last twelve months of those here at their start: counts as of one period.

        ``n`` were here, ``n_lost`` of them were lost in it; ``n_lost_within`` came, or came back, and were lost in it.
        """
        rows, (stays, periods) = self.years_back(0), self.seen
        edges = days_of(pd.Series([rows["start"].iloc[0], rows["end"].iloc[-1] + pd.Timedelta(days=1)]))
        return count_losses(stays, replace(periods, edges=edges))[[*COUNTS, *MONEY]].sum(min_count=1)

    @property
    def is_year(self) -> bool:
        """Whether the periods of the last twelve months are a year."""
        rows = self.years_back(0)
        return A_YEAR[0] <= (rows["end"].iloc[-1] - rows["start"].iloc[0]).days <= A_YEAR[1]

    def lost_in(self, months: float) -> tuple[float, float, float]:
        """Return the share lost in so many months, with low and high.

        In twelve: of those here at the start of the last year, counted; in others, or where no year was watched, at
        the rate of the last year's periods, of those here at the start of each.
        """
        counted = months == 12 and self.is_year
        n, lost = (self.over_last_year if counted else self.last_year)[["n", "n_lost"]]
        if not n > 0:
            return np.nan, np.nan, np.nan
        shares = [float(each) for each in (lost / n, *share_interval(lost, n, self.level))]
        if not counted:
            shares = [over_months(each, self.period.years * 12, months) for each in shares]
        return shares[0], shares[1], shares[2]

    @cached_property
    def returns(self) -> pd.DataFrame:
        """One row per ``months`` since the loss: ``returned`` by then, ``within_year``: chance of one still away."""
        if self.organic is None:
            return pd.DataFrame({name: np.array([], dtype=float) for name in IN_RETURNS})
        return self.organic.by_months()

    @door
    def chance_of_return(self, months_away: ArrayLike = 0.0, within_months: float = AHEAD) -> pd.DataFrame:
        """Return the chance that one lost for so many months returns by themselves within so many more.

        Examples
        --------
        >>> import winback as wb
        >>> report = wb.lost_report(wb.load_shop_study().base)
        >>> report.chance_of_return([0, 6], within_months=6)["chance"].between(0, 1).all()
        np.True_
        """
        away = _between(months_away, "months_away", "numbers from 0", (0, MOST_MONTHS))
        _between(within_months, "within_months", "a number above 0", (1e-9, MOST_MONTHS))
        if self.organic is None:
            raise ValueError("Nobody was lost: there is no return to speak of.")
        return self.organic.chance(away, within_months)

    def cohorts(self) -> pd.DataFrame:
        """Return who of those who came in each period is still here, one row per cohort and period since.

        ``cohort`` is the first day of that period, missing for those who were here before; ``periods_since`` how many
        starts of periods later ``n`` of ``n_came`` were here, 0 being those who came. Rows with the same ``start``
        but 0 periods since add up to those here then.
        """
        return cohorts_of(*self.seen)

    @door
    def funnel(self, n: ArrayLike) -> pd.DataFrame:
        """Return between which shares a group of n customers would lie by chance, for one group and for all at once."""
        if self.groups is None:
            raise ValueError("There are no groups: name a column, lost_report(base, by=...).")
        sizes = _between(n, "n", "numbers of customers from 1", (1, MOST_CUSTOMERS))
        return funnel_of(self.groups, sizes, self.level)

    @property
    def in_words(self) -> tuple[str, str]:
        """What a group's share and its size are, in words, for those who draw them."""
        per = f"{'a ' if self.period.n_units == 1 else ''}{self.period.in_words}"
        return f"share lost in {per}", "customers at the start of periods, added up"

    def beside(self) -> pd.DataFrame:
        """Return published figures, with what they rest on, and one's own beside them.

        ``kind``, ``what``, ``whose``, ``evidence``, ``source`` (a link, where there is one), ``months``, ``others_low``
        and ``others_high``, ``own`` with ``_low`` and ``_high``. What is lost in a month or a year is given for
        both, ``converted`` at a constant rate.
        """
        return pd.DataFrame([row for figure in PUBLISHED for row in self._beside(figure)])

    def _beside(self, figure: Published):
        both = figure.kind in ("lost", "net") and (12.0, 1.0)
        for months in sorted(both or (figure.months,), key=lambda each: each != figure.months):
            ends = list(figure.shares)
            if months != figure.months:
                ends = [over_months(each, figure.months, months) for each in ends]
            own = dict(zip(("own", "own_low", "own_high"), self._own(figure.kind, months), strict=True))
            yield {
                "kind": figure.kind,
                "what": figure.words_for(months),
                "whose": figure.whose,
                "evidence": figure.evidence,
                "source": figure.source,
                "months": months,
                "converted": months != figure.months,
                "others_low": ends[0],
                "others_high": ends[1],
                **own,
            }

    def _own(self, kind: str, months: float) -> tuple[float, float, float]:
        year = self.last_year
        if kind == "lost":
            return self.lost_in(months)
        if kind == "net":
            gone = year["n_lost"] + year["n_lost_within"] - year["n_returned"]
            net = gone / year["n"] if year["n"] else np.nan
            return over_months(net, self.period.years * 12, months), np.nan, np.nan
        if kind == "gains":
            came = year["n_won"] + year["n_returned"]
            ends = share_interval(year["n_returned"], came or np.nan, self.level)
            return year["n_returned"] / came if came else np.nan, float(ends[0]), float(ends[1])
        if self.organic is None:
            return np.nan, np.nan, np.nan
        longest = self.organic.curve.longest / DAYS_IN_MONTH
        row = self.organic.chance(0.0, longest if kind == "ever" else months).iloc[0]
        return row["chance"], row["chance_low"], row["chance_high"]

    def show_returns(self) -> Shown:
        """Show who comes back by themselves, by months since the loss."""
        return Shown(self.rounded(self.returns, IN_RETURNS))

    def show_beside(self, rows: pd.DataFrame | None = None) -> Shown:
        """Show published figures and one's own; all of `beside`, or some of its rows."""
        frame = self.beside() if rows is None else rows.copy()
        ends = [self.formats(frame[f"others_{end}"], "percent") for end in ("low", "high")]
        frame["published"] = [low if low == high else f"{low} to {high}" for low, high in zip(*ends, strict=True)]
        return Shown(self.rounded(frame, BESIDE))

    def describe(self) -> Sentences:
        """Say how many were lost and what they had brought in, where, and the doubt that matters most."""
        return Sentences.of(losses_in_words.answer_lines(self))

    def details(self) -> Sentences:
        """Say what came of the lost, which accounts were large, how others fare, and how this was counted."""
        return Sentences.of(losses_in_words.detail_lines(self))


def _between(values: ArrayLike, name: str, what: str, ends: tuple[float, float]) -> np.ndarray:
    """Return numbers, none of them missing or out of bounds."""
    try:
        numbers = np.atleast_1d(np.asarray(values, dtype=float))
    except (TypeError, ValueError):
        numbers = np.array([np.nan])
    if numbers.ndim > 1 or not ((numbers >= ends[0]) & (numbers <= ends[1])).all():
        raise ValueError(f"{name} must be {what} to {ends[1]:,.0f}; got {values!r}.")
    return numbers
