"""Are contacts as early as the rules allow, and is none of the rules ever broken?"""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from schedules import NO_DAY, START, one_after_the_other, problems

from winback.outreach.schedule import Calendar, Chains, schedule


def chains_of(offsets, channels=None, deadline=60, **more):
    offsets = np.asarray(offsets)
    n = len(offsets)
    every = {
        "ready": np.full(n, START),
        "deadline": np.full(n, START + deadline),
        "channels": np.zeros(offsets.shape, dtype=int) if channels is None else np.asarray(channels),
        "allowed": np.ones(offsets.shape, dtype=bool),
    }
    return Chains(offsets=offsets, **every | more)


def calendar_of(capacity=(np.inf,), n_days=61, **more):
    every = {"is_open": np.ones((len(capacity), n_days), dtype=bool)} | more
    return Calendar(start=START, capacity=np.array(capacity, dtype=float), **every)


def day_numbers(dates):
    return [[None if np.isnat(day) else int((day - START).astype(int)) for day in row] for row in dates]


@given(problems())
@settings(max_examples=200, deadline=None)
def test_it_is_the_plan_of_customers_served_one_after_the_other(problem):
    np.testing.assert_array_equal(schedule(*problem), one_after_the_other(*problem))


@given(problems(most_customers=40, most_steps=5))
@settings(deadline=None)
def test_no_rule_is_broken(problem):
    chains, calendar = problem
    dates = schedule(chains, calendar)
    rows, steps = np.nonzero(~np.isnat(dates))
    made, number = dates[rows, steps], (dates[rows, steps] - START).astype(int)
    channel = chains.channels[rows, steps]
    assert chains.allowed[rows, steps].all()
    assert (made >= START).all()
    assert (made <= np.broadcast_to(chains.deadline.reshape(len(dates), -1), dates.shape)[rows, steps]).all()
    assert calendar.is_open[channel, number].all()
    used = np.zeros(calendar.is_open.shape) + (0 if calendar.taken is None else calendar.taken)
    before = used.copy()
    np.add.at(used, (channel, number), 1)
    assert ((used <= calendar.capacity[:, None]) | (used == before)).all()
    for row in np.unique(rows):
        own = made[rows == row]
        assert (np.diff(own) >= np.timedelta64(1, "D")).all(), "in order, one a day"
        known = [] if chains.contacts_before is None else chains.contacts_before[row]
        assert not set(own.tolist()) & set(np.asarray(known).tolist())
        for begin in np.arange(START - 31, START + 60) if calendar.at_most else []:
            inside = [sum((begin <= days) & (days < begin + 31)) for days in (own, np.asarray(known, own.dtype))]
            assert not inside[0] or sum(inside) <= calendar.at_most


@given(problems(most_customers=2, most_steps=3, n_days=9))
@settings(max_examples=60, deadline=None)
def test_no_other_plan_of_the_first_customer_is_earlier_in_any_step(problem):
    """Every plan there is, not only those a loop would find: of those that make the same steps none is earlier."""
    chains, calendar = problem
    chains = replace(chains, deadline=np.full(len(chains.ready), START + 8), allowed=np.ones_like(chains.allowed))
    found = schedule(chains, calendar)[0]
    n_made = int((~np.isnat(found)).sum())
    every = [plan for plan in itertools.combinations(range(9), len(found)) if is_a_plan(plan, chains, calendar)]
    assert bool(every) == (n_made == len(found))
    if every:
        assert (found - START).astype(int).tolist() == np.min(every, axis=0).tolist()


def is_a_plan(plan, chains, calendar):
    """Tell whether days keep every rule for the first customer, read off the rules one by one."""
    days = [START + number for number in plan]
    before = [] if chains.contacts_before is None else list(chains.contacts_before[0])
    for step, day in enumerate(days):
        after = step - 1 if chains.after is None else chains.after[0, step]
        begin = chains.ready[0] if after < 0 else days[after]
        if day < begin + int(chains.offsets[0, step]) or day in before:
            return False
        if calendar.left[chains.channels[0, step], plan[step]] < 1:
            return False
    windows = [[begin <= day < begin + 31 for day in days + before] for begin in np.arange(START - 31, START + 9)]
    mine = [sum(window) for window in windows if any(window[: len(days)])]
    return calendar.at_most is None or max(mine) <= calendar.at_most


@given(problems(), st.data())
@settings(deadline=None)
def test_whoever_ranks_lower_changes_nothing_for_those_above(problem, data):
    chains, calendar = problem
    n = data.draw(st.integers(1, len(chains.ready)))
    own = ("ready", "deadline", "offsets", "channels", "allowed", "after", "contacts_before")
    first = {name: value if (value := getattr(chains, name)) is None else value[:n] for name in own}
    np.testing.assert_array_equal(schedule(chains, calendar)[:n], schedule(Chains(**first), calendar))


@given(problems(), st.integers(-400, 400))
@settings(deadline=None)
def test_all_days_later_make_a_plan_as_much_later(problem, days):
    chains, calendar = problem
    before = None if chains.contacts_before is None else chains.contacts_before + days
    later = replace(chains, ready=chains.ready + days, deadline=chains.deadline + days, contacts_before=before)
    found = schedule(later, replace(calendar, start=calendar.start + days))
    np.testing.assert_array_equal(found, schedule(chains, calendar) + days)


def test_the_most_valuable_come_first_and_the_rest_on_later_days():
    dates = schedule(chains_of([[0]] * 5), calendar_of([2]))
    assert day_numbers(dates) == [[0], [0], [1], [1], [2]]


def test_a_slot_on_another_channel_is_not_waited_for():
    dates = schedule(chains_of([[0]] * 3, channels=[[0], [0], [1]]), calendar_of([1, 1]))
    assert day_numbers(dates) == [[0], [1], [0]]


def test_later_steps_count_from_the_day_on_which_the_one_before_was_made():
    dates = schedule(chains_of([[0, 7]] * 2), calendar_of([1]))
    assert day_numbers(dates) == [[0, 7], [1, 8]]


def test_steps_may_count_from_the_first_day():
    chains = chains_of([[0, 2, 7], [0, 2, 7]], after=np.full((2, 3), -1))
    assert day_numbers(schedule(chains, calendar_of([1]))) == [[0, 2, 7], [1, 3, 8]]


def test_quiet_days_wait_and_a_weekend_of_them_too():
    is_open = np.array([[True, False, False, True, True]])
    dates = schedule(chains_of([[0, 1]]), calendar_of(n_days=5, is_open=is_open))
    assert day_numbers(dates) == [[0, 3]]


def test_a_step_without_consent_takes_no_slot_and_later_ones_count_from_its_day():
    allowed = np.array([[False, True], [True, True]])
    dates = schedule(chains_of([[3, 4]] * 2, allowed=allowed), calendar_of([1]))
    assert day_numbers(dates) == [[None, 7], [3, 8]]  # the second letter to the second waits a day for the first's


def test_a_step_that_misses_the_deadline_ends_the_chain():
    chains = chains_of([[0, 0, 0]] * 2, channels=[[0, 1, 0]] * 2, deadline=3)
    is_open = np.ones((2, 61), dtype=bool)
    is_open[1, 1:6] = False
    dates = schedule(chains, calendar_of([9, 9], is_open=is_open))
    assert day_numbers(dates) == [[0, None, None]] * 2


def test_with_deadlines_of_their_own_the_next_step_has_its_turn_after_a_missed_one():
    chains = chains_of([[0, 5]], channels=[[0, 1]], after=np.full((1, 2), -1))
    is_open = np.ones((2, 61), dtype=bool)
    is_open[0, :30] = False
    dates = schedule(replace(chains, deadline=START + np.array([[4, 60]])), calendar_of([9, 9], is_open=is_open))
    assert day_numbers(dates) == [[None, 5]]


def test_a_limit_of_two_contacts_in_any_31_days():
    dates = schedule(chains_of([[0, 1, 1, 1]]), calendar_of(at_most=2))
    assert day_numbers(dates) == [[0, 1, 31, 32]]


def test_contacts_before_and_to_come_count_within_the_limit():
    """One came ten days ago and one comes in ten: with two allowed, a day is free when the first is 31 days ago."""
    before = START + np.array([[-10, 10]])
    dates = schedule(chains_of([[0]], contacts_before=before), calendar_of(at_most=2))
    assert day_numbers(dates) == [[21]]
    missing = np.array([[NO_DAY, NO_DAY]])
    assert day_numbers(schedule(chains_of([[0]], contacts_before=missing), calendar_of(at_most=1))) == [[0]]


def test_nobody_is_contacted_twice_on_a_day_also_without_a_limit():
    before = START + np.array([[0, 1]])
    assert day_numbers(schedule(chains_of([[0, 0]], contacts_before=before), calendar_of())) == [[2, 3]]


def test_slots_taken_before_are_not_given_again():
    taken = np.zeros((1, 61))
    taken[0, :2] = [1, 3]
    assert day_numbers(schedule(chains_of([[0]] * 3), calendar_of([2], taken=taken))) == [[0], [2], [2]]


def test_half_a_contact_a_day_is_none_and_half_a_day_of_delay_is_a_day():
    assert day_numbers(schedule(chains_of([[0]]), calendar_of([0.5]))) == [[None]]
    assert day_numbers(schedule(chains_of([[0.5]]), calendar_of())) == [[1]]


def test_no_customers_have_no_dates():
    assert schedule(chains_of(np.zeros((0, 3))), calendar_of()).shape == (0, 3)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"offsets": np.array([[0, -2.5]])}, "at least 0 days.*-2.5, of step 2 of customer 1"),
        ({"channels": np.zeros((1, 3), dtype=int)}, r"channels must have a row per customer.*\(1, 2\); got \(1, 3\)"),
        ({"after": np.array([[-1, 1]])}, "position of an earlier step"),
        ({"ready": np.array([NO_DAY])}, "must be days; some are missing"),
        ({"deadline": np.array([NO_DAY])}, "must be days; some are missing"),
    ],
)
def test_what_is_no_chain_is_refused(change, match):
    with pytest.raises(ValueError, match=match):
        replace(chains_of([[0, 1]]), **change)


def test_a_limit_of_no_contact_is_refused():
    with pytest.raises(ValueError, match="at least 1 contact in any 31 days; got 0"):
        calendar_of(at_most=0)
