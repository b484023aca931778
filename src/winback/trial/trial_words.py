"""What does a trial say of itself, and on which terms?"""

from __future__ import annotations

from collections.abc import Iterator
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
    n_lapsed: int
    n: int  # of them compared
    sent: tuple[str, ...]  # offers
    has_control: bool  # a group without an offer is compared


def describe_trial(who: Compared, terms: str, design: DesignReport) -> Sentences:
    """Say who is compared, on which terms (from `terms_in_words`), and what speaks against the trial."""
    return Sentences.of(_lines(who, terms, design))


def _lines(who: Compared, terms: str, design: DesignReport) -> Iterator[str]:
    group = "beside a random group that was sent nothing" if who.has_control else "and nobody was left without one"
    yield f"{who.source}: {format_count(who.n)} customers were sent {join_words(who.sent)}, {group}; {terms}."
    if who.n < who.n_lapsed:
        left_out = format_count(who.n_lapsed - who.n)
        yield f"{left_out} more are not compared: judged not promising, or no random control group."
    yield from design.describe().splitlines()
