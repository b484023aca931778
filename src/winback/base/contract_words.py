"""What does a base of contracts say of itself, in sentences? Every figure in them is taken from it."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from winback.results import Result, counted, format_count, format_percent


def answer_lines(base: Result) -> list[str]:
    """Return how many were lost and came back, how sure that is, and the doubt that matters most."""
    return [_answer(base), _sure(base), *[*_doubts(base), *_watched(base)][:1]]


def detail_lines(base: Result) -> list[str]:
    """Return the other doubts, who did not choose to leave, and what was taken for what."""
    return [*[*_doubts(base), *_watched(base)][1:], *_chosen(base), *base.reading]


def watched_from(since: datetime.date | None) -> str:
    """Say from which day on customers were watched."""
    return "" if since is None else f" from {since:%Y-%m-%d}"


def _answer(base) -> str:
    lives = base.lives
    first = lives["life"] == 1
    lost, back = int((first & lives["ended"]).sum()), int((lives["life"] == 2).sum())
    again = int((lives["life"] == 3).sum())
    who = f"{base.source}: {counted(base.n, 'customers')} watched{watched_from(base.since)} to {base.until:%Y-%m-%d}"
    if not lost:
        return f"{who}; nobody was lost."
    share = format_percent(lost / max(base.n, 1))
    returned = f"{format_count(back)} came back" if back else "none came back"
    twice = f", {format_count(again)} twice or more" if again else ""
    return f"{who}; {format_count(lost)} {'was' if lost == 1 else 'were'} lost ({share}), of whom {returned}{twice}."


def _sure(base) -> str:
    pending = int(base.lives["pending"].sum())
    rule = f"A loss is the end of a contract that no other one follows within {counted(base.grace_days, 'days')}"
    if not pending:
        return f"{rule}; nobody is pending."
    verb = "is" if pending == 1 else "are"
    return f"{rule}; {format_count(pending)} {verb} pending, without a contract for less than that."


def _doubts(base) -> Iterator[str]:
    yield from (f"{doubt}." for doubt in base.doubts)


def _watched(base) -> Iterator[str]:
    if base.since is None:
        yield (
            "This holds if the table has all contracts that ever were: where those that ended before some day are "
            "not in it, say since which day it has them."
        )
    else:
        yield (
            f"Contracts that ended by {base.since:%Y-%m-%d} are not looked at; how long customers had stayed by then "
            "is known, and that time is not at risk."
        )


def _chosen(base) -> Iterator[str]:
    lives = base.lives
    if "involuntary" in lives:
        ended = lives[lives["ended"]]
        had_to, chose = (int((ended["involuntary"] == flag).sum()) for flag in (True, False))
        unknown = len(ended) - had_to - chose
        yield (
            f"Losses by choice: {format_count(chose)}; without it (moved, died, payment failed and the like): "
            f"{format_count(had_to)}; without a reason stated: {format_count(unknown)}."
        )
