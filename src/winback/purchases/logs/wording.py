"""In which words does a summary say what was dropped, put together or looks odd, such as a pause in the purchases?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from winback.purchases.logs import checks
from winback.results import counted, format_count, format_money, format_percent

MANY_REFUNDS = 0.01  # of the money; more is worth a word
MONTH = 31  # days; no shorter silence at the end is worth a word


def summary_lines(summary) -> Iterator[str]:
    """Say what is in the summary, what was dropped or put together, and what looks odd."""
    n = summary.frame.set_index("what")["n"]
    amounts = summary.frame.set_index("what")["amount"]
    source = "" if summary.until_given else " (the last date of the log)"
    yield (
        f"{counted(n['customers'], 'customers')} with {counted(n['purchases'], 'purchases')} from "
        f"{summary.span.first} until {summary.until}{source}; time is counted in "
        f"{summary.period.count(2).removeprefix('2 ')}."
    )
    for what in (*checks.FATES[: checks.KEPT], checks.LEFT_OUT):
        if n[what]:
            money = amounts[what]
            said = f", {format_money(money, summary.currency)}" if money and money == money else ""
            yield f"Dropped: {counted(n[what], what)}{said}."
    if n[checks.FREE]:
        yield f"{counted(n[checks.FREE], checks.FREE)}."
    refunded, money = -amounts[checks.REFUNDS], amounts[checks.FATES[checks.KEPT]]
    if refunded > MANY_REFUNDS * money > 0:
        yield f"Refunds of {format_percent(refunded / money, 0)} of the money are not taken off."
    if n[checks.TOGETHER]:
        yield f"{counted(n[checks.TOGETHER], checks.TOGETHER)} with the first."
    if n[checks.DUPLICATES]:
        doubt = "a duplicate? It was" if n[checks.DUPLICATES] == 1 else "duplicates? They were"
        yield f"{counted(n[checks.DUPLICATES], checks.DUPLICATES)}: {doubt} added up."
    yield from summary.span.cautions(summary.until)


def held_out_lines(found) -> Iterator[str]:
    """Say how a log was split, and who bought again."""
    customers = found.customers
    bought, n = customers["held_out_frequency"], len(customers)
    worth, source = "", "" if found.until_given else " (the last date of the log)"
    if "held_out_spend" in customers:
        worth = f", worth {format_money(float(customers['held_out_spend'].sum()), found.currency)}"
    yield (
        f"{counted(n, 'customers')} bought until {found.calibration_until}; held out are "
        f"{found.period.count(found.periods)}, until {found.until}{source}."
    )
    yield (
        f"Of them, {format_count((bought > 0).sum())} ({format_percent((bought > 0).mean())}) made "
        f"{counted(bought.sum(), 'purchases')} then{worth}."
    )
    if found.n_later:
        who = counted(found.n_later, "customers")
        yield f"{who} first seen in the held-out part: left out, as nothing could have been predicted of them."
    yield from found.span.cautions(found.until)


@dataclass(frozen=True)
class Span:
    """Days with a purchase: the first, the last, and those around the longest pause."""

    first: date
    last: date
    before_pause: date
    after_pause: date

    @classmethod
    def of(cls, days: np.ndarray) -> Span:
        """Return the span of days as `datetime.date.toordinal` counts, ascending, at least one.

        Examples
        --------
        >>> Span.of(np.array([1, 3, 9])).pause
        6
        """
        place = int(np.argmax(np.diff(days))) if len(days) > 1 else 0
        edges = (days[0], days[-1], days[place], days[min(place + 1, len(days) - 1)])
        return cls(*(date.fromordinal(int(day)) for day in edges))

    @property
    def pause(self) -> int:
        """Days of the longest pause between two days with a purchase."""
        return (self.after_pause - self.before_pause).days

    def cautions(self, end: date) -> Iterator[str]:
        """Say where a mistyped date or a wrong end of the data is likely."""
        if self.pause > checks.LONGEST_GAP:
            yield (
                f"A caution: nothing was bought between {self.before_pause} and {self.after_pause}, {self.pause:,} "
                "days: are these dates right?"
            )
        silence = (end - self.last).days
        if silence > min(checks.LONGEST_GAP, max(MONTH, self.pause)):
            yield (
                f"A caution: the last purchase is of {self.last}, {silence:,} days before the end: is the log complete "
                "until then?"
            )
