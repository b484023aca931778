"""Chains and calendars at random, and the plan that a slow loop makes of them, customer by customer and day by day."""

import numpy as np
from hypothesis import strategies as st

from winback.outreach.schedule import Calendar, Chains

START = np.datetime64("2024-02-12", "D")  # a Monday before a leap day
NO_DAY = np.datetime64("NaT", "D")


@st.composite
def problems(draw, most_customers=6, most_steps=4, n_days=50):
    n, n_steps = draw(st.integers(1, most_customers)), draw(st.integers(1, most_steps))
    n_channels, n_before = draw(st.integers(1, 3)), draw(st.integers(0, 3))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    tight = draw(st.booleans())
    deadlines = rng.integers(0, n_days + 5, (n, n_steps if draw(st.booleans()) else 1))
    chains = Chains(
        ready=START + rng.integers(-3, 15, n),
        deadline=START + np.sort(deadlines, axis=1),
        offsets=rng.integers(0, 4 if tight else 25, (n, n_steps)),
        channels=rng.integers(0, n_channels, (n, n_steps)),
        allowed=rng.random((n, n_steps)) < rng.choice([0.7, 1.0]),
        after=rng.integers(-1, np.arange(n_steps), (n, n_steps)) if draw(st.booleans()) else None,
        contacts_before=START + rng.integers(-32, 40, (n, n_before)) if n_before else None,
    )
    calendar = Calendar(
        start=START,
        is_open=rng.random((n_channels, n_days)) < rng.choice([0.6, 0.9, 1.0]),
        capacity=rng.choice([1.0, 1.5, 2.0, np.inf], n_channels),
        at_most=draw(st.sampled_from([None, 1, 2, 3])),
        taken=rng.integers(0, 2, (n_channels, n_days)) if draw(st.booleans()) else None,
    )
    return chains, calendar


def one_after_the_other(chains, calendar):
    """Serve customers by rank, and each step on the first day of all that breaks no rule."""
    n, n_steps = chains.offsets.shape
    left = calendar.left.copy()
    dates = np.full((n, n_steps), NO_DAY)
    for row in range(n):
        when, past = [], chains.ready[row] - 1
        before = (
            [] if chains.contacts_before is None else [each for each in chains.contacts_before[row] if each == each]
        )
        for step in range(n_steps):
            after = step - 1 if chains.after is None else chains.after[row, step]
            begin = chains.ready[row] if after < 0 else when[after]
            due = max(begin + int(chains.offsets[row, step]), past + 1)
            if not chains.allowed[row, step]:
                when.append(due)
                continue
            last = np.broadcast_to(chains.deadline.reshape(n, -1), (n, n_steps))[row, step]
            slots = left[chains.channels[row, step]]
            day = first_day(due, last, slots, before, calendar)
            if day is None:
                when.append(last)
                past = max(past, last)
            else:
                slots[(day - calendar.start).astype(int)] -= 1
                before.append(day)
                dates[row, step] = day
                when.append(day)
                past = day
    return dates


def first_day(due, last, slots, before, calendar):
    for number, free in enumerate(slots):
        day = calendar.start + number
        if due <= day <= last and free >= 1 and day not in before and keeps_limit(before, day, calendar.at_most):
            return day
    return None


def keeps_limit(before, day, at_most):
    """Count in every window of 31 days that holds the day."""
    contacts = [*before, day]
    windows = [[begin <= each < begin + 31 for each in contacts] for begin in day - np.arange(31)]
    return at_most is None or all(sum(window) <= at_most for window in windows)
