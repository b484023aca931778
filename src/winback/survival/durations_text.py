"""What does a model of tenure say, in sentences? Time ratios as longer or shorter stays."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import exp, log

from winback.labels import OWN, label_of, one_more_words
from winback.results import Result, format_count, format_percent, join_words

LOGGED = re.compile(r"^(?:np\.)?log\((?P<column>\w+)\)$")
TEN_PERCENT = log(1.1)
MOST_SAID = 3  # effects in the answer, the widest first
LARGEST = 700.0  # the exponential of more is no number


def answer_lines(result: Result) -> list[str]:
    """Return who stays longer, what cannot be told, and the doubt that matters most.

    Doubts in this order: a distribution that could not be fitted, differences that are no effects.
    """
    clear = _clear(result)
    answer = [f"{'; '.join(clear[:MOST_SAID])}."] if clear else []
    return [*answer, *_unclear(result), *[*_failed(result), *_selected(result)][:1]] or [*_basis(result)][:1]


def detail_lines(result: Result) -> list[str]:
    """Return the other effects, why this distribution, and what the model rests on."""
    lines = [f"{effect}." for effect in _clear(result)[MOST_SAID:]]
    lines += [*_choice(result), *_failed(result), *_selected(result), *_basis(result)]
    said = answer_lines(result)
    return [line for line in lines if line not in said]


def effects(result: Result) -> list[tuple[str, float, float, float, bool]]:
    """Return each term in words, as (what differs, ratio, low, high, clear); ``log(x)`` is read for 10% more x."""
    found = []
    for row in result.params.itertuples():
        if row.time_ratio == row.time_ratio:  # neither the intercept nor the scale
            what, step = _in_words(row.term, result.design)
            ratios = (exp(min(step * effect, LARGEST)) for effect in (row.estimate, row.low, row.high))
            found.append((what, *ratios, not row.low <= 0 <= row.high))
    return found


def _in_words(term, design) -> tuple[str, float]:
    if logged := LOGGED.match(term):
        return f"10% more {label_of(logged['column'])}", TEN_PERCENT
    if "[" in term:
        return design.in_words(term), 1.0
    what = term.removeprefix("I(").removesuffix(")") if term.startswith("I(") else term
    known = re.fullmatch(r"\w+", what) or what in OWN
    return one_more_words(what) if known else f"1 more of {design.in_words(term)}", 1.0


def change(ratio: float, low: float, high: float) -> str:
    """Write a time ratio as a longer or shorter stay, with its interval.

    Examples
    --------
    >>> change(0.82, 0.79, 0.85), change(1.05, 1.01, 1.09)
    ('18.0% shorter [15.0%, 21.0%]', '5.0% longer [1.0%, 9.0%]')
    """
    shares = (1 - ratio, 1 - high, 1 - low) if ratio < 1 else (ratio - 1, low - 1, high - 1)
    size, low, high = map(format_percent, shares)
    return f"{size} {'shorter' if ratio < 1 else 'longer'} [{low}, {high}]"


def headline(result: Result) -> str:
    """Return the one message of the effects, as for the title of a figure."""
    clear = _widest_first(result)
    if not clear:
        return "No covariate is shown to go with a longer or a shorter stay"
    what, ratio, *_ = clear[0]
    return f"{what}: {format_percent(abs(ratio - 1), 0)} {'longer' if ratio > 1 else 'shorter'}, the widest difference"


def _widest_first(result) -> list[tuple]:
    """Return the effects that are told from none."""
    return sorted((effect for effect in effects(result) if effect[-1]), key=lambda effect: -abs(log(effect[1])))


def _clear(result) -> list[str]:
    return [f"{what}: stays {change(*ratios)}" for what, *ratios, _ in _widest_first(result)]


def _unclear(result) -> Iterator[str]:
    unclear = [what for what, *_, clear in effects(result) if not clear]
    if unclear:
        yield f"Not clearly different from no difference, the interval contains it: {join_words(unclear)}."


def _choice(result) -> Iterator[str]:
    tried = result.aic[result.aic["converged"]]
    if len(tried) > 1:
        others = (f"{row.distribution} {row.aic - tried['aic'].iloc[0]:,.1f}" for row in tried.iloc[1:].itertuples())
        yield f"The {result.distribution} has the lowest AIC; above it lie {'; '.join(others)}."


def _failed(result) -> Iterator[str]:
    failed = result.aic["distribution"][~result.aic["converged"]]
    if len(failed):
        yield f"Could not be fitted: {join_words(failed)}."


def _selected(result) -> Iterator[str]:
    differ = "that is how customers differ, not what changing it would do"
    if result.lifetime == "second":
        yield (
            "Only those who returned are seen, and what brought them back may also hold them: "
            f"{differ}, still less to every leaver."
        )
    elif len(effects(result)):
        yield f"Association is not effect: {differ}."


def _basis(result) -> Iterator[str]:
    ended = f"{format_count(result.n)} {result.lifetime} lifetimes, of which {format_count(result.n_ended)} have ended"
    yield f"From {ended}; a share longer means that everything happens later by that share."
    yield (
        f"Intervals are {format_percent(result.level, 0)} normal ones on log months, for the expected difference, not "
        "for one customer."
    )
