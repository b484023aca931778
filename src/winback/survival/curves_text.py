"""What do survival curves say, in sentences? Every figure in them is taken from the result."""

from __future__ import annotations

from collections.abc import Iterator

from winback.results import Result, Sentences, format_count, format_percent, join_words, state_p_value
from winback.survival.wording import (
    NOT_REACHED,
    format_months,
    join_parts,
    months_interval,
    percent_interval,
)

FEW_PAIRS = 3  # each gets a sentence of its own
FEW_WATCHED = 30


def describe_curves(result: Result) -> Sentences:
    """Return who stays longer first, then the figures of each group, then what they rest on."""
    lines = [
        *_answer(result),
        *_means(result),
        *_shares_and_medians(result),
        *_log_rank(result),
        *_horizon(result),
        *_method(result),
        *(f"{note}." for note in result.notes),
    ]
    return Sentences.of(lines)


def headline(result: Result) -> str:
    """Return the one message of the curves, as for the title of a figure."""
    clear = _in_order(result, clear=True)
    within = f"within {result.horizon_months:g} months"
    if len(result.frame) == 1:
        row = result.frame.iloc[0]
        return f"{format_percent(row['still_there'], 0)} are still there after {result.horizon_months:g} months"
    if not len(clear):
        return f"No clear difference {within}"
    widest = max(clear, key=lambda pair: pair[2])
    return _longer(result, *widest, within)


def _in_order(result, clear: bool) -> list[tuple]:
    """Return pairs as (longer, shorter, difference, low, high), those that are clear of zero or the others."""
    pairs = []
    for row in result.differences.itertuples():
        pair = (row.first, row.second, row.difference, row.low, row.high)
        if row.difference < 0:
            pair = (row.second, row.first, -row.difference, -row.high, -row.low)
        if (pair[3] > 0) == clear:
            pairs.append(pair)
    return pairs


def _longer(result, longer, shorter, difference, low, high, within) -> str:
    by = f"{format_months(difference)} months longer"
    if result.paired:
        return f"{longer} lifetimes last {by} than {shorter} ones {within} {months_interval(low, high)}"
    return f"{longer} stays {by} than {shorter} {within} {months_interval(low, high)}"


def _answer(result) -> Iterator[str]:
    within = f"within {result.horizon_months:g} months"
    clear, unclear = _in_order(result, clear=True), _in_order(result, clear=False)
    if len(clear) + len(unclear) <= FEW_PAIRS:
        yield from (f"{_longer(result, *pair, within)}." for pair in clear)
        for longer, shorter, difference, low, high in unclear:
            yield (
                f"No clear difference between {longer} and {shorter}: {format_months(difference)} months "
                f"{months_interval(low, high)}, an interval that contains zero."
            )
        return
    if clear:
        clear.sort(key=lambda pair: -pair[2])
        each = (f"{pair[0]} {format_months(pair[2])} than {pair[1]} {months_interval(*pair[3:])}" for pair in clear)
        yield f"Months stayed longer {within}: {join_parts(each)}."
    if unclear:
        yield (
            "No clear difference, the interval contains zero: "
            f"{join_parts(f'{longer} and {shorter}' for longer, shorter, *_ in unclear)}."
        )


def _means(result) -> Iterator[str]:
    each = [
        f"{row.group} {format_months(row.restricted_mean)} "
        f"{months_interval(row.restricted_mean_low, row.restricted_mean_high)}"
        for row in result.frame.itertuples()
    ]
    yield f"Mean months stayed within {result.horizon_months:g} months: {join_parts(each)}."


def _shares_and_medians(result) -> Iterator[str]:
    shares = [
        f"{row.group} {format_percent(row.still_there)} {percent_interval(row.still_there_low, row.still_there_high)}"
        for row in result.frame.itertuples()
    ]
    yield f"Still there after {result.horizon_months:g} months: {join_parts(shares)}."
    medians = [
        f"{row.group} {NOT_REACHED}"
        if row.median != row.median
        else f"{row.group} {format_months(row.median)} months {months_interval(row.median_low, row.median_high)}"
        for row in result.frame.itertuples()
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
    thin = result.frame[result.frame["n_at_horizon"].lt(FEW_WATCHED) & result.frame["still_there"].gt(0)]
    if len(thin):
        each = [f"{row.group} ({format_count(row.n_at_horizon)})" for row in thin.itertuples()]
        yield (
            f"Few customers were watched for all of the horizon: {join_words(each)}; a shorter horizon gives firmer "
            "figures."
        )


def _method(result) -> Iterator[str]:
    if result.paired:
        yield (
            "Paired: each returned customer's second lifetime is compared with that customer's own first one, both "
            "counted up to the horizon. A log-rank test needs independent groups, so it is not given."
        )
    if result.by == "offer" and result.lifetime == "second":
        yield (
            "Only those who returned are seen, and each offer brings back others: this is not yet what an offer does "
            "to one customer's stay."
        )
    single = ", each for one difference at a time" if len(result.differences) > 1 else ""
    yield (
        f"Intervals hold for {format_percent(result.level, 0)} of samples{single}; those of mean months come from each "
        "customer's pseudo-observation, those of shares and medians from the Kaplan-Meier curve."
    )
