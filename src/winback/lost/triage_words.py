"""What does a triage say of itself, in sentences? Every figure in them is taken from it."""

from __future__ import annotations

from collections.abc import Iterator

from winback.labels import number_words
from winback.results import Result, counted, format_count, format_percent, join_words

URGENT = 2  # the first priorities: those that are to come back


def answer_lines(found: Result) -> list[str]:
    """Return who comes first and what is at stake, on what time is spent, and the doubt that matters most."""
    return [_answer(found), *[*_effort(found), *_doubts(found)][:2]]


def detail_lines(found: Result) -> list[str]:
    """Return the other doubts, how classes and chances came, and who is not on the list."""
    rest = [*_effort(found), *_doubts(found)][2:]
    return [*rest, *_classes(found), *_stays(found), *_chances(found), *_not_listed(found), *found.notes]


def _answer(found) -> str:
    n = len(found.customers)
    if not n:
        return f"{found.source}: nobody is lost today, so there is nobody to bring back."
    table = found.to_frame()
    urgent = table.head(URGENT)
    within = f"within {number_words(found.horizon_months)} months"
    stake = _total(found, urgent, "value_at_stake")
    valued = int(found.customers["value_at_stake"].notna().sum())
    of_whom = f" (known of {format_count(valued)})" if found.by_fit and valued < n else ""
    return (
        f"Of {counted(n, 'lost customers')} {format_count(urgent['n'].sum())} are to be brought back first or must "
        f"come back: {format_percent(urgent['margin_share'].sum())} of what all of them brought in the year before "
        f"they left, and {stake} "
        f"{within}{of_whom} if every one of them came back."
    )


def _total(found, rows, name: str) -> str:
    """Write the sum of a column, with its interval where there is one."""
    sums = {end: rows[end].sum() for end in (name, f"{name}_low", f"{name}_high") if end in rows}
    return found.interval(sums, name, "money") if len(sums) == 3 else found.format(sums[name], "money")


def _effort(found) -> Iterator[str]:
    if found.effort is not None and found.effort.served.any():
        low, what = found.effort.on_lowest(), found.effort.main
        yield (
            f"{found.interval(low, 'effort', 'percent')} of the {what} of the last "
            f"year went to the {format_count(low['n'])} customers with the lowest margins, who brought "
            f"{format_percent(low['profit_share'])} of the profit of {found.effort.who}."
        )


def _doubts(found) -> Iterator[str]:
    if not len(found.customers):
        return
    if found.by_fit:
        yield (
            f"Chance and value are {found.chance_source}: associations in what was seen, not what a trial of these "
            "customers has measured."
        )
    else:
        yield (
            "No trial has measured any of this money: it is what customers brought before, with "
            f"{found.stay.source}; who comes back may differ from those who do not."
        )
    if found.chance_source and not found.has_organic:
        yield "Who would come back without an offer is not taken off, so what an offer may cost is too high by that."


def _classes(found) -> Iterator[str]:
    if not len(found.customers):
        return
    first, second = (format_percent(bound, 0) for bound in found.money_bounds)
    yield f"A brought the first {first} of the money a year, B up to {second}, C the rest; {found.money_from}."
    if not found.varies_in:
        yield "Nothing varies from period to period, so customers are told apart by money alone (A, B, C)."
        return
    known = int((found.customers["class"].str.len() == 2).sum())
    rest = len(found.customers) - known
    yield (
        f"X, Y and Z tell how regularly, from the coefficient of variation of {found.varies_in}; "
        f"{format_count(rest)} of {format_count(len(found.customers))} have too short a record and are told apart by "
        "money alone."
    )


def _chances(found) -> Iterator[str]:
    if not found.chance_source:
        yield "Without a chance of return nothing is said of profit; give a fit, or a published rate."
    elif not found.by_fit:
        yield f"The chance of return is {found.chance_source}, the same for everybody."
    if found.chance_source and not found.has_cost:
        yield "Expected profit is before the cost of the offer."


def _stays(found) -> Iterator[str]:
    if "value_at_stake_low" in found.to_frame() and len(found.customers):
        yield "Intervals of what is at stake allow for how long second stays last, and for nothing else."


def _not_listed(found) -> Iterator[str]:
    why = found.left_out()
    if len(why):
        parts = [f"{format_count(n)} {words}" for words, n in why.items()]
        yield f"Not on the call list: {join_words(parts)}."
