"""What does a trial say of itself, and on which terms?"""

from __future__ import annotations

from dataclasses import dataclass

from winback.results import Sentences, format_count, join_words
from winback.terms.catalog import OfferCatalog
from winback.terms.organic import organic_in_words
from winback.trial.design_checks import DesignReport


def terms_in_words(offers: OfferCatalog, horizon_months: float | None, annual_discount: float | None) -> str:
    """Return the terms that decide what a customer is worth, as in a sentence.

    Examples
    --------
    >>> from winback.terms.catalog import Offer
    >>> call = Offer(name="call", amount=5, paid="per_contact")
    >>> terms_in_words(OfferCatalog((call,)), 24.0, 0.1)
    'value over 24 months, discounted at 10% a year'
    """
    parts = ["value as measured"]
    if horizon_months is not None:
        rate = f"discounted at {100 * annual_discount:g}% a year" if annual_discount else "not discounted"
        parts = [f"value over {horizon_months:g} months", rate]
    if offers.organic is not None:
        parts.append(organic_in_words(offers.organic))
    return ", ".join(parts)


@dataclass(frozen=True)
class Compared:
    """Who is compared in a trial."""

    source: str
    n: int  # customers who are compared
    n_left_out: int  # of the others those judged not promising; untreated ones who are no control are the design's
    sent: tuple[str, ...]  # offers
    has_control: bool  # a group without an offer is compared


def describe_trial(who: Compared, terms: str, design: DesignReport) -> Sentences:
    """Say who is compared, on which terms (from `terms_in_words`), and the first thing that speaks against it."""
    group = "beside a random group that was sent nothing" if who.has_control else "with no group left without one"
    lines = [f"{who.source}: {format_count(who.n)} customers were sent {join_words(who.sent)}, {group}; {terms}."]
    if who.n_left_out:
        lines.append(f"{format_count(who.n_left_out)} more were judged not promising beforehand and are not compared.")
    return Sentences.of([*lines, *design.describe().splitlines()[:1]])


def trial_details(design: DesignReport) -> Sentences:
    """Say what else the checks of the design found."""
    return Sentences.of([*design.describe().splitlines()[1:], *design.details().splitlines()])
