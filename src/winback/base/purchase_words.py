"""What does a base of buyers say of itself, in sentences? Every figure in them is taken from it."""

from __future__ import annotations

from collections.abc import Iterator

from winback.base.lapse_rule import LapseRule
from winback.base.purchase_days import as_date, in_days
from winback.base.rules import CALLED, DAYS, RuleNotFittedError
from winback.results import Result, counted, format_count, format_percent, join_words


def answer_lines(base: Result) -> list[str]:
    """Return how many were lost and came back, how often the rule is wrong, and the doubt that matters most."""
    return [_answer(base), _how_sure(base), *[*_doubts(base)][:1]]


def detail_lines(base: Result) -> list[str]:
    """Return how the rule came, the other doubts, what was dropped, and what was taken for what."""
    chosen = []
    if base.choice is not None:  # its first sentence has the figure of rules fitted anew at each date: not the answer's
        chosen = [*base.choice.describe().splitlines()[1:], *base.choice.details().splitlines()]
    dropped = base.summary.describe().splitlines()
    doubts = [*_doubts(base)]
    return [*doubts[1:], *chosen, *[line for line in dropped if line not in doubts], *base.reading]


def about_lapsed(base: Result, rule: LapseRule) -> Iterator[str]:
    """Say what a loss, a stay and a margin are in a table made by a rule."""
    yield (
        f"A customer is called lost when {rule.in_words}, the rule as it was known on {as_date(rule.fitted_until)}; a "
        "stay reaches from its first purchase to that day."
    )
    if base.margin_share is not None:
        yield f"Margin is {format_percent(base.margin_share)} of what was paid."
    elif base.summary.log.amount:
        yield "What was paid is taken for margin; say margin_share where it is not."
    yield from (f"{doubt}." for doubt in base.doubts)


def _answer(base) -> str:
    lost = int(base.to_frame()["n"].iloc[-1])
    who = f"{base.source}: {counted(base.n, 'customers')} from {base.summary.span.first} to {base.until}"
    once = int((base.lives.number == 2).sum())
    share = format_percent(lost / base.n)
    if not lost and not once:
        return f"{who}; nobody was called lost."
    if base.n == 1:
        again = ", was called lost before and bought again" if once else ""
        return f"{who}, who {'is lost now' if lost else 'is here'}{again}."
    again = f"; {format_count(once)} had been called lost before and bought again" if once else ""
    if lost == base.n:
        return f"{who}; all are lost{again}."
    return f"{who}; {format_count(lost)} {'is' if lost == 1 else 'are'} lost ({share}){again}."


def _how_sure(base) -> str:
    rule = f"Lost means {base.rule.in_words}"
    try:
        found = base.false_alarms()
    except RuleNotFittedError:
        return f"{rule}; the log is too short to tell how often that is wrong."
    pooled = found.pooled
    if not pooled.n:
        return f"{rule}; at earlier dates nobody was called lost, so nobody knows how often that is wrong."
    ends = ", ".join(format_percent(end) for end in (pooled.low, pooled.high))
    return (
        f"{rule}; of those it called lost at earlier dates, {format_percent(pooled.share)} [{ends}] bought again "
        f"within {in_days(DAYS)}."
    )


def _doubts(base) -> Iterator[str]:
    yield from base.summary.span.cautions(base.until)  # if the data end earlier, far fewer are lost
    if base.choice is not None and base.choice.is_tie:
        tied = join_words(CALLED[name] for name in base.choice.tied)
        yield f"The rule was chosen on this log, not clearly better than {tied}: other rules call other people lost."
    elif base.choice is not None:
        yield "The rule was chosen on this log as the one with the fewest false alarms; another calls others lost."
    elif base.asked is None:
        yield f"No rule can be chosen on so little, so {in_days(DAYS)} of silence were taken, as is usual."
    yield from (f"{doubt}." for doubt in base.doubts)
    if not base.summary.until_given:
        yield f"The data are taken to end on {base.until}, the last date of the log; say until when they were recorded."
