"""What does a model of tenure say, in sentences? Time ratios as longer or shorter stays."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import exp, log

from winback.results import Result, Sentences, format_count, format_percent, join_words
from winback.survival.wording import join_parts, percent_interval

LOGGED = re.compile(r"^(?:np\.)?log\((?P<column>\w+)\)$")
CODED = re.compile(r"^C?\(?(?P<column>\w+).*\[T\.(?P<label>.+)\]$")
TEN_PERCENT = log(1.1)
LARGEST = 700.0  # the exponential of more is no number


def describe_durations(result: Result) -> Sentences:
    """Return who stays longer first, then what cannot be told, then what the model rests on."""
    return Sentences.of([*_effects(result), *_choice(result), *_basis(result)])


def effects(result: Result) -> list[tuple[str, str, float, float, float, bool]]:
    """Return each term in words, as (who, against whom, ratio, low, high, clear); ``log(x)`` is read for 10% more x."""
    found = []
    for row in result.params.itertuples():
        if row.time_ratio == row.time_ratio:  # neither the intercept nor the scale
            who, against, step = _in_words(row.term, result.design)
            ratios = (exp(min(step * effect, LARGEST)) for effect in (row.estimate, row.low, row.high))
            found.append((who, against, *ratios, not row.low <= 0 <= row.high))
    return found


def _in_words(term, design) -> tuple[str, str, float]:
    logged, coded = LOGGED.match(term), CODED.match(term)
    if logged:
        return f"10% more {logged['column'].replace('_', ' ')}", "", TEN_PERCENT
    if coded and ":" not in term:
        who, _, against = design.in_words(term).rpartition(" against ")
        return who, against, 1.0
    words = design.in_words(term)
    return (f"one more {words}" if re.fullmatch(r"[\w ]+", words) else f"one more of {words}"), "", 1.0


def change(ratio: float, low: float, high: float) -> tuple[str, str]:
    """Write a time ratio as a longer or shorter stay, and its interval.

    Examples
    --------
    >>> change(0.82, 0.79, 0.85), change(1.05, 1.01, 1.09)
    (('18.0% shorter', '[15.0%, 21.0%]'), ('5.0% longer', '[1.0%, 9.0%]'))
    """
    if ratio < 1:
        return f"{format_percent(1 - ratio)} shorter", percent_interval(1 - high, 1 - low)
    return f"{format_percent(ratio - 1)} longer", percent_interval(low - 1, high - 1)


def headline(result: Result) -> str:
    """Return the one message of the effects, as for the title of a figure."""
    clear = [effect for effect in effects(result) if effect[-1]]
    if not clear:
        return "No covariate is shown to lengthen or shorten the stay"
    who, against, ratio, *_ = max(clear, key=lambda effect: abs(log(effect[2])))
    size = f"{format_percent(abs(ratio - 1), 0)} {'longer' if ratio > 1 else 'shorter'}"
    return f"{who}: {size}{f' than {against}' if against else ''}, the widest difference"


def _effects(result) -> Iterator[str]:
    found = effects(result)
    for who, against, *ratios, clear in found:
        if clear:
            longer, interval = change(*ratios)
            yield f"{who}: stays {longer}{f' than {against}' if against else ''} {interval}."
    unclear = [f"{who} against {against}" if against else who for who, against, *_, clear in found if not clear]
    if unclear:
        yield f"Not distinguishable from no effect, the interval contains it: {join_words(unclear)}."


def _choice(result) -> Iterator[str]:
    tried = result.aic[result.aic["converged"]]
    if len(tried) > 1:
        others = (f"{row.distribution} {row.aic - tried['aic'].iloc[0]:,.1f}" for row in tried.iloc[1:].itertuples())
        yield f"The {result.distribution} has the lowest AIC; above it lie {join_parts(others)}."
    failed = result.aic["distribution"][~result.aic["converged"]]
    if len(failed):
        yield f"Could not be fitted: {join_words(failed)}."


def _basis(result) -> Iterator[str]:
    lives = f"{result.lifetime} lifetimes"
    yield (
        f"From {format_count(result.n)} {lives}, of which {format_count(result.n_ended)} have ended. A share longer "
        "means that everything happens later by that share. Intervals are "
        f"{format_percent(result.level, 0)} normal ones on log months, for the expected effect, not for one customer."
    )
    if result.lifetime == "second":
        yield (
            "Only those who returned are seen: what brought them back may also hold them, so an effect here is not "
            "the effect on every leaver."
        )
