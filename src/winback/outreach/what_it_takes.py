"""What does a plan of contacts cost, what is it expected to earn, and what has somebody to decide before it begins?"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from winback.money import format_alike, format_money, money_interval
from winback.offers.comparison import compare_offers
from winback.outreach.consent import in_plural, taken_as_agreed
from winback.outreach.foreseen import FIGURES, foreseen
from winback.outreach.matching import unnamed_reasons
from winback.outreach.plan_words import contacts_by, done
from winback.periods import format_horizon
from winback.policies.strangers import UNSEEN
from winback.results import Result, counted, format_count, format_percent, join_words
from winback.tables import NO_OFFER

KINDS = {"incremental": "extra (more than without contact)", "gross": "brought in (what comes anyway included)"}
CENT = 0.005
MUCH_MORE = 1.05  # times the cost of the contacts: with the offers it is another sum
MOST_REMEDIES = 3  # named with what each costs
FEWER = 0.1  # how many fewer than expected come back, to see what hangs on it
MANY = 0.1  # of those asked about: to leave out so many is a decision
IN_PERSON = ("visit", "call")  # made by somebody who may not work on a Saturday
SATURDAY = 5
THEM = {True: "it", False: "them"}


def what_it_costs(plan: Result) -> str:
    """Say what contacts cost, what is given with them, and what it is in all with offers that are paid on return."""
    names, amounts = zip(*_costs(plan), strict=True)
    *written, in_all = _exact(plan, [*amounts, plan.cost])
    parts = [f"{name} {amount}" for name, amount in zip(names, written, strict=True)]
    given = (plan.reached["remedy_cost"] > 0).any()
    also = " (what goes with the offer also for those who do not come back)" if given else ""
    together = f", together {in_all}{also}" if len(parts) > 1 else ""
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
    within = within if horizon else " within the time that the trial counts value"
    return f"{total} {KINDS[plan.listed.kind]}{within}, after all costs, if these customers react {like}."


def how_many(plan: Result) -> str:
    """Say what each customer is to earn, how many come back, and what hangs on that."""
    n = len(plan.reached)
    each = plan.expected_profit[0] / n
    there = _in_the_trial(plan) if plan.listed.value.ranks else each
    said, average = format_alike([each, there], plan.currency)
    than = "less" if each < there else "more"
    unlike = f", {than} than the trial's mean of {average}: these customers are of kinds that earned {than} there"
    is_alike = said == average or not _of_other_kinds(plan, each, there)
    return " ".join([f"That is {said} each{'' if is_alike else unlike}.", *_back(plan, n)])


def _in_the_trial(plan: Result) -> float:
    """Return what the trial's customers earned on average under the offers that are made, as it compares them."""
    found = compare_offers(plan.listed.value.trial).to_frame().set_index("offer")
    return float(plan.reached["offer"].astype(str).map(found[f"{plan.listed.kind}_profit"]).mean())


def _of_other_kinds(plan: Result, each: float, there: float) -> bool:
    """Tell whether each is to earn more, or less, than the trial's customers because of what is known of them.

    So it is where it holds beside the mean of the comparison and of those of the trial who would be contacted, too.
    """
    average = plan.listed.value.average
    return each < min(there, average) or each > max(there, average)


def _back(plan: Result, n: int) -> Iterator[str]:
    """Say how many come back; nothing where customers are too unlike those of the trial to be foreseen by lines."""
    back, _, brought = plan.foreseen
    if 0 < back < n:
        anyway = _anyway(plan)
        of_them = (
            "" if anyway is None or not 0 <= anyway < back else f", about {format_count(round(anyway))} of them anyway"
        )
        fewer = FEWER * (brought + plan.cost)  # what is brought before contacts are paid, which cost as much either way
        less = f"; with a tenth fewer back it is about {_about(plan, fewer)} less" if fewer > 0 else ""
        yield f"About {format_count(round(back))} ({format_percent(back / n, 0)}) come back{of_them}{less}."


def _anyway(plan: Result) -> float | None:
    """Return how many of those contacted would come back without, as the trial's control group; None without one."""
    trial, rows = plan.listed.value.trial, plan.customers["is_reached"].to_numpy(dtype=bool)
    if plan.listed.kind != "incremental" or NO_OFFER not in trial.arms:
        return None
    people = plan.listed.customers[rows].reset_index(drop=True)
    before = foreseen(trial, people, pd.Series(NO_OFFER, index=people.index), np.zeros(len(people)))
    return float(len(people) * before.of(np.ones(len(people), dtype=bool))[0][FIGURES.index("returned")])


def to_decide(plan: Result) -> str:
    """Say what somebody has to decide before the first day."""
    to_come = _offers_to_come(plan)
    later = f", about {_about(plan, to_come)} as customers accept" if to_come else ""
    parts = [f"release {_exact(plan, [plan.cost])[0]} now{later}", *_of_the_first_day(plan), *_of_remedies(plan)]
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


def _of_remedies(plan: Result) -> Iterator[str]:
    """Yield who is to be named for what goes with the offers, and for which reasons nothing is set."""
    remedy = plan.reached["remedy"]
    if given := dict(remedy[remedy != ""].value_counts()):
        yield f"name who gives: {_most_of(given, 'remedies')}"
    reached = plan.customers["is_reached"].to_numpy(dtype=bool)
    if unanswered := unnamed_reasons(plan.playbook.remedies, plan.listed.customers[reached]):
        yield f"for {_most_of(unanswered, 'reasons')} no remedy is set: say what answers {THEM[len(unanswered) == 1]}"


def _most_of(counts: dict[str, int], what: str) -> str:
    """Name the most frequent with how many customers each is for, and count the others."""
    first, *rest = list(counts.items())[:MOST_REMEDIES]
    named = [f"{first[0]} ({counted(int(first[1]), 'customers')})", *(f"{name} ({n:,})" for name, n in rest)]
    more = len(counts) - len(named)
    return join_words([*named, *([counted(more, f"other {what}")] if more else [])])


def _of_the_first_day(plan: Result) -> Iterator[str]:
    """Yield what to check: that customers agreed, and that the work can be done in one day."""
    if agreed := taken_as_agreed(*plan.asking_consent):
        yield f"before anything is sent, check that they agreed to {join_words(in_plural(name) for name in agreed)}"
    counts = plan.frame.loc[plan.frame["date"] == plan.first_day.day, "channel"].value_counts()
    no_limit = [each.name for each in plan.playbook.channels if each.per_day is None]
    if unlimited := [name for name, n in counts.items() if n > 1 and name in no_limit]:
        work = join_words(done(str(name), counts[name]) for name in unlimited)
        yield f"check that somebody can {work} in one day (no limit is set)"
