"""What does a trial say of itself, in sentences? The result is a trial, of which only figures and terms are read."""

from __future__ import annotations

from collections.abc import Iterator

from winback.money import format_money
from winback.results import Result, counted, format_count, join_words
from winback.terms.contact_costs import CONTACT_COST

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
    lines = [*_of_contacts(trial), *lines]
    return [stated, *lines] if trial.overruled else lines


def _of_contacts(trial: Result) -> Iterator[str]:
    """Say what contacts cost where it differs by customer, and in place of what."""
    if trial.contact_costs is None and CONTACT_COST not in trial.lapsed:
        return
    total, n = trial.contact_cost.sum(), sum(int((trial.arm == trial.arms.index(name)).sum()) for name in trial.sent)
    each, in_all = (format_money(amount, trial.currency) for amount in (total / n, total))
    cost = f"cost {in_all} in all, {each} for each customer who was sent an offer"
    if trial.contact_costs is None:
        yield f"By the table, contacts {cost}, on top of the offers."
        return
    own = [f"{offer.name} {format_money(offer.contact_cost, trial.currency)}" for offer in trial.offers]
    own = own if any(offer.contact_cost for offer in trial.offers) else []
    instead = [f"the offers say of a contact ({join_words(own)})"] if own else []
    instead += ["the table says of them"] if CONTACT_COST in trial.lapsed else []
    place = f", in place of what {join_words(instead)}" if instead else ""
    yield f"By the steps planned, contacts {cost}{place}."
