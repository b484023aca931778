"""What does a trial say of itself, in sentences? The result is a trial, of which only figures and terms are read."""

from __future__ import annotations

from collections.abc import Iterator

from winback.results import Result, counted, format_count, join_words

PROMISING, ALL = "all who look promising", "all who can still be won"


def whom(trial: Result | None) -> str:
    """Name those whom an answer is for, in the one phrase of all pages; see `promising`."""
    return PROMISING if trial is not None and trial.n_not_promising else ALL


def promising(trial: Result | None) -> Iterator[str]:
    """Say what promising means, where some were judged not to be."""
    if trial is not None and trial.n_not_promising:
        n = len(trial.lapsed)
        some, of_all = format_count(n - trial.n_not_promising), format_count(n)
        yield f"Promising are {some} of {of_all} lost customers, judged so before any offer was drawn."


def answer_lines(trial: Result) -> list[str]:
    """Return who is compared, on which terms, and what speaks against the trial."""
    group = "beside a random group that was sent nothing" if trial.has_control else "with no group left without one"
    who = f"{trial.source}: {format_count(len(trial.customers))} customers were sent {join_words(trial.sent)}, {group}"
    lines = [f"{who}; {trial.terms_in_words}."]
    if trial.n_not_promising:
        left_out = counted(trial.n_not_promising, "more", "were")
        lines.append(f"{left_out} judged not promising beforehand and left out of the comparison.")
    return [*lines, *trial.design.describe().splitlines()[:1]]


def detail_lines(trial: Result) -> list[str]:
    """Return which terms of the offers do not hold, and what else the checks of the design found."""
    stated = f"The offers come with {join_words(trial.overruled)}; the terms given beside them hold instead."
    lines = [*trial.design.describe().splitlines()[1:], *trial.design.details().splitlines()]
    return [stated, *lines] if trial.overruled else lines
