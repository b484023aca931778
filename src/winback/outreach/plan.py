"""Whom to contact how and when? From a policy's list and a playbook to dated contacts: `outreach_plan`."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from winback.base.lapsed import Lapsed
from winback.doors import door
from winback.outreach.causes import NOTHING, causes_of
from winback.outreach.chains import CustomerChains
from winback.outreach.contact_rows import carried_along, shared_out, with_columns_of, written
from winback.outreach.made_before import made_before
from winback.outreach.matching import is_sent_an_offer
from winback.outreach.not_contacted import BACK, MADE_BEFORE, NOT_KNOWN, REFUSED, STANDS
from winback.outreach.on_the_list import (
    asked_before,
    away_too_long,
    due_on_contact,
    is_back,
    last_offered,
    list_of,
    people_on,
    playbook_of,
)
from winback.outreach.plan_words import NO_ROOM
from winback.outreach.planned import OutreachPlan
from winback.outreach.playbook import Playbook
from winback.outreach.reached import Reached, first_offer, last_days, last_days_of, reach
from winback.outreach.schedule import LONGEST_MONTH, Calendar
from winback.outreach.slots import LONGEST, calendar_of, contacts_with, day_of, planned_before
from winback.policies.contact_list import ContactList
from winback.policies.learned import LearnedPolicy
from winback.results import Result
from winback.tables import NO_OFFER, AnyTable, label_codes
from winback.tables.ids import as_index

NO_DAY = "cannot be made their offer in time on any day"
TOO_LONG = "are away, on the first day, for longer than anybody in the trial was"


@door
def outreach_plan(
    policy: LearnedPolicy | ContactList,
    customers: AnyTable | None = None,
    playbook: Playbook | None = None,
    *,
    start: datetime.date | str,
    already: Result | pd.DataFrame | Iterable = (),
    back: Lapsed | pd.DataFrame | Iterable = (),
    despite_causes: bool = False,
    keep_back: float = 0.0,
    rng: int | np.random.Generator | None = 0,
) -> OutreachPlan:
    """Put the contacts with listed customers on days: by which channel, by whom, with what, and until when.

    The first rule of the playbook that fits a customer on the first day says which steps are made; none fits without
    consent to every step up to the one that brings the offer. Customers are served in the order of the list, each as
    early as those before them, quiet days, what the channels can bear and the limit of contacts a month allow. The
    whole chain is made within the days of its rule, and the offer while the customer may get it and is away no longer
    than the rule is for; whoever cannot be made the offer in time is not contacted at all, and counted. Whoever left
    for a cause that stands is left alone; if it is mended since, they are told with the offer, and if it will be, they
    wait until then.

    Parameters
    ----------
    policy : LearnedPolicy or ContactList
        Who is to get which offer; a policy lists the customers. It was learned from a trial that counts what the
        playbook's contacts cost, ``trial.over(contact_costs=playbook)``.
    customers : pandas.DataFrame, path or Lapsed, optional
        Whom a policy lists, see `LearnedPolicy.contact_list`.
    playbook : Playbook, optional
        By default the one whose costs the trial counts. Another may have other limits, agents and words.
    start : date or text
        First day. A policy lists those of whom it is known when they left as they are on it, so that the same tables
        give the same plan on any later day. Where only the months away are known they are taken for those of this day.
    already : a plan, pandas.DataFrame or several of them
        Plans made before: their contacts count for the customers' limits, and take what their channels can bear. Whom
        they make an offer, or have made one, is made none here, and counted, unless the offer's terms say how long to
        wait (``wait_months`` of `Offer`) and so much has passed since it was last made, reminders of it not counted.
    back : Lapsed, pandas.DataFrame or iterable of ids
        Who has bought again since the list was made: a table of purchases since then, or of the lost as seen later.
    despite_causes : bool
        Whether those are contacted, too, who left for a cause that stands.
    keep_back, rng
        For a policy, see `LearnedPolicy.contact_list`.

    Raises
    ------
    ValueError
        When contacts would cost something else than the policy counts, the first day is in the list's past, a customer
        left after it or is listed twice.

    Examples
    --------
    >>> import winback as wb
    >>> study = wb.simulate_telecom_study(5_300, calibrate=False, rng=1)
    >>> trial = study.trial.over(contact_costs=wb.load_playbook())
    >>> policy = wb.learn_policy(trial, by="reason", splits=wb.Splits(repeats=2))
    >>> plan = wb.outreach_plan(policy, study.new_leavers, start="2016-01-04")
    >>> plan.to_frame()[["rank", "date", "channel", "offer"]].head(2)
       rank       date channel     offer
    0     1 2016-01-04  letter  discount
    1     2 2016-01-04  letter  discount
    """
    first = day_of(start, "start")
    listed = list_of(policy, customers, keep_back, rng, first)
    playbook = playbook_of(listed, playbook)
    people, planned = people_on(listed, first), planned_before(already)
    ids, offered = people["customer_id"], last_offered(people, planned)
    causes, chains = causes_of(playbook.causes, people, first), playbook.chains_of(people)
    barred = [
        (BACK, is_back(ids, back)),
        (MADE_BEFORE, asked_before(listed, people, offered, first)),
        (TOO_LONG, away_too_long(listed, people)),
        (STANDS, causes.stands & (not despite_causes)),
        *_under_no_rule(playbook, people, chains),
    ]
    chains = chains.only(is_sent_an_offer(people) & ~np.any([rows for _, rows in barred], axis=0))
    ready = np.maximum(first if despite_causes else causes.ready, _waited_for(chains, people, first))
    calendar = calendar_of(playbook, first, _last(chains, ready, first), planned)
    until = _until(listed, playbook, chains, people, calendar)
    met = contacts_with(as_index(ids), planned, first, calendar.last)
    found = reach(chains, ready, until=until, calendar=calendar, before=met)
    barred += [(NO_DAY, ~found.in_time), (NO_ROOM, ~found.made)]
    why_not = _first_of(barred, listed.frame)
    frame = _contacts(playbook, people, chains, found, causes.told)
    frame["cost"] += _due(listed, people, chains)[frame["row"], frame["step"] - 1]
    return OutreachPlan(
        frame=_carried(frame, listed, playbook),
        customers=_customers(listed, chains, found, playbook).assign(why_not=why_not),
        listed=listed,
        playbook=playbook,
        start=first.item(),
        room=calendar,
        left_out=tuple(_counted(barred, why_not, listed.frame)),
        full=_full(playbook, chains, found),
        n_in_part=int(((chains.allowed & np.isnat(found.date)).any(axis=1) & found.made).sum()),
        n_despite=int((causes.stands & found.made).sum()),
        n_asked_before=int((~np.isnat(offered)).sum()),
        before=made_before(planned, first, is_back(planned["customer_id"], back), listed, playbook.channels),
        currency=playbook.currency,
    )


def _under_no_rule(
    playbook: Playbook, people: pd.DataFrame, chains: CustomerChains
) -> Iterator[tuple[str, np.ndarray]]:
    """Yield why no rule brings customers the offer, and whom, (n,)."""
    yield "are under no rule of the playbook", chains.rule < 0
    yield REFUSED, ~playbook.chains_of(people, empty=True).brings_offer.any(axis=1)
    yield NOT_KNOWN, ~chains.brings_offer.any(axis=1)


def _waited_for(chains: CustomerChains, people: pd.DataFrame, first: np.datetime64) -> np.ndarray:
    """Return the day up to which each chain waits after leaving, (n,); who may have left today waits from today."""
    left = people["left_on"].to_numpy(dtype="datetime64[D]")
    days = np.nan_to_num(chains.after_leaving).astype(int)
    return np.where(np.isnat(left) & (days > 0), first, np.where(np.isnat(left), first - days, left)) + days


def _last(chains: CustomerChains, ready: np.ndarray, first: np.datetime64) -> np.datetime64:
    """Return the last day of a calendar that holds all chains."""
    return min((ready + chains.within).max(initial=first + LONGEST_MONTH - 1), first + LONGEST - 1)


def _until(
    listed: ContactList, playbook: Playbook, chains: CustomerChains, people: pd.DataFrame, calendar: Calendar
) -> np.ndarray:
    """Return the last day on which each customer may be made the offer, (n,), by its terms and by their rule."""
    of_rule = last_days_of(playbook.rules, chains.rule, people, calendar.last)
    # Whom a rule fits on the first day, it fits on that day, also where months away that are known alone are rounded.
    return np.minimum(last_days(listed.value.trial.offers, people, calendar.last), np.maximum(of_rule, calendar.start))


def _due(listed: ContactList, people: pd.DataFrame, chains: CustomerChains) -> np.ndarray:
    """Return what is due for the offer itself at each contact, (n, k): with the first that brings it."""
    return np.where(first_offer(chains), due_on_contact(listed.value.trial, people)[:, None], 0.0)


def _contacts(
    playbook: Playbook, people: pd.DataFrame, chains: CustomerChains, found: Reached, told: np.ndarray
) -> pd.DataFrame:
    """Return one row per contact, by day and then by rank, with ``row``, the customer's place on the list."""
    row, step = np.nonzero(~np.isnat(found.date))
    order = np.lexsort((step, row, found.date[row, step]))
    row, step = row[order], step[order]
    rule, offer, with_it = chains.rule[row], chains.brings_offer[row, step], chains.with_remedy[row, step]
    codes, offers = label_codes(people["offer"])
    parts = (
        rule,
        step,
        np.where(offer, codes[row], NOTHING),
        np.where(with_it, chains.remedy[row], NOTHING),
        np.where(first_offer(chains)[row, step], told[row], NOTHING),
    )

    def said(rule: int, step: int, offer: int, remedy: int, cause: int) -> str:
        planned = playbook.chains[rule].steps[step]
        words = [planned.message]
        words += [] if cause == NOTHING else [playbook.causes[cause].told]
        words += [] if offer == NOTHING else [f"Offer: {offers[offer]}."]
        words += [] if remedy == NOTHING else [f"With it: {playbook.remedies[remedy].text}."]
        words += [f"Not if {planned.stop_if}."] if planned.stop_if else []
        return " ".join(filter(None, words))

    rules = playbook.rules
    return pd.DataFrame(
        {
            "row": row,
            "customer_id": people["customer_id"].iloc[row].to_numpy(),
            "step": step + 1,
            "date": found.date[row, step].astype("datetime64[s]"),
            "deadline": found.deadline[row, step].astype("datetime64[s]"),
            "channel": np.array([each.name for each in playbook.channels], dtype=object)[chains.channel[row, step]],
            "by": written(lambda rule, step: playbook.chains[rule].steps[step].by, (rule, step)),
            "message": written(said, parts),
            "offer": np.array([*offers, NO_OFFER], dtype=object)[codes[row]],
            "cost": chains.costs[row, step],
            "why": written(lambda rule: rules[rule].why or rules[rule].name, (rule,)),
            "source": written(lambda rule: rules[rule].source, (rule,)),
        }
    )


def _carried(contacts: pd.DataFrame, listed: ContactList, playbook: Playbook) -> pd.DataFrame:
    """Return the contacts with rank and agent, and what the list carries along."""
    row = contacts.pop("row")
    people = carried_along(listed).iloc[row]
    contacts.insert(0, "rank", listed.frame["rank"].to_numpy()[row])
    contacts.insert(contacts.columns.get_loc("by") + 1, "agent", shared_out(contacts, playbook, people.get("agent")))
    return with_columns_of(contacts, people)


def _customers(listed: ContactList, chains: CustomerChains, found: Reached, playbook: Playbook) -> pd.DataFrame:
    """Return one row per listed customer: whether the offer is made, when contacts begin, by which rule and channel."""
    begun = np.where(np.isnat(found.date), np.datetime64("9999-12-31", "D"), found.date)
    first = begun.argmin(axis=1)
    rows = np.arange(len(first))
    names = np.array([each.name for each in playbook.channels], dtype=object)[chains.channel[rows, first]]
    made = ~np.isnat(found.date)
    given = (chains.with_remedy & made).any(axis=1)
    return listed.frame[["rank", "customer_id", "offer", "expected_profit"]].assign(
        is_reached=found.made,
        begins=found.date[rows, first].astype("datetime64[s]"),
        first_channel=np.where(found.made, names, ""),
        rule=np.array([*(each.name for each in playbook.rules), ""], dtype=object)[chains.rule],
        remedy=np.array([*(each.text for each in playbook.remedies), ""], dtype=object)[
            np.where(given, chains.remedy, -1)
        ],
        cost=np.where(made, chains.costs, 0.0).sum(axis=1),
        remedy_cost=np.where(made, chains.remedy_costs, 0.0).sum(axis=1),
    )


def _full(playbook: Playbook, chains: CustomerChains, found: Reached) -> tuple[str, ...]:
    """Return the channels by which those would be made their offer who find no room."""
    places = chains.channel[first_offer(chains) & (found.in_time & ~found.made)[:, None]]
    return tuple(playbook.channels[place].name for place in np.unique(places))


def _first_of(barred: list[tuple[str, np.ndarray]], frame: pd.DataFrame) -> np.ndarray:
    """Return why each customer who is sent an offer is not contacted, (n,), the first reason that holds; else empty."""
    why = np.full(len(frame), "", dtype=object)
    for words, rows in reversed(barred):
        why[rows] = words
    return np.where(is_sent_an_offer(frame), why, "")


def _counted(
    barred: list[tuple[str, np.ndarray]], why: np.ndarray, frame: pd.DataFrame
) -> Iterator[tuple[str, int, float]]:
    """Yield why customers are not contacted, how many, and what contacts with them were expected to earn."""
    for words, _ in barred:
        if (why == words).any():
            yield words, int((why == words).sum()), float(frame["expected_profit"][why == words].sum())
