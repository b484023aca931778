"""What does a plan of contacts cost, what is it expected to earn, and what has somebody to decide before it begins?"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from winback.money import format_alike, format_money, money_interval
from winback.outreach.consent import in_plural, taken_as_agreed
from winback.outreach.plan_words import contacts_by, done
from winback.periods import format_horizon
from winback.policies.strangers import UNSEEN
from winback.results import Result, counted, format_count, format_percent, join_words

KINDS = {"incremental": "extra (more than without contact)", "gross": "brought in (what comes anyway included)"}
CENT = 0.005
MUCH_MORE = 1.05  # times the cost of the contacts: with the offers it is another sum
MOST_REMEDIES = 3  # named with what each costs
FEWER = 0.1  # how many fewer than expected come back, to see what hangs on it
MANY = 0.1  # of those asked about: to leave out so many is a decision
IN_PERSON = ("visit", "call")  # made by somebody who may not work on a Saturday
SATURDAY = 5


def what_it_costs(plan: Result) -> str:
    """Say what contacts cost, what is given with them, and what it is in all with offers that are paid on return."""
    names, amounts = zip(*_costs(plan), strict=True)
    *written, in_all = _exact(plan, [*amounts, plan.cost])
    parts = [f"{name} {amount}" for name, amount in zip(names, written, strict=True)]
    together = f", together {in_all}" if len(parts) > 1 else ""
    more = f"; with the offers about {_about(plan, plan.cost_with_offers)} in all" if _offers_to_come(plan) else ""
    said = f"{'; '.join(parts)}{together}{more}."
    return f"{said[:1].upper()}{said[1:]}"


def _costs(plan: Result) -> Iterator[tuple[str, float]]:
    """Yield what is paid for, in words, and its cost: together, to the cent, what all contacts cost."""
    reached = plan.reached
    given = reached[reached["remedy_cost"] > 0].groupby("remedy", sort=False)["remedy_cost"].agg(["size", "sum"])
    steps, due = reached["cost"].sum() - given["sum"].sum(), plan.cost - reached["cost"].sum()
    yield join_words(map(in_plural, plan.frame["channel"].unique())), steps
    if len(given) > MOST_REMEDIES:
        given = pd.DataFrame(given.sum()).T.set_axis(["what goes with the offer"])
    for what, n, money in given.itertuples():
        yield f"{what} for {counted(int(n), 'customers')}", money
    if due > CENT:
        yield "offers paid on contact", due


def _exact(plan: Result, amounts) -> list[str]:
    return format_alike(amounts, plan.currency, exact=True)


def _about(plan: Result, amount: float) -> str:
    return format_money(float(f"{amount:.2e}"), plan.currency)  # a forecast: more than three digits are not known


def _offers_to_come(plan: Result) -> float:
    """Return what offers are expected to cost as customers come back; nothing where it hardly counts."""
    return plan.cost_with_offers - plan.cost if plan.cost_with_offers > MUCH_MORE * plan.cost else 0.0


def what_it_earns(plan: Result) -> str:
    """Say what the contacts are expected to earn, all costs paid, within which time, and how many come back."""
    total = money_interval(*plan.expected_profit, plan.currency)
    like = "like similar ones in the trial" if plan.listed.value.ranks else "like those in the trial on average"
    horizon = plan.listed.value.trial.offers.horizon_months
    within = f" within {format_horizon(horizon)} months" if horizon and np.isfinite(horizon) else ""
    return f"{total} {KINDS[plan.listed.kind]}{within}, after all costs, if these customers react {like}."


def how_many(plan: Result) -> str:
    """Say what each customer is to earn, how many come back, and what hangs on that."""
    n, value = len(plan.reached), plan.listed.value
    each, average = plan.expected_profit[0] / n, value.average
    said, there = format_alike([each, average], plan.currency)
    than = "less" if each < average else "more"
    unlike = f" (in the trial {there}: such customers brought {than} there)" if value.ranks and said != there else ""
    return " ".join([f"That is {said} each{unlike}.", *_back(plan, n)])


def _back(plan: Result, n: int) -> Iterator[str]:
    """Say how many come back; nothing where customers are too unlike those of the trial to be foreseen by lines."""
    back, _, brought = plan.foreseen
    if 0 < back < n:
        fewer = FEWER * (brought + plan.cost)  # what is brought before contacts are paid, which cost as much either way
        less = f"; with a tenth fewer of them it is about {_about(plan, fewer)} less" if fewer > 0 else ""
        yield f"About {format_count(round(back))} ({format_percent(back / n, 0)}) come back{less}."


def to_decide(plan: Result) -> str:
    """Say what somebody has to decide before the first day."""
    to_come = _offers_to_come(plan)
    later = f", about {_about(plan, to_come)} as customers accept" if to_come else ""
    parts = [f"release {_exact(plan, [plan.cost])[0]} now{later}", *_of_the_first_day(plan)]
    on_saturdays = plan.frame.loc[plan.frame["date"].dt.weekday == SATURDAY, "channel"].value_counts()
    busy = [contacts_by(name, on_saturdays[name]) for name in IN_PERSON if name in on_saturdays]
    parts += [f"say whether Saturdays are right for {join_words(busy)}"] if busy else []
    unseen = sum(n for words, n in plan.listed.left_out if words.endswith(UNSEEN))
    if unseen > MANY * len(plan.listed.asked_about):
        parts.append(
            f"say whether to try an offer on some of the {format_count(unseen)} like whom the trial had nobody"
        )
    offers = plan.reached["offer"].nunique()
    parts.append(
        f"say until when the {'offers hold' if offers > 1 else 'offer holds'}, and who strikes out buyers daily"
    )
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}."


def _of_the_first_day(plan: Result) -> Iterator[str]:
    """Yield what to check: that customers agreed, and that the work can be done in one day."""
    if agreed := taken_as_agreed(*plan.asking_consent):
        yield f"before anything is sent, check that they agreed to {join_words(in_plural(name) for name in agreed)}"
    counts = plan.frame.loc[plan.frame["date"] == plan.first_day.day, "channel"].value_counts()
    no_limit = [each.name for each in plan.playbook.channels if each.per_day is None]
    if unlimited := [name for name, n in counts.items() if n > 1 and name in no_limit]:
        work = join_words(done(str(name), counts[name]) for name in unlimited)
        yield f"check that somebody can {work} in one day (no limit is set)"
