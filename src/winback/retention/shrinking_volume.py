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
from winback.base.contract_lives import dates_of
from winback.base.lives import Lives
from winback.doors import ArgumentError, door
from winback.periods import DAYS_IN_MONTH
from winback.results import Result, Sentences, counted, format_count, format_money, format_percent
from winback.retention.alarm_worth import worth_of_alarms
from winback.retention.bands import trend_column
from winback.retention.keeping import Keeping, WorthLost
from winback.retention.person_months import TREND, History, customers_of, month_starts, months_of
from winback.retention.risk_ahead import left_in
from winback.retention.risk_words import event_in_words
from winback.tables.likeness import to_choose_from
from winback.uncertainty import share_interval

BELOW = 0.75  # a quarter less: three months of ordinary ups and downs seldom come to it
BESIDE = (0.5, 0.6, 0.7, 0.8, 0.9)  # shown beside
LONGEST = 24  # months
ENDS_TURNED = {"": "", "_low": "_high", "_high": "_low"}  # of the share that was right, by those of the false one


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
    n: int  # customers whose amounts are known for six whole months
    months: tuple[str, str]  # the first and the last at whose start that is so
    alarms: pd.DataFrame = field(repr=False)  # each new one that could be followed, see `alarm_worth.worth_of_alarms`
    currency: str = "$"
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "below": ("Alarm below", "percent0"),
        "caught": ("Losses caught", "percent"),
        "lead_months": ("Months ahead", "tenths"),
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

    @door
    def for_a_cost(
        self,
        *,
        cost: float,
        share_prevented: float,
        months: int = 12,
        annual_discount: float = 0.0,
        worth_lost: float | WorthLost = 0.0,
    ) -> Sentences:
        """Say which alarm gains most at what a call costs and prevents; nothing where no margins are known.

        Gain = share prevented x sum over losses soon after an alarm of (margin from then on - worth of a lost
        customer) - cost x alarms: the formula of the list of whom to keep, `ChurnRisk.about_to_leave`.

        Parameters
        ----------
        cost : float
            Of a call.
        share_prevented : float
            Share of the losses after an alarm that a call prevents: an assumption where no trial measured it.
        months : int
            That count, from the alarm on: up to the last of them a customer who is kept stays.
        annual_discount : float
        worth_lost : float or WorthLost
            What a lost customer is still worth on the day of leaving; a comparison with winning back has it.
        """
        terms = Keeping(cost, share_prevented, months, annual_discount, worth_lost)
        if self.alarms["margin"].isna().all():
            return Sentences()
        found = worth_of_alarms(self.alarms, self.n, terms, self.level)
        what = f"At {format_money(cost, self.currency)} a call and {format_percent(share_prevented, 0)} prevented"
        if (gain := found.gains[found.best]) <= 0:
            return Sentences(f"{what} none of these alarms pays, over {counted(months, 'months')}.")
        of_it = self.frame.loc[self.frame["below"] == found.best, "n_alarms"].item()
        said = (
            f"{what} the alarm at a fall by over {format_percent(1 - found.best, 0)}"
            f" gains most: {self._money(gain, found.ends)} by "
            f"{counted(of_it, 'alarms')} of the past, over {counted(months, 'months')}."
        )
        picked = (
            f"It is the best of {len(found.gains)} on either half of the customers alone, too: that it was picked on "
            "those it is judged by flatters it little."
            if found.holds
            else f"It is the best of {len(found.gains)}, picked on those it is judged by; picked on one half of the "
            f"customers and judged on the other, both ways, alarms gain {self._money(found.halved, found.halved_ends)}."
        )
        return Sentences.of([said, picked] if len(found.gains) > 1 else [said])

    def _money(self, gain: float, ends: tuple[float, float]) -> str:
        """Write a gain with its interval."""
        total, low, high = (format_money(each, self.currency) for each in (gain, *ends))
        return f"{total} [{low}, {high}]"

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
    column, lives = trend_column(f"{TREND}{event}"), base.all_lives
    starts = month_starts(base)
    trend = np.full((len(lives.start), len(starts) - 1), np.nan)  # at the start of each month; missing: not known
    for month, known in enumerate(months_of(base, [column], starts)):
        trend[known.life, month] = known.told[column.name]
    if np.isnan(trend).all():
        raise ValueError(f"Nobody has amounts of {event!r} in six whole months one after the other: no trend is known.")
    came = _Came.to(base, trend, within_months)
    if not len(came.lead):
        raise ValueError(f"Nobody with amounts of {event!r} was lost: there is nothing to judge an alarm by.")
    told, shares = np.isfinite(trend), sorted({below, *BESIDE})
    followed = told & came.followed
    now = History(base, [column]).at(base.last + 1)
    flagged = customers_of(base, now)
    flagged.insert(1, "trend", now.told[column.name])
    judged = pd.DatetimeIndex(dates_of(starts[np.flatnonzero(told.any(axis=0))[[0, -1]]])).strftime("%Y-%m")
    return ShrinkingVolume(
        frame=pd.DataFrame([_alarm(trend, came, share, level) for share in shares]),
        now=flagged[flagged["trend"] < below].sort_values("trend", ignore_index=True),
        event=event,
        below=below,
        within_months=within_months,
        lost_anyway=float((followed & came.soon).sum() / max(followed.sum(), 1)),
        level=level,
        n=len(np.unique(lives.customer[told.any(axis=1)])),
        months=(judged[0], judged[-1]),
        alarms=pd.concat([_alarms(trend, came, share, lives) for share in shares], ignore_index=True),
        currency=base.currency,
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Came:
    """What came to lives whose trend was known at the start of months."""

    left: np.ndarray  # (m,) in which month they were lost, as a place among the starts; beyond them: in none
    soon: np.ndarray  # (m, months) bool: lost within the months that an alarm is meant for
    followed: np.ndarray  # (months,) bool: so many months are known from this start on
    recent: np.ndarray  # (losses, within) the trend at the start of the month of a loss, of the month before it ...
    lead: np.ndarray  # (losses, within) months from each of these starts to the loss

    @classmethod
    def to(cls, base: ContractBase, trend: np.ndarray, within: int) -> _Came:
        starts, lives, months = month_starts(base), base.all_lives, np.arange(trend.shape[1])
        never = len(months) + within
        month = left_in(lives, slice(None), starts)
        lost, left = np.flatnonzero(month), np.where(month > 0, month - 1, never)
        lost = lost[np.isfinite(trend[lost, left[lost]])]
        before = left[lost, None] - np.arange(within)
        there = np.maximum(before, 0)
        return cls(
            left=left,
            soon=left[:, None] < months + within,
            followed=months + within <= len(months),
            recent=np.where(before < 0, np.nan, trend[lost[:, None], there]),
            lead=(lives.end[lost, None] - starts[there]) / DAYS_IN_MONTH,
        )


def _new(trend: np.ndarray, came: _Came, below: float) -> np.ndarray:
    """Return where an alarm goes off that had not a month before, and could be followed, (m, months) bool."""
    flag = trend < below
    return flag & ~np.pad(flag, ((0, 0), (1, 0)))[:, :-1] & came.followed


def _alarms(trend: np.ndarray, came: _Came, below: float, lives: Lives) -> pd.DataFrame:
    """Return what came of each new alarm, as `worth_of_alarms` takes it."""
    life, month = np.nonzero(_new(trend, came, below))
    lost_in = np.where(came.soon[life, month], came.left[life] - month + 1, 0)
    about = {"customer": lives.customer[life], "lost_in": lost_in, "margin": lives.margin[life]}
    return pd.DataFrame({"below": below, **about})


def _alarm(trend: np.ndarray, came: _Came, below: float, level: float) -> dict[str, float]:
    """Return what an alarm came to."""
    flag, before, new = trend < below, came.recent < below, _new(trend, came, below)
    caught, n_alarms, n_false = before.any(axis=1), int(new.sum()), (new & ~came.soon).sum()
    first = before.shape[1] - 1 - before[caught, ::-1].argmax(axis=1)  # of the alarms up to the loss
    found = {"below": below, "n_losses": len(caught), "n_alarms": n_alarms}
    found["flagged"] = flag.sum() / np.isfinite(trend).sum()
    for name, n_yes, n in (("caught", caught.sum(), len(caught)), ("false", n_false, n_alarms)):
        low, high = share_interval(n_yes, max(n, 1), level)
        found |= {name: n_yes / n if n else np.nan, f"{name}_low": float(low), f"{name}_high": float(high)}
    return {**found, "lead_months": np.median(came.lead[caught, first]) if caught.any() else np.nan}


def _answer(found: ShrinkingVolume) -> Iterator[str]:
    row, what = found.chosen, event_in_words(found.event)
    less = format_percent(1 - found.below, 0)
    fall, soon = f"a fall of {what} by over {less} in three months", counted(found.within_months, "months")
    if row["n_alarms"]:
        left = {f"true{end}": 1 - row[f"false{other}"] for end, other in ENDS_TURNED.items()}
        yield (
            f"After {fall} {found.interval(left, 'true', 'percent')} leave within {soon}, of all customers "
            f"{format_percent(found.lost_anyway)}."
        )
    early = f", half of them no more than {row['lead_months']:.1f} months ahead" if row["caught"] > 0 else ""
    caught = f"{found.interval(row, 'caught', 'percent')} of {format_count(row['n_losses'])} losses{early}"
    yield f"Such a fall comes before {caught}." if row["n_alarms"] else f"A{fall[1:]} comes before {caught}."
    since, until = found.months
    yield (
        f"Judged on the {counted(found.n, 'customers')} whose amounts are known for six whole months and the months in "
        f"which the alarm was chosen, {since} to {until}; a loss that comes with a fall need not come from it."
    )
