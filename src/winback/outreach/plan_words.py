"""What does a plan of contacts say, in sentences? Every figure in them is taken from the plan.

The doubt is the first that applies, in this order: consent is known of some channels only, a cell is far out, when or
why they left is not known, many find no room, they were asked before, gains are not told apart from what comes anyway,
nobody is kept back, an offer may be the contact itself, they are the trial's own, its files look wrong, the trial
tested offers and not this sequence of contacts; and at last that a few find no room.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from winback.lost.reasons import code_reasons
from winback.money import format_money
from winback.outreach.asked_for import known_of_none, long_waits, named_in_vain
from winback.outreach.consent import consent_words, in_plural, taken_as_agreed
from winback.outreach.dates import day_words, span_words
from winback.outreach.entries import Rule
from winback.outreach.matching import reasons_in, unnamed_reasons
from winback.outreach.schedule import LONGEST_MONTH
from winback.policies.contact_list import ASKED_BEFORE, NEW_LEAVERS, UNTOUCHED
from winback.results import Result, counted, format_count, join_words
from winback.tables.likeness import alike
from winback.trial.plausible import far_out

NO_ROOM = "find no room in their channels in time"
EVERY_DAY = "Every day after, strike out whoever has bought, then make the contacts of that day"
DONE = {"letter": "post", "call": "make", "visit": "pay"}  # what is done with a contact; send the others
OTHER_COST = 0.05  # of the contacts in the trial: another sum
MANY = 0.05  # of a list: fewer who find no room are no doubt about the rest
MOST_REASONS = 3  # that are named in a sentence
MOST_KINDS = 3  # of contacts of the first day, in a headline


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


def in_short(plan: Result) -> str:
    """Say what is done on the first day, and how many contacts there are in all, until when."""
    days = plan.frame["date"]
    today = plan.frame.loc[days == days.iloc[0], "channel"].value_counts()
    kinds = [done(str(name), n) for name, n in today.head(MOST_KINDS).items()]
    rest = int(today.iloc[MOST_KINDS:].sum())
    kinds += [f"make {counted(rest, 'other contacts')}"] if rest else []
    n, whom = counted(len(days), "contacts"), counted(len(plan.reached), "customers")
    in_all = f"; in all {n} with {whom} until {day_words(days.iloc[-1])}" if len(days) > today.sum() else ""
    return f"{day_words(days.iloc[0], weekday=True)}: {join_words(kinds)}{in_all}."


def every_day_after(plan: Result) -> str:
    """Say what is done from the second day on: within a month by channel and days, and how much more until when."""
    first = plan.frame["date"].iloc[0]
    days = plan.frame["date"]
    soon = plan.frame[(days > first) & (days < first + pd.Timedelta(days=LONGEST_MONTH))]
    by = soon.groupby("channel", sort=False)["date"].agg(["size", "min", "max"])  # in the order of their first days
    then = [f"{contacts_by(str(name), n)} ({span_words(*ends, first.year)})" for name, n, *ends in by.itertuples()]
    n_later = int((days >= first + pd.Timedelta(days=LONGEST_MONTH)).sum())
    then += [f"{counted(n_later, 'contacts')} more until {day_words(days.iloc[-1])}"] if n_later else []
    return f"{EVERY_DAY}: {join_words(then)}." if then else f"{EVERY_DAY}."


def not_used(plan: Result) -> Iterator[str]:
    """Yield by which channels of the rules nobody is contacted, and which rules read what is known of nobody."""
    if idle := idle_channels(plan):
        asking = [rule.name for rule in plan.playbook.rules if any(step.channel in idle for step in rule.steps)]
        those = f"{'rules' if len(asking) > 1 else 'rule'} {join_words(map(repr, asking))}"
        fit = "ask for them" if plan.customers["rule"].isin(asking).any() else "fit none of these customers"
        yield f"Not planned: {join_words(map(in_plural, idle))} ({those} {fit if len(asking) > 1 else _of_one(fit)})."
    yield from known_of_none(plan.playbook, plan.listed.customers, ["first_margin"])
    yield from _named_in_vain(plan)
    yield from _unnamed(plan)
    if not plan.playbook.causes:
        yield "What is new since they left stands nowhere in the playbook (its causes): whoever writes must know it."


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


def idle_channels(plan: Result) -> list[str]:
    """Return the channels that rules ask for and by which nobody is contacted."""
    made = set(plan.frame["channel"])
    asked = (step.channel for rule in plan.playbook.rules for step in rule.steps)
    return [name for name in dict.fromkeys(asked) if made and name not in made]


def _of_one(verb: str) -> str:
    first, _, rest = verb.partition(" ")
    return f"{first}s {rest}"


def _named_in_vain(plan: Result) -> Iterator[str]:
    """Yield, by rule, the reasons that no customer of the list has, and the offers that there are not."""
    reasons = plan.listed.customers.get("reason")
    left_for = set() if reasons is None else set().union(*(reasons_in(str(each)) for each in reasons.dropna().unique()))
    offers = {offer.name for offer in plan.listed.value.trial.offers}
    for rule in plan.playbook.rules:
        if left_for and rule.reasons and not any(reasons_in(each) & left_for for each in rule.reasons):
            said = " or ".join(rule.reasons)
            own = (
                f"; {n} name it in their own words, and follow other rules" if (n := _in_own_words(plan, rule)) else ""
            )
            yield f"Rule {rule.name!r}: none of these customers has {said} as the reason on record{own}."
        if vain := [each for each in rule.offers or () if each not in offers]:
            yield f"Rule {rule.name!r}: there is no offer {join_words(vain)}."


def _in_own_words(plan: Result, rule: Rule) -> str:
    """Count those contacted whose exit text names a reason that a rule is for; nothing where there is nobody."""
    texts = plan.listed.customers.get("exit_text")
    if texts is None:
        return ""
    reached = plan.customers["is_reached"].to_numpy(dtype=bool)
    named = code_reasons(texts[reached].astype(object)).to_frame()["reasons"].value_counts()
    asked = set().union(*map(reasons_in, rule.reasons))
    n = sum(count for words, count in named.items() if reasons_in(str(words)) & asked)
    return format_count(n) if n else ""


def doubts(plan: Result) -> Iterator[str]:
    """Yield what is in doubt, the most important first."""
    known = plan.asking_consent
    consent, is_kept_of_some = taken_as_agreed(*known), consent_words(*known).count("Consent") > 1
    if consent and is_kept_of_some:  # a column is lacking beside others: forgotten, or called otherwise
        yield str(plan.consent())
    wrong = list(dict.fromkeys([*far_out(plan.listed.value.trial.customers), *far_out(plan.listed.customers)]))
    files = [said for said in plan.listed.value.trial.design.of_the_files if said not in wrong]
    yield from wrong
    yield from known_of_none(plan.playbook, plan.listed.customers, ["left", "reason"])
    no_room, many = _no_room(plan)
    yield from no_room if many else []
    if plan.listed.whom == ASKED_BEFORE:
        yield "They were asked once and did not return: asked again they will earn less, how much less is not known."
    if plan.listed.kind == "gross":
        yield "Whether contacts add anything is not known: what would come back anyway is counted as earned."
    if not plan.listed.n_kept_back:
        yield "Nobody is kept back (keep_back=0.1): what the contacts add will not be known afterwards."
    yield from _named_like_channels(plan)
    if plan.listed.whom == UNTOUCHED:
        yield f"These are the trial's own customers who were sent nothing. {NEW_LEAVERS}, to plan them instead."
    yield from files
    yield _sequence_untested(plan)
    yield from [] if many else no_room
    if consent and not is_kept_of_some:
        yield str(plan.consent())


def _no_room(plan: Result) -> tuple[list[str], bool]:
    """Return who finds no room, in words, and whether that is more than a few of the list."""
    said = [
        f"{format_count(n)} more, expected to earn {format_money(money, plan.currency)}, {words}: what is lacking is "
        f"room for {join_words(plan.full)}."
        for words, n, money in plan.left_out
        if words == NO_ROOM
    ]
    n = sum(n for words, n, _ in plan.left_out if words == NO_ROOM)
    return said, n > MANY * len(plan.customers)


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
    return f"The trial tested the offers, not {how}{_assumed(plan)}."


def _assumed(plan: Result) -> str:
    """Say how many contacts are made by rules that are assumptions, and by which where it is one."""
    rows = plan.frame["source"].eq("assumption")
    if not rows.any():
        return ""
    rule_of = plan.customers.set_index("customer_id")["rule"]
    rules = plan.frame.loc[rows, "customer_id"].map(rule_of).unique()
    those = f"the rule {rules[0]!r}, an assumption, makes"
    those = those if len(rules) == 1 else f"{len(rules)} rules that are assumptions make"
    n, of_all = int(rows.sum()), len(rows)
    return f"; {those} {f'{format_count(n)} of the {format_count(of_all)}' if n < of_all else 'all'} contacts"


def notes(plan: Result) -> Iterator[str]:
    """Yield what else is to be known of those who are contacted."""
    if plan.n_in_part:
        yield f"{counted(plan.n_in_part, 'customers', 'are')} made the offer, with no room for the rest of their steps."
    if plan.n_despite:
        yield f"{counted(plan.n_despite, 'customers', 'are')} contacted though they left for a cause that stands."
    yield from named_in_vain(plan.playbook, plan.listed.customers, plan.listed.value.trial)
    yield from long_waits(plan.playbook, plan.listed.customers, np.datetime64(plan.start, "D"))
    yield from _other_steps(plan)
    if "left_on" not in plan.listed.customers:
        yield "On which day each left is not known: months away are taken for those of the first day."
    yield "What contacts cost is counted as if nobody bought before the last one; costs you did not set are assumed."


def _other_steps(plan: Result) -> Iterator[str]:
    """Yield that contacts cost clearly more, or less, than with the trial's customers who were sent the same."""
    own, trial = plan.reached, plan.listed.value.trial
    if own.empty:
        return
    by_offer = pd.Series(trial.contact_cost).groupby(trial.arm).mean()
    place = pd.Index(trial.arms).get_indexer(own["offer"].astype(str))
    cost, known = float(own["cost"].mean()), float(by_offer.reindex(place).mean())
    if abs(cost - known) > OTHER_COST * known:
        alone = cost - float(own["remedy_cost"].mean())
        here, there, bare = (format_money(each, plan.currency) for each in (cost, known, alone))
        said = f"Contacts with each of these customers cost {here} on average, with those of the trial {there}"
        if alone < cost:
            said = (
                f"Contacts and remedies cost {here} on average for each of these customers (contacts alone {bare}), "
                f"{there} for those of the trial"
            )
        yield f"{said}: where the list does not tell them apart, expected profit is off by the difference."
