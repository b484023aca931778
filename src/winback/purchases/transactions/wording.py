"""In which words does a summary say what was dropped, put together or looks odd?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from winback.periods import parse_period
from winback.purchases.transactions.checks import DUPLICATES, FATES, KEPT, LEFT_OUT, REFUNDS, TOGETHER
from winback.results import format_count, format_money, format_percent

if TYPE_CHECKING:
    from winback.purchases.transactions.summary import TransactionSummary

PLURAL = re.compile(r"\b(buyer|customer|purchase|refund|row)s\b")
MANY_REFUNDS = 0.01  # of the money; more is worth a word


def counted(n: float, what: str) -> str:
    """Write a count with what is counted, in the singular for one.

    Examples
    --------
    >>> counted(2, "refunds (below zero)"), counted(1, "customers without a purchase")
    ('2 refunds (below zero)', '1 customer without a purchase')
    """
    return f"1 {PLURAL.sub(lambda found: found[1], what, count=1)}" if n == 1 else f"{format_count(n)} {what}"


def summary_lines(summary: TransactionSummary) -> Iterator[str]:
    """Say what is in the summary, what was dropped or put together, and what looks odd."""
    n = summary.frame.set_index("what")["n"]
    amounts = summary.frame.set_index("what")["amount"]
    source = "" if summary.until_given else " (the last date of the log)"
    yield (
        f"{counted(n['customers'], 'customers')} with {counted(n['purchases'], 'purchases')} from "
        f"{summary.span.first} until {summary.until}{source}; time is counted in "
        f"{parse_period(summary.period).count(2).removeprefix('2 ')}."
    )
    for what in (*FATES[:KEPT], LEFT_OUT):
        if n[what]:
            money = amounts[what]
            said = f", {format_money(money, summary.currency)}" if money and money == money else ""
            yield f"Dropped: {counted(n[what], what)}{said}."
    refunded = -amounts[REFUNDS] / amounts[FATES[KEPT]]
    if refunded > MANY_REFUNDS:
        yield f"Refunds of {format_percent(refunded, 0)} of the money are not taken off."
    if n[TOGETHER]:
        yield f"{counted(n[TOGETHER], TOGETHER)} with the first."
    if n[DUPLICATES]:
        doubt = "a duplicate? It was" if n[DUPLICATES] == 1 else "duplicates? They were"
        yield f"{counted(n[DUPLICATES], DUPLICATES)}: {doubt} added up."
    yield from summary.span.cautions(summary.until)
