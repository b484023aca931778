"""What does a plan of contacts say, in sentences? Every figure in them is taken from the plan.

The doubt is the first that applies, in this order: what customers bring is not known, there is no room, they were asked
before, gains are not told apart from what comes anyway, nobody is kept back, an offer may be the contact itself, they
are the trial's own; and at last that the trial tested offers and not this sequence of contacts.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from winback.money import format_money, money_interval
from winback.outreach.consent import consent_words, in_plural, taken_as_agreed
from winback.outreach.dates import day_words
from winback.outreach.matching import reasons_in, unnamed_reasons
from winback.outreach.schedule import LONGEST_MONTH
from winback.policies.contact_list import ASKED_BEFORE, NEW_LEAVERS, UNTOUCHED
from winback.policies.strangers import left_out_of
from winback.results import Result, counted, format_count, format_percent, join_words
from winback.tables.likeness import alike

NO_ROOM = "find no room in their channels in time"
EVERY_DAY = "Every day after, strike out whoever has bought, then make the contacts of that day."
DONE = {"letter": "post", "call": "make", "visit": "pay"}  # what is done with a contact; send the others
KINDS = {"incremental": "extra (more than without contact)", "gross": "brought in (what comes anyway included)"}
READ_BY_RULES = (  # column, what a rule asks of it, in words
    ("first_margin", "margin_from", "what a customer brought a month"),
    ("reason", "reasons", "a reason for leaving"),
)
CENT = 0.005
OTHER_COST = 0.05  # of the contacts in the trial: another sum
MOST_REASONS = 3  # that are named in a sentence
MUCH_MORE = 1.05  # times the cost of the contacts: with the offers it is another sum


def done(channel: str, n: int) -> str:
    """Say what is to be done, a verb first.

    Examples
    --------
    >>> done("letter", 6_256), done("visit", 1), done("in person", 3)
    ('post 6,256 letters', 'pay 1 visit', 'make 3 contacts in person')
    """
    return f"{_verb(channel)} {contacts_by(channel, n)}"


def contacts_by(channel: str, n: int) -> str:
    """Name so many contacts.

    Examples
    --------
    >>> contacts_by("email", 2), contacts_by("in person", 1), contacts_by("door knock", 2)
    ('2 emails', '1 contact in person', '2 contacts by door knock')
    """
    if channel in (*DONE, "message", "email"):
        return counted(n, f"{channel}s")
    return f"{counted(n, 'contacts')} {channel if channel.startswith(('in ', 'by ', 'at ')) else f'by {channel}'}"


def _verb(channel: str) -> str:
    return DONE.get(channel, "send" if channel in ("message", "email") else "make")


def _of_each(contacts: pd.DataFrame) -> list[str]:
    return [contacts_by(str(name), n) for name, n in contacts["channel"].value_counts().items()]


def first_month(plan: Result) -> str:
    """Say what is done on the first day, and then within a month."""
    day = plan.frame["date"].iloc[0]
    first = plan.frame["date"] == day
    today, later = plan.frame[first], plan.frame[~first & (plan.frame["date"] < day + pd.Timedelta(days=LONGEST_MONTH))]
    made = [done(str(name), n) for name, n in today["channel"].value_counts().items()]
    about = f" about the offer {plan.first_day.only_offer}" if plan.first_day.only_offer else ""
    then = f"; then {join_words(_of_each(later))} within {LONGEST_MONTH} days" if len(later) else ""
    n_reached, n = len(plan.reached), len(plan.listed.contacts)
    some = f", to {format_count(n_reached)} of the {format_count(n)} customers listed" if n_reached < n else ""
    return f"{day_words(day, weekday=True)}: {join_words(made)}{about}{then}{some}."


def what_it_costs(plan: Result) -> str:
    """Say what contacts cost, and what they cost with the offers, which only those take who come back."""
    contacts, in_all = plan.cost, plan.cost_with_offers
    more = f"; with the offers about {_about(plan, in_all)} in all"
    due = ", with offers paid on contact," if contacts > plan.customers["cost"].sum() + CENT else ""
    return f"Contacts{due} {format_money(contacts, plan.currency)}{more if in_all > MUCH_MORE * contacts else ''}."


def _about(plan: Result, amount: float) -> str:
    return format_money(float(f"{amount:.2e}"), plan.currency)  # a forecast: more than three digits are not known


def what_it_earns(plan: Result) -> str:
    """Say what the contacts are expected to earn, all costs paid."""
    total = money_interval(*plan.expected_profit, plan.currency)
    like = "like similar ones in the trial" if plan.listed.value.ranks else "like those in the trial on average"
    return f"{total} {KINDS[plan.listed.kind]}, after all costs, if these customers react {like}."


def to_decide(plan: Result) -> str:
    """Say what somebody has to decide before the first day."""
    parts = [f"release about {_about(plan, plan.cost_with_offers)}"]
    counts = plan.frame.loc[plan.frame["date"] == plan.first_day.day, "channel"].value_counts()
    unlimited = [name for name, n in counts.items() if n > 1 and not np.isfinite(_a_day(plan, str(name)))]
    if unlimited:
        work = join_words(done(str(name), counts[name]) for name in unlimited)
        parts.append(f"check that somebody can {work} in one day (no limit is set)")
    known = (plan.playbook.channels, plan.playbook.rules, plan.listed.customers.columns)
    used = set(plan.frame["channel"])
    if agreed := [name for name in taken_as_agreed(*known) if name in used]:
        parts.append(f"check that they agreed to {join_words(in_plural(name) for name in agreed)}")
    return f"{'; '.join([*parts, 'say who strikes out buyers daily']).capitalize()}."


def _a_day(plan: Result, channel: str) -> float:
    limit = {each.name: each.per_day for each in plan.playbook.channels}[channel]
    return np.inf if limit is None else limit


def not_used(plan: Result) -> Iterator[str]:
    """Yield by which channels of the rules nobody is contacted, and which rules read what is known of nobody."""
    made = set(plan.frame["channel"])
    asked = (step.channel for rule in plan.playbook.rules for step in rule.steps)
    idle = list(dict.fromkeys(name for name in asked if name not in made))
    if idle and made:
        yield f"Not planned, though in the rules: {join_words(f'{name}s' for name in idle)}."
    for column, name, words in READ_BY_RULES:
        known = plan.listed.customers.get(column)
        asks = any(getattr(rule, name) is not None for rule in plan.playbook.rules)
        if asks and (known is None or known.isna().all()):
            yield f"Rules that ask for {words} fit nobody: it is known of none of these customers."
    yield from _named_in_vain(plan)
    yield from _unnamed(plan)


def _unnamed(plan: Result) -> Iterator[str]:
    """Yield for which reasons those contacted left that no rule names."""
    reached = plan.customers["is_reached"].to_numpy(dtype=bool)
    found = unnamed_reasons(plan.playbook.rules, plan.listed.customers[reached])
    total = counted(sum(found.values()), "customers")
    if len(found) == 1:
        yield f"{total} left for {next(iter(found))}, which no rule names: they follow the rules for any reason."
    elif found:
        named = [f"{name} ({format_count(n)})" for name, n in list(found.items())[:MOST_REASONS]]
        more = [counted(len(found) - MOST_REASONS, "other reasons")] if len(found) > MOST_REASONS else []
        said = join_words([*named, *more])
        yield f"{total} left for reasons that no rule names and follow the rules for any reason: {said}."


def _named_in_vain(plan: Result) -> Iterator[str]:
    """Yield, by rule, the reasons that no customer of the list has, and the offers that there are not."""
    reasons = plan.listed.customers.get("reason")
    left_for = set() if reasons is None else set().union(*(reasons_in(str(each)) for each in reasons.dropna().unique()))
    offers = {offer.name for offer in plan.listed.value.trial.offers}
    for rule in plan.playbook.rules:
        if left_for and rule.reasons and not any(reasons_in(each) & left_for for each in rule.reasons):
            yield f"Rule {rule.name!r}: none of these customers left for {join_words(rule.reasons)}."
        if vain := [each for each in rule.offers or () if each not in offers]:
            yield f"Rule {rule.name!r}: there is no offer {join_words(vain)}."


def doubts(plan: Result) -> Iterator[str]:
    """Yield what is in doubt, the most important first."""
    known = (plan.playbook.channels, plan.playbook.rules, plan.listed.customers.columns)
    consent, is_kept_of_some = taken_as_agreed(*known), consent_words(*known).count("Consent") > 1
    if consent and is_kept_of_some:  # a column is lacking beside others: forgotten, or called otherwise
        yield str(plan.consent())
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
    yield from _named_like_channels(plan)
    if plan.listed.whom == UNTOUCHED:
        yield f"These are the trial's own customers who were sent nothing. {NEW_LEAVERS}, to plan them instead."
    yield _sequence_untested(plan)
    if consent and not is_kept_of_some:
        yield str(plan.consent())


def _named_like_channels(plan: Result) -> Iterator[str]:
    """Yield which offers may be the contact itself: that is made by other channels, too, and paid twice."""
    for name in dict.fromkeys(plan.reached["offer"].astype(str)):
        for channel in [each for each in plan.playbook.channels if alike(each.name, [name])]:
            theirs = plan.frame[plan.frame["offer"] == name]
            n, n_get = (rows["customer_id"].nunique() for rows in (theirs, theirs[theirs["channel"] == channel.name]))
            wrong = [f"{format_count(n - n_get)} of {counted(n, 'customers')} do not get it"] if n_get < n else []
            wrong += ["it is paid twice"] if channel.cost and plan.listed.value.trial.offers[name].full_cost else []
            if wrong:
                yield (
                    f"The offer {name} is called like a channel. If it is that contact, {join_words(wrong)}: let a "
                    f'rule for offers = ["{name}"] make it, and state its cost once.'
                )


def _sequence_untested(plan: Result) -> str:
    steps = list(dict.fromkeys(plan.frame["channel"]))
    how = f"this sequence of {join_words(steps)}" if len(steps) > 1 else f"contacts by {steps[0]} on these days"
    assumed = plan.frame["source"].eq("assumption").mean()
    rules = (
        f"; {format_percent(assumed, 0)} of the contacts follow rules that are assumptions of ours" if assumed else ""
    )
    return f"The trial tested the offers, not {how}{rules}."


def left_out(plan: Result) -> Iterator[str]:
    """Yield who is not contacted: on the list, not on it, and kept back at random."""
    reasons = [f"{format_count(n)} {words}" for words, n, _ in plan.left_out]
    if reasons:
        yield f"On the list and not contacted: {join_words(reasons)}."
    if plan.listed.left_out:
        yield f"Not on the list, {left_out_of(plan.listed.left_out)}."
    if plan.listed.n_kept_back and not plan.frame.empty:
        yield (
            f"{counted(plan.listed.n_kept_back, 'customers', 'are')} held back at random, to compare with: "
            "do not contact them."
        )


def kept_back(plan: Result) -> Iterator[str]:
    """Yield whom not to contact, so that afterwards it is known what the contacts added."""
    if plan.listed.n_kept_back:
        yield f"Do not contact the {format_count(plan.listed.n_kept_back)} held back at random."


def notes(plan: Result) -> Iterator[str]:
    """Yield what else is to be known of those who are contacted."""
    if plan.n_in_part:
        yield f"{counted(plan.n_in_part, 'customers', 'are')} made the offer, with no room for the rest of their steps."
    if plan.n_despite:
        yield f"{counted(plan.n_despite, 'customers', 'are')} contacted though they left for a cause that stands."
    yield from _other_steps(plan)
    if "left_on" not in plan.listed.customers:
        yield "On which day each left is not known: months away are taken for those of the first day."
    yield "What contacts cost is counted as if nobody bought before the last one; costs not your own are assumptions."


def _other_steps(plan: Result) -> Iterator[str]:
    """Yield that contacts cost clearly more, or less, than with the trial's customers who were sent the same."""
    own, trial = plan.reached, plan.listed.value.trial
    if own.empty:
        return
    by_offer = pd.Series(trial.contact_cost).groupby(trial.arm).mean()
    place = pd.Index(trial.arms).get_indexer(own["offer"].astype(str))
    cost, known = float(own["cost"].mean()), float(by_offer.reindex(place).mean())
    if abs(cost - known) > OTHER_COST * known:
        here, there = (format_money(each, plan.currency) for each in (cost, known))
        yield (
            f"Contacts with each of these customers cost {here} on average, with those of the trial {there}: where the "
            "list does not tell them apart, expected profit is off by the difference."
        )
