"""What happens on which day, what does it cost, what is it expected to earn? The plan that `outreach_plan` makes."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.doors import door
from winback.money import format_money, money_interval
from winback.outreach.came_as_forecast import CameAsForecast, held_against
from winback.outreach.first_day import FirstDay, first_day_of
from winback.outreach.playbook import Playbook
from winback.outreach.schedule import LONGEST_MONTH, Calendar
from winback.policies.contact_list import ASKED_BEFORE, NEW_LEAVERS, UNTOUCHED, ContactList
from winback.policies.strangers import said_of
from winback.results import Result, Sentences, Shown, counted, format_count, join_words
from winback.tables import AnyTable

FIRST_ROWS = 6
NO_ROOM = "find no room in their channels in time"


@dataclass(frozen=True, repr=False, kw_only=True)
class OutreachPlan(Result):
    """Contacts with listed customers, on days; see `winback.outreach_plan`.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per contact, by day and then by rank: ``rank`` and ``customer_id`` of the list, ``step`` of the chain,
        ``date``, ``deadline`` (it is not made later), ``channel``, ``by`` and ``agent`` (who does it), ``message``,
        ``offer``, ``cost`` in money, ``why`` and ``source`` of the rule. Then what the list carries along.
    customers : pandas.DataFrame
        One row per customer of the list: ``rank``, ``customer_id``, ``offer``, ``expected_profit`` of the list,
        ``is_reached``, the day on which contacts begin (``begins``), ``first_channel``, ``cost`` of all contacts.
    listed : ContactList
        The list that is planned.
    start : date
        First day of the plan.
    room : Calendar
        What the channels can bear on each day, besides plans made before.
    left_out : tuple of (str, int, float)
        Who is on the list and is not contacted: why, how many, and what contacts with them were expected to earn.
    full : tuple of str
        Channels by which some would be made their offer who find no room.
    n_in_part : int
        Customers who are made the offer, but not contacted for the rest of the chain in time.
    n_despite : int
        Customers who are contacted though they left for a cause that stands.
    n_beyond : int
        Customers who are contacted and have been away, by the first day, for longer than anybody in the trial.
    """

    frame: pd.DataFrame = field(repr=False)
    customers: pd.DataFrame = field(repr=False)
    listed: ContactList = field(repr=False)
    playbook: Playbook = field(repr=False)
    start: datetime.date
    room: Calendar = field(repr=False)
    left_out: tuple[tuple[str, int, float], ...] = ()
    full: tuple[str, ...] = ()
    n_in_part: int = 0
    n_despite: int = 0
    n_beyond: int = 0
    currency: str = "$"
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "date": ("Day", "text"),
        "customer_id": ("Customer", "text"),
        "channel": ("By", "text"),
        "agent": ("Agent", "text"),
        "message": ("What is said", "text"),
        "deadline": ("Not after", "text"),
        "cost": ("Cost", "money"),
    }
    shown_days: ClassVar[Mapping[str, tuple[str, str]]] = {
        "begins": ("From", "text"),
        "channel": ("By", "text"),
        "planned": ("Planned", "count"),
        "capacity": ("Possible", "count"),
    }

    @property
    def reached(self) -> pd.DataFrame:
        """The rows of ``customers`` who are contacted."""
        return self.customers[self.customers["is_reached"]]

    @property
    def cost(self) -> float:
        """What all contacts cost, in money, if nobody buys before the last one."""
        return float(self.frame["cost"].sum())

    @property
    def expected_profit(self) -> tuple[float, float, float]:
        """What the contacts are expected to earn, all costs paid, with low and high, as the list expects it."""
        return _expected(self.listed, self.reached["expected_profit"].to_numpy())

    @door
    def first(self, n: int = 10) -> Shown:
        """Return the first ``n`` contacts, as a notebook shows them."""
        return Shown(self._rows(n))

    @property
    def first_day(self) -> FirstDay:
        """What is to be done on the first day on which anybody is contacted, channel by channel and by whom."""
        return first_day_of(self.frame, self.currency)

    def what_to_do(self) -> Sentences:
        """Say who does what on the first day, and what holds from then on."""
        if self.frame.empty:
            return Sentences.of(["Contact nobody."])
        then = "Every day after, strike out whoever has bought, and make the contacts of that day."
        return Sentences.of([f"{self.first_day.work()}. {then}"])

    def table(self) -> pd.DataFrame:
        """Return the first contacts, rounded."""
        return self._rows(FIRST_ROWS)

    def _rows(self, n: int) -> pd.DataFrame:
        rows = self.frame.head(n)
        days = {name: rows[name].dt.strftime("%a %d %b %Y") for name in ("date", "deadline")}
        return self.rounded(rows.assign(**days))

    @door
    def calendar(self, by: str = "day") -> pd.DataFrame:
        """Return what is planned against what is possible, a row per day or week (``by``) and channel.

        ``begins``, the day, or the Monday of the week; ``channel``; contacts ``planned``; ``capacity``, the contacts
        that are possible besides those of plans made before: infinite where there is no limit, 0 on quiet days.
        """
        if by not in ("day", "week"):
            raise ValueError(f"by must be day or week; got {by!r}.")
        last = self.frame["date"].max() if len(self.frame) else pd.Timestamp(self.start)
        days = pd.date_range(self.start, last, freq="D", unit="s")
        begins = days if by == "day" else days - pd.to_timedelta(days.weekday, unit="D")
        parts = [pd.DataFrame({"begins": begins[:0], "channel": "", "planned": 0, "capacity": 0.0})]
        for free, channel in zip(self.room.left, self.playbook.channels, strict=True):
            made = self.frame.loc[self.frame["channel"] == channel.name, "date"]
            if len(made):
                planned = made.value_counts().reindex(days, fill_value=0).to_numpy()
                of_channel = {"begins": begins, "channel": channel.name, "planned": planned}
                parts.append(pd.DataFrame({**of_channel, "capacity": free[: len(days)]}))
        found = pd.concat(parts[1:] or parts).groupby(["begins", "channel"], sort=False, as_index=False).sum()
        return found.sort_values("begins", kind="stable", ignore_index=True)

    @door
    def check(self, outcomes: AnyTable) -> CameAsForecast:
        """Hold what came of the customers against what was forecast of them.

        Parameters
        ----------
        outcomes : pandas.DataFrame or path
            One row per customer of the list, those kept back and not reached included: ``customer_id``, ``returned``,
            and ``value``, the margin within the trial's horizon, or the columns of the second lifetime; with ``cost``
            all that was spent on the customer, else offers are counted by their terms and contacts as planned.

        Raises
        ------
        TableError
            Listing every problem of the table.
        ValueError
            When no outcome is known of two customers who were contacted.
        """
        return held_against(self.listed, self.customers, outcomes)

    def describe(self) -> Sentences:
        """Say what happens on the first day and in the first month, what it costs and earns, and the doubt."""
        if self.frame.empty:
            why = _left_out(self) or str(self.listed.describe())
            return Sentences.of([f"Nobody is contacted: {why[:1].lower()}{why[1:]}"])
        return Sentences.of([_first_days(self), _money(self), next(_doubts(self))])

    def details(self) -> Sentences:
        """Say who is not contacted and why, what else is in doubt, and who is not on the list."""
        lines = [] if self.frame.empty else list(_doubts(self))[1:]
        return Sentences.of([*filter(None, [_left_out(self)]), *lines, *_notes(self)])


def _expected(listed: ContactList, profit: np.ndarray) -> tuple[float, float, float]:
    n, total = len(profit), float(profit.sum())
    return (total, *(n * end for end in listed.value.around(total / n))) if n else (0.0, 0.0, 0.0)


def _first_days(plan: OutreachPlan) -> str:
    day = plan.frame["date"].iloc[0]
    today = plan.frame[plan.frame["date"] == day]
    month = plan.frame[plan.frame["date"] < day + pd.Timedelta(days=LONGEST_MONTH)]
    later = f", and {_by_channel(month)} within {LONGEST_MONTH} days" if len(month) > len(today) else ""
    n_reached, n = len(plan.reached), len(plan.listed.contacts)
    whom = f"all {format_count(n)}" if n_reached == n else f"{format_count(n_reached)} of the {format_count(n)}"
    return (
        f"Contacts on the first day, {day:%A %Y-%m-%d}: {_by_channel(today)}{later}, with {whom} customers of the list."
    )


def _by_channel(contacts: pd.DataFrame) -> str:
    counts = contacts["channel"].value_counts()
    parts = [f"{format_count(n)} by {name}" for name, n in counts.items()]
    return parts[0] if len(parts) == 1 else f"{format_count(len(contacts))} ({', '.join(parts)})"


def _money(plan: OutreachPlan) -> str:
    total = money_interval(*plan.expected_profit, plan.currency)
    like = "with customers of the same prediction" if plan.listed.value.ranks else "on average"
    return (
        f"They cost {format_money(plan.cost, plan.currency)} if nobody buys before the last one; with all costs paid "
        f"they are expected to earn {total} {plan.listed.kind} profit, if a contact earns what it did in the "
        f"trial {like}."
    )


def _doubts(plan: OutreachPlan) -> Iterator[str]:
    """Yield what is in doubt, the most important first."""
    if plan.n_beyond:
        yield (
            f"By the first day {counted(plan.n_beyond, 'customers', 'have')} been away for longer than anybody in the "
            "trial was when sent an offer, so what they bring is not known: list them anew, or begin sooner."
        )
    for words, n, money in plan.left_out:
        if words == NO_ROOM:
            yield (
                f"{format_count(n)} more, expected to earn {format_money(money, plan.currency)}, {words}: what is "
                f"lacking is room for {join_words(plan.full)}."
            )
    if plan.listed.whom == ASKED_BEFORE:
        yield "They were asked once and did not return: asked again they will earn less, how much less is not known."
    if plan.listed.kind == "gross":
        yield "Whether contacts add anything is not known: what would come back anyway is counted as earned."
    if not plan.listed.n_kept_back:
        yield "Nobody is kept back (keep_back=0.1): what the contacts add will not be known afterwards."
    if plan.listed.whom == UNTOUCHED:
        yield f"These are the trial's own customers who were sent nothing. {NEW_LEAVERS}, to plan them instead."
    yield "Whoever buys meanwhile must be taken off the list: back means bought again, and no further step is made."


def _left_out(plan: OutreachPlan) -> str:
    reasons = [f"{format_count(n)} {words}" for words, n, _ in plan.left_out]
    return f"On the list and not contacted: {join_words(reasons)}." if reasons else ""


def _notes(plan: OutreachPlan) -> Iterator[str]:
    if plan.n_in_part:
        yield f"{counted(plan.n_in_part, 'customers', 'are')} made the offer, with no room for the rest of their steps."
    if plan.n_despite:
        yield f"{counted(plan.n_despite, 'customers', 'are')} contacted though they left for a cause that stands."
    if plan.listed.n_kept_back:
        yield f"{counted(plan.listed.n_kept_back, 'customers', 'are')} kept back at random: they must not be contacted."
    yield from filter(None, [said_of(plan.listed.left_out)])
    if "left_on" not in plan.listed.customers:
        yield "On which day each left is not known: months away are taken for those of the first day."
    assumed = plan.frame["source"].eq("assumption").mean() if len(plan.frame) else 0.0
    if assumed:
        yield f"{assumed:.0%} of the contacts follow rules that are assumptions of ours, as are costs not your own."
