"""Is a whole plan as early as its rules allow? Beside every plan that could be made of a few contacts on a few days."""

import itertools

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from lists_to_plan import START, list_of, people_of
from schedules import keeps_limit

from winback.outreach import Channel, Playbook, Rule, Step, outreach_plan

N_DAYS = 6  # START is a Monday: the last is a Saturday


@st.composite
def small_problems(draw):
    """Return a playbook of one chain of two contacts, the second with the offer, and how many are on the list."""
    first, second = draw(st.sampled_from([("letter", "call"), ("letter", "letter"), ("call", "letter")]))
    channels = tuple(Channel(name, per_day=draw(st.sampled_from([1, 2, None]))) for name in ("letter", "call"))
    chain = (Step(first, draw(st.integers(0, 1))), Step(second, draw(st.integers(0, 2)), brings_offer=True))
    book = Playbook(
        channels,
        (Rule("all", chain, within_days=N_DAYS - 1),),
        quiet_weekdays=draw(st.sampled_from([(), ("Tuesday",), ("Wednesday", "Thursday")])),
        contacts_a_month=draw(st.integers(2, 3)),
    )
    days = st.sampled_from(range(N_DAYS))
    before = draw(st.lists(st.tuples(st.integers(1, 4), days, st.sampled_from(["letter", "call"])), max_size=4))
    return book, draw(st.integers(1, 4)), before


def days_of(plan, n):
    """Return the two days of each customer, as numbers; None of those who are not contacted."""
    frame = plan.to_frame().sort_values(["customer_id", "step"])
    numbers = (frame["date"] - START).dt.days.groupby(frame["customer_id"]).agg(tuple)
    return [numbers.get(customer) for customer in range(1, n + 1)]


def is_kept(days, book, before):
    """Tell whether the two days of each customer keep every rule, read off one by one."""
    chain, taken = book.rules[0].steps, [(day, channel) for _, day, channel in before]
    for customer, own in enumerate(days, start=1):
        if own is None:
            continue
        known = [day for who, day, _ in before if who == customer]
        spans = own[0] < chain[0].after_days or own[1] < own[0] + max(chain[1].after_days, 1)
        if spans or set(own) & set(known) or not fits_month([*own, *known], own, book.contacts_a_month):
            return False
        taken += [(day, step.channel) for day, step in zip(own, chain, strict=True)]
        if any(f"{START + pd.Timedelta(days=day):%A}" in book.quiet_weekdays for day in own):
            return False
    limits = {channel.name: channel.per_day for channel in book.channels}
    ours = {(day, step.channel) for own in days if own for day, step in zip(own, chain, strict=True)}
    return all(limits[slot[1]] is None or taken.count(slot) <= limits[slot[1]] for slot in ours)


def fits_month(every, own, most):
    dates = [np.datetime64(START, "D") + day for day in every]
    return all(keeps_limit(dates[:place] + dates[place + 1 :], dates[place], most) for place in range(len(own)))


def test_who_cannot_be_reached_at_all_stands_in_nobodys_way():
    """The first two had a letter today and may have one more; the others find room as if these were not on the list."""
    chain = (Step("letter"), Step("letter", brings_offer=True))
    rules = (Rule("all", chain, within_days=N_DAYS - 1),)
    book = Playbook((Channel("letter", per_day=1),), rules, contacts_a_month=2)
    already = pd.DataFrame({"customer_id": [1, 2], "date": [START, START - pd.Timedelta(days=1)], "channel": "letter"})
    plan = outreach_plan(list_of(people_of(4), book), start=START.date(), already=already)
    assert days_of(plan, 4) == [None, None, (1, 2), (3, 4)]
    assert plan.left_out == (("cannot be made their offer in time on any day", 2, 4.0 + 3.0),)


@given(small_problems())
@settings(max_examples=15, deadline=None)
def test_nobody_could_be_contacted_earlier_and_nobody_left_out_could_be_reached(problem):
    book, n, before = problem
    rows = [(who, START + pd.Timedelta(days=day), channel) for who, day, channel in before]
    already = pd.DataFrame(rows, columns=["customer_id", "date", "channel"])
    found = days_of(outreach_plan(list_of(people_of(n), book), start=START.date(), already=already), n)
    assert is_kept(found, book, before)
    pairs = list(itertools.combinations(range(N_DAYS), 2))
    for place, own in enumerate(found):
        others = [[*found[:place], pair, *found[place + 1 :]] for pair in pairs]
        possible = [plan[place] for plan in others if is_kept(plan, book, before)]
        assert own == (min(possible) if possible else None)
        assert not possible or own == tuple(np.min(possible, axis=0))
    if (
        None not in found
    ):  # of all whole plans there are, the one in which each is earliest whom none before can precede
        assert found == earliest_of_all(pairs, n, book, before)


def earliest_of_all(pairs, n, book, before):
    plans = itertools.product(pairs, repeat=n)  # in order: of the first customer's earliest the second's earliest ...
    return next(list(plan) for plan in plans if is_kept(plan, book, before))
