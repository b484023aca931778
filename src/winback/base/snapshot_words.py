"""What does a table of tenure and status say of itself, in sentences? Every figure in them is taken from it."""

from __future__ import annotations

from collections.abc import Iterator

from winback.results import Result, counted, format_count, format_percent

WITHOUT_CALENDAR = (
    "When customers came and left is not in the table: losses by period, cohorts, time to return and what offers "
    "brought back are left out."
)


def answer_lines(base: Result) -> list[str]:
    """Return how many are lost, over which time, and the doubt that matters most."""
    return [_answer(base), _over(base), *[*_doubts(base)][:1]]


def detail_lines(base: Result) -> list[str]:
    """Return the other doubts, what cannot be asked, and what was taken for what."""
    return [*[*_doubts(base)][1:], WITHOUT_CALENDAR, *_money(base), *base.reading]


def within(base: Result) -> str:
    """Say within which time customers were lost, where that is known."""
    return "" if base.lost_within is None else f" within the last {base.lost_within.in_words}"


def _answer(base) -> str:
    who = f"{base.source}: {counted(base.n, 'customers')} as they stood when the table was made"
    if not base.n_lost:
        return f"{who}; nobody is lost."
    if base.n_lost == base.n:
        return f"{who}; all are lost."
    share = base.interval(base.to_frame().iloc[-1], "share", "percent")
    verb = "is" if base.n_lost == 1 else "are"
    return f"{who}; {format_count(base.n_lost)} {verb} lost{within(base)} ({share} of all in the table)."


def _over(base) -> str:
    if base.lost_within is not None:
        return (
            f"Lost means: the table says so; they left{within(base)}, as was said, and whoever left before is not in "
            "the table."
        )
    return (
        "Lost means: the table says so; over which time is not in it, so the share lost is no rate a month or a year."
    )


def _doubts(base) -> Iterator[str]:
    yield from (f"{doubt}." for doubt in base.doubts)
    if base.n_lost and base.lost_within is None:
        yield (
            "How long customers stay holds if all who ever left are in the table: where it has only those lost within "
            "the last month or quarter, say so, or customers seem to stay far longer than they do."
        )


def _money(base) -> Iterator[str]:
    if base.is_revenue:
        yield "Money is what customers pay, revenue and not margin, as no share of margin was said."
    elif base.margin_share is not None:
        yield f"Margin is {format_percent(base.margin_share)} of what customers pay."
