"""How is a risk of leaving said? Who is expected to leave, what foretells it, and what the model does not know."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import numpy as np

from winback.labels import contrast_words, label_of
from winback.results import counted, format_count, format_percent, join_words
from winback.retention.bands import NEVER, Column
from winback.retention.moments import moment_in_words
from winback.retention.person_months import SINCE, TREND

CROSSED = re.compile(r":(?![^\[]*\])")  # between the columns of a term
EFFECTS_SAID = 3  # effects in a sentence
CLEAR = 0.05


def event_in_words(column: str) -> str:
    """Return the event of a column in words, as after "after", or an amount.

    Examples
    --------
    >>> event_in_words("since_price_change"), event_in_words("trend_volume")
    ('a price change', 'volume')
    """
    if column.startswith(SINCE):
        return moment_in_words(column.removeprefix(SINCE))
    return label_of(column.removeprefix(TREND))


def terms_in_words(names: Iterable[str], columns: Iterable[Column]) -> list[str]:
    """Return terms as a reader would say them; nothing for curves and what all have in common.

    Examples
    --------
    >>> from winback.retention.bands import since_column, trend_column
    >>> columns = [since_column("since_complaint"), trend_column("trend_volume")]
    >>> terms_in_words(["since_complaint[T.1 month]", "trend_volume[T.down by over 40%]", "log1p(tenure)"], columns)
    ['1 month after a complaint', 'volume down by over 40%', '']
    """
    said = {f"{each.name}[T.{level}]": _level_in_words(each, level) for each in columns for level in each.levels}
    return [
        said[name] if name in said else " and ".join(filter(None, (said.get(part) for part in CROSSED.split(name))))
        for name in names
    ]


def _level_in_words(column: Column, level) -> str:
    name = column.name
    if name.startswith(SINCE):
        return f"{'never' if level == NEVER else f'{level} after'} {event_in_words(name)}"
    if name.startswith(TREND):
        return f"{event_in_words(name)} {level}"
    if name == "month_of_year":
        return f"in {level}"
    return str(level) if name == "came_back" else contrast_words(name, level, column.levels[0])


def answer_lines(fit) -> Iterator[str]:
    """Yield at most three sentences: the answer, what foretells it, the doubt."""
    (expected, low, high), n = fit.expected, int(fit.next_month.seen.sum())
    ends = f"[{format_count(low)}, {format_count(high)}]"
    yield (
        f"Of the {counted(n, 'customers')} here on {fit.base.until}, {format_count(expected)} {ends} are "
        f"expected to leave within the next month ({format_percent(expected / n)})."
    )
    clear = fit.to_frame()
    clear = clear[(clear["p_value"] < CLEAR) & (clear["estimate"] > 0)].sort_values("odds", ascending=False)
    if len(clear):
        each = join_words(
            f"{row['in_words']} ({row['odds']:.1f} times [{row['odds_low']:.1f}, {row['odds_high']:.1f}])"
            for row in clear.head(EFFECTS_SAID).to_dict("records")
        )
        yield f"What raises the odds of leaving most: {each}{_in_shares(fit, clear['term'].iloc[0])}."
    else:
        yield "Nothing in the model but the time as a customer is shown to raise the odds of leaving."
    yield "What goes with leaving need not cause it, and how well it foretells is seen on later months only."


def _in_shares(fit, term: str) -> str:
    """Say which share left at the first of them, and of the others that it is compared with."""
    if term not in fit.left_within:
        return ""
    column = next(each for each in fit.table_of_levels.columns if term.startswith(f"{each.name}[T."))
    usual, here = (fit.left_within[each] for each in (f"{column.name}[T.{column.levels[0]}]", term))
    others = "of those to whom it never came" if column.levels[0] == NEVER else "of those compared with"
    return f"; of the first {format_percent(here)} left within the month, {others} {format_percent(usual)}"


def detail_lines(fit) -> Iterator[str]:
    """Yield what else there is to say."""
    begin, end = (np.datetime64(int(day), "D").astype("datetime64[M]") for day in (fit.starts[0], fit.starts[-1] - 1))
    yield (
        f"A logit of leaving within the next month, from {begin} to {end}: {fit.n:,} months of customers, "
        f"{fit.n_lost:,} of which ended with a loss; counted as {fit.n_cells:,} different rows, which gives "
        "the same estimates."
    )
    yield "Whoever comes and leaves between two starts of a month is not seen."
    yield (
        "Odds are beside customers to whom the event never came, all else alike, month by month after it. How many "
        "times as many leave after a moment is another figure, mostly a smaller one: of hazards, not of odds, from the "
        "very day on, beside all others at the same time, those with an earlier event among them, and less what goes "
        "with other moments then, such as a settling."
    )
    ahead = "Months ahead: time as a customer and since events goes on, and all else is held"
    if fit.drift.months:
        yield (
            f"{ahead}; what happens meanwhile is counted on average, as measured over {fit.drift.months} months: whose "
            "discount will end, or who will complain, is not foreseen."
        )
    else:
        yield f"{ahead}; what happens meanwhile is not foreseen: too few months or losses tell how much it adds."
    yield f"Intervals are {fit.level:.0%}, for the expected share, not for what one customer will do."
    yield from fit.notes
