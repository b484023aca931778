"""What do survival curves say, in sentences? Every figure in them is taken from the result."""

from __future__ import annotations

from collections.abc import Iterator

from winback.results import Result, format_count, format_percent, join_words, state_p_value
from winback.survival.wording import (
    NOT_REACHED,
    format_months,
    in_words,
    join_parts,
    months_interval,
    percent_interval,
)

MOST_PAIRS = 3  # said in the answer, the widest differences first
FEW_WATCHED = 30


def answer_lines(result: Result) -> list[str]:
    """Return who stays longer (of one group: how long), how sure that is, and the doubt that matters most.

    Doubts in this order: too few customers in a group, too few watched to the horizon, only those who returned seen.
    """
    evidence = [*_unclear(result), *_log_rank(result)] if len(result.frame) > 1 else [*_shares(result)]
    few = [f"{note}." for note in result.notes if note.startswith("Fewer")]
    doubts = [*few, *_thin(result), *_selected(result)]
    answer = _longest(result) if len(result.frame) > 1 else _means(result)
    return [*[*answer, *evidence][:2], *doubts[:1]]


def detail_lines(result: Result) -> list[str]:
    """Return the other differences, the figures of each group, and what they rest on."""
    parts = (_every_difference, _unclear, _means, _shares, _medians, _log_rank, _horizon, _thin, _selected, _method)
    lines = [line for part in parts for line in part(result)] + [f"{note}." for note in result.notes]
    said = answer_lines(result)
    return [line for line in lines if line not in said]


def headline(result: Result) -> str:
    """Return the one message of the curves, as for the title of a figure."""
    clear = _in_order(result, clear=True)
    if len(result.frame) == 1:
        row = result.frame.iloc[0]
        return f"{format_percent(row['still_there'], 0)} are still there after {result.horizon_months:g} months"
    return _longer(result, clear[0]) if clear else f"No clear difference within {result.horizon_months:g} months"


def _in_order(result, clear: bool) -> list[tuple]:
    """Return pairs as (longer, shorter, difference, low, high), those clear of zero or the others, widest first."""
    pairs = []
    for row in result.differences.itertuples():
        first, second = in_words((row.first, row.second), result.said)
        pair = (first, second, row.difference, row.low, row.high)
        if row.difference < 0:
            pair = (second, first, -row.difference, -row.high, -row.low)
        if (pair[3] > 0) == clear:
            pairs.append(pair)
    return sorted(pairs, key=lambda pair: -pair[2])


def _longest(result) -> Iterator[str]:
    """Name the widest of the clear differences."""
    clear = _in_order(result, clear=True)[:MOST_PAIRS]
    if len(clear) == 1:
        yield f"{_longer(result, clear[0])}."
    elif clear:
        each = (
            f"{longer} {format_months(difference)} months longer than {shorter} {months_interval(low, high)}"
            for longer, shorter, difference, low, high in clear
        )
        yield f"Stays within {result.horizon_months:g} months: {join_parts(each)}."


def _longer(result, pair) -> str:
    longer, shorter, difference, low, high = pair
    by = f"{format_months(difference)} months longer than {shorter}"
    within = f"within {result.horizon_months:g} months {months_interval(low, high)}"
    return f"{longer} lifetimes last {by} ones {within}" if result.paired else f"{longer}: stays {by} {within}"


def _every_difference(result) -> Iterator[str]:
    yield from (f"{_longer(result, pair)}." for pair in _in_order(result, clear=True)[MOST_PAIRS:])


def _unclear(result) -> Iterator[str]:
    if unclear := _in_order(result, clear=False):
        each = (
            f"{longer} and {shorter} ({format_months(difference)} months {months_interval(low, high)})"
            for longer, shorter, difference, low, high in unclear
        )
        yield f"No clear difference between {join_parts(each)}: an interval that contains zero."


def _means(result) -> Iterator[str]:
    each = [
        f"{group} {format_months(row.restricted_mean)} "
        f"{months_interval(row.restricted_mean_low, row.restricted_mean_high)}"
        for group, row in _rows(result)
    ]
    yield f"Mean months stayed within {result.horizon_months:g} months: {join_parts(each)}."


def _rows(result):
    return zip(in_words(result.frame["group"], result.said), result.frame.itertuples(), strict=True)


def _shares(result) -> Iterator[str]:
    shares = [
        f"{group} {format_percent(row.still_there)} {percent_interval(row.still_there_low, row.still_there_high)}"
        for group, row in _rows(result)
    ]
    yield f"Still there after {result.horizon_months:g} months: {join_parts(shares)}."


def _medians(result) -> Iterator[str]:
    medians = [
        f"{group} {NOT_REACHED}"
        if row.median != row.median
        else f"{group} {format_months(row.median)} months {months_interval(row.median_low, row.median_high)}"
        for group, row in _rows(result)
    ]
    yield f"{'The medians are' if len(medians) > 1 else 'The median is'}: {join_parts(medians)}."


def _log_rank(result) -> Iterator[str]:
    if result.log_rank is not None:
        found = "differ beyond chance" if result.log_rank < 1 - result.level else "do not differ beyond chance"
        yield f"Over all months seen the curves {found} (log-rank test, {state_p_value(result.log_rank)})."


def _horizon(result) -> Iterator[str]:
    if not result.horizon_given:
        yield (
            f"The horizon of {result.horizon_months:g} months is the longest about which the data speak for "
            f"{'every group' if len(result.frame) > 1 else 'these customers'}."
        )


def _thin(result) -> Iterator[str]:
    each = [
        f"{group} ({format_count(row.n_at_horizon)})"
        for group, row in _rows(result)
        if row.n_at_horizon < FEW_WATCHED and row.still_there > 0
    ]
    if each:
        yield (
            f"Few customers were watched for all of the horizon: {join_words(each)}; a shorter horizon gives firmer "
            "figures."
        )


def _selected(result) -> Iterator[str]:
    if result.by == "offer" and result.lifetime == "second":
        yield (
            "Only those who returned are seen, and each offer brings back others: this is not yet what an offer does "
            "to one customer's stay."
        )


def _method(result) -> Iterator[str]:
    if result.paired:
        yield (
            "Paired: each returned customer's second lifetime is compared with that customer's own first one, both "
            "counted up to the horizon."
        )
        yield "A log-rank test needs independent groups, so it is not given."
    single = ", each for one difference at a time" if len(result.differences) > 1 else ""
    yield (
        f"Intervals hold for {format_percent(result.level, 0)} of samples{single}; those of mean months come from each "
        "customer's pseudo-observation, those of shares and medians from the Kaplan-Meier curve."
    )
