"""What do survival curves say, in sentences? Every figure in them is taken from the result."""

from __future__ import annotations

from collections.abc import Iterator

from winback.results import format_count, format_percent, join_words, state_p_value
from winback.survival.groups import FEW, NOT_REACHED, GroupsResult
from winback.survival.horizons import months_counted

MOST_PAIRS = 3  # said in the answer, the widest differences first
MANY_LONGER = 0.05  # of first lifetimes than the horizon: in full against cut-off second ones they would mislead


def answer_lines(result: GroupsResult) -> list[str]:
    """Return who stays longer (of one group: how long), how sure that is, and the doubt that matters most.

    Doubts in this order: too few customers in a group, too few watched to the horizon, differences that are no effects.
    """
    evidence = [*_unclear(result), *_log_rank(result)] if len(result.frame) > 1 else [*_shares(result)]
    few = [f"{note}." for note in result.notes if note.startswith("Fewer")]
    doubts = [*few, *_thin(result), *_selected(result), *_horizon(result)]
    if first_in_full(result):
        return [*_as_watched(result), *doubts[:1]]
    answer = _longest(result) if len(result.frame) > 1 else _means(result)
    return [*[*answer, *evidence][:2], *doubts[:1]]


def detail_lines(result: GroupsResult) -> list[str]:
    """Return the other differences, the figures of each group, and what they rest on."""
    parts = (_every_difference, _unclear, _means, _shares, _medians, _log_rank, _horizon, _thin, _selected, _method)
    if first_in_full(result):
        parts = [_up_to_the_same, *(part for part in parts if part is not _unclear)]  # said in full already
    lines = [line for part in parts for line in part(result)] + [f"{note}." for note in result.notes]
    said = answer_lines(result)
    return [line for line in lines if line not in said]


def headline(result: GroupsResult) -> str:
    """Return the one message of the curves, as for the title of a figure."""
    clear = _firm(result)
    if len(result.frame) == 1:
        row = result.frame.iloc[0]
        return f"{format_percent(row['still_there'], 0)} are still there after {result.horizon_in_words}"
    if first_in_full(result):
        return _in_full(result)
    return _longer(result, clear[0]) if clear else f"No clear difference within {result.horizon_in_words}"


def first_in_full(result: GroupsResult) -> bool:
    """Tell whether paired first lifetimes count to their end, as their money does: where few of them were cut off."""
    return result.paired and 0 < result.in_full["share_longer"] <= MANY_LONGER


def _as_watched(result) -> Iterator[str]:
    """Compare lifetimes as far as the data show each: the one span of which a page speaks."""
    yield (
        f"{_in_full(result)}: first ones in full, second ones up to {result.horizon_in_words}, as far as they were "
        "watched."
    )


def _up_to_the_same(result) -> Iterator[str]:
    """Compare them both up to the same month."""
    within = result.differences.iloc[0]
    difference, low, high = result.formats([within[name] for name in ("difference", "low", "high")], "months")
    yield f"Both only up to {result.horizon_in_words}, the difference is {difference} months [{low}, {high}]."


def _in_full(result) -> str:
    ends = [result.in_full[name] for name in ("difference", "low", "high")]
    if ends[1] <= 0 <= ends[2]:
        longer, low, high = result.formats(ends, "months")
        return (
            f"second lifetimes are not shown to be longer or shorter than first ones ({longer} months [{low}, {high}])"
        )
    more, signed = ("longer", ends) if ends[0] > 0 else ("shorter", [-ends[0], -ends[2], -ends[1]])
    months, low, high = result.formats(signed, "months")
    return f"second lifetimes last {months} months {more} than first ones [{low}, {high}]"


def _in_order(result, clear: bool) -> list[tuple]:
    """Return pairs as (longer, shorter, months, interval), those clear of zero or the others, widest first."""
    pairs = []
    for row in result.differences.sort_values("difference", key=lambda size: -abs(size), kind="stable").itertuples():
        names, ends = [result.in_words(row.first), result.in_words(row.second)], (row.low, row.high)
        if row.difference < 0:
            names, ends = names[::-1], (-row.high, -row.low)
        if (ends[0] > 0) == clear:
            months, low, high = result.formats([abs(row.difference), *ends], "months")
            pairs.append((*names, months, f"[{low}, {high}]"))
    return pairs


def _firm(result) -> list[tuple]:
    """Return the clear pairs of groups that were watched well; all clear ones where no two such groups are there."""
    thin, clear = {result.in_words(row.group) for row in _thin_rows(result)}, _in_order(result, clear=True)
    well_watched = len(result.frame) - len(thin)
    return clear if well_watched < 2 else [pair for pair in clear if not thin & set(pair[:2])]


def _longest(result) -> Iterator[str]:
    """Name the widest of the clear differences, of groups that were watched well."""
    clear = _firm(result)[:MOST_PAIRS]
    if len(clear) == 1:
        yield f"{_longer(result, clear[0])}."
    elif clear:
        each = (f"{longer} {by} months longer than {shorter} {interval}" for longer, shorter, by, interval in clear)
        yield f"Stays within {result.horizon_in_words}: {'; '.join(each)}."


def _longer(result, pair) -> str:
    longer, shorter, months, interval = pair
    by, within = (
        f"{months} months longer than {shorter}",
        f"within {result.horizon_in_words} {interval}",
    )
    return f"{longer} lifetimes last {by} ones {within}" if result.paired else f"{longer}: stays {by} {within}"


def _every_difference(result) -> Iterator[str]:
    said = _firm(result)[:MOST_PAIRS]
    yield from (f"{_longer(result, pair)}." for pair in _in_order(result, clear=True) if pair not in said)


def _unclear(result) -> Iterator[str]:
    if unclear := _in_order(result, clear=False):
        each = (f"{longer} and {shorter} ({months} months {interval})" for longer, shorter, months, interval in unclear)
        yield f"No clear difference between {'; '.join(each)}: an interval that contains zero."


def _each(result, name, form) -> str:
    """Write a figure of each group with its interval."""
    rows = result.frame.to_dict("records")
    return "; ".join(f"{result.in_words(row['group'])} {result.interval(row, name, form)}" for row in rows)


def _means(result) -> Iterator[str]:
    mean = _each(result, "restricted_mean", "months")
    yield f"Mean months stayed within {result.horizon_in_words}: {mean}."


def _shares(result) -> Iterator[str]:
    yield f"Still there after {result.horizon_in_words}: {_each(result, 'still_there', 'percent')}."


def _medians(result) -> Iterator[str]:
    medians = []
    for row in result.frame.itertuples():
        median, low, high = result.formats([row.median, row.median_low, row.median_high], "months")
        known = median if median == NOT_REACHED else f"{median} months [{low}, {high}]"
        medians.append(f"{result.in_words(row.group)} {known}")
    yield f"{'The medians are' if len(medians) > 1 else 'The median is'}: {'; '.join(medians)}."


def _log_rank(result) -> Iterator[str]:
    if result.log_rank is not None:
        found = "differ beyond chance" if result.log_rank < 1 - result.level else "do not differ beyond chance"
        yield f"Over all months seen the curves {found} (log-rank test, {state_p_value(result.log_rank)})."


def _horizon(result) -> Iterator[str]:
    if not result.horizon_given:
        n, all_ended = result.frame["n"], (result.frame["n_ended"] == result.frame["n"]).all()
        yield months_counted(result.horizon_in_words, n, well_watched=not all_ended)


def _thin_rows(result) -> list:
    """Return the groups of which too few were watched for all of the horizon."""
    return [row for row in result.frame.itertuples() if row.n_at_horizon < FEW and row.still_there > 0]


def _thin(result) -> Iterator[str]:
    each = [f"{result.in_words(row.group)} ({format_count(row.n_at_horizon)})" for row in _thin_rows(result)]
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
    elif result.paired:
        yield "Only those who came back are compared: this is not what coming back does to a stay."
    elif len(result.frame) > 1:
        yield "Groups may differ in more than their name: that is how they differ, not what the name does to a stay."


def _method(result) -> Iterator[str]:
    if result.paired:
        yield (
            "Paired: each returned customer's second lifetime is compared with that customer's own first one; means "
            "and curves count both up to the horizon."
        )
        yield "A log-rank test needs independent groups, so it is not given."
    single = ", each for one difference at a time" if len(result.differences) > 1 else ""
    yield (
        f"Intervals hold for {format_percent(result.level, 0)} of samples{single}; those of mean months come from each "
        "customer's pseudo-observation, those of shares and medians from the Kaplan-Meier curve."
    )
