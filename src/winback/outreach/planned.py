"""What happens on which day, what does it cost, what is it expected to earn? The plan that `outreach_plan` makes."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.doors import door
from winback.outreach.came_as_forecast import CameAsForecast
from winback.outreach.consent import channels_in, consent_words, in_plural
from winback.outreach.dates import day_words, short_day
from winback.outreach.first_day import FirstDay, first_day_of, makes_the_offer, who_makes
from winback.outreach.foreseen import foreseen
from winback.outreach.held_against import held_against
from winback.outreach.made_before import MadeBefore
from winback.outreach.not_contacted import do_not_contact, left_out, not_contacted
from winback.outreach.plan_words import doubts, every_day_after, idle_channels, in_short, not_used, notes
from winback.outreach.playbook import Playbook
from winback.outreach.schedule import Calendar
from winback.outreach.what_it_takes import how_many, to_decide, what_it_costs, what_it_earns
from winback.policies.contact_list import ContactList
from winback.results import Result, Sentences, Shown
from winback.tables import AnyTable
from winback.tables.no_contact import marks_said
from winback.terms.cost_words import cost_in_words

MOST_KINDS = 6  # of contacts, of which the first are shown


@dataclass(frozen=True, repr=False, kw_only=True)
class OutreachPlan(Result):
    """Contacts with listed customers, on days; see `winback.outreach_plan`.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per contact, by day and then by rank: ``rank`` and ``customer_id`` of the list, ``step`` of the chain,
        ``date``, ``deadline`` (it is not made later), ``channel``, ``by`` and ``agent`` (who does it), ``message``,
        ``offer``, ``cost`` in money (with what an offer costs on contact, bought or not), ``why`` and ``source`` of the
        rule. Then what the list carries along, and what else is known of the customer by a name of winback's.
    customers : pandas.DataFrame
        One row per customer of the list: ``rank``, ``customer_id``, ``offer``, ``expected_profit`` of the list,
        ``is_reached``, the day on which contacts begin (``begins``), ``first_channel``, the ``rule`` that fits and the
        ``remedy`` that is given, ``cost`` of all contacts without what the offer itself costs, of it ``remedy_cost``;
        ``why_not``, why one who is sent an offer is not contacted.
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
    n_asked_before : int
        Customers of the list whom plans made before make an offer.
    before : MadeBefore or None
        What is still to come of plans made before, and who is to be struck out of them (``to_strike_out``).
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
    n_asked_before: int = 0
    before: MadeBefore | None = None
    currency: str = "$"
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "date": ("Day", "text"),
        "customer_id": ("Customer", "text"),
        "channel": ("Channel", "text"),
        "who": ("Who", "text"),
        "offer": ("Offer", "text"),
        "message": ("What is said", "text"),
        "deadline": ("Not after", "text"),
        "cost": ("Cost", "money"),
    }
    shown_days: ClassVar[Mapping[str, tuple[str, str]]] = {
        "begins": ("From", "text"),
        "channel": ("Channel", "text"),
        "planned": ("Planned", "count"),
        "capacity": ("Possible", "count"),
    }

    @property
    def reached(self) -> pd.DataFrame:
        """The rows of ``customers`` who are contacted."""
        return self.customers[self.customers["is_reached"]]

    @property
    def cost(self) -> float:
        """What all contacts cost, in money, if nobody buys, with the offers that are paid on contact."""
        return float(self.frame["cost"].sum())

    @property
    def expected_profit(self) -> tuple[float, float, float]:
        """What the contacts are expected to earn, all costs paid, with low and high, as the list expects it."""
        return _expected(self.listed, self.reached["expected_profit"].to_numpy())

    @door
    def first(self, n: int = 2) -> Shown:
        """Return the first ``n`` contacts of each kind (channel, who does it, what is said), as a notebook shows them.

        Of many kinds those with most contacts are shown.
        """
        return Shown(self._of_each_kind(n))

    @property
    def first_day(self) -> FirstDay:
        """What is to be done on the first day on which anybody is contacted, channel by channel and by whom."""
        return first_day_of(self.frame, self.currency)

    @property
    def most_planned(self) -> str | None:
        """The offer that most of those contacted are made; None where nobody is."""
        return None if self.reached.empty else str(self.reached["offer"].astype(object).mode().iloc[0])

    @property
    def subtitle(self) -> Sentences:
        """One line for the head of a page: whom the plan is about."""
        whom = f"{self.listed.whom[:1].upper()}{self.listed.whom[1:]}"
        return Sentences(f"{whom}, contacted from {day_words(self.start)} on")

    def consent(self) -> Sentences:
        """Say to whose consent the plan keeps, and by which channels all are taken as agreeing."""
        return Sentences.of([consent_words(*self.asking_consent)])

    @property
    def asking_consent(self) -> tuple:
        """The playbook's channels, the names of those by which anybody is contacted, and the customers' columns."""
        asked, made = channels_in(self.playbook.rules), set(self.frame["channel"])
        used = [name for name in asked if name in made or not made]
        return self.playbook.channels, used, self.listed.customers.columns

    def what_to_do(self) -> Sentences:
        """Say who does what on the first day, what the offers are, and what holds from then on."""
        if self.frame.empty:
            return Sentences.of(["Contact nobody."])
        idle = [f"No {' or '.join(map(in_plural, idle_channels(self)))} are planned."] if idle_channels(self) else []
        return Sentences.of([" ".join([f"{self.first_day.work()}.", *idle, *self._offers(), every_day_after(self)])])

    def _offers(self) -> list[str]:
        """Say what each offer that is made costs and when, also those of which a tailored one is made up."""
        catalog = self.listed.value.trial.offers.as_paid
        made = [catalog[name] for name in self.reached["offer"].astype(object).unique()]
        parts = (catalog[part] for offer in made for part in offer.tailored.values())
        said = (cost_in_words(offer, catalog) for offer in {each.name: each for each in (*made, *parts)}.values())
        return [f"{words[:1].upper()}{words[1:]}." for words in said]

    @cached_property
    def foreseen(self) -> tuple[float, float, float]:
        """Of all who are contacted how many come back, what contacts and offers cost and what is earned on them.

        That is in money, as the trial foresees it; earned is also what would have come back without contact.
        """
        rows = self.customers["is_reached"].to_numpy(dtype=bool)
        if not rows.any():
            return 0.0, 0.0, 0.0
        people, own = self.listed.customers[rows].reset_index(drop=True), self.reached.reset_index(drop=True)
        before = foreseen(self.listed.value.trial, people, own["offer"], own["cost"].to_numpy())
        return tuple(float(rows.sum() * mean) for mean in before.of(np.ones(len(own), dtype=bool))[0])

    @property
    def cost_with_offers(self) -> float:
        """What contacts and offers are expected to cost together, in money, as the trial foresees it."""
        return self.foreseen[1]

    def for_whoever_pays(self, *, sheets: bool = False) -> dict[str, str]:
        """Return whom not to contact, what the plan costs and earns, what is to be decided: names, and sentences.

        ``sheets``: whether the sheets of a list that is saved beside it are named.
        """
        if self.frame.empty:
            return {}
        earns = f"{what_it_earns(self)} {how_many(self)}"
        before = "" if self.before is None else self.before.in_words(sheets=sheets)
        rows = {
            "Still to come": before,
            "Do not contact": do_not_contact(self, sheets=sheets),
            "Cost": what_it_costs(self),
            "Earns": earns,
        }
        return {name: text for name, text in (rows | {"Decide": to_decide(self)}).items() if text}

    def table(self) -> pd.DataFrame:
        """Return the first contact of each kind, rounded."""
        return self._of_each_kind(1)

    def _of_each_kind(self, n: int) -> pd.DataFrame:
        contacts = self.frame.assign(who=who_makes(self.frame))
        kind = contacts.groupby(["channel", "who", "message"], sort=False).ngroup()
        rows = contacts[kind.isin(kind.value_counts().index[:MOST_KINDS])].groupby(kind, sort=False).head(n)
        makes_it = contacts[makes_the_offer(contacts)]
        ahead = rows["step"] < rows["customer_id"].map(makes_it.groupby("customer_id")["step"].min())
        offer = rows["offer"].astype(str).where(~ahead, rows["offer"].astype(str) + ", with a later contact")
        days = {name: rows[name].map(short_day) for name in ("date", "deadline")}
        return self.rounded(rows.assign(**days, offer=offer))

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
            One row per customer of the list, those kept back and not reached included (others who were in the table
            that was listed may be there, and are not looked at): ``customer_id``, ``returned``,
            and ``value``, the margin within the trial's horizon, or the columns of the second lifetime; with ``cost``
            all that was spent on the customer, else offers are counted by their terms and contacts as planned. The
            headings of the trial's own table serve, too.

        Raises
        ------
        TableError
            Listing every problem of the table; also where it holds only those who came back, and others have none.
        ValueError
            When no outcome is known of two customers who were contacted.
        """
        return held_against(self.listed, self.customers, outcomes, n_asked_before=self.n_asked_before)

    def describe(self) -> Sentences:
        """Say what is done from the first day on, what it costs and earns, and the doubt."""
        if self.frame.empty:
            why = " ".join(self.not_contacted().splitlines()) or str(self.listed.describe())
            return Sentences.of([f"Nobody is contacted: {why[:1].lower()}{why[1:]}"])
        return Sentences.of([in_short(self), f"{what_it_costs(self)} {what_it_earns(self)}", next(doubts(self))])

    @property
    def out(self) -> pd.DataFrame:
        """Who of those asked about is neither contacted nor kept back: ``customer_id``, ``why``, what is carried."""
        return not_contacted(self)

    def not_contacted(self) -> Sentences:
        """Say who is not contacted, and why."""
        before = "" if self.before is None else self.before.in_words()
        return Sentences.of([*left_out(self), *filter(None, [before])])

    def what_is_said(self) -> Sentences:
        """Say with which words each is contacted on the first day, what is not used, who agreed, who never did."""
        marks = marks_said(self.listed.customers.columns)
        return Sentences.of([*self.first_day.words(), *not_used(self), str(self.consent()), marks])

    def in_doubt(self) -> Sentences:
        """Say what else is in doubt, after the first."""
        lines = [] if self.frame.empty else list(doubts(self))[1:]
        return Sentences.of([*lines, *notes(self)])

    def details(self) -> Sentences:
        """Say who is not contacted and why, and what else is in doubt."""
        return Sentences.of([*left_out(self), *self.in_doubt().splitlines()])


def _expected(listed: ContactList, profit: np.ndarray) -> tuple[float, float, float]:
    n, total = len(profit), float(profit.sum())
    return (total, *(n * end for end in listed.value.around(total / n))) if n else (0.0, 0.0, 0.0)
