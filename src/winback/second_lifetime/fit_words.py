"""What was a second-lifetime model fitted to, and what of it is in doubt? Words that all fits share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from winback.results import format_count, format_percent
from winback.survival.families import find_family


def basis(fit) -> str:
    """Say which model was fitted to whom; ``fit`` is a `SecondLifetimeFit`."""
    left_out = f"; {format_count(fit.n_set_aside)} set aside beforehand are left out" if fit.n_set_aside else ""
    return (
        f"{fit.kind.capitalize()} model of {format_count(fit.n)} lost customers: {format_count(fit.n_returned)} "
        f"returned ({format_percent(fit.n_returned / fit.n)}), {format_count(fit.n_ended)} of these have left "
        f"again{left_out}."
    )


def shapes(fit) -> str:
    """Say which shapes are assumed."""
    return f"Return is a {fit.link}; {find_family(fit.distribution).in_words}; margin is linear."


def doubts_of_the_search(fit) -> Iterator[str]:
    """Yield what makes the estimates themselves doubtful: a search that did not settle, values that lie far out."""
    if not fit.converged:
        yield "The search for the best fit did not settle: do not rely on these figures."
    for caution in fit.cautions:
        yield f"A caution: {caution}."


def join_reasons(reasons: Iterable[str]) -> str:
    """Join reasons that have commas of their own.

    Examples
    --------
    >>> join_reasons(["few returned, fewer than 300", "no driver"])
    'few returned, fewer than 300; no driver'
    """
    return "; ".join(reasons)
