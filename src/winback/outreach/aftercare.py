"""Who hears from us after a purchase, when and by which channel? `aftercare_plan`."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

import numpy as np
import pandas as pd

from winback.base.customers import places_among
from winback.base.purchase_base import PurchaseBase
from winback.doors import ArgumentError, door
from winback.outreach.after_purchases import Due, bought_in, due_contacts, messages, reasons_why, steps_of
from winback.outreach.chains import cost_of
from winback.outreach.consent import may_be_reached
from winback.outreach.contact_rows import place_in_row, shared_out, side_by_side, with_columns_of
from winback.outreach.dates import days_meant, yearly
from winback.outreach.follow_ups import AftercarePlan
from winback.outreach.playbook import Playbook
from winback.outreach.schedule import LONGEST_MONTH, Chains, schedule
from winback.outreach.slots import calendar_of, contacts_with, first_and_last, planned_before
from winback.tables import NO_OFFER
from winback.tables.dates import parse_date
from winback.tables.ids import as_index
from winback.tables.may_be_marks import refuse_what_may_be_marks
from winback.tables.no_contact import unwanted

YEAR = 365  # days up to the end of the data whose money says who comes first
FROM_START = -1


@door
def aftercare_plan(
    base: PurchaseBase,
    playbook: Playbook,
    *,
    start: datetime.date | str,
    until: datetime.date | str,
    already: AftercarePlan | pd.DataFrame | Iterable = (),
) -> AftercarePlan:
    """Plan the contacts that follow each purchase, as the playbook's aftercare asks for.

    Steps count from the day of the purchase, months from it by the calendar: of the 31st the last day of a shorter
    month. The contact of a month is made on an occasion where one is nearest to it, with what is new since the contact
    before. A new purchase begins a new chain and ends the old one; whoever is taken for lost gets no more of it, as
    winning back is another plan. Where a channel is full, those who spent most in the last year come first.

    Parameters
    ----------
    base : PurchaseBase
        From `read_purchases`. Its table of customers says who consents (``consent_<channel>``), who must not be
        contacted, and birthdays. For those who came back, read the days of their return as purchases.
    playbook : Playbook
        Its aftercare, channels and limits count.
    start, until : date or text
        First and last day of the plan, two years at most. What was due before is not made up for.
    already : AftercarePlan, pandas.DataFrame or several of them
        Plans made before, with ``customer_id``, ``date`` and ``channel``: their contacts count for the customers'
        limits, and take what their channels can bear. What is planned there already is not planned again.

    Raises
    ------
    TableError
        When a plan made before lacks a column.
    ValueError
        When the playbook has no aftercare, or the days cannot be those of a plan.

    Examples
    --------
    >>> import pandas as pd, winback as wb
    >>> from winback.outreach import Aftercare, Channel, Playbook, Rule, Step, aftercare_plan
    >>> log = pd.DataFrame({"customer_id": [7, 7], "date": ["2024-01-03", "2024-01-31"], "amount": [9.0, 5.0]})
    >>> base = wb.read_purchases(log, until="2024-01-31", lost=90)
    >>> care = Aftercare((Step("email", message="Say thank you."), Step("email", 2)), monthly=Step("email"))
    >>> book = Playbook((Channel("email"),), (Rule("all", (Step("email"),)),), aftercare=care)
    >>> plan = aftercare_plan(base, book, start="2024-01-31", until="2024-03-31")
    >>> plan.to_frame()["date"].dt.strftime("%d %B").tolist()
    ['31 January', '02 February', '29 February', '31 March']
    """
    if not isinstance(base, PurchaseBase):
        raise ArgumentError(
            f"This takes purchases, not {type(base).__name__}: read them by winback.read_purchases(log)."
        )
    if not playbook.aftercare.steps and playbook.aftercare.monthly is None:
        raise ValueError(
            "The playbook has no aftercare. Write [[aftercare.step]] or [aftercare.monthly] into its file."
        )
    days = first_and_last(start, until)
    bounds = [int(day.astype(np.int64)) for day in days]
    occasions, lacking = _occasions(base, playbook, bounds)
    due = due_contacts(bought_in(base, *bounds), playbook.aftercare, occasions, *bounds)
    planned = planned_before(already)
    due = due.only(_not_planned_yet(base, playbook, due, planned))
    may = _may_be_made(base, playbook, due)
    rank = _rank(base)[due.customer]
    date = _dates(base, playbook, due, rank, may=may, days=days, planned=planned)
    made = ~np.isnat(date)
    return AftercarePlan(
        frame=_contacts(base, playbook, due.only(made), rank[made], date[made]),
        first=days[0].item(),
        last=days[1].item(),
        known_until=base.until,
        n_refused=int((~may).sum()),
        n_without_room=int((may & ~made).sum()),
        at_most=playbook.contacts_a_month,
        lacking=lacking,
        currency=playbook.currency,
    )


def _occasions(base: PurchaseBase, playbook: Playbook, bounds: list[int]) -> tuple[list[np.ndarray], tuple[str, ...]]:
    """Return the days of each occasion, and which of them the base knows of nobody."""
    # Beyond the plan, too: an occasion takes the contact of its month with it.
    first, last = (np.datetime64(day, "D") for day in (bounds[0] - LONGEST_MONTH, bounds[1] + LONGEST_MONTH))
    found, lacking = [], []
    for occasion in playbook.aftercare.occasions:
        if occasion.column is None:
            come = np.array([days_meant(str(occasion.day), first, last)], dtype="datetime64[D]")
        elif base.people is not None and occasion.column in base.people:
            come = yearly(parse_date(base.people[occasion.column]).column.to_numpy(), first, last)
        else:
            come = np.empty((1, 0), dtype="datetime64[D]")
            lacking.append(occasion.name)
        found.append(come.astype(np.int64))  # a missing day is before all others
    return found, tuple(lacking)


def _not_planned_yet(base: PurchaseBase, playbook: Playbook, due: Due, planned: pd.DataFrame) -> np.ndarray:
    """Return which contacts no plan made before has."""
    known = planned[planned["why"].notna()]
    if known.empty:
        return np.ones(len(due.day), dtype=bool)
    before = [places_among(known["customer_id"], _ids(base)), known["step"], known["why"]]
    own = [due.customer, due.number, reasons_why(playbook.aftercare, due)]
    return ~pd.MultiIndex.from_arrays(own).isin(pd.MultiIndex.from_arrays(before))


def _may_be_made(base: PurchaseBase, playbook: Playbook, due: Due) -> np.ndarray:
    """Return which contacts are with customers who consent and may be contacted at all."""
    if base.people is None:
        return np.ones(len(due.day), dtype=bool)
    refuse_what_may_be_marks(base.people)
    known = {channel.name: channel for channel in playbook.channels}
    channels = [known[step.channel] for step in steps_of(playbook.aftercare)]
    may = may_be_reached(base.people, channels)
    for _, marked in unwanted(base.people):
        may &= ~marked[:, None]
    return may[due.customer, due.step]


def _rank(base: PurchaseBase) -> np.ndarray:
    """Return each customer's rank by what they spent within the last year of the data, from 1 on."""
    days = base.days
    lately = days.day > base.until.toordinal() - YEAR
    spent = np.bincount(days.customer[lately], weights=days.amount[lately], minlength=base.n)
    return pd.Series(-spent).rank(method="first").to_numpy(dtype=np.int64)


def _dates(
    base: PurchaseBase,
    playbook: Playbook,
    due: Due,
    rank: np.ndarray,
    *,
    may: np.ndarray,
    days: tuple[np.datetime64, np.datetime64],
    planned: pd.DataFrame,
) -> np.ndarray:
    """Return the day of each contact, missing where it is not made: all chains of a customer are one for the limits."""
    _, who, row = np.unique(rank, return_index=True, return_inverse=True)
    n, place = len(who), place_in_row(row)
    names = [channel.name for channel in playbook.channels]
    channel = np.array([names.index(step.channel) for step in steps_of(playbook.aftercare)])[due.step]
    chains = Chains(
        ready=np.full(n, days[0]),
        deadline=side_by_side(row, due.deadline.astype("datetime64[D]"), n, days[1]),
        offsets=side_by_side(row, due.day - days[0].astype(np.int64), n, 0),
        channels=side_by_side(row, channel, n, 0),
        allowed=side_by_side(row, may, n, False),
        after=side_by_side(row, np.full(len(row), FROM_START), n, FROM_START),
        contacts_before=contacts_with(_ids(base)[due.customer[who]], planned, *days),
    )
    return schedule(chains, calendar_of(playbook, *days, planned))[row, place]


def _contacts(base: PurchaseBase, playbook: Playbook, due: Due, rank: np.ndarray, date: np.ndarray) -> pd.DataFrame:
    """Return one row per contact, by day and then by rank."""
    steps = steps_of(playbook.aftercare)
    done = pd.DataFrame(
        {
            "channel": [step.channel for step in steps],
            "by": [step.by for step in steps],
            "cost": [cost_of(step, playbook.channels) for step in steps],
        }
    ).iloc[due.step]
    frame = pd.DataFrame(
        {
            "rank": rank,
            "customer_id": _ids(base)[due.customer],
            "step": due.number,
            "date": date.astype("datetime64[s]"),
            "deadline": due.deadline.astype("datetime64[D]").astype("datetime64[s]"),
            "channel": done["channel"].to_numpy(),
            "by": done["by"].to_numpy(),
            "agent": "",
            "message": messages(playbook.aftercare, steps, due, date),
            "offer": NO_OFFER,
            "cost": done["cost"].to_numpy(),
            "why": reasons_why(playbook.aftercare, due),
            "source": playbook.aftercare.source,
        }
    )
    order = np.lexsort((rank, date))
    frame = frame.iloc[order].reset_index(drop=True)
    frame["agent"] = shared_out(frame, playbook)
    if base.people is None:
        return frame
    return with_columns_of(frame, base.people.iloc[due.customer[order]])


def _ids(base: PurchaseBase) -> pd.Index:
    return as_index(base.summary.customers["customer_id"])
