"""How long does it take to put contacts on days, and how much memory, beside a loop over a hundredth of the customers?

And how long a customer's card, beside looking everything up for it alone?

Called by: python3 run.py bench; alone: python benchmarks/outreach.py. Ours is the study's size: chains of four contacts
over three channels, of which two can make few a day. Theirs is the loop that the tests hold it to, customer by customer
and day by day, with a hundredth of the customers and of the contacts a day: at the same ratio the loop would take a
hundred times as long. Both are judged by the peak of their process, imports included.

Then the study itself: the plan of all customers of its trial, under the playbook that ships without limits on channels,
beside reading the trial and counting what contacts cost in it. The two totals are to be equal to the cent.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from timing import Row, apart, in_turn, report, show

import winback as wb
from winback.outreach import outreach_plan
from winback.outreach.schedule import Calendar, Chains, schedule
from winback.tables import NO_OFFER

HERE = Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[1] / "tests"))
N, TIMES, N_STEPS, N_DAYS = 45_000, 100, 4, 400
A_DAY = (600.0, 200.0, np.inf)  # visits, calls and letters: too few for all of these customers within the deadlines
AT_MOST = 4  # contacts with a customer in a month
MOST_MEMORY = 2.0
N_CARDS, CARDS_AT_MOST = 100, 0.1  # so that one card takes at most a thousandth of it


def draw(n: int, scale: float) -> tuple[Chains, Calendar]:
    """Return customers who left within a month, some without consent, and working days."""
    rng, start = np.random.default_rng(20260105), np.datetime64("2026-01-05", "D")  # a Monday
    ready, shape = start + rng.integers(0, 30, n), (n, N_STEPS)
    chains = Chains(
        ready=ready,
        deadline=ready + 120,
        offsets=rng.integers(0, 20, shape),
        channels=rng.integers(0, len(A_DAY), shape),
        allowed=rng.random(shape) < 0.95,
        contacts_before=start - rng.integers(1, 60, (n, 2)),
    )
    is_open = np.broadcast_to(np.arange(N_DAYS) % 7 < 5, (len(A_DAY), N_DAYS))
    return chains, Calendar(start=start, is_open=is_open, capacity=np.array(A_DAY) * scale, at_most=AT_MOST)


def ours() -> Callable:
    """Return the call on all customers, for how many contacts were made of each step."""
    chains, calendar = draw(N, 1.0)
    return lambda: made(schedule(chains, calendar))


def theirs() -> Callable:
    """Return the loop over a hundredth of them."""
    from schedules import one_after_the_other

    chains, calendar = draw(N // TIMES, 1 / TIMES)
    return lambda: made(one_after_the_other(chains, calendar))


def made(dates: np.ndarray) -> list[float]:
    """Return the share of customers for whom each step was made."""
    return (~np.isnat(dates)).mean(axis=0).tolist()


def shares(own: list[float], other: list[float]) -> str:
    """Say how alike the two are, as far as a hundredth of the customers tells."""
    return (
        f"first and last steps made for {own[0]:.0%} and {own[-1]:.0%}; by the loop {other[0]:.0%} and {other[-1]:.0%}"
    )


def whole_trial() -> tuple[wb.outreach.Playbook, wb.Lapsed, wb.Trial]:
    """Return a playbook under which everybody finds room, and the study, whose trial counts its costs."""
    shipped = wb.load_playbook()
    book = replace(shipped, channels=tuple(replace(channel, per_day=None) for channel in shipped.channels))
    study = wb.load_telecom_study()
    return book, study.new_leavers, study.trial.over(contact_costs=book)


def planned() -> Callable:
    """Return the plan of all of the study's trial as a list, for the cents that it costs."""
    book, leavers, trial = whole_trial()
    people, splits = trial.customers, wb.Splits(folds=3, repeats=1)
    some = wb.learn_policy(trial, by="reason", splits=splits).contact_list(leavers)
    offer = people["offer"].astype(object)
    known = {"customer_id": people["customer_id"], "offer": offer, "why": "", "kind": "incremental"}
    frame = pd.DataFrame({"rank": np.arange(1, len(people) + 1), **known, "expected_profit": offer.ne(NO_OFFER) * 1.0})
    listed = replace(some, frame=frame, customers=people.drop(columns="offer"))
    return lambda: [round(100 * outreach_plan(listed, playbook=book, start="2027-01-04").cost)]


def counted() -> Callable:
    """Return reading the trial and its contact costs, in cents."""
    return lambda: [round(100 * whole_trial()[-1].contact_cost.sum())]


def cents(own: list[float], other: list[float]) -> str:
    """Say by how much the totals differ."""
    return f"{own[0]:,.0f} cents planned, {abs(own[0] - other[0]):.0f} from what the trial counts"


def rows(rounds: int = 3) -> Iterator[Row]:
    """Time both, each in processes of its own."""
    sides = ([sys.executable, str(HERE), side] for side in ("ours", "theirs"))
    what = f"days of {N:,} chains of {N_STEPS} contacts / a loop over {N // TIMES}"
    yield apart(what, *sides, at_most=0.3, memory_at_most=MOST_MEMORY, gap=shares, rounds=rounds)
    sides = ([sys.executable, str(HERE), side] for side in ("planned", "counted"))
    what = "plan of all customers of the study's trial / reading it"
    yield apart(what, *sides, at_most=0.3, memory_at_most=MOST_MEMORY, gap=cents, rounds=rounds)
    yield one_card()


def one_card() -> Row:
    """Time a customer's card, page and all, from what was looked up once, beside looking it up in the base anew."""
    import winback as wb

    base = wb.load_telecom_study().base
    cards = wb.outreach.customer_cards(base)
    customer_id = base.ids[N_CARDS]
    what = f"{N_CARDS} cards, looked up once / one card from the base anew"

    def ours():
        return [cards[customer_id]._repr_html_() for _ in range(N_CARDS)]

    return in_turn(what, ours, lambda: wb.outreach.customer_cards(base)[customer_id], at_most=CARDS_AT_MOST)


if __name__ == "__main__":
    if sys.argv[1:]:
        report({each.__name__: each for each in (ours, theirs, planned, counted)}[sys.argv[1]]())
    else:
        show(rows())
